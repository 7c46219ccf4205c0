//! `rmvirtualenv`: what goes, what never goes, and from where it comes back.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::store::bound_by_permissions;
use crate::support::disk::{names, tree};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::{Player, Story};

#[test]
fn it_goes_aside_at_once_and_the_way_back_is_told() {
    let sandbox = Sandbox::new();
    for name in ["x", "my env", "keep"] {
        sandbox.minimal_environment(name);
    }
    sandbox
        .run(["rmvirtualenv", "x"])
        .status(0)
        .stdout("Removing x...\n")
        .stderr("`venvwrap undo x` brings it back, for 7 days\n");
    sandbox.minimal_environment("x");
    sandbox
        .run(["rmvirtualenv", "x", "my env"])
        .status(0)
        .stdout("Removing x...\nRemoving my env...\n")
        .stderr("`venvwrap undo NAME` brings it back, for 7 days\n");
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "keep"]);
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")).len(), 3);
    sandbox.minimal_environment("it's $x");
    let told = r#"`venvwrap undo 'it'"'"'s $x'` brings it back, for 7 days"#;
    sandbox.run(["rmvirtualenv", "it's $x"]).status(0).stderr(format!("{told}\n"));
}

#[test]
fn now_and_a_trash_of_no_days_leave_nothing() {
    let mut sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0).stdout("Removing x...\n").stderr("");
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")), Vec::<String>::new());
    sandbox.set("XDG_CONFIG_HOME", sandbox.home());
    sandbox.write("home/venvwrap/config.toml", "trash-days = 0\n");
    sandbox.minimal_environment("x");
    sandbox.run(["rmvirtualenv", "x"]).status(0).stdout("Removing x...\n").stderr("");
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")), Vec::<String>::new());
}

/// A slip in the last name costs nothing: all are looked at first.
#[test]
fn a_name_that_can_be_none_stops_it_before_anything_is_touched() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    let before = tree(sandbox.root());
    let long = "x".repeat(300);
    for name in ["", ".", "..", "/", "x/", "./x", "../outside", "x/../../outside", ".venvwrap", &long] {
        let answer = sandbox.run(["rmvirtualenv", "x", name]).status(1).stdout("");
        let text = answer.stderr_text();
        assert!(text.starts_with(&format!("venvwrap: `{name}` is not a valid environment name: ")), "{text}");
        assert_eq!(text.lines().nth(1), Some("hint: a name is one path component, such as `projectx`"));
        assert_eq!(tree(sandbox.root()), before, "{name}");
    }
    sandbox
        .run(["rmvirtualenv"])
        .status(1)
        .stdout("")
        .stderr("venvwrap: rmvirtualenv: missing environment name\nhint: see `venvwrap rmvirtualenv --help`\n");
}

#[test]
fn what_is_no_environment_is_never_touched() {
    let mut sandbox = Sandbox::new();
    // WORKON_HOME=$HOME is how people lose their documents.
    sandbox.set("WORKON_HOME", sandbox.home());
    sandbox.write("home/Documents/bin/letter", "precious");
    sandbox.write("home/postactivate", "echo hook");
    sandbox.write("home/.git/config", "precious");
    let before = tree(&sandbox.home());
    for name in ["Documents", "postactivate", ".git"] {
        sandbox.run(["rmvirtualenv", name]).status(1).stdout("").stderr(
            format!(
                "venvwrap: ~/{name} is not a virtual environment: it has neither pyvenv.cfg nor bin/activate\n\
             hint: move it away, or choose another name\n",
            )
            .replace('~', "[ROOT]/home"),
        );
        assert_eq!(tree(&sandbox.home()), before);
    }
}

#[test]
fn a_directory_that_nobody_may_look_into_is_not_taken_for_an_environment() {
    let mut sandbox = Sandbox::new();
    sandbox.set("WORKON_HOME", sandbox.home());
    sandbox.write("home/secret/precious", "");
    let secret = sandbox.home().join("secret");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    let says = "venvwrap: cannot read: [ROOT]/home/secret/pyvenv.cfg: Permission denied (os error 13)\nhint: `ls -ld ";
    for words in
        [&["rmvirtualenv", "secret"][..], &["mkvirtualenv", "--clear", "secret"], &["showvirtualenv", "secret"]]
    {
        let answer = bound_by_permissions(&sandbox, words).status(1).stdout("");
        assert!(String::from_utf8_lossy(&sandbox.masked(&answer.stderr)).starts_with(says), "{answer}");
    }
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(secret.join("precious").exists());
    // What is in it can be unreadable, as long as it can be seen to be there.
    let root = sandbox.minimal_environment_at(&sandbox.home().join("x"));
    fs::set_permissions(root.join("pyvenv.cfg"), fs::Permissions::from_mode(0o000)).unwrap();
    bound_by_permissions(&sandbox, &["rmvirtualenv", "--now", "x"]).status(0).stdout("Removing x...\n");
}

#[test]
fn a_link_is_removed_and_what_it_leads_to_is_not() {
    let sandbox = Sandbox::new();
    let outside = sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    let before = tree(&outside);
    for (name, target) in [("link", outside.as_path()), ("dangling", "/no/where".as_ref())] {
        symlink(target, sandbox.environment(name)).unwrap();
        sandbox.run(["rmvirtualenv", "--now", name]).status(0).stdout(format!("Removing {name}...\n")).stderr("");
        assert!(fs::symlink_metadata(sandbox.environment(name)).is_err());
    }
    assert_eq!(tree(&outside), before);
}

#[test]
fn a_broken_environment_is_removed_like_any_other() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("broken");
    fs::remove_file(root.join("bin/python")).unwrap();
    fs::remove_file(root.join("pyvenv.cfg")).unwrap();
    sandbox.run(["rmvirtualenv", "broken"]).status(0).stdout("Removing broken...\n");
}

#[test]
fn a_missing_one_is_an_error_after_the_others_and_force_makes_it_none() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("projectx");
    sandbox.minimal_environment("y");
    sandbox.run(["rmvirtualenv", "porjectx", "y"]).status(1).stdout("Removing porjectx...\nRemoving y...\n").stderr(
        "venvwrap: environment `porjectx` does not exist in [ROOT]/envs\n\
         hint: did you mean `projectx`?\n\
         `venvwrap undo y` brings it back, for 7 days\n",
    );
    sandbox.run(["rmvirtualenv", "-f", "zebra"]).status(0).stdout("Removing zebra...\n").stderr("");
}

#[test]
fn the_active_one_is_refused_however_it_is_reached() {
    let mut sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    sandbox.minimal_environment("y");
    symlink("x", sandbox.environment("link")).unwrap();
    symlink(sandbox.workon_home(), sandbox.root().join("another way")).unwrap();
    sandbox.set("WORKON_HOME", sandbox.root().join("another way"));
    let refused = |name| format!("venvwrap: environment `{name}` is active in this shell\nhint: `deactivate` first\n");
    for shell in Shell::ALL {
        let story = Story::new()
            .code("WORKON_HOME=\"$HOME/../envs\" workon x", "begin; set -lx WORKON_HOME $HOME/../envs; workon x; end")
            .run_failing(["rmvirtualenv", "x"])
            .run_failing(["rmvirtualenv", "--now", "link"])
            .run_failing(["rmvirtualenv", "x", "y"])
            .get("VIRTUAL_ENV");
        let stderr = refused("x") + &refused("link") + &refused("x");
        story.played(&sandbox, shell.plain()).says("", &stderr).records(
            "rmvirtualenv x: 1
             rmvirtualenv --now link: 1
             rmvirtualenv x y: 1
             export VIRTUAL_ENV=[ROOT]/home/../envs/x",
        );
    }
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "link", "x", "y"]);
}

#[test]
fn whoever_stood_in_it_stands_in_the_store() {
    for player in Player::all() {
        let sandbox = Sandbox::new();
        sandbox.minimal_environment("x");
        let story = Story::new()
            .run(["workon", "x"])
            .run(["cdvirtualenv", "lib"])
            .run(["deactivate"])
            .run(["rmvirtualenv", "--now", "x"])
            .directory()
            .run(["/bin/pwd"]);
        story.played(&sandbox, player).says("Removing x...\n[ROOT]/envs\n", "").records(
            "workon x: 0
             cdvirtualenv lib: 0
             deactivate: 0
             rmvirtualenv --now x: 0
             in [ROOT]/envs
             /bin/pwd: 0",
        );
    }
}
