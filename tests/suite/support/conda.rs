//! A conda environment written by hand, laid out as conda does: `conda-meta` with a history and
//! package records, and files that tests put into `etc/conda`.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::sandbox::Sandbox;

/// Creates a base at this path in the sandbox, and registers it like conda.
pub(crate) fn base(sandbox: &Sandbox, place: impl AsRef<Path>) -> PathBuf {
    let root = prefix(sandbox, place);
    fs::create_dir(root.join("condabin")).unwrap();
    // A file of conda's that makes a base look like a virtual environment at first glance.
    fs::write(root.join("bin/activate"), "_CONDA_ROOT=x\n").unwrap();
    root
}

/// Creates an environment at this path, and registers it.
pub(crate) fn prefix(sandbox: &Sandbox, place: impl AsRef<Path>) -> PathBuf {
    let root = sandbox.root().join(place);
    fs::create_dir_all(root.join("bin")).unwrap();
    fs::create_dir_all(root.join("conda-meta")).unwrap();
    fs::create_dir_all(root.join("lib/python3.11/site-packages")).unwrap();
    fs::write(root.join("conda-meta/history"), "").unwrap();
    fs::write(root.join("conda-meta/python-3.11.9-h955ad1f_0.json"), "{}").unwrap();
    fs::write(root.join("conda-meta/python-dateutil-2.9.0-pyhd8ed1ab_0.json"), "{}").unwrap();
    symlink("/bin/sh", root.join("bin/python")).unwrap();
    register(sandbox, &root);
    root
}

/// Adds a line to `~/.conda/environments.txt`.
pub(crate) fn register(sandbox: &Sandbox, root: &Path) {
    let file = sandbox.home().join(".conda/environments.txt");
    let mut text = fs::read(&file).unwrap_or_default();
    text.extend([root.as_os_str().as_bytes(), b"\n"].concat());
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// Writes a file in the environment.
pub(crate) fn write(root: &Path, file: &str, text: &str) -> PathBuf {
    let file = root.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    file
}
