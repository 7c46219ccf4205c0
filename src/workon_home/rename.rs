//! Renames an environment so that it stays usable throughout, even if the process is killed.
//!
//! [`WorkonHome::rename`] moves the environment and leaves a link under the old name;
//! [`WorkonHome::drop_old_name`] removes the link. In between, both names work and `relocate`
//! rewrites the old path in files.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::CWD;

use super::WorkonHome;
use super::adoption::is_dead_end;
use super::name::EnvironmentName;
use super::purge::delete_in_place;
use crate::error::{Error, Result};
use crate::fs::carry::copy_whole;
use crate::fs::{entries_in, exchange, exchange_at, rename_without_replacing};
use crate::sorting;

impl WorkonHome {
    /// Renames an environment that is a directory of the store, and leaves a link under the old
    /// name. Fails if the new name is taken.
    pub(crate) fn rename(&self, old: &EnvironmentName, new: &EnvironmentName) -> Result<()> {
        let (from, to) = (self.path.join(old.as_os_str()), self.path.join(new.as_os_str()));
        self.movable(old)?;
        self.take(new)?;
        // One atomic exchange: before it, the new name is a link to itself; after it, the old name
        // is a link to the new one.
        match exchange(&from, &to) {
            Ok(()) if is_directory(&to) => {
                self.move_beside(old.as_os_str(), new.as_os_str());
                Ok(())
            }
            Ok(()) => {
                // Another process renamed the environment meanwhile and left a link.
                let undone = exchange(&from, &to).and_then(|()| fs::remove_file(&to));
                undone.map_err(Error::io("rename", &to))?;
                Err(self.unknown(old.as_os_str()))
            }
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => self.carry_over(&from, &to, new),
            Err(error) => {
                fs::remove_file(&to).map_err(Error::io("rename", &to))?;
                if error.kind() != io::ErrorKind::Unsupported {
                    return Err(Error::io("rename", from)(error));
                }
                // Without an atomic exchange: two steps, and no old name in between.
                rename_without_replacing(&from, &to)
                    .and_then(|()| symlink(link_text(new), &from))
                    .map_err(Error::io("rename", from))
            }
        }
    }

    /// Renames by copying, if the file system cannot rename (a lower layer of an overlay). At every
    /// moment the original or the copy is complete.
    fn carry_over(&self, from: &Path, to: &Path, new: &EnvironmentName) -> Result<()> {
        let copied = self.start_building().and_then(|building| {
            copy_whole(from, building.path()).map_err(Error::io("copy", from))?;
            // The link that reserved the name goes where the copy was, and is deleted with it.
            exchange_at(building.at(), (CWD, to)).map_err(Error::io("rename", from))
        });
        if let Err(error) = copied {
            fs::remove_file(to).map_err(Error::io("rename", to))?;
            return Err(error);
        }
        delete_in_place(from)?;
        symlink(link_text(new), from).map_err(Error::io("rename", from))
    }

    /// Reserves the new name with a link to itself.
    fn take(&self, new: &EnvironmentName) -> Result<()> {
        let to = self.path.join(new.as_os_str());
        if is_dead_end(&to) {
            let _ = fs::remove_file(&to);
        }
        match symlink(link_text(new), &to) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && points_to(&to, new) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Error::Exists { path: to }),
            other => other.map_err(Error::io("rename", to)),
        }
    }

    /// Whether a rename was interrupted while both names worked.
    pub(crate) fn is_half_renamed(&self, old: &EnvironmentName, new: &EnvironmentName) -> bool {
        points_to(&self.path.join(old.as_os_str()), new)
    }

    /// Interrupted renames, as old and new name; both are equal if only the new name was reserved.
    /// Empty while another process is working in the store: the rename may be its own.
    pub(crate) fn half_renamed(&self) -> Vec<(OsString, OsString)> {
        if self.is_building() {
            return Vec::new();
        }
        let entries = entries_in(&self.path);
        let links = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
        let names = links.filter_map(|link| {
            let target = fs::read_link(link.path()).ok()?;
            if target == link.path() {
                return Some((link.file_name(), link.file_name()));
            }
            let new = OsStr::from_bytes(target.as_os_str().as_bytes().strip_prefix(OURS.as_bytes())?).to_owned();
            Some((link.file_name(), new))
        });
        let is_ours = |(old, new): &(OsString, OsString)| {
            let is_name = !new.is_empty() && !new.as_bytes().contains(&b'/');
            is_name && (old == new || fs::metadata(self.path.join(new)).is_ok())
        };
        let mut found: Vec<_> = names.filter(is_ours).collect();
        sorting::sort(&mut found);
        found
    }

    /// Frees a name that an interrupted rename had only reserved.
    pub(crate) fn drop_unbegun(&self, name: &EnvironmentName) -> Result<()> {
        let path = self.path.join(name.as_os_str());
        let is_reserved = points_to(&path, name) || is_dead_end(&path);
        if is_reserved { fs::remove_file(&path).map_err(Error::io("remove", path)) } else { Ok(()) }
    }

    /// Removes the link under the old name.
    pub(crate) fn drop_old_name(&self, old: &EnvironmentName, new: &EnvironmentName) -> Result<()> {
        let from = self.path.join(old.as_os_str());
        let is_half = self.is_half_renamed(old, new);
        // Where nothing has the old name, the rest of the rename was done by hand.
        if is_half || fs::symlink_metadata(&from).is_err() {
            self.move_beside(old.as_os_str(), new.as_os_str());
        }
        if !is_half {
            return Ok(());
        }
        fs::remove_file(&from).map_err(Error::io("remove", from))
    }

    /// Whether the name is free, or only reserved by an interrupted rename or adoption.
    pub(crate) fn is_free(&self, name: &EnvironmentName) -> Result<bool> {
        let path = self.path.join(name.as_os_str());
        match fs::symlink_metadata(&path) {
            Ok(_) => Ok(points_to(&path, name) || is_dead_end(&path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(Error::io("look at", path)(error)),
        }
    }

    /// Renames an environment that is a link in the store. Its target does not change.
    pub(crate) fn rename_link(&self, old: &EnvironmentName, new: &EnvironmentName) -> Result<()> {
        let (from, to) = (self.path.join(old.as_os_str()), self.path.join(new.as_os_str()));
        rename_without_replacing(&from, &to).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists { path: to },
            _ => Error::io("rename", from)(error),
        })
    }
}

/// Prefix of the targets of our links. Links that users create say `NAME` or `./NAME`.
const OURS: &str = "././";

fn link_text(name: &EnvironmentName) -> PathBuf {
    let mut text = OsString::from(OURS);
    text.push(name.as_os_str());
    PathBuf::from(text)
}

fn points_to(link: &Path, name: &EnvironmentName) -> bool {
    fs::read_link(link).is_ok_and(|target| target.as_os_str() == link_text(name).as_os_str())
}

fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, WorkonHome) {
        let (room, home) = WorkonHome::scratch();
        fs::create_dir_all(home.path.join("old")).unwrap();
        fs::write(home.path.join("old/pyvenv.cfg"), "home = /x\n").unwrap();
        (room, home)
    }

    fn name(text: &str) -> EnvironmentName {
        EnvironmentName::existing(OsStr::new(text)).unwrap()
    }

    #[test]
    fn both_names_lead_to_it_until_the_old_one_is_dropped() {
        let (_room, home) = store();
        let (old, new) = (name("old"), name("new one"));
        home.rename(&old, &new).unwrap();
        assert!(is_directory(&home.path.join("new one")));
        assert_eq!(home.names().unwrap(), ["new one", "old"]);
        assert!(home.is_half_renamed(&old, &new));
        home.drop_old_name(&old, &new).unwrap();
        assert_eq!(home.names().unwrap(), ["new one"]);
        // The old name may be another's by now.
        fs::create_dir(home.path.join("old")).unwrap();
        home.drop_old_name(&old, &new).unwrap();
        assert!(home.path.join("old").is_dir());
    }

    #[test]
    fn what_has_the_new_name_stays() {
        let (_room, home) = store();
        let target = home.path.join("new");
        let taken: [&dyn Fn(); 4] = [
            &|| fs::create_dir(&target).unwrap(),
            &|| fs::write(&target, "").unwrap(),
            &|| symlink("old", &target).unwrap(),
            &|| symlink("nowhere", &target).unwrap(),
        ];
        for take in taken {
            take();
            assert!(!home.is_free(&name("new")).unwrap());
            assert!(matches!(home.rename(&name("old"), &name("new")), Err(Error::Exists { .. })));
            assert!(matches!(home.rename_link(&name("old"), &name("new")), Err(Error::Exists { .. })));
            assert!(is_directory(&home.path.join("old")));
            crate::fs::remove_tree(&target).unwrap();
        }
    }

    #[test]
    fn a_renaming_that_was_killed_before_it_began_is_in_nobodys_way() {
        let (_room, home) = store();
        home.take(&name("new")).unwrap();
        assert_eq!(home.names().unwrap(), ["old"]);
        assert!(home.is_free(&name("new")).unwrap());
        home.rename(&name("old"), &name("new")).unwrap();
        assert!(is_directory(&home.path.join("new")));
    }

    #[test]
    fn of_two_at_once_one_wins() {
        let (_room, home) = store();
        home.rename(&name("old"), &name("first")).unwrap();
        // The second one looked before that.
        assert!(matches!(home.rename(&name("old"), &name("second")), Err(Error::UnknownEnvironment { .. })));
        assert!(home.is_half_renamed(&name("old"), &name("first")));
        assert!(home.is_free(&name("second")).unwrap());
    }
}
