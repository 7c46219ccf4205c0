//! Checks the interpreter of an environment: the links in `bin`, and what `pyvenv.cfg` says.
//!
//! Starts no interpreter: a version is read from the name of the file that a link ends at, and from
//! the file.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::Symptom;
use super::facts::{base_home, is_link};
use crate::environment::integrity::is_called_python;
use crate::environment::{Environment, end_of_links};
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::fs::{entries_in, is_same, resolved};
use crate::sorting;
use crate::versions::Series;

/// The first symptom only: the others follow from it.
pub(super) fn check(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    missing(environment)
        .or_else(|| home_missing(environment))
        .or_else(|| no_cfg(environment))
        .or_else(|| replaced(environment))
        .or_else(|| outside_home(environment))
}

/// Symptoms of an environment that has a Python, found without listing a directory.
pub(super) fn at_a_glance(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    // An environment of conda needs no pyvenv.cfg.
    if environment.is_conda() { None } else { no_cfg(environment).or_else(|| replaced(environment)) }
}

/// `bin/python`, else another Python in `bin`, is missing or a link to nothing.
fn missing(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    let python = dangling(environment).into_iter().next()?;
    let symptom = Symptom::PythonMissing { python: end_of_links(&python), series: relinkable(environment) };
    Some((python, symptom))
}

/// The links to nothing in `bin` that have the name of a Python, and `python` itself if it is
/// missing.
pub(super) fn dangling(environment: &Environment) -> Vec<PathBuf> {
    let python = environment.python();
    // A file that may not be examined is there; `location` reports it.
    let is_missing =
        |path: &Path| fs::metadata(path).is_err_and(|error| error.kind() != std::io::ErrorKind::PermissionDenied);
    let mut found: Vec<PathBuf> = is_missing(&python).then_some(python).into_iter().collect();
    let entries = entries_in(environment.bin());
    let links = entries
        .filter(|entry| is_called_python(&entry.file_name()) && entry.file_type().is_ok_and(|kind| kind.is_symlink()));
    let mut others: Vec<PathBuf> = links.map(|entry| entry.path()).filter(|path| is_missing(path)).collect();
    sorting::sort(&mut others);
    found.extend(others.into_iter().filter(|path| *path != environment.python()));
    found
}

/// Python finds its standard library by `home` (PEP 405).
fn home_missing(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    let home = base_home(environment)?;
    let is_missing = fs::metadata(&home).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    is_missing
        .then(|| (environment.root().join(FILE_NAME), Symptom::HomeMissing { home, series: relinkable(environment) }))
}

/// The packages are in the directory of another version.
fn replaced(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    let (python, series) = (environment.replaced_python()?, environment.series()?);
    let can_relink = relinkable(environment).is_some();
    Some((environment.python(), Symptom::PythonReplaced { python, series, can_relink }))
}

/// Python finds the environment by this file (PEP 405).
fn no_cfg(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    (!environment.is_isolated()).then(|| (environment.root().join(FILE_NAME), Symptom::NoCfg))
}

/// `bin/python` is a link to an interpreter outside `home`.
fn outside_home(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    let (home, python) = (base_home(environment)?, environment.python());
    // A copy does not tell where it comes from.
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
    (!is_there).then_some((python, Symptom::PythonOutsideHome { python: end, home }))
}

/// The first target outside `bin` in a chain of links that starts there.
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

/// `3.12`, if the environment can be linked to another interpreter of that version: its own is a
/// link, and the environment is not a link in the store.
pub(super) fn relinkable(environment: &Environment) -> Option<Series> {
    let is_copy = fs::symlink_metadata(environment.python()).is_ok_and(|entry| entry.is_file());
    environment.series().filter(|_| !is_copy && !is_link(environment.root()))
}
