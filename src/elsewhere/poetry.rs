//! poetry: `virtualenvs` in its cache, or where its settings say; environments are called `PROJECT-MARK-pyX.Y`.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::{Candidate, Places, environments_in, name_and_mark, os, settings, text};
use crate::environment::origin::Origin;

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let directory = directory(places);
    let found = directory.iter().flat_map(|directory| environments_in(directory));
    found
        .map(|(name, environment)| {
            let (mut names, mut project) = (Vec::new(), None);
            if let Some((start, version)) = before_version(name.as_bytes())
                && let Some((short, mark)) = name_and_mark(start)
            {
                // The second is what poetry shows in the prompt.
                names.extend([os(short), os(&[short, version].concat())]);
                project = places.project_marked(mark);
            }
            names.push(name);
            Candidate { origin: Origin::Poetry, environment, names, project }
        })
        .collect()
}

/// `shop-MARK-py3.12` without and with `-py3.12`.
fn before_version(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let (start, version) = name.split_at(memchr::memmem::rfind(name, b"-py")?);
    let is_version = version[3..].iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b't'));
    is_version.then_some((start, version))
}

/// Variable, then config.toml, then the cache.
fn directory(places: &Places<'_>) -> Option<PathBuf> {
    let config = match places.context.variable("POETRY_CONFIG_DIR") {
        Some(directory) => PathBuf::from(directory),
        None => places.config()?.join("pypoetry"),
    };
    let settings = settings(&config.join("config.toml"));
    let said = |variable: &str, keys: &[&str]| {
        let from_variable = places.context.variable(variable).map(OsString::from);
        from_variable.or_else(|| text(&settings, keys))
    };
    let cache = match said("POETRY_CACHE_DIR", &["cache-dir"]) {
        Some(directory) => places.expanded(&directory),
        None => places.cache().map(|cache| cache.join("pypoetry")),
    };
    let Some(directory) = said("POETRY_VIRTUALENVS_PATH", &["virtualenvs", "path"]) else {
        return cache.map(|cache| cache.join("virtualenvs"));
    };
    match directory.as_bytes().strip_prefix(b"{cache-dir}") {
        Some(below) => Some(cache?.join(os(below.strip_prefix(b"/").unwrap_or(below)))),
        None => places.expanded(&directory),
    }
}
