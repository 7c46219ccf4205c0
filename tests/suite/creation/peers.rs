//! Other tools treat the environment as an ordinary one.

use std::fs;

use super::{make, make_all, run};
use crate::support::disk::names;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::wheel::tiny_thing;

#[test]
fn venv_upgrades_it_in_place() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let root = make(&sandbox, python, "x", &[]);
    let path = root.to_str().unwrap();
    run(&sandbox, &python.path, &["-m", "venv", "--upgrade", path]).status(0).stderr("");
    run(&sandbox, root.join("bin/pip"), &["check"]).status(0).stdout("No broken requirements found.\n");
    let version = format!("python:    {}\n", python.full());
    sandbox.run(["showvirtualenv", "x"]).status(0).stdout_contains(&version);
}

#[test]
fn uv_lists_installs_checks_and_uninstalls_in_it() {
    let sandbox = Sandbox::plain();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    let wheel = wheel.to_str().unwrap();
    // Versions that uv still supports.
    let pythons = pythons::all();
    for (python, root) in make_all(&sandbox, pythons, &[]).into_iter().filter(|(python, _)| python.version >= (3, 8, 0))
    {
        let shown = python.path.display();
        let uv = |words: &[&str]| {
            run(&sandbox, peer("uv"), &[&["pip"], words, &["--python", root.to_str().unwrap()]].concat())
        };
        let listed = uv(&["list", "--format=freeze"]).status(0).stdout_text();
        assert!(listed.lines().any(|line| line.starts_with("pip==")), "{shown}: {listed}");
        uv(&["install", wheel]).status(0).stderr_contains(" + tiny-thing==1.0");
        run(&sandbox, root.join("bin/tiny-thing"), &[]).status(0).stdout("tiny thing 1.0\n").stderr("");
        uv(&["check"]).status(0);
        uv(&["uninstall", "tiny-thing", "pip"]).status(0);
        assert!(!root.join("bin/pip").exists() && !root.join("bin/tiny-thing").exists(), "{shown}");
    }
    // uv works on the active environment.
    let root = make(&sandbox, pythons::complete(), "active", &[]);
    let mut command = sandbox.command(peer("uv"));
    command.args(["python", "find", "--offline", "--no-config"]).env("VIRTUAL_ENV", &root);
    sandbox.run_command(command, b"").status(0).stdout_contains("/envs/active/bin/python");
}

#[test]
fn virtualenv_makes_one_from_it_that_does_not_depend_on_it() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete();
    let root = make(&sandbox, python, "x", &[]);
    let other = sandbox.root().join("by virtualenv");
    let words = ["--no-download", "--no-periodic-update", "--without-pip", "-p", "PYTHON", "TARGET"];
    let words = words.map(|word| match word {
        "PYTHON" => root.join("bin/python").to_str().unwrap().to_owned(),
        "TARGET" => other.to_str().unwrap().to_owned(),
        word => word.to_owned(),
    });
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    run(&sandbox, peer("virtualenv"), &words).status(0);
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    let code = "import sys; print(sys.version_info[:3])";
    let (major, minor, micro) = python.version;
    let answer = run(&sandbox, other.join("bin/python"), &["-c", code]).status(0);
    drop(answer.stdout(format!("({major}, {minor}, {micro})\n")));
}

/// venvwrap accepts the environments of other tools.
#[test]
fn environments_of_other_tools_are_accepted() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete();
    let path = python.path.to_str().unwrap();
    let store = sandbox.workon_home();
    let root = |name: &str| store.join(name).to_str().unwrap().to_owned();
    run(&sandbox, &python.path, &["-m", "venv", "--without-pip", "--prompt", "my p", &root("by venv")]).status(0);
    run(&sandbox, peer("uv"), &["venv", "--python", path, "--prompt", "my p", &root("by uv")]).status(0);
    // Another test checks the message about the missing pip.
    fs::write(store.join("by uv/bin/pip"), "").unwrap();
    let words = ["--no-download", "--no-periodic-update", "--without-pip", "--prompt", "my p", "-p", path];
    run(&sandbox, peer("virtualenv"), &[&words[..], &[&root("by virtualenv")]].concat()).status(0);
    let made = names(&store);
    assert_eq!(made, ["by uv", "by venv", "by virtualenv"]);
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stdout(made.join("\n") + "\n");
    for name in made {
        let version = format!("python:    {}\n", python.full());
        sandbox.run(["showvirtualenv", &name]).status(0).stdout_contains(&version);
        let story = crate::support::story::Story::new().run(["workon", &name]).get("VIRTUAL_ENV_PROMPT");
        story.plays(&sandbox, &format!("workon {name}: 0\nexport VIRTUAL_ENV_PROMPT=my p"));
        let before = fs::read(store.join(&name).join("pyvenv.cfg")).unwrap();
        sandbox.run(["mkvirtualenv", &name]).status(0).stdout("");
        assert_eq!(fs::read(store.join(&name).join("pyvenv.cfg")).unwrap(), before);
        sandbox.run(["rmvirtualenv", "--now", &name]).status(0);
    }
}
