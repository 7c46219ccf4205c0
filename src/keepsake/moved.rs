//! Finds the environments of a project that was moved or cloned again, by the copies.
//!
//! Linking them to it is the choice of the user (`commands::moved`); a directory that was declined
//! is not suggested again.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{read, write};
use crate::context::Context;
use crate::environment::Environment;
use crate::fs::entries_in;
use crate::project::{self, identity::Identity};
use crate::sorting::sort_by;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// The environments whose project is missing and seems to be in this directory now, and where it
/// was, by name. Skips those that you declined to link to it.
pub(crate) fn of_moved_project(
    home: &WorkonHome,
    context: &Context,
    directory: &Path,
    identity: &Identity,
) -> Vec<(Environment, PathBuf)> {
    let entries = entries_in(home.kept());
    let moved = |name: OsString| {
        let keepsake = read(home, &name).filter(|keepsake| !keepsake.removed)?;
        let is_same = keepsake.identity.as_ref()?.is_same_project(identity);
        if !is_same || keepsake.declined.iter().any(|declined| declined == directory.as_os_str().as_bytes()) {
            return None;
        }
        let environment = home.get(&EnvironmentName::existing(&name).ok()?).ok()?;
        let linked = project::linked(&environment, context)
            .ok()?
            .filter(|linked| Some(linked.as_path()) == keepsake.project())?;
        let is_missing = fs::metadata(&linked).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        is_missing.then_some((environment, linked))
    };
    let mut found: Vec<_> = entries.filter_map(|entry| moved(entry.file_name())).collect();
    sort_by(&mut found, |(one, _), (other, _)| one.name().cmp(other.name()));
    found
}

/// Remembers that the environment is not to be linked to this directory.
pub(crate) fn decline(home: &WorkonHome, environment: &Environment, directory: &Path) {
    if let Some(mut keepsake) = read(home, environment.name()) {
        keepsake.declined.push(directory.as_os_str().as_bytes().to_vec());
        drop(write(home, environment.name(), &keepsake));
    }
}
