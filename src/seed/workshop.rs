//! A temporary directory beside the final location of its product, locked while its process runs.
//!
//! Owns the lock, and the removal of directories left by dead processes. The product and its final
//! location are decided in `tree` and `pool`.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::fs::{entries_in, open_directory, remove_tree};

const PREFIX: &str = ".building-";

/// A directory of this process. It is removed with its content when dropped.
#[derive(Debug)]
pub(super) struct Workshop {
    path: PathBuf,
    /// Open, and locked if the file system supports locks. The kernel releases the lock if this
    /// process is killed.
    directory: File,
}

impl Workshop {
    /// Creates one in `parent`, which must exist.
    pub(super) fn open_in(parent: &Path) -> io::Result<Self> {
        const ATTEMPTS: u32 = 16;
        for _ in 0..ATTEMPTS {
            let path = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?.keep();
            // Between the two calls, `sweep` in another process can take the directory for a
            // leftover, and lock or remove it.
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

    /// A path in the directory.
    #[must_use]
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Waits until everything written to this file system is on the disk. A product that is renamed
    /// into place and used days later must not turn out empty after a power failure.
    pub(super) fn settle(&self) {
        #[cfg(target_os = "linux")]
        let settled = nix::unistd::syncfs(&self.directory).map_err(io::Error::from);
        #[cfg(not(target_os = "linux"))]
        let settled = self.directory.sync_all();
        // The product is usable even if the file system cannot sync.
        drop(settled);
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        drop(remove_tree(&self.path));
    }
}

/// Removes the directories of dead processes in `parent`. Returns whether another process works
/// there.
pub(super) fn sweep(parent: &Path) -> bool {
    let mut somebody_works = false;
    for entry in entries_in(parent) {
        if !entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            continue;
        }
        let Ok(directory) = open_directory(&entry.path()) else {
            continue;
        };
        match directory.try_lock() {
            Ok(()) => drop(remove_tree(&entry.path())),
            Err(TryLockError::WouldBlock) => somebody_works = true,
            // Without locks, nothing shows that a process is dead.
            Err(TryLockError::Error(_)) => {}
        }
    }
    somebody_works
}

/// Renames `path` away, then removes it: no process sees it half removed. `parent` is on the same
/// file system.
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
    fn only_workshops_of_ended_processes_are_removed() {
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
    fn discarding_removes_and_does_not_fail_twice() {
        let room = tempfile::tempdir().unwrap();
        let thing = room.path().join("thing");
        fs::create_dir_all(thing.join("deep")).unwrap();
        discard(&thing, room.path()).unwrap();
        discard(&thing, room.path()).unwrap();
        assert_eq!(count(room.path()), 0);
    }

    #[test]
    fn without_its_parent_nothing_is_created() {
        let room = tempfile::tempdir().unwrap();
        assert!(Workshop::open_in(&room.path().join("gone")).is_err());
        assert_eq!(count(room.path()), 0);
    }
}
