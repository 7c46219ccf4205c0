//! Gives a git worktree an environment of its own, if the setting `worktree` asks for it: a copy of
//! the one that is linked to the main worktree.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::here::Found;
use super::levels::InWorktree;
use super::{Session, cpvirtualenv};
use crate::config::Worktree;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::keepsake;
use crate::output;
use crate::project;
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// The environment for a directory of a worktree, whose counterpart in another worktree has this
/// one.
pub(super) fn environment(
    session: &Session<'_>,
    home: &WorkonHome,
    shared: Environment,
    sharing: &InWorktree,
) -> Result<Found> {
    if session.config()?.worktree == Worktree::Share {
        return Ok(Found::Environment(shared));
    }
    let name = free_name(home, &shared, &sharing.top)?;
    let copy = cpvirtualenv::copy_with_settings(session, home, &shared, &name)?;
    project::link(&copy, session.context, &sharing.directory)?;
    keepsake::remember(home, &copy, session.context);
    let (own_name, name) = (shown(copy.name()), shown(shared.name()));
    output::note(&format!("Copied `{name}` as `{own_name}` for this worktree (`worktree = \"own\"` in config.toml)"));
    Ok(Found::Copy { source: shared, copy })
}

/// The name of the environment and of the worktree's directory, with a number if that is taken.
fn free_name(home: &WorkonHome, shared: &Environment, worktree: &Path) -> Result<EnvironmentName> {
    let mut base = shared.name().to_owned();
    base.push("-");
    base.push(worktree.file_name().unwrap_or(OsStr::new("worktree")));
    let numbered = |number: u32| {
        let mut name: OsString = base.clone();
        if number > 1 {
            name.push(format!("-{number}"));
        }
        name
    };
    for name in (1..100).map(numbered) {
        let name = EnvironmentName::new(&name)?;
        if home.is_free(&name)? {
            return Ok(name);
        }
    }
    Err(Error::Exists { path: home.path().join(base) })
}
