//! `kernel`: environments as kernels of Jupyter.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Parser, Subcommand};
use serde::Serialize;

use super::json::{Named, text};
use super::{Outcome, Session, Verb};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::kernels::registration::{Registration, register};
use crate::kernels::{self, KernelProblem, KernelSpec};
use crate::output::{self, Column, Table};
use crate::shown::{operands, shown};
use crate::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Register environments as Jupyter kernels
///
/// Jupyter, wherever it is installed, then lists the environment as a kernel. The environment needs
/// ipykernel, but no Jupyter of its own. Its kernel follows it: `mvvirtualenv` renames it,
/// `rmvirtualenv` removes it, and `venvwrap undo` brings it back.
#[derive(Debug, Parser)]
#[command(
    name = "kernel",
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  venvwrap kernel add projectx     have Jupyter list projectx
  venvwrap kernel remove projectx  stop listing it
  venvwrap kernel sync             list every environment that has ipykernel
  venvwrap kernel list             what Jupyter lists, and what is broken"
)]
pub(crate) struct Kernel {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Add(Add),
    Remove(Remove),
    Sync(Sync),
    List(List),
}

/// Have Jupyter list environments as kernels
///
/// Writes the kernel spec that the environment's ipykernel ships into Jupyter's directory of the
/// user (JUPYTER_DATA_DIR). The kernel starts the environment's Python, and finds the environment's
/// programs first.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  venvwrap run projectx python -m pip install ipykernel
  venvwrap kernel add projectx   then: jupyter lab, kernel `Python (projectx)`")]
struct Add {
    /// Names of the environments
    #[arg(value_name = "ENVIRONMENT", required = true)]
    names: Vec<OsString>,
}

/// Stop listing environments as kernels
///
/// Removes every kernel of the user that starts the environment's Python, also if the environment
/// is missing. The environment stays as it is.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  venvwrap kernel remove projectx")]
struct Remove {
    /// Names of the environments
    #[arg(value_name = "ENVIRONMENT", required = true)]
    names: Vec<OsString>,
}

/// Have Jupyter list every environment that has ipykernel
///
/// Also updates kernels that no longer fit their environment, and removes those that were
/// registered here and whose environment or ipykernel is missing.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  venvwrap kernel sync")]
struct Sync {}

/// List the kernels of the user, and the environment of each
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  venvwrap kernel list
  venvwrap kernel list --json  print JSON")]
struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The JSON of a list.
#[derive(Debug, Serialize)]
struct ListJson {
    kernels: Vec<KernelJson>,
}

#[derive(Debug, Serialize)]
struct KernelJson {
    name: String,
    display_name: String,
    path: String,
    environment: Option<Named>,
    registered: bool,
    problem: Option<&'static str>,
}

impl Verb for Kernel {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        match self.task {
            Task::Add(Add { names }) => add(session, &home, &names),
            Task::Remove(Remove { names }) => remove(session, &home, &names),
            Task::Sync(Sync {}) => sync(session, &home),
            Task::List(List { json }) => list(session, &home, json),
        }
    }
}

fn add(session: &Session<'_>, home: &WorkonHome, names: &[OsString]) -> Result<Outcome> {
    // Checks all names before anything is written.
    let named = names.iter().map(|name| home.get(&EnvironmentName::existing(name)?));
    for environment in named.collect::<Result<Vec<Environment>>>()? {
        let (spec, done) = register(session.context, &environment)?;
        let (name, kernel) = (shown(environment.name()).to_string(), shown(spec.name()).to_string());
        output::note(&match done {
            Registration::Added => {
                format!("Registered `{name}` with Jupyter as `{}` (kernel `{kernel}`)", shown(spec.display_name()))
            }
            Registration::Updated => format!("Updated the kernel `{kernel}` of `{name}`"),
            Registration::Unchanged => format!("`{name}` already has the kernel `{kernel}`"),
        });
    }
    Ok(Outcome::Done)
}

fn remove(session: &Session<'_>, home: &WorkonHome, names: &[OsString]) -> Result<Outcome> {
    let mut found = Vec::new();
    for name in names {
        let name = EnvironmentName::existing(name)?;
        let specs = kernels::of_environment(session.context, &home.path().join(name.as_os_str()));
        if specs.is_empty() {
            home.get(&name)?;
            output::note(&format!("`{}` has no kernel", shown(name.as_os_str())));
        }
        found.extend(specs);
    }
    for spec in found {
        spec.remove()?;
        output::note(&format!("Removed the kernel `{}`", shown(spec.name())));
    }
    Ok(Outcome::Done)
}

fn sync(session: &Session<'_>, home: &WorkonHome) -> Result<Outcome> {
    let context = session.context;
    let mut is_changed = false;
    for spec in kernels::of_user(context).iter().filter(|spec| spec.is_ours()) {
        // A kernel of another WORKON_HOME is that one's.
        let Some(name) = spec.environment_in(home) else { continue };
        let environment = EnvironmentName::existing(name).and_then(|name| home.get(&name));
        if !environment.is_ok_and(|environment| kernels::has_ipykernel(&environment)) {
            spec.remove()?;
            is_changed = true;
            output::note(&format!("Removed the kernel `{}` of `{}`", shown(spec.name()), shown(name)));
        }
    }
    for name in home.names()? {
        let Ok(environment) = home.get(&EnvironmentName::existing(&name)?) else { continue };
        if !kernels::has_ipykernel(&environment) {
            continue;
        }
        let (spec, done) = register(context, &environment)?;
        let word = match done {
            Registration::Added => "Added",
            Registration::Updated => "Updated",
            Registration::Unchanged => continue,
        };
        is_changed = true;
        output::note(&format!("{word} the kernel `{}` of `{}`", shown(spec.name()), shown(&name)));
    }
    if !is_changed {
        output::note("Every environment with ipykernel has its kernel.");
    }
    Ok(Outcome::Done)
}

const COLUMNS: &[Column] =
    &[Column::text("kernel"), Column::shrinking("display name"), Column::shrinking("environment"), Column::text("")];

fn list(session: &Session<'_>, home: &WorkonHome, json: bool) -> Result<Outcome> {
    let specs = kernels::of_user(session.context);
    if json {
        let kernels = specs.iter().map(|spec| KernelJson {
            name: text(spec.name()),
            display_name: spec.display_name().to_owned(),
            path: text(&spec.directory),
            environment: spec.environment_in(home).map(|name| Named::new(name, &home.path().join(name))),
            registered: spec.is_ours(),
            problem: problem(spec),
        });
        output::data(&super::json::document(&ListJson { kernels: kernels.collect() })?)?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(COLUMNS);
    for spec in &specs {
        let environment = match (spec.environment_in(home), spec.root()) {
            (Some(name), _) => shown(name).to_string(),
            (None, Some(root)) => session.shown(root),
            (None, None) => String::new(),
        };
        let problem = problem(spec).map(output::alarming).unwrap_or_default();
        table.push([shown(spec.name()).to_string(), shown(spec.display_name()).to_string(), environment, problem]);
    }
    output::data(table.text().as_bytes())?;
    if specs.is_empty() {
        output::note("No kernels yet. Add one with `venvwrap kernel add NAME`.");
    }
    Ok(Outcome::Done)
}

fn problem(spec: &KernelSpec) -> Option<&'static str> {
    Some(match spec.problem()? {
        KernelProblem::PythonMissing => "its Python is missing",
        KernelProblem::IpykernelMissing => "ipykernel is missing",
    })
}

/// Has kernels follow a renamed environment, and returns the words for it. The rename itself is
/// done: a failure is reported, with the commands that write the kernel again.
pub(super) fn follow(
    session: &Session<'_>,
    home: &WorkonHome,
    old: &Path,
    environment: &Environment,
) -> Option<String> {
    match kernels::carried::follow(session.context, home, old, environment) {
        Ok(names) if names.is_empty() => None,
        Ok(names) => Some(format!("Updated its Jupyter {}", listed(&names, "kernel", "kernels"))),
        Err(error) => {
            report(&error, environment.name());
            None
        }
    }
}

/// Removes the kernels of a removed environment, and says so. They wait for `undo`.
pub(super) fn detach(session: &Session<'_>, home: &WorkonHome, root: &Path) {
    match kernels::carried::detach(session.context, home, root) {
        Ok(detached) => {
            if !detached.removed.is_empty() {
                output::note(&format!("Removed its Jupyter {}", listed(&detached.removed, "kernel", "kernels")));
            }
            if !detached.left.is_empty() {
                let name = operands(&[root.file_name().unwrap_or_default()]);
                let kernels = listed(&detached.left, "the kernel", "the kernels");
                output::note(&format!("Jupyter still lists {kernels}; to remove it, `venvwrap kernel remove {name}`"));
            }
        }
        Err(error) => report(&error, root.file_name().unwrap_or_default()),
    }
}

/// Brings back the kernels of an environment that `undo` restored, and says so.
pub(super) fn bring_back(session: &Session<'_>, home: &WorkonHome, environment: &Environment) {
    match kernels::carried::bring_back(session.context, home, environment) {
        Ok(names) if names.is_empty() => {}
        Ok(names) => output::note(&format!("Restored its Jupyter {}", listed(&names, "kernel", "kernels"))),
        Err(error) => report(&error, environment.name()),
    }
}

fn listed(names: &[OsString], one: &str, many: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", shown(name))).collect();
    format!("{} {}", if names.len() == 1 { one } else { many }, quoted.join(", "))
}

fn report(error: &Error, name: &OsStr) {
    output::report(error);
    let (name, and) = (operands(&[name]), verb::and());
    output::note(&format!("`venvwrap kernel remove {name}{and} venvwrap kernel add {name}` writes its kernel again"));
}
