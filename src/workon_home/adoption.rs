//! Takes the environment of a project into the store, and gives it back: the directory and a link
//! change places in one step, so that its old path works at every moment.
//!
//! Also registers an environment that stays where it is, by a link in the store. Where each came
//! from is kept beside it, in `.venvwrap/adopted`. `relocate` rewrites the paths in its files.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::WorkonHome;
use super::name::EnvironmentName;
use super::private_directory::PRIVATE;
use crate::error::{Error, Result};
use crate::fs::private::is_private;
use crate::fs::{entries_in, exchange, rename_without_replacing};

pub(super) const ADOPTED: &str = "adopted";

/// Longest record, in bytes.
const LIMIT: usize = 16 * 1024;

/// Words before the path in a record.
const WROTE_PROJECT: &[u8] = b"project ";
const HAD_PROMPT: &[u8] = b"prompt ";

/// Where an adopted environment came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adoption {
    /// Its path in the project.
    pub(crate) from: PathBuf,
    /// The link to the project was written on adoption.
    pub(crate) wrote_project: bool,
    /// Its `pyvenv.cfg` had a prompt of its own.
    pub(crate) had_prompt: bool,
}

impl WorkonHome {
    /// How the environment of this name was adopted. A record that others could have written is
    /// ignored.
    pub(crate) fn adoption(&self, name: &OsStr) -> Option<Adoption> {
        let (text, entry) = self.read_beside(ADOPTED, name, LIMIT)?;
        let rest = text.as_slice();
        let (wrote_project, rest) = rest.strip_prefix(WROTE_PROJECT).map_or((false, rest), |rest| (true, rest));
        let (had_prompt, rest) = rest.strip_prefix(HAD_PROMPT).map_or((false, rest), |rest| (true, rest));
        let from = PathBuf::from(OsStr::from_bytes(rest));
        (is_private(&entry) && from.is_absolute()).then_some(Adoption { from, wrote_project, had_prompt })
    }

    /// Records it; `None` removes the record.
    pub(crate) fn record_adoption(&self, name: &OsStr, adoption: Option<&Adoption>) -> Result<()> {
        let text = adoption.map(|adoption| {
            let project = if adoption.wrote_project { WROTE_PROJECT } else { b"" };
            let prompt = if adoption.had_prompt { HAD_PROMPT } else { b"" };
            [project, prompt, adoption.from.as_os_str().as_bytes()].concat()
        });
        self.write_beside(ADOPTED, name, text.as_deref())
    }

    /// The adopted environments, and when each was adopted.
    pub(crate) fn adopted(&self) -> Vec<(OsString, SystemTime)> {
        let Ok(Some(shelf)) = self.private_directory(ADOPTED) else { return Vec::new() };
        let entries = entries_in(shelf.path());
        let recorded = entries.filter_map(|entry| {
            let name = entry.file_name();
            self.adoption(&name)?;
            fs::symlink_metadata(self.path.join(&name)).ok()?;
            Some((name, entry.metadata().and_then(|file| file.modified()).ok()?))
        });
        recorded.collect()
    }

    /// Reserves a free name, with a link to itself.
    pub(crate) fn reserve(&self, name: &EnvironmentName) -> Result<()> {
        let root = self.path.join(name.as_os_str());
        if is_dead_end(&root) {
            let _ = fs::remove_file(&root);
        }
        symlink(&root, &root).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists { path: root },
            _ => Error::io("create", root)(error),
        })?;
        // What is kept of an earlier environment of that name is another one's.
        drop(self.forget_beside(name.as_os_str()));
        Ok(())
    }

    /// Frees a reserved name.
    pub(crate) fn release(&self, name: &EnvironmentName) {
        let root = self.path.join(name.as_os_str());
        if is_dead_end(&root) {
            let _ = fs::remove_file(root);
            let _ = self.record_adoption(name.as_os_str(), None);
        }
    }

    /// Moves the environment at `from` to its reserved name, and leaves a link at `from`. `false`:
    /// nothing was done, because it would have to be copied.
    pub(crate) fn take_in(&self, from: &Path, name: &EnvironmentName) -> Result<bool> {
        let root = self.path.join(name.as_os_str());
        let failed = |error| Error::io("move", from)(error);
        match exchange(from, &root) {
            Ok(()) if is_directory(&root) => Ok(true),
            Ok(()) => {
                // Something else took its place meanwhile.
                exchange(from, &root).map_err(failed)?;
                Err(failed(io::ErrorKind::NotADirectory.into()))
            }
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                // Without an atomic exchange: two steps, and nothing at `from` in between.
                fs::remove_file(&root).map_err(failed)?;
                rename_without_replacing(from, &root).and_then(|()| symlink(&root, from)).map_err(failed)?;
                Ok(true)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Moves an environment back to `to`, where a link points to it. The name stays, as a link,
    /// until [`Self::drop_link`]. `false`: nothing was moved, because that would take a copy.
    pub(crate) fn give_back(&self, name: &EnvironmentName, to: &Path) -> Result<bool> {
        let root = self.path.join(name.as_os_str());
        let failed = |error| Error::io("move", &root)(error);
        // The link at `to` points to the name, and takes its place. Another one is ready, so that
        // the name works again at once.
        let waiting = link_in(&self.path.join(PRIVATE), to).map_err(failed)?;
        match exchange(&root, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                fs::remove_file(to).map_err(failed)?;
                rename_without_replacing(&root, to).map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
        waiting.persist(&root).map_err(|error| failed(error.error))?;
        Ok(true)
    }

    /// Makes a name that only reserves work again, if the environment is where it came from: its
    /// adoption, or the way back, was interrupted.
    pub(crate) fn revive(&self, name: &EnvironmentName, from: &Path) -> Result<()> {
        let is_dead = is_dead_end(&self.path.join(name.as_os_str()));
        if is_dead && is_directory(from) { self.register(from, name) } else { Ok(()) }
    }

    /// Registers an environment that stays where it is.
    pub(crate) fn register(&self, from: &Path, name: &EnvironmentName) -> Result<()> {
        let root = self.path.join(name.as_os_str());
        let linked =
            link_in(&self.path.join(PRIVATE), from).and_then(|link| link.persist(&root).map_err(|error| error.error));
        linked.map_err(Error::io("write", root))
    }

    /// Removes the name of an environment that is a link to `target`, and the record of its
    /// adoption.
    pub(crate) fn drop_link(&self, name: &EnvironmentName, target: &Path) -> Result<()> {
        let root = self.path.join(name.as_os_str());
        if fs::read_link(&root).is_ok_and(|found| found == target) {
            fs::remove_file(&root).map_err(Error::io("remove", root))?;
        }
        self.record_adoption(name.as_os_str(), None)
    }
}

/// Replaces the directory at `from` by a link to `root`, where its complete copy is.
pub(crate) fn replace_with_link(from: &Path, root: &Path) -> Result<()> {
    let failed = |error| Error::io(Error::LINKING, from)(error);
    let link = link_in(from.parent().unwrap_or(Path::new("/")), root).map_err(failed)?;
    if exchange(&link, from).is_ok() {
        return super::purge::delete_in_place(&link);
    }
    super::purge::delete_in_place(from)?;
    link.persist(from).map_err(|error| failed(error.error))
}

/// Replaces the link at `to` by the directory `copy`, which is beside it.
pub(crate) fn replace_link(to: &Path, copy: &Path) -> Result<()> {
    let failed = |error| Error::io("write", to)(error);
    if exchange(copy, to).is_ok() {
        return fs::remove_file(copy).map_err(failed);
    }
    fs::remove_file(to).and_then(|()| rename_without_replacing(copy, to)).map_err(failed)
}

/// A temporary link to `target`.
fn link_in(directory: &Path, target: &Path) -> io::Result<tempfile::TempPath> {
    let made = tempfile::Builder::new().prefix(".venvwrap-").make_in(directory, |link| symlink(target, link))?;
    Ok(made.into_temp_path())
}

/// Whether a link points to itself: a name that was reserved, and nothing else.
pub(super) fn is_dead_end(link: &Path) -> bool {
    fs::read_link(link).is_ok_and(|target| target == link)
}

fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> EnvironmentName {
        EnvironmentName::existing(OsStr::new(text)).unwrap()
    }

    fn project() -> (tempfile::TempDir, WorkonHome, PathBuf) {
        let (room, home) = WorkonHome::scratch();
        fs::create_dir(home.path.join(PRIVATE)).unwrap();
        let from = room.path().join("it's a $project/.venv");
        fs::create_dir_all(&from).unwrap();
        fs::write(from.join("pyvenv.cfg"), "home = /x\n").unwrap();
        (room, home, from)
    }

    fn target(link: &Path) -> PathBuf {
        fs::read_link(link).unwrap()
    }

    #[test]
    fn it_changes_places_with_a_link_and_back() {
        let (_room, home, from) = project();
        let root = home.path.join("shop");
        home.reserve(&name("shop")).unwrap();
        assert!(home.names().unwrap().is_empty());
        assert!(home.take_in(&from, &name("shop")).unwrap());
        assert_eq!(target(&from), root);
        assert!(is_directory(&root));
        assert!(home.give_back(&name("shop"), &from).unwrap());
        assert!(is_directory(&from));
        // Both paths work until the name is dropped.
        assert_eq!(target(&root), from);
        home.drop_link(&name("shop"), &from).unwrap();
        assert!(fs::symlink_metadata(&root).is_err());
        assert_eq!(fs::read_dir(from.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_reserved_name_is_free_again_and_a_taken_one_is_not() {
        let (_room, home, _) = project();
        home.reserve(&name("shop")).unwrap();
        assert!(home.is_free(&name("shop")).unwrap());
        home.reserve(&name("shop")).unwrap();
        home.release(&name("shop"));
        assert!(fs::symlink_metadata(home.path.join("shop")).is_err());
        symlink("/nowhere", home.path.join("shop")).unwrap();
        assert!(matches!(home.reserve(&name("shop")), Err(Error::Exists { .. })));
        home.release(&name("shop"));
        assert_eq!(target(&home.path.join("shop")), Path::new("/nowhere"));
    }

    #[test]
    fn where_it_came_from_is_on_record() {
        let (_room, home, from) = project();
        for (wrote_project, had_prompt) in [(false, false), (true, false), (false, true), (true, true)] {
            let adoption = Adoption { from: from.clone(), wrote_project, had_prompt };
            home.record_adoption(OsStr::new("shop"), Some(&adoption)).unwrap();
            assert_eq!(home.adoption(OsStr::new("shop")), Some(adoption));
        }
        assert_eq!(home.adopted(), []);
        home.reserve(&name("shop")).unwrap();
        home.revive(&name("shop"), Path::new("/nowhere")).unwrap();
        assert!(is_dead_end(&home.path.join("shop")));
        home.revive(&name("shop"), &from).unwrap();
        assert_eq!(target(&home.path.join("shop")), from);
        let adoption = Adoption { from: from.clone(), wrote_project: true, had_prompt: true };
        home.record_adoption(OsStr::new("shop"), Some(&adoption)).unwrap();
        home.register(&from, &name("shop")).unwrap();
        assert_eq!(home.adopted()[0].0, "shop");
        home.record_adoption(OsStr::new("shop"), None).unwrap();
        assert_eq!(home.adoption(OsStr::new("shop")), None);
        for text in ["", "relative/path", "project "] {
            home.write_beside(ADOPTED, OsStr::new("shop"), Some(text.as_bytes())).unwrap();
            assert_eq!(home.adoption(OsStr::new("shop")), None, "{text:?}");
        }
    }

    #[test]
    fn a_copy_takes_the_place_of_its_original() {
        let (_room, home, from) = project();
        let root = home.path.join("shop");
        fs::create_dir(&root).unwrap();
        replace_with_link(&from, &root).unwrap();
        assert_eq!(target(&from), root);
        assert_eq!(fs::read_dir(from.parent().unwrap()).unwrap().count(), 1);
    }
}
