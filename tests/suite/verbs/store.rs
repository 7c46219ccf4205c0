//! A WORKON_HOME that is a file, nowhere, not ours or full: said by every verb, and nothing lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use nix::unistd::Uid;

use crate::support::disk::tree;
use crate::support::pythons;
use crate::support::sandbox::{Answer, BINARY, Sandbox, tool};
use crate::support::shells::Shell;
use crate::support::small_disk::SmallDisk;
use crate::support::tally;

/// Every verb that needs the store, and its words.
const VERBS: [&[&str]; 8] = [
    &["mkvirtualenv", "--without-pip", "x"],
    &["rmvirtualenv", "x"],
    &["lsvirtualenv"],
    &["lsvirtualenv", "-b"],
    &["showvirtualenv", "x"],
    &["workon", "x"],
    &["workon"],
    &["undo"],
];

#[test]
fn a_store_that_is_a_file_is_said_by_every_verb() {
    let mut sandbox = Sandbox::new();
    sandbox.write("file", "precious");
    let file = "venvwrap: cannot use WORKON_HOME: [ROOT]/file: not a directory\n";
    let below = "venvwrap: cannot create WORKON_HOME: [ROOT]/file/below: Not a directory (os error 20)\n";
    let hint = "hint: part of that path is a file; set WORKON_HOME to a directory\n";
    for (place, says) in [("file", file), ("file/below", below)] {
        sandbox.set("WORKON_HOME", sandbox.root().join(place));
        for words in VERBS {
            sandbox.run(words).status(1).stdout("").stderr(format!("{says}{hint}"));
            tally::add("stores that cannot be used", 1);
        }
    }
    assert_eq!(fs::read_to_string(sandbox.root().join("file")).unwrap(), "precious");
}

#[test]
fn a_store_that_is_nowhere_is_made_and_said() {
    let mut sandbox = Sandbox::new();
    sandbox.set("WORKON_HOME", "$HOME/a b/new");
    sandbox.run(["lsvirtualenv", "-b"]).status(1).stdout("").stderr(
        "NOTE: Virtual environments directory [ROOT]/home/a b/new does not exist. Creating...\n\
             No environments yet. Create one with `venvwrap mkvirtualenv NAME`.\n",
    );
    assert!(sandbox.home().join("a b/new").is_dir());
    sandbox.unset("WORKON_HOME");
    sandbox.run(["lsvirtualenv"]).status(0).stdout("").stderr(
        "NOTE: Virtual environments directory [ROOT]/home/.virtualenvs does not exist. Creating...\n\
             No environments yet. Create one with `venvwrap mkvirtualenv NAME`.\n",
    );
    sandbox.unset("HOME");
    for words in VERBS {
        sandbox.run(words).status(1).stdout("").stderr(
            "venvwrap: HOME is not set to an absolute path\nhint: set HOME, or set WORKON_HOME to an absolute path\n",
        );
    }
}

/// A service or a bare container has no HOME. What needs none works, with the default settings.
#[test]
fn without_home_a_store_that_is_named_is_used_with_the_defaults() {
    let python = pythons::complete().path.to_str().unwrap();
    let day = [
        &format!("mkvirtualenv -q -p {python} x"),
        "pip --version",
        "deactivate",
        "cpvirtualenv x y",
        "deactivate",
        "mvvirtualenv y z",
        "workon z",
        "setvirtualenvproject z .",
        "lssitepackages",
        "deactivate",
        "venvwrap run z python -V",
        "venvwrap env z",
        "showvirtualenv z",
        "lsvirtualenv --all",
        "venvwrap python list",
        "venvwrap doctor z",
        "mkvirtualenv -q --clear --without-pip x",
        "deactivate",
        "mktmpenv -q -n --without-pip",
        "deactivate",
        "rmvirtualenv x",
        "venvwrap undo",
        "venvwrap undo --list",
        "rmvirtualenv --now x z",
    ];
    for home in [None, Some(""), Some("relative")] {
        for shell in Shell::ALL {
            let mut sandbox = Sandbox::plain();
            sandbox.unset("HOME").unset("XDG_CACHE_HOME");
            // zsh and fish set HOME themselves.
            let unset = match (shell, home) {
                (Shell::Fish, None) => "set -e HOME".to_owned(),
                (Shell::Fish, Some(home)) => format!("set -gx HOME '{home}'"),
                (_, None) => "unset HOME".to_owned(),
                (_, Some(home)) => format!("export HOME='{home}'"),
            };
            let lines = day.map(|line| format!("{line} || echo 'FAILED {line}'\n")).concat();
            let answer = shell.plain().run(&sandbox, format!("{unset}\n{lines}"));
            let (stdout, stderr) = (answer.stdout_text(), answer.stderr_text());
            assert!(!stdout.contains("FAILED") && !stderr.contains("HOME"), "{shell:?} {home:?}: {stdout}{stderr}");
        }
    }
}

#[test]
fn a_store_that_may_not_be_written_is_said_and_can_still_be_looked_at() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let names = ["envs", "envs/x"];
    let lock = |mode| {
        for name in names {
            fs::set_permissions(sandbox.root().join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    lock(0o555);
    let before = tree(&sandbox.workon_home());
    let first = bound_by_permissions(&sandbox, &["mkvirtualenv", "--without-pip", "y"]).status(1).stdout("");
    let denied = String::from_utf8(sandbox.masked(&first.stderr)).unwrap();
    let says = "venvwrap: cannot create: [ROOT]/envs/.venvwrap: Permission denied (os error 13)\nhint: `ls -ld ";
    assert!(denied.starts_with(says) && denied.ends_with("/envs'` shows the owner and the permissions\n"), "{denied}");
    bound_by_permissions(&sandbox, &["mkvirtualenv", "--clear", "--without-pip", "x"]).status(1).stderr(&denied);
    bound_by_permissions(&sandbox, &["rmvirtualenv", "x"]).status(1).stdout("Removing x...\n").stderr(&denied);
    bound_by_permissions(&sandbox, &["rmvirtualenv", "--now", "x"]).status(1).stdout("Removing x...\n").stderr(&denied);
    bound_by_permissions(&sandbox, &["lsvirtualenv", "-b"]).status(0).stdout("x\n").stderr("");
    bound_by_permissions(&sandbox, &["showvirtualenv", "x"]).status(0).stderr("");
    assert_eq!(tree(&sandbox.workon_home()), before);
    tally::add("stores that cannot be used", 6);
    lock(0o000);
    let answer = bound_by_permissions(&sandbox, &["lsvirtualenv"]).status(1).stdout("");
    let says = "venvwrap: cannot list: [ROOT]/envs: Permission denied (os error 13)\n";
    assert!(answer.stderr_text().starts_with(says), "{answer}");
    lock(0o755);
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::mount(sandbox.root().join("small disk")) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    sandbox.minimal_environment_at(&disk.path().join("x"));
    let run = |words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", disk.path());
        sandbox.run_command(command, b"")
    };
    fs::create_dir_all(disk.path().join(".venvwrap/new")).unwrap();
    let before = tree(disk.path());
    // Full before it starts, and full in the middle.
    for left in [0, 40 * 1024, 400 * 1024] {
        disk.fill_but(left);
        let answer = run(&["mkvirtualenv", "new"]).status(1).stdout("");
        let text = answer.stderr_text();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains("No space left on device"), "{text}");
        assert!(
            text.ends_with(
                "\nhint: the disk is full; `venvwrap rmvirtualenv --now NAME` frees the space of an environment\n"
            ),
            "{text}"
        );
        disk.empty();
        assert_eq!(tree(disk.path()), before, "{left} bytes left");
        tally::add("disks that are full or limited", 1);
    }
    // Removing is what makes room again.
    disk.fill_but(0);
    run(&["rmvirtualenv", "--now", "x"]).status(0).stdout("Removing x...\n").stderr("");
    disk.empty();
    run(&["mkvirtualenv", "--without-pip", "new"]).status(0).stdout("");
}

#[test]
fn a_disk_without_room_for_more_files_is_said_and_leaves_nothing() {
    for files in [8, 30, 300] {
        let sandbox = Sandbox::new();
        let Some(disk) = SmallDisk::of_files(sandbox.root().join("small disk"), files) else {
            eprintln!("skipped: only root can mount a small disk");
            return;
        };
        fs::create_dir_all(disk.path().join(".venvwrap/new")).unwrap();
        let before = tree(disk.path());
        let mut command = sandbox.command(BINARY);
        command.args(["mkvirtualenv", "new"]).env("WORKON_HOME", disk.path());
        let said = sandbox.run_command(command, b"").status(1).stdout("").stderr_text();
        assert!(said.contains("No space left on device") && said.lines().count() == 2, "{said}");
        assert_eq!(tree(disk.path()), before, "room for {files} files");
        tally::add("disks that are full or limited", 1);
    }
}

#[test]
fn a_store_that_is_mounted_to_be_read_only_is_said_and_can_be_used() {
    let sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::mount(sandbox.root().join("small disk")) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    sandbox.minimal_environment_at(&disk.path().join("x"));
    disk.protect();
    let run = |words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", disk.path()).env("VIRTUAL_ENV", disk.path().join("x"));
        sandbox.run_command(command, b"")
    };
    for words in [
        &["mkvirtualenv", "--without-pip", "y"][..],
        &["rmvirtualenv", "--now", "x"],
        &["cpvirtualenv", "x", "y"],
        &["mvvirtualenv", "--force", "x", "y"],
        &["setvirtualenvproject", "x", "tmp"],
        &["add2virtualenv", "/a b"],
        &["toggleglobalsitepackages"],
    ] {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", disk.path());
        if !["rmvirtualenv", "mvvirtualenv"].contains(&words[0]) {
            command.env("VIRTUAL_ENV", disk.path().join("x"));
        }
        let said = sandbox.run_command(command, b"").status(1).stderr_text();
        let lines: Vec<&str> = said.lines().collect();
        let is_said = matches!(lines[..], [one, two] if one.ends_with("Read-only file system (os error 30)")
            && two == "hint: that file system is mounted read-only; remount it, or set WORKON_HOME to another directory");
        assert!(is_said, "{words:?}: {said}");
        tally::add("stores that cannot be used", 1);
    }
    for words in [
        &["lsvirtualenv"][..],
        &["showvirtualenv", "x"],
        &["env", "--format", "bash", "x"],
        &["run", "x", "true"],
        &["which", "x"],
    ] {
        run(words).status(0).stderr("");
    }
    let told = run(&["doctor"]).status(1).stderr("").stdout_text();
    assert!(told.contains("[ROOT]/small disk is on a read-only file system"), "{told}");
}

/// Root passes by all permissions, as long as it has the capabilities for that.
pub(super) fn bound_by_permissions<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(BINARY);
    if Uid::effective().is_root() {
        command = sandbox.command(tool("setpriv"));
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--", BINARY]);
    }
    command.args(words);
    sandbox.run_command(command, b"")
}
