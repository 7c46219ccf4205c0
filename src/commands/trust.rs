//! `trust`: allow the hooks of a project or of another tool's environment, and its activation by
//! automatic switching.

use std::path::{Path, PathBuf};

use clap::Parser;
use serde::Serialize;

use super::json::text;
use super::{Outcome, Session, Verb, elsewhere, untrusted};
use crate::activation::{Plan, Step};
use crate::environment::Environment;
use crate::error::{ProjectError, Result};
use crate::output::{self, Column, Table};
use crate::project::pointer::{self, Target};
use crate::trust::{self, TrustState};
use crate::workon_home::WorkonHome;

/// Trust a project's hooks, so that they are sourced
///
/// A project can have hooks of its own, in its directory .virtualenvwrapper. They are sourced only
/// after you looked at them and trusted them here, and only unchanged: a hook that changes must be
/// trusted again. The same holds for the scripts of a conda environment (etc/conda/activate.d and
/// deactivate.d), and for hooks in environments of other tools.
///
/// Automatic switching (`venvwrap init SHELL --auto`) activates an environment outside WORKON_HOME,
/// such as a project's .venv, only after you trusted the project or the environment here.
///
/// `cpvirtualenv` renames the hooks of an environment from outside WORKON_HOME to untrusted-…, and
/// moves the lines that were appended to its bin/activate to untrusted-activate. Trusting the copy
/// makes them run again.
#[derive(Debug, Parser)]
#[command(
    name = "trust",
    after_help = "\
Examples:
  venvwrap trust              trust the hooks of the project in this directory
  venvwrap trust ~/src/api    trust the hooks of that project
  venvwrap trust --list       list everything that is trusted
  venvwrap trust --list .     list what this project has, and whether it is trusted
  venvwrap trust ~/envs/gis   trust the scripts of that conda environment
  venvwrap trust shop         trust what was copied into the environment shop
  venvwrap trust --remove .   stop trusting them"
)]
pub(crate) struct Trust {
    /// Project directory; by default the current directory
    #[arg(value_name = "PROJECT", value_hint = clap::ValueHint::DirPath)]
    project: Option<PathBuf>,
    /// List the project's files and whether they are trusted; without PROJECT, all trusted files
    #[arg(short, long, conflicts_with = "revoke")]
    list: bool,
    /// Print the list as JSON
    #[arg(long, requires = "list")]
    json: bool,
    /// Stop trusting the project's files
    #[arg(long = "remove", visible_alias = "revoke")]
    revoke: bool,
    /// Have the shell run this one file as it is now, if it is trusted
    #[arg(long, value_name = "FILE", hide = true, exclusive = true)]
    check: Option<PathBuf>,
}

/// The JSON of a list.
#[derive(Debug, Serialize)]
struct List {
    project: String,
    hooks: Vec<HookJson>,
}

#[derive(Debug, Serialize)]
struct HookJson {
    path: String,
    trusted: bool,
}

impl Verb for Trust {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if let Some(file) = self.check {
            let file = session.context.absolute_path(&file)?;
            return Ok(match trust::state_of(session.context, &file)? {
                TrustState::Trusted(text) => Outcome::Plan(Plan::of(Step::Text(text)), 0),
                TrustState::Untrusted | TrustState::Missing => {
                    output::note(&format!("{} is not trusted and was not sourced", session.shown(&file)));
                    Outcome::Status(1)
                }
            });
        }
        if self.list && self.project.is_none() {
            return self.list_all(session);
        }
        let typed = self.project.as_deref().unwrap_or(Path::new("."));
        let project = session.context.absolute_path(typed)?;
        let home = WorkonHome::locate(session.context)?;
        let aside = untrusted::named(&home, typed, &project);
        if !aside.is_empty() {
            return self.of_store(session, &project, &aside);
        }
        let mut files = trust::hooks_of(&project)?;
        let target = match pointer::target(&project, &home) {
            Some(Target::Outside(root)) => Some(root),
            _ => None,
        };
        if let Some(environment) = target.as_deref().map(Environment::open).transpose()?.flatten() {
            files.push(trust::file_of(environment.root()));
            files.extend(elsewhere::files_to_trust(&environment)?);
        }
        if let Some(environment) =
            Environment::open_conda(&project).map_or_else(|| Environment::open(&project), |it| Ok(Some(it)))?
        {
            if environment.cfg().is_some() && !untrusted::is_in(&home, environment.root()) {
                files.push(trust::file_of(environment.root()));
            }
            files.extend(elsewhere::files_to_trust(&environment)?);
        }
        if files.is_empty() {
            return Err(match target {
                Some(root) => ProjectError::PointsToNone { project, root },
                None => ProjectError::NoHooks { project, directory: trust::PROJECT_HOOKS },
            }
            .into());
        }
        if self.json {
            let is_trusted = |file: &PathBuf| trust::state_of(session.context, file).map(|it| it.is_trusted());
            let entry = |file: &PathBuf| Ok(HookJson { path: text(file), trusted: is_trusted(file)? });
            let hooks = files.iter().map(entry).collect::<Result<_>>()?;
            output::data(&super::json::document(&List { project: text(&project), hooks })?)?;
            return Ok(Outcome::Done);
        }
        if self.list {
            return print_list(session, &files, |file| Ok(trust::state_of(session.context, file)?.is_trusted()));
        }
        for file in &files {
            let shown = session.shown(file);
            if self.revoke {
                trust::distrust(session.context, file)?;
                output::note(&format!("No longer trusted: {shown}"));
            } else {
                trust::trust(session.context, file)?;
                let is_environment = file.parent().is_some_and(|root| trust::file_of(root) == *file);
                let what = if is_environment { "; automatic switching may activate this environment" } else { "" };
                output::note(&format!("Trusted {shown}{what}"));
            }
        }
        Ok(Outcome::Done)
    }
}

impl Trust {
    /// Lists all files on record.
    fn list_all(&self, session: &Session<'_>) -> Result<Outcome> {
        let files = trust::all(session.context)?;
        if self.json {
            let hooks = files.iter().map(|it| HookJson { path: text(&it.path), trusted: it.state.is_trusted() });
            let list = List { project: String::new(), hooks: hooks.collect() };
            output::data(&super::json::document(&list)?)?;
            return Ok(Outcome::Done);
        }
        if files.is_empty() {
            output::note("Nothing is trusted yet. Trust a project with `venvwrap trust PROJECT`.");
            return Ok(Outcome::Done);
        }
        let mut table = Table::new(ALL);
        for file in files {
            let state = match file.state {
                TrustState::Trusted(_) => "yes",
                TrustState::Untrusted => "changed",
                TrustState::Missing => "missing",
            };
            let owner = file.owner.map(|owner| owner.to_string()).unwrap_or_default();
            table.push([state.to_owned(), owner, session.shown(&file.path)]);
        }
        output::data(table.text().as_bytes())?;
        Ok(Outcome::Done)
    }

    /// The same for files that `cpvirtualenv` put aside in an environment of the store. A trusted
    /// file gets its name back and needs no further check, like every file in the store.
    fn of_store(&self, session: &Session<'_>, project: &Path, aside: &[PathBuf]) -> Result<Outcome> {
        if self.json {
            let hooks = aside.iter().map(|file| HookJson { path: text(file), trusted: false }).collect();
            output::data(&super::json::document(&List { project: text(project), hooks })?)?;
            return Ok(Outcome::Done);
        }
        if self.list {
            return print_list(session, aside, |_| Ok(false));
        }
        for file in aside {
            let shown = session.shown(file);
            if self.revoke {
                output::note(&format!("{shown} was not trusted"));
            } else {
                let taken = untrusted::take_back(file)?;
                output::note(&format!("Trusted {shown}; it is {} now", session.shown(&taken)));
            }
        }
        Ok(Outcome::Done)
    }
}

const ALL: &[Column] = &[Column::text("trusted"), Column::text("owner"), Column::path("file")];

const COLUMNS: &[Column] = &[Column::text("trusted"), Column::path("file")];

fn print_list(session: &Session<'_>, files: &[PathBuf], is_trusted: impl Fn(&Path) -> Result<bool>) -> Result<Outcome> {
    let mut table = Table::new(COLUMNS);
    for file in files {
        let answer = if is_trusted(file)? { "yes" } else { "no" };
        table.push([answer.to_owned(), session.shown(file)]);
    }
    output::data(table.text().as_bytes())?;
    Ok(Outcome::Done)
}
