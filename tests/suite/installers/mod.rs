//! What is installed into a new environment, and by which program, with the real pip and uv and
//! without a network. The sandbox has a plain path: pip writes broken scripts for a path with a
//! backquote, and uv finds no project below a `#`.

mod imports; //  nothing in the working directory is imported
mod packages; // lock files, groups, projects, default packages, and the terminal
mod settings; // settings of pip and uv, and files that only pip can read

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::wheel::tiny_thing;

/// A build backend without dependencies; its wheel only adds the project to `sys.path`.
const BACKEND: &str = r"
import os, zipfile

NAME = 'our_project-0.1'

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    files = {
        'our_project.pth': os.getcwd(),
        NAME + '.dist-info/METADATA': 'Metadata-Version: 2.1\nName: our-project\nVersion: 0.1\n',
        NAME + '.dist-info/WHEEL': 'Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    }
    record = NAME + '.dist-info/RECORD'
    files[record] = ''.join(file + ',,\n' for file in list(files) + [record])
    wheel = NAME + '-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), 'w') as made:
        for file, text in files.items():
            made.writestr(file, text)
    return wheel
";

const PYPROJECT: &str = r#"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "our-project"
version = "0.1"

[dependency-groups]
Dev_Tools = ["other-thing"]
"#;

/// A sandbox with a project, wheels, and `uv` on PATH, without a network.
fn world() -> Sandbox {
    let mut sandbox = Sandbox::plain();
    sandbox.write("my project/pyproject.toml", PYPROJECT);
    sandbox.write("my project/backend.py", BACKEND);
    sandbox.write("my project/our_module.py", "NAME = 'our module'\n");
    fs::create_dir(sandbox.root().join("my wheels")).unwrap();
    for version in ["1.0", "2.0"] {
        tiny_thing(&sandbox.root().join("my wheels"), version);
    }
    // A distribution that differs only in its name.
    let wheel = tiny_thing(sandbox.root(), "3.0");
    let mut rename = sandbox.command(&pythons::complete().path);
    rename.args(["-c", RENAME]).arg(&wheel).arg(sandbox.root().join("my wheels/other_thing-3.0-py2.py3-none-any.whl"));
    sandbox.run_command(rename, b"").silent();
    symlink(peer("uv"), sandbox.tools().join("uv")).unwrap();
    sandbox.set("UV_NO_CACHE", "1");
    sandbox
}

const RENAME: &str = "
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], 'w') as new:
    for name in old.namelist():
        text = old.read(name).decode().replace('tiny_thing', 'other_thing').replace('tiny-thing', 'other-thing')
        new.writestr(name.replace('tiny_thing', 'other_thing'), text)
";

/// Replaces uv with a script; `body` runs in place of an installation.
fn made_up_uv(sandbox: &Sandbox, body: &str) {
    // Do not write through the link to the real uv.
    let _ = fs::remove_file(sandbox.tools().join("uv"));
    let text = format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo uv 0.13.8; exit; fi\n{body}\n");
    sandbox.program("tools/uv", text);
}

fn python() -> &'static str {
    pythons::complete().path.to_str().unwrap()
}

/// The arguments that create `x` without an index.
fn offline<'a>(words: &[&'a str]) -> Vec<&'a str> {
    [&["mkvirtualenv", "-p", python(), "--find-links", "my wheels", "--no-index"], words, &["x"]].concat()
}

fn is_there(sandbox: &Sandbox, module: &str) -> bool {
    let mut command = sandbox.command(sandbox.environment("x").join("bin/python"));
    command.args(["-c", &format!("import {module}")]);
    sandbox.run_command(command, b"").code() == 0
}
