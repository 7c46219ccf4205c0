//! poetry: `virtualenvs` in its cache, or the directory from its settings; names are
//! `PROJECT-HASH-pyX.Y`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::files::{environments_in, name_and_hash, os, settings, text};
use super::{Candidate, Places};
use crate::directories::{self, Base};
use crate::environment::origin::Origin;

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let directory = directory(places);
    let chosen = directory.as_deref().map(|directory| settings(&directory.join("envs.toml"))).unwrap_or_default();
    let found = directory.iter().flat_map(|directory| environments_in(directory));
    found
        .map(|(name, environment)| {
            let (mut names, mut project, mut is_first) = (Vec::new(), None, false);
            if let Some((start, version)) = before_version(name.as_bytes())
                && let Some((short, mark)) = name_and_hash(start)
            {
                // poetry shows the second form in the prompt.
                names.extend([os(short), os(&[short, version].concat())]);
                project = places.project_marked(mark);
                // `poetry env use` records the chosen Python version.
                let minor = std::str::from_utf8(start).ok().and_then(|start| text(&chosen, &[start, "minor"]));
                is_first = minor.is_some_and(|minor| version.strip_prefix(b"-py") == Some(minor.as_bytes()));
            }
            names.push(name);
            Candidate { origin: Origin::Poetry, environment, names, project, is_first }
        })
        .collect()
}

/// Splits `shop-HASH-py3.12` before `-py3.12`.
fn before_version(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let (start, version) = name.split_at(memchr::memmem::rfind(name, b"-py")?);
    let is_version = version[3..].iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b't'));
    is_version.then_some((start, version))
}

/// Whether poetry uses a project's `.venv`: yes, unless its settings say no.
pub(super) fn uses_venv_of(places: &Places<'_>, project: &Path) -> bool {
    let keys = ["virtualenvs", "in-project"];
    let said = |settings: &toml::Table| settings.get(keys[0])?.get(keys[1])?.as_bool();
    let by_variable = places.context.variable("POETRY_VIRTUALENVS_IN_PROJECT").and_then(OsStr::to_str);
    let by_file = || said(&settings(&project.join("poetry.toml")));
    let by_config = || said(&settings(&config(places)?.join("config.toml")));
    by_variable
        .map(|word| word.eq_ignore_ascii_case("true") || word == "1")
        .or_else(by_file)
        .or_else(by_config)
        .unwrap_or(true)
        && fs::symlink_metadata(project.join(".venv")).is_ok_and(|entry| !entry.is_file())
}

/// poetry's configuration directory.
fn config(places: &Places<'_>) -> Option<PathBuf> {
    let named = places.context.variable("POETRY_CONFIG_DIR").map(PathBuf::from);
    named.or_else(|| directories::native(places.context, Base::Config).map(|config| config.join("pypoetry")))
}

/// From the variable, else config.toml, else the cache.
fn directory(places: &Places<'_>) -> Option<PathBuf> {
    let settings = settings(&config(places)?.join("config.toml"));
    let said = |variable: &str, keys: &[&str]| {
        let from_variable = places.context.variable(variable).map(OsString::from);
        from_variable.or_else(|| text(&settings, keys))
    };
    let cache = match said("POETRY_CACHE_DIR", &["cache-dir"]) {
        Some(directory) => places.expanded(&directory),
        None => directories::native(places.context, Base::Cache).map(|cache| cache.join("pypoetry")),
    };
    let Some(directory) = said("POETRY_VIRTUALENVS_PATH", &["virtualenvs", "path"]) else {
        return cache.map(|cache| cache.join("virtualenvs"));
    };
    match directory.as_bytes().strip_prefix(b"{cache-dir}") {
        Some(below) => Some(cache?.join(os(below.strip_prefix(b"/").unwrap_or(below)))),
        None => places.expanded(&directory),
    }
}
