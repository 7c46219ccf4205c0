//! Locks that are waited for only so long: anybody who may read a file can lock it, and keep it.
//!
//! Owns the patience and who is named when it ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, StoreError};

/// We hold a lock against others for a few renames at most.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is tried meanwhile.
const PAUSE: Duration = Duration::from_millis(10);

/// Takes a lock that others can share. Where the file system knows no locks, there is none to take.
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

/// The process that has locked a file for itself, where the kernel says so.
fn holder(file: &File) -> io::Result<Option<u32>> {
    let end = format!(":{}", file.metadata()?.ino());
    let locks = fs::read_to_string("/proc/locks")?;
    Ok(locks.lines().find_map(|line| {
        // `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`; who waits has an arrow.
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", process, inode, ..] = words[..] else { return None };
        process.parse().ok().filter(|process| *process > 0 && inode.ends_with(&end))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_kept_is_told_with_its_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let other = File::open(file.path()).unwrap();
        lock_shared(file.as_file(), file.path()).unwrap();
        lock_shared(&other, file.path()).unwrap();
        other.unlock().unwrap();
        file.as_file().unlock().unwrap();
        other.lock().unwrap();
        let told = lock_shared(file.as_file(), file.path()).unwrap_err().to_string();
        assert!(told.starts_with(&format!("cannot lock {}: ", file.path().display())), "{told}");
    }
}
