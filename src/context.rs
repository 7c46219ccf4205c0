//! The one window to the outside: arguments, variables, working directory, streams, processes.
//!
//! Owns the snapshot that everything else asks. Leaves it to `config` what the values mean. Nothing
//! else in the crate may read the environment or start a process; `.clippy.toml` enforces it.
#![allow(clippy::disallowed_methods, reason = "this is the file that the bans name")]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::unistd::setsid;

use crate::env_vars;
use crate::error::{Error, Result};
use crate::programs;

/// Descriptor on which the shell functions expect the plan (DESIGN.md 3). Stdout and stderr stay
/// the person's.
const PLAN_DESCRIPTOR: i32 = 3;

/// What ends a process that does not say otherwise: Ctrl-C, `kill`, a terminal that is closed.
const ENDING: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// What the process was given.
#[derive(Debug)]
pub(crate) struct Context {
    arguments: Vec<OsString>,
    variables: BTreeMap<OsString, OsString>,
}

impl Context {
    /// Reads the process once.
    #[must_use]
    pub(crate) fn from_process() -> Self {
        Self { arguments: std::env::args_os().collect(), variables: std::env::vars_os().collect() }
    }

    /// A made-up world for unit tests.
    #[cfg(test)]
    pub(crate) fn made_of(variables: &[(&str, &str)]) -> Self {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { arguments: vec!["venvwrap".into()], variables }
    }

    /// The words of the command line, the program's own name first.
    #[must_use]
    pub(crate) fn arguments(&self) -> &[OsString] {
        &self.arguments
    }

    /// The value of a variable. Empty counts as unset: that is how people switch one off for a
    /// single command.
    #[must_use]
    pub(crate) fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The names of all variables.
    pub(crate) fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.variables.keys().map(OsString::as_os_str)
    }

    /// The value of a variable as it is, empty or not.
    #[must_use]
    pub(crate) fn given(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The value of a variable that has to be an absolute path to count, as the XDG specification
    /// asks.
    #[must_use]
    pub(crate) fn absolute(&self, name: &str) -> Option<&Path> {
        self.variable(name).map(Path::new).filter(|path| path.is_absolute())
    }

    /// The home directory, from `HOME` alone: no user database is asked, so a static binary gives
    /// the same answer.
    #[must_use]
    pub(crate) fn home(&self) -> Option<&Path> {
        self.absolute(env_vars::HOME)
    }

    /// The working directory as the shell names it (`PWD`, where that is true), so that links stay
    /// as they were typed.
    pub(crate) fn working_directory(&self) -> Result<PathBuf> {
        let physical = std::env::current_dir().map_err(Error::io("find the working directory", "."))?;
        let Some(logical) = self.absolute("PWD") else {
            return Ok(physical);
        };
        if crate::fs::is_same(logical, &physical) { Ok(logical.to_path_buf()) } else { Ok(physical) }
    }

    /// `path` made absolute against the working directory, `.` and `..` collapsed as text, links
    /// kept.
    pub(crate) fn absolute_path(&self, path: &Path) -> Result<PathBuf> {
        let base = if path.is_absolute() { PathBuf::new() } else { self.working_directory()? };
        Ok(crate::fs::tidied(&base.join(path)))
    }

    /// The path under which this program can be started again. The name it was called by is
    /// preferred to the file behind it: package managers move the file on upgrade and keep the
    /// name.
    pub(crate) fn executable(&self) -> Result<PathBuf> {
        let file = std::env::current_exe().map_err(Error::io("find", "the venvwrap executable"))?;
        let called = self.arguments.first().map(PathBuf::from).unwrap_or_default();
        let named =
            if called.components().count() > 1 { self.absolute_path(&called).ok() } else { self.program(&called) };
        Ok(named.filter(|named| crate::fs::is_same(named, &file)).unwrap_or(file))
    }

    /// The programs of this name on PATH, first the one that a shell runs; relative directories in
    /// PATH are ignored.
    pub(crate) fn programs(&self, name: impl AsRef<OsStr>) -> impl Iterator<Item = PathBuf> {
        let path = self.variable(env_vars::PATH);
        path.map(|path| programs::along(path, name.as_ref(), Path::new("/"))).into_iter().flatten()
    }

    /// The program that a shell runs for this name.
    pub(crate) fn program(&self, name: impl AsRef<OsStr>) -> Option<PathBuf> {
        self.programs(name).next()
    }

    /// Takes the descriptor on which the calling function waits for the plan, or `None` if nobody
    /// does.
    ///
    /// To be called once, before anything else is opened: it is not inherited by children
    /// afterwards, for one that outlives us would keep the function waiting.
    #[must_use]
    pub(crate) fn take_plan_descriptor() -> Option<File> {
        // SAFETY: descriptor 3 was opened by our parent for us, no other code in this process names
        // it, and the first use below tells whether it is open at all.
        #[allow(unsafe_code, reason = "the only way to own an inherited descriptor")]
        let descriptor = std::mem::ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(PLAN_DESCRIPTOR) });
        fcntl(&*descriptor, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).ok()?;
        Some(File::from(std::mem::ManuallyDrop::into_inner(descriptor)))
    }

    /// A child process with our environment. The caller adds arguments, never a shell line.
    #[must_use]
    #[allow(clippy::unused_self, reason = "who starts a process has to hold the window to the outside")]
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if !Self::can_ask() {
            // A script's input is the script's: a child that asks nothing must not read it.
            command.stdin(Stdio::null());
        }
        command
    }

    /// Whether somebody is there to be asked: a child that `command` starts finds them.
    pub(crate) fn can_ask() -> bool {
        io::stdin().is_terminal()
    }

    /// Runs a child that works before the person's eyes, to its end. Ctrl-C is for the child, which
    /// ends in its own way and says so; we live on, to say what that leaves and to clear it away.
    pub(crate) fn run_for_person(command: &mut Command) -> io::Result<ExitStatus> {
        // Before it is there, or one that comes while it starts would end us; and for good, as an
        // interrupt that waited would end us when let through.
        let interrupts = SigSet::from(Signal::SIGINT);
        let _ = interrupts.thread_block();
        // SAFETY: between fork and exec this makes one system call, and allocates nothing.
        #[allow(unsafe_code, reason = "the child would inherit that we do not listen")]
        unsafe {
            command.pre_exec(move || Ok(interrupts.thread_unblock()?));
        }
        command.spawn()?.wait()
    }

    /// Whether Ctrl-C came while a child of [`Self::run_for_person`] ran. What the child ended with
    /// does not tell: pip says 1, as of every failure.
    pub(crate) fn was_interrupted() -> bool {
        is_pending(Signal::SIGINT)
    }

    /// A child that runs beside others, with nothing on stdin and in a session of its own: no
    /// Ctrl-C reaches it, so who starts it has to end it, by its group; and it finds no terminal to
    /// ask at.
    #[allow(clippy::unused_self, reason = "who starts a process has to hold the window to the outside")]
    pub(crate) fn command_apart(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        let lead = || {
            setsid()?;
            // We may hold them back; a child would inherit that.
            Ok(ENDING.into_iter().collect::<SigSet>().thread_unblock()?)
        };
        // SAFETY: between fork and exec this makes system calls only, and allocates nothing.
        #[allow(unsafe_code, reason = "std can give a child a group of its own, but no session")]
        unsafe {
            command.pre_exec(lead);
        }
        command
    }

    /// From here on Ctrl-C and what else would end us does not: `tell` is called with it, once. To
    /// be called before other threads are started. What our caller has us ignore stays ignored.
    pub(crate) fn on_ending_signal(tell: impl FnOnce(Signal) + Send + 'static) {
        let signals: SigSet = ENDING.into_iter().filter(|signal| !is_ignored(*signal)).collect();
        let _ = signals.thread_block();
        thread::spawn(move || signals.wait().map(tell));
    }

    /// Lets an interrupt end us that came while a child ran: to be called before the next one is
    /// started, which would inherit that we do not listen.
    pub(crate) fn heed_interrupts() {
        let _ = SigSet::from(Signal::SIGINT).thread_unblock();
    }

    /// A program for [`Self::become_program`], with our streams and our environment. `called`: the
    /// word that it is told it was called by. The caller adds arguments and changes of variables.
    #[must_use]
    #[allow(clippy::unused_self, reason = "who starts a process has to hold the window to the outside")]
    pub(crate) fn successor(&self, program: &Path, called: &OsStr) -> Command {
        let mut command = Command::new(program);
        command.arg0(called);
        command
    }

    /// Becomes that program: the same process, so that signals and status are its own. Comes back
    /// only to say why not. (The standard library hands over no blocked signals, and SIGPIPE as it
    /// is by default; ignored ones stay so.)
    pub(crate) fn become_program(mut command: Command) -> io::Error {
        let error = command.exec();
        if error.raw_os_error() != Some(libc::ENOEXEC) {
            return error;
        }
        // A script without a first line that says by what it is run: POSIX has execvp(3) hand it to
        // sh. glibc does, musl does not.
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

    /// Leaves the working directory, so that work behind the prompt keeps no file system busy.
    #[allow(clippy::unused_self, reason = "who changes the process has to hold the window to the outside")]
    pub(crate) fn leave_directory(&self) {
        let _ = std::env::set_current_dir("/");
    }

    /// Starts this program again for work that the person does not wait for, cut off from terminal
    /// and streams. That it could not be started is no failure of the command. Only where a prompt
    /// comes next: that is for the caller to know.
    #[allow(clippy::unused_self, reason = "who starts a process has to hold the window to the outside")]
    pub(crate) fn start_in_background(&self, arguments: &[&OsStr]) {
        let Ok(executable) = std::env::current_exe() else {
            return;
        };
        let mut command = Command::new(executable);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // It has nothing to do with the environment that we happen to be in, and is not to be taken
        // for its user.
        command.env_remove(env_vars::VIRTUAL_ENV);
        // A group of its own: Ctrl-C at the prompt is not meant for it.
        command.process_group(0);
        drop(command.spawn());
    }
}

/// For as long as it lives, what would end us waits: the caller ends its child first. Dropped, it
/// lets that signal end us.
#[derive(Debug)]
pub(crate) struct HeldSignals {
    signals: Vec<Signal>,
    before: Option<SigSet>,
}

impl HeldSignals {
    /// Holds back what our caller does not have us ignore.
    pub(crate) fn hold() -> Self {
        let signals: Vec<Signal> = ENDING.into_iter().filter(|signal| !is_ignored(*signal)).collect();
        let set: SigSet = signals.iter().copied().collect();
        Self { signals, before: set.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok() }
    }

    /// Whether one came.
    pub(crate) fn has_one(&self) -> bool {
        self.signals.iter().any(|signal| is_pending(*signal))
    }
}

impl Drop for HeldSignals {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            let _ = before.thread_set_mask();
        }
    }
}

/// Whether a signal waits for us.
fn is_pending(signal: Signal) -> bool {
    let mut pending = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the set is written by the first call, and looked at only where that succeeded.
    #[allow(unsafe_code, reason = "nix has no sigpending(2)")]
    unsafe {
        libc::sigpending(pending.as_mut_ptr()) == 0 && libc::sigismember(pending.as_ptr(), signal as i32) == 1
    }
}

/// Has us, and every child from here on, ignore Ctrl-Z.
pub(crate) fn ignore_stop() {
    // SAFETY: nothing is called by a signal that is ignored.
    #[allow(unsafe_code, reason = "nix calls every change of a handler unsafe, the one to none included")]
    let _ = unsafe { nix::sys::signal::signal(Signal::SIGTSTP, nix::sys::signal::SigHandler::SigIgn) };
}

/// Whether our caller has us ignore a signal (`nohup`, a script's background job).
fn is_ignored(signal: Signal) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: without a new action nothing is changed, and the old one is written to memory of the
    // right size.
    #[allow(unsafe_code, reason = "nix only tells what was there when it changes it")]
    unsafe {
        libc::sigaction(signal as i32, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
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
