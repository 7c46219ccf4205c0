//! Sandboxes that the situations of several tables start from.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::play::NAME;
use crate::support::programs::write_program;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;

pub(super) fn nothing(_sandbox: &mut Sandbox) {}

/// An environment written by hand.
pub(super) fn environment(sandbox: &mut Sandbox) {
    sandbox.minimal_environment(NAME);
}

/// `python3` on PATH is a Python that can create environments.
pub(super) fn python(sandbox: &mut Sandbox) {
    on_path(sandbox, "python3", &pythons::complete().path);
}

/// An environment with a Python that runs, and with pip.
pub(super) fn real(sandbox: &mut Sandbox) {
    python(sandbox);
    drop(sandbox.run(["mkvirtualenv", NAME]).status(0));
}

/// The same without pip.
pub(super) fn real_without_pip(sandbox: &mut Sandbox) {
    python(sandbox);
    drop(sandbox.run(["mkvirtualenv", "--without-pip", NAME]).status(0));
}

/// An environment that is in the trash.
pub(super) fn removed(sandbox: &mut Sandbox) {
    environment(sandbox);
    drop(sandbox.run(["rmvirtualenv", NAME]).status(0));
}

/// A project linked to an environment written by hand.
pub(super) fn project(sandbox: &mut Sandbox) {
    environment(sandbox);
    let project = sandbox.root().join("the project");
    fs::create_dir(&project).unwrap();
    drop(sandbox.run(["setvirtualenvproject".as_ref(), NAME.as_ref(), project.as_os_str()]).status(0));
}

/// A program of this name is found on PATH.
pub(super) fn on_path(sandbox: &Sandbox, name: &str, program: &Path) {
    symlink(program, sandbox.tools().join(name)).unwrap();
}

/// A script with this content is found on PATH.
pub(super) fn script(sandbox: &Sandbox, name: &str, body: &str) {
    sandbox.program(format!("tools/{name}"), format!("#!/bin/sh\n{body}\n"));
}

/// `sudo` runs the program: the tests that need it run as root.
pub(super) fn sudo(sandbox: &Sandbox) {
    script(sandbox, "sudo", "exec \"$@\"");
}

/// An environment with a name that can stand for NAME in a command.
pub(super) fn other(sandbox: &mut Sandbox) {
    sandbox.minimal_environment("other");
}

/// An environment whose python is this script.
pub(super) fn with_python(sandbox: &Sandbox, body: &str) -> PathBuf {
    let root = sandbox.minimal_environment(NAME);
    fs::remove_file(root.join("bin/python")).unwrap();
    write_program(root.join("bin/python"), format!("#!/bin/sh\n{body}\n"));
    root
}

/// The site-packages of an environment written by hand.
pub(super) fn site_packages(sandbox: &Sandbox) -> PathBuf {
    sandbox.environment(NAME).join("lib/python3.11/site-packages")
}
