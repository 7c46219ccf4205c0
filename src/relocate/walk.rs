//! A walk through a tree on two threads.
//!
//! Owns the order (a directory before what is in it) and the end of it. What is done with an entry
//! is its visitor's matter. Links are shown, not followed; what is neither file, directory nor link
//! is passed over.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// More would wait for each other in the directories' locks of the kernel (FINDINGS.md 5).
const THREADS: usize = 2;

/// Is shown every entry, by its path relative to the root.
pub(super) trait Visitor: Sync {
    /// A directory, the root with an empty path among them.
    fn directory(&self, path: &Path) -> Result<()>;
    /// A regular file. `buffer` is the thread's own, for any use.
    fn file(&self, path: &Path, buffer: &mut Vec<u8>) -> Result<()>;
    /// A symbolic link.
    fn link(&self, path: &Path) -> Result<()>;
}

/// Shows everything below `root` to the visitor. The first failure ends the walk.
pub(super) fn walk(root: &Path, visitor: &impl Visitor) -> Result<()> {
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

/// Directories that wait for somebody to look into them.
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    directories: Vec<PathBuf>,
    /// How many are being looked into: they may bring more.
    open: usize,
    /// How many threads wait for that. To wake nobody would be a call of the system for each
    /// directory.
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

    /// `None` when there is nothing left, nor will be.
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

/// Counts a directory as open until dropped, also by a panic: the other thread would wait for ever.
struct Opened<'a>(&'a Queue);

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.change(|state| state.open -= 1);
    }
}

fn work(root: &Path, visitor: &impl Visitor, queue: &Queue) {
    let mut buffer = Vec::new();
    while let Some((directory, _opened)) = queue.take() {
        if let Err(error) = look_into(root, &directory, visitor, queue, &mut buffer) {
            queue.state().failed.get_or_insert(error);
        }
    }
}

fn look_into(root: &Path, directory: &Path, visitor: &impl Visitor, queue: &Queue, buffer: &mut Vec<u8>) -> Result<()> {
    let place = root.join(directory);
    for entry in fs::read_dir(&place).map_err(Error::io("read", &place))? {
        let entry = entry.map_err(Error::io("read", &place))?;
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
