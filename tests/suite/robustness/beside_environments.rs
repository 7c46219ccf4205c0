//! Variables kept beside an environment, and its kernels of Jupyter: ended at every step on disk,
//! several commands at once, no room, and a disk that is read-only.

use std::fs;

use super::killer::{Killer, with_some_signals};
use super::together::{ended, start, stderr};
use super::{assert_examined, assert_seen};
use crate::support::disk::{names, tree};
use crate::support::jupyter::{kernels, with_ipykernel};
use crate::support::sandbox::Sandbox;
use crate::support::small_disk::SmallDisk;

/// Commands at once.
const MANY: usize = 6;

#[test]
fn variables_ended_at_any_step_are_the_old_ones_or_the_new_ones() {
    let sandbox = Sandbox::new();
    let before = tree(&sandbox.minimal_environment("x"));
    let reset = || {
        drop(fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")));
        sandbox.run(["set", "x", "A=1", "C=it's"]).status(0).silent();
    };
    let old = "A=1\nC=it's\n";
    for (words, new) in [
        (&["set", "x", "A=2", "B=$x", "--path", "/bin"][..], "A=2\nB=$x\nC=it's\nPATH=/bin:$PATH\n"),
        (&["unset", "x", "C"], "A=1\n"),
        (&["unset", "x", "--all"], ""),
    ] {
        let Some(killer) = Killer::of(&sandbox, words) else { return };
        reset();
        let steps = killer.steps();
        let mut count = 0;
        for (step, signal) in with_some_signals(&steps, 5) {
            reset();
            count += usize::from(killer.ends_at(step, signal));
            let found = sandbox.run(["set", "x"]).status(0).stdout_text();
            assert!(found == old || found == new, "{words:?}: {step:?}: {found}");
            assert_examined(&sandbox);
            if found == old {
                sandbox.run(words).status(0).silent();
            }
            sandbox.run(["set", "x"]).status(0).stdout(new);
        }
        assert!(count >= 8, "{words:?}: only {count} steps were there to be ended at");
    }
    assert_eq!(tree(&sandbox.environment("x")), before);
    assert_seen(&sandbox, &["x"]);
}

#[test]
fn of_several_that_set_variables_at_once_each_is_heard() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let expected = (0..MANY).map(|number| format!("K{number}={number}\n")).collect::<Vec<_>>().concat();
    for round in 0..4 {
        let set = |number: usize| start(&sandbox, &["set", "x", &format!("K{number}={number}")]);
        for output in ended((0..MANY).map(set).collect()) {
            assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "round {round}");
        }
        sandbox.run(["set", "x"]).status(0).stdout(&expected).stderr("");
        let unset = |number: usize| start(&sandbox, &["unset", "x", &format!("K{number}")]);
        for output in ended((0..MANY).map(unset).collect()) {
            assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "round {round}");
        }
        assert_eq!(sandbox.run(["set", "x"]).status(0).stdout_text(), "");
    }
}

#[test]
fn variables_stay_on_a_disk_that_is_full_or_read_only() {
    let mut sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::of_files(sandbox.root().join("small disk"), 60) else { return };
    sandbox.set("WORKON_HOME", disk.path());
    for name in ["x", "y"] {
        sandbox.minimal_environment_at(&disk.path().join(name));
    }
    sandbox.run(["set", "x", "A=1", "B=1"]).status(0).silent();
    let listed = || drop(sandbox.run(["set", "x"]).status(0).stdout("A=1\nB=1\n").stderr(""));
    let fails = |words: &[&str]| {
        let said = sandbox.run(words).status(1).stdout("").stderr_text();
        assert!(said.starts_with("venvwrap: ") && said.contains("\nhint: "), "{words:?}: {said}");
        listed();
    };
    disk.use_up_inodes();
    fails(&["set", "x", "A=2"]);
    fails(&["unset", "x", "A"]);
    disk.protect();
    fails(&["set", "x", "A=2"]);
    fails(&["unset", "x", "--all"]);
    sandbox.run(["set", "y"]).status(0).stdout("");
}

/// What Jupyter sees, and nothing that was begun.
fn seen(sandbox: &Sandbox) -> String {
    if !kernels(sandbox).is_dir() {
        return String::new();
    }
    let is_kernel = |name: &String| kernels(sandbox).join(name).join("kernel.json").is_file();
    let found: Vec<String> = names(&kernels(sandbox)).into_iter().filter(is_kernel).collect();
    let text = found.iter().map(|name| format!("{name}\n{}", tree(&kernels(sandbox).join(name))));
    text.collect::<Vec<_>>().concat().lines().filter(|line| !line.contains(".venvwrap-")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_kernel_ended_at_any_step_is_there_or_not_and_goes_where_its_environment_goes() {
    let sandbox = Sandbox::new();
    with_ipykernel(&sandbox, "x");
    let none = seen(&sandbox);
    sandbox.run(["kernel", "add", "x"]).status(0);
    let whole = seen(&sandbox);
    for words in [&["kernel", "add", "x"][..], &["kernel", "sync"], &["kernel", "remove", "x"]] {
        let Some(killer) = Killer::of(&sandbox, words) else { return };
        let reset = || {
            drop(fs::remove_dir_all(kernels(&sandbox)));
            if words[1] == "remove" {
                drop(sandbox.run(["kernel", "add", "x"]).status(0));
            }
        };
        reset();
        let steps = killer.steps();
        let mut count = 0;
        for (step, signal) in with_some_signals(&steps, 5) {
            reset();
            count += usize::from(killer.ends_at(step, signal));
            let found = seen(&sandbox);
            assert!(found == none || found == whole, "{words:?}: {step:?}: {found}");
            drop(sandbox.run(["kernel", "add", "x"]).status(0).stdout(""));
            assert_eq!(seen(&sandbox), whole, "{words:?}: {step:?}");
            let said = sandbox.run(["rmvirtualenv", "x"]).status(0).stderr_text();
            assert!(said.contains("Removed its Jupyter kernel `x`\n"), "{words:?}: {step:?}: {said}");
            assert_eq!(seen(&sandbox), none, "{words:?}: {step:?}");
            sandbox.run(["undo", "x"]).status(0).stderr_contains("Restored its Jupyter kernel `x`\n");
            assert_eq!(seen(&sandbox), whole, "{words:?}: {step:?}");
        }
        assert!(count >= 8, "{words:?}: only {count} steps were there to be ended at");
    }
}

#[test]
fn of_several_that_register_or_remove_a_kernel_at_once_none_fails() {
    let sandbox = Sandbox::new();
    with_ipykernel(&sandbox, "x");
    for round in 0..4 {
        for output in ended((0..MANY).map(|_| start(&sandbox, &["kernel", "add", "x"])).collect()) {
            assert_eq!(output.status.code(), Some(0), "round {round}: {}", stderr(&output));
        }
        assert_eq!(names(&kernels(&sandbox)), ["x"], "round {round}");
        for output in ended((0..MANY).map(|_| start(&sandbox, &["kernel", "remove", "x"])).collect()) {
            assert_eq!(output.status.code(), Some(0), "round {round}: {}", stderr(&output));
        }
        assert_eq!(names(&kernels(&sandbox)), Vec::<String>::new(), "round {round}");
    }
}

#[test]
fn a_kernel_that_cannot_be_written_leaves_nothing_and_one_that_cannot_be_removed_stays() {
    let mut sandbox = Sandbox::new();
    for name in ["x", "y"] {
        with_ipykernel(&sandbox, name);
    }
    let Some(disk) = SmallDisk::of_files(sandbox.root().join("small disk"), 20) else { return };
    sandbox.set("JUPYTER_DATA_DIR", disk.path());
    sandbox.run(["kernel", "add", "y"]).status(0);
    let before = tree(&disk.path().join("kernels"));
    let fails = |words: &[&str]| {
        let said = sandbox.run(words).status(1).stdout("").stderr_text();
        assert!(said.starts_with("venvwrap: "), "{words:?}: {said}");
        assert_eq!(tree(&disk.path().join("kernels")), before, "{words:?}");
    };
    disk.use_up_inodes();
    fails(&["kernel", "add", "x"]);
    disk.protect();
    fails(&["kernel", "add", "x"]);
    fails(&["kernel", "remove", "y"]);
    fails(&["kernel", "sync"]);
    drop(sandbox.run(["kernel", "list"]).status(0).stderr(""));
}
