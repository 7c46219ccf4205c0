//! Finished site-packages that lie ready in the store: taking one is a rename.
//!
//! Owns the slots `KEY/0`, `KEY/1` of the pool directory, each a whole site-packages that shares no
//! file with anything. Filling them happens behind the prompt; taking one happens in front of it.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::identity::{self, Identity, Standing};
use super::transfer::{By, Trouble, transfer};
use super::tree::Tree;
use super::wheel::write_new;
use super::workshop::{Workshop, discard, sweep};
use crate::belief::is_own_directory;
use crate::error::Error;
use crate::fs::{open_directory, read_small, rename_without_replacing};

/// How many lie ready per seed: enough for two commands in one breath, and little enough of the
/// disk.
pub(super) const SLOTS: usize = 2;

/// Longest file of ours that is read.
const LIMIT: u64 = 64 * 1024;

/// The slots of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pool<'a> {
    /// The directory of all pools, in the store.
    pub(super) directory: &'a Path,
    /// Whose slots.
    pub(super) identity: &'a Identity,
}

impl Pool<'_> {
    /// Moves a ready site-packages to `site_packages`, which is not there or empty. `false` where
    /// none is ready, or none can be moved (another file system, a lower layer of an overlay).
    #[must_use]
    pub(super) fn take(&self, site_packages: &Path) -> bool {
        self.is_private() && self.slots().any(|slot| is_directory(&slot) && fs::rename(slot, site_packages).is_ok())
    }

    /// Whether slots may be taken and made. Where others can write to them, or to a directory
    /// above, anybody could put packages into the next environment: in the store of a group, and
    /// for root in the store of another user.
    pub(super) fn is_private(&self) -> bool {
        let own = self.own();
        // `pool`, and what it lies in: both are ours and never links.
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|entry| !entry.is_dir());
        is_own_directory(&own) && !own.ancestors().skip(1).take(2).any(is_link)
    }

    /// Whether nothing is left to be staged.
    #[must_use]
    pub(super) fn is_stocked(&self) -> bool {
        self.slots().all(|slot| fs::symlink_metadata(slot).is_ok())
    }

    /// Whether something is ready.
    #[must_use]
    pub(super) fn has_one(&self) -> bool {
        self.is_private() && self.slots().any(|slot| fs::symlink_metadata(slot).is_ok())
    }

    /// The right to be the one process that waits to fill the slots, for as long as it is held;
    /// `None` where another has it, or where there is no place for slots.
    pub(super) fn watch(&self) -> Option<File> {
        self.make_directories().ok()?;
        let own = open_directory(&self.own()).ok()?;
        (!matches!(own.try_lock(), Err(TryLockError::WouldBlock))).then_some(own)
    }

    /// Whether a process waits to fill the slots. Where the file system knows no locks, none seems
    /// to.
    #[must_use]
    pub(super) fn is_watched(&self) -> bool {
        let own = open_directory(&self.own());
        own.is_ok_and(|own| matches!(own.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Fills the slots from the tree. Does nothing while another process fills them. The store
    /// itself is never made: where it is gone this fails.
    pub(super) fn fill(&self, tree: &Tree) -> Result<(), Filling> {
        let own = self.own();
        self.make_directories().map_err(Error::io("create", &own))?;
        if sweep(&own) {
            return Ok(());
        }
        let workshop = Workshop::open_in(&own).map_err(Error::io("write in", &own))?;
        // First of all, so that what lies here can always be told to be outdated.
        write_new(&workshop.join(identity::FILE), self.identity.text(), 0o666)
            .and_then(|()| fs::rename(workshop.join(identity::FILE), own.join(identity::FILE)))
            .map_err(Error::io("write in", &own))?;
        // Once more where one was taken meanwhile: whoever took it left the filling to us.
        for _ in 0..2 * SLOTS {
            self.fill_from(tree, &workshop)?;
            if self.is_stocked() {
                break;
            }
        }
        Ok(())
    }

    fn fill_from(&self, tree: &Tree, workshop: &Workshop) -> Result<(), Filling> {
        for (number, slot) in self.slots().enumerate() {
            if fs::symlink_metadata(&slot).is_ok() {
                continue;
            }
            let made = workshop.join(&number.to_string());
            match transfer(&tree.manifest, &tree.site_packages, &made, By::Copy) {
                Ok(_) => workshop.settle(),
                Err(Trouble::Altered) => return Err(Filling::Altered),
                Err(Trouble::Io(error)) => return Err(Error::io("write in", self.own())(error).into()),
            }
            match rename_without_replacing(&made, &slot) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(Error::io("create", &slot)(error).into());
                }
                // Another process was faster: as good.
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes the slots of seeds that nobody will ask for again, because their wheels were
    /// replaced or removed.
    pub(super) fn drop_outdated(&self) {
        for entry in fs::read_dir(self.directory).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name == self.identity.key() || !identity::is_key(&name) || !is_directory(&entry.path()) {
                continue;
            }
            let text = read_small(&entry.path().join(identity::FILE), LIMIT).ok().flatten();
            let standing = text.map_or(Standing::Changed, |text| identity::standing(&text));
            if standing != Standing::Current && !sweep(&entry.path()) {
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
pub(super) enum Filling {
    /// The tree is not what its manifest says.
    Altered,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for Filling {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
