//! A walk through a tree on two threads.
//!
//! Owns the order (a directory before its entries) and the end of the walk; the visitor decides
//! what happens to an entry. Links are visited, not followed. Sockets, pipes and devices are
//! skipped.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// More threads would wait for the kernel's directory locks (FINDINGS.md 5).
const THREADS: usize = 2;

/// Is called with every entry, by its path relative to the root.
pub(crate) trait Visitor: Sync {
    /// A directory. The root has an empty path.
    fn directory(&self, path: &Path) -> Result<()>;
    /// A regular file. `buffer` belongs to the thread, for any use.
    fn file(&self, path: &Path, buffer: &mut Vec<u8>) -> Result<()>;
    /// A symbolic link.
    fn link(&self, path: &Path) -> Result<()>;
    /// A directory that cannot be read. By default, that ends the walk.
    fn unreadable(&self, error: Error) -> Result<()> {
        Err(error)
    }
}

/// Visits everything below `root`. The first failure ends the walk.
pub(crate) fn walk(root: &Path, visitor: &impl Visitor) -> Result<()> {
    visitor.directory(Path::new(""))?;
    let queue = Queue {
        state: Mutex::new(State { directories: vec![PathBuf::new()], ..State::default() }),
        changed: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 1..THREADS {
            scope.spawn(|| work(root, visitor, &queue));
        }
        work(root, visitor, &queue);
    });
    queue.state.into_inner().unwrap_or_else(PoisonError::into_inner).failed.map_or(Ok(()), Err)
}

/// The number of files, directories, and links in the tree at `root`, as far as it can be read.
pub(crate) fn count(root: &Path) -> usize {
    let counter = Counter(AtomicUsize::new(0));
    let _ = walk(root, &counter);
    counter.0.into_inner()
}

struct Counter(AtomicUsize);

impl Counter {
    fn add(&self) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl Visitor for Counter {
    fn directory(&self, _path: &Path) -> Result<()> {
        self.add();
        Ok(())
    }

    fn file(&self, _path: &Path, _buffer: &mut Vec<u8>) -> Result<()> {
        self.add();
        Ok(())
    }

    fn link(&self, _path: &Path) -> Result<()> {
        self.add();
        Ok(())
    }
}

/// Directories that no thread has read yet.
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    directories: Vec<PathBuf>,
    /// How many directories are being read. They may contain more directories.
    open: usize,
    /// How many threads wait for more directories. Without a waiting thread, a wakeup would be one
    /// useless system call per directory.
    waiting: usize,
    failed: Option<Error>,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// `None` when all directories were read.
    fn take(&self) -> Option<(PathBuf, Opened<'_>)> {
        let mut state = self.state();
        loop {
            if state.failed.is_some() {
                return None;
            }
            if let Some(directory) = state.directories.pop() {
                state.open += 1;
                return Some((directory, Opened(self)));
            }
            if state.open == 0 {
                return None;
            }
            state.waiting += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
    }
}

/// Counts a directory as open until dropped, even by a panic: the other thread would wait forever.
struct Opened<'a>(&'a Queue);

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.change(|state| state.open -= 1);
    }
}

fn work(root: &Path, visitor: &impl Visitor, queue: &Queue) {
    let mut buffer = Vec::new();
    while let Some((directory, _opened)) = queue.take() {
        if let Err(error) = read_directory(root, &directory, visitor, queue, &mut buffer) {
            queue.state().failed.get_or_insert(error);
        }
    }
}

fn read_directory(
    root: &Path,
    directory: &Path,
    visitor: &impl Visitor,
    queue: &Queue,
    buffer: &mut Vec<u8>,
) -> Result<()> {
    let absolute = root.join(directory);
    let entries = match fs::read_dir(&absolute) {
        Err(error) => return visitor.unreadable(Error::io("read", &absolute)(error)),
        Ok(entries) => entries,
    };
    for entry in entries {
        let entry = entry.map_err(Error::io("read", &absolute))?;
        let kind = entry.file_type().map_err(Error::io("look at", entry.path()))?;
        let path = directory.join(entry.file_name());
        if kind.is_dir() {
            visitor.directory(&path)?;
            queue.change(|state| state.directories.push(path));
        } else if kind.is_file() {
            visitor.file(&path, buffer)?;
        } else if kind.is_symlink() {
            visitor.link(&path)?;
        } else {
            debug_assert!(kind.is_socket() || kind.is_fifo() || kind.is_block_device() || kind.is_char_device());
        }
    }
    Ok(())
}
