//! Programs that are asked something and do not answer: what is asked has a deadline, and nothing
//! of them is left.
//!
//! The deadlines themselves are tried beside the module that keeps them; here a signal stands for
//! the end.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::sandbox::Sandbox;

/// A program that says who it is, starts another, and does what `body` says.
fn program(sandbox: &Sandbox, name: &str, body: &str) {
    let text = format!(
        "#!/bin/sh\nsleep 1000 & echo $! > '{0}/child'; echo $$ > '{0}/hanging'\n{body}\n",
        sandbox.root().display()
    );
    sandbox.program(name, text);
}

fn is_alive(pid: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Dead but not waited for yet by whoever adopted it.
    !state.is_empty() && !state.contains(") Z ")
}

/// Waits until it holds.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        thread::yield_now();
    }
}

fn end(sandbox: &Sandbox, mut child: Child, signal: nix::sys::signal::Signal) {
    let pid = |name: &str| fs::read_to_string(sandbox.root().join(name)).unwrap_or_default().trim().to_owned();
    until("it is asked", || !pid("hanging").is_empty());
    let (hanging, started) = (pid("hanging"), pid("child"));
    assert!(is_alive(&hanging) && is_alive(&started));
    let id = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(id, signal).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(signal as i32));
    until("both are dead", || !is_alive(&hanging) && !is_alive(&started));
    for name in ["hanging", "child"] {
        fs::remove_file(sandbox.root().join(name)).unwrap();
    }
}

fn start(sandbox: &Sandbox, words: &[&str]) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_venvwrap"));
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Everything that is asked, each by a program that hangs after it has closed its streams, and
/// while they are open.
#[test]
fn whoever_is_asked_dies_with_us_with_all_that_it_started() {
    use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
    let mut sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    // An environment whose pip can be asked, by way of a Python that hangs.
    fs::create_dir_all(sandbox.environment("x").join("lib/python3.11/site-packages/pip")).unwrap();
    let python = sandbox.environment("x").join("bin/python");
    let _ = fs::remove_file(&python);
    let python = python.strip_prefix(sandbox.root()).unwrap().to_str().unwrap().to_owned();
    sandbox.set("VIRTUALENVWRAPPER_PYTHON", sandbox.root().join("hangs"));
    for body in ["exec sleep 1000", "exec sleep 1000 >&- 2>&-"] {
        for (name, words, signal) in [
            ("hangs", &["mkproject", "--list-templates"][..], SIGINT),
            ("hangs", &["mkvirtualenv", "-p", "./hangs", "new"], SIGTERM),
            ("tools/uv", &["mkvirtualenv", "-p", "3.99", "new"], SIGHUP),
            (&python, &["freeze", "x", "--to", "-"], SIGINT),
        ] {
            program(&sandbox, name, body);
            end(&sandbox, start(&sandbox, words), signal);
            fs::remove_file(sandbox.root().join(name)).unwrap();
        }
    }
    assert!(!Path::new(&sandbox.environment("new")).exists());
}

/// One that is asked for its version, answers, and lives on.
#[test]
fn a_uv_that_answers_and_does_not_end_is_not_waited_for() {
    let sandbox = Sandbox::plain();
    program(&sandbox, "tools/uv", "echo uv 0.13.8; exec sleep 1000 >&- 2>&-");
    let started = Instant::now();
    let answer = sandbox.run(["mkvirtualenv", "-p", "3.99", "new"]);
    assert!(answer.code() == 1 && answer.stderr_text().contains("no Python 3.99") || answer.code() != 0, "{answer}");
    assert!(started.elapsed() < Duration::from_mins(1), "{answer}");
    let pid = fs::read_to_string(sandbox.root().join("child")).unwrap();
    until("what it started is dead", || !is_alive(pid.trim()));
}
