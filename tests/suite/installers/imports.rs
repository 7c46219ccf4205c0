//! Installers and templates import nothing from the working directory.

use std::fs;

use super::{is_there, python, world};
use crate::support::pythons;
use crate::support::sandbox::Sandbox;

/// With every Python on this machine.
#[test]
fn nothing_of_the_working_directory_is_imported() {
    let mut sandbox = world();
    let canary = sandbox.root().join("canary");
    for name in [
        "pip",
        "types",
        "site",
        "sitecustomize",
        "usercustomize",
        "runpy",
        "os",
        "json",
        "importlib",
        "io",
        "re",
        "ssl",
    ] {
        let text = format!("open({:?}, 'a').write('{name}\\n')\n", canary.to_str().unwrap());
        sandbox.write(format!("hostile/{name}.py"), &text);
    }
    let text = format!("open({:?}, 'a').write('pip\\n')\n", canary.to_str().unwrap());
    for name in ["__init__", "__main__"] {
        sandbox.write(format!("hostile/pip/{name}.py"), &text);
    }
    sandbox.set("PYTHONPATH", sandbox.root().join("hostile")).set("PYTHONINSPECT", "1");
    let wheels = sandbox.root().join("my wheels");
    let wheels = wheels.to_str().unwrap();
    let hostile = sandbox.root().join("hostile");
    let command = |sandbox: &Sandbox, words: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_venvwrap"));
        command.args(words).current_dir(&hostile);
        command
    };
    for installer in ["pip", "uv"] {
        sandbox.set("VENVWRAP_INSTALLER", installer);
        for python in pythons::all() {
            let is_old = python.version < (3, 8, 0);
            if (installer == "uv" && is_old) || !python.has_ensurepip {
                continue;
            }
            let path = python.path.to_str().unwrap();
            let words =
                ["mkvirtualenv", "-q", "-p", path, "--find-links", wheels, "--no-index", "-i", "tiny-thing", "x"];
            let answer = sandbox.run_command(command(&sandbox, &words), b"").status(0);
            assert!(!canary.exists(), "{path}: {}: {answer}", fs::read_to_string(&canary).unwrap());
            let freeze = command(&sandbox, &["freeze", "x", "--to", "-"]);
            sandbox.run_command(freeze, b"").status(0).stdout("tiny-thing==2.0\n");
            let mut wipe = command(&sandbox, &["wipeenv"]);
            wipe.env("VIRTUAL_ENV", sandbox.environment("x"));
            sandbox.run_command(wipe, b"").status(0);
            assert!(!canary.exists(), "{path}: {}", fs::read_to_string(&canary).unwrap());
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        }
    }
}

/// The base interpreter's pip, and templates of VIRTUALENVWRAPPER_PYTHON.
#[test]
fn a_lent_pip_and_a_template_import_nothing_of_the_working_directory_either() {
    let mut sandbox = world();
    let canary = sandbox.root().join("canary");
    for name in ["pip", "types", "json", "runpy", "importlib"] {
        let text = format!("open({:?}, 'a').write('{name}\\n')\n", canary.to_str().unwrap());
        sandbox.write(format!("hostile/{name}.py"), &text);
        sandbox.write(format!("envs/{name}.py"), &text);
    }
    let hostile = sandbox.root().join("hostile");
    sandbox.set("VENVWRAP_INSTALLER", "pip").set("VIRTUALENVWRAPPER_PYTHON", python());
    let wheels = sandbox.root().join("my wheels");
    let words = ["--find-links", wheels.to_str().unwrap(), "--no-index", "--without-pip", "-i", "tiny-thing", "x"];
    for words in
        [&[&["mkvirtualenv", "-q", "-p", python()], &words[..]].concat()[..], &["mkproject", "--list-templates"]]
    {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_venvwrap"));
        command.args(words).current_dir(&hostile);
        let answer = sandbox.run_command(command, b"").status(0);
        assert!(!canary.exists(), "{}: {answer}", fs::read_to_string(&canary).unwrap());
    }
    assert!(is_there(&sandbox, "tiny_thing"));
}
