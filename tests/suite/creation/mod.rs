//! What `mkvirtualenv` makes, for every real interpreter of this machine: an ordinary environment,
//! to its own Python, to pip, venv, virtualenv, uv and editors.

mod cache; //    what environments share: nothing that could hurt another
mod layout; //   side by side with what `python -m venv` makes
mod peers; //    venv, virtualenv and uv take it for one of theirs
mod running; //  its Python and its pip at work

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::support::pythons::Python;
use crate::support::sandbox::{Answer, Sandbox};

/// Makes an environment of this interpreter with these options.
#[track_caller]
fn make(sandbox: &Sandbox, python: &Python, name: &str, options: &[&str]) -> PathBuf {
    let path = python.path.as_os_str();
    let words = ["mkvirtualenv", "-p"].map(OsStr::new).into_iter().chain([path]);
    let words = words.chain(options.iter().map(OsStr::new)).chain([OsStr::new(name)]);
    sandbox.run(words).status(0).stdout("");
    sandbox.environment(name)
}

/// Makes one for each interpreter, named like its version.
fn make_all(sandbox: &Sandbox, pythons: &'static [Python], options: &[&str]) -> Vec<(&'static Python, PathBuf)> {
    let made = pythons.iter().enumerate();
    made.map(|(index, python)| (python, make(sandbox, python, &format!("{index} {}", python.full()), options)))
        .collect()
}

/// Runs a program with these words in the sandbox, as cut off from the network and settings as pip
/// can be.
#[track_caller]
fn run<'a>(sandbox: &'a Sandbox, program: impl AsRef<OsStr>, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(program);
    command.args(words).env("PIP_NO_INDEX", "1").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    command.env("PIP_CONFIG_FILE", "/dev/null").env("PYTHONWARNINGS", "ignore").env("UV_OFFLINE", "1");
    command.env("UV_CACHE_DIR", sandbox.root().join("uv cache")).env("UV_NO_CONFIG", "1");
    sandbox.run_command(command, b"")
}
