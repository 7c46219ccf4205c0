//! Facts about paths that several checks need.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::environment::Environment;
use crate::formats::pyvenv_cfg;

/// Whether a file belongs to the user. A file that cannot be examined counts as the user's.
pub(super) fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).map_or(true, |entry| entry.uid() == Uid::effective().as_raw())
}

pub(super) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_symlink())
}

/// `home` of `pyvenv.cfg`, if it is absolute.
pub(super) fn base_home(environment: &Environment) -> Option<PathBuf> {
    environment.cfg()?.home().filter(|home| home.is_absolute())
}

/// The environment whose `bin` this directory is.
pub(super) fn environment_of_bin(directory: &Path) -> Option<&Path> {
    let root = directory.parent()?;
    pyvenv_cfg::exists_in(root).then_some(root)
}
