//! What is whole is left in peace, whoever made it; and nothing of it is run.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{assert_quiet, make, world};
use crate::support::disk::tree;
use crate::support::programs::write_program;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::wheel::tiny_thing;

#[test]
fn nothing_is_said_of_environments_of_ours_for_every_python() {
    let sandbox = world(Sandbox::new());
    for (index, python) in pythons::all().iter().enumerate() {
        make(&sandbox, python, &format!("{index} {}", python.full()), &[]);
    }
    let count = pythons::all().len();
    make(&sandbox, pythons::complete(), "without", &["--without-pip"]);
    make(&sandbox, pythons::complete(), "prompt", &["--without-pip", "--prompt", "it's \"p\" $x"]);
    sandbox.run(["cpvirtualenv", "prompt", "copied"]).status(0);
    sandbox.run(["mvvirtualenv", "prompt", "renamed"]).status(0);
    sandbox.run(["rmvirtualenv", "without"]).status(0);
    assert_quiet(&sandbox, count + 2);
}

#[test]
fn nothing_is_said_of_environments_of_other_makers() {
    let sandbox = world(Sandbox::plain());
    let store = sandbox.workon_home();
    let run = |program: &Path, words: &[&str], root: &str| {
        let mut command = sandbox.command(program);
        command.args(words).arg(store.join(root)).env("UV_OFFLINE", "1").env("UV_NO_CONFIG", "1");
        command
            .env("UV_CACHE_DIR", sandbox.root().join("uv cache"))
            .env("VIRTUALENV_APP_DATA", sandbox.root().join("app"));
        drop(sandbox.run_command(command, b"").status(0));
    };
    for python in pythons::all() {
        let (full, path) = (format!("{} {}", python.implementation, python.full()), python.path.to_str().unwrap());
        if python.has_venv {
            let is_whole = python.path == pythons::complete().path;
            let options: &[&str] = if is_whole { &["-m", "venv"] } else { &["-m", "venv", "--without-pip"] };
            run(&python.path, options, &format!("venv {full}"));
            // PyPy of a distribution would copy all of /usr/lib.
            if python.implementation == "cpython" {
                run(&python.path, &["-m", "venv", "--without-pip", "--copies"], &format!("copies {full}"));
            }
        }
        if python.version >= (3, 8, 0) {
            run(&peer("uv"), &["venv", "--python", path], &format!("uv {full}"));
            run(&peer("uv"), &["venv", "--relocatable", "--python", path], &format!("relocatable {full}"));
            // That they have no pip is said, and is another test's matter.
            for maker in ["uv", "relocatable"] {
                fs::write(store.join(format!("{maker} {full}/bin/pip")), "").unwrap();
            }
        }
        if python.version >= (3, 9, 0) {
            let words = ["--no-download", "--no-periodic-update", "-p", path];
            run(&peer("virtualenv"), &words, &format!("virtualenv {full}"));
        }
    }
    let count = fs::read_dir(&store).unwrap().count();
    assert!(count >= 6, "{count}");
    assert_quiet(&sandbox, count);
}

#[test]
fn nothing_is_said_of_one_that_is_used() {
    let sandbox = world(Sandbox::plain());
    let root = make(&sandbox, pythons::complete(), "x", &[]);
    let wheel = tiny_thing(sandbox.root(), "1.0");
    let mut pip = sandbox.command(root.join("bin/python"));
    pip.args(["-m", "pip", "install", "--no-index", "--quiet", "--disable-pip-version-check"]).arg(wheel);
    drop(sandbox.run_command(pip, b"").status(0));
    let outside = sandbox.root().join("project/.venv");
    fs::create_dir(sandbox.root().join("project")).unwrap();
    let mut venv = sandbox.command(&pythons::complete().path);
    venv.args(["-m", "venv", "--without-pip"]).arg(&outside);
    drop(sandbox.run_command(venv, b"").status(0));
    symlink(&outside, sandbox.environment("linked")).unwrap();
    sandbox.write("envs/postactivate", "");
    sandbox.write("envs/x/bin/postactivate", "");
    sandbox.write("envs/x/.project", sandbox.home().to_str().unwrap());
    let activate = root.join("bin/activate");
    let text = fs::read_to_string(&activate).unwrap();
    fs::write(&activate, text + "\nexport MINE=1\nPATH=/opt/mine:$PATH\n").unwrap();
    let before = tree(sandbox.root());
    assert_quiet(&sandbox, 2);
    sandbox.run(["doctor", "--fix"]).status(0).stderr("");
    assert_eq!(tree(sandbox.root()), before, "looking changed something");
}

#[test]
fn an_empty_store_and_one_that_does_not_exist_yet_are_no_problem() {
    let sandbox = Sandbox::new();
    assert_quiet(&sandbox, 0);
    fs::remove_dir(sandbox.workon_home()).unwrap();
    let answer = sandbox.run(["doctor"]).status(0).stderr("");
    let text = answer.stdout_text();
    assert!(text.starts_with("note     (store)  [ROOT]/envs does not exist yet\n"), "{text}");
    assert!(text.ends_with("\n0 environments checked, no problems; 1 note\n"), "{text}");
    assert!(!sandbox.workon_home().exists(), "looking made it");
}

/// Whatever stands where a Python would is not started, nor is anything else that lies in an
/// environment.
#[test]
fn nothing_in_an_environment_is_run() {
    let sandbox = world(Sandbox::new());
    let canary = sandbox.root().join("canary");
    let text = format!("#!/bin/sh\necho \"$0\" >>'{}'\n", canary.to_str().unwrap().replace('\'', "'\\''"));
    let root = make(&sandbox, pythons::complete(), "x", &[]);
    let put = |name: &str| {
        let file = root.join("bin").join(name);
        let _ = fs::remove_file(&file);
        write_program(&file, &text);
    };
    for name in ["python", "python3", "pip", "activate", "get_env_details", "preactivate", "postactivate"] {
        put(name);
    }
    let mut command = sandbox.command(root.join("bin/python"));
    command.arg("-V");
    sandbox.run_command(command, b"").silent();
    assert!(fs::remove_file(&canary).is_ok(), "the canary does not sing");
    for words in [&["doctor"][..], &["doctor", "--json"], &["doctor", "x"], &["doctor", "--fix"]] {
        drop(sandbox.run(words));
        let mut command = sandbox.command(crate::support::sandbox::BINARY);
        let path = [root.join("bin").to_str().unwrap(), "/usr/bin", "/bin"].join(":");
        command.args(words).env("VIRTUAL_ENV", &root).env("PATH", path);
        drop(sandbox.run_command(command, b""));
        assert!(!canary.exists(), "{words:?}: {}", fs::read_to_string(&canary).unwrap_or_default());
    }
}
