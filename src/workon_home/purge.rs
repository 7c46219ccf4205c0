//! Deleting for good: what has expired in the trash, and what was asked to go at once.
//!
//! Owns the names of what is being deleted. One entry that cannot be deleted is passed over: the
//! others go, and it is told where people look (`doctor`, `undo --list`).

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::CWD;

use super::WorkonHome;
use super::name::EnvironmentName;
use super::place::{Held, held_in, time_of};
use super::shelf::{Shelf, random_name};
use crate::error::{Error, Result, StoreError};
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::fs::mounts::mount_point_in;
use crate::fs::removal::{Hindrance, Stuck, hindrance};
use crate::fs::{is_nearly_full, remove_tree, rename_at};
use crate::shown::typed;

/// Starts the name of a directory in the trash that is being deleted.
const DOOMED: &str = "doomed-";

/// How long a removed environment is kept where space is scarce: long enough to notice a slip.
const WHEN_TIGHT: Duration = Duration::from_hours(24);

/// What an environment is known by; without these it is none.
const MARKS: [&str; 3] = [FILE_NAME, "bin/activate", "conda-meta/history"];

/// An environment that nobody can bring back any more, to be deleted.
#[derive(Debug)]
pub(crate) struct Doomed(Option<(Shelf, OsString)>);

/// Something in the trash that cannot be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undeletable {
    /// What is in the way: the file, directory or mount point.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) reason: &'static str,
    /// The command that frees it.
    pub(crate) remedy: String,
}

impl WorkonHome {
    /// Takes an environment away for good: out of everybody's reach at once, its files when
    /// [`Doomed::delete`] is called. Needs no room on the disk: where nothing can be renamed, it is
    /// deleted here and now.
    pub(crate) fn doom(&self, name: &EnvironmentName, active: Option<&Path>) -> Result<Doomed> {
        let root = self.removable(name, active)?;
        let trash = match self.make_shelf("trash") {
            Err(Error::Io { source, .. }) if is_full(&source) => None,
            trash => Some(trash?),
        };
        if let Some(trash) = trash {
            let doomed = random_name(DOOMED);
            match rename_at((CWD, &root), trash.at(&doomed)) {
                Ok(()) => return Ok(Doomed(Some((trash, doomed)))),
                // Another process was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(self.unknown(name.as_os_str())),
                Err(error) if is_full(&error) || error.kind() == io::ErrorKind::CrossesDevices => {}
                Err(error) => return Err(Error::io("remove", root)(error)),
            }
        }
        delete_in_place(&root).map(|()| Doomed(None))
    }

    /// How long what was removed is kept: as the settings have it, and a day where the disk is
    /// nearly full.
    fn kept_for(&self, keep: Duration) -> Duration {
        if keep > WHEN_TIGHT && is_nearly_full(&self.path) { WHEN_TIGHT } else { keep }
    }

    /// Whether [`Self::purge`] would find something: only names are looked at.
    pub(crate) fn has_expired(&self, keep: Duration) -> bool {
        let Ok(Some(trash)) = self.shelf("trash") else { return false };
        let keep = self.kept_for(keep);
        trash.directories().unwrap_or_default().iter().any(|name| is_due(name, keep))
    }

    /// Deletes what has lain in the trash for longer than `keep`, and what was killed while it
    /// deleted. A removal from the future (the clock was set back) is kept, and so is what we have
    /// not put there. Begins nothing more after `patience`.
    pub(crate) fn purge(&self, keep: Duration, patience: Duration) -> Result<()> {
        let begun = Instant::now();
        let Some(trash) = self.shelf("trash")? else { return Ok(()) };
        let keep = self.kept_for(keep);
        for name in trash.directories().map_err(Error::io("list", trash.path()))? {
            // What is being filled or waits at this moment is somebody's at work, however short
            // things are kept.
            let is_deletable = || match held_in(&trash.path().join(&name)) {
                Held::Removed(_) => true,
                Held::Nothing => is_due(&name, keep.max(WHEN_TIGHT)),
                Held::Foreign => false,
            };
            if is_doomed(&name) || (is_due(&name, keep) && is_deletable()) {
                let _ = delete(&trash, &name);
                if begun.elapsed() > patience {
                    break;
                }
            }
        }
        Ok(())
    }

    /// What should have been deleted and cannot be.
    pub(crate) fn undeletable(&self, keep: Duration) -> Vec<Undeletable> {
        let Ok(Some(trash)) = self.shelf("trash") else { return Vec::new() };
        let keep = self.kept_for(keep);
        let due = trash.directories().unwrap_or_default().into_iter().filter(|name| is_due(name, keep));
        due.filter_map(|name| undeletable(&trash.path().join(name))).collect()
    }
}

impl Doomed {
    /// Deletes it.
    pub(crate) fn delete(self) -> Result<()> {
        let Some((trash, name)) = self.0 else { return Ok(()) };
        delete(&trash, &name)
    }
}

/// Whether something in the trash is to be deleted: it was begun, or has lain there for `keep`.
fn is_due(name: &OsStr, keep: Duration) -> bool {
    match time_of(name) {
        Some((at, _)) => SystemTime::now().duration_since(at).is_ok_and(|age| age >= keep),
        None => is_doomed(name),
    }
}

fn is_doomed(name: &OsStr) -> bool {
    name.as_bytes().starts_with(DOOMED.as_bytes())
}

/// Deletes what is in the trash under a name. It is out of the reach of [`WorkonHome::restore`]
/// before the first of its files goes: half an environment is never brought back.
fn delete(trash: &Shelf, name: &OsStr) -> Result<()> {
    let path = trash.path().join(name);
    // Looked at before anything is touched: a mount that came later is as precious.
    if mount_point_in(&path).is_some() {
        return Err(stuck(&path, io::ErrorKind::ResourceBusy.into()));
    }
    let doomed = if is_doomed(name) {
        name.to_owned()
    } else {
        let doomed = OsString::from_vec([DOOMED.as_bytes(), name.as_bytes()].concat());
        match rename_at(trash.at(name), trash.at(&doomed)) {
            Ok(()) => doomed,
            // Another process was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if is_full(&error) || error.kind() == io::ErrorKind::CrossesDevices => name.to_owned(),
            Err(error) => return Err(stuck(&path, error)),
        }
    };
    let path = trash.path().join(&doomed);
    trash.delete(&doomed).map_err(|Stuck { source, .. }| stuck(&path, source))
}

/// Deletes an environment where it is, which needs neither room nor a rename. First of all it stops
/// being one, so that nobody activates half of it.
pub(super) fn delete_in_place(root: &Path) -> Result<()> {
    if fs::symlink_metadata(root).is_ok_and(|entry| entry.is_dir()) {
        for mark in MARKS {
            let _ = fs::remove_file(root.join(mark));
        }
    }
    remove_tree(root).map_err(|error| stuck(root, error))
}

/// The error for what could not be deleted, with the command that frees it where that is known.
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
            let free = if cfg!(target_os = "linux") { "chattr -R -ia" } else { "chflags -R nouchg,noschg,nouappnd" };
            ("it is immutable", format!("`sudo {free} {place} && sudo rm -rf {place}`"))
        }
        Hindrance::Owner => ("it belongs to another user", format!("`sudo rm -rf {}`", typed(place))),
    };
    Some(Undeletable { path, reason, remedy })
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
