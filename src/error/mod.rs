//! Every way a command can fail: its message, its hint, and the exit status.
//!
//! Each variant holds facts; the wording is here and in the files below, in the shape `what failed:
//! why`, lower case, no final stop, values escaped. `output` prints both lines.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::shown::shown;

mod hint;
mod package;
mod phrases;
mod project;
mod store;

pub(crate) use package::PackageError;
use phrases::{and_asker, and_others, ended, listed};
pub(crate) use project::ProjectError;
pub(crate) use store::StoreError;

/// The result of everything that can fail with a message.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// A failure that several rooms raise or match; those that one room raises are grouped by subject.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("`{}` is not a valid environment name: {reason}", shown(.name))]
    Name { name: OsString, reason: &'static str },

    /// `nearest`: existing names, nearest first.
    #[error("environment `{}` does not exist in {}", shown(.name), shown(.home))]
    UnknownEnvironment { name: OsString, home: PathBuf, nearest: Vec<OsString> },

    #[error("workon: `-i` needs a terminal")]
    NoTerminal,

    #[error("workon: this shell has no previous environment")]
    NoPrevious,

    /// More than one environment belongs to the directory.
    #[error("{} is the project of {}", shown(.directory), listed(.names, "and"))]
    Ambiguous { directory: PathBuf, names: Vec<OsString>, are_linked: bool },

    /// A project lists no dependencies, or lists them in a form that cannot be installed.
    #[error("nothing to install from {}: {reason}", shown(.path))]
    NoDependencies { path: PathBuf, reason: String },

    /// pipenv keeps the environment of a project outside WORKON_HOME.
    #[error("pipenv keeps the environment of {} in {}: {reason}", shown(.project), shown(.place))]
    KeptElsewhere { project: PathBuf, place: PathBuf, reason: &'static str },

    /// `nearest`: names of programs in the environment, nearest first.
    #[error("environment `{}` has no `{}`", shown(.name), shown(.tool))]
    NoTool { name: OsString, tool: OsString, bin: PathBuf, nearest: Vec<OsString> },

    #[error("`{}` is neither in environment `{}` nor on PATH", shown(.command), shown(.name))]
    CommandNotFound { command: OsString, name: OsString, bin: PathBuf, nearest: Vec<OsString> },

    #[error("cannot run {}: {reason}", shown(.program))]
    CannotRun { program: PathBuf, reason: String, obstacle: Obstacle },

    /// An output format has no way to write a value.
    #[error("{format} cannot hold {variable}: {reason}")]
    CannotHold { format: String, variable: String, reason: &'static str, hint: &'static str },

    #[error("{} is not a virtual environment: {reason}", shown(.path))]
    NotAnEnvironment { path: PathBuf, reason: &'static str },

    /// VIRTUAL_ENV points to something that is no environment.
    #[error("the active environment {} {reason}", shown(.root))]
    LostActive { root: PathBuf, reason: &'static str },

    #[error("{} already exists", shown(.path))]
    Exists { path: PathBuf },

    /// `python`: where the last of the links at `bin/python` points.
    #[error("environment `{}` is broken: its Python, {}, does not exist", shown(.name), shown(.python))]
    Broken { name: OsString, python: PathBuf },

    #[error("environment `{}` is active in this shell", shown(.name))]
    Active { name: OsString },

    /// `others`: how many processes there are besides the one described. `force`: the command that
    /// does not ask.
    #[error("environment `{}` is in use by process {process}: {}{}", shown(.name), shown(.by), and_others(*.others))]
    InUse { name: OsString, by: OsString, process: u32, others: usize, force: String },

    /// The answer to a question was no.
    #[error("nothing was changed")]
    Declined,

    #[error("no virtualenv active")]
    NoneActive,

    /// `file`: where the link to the project would be.
    #[error("No project set in {}", shown(.file))]
    NoProject { file: PathBuf },

    #[error("`{}` is not a directory", shown(.path))]
    NoDirectory { path: PathBuf, hint: String },

    /// Neither the name nor the path of an environment.
    #[error("No virtualenv `{}`", shown(.named))]
    NoVirtualenv { named: OsString, nearest: Vec<OsString> },

    /// A path that a `.pth` file cannot hold.
    #[error("`{}` cannot be put on sys.path: {reason}", shown(.path))]
    NoImportPath { path: PathBuf, reason: &'static str },

    /// `reasons`: why each installer that was considered cannot be used.
    #[error("no installer for environment `{}`: {}", shown(.name), .reasons.join("; "))]
    NoInstaller { name: OsString, reasons: Vec<String>, remedy: InstallerRemedy },

    /// Packages that are still installed after their removal.
    #[error("not removed: {}", .names.join(", "))]
    NotRemoved { names: Vec<String> },

    /// `-p` asked for another Python than an existing environment has.
    #[error("environment `{}` exists and has {has}, not {asked}", shown(.name))]
    OtherPython { name: OsString, has: String, asked: String, request: OsString },

    /// `asker`: the file or variable that asks, if it is not `-p`. `tried`: the places searched and
    /// what was wrong with what they have. `ways`: what exists, and how to get the rest.
    #[error("no Python found for `{}`{}", shown(.request), and_asker(.asker.as_deref()))]
    PythonNotFound { request: OsString, asker: Option<String>, tried: Vec<String>, ways: Vec<String> },

    /// An interpreter was found and does not work.
    #[error("{} is not a working Python: {reason}", shown(.python))]
    PythonFailed { python: PathBuf, reason: String },

    #[error("cannot create an environment with {}: {reason}", shown(.python))]
    CannotCreate { python: PathBuf, reason: String, hint: String },

    /// A program that was run on behalf of a command failed.
    #[error("{what} {}", ended(*status))]
    Child { what: String, status: i32, hint: String },

    /// `directory`: where templates are looked for.
    #[error("no template `{}` in {}", shown(.name), shown(.directory))]
    UnknownTemplate { name: OsString, directory: PathBuf, nearest: Vec<OsString> },

    /// The program that a kind of template needs.
    #[error("{program} is not installed")]
    NotInstalled { program: &'static str, hint: String },

    #[error("`{}` is not a program, and --parallel runs only programs", shown(.word))]
    NoProgram { word: OsString },

    /// The operating system refused. `what` is a verb: `read`, `create`.
    #[error("cannot {what}: {}: {source}", shown(.path))]
    Io { what: &'static str, path: PathBuf, source: io::Error },

    /// The operating system refused in WORKON_HOME.
    #[error("cannot {what}: {}: {source}", shown(.path))]
    InStore { what: &'static str, path: PathBuf, source: io::Error },

    #[error("cannot write to standard output: {source}")]
    Output { source: io::Error },

    /// The content of a file or a variable makes no sense; the reason is all there is to say.
    #[error("{what}: {reason}")]
    Malformed { what: String, reason: String },

    /// A recipe, or what it would have to say of an environment, that makes no sense.
    #[error("{what}: {reason}")]
    Recipe { what: String, reason: String, hint: String },

    /// The binary was called where only a shell function can do it. `remedy`: what loads them.
    #[error("`{verb}` changes the shell it runs in, but the shell functions are not loaded there")]
    NoFunctions { verb: String, remedy: String },

    /// An rc file that cannot be found or changed.
    #[error("{message}")]
    Setup { message: String, hint: String },

    /// The command line makes no sense.
    #[error("{message}")]
    Usage { message: String, hint: String },

    #[error(transparent)]
    Store(#[from] StoreError),

    #[error(transparent)]
    Project(#[from] ProjectError),

    #[error(transparent)]
    Package(#[from] PackageError),
}

/// What gives an environment an installer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InstallerRemedy {
    AddPip,
    UpgradePip,
    /// Only pip was allowed, and uv could do it.
    AllowUv,
    /// Only uv was allowed.
    AllowPip,
}

/// Why a program could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Missing,
    NotExecutable,
    /// The message says it all.
    Other,
}

impl Error {
    /// What is being done where a symbolic link is made, for [`Self::io`].
    pub(crate) const LINKING: &'static str = "create a link at";

    /// Turns the system's refusal into an error that says what was being done to what.
    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source: without_path(source) }
    }

    /// The same error, with hints about WORKON_HOME if the failed operation was about a path in it.
    pub(crate) fn in_store(self, home: &Path) -> Self {
        match self {
            Self::Io { what, path, source } if home.starts_with(&path) || path.starts_with(home) => {
                Self::InStore { what, path, source }
            }
            other => other,
        }
    }

    /// The exit status: 2 for a wrong command line, that of a child, what shells use for a command
    /// that does not exist (127) or cannot be run (126), else 1.
    #[must_use]
    pub(crate) fn status(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::CommandNotFound { .. } | Self::CannotRun { obstacle: Obstacle::Missing, .. } => 127,
            Self::CannotRun { .. } => 126,
            // A child's status tells scripts more than our 1 would.
            Self::Child { status, .. } => u8::try_from(*status).unwrap_or(1),
            _ => 1,
        }
    }
}

/// The system's own answer without the path that the tempfile crate adds: the message has the path
/// that the command is about.
fn without_path(refusal: io::Error) -> io::Error {
    match refusal.to_string().split_once(" at path \"") {
        Some((answer, _)) if refusal.raw_os_error().is_none() => io::Error::new(refusal.kind(), answer.to_owned()),
        _ => refusal,
    }
}
