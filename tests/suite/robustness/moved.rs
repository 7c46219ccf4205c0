//! Copying and renaming, killed and ended at every step on disk.

use std::fs;

use super::killer::{Killer, with_signals};
use super::{assert_examined, assert_seen, tidy};
use crate::support::disk::{names, tree};
use crate::support::sandbox::{Sandbox, bytes};

/// An environment with things in it that name its place.
fn make(sandbox: &Sandbox, name: &str) {
    let root = sandbox.minimal_environment(name);
    for number in 0..3 {
        let text = [b"#!/bin/sh\nprintf %s ".to_vec(), quoted(&root), b"\n".to_vec()].concat();
        fs::write(root.join(format!("bin/tool{number}")), text).unwrap();
    }
    fs::write(root.join("lib/mine.pth"), [bytes(&root), b"/src\n".to_vec()].concat()).unwrap();
}

fn quoted(path: &std::path::Path) -> Vec<u8> {
    crate::support::shells::Shell::Bash.quoted(bytes(path))
}

#[test]
fn a_copy_killed_at_any_step_leaves_nothing_or_all_and_the_original_as_it_is() {
    let sandbox = Sandbox::new();
    make(&sandbox, "x");
    let original = tree(&sandbox.environment("x"));
    let words = ["cpvirtualenv", "x", "copy"];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let steps = killer.steps();
    let complete = tree(&sandbox.environment("copy"));
    let mut ended = 0;
    for (step, signal) in with_signals(&steps) {
        sandbox.run(["rmvirtualenv", "--now", "copy"]).status(0);
        let was_ended = killer.ends_at(step, signal);
        ended += usize::from(was_ended);
        let is_there = names(&sandbox.workon_home()).contains(&"copy".to_owned());
        assert!(is_there || was_ended, "{step:?}");
        assert_seen(&sandbox, if is_there { &["copy", "x"] } else { &["x"] });
        assert!(tree(&sandbox.environment("x")) == original, "{step:?}: the original was written to");
        assert_examined(&sandbox);
        if !is_there {
            sandbox.run(words).status(0);
        }
        assert!(tree(&sandbox.environment("copy")) == complete, "{step:?}: half a copy is in place");
        tidy(&sandbox);
    }
    assert!(ended >= 60, "only {ended} steps were there to be ended at");
}

#[test]
fn a_renaming_killed_at_any_step_leaves_a_name_that_works_and_can_be_finished() {
    let sandbox = Sandbox::new();
    make(&sandbox, "x");
    let words = ["mvvirtualenv", "x", "new"];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let steps = killer.steps();
    let complete = tree(&sandbox.environment("new"));
    let mut ended = 0;
    for (step, signal) in with_signals(&steps) {
        fs::remove_dir_all(sandbox.workon_home()).unwrap();
        fs::create_dir(sandbox.workon_home()).unwrap();
        make(&sandbox, "x");
        let was_ended = killer.ends_at(step, signal);
        ended += usize::from(was_ended);
        let named: Vec<_> = ["x", "new"].into_iter().filter(|name| sandbox.environment(name).exists()).collect();
        assert!(!named.is_empty(), "{step:?}: it has no name");
        for name in &named {
            // What its files name is there, whichever of the two it is.
            for tool in ["tool0", "tool1", "tool2"] {
                let file = sandbox.environment(name).join("bin").join(tool);
                let mut command = sandbox.command("/bin/sh");
                command.arg("-c").arg("cd \"$(sh \"$1\")/bin\"").arg("sh").arg(file);
                sandbox.run_command(command, b"").silent();
            }
            sandbox.run(["showvirtualenv", name]).status(0);
        }
        assert_examined(&sandbox);
        if named.contains(&"x") {
            sandbox.run(words).status(0).stderr("Renamed `x` to `new`\n");
        }
        assert_seen(&sandbox, &["new"]);
        assert!(tree(&sandbox.environment("new")) == complete, "{step:?}: something names the old place still");
        tidy(&sandbox);
    }
    assert!(ended >= 45, "only {ended} steps were there to be ended at");
}
