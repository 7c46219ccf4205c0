//! The hooks: every event with its place, order, arguments and directory, and files that cannot be
//! run.

use std::fs;
use std::os::unix::fs::symlink;

use super::telling::{self, assert_heard, hooks, quick_sandbox, typed, write};
use crate::support::pty::Terminal;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::Story;

/// An environment `x` with hooks of its own, linked to a project whose hooks are trusted; and all
/// global hooks.
fn with_all_hooks() -> Sandbox {
    let sandbox = quick_sandbox();
    let x = sandbox.minimal_environment("x");
    let project = sandbox.root().join("my project");
    hooks(&sandbox.workon_home(), "global", telling::GLOBAL);
    hooks(&x.join("bin"), "local", telling::LOCAL);
    hooks(&project.join(".virtualenvwrapper"), "project", telling::PROJECT);
    fs::write(x.join(".project"), bytes(&project)).unwrap();
    sandbox.run(["trust", project.to_str().unwrap()]).status(0);
    sandbox
}

#[test]
fn every_event_comes_in_its_place_and_order() {
    let story = typed(&[
        "mkvirtualenv y",
        "workon x",
        "workon x",
        "workon -n y",
        "workon -n x",
        "showvirtualenv y",
        "lsvirtualenv -l",
        "rmvirtualenv y",
        "mkproject z",
        "deactivate",
    ]);
    for shell in Shell::ALL {
        let sandbox = with_all_hooks();
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &["Removing", "Creating", "Setting"],
            "* global initialize [] in [ROOT]: env= last= cd=
             > mkvirtualenv y
             * global premkvirtualenv [y] in [ROOT]/envs: env= last= cd=
             * global preactivate [y] in [ROOT]/envs: env= last= cd=
             * global postactivate [] in [ROOT]: env=y last= cd=1
             * global postmkvirtualenv [] in [ROOT]: env=y last= cd=
             > workon x
             * global predeactivate [] in [ROOT]: env=y last= cd=
             * global postdeactivate [] in [ROOT]: env= last=y cd=
             * global preactivate [x] in [ROOT]/envs: env= last= cd=
             * local preactivate [x] in [ROOT]/envs: env= last= cd=
             * project postactivate [] in [ROOT]/my project: env=x last= cd=1
             * global postactivate [] in [ROOT]/my project: env=x last= cd=1
             * local postactivate [] in [ROOT]/my project: env=x last= cd=1
             > workon x
             * project predeactivate [] in [ROOT]/my project: env=x last= cd=
             * local predeactivate [] in [ROOT]/my project: env=x last= cd=
             * global predeactivate [] in [ROOT]/my project: env=x last= cd=
             * local postdeactivate [] in [ROOT]/my project: env= last=x cd=
             * global postdeactivate [] in [ROOT]/my project: env= last=x cd=
             * global preactivate [x] in [ROOT]/envs: env= last= cd=
             * local preactivate [x] in [ROOT]/envs: env= last= cd=
             * project postactivate [] in [ROOT]/my project: env=x last= cd=1
             * global postactivate [] in [ROOT]/my project: env=x last= cd=1
             * local postactivate [] in [ROOT]/my project: env=x last= cd=1
             > workon -n y
             * project predeactivate [] in [ROOT]/my project: env=x last= cd=
             * local predeactivate [] in [ROOT]/my project: env=x last= cd=
             * global predeactivate [] in [ROOT]/my project: env=x last= cd=
             * local postdeactivate [] in [ROOT]/my project: env= last=x cd=
             * global postdeactivate [] in [ROOT]/my project: env= last=x cd=
             * global preactivate [y] in [ROOT]/envs: env= last= cd=
             * global postactivate [] in [ROOT]/my project: env=y last= cd=0
             > workon -n x
             * global predeactivate [] in [ROOT]/my project: env=y last= cd=
             * global postdeactivate [] in [ROOT]/my project: env= last=y cd=
             * global preactivate [x] in [ROOT]/envs: env= last= cd=
             * local preactivate [x] in [ROOT]/envs: env= last= cd=
             * project postactivate [] in [ROOT]/my project: env=x last= cd=0
             * global postactivate [] in [ROOT]/my project: env=x last= cd=0
             * local postactivate [] in [ROOT]/my project: env=x last= cd=0
             > showvirtualenv y
             * global get_env_details [y] in [ROOT]/envs: env=y last= cd=
             > lsvirtualenv -l
             * global get_env_details [x] in [ROOT]/envs: env=x last= cd=
             * local get_env_details [x] in [ROOT]/envs: env=x last= cd=
             * global get_env_details [y] in [ROOT]/envs: env=y last= cd=
             > rmvirtualenv y
             Removing y...
             * global prermvirtualenv [y] in [ROOT]/envs: env=x last= cd=
             * global postrmvirtualenv [y] in [ROOT]/envs: env=x last= cd=
             > mkproject z
             * global premkvirtualenv [z] in [ROOT]/envs: env=x last= cd=
             * project predeactivate [] in [ROOT]/my project: env=x last= cd=
             * local predeactivate [] in [ROOT]/my project: env=x last= cd=
             * global predeactivate [] in [ROOT]/my project: env=x last= cd=
             * local postdeactivate [] in [ROOT]/my project: env= last=x cd=
             * global postdeactivate [] in [ROOT]/my project: env= last=x cd=
             * global preactivate [z] in [ROOT]/envs: env= last= cd=
             * global postactivate [] in [ROOT]/my project: env=z last= cd=1
             * global postmkvirtualenv [] in [ROOT]/my project: env=z last= cd=
             * global premkproject [z] in [ROOT]/envs: env=z last= cd=
             Creating [ROOT]/projects/z
             Setting project for z to [ROOT]/projects/z
             * global postmkproject [] in [ROOT]/projects/z: env=z last= cd=
             > deactivate
             * global predeactivate [] in [ROOT]/projects/z: env=z last= cd=
             * global postdeactivate [] in [ROOT]/projects/z: env= last=z cd=",
        );
        told.records(
            "mkvirtualenv y: 0
             workon x: 0
             workon x: 0
             workon -n y: 0
             workon -n x: 0
             showvirtualenv y: 0
             lsvirtualenv -l: 0
             rmvirtualenv y: 0
             mkproject z: 0
             deactivate: 0",
        );
    }
}

#[test]
fn packages_are_installed_between_entering_and_the_last_hook() {
    for shell in Shell::ALL {
        let mut sandbox = with_all_hooks();
        sandbox.set("VENVWRAP_INSTALLER", "uv");
        let uv = "#!/bin/sh\n[ \"$1\" != --version ] || exec echo uv 1.0\necho \"* uv $1 $2 in $(basename \"$PWD\")\"\nexit 1\n";
        write(&sandbox.tools().join("uv"), uv, 0o755);
        let story = Story::new().run_failing(["mkvirtualenv", "-i", "one", "-a", "my project", "n"]).get("VIRTUAL_ENV");
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &["Setting"],
            "* global initialize [] in [ROOT]: env= last= cd=
             * global premkvirtualenv [n] in [ROOT]/envs: env= last= cd=
             Setting project for n to [ROOT]/my project
             * global preactivate [n] in [ROOT]/envs: env= last= cd=
             * project postactivate [] in [ROOT]/my project: env=n last= cd=1
             * global postactivate [] in [ROOT]/my project: env=n last= cd=1
             * uv pip install in my project
             * global postmkvirtualenv [] in [ROOT]/my project: env=n last= cd=",
        );
        told.records("mkvirtualenv -i one -a my project n: 1\nexport VIRTUAL_ENV=[ROOT]/envs/n");
    }
}

#[test]
fn hooks_of_another_directory_fire_and_plain_lists_and_failures_fire_none() {
    for shell in Shell::ALL {
        let mut sandbox = quick_sandbox();
        sandbox.minimal_environment("x");
        hooks(&sandbox.root().join("my hooks"), "elsewhere", telling::GLOBAL);
        hooks(&sandbox.workon_home(), "in the store", telling::GLOBAL);
        sandbox.set("VIRTUALENVWRAPPER_HOOK_DIR", sandbox.root().join("my hooks"));
        let story = typed(&["lsvirtualenv -b", "workon -h", "setvirtualenvproject x .", "workon x"]);
        let story = ["workon nosuch", "mkvirtualenv a/b", "mkproject .x", "rmvirtualenv x"]
            .into_iter()
            .fold(story, |story, line| story.run_failing(line.split(' ')));
        // The directory counts as it is now.
        let story = story.set("VIRTUALENVWRAPPER_HOOK_DIR", "").run(["deactivate"]);
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[],
            "* elsewhere initialize [] in [ROOT]: env= last= cd=
             > lsvirtualenv -b
             > workon -h
             > setvirtualenvproject x .
             > workon x
             * elsewhere preactivate [x] in [ROOT]/envs: env= last= cd=
             * elsewhere postactivate [] in [ROOT]: env=x last= cd=1
             * in the store predeactivate [] in [ROOT]: env=x last= cd=
             * in the store postdeactivate [] in [ROOT]: env= last=x cd=",
        );
    }
}

#[test]
fn rmvirtualenv_fires_for_a_name_that_nothing_has_and_for_each_before_the_active_one() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        sandbox.minimal_environment("z");
        hooks(&sandbox.workon_home(), "global", &["prermvirtualenv", "postrmvirtualenv"]);
        let story = Story::new().run_failing(["rmvirtualenv", "missing"]).run(["rmvirtualenv", "-f", "missing"]);
        let story = story.run(["workon", "x"]).run_failing(["rmvirtualenv", "y", "x", "z"]).run(["lsvirtualenv", "-b"]);
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[""],
            "Removing missing...
             * global prermvirtualenv [missing] in [ROOT]/envs: env= last= cd=
             * global postrmvirtualenv [missing] in [ROOT]/envs: env= last= cd=
             Removing missing...
             * global prermvirtualenv [missing] in [ROOT]/envs: env= last= cd=
             * global postrmvirtualenv [missing] in [ROOT]/envs: env= last= cd=
             Removing y...
             * global prermvirtualenv [y] in [ROOT]/envs: env=x last= cd=
             * global postrmvirtualenv [y] in [ROOT]/envs: env=x last= cd=
             x
             z",
        );
        told.records(
            "rmvirtualenv missing: 1
             rmvirtualenv -f missing: 0
             workon x: 0
             rmvirtualenv y x z: 1
             lsvirtualenv -b: 0",
        );
    }
}

#[test]
fn a_hook_that_cannot_be_run_is_said_and_the_command_goes_on() {
    let sandbox = Sandbox::new();
    let told_by = |name: &str, text: &str, mode: u32| {
        write(&sandbox.minimal_environment(name).join("bin/preactivate"), text, mode);
    };
    told_by("not executable", "#!/bin/sh\necho '* run'\n", 0o644);
    told_by("no first line", "echo '* run'\n", 0o755);
    told_by("nothing", "", 0o755);
    told_by("no interpreter", "#!/no/such/sh\n", 0o755);
    told_by("failing", "#!/bin/sh\necho '* failing'\nexit 3\n", 0o755);
    told_by("killed", "#!/bin/sh\necho '* killed'\nkill -9 $$\n", 0o755);
    fs::create_dir(sandbox.minimal_environment("directory").join("bin/preactivate")).unwrap();
    symlink("/gone", sandbox.minimal_environment("dangling").join("bin/preactivate")).unwrap();
    let names = [
        ("not executable", 13, "Permission denied"),
        ("no first line", 8, "Exec format error"),
        ("nothing", 8, "Exec format error"),
        ("no interpreter", 2, "No such file or directory"),
        ("directory", 21, "Is a directory"),
        ("dangling", 2, "No such file or directory"),
        ("failing", 0, ""),
        ("killed", 0, ""),
    ];
    let story = names.iter().fold(Story::new(), |story, (name, ..)| story.run(["workon", name]));
    let story = story.get("VIRTUAL_ENV");
    let said = |(name, number, words): &(&str, i32, &str)| match number {
        0 => String::new(),
        _ => format!("could not run \"[ROOT]/envs/{name}/bin/preactivate\": [Errno {number}] {words}\n"),
    };
    let stderr: String = names.iter().map(said).collect();
    let records = names.map(|(name, ..)| format!("workon {name}: 0\n")).concat();
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain()).says("* failing\n* killed\n", &stderr);
        told.records(&format!("{records}export VIRTUAL_ENV=[ROOT]/envs/killed"));
    }
}

#[test]
fn run_hooks_have_the_persons_streams_and_the_exported_variables() {
    let sandbox = Sandbox::with_x_and_y();
    // What the caller reads is not theirs.
    let text = "#!/bin/sh\necho \"out $MINE/${PRIVATE-unset}\"\ncat\necho err >&2\n";
    write(&sandbox.workon_home().join("preactivate"), text, 0o755);
    let story = Story::new().export("MINE", "it's $x").set("PRIVATE", "1");
    let story = story.code("workon x <<'end'\nread\nend", "printf 'read\\n' | workon x").get("VIRTUAL_ENV_PROMPT");
    for shell in Shell::ALL {
        story
            .played(&sandbox, shell.plain())
            .says("out it's $x/unset\n", "err\n")
            .records("export VIRTUAL_ENV_PROMPT=x");
    }
}

#[test]
fn at_a_terminal_a_hook_can_ask() {
    let sandbox = Sandbox::with_x_and_y();
    let ask = "#!/bin/sh\nprintf 'really? '\nread answer\necho \"the answer is $answer\"\n";
    write(&sandbox.workon_home().join("preactivate"), ask, 0o755);
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        let prompts = terminal.prompts();
        terminal.type_keys("workon x\r");
        terminal.wait_for("really?");
        terminal.type_keys("yes\r");
        terminal.wait_for_prompt_after(prompts);
        let screen = terminal.screen();
        assert!(screen.ends_with("really? yes\nthe answer is yes\n(x) $"), "{screen}");
    }
}
