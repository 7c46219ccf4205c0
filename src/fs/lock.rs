//! Takes a lock, with a timeout, because every user who can read a file can hold its lock forever.
//!
//! Owns the timeout, and the error that names the process with the lock.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, StoreError};

/// venvwrap holds an exclusive lock for a few renames at most.
const PATIENCE: Duration = Duration::from_secs(2);

/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(10);

/// Takes a shared lock. Succeeds without one if the file system does not support locks.
pub(crate) fn lock_shared(file: &File, path: &Path) -> Result<(), Error> {
    let deadline = Instant::now() + PATIENCE;
    while let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
        if Instant::now() >= deadline {
            return Err(kept(file, path));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn kept(file: &File, path: &Path) -> Error {
    let holder = holder(file).ok().flatten();
    StoreError::Locked { path: path.to_path_buf(), holder, seconds: PATIENCE.as_secs() }.into()
}

/// The process with an exclusive lock on a file, if the kernel reports it.
fn holder(file: &File) -> io::Result<Option<u32>> {
    let end = format!(":{}", file.metadata()?.ino());
    let locks = fs::read_to_string("/proc/locks")?;
    Ok(locks.lines().find_map(|line| {
        // `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`; lines of waiting processes have an
        // arrow.
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, inode, ..] = words[..] else { return None };
        process.parse().ok().filter(|process| *process > 0 && inode.ends_with(&end))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_an_error_with_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let other = File::open(file.path()).unwrap();
        lock_shared(file.as_file(), file.path()).unwrap();
        lock_shared(&other, file.path()).unwrap();
        other.unlock().unwrap();
        file.as_file().unlock().unwrap();
        other.lock().unwrap();
        let error = lock_shared(file.as_file(), file.path()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot lock {}: ", file.path().display())), "{error}");
    }
}
