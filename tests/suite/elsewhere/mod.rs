//! Environments that other tools keep outside WORKON_HOME.

mod commands; // what each command does with one, and what it leaves to the owner
mod conda; //    conda environments: variables, scripts, and one over the other
mod conda_trust; // conda environments: untrusted scripts, and variables that programs obey
mod names; //    by which names they go, and which are refused
mod owners; //   made by the real tools, used in every shell

use std::path::{Path, PathBuf};

use crate::support::sandbox::Sandbox;
use crate::support::shells::hinted;

/// A project in PROJECT_HOME with a `.venv` in it.
fn project(sandbox: &Sandbox, name: &str) -> PathBuf {
    let project = sandbox.root().join("projects").join(name);
    sandbox.minimal_environment_at(&project.join(".venv"));
    project
}

/// An environment of poetry's.
fn of_poetry(sandbox: &Sandbox, name: &str) -> PathBuf {
    sandbox.minimal_environment_at(&poetry(sandbox).join(name))
}

fn poetry(sandbox: &Sandbox) -> PathBuf {
    if cfg!(target_os = "macos") && !sandbox.variables().contains_key(std::ffi::OsStr::new("XDG_CACHE_HOME")) {
        return sandbox.home().join("Library/Caches/pypoetry/virtualenvs");
    }
    sandbox.root().join("cache/pypoetry/virtualenvs")
}

/// A world with PROJECT_HOME and a cache of its own.
fn world() -> Sandbox {
    let mut sandbox = Sandbox::new().with_own_cache();
    let projects = sandbox.root().join("projects");
    std::fs::create_dir(&projects).unwrap();
    sandbox.set("PROJECT_HOME", projects);
    sandbox
}

/// The names that `lsvirtualenv --all --brief` prints.
fn listed(sandbox: &Sandbox) -> Vec<String> {
    let text = sandbox.run(["lsvirtualenv", "--all", "--brief"]).stderr("").stdout_text();
    text.lines().map(str::to_owned).collect()
}

/// A path as text with the sandbox's own as `[ROOT]`.
fn masked(sandbox: &Sandbox, path: &Path) -> String {
    String::from_utf8(sandbox.masked(path.to_str().unwrap().as_bytes())).unwrap()
}

/// The hint that copies a conda environment.
fn clone_hint(root: &Path) -> String {
    let root = hinted(root.to_str().unwrap());
    format!("change it with conda; `conda create -n NAME --clone {root}` copies it\n")
}
