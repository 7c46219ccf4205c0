//! Every real interpreter of this machine, in real shells, from `-p VERSION` to removal: create,
//! install, use, copy, rename, run, remove. Other tests cover each step in detail; this one shows
//! that all of it works for 2.7 and `PyPy` too.

use crate::support::pythons::{self, Python};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_thing;

/// The argument of `-p`: `2.7`, `3.12`, `pypy3.9`.
fn request(python: &Python) -> String {
    let word = if python.implementation == "pypy" { "pypy" } else { "" };
    format!("{word}{}", python.minor())
}

/// Interpreters that differ from the others; each shell tests them.
fn is_odd(python: &Python) -> bool {
    python.version.0 == 2 || python.implementation == "pypy"
}

/// A plain path: pip writes broken scripts for a path with a backquote.
fn place(python: &Python) -> Sandbox {
    let mut sandbox = Sandbox::plain();
    tiny_thing(sandbox.root(), "1.0");
    // PATH has this Python, and a pip that is not the environment's.
    let mut path = sandbox.tools().into_os_string();
    for part in [":".as_ref(), python.path.parent().unwrap().as_os_str(), ":/usr/bin:/bin".as_ref()] {
        path.push(part);
    }
    let wheels = sandbox.root().to_path_buf();
    sandbox.set("PATH", path).set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", wheels).set("PYTHONWARNINGS", "ignore");
    let hook = "python -c \"import sys; print('=> hook of %d.%d' % sys.version_info[:2])\"\n";
    sandbox.write("envs/postmkvirtualenv", hook);
    sandbox.write("envs/postmkvirtualenv.fish", hook);
    sandbox
}

/// Prints the Python, the environment, and the version of the package in it.
const ASKED: &str = "python -c \"import os, sys, tiny_thing as t; \
                     print('=> %d.%d %s %s' % (sys.version_info[:2] + (os.path.basename(sys.prefix), t.VERSION)))\"";

fn life(request: &str) -> Story {
    let running = "venvwrap run 'a copy' tiny-thing";
    Story::new()
        .run(["mkvirtualenv", "-p", request, "-i", "tiny-thing", "one"])
        .code("tiny-thing", "tiny-thing")
        .code(ASKED, ASKED)
        .run(["cpvirtualenv", "one", "copied"])
        .code("tiny-thing", "tiny-thing")
        .run(["mvvirtualenv", "copied", "a copy"])
        .code(ASKED, ASKED)
        .run(["deactivate"])
        .code(running, running)
        .run(["workon", "one"])
        .code("pip uninstall -q -y tiny-thing", "pip uninstall -q -y tiny-thing")
        .run(["lssitepackages"])
        .run(["deactivate"])
        .run(["rmvirtualenv", "one", "a copy"])
        .code("venvwrap undo 'a copy'", "venvwrap undo 'a copy'")
        .code("venvwrap doctor", "venvwrap doctor")
}

fn lives(python: &Python, shell: Shell) {
    let sandbox = place(python);
    let (request, minor) = (request(python), python.minor());
    let told = life(&request).played(&sandbox, shell.plain());
    let text = told.stdout_text();
    let heard: Vec<&str> =
        text.lines().filter(|line| line.starts_with("=> ") || line.starts_with("tiny thing")).collect();
    let expected = [
        format!("=> hook of {minor}"),
        "tiny thing 1.0".to_owned(),
        format!("=> {minor} one 1.0"),
        // Hooks treat a copy as a new environment.
        format!("=> hook of {minor}"),
        "tiny thing 1.0".to_owned(),
        format!("=> {minor} a copy 1.0"),
        "tiny thing 1.0".to_owned(),
    ];
    assert_eq!(heard, expected, "{request}: {told}");
    // The package was removed from one environment only.
    let listed = text.rsplit_once("tiny thing 1.0\n").unwrap().1;
    assert!(listed.contains("\npip") && !listed.contains("tiny_thing"), "{request}: {told}");
    assert!(text.contains("\n1 environment checked, no problems"), "{request}: {told}");
    told.records(&format!(
        "mkvirtualenv -p {request} -i tiny-thing one: 0
         cpvirtualenv one copied: 0
         mvvirtualenv copied a copy: 0
         deactivate: 0
         workon one: 0
         lssitepackages: 0
         deactivate: 0
         rmvirtualenv one a copy: 0"
    ));
}

#[test]
fn of_every_python_in_a_shell() {
    let ordinary = pythons::all().iter().filter(|python| python.has_ensurepip && !is_odd(python));
    for (python, shell) in ordinary.zip(Shell::ALL.into_iter().cycle()) {
        lives(python, shell);
    }
}

#[test]
fn of_python_2_and_pypy_in_every_shell() {
    let odd: Vec<&Python> = pythons::all().iter().filter(|python| python.has_ensurepip && is_odd(python)).collect();
    if odd.is_empty() {
        eprintln!("skipped: neither Python 2.7 nor PyPy is here");
    }
    for shell in Shell::ALL {
        for python in &odd {
            lives(python, shell);
        }
    }
}
