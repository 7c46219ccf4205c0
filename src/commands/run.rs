//! `run`: become a program in an environment, without a shell, child, or hook, for cron, CI, make,
//! and editors.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;

use super::brought::Brought;
use super::{Outcome, Session, Verb, before_uv, healing, uv_project, workon};
use crate::activation::OwnVariables;
use crate::asked::not_started;
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Obstacle, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::entries_in;
use crate::hooks::Hooks;
use crate::programs::{self, is_program};
use crate::variables::{self, Changes};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::nearest;

/// Run a program in an environment
///
/// venvwrap becomes the program: signals, status, streams, and terminal are the program's own, and
/// no shell is involved. The program gets the variables that `workon` would set, in place of those
/// of an active environment. It is searched in the environment first, then on PATH. No hook is
/// fired, and lines appended to bin/activate have no effect.
///
/// Status: the program's own; 127 if it does not exist, 126 if it cannot be run, 1 if the
/// environment cannot be used.
#[derive(Debug, Parser)]
#[command(
    name = "run",
    override_usage = "venvwrap run <ENVIRONMENT> [--] <CMD> [ARG]...",
    after_help = "\
Examples:
  venvwrap run projectx pytest -q     options after CMD belong to CMD
  venvwrap run projectx -- pytest -q  the same
  venvwrap run . make test            in the environment of the current project
  venvwrap run projectx \"$SHELL\"      start a shell inside; `exit` ends it"
)]
pub(crate) struct Run {
    /// Name of the environment; `.` for the current project
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// The program and its arguments
    #[arg(
        value_name = "CMD",
        id = "program-inside",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    command: Vec<OsString>,
}

impl Verb for Run {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let (environment, changes) = inside(session, &self.name)?;
        let [called, arguments @ ..] = &self.command[..] else { return Ok(Outcome::Status(2)) };
        let program = find(called, &environment, changes.path())?;
        let mut successor = session.context.successor(&program, called);
        successor.args(arguments);
        give(&mut successor, &changes);
        before_uv::save(session, &environment, &changes, &self.command);
        WorkonHome::locate(session.context)?.record_use(&environment);
        let error = Context::become_program(successor);
        Err(cannot_run(program, &error))
    }
}

/// The environment with this name, and the variables it changes for a program. Writes nothing,
/// unless its Python is missing.
pub(super) fn inside(session: &Session<'_>, name: &OsStr) -> Result<(Environment, Changes)> {
    let home = WorkonHome::locate(session.context)?;
    let environment = healing::with_python(session, workon::environment(session, &home, name)?)?;
    let changes = changes(session, &session.hooks(&home)?, &environment, home.variables_of(&environment))?;
    Ok((environment, changes))
}

/// The variables that an environment changes for a program. Reports variables of the environment
/// that were refused.
pub(super) fn changes(
    session: &Session<'_>,
    hooks: &Hooks<'_>,
    environment: &Environment,
    own: OwnVariables,
) -> Result<Changes> {
    let brought = Brought::of(session, environment)?;
    brought.tell(session, environment);
    let uv_project = uv_project::of(session, environment, &own)?;
    let target = workon::target(hooks, environment, own, uv_project, brought);
    let directory = session.context.working_directory();
    let is_in = |project: &Path| directory.as_ref().is_ok_and(|directory| uv_project::is_in(project, directory));
    Ok(variables::entering(&target, |name| session.context.given(name), pyvenv_cfg::exists_in, is_in))
}

pub(super) fn give(command: &mut Command, changes: &Changes) {
    command.envs(changes.set.iter().map(|(name, value)| (name, value)));
    for (name, _) in &changes.unset {
        command.env_remove(name);
    }
}

/// Finds a program as a shell does: a path as given, a name along PATH. execvp(3) would skip a
/// script with a missing interpreter, and run the system's `pip` in place of a broken one in the
/// environment.
pub(super) fn find(called: &OsStr, environment: &Environment, path: &OsStr) -> Result<PathBuf> {
    if called.as_bytes().contains(&b'/') {
        return Ok(PathBuf::from(called));
    }
    if let Some(program) = programs::along(path, called, Path::new(".")).next() {
        return Ok(program);
    }
    let directories = path.as_bytes().split(|byte| *byte == b':').filter(|_| !called.is_empty());
    let files = directories.map(|directory| Path::new(OsStr::from_bytes(directory)).join(called));
    // Status 126 for a file that cannot be run, 127 for no file, as in a shell.
    if let Some(file) = files.into_iter().find(|file| fs::metadata(file).is_ok()) {
        return Err(cannot_run(file, &io::ErrorKind::PermissionDenied.into()));
    }
    let nearest = nearest(called, programs(environment));
    let (command, name, bin) = (called.to_owned(), environment.name().to_owned(), environment.bin());
    Err(Error::CommandNotFound { command, name, bin, nearest })
}

/// The names of the programs in an environment, unsorted.
pub(super) fn programs(environment: &Environment) -> Vec<OsString> {
    let entries = entries_in(environment.bin());
    entries.filter(|entry| is_program(&entry.path())).map(|entry| entry.file_name()).collect()
}

/// The names of the programs in the environment with this name.
pub(crate) fn programs_of(session: &Session<'_>, name: &OsStr) -> Result<Vec<OsString>> {
    Ok(programs(&workon::environment(session, &WorkonHome::locate(session.context)?, name)?))
}

/// Why a program was not run: what is at its path says more than the errno.
pub(super) fn cannot_run(program: PathBuf, error: &io::Error) -> Error {
    let obstacle = match fs::metadata(&program) {
        Err(_) => Obstacle::Missing,
        Ok(entry) if entry.is_file() && !is_program(&program) => Obstacle::NotExecutable,
        Ok(_) => Obstacle::Other,
    };
    Error::CannotRun { reason: not_started(&program, error), program, obstacle }
}
