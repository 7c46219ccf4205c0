//! Saving a snapshot, going back to one, and trying in a copy, ended at every step on disk.

use std::fs;

use super::killer::{Killer, with_some_signals};
use super::{assert_examined, assert_seen, tidy};
use crate::support::disk::{names, tree};
use crate::support::sandbox::Sandbox;

#[test]
fn a_snapshot_ended_at_any_step_is_whole_or_missing() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let whole = tree(&root);
    let shelf = sandbox.workon_home().join(".venvwrap/snapshots/x");
    let Some(killer) = Killer::of(&sandbox, &["snapshot", "x"]) else { return };
    let steps = killer.steps();
    assert!(steps.len() >= 30, "{steps:?}");
    for (step, signal) in with_some_signals(&steps, 2) {
        drop(fs::remove_dir_all(shelf.parent().unwrap()));
        killer.ends_at(step, signal);
        assert!(tree(&root) == whole, "{step:?}");
        let listed = sandbox.run(["snapshot", "--list"]).status(0).stdout_text().lines().count();
        assert!(listed == 0 || tree(&shelf.join("1/x")) == whole, "{step:?}");
        assert_seen(&sandbox, &["x"]);
        assert_examined(&sandbox);
        // The next one clears away what that one left.
        sandbox.run(["snapshot", "x"]).status(0).stdout("");
        assert_eq!(names(&sandbox.workon_home().join(".venvwrap/new")), Vec::<String>::new(), "{step:?}");
        sandbox.run(["rollback", "x"]).status(0);
        assert!(tree(&root) == whole, "{step:?}");
    }
}

#[test]
fn a_rollback_ended_at_any_step_leaves_what_was_or_what_was_saved() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let saved = tree(&root);
    sandbox.run(["snapshot", "x"]).status(0);
    let snapshot = sandbox.workon_home().join(".venvwrap/snapshots/x/1/x");
    let broken = || {
        drop(fs::remove_dir_all(sandbox.workon_home().join(".venvwrap/trash")));
        drop(fs::remove_dir_all(&root));
        sandbox.minimal_environment("x");
        fs::remove_file(root.join("bin/activate")).unwrap();
        fs::write(root.join("lib/broken"), "").unwrap();
        tree(&root)
    };
    let Some(killer) = Killer::of(&sandbox, &["rollback", "x"]) else { return };
    let before = broken();
    let steps = killer.steps();
    for (step, signal) in with_some_signals(&steps, 2) {
        broken();
        killer.ends_at(step, signal);
        let found = tree(&root);
        assert!(found == before || found == saved, "{step:?}");
        assert!(tree(&snapshot) == saved, "{step:?}");
        assert_seen(&sandbox, &["x"]);
        tidy(&sandbox);
        if found == saved {
            sandbox.run(["undo", "x"]).status(0);
            assert!(tree(&root) == before, "{step:?}: what it was is lost");
        }
        sandbox.run(["rollback", "x"]).status(0);
        assert!(tree(&root) == saved, "{step:?}");
    }
}

/// The environment is removed, or comes back, before its snapshots: each step may be the last.
#[test]
fn a_removal_and_its_undoing_ended_at_any_step_keep_the_snapshots() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    sandbox.run(["snapshot", "x"]).status(0);
    for words in [&["rmvirtualenv", "x"][..], &["undo", "x"]] {
        let prepare = |is_there: bool| {
            let words: &[&str] = if is_there { &["undo", "x"] } else { &["rmvirtualenv", "x"] };
            if root.is_dir() != is_there {
                sandbox.run(words).status(0);
            }
        };
        let Some(killer) = Killer::of(&sandbox, words) else { return };
        let is_removal = words[0] == "rmvirtualenv";
        prepare(is_removal);
        let steps = killer.steps();
        for (step, signal) in with_some_signals(&steps, 4) {
            prepare(is_removal);
            killer.ends_at(step, signal);
            tidy(&sandbox);
            prepare(true);
            let listed = sandbox.run(["snapshot", "--list", "x"]).status(0).stdout_text();
            assert_eq!(listed.lines().count(), 2, "{step:?}: {listed}");
        }
    }
}

#[test]
fn a_trial_ended_at_any_step_leaves_the_environment_or_the_finished_copy() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    fs::write(root.join("bin/tool"), format!("#!{}/bin/python\n", root.display())).unwrap();
    let before = tree(&root);
    let words =
        ["try", "--keep", "x", "sh", "-c", "printf '#!%s/bin/python\n' \"$VIRTUAL_ENV\" >\"$VIRTUAL_ENV/bin/new\""];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let steps = killer.steps();
    let kept = tree(&root);
    assert!(kept.contains("\nbin/new 644 #!") && !kept.contains(".venvwrap/new"), "{kept}");
    sandbox.run(["undo", "x"]).status(0);
    assert!(steps.len() >= 60, "{steps:?}");
    for (step, signal) in with_some_signals(&steps, 4) {
        killer.ends_at(step, signal);
        let found = tree(&root);
        assert!(found == before || found == kept, "{step:?}");
        assert_seen(&sandbox, &["x"]);
        assert_examined(&sandbox);
        sandbox.run(["try", "--drop", "x", "true"]).status(0);
        assert_eq!(names(&sandbox.workon_home().join(".venvwrap/new")), Vec::<String>::new(), "{step:?}");
        tidy(&sandbox);
        if found == kept {
            sandbox.run(["undo", "x"]).status(0);
        }
        assert!(tree(&root) == before, "{step:?}: what it was is lost");
        drop(fs::remove_dir_all(sandbox.workon_home().join(".venvwrap/trash")));
    }
}
