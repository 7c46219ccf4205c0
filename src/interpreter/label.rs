//! The names that pyenv, uv, mise, asdf, and rye give to the directories of installations.
//!
//! Owns what such a name tells without starting anything. Examples: pyenv's `3.14.0rc1`,
//! `3.13t-dev`, and `pypy3.9-7.3.11`; uv's `cpython-3.13.0+freethreaded-linux-x86_64-gnu` and
//! `pypy-3.10.14-macos-aarch64-none`; rye's `cpython@3.12.3`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::versions::leading_numbers;

/// The properties of an installation, read from the name of its directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    is_pypy: bool,
    version: Vec<u32>,
    free_threaded: bool,
    is_final: bool,
    /// `PyPy`'s own version, which follows the version of the language.
    revision: Vec<u32>,
}

impl Label {
    /// `None` for all other directories: environments, Anaconda, other implementations.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (is_pypy, rest) = match (name.strip_prefix("pypy"), name.strip_prefix("cpython")) {
            (Some(rest), _) => (true, rest.strip_prefix(['-', '@']).unwrap_or(rest)),
            (None, Some(rest)) => (false, rest.strip_prefix(['-', '@'])?),
            (None, None) => (false, name),
        };
        let (version, rest) = leading_numbers(rest)?;
        let (bare, free_threaded) = match rest.split_once("+freethreaded") {
            Some((pre, _)) => (pre, true),
            None => (rest.split_once('-').map_or(rest, |(pre, _)| pre), false),
        };
        let (bare, free_threaded) = bare.strip_suffix('t').map_or((bare, free_threaded), |bare| (bare, true));
        let is_final = bare.is_empty() && !rest.ends_with("-dev");
        let is_version = bare.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let revision = rest.strip_prefix('-').and_then(|rest| leading_numbers(rest.strip_prefix('v').unwrap_or(rest)));
        let revision = revision.map(|(revision, _)| revision).unwrap_or_default();
        is_version.then_some(Self { is_pypy, version, free_threaded, is_final, revision })
    }

    /// The version of the language: one to three numbers.
    pub(super) fn version(&self) -> &[u32] {
        &self.version
    }

    /// Whether this is `PyPy`, otherwise `CPython`.
    pub(super) fn is_pypy(&self) -> bool {
        self.is_pypy
    }

    /// Whether this is a final release: not an alpha, a candidate, or a development branch.
    pub(super) fn is_final(&self) -> bool {
        self.is_final
    }

    /// Whether it is a free-threaded build.
    pub(super) fn is_free_threaded(&self) -> bool {
        self.free_threaded
    }

    /// Sorts final releases first, then newer versions. A directory for a whole series (such as
    /// uv's link `cpython-3.12-…`, which points to the newest patch) comes before the members of
    /// the series.
    pub(super) fn newest_first(&self) -> impl Ord + use<> {
        let missing = if self.revision.is_empty() { u32::MAX } else { 0 };
        let part = |index: usize| self.version.get(index).copied().unwrap_or(missing);
        std::cmp::Reverse((self.is_final, [0, 1, 2].map(part), self.revision.clone()))
    }
}

/// The installations in a directory that contains one directory for each. Empty if it cannot be
/// read.
pub(super) fn installations(directory: &Path) -> Vec<(Label, PathBuf)> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter_map(|path| Some((Label::parse(path.file_name()?.to_str()?)?, path))).collect()
}
