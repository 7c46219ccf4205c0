//! `cpvirtualenv`: a copy that stands on its own, entered, with its hooks. What is changed in it:
//! `relocate` in src.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::mkvirtualenv::{not_activated, path};
use crate::support::disk::{names, tree};
use crate::support::hooks::telling_hooks;
use crate::support::pythons;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::{Player, Story};

#[test]
fn the_copy_works_without_the_original_in_every_shell() {
    let python = pythons::complete();
    for player in Player::all() {
        let sandbox = Sandbox::new();
        sandbox.run(["mkvirtualenv", "-p", path(python), "x"]).status(0);
        fs::create_dir(sandbox.root().join("project")).unwrap();
        fs::write(sandbox.environment("x").join(".project"), bytes(sandbox.root().join("project"))).unwrap();
        let code = "pip list --format=freeze; python -c 'import pip; print(pip.__file__)'";
        let told = Story::new()
            .run(["cpvirtualenv", "x", "its copy"])
            .directory()
            .get_all(&["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"])
            .run(["rmvirtualenv", "--now", "x"])
            .line(code)
            .played(&sandbox, player);
        let stdout = told.stdout_text();
        assert!(stdout.starts_with("Copying x as its copy...\nRemoving x...\npip=="), "{stdout}");
        assert!(stdout.contains("\n[ROOT]/envs/its copy/lib/python"), "{stdout}");
        told.records(
            "cpvirtualenv x its copy: 0
             in [ROOT]/project
             export VIRTUAL_ENV=[ROOT]/envs/its copy
             export VIRTUAL_ENV_PROMPT=its copy
             rmvirtualenv --now x: 0",
        );
        assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "its copy"]);
    }
}

#[test]
fn hooks_fire_in_the_order_of_virtualenvwrapper() {
    let sandbox = Sandbox::with_x_and_y();
    telling_hooks(
        &sandbox,
        &["precpvirtualenv", "premkvirtualenv", "preactivate"],
        &["postmkvirtualenv", "postcpvirtualenv", "postactivate", "predeactivate", "postdeactivate"],
    );
    for shell in Shell::ALL {
        let told = Story::new()
            .run(["workon", "y"])
            .run(["cpvirtualenv", "x", "copy"])
            .run(["workon", "y"])
            .played(&sandbox, shell.plain());
        let entered = |name: &str| format!("preactivate: {name}\npostactivate\n");
        let left = "predeactivate\npostdeactivate\n";
        let copied = "Copying x as copy...\nprecpvirtualenv: [ROOT]/envs/x copy\npremkvirtualenv: copy\n";
        let after = "postmkvirtualenv\npostcpvirtualenv\n";
        let (y, copy) = (entered("y"), entered("copy"));
        told.says(&format!("{y}{copied}{left}{copy}{after}{left}{y}"), "");
        // Who has hooks finds the templates of local ones in a copy too.
        let bin = sandbox.environment("copy").join("bin");
        assert!(bin.join("postdeactivate").is_file() && !sandbox.environment("x").join("bin/postactivate").exists());
        sandbox.run(["rmvirtualenv", "--now", "copy"]).status(0);
    }
}

#[test]
fn one_from_elsewhere_comes_in_under_its_own_name_or_another() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment_at(&sandbox.root().join("elsewhere/its own"));
    let before = tree(&sandbox.root().join("elsewhere"));
    Story::new()
        .run(["cpvirtualenv", "elsewhere/its own"])
        .get("VIRTUAL_ENV")
        .played(&sandbox, Shell::Bash.plain())
        .says("Copying its own as its own...\n", "")
        .records("cpvirtualenv elsewhere/its own: 0\nexport VIRTUAL_ENV=[ROOT]/envs/its own");
    let words = ["cpvirtualenv", "./elsewhere/../elsewhere/its own/", "another"];
    sandbox.run(words).status(0).stdout("Copying its own as another...\n").stderr(not_activated("another"));
    assert_eq!(names(&sandbox.workon_home()), [".venvwrap", "another", "its own"]);
    assert_eq!(tree(&sandbox.root().join("elsewhere")), before, "nothing is written into the original");
}

#[test]
fn what_cannot_be_copied_is_said_on_both_streams_and_changes_nothing() {
    let sandbox = Sandbox::with_x_and_y();
    fs::create_dir(sandbox.workon_home().join("plain")).unwrap();
    symlink("nowhere", sandbox.workon_home().join("dangling")).unwrap();
    let before = tree(&sandbox.workon_home());
    let pinned = "Please provide a valid virtualenv to copy.\n";
    let cases: [(&[&str], &str, &str); 8] = [
        (&[], pinned, "cpvirtualenv: missing environment name"),
        (&[""], pinned, "cpvirtualenv: missing environment name"),
        (&["nope", "new"], pinned, "environment `nope` does not exist in "),
        (&["./plain", "new"], pinned, "[ROOT]/plain"),
        (&["plain", "new"], pinned, "plain is not a virtual environment"),
        (&["x"], "x virtualenv already exists.\n", "[ROOT]/envs/x already exists"),
        (&["x", "y"], "y virtualenv already exists.\n", "[ROOT]/envs/y already exists"),
        (&["x", "dangling"], "dangling virtualenv already exists.\n", "[ROOT]/envs/dangling already exists"),
    ];
    for (words, stdout, stderr) in cases {
        let answer = sandbox.run(["cpvirtualenv"].iter().chain(words)).status(1).stdout(stdout);
        let said = answer.stderr_text();
        assert!(said.starts_with("venvwrap: ") && said.contains(stderr), "{words:?}: {said}");
    }
    for name in ["..", "a/b", "-x", ".hidden", "a:b", "a\nb"] {
        let answer = sandbox.run(["cpvirtualenv", "x", "--", name]).stdout("");
        assert!(answer.code() != 0 && answer.stderr_text().starts_with("venvwrap: "), "{name:?}");
    }
    assert_eq!(tree(&sandbox.workon_home()), before);
}

/// Root's copy of a user's file would be root's program for everybody.
#[test]
fn a_copy_hands_on_no_rights_of_the_original() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let tool = sandbox.write("envs/x/bin/tool", "#!/bin/sh\nid -u\n");
    let native = sandbox.write("envs/x/bin/native", [0, 1, 2]);
    let scripted =
        sandbox.write("envs/x/bin/scripted", [b"#!", root.as_os_str().as_encoded_bytes(), b"/bin/sh\n"].concat());
    for (file, bits) in [(&tool, 0o4755), (&native, 0o6755), (&scripted, 0o2755), (&root.join("lib"), 0o3777)] {
        fs::set_permissions(file, fs::Permissions::from_mode(bits)).unwrap();
    }
    let capability = std::process::Command::new("setfattr").args(["-n", "user.mark", "-v", "1"]).arg(&native).output();
    let has_attributes = capability.is_ok_and(|output| output.status.success());
    sandbox.run(["cpvirtualenv", "x", "y"]).status(0);
    let copy = sandbox.environment("y");
    for file in ["bin/tool", "bin/native", "bin/scripted"] {
        assert_eq!(mode(&copy.join(file)), 0o755, "{file}");
    }
    assert_eq!(mode(&copy.join("lib")), 0o777);
    if has_attributes {
        let listed = std::process::Command::new("getfattr").arg(copy.join("bin/native")).output().unwrap();
        assert_eq!(String::from_utf8(listed.stdout).unwrap(), "");
    }
    // A rename writes scripts anew, in their owner's name.
    sandbox.run(["mvvirtualenv", "x", "z"]).status(0);
    assert_eq!(mode(&sandbox.environment("z").join("bin/scripted")), 0o755);
    // In a directory that passes its group on, so does the copy.
    fs::set_permissions(sandbox.workon_home(), fs::Permissions::from_mode(0o2775)).unwrap();
    sandbox.run(["cpvirtualenv", "z", "shared"]).status(0);
    assert_eq!(
        mode(&sandbox.environment("shared")) & 0o2000,
        mode(&sandbox.workon_home().join(".venvwrap/new")) & 0o2000
    );
}

/// Moved by hand, then copied or renamed: whatever has the old name by now has nothing to do with
/// the result.
#[test]
fn one_that_was_moved_by_hand_is_not_wired_to_what_has_its_old_name() {
    let python = pythons::complete();
    for verb in ["cpvirtualenv", "mvvirtualenv"] {
        for old_name_is_taken in [true, false] {
            let sandbox = Sandbox::new();
            sandbox.run(["mkvirtualenv", "-q", "-p", path(python), "a"]).status(0);
            fs::rename(sandbox.environment("a"), sandbox.environment("b")).unwrap();
            if old_name_is_taken {
                sandbox.run(["mkvirtualenv", "-q", "-p", path(python), "a"]).status(0);
            }
            sandbox.run([verb, "b", "c"]).status(0);
            let root = sandbox.environment("c");
            let pip = fs::read(root.join("bin/pip")).unwrap();
            let activate = fs::read(root.join("bin/activate")).unwrap();
            for (text, what) in [(pip, "pip"), (activate, "activate")] {
                let names = |place: &std::path::Path| {
                    let place = Shell::Bash.quoted(bytes(place));
                    let place = &place[1..place.len() - 1];
                    text.windows(place.len()).any(|part| part == place)
                };
                assert!(!names(&sandbox.environment("a/")) && !names(&sandbox.environment("a")), "{verb} {what}");
            }
            let prefix = sandbox.run(["run", "c", "pip", "--version"]).status(0).stdout_text();
            assert!(prefix.contains("envs/c/"), "{verb}: {prefix}");
            sandbox.run(["doctor", "c"]).status(0);
        }
    }
}
