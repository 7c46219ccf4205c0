//! `mvvirtualenv`: another name, also for the environment that the shell is in.

use std::fs;
use std::os::unix::fs::symlink;

use super::mkvirtualenv::path;
use crate::support::disk::{names, tree};
use crate::support::hooks::telling_hooks;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn what_was_installed_runs_under_the_new_name() {
    let python = pythons::complete();
    let sandbox = Sandbox::new();
    sandbox.run(["mkvirtualenv", "-p", path(python), "x"]).status(0);
    sandbox.run(["mvvirtualenv", "x", "the new"]).status(0).stdout("").stderr("Renamed `x` to `the new`\n");
    let pip = sandbox.environment("the new").join("bin/pip");
    sandbox.run_command(sandbox.command(pip), b"").status(0).stdout_contains("pip <command>");
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "the new"]);
}

#[test]
fn the_active_one_is_left_by_its_old_name_and_entered_by_the_new_in_every_shell() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let hooks = ["postactivate", "predeactivate", "postdeactivate"];
        telling_hooks(&sandbox, &["preactivate"], &hooks);
        let local = sandbox.environment("x").join("bin/predeactivate");
        fs::write(local, "printf '%s\\n' \"local predeactivate, VIRTUAL_ENV=$VIRTUAL_ENV\"\n").unwrap();
        let told = Story::new()
            .run(["workon", "x"])
            .run(["cdvirtualenv", "bin"])
            .run(["mvvirtualenv", "x", "new name"])
            .directory()
            .get_all(&["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PATH"])
            .run(["workon", "y"])
            .code("cd \"$HOME/..\"", "cd \"$HOME/..\"")
            .run(["deactivate"])
            .played(&sandbox, shell.plain());
        let local = |name: &str| format!("local predeactivate, VIRTUAL_ENV=[ROOT]/envs/{name}\n");
        let entered = |name: &str| format!("preactivate: {name}\npostactivate\n");
        let left = "predeactivate\npostdeactivate\n";
        told.says(
            &[
                entered("x"),
                local("x"),
                left.to_owned(),
                entered("new name"),
                local("new name"),
                left.to_owned(),
                entered("y"),
                left.to_owned(),
            ]
            .concat(),
            "Renamed `x` to `new name`\n",
        )
        .records(
            "workon x: 0
             cdvirtualenv bin: 0
             mvvirtualenv x new name: 0
             in [ROOT]/envs/new name/bin
             export VIRTUAL_ENV=[ROOT]/envs/new name
             export VIRTUAL_ENV_PROMPT=new name
             export PATH=[ROOT]/envs/new name/bin:[ROOT]/tools:/usr/bin:/bin
             workon y: 0
             deactivate: 0",
        );
        assert!(!sandbox.environment("x").exists());
    }
}

#[test]
fn the_active_one_is_not_renamed_where_no_shell_could_follow() {
    let mut sandbox = Sandbox::with_x_and_y();
    let x = sandbox.environment("x");
    let before = tree(&sandbox.workon_home());
    sandbox.set("VIRTUAL_ENV", x);
    sandbox.run(["mvvirtualenv", "x", "new"]).status(1).stdout("").stderr_contains("mvvirtualenv");
    assert_eq!(tree(&sandbox.workon_home()), before);
    sandbox.run(["mvvirtualenv", "y", "new"]).status(0);
}

#[test]
fn a_link_is_renamed_but_not_while_it_is_active() {
    let sandbox = Sandbox::new();
    let outside = sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    symlink(&outside, sandbox.environment("link")).unwrap();
    for shell in Shell::ALL {
        let story =
            Story::new().run(["workon", "link"]).run_failing(["mvvirtualenv", "link", "new"]).run(["deactivate"]);
        let told = story.played(&sandbox, shell.plain());
        told.says("", "venvwrap: environment `link` is active in this shell\nhint: `deactivate` first\n")
            .records("workon link: 0\nmvvirtualenv link new: 1\ndeactivate: 0");
    }
    let before = tree(&outside);
    sandbox.run(["mvvirtualenv", "link", "new"]).status(0).stderr("Renamed `link` to `new`\n");
    assert_eq!(fs::read_link(sandbox.environment("new")).unwrap(), outside);
    assert_eq!(tree(&outside), before);
}

#[test]
fn what_is_in_the_way_is_said_and_nothing_is_changed() {
    let sandbox = Sandbox::with_x_and_y();
    fs::create_dir(sandbox.workon_home().join("plain")).unwrap();
    let before = tree(&sandbox.workon_home());
    for (words, said) in [
        (["nope", "new"], "environment `nope` does not exist in "),
        (["x", "y"], "/envs/y already exists"),
        (["x", "plain"], "/envs/plain already exists"),
        (["plain", "new"], "plain is not a virtual environment"),
        (["x", "x"], "`x` already has that name"),
        (["x", "a/b"], "a/b"),
        (["../envs/x", "new"], "../envs/x"),
        (["", "new"], "name"),
    ] {
        let answer = sandbox.run(["mvvirtualenv", words[0], words[1]]).status(1).stdout("");
        assert!(answer.stderr_text().contains(said), "{words:?}: {}", answer.stderr_text());
    }
    assert_eq!(tree(&sandbox.workon_home()), before);
}
