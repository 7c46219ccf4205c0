//! Removes one environment with what belongs to it: runs its hooks, saves its settings for `undo`,
//! and removes its Jupyter kernels and the `.venv` link of its project.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Session, kernel, workon};
use crate::error::Result;
use crate::hooks::{self, Hooks};
use crate::keepsake;
use crate::output;
use crate::project;
use crate::project::dot_venv::{self, Form};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// `take` moves the environment away, or fails. The hooks run for an unknown name, too: people
/// delete state elsewhere in them.
pub(super) fn remove(
    session: &Session<'_>,
    home: &WorkonHome,
    hooks: &Hooks<'_>,
    name: &EnvironmentName,
    take: &mut dyn FnMut() -> Result<()>,
) -> Result<()> {
    if let Ok(Some(environment)) = home.find(name) {
        workon::restore(session, home, &environment)?;
        keepsake::remember(home, &environment, session.context);
    }
    let project = project_of(session, home, name);
    let registered = registered(home, name);
    hooks.run(hooks::PRERMVIRTUALENV, None, &[name.as_os_str()], None);
    let taken = take();
    hooks.run(hooks::POSTRMVIRTUALENV, None, &[name.as_os_str()], None);
    taken?;
    if let Some(from) = registered {
        output::note(&format!("Removed only the name; {} stays as it is", session.shown(&from)));
    }
    kernel::detach(session, home, &home.path().join(name.as_os_str()));
    if let Some(project) = project {
        let dot_venv = unlink(session, &project, &home.path().join(name.as_os_str()));
        keepsake::mark_removed(home, name.as_os_str(), dot_venv);
    }
    Ok(())
}

/// Where an environment is that `venvwrap adopt --in-place` only gave a name.
fn registered(home: &WorkonHome, name: &EnvironmentName) -> Option<PathBuf> {
    let target = fs::read_link(home.path().join(name.as_os_str())).ok()?;
    home.adoption(name.as_os_str()).map(|adoption| adoption.from).filter(|from| *from == target)
}

/// The project of an environment, if it is linked to one.
fn project_of(session: &Session<'_>, home: &WorkonHome, name: &EnvironmentName) -> Option<PathBuf> {
    let environment = home.find(name).ok()??;
    project::linked(&environment, session.context).ok()?.filter(|project| project.is_absolute())
}

/// Removes the project's `.venv` if it named the environment, and returns what it was.
fn unlink(session: &Session<'_>, project: &Path, root: &Path) -> Option<Form> {
    let removed = dot_venv::remove(project, root).unwrap_or_else(|error| {
        output::report(&error);
        None
    });
    let (path, form) = removed?;
    output::note(&format!("Removed the link {} to it", session.shown(&path)));
    Some(form)
}
