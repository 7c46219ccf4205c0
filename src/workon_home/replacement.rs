//! Bringing back an environment that another one replaced (`upgrade`, `mkvirtualenv --clear`).
//!
//! The name is taken by the replacement, so both change places: at every moment each of them is
//! whole, in the store or in the trash.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::CWD;

use super::WorkonHome;
use super::name::EnvironmentName;
use super::trash::Removed;
use super::trash_entry::WAITS;
use crate::error::{Error, Result};
use crate::fs::{exchange_at, rename_without_replacing};

impl WorkonHome {
    /// What the environment of that name replaced, if that is in the trash.
    pub(crate) fn replaced_by(&self, name: &OsStr) -> Result<Option<Removed>> {
        let newest = self.removed()?.into_iter().find(|removed| removed.name == name);
        let inode = fs::symlink_metadata(self.path.join(name)).map(|entry| entry.ino()).ok();
        Ok(newest.filter(|removed| inode.is_some() && waiting(&removed.place) == inode))
    }

    /// Exchanges the environment of that name with the one it replaced. `active` is the root of the
    /// environment that the calling shell is in.
    pub(crate) fn exchange_back(&self, removed: &Removed, active: Option<&Path>) -> Result<OsString> {
        let root = self.removable(&EnvironmentName::existing(&removed.name)?, active)?;
        let failed = |error| Error::io("bring back", &root)(error);
        // The name of the place says that its content waits for this very environment to appear,
        // which would be wrong once both have changed places.
        let fresh = self.fresh_place(SystemTime::now(), "")?;
        let (place, old) = (fresh.path().to_path_buf(), removed.place.join(&removed.name));
        let inode = fs::symlink_metadata(&old).map_err(failed)?.ino();
        rename_without_replacing(&old, &place.join(&removed.name)).map_err(|error| {
            let _ = fs::remove_dir(&place);
            failed(error)
        })?;
        let _ = fs::remove_dir(&removed.place);
        exchange_at(fresh.at(&removed.name), (CWD, &root)).map_err(failed)?;
        // From here on it can be undone the same way.
        if let Some(label) = place.file_name() {
            let mut marked = label.to_owned();
            marked.push(format!("{WAITS}{inode}"));
            let _ = rename_without_replacing(&place, &place.with_file_name(marked));
        }
        Ok(removed.name.clone())
    }
}

/// The inode of the environment that took the place of what is in this directory of the trash.
fn waiting(place: &Path) -> Option<u64> {
    let label = place.file_name().and_then(OsStr::to_str)?;
    label.split_once(WAITS)?.1.parse().ok()
}
