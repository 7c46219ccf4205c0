//! A temporary directory beside the place where its product will be, that tells whether its maker
//! lives.
//!
//! Owns the lock that says so and the removal of what dead makers left. What is built in it, and
//! where it goes, is known to `tree` and `pool`.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::fs::{open_directory, remove_tree};

const PREFIX: &str = ".building-";

/// A directory of our own, removed with all that is left in it when dropped.
#[derive(Debug)]
pub(super) struct Workshop {
    path: PathBuf,
    /// Open, and locked where the file system can lock, for as long as we are at work. The kernel
    /// lets go of it when we are killed.
    directory: File,
}

impl Workshop {
    /// Opens one in `parent`, which must be there.
    pub(super) fn open_in(parent: &Path) -> io::Result<Self> {
        const ATTEMPTS: u32 = 16;
        for _ in 0..ATTEMPTS {
            let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?.keep();
            // Between the two calls a sweeper may take it for a leftover: then it has the lock, or
            // removed it.
            match open_directory(&path).map(|directory| (directory.try_lock(), directory)) {
                Ok((Err(TryLockError::WouldBlock), _)) => {}
                Ok((_, directory)) => {
                    let workshop = Self { path, directory };
                    if fs::symlink_metadata(&workshop.path).is_ok() {
                        return Ok(workshop);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// A path in it.
    #[must_use]
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Waits until everything written to this file system is on the disk. What is published by a
    /// rename and used days later must not turn out empty because the machine lost its power in
    /// between.
    pub(super) fn settle(&self) {
        #[cfg(target_os = "linux")]
        let settled = nix::unistd::syncfs(&self.directory).map_err(io::Error::from);
        #[cfg(not(target_os = "linux"))]
        let settled = self.directory.sync_all();
        // A file system that cannot say so is no reason to do without.
        drop(settled);
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        drop(remove_tree(&self.path));
    }
}

/// Removes what dead makers left in `parent`. Says whether a living one is at work there.
pub(super) fn sweep(parent: &Path) -> bool {
    let mut somebody_works = false;
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            continue;
        }
        let Ok(directory) = open_directory(&entry.path()) else {
            continue;
        };
        match directory.try_lock() {
            Ok(()) => drop(remove_tree(&entry.path())),
            Err(TryLockError::WouldBlock) => somebody_works = true,
            // Where locks do not work nobody can be known to be dead.
            Err(TryLockError::Error(_)) => {}
        }
    }
    somebody_works
}

/// Takes `path` out of the way at once, then removes it: nobody meets it half removed. `parent` is
/// on the same file system.
pub(super) fn discard(path: &Path, parent: &Path) -> io::Result<()> {
    let workshop = Workshop::open_in(parent)?;
    match fs::rename(path, workshop.join("discarded")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(directory: &Path) -> usize {
        fs::read_dir(directory).unwrap().count()
    }

    #[test]
    fn the_dead_are_swept_and_the_living_are_not() {
        let room = tempfile::tempdir().unwrap();
        let alive = Workshop::open_in(room.path()).unwrap();
        let dead = room.path().join(".building-left");
        fs::create_dir_all(dead.join("site-packages")).unwrap();
        fs::create_dir(room.path().join("product")).unwrap();
        assert!(sweep(room.path()));
        assert!(alive.join("").is_dir() && !dead.is_dir() && room.path().join("product").is_dir());
        drop(alive);
        assert!(!sweep(room.path()));
        assert_eq!(count(room.path()), 1);
    }

    #[test]
    fn what_is_discarded_is_gone_and_may_have_been_before() {
        let room = tempfile::tempdir().unwrap();
        let thing = room.path().join("thing");
        fs::create_dir_all(thing.join("deep")).unwrap();
        discard(&thing, room.path()).unwrap();
        discard(&thing, room.path()).unwrap();
        assert_eq!(count(room.path()), 0);
    }

    #[test]
    fn nothing_is_made_where_the_parent_is_missing() {
        let room = tempfile::tempdir().unwrap();
        assert!(Workshop::open_in(&room.path().join("gone")).is_err());
        assert_eq!(count(room.path()), 0);
    }
}
