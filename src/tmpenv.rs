//! Temporary environments (`mktmpenv`): their marker file, and the shells they belong to.
//!
//! Finds environments whose shells were all killed before they could remove them. Removing is left
//! to the callers.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;

use nix::fcntl::OFlag;
use nix::unistd::Uid;

use crate::environment::Environment;
use crate::fs::private::read_private;
use crate::processes::{self, owner};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// The file that marks a temporary environment; as long as it exists, deactivating removes the
/// environment.
pub(crate) const README: &str = "README.tmpenv";

/// What the names of temporary environments start with.
pub(crate) const PREFIX: &str = "tmp-";

/// The shells that activated the environment, one per line.
const OWNERS: &str = ".venvwrap-owners";

/// Longest list of shells that is read.
const LIMIT: u64 = 64 * 1024;

/// The file for a new temporary environment, with the calling shell. `None` if the system does not
/// identify the shell.
pub(crate) fn owners() -> Option<(PathBuf, Vec<u8>)> {
    owner::line_of_caller().map(|line| (PathBuf::from(OWNERS), line.into_bytes()))
}

/// Adds the calling shell to the owners of a temporary environment. Other environments stay as they
/// are.
pub(crate) fn join(environment: &Environment) {
    if !environment.name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
        return;
    }
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let file = OpenOptions::new().append(true).custom_flags(flags.bits()).open(environment.root().join(OWNERS));
    let Ok(mut file) = file else { return };
    // An unknown line makes the environment stay, because this shell may still use it.
    let line = owner::line_of_caller().unwrap_or_else(|| "unknown\n".to_owned());
    let _ = file.write_all(line.as_bytes());
}

/// The temporary environments in the store whose shells have all certainly ended, and that no
/// process uses.
pub(crate) fn abandoned(home: &WorkonHome) -> Vec<EnvironmentName> {
    let names = home.names_with(PREFIX.as_bytes()).unwrap_or_default();
    names
        .iter()
        .filter(|name| is_abandoned(home, name))
        .filter_map(|name| EnvironmentName::existing(name).ok())
        .collect()
}

fn is_abandoned(home: &WorkonHome, name: &OsStr) -> bool {
    let root = home.path().join(name);
    let is_own = |entry: &fs::Metadata| entry.uid() == Uid::effective().as_raw();
    let is_directory = fs::symlink_metadata(&root).is_ok_and(|entry| entry.is_dir() && is_own(&entry));
    let is_marked = || fs::symlink_metadata(root.join(README)).is_ok_and(|entry| entry.is_file());
    if !is_directory || !is_marked() {
        return false;
    }
    // A file that other users can write must not cause a removal.
    let Ok(Ok(Some(lines))) = read_private(&root.join(OWNERS), LIMIT) else { return false };
    std::str::from_utf8(&lines).is_ok_and(owner::have_all_ended)
        && processes::using(std::slice::from_ref(&root)).is_empty()
}
