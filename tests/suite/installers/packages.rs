//! Lock files, dependency groups, projects, and default packages are installed, and failures leave
//! the environment usable.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{is_there, made_up_uv, offline, python, world};
use crate::interactive::in_every_shell;
use crate::support::disk::names;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn a_lock_file_a_group_and_a_project_in_every_shell() {
    let sandbox = world();
    let mut lock = sandbox.command(sandbox.tools().join("uv"));
    lock.args(["pip", "compile", "--quiet", "--format", "pylock.toml", "--no-index", "--find-links", "my wheels"]);
    lock.args(["--python", python(), "-o", "my project/pylock.toml", "-"]);
    sandbox.run_command(lock, b"tiny-thing<2\n").status(0);
    let wanted = ["-a", "my project", "-r", "my project/pylock.toml", "--group", "dev.tools", "-e", "my project"];
    for shell in Shell::ALL {
        let import = "python -c 'import our_module; print(our_module.NAME)'";
        let story = Story::new().run(offline(&wanted)).directory().code("tiny-thing", "tiny-thing");
        let told = story.code("other-thing", "other-thing").code(import, import).played(&sandbox, shell.plain());
        let told = told.records(&format!("{}: 0\nin [ROOT]/my project", offline(&wanted).join(" ")));
        assert!(told.stdout_text().ends_with("\ntiny thing 1.0\ntiny thing 3.0\nour module\n"), "{told}");
        let said = told.stderr_text();
        assert!(said.find(" + tiny-thing==1.0") < said.find(" + our-project==0.1"), "uv, the lock first: {told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
}

#[test]
fn what_cannot_be_installed_is_said_before_anything_is_made() {
    let sandbox = world();
    sandbox.write("empty/pyproject.toml", "");
    sandbox.write("wrong/pyproject.toml", "[");
    let groups = "hint: `--group` takes a name, or PATH:NAME with the path of a project";
    for (words, status, said) in [
        (["-r", "gone.txt"], 1, "cannot read: [ROOT]/gone.txt: No such file or directory"),
        (["--find-links", "gone"], 1, "cannot read: [ROOT]/gone: No such file or directory"),
        (["-e", "my wheels"], 1, "-e: no project in [ROOT]/my wheels: neither pyproject.toml nor setup.py\nhint: `-e`"),
        (["-e", "my project[x"], 1, "-e: no project in [ROOT]/my project[x: "),
        (["--group", "dev"], 1, "cannot read: [ROOT]/pyproject.toml: No such file or directory"),
        (
            ["--group", "my project:dev"],
            1,
            "--group: no dependency group `dev` in [ROOT]/my project/pyproject.toml\nhint: it \
                                           has Dev_Tools\n",
        ),
        (
            ["--group", "empty:dev"],
            1,
            "--group: no dependency group `dev` in [ROOT]/empty/pyproject.toml\nhint: that file has no groups",
        ),
        (["--group", "wrong:dev"], 1, "[ROOT]/wrong/pyproject.toml: "),
        (["--group", "my project/backend.py:dev"], 1, groups),
    ] {
        let answer = sandbox.run(offline(&words)).stdout("");
        let told = answer.stderr_text();
        assert!(answer.code() >= status && told.starts_with("venvwrap: ") && told.contains(said), "{said}: {answer}");
    }
    assert_eq!(names(&sandbox.workon_home()), Vec::<String>::new());
}

#[test]
fn every_new_environment_gets_the_defaults_and_no_other() {
    let sandbox = world();
    let said = "Installing the default packages from ~/.config/venvwrap/defaults.txt\n";
    let list = "home/.config/venvwrap/defaults.txt";
    sandbox.write(list, "# nothing yet\n\n");
    made_up_uv(&sandbox, "echo STARTED; exit 1");
    sandbox.run(offline(&[])).status(0).stdout("");
    // An existing environment gets no default packages.
    sandbox.write(list, "other-thing  # always\n");
    sandbox.run(["mkvirtualenv", "x"]).status(0).stdout("");
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    sandbox.run(offline(&["--without-pip"])).status(0).stdout("");
    sandbox.run(offline(&["--clear", "--no-defaults"])).status(0).stdout("");
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    fs::remove_file(sandbox.tools().join("uv")).unwrap();
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    let answer = sandbox.run(offline(&["-i", "tiny-thing"])).status(0).stderr_contains(said);
    let text = answer.stderr_text();
    assert!(text.find("other-thing==3.0") < text.find("tiny-thing==2.0"), "first: {answer}");
    assert!(is_there(&sandbox, "other_thing") && is_there(&sandbox, "tiny_thing"));
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    // Requested packages are installed although the defaults fail.
    sandbox.write(list, "gone-thing\n");
    for shell in Shell::ALL {
        let story = Story::new().run_failing(offline(&["-i", "tiny-thing"])).get("VIRTUAL_ENV");
        let told = story.code("tiny-thing", "tiny-thing").played(&sandbox, shell.plain());
        let told =
            told.records(&format!("{}: 1\nexport VIRTUAL_ENV=[ROOT]/envs/x", offline(&["-i", "tiny-thing"]).join(" ")));
        assert!(told.stdout_text().ends_with("tiny thing 2.0\n"), "{told}");
        let failed = "venvwrap: uv pip install -r [ROOT]/home/.config/venvwrap/defaults.txt failed with status 1\n\
                      hint: the environment was created; fix that file, or leave it out with --no-defaults\n";
        assert!(told.stderr_text().contains(failed), "{told}");
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
}

#[test]
fn what_one_installed_the_other_changes_and_removes() {
    let mut sandbox = world();
    sandbox.run(offline(&["-i", "tiny-thing<2", "-e", "my project"])).status(0).stderr_contains("+ tiny-thing==1.0");
    let own = |sandbox: &Sandbox, words: &[&str]| {
        let mut command = sandbox.command(sandbox.environment("x").join("bin/python"));
        command.args(["-m", "pip", "install", "--quiet", "--no-index", "--find-links", "my wheels"]).args(words);
        sandbox.run_command(command, b"").status(0);
    };
    own(&sandbox, &["tiny-thing>1", "other-thing"]);
    let list = |sandbox: &Sandbox| {
        let all = names(
            &sandbox
                .environment("x")
                .join("lib")
                .join(format!("python{}", pythons::complete().minor()))
                .join("site-packages"),
        );
        // Before 3.12 setuptools comes with pip.
        let is_ours = |name: &String| !name.starts_with("pip-") && !name.starts_with("setuptools-");
        all.into_iter().filter(|name| name.ends_with(".dist-info") && is_ours(name)).collect::<Vec<_>>()
    };
    assert_eq!(list(&sandbox), ["other_thing-3.0.dist-info", "our_project-0.1.dist-info", "tiny_thing-2.0.dist-info"]);
    let entered = Story::new().run(["workon", "x"]);
    let told = entered.clone().run(["lssitepackages"]).run(["wipeenv"]).played(&sandbox, Shell::Bash.plain());
    assert!(told.stdout_text().contains("tiny_thing-2.0.dist-info"), "{told}");
    assert_eq!(list(&sandbox), Vec::<String>::new(), "its own pip removes what uv installed: {told}");
    // uv removes what pip installed.
    own(&sandbox, &["tiny-thing<2", "other-thing"]);
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    sandbox.run(["showvirtualenv", "x"]).status(0);
    entered.run(["wipeenv"]).played(&sandbox, Shell::Bash.plain()).records("workon x: 0\nwipeenv: 0");
    assert_eq!(list(&sandbox), Vec::<String>::new());
    assert!(!Path::new(&sandbox.environment("x").join("bin/tiny-thing")).exists());
}

#[test]
fn the_installer_has_the_terminal_and_leaves_the_input_of_a_script_alone() {
    let mut sandbox = Sandbox::new();
    sandbox.set("VENVWRAP_INSTALLER", "uv");
    made_up_uv(&sandbox, "cat; printf 'in %s\\n' \"$VIRTUAL_ENV\"; exit 7");
    for shell in Shell::ALL {
        let mode = shell.plain();
        let script =
            mode.script(&sandbox, "mkvirtualenv -q -i a x || echo failed\ncat\ndeactivate\nrmvirtualenv --now x\n");
        let answer = sandbox.run_command(mode.command(&sandbox, &script), b"the rest\n");
        assert!(answer.stdout_text().starts_with("in [ROOT]/envs/x\nfailed\nthe rest\n"), "{answer}");
        assert!(answer.stderr_text().contains("uv pip install failed with status 7\n"), "{answer}");
    }
    made_up_uv(&sandbox, "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo at a terminal; exit 7");
    in_every_shell(&sandbox, |terminal| {
        let screen = terminal.run("mkvirtualenv -q -i a x");
        assert!(screen.contains("\nat a terminal\n"), "{screen}");
        let status = if terminal.shell == Shell::Fish { "echo $status" } else { "echo $?" };
        assert!(terminal.run(status).contains("\n7\n"));
        terminal.run("deactivate; rmvirtualenv --now x");
    });
}
