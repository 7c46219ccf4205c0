//! Finds the newest interpreter of an implementation and minor version.
//!
//! Owns which interpreters have to be started for that. Most need not: the names of installations
//! tell their version, and the cache and `build-details.json` tell more.

use std::ffi::OsStr;

use super::examine::at;
use super::facts::{Interpreter, InterpreterKind};
use super::inventory::{Sighting, sightings};
use super::label::Label;
use super::places::Origin;
use super::request::{Description, Request};
use super::{build_details, cache};
use crate::context::Context;
use crate::error::Result;
use crate::sorting;
use crate::versions::Release;

/// The newest interpreter that meets both requests, among `known` and
/// those that are installed.
/// The second request is what was asked for once, if anything was. Interpreters of conda and debug
/// builds are left out: they are not for others to build on.
pub(crate) fn newest(
    context: &Context,
    request: &OsStr,
    asked: Option<&OsStr>,
    known: &[Interpreter],
) -> Result<Option<Interpreter>> {
    let Request::Described(wanted) = Request::parse(Some(request), context)? else { return Ok(None) };
    let also = match asked.map(|asked| Request::parse(Some(asked), context)) {
        Some(Ok(Request::Described(also))) => also,
        _ => Description::default(),
    };
    let could_fit = |label: &Label| wanted.could_fit_label(label) && also.could_fit_label(label);
    let (mut candidates, _) = sightings(context);
    candidates.retain(|candidate| candidate.label.as_ref().is_none_or(could_fit));
    sorting::sort_by_key(&mut candidates, |candidate| candidate.label.as_ref().map(Label::newest_first));
    let is_usable = |python: &Interpreter| {
        let kind = python.kind();
        let is_same_kind = kind.implementation == "CPython" || request.as_encoded_bytes().starts_with(b"pypy");
        let is_of_conda = python.base_prefix.join("conda-meta").is_dir();
        let meets = wanted.mismatch(python).is_none() && also.mismatch(python).is_none();
        is_same_kind && !is_of_conda && !kind.is_debug() && meets
    };
    let mut best = known.iter().filter(|python| is_usable(python)).max_by_key(|python| order(python)).cloned();
    for candidate in candidates.iter().filter(|candidate| candidate.origin != Origin::Conda) {
        let is_newer = |python: &Interpreter| best.as_ref().is_none_or(|best| order(python) > order(best));
        if candidate.label.as_ref().is_some_and(|label| is_older(label, best.as_ref())) {
            continue;
        }
        // Without starting it, if possible.
        if let Some(told) = told(context, candidate)
            && !(is_usable(&told) && is_newer(&told))
        {
            continue;
        }
        let found = candidate.paths.first().and_then(|path| at(context, path).ok());
        best = found.filter(|python| is_usable(python) && is_newer(python)).or(best);
    }
    Ok(best)
}

/// What the cache or `build-details.json` tell.
fn told(context: &Context, candidate: &Sighting) -> Option<Interpreter> {
    let paths = &candidate.paths;
    let remembered = paths.iter().find_map(|path| cache::recall(context, path));
    remembered.or_else(|| paths.iter().find_map(|path| build_details::read(path)))
}

/// Whether a name says that an interpreter is not newer than the best one.
fn is_older(label: &Label, best: Option<&Interpreter>) -> bool {
    match (label.version(), best) {
        (&[major, minor, micro], Some(best)) => Release { major, minor, micro } <= best.version,
        _ => false,
    }
}

fn order(python: &Interpreter) -> impl Ord + use<> {
    let InterpreterKind { version, release, .. } = python.kind();
    (version, release.starts_with("final"), release)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::fake::{hostile_room, python, starts};
    use std::path::Path;

    fn found(room: &Path, request: &str, asked: Option<&str>, known: &[Interpreter]) -> Option<String> {
        let place = |below: &str| room.join(below).to_str().unwrap().to_owned();
        let (home, path, cache) = (place(""), place("path"), place("cache"));
        let context = Context::made_of(&[("HOME", &home), ("PATH", &path), ("XDG_CACHE_HOME", &cache)]);
        let found = newest(&context, request.as_ref(), asked.map(OsStr::new), known).unwrap();
        found.map(|python| python.version.to_string())
    }

    #[test]
    fn only_what_may_be_newer_is_started() {
        let (_keep, room) = hostile_room();
        let prefix = |version: &str| room.join(".pyenv/versions").join(version);
        for version in ["3.98.2", "3.98.10", "3.98.11", "3.101.0"] {
            python(&prefix(version), "python", version);
        }
        std::fs::remove_file(prefix("3.98.11").join("bin/python")).unwrap();
        std::os::unix::fs::symlink("missing", prefix("3.98.11").join("bin/python")).unwrap();
        let started = || ["3.98.2", "3.98.10", "3.101.0"].map(|version| starts(&prefix(version)));
        assert_eq!(found(&room, "cpython3.98", None, &[]).unwrap(), "3.98.10");
        assert_eq!(started(), [0, 1, 0]);
        assert_eq!(found(&room, "cpython3.98", Some("3.98.2"), &[]).unwrap(), "3.98.2");
        assert_eq!(started(), [1, 1, 0]);
        assert_eq!(found(&room, "cpython3.98", Some("<3.98.10"), &[]).unwrap(), "3.98.2");
        assert_eq!(found(&room, "cpython3.98", Some(">=3.101"), &[]), None);
        let known = [crate::interpreter::fake::interpreter(&room.join("mine"), "3.101.0")];
        assert_eq!(found(&room, "cpython3.101", None, &known).unwrap(), "3.101.0");
        assert_eq!(found(&room, "cpython3.97", None, &known), None);
        assert_eq!(started(), [1, 1, 0]);
    }
}
