//! What can go wrong, said once.
//!
//! Owns the wording of every failure, the hint that goes with it (`hint`) and the exit status. Who
//! prints it: `output`. The shape is `what: where`, lower case, no final stop; values are shown
//! escaped.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::shown::shown;

mod hint;
mod phrases;

use phrases::{and_asker, and_others, ended, listed};

/// The result of everything that can fail for the person.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// A failure: what happened and where. What to do about it is [`Error::hint`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A name that can not be, or should not become, the name of an environment.
    #[error("`{}` is not a name for an environment: {reason}", shown(.name))]
    Name {
        /// What was given.
        name: OsString,
        /// Which rule it breaks.
        reason: &'static str,
    },

    /// No environment of that name.
    #[error("environment `{}` does not exist in {}", shown(.name), shown(.home))]
    UnknownEnvironment {
        /// What was asked for.
        name: OsString,
        /// Where it was looked for.
        home: PathBuf,
        /// The nearest names that do exist, nearest first.
        nearest: Vec<OsString>,
    },

    /// More than one environment belongs to a directory.
    #[error("{} is the project of {}", shown(.directory), listed(.names, "and"))]
    Ambiguous {
        /// The directory.
        directory: PathBuf,
        /// The environments.
        names: Vec<OsString>,
    },

    /// A project says nothing of what it needs, or not so that it can be installed.
    #[error("nothing to install from {}: {reason}", shown(.path))]
    NoDependencies {
        /// The project, or its file.
        path: PathBuf,
        /// Why.
        reason: String,
    },

    /// pipenv keeps the environment of a project elsewhere.
    #[error("pipenv keeps the environment of {} in {}: {reason}", shown(.project), shown(.place))]
    KeptElsewhere {
        /// The project.
        project: PathBuf,
        /// Where.
        place: PathBuf,
        /// Why.
        reason: &'static str,
    },

    /// The environment has no program of that name.
    #[error("environment `{}` has no `{}`", shown(.name), shown(.tool))]
    NoTool {
        /// The environment.
        name: OsString,
        /// What was asked for.
        tool: OsString,
        /// The nearest names that do exist, nearest first.
        nearest: Vec<OsString>,
    },

    /// A command that is nowhere.
    #[error("`{}` is neither in environment `{}` nor on PATH", shown(.command), shown(.name))]
    CommandNotFound {
        /// What was asked for.
        command: OsString,
        /// The environment.
        name: OsString,
        /// The nearest names in the environment, nearest first.
        nearest: Vec<OsString>,
    },

    /// A command that is there and cannot be run, or one that was named by its path.
    #[error("cannot run {}: {source}", shown(.program))]
    CannotRun {
        /// The file.
        program: PathBuf,
        /// The system's answer.
        source: io::Error,
        /// Whether the file itself is there.
        exists: bool,
    },

    /// A format has no way to write a value down.
    #[error("{format} cannot hold {variable}: {reason}")]
    CannotHold {
        /// The format, as `--format` takes it.
        format: String,
        /// The variable.
        variable: String,
        /// What is in the way.
        reason: &'static str,
        /// What to do.
        hint: &'static str,
    },

    /// Something of that name is there, but it is no virtual environment.
    #[error("{} is not a virtual environment: {reason}", shown(.path))]
    NotAnEnvironment {
        /// What is there.
        path: PathBuf,
        /// What is missing or wrong.
        reason: &'static str,
    },

    /// Something has the name that was asked for.
    #[error("{} exists already", shown(.path))]
    Exists {
        /// What is there.
        path: PathBuf,
    },

    /// What was removed cannot come back under its name.
    #[error("cannot bring back `{}`: another has that name by now", shown(.name))]
    NameTaken {
        /// The name.
        name: OsString,
    },

    /// An environment whose interpreter is gone.
    #[error("environment `{}` is broken: its python, {}, is gone", shown(.name), shown(.python))]
    Broken {
        /// The environment.
        name: OsString,
        /// Where its `bin/python` leads.
        python: PathBuf,
    },

    /// The environment that this shell is in would be removed.
    #[error("environment `{}` is active in this shell", shown(.name))]
    Active {
        /// The environment.
        name: OsString,
    },

    /// Other processes use the environment that would be taken away.
    #[error("environment `{}` is in use by process {process}: {}{}", shown(.name), shown(.by), and_others(*.others))]
    InUse {
        /// The environment.
        name: OsString,
        /// The command line of one of them.
        by: OsString,
        /// The number of that one.
        process: u32,
        /// How many there are beside it.
        others: usize,
        /// What is typed to do it all the same.
        force: String,
    },

    /// The person was asked and said no.
    #[error("nothing was changed")]
    Declined,

    /// The command is about the active environment and there is none.
    #[error("no virtualenv active")]
    NoneActive,

    /// The active environment, or the one named, is linked to no project.
    #[error("No project set in {}", shown(.file))]
    NoProject {
        /// The file that would name it.
        file: PathBuf,
    },

    /// What has to be a directory is none, or is not there.
    #[error("`{}` is not a directory", shown(.path))]
    NoDirectory {
        /// What is there, or not.
        path: PathBuf,
        /// What to do.
        hint: &'static str,
    },

    /// Neither an environment's name nor the path of one.
    #[error("No virtualenv `{}`", shown(.named))]
    NoVirtualenv {
        /// What was given.
        named: OsString,
        /// The nearest names that do exist, nearest first.
        nearest: Vec<OsString>,
    },

    /// A path that a `.pth` file cannot hold.
    #[error("`{}` cannot be put on sys.path: {reason}", shown(.path))]
    NoImportPath {
        /// The path.
        path: PathBuf,
        /// What Python would make of it.
        reason: &'static str,
    },

    /// Nothing that could install or remove packages.
    #[error("no installer for environment `{}`: {}", shown(.name), .reasons.join("; "))]
    NoInstaller {
        /// The environment.
        name: OsString,
        /// Why each that was considered does not do.
        reasons: Vec<String>,
        /// What to do.
        hint: &'static str,
    },

    /// Packages are still there after their removal.
    #[error("not removed: {}", .names.join(", "))]
    NotRemoved {
        /// Their names.
        names: Vec<String>,
    },

    /// `-p` asked for another interpreter than an existing environment has.
    #[error("environment `{}` exists and has {has}, not {asked}", shown(.name))]
    OtherPython {
        /// The environment.
        name: OsString,
        /// Version and path of the interpreter it has.
        has: String,
        /// Version and path of the interpreter asked for.
        asked: String,
    },

    /// No interpreter answers the request.
    #[error("no python found for `{}`{}", shown(.request), and_asker(.asker.as_deref()))]
    PythonNotFound {
        /// What was asked for.
        request: OsString,
        /// Which file or variable asks for it, where that was not the person.
        asker: Option<String>,
        /// Where it was looked for, and what was wrong with what was there, a line each.
        tried: Vec<String>,
        /// What there is, and how to get what was asked for: a hint each.
        ways: Vec<String>,
    },

    /// An interpreter was found but does not work.
    #[error("{} does not work as a python: {reason}", shown(.python))]
    PythonFailed {
        /// The interpreter.
        python: PathBuf,
        /// What it did instead of answering.
        reason: String,
    },

    /// An environment can not be made for this interpreter, or not the way it was asked for.
    #[error("cannot make an environment for {}: {reason}", shown(.python))]
    CannotCreate {
        /// The interpreter.
        python: PathBuf,
        /// Why not.
        reason: String,
        /// What to do.
        hint: String,
    },

    /// A program that was run for the person failed.
    #[error("{what} {}", ended(*status))]
    Child {
        /// What was being done.
        what: String,
        /// Its exit status.
        status: i32,
        /// What to do.
        hint: String,
    },

    /// No project template of that name.
    #[error("no template `{}` in {}", shown(.name), shown(.directory))]
    UnknownTemplate {
        /// What was asked for.
        name: OsString,
        /// Where directories and programs are looked for.
        directory: PathBuf,
        /// The nearest names that do exist, nearest first.
        nearest: Vec<OsString>,
    },

    /// A program that a template is for is not there.
    #[error("{program} is not installed")]
    NotInstalled {
        /// Its name.
        program: &'static str,
        /// What installs it.
        hint: String,
    },

    /// What is to run beside us is no program.
    #[error("`{}` is no program that can be found, and only programs run in parallel", shown(.word))]
    NoProgram {
        /// What was to be run.
        word: OsString,
    },

    /// The operating system refused.
    #[error("cannot {what}: {}: {source}", shown(.path))]
    Io {
        /// What was being done, as a verb: `read`, `create`.
        what: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },

    /// A value that makes no sense, from an option, a variable or a file.
    #[error("{what}: {reason}")]
    Value {
        /// Which value, and where it stands.
        what: String,
        /// What is wrong with it.
        reason: String,
    },

    /// What was asked for makes no sense, or cannot be done as things are.
    #[error("{what}: {reason}")]
    Refused {
        /// The command or the value.
        what: String,
        /// Why not.
        reason: String,
        /// What to do.
        hint: String,
    },

    /// The binary was called where only the shell function can do the work.
    #[error("`{verb}` changes the shell it runs in, but the shell functions are not loaded there")]
    NoFunctions {
        /// The verb.
        verb: String,
        /// The line that loads the functions in the person's shell.
        line: String,
    },

    /// The command line is wrong.
    #[error("{message}")]
    Usage {
        /// What is wrong with it.
        message: String,
        /// What to type instead.
        hint: String,
    },
}

impl Error {
    /// What is being done where a symbolic link is made, for [`Self::io`].
    pub(crate) const LINKING: &'static str = "create a link at";

    /// Turns the system's refusal into an error that says what was being done to what.
    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source: without_path(source) }
    }

    /// The status that the command ends with: 2 for a wrong command line, a child's own, what
    /// shells say of a command that is not there (127) or cannot be run (126), else 1.
    #[must_use]
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::CommandNotFound { .. } | Self::CannotRun { exists: false, .. } => 127,
            Self::CannotRun { .. } => 126,
            // What it ended with tells scripts more than our 1 would.
            Self::Child { status, .. } => u8::try_from(*status).unwrap_or(1),
            _ => 1,
        }
    }
}

/// The system's own answer, where tempfile has added a path of its making: we name the one that the
/// person knows.
fn without_path(refusal: io::Error) -> io::Error {
    match refusal.to_string().split_once(" at path \"") {
        Some((answer, _)) if refusal.raw_os_error().is_none() => io::Error::new(refusal.kind(), answer.to_owned()),
        _ => refusal,
    }
}
