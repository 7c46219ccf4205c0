//! Temporary environments (`mktmpenv`): what marks one, which shells it belongs to, and which were
//! abandoned because all of those shells were killed before they could remove it.
//!
//! Removing one is left to the callers.

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

/// The shells that activated it, a line each.
const OWNERS: &str = ".venvwrap-owners";

/// Longest list of shells that is read. A longer one is no list of ours.
const LIMIT: u64 = 64 * 1024;

/// The file that a new temporary environment gets, for the shell that called us; nothing where the
/// system does not tell.
pub(crate) fn owners() -> Option<(PathBuf, Vec<u8>)> {
    owner::line_of_caller().map(|line| (PathBuf::from(OWNERS), line.into_bytes()))
}

/// Adds the shell that called us to those that a temporary environment belongs to. Of no effect for
/// others.
pub(crate) fn join(environment: &Environment) {
    if !environment.name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
        return;
    }
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let file = OpenOptions::new().append(true).custom_flags(flags.bits()).open(environment.root().join(OWNERS));
    let Ok(mut file) = file else { return };
    // Without its line, this shell would count as none: then nobody may remove the environment.
    let line = owner::line_of_caller().unwrap_or_else(|| "unknown\n".to_owned());
    let _ = file.write_all(line.as_bytes());
}

/// The temporary environments in the store whose shells have all ended for certain, and that no
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
    // Only what nobody else can have written says that something may be removed.
    let Ok(Ok(Some(lines))) = read_private(&root.join(OWNERS), LIMIT) else { return false };
    std::str::from_utf8(&lines).is_ok_and(owner::have_all_ended)
        && processes::using(std::slice::from_ref(&root)).is_empty()
}
