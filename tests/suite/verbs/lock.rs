//! `venvwrap lock` and `unlock`: what a locked environment refuses, what it permits, and that
//! nothing of a lock stays after it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use nix::unistd::Uid;

use crate::support::disk::{names, tree};
use crate::support::pty::Terminal;
use crate::support::pythons;
use crate::support::sandbox::{Sandbox, tool};
use crate::support::shells::Shell;
use crate::support::small_disk::SmallDisk;
use crate::support::wheel::tiny_thing;

const REFUSED: &str = "venvwrap: environment `x` is locked\nhint: `venvwrap unlock x` permits changes\n";

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn directories_become_read_only_and_unlocking_leaves_no_trace() {
    let sandbox = Sandbox::with_x_and_y();
    let root = sandbox.environment("x");
    let packages = root.join("lib/python3.11/site-packages");
    sandbox.write("envs/x/lib/python3.11/site-packages/six/deep/er.py", "");
    symlink(sandbox.home(), packages.join("elsewhere")).unwrap();
    let before = tree(&root);
    let home = mode(sandbox.home());
    sandbox.run(["lock", "x"]).status(0).stdout("").stderr("Locked `x`\n");
    for directory in [root.join("bin"), packages.clone(), packages.join("six"), packages.join("six/deep")] {
        assert_eq!(mode(&directory) & 0o222, 0, "{}", directory.display());
    }
    assert_ne!(mode(&root) & 0o222, 0);
    // Hard links share the mode of a file.
    assert_ne!(mode(packages.join("six/deep/er.py")) & 0o222, 0);
    assert_eq!(mode(sandbox.home()), home);
    let locked = tree(&root);
    sandbox.run(["lock", "x"]).status(0).stderr("Locked `x`\n");
    assert_eq!(tree(&root), locked);
    sandbox.run(["unlock", "x"]).status(0).stdout("").stderr("Unlocked `x`\n");
    assert_eq!(tree(&root), before);
    sandbox.run(["unlock", "x"]).status(0).stderr("`x` is not locked\n");
    // A group that shares the environment shares it again.
    for directory in [root.clone(), root.join("bin")] {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o2775)).unwrap();
    }
    sandbox.run(["lock", "x", "y"]).status(0).stderr("Locked `x`\nLocked `y`\n");
    assert_eq!(mode(root.join("bin")), 0o2555);
    sandbox.run(["unlock", "x", "y"]).status(0);
    assert_eq!(mode(root.join("bin")), 0o2775);
    // A wrong name stops all of them.
    sandbox.run(["lock", "x", "gone"]).status(1).stdout("").stderr_contains("environment `gone` does not exist");
    sandbox.run(["unlock", "x"]).status(0).stderr("`x` is not locked\n");
}

#[test]
fn commands_that_would_change_rename_or_remove_it_refuse() {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.write("envs/x/.project", format!("{}\n", sandbox.root().join("deleted").display()));
    assert!(sandbox.run(["prune", "-n"]).status(0).stdout_text().contains("\nx "));
    sandbox.run(["snapshot", "x"]).status(0);
    sandbox.run(["lock", "x"]).status(0);
    let before = tree(&sandbox.environment("x"));
    for words in [
        &["rollback", "x"][..],
        &["rmvirtualenv", "x"],
        &["rmvirtualenv", "--force", "x"],
        &["rmvirtualenv", "--now", "x"],
        &["mvvirtualenv", "x", "z"],
        &["mvvirtualenv", "--force", "x", "z"],
        &["mkvirtualenv", "--clear", "x"],
        &["upgrade", "--latest", "x"],
    ] {
        let answer = sandbox.run(words).status(1);
        assert!(answer.stderr_text().ends_with(REFUSED) || words[0] == "upgrade", "{answer}");
        assert!(answer.stderr_text().contains(REFUSED), "{answer}");
    }
    let pruned = sandbox.run(["prune", "--yes"]).status(0).stderr_text();
    assert!(pruned.starts_with("No environments to remove.\n1 snapshot would free "), "{pruned}");
    sandbox.set("VIRTUAL_ENV", sandbox.environment("x"));
    for words in [&["wipeenv"][..], &["add2virtualenv", "/a"], &["toggleglobalsitepackages"]] {
        sandbox.run(words).status(1).stdout("").stderr(REFUSED);
    }
    assert_eq!(tree(&sandbox.environment("x")), before);
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "x", "y"]);
    // Looking at it and using it works.
    for words in [&["add2virtualenv"][..], &["lssitepackages"], &["showvirtualenv"]] {
        assert!(!sandbox.run(words).stderr_text().contains("locked"), "{words:?}");
    }
    sandbox.unset("VIRTUAL_ENV");
    sandbox.run(["run", "x", "true"]).status(0).stderr("");
    sandbox.run(["export", "x"]).status(0).stderr("");
    sandbox.run(["note", "x", "mine"]).status(0);
    assert_eq!(tree(&sandbox.environment("x")), before);
    sandbox.run(["unlock", "x"]).status(0);
    sandbox.run(["mvvirtualenv", "x", "z"]).status(0);
    sandbox.run(["rmvirtualenv", "z"]).status(0);
}

#[test]
fn a_locked_environment_without_its_python_is_not_repaired() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let python = pythons::complete();
    fs::remove_file(root.join("bin/python")).unwrap();
    symlink("/gone/bin/python", root.join("bin/python")).unwrap();
    let cfg = format!("home = /gone/bin\nversion = {}.0\n", python.minor());
    fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
    symlink(&python.path, sandbox.tools().join("python3")).unwrap();
    sandbox.run(["lock", "x"]).status(0);
    let before = tree(&root);
    let told = sandbox.run(["run", "x", "true"]).status(1).stdout("").stderr_text();
    assert!(told.contains("environment `x` is locked\nhint: `venvwrap unlock x` permits changes\n"), "{told}");
    let told = sandbox.run(["doctor", "--fix", "x"]).status(1).stderr_text();
    assert!(told.contains(REFUSED), "{told}");
    assert_eq!(tree(&root), before);
}

#[test]
fn a_copy_and_what_comes_back_are_not_locked() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let before = tree(&root);
    sandbox.run(["lock", "x"]).status(0);
    drop(Shell::Bash.plain().run(&sandbox, "cpvirtualenv x copy >/dev/null; deactivate").status(0));
    let copy = sandbox.environment("copy");
    assert!(mode(copy.join("bin")) & 0o200 != 0 && !copy.join("pip.conf").exists());
    sandbox.run(["unlock", "copy"]).status(0).stderr("`copy` is not locked\n");
    sandbox.run(["snapshot", "x"]).status(0);
    sandbox.run(["unlock", "x"]).status(0);
    sandbox.run(["rollback", "x"]).status(0);
    assert_eq!(tree(&root), before);
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    sandbox.run(["undo", "x"]).status(0);
    assert_eq!(tree(&root), before);
    // One of the same name that was made after it is another one.
    sandbox.run(["lock", "x"]).status(0);
    fs::remove_dir_all(&root).unwrap();
    sandbox.run(["cpvirtualenv", "copy", "x"]).status(0);
    sandbox.run(["unlock", "x"]).status(0).stderr("`x` is not locked\n");
}

#[test]
fn the_lists_show_it() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["lock", "x"]).status(0);
    let list = sandbox.run(["lsvirtualenv", "--json"]).status(0);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let locked = |number: usize| list["environments"][number]["locked"].as_bool().unwrap();
    assert!(locked(0) && !locked(1), "{list}");
    sandbox.run(["showvirtualenv", "x"]).status(0).stdout_contains("\nlocked:    yes\n");
    assert!(!sandbox.run(["showvirtualenv", "y"]).status(0).stdout_text().contains("locked"));
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        terminal.run("workon x");
        let screen = terminal.run("lsvirtualenv");
        assert!(screen.lines().any(|line| line.starts_with("*#  x  ")), "{screen}");
        assert!(screen.lines().any(|line| line.starts_with("    y  ")), "{screen}");
    }
}

#[test]
fn pip_says_why_and_your_own_settings_of_pip_stay() {
    let mut sandbox = Sandbox::plain();
    let python = pythons::complete();
    let words = ["mkvirtualenv".as_ref(), "-q".as_ref(), "-p".as_ref(), python.path.as_os_str(), "x".as_ref()];
    sandbox.run(words).status(0);
    let wheel = tiny_thing(sandbox.root(), "1.0");
    let root = sandbox.environment("x");
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_DISABLE_PIP_VERSION_CHECK", "1").unset("PIP_CONFIG_FILE");
    sandbox.run(["lock", "x"]).status(0);
    let why = "environment `x` is locked; `venvwrap unlock x` unlocks it. This text is not a valid value for";
    let install = ["run".as_ref(), "x".as_ref(), "pip".as_ref(), "install".as_ref(), wheel.as_os_str()];
    sandbox.run(install).status(2).stderr_contains(why);
    sandbox.run(["run", "x", "pip", "uninstall", "-y", "pip"]).status(2).stderr_contains(why);
    sandbox.run(["run", "x", "pip", "list"]).status(0).stderr("");
    sandbox.run(["unlock", "x"]).status(0);
    sandbox.run(install).status(0);
    fs::write(root.join("pip.conf"), "[global]\nquiet = 1\n").unwrap();
    sandbox.run(["lock", "x"]).status(0);
    assert_eq!(fs::read(root.join("pip.conf")).unwrap(), b"[global]\nquiet = 1\n");
    sandbox.run(["unlock", "x"]).status(0);
    assert_eq!(fs::read(root.join("pip.conf")).unwrap(), b"[global]\nquiet = 1\n");
    // A name that no locale spoils.
    sandbox.run(["mvvirtualenv", "x", "é `x`"]).status(0);
    fs::remove_file(sandbox.environment("é `x`").join("pip.conf")).unwrap();
    sandbox.run(["lock", "é `x`"]).status(0);
    let text = fs::read(sandbox.environment("é `x`").join("pip.conf")).unwrap();
    assert!(text.is_ascii());
    sandbox.set("LC_ALL", "C");
    sandbox.run(["run", "é `x`", "pip", "list"]).status(0);
}

/// Modes stop everybody but root.
#[test]
fn another_user_cannot_write_where_it_is_locked_and_can_lock_and_unlock() {
    if !Uid::effective().is_root() {
        eprintln!("skipped: only root can become somebody else");
        return;
    }
    let sandbox = Sandbox::with_x_and_y();
    for place in [sandbox.root().to_path_buf(), sandbox.workon_home()] {
        drop(sandbox.run_command(
            {
                let mut chown = sandbox.command(tool("chown"));
                chown.args(["-R", "65534:65534"]).arg(place);
                chown
            },
            b"",
        ));
    }
    let before = tree(&sandbox.environment("x"));
    let as_nobody = |words: &[&str]| {
        let mut command = sandbox.command(tool("setpriv"));
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).args(words);
        sandbox.run_command(command, b"")
    };
    let binary = crate::support::sandbox::BINARY;
    let file = sandbox.environment("x").join("lib/python3.11/site-packages/new.py");
    let touch = ["touch", file.to_str().unwrap()];
    if as_nobody(&[binary, "lsvirtualenv", "-b"]).code() != 0 {
        eprintln!("skipped: another user cannot reach the sandbox");
        return;
    }
    as_nobody(&[binary, "lock", "x"]).status(0).stderr("Locked `x`\n");
    assert_ne!(as_nobody(&touch).code(), 0);
    as_nobody(&[binary, "mvvirtualenv", "x", "z"]).status(1).stderr(REFUSED);
    as_nobody(&[binary, "rmvirtualenv", "x"]).status(1).stderr(REFUSED);
    as_nobody(&[binary, "cpvirtualenv", "x", "copy"]).status(0);
    as_nobody(&[binary, "rmvirtualenv", "--now", "copy"]).status(0);
    as_nobody(&[binary, "unlock", "x"]).status(0).stderr("Unlocked `x`\n");
    assert_eq!(tree(&sandbox.environment("x")), before);
    as_nobody(&touch).status(0);
    // Where it cannot be locked, it stays as it was.
    drop(fs::remove_file(&file));
    let foreign = sandbox.environment("y").join("lib/python3.11/site-packages/of root");
    fs::create_dir(&foreign).unwrap();
    let before = tree(&sandbox.environment("y"));
    as_nobody(&[binary, "lock", "y"]).status(1).stderr_contains("cannot change the mode of: ");
    assert_eq!(tree(&sandbox.environment("y")), before);
    as_nobody(&[binary, "unlock", "y"]).status(0).stderr("`y` is not locked\n");
}

#[test]
fn on_a_full_disk_it_is_not_locked() {
    let mut sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::of_files(sandbox.root().join("small disk"), 40) else { return };
    sandbox.set("WORKON_HOME", disk.path());
    let root = sandbox.minimal_environment_at(&disk.path().join("x"));
    let before = tree(&root);
    disk.use_up_inodes();
    sandbox.run(["lock", "x"]).status(1).stdout("").stderr_contains("No space left on device");
    assert_eq!(tree(&root), before);
    sandbox.run(["unlock", "x"]).status(0).stderr("`x` is not locked\n");
}
