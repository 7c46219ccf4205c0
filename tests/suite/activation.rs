//! Activating, switching, and deactivating: what is set inside, and that everything is restored
//! afterwards (DESIGN.md 4, promise 5).

use std::fs;

use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::{MODES, Shell};
use crate::support::story::{Player, Story};
use crate::support::tally;

const VARIABLES: &[&str] = &["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "PATH"];

#[test]
fn leaving_puts_everything_back_in_every_mode() {
    let sandbox = Sandbox::with_x_and_y();
    let story = Story::new()
        .export("PYTHONHOME", "/py home")
        .set("PS1", "old \\$ $x ")
        .snapshot("before")
        .run(["workon", "x"])
        .get_all(VARIABLES)
        .run(["deactivate"])
        .snapshot("after");
    for mode in MODES {
        story.played(&sandbox, mode).silent().same("before", "after").records(
            "workon x: 0
             export VIRTUAL_ENV=[ROOT]/envs/x
             export VIRTUAL_ENV_PROMPT=x
             unset PYTHONHOME
             export PATH=[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin
             deactivate: 0",
        );
        tally::add("states of a shell, entered and left", 1);
    }
}

#[test]
fn switching_and_entering_again_leave_no_layers() {
    let sandbox = Sandbox::with_x_and_y();
    let story = Story::new()
        .set("PS1", "$ ")
        .snapshot("before")
        .run(["workon", "x"])
        .snapshot("in x")
        .run(["workon", "y"])
        .get_all(VARIABLES)
        .run(["workon", "x"])
        .snapshot("in x later")
        .run(["workon", "x"])
        .snapshot("in x again")
        .run(["deactivate"])
        .snapshot("after");
    for mode in MODES {
        let told = story.played(&sandbox, mode).silent();
        told.same("before", "after").same("in x", "in x later").same("in x", "in x again").records(
            "workon x: 0
             workon y: 0
             export VIRTUAL_ENV=[ROOT]/envs/y
             export VIRTUAL_ENV_PROMPT=y
             unset PYTHONHOME
             export PATH=[ROOT]/envs/y/bin:[ROOT]/tools:/usr/bin:/bin
             workon x: 0
             workon x: 0
             deactivate: 0",
        );
    }
}

/// The state of a variable before activation: its description, and the steps that create it.
type State = (&'static str, fn(Story, &str) -> Story);

#[test]
fn unset_stays_unset_empty_stays_empty_and_private_stays_private() {
    let sandbox = Sandbox::with_x_and_y();
    for name in ["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "PS1", "PATH"] {
        let states: [State; 5] = [
            ("unset", |story, _| story),
            ("empty", |story, name| story.set(name, "")),
            ("empty and exported", |story, name| story.export(name, "")),
            ("set", |story, name| story.set(name, "/a b;%3B%25\n:/usr/bin:/bin")),
            ("exported", |story, name| story.export(name, "/a b;%3B%25\n:/usr/bin:/bin")),
        ];
        let mut story = Story::new();
        for (state, set) in states {
            story = set(story.unset(name), name).snapshot(&format!("{name} {state} before"));
            // Two environments in a row: switching must not record the first one's values as the
            // outer ones.
            story = story.run(["workon", "x"]).run(["workon", "y"]).run(["deactivate"]);
            story = story.snapshot(&format!("{name} {state} after"));
        }
        for shell in Shell::ALL {
            let mut told = story.played(&sandbox, shell.plain()).silent();
            for (state, _) in states {
                told = told.same(&format!("{name} {state} before"), &format!("{name} {state} after"));
            }
        }
    }
}

#[test]
fn edits_of_path_made_inside_survive() {
    Story::new()
        .run(["workon", "x"])
        .code("PATH=\"/first:/twice:$PATH:/twice:/last\"", "set PATH /first /twice $PATH /twice /last")
        .run(["workon", "y"])
        .get("PATH")
        .run(["deactivate"])
        .get("PATH")
        // Only the entry that workon added is removed; the appended one belongs to the user.
        .code("PATH=\"$PATH:$WORKON_HOME/x/bin\"", "set PATH $PATH $WORKON_HOME/x/bin")
        .run(["workon", "x"])
        .run(["deactivate"])
        .get("PATH")
        // Another program already removed the entry.
        .run(["workon", "x"])
        .export("PATH", "/usr/bin")
        .run(["deactivate"])
        .get("PATH")
        .plays(
            &Sandbox::with_x_and_y(),
            "workon x: 0
             workon y: 0
             export PATH=[ROOT]/envs/y/bin:/first:/twice:[ROOT]/tools:/usr/bin:/bin:/twice:/last
             deactivate: 0
             export PATH=/first:/twice:[ROOT]/tools:/usr/bin:/bin:/twice:/last
             workon x: 0
             deactivate: 0
             export PATH=/first:/twice:[ROOT]/tools:/usr/bin:/bin:/twice:/last:[ROOT]/envs/x/bin
             workon x: 0
             deactivate: 0
             export PATH=/usr/bin",
        );
}

#[test]
fn a_child_of_any_shell_can_leave_and_switch() {
    let sandbox = Sandbox::with_x_and_y();
    let leaving = Story::new().get("VIRTUAL_ENV").run(["deactivate"]).get_all(VARIABLES);
    let switching = Story::new().run(["workon", "y"]).get("PATH").run(["deactivate"]).get_all(VARIABLES);
    for child in Shell::ALL {
        Story::new()
            .export("PYTHONHOME", "/py;home%\n0A")
            .run(["workon", "x"])
            .child(child.plain(), leaving.clone())
            .child(child.plain(), switching.clone())
            .get("VIRTUAL_ENV")
            .plays(
                &sandbox,
                "workon x: 0
                 export VIRTUAL_ENV=[ROOT]/envs/x
                 deactivate: 0
                 unset VIRTUAL_ENV
                 unset VIRTUAL_ENV_PROMPT
                 export PYTHONHOME=/py;home%\\n0A
                 export PATH=[ROOT]/tools:/usr/bin:/bin
                 end
                 workon y: 0
                 export PATH=[ROOT]/envs/y/bin:[ROOT]/tools:/usr/bin:/bin
                 deactivate: 0
                 unset VIRTUAL_ENV
                 unset VIRTUAL_ENV_PROMPT
                 export PYTHONHOME=/py;home%\\n0A
                 export PATH=[ROOT]/tools:/usr/bin:/bin
                 end
                 export VIRTUAL_ENV=[ROOT]/envs/x",
            );
    }
}

#[test]
fn a_failed_workon_changes_nothing() {
    let sandbox = Sandbox::with_x_and_y();
    let broken = sandbox.minimal_environment("broken");
    fs::remove_file(broken.join("bin/python")).unwrap();
    std::os::unix::fs::symlink("/missing/python3", broken.join("bin/python")).unwrap();
    // Of a version that nobody has, so that `workon` cannot link another Python.
    fs::rename(broken.join("lib/python3.11"), broken.join("lib/python3.2")).unwrap();
    fs::write(broken.join("pyvenv.cfg"), "home = /missing\nversion = 3.2.1\n").unwrap();
    let story = Story::new()
        .run(["workon", "x"])
        .snapshot("before")
        .run_failing(["workon", "xx"])
        .run_failing(["workon", "broken"])
        .run_failing(["workon", "../x"])
        .run_failing(["workon", ""])
        .run_failing(["workon", "--bogus"])
        .snapshot("after");
    for mode in MODES {
        let told = story.played(&sandbox, mode);
        // Tests in verbs/ check the messages.
        assert_eq!(told.stderr_text().matches("venvwrap: ").count(), 5, "{told}");
        assert_eq!(told.stderr_text().matches("hint: ").count(), 5, "{told}");
        told.same("before", "after").records(
            "workon x: 0
             workon xx: 1
             workon broken: 1
             workon ../x: 1
             workon : 1
             workon --bogus: 2",
        );
    }
}

#[test]
fn a_deactivate_without_an_environment_says_so() {
    let story = Story::new().run(["workon", "x"]).run(["deactivate"]).run_failing(["deactivate"]);
    for shell in Shell::ALL {
        // Without an active environment `deactivate` is undefined, as in virtualenvwrapper.
        story.played(&Sandbox::with_x_and_y(), shell.plain()).records("workon x: 0\ndeactivate: 0\ndeactivate: 127");
    }
}

#[test]
fn a_deactivate_of_the_persons_own_comes_back() {
    let sandbox = Sandbox::with_x_and_y();
    let story = Story::new()
        .export("OWN", "")
        .code(
            "deactivate() {\n    if [ \"$1\" = now ]; then\n        OWN=\"it's $1\"\n    fi\n}",
            "function deactivate\n    test \"$argv[1]\" = now\n    and set -g OWN \"it's $argv[1]\"\nend",
        )
        .snapshot("before")
        .run(["workon", "x"])
        .run(["workon", "y"])
        .run(["deactivate"])
        .snapshot("after")
        .run(["deactivate", "now"])
        .get("OWN");
    for mode in MODES {
        story.played(&sandbox, mode).silent().same("before", "after").records(
            "workon x: 0
             workon y: 0
             deactivate: 0
             deactivate now: 0
             export OWN=it's now",
        );
    }
}

#[test]
fn a_plain_activate_script_can_come_before_between_and_after() {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    let python = &pythons::complete().path;
    let mut venv = sandbox.command(python);
    venv.args(["-m", "venv", "--without-pip", "of-venv"]);
    sandbox.run_command(venv, b"").silent();
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", python.to_str().unwrap(), "of-ours"]).status(0);
    for plain in ["of-venv", "envs/of-ours"] {
        let source =
            |story: Story| story.code(format!(". {plain}/bin/activate"), format!("source {plain}/bin/activate.fish"));
        // Exported, because venv's script exports PS1 for good.
        let mut story = Story::new().export("PS1", "$ ").export("PYTHONHOME", "/py").snapshot("outside");
        story = source(story).run(["workon", "x"]).get("VIRTUAL_ENV").run(["deactivate"]);
        story = story.snapshot("outside after before");
        // The script defines its own `deactivate`. The next workon cleans up after the script.
        story = source(story.run(["workon", "x"])).get("VIRTUAL_ENV").run(["deactivate"]).run(["workon", "x"]);
        story = story.get("PATH").run(["deactivate"]).snapshot("outside after between");
        story = source(story).run(["deactivate"]).snapshot("outside after after");
        for shell in Shell::ALL {
            let told = story.played(&sandbox, shell.plain()).silent().records(&format!(
                "workon x: 0
                 export VIRTUAL_ENV=[ROOT]/envs/x
                 deactivate: 0
                 workon x: 0
                 export VIRTUAL_ENV=[ROOT]/{plain}
                 deactivate: 0
                 workon x: 0
                 export PATH=[ROOT]/envs/x/bin:[ROOT]/tools:/usr/bin:/bin
                 deactivate: 0
                 deactivate: 0"
            ));
            told.same("outside", "outside after before")
                .same("outside", "outside after between")
                .same("outside", "outside after after");
        }
    }
}

#[test]
fn a_forged_record_runs_nothing_and_sets_nothing() {
    let sandbox = Sandbox::with_x_and_y();
    let canary = sandbox.root().join("canary");
    let touch = format!("touch '{}'", canary.display().to_string().replace('\'', "'\\''"));
    for record in [
        format!("root=/x$({touch});LD_PRELOAD=evil;-IFS=x;PATH=/evil;VIRTUAL_ENV=a[$({touch})]"),
        format!("root=`{touch}`*;VIRTUAL_ENV_PROMPT=%;%%3B;$({touch});;=;-;-=;VIRTUAL_ENV"),
        format!("({touch})"),
    ] {
        let story = Story::new().export("VENVWRAP_UNDO", &record).export("VIRTUAL_ENV", "").load();
        let story = story.get_all(&["LD_PRELOAD", "PATH"]);
        for player in Player::all() {
            // Without VIRTUAL_ENV, bash has no `deactivate`; what leaves is private in Nushell.
            let leave = if matches!(player, Player::Nu) { "deactivate" } else { "__venvwrap_leave" };
            let story = story.clone().run_failing([leave]).get_all(&["LD_PRELOAD", "PATH", "VENVWRAP_UNDO"]);
            story.played(&sandbox, player).silent().records(&format!(
                "unset LD_PRELOAD
                 export PATH=[ROOT]/tools:/usr/bin:/bin
                 {leave}: 0
                 unset LD_PRELOAD
                 export PATH=[ROOT]/tools:/usr/bin:/bin
                 unset VENVWRAP_UNDO"
            ));
        }
        assert!(!canary.exists(), "{record}");
    }
}

/// VENVWRAP_UNDO must not decide where hooks are, nor that an environment is the user's own.
#[test]
fn a_forged_record_has_no_hook_sourced() {
    let sandbox = Sandbox::with_x_and_y();
    let evil = sandbox.root().join("evil");
    sandbox.minimal_environment_at(&evil);
    let hook = "echo EVIL\n";
    for (place, names) in [
        ("evil/bin", &["predeactivate", "postdeactivate"][..]),
        ("hooks", &["predeactivate", "postdeactivate"]),
        ("evil/.virtualenvwrapper", &["predeactivate"]),
        ("later", &["file"]),
    ] {
        for name in names {
            sandbox.write(format!("{place}/{name}"), hook);
            sandbox.write(format!("{place}/{name}.fish"), hook);
        }
    }
    std::os::unix::fs::symlink(&evil, sandbox.root().join("link")).unwrap();
    let escaped = |text: &str| text.replace('%', "%25").replace(';', "%3B");
    let at = |place: &str| sandbox.root().join(place).to_str().unwrap().to_owned();
    let (hooks, later) = (escaped(&at("hooks")), escaped(&at("later/file")));
    for place in
        ["evil", "evil/", "evil//", "./evil", "envs/../evil", "envs/x/../../evil", "link", "envs/x/../../link/."]
    {
        let root = at(place);
        for own in ["", ";elsewhere=", &format!(";elsewhere={}", escaped(&at("evil")))] {
            let record = format!("root={};hooks={hooks};later={later}{own}", escaped(&root));
            for leave in [&["deactivate"][..], &["workon", "x"]] {
                let story = Story::bare().export("VENVWRAP_UNDO", &record).export("VIRTUAL_ENV", &root).load();
                let story = story.run(leave).get("VENVWRAP_UNDO").run_failing(["deactivate"]).get("VIRTUAL_ENV");
                for shell in Shell::ALL {
                    let told = story.played(&sandbox, shell.plain());
                    assert!(!told.stdout_text().contains("EVIL"), "{place}{own}: {told}");
                    assert!(told.stderr_text().contains("is not trusted and was not sourced"), "{place}{own}: {told}");
                }
            }
        }
    }
}

/// A child shell runs the hooks of its own settings, and those in an environment of its own store.
#[test]
fn a_child_sources_the_hooks_of_its_own_settings() {
    let mut sandbox = Sandbox::with_x_and_y();
    for (place, text) in [("envs", "global"), ("envs/x/bin", "local"), ("others", "other")] {
        for name in ["predeactivate", "postdeactivate"] {
            sandbox.write(format!("{place}/{name}"), format!("echo {text} {name}\n"));
        }
    }
    let inside = Story::new().run(["deactivate"]);
    let told = |sandbox: &Sandbox, global: &str| {
        for child in Shell::ALL {
            let story = Story::new().run(["workon", "x"]).child(child.plain(), inside.clone());
            let hooks = ["local predeactivate", &format!("{global} predeactivate"), "local postdeactivate"].join("\n");
            let all = format!("{hooks}\n{global} postdeactivate\n");
            story.played(sandbox, Shell::Bash.plain()).says(&all, "");
        }
    };
    told(&sandbox, "global");
    // The store may be spelled differently.
    let spelled = sandbox.root().join("others/.././envs/");
    std::fs::create_dir_all(sandbox.root().join("others")).unwrap();
    sandbox.set("WORKON_HOME", spelled);
    told(&sandbox, "global");
    let others = sandbox.root().join("others");
    sandbox.set("VIRTUALENVWRAPPER_HOOK_DIR", others);
    told(&sandbox, "other");
}
