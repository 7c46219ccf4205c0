//! Environments built from a recipe: ended at every step on disk, and without room.

use std::fs;
use std::os::unix::fs::symlink;

use super::killer::{Killer, with_some_signals};
use super::{assert_examined, assert_seen, tidy};
use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::small_disk::SmallDisk;
use crate::support::tally;
use crate::support::wheel::tiny_thing;

/// A sandbox with the recipe of an environment `x` in `x.toml`, and no environment.
fn with_recipe(sandbox: &Sandbox, packages: &[&str]) {
    let python = pythons::complete();
    symlink(&python.path, sandbox.tools().join(format!("python{}", python.minor()))).unwrap();
    let path = python.path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "-p", path, "x"].iter().chain(packages)).status(0);
    let root = sandbox.environment("x");
    fs::write(root.join("bin/postactivate"), "export X=1\n").unwrap();
    fs::write(root.join(".project"), "/my/project\n").unwrap();
    let mut command = sandbox.command(BINARY);
    command.args(["add2virtualenv", "home"]).env("VIRTUAL_ENV", &root);
    sandbox.run_command(command, b"").status(0);
    sandbox.run(["export", "x", "-o", "x.toml"]).status(0);
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
}

const IMPORT: [&str; 3] = ["import", "--hooks", "x.toml"];

#[test]
fn an_import_ended_at_a_step_leaves_nothing_or_all() {
    let sandbox = Sandbox::new();
    with_recipe(&sandbox, &[]);
    sandbox.minimal_environment("keep");
    let Some(killer) = Killer::of(&sandbox, &IMPORT) else { return };
    // A build is like a creation, which is ended at every step elsewhere.
    let steps: Vec<_> = killer.steps().into_iter().step_by(3).collect();
    let complete = tree(&sandbox.environment("x"));
    let mut ended = 0;
    for (step, signal) in with_some_signals(&steps, 8) {
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        ended += usize::from(killer.ends_at(step, signal));
        let is_there = names(&sandbox.workon_home()).contains(&"x".to_owned());
        assert_seen(&sandbox, if is_there { &["keep", "x"] } else { &["keep"] });
        assert!(!is_there || tree(&sandbox.environment("x")) == complete, "{step:?}: half an environment is in place");
        assert_examined(&sandbox);
        sandbox.run(IMPORT).status(0);
        assert!(tree(&sandbox.environment("x")) == complete, "{step:?}: the next import made another environment");
        tidy(&sandbox);
    }
    assert!(ended >= 25, "only {ended} steps were there to be ended at");
}

/// The installer is a process of its own, which writes into the hidden place.
#[test]
fn an_import_killed_around_its_installer_leaves_nothing_or_all() {
    let mut sandbox = Sandbox::plain();
    tiny_thing(sandbox.root(), "1.0");
    let links = sandbox.root().to_path_buf();
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", links).set("VENVWRAP_INSTALLER", "pip");
    with_recipe(&sandbox, &["-i", "tiny-thing"]);
    let Some(killer) = Killer::of(&sandbox, &IMPORT) else { return };
    let steps = killer.steps();
    let renames: Vec<_> = steps.iter().filter(|(call, _)| call.starts_with("rename")).collect();
    assert!(!renames.is_empty());
    for step in renames.iter().step_by(1 + renames.len() / 4) {
        sandbox.run(["rmvirtualenv", "--now", "-f", "x"]).status(0);
        killer.kills_at(step);
        let tool = sandbox.environment("x").join("bin/tiny-thing");
        let is_there = names(&sandbox.workon_home()).contains(&"x".to_owned());
        assert_eq!(is_there, tool.is_file(), "{step:?}");
        sandbox.run(IMPORT).status(0);
        sandbox.run_command(sandbox.command(&tool), b"").status(0).stdout("tiny thing 1.0\n");
        sandbox.run(["doctor", "x"]).status(0).stderr("");
    }
}

#[test]
fn an_import_without_room_is_said_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    with_recipe(&sandbox, &[]);
    let Some(disk) = SmallDisk::mount(sandbox.root().join("small disk")) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    fs::create_dir_all(disk.path().join(".venvwrap/new")).unwrap();
    let before = tree(disk.path());
    for left in [0, 40 * 1024, 400 * 1024] {
        disk.fill_but(left);
        let mut command = sandbox.command(BINARY);
        command.args(IMPORT).env("WORKON_HOME", disk.path());
        sandbox.run_command(command, b"").status(1).stderr_contains("No space left on device (os error 28)\nhint: ");
        disk.empty();
        assert_eq!(tree(disk.path()), before, "{left} bytes left");
        tally::add("disks that are full or limited", 1);
    }
}

#[test]
fn an_upgrade_without_room_is_said_and_leaves_the_old_one() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    let Some(disk) = SmallDisk::of(sandbox.root().join("small disk"), 2) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    let run = |words: &[&std::ffi::OsStr]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", disk.path());
        sandbox.run_command(command, b"")
    };
    run(&super::making(&python.path, "x")).status(0);
    fs::create_dir_all(disk.path().join(".venvwrap/new")).unwrap();
    let before = tree(&disk.path().join("x"));
    let words = ["upgrade".as_ref(), "-p".as_ref(), other.path.as_os_str(), "x".as_ref()];
    for left in [0, 8 * 1024, 40 * 1024] {
        disk.fill_but(left);
        run(&words).status(1).stderr_contains("No space left on device");
        disk.empty();
        assert_eq!(tree(&disk.path().join("x")), before, "{left} bytes left");
        assert_eq!(names(&disk.path().join(".venvwrap/new")), Vec::<String>::new());
        tally::add("disks that are full or limited", 1);
    }
    run(&words).status(0);
}
