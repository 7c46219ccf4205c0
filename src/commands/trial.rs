//! `try`: run a program in a copy of an environment, show what it changed, keep or drop the copy.
//!
//! Owns the steps from the copy to the exchange. The copy has its own paths while the program runs,
//! so that no script in it starts the original's Python; a kept copy gets the original's paths.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use clap::Parser;
use nix::errno::Errno;

use super::copying::{Copying, quoted};
use super::in_use::{self, Taking};
use super::snapshot::stored;
use super::{Outcome, Session, Verb, cpvirtualenv, diff, healing, run};
use crate::context::{Context, shell_status};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::{Stamp, stamp};
use crate::keepsake;
use crate::output::{self, Column, Table};
use crate::recipe::{self, Recipe};
use crate::relocate::{self, Relocation, Rewriting};
use crate::shell::standalone;
use crate::shown::{operands, shown};
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::{UnfinishedEnvironment, WorkonHome};

/// Run a program in a copy of an environment
///
/// The program gets what `venvwrap run` would give it, but in a copy: the environment itself does
/// not change. Then the packages that were changed are shown, and on a terminal you are asked
/// whether to keep the copy. A kept copy is exchanged with the environment in one step; `venvwrap
/// undo NAME` brings back what it was. Without a terminal, the copy is dropped.
///
/// Status: the program's own.
#[derive(Debug, Parser)]
#[command(
    name = "try",
    override_usage = "venvwrap try [OPTIONS] <ENVIRONMENT> [--] <CMD> [ARG]...",
    after_help = "\
Examples:
  venvwrap try projectx -- pip install -U django   look first, then keep or drop
  venvwrap try --keep projectx -- make upgrade     keep it if CMD ends with 0
  venvwrap try --drop projectx -- ./break-things   drop it without a question
  venvwrap try projectx \"$SHELL\"                   try several commands"
)]
pub(crate) struct Try {
    /// Name of the environment; `.` for the current project
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// Keep the copy if the program ends with status 0; do not ask
    #[arg(long, conflicts_with = "drop")]
    keep: bool,
    /// Drop the copy; do not ask
    #[arg(long)]
    drop: bool,
    /// Keep it even if other processes use the environment
    #[arg(short, long)]
    force: bool,
    /// The program and its arguments
    #[arg(value_name = "CMD", id = "program-inside", required = true, trailing_var_arg = true)]
    command: Vec<OsString>,
}

const COLUMNS: &[Column] =
    &[Column::text("kind"), Column::text("name"), Column::shrinking("before"), Column::shrinking("after")];

impl Verb for Try {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let original = healing::with_python(session, stored(session, &home, &self.name)?)?;
        let name = EnvironmentName::existing(original.name())?;
        let root = home.removable(&name, None)?;
        if self.keep && !self.may_replace(&root)? {
            return Err(Error::Declined);
        }
        drop(home.clear_dead_builds());
        let copy = Copy::of(session, &home, &original)?;
        let before = recipe::read(&copy.environment, session.context)?;
        let status = self.call(session, &home, &copy)?;
        let called = shown(&self.command[0]);
        let quoted = quoted(original.name());
        if status.signal() == Some(nix::libc::SIGINT) || status.code() == Some(130) {
            drop(copy);
            output::note(&format!("Interrupted; {quoted} was left as it is"));
            return Ok(Outcome::Status(130));
        }
        // `called` has ended, so it has handled the Ctrl-C that reached both.
        Context::discard_interrupt();
        let code = exit_code(status);
        let Some(after) = copy.recipe(session) else {
            drop(copy);
            output::note(&format!("Dropped the copy of {quoted}: `{called}` left no environment in it"));
            return Ok(Outcome::Status(code));
        };
        show(&before, &after, &format!("No package changed in the copy of {quoted}"));
        if code != 0 {
            output::note(&format!("`{called}` ended with status {code}"));
        }
        let is_kept = if self.keep {
            code == 0
        } else if self.drop || !output::can_ask() {
            false
        } else {
            if copy.is_outdated(session) {
                output::note(&format!("Another process changed {quoted} meanwhile; its changes are not in the copy"));
            }
            self.is_wanted(&root, &format!("Keep the copy as {quoted}?"))
        };
        if !is_kept {
            drop(copy);
            let how = if self.keep || self.drop || output::can_ask() { "" } else { "; `--keep` keeps it" };
            output::note(&format!("Dropped the copy of {quoted}{how}"));
            return Ok(Outcome::Status(code));
        }
        if self.keep && copy.is_outdated(session) {
            return Err(Error::Recipe {
                what: format!("environment {quoted}"),
                reason: "another process changed it meanwhile; the copy was dropped".to_owned(),
                hint: "run the same command again".to_owned(),
            });
        }
        let environment = copy.keep(&home, &name)?;
        keepsake::forget(&home, name.as_os_str());
        keepsake::remember(&home, &environment, session.context);
        let undo = operands(&[name.as_os_str()]);
        output::note(&format!("Kept the copy as {quoted}; `venvwrap undo {undo}` brings back what it was"));
        Ok(Outcome::Status(code))
    }
}

impl Try {
    /// Runs the program to its end, with the streams of this process.
    fn call(&self, session: &Session<'_>, home: &WorkonHome, copy: &Copy<'_>) -> Result<ExitStatus> {
        let changes =
            run::changes(session, &session.hooks(home)?, &copy.environment, home.variables_of(copy.original))?;
        let [called, arguments @ ..] = &self.command[..] else { return Err(Error::Declined) };
        let program = run::find(called, &copy.environment, changes.path()).map_err(|error| match error {
            // The hint is about a directory that is still there.
            Error::CommandNotFound { command, name, nearest, .. } => {
                Error::CommandNotFound { command, name, nearest, bin: copy.original.bin() }
            }
            error => error,
        })?;
        let mut command = session.context.successor(&program, called);
        run::give(command.args(arguments), &changes);
        let ended = match Context::run_in_foreground(&mut command) {
            // A script without `#!`, which POSIX has a shell run.
            Err(error) if error.raw_os_error() == Some(Errno::ENOEXEC as i32) => {
                let mut shell = session.context.successor(Path::new("/bin/sh"), OsStr::new("sh"));
                run::give(shell.arg(&program).args(arguments), &changes);
                Context::run_in_foreground(&mut shell)
            }
            ended => ended,
        };
        ended.map_err(|error| run::cannot_run(program, &error))
    }

    fn may_replace(&self, root: &Path) -> Result<bool> {
        let force = |name: &OsStr| {
            let words: Vec<&OsStr> =
                std::iter::once(name).chain(self.command.iter().map(OsString::as_os_str)).collect();
            format!("venvwrap try --keep --force {}", operands(&words))
        };
        let taking = Taking { question: "Replace it anyway?", force: &force };
        Ok(self.force || in_use::may_be_taken(&[root.to_path_buf()], taking)?)
    }

    /// The answer to the question. Ctrl-C is a no.
    fn is_wanted(&self, root: &Path, question: &str) -> bool {
        output::ask(question).unwrap_or(false)
            && !Context::was_interrupted()
            && self.may_replace(root).unwrap_or(false)
            && !Context::was_interrupted()
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    u8::try_from(shell_status(status)).unwrap_or(1)
}

/// Shows what changed, on stderr: stdout belongs to the program.
fn show(before: &Recipe, after: &Recipe, nothing: &str) {
    let mut table = Table::new(COLUMNS);
    let cell = |value: Option<String>| value.map_or_else(|| "-".to_owned(), |text| shown(&text).to_string());
    let rows = diff::between(before, after);
    for row in rows {
        table.push([row.kind.to_owned(), shown(&row.name).to_string(), cell(row.first), cell(row.second)]);
    }
    let text = table.text();
    output::note(if text.is_empty() { nothing } else { text.trim_end() });
}

/// A file or link whose paths are changed in the copy, as it was before the program ran.
struct RewrittenEntry {
    path: PathBuf,
    original: EntryState,
    copy: EntryState,
}

#[derive(PartialEq, Eq)]
enum EntryState {
    Link(PathBuf),
    File(Option<Stamp>),
}

impl EntryState {
    fn of(path: &Path) -> Self {
        fs::read_link(path).map_or_else(|_| Self::File(stamp(path)), Self::Link)
    }
}

/// A copy of an environment, in a hidden directory of the store. Dropping it deletes it.
struct Copy<'a> {
    environment: Environment,
    original: &'a Environment,
    /// What the original was when it was copied.
    known: Recipe,
    rewritten: Vec<RewrittenEntry>,
    building: UnfinishedEnvironment,
}

impl<'a> Copy<'a> {
    fn of(session: &Session<'_>, home: &WorkonHome, original: &'a Environment) -> Result<Self> {
        let mut building = home.start_building()?;
        // Prompts and scripts have the same name in them.
        building.go_inside(original.name())?;
        building.leave_to_itself()?;
        let olds = cpvirtualenv::places(original.root());
        let relocation = Relocation::new(original, &olds, building.path(), standalone::scripts);
        let known = recipe::read(original, session.context)?;
        let copying = Copying {
            from: original.root(),
            relocation: Some(&relocation),
            text: format!("Copying {}", shown(original.name())),
            kept: quoted(original.name()),
        };
        let (building, rewritten) = copying.copy_into(building)?;
        let entry = |path: PathBuf| RewrittenEntry {
            original: EntryState::of(&original.root().join(&path)),
            copy: EntryState::of(&building.path().join(&path)),
            path,
        };
        let rewritten = rewritten.into_iter().map(entry).collect();
        let environment = Environment::open(building.path())?;
        let gone = || Error::io("open", building.path())(io::ErrorKind::NotFound.into());
        Ok(Self { environment: environment.ok_or_else(gone)?, original, known, rewritten, building })
    }

    /// What the program made of it. `None` if that is no environment.
    fn recipe(&self, session: &Session<'_>) -> Option<Recipe> {
        let environment = Environment::open(self.building.path()).ok()??;
        recipe::read(&environment, session.context).ok()
    }

    /// Whether packages of the original changed since the copy was made.
    fn is_outdated(&self, session: &Session<'_>) -> bool {
        let now = recipe::read(self.original, session.context);
        now.is_ok_and(|now| !recipe::differences(&self.known, &now).is_empty())
    }

    /// Gives it the paths of the original, and exchanges the two. What the program did not change
    /// becomes exactly what it is in the original.
    fn keep(self, home: &WorkonHome, name: &EnvironmentName) -> Result<Environment> {
        let (from, root) = (self.original.root(), self.building.path());
        let is_same = |entry: &&RewrittenEntry| {
            EntryState::of(&from.join(&entry.path)) == entry.original
                && EntryState::of(&root.join(&entry.path)) == entry.copy
        };
        let same: Vec<&Path> = self.rewritten.iter().filter(is_same).map(|entry| entry.path.as_path()).collect();
        relocate::copy_again(from, root, &same)?;
        let Some(environment) = Environment::open(root)? else {
            return Err(Error::NotAnEnvironment { path: root.to_path_buf(), reason: "its pyvenv.cfg is missing" });
        };
        let relocation = Relocation::new(&environment, &cpvirtualenv::places(root), from, standalone::scripts);
        let staging = home.start_building()?;
        Rewriting::prepare(root, &relocation, staging.path())?.apply(root)?;
        home.replace(self.building, name, None)
    }
}
