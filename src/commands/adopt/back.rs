//! The way back: an adopted environment moves to where it came from, or loses the name that it was
//! registered under.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use crate::commands::copying::quoted;
use crate::commands::in_use::{self, Taking};
use crate::commands::{Session, kernel, untrusted};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result, StoreError};
use crate::keepsake;
use crate::output;
use crate::project;
use crate::relocate::{self, Relocation, Rewriting, copy_tree};
use crate::shell::standalone;
use crate::shown::operands;
use crate::workon_home::WorkonHome;
use crate::workon_home::adoption::{Adoption, replace_link};
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::trash::Removed;

/// The adopted environment that `undo` means: the one of this name, or the one adopted last, unless
/// another was removed since.
pub(in crate::commands) fn which(home: &WorkonHome, name: Option<&OsStr>) -> Result<Option<OsString>> {
    let Some(name) = name else {
        let last = home.adopted().into_iter().max_by_key(|(_, at)| *at);
        let Some((name, at)) = last else { return Ok(None) };
        let removed = home.removed()?.first().map(Removed::exactly_at);
        return Ok(removed.is_none_or(|removed| removed < at).then_some(name));
    };
    let is_there = fs::symlink_metadata(home.path().join(name)).is_ok();
    let is_adopted = is_there && home.adoption(name).is_some() && home.replaced_by(name)?.is_none();
    Ok(is_adopted.then(|| name.to_owned()))
}

/// Undoes the adoption. `force`: even if other processes use the environment.
pub(in crate::commands) fn give_back(
    session: &Session<'_>,
    home: &WorkonHome,
    name: &OsStr,
    force: bool,
) -> Result<()> {
    let name = EnvironmentName::existing(name)?;
    let Some(adoption) = home.adoption(name.as_os_str()) else { return Err(home.unknown(name.as_os_str())) };
    home.revive(&name, &adoption.from)?;
    let root = home.removable(&name, session.active_root())?;
    let environment = home.get(&name)?;
    let expected = if root.is_symlink() { (&root, &adoption.from) } else { (&adoption.from, &root) };
    if fs::read_link(expected.0).ok().as_ref() != Some(expected.1) {
        let (path, target) = (expected.0.clone(), expected.1.clone());
        return Err(StoreError::NotGivenBack { name: name.as_os_str().to_owned(), path, target }.into());
    }
    let command = |_: &OsStr| format!("venvwrap undo --force {}", operands(&[name.as_os_str()]));
    let taking = Taking { question: "Move it back anyway?", force: &command };
    if root.is_symlink() {
        // Registered; or a move back that was interrupted while files still had the store's path.
        rewrite(home, &environment, &root, &adoption)?;
        unlink_from_project(session, &adoption)?;
        home.drop_link(&name, &adoption.from)?;
        keepsake::forget(home, name.as_os_str());
        let (name, from) = (quoted(name.as_os_str()), session.shown(&adoption.from));
        output::note(&format!("Removed the name {name}; {from} stays as it is"));
        return Ok(());
    }
    if !force && !in_use::may_be_taken(std::slice::from_ref(&root), taking)? {
        return Err(Error::Declined);
    }
    let relocation = relocation(&environment, &root, &adoption);
    let staging = home.start_building()?;
    let rewriting = Rewriting::prepare(&root, &relocation, staging.path())?;
    let mut trashed = false;
    if home.give_back(&name, &adoption.from)? {
        rewriting.apply(&adoption.from)?;
    } else {
        let project = adoption.from.parent().unwrap_or(Path::new("/"));
        let copy = tempfile::Builder::new().prefix(".venvwrap-").tempdir_in(project);
        let copy = copy.map_err(Error::io("create a directory in", project))?;
        copy_tree(&root, copy.path(), Some(&relocation), &|_| Ok(()))?;
        replace_link(&adoption.from, &copy.keep())?;
        home.record_adoption(name.as_os_str(), None)?;
        home.remove(&name, session.active_root())?;
        trashed = true;
    }
    drop(staging);
    unlink_from_project(session, &adoption)?;
    for file in untrusted::aside_in(&adoption.from) {
        let _ = untrusted::take_back(&file);
    }
    let given = Environment::open(&adoption.from)?.map(|given| {
        let name = name.as_os_str().to_owned();
        given.kept_elsewhere(Origin::Venv, name.clone(), name, None)
    });
    if let Some(text) = given.and_then(|given| kernel::follow(session, home, &root, &given)) {
        output::note(&text);
    }
    home.drop_link(&name, &adoption.from)?;
    keepsake::forget(home, name.as_os_str());
    let (name, from) = (quoted(name.as_os_str()), session.shown(&adoption.from));
    output::note(&format!("Moved {name} back to {from}"));
    if trashed {
        output::note("It was copied there, from another file system; the trash has the other one");
    }
    Ok(())
}

fn relocation(environment: &Environment, root: &Path, adoption: &Adoption) -> Relocation {
    let olds = relocate::spellings(root);
    if adoption.had_prompt {
        return Relocation::keeping_prompt(environment, &olds, &adoption.from, standalone::scripts);
    }
    Relocation::new(environment, &olds, &adoption.from, standalone::scripts)
}

/// Rewrites the store's path in files of the environment, which is where it came from.
fn rewrite(home: &WorkonHome, environment: &Environment, root: &Path, adoption: &Adoption) -> Result<()> {
    let staging = home.start_building()?;
    let relocation = relocation(environment, root, adoption);
    let rewriting = Rewriting::prepare(&adoption.from, &relocation, staging.path())?;
    if rewriting.is_empty() { Ok(()) } else { rewriting.apply(&adoption.from) }
}

/// Removes the link to the project, if adoption wrote it and it was not changed since.
fn unlink_from_project(session: &Session<'_>, adoption: &Adoption) -> Result<()> {
    let linked = project::linked_at(&adoption.from, session.context)?;
    if !adoption.wrote_project || linked.as_deref() != adoption.from.parent() {
        return Ok(());
    }
    let file = project::file(&adoption.from, session.context);
    fs::remove_file(&file).map_err(Error::io("remove", file))
}
