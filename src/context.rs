//! Process state: arguments and variables, read once; the working directory; child processes.
//!
//! No other module may read the environment or start a process; `.clippy.toml` enforces this.
//! `config` and others decide what the values mean.
#![allow(clippy::disallowed_methods, reason = "the only place where they are allowed")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::libc;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::setsid;

use crate::env_vars;
use crate::error::{Error, Result};
use crate::programs;
use crate::sorting;

mod signals;

use signals::{ENDING, ending_signals, is_pending};
pub(crate) use signals::{HeldSignals, ignore_stop};

/// The descriptor on which the shell functions read the plan (DESIGN.md 3). stdout and stderr stay
/// the user's.
const PLAN_DESCRIPTOR: i32 = 3;

/// The status of a child as a shell reports it: death by a signal is 128 plus the signal's number.
pub(crate) fn shell_status(status: ExitStatus) -> i32 {
    status.code().or_else(|| Some(128 + status.signal()?)).unwrap_or(1)
}

/// The arguments and variables of this process.
#[derive(Debug)]
pub(crate) struct Context {
    arguments: Vec<OsString>,
    variables: BTreeMap<OsString, OsString>,
}

impl Context {
    /// Reads the arguments and variables of this process.
    #[must_use]
    pub(crate) fn from_process() -> Self {
        Self { arguments: std::env::args_os().collect(), variables: sorting::collected(std::env::vars_os()) }
    }

    /// A context with these variables, for unit tests.
    #[cfg(test)]
    pub(crate) fn made_of(variables: &[(&str, &str)]) -> Self {
        let variables = sorting::collected(variables.iter().map(|(name, value)| (name.into(), value.into())));
        Self { arguments: vec!["venvwrap".into()], variables }
    }

    /// The words of the command line, with the program's own name first.
    #[must_use]
    pub(crate) fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// The value of a variable. An empty value counts as unset, so that users can disable a
    /// variable for one command.
    #[must_use]
    pub(crate) fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The names of all variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.variables.keys().map(OsString::as_os_str)
    }

    /// The value of a variable, which may be empty.
    #[must_use]
    pub(crate) fn given(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The value of a variable if it is an absolute path, as the XDG specification requires.
    #[must_use]
    pub(crate) fn absolute(&self, name: &str) -> Option<&Path> {
        self.variable(name).map(Path::new).filter(|path| path.is_absolute())
    }

    /// The home directory, from `HOME` only: a static binary cannot read every user database.
    #[must_use]
    pub(crate) fn home(&self) -> Option<&Path> {
        self.absolute(env_vars::HOME)
    }

    /// The working directory: the shell's `PWD` if it is correct, so that links stay as typed.
    pub(crate) fn working_directory(&self) -> Result<PathBuf> {
        let physical = std::env::current_dir().map_err(Error::io("find the working directory", "."))?;
        let Some(logical) = self.absolute("PWD") else {
            return Ok(physical);
        };
        if crate::fs::is_same(logical, &physical) { Ok(logical.to_path_buf()) } else { Ok(physical) }
    }

    /// The absolute path, with `.` and `..` resolved as text, and links kept.
    pub(crate) fn absolute_path(&self, path: &Path) -> Result<PathBuf> {
        let base = if path.is_absolute() { PathBuf::new() } else { self.working_directory()? };
        Ok(crate::fs::tidied(&base.join(path)))
    }

    /// The path for starting this program again. Prefers the path that it was called by to the
    /// target of its links: package managers move the target on upgrade.
    pub(crate) fn executable(&self) -> Result<PathBuf> {
        let file = std::env::current_exe().map_err(Error::io("find", "the venvwrap executable"))?;
        let called = self.arguments.first().map(PathBuf::from).unwrap_or_default();
        let named =
            if called.components().count() > 1 { self.absolute_path(&called).ok() } else { self.program(&called) };
        Ok(named.filter(|named| crate::fs::is_same(named, &file)).unwrap_or(file))
    }

    /// The programs with this name on PATH, in the order of PATH. Relative directories are ignored.
    pub(crate) fn programs(&self, name: impl AsRef<OsStr>) -> impl Iterator<Item = PathBuf> {
        let path = self.variable(env_vars::PATH);
        path.map(|path| programs::along(path, name.as_ref(), Path::new("/"))).into_iter().flatten()
    }

    /// The first program with this name on PATH.
    pub(crate) fn program(&self, name: impl AsRef<OsStr>) -> Option<PathBuf> {
        self.programs(name).next()
    }

    /// Takes the descriptor on which the calling function reads the plan. `None` if it is not open.
    ///
    /// Call it once, before any other file is opened. Afterwards, child processes do not inherit
    /// the descriptor: the function would wait for a child that runs on in the background.
    #[must_use]
    pub(crate) fn take_plan_descriptor() -> Option<File> {
        // SAFETY: the parent opened descriptor 3 for this process, no other code here uses it, and
        // the next line fails if it is not open.
        #[allow(unsafe_code, reason = "the only way to own an inherited descriptor")]
        let descriptor = std::mem::ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(PLAN_DESCRIPTOR) });
        fcntl(&*descriptor, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).ok()?;
        Some(File::from(std::mem::ManuallyDrop::into_inner(descriptor)))
    }

    /// A child process with the environment of this process. The caller adds arguments, never shell
    /// code.
    #[must_use]
    #[allow(clippy::unused_self, reason = "only the owner of the context starts processes")]
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if !Self::can_ask() {
            // In a script, stdin is the script's own input: the child must not consume it.
            command.stdin(Stdio::null());
        }
        command
    }

    /// Whether a child can ask the user a question: stdin is a terminal.
    pub(crate) fn can_ask() -> bool {
        io::stdin().is_terminal()
    }

    /// Runs a child with the streams of this process to its end. Ctrl-C ends only the child; this
    /// process reports the result and cleans up.
    pub(crate) fn run_in_foreground(command: &mut Command) -> io::Result<ExitStatus> {
        // Blocked before the start, and not unblocked afterwards: a pending interrupt would end
        // this process.
        let interrupts = SigSet::from(Signal::SIGINT);
        let _ = interrupts.thread_block();
        // SAFETY: between fork and exec this makes one system call, and allocates nothing.
        #[allow(unsafe_code, reason = "the child would inherit the blocked signal")]
        unsafe {
            command.pre_exec(move || Ok(interrupts.thread_unblock()?));
        }
        command.spawn()?.wait()
    }

    /// Whether Ctrl-C was pressed while a child of [`Self::run_in_foreground`] ran. The child's
    /// status is not enough: pip returns 1 for every failure.
    pub(crate) fn was_interrupted() -> bool {
        is_pending(Signal::SIGINT)
    }

    /// Forgets a Ctrl-C that [`Self::was_interrupted`] would tell of. Later ones are still held
    /// back.
    pub(crate) fn discard_interrupt() {
        if Self::was_interrupted() {
            let _ = SigSet::from(Signal::SIGINT).wait();
        }
    }

    /// A child process without stdin, in its own session: it has no terminal to ask on, and Ctrl-C
    /// does not reach it. The caller has to end its process group.
    #[allow(clippy::unused_self, reason = "only the owner of the context starts processes")]
    pub(crate) fn command_apart(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        let prepare = || {
            setsid()?;
            // The child would inherit signals that this process blocks.
            Ok(ENDING.into_iter().collect::<SigSet>().thread_unblock()?)
        };
        // SAFETY: between fork and exec this makes system calls only, and allocates nothing.
        #[allow(unsafe_code, reason = "std can give a child a group of its own, but no session")]
        unsafe {
            command.pre_exec(prepare);
        }
        command
    }

    /// From now on, calls `handle` with the first signal that would end this process, instead of
    /// ending. Call it before other threads are started. Signals that the caller of venvwrap
    /// ignores stay ignored.
    pub(crate) fn on_ending_signal(handle: impl FnOnce(Signal) + Send + 'static) {
        let signals: SigSet = ending_signals().collect();
        let _ = signals.thread_block();
        thread::spawn(move || signals.wait().map(handle));
    }

    /// Unblocks Ctrl-C after [`Self::run_in_foreground`]; a pending one ends this process. Call it
    /// before another child is started, which would inherit the blocked signal.
    pub(crate) fn unblock_interrupts() {
        let _ = SigSet::from(Signal::SIGINT).thread_unblock();
    }

    /// A program for [`Self::become_program`], with the streams and environment of this process.
    /// `called` is its `argv[0]`. The caller adds arguments and changes of variables.
    #[must_use]
    #[allow(clippy::unused_self, reason = "only the owner of the context starts processes")]
    pub(crate) fn successor(&self, program: &Path, called: &OsStr) -> Command {
        let mut command = Command::new(program);
        command.arg0(called);
        command
    }

    /// Replaces this process by a program (execve(2)), so that signals and status are the
    /// program's. Returns only an error. (The standard library unblocks signals and resets SIGPIPE;
    /// ignored signals stay ignored.)
    pub(crate) fn become_program(mut command: Command) -> io::Error {
        let error = command.exec();
        if error.raw_os_error() != Some(libc::ENOEXEC) {
            return error;
        }
        // A script without `#!`: POSIX requires execvp(3) to run it with sh. glibc does, musl does
        // not.
        let mut shell = Command::new("/bin/sh");
        shell.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.exec()
    }

    /// Changes to `/`, so that a background process keeps no file system busy.
    #[allow(clippy::unused_self, reason = "only the owner of the context changes the process")]
    pub(crate) fn leave_directory(&self) {
        let _ = std::env::set_current_dir("/");
    }

    /// Starts this program again in the background, without terminal and streams. A failure to
    /// start is ignored. Call it only if the shell shows a prompt next.
    #[allow(clippy::unused_self, reason = "only the owner of the context starts processes")]
    pub(crate) fn start_in_background(&self, arguments: &[&OsStr]) {
        let Ok(executable) = std::env::current_exe() else {
            return;
        };
        let mut command = Command::new(executable);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Otherwise the process would count as a user of the active environment.
        command.env_remove(env_vars::VIRTUAL_ENV);
        // Its own process group: Ctrl-C at the prompt does not reach it.
        command.process_group(0);
        drop(command.spawn());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_unset_and_a_relative_path_is_ignored() {
        let context = Context::made_of(&[("A", ""), ("B", "relative"), ("C", "/absolute")]);
        assert_eq!(context.variable("A"), None);
        assert_eq!(context.absolute("B"), None);
        assert_eq!(context.absolute("C"), Some(Path::new("/absolute")));
    }
}
