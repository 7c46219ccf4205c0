//! Snapshots: exact copies of an environment, kept beside it until its name is free for good.
//!
//! One is the directory `.venvwrap/snapshots/NAME/NUMBER/ORIGINAL`. NAME is the environment's name
//! today, and the time of the directory NUMBER says when the copy was made. ORIGINAL is the name at
//! that time: the paths in the copy are those of an environment with that name. Owns where
//! snapshots are and how they follow their environment; what is in one is left to `relocate`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, unlinkat};

use super::name::EnvironmentName;
use super::private_directory::{PRIVATE, PrivateDirectory, random_name};
use super::purge::{DOOMED, PendingDeletion};
use super::{UnfinishedEnvironment, WorkonHome};
use crate::error::{Error, Result, StoreError};
use crate::fs::rename_at;
use crate::fs::usage::DiskUsage;
use crate::sorting;

const SNAPSHOTS: &str = "snapshots";

/// Holds the snapshots of a removed environment, beside it in its directory of the trash. No
/// environment can have that name.
pub(super) const REMOVED: &str = PRIVATE;

/// How many snapshots of one environment are kept.
pub(crate) const MOST: usize = 10;

/// An exact copy of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// The name of the environment.
    pub(crate) name: OsString,
    pub(crate) number: u64,
    pub(crate) at: SystemTime,
    /// The name that the environment had when the copy was made.
    pub(crate) original: OsString,
    /// The root of the copy.
    pub(crate) path: PathBuf,
}

impl Snapshot {
    /// The bytes that deleting it would free.
    pub(crate) fn size(&self) -> u64 {
        DiskUsage::of(&self.path).freed()
    }

    /// `None` for directories that are empty, or hold what venvwrap did not put there.
    fn in_directory(name: &OsStr, directory: &Path) -> Option<Self> {
        let number = number(directory.file_name()?)?;
        let mut entries = fs::read_dir(directory).ok()?.flatten();
        let (entry, None) = (entries.next()?, entries.next()) else { return None };
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            return None;
        }
        let at = fs::symlink_metadata(directory).and_then(|entry| entry.modified()).ok()?;
        Some(Self { name: name.to_owned(), number, at, original: entry.file_name(), path: entry.path() })
    }
}

impl WorkonHome {
    /// The snapshots of all environments, by name and number.
    pub(crate) fn snapshots(&self) -> Result<Vec<Snapshot>> {
        let Some(shelf) = self.private_directory(SNAPSHOTS)? else { return Ok(Vec::new()) };
        let names = shelf.directories().map_err(Error::io("list", shelf.path()))?;
        let lists: Result<Vec<_>> = names.iter().map(|name| self.snapshots_of(name)).collect();
        Ok(lists?.concat())
    }

    /// The snapshots of the environment of this name, the oldest first.
    pub(crate) fn snapshots_of(&self, name: &OsStr) -> Result<Vec<Snapshot>> {
        let Some(shelf) = self.directory_below(SNAPSHOTS, name)? else { return Ok(Vec::new()) };
        let directories = shelf.directories().map_err(Error::io("list", shelf.path()))?;
        let found = directories.iter().map(|directory| shelf.path().join(directory));
        let mut found: Vec<_> = found.filter_map(|path| Snapshot::in_directory(name, &path)).collect();
        sorting::sort_by_key(&mut found, |snapshot| snapshot.number);
        Ok(found)
    }

    /// The snapshot with this number; without one, the newest.
    pub(crate) fn snapshot(&self, name: &EnvironmentName, number: Option<u64>) -> Result<Snapshot> {
        let all = self.snapshots_of(name.as_os_str())?;
        let is_empty = all.is_empty();
        let found = all.into_iter().rev().find(|snapshot| number.is_none_or(|number| snapshot.number == number));
        let missing = || StoreError::NoSnapshot { name: name.as_os_str().to_owned(), number, is_empty };
        found.ok_or_else(|| missing().into())
    }

    /// Keeps a finished copy of the environment of this name as its newest snapshot.
    pub(crate) fn keep_snapshot(&self, copy: UnfinishedEnvironment, name: &EnvironmentName) -> Result<Snapshot> {
        let name = name.as_os_str();
        let shelf = self.create_below(SNAPSHOTS, name)?;
        let failed = |error| Error::io("create a snapshot in", shelf.path())(error);
        let numbers = shelf.directories().map_err(failed)?;
        let last = numbers.iter().filter_map(|name| number(name)).max();
        // A directory that another process makes at the same moment has its number already.
        let mut free = last.unwrap_or(0) + 1..;
        let made = shelf.make(|| free.next().unwrap_or_default().to_string().into()).map_err(failed)?;
        let directory = shelf.open(&made).map_err(failed)?;
        self.give_to_owner(directory.file()).map_err(failed)?;
        if let Err(error) = rename_at(copy.at(), directory.at(name)) {
            let _ = unlinkat(shelf.file(), &made, AtFlags::REMOVEDIR);
            return Err(failed(error));
        }
        copy.keep();
        Snapshot::in_directory(name, directory.path()).ok_or_else(|| failed(io::ErrorKind::NotFound.into()))
    }

    /// Removes a snapshot for good; [`PendingDeletion::delete`] deletes its files.
    pub(crate) fn remove_snapshot(&self, snapshot: &Snapshot) -> Result<PendingDeletion> {
        let shelf = self.directory_below(SNAPSHOTS, &snapshot.name)?;
        let missing = || Error::io("delete", &snapshot.path)(io::ErrorKind::NotFound.into());
        let number = OsString::from(snapshot.number.to_string());
        Ok(self.doom_directory(&shelf.ok_or_else(missing)?, &number)?.into_iter().collect())
    }

    /// Has the snapshots of an environment follow it to another name.
    pub(super) fn move_snapshots(&self, old: &OsStr, new: &OsStr) {
        let Ok(Some(shelf)) = self.private_directory(SNAPSHOTS) else { return };
        if shelf.open(old).is_ok() {
            // Left from an environment that had the new name.
            drop(self.forget_snapshots(new));
            let _ = rename_at(shelf.at(old), shelf.at(new));
        }
    }

    /// Moves the snapshots of a removed environment to its directory in the trash.
    pub(super) fn put_snapshots_away(&self, name: &OsStr, place: &PrivateDirectory) {
        if let Ok(Some(shelf)) = self.private_directory(SNAPSHOTS) {
            let _ = rename_at(shelf.at(name), place.at(REMOVED.as_ref()));
        }
    }

    /// Brings them back.
    pub(super) fn bring_snapshots_back(&self, name: &OsStr, place: &PrivateDirectory) {
        if place.open(REMOVED.as_ref()).is_err() {
            return;
        }
        drop(self.forget_snapshots(name));
        if let Ok(shelf) = self.create_private(SNAPSHOTS) {
            let _ = rename_at(place.at(REMOVED.as_ref()), shelf.at(name));
        }
    }

    /// Removes all snapshots of this name for good.
    pub(super) fn forget_snapshots(&self, name: &OsStr) -> Option<PendingDeletion> {
        let shelf = self.private_directory(SNAPSHOTS).ok()??;
        shelf.open(name).ok()?;
        let doomed = self.doom_directory(&shelf, name).ok()?;
        Some(doomed.into_iter().collect())
    }

    /// The names that have snapshots.
    pub(super) fn names_with_snapshots(&self) -> Vec<OsString> {
        let shelf = self.private_directory(SNAPSHOTS).ok().flatten();
        shelf.and_then(|shelf| shelf.directories().ok()).unwrap_or_default()
    }

    /// Moves a directory to the trash, where it cannot be restored. `None` if another process did.
    fn doom_directory(&self, shelf: &PrivateDirectory, name: &OsStr) -> Result<Option<(PrivateDirectory, OsString)>> {
        let trash = self.create_private("trash")?;
        let doomed = random_name(DOOMED);
        match rename_at(shelf.at(name), trash.at(&doomed)) {
            Ok(()) => Ok(Some((trash, doomed))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("delete", shelf.path().join(name))(error)),
        }
    }
}

/// The number in a name that venvwrap gave.
fn number(name: &OsStr) -> Option<u64> {
    let text = std::str::from_utf8(name.as_bytes()).ok()?;
    // An invented name must not exhaust the numbers.
    text.parse().ok().filter(|number: &u64| number.to_string() == text && (1..1_000_000_000).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, WorkonHome, EnvironmentName) {
        let room = tempfile::tempdir().unwrap();
        let home = WorkonHome { path: room.path().join("it's \"my\" $HOME {a,b};é") };
        fs::create_dir_all(home.path.join("x")).unwrap();
        fs::write(home.path.join("x/pyvenv.cfg"), "home = /x\n").unwrap();
        (room, home, EnvironmentName::existing(OsStr::new("x")).unwrap())
    }

    fn keep(home: &WorkonHome, name: &EnvironmentName) -> Snapshot {
        let copy = home.start_building().unwrap();
        fs::write(copy.path().join("pyvenv.cfg"), "home = /x\n").unwrap();
        home.keep_snapshot(copy, name).unwrap()
    }

    #[test]
    fn snapshots_are_numbered_and_listed_for_all_environments() {
        let (_room, home, x) = store();
        assert_eq!(home.snapshots().unwrap(), []);
        let kept = [keep(&home, &x), keep(&home, &x)];
        assert_eq!(kept.iter().map(|each| each.number).collect::<Vec<_>>(), [1, 2]);
        let long = EnvironmentName::existing(OsStr::new(&"l".repeat(255))).unwrap();
        let other = keep(&home, &long);
        assert_eq!(home.snapshots().unwrap(), [vec![other], kept.to_vec()].concat());
        assert_eq!(home.snapshot(&x, None).unwrap(), kept[1]);
        assert_eq!(home.snapshot(&x, Some(1)).unwrap(), kept[0]);
        assert!(home.snapshot(&x, Some(3)).is_err());
        home.remove_snapshot(&kept[0]).unwrap().delete().unwrap();
        assert_eq!(home.snapshots_of(x.as_os_str()).unwrap(), kept[1..]);
        assert!(kept[1].size() > 0);
    }

    /// Many processes take one at the same moment.
    #[test]
    fn no_two_have_one_number() {
        let (_room, home, x) = store();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| keep(&home, &x));
            }
        });
        let numbers: Vec<u64> = home.snapshots_of(x.as_os_str()).unwrap().iter().map(|each| each.number).collect();
        assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    }
}
