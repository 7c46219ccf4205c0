//! What `mkvirtualenv` creates with every real interpreter of this machine: an ordinary environment
//! to its Python, pip, venv, virtualenv, uv, and editors.

mod cache; //    environments share no files
mod layout; //   compared with `python -m venv`
mod peers; //    venv, virtualenv, and uv accept it
mod running; //  running its Python and its pip

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::support::pythons::Python;
use crate::support::sandbox::{Answer, Sandbox};

/// Creates an environment with this interpreter and these options.
#[track_caller]
fn make(sandbox: &Sandbox, python: &Python, name: &str, options: &[&str]) -> PathBuf {
    let path = python.path.as_os_str();
    let words = ["mkvirtualenv", "-p"].map(OsStr::new).into_iter().chain([path]);
    let words = words.chain(options.iter().map(OsStr::new)).chain([OsStr::new(name)]);
    sandbox.run(words).status(0).stdout("");
    sandbox.environment(name)
}

/// Creates an environment with each interpreter, named after its version.
fn make_all(sandbox: &Sandbox, pythons: &'static [Python], options: &[&str]) -> Vec<(&'static Python, PathBuf)> {
    let made = pythons.iter().enumerate();
    made.map(|(index, python)| (python, make(sandbox, python, &format!("{index} {}", python.full()), options)))
        .collect()
}

/// Runs a program in the sandbox, without network and pip settings.
#[track_caller]
fn run<'a>(sandbox: &'a Sandbox, program: impl AsRef<OsStr>, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(program);
    command.args(words).env("PIP_NO_INDEX", "1").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    command.env("PIP_CONFIG_FILE", "/dev/null").env("PYTHONWARNINGS", "ignore").env("UV_OFFLINE", "1");
    command.env("UV_CACHE_DIR", sandbox.root().join("uv cache")).env("UV_NO_CONFIG", "1");
    sandbox.run_command(command, b"")
}
