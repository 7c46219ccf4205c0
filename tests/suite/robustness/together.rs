//! Many at once.

use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::Instant;

use nix::sys::signal::{Signal, killpg};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};

use super::{assert_cache_is_whole, assert_seen, making, strace, tidy};
use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::{BINARY, LIMIT, Sandbox};
use crate::support::tally;

const MANY: usize = 8;

/// Starts the program with these words and waits for nothing.
pub(super) fn start<W: AsRef<std::ffi::OsStr>>(sandbox: &Sandbox, words: &[W]) -> Child {
    let mut command = sandbox.command(BINARY);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    std::os::unix::process::CommandExt::process_group(&mut command, 0).spawn().unwrap()
}

pub(super) fn ended(children: Vec<Child>) -> Vec<Output> {
    tally::add("processes at once in one store", children.len());
    let waiting: Vec<_> =
        children.into_iter().map(|child| thread::spawn(|| child.wait_with_output().unwrap())).collect();
    waiting.into_iter().map(|output| output.join().unwrap()).collect()
}

pub(super) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A python that says that it was started, and does its work when it is let.
struct Gate {
    python: PathBuf,
    arrived: fs::File,
    open: fs::File,
}

impl Gate {
    fn new(sandbox: &Sandbox) -> Self {
        let [arrived, open] = ["arrived", "open"].map(|name| {
            let pipe = sandbox.root().join(name);
            mkfifo(&pipe, Mode::S_IRWXU).unwrap();
            // Both ends are held: it neither waits for another process nor ends with one.
            fs::OpenOptions::new().read(true).write(true).open(pipe).unwrap()
        });
        let real = pythons::complete().path.to_str().unwrap();
        let text = format!("#!/bin/sh\necho >\"$HOME/../arrived\"\nread line <\"$HOME/../open\"\nexec {real} \"$@\"\n");
        let python = sandbox.program("waiting python", text);
        Self { python, arrived, open }
    }

    /// Waits until so many have come.
    fn wait_for(&self, count: usize) {
        (&self.arrived).read_exact(&mut vec![0; count]).unwrap();
    }

    /// Lets so many through: each reads one line.
    fn open(&self, count: usize) {
        (&self.open).write_all("\n".repeat(count).as_bytes()).unwrap();
    }
}

#[test]
fn of_eight_with_one_name_exactly_one_wins_and_the_others_say_so() {
    let sandbox = Sandbox::new();
    let python = &pythons::complete().path;
    let winners =
        |outputs: &[Output]| outputs.iter().filter(|output| stderr(output).starts_with("Created `x`")).count();
    let known = "Environment `x` exists; it was left as it is\n";
    let late = "venvwrap: environment `x`: another process created it meanwhile; it was left as it is\n\
                hint: `venvwrap workon x` activates it\n";
    for _ in 0..5 {
        let children = (0..MANY).map(|_| start(&sandbox, &making(python, "x"))).collect();
        let outputs = ended(children);
        assert_eq!(winners(&outputs), 1, "{outputs:?}");
        for output in &outputs {
            let (code, text) = (output.status.code(), stderr(output));
            let told = match code {
                Some(0) => text.starts_with(known) || text.starts_with("Created `x`"),
                _ => code == Some(1) && text == late,
            };
            assert!(told, "{code:?}: {text}");
        }
        assert_seen(&sandbox, &["x"]);
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        tidy(&sandbox);
    }
}

/// All have looked for the name, and found it free, before the first of them goes on.
#[test]
fn those_who_come_second_by_a_hair_fail_and_change_nothing() {
    let sandbox = Sandbox::new();
    let gate = Gate::new(&sandbox);
    let children = (0..MANY).map(|_| start(&sandbox, &making(&gate.python, "x"))).collect();
    gate.wait_for(MANY);
    gate.open(MANY);
    let outputs = ended(children);
    let codes: Vec<_> = outputs.iter().map(|output| output.status.code()).collect();
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{outputs:?}");
    let late = "venvwrap: environment `x`: another process created it meanwhile; it was left as it is\n\
                hint: `venvwrap workon x` activates it\n";
    let losers = outputs.iter().filter(|output| output.status.code() == Some(1) && stderr(output) == late).count();
    assert_eq!(losers, MANY - 1, "{outputs:?}");
    assert_seen(&sandbox, &["x"]);
    tidy(&sandbox);
}

#[test]
fn eight_with_different_names_all_succeed_on_a_cold_cache() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete().path.to_str().unwrap();
    let made: Vec<String> = (0..MANY).map(|number| format!("x{number}")).collect();
    let children = made.iter().map(|name| start(&sandbox, &["mkvirtualenv", "-p", python, name])).collect();
    let outputs = ended(children);
    assert!(outputs.iter().all(|output| output.status.success()), "{outputs:?}");
    assert_seen(&sandbox, &made.iter().map(String::as_str).collect::<Vec<_>>());
    for name in &made {
        let mut command = sandbox.command(sandbox.environment(name).join("bin/pip"));
        command.arg("check");
        sandbox.run_command(command, b"").status(0).stdout("No broken requirements found.\n");
    }
    tidy(&sandbox);
    assert_cache_is_whole(&sandbox);
}

#[test]
fn creating_against_removing_leaves_a_whole_one_or_none() {
    let sandbox = Sandbox::new();
    let python = &pythons::complete().path;
    sandbox.run(making(python, "x")).status(0);
    let complete = tree(&sandbox.environment("x"));
    for round in 0..20 {
        let children = (0..MANY).map(|number| {
            if number % 2 == 0 {
                start(&sandbox, &making(python, "x"))
            } else {
                start(&sandbox, &["rmvirtualenv", "x"])
            }
        });
        for output in ended(children.collect()) {
            let (code, text) = (output.status.code(), stderr(&output));
            let fine = text.starts_with("Created `x`")
                || text.starts_with("Environment `x` exists")
                || text.starts_with("`venvwrap undo x` brings it back");
            // Found, and gone when it was looked at more closely.
            let gone = [
                "another process created it meanwhile",
                "environment `x` does not exist",
                "environment `x` is already in the trash",
                "`x` is broken: its Python",
            ];
            let lost = gone.iter().any(|gone| text.contains(gone));
            assert!((code == Some(0) && fine) || (code == Some(1) && lost), "round {round}: {code:?}: {text}");
        }
        if sandbox.environment("x").exists() {
            assert!(tree(&sandbox.environment("x")) == complete, "round {round}");
        }
    }
    tidy(&sandbox);
    for place in names(&sandbox.workon_home().join(".venvwrap/trash")) {
        let kept = sandbox.workon_home().join(".venvwrap/trash").join(place);
        assert_eq!(names(&kept), ["x"]);
        assert!(tree(&kept.join("x")) == complete);
    }
}

/// Nobody knows which of them comes first. What is then there is whole, and what is not can be
/// brought back.
#[test]
fn all_verbs_at_once_leave_whole_environments_only() {
    let sandbox = Sandbox::new();
    let python = pythons::complete().path.to_str().unwrap();
    let words: [&[&str]; 9] = [
        &["mkvirtualenv", "--without-pip", "-p", python, "a"],
        &["mkvirtualenv", "--without-pip", "-p", python, "b"],
        &["mkvirtualenv", "--without-pip", "--clear", "-p", python, "b"],
        &["cpvirtualenv", "a", "b"],
        &["cpvirtualenv", "b", "c"],
        &["mvvirtualenv", "a", "c"],
        &["mvvirtualenv", "c", "b"],
        &["rmvirtualenv", "b"],
        &["undo"],
    ];
    for round in 0..8 {
        sandbox.run(words[0]).status(0);
        for output in
            ended(words.iter().cycle().skip(round).take(words.len()).map(|words| start(&sandbox, words)).collect())
        {
            let text = stderr(&output);
            assert!(matches!(output.status.code(), Some(0 | 1)) && !text.contains("panicked"), "{output:?}");
        }
        let listed = sandbox.run(["lsvirtualenv", "-b"]).stdout_text();
        for name in listed.lines() {
            let root = sandbox.environment(name);
            if fs::read_link(&root).is_ok() {
                continue;
            }
            // Its python runs and its scripts name where it stands, or where it is about to be
            // called.
            let mut command = sandbox.command(root.join("bin/python"));
            command.args(["-c", "import sys; assert sys.prefix != sys.base_prefix"]);
            sandbox.run_command(command, b"").silent();
            let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
            assert!(cfg.starts_with("home = "), "{name}: {cfg}");
        }
        for name in listed.lines().chain(["a", "b", "c"]) {
            sandbox.run(["rmvirtualenv", "--force", name]);
        }
        assert_seen(&sandbox, &[]);
        tidy(&sandbox);
    }
}

#[test]
fn eight_removals_of_one_name_remove_it_once() {
    let sandbox = Sandbox::new();
    for _ in 0..5 {
        sandbox.minimal_environment("x");
        let outputs = ended((0..MANY).map(|_| start(&sandbox, &["rmvirtualenv", "x"])).collect());
        let won = outputs.iter().filter(|output| output.status.code() == Some(0)).count();
        assert_eq!(won, 1, "{outputs:?}");
        let lost = |output: &&Output| {
            let text = stderr(output);
            text.contains("environment `x` does not exist") || text.contains("environment `x` is already in the trash")
        };
        assert_eq!(outputs.iter().filter(lost).count(), MANY - 1, "{outputs:?}");
    }
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")).len(), 5);
    assert_seen(&sandbox, &[]);
}

/// strace holds a removal up in the moment between its looks and its step.
#[test]
fn a_removal_that_is_overtaken_by_another_says_so() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let Some(mut strace) = strace(&sandbox) else { return };
    strace.args(["-e", "trace=renameat2", "-e", "inject=renameat2:delay_enter=2000000", BINARY, "rmvirtualenv", "x"]);
    let slow = strace.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    let deadline = Instant::now() + LIMIT;
    while names(&trash).is_empty() {
        assert!(Instant::now() < deadline);
        thread::yield_now();
    }
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    let outputs = ended(vec![slow]);
    assert_eq!(outputs[0].status.code(), Some(1), "{outputs:?}");
    assert!(stderr(&outputs[0]).starts_with("venvwrap: environment `x` is already in the trash\n"), "{outputs:?}");
    assert_eq!(names(&trash).len(), 1);
    sandbox.run(["undo", "x"]).status(0);
}

#[test]
fn an_interrupt_while_the_interpreter_is_asked_ends_it_as_a_shell_expects() {
    let sandbox = Sandbox::new();
    let gate = Gate::new(&sandbox);
    let child = start(&sandbox, &making(&gate.python, "x"));
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap());
    gate.wait_for(1);
    killpg(group, Signal::SIGINT).unwrap();
    let outputs = ended(vec![child]);
    let signal = std::os::unix::process::ExitStatusExt::signal(&outputs[0].status);
    assert_eq!((signal, stderr(&outputs[0]).as_str()), (Some(2), ""));
    assert_seen(&sandbox, &[]);
    tidy(&sandbox);
}

/// Another program works in place: what it leaves is taken away when it has ended.
#[test]
fn an_interrupt_while_another_program_makes_it_leaves_nothing() {
    let mut sandbox = Sandbox::new();
    let gate = Gate::new(&sandbox);
    let script = "#!/bin/sh\neval \"name=\\${$#}\"\nmkdir -p \"$name/bin\"\ntouch \"$name/pyvenv.cfg\"\n\
                  echo >\"$HOME/../arrived\"\nread line <\"$HOME/../open\"\n";
    sandbox.program("tools/creator", script);
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "creator");
    let child = start(&sandbox, &["mkvirtualenv", "x"]);
    let group = Pid::from_raw(i32::try_from(child.id()).unwrap());
    gate.wait_for(1);
    killpg(group, Signal::SIGINT).unwrap();
    let outputs = ended(vec![child]);
    assert_eq!(outputs[0].status.code(), Some(1), "{outputs:?}");
    assert!(stderr(&outputs[0]).contains("creator failed with status"), "{outputs:?}");
    assert_seen(&sandbox, &[]);
}
