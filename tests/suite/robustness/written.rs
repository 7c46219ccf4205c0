//! Verbs that change an environment in place, killed and ended at every step on disk: as it was, or
//! as it is to be.

use std::fs;
use std::os::unix::fs::symlink;

use super::killer::{Killer, with_signals};
use super::{assert_examined, making};
use crate::support::answer::difference;
use crate::support::disk::tree;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::wheel::tiny_thing;

/// Ends `words` at each of its steps, each time in a new `x`: it is as it was or as it is to be,
/// but for a file that is called by nobody, and `words` once more make it so.
#[track_caller]
fn ended_everywhere(words: &[&str], make: impl Fn(&Sandbox), at_least: usize) {
    let mut sandbox = Sandbox::new();
    make(&sandbox);
    let root = sandbox.environment("x");
    sandbox.set("VIRTUAL_ENV", &root);
    let old = tree(&root);
    let Some(killer) = Killer::of(&sandbox, words) else { return };
    let steps = killer.steps();
    let new = tree(&root);
    assert!(old != new, "{words:?}: it does nothing");
    let mut ended = 0;
    for (step, signal) in with_signals(&steps) {
        fs::remove_dir_all(&root).unwrap();
        // What was kept of the last one would be restored in the new one.
        let _ = fs::remove_dir_all(sandbox.workon_home().join(".venvwrap/kept"));
        make(&sandbox);
        ended += usize::from(killer.ends_at(step, signal));
        let found = without_begun(&tree(&root));
        assert!(found == old || found == new, "{words:?}: {step:?}: {}", difference(new.as_bytes(), found.as_bytes()));
        assert_examined(&sandbox);
        if found == old {
            drop(sandbox.run(words).status(0));
        }
        let found = without_begun(&tree(&root));
        assert!(found == new, "{words:?}: {step:?}: {}", difference(new.as_bytes(), found.as_bytes()));
    }
    assert!(ended >= at_least, "{words:?}: only {ended} steps were there to be ended at");
}

/// Without files that were begun and never got their name.
fn without_begun(tree: &str) -> String {
    let is_begun = |line: &str| {
        line.split(' ').next().is_some_and(|path| path.contains("/.venvwrap-") || path.starts_with(".venvwrap-"))
    };
    tree.lines().filter(|line| !is_begun(line)).collect::<Vec<_>>().join("\n")
}

fn minimal(sandbox: &Sandbox) {
    sandbox.minimal_environment("x");
}

#[test]
fn a_link_to_a_project_is_the_old_one_or_the_new_one() {
    let make = |sandbox: &Sandbox| {
        minimal(sandbox);
        sandbox.write("envs/x/.project", "/the/old/one\n");
    };
    ended_everywhere(&["setvirtualenvproject", "x", "tools"], make, 6);
}

#[test]
fn directories_for_the_path_are_added_or_not() {
    ended_everywhere(&["add2virtualenv", "/a b"], minimal, 6);
}

#[test]
fn the_packages_of_its_python_are_seen_or_not() {
    ended_everywhere(&["toggleglobalsitepackages", "-q"], minimal, 6);
}

#[test]
fn a_lock_that_was_killed_is_completed_or_undone() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    for place in ["six/deep", "other/deep"] {
        fs::create_dir_all(root.join("lib/python3.11/site-packages").join(place)).unwrap();
    }
    let unlocked = tree(&root);
    for (words, other) in [(["lock", "x"], ["unlock", "x"]), (["unlock", "x"], ["lock", "x"])] {
        sandbox.run(other).status(0);
        let Some(killer) = Killer::of(&sandbox, &words) else { return };
        let steps = killer.steps();
        assert!(steps.len() >= 8, "{steps:?}");
        let done = without_begun(&tree(&root));
        for (step, signal) in with_signals(&steps) {
            sandbox.run(other).status(0);
            killer.ends_at(step, signal);
            sandbox.run(words).status(0);
            assert!(without_begun(&tree(&root)) == done, "{words:?}: {step:?}");
            sandbox.run(["unlock", "x"]).status(0);
            assert!(without_begun(&tree(&root)) == unlocked, "{words:?}: {step:?}");
        }
    }
}

/// What an installer has half removed is its own; the doctor tells what makes it whole, and then
/// the same words end it.
#[test]
fn packages_half_removed_are_told_and_the_way_out_works() {
    // uv takes no wheel with a `#` in its path.
    let mut sandbox = Sandbox::plain();
    symlink(pythons::peer("uv"), sandbox.tools().join("uv")).unwrap();
    let root = sandbox.environment("x");
    let python = &pythons::complete().path;
    sandbox.set("VENVWRAP_INSTALLER", "uv").set("UV_OFFLINE", "1").set("UV_NO_CACHE", "1").set("VIRTUAL_ENV", &root);
    sandbox.run(making(python, "x")).status(0);
    let wheel = tiny_thing(sandbox.root(), "1.0");
    let install = || {
        let mut command = sandbox.command(pythons::peer("uv"));
        command.args(["pip", "install", "--quiet", "--reinstall"]).arg(&wheel);
        drop(sandbox.run_command(command, b"").status(0));
    };
    install();
    let Some(killer) = Killer::of(&sandbox, &["wipeenv"]) else { return };
    let changes = ["unlink", "rename", "rmdir"];
    let steps: Vec<_> =
        killer.steps().into_iter().filter(|(call, _)| changes.iter().any(|change| call.starts_with(change))).collect();
    assert!(steps.len() >= 4, "{steps:?}");
    for step in &steps {
        install();
        killer.kills_at(step);
        for way_out in ways_out(&sandbox) {
            let mut command = sandbox.command("/bin/sh");
            command.args(["-c", &way_out]);
            drop(sandbox.run_command(command, b"").status(0));
        }
        sandbox.run(["wipeenv"]).status(0);
        sandbox.run(["doctor", "x"]).status(0).stdout("1 environment checked, no problems\n");
    }
}

/// What the doctor says is to be typed for `x`.
fn ways_out(sandbox: &Sandbox) -> Vec<String> {
    let told = sandbox.run(["doctor", "--json", "x"]).status(0).stdout;
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    let lines = told["findings"].as_array().unwrap().iter().map(|finding| finding["mend"].as_str().unwrap());
    lines.map(|line| line.split_once('`').unwrap().1.rsplit_once('`').unwrap().0.to_owned()).collect()
}

/// The rc file, which is outside of the store.
#[test]
fn an_rc_file_is_the_old_one_or_the_new_one() {
    let sandbox = Sandbox::new();
    let old = "# mine\n".repeat(1000);
    let file = sandbox.write("home/.bashrc", &old);
    let Some(killer) = Killer::of(&sandbox, &["setup", "bash", "--yes"]) else { return };
    let steps = killer.steps();
    let new = fs::read_to_string(&file).unwrap();
    assert!(new.starts_with(&old) && new.len() > old.len(), "{new}");
    let mut ended = 0;
    for (step, signal) in with_signals(&steps) {
        fs::write(&file, &old).unwrap();
        ended += usize::from(killer.ends_at(step, signal));
        let found = fs::read_to_string(&file).unwrap();
        assert!(found == old || found == new, "{step:?}: {found}");
        drop(sandbox.run(["setup", "bash", "--yes"]).status(0));
        assert_eq!(fs::read_to_string(&file).unwrap(), new, "{step:?}");
    }
    assert!(ended >= 10, "only {ended} steps were there to be ended at");
    for step in steps.iter().filter(|(call, _)| ["write", "rename", "openat"].contains(&&**call)) {
        fs::write(&file, &old).unwrap();
        drop(killer.fails_at(step, "ENOSPC"));
        let found = fs::read_to_string(&file).unwrap();
        assert!(found == old || found == new, "{step:?}: {found}");
    }
}
