//! `set` and `unset`: variables of one environment.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::Parser;
use serde::Serialize;

use super::json::Named;
use super::{Outcome, Session, Verb, elsewhere, legible};
use crate::activation::OwnVariables;
use crate::env_vars::UV_PROJECT_ENVIRONMENT;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::dotenv::{self, Assignment, WrongLine};
use crate::fs::read_small;
use crate::output;
use crate::shown::{operands, shown};
use crate::variables::brought::refusal;
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::variables::{LONGEST_VARIABLES, wrong_directory, wrong_value};

/// Set variables of an environment, or list them
///
/// `workon` sets the variables, and `deactivate` restores what was there before; `run` and `env`
/// set them, too. Directories (--path) come into PATH behind the environment's own programs. All
/// are kept in WORKON_HOME beside the environment, and stay with it when it is renamed, copied,
/// upgraded, exported, or brought back. Names that shells, loaders, or other tools obey are
/// refused; a hook can set those.
#[derive(Debug, Parser)]
#[command(
    name = "set",
    after_help = "\
Examples:
  venvwrap set api DJANGO_SETTINGS_MODULE=api.dev   set a variable
  venvwrap set api --from-file .env                 set those of a .env file
  venvwrap set api --path ~/src/api/tools           a directory for PATH
  venvwrap set api                                  list what is set
  venvwrap unset api DJANGO_SETTINGS_MODULE         remove one"
)]
pub(crate) struct Set {
    /// Name of the environment
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// Variables to set
    #[arg(value_name = "KEY=VALUE")]
    assignments: Vec<OsString>,
    /// Set the variables of a .env file
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    from_file: Vec<PathBuf>,
    /// Put a directory into PATH, before those that are there
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    path: Vec<PathBuf>,
    /// Print the list as JSON
    #[arg(long, conflicts_with_all = ["assignments", "from_file", "path"])]
    json: bool,
}

/// Remove variables of an environment
#[derive(Debug, Parser)]
#[command(
    name = "unset",
    after_help = "\
Examples:
  venvwrap unset api API_KEY DEBUG      remove two variables
  venvwrap unset api --path ~/api/bin   remove a directory from its PATH
  venvwrap unset api --all              remove everything that was set"
)]
pub(crate) struct Unset {
    /// Name of the environment
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// Names of the variables
    #[arg(value_name = "KEY")]
    keys: Vec<OsString>,
    /// Directory that was put into PATH
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    path: Vec<PathBuf>,
    /// Remove all variables and directories
    #[arg(long, conflicts_with_all = ["keys", "path"])]
    all: bool,
}

/// The JSON of a list.
#[derive(Debug, Serialize)]
struct ListJson {
    environment: Named,
    variables: BTreeMap<String, String>,
    path_entries: Vec<String>,
}

impl Verb for Set {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environment = environment(session, &home, &self.name)?;
        let name = environment.name();
        if self.assignments.is_empty() && self.from_file.is_empty() && self.path.is_empty() {
            return self.list(&environment, home.variables(name));
        }
        let (mut assignments, mut directories) = (Vec::new(), Vec::new());
        for file in &self.from_file {
            assignments.extend(read_file(session, file)?);
        }
        for assignment in &self.assignments {
            let text = utf8(assignment, "the assignment")?;
            let (key, value) = text.split_once('=').ok_or_else(|| Error::Usage {
                message: format!("`{}` is not KEY=VALUE", shown(text)),
                hint: format!("`venvwrap unset {}` removes a variable", operands(&[name, assignment])),
            })?;
            assignments.push(Assignment { name: key.to_owned(), value: value.to_owned() });
        }
        assignments.iter().try_for_each(check)?;
        for directory in self.path.iter().rev() {
            let directory = session.context.absolute_path(directory)?;
            let text = utf8(directory.as_os_str(), "the directory")?.to_owned();
            if let Some(reason) = wrong_directory(&text) {
                return Err(refused(&format!("`{}`", shown(&text)), reason, "choose another directory".to_owned()));
            }
            if !directory.is_dir() {
                output::note(&format!("{} does not exist yet", session.shown(&directory)));
            }
            directories.push(text);
        }
        save(session, &home, &environment, &|own| {
            own.set.extend(assignments.iter().map(|Assignment { name, value }| (name.clone(), value.clone())));
            for directory in &directories {
                own.path.retain(|other| other != directory);
                own.path.insert(0, directory.clone());
            }
            Ok(())
        })
    }
}

impl Set {
    fn list(self, environment: &Environment, own: OwnVariables) -> Result<Outcome> {
        let OwnVariables { set, path, .. } = own;
        if self.json {
            let list = ListJson { environment: Named::of(environment), variables: set, path_entries: path };
            return output::data(&super::json::document(&list)?).map(|()| Outcome::Done);
        }
        if set.is_empty() && path.is_empty() {
            let name = operands(&[environment.name()]);
            output::note(&format!("No variables yet. Set one with `venvwrap set {name} KEY=VALUE`."));
        }
        let mut lines: Vec<String> = set.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
        if !path.is_empty() {
            lines.push(format!("PATH={}:$PATH\n", path.join(":")));
        }
        output::data(&legible(lines.concat().as_bytes())).map(|()| Outcome::Done)
    }
}

impl Verb for Unset {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environment = environment(session, &home, &self.name)?;
        let name = environment.name();
        if !self.all && self.keys.is_empty() && self.path.is_empty() {
            return Err(Error::Usage {
                message: "missing name of a variable".to_owned(),
                hint: format!("`venvwrap set {}` lists them; see `venvwrap unset --help`", operands(&[name])),
            });
        }
        let missing = |what: &str| Error::Usage {
            message: format!("environment `{}` does not set {what}", shown(name)),
            hint: format!("`venvwrap set {}` lists what it sets", operands(&[name])),
        };
        save(session, &home, &environment, &|own| {
            if self.all {
                *own = OwnVariables { uv: own.uv, ..OwnVariables::default() };
            }
            for key in &self.keys {
                let key = utf8(key, "the name")?;
                own.set.remove(key).ok_or_else(|| missing(&format!("`{}`", shown(key))))?;
            }
            for directory in &self.path {
                let directory = session.context.absolute_path(directory)?;
                let before = own.path.len();
                own.path.retain(|other| Path::new(other) != directory);
                if own.path.len() == before {
                    return Err(missing(&format!("{} in PATH", session.shown(&directory))));
                }
            }
            Ok(())
        })
    }
}

/// The environment of that name. Those of other tools have no variables here.
fn environment(session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    let found = EnvironmentName::existing(name).and_then(|name| home.get(&name));
    found.map_err(|error| elsewhere::refused(error, session, home, name, elsewhere::OwnerAction::Change))
}

/// Changes the variables. An active environment has them from the next `workon` on.
fn save(
    session: &Session<'_>,
    home: &WorkonHome,
    environment: &Environment,
    change: &dyn Fn(&mut OwnVariables) -> Result<()>,
) -> Result<Outcome> {
    let name = environment.name();
    let before = home.variables(name);
    let mut own = before.clone();
    change(&mut own)?;
    if own == before {
        return Ok(Outcome::Done);
    }
    home.change_variables(name, change)?;
    let is_active = session.active_root().is_some_and(|active| crate::fs::is_same(active, environment.root()));
    if is_active {
        let again = format!("{} {}", verb("workon"), operands(&[name]));
        output::note(&format!("This shell changes with `{again}`"));
    }
    Ok(Outcome::Done)
}

/// Fails for what cannot be set.
fn check(Assignment { name: key, value }: &Assignment) -> Result<()> {
    if let Some(reason) = refusal(key) {
        let hint = match key.as_str() {
            "PATH" => "`--path DIR` puts a directory into PATH".to_owned(),
            UV_PROJECT_ENVIRONMENT => "`venvwrap uv on NAME` sets it, in the project only".to_owned(),
            "PYTHONPATH" => format!("`{} DIR` adds a directory to sys.path", verb("add2virtualenv")),
            _ => "a `postactivate` hook in its bin can set any variable".to_owned(),
        };
        return Err(refused(&format!("`{}`", shown(&key)), reason, hint));
    }
    match wrong_value(value) {
        Some(reason) => Err(refused(&format!("`{key}`"), reason, "choose another value".to_owned())),
        None => Ok(()),
    }
}

fn refused(what: &str, reason: &str, hint: String) -> Error {
    Error::Usage { message: format!("{what} cannot be set: {reason}"), hint }
}

fn read_file(session: &Session<'_>, file: &Path) -> Result<Vec<Assignment>> {
    let path = session.context.absolute_path(file)?;
    let wrong = |what: String, reason: &str| Error::Recipe {
        what,
        reason: reason.to_owned(),
        hint: "`venvwrap set NAME KEY=VALUE` sets one variable, to any value".to_owned(),
    };
    let text = read_small(&path, LONGEST_VARIABLES as u64).map_err(Error::io("read", &path))?;
    let text = text.ok_or_else(|| wrong(session.shown(&path), "it is missing, or not a regular file"))?;
    let text = String::from_utf8(text).map_err(|_| wrong(session.shown(&path), "it is not UTF-8"))?;
    dotenv::parse(&text)
        .map_err(|WrongLine { line, reason }| wrong(format!("{}, line {line}", session.shown(&path)), reason))
}

fn utf8<'t>(text: &'t OsStr, what: &str) -> Result<&'t str> {
    text.to_str()
        .ok_or_else(|| refused(&format!("{what} `{}`", shown(text)), "it is not UTF-8", "use UTF-8".to_owned()))
}

/// Has the variables follow an environment from `old` to another place: values that name the old
/// place name the new one.
pub(super) fn follow(home: &WorkonHome, from: &OsStr, old: &Path, to: &Environment) -> Result<()> {
    let mut own = home.variables(from);
    let olds = crate::relocate::spellings(old);
    let moved = |value: &mut String| {
        let new = crate::relocate::replaced_in_text(value.as_bytes(), &olds, to.root());
        if let Some(new) = new.and_then(|new| String::from_utf8(new).ok()) {
            *value = new;
        }
    };
    own.set.values_mut().chain(&mut own.path).for_each(moved);
    if own == home.variables(to.name()) { Ok(()) } else { home.set_variables(to.name(), own) }
}

/// The names of the variables of an environment, for completion.
pub(crate) fn keys(session: &Session<'_>, name: &OsStr) -> Result<Vec<OsString>> {
    let home = WorkonHome::locate(session.context)?;
    Ok(home.variables(name).set.into_keys().map(OsString::from).collect())
}
