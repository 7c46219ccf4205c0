//! Facts about paths that several checks need.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::environment::Environment;

/// Whether a file belongs to the user. A file that cannot be examined counts as the user's.
pub(super) fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).map_or(true, |entry| entry.uid() == Uid::effective().as_raw())
}

pub(super) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_symlink())
}

/// `home` of `pyvenv.cfg`, if it is absolute.
pub(super) fn base_home(environment: &Environment) -> Option<PathBuf> {
    let home = Path::new(OsStr::from_bytes(environment.cfg()?.get("home")?));
    home.is_absolute().then(|| home.to_path_buf())
}

/// The environment whose `bin` this directory is.
pub(super) fn environment_of_bin(directory: &Path) -> Option<&Path> {
    let root = directory.parent()?;
    fs::metadata(root.join("pyvenv.cfg")).is_ok_and(|file| file.is_file()).then_some(root)
}
