//! Facts about environments that are kept beside them, by name: the user's note, whether it is
//! locked or the default of its project, the Jupyter kernels of those in the trash, and, each in a
//! file of its own, when it was used (`used`) and the user's variables (`variables`).
//!
//! Each is a file in a directory of its own in `.venvwrap`, so that nothing is written into an
//! environment. They move along when it is renamed, and stay while it is in the trash. Snapshots
//! are kept beside it, too; `snapshots` knows how.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;

use nix::unistd::geteuid;
use rustix::fs::{AtFlags, Dir, Mode, OFlags, openat, renameat, unlinkat};
use rustix::io::Errno;

use super::WorkonHome;
use super::adoption::ADOPTED;
use super::private_directory::{PRIVATE, PrivateDirectory};
use super::purge::PendingDeletion;
use super::used::USED;
use crate::error::{Error, Result, StoreError};
use crate::fs::private::is_private;
use crate::fs::{give, rename_at, write_whole};

const NOTES: &str = "notes";
const KERNELS: &str = "kernels";
pub(super) const VARIABLES: &str = "variables";
/// Empty files, one for each locked environment.
const LOCKED: &str = "locked";
/// Empty files, one for each environment that is the default of its project.
const DEFAULT: &str = "default";

/// Every directory with facts about environments.
const SHELVES: [&str; 7] = [USED, NOTES, KERNELS, LOCKED, DEFAULT, VARIABLES, ADOPTED];

/// Longest note, in bytes.
pub(crate) const LONGEST_NOTE: usize = 16 * 1024;

const LONGEST_KERNELS: usize = 4 * 1024 * 1024;

impl WorkonHome {
    /// Whether the environment of this name is locked against changes.
    pub(crate) fn is_locked(&self, name: &OsStr) -> bool {
        self.kept_in(LOCKED, name).next().is_some()
    }

    /// Fails if it is.
    pub(crate) fn require_unlocked(&self, name: &OsStr) -> Result<()> {
        if self.is_locked(name) { Err(StoreError::LockedByUser { name: name.to_owned() }.into()) } else { Ok(()) }
    }

    /// Records it.
    pub(crate) fn set_locked(&self, name: &OsStr, is_locked: bool) -> Result<()> {
        self.set_mark(LOCKED, name, is_locked)
    }

    /// Whether the environment of this name is the default of its project.
    pub(crate) fn is_default(&self, name: &OsStr) -> bool {
        self.kept_in(DEFAULT, name).next().is_some()
    }

    /// Records it.
    pub(crate) fn set_default(&self, name: &OsStr, is_default: bool) -> Result<()> {
        self.set_mark(DEFAULT, name, is_default)
    }

    fn set_mark(&self, shelf: &str, name: &OsStr, is_set: bool) -> Result<()> {
        if !is_set {
            return self.private_directory(shelf)?.map_or(Ok(()), |shelf| remove(&shelf, name));
        }
        let shelf = self.create_private(shelf)?;
        create_empty(&shelf, name).map_err(Error::io("write", shelf.path().join(name)))
    }

    /// The files of this name in a directory of facts. Some members of a group have a directory of
    /// their own in its store.
    pub(super) fn kept_in(&self, shelf: &str, name: &OsStr) -> impl Iterator<Item = Metadata> {
        let private = [PRIVATE.to_owned(), format!("{PRIVATE}-{}", geteuid())];
        let files = private.map(|private| fs::symlink_metadata(self.path.join(private).join(shelf).join(name)));
        files.into_iter().flatten().filter(Metadata::is_file)
    }

    /// What the user wrote about the environment of this name. What cannot be read, or is too long
    /// or no text, was not written by `venvwrap note`.
    pub(crate) fn note(&self, name: &OsStr) -> Option<String> {
        String::from_utf8(self.read_beside(NOTES, name, LONGEST_NOTE)?.0).ok()
    }

    /// Replaces the note; `None` removes it.
    pub(crate) fn set_note(&self, name: &OsStr, note: Option<&str>) -> Result<()> {
        self.write_beside(NOTES, name, note.map(str::as_bytes))
    }

    /// The kernels of the removed environment of this name. Another user's are ignored: kernels
    /// name programs.
    pub(crate) fn kept_kernels(&self, name: &OsStr) -> Option<Vec<u8>> {
        let (text, entry) = self.read_beside(KERNELS, name, LONGEST_KERNELS)?;
        is_private(&entry).then_some(text)
    }

    /// Replaces them; `None` removes them.
    pub(crate) fn keep_kernels(&self, name: &OsStr, kernels: Option<&[u8]>) -> Result<()> {
        self.write_beside(KERNELS, name, kernels)
    }

    /// A file of at most `limit` bytes, and its owner and mode.
    pub(super) fn read_beside(&self, shelf: &str, name: &OsStr, limit: usize) -> Option<(Vec<u8>, Metadata)> {
        let shelf = self.private_directory(shelf).ok()??;
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(openat(shelf.file(), name, flags, Mode::empty()).ok()?);
        let entry = file.metadata().ok().filter(Metadata::is_file)?;
        let mut text = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut text).ok()?;
        (text.len() <= limit).then_some((text, entry))
    }

    /// Replaces a file whole; `None` removes it.
    pub(super) fn write_beside(&self, shelf: &str, name: &OsStr, text: Option<&[u8]>) -> Result<()> {
        let Some(text) = text else {
            return self.private_directory(shelf)?.map_or(Ok(()), |shelf| remove(&shelf, name));
        };
        let shelf = self.create_private(shelf)?;
        let file = shelf.path().join(name);
        // A link in its place would lend it the mode and owner of another file. The file stays
        // until the new one is written: the disk may be full.
        if !fs::symlink_metadata(&file).is_ok_and(|entry| entry.is_file()) {
            remove(&shelf, name)?;
        }
        write_whole(&file, text)?;
        let given = File::open(&file).and_then(|written| self.give_to_owner(&written));
        given.map_err(Error::io("write", file))
    }

    /// Has what is kept beside an environment follow it to another name.
    pub(super) fn move_beside(&self, old: &OsStr, new: &OsStr) {
        for shelf in self.shelves_beside() {
            let _ = renameat(shelf.file(), old, shelf.file(), new);
        }
        self.move_snapshots(old, new);
    }

    /// Has what is kept beside an environment follow it to the name that the user gave its
    /// directory. What is kept under the new name stays.
    pub(crate) fn follow_rename_by_hand(&self, old: &OsStr, new: &OsStr) {
        for shelf in self.shelves_beside() {
            let _ = rename_at(shelf.at(old), shelf.at(new));
        }
        self.move_snapshots(old, new);
    }

    /// Removes what is kept beside the environment of this name. The files of its snapshots are
    /// deleted with the trash, if not before.
    pub(crate) fn forget_beside(&self, name: &OsStr) -> PendingDeletion {
        for shelf in self.shelves_beside() {
            let _ = unlinkat(shelf.file(), name, AtFlags::empty());
        }
        self.forget_snapshots(name).unwrap_or_default()
    }

    /// The same for names that neither an environment nor anything in the trash has.
    pub(super) fn forget_missing(&self) {
        let Ok(removed) = self.removed() else { return };
        let is_known = |name: &OsStr| {
            removed.iter().any(|removed| removed.name == name) || fs::symlink_metadata(self.path.join(name)).is_ok()
        };
        for shelf in self.shelves_beside() {
            for entry in Dir::read_from(shelf.file()).into_iter().flatten().flatten() {
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if !is_known(name) {
                    let _ = unlinkat(shelf.file(), name, AtFlags::empty());
                }
            }
        }
        for name in self.names_with_snapshots().iter().filter(|name| !is_known(name)) {
            let _ = self.forget_snapshots(name).map(PendingDeletion::delete);
        }
    }

    fn shelves_beside(&self) -> impl Iterator<Item = PrivateDirectory> {
        SHELVES.into_iter().filter_map(|name| self.private_directory(name).ok().flatten())
    }
}

pub(super) fn create_empty(shelf: &PrivateDirectory, name: &OsStr) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let made = File::from(openat(shelf.file(), name, flags, Mode::from_raw_mode(0o666))?);
    shelf.file().metadata().and_then(|shelf| give(&made, &shelf))
}

fn remove(shelf: &PrivateDirectory, name: &OsStr) -> Result<()> {
    match unlinkat(shelf.file(), name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(Error::io("remove", shelf.path().join(name))(error.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workon_home::name::EnvironmentName;
    use std::os::unix::fs::symlink;
    use std::time::{Duration, SystemTime};

    fn store(names: &[&str]) -> (tempfile::TempDir, WorkonHome) {
        let (room, home) = WorkonHome::scratch();
        for name in names {
            fs::create_dir_all(home.path.join(name)).unwrap();
            fs::write(home.path.join(name).join("pyvenv.cfg"), "home = /x\n").unwrap();
        }
        (room, home)
    }

    fn name(text: &str) -> EnvironmentName {
        EnvironmentName::existing(OsStr::new(text)).unwrap()
    }

    fn record(home: &WorkonHome, text: &str) {
        home.record_use(&home.get(&name(text)).unwrap());
    }

    fn used(home: &WorkonHome, text: &str) -> Option<SystemTime> {
        home.last_used(OsStr::new(text))
    }

    /// Puts the last use of an environment into the past.
    fn long_ago(home: &WorkonHome, text: &str) -> SystemTime {
        let time = SystemTime::UNIX_EPOCH + Duration::from_hours(100_000);
        let file = File::options().write(true).open(home.path.join(".venvwrap/used").join(text)).unwrap();
        file.set_modified(time).unwrap();
        time
    }

    #[test]
    fn each_use_is_recorded_outside_the_environment() {
        let (_room, home) = store(&["a"]);
        assert_eq!(used(&home, "a"), None);
        record(&home, "a");
        let before = long_ago(&home, "a");
        assert_eq!(used(&home, "a"), Some(before));
        record(&home, "a");
        assert!(used(&home, "a").unwrap() > before);
        assert_eq!(fs::read_dir(home.path.join("a")).unwrap().count(), 1);
    }

    #[test]
    fn what_is_kept_beside_an_environment_follows_it() {
        let (_room, home) = store(&["a", "b"]);
        record(&home, "a");
        let time = long_ago(&home, "a");
        home.set_note(OsStr::new("a"), Some("for the client")).unwrap();
        home.rename(&name("a"), &name("new")).unwrap();
        home.drop_old_name(&name("a"), &name("new")).unwrap();
        let kept = |text: &str| (used(&home, text), home.note(OsStr::new(text)));
        assert_eq!(kept("a"), (None, None));
        assert_eq!(kept("new"), (Some(time), Some("for the client".to_owned())));
        home.remove(&name("new"), None).unwrap();
        home.restore(None).unwrap();
        assert_eq!(kept("new"), (Some(time), Some("for the client".to_owned())));
        // Purged from the trash, while another environment keeps its own.
        record(&home, "b");
        home.remove(&name("new"), None).unwrap();
        home.purge(Duration::ZERO, Duration::MAX).unwrap();
        assert_eq!(kept("new"), (None, None));
        assert!(used(&home, "b").is_some());
    }

    #[test]
    fn a_new_environment_has_nothing_of_one_that_had_its_name() {
        let (_room, home) = store(&["a"]);
        record(&home, "a");
        home.set_note(OsStr::new("a"), Some("old")).unwrap();
        home.remove(&name("a"), None).unwrap();
        let building = home.start_building().unwrap();
        fs::write(building.path().join("pyvenv.cfg"), "home = /x\n").unwrap();
        home.publish(building, &name("a")).unwrap();
        assert_eq!((used(&home, "a"), home.note(OsStr::new("a"))), (None, None));
    }

    #[test]
    fn links_in_place_of_our_files_are_not_followed() {
        let (room, home) = store(&["a"]);
        let precious = room.path().join("precious");
        fs::write(&precious, "text").unwrap();
        for directory in ["used", "notes"] {
            fs::create_dir_all(home.path.join(".venvwrap").join(directory)).unwrap();
            symlink(&precious, home.path.join(".venvwrap").join(directory).join("a")).unwrap();
        }
        record(&home, "a");
        assert_eq!((used(&home, "a"), home.note(OsStr::new("a"))), (None, None));
        home.set_note(OsStr::new("a"), Some("mine")).unwrap();
        assert_eq!(home.note(OsStr::new("a")).unwrap(), "mine");
        assert_eq!(fs::read(&precious).unwrap(), b"text");
        home.set_note(OsStr::new("a"), None).unwrap();
        assert_eq!(home.note(OsStr::new("a")), None);
    }
}
