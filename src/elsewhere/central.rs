//! Tools that keep environments in one place, by name: pyenv-virtualenv in pyenv's versions,
//! scoop-uv (`scuv`) in its own directory, and uv, with its preview feature
//! `centralized-project-envs`, in its cache.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::files::{directories_in, environments_in, os};
use super::{Candidate, Places};
use crate::directories::{self, Base};
use crate::env_vars;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::fs::read_small;

/// Longest file that names an environment.
const LIMIT: u64 = 16 * 1024;

/// `versions/VERSION/envs/NAME`. (`versions/NAME` is a link to it.)
pub(super) fn of_pyenv(places: &Places<'_>) -> Vec<Candidate> {
    let root = places.context.absolute(env_vars::PYENV_ROOT).map(Path::to_path_buf);
    let root = root.or_else(|| Some(places.context.home()?.join(".pyenv")));
    let versions = root.map(|root| directories_in(&root.join("versions"))).unwrap_or_default();
    let mut found = Vec::new();
    for version in versions.iter().filter(|version| !version.is_symlink()) {
        for (name, environment) in environments_in(&version.join("envs")) {
            // As pyenv itself lists it.
            let long = Path::new(version.file_name().unwrap_or_default()).join("envs").join(&name).into_os_string();
            let project = naming(places, ".python-version", &[&name, &long]);
            found.push(candidate(Origin::Pyenv, environment, vec![name, long], project));
        }
    }
    found
}

/// `virtualenvs/NAME`.
pub(super) fn of_scuv(places: &Places<'_>) -> Vec<Candidate> {
    let root = places.context.absolute("SCUV_HOME").map(Path::to_path_buf);
    let Some(root) = root.or_else(|| Some(places.context.home()?.join(".scuv"))) else { return Vec::new() };
    let found = environments_in(&root.join("virtualenvs")).into_iter();
    found
        .map(|(name, environment)| {
            let project = naming(places, ".scuv-version", &[&name]);
            candidate(Origin::Scuv, environment, vec![name], project)
        })
        .collect()
}

/// `environments-vN/PROJECT-cpX.Y.Z-HASH`. The environments of scripts, beside them, are left out.
/// uv reaches one through the `.venv` link of its project, which has the shorter path.
pub(super) fn of_uv(places: &Places<'_>) -> Vec<Candidate> {
    let cache = match places.context.variable("UV_CACHE_DIR") {
        Some(directory) => places.expanded(directory),
        None => directories::xdg(places.context, Base::Cache).map(|cache| cache.join("uv")),
    };
    let buckets = cache.map(|cache| directories_in(&cache)).unwrap_or_default();
    let is_bucket =
        |path: &&PathBuf| path.file_name().is_some_and(|name| name.as_bytes().starts_with(b"environments-v"));
    let found = buckets.iter().filter(is_bucket).flat_map(|bucket| environments_in(bucket));
    found
        .filter_map(|(name, environment)| {
            let short = os(before_python(name.as_bytes())?);
            Some(candidate(Origin::Uv, environment, vec![short, name], None))
        })
        .collect()
}

/// Splits `shop` off `shop-cp3.11.7-9190066bfa43e176`.
pub(super) fn before_python(name: &[u8]) -> Option<&[u8]> {
    let mut parts = name.rsplitn(3, |byte| *byte == b'-');
    let (hash, python) = (parts.next()?, parts.next()?);
    let digits = python.iter().position(u8::is_ascii_digit)?;
    let is_python = digits > 0 && python[..digits].iter().all(u8::is_ascii_lowercase);
    let is_hash = hash.len() == 16 && hash.iter().all(u8::is_ascii_hexdigit);
    parts.next().filter(|short| !short.is_empty() && is_python && is_hash)
}

fn candidate(
    origin: Origin,
    environment: Environment,
    names: Vec<std::ffi::OsString>,
    project: Option<PathBuf>,
) -> Candidate {
    Candidate { origin, environment, names, project, is_first: false }
}

/// The first known project whose file, by that tool's rules, names one of these.
fn naming(places: &Places<'_>, file: &str, names: &[&OsStr]) -> Option<PathBuf> {
    let names_one = |project: &&PathBuf| {
        let text = read_small(&project.join(file), LIMIT).ok().flatten().unwrap_or_default();
        let word = text.split(u8::is_ascii_whitespace).find(|word| !word.is_empty());
        word.is_some_and(|word| names.iter().any(|name| name.as_bytes() == word))
    };
    places.projects().iter().find(names_one).cloned()
}
