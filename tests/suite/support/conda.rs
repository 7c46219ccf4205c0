//! A conda environment, laid out by hand as conda does it: `conda-meta` with a history and the
//! records of packages, and whatever a test puts into `etc/conda`.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::sandbox::Sandbox;

/// The base at this place below the root of the sandbox, registered as conda registers it.
pub(crate) fn base(sandbox: &Sandbox, place: impl AsRef<Path>) -> PathBuf {
    let root = prefix(sandbox, place);
    fs::create_dir(root.join("condabin")).unwrap();
    // conda's own, which makes a base look like a virtual environment to whom looks for no more.
    fs::write(root.join("bin/activate"), "_CONDA_ROOT=x\n").unwrap();
    root
}

/// An environment at this place, registered.
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

/// Puts a line into `~/.conda/environments.txt`.
pub(crate) fn register(sandbox: &Sandbox, root: &Path) {
    let file = sandbox.home().join(".conda/environments.txt");
    let mut text = fs::read(&file).unwrap_or_default();
    text.extend([root.as_os_str().as_bytes(), b"\n"].concat());
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

/// Writes a file below the environment.
pub(crate) fn write(root: &Path, file: &str, text: &str) -> PathBuf {
    let file = root.join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    file
}
