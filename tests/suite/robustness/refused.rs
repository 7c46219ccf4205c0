//! File systems that lack something, and a quota that is reached at any step: strace answers in the
//! kernel's place.

use std::fs;
use std::path::Path;

use super::killer::Killer;
use super::places::Place;
use super::{assert_examined, making, strace, tidy};
use crate::support::answer::difference;
use crate::support::disk::tree;
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::tally;

/// Steps that take room on a disk.
const TAKING: [&str; 6] = ["write", "mkdir", "symlink", "link", "rename", "copy_file_range"];

/// Has `words` fail at each step that takes room: it says so and changes nothing, or does without;
/// once there is room again the same words do it. `make` writes the store as it is before.
#[track_caller]
fn refused_everywhere(sandbox: &Sandbox, words: &[&str], make: impl Fn(), at_least: usize) {
    let store = sandbox.workon_home();
    let make = || {
        fs::remove_dir_all(&store).unwrap();
        fs::create_dir(&store).unwrap();
        make();
    };
    make();
    let Some(killer) = Killer::of(sandbox, words) else { return };
    let steps = killer.steps();
    let complete = visible(&store);
    let mut refused = 0;
    for step in steps.iter().filter(|(call, _)| TAKING.iter().any(|taking| call.starts_with(taking))) {
        make();
        let before = visible(&store);
        let answer = killer.fails_at(step, "EDQUOT");
        let told = answer.stderr_text();
        let refusal = told.lines().rev().take(2).collect::<Vec<_>>();
        let after = visible(&store);
        if answer.code() == 1 && told.contains("standard output") {
            // That is another place than the store; what was not begun for it is begun again.
            assert!(after == before || after == complete, "{words:?}: {step:?}: {answer}");
        } else if answer.code() == 1 {
            refused += 1;
            let is_said = match refusal[..] {
                [hint, line] => hint.starts_with("hint: ") && line.contains("quota"),
                // strace counts for each thread by itself: where the step was that of a copying
                // thread, the main one may be refused the same number, which is the message.
                [] => step.0 == "write",
                _ => false,
            };
            assert!(is_said, "{words:?}: {step:?}: {answer}");
            assert!(after == before, "{words:?}: {step:?}: {}", difference(before.as_bytes(), after.as_bytes()));
            assert_examined(sandbox);
        } else {
            assert!(answer.code() == 0 && after == complete, "{words:?}: {step:?}: {answer}");
        }
        if after == before {
            drop(sandbox.run(words).status(0));
        }
        let after = visible(&store);
        assert!(after == complete, "{words:?}: {step:?}: {}", difference(complete.as_bytes(), after.as_bytes()));
        tidy(sandbox);
    }
    tally::add("steps on disk that are refused (a quota)", refused);
    assert!(refused >= at_least, "{words:?}: only {refused} steps were there to be refused");
}

/// What a person sees of a store.
fn visible(store: &Path) -> String {
    let lines = tree(store);
    lines.lines().filter(|line| !line.starts_with(".venvwrap")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_quota_that_is_reached_at_any_step_of_a_creation_is_said_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let words = making(&pythons::complete().path, "x");
    let words: Vec<&str> = words.iter().map(|word| word.to_str().unwrap()).collect();
    refused_everywhere(&sandbox, &words, || (), 20);
}

#[test]
fn a_quota_that_is_reached_by_other_verbs_leaves_everything_as_it_was() {
    let mut sandbox = Sandbox::new();
    let root = sandbox.environment("x");
    let minimal = |sandbox: &Sandbox| drop(sandbox.minimal_environment("x"));
    refused_everywhere(&sandbox, &["cpvirtualenv", "x", "copy"], || minimal(&sandbox), 8);
    refused_everywhere(&sandbox, &["mvvirtualenv", "x", "new"], || minimal(&sandbox), 3);
    refused_everywhere(&sandbox, &["setvirtualenvproject", "x", "tools"], || minimal(&sandbox), 2);
    sandbox.set("VIRTUAL_ENV", &root);
    refused_everywhere(&sandbox, &["add2virtualenv", "/a b"], || minimal(&sandbox), 2);
    refused_everywhere(&sandbox, &["toggleglobalsitepackages", "-q"], || minimal(&sandbox), 2);
}

#[test]
fn a_quota_that_is_reached_by_an_upgrade_leaves_the_old_one() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    let make = || drop(sandbox.run(making(&python.path, "x")).status(0));
    refused_everywhere(&sandbox, &["upgrade", "-p", other.path.to_str().unwrap(), "x"], make, 20);
}

#[test]
fn a_file_system_without_hard_links_or_careful_renames_is_lived_in() {
    // Reflinks most of them lack; this machine's may.
    for (calls, error) in [("linkat,copy_file_range", "EOPNOTSUPP"), ("linkat,renameat2", "EINVAL")] {
        let sandbox = Sandbox::new();
        let Some(command) = strace(&sandbox) else { return };
        let mut place = Place::at(&sandbox, sandbox.workon_home());
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        place.through = words.map(ToOwned::to_owned).collect();
        place.through.extend(["-e".into(), format!("inject={calls}:error={error}").into()]);
        place.is_lived_in();
    }
}

/// As on the sticks and cards that Windows made: nothing can be made there, and that is said.
#[test]
fn a_file_system_without_symbolic_links_is_said() {
    for error in ["EPERM", "EOPNOTSUPP"] {
        let sandbox = Sandbox::new();
        let Some(mut command) = strace(&sandbox) else { return };
        command.arg("-e").arg(format!("inject=symlink,symlinkat:error={error}")).arg(BINARY);
        command.args(making(&pythons::complete().path, "x"));
        let told = sandbox.run_command(command, b"").status(1).stdout("").stderr_text();
        let hint = "hint: that file system has no symbolic links; set WORKON_HOME to a directory on another disk\n";
        assert!(told.starts_with("venvwrap: cannot create a link at: ") && told.ends_with(hint), "{told}");
        super::assert_seen(&sandbox, &[]);
        tidy(&sandbox);
        tally::add("disks that are full or limited", 1);
    }
}
