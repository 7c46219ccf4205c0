//! `adopt`: give the environment of a project a name in the store.
//!
//! Owns the command line and the two ways: the environment moves into the store, or stays where it
//! is. `candidate` decides what can be adopted, `back` is the way back.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::copying::{Copying, quoted};
use super::in_use::{self, Taking};
use super::{Outcome, Session, Verb, cpvirtualenv, kernel, mkvirtualenv, untrusted};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::keepsake;
use crate::output;
use crate::project;
use crate::relocate::{self, Relocation, Rewriting};
use crate::shell::standalone;
use crate::shown::{operands, typed_path};
use crate::workon_home::WorkonHome;
use crate::workon_home::adoption::{Adoption, replace_with_link};
use crate::workon_home::name::EnvironmentName;

mod back;
mod candidate;

pub(super) use back::{give_back, which};
use candidate::Candidate;

/// Give a project's .venv a name
///
/// The environment that uv, poetry, or venv created in a project moves into WORKON_HOME, and a link
/// takes its place: its old path still works, in every tool. It is linked to the project. Paths in
/// its scripts are updated; no file is copied, unless WORKON_HOME is on another file system.
///
/// With --in-place it stays in the project, and WORKON_HOME only has a link to it. Removing that
/// name does not remove the environment.
#[derive(Debug, Parser)]
#[command(
    name = "adopt",
    after_help = "\
Examples:
  venvwrap adopt                      the .venv here, named like this directory
  venvwrap adopt ~/src/shop           the .venv of that project
  venvwrap adopt ~/src/shop backend   the same, named backend
  venvwrap adopt --in-place           name it and leave it where it is
  venvwrap adopt --in-place ./env     an environment that is not called .venv
  venvwrap undo backend               move it back"
)]
pub(crate) struct Adopt {
    /// Project, or an environment in it; by default the current directory
    #[arg(value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    directory: Option<PathBuf>,
    /// Name; by default that of the project's directory
    #[arg(value_name = "NAME")]
    name: Option<OsString>,
    /// Leave the environment where it is
    #[arg(long)]
    in_place: bool,
    /// Say what would happen and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Do not ask if other processes use it
    #[arg(short, long)]
    force: bool,
}

impl Verb for Adopt {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = if self.dry_run { WorkonHome::locate(session.context)? } else { session.workon_home()? };
        if let Some((name, adoption)) = candidate::begun(session, &home, self.directory.as_deref())?
            && !self.dry_run
            && finish(session, &home, &name, &adoption)?
        {
            return Ok(Outcome::Done);
        }
        let found = candidate::find(session, &home, self.directory.as_deref(), self.name.as_deref(), self.in_place)?;
        let (from, name) = (session.shown(&found.from), quoted(found.name.as_os_str()));
        if self.dry_run {
            let (store, project) = (session.shown(home.path()), session.shown(&found.project));
            output::note(&match (self.in_place, is_on_same_disk(&found, &home)) {
                (true, _) => format!("Would name {from} {name}, leave it there, and link it to {project}"),
                (false, true) => format!("Would move {from} to {store} as {name}, with a link in its place"),
                (false, false) => {
                    format!("Would copy {from} to {store}, on another file system, as {name}, with a link in its place")
                }
            });
            return Ok(Outcome::Done);
        }
        if self.in_place {
            home.reserve(&found.name)?;
            let registered = home.record_adoption(found.name.as_os_str(), Some(&found.adoption));
            registered
                .and_then(|()| home.register(&found.from, &found.name))
                .inspect_err(|_| home.release(&found.name))?;
            link_to_project(session, &home.get(&found.name)?, &found.adoption)?;
            let undo = operands(&[found.name.as_os_str()]);
            output::note(&format!("Registered {from} as {name}; `venvwrap undo {undo}` removes the name"));
            return Ok(Outcome::Done);
        }
        let directory = typed_path(&found.project, session.context.home());
        let force =
            |_: &std::ffi::OsStr| format!("venvwrap adopt --force {directory} {}", operands(&[found.name.as_os_str()]));
        let taking = Taking { question: "Move it anyway?", force: &force };
        if !self.force && !in_use::may_be_taken(std::slice::from_ref(&found.from), taking)? {
            return Err(Error::Declined);
        }
        let (environment, aside) = take(session, &home, &found)?;
        settle(session, &home, &found.from, &environment, &found.adoption);
        if let [first, rest @ ..] = &aside[..] {
            let first = session.shown(&environment.bin().join(first));
            let root = typed_path(environment.root(), session.context.home());
            let what = match rest.len() {
                0 => format!("{first} is not trusted and does not run; look at it"),
                more => format!("{first} and {more} more are not trusted and do not run; look at them"),
            };
            output::note(&format!("{what}, then `venvwrap trust {root}`"));
        }
        let undo = operands(&[found.name.as_os_str()]);
        output::note(&format!(
            "Moved {from} to {name}, with a link in its place; `venvwrap undo {undo}` moves it back"
        ));
        Ok(Outcome::Done)
    }
}

fn is_on_same_disk(found: &Candidate, home: &WorkonHome) -> bool {
    let device = |path: &Path| fs::metadata(path).map(|entry| entry.dev()).ok();
    // A store that does not exist yet will be created.
    let store = home.path().ancestors().find_map(device);
    device(&found.from) == store
}

/// Moves the environment into the store. Also returns the files that would run on activation and
/// are not trusted: they were put aside.
fn take(session: &Session<'_>, home: &WorkonHome, found: &Candidate) -> Result<(Environment, Vec<OsString>)> {
    let Candidate { from, name, environment, adoption, .. } = found;
    let to = home.path().join(name.as_os_str());
    let mut olds = cpvirtualenv::places(from);
    olds.extend(cpvirtualenv::made_elsewhere(environment));
    let relocation = Relocation::new(environment, &olds, &to, standalone::scripts);
    let scripts = standalone::scripts(&to, name.as_os_str());
    let activate = scripts.into_iter().find(|(script, _)| *script == "activate").map(|(_, text)| text);
    let put_aside = |root: &Path| {
        let activate = activate.as_deref().unwrap_or_default();
        if found.is_trusted { Ok(Vec::new()) } else { untrusted::put_aside(root, activate) }
    };
    if is_on_same_disk(found, home) {
        let staging = home.start_building()?;
        let aside = put_aside(from)?;
        let moved = || -> Result<bool> {
            let rewriting = Rewriting::prepare(from, &relocation, staging.path())?;
            home.reserve(name)?;
            let taken = home
                .record_adoption(name.as_os_str(), Some(adoption))
                .and_then(|()| home.take_in(from, name))
                .inspect_err(|_| home.release(name))?;
            if !taken {
                home.release(name);
                return Ok(false);
            }
            link_to_project(session, &home.get(name)?, adoption)?;
            // Last: an interrupted adoption is known by the files that still have the old path.
            rewriting.apply(&to).map(|()| true)
        };
        match moved() {
            Ok(true) => return Ok((home.get(name)?, aside)),
            other => {
                for file in aside {
                    let _ = untrusted::take_back(&from.join(crate::environment::BIN).join(file));
                }
                other?;
            }
        }
    }
    let copying = Copying {
        from,
        relocation: Some(&relocation),
        text: format!("Copying {}", session.shown(from)),
        kept: session.shown(from),
    };
    let (building, _) = copying.copy_into(home.start_building()?)?;
    let aside = put_aside(building.path())?;
    let environment = home.publish(building, name)?;
    home.record_adoption(name.as_os_str(), Some(adoption))?;
    link_to_project(session, &environment, adoption)?;
    replace_with_link(from, &to)?;
    output::note(&format!("Copied {}: WORKON_HOME is on another file system", session.shown(from)));
    Ok((environment, aside))
}

/// Finishes an adoption that was interrupted while files still had the old path. `false`: it was
/// not.
fn finish(session: &Session<'_>, home: &WorkonHome, name: &EnvironmentName, adoption: &Adoption) -> Result<bool> {
    let environment = home.get(name)?;
    let olds = relocate::spellings(&adoption.from);
    let relocation = Relocation::new(&environment, &olds, environment.root(), standalone::scripts);
    let staging = home.start_building()?;
    let rewriting = Rewriting::prepare(environment.root(), &relocation, staging.path())?;
    if rewriting.is_empty() {
        return Ok(false);
    }
    link_to_project(session, &environment, adoption)?;
    rewriting.apply(environment.root())?;
    settle(session, home, &adoption.from, &environment, adoption);
    output::note(&format!("Finished moving {} to {}", session.shown(&adoption.from), quoted(environment.name())));
    Ok(true)
}

/// Links it to its project, if it was not linked before.
fn link_to_project(session: &Session<'_>, environment: &Environment, adoption: &Adoption) -> Result<()> {
    match adoption.from.parent() {
        Some(project) if adoption.wrote_project => project::link(environment, session.context, project),
        _ => Ok(()),
    }
}

/// What follows the environment into the store.
fn settle(session: &Session<'_>, home: &WorkonHome, from: &Path, environment: &Environment, adoption: &Adoption) {
    if let Some(text) = kernel::follow(session, home, from, environment) {
        output::note(&text);
    }
    keepsake::remember(home, environment, session.context);
    if let Some(project) = adoption.from.parent() {
        mkvirtualenv::hide_from_git(session, project);
    }
}
