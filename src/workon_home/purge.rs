//! Deletes for good: expired entries of the trash, and environments removed with `--now`.
//!
//! An entry that cannot be deleted is skipped; `doctor` and `undo --list` report it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::CWD;

use super::WorkonHome;
use super::name::EnvironmentName;
use super::private_directory::{PrivateDirectory, random_name};
use super::trash_entry::{TrashContent, content_of, time_of};
use crate::error::{Error, Result, StoreError};
use crate::formats::conda_meta;
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::fs::mounts::mount_point_in;
use crate::fs::removal::{Hindrance, Stuck, hindrance};
use crate::fs::{is_nearly_full, remove_tree, rename_at};
use crate::shown::typed;

/// Prefix of a directory in the trash that is being deleted.
pub(super) const DOOMED: &str = "doomed-";

/// How long a removed environment is kept if the disk is nearly full.
const WHEN_TIGHT: Duration = Duration::from_hours(24);

/// The files by which every tool recognizes an environment.
const MARKS: [&str; 3] = [FILE_NAME, "bin/activate", conda_meta::HISTORY];

/// What cannot be restored anymore and whose files are still to be deleted.
#[derive(Debug, Default)]
pub(crate) struct PendingDeletion(Vec<(PrivateDirectory, OsString)>);

impl FromIterator<(PrivateDirectory, OsString)> for PendingDeletion {
    fn from_iter<I: IntoIterator<Item = (PrivateDirectory, OsString)>>(doomed: I) -> Self {
        Self(doomed.into_iter().collect())
    }
}

/// Something in the trash that cannot be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undeletable {
    /// The file, directory, or mount point that prevents it.
    pub(crate) path: PathBuf,
    pub(crate) reason: &'static str,
    /// The command that frees it.
    pub(crate) remedy: String,
}

impl WorkonHome {
    /// Removes an environment for good. Its name is free at once; its files are deleted by
    /// [`PendingDeletion::delete`], or here if the disk is too full for a rename.
    pub(crate) fn doom(&self, name: &EnvironmentName, active: Option<&Path>) -> Result<PendingDeletion> {
        let root = self.removable(name, active)?;
        let trash = match self.create_private("trash") {
            Err(Error::Io { source, .. }) if is_full(&source) => None,
            trash => Some(trash?),
        };
        if let Some(trash) = trash {
            let doomed = random_name(DOOMED);
            match rename_at((CWD, &root), trash.at(&doomed)) {
                Ok(()) => {
                    let mut pending = self.forget_beside(name.as_os_str());
                    pending.0.push((trash, doomed));
                    return Ok(pending);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(self.unknown(name.as_os_str())),
                Err(error) if is_full(&error) || error.kind() == io::ErrorKind::CrossesDevices => {}
                Err(error) => return Err(Error::io("remove", root)(error)),
            }
        }
        delete_in_place(&root)?;
        Ok(self.forget_beside(name.as_os_str()))
    }

    /// `keep`, or a day if the disk is nearly full.
    fn kept_for(&self, keep: Duration) -> Duration {
        if keep > WHEN_TIGHT && is_nearly_full(&self.path) { WHEN_TIGHT } else { keep }
    }

    /// Whether [`Self::purge`] would find something, by names alone.
    pub(crate) fn has_expired(&self, keep: Duration) -> bool {
        let Ok(Some(trash)) = self.private_directory("trash") else { return false };
        let keep = self.kept_for(keep);
        trash.directories().unwrap_or_default().iter().any(|name| is_due(name, keep))
    }

    /// Deletes entries of the trash older than `keep`, and the rest of interrupted deletions. Keeps
    /// removals from the future (the clock was set back) and files that venvwrap did not put there.
    /// Starts no further deletion after `patience`.
    pub(crate) fn purge(&self, keep: Duration, patience: Duration) -> Result<()> {
        self.purge_older_than(self.kept_for(keep), patience)
    }

    /// Deletes entries of the trash that are at least this old, however much space there is.
    pub(crate) fn empty_trash(&self, age: Duration) -> Result<()> {
        self.purge_older_than(age, Duration::MAX)
    }

    fn purge_older_than(&self, keep: Duration, patience: Duration) -> Result<()> {
        let begun = Instant::now();
        let Some(trash) = self.private_directory("trash")? else { return Ok(()) };
        let mut has_deleted = false;
        for name in trash.directories().map_err(Error::io("list", trash.path()))? {
            // Another process may be working with such an entry, however short `keep` is.
            let is_deletable = || match content_of(&trash.path().join(&name)) {
                TrashContent::Removed(_) => true,
                TrashContent::NotRestorable => is_due(&name, keep.max(WHEN_TIGHT)),
                TrashContent::Foreign => false,
            };
            if is_doomed(&name) || (is_due(&name, keep) && is_deletable()) {
                let _ = delete(&trash, &name);
                has_deleted = true;
                if begun.elapsed() > patience {
                    break;
                }
            }
        }
        if has_deleted {
            self.forget_missing();
        }
        Ok(())
    }

    /// Expired entries that cannot be deleted.
    pub(crate) fn undeletable(&self, keep: Duration) -> Vec<Undeletable> {
        let Ok(Some(trash)) = self.private_directory("trash") else { return Vec::new() };
        let keep = self.kept_for(keep);
        let due = trash.directories().unwrap_or_default().into_iter().filter(|name| is_due(name, keep));
        due.filter_map(|name| undeletable(&trash.path().join(name))).collect()
    }
}

impl PendingDeletion {
    pub(crate) fn delete(self) -> Result<()> {
        self.0.iter().map(|(trash, name)| delete(trash, name)).fold(Ok(()), Result::and)
    }
}

/// Whether an entry of the trash is to be deleted: older than `keep`, or already half deleted.
fn is_due(name: &OsStr, keep: Duration) -> bool {
    match time_of(name) {
        Some((at, _)) => SystemTime::now().duration_since(at).is_ok_and(|age| age >= keep),
        None => is_doomed(name),
    }
}

fn is_doomed(name: &OsStr) -> bool {
    name.as_bytes().starts_with(DOOMED.as_bytes())
}

/// Deletes an entry of the trash. Renames it first, so that [`WorkonHome::restore`] never restores
/// half an environment.
fn delete(trash: &PrivateDirectory, name: &OsStr) -> Result<()> {
    let path = trash.path().join(name);
    // Checked again, because something may have been mounted there since the removal.
    if mount_point_in(&path).is_some() {
        return Err(stuck(&path, io::ErrorKind::ResourceBusy.into()));
    }
    let doomed = if is_doomed(name) {
        name.to_owned()
    } else {
        let doomed = OsString::from_vec([DOOMED.as_bytes(), name.as_bytes()].concat());
        match rename_at(trash.at(name), trash.at(&doomed)) {
            Ok(()) => doomed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if is_full(&error) || error.kind() == io::ErrorKind::CrossesDevices => name.to_owned(),
            Err(error) => return Err(stuck(&path, error)),
        }
    };
    let path = trash.path().join(&doomed);
    trash.delete(&doomed).map_err(|Stuck { source, .. }| stuck(&path, source))
}

/// Deletes an environment in place, which needs neither disk space nor a rename. Deletes its marks
/// first, so that nobody activates half of it.
pub(super) fn delete_in_place(root: &Path) -> Result<()> {
    if fs::symlink_metadata(root).is_ok_and(|entry| entry.is_dir()) {
        for mark in MARKS {
            let _ = fs::remove_file(root.join(mark));
        }
    }
    remove_tree(root).map_err(|error| stuck(root, error))
}

/// The error for a failed deletion, with the command that helps if it is known.
fn stuck(path: &Path, source: io::Error) -> Error {
    match undeletable(path) {
        Some(Undeletable { path, reason, remedy }) => StoreError::Undeletable { path, reason, remedy }.into(),
        None => Error::io("delete", path)(source),
    }
}

fn undeletable(place: &Path) -> Option<Undeletable> {
    let (path, hindrance) = hindrance(place)?;
    let (reason, remedy) = match hindrance {
        Hindrance::Mount => ("another file system is mounted there", format!("`sudo umount {}`", typed(&path))),
        Hindrance::Immutable => {
            let place = typed(place);
            // chattr fails for symbolic links, and every environment has some.
            let free = if cfg!(target_os = "linux") { "chattr -R -ia" } else { "chflags -R nouchg,noschg,nouappnd" };
            ("it is immutable", format!("`sudo {free} {place}; sudo rm -rf {place}`"))
        }
        Hindrance::Owner => ("it belongs to another user", format!("`sudo rm -rf {}`", typed(place))),
    };
    Some(Undeletable { path, reason, remedy })
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
