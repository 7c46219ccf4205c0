//! Which Python `mkvirtualenv` uses: compared with the real uv, requested by variables and files,
//! and missing.

mod absent; //  missing Pythons: messages, hints, `--download`
mod askers; //  requests from variables and project files
mod uv; //      the real uv, request by request

use std::ffi::OsString;
use std::path::PathBuf;

use crate::support::pythons::{self, Python};
use crate::support::sandbox::{Answer, Sandbox};

/// A PATH with these Pythons, in this order, before the system's.
fn on_path(sandbox: &Sandbox, pythons: &[&Python]) -> OsString {
    let directories = pythons.iter().map(|python| python.path.parent().unwrap().to_path_buf());
    let system = ["/usr/bin", "/bin"].map(PathBuf::from);
    std::env::join_paths(std::iter::once(sandbox.tools()).chain(directories).chain(system)).unwrap()
}

/// Interpreters of CPython 3, each alone in its directory and of its own minor version, the newest
/// first.
fn apart() -> Vec<&'static Python> {
    let mut found: Vec<&Python> = Vec::new();
    for python in pythons::all().iter().rev() {
        let is_apart =
            !["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].iter().any(|place| python.path.starts_with(place));
        // uv supports 3.6 and newer.
        let is_known = python.implementation == "cpython" && python.version >= (3, 6, 0);
        if is_apart && is_known && found.iter().all(|other| other.minor() != python.minor()) {
            found.push(python);
        }
    }
    found
}

/// Creates the environment `x` without pip.
#[track_caller]
fn make<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Answer<'a> {
    sandbox.run([&["mkvirtualenv", "--without-pip"], words, &["x"]].concat())
}

/// The interpreter of the environment `x`, with links resolved. Removes `x`.
fn taken(sandbox: &Sandbox) -> PathBuf {
    let python = std::fs::canonicalize(sandbox.environment("x").join("bin/python")).unwrap();
    std::fs::remove_dir_all(sandbox.environment("x")).unwrap();
    python
}
