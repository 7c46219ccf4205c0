//! Killed, interrupted, several at once, damaged: the old state or the new one, and nothing in
//! between to be seen.

mod behind; //   where work goes on behind the prompt, and where not
mod believed; // whose files count
mod beside_environments; // variables and kernels, at every step on disk, several at once
mod copied; //   snapshots, at every step on disk
mod clock; //    what was written at another time
mod damaged; //  what somebody broke: the cache, an interpreter, permissions
mod homeless; // without a home directory
mod imported; //   environments from a recipe
mod killed; //   creating, removing and bringing back, ended at every step on disk
mod killer; //   how
mod layers; //   a container whose image brought environments
mod mended; //   what doctor mends, at every step on disk
mod moved; //    copying and renaming, at every step on disk
mod pairs; //    every two verbs at once, about one name
mod places; //   stores on other disks, under odd names, of other people
mod progress; // counts on a terminal, and Ctrl-C
mod refused; //  what a file system cannot do, and a quota at every step
mod shelves; //  what others put in place of our own directories
mod together; // many at once
mod unanswered; // programs that never answer, and what of them is left
mod written; //  what is changed in place, at every step on disk

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::support::disk::names;
use crate::support::sandbox::{Sandbox, tool};

/// Asserts what a person sees of the store, with `ls` and with us, and that the next tidying leaves
/// nothing behind.
#[track_caller]
fn assert_seen(sandbox: &Sandbox, expected: &[&str]) {
    let seen = names(&sandbox.workon_home());
    let seen: Vec<&str> = seen.iter().map(String::as_str).filter(|name| *name != ".venvwrap").collect();
    assert_eq!(seen, expected, "in the store");
    let listed: String = expected.iter().flat_map(|name| [name, "\n"]).collect();
    let status = i32::from(expected.is_empty());
    let empty =
        if listed.is_empty() { "No environments yet. Create one with `venvwrap mkvirtualenv NAME`.\n" } else { "" };
    sandbox.run(["lsvirtualenv", "-b"]).status(status).stdout(listed).stderr(empty);
}

/// Asserts that the doctor is quiet about the store, or says what has to be done for what is left
/// of a killed command.
#[track_caller]
fn assert_examined(sandbox: &Sandbox) {
    let answer = sandbox.run(["doctor", "--json"]).stderr("");
    let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    for finding in told["findings"].as_array().unwrap() {
        // An environment that was written by hand has findings of its own, and so has the shell.
        let is_left = matches!(finding["kind"].as_str(), Some("leftovers" | "half-renamed" | "rename-unbegun"));
        assert!(is_left || finding["about"] != "store", "{finding}");
        assert!(finding["mend"].as_str().is_some_and(|mend| mend.contains('`')), "{finding}");
    }
}

/// Does what is otherwise done behind the prompt, and asserts that nothing half made is left.
#[track_caller]
fn tidy(sandbox: &Sandbox) {
    let store = sandbox.workon_home();
    sandbox.run(["background".as_ref(), "tidy".as_ref(), store.as_os_str()]).silent();
    let left = |place: &str| names(&store.join(".venvwrap").join(place));
    assert_eq!(left("new"), Vec::<String>::new());
    assert!(left("trash").iter().all(|name| Path::new(name).extension().is_some()), "{:?}", left("trash"));
}

/// The words that make `name` without pip, with an interpreter that needs no asking.
fn making<'a>(python: &'a Path, name: &'a str) -> Vec<&'a OsStr> {
    let words = ["mkvirtualenv", "--without-pip", "-p"].map(OsStr::new);
    words.into_iter().chain([python.as_os_str(), OsStr::new(name)]).collect()
}

/// The beginning of a command that runs another under strace, which writes to the file `trace` in
/// the sandbox. `None` where it cannot trace: it is Linux's, and some containers forbid it.
pub(crate) fn strace(sandbox: &Sandbox) -> Option<Command> {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: no strace on this system");
        return None;
    }
    let mut trial = Command::new(tool("strace"));
    if !trial.args(["-f", "-qq", "-o", "/dev/null", "true"]).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: strace may not trace here");
        return None;
    }
    let mut command = sandbox.command(tool("strace"));
    command.args(["-f", "-qq", "-o"]).arg(sandbox.root().join("trace"));
    Some(command)
}

/// Asserts that the sandbox's own cache has one set of packages, whole, and nothing that was begun.
#[track_caller]
fn assert_cache_is_whole(sandbox: &Sandbox) {
    let trees = sandbox.root().join("cache/venvwrap/trees");
    let found = names(&trees);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(names(&trees.join(&found[0])), ["made-from", "manifest", "site-packages"]);
}
