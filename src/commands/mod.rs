//! The commands, one file each: their options (clap), help with examples, and work.
//!
//! Owns the flow of a command from its command line to an [`Outcome`]. A command writes no shell
//! code, ends no process, and reads no variable itself.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::activation::Plan;
use crate::config::Config;
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::is_same;
use crate::hooks::Hooks;
use crate::output;
use crate::processes;
use crate::rc_files::RcFiles;
use crate::shell::Shell;
use crate::shown::shown;
use crate::variables::record::UndoRecord;
use crate::workon_home::WorkonHome;

mod abandoned;
pub(crate) mod adopt;
mod age;
pub(crate) mod add2virtualenv;
pub(crate) mod allvirtualenv;
pub(crate) mod answer;
pub(crate) mod automatic;
pub(crate) mod background;
mod before_uv;
mod brought;
pub(crate) mod cd;
mod creation;
mod copying;
pub(crate) mod cpvirtualenv;
pub(crate) mod deactivate;
mod details;
pub(crate) mod diff;
pub(crate) mod doctor;
mod elsewhere;
pub(crate) mod env;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod freeze;
mod healing;
mod here;
pub(crate) mod hook;
pub(crate) mod import;
mod in_use;
pub(crate) mod init;
pub(crate) mod install;
mod json;
pub(crate) mod kernel;
mod levels;
pub(crate) mod lock;
pub(crate) mod lssitepackages;
pub(crate) mod lsvirtualenv;
pub(crate) mod mkproject;
pub(crate) mod mktmpenv;
pub(crate) mod mkvirtualenv;
mod moved;
mod parallel;
pub(crate) mod note;
pub(crate) mod prompt;
pub(crate) mod prune;
mod picker;
pub(crate) mod python;
#[cfg(test)]
mod real;
pub(crate) mod mvvirtualenv;
mod removal;
pub(crate) mod rmvirtualenv;
pub(crate) mod rollback;
pub(crate) mod run;
pub(crate) mod set;
pub(crate) mod setup;
pub(crate) mod setvirtualenvproject;
pub(crate) mod showvirtualenv;
pub(crate) mod snapshot;
pub(crate) mod toggleglobalsitepackages;
pub(crate) mod trial;
pub(crate) mod trust;
pub(crate) mod undo;
mod untrusted;
pub(crate) mod upgrade;
pub(crate) mod uv;
mod uv_project;
pub(crate) mod which;
pub(crate) mod wipeenv;
pub(crate) mod workon;
mod worktree;

/// What is left to do after a command.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Nothing; status 0.
    Done,
    /// Nothing; this status.
    Status(u8),
    /// Steps for the calling shell, then this status. Without such a shell they are left undone.
    Plan(Plan, u8),
}

/// A command, parsed by clap.
pub(crate) trait Verb: clap::Parser {
    /// Runs it.
    fn run(self, session: &Session<'_>) -> Result<Outcome>;

    /// Its own response where clap stops at help or at a mistake. `None`: the common one.
    fn instead(_end: &clap::Error, _session: &Session<'_>) -> Option<Result<Outcome>> {
        None
    }
}

/// What every command can use.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    /// The state of the process.
    pub(crate) context: &'a Context,
    /// The shell whose function called and waits for a plan.
    pub(crate) shell: Option<Shell>,
    /// Whether that shell has a prompt.
    pub(crate) is_interactive: bool,
    /// The root of the environment that was active before in that shell.
    pub(crate) previous: Option<&'a Path>,
}

impl Session<'_> {
    /// The store. Creates it if it is missing, and says so (rule G10 of virtualenvwrapper).
    pub(crate) fn workon_home(&self) -> Result<WorkonHome> {
        let home = WorkonHome::locate(self.context)?;
        if home.create_if_missing()? {
            let path = crate::shown::shown(home.path());
            // Scripts of virtualenvwrapper's users look for these words.
            output::note(&format!("NOTE: Virtual environments directory {path} does not exist. Creating..."));
        }
        Ok(home)
    }

    /// The hooks, in the dialect of the shell that called.
    pub(crate) fn hooks<'b>(&'b self, home: &'b WorkonHome) -> Result<Hooks<'b>> {
        Hooks::locate(self.context, home, self.shell.map_or("", Shell::dialect))
    }

    /// The settings; read only when asked for.
    pub(crate) fn config(&self) -> Result<Config> {
        Config::read(self.context)
    }

    /// Fails without a shell function to carry out a plan, and says how to load the functions.
    pub(crate) fn require_shell(&self, verb: &str) -> Result<()> {
        if self.shell.is_some() {
            return Ok(());
        }
        Err(Error::NoFunctions { verb: verb.to_owned(), remedy: self.how_to_load() })
    }

    /// Says that a new environment is not active, without a shell function to activate it.
    fn note_not_activated(&self, name: &OsStr) {
        if self.shell.is_none() {
            output::note(&format!(
                "`{}` was not activated: the shell functions are not loaded; {}",
                shown(name),
                self.how_to_load()
            ));
        }
    }

    /// What loads the functions in this shell and in new ones.
    fn how_to_load(&self) -> String {
        let shell = self.calling_shell();
        let line = shell.loading_line();
        match RcFiles::of(self.context, shell).ok().as_ref().and_then(|files| files.loading(self.context)) {
            Some(file) => format!("`{line}` loads them here, as {} does in new shells", self.shown(file)),
            None => format!("`venvwrap setup {shell}` loads them in new shells, `{line}` in this one"),
        }
    }

    /// The calling shell, else the login shell, if venvwrap has functions for it.
    fn shell_in_use(&self) -> Option<Shell> {
        let caller = || Shell::named(processes::caller()?.to_str()?);
        self.shell.or_else(caller).or_else(|| self.login_shell())
    }

    /// The same, else bash.
    fn calling_shell(&self) -> Shell {
        self.shell_in_use().unwrap_or(Shell::Bash)
    }

    /// Whether a prompt comes next. An option makes a shell interactive in image builds, too
    /// (`bash -ic`), but without a terminal.
    pub(crate) fn has_prompt(&self) -> bool {
        self.is_interactive && Context::can_ask()
    }

    /// Whether work may go on behind the prompt that comes next. Scripts have none: they find the
    /// store as the command left it, and can remove it.
    pub(crate) fn may_work_in_background(&self) -> bool {
        let is_off = || self.context.variable(env_vars::VENVWRAP_BACKGROUND).is_some_and(|value| value == "0");
        self.has_prompt() && !is_off()
    }

    /// The login shell, if venvwrap has functions for it.
    pub(crate) fn login_shell(&self) -> Option<Shell> {
        self.context.variable(env_vars::SHELL).and_then(|path| path.to_str()).and_then(Shell::named)
    }

    /// The root that VIRTUAL_ENV names, else the conda environment that was entered here. Conda's
    /// users are in its base all the time: one that conda entered is not ours to work on.
    pub(crate) fn active_root(&self) -> Option<&Path> {
        self.context.absolute(env_vars::VIRTUAL_ENV).or_else(|| {
            let root = self.context.absolute(env_vars::CONDA_PREFIX)?;
            self.record().filter(|record| record.root == root.as_os_str()).map(|_| root)
        })
    }

    /// Whether the active environment was activated by automatic switching.
    fn is_automatic(&self) -> bool {
        self.record().is_some_and(|record| {
            record.is_automatic && self.active_root().is_some_and(|root| root == Path::new(&record.root))
        })
    }

    /// The record of the activation, if there is one.
    fn record(&self) -> Option<UndoRecord> {
        self.context.variable(env_vars::VENVWRAP_UNDO).map(UndoRecord::read)
    }

    /// The project of the active environment, if another tool keeps it and the project was known at
    /// activation.
    pub(crate) fn project_of_owner(&self) -> Option<PathBuf> {
        let record =
            self.record().filter(|record| self.active_root().is_some_and(|root| root == Path::new(&record.root)))?;
        record.elsewhere.filter(|project| !project.is_empty()).map(PathBuf::from)
    }

    /// The active environment, which must exist and be one.
    pub(crate) fn active(&self) -> Result<Environment> {
        let root = self.active_root().ok_or(Error::NoneActive)?;
        let wrong = || Error::LostActive {
            root: root.to_path_buf(),
            reason: if root.is_dir() { "is not a virtual environment" } else { "does not exist" },
        };
        let by_conda =
            || Environment::open_conda(root).filter(|_| self.context.absolute(env_vars::VIRTUAL_ENV).is_none());
        by_conda().map_or_else(|| Environment::open(root)?.ok_or_else(wrong), Ok)
    }

    /// The active environment, if it is not locked.
    pub(crate) fn active_unlocked(&self) -> Result<Environment> {
        let environment = self.active()?;
        let home = WorkonHome::locate(self.context)?;
        if environment.root().parent().is_some_and(|parent| is_same(parent, home.path())) {
            home.require_unlocked(environment.name())?;
        }
        Ok(environment)
    }

    /// A path as the user would write it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        crate::shown::shown_path(path, self.context.home())
    }
}

/// Text from a file for stdout: escaped line by line on a terminal, unchanged for programs.
fn legible(text: &[u8]) -> Cow<'_, [u8]> {
    if !output::is_looked_at() {
        return Cow::Borrowed(text);
    }
    let mut legible = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let end = if line.ends_with(b"\n") { "\n" } else { "" };
        let line = OsStr::from_bytes(&line[..line.len() - end.len()]);
        legible.extend_from_slice(format!("{}{end}", shown(line)).as_bytes());
    }
    Cow::Owned(legible)
}

/// A text of clap on stdout, in color on a terminal.
pub(crate) fn rendered(end: &clap::Error) -> String {
    let text = end.render();
    if output::has_color() { text.ansi().to_string() } else { text.to_string() }
}
