//! `venvwrap uv` and `mkvirtualenv --uv`: uv uses the environment in its project and nowhere else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::pty::Terminal;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_thing;

const VARIABLE: &str = "UV_PROJECT_ENVIRONMENT";

/// `x`, which uv uses in `my project`; `y`, which it does not; and other directories.
fn world() -> Sandbox {
    filled(Sandbox::with_x_and_y())
}

fn filled(sandbox: Sandbox) -> Sandbox {
    for directory in ["my project/src", "my project/nested", "other"] {
        fs::create_dir_all(sandbox.root().join(directory)).unwrap();
    }
    sandbox.write("my project/nested/pyproject.toml", "[project]\nname = 'nested'\nversion = '0'\n");
    sandbox.run(["setvirtualenvproject", "x", "my project"]).status(0);
    sandbox.run(["uv", "on", "x"]).status(0).stdout("").stderr("uv uses `x` in [ROOT]/my project while it is active\n");
    sandbox
}

#[test]
fn the_variable_names_the_environment_in_its_project_only() {
    let sandbox = world();
    Story::new()
        .export(VARIABLE, "")
        .run(["workon", "x"])
        .get(VARIABLE)
        .run(["cdvirtualenv"])
        .get(VARIABLE)
        .run(["cdproject"])
        .get(VARIABLE)
        .run(["workon", "y"])
        .get(VARIABLE)
        .run(["workon", "-n", "x"])
        .get(VARIABLE)
        .run(["deactivate"])
        .get(VARIABLE)
        .plays_in_every_mode(
            &sandbox,
            "workon x: 0
             export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
             cdvirtualenv: 0
             export UV_PROJECT_ENVIRONMENT=
             cdproject: 0
             export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
             workon y: 0
             export UV_PROJECT_ENVIRONMENT=
             workon -n x: 0
             export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
             deactivate: 0
             export UV_PROJECT_ENVIRONMENT=",
        );
}

#[test]
fn any_change_of_directory_counts() {
    let sandbox = world();
    symlink(sandbox.root().join("my project/src"), sandbox.root().join("link")).unwrap();
    symlink(sandbox.root().join("other"), sandbox.root().join("my project/out")).unwrap();
    let go = |story: Story, line: &str| story.code(line, line).get(VARIABLE);
    let story = Story::new().unset(VARIABLE).run(["workon", "-n", "x"]).get(VARIABLE);
    let steps = [
        "cd 'my project/src'",
        "cd ../nested",
        "cd ../out",
        "cd \"$HOME/../link\"",
        "cd /",
        "pushd \"$HOME/../link\" >/dev/null",
        "popd >/dev/null",
    ];
    let story = steps.iter().fold(story, |story, line| go(story, line));
    story.run(["cdproject"]).get(VARIABLE).run(["deactivate"]).get(VARIABLE).plays(
        &sandbox,
        "workon -n x: 0
         unset UV_PROJECT_ENVIRONMENT
         export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
         unset UV_PROJECT_ENVIRONMENT
         unset UV_PROJECT_ENVIRONMENT
         export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
         unset UV_PROJECT_ENVIRONMENT
         export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
         unset UV_PROJECT_ENVIRONMENT
         cdproject: 0
         export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
         deactivate: 0
         unset UV_PROJECT_ENVIRONMENT",
    );
}

#[test]
fn deactivation_leaves_the_shell_as_it_was() {
    for shell in Shell::ALL {
        let sandbox = world();
        let functions = "cd() { \\builtin cd \"$@\"; }\nuv() { :; }";
        Story::new()
            .code(functions, "function pushd\n builtin cd $argv\nend")
            .set(VARIABLE, "a;b%\nc")
            .code("\\builtin cd 'my project'", "builtin cd 'my project'")
            .snapshot("before")
            .run(["workon", "x"])
            .get(VARIABLE)
            .line("cd ../other")
            .get(VARIABLE)
            .code("cd - >/dev/null", "cd -")
            .get(VARIABLE)
            .code("OLDPWD=", "set -e dirprev; set -e dirnext; set -e __fish_cd_direction")
            .run(["deactivate"])
            .code("OLDPWD=", "")
            .get(VARIABLE)
            .played(&sandbox, shell.plain())
            .silent()
            .records(
                "workon x: 0
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
                 UV_PROJECT_ENVIRONMENT=a;b%\\nc
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
                 deactivate: 0
                 UV_PROJECT_ENVIRONMENT=a;b%\\nc",
            );
        Story::new()
            .code(functions, "function pushd\n builtin cd $argv\nend")
            .code("\\builtin cd 'my project'", "builtin cd 'my project'")
            .snapshot("before")
            .run(["workon", "-n", "x"])
            .run(["deactivate"])
            .snapshot("after")
            .played(&sandbox, shell.plain())
            .silent()
            .same("before", "after");
    }
}

#[test]
fn what_the_user_sets_meanwhile_stays() {
    let sandbox = world();
    Story::new()
        .unset(VARIABLE)
        .run(["workon", "x"])
        .export(VARIABLE, "/mine")
        .line("cd ../other")
        .get(VARIABLE)
        .run(["cdproject"])
        .get(VARIABLE)
        .run(["deactivate"])
        .get(VARIABLE)
        .plays(
            &sandbox,
            "workon x: 0
             export UV_PROJECT_ENVIRONMENT=/mine
             cdproject: 0
             export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
             deactivate: 0
             export UV_PROJECT_ENVIRONMENT=/mine",
        );
}

#[test]
fn a_child_shell_goes_on() {
    for shell in Shell::ALL {
        let sandbox = world();
        let child = || {
            Story::new()
                .get(VARIABLE)
                .line("cd ../other")
                .get(VARIABLE)
                .run(["cdproject"])
                .get(VARIABLE)
                .run(["deactivate"])
                .get(VARIABLE)
        };
        Story::new()
            .export(VARIABLE, "before")
            .run(["workon", "x"])
            .child(shell.plain(), child())
            .get(VARIABLE)
            .played(&sandbox, shell.plain())
            .silent()
            .records(
                "workon x: 0
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
                 export UV_PROJECT_ENVIRONMENT=before
                 cdproject: 0
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
                 deactivate: 0
                 export UV_PROJECT_ENVIRONMENT=before
                 end
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x",
            );
    }
}

#[test]
fn the_active_shell_follows_on_off_a_rename_and_another_project() {
    let sandbox = world();
    for shell in Shell::ALL {
        sandbox.run(["setvirtualenvproject", "x", "my project"]).status(0);
        Story::new()
            .unset(VARIABLE)
            .run(["workon", "x"])
            .run(["venvwrap", "uv", "off"])
            .get(VARIABLE)
            .run(["venvwrap", "uv", "on", "x"])
            .get(VARIABLE)
            .run(["mvvirtualenv", "x", "new"])
            .get(VARIABLE)
            .run(["setvirtualenvproject", "new", "../other"])
            .get(VARIABLE)
            .line("cd ../other")
            .get(VARIABLE)
            .run(["mvvirtualenv", "new", "x"])
            .run(["deactivate"])
            .get(VARIABLE)
            .played(&sandbox, shell.plain())
            .records(
                "workon x: 0
                 venvwrap uv off: 0
                 unset UV_PROJECT_ENVIRONMENT
                 venvwrap uv on x: 0
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/x
                 mvvirtualenv x new: 0
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/new
                 setvirtualenvproject new ../other: 0
                 unset UV_PROJECT_ENVIRONMENT
                 export UV_PROJECT_ENVIRONMENT=[ROOT]/envs/new
                 mvvirtualenv new x: 0
                 deactivate: 0
                 unset UV_PROJECT_ENVIRONMENT",
            );
    }
}

#[test]
fn the_prompt_sees_a_change_of_directory_that_no_function_made() {
    for shell in Shell::ALL {
        let sandbox = world();
        let terminal = Terminal::start(&sandbox, shell);
        let before = terminal.value("PROMPT_COMMAND");
        terminal.run("workon x");
        assert_eq!(terminal.value(VARIABLE), "[ROOT]/envs/x", "{shell:?}");
        terminal.run("builtin cd ../other");
        assert_eq!(terminal.value(VARIABLE), "", "{shell:?}");
        terminal.run("builtin cd ../my*project");
        assert_eq!(terminal.value(VARIABLE), "[ROOT]/envs/x", "{shell:?}");
        // `uv init` makes a project of its own of a directory.
        terminal.run("cd src");
        assert_eq!(terminal.value(VARIABLE), "[ROOT]/envs/x", "{shell:?}");
        terminal.run("touch pyproject.toml");
        assert_eq!(terminal.value(VARIABLE), "", "{shell:?}");
        terminal.run("rm pyproject.toml");
        terminal.run("deactivate");
        assert_eq!(terminal.value(VARIABLE), "", "{shell:?}");
        assert_eq!(terminal.value("PROMPT_COMMAND"), before, "{shell:?}");
    }
}

#[test]
fn run_and_every_format_of_env_set_it_in_the_project() {
    let sandbox = world();
    let in_directory = |directory: &str, words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).current_dir(sandbox.root().join(directory)).env(VARIABLE, "mine");
        String::from_utf8(sandbox.run_command(command, b"").status(0).stderr("").stdout.clone()).unwrap()
    };
    let root = sandbox.environment("x");
    let print = ["run", "x", "/usr/bin/printenv", VARIABLE];
    assert_eq!(in_directory("my project/src", &print), format!("{}\n", root.display()));
    for outside in ["other", "my project/nested", "."] {
        assert_eq!(in_directory(outside, &print), "mine\n", "{outside}");
    }
    for format in ["bash", "zsh", "fish", "nu", "pwsh", "direnv", "systemd", "github", "json"] {
        let words = ["env", "x", "--format", format];
        assert!(in_directory("my project", &words).contains(VARIABLE), "{format}");
        assert!(!in_directory("other", &words).replace("uv=", "").contains("UV_PROJECT_ENVIRONMENT="), "{format}");
    }
    // From inside, another environment gets the variable as it was outside.
    let words = ["run", "x", BINARY, "run", "y", "/usr/bin/printenv", VARIABLE];
    assert_eq!(in_directory("my project", &words), "mine\n");
}

#[test]
fn it_is_listed_shown_exported_and_copied() {
    let sandbox = world();
    sandbox.run(["uv", "list"]).status(0).stdout("name  project\nx     [ROOT]/my project\n").stderr("");
    let shown: Value =
        serde_json::from_slice(&sandbox.run(["showvirtualenv", "--json", "x"]).status(0).stdout).unwrap();
    assert_eq!(shown["uv"], true);
    sandbox.run(["showvirtualenv", "x"]).status(0).stdout_contains("uv:        uses it in the project\n");
    sandbox.run(["export", "x"]).status(0).stdout_contains("\nuv = true\n");
    sandbox.run(["diff", "x", "y"]).status(1).stdout_contains("uv");
    sandbox.run(["cpvirtualenv", "x", "copy"]).status(0);
    let both = "name  project\ncopy  [ROOT]/my project\nx     [ROOT]/my project\n";
    sandbox.run(["uv", "list"]).status(0).stdout(both).stderr("");
    // Variables come and go beside it.
    sandbox.run(["set", "x", "A=1"]).status(0).silent();
    sandbox.run(["unset", "x", "--all"]).status(0).silent();
    sandbox.run(["uv", "list"]).status(0).stdout(both).stderr("");
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    sandbox.run(["undo", "x"]).status(0);
    sandbox.run(["uv", "list"]).status(0).stdout(both).stderr("");
    for name in ["x", "copy"] {
        sandbox.run(["uv", "off", name]).status(0).stdout("").stderr(format!("uv does not use `{name}`\n"));
    }
    let none = "uv uses no environment yet. Have it use one with `venvwrap uv on NAME`.\n";
    sandbox.run(["uv", "list"]).status(0).stdout("").stderr(none);
    sandbox
        .run(["uv", "on", "y"])
        .status(1)
        .stdout("")
        .stderr("venvwrap: environment `y` is not linked to a project\nhint: `venvwrap setvirtualenvproject y` links it to this directory\n");
}

#[test]
fn another_dot_venv_in_the_project_and_a_missing_link_are_reported() {
    // The remedy quotes the path.
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    let sandbox = filled(sandbox);
    let doctor = || sandbox.run(["doctor", "x"]).status(0).stderr("").stdout_text();
    let dot_venv = sandbox.root().join("my project/.venv");
    // This environment itself, in both forms, and what is no environment.
    symlink(sandbox.environment("x"), &dot_venv).unwrap();
    assert!(!doctor().contains("uv"), "{}", doctor());
    fs::remove_file(&dot_venv).unwrap();
    fs::write(&dot_venv, format!("{}\n", sandbox.environment("x").display())).unwrap();
    assert!(!doctor().contains("uv"), "{}", doctor());
    fs::remove_file(&dot_venv).unwrap();
    fs::create_dir(&dot_venv).unwrap();
    assert!(!doctor().contains("uv"), "{}", doctor());
    sandbox.write("my project/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let another = "its project also has [ROOT]/my project/.venv, which uv uses while this one is not active";
    let remedy = "remove it if nothing needs it: `rm -r '[ROOT]/my project/.venv'`; or `venvwrap uv off x`, and uv uses only that";
    let lines = format!("note     x  {another}\n            {remedy}\n");
    assert!(doctor().contains(&lines), "{}", doctor());
    let warning = format!("environment `x`: {another}; {remedy}\n");
    let on = format!("uv uses `x` in [ROOT]/my project while it is active\n{warning}");
    sandbox.run(["uv", "on", "x"]).status(0).stdout("").stderr(&on);
    let linked = "Setting project for x to [ROOT]/my project\n";
    sandbox.run(["setvirtualenvproject", "x", "my project"]).status(0).stdout(linked).stderr(&warning);
    // Nothing to say where uv does not use it.
    sandbox.run(["uv", "off", "x"]).status(0);
    sandbox.run(["setvirtualenvproject", "x", "my project"]).status(0).stdout(linked).stderr("");
    assert!(!doctor().contains("uv"), "{}", doctor());
    sandbox.run(["uv", "on", "x"]).status(0);
    fs::remove_file(sandbox.environment("x").join(".project")).unwrap();
    let expected = "note     x  uv is to use it in its project, but it is linked to none\n            \
                    `venvwrap setvirtualenvproject x DIRECTORY` links it to one; `venvwrap uv off x` ends the use by uv\n";
    assert!(doctor().contains(expected), "{}", doctor());
}

/// uv recreates the environment, and with it goes the link. Scripts run on.
#[test]
fn uv_goes_on_with_an_environment_that_it_recreated() {
    let sandbox = world();
    let copy = fs::File::open(sandbox.workon_home().join(".venvwrap/kept/x")).unwrap();
    copy.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    fs::remove_dir_all(sandbox.environment("x")).unwrap();
    sandbox.minimal_environment("x");
    let mut command = sandbox.command(BINARY);
    command.args(["run", "x", "printenv", VARIABLE]).current_dir(sandbox.root().join("my project"));
    sandbox.run_command(command, b"").status(0).stdout("[ROOT]/envs/x\n").stderr("");
    sandbox.run(["uv", "list"]).status(0).stdout("name  project\nx     [ROOT]/my project\n").stderr("");
    let text = sandbox.run(["doctor", "x"]).status(1).stdout_text();
    assert!(text.contains("another tool recreated it") && !text.contains("linked"), "{text}");
    let restored = "another tool recreated `x`; restored its project\n";
    let said = format!("{restored}uv uses `x` in [ROOT]/my project while it is active\n");
    sandbox.run(["uv", "on", "x"]).status(0).stdout("").stderr(said);
    sandbox.run(["uv", "on", "x"]).status(0).stderr("uv uses `x` in [ROOT]/my project while it is active\n");
    // A link that was written by hand is kept from then on.
    fs::copy(sandbox.environment("x").join(".project"), sandbox.environment("y").join(".project")).unwrap();
    let kept = sandbox.workon_home().join(".venvwrap/kept/y");
    assert!(!kept.exists());
    sandbox.run(["uv", "on", "y"]).status(0);
    assert!(kept.is_file());
}

/// A project with no dependency yet, and a wheel to add.
fn project(sandbox: &Sandbox) -> PathBuf {
    let text = "[project]\nname = 'shop'\nversion = '0'\nrequires-python = '>=3.8'\n";
    sandbox.write("shop/pyproject.toml", text);
    sandbox.write("other/pyproject.toml", text.replace("shop", "other"));
    fs::create_dir(sandbox.root().join("wheels")).unwrap();
    tiny_thing(&sandbox.root().join("wheels"), "1.0");
    sandbox.root().join("shop")
}

#[test]
fn uv_works_on_the_environment_and_makes_no_other() {
    let python = pythons::complete().path.to_str().unwrap();
    for shell in Shell::ALL {
        let mut sandbox = Sandbox::new();
        let shop = project(&sandbox);
        symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
        // uv splits the value at commas, which the path of the sandbox has.
        sandbox
            .set("UV_OFFLINE", "1")
            .set("UV_NO_INDEX", "1")
            .set("UV_FIND_LINKS", "../wheels")
            .set("UV_NO_CACHE", "1");
        sandbox.set("UV_PYTHON_DOWNLOADS", "never").set("UV_PYTHON", python);
        let print = "import sys; print(sys.prefix)";
        Story::new()
            .line("cd shop")
            .run(["mkvirtualenv", "-q", "--uv", "-p", python])
            .run(["uv", "add", "-q", "tiny-thing"])
            .run(["tiny-thing"])
            .run(["uv", "sync", "-q"])
            .run(["uv", "run", "-q", "python", "-c", print])
            .line("cd ../other")
            .run(["uv", "sync", "-q"])
            .line("cd ../shop")
            .run(["deactivate"])
            .run(["venvwrap", "run", "shop", "uv", "run", "-q", "python", "-c", print])
            .played(&sandbox, shell.plain())
            .says("Setting project for shop to [ROOT]/shop\ntiny thing 1.0\n[ROOT]/envs/shop\n[ROOT]/envs/shop\n", "")
            .records(&format!(
                "mkvirtualenv -q --uv -p {python}: 0
                 uv add -q tiny-thing: 0
                 tiny-thing: 0
                 uv sync -q: 0
                 uv run -q python -c {print}: 0
                 uv sync -q: 0
                 deactivate: 0
                 venvwrap run shop uv run -q python -c {print}: 0"
            ));
        assert!(!shop.join(".venv").exists(), "{shell:?}");
        assert!(sandbox.root().join("other/.venv").is_dir(), "{shell:?}");
        assert!(Path::new(&sandbox.environment("shop")).join("bin/tiny-thing").is_file(), "{shell:?}");
    }
}

#[test]
fn mkvirtualenv_takes_the_project_around_or_the_one_it_is_given() {
    let sandbox = Sandbox::new();
    project(&sandbox);
    fs::create_dir_all(sandbox.root().join("shop/src")).unwrap();
    let in_directory = |directory: &str, words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(["mkvirtualenv", "-q", "--without-pip"]).args(words).current_dir(sandbox.root().join(directory));
        sandbox.run_command(command, b"")
    };
    in_directory("shop/src", &["--uv"]).status(0).stdout("Setting project for shop to [ROOT]/shop\n");
    in_directory("shop", &["--uv", "-a", "../other", "api"])
        .status(0)
        .stdout("Setting project for api to [ROOT]/other\n");
    let both = "name  project\napi   [ROOT]/other\nshop  [ROOT]/shop\n";
    sandbox.run(["uv", "list"]).status(0).stdout(both).stderr("");
    in_directory("home", &["--uv", "z"]).status(2).stdout("").stderr(
        "venvwrap: no project here: [ROOT]/home has no pyproject.toml\nhint: go to the project, or add `-a PROJECT`\n",
    );
    assert!(!sandbox.environment("z").exists());
}
