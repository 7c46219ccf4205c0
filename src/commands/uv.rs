//! `uv`: have uv use an environment in its project, in place of a `.venv` there.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use serde::Serialize;

use super::json::{self, Named};
use super::{Outcome, Session, Verb, doctor, elsewhere, uv_project, workon};
use crate::activation::{Plan, Step};
use crate::environment::Environment;
use crate::error::{ProjectError, Result};
use crate::fs::is_same;
use crate::health;
use crate::keepsake;
use crate::output::{self, Column, Table};
use crate::project;
use crate::shown::{operands, shown};
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Have uv use an environment in its project
///
/// While the environment is active, UV_PROJECT_ENVIRONMENT names it in the linked project and its
/// subdirectories: `uv sync`, `uv add`, and `uv run` work on it, and need no .venv. In any other
/// directory the variable is what it was before, so that uv never changes the environment for
/// another project. `venvwrap run` and `venvwrap env` do the same for the directory they are
/// started in. `uv sync` removes packages that the project does not list, except pip.
#[derive(Debug, Parser)]
#[command(
    name = "uv",
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  venvwrap uv on api     uv uses api in the project that api is linked to
  venvwrap uv off api    uv uses the project's .venv again
  venvwrap uv list       list the environments that uv uses"
)]
pub(crate) struct UvVerb {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Have uv use the environment in its project
    On {
        /// Name of the environment; by default the active one
        #[arg(value_name = "ENVIRONMENT")]
        name: Option<OsString>,
    },
    /// Have uv use the project's .venv again
    Off {
        /// Name of the environment; by default the active one
        #[arg(value_name = "ENVIRONMENT")]
        name: Option<OsString>,
    },
    /// List the environments that uv uses in their projects
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// The JSON of a list.
#[derive(Debug, Serialize)]
struct ListJson {
    environments: Vec<UsedByUv>,
}

#[derive(Debug, Serialize)]
struct UsedByUv {
    #[serde(flatten)]
    named: Named,
    /// The linked project directory.
    project: Option<String>,
}

impl Verb for UvVerb {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        match &self.action {
            Action::On { name } => switch(session, &home, &named(session, &home, name.as_deref())?, true),
            Action::Off { name } => switch(session, &home, &named(session, &home, name.as_deref())?, false),
            Action::List { json } => list(session, &home, *json),
        }
    }
}

/// The environment of that name, or the active one. Those of other tools have their own links.
fn named(session: &Session<'_>, home: &WorkonHome, name: Option<&OsStr>) -> Result<Environment> {
    let Some(name) = name else {
        let active = session.active()?;
        let is_ours = active.root().parent().is_some_and(|parent| is_same(parent, home.path()));
        return if is_ours { Ok(active) } else { Err(home.unknown(active.root().as_os_str())) };
    };
    let found = EnvironmentName::existing(name).and_then(|name| home.get(&name));
    found.map_err(|error| elsewhere::refused(error, session, home, name, elsewhere::OwnerAction::Change))
}

fn switch(session: &Session<'_>, home: &WorkonHome, environment: &Environment, is_on: bool) -> Result<Outcome> {
    let name = environment.name();
    if is_on {
        workon::restore(session, home, environment)?;
    }
    let project = project::of(environment, session.context)?;
    if is_on && project.is_none() {
        return Err(ProjectError::NotLinked { name: name.to_owned() }.into());
    }
    turn(home, environment, is_on)?;
    if is_on {
        // uv recreates it when the project asks for another Python.
        keepsake::remember(home, environment, session.context);
    }
    let shown_name = shown(name);
    match &project {
        Some(project) if is_on => {
            let project = session.shown(project);
            output::note(&format!("uv uses `{shown_name}` in {project} while it is active"));
            warn(session, home, environment);
        }
        _ => output::note(&format!("uv does not use `{shown_name}`")),
    }
    if !session.active_root().is_some_and(|active| is_same(active, environment.root())) {
        return Ok(Outcome::Done);
    }
    if let Some(outcome) = in_this_shell(session, environment, project.filter(|_| is_on))? {
        return Ok(outcome);
    }
    let again = format!("{} {}", verb("workon"), operands(&[name]));
    output::note(&format!("This shell changes with `{again}`"));
    Ok(Outcome::Done)
}

/// Reports what keeps uv from using only this environment in its project.
pub(super) fn warn(session: &Session<'_>, home: &WorkonHome, environment: &Environment) {
    if let Some(symptom) = health::use_by_uv(environment, session.context) {
        doctor::warn(session, home, environment, symptom);
    }
}

/// What the calling shell does if the environment is active there: uv uses it in this project from
/// now on, or in none. `None` if that shell cannot.
pub(super) fn in_this_shell(
    session: &Session<'_>,
    environment: &Environment,
    project: Option<PathBuf>,
) -> Result<Option<Outcome>> {
    let is_on_record = session.record().is_some_and(|record| is_same(Path::new(&record.root), environment.root()));
    if session.shell.is_none() || !is_on_record {
        return Ok(None);
    }
    let step = match project {
        Some(project) => Step::UseUv(session.context.absolute_path(&project)?),
        None => Step::LeaveUv,
    };
    Ok(Some(Outcome::Plan(Plan::of(step), 0)))
}

/// Records whether uv uses an environment.
pub(super) fn turn(home: &WorkonHome, environment: &Environment, is_on: bool) -> Result<()> {
    if home.variables(environment.name()).uv == is_on {
        return Ok(());
    }
    home.change_variables(environment.name(), |own| {
        own.uv = is_on;
        Ok(())
    })
}

const COLUMNS: &[Column] = &[Column::shrinking("name"), Column::shrinking("project")];

fn list(session: &Session<'_>, home: &WorkonHome, as_json: bool) -> Result<Outcome> {
    let mut table = Table::new(COLUMNS);
    let mut environments = Vec::new();
    for name in home.names()? {
        let used = EnvironmentName::existing(&name).and_then(|name| home.get(&name));
        let Ok(environment) = used else { continue };
        if !home.variables_of(&environment).uv {
            continue;
        }
        let project = uv_project::linked(session, &environment)?;
        let shown_project = project.as_ref().map_or_else(|| "-".to_owned(), |project| session.shown(project));
        table.push([shown(&name).to_string(), shown_project]);
        environments.push(UsedByUv { named: Named::of(&environment), project: project.as_deref().map(json::text) });
    }
    if as_json {
        return output::data(&json::document(&ListJson { environments })?).map(|()| Outcome::Done);
    }
    if environments.is_empty() {
        output::note("uv uses no environment yet. Have it use one with `venvwrap uv on NAME`.");
        return Ok(Outcome::Done);
    }
    output::data(table.text().as_bytes()).map(|()| Outcome::Done)
}
