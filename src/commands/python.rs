//! `python`: lists the Pythons on this machine, and finds the Python for a request.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use serde::Serialize;

use super::creation::PythonRequest;
use super::json::{Named, text};
use super::{Outcome, Session, Verb};
use crate::error::Result;
use crate::fs::is_same;
use crate::interpreter::{self, Interpreter, Inventory, Listed, Unusable};
use crate::output::{self, Column, Progress, Table};
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// List the Pythons on this machine, or find one
#[derive(Debug, Parser)]
#[command(
    name = "python",
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  venvwrap python list       every Python on this machine, and the environments that use it
  venvwrap python find 3.12  path of the Python that `mkvirtualenv -p 3.12` uses"
)]
pub(crate) struct Python {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    List(List),
    Find(Find),
}

/// List the Pythons on this machine and the environments that use them
///
/// Searches PATH and the directories of pyenv, uv, mise, asdf, rye, Homebrew, conda, and
/// python.org's installer. A new interpreter is started once to learn its version. `*` marks the
/// default.
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  venvwrap python list         all of them, newest first
  venvwrap python list 3.12    those that match `-p 3.12`
  venvwrap python list --all   every path of each
  venvwrap python list --json  print JSON")]
struct List {
    /// Only those that match: a version such as `3.12`, `>=3.11`, or `pypy`, a command, or a path
    #[arg(value_name = "PYTHON")]
    request: Option<OsString>,
    /// List every path of an interpreter, not only the most stable one
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print the path of the Python for a request
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  venvwrap python find          the default Python
  venvwrap python find 3.12     the Python that `mkvirtualenv -p 3.12` uses
  venvwrap python find ./env    the Python that an environment was made from")]
struct Find {
    /// A version such as `3.12`, `>=3.11`, or `pypy`, a command, or a path
    #[arg(value_name = "PYTHON")]
    request: Option<OsString>,
    /// Let the files of this project choose, as `mkvirtualenv -a` does
    #[arg(short = 'a', value_name = "PROJECT", value_hint = clap::ValueHint::DirPath, conflicts_with = "request")]
    project: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verb for Python {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        match self.question {
            Question::List(list) => list.run(session),
            Question::Find(find) => {
                let found = find.find(session)?;
                if find.json {
                    output::data(&super::json::document(&FoundJson::of(&found))?)?;
                } else {
                    print_path(&found.base_executable)?;
                }
                Ok(Outcome::Done)
            }
        }
    }
}

/// Prints a path on a line: escaped on a terminal, exact for programs.
fn print_path(path: &Path) -> Result<()> {
    let mut line = super::legible(path.as_os_str().as_bytes()).into_owned();
    line.push(b'\n');
    output::data(&line)
}

impl Find {
    /// The Python that creation would use: the requested one, or else the choice of the variables,
    /// or else of the project's files.
    fn find(&self, session: &Session<'_>) -> Result<Interpreter> {
        let project = self.project.as_deref().map(|directory| session.context.absolute_path(directory)).transpose()?;
        PythonRequest::like_creation(session, self.request.as_deref(), project.as_deref())?.find()
    }
}

impl List {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let asking = |count| Progress::start(format!("Checking {count} new Pythons"));
        let mut inventory = interpreter::inventory(session.context, self.request.as_deref(), asking)?;
        // A variable may choose a Python other than `python3`.
        let request = PythonRequest::like_creation(session, None, None)?.quietly();
        if request.has_asker() {
            let default = request.find().ok().map(|found| found.base_executable);
            for listed in &mut inventory.interpreters {
                let is_it = |path: &Path| default.as_deref().is_some_and(|default| is_same(path, default));
                listed.is_default = is_it(&listed.path) || listed.paths.iter().map(PathBuf::as_path).any(is_it);
            }
        }
        let users = users(session, &inventory)?;
        if self.json {
            output::data(&super::json::document(&InventoryJson::of(
                &inventory,
                &users,
                WorkonHome::locate(session.context)?.path(),
            ))?)?;
        } else {
            output::data(table(session, &inventory.interpreters, &users, self.all).as_bytes())?;
            for Unusable { path, reason, .. } in &inventory.unusable {
                output::note(&format!("unusable: {}: {reason}", session.shown(path)));
            }
        }
        Ok(Outcome::Status(u8::from(inventory.interpreters.is_empty())))
    }
}

/// The names of the environments that use each interpreter. Runs nothing in them.
fn users(session: &Session<'_>, inventory: &Inventory) -> Result<Vec<Vec<OsString>>> {
    let mut users = vec![Vec::new(); inventory.interpreters.len()];
    let home = WorkonHome::locate(session.context)?;
    for name in home.names()? {
        // Skip environments removed since the directory was read.
        let Ok(environment) = home.get(&EnvironmentName::existing(&name)?) else { continue };
        if let Some(index) = inventory.base_of(&environment.python()) {
            users[index].push(name);
        }
    }
    Ok(users)
}

/// The first header is indented for the mark of the default. The environments come last, because
/// there can be many.
const COLUMNS: &[Column] = &[
    Column::text("  version"),
    Column::text("implementation"),
    Column::text("from"),
    Column::path("path"),
    Column::shrinking("environments"),
];

fn table(session: &Session<'_>, interpreters: &[Listed], users: &[Vec<OsString>], all_paths: bool) -> String {
    let mut table = Table::new(COLUMNS);
    for (listed, users) in interpreters.iter().zip(users) {
        let mark = if listed.is_default { '*' } else { ' ' };
        let version = format!("{mark} {}", listed.kind.number());
        let names: Vec<String> = users.iter().map(|name| shown(name).to_string()).collect();
        let (place, path) = (listed.origin.name().to_owned(), session.shown(&listed.path));
        table.push([version, kind(listed), place, path, names.join(", ")]);
        for path in listed.paths.iter().filter(|path| all_paths && **path != listed.path) {
            table.push([String::new(), String::new(), String::new(), session.shown(path)]);
        }
    }
    table.text()
}

/// `CPython`, `CPython, free-threaded`.
fn kind(listed: &Listed) -> String {
    let mut words = vec![listed.kind.implementation.as_str()];
    words.extend(listed.kind.is_free_threaded().then_some("free-threaded"));
    words.extend(listed.kind.is_debug().then_some("debug"));
    words.join(", ")
}

/// The JSON of `python find`.
#[derive(Debug, Serialize)]
struct FoundJson {
    version: String,
    implementation: String,
    free_threaded: bool,
    debug: bool,
    path: String,
}

impl FoundJson {
    fn of(found: &Interpreter) -> Self {
        let kind = found.kind();
        Self {
            version: kind.number(),
            free_threaded: kind.is_free_threaded(),
            debug: kind.is_debug(),
            implementation: kind.implementation,
            path: text(&found.base_executable),
        }
    }
}

/// The JSON of `python list`.
#[derive(Debug, Serialize)]
struct InventoryJson {
    interpreters: Vec<InterpreterJson>,
    unusable: Vec<UnusableJson>,
}

#[derive(Debug, Serialize)]
struct InterpreterJson {
    /// In PEP 440's spelling.
    version: String,
    implementation: String,
    free_threaded: bool,
    debug: bool,
    origin: &'static str,
    path: String,
    /// Every path of the interpreter.
    paths: Vec<String>,
    default: bool,
    environments: Vec<Named>,
}

/// A file that looks like an interpreter but does not work.
#[derive(Debug, Serialize)]
struct UnusableJson {
    path: String,
    origin: &'static str,
    reason: String,
}

impl InventoryJson {
    fn of(inventory: &Inventory, users: &[Vec<OsString>], home: &Path) -> Self {
        let entry = |(listed, users): (&Listed, &Vec<OsString>)| InterpreterJson {
            version: listed.kind.number(),
            implementation: listed.kind.implementation.clone(),
            free_threaded: listed.kind.is_free_threaded(),
            debug: listed.kind.is_debug(),
            origin: listed.origin.name(),
            path: text(&listed.path),
            paths: listed.paths.iter().map(text).collect(),
            default: listed.is_default,
            environments: users.iter().map(|name| Named::new(name, &home.join(name))).collect(),
        };
        let failure = |unusable: &Unusable| UnusableJson {
            path: text(&unusable.path),
            origin: unusable.origin.name(),
            reason: unusable.reason.clone(),
        };
        Self {
            interpreters: inventory.interpreters.iter().zip(users).map(entry).collect(),
            unusable: inventory.unusable.iter().map(failure).collect(),
        }
    }
}
