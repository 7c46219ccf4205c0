//! The interpreter of an environment, by its links and by what `pyvenv.cfg` says of it.
//!
//! Owns telling an interpreter that is gone from one that became another. Starts none of them: a
//! version is read from the name of the file that a link ends at, and from the file.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::What;
use crate::environment::integrity::is_called_python;
use crate::environment::{Environment, end_of_links};
use crate::fs::{is_same, resolved};

/// What is the matter with it; one thing, for the others follow from it.
pub(super) fn check(environment: &Environment) -> Option<(PathBuf, What)> {
    gone(environment)
        .or_else(|| home_gone(environment))
        .or_else(|| no_cfg(environment))
        .or_else(|| replaced(environment))
        .or_else(|| elsewhere(environment))
}

/// A link in `bin` that is called like a Python and leads nowhere, `python` itself first.
fn gone(environment: &Environment) -> Option<(PathBuf, What)> {
    let python = dangling(environment).into_iter().next()?;
    let what = What::PythonGone { python: end_of_links(&python), series: relinkable(environment) };
    Some((python, what))
}

/// The links of `bin` that lead nowhere and are called like a Python, and `python` where there is
/// nothing of that name.
pub(super) fn dangling(environment: &Environment) -> Vec<PathBuf> {
    let python = environment.python();
    // Forbidden is not gone; `place` tells of that.
    let is_gone =
        |path: &Path| fs::metadata(path).is_err_and(|error| error.kind() != std::io::ErrorKind::PermissionDenied);
    let mut found: Vec<PathBuf> = is_gone(&python).then_some(python).into_iter().collect();
    let entries = fs::read_dir(environment.bin()).into_iter().flatten().flatten();
    let links = entries
        .filter(|entry| is_called_python(&entry.file_name()) && entry.file_type().is_ok_and(|kind| kind.is_symlink()));
    let mut others: Vec<PathBuf> = links.map(|entry| entry.path()).filter(|path| is_gone(path)).collect();
    others.sort();
    found.extend(others.into_iter().filter(|path| *path != environment.python()));
    found
}

/// Python finds its standard library by `home` (PEP 405).
fn home_gone(environment: &Environment) -> Option<(PathBuf, What)> {
    let home = home(environment)?;
    let is_gone = fs::metadata(&home).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    is_gone.then(|| (environment.root().join("pyvenv.cfg"), What::HomeGone { home, series: relinkable(environment) }))
}

/// Its packages are in the directory of the version that it had.
fn replaced(environment: &Environment) -> Option<(PathBuf, What)> {
    let (python, series) = (environment.replaced_python()?, environment.series()?);
    let can_relink = relinkable(environment).is_some();
    Some((environment.python(), What::PythonReplaced { python, series, can_relink }))
}

/// Python finds the environment by this file (PEP 405).
fn no_cfg(environment: &Environment) -> Option<(PathBuf, What)> {
    (!environment.is_isolated()).then(|| (environment.root().join("pyvenv.cfg"), What::NoCfg))
}

/// `bin/python` is a link, and what it ends at is none of the interpreters in `home`.
fn elsewhere(environment: &Environment) -> Option<(PathBuf, What)> {
    let (home, python) = (home(environment)?, environment.python());
    // A copy has no other place to be told by.
    fs::read_link(&python).ok()?;
    let end = resolved(&python).ok()?;
    let outside = first_outside(&python).unwrap_or_default();
    let mut names: Vec<OsString> =
        [&end, &outside].iter().filter_map(|path| path.file_name()).map(OsStr::to_owned).collect();
    names.extend(["python3", "python", "pypy3", "pypy"].map(OsString::from));
    names.extend(
        environment.series().iter().flat_map(|series| ["python", "pypy"].map(|stem| format!("{stem}{series}").into())),
    );
    let is_there = names.iter().any(|name| is_same(&home.join(name), &end));
    (!is_there).then_some((python, What::NotOfHome { python: end, home }))
}

/// The first place outside of `bin` that a link in it leads to.
fn first_outside(link: &Path) -> Option<PathBuf> {
    let mut at = link.to_path_buf();
    for _ in 0..40 {
        let next = crate::fs::tidied(&at.parent()?.join(fs::read_link(&at).ok()?));
        if next.parent() != link.parent() {
            return Some(next);
        }
        at = next;
    }
    None
}

/// `home` of `pyvenv.cfg`, where it is a full path.
pub(super) fn home(environment: &Environment) -> Option<PathBuf> {
    let home = Path::new(OsStr::from_bytes(environment.cfg()?.get("home")?));
    home.is_absolute().then(|| home.to_path_buf())
}

/// `3.12` of one that can be given another interpreter of that version: it links to its own, and is
/// in the store itself.
pub(super) fn relinkable(environment: &Environment) -> Option<String> {
    let is_copy = fs::symlink_metadata(environment.python()).is_ok_and(|entry| entry.is_file());
    environment.series().filter(|_| !is_copy && !super::place::is_link(environment.root()))
}
