//! Complete site-packages directories kept ready in the store: taking one is a rename.
//!
//! Owns the slots `KEY/0`, `KEY/1` of the pool directory. Each holds a whole site-packages that
//! shares no file with the cache. A background process fills them after a command has finished.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::identity::{self, Freshness, Identity};
use super::transfer::{TransferError, TransferMode, transfer};
use super::tree::Tree;
use super::wheel::write_new;
use super::workshop::{Workshop, discard, sweep};
use crate::belief::is_own_directory;
use crate::error::Error;
use crate::fs::{entries_in, open_directory, read_small, rename_without_replacing};

/// How many are kept ready per seed: enough for two quick commands, without much disk space.
pub(super) const SLOTS: usize = 2;

/// Longest file read here.
const LIMIT: u64 = 64 * 1024;

/// The slots of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pool<'a> {
    /// The directory with the slots of all seeds, in the store.
    pub(super) directory: &'a Path,
    /// The seed that the slots are for.
    pub(super) identity: &'a Identity,
}

impl Pool<'_> {
    /// Moves a ready site-packages to `site_packages`, which is missing or empty. `false` if none
    /// is ready, or none can be moved (another file system, a lower layer of an overlay).
    #[must_use]
    pub(super) fn take(&self, site_packages: &Path) -> bool {
        self.is_private() && self.slots().any(|slot| is_directory(&slot) && fs::rename(slot, site_packages).is_ok())
    }

    /// Whether slots may be used. If others can write to them, or to a directory above (the store
    /// of a group, or root in the store of another user), they could put packages into the next
    /// environment.
    pub(super) fn is_private(&self) -> bool {
        let own = self.own();
        // `pool` and its parent are created by venvwrap and are never links.
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|entry| !entry.is_dir());
        is_own_directory(&own) && !own.ancestors().skip(1).take(2).any(is_link)
    }

    /// Whether all slots are full.
    #[must_use]
    pub(super) fn is_stocked(&self) -> bool {
        self.slots().all(|slot| fs::symlink_metadata(slot).is_ok())
    }

    /// Whether a slot is full.
    #[must_use]
    pub(super) fn has_one(&self) -> bool {
        self.is_private() && self.slots().any(|slot| fs::symlink_metadata(slot).is_ok())
    }

    /// Makes this process the only one that waits to fill the slots, until the file is closed.
    /// `None` if another process waits already, or slots cannot be created.
    pub(super) fn watch(&self) -> Option<File> {
        self.make_directories().ok()?;
        let own = open_directory(&self.own()).ok()?;
        (!matches!(own.try_lock(), Err(TryLockError::WouldBlock))).then_some(own)
    }

    /// Whether a process waits to fill the slots. Without locks in the file system, none seems to.
    #[must_use]
    pub(super) fn is_watched(&self) -> bool {
        let own = open_directory(&self.own());
        own.is_ok_and(|own| matches!(own.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Fills the slots from the tree. Does nothing while another process fills them. Fails if the
    /// store is missing: it is never created here.
    pub(super) fn fill(&self, tree: &Tree) -> Result<(), FillError> {
        let own = self.own();
        self.make_directories().map_err(Error::io("create", &own))?;
        if sweep(&own) {
            return Ok(());
        }
        let workshop = Workshop::open_in(&own).map_err(Error::io("write in", &own))?;
        // Written first, so that outdated slots are always detected.
        write_new(&workshop.join(identity::FILE), self.identity.text(), 0o666)
            .and_then(|()| fs::rename(workshop.join(identity::FILE), own.join(identity::FILE)))
            .map_err(Error::io("write in", &own))?;
        // Try again if a slot was taken meanwhile: the process that took it does not refill it.
        for _ in 0..2 * SLOTS {
            self.fill_from(tree, &workshop)?;
            if self.is_stocked() {
                break;
            }
        }
        Ok(())
    }

    fn fill_from(&self, tree: &Tree, workshop: &Workshop) -> Result<(), FillError> {
        for (number, slot) in self.slots().enumerate() {
            if fs::symlink_metadata(&slot).is_ok() {
                continue;
            }
            let made = workshop.join(&number.to_string());
            match transfer(&tree.manifest, &tree.site_packages, &made, TransferMode::Copy) {
                Ok(_) => workshop.settle(),
                Err(TransferError::Altered) => return Err(FillError::Altered),
                Err(TransferError::Io(error)) => return Err(Error::io("write in", self.own())(error).into()),
            }
            match rename_without_replacing(&made, &slot) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(Error::io("create", &slot)(error).into());
                }
                // Another process filled the slot.
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes the slots of seeds whose wheels were replaced or removed.
    pub(super) fn drop_outdated(&self) {
        for entry in entries_in(self.directory) {
            let name = entry.file_name();
            if name == self.identity.key() || !identity::is_key(&name) || !is_directory(&entry.path()) {
                continue;
            }
            let text = read_small(&entry.path().join(identity::FILE), LIMIT).ok().flatten();
            let standing = text.map_or(Freshness::Changed, |text| identity::freshness(&text));
            if standing != Freshness::Current && !sweep(&entry.path()) {
                drop(discard(&entry.path(), self.directory));
            }
        }
        sweep(self.directory);
    }

    /// `STORE/.venvwrap/pool/KEY`: of these, only what is below the store is made.
    fn make_directories(&self) -> io::Result<()> {
        let above = self.directory.parent().into_iter();
        for directory in above.chain([self.directory, &self.own()]) {
            match DirBuilder::new().mode(0o755).create(directory) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                done => done?,
            }
        }
        if self.is_private() { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }

    fn own(&self) -> PathBuf {
        self.directory.join(self.identity.key())
    }

    fn slots(&self) -> impl Iterator<Item = PathBuf> + use<> {
        let own = self.own();
        (0..SLOTS).map(move |number| own.join(number.to_string()))
    }
}

fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_dir())
}

/// Why slots could not be filled.
#[derive(Debug)]
pub(super) enum FillError {
    /// The tree differs from its manifest.
    Altered,
    /// Any other error.
    Failed(Error),
}

impl From<Error> for FillError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
