//! Lists every interpreter on this machine once.
//!
//! Owns the way from the candidates of all places to a list. Interpreters that the cache or
//! `build-details.json` describes are not started; the others are probed concurrently. Broken
//! interpreters are listed with the reason.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use super::discovery::{default_of, find};
use super::examine::at;
use super::facts::{Interpreter, InterpreterKind};
use super::label::Label;
use super::places::{ORDER, Origin, Places};
use super::request::Request;
use super::{base, build_details, cache};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::formats::conda_meta;
use crate::sorting;

/// How many interpreters are probed at a time. Most of the time they wait for the disk, and one
/// that hangs blocks its slot.
const AT_ONCE: usize = 8;

/// Device and inode: equal for two paths of the same file.
type Identity = (u64, u64);

/// An interpreter to create environments with.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The most stable path, which environments would link to.
    pub(crate) path: PathBuf,
    /// All paths it was found at, in the order of the search, and `path`.
    pub(crate) paths: Vec<PathBuf>,
    /// Who installed it; [`Origin::Path`] if unknown.
    pub(crate) origin: Origin,
    pub(crate) kind: InterpreterKind,
    /// Whether a creation without a request would use it.
    pub(crate) is_default: bool,
    identity: Option<Identity>,
    interpreter: Interpreter,
}

/// A file that looks like an interpreter but does not work.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
    /// Why it does not work.
    pub(crate) reason: String,
}

#[derive(Debug)]
pub(crate) struct Inventory {
    /// `CPython` first, the newest first.
    pub(crate) interpreters: Vec<Listed>,
    pub(crate) unusable: Vec<Unusable>,
}

/// Searches all places, for what meets `request` if one is given. `asking` is called before
/// interpreters are started, with their number; its result is kept alive until they have answered.
///
/// Fails like [`find`] if the request is invalid or no interpreter meets it.
pub(crate) fn inventory<T>(
    context: &Context,
    request: Option<&OsStr>,
    asking: impl FnOnce(usize) -> T,
) -> Result<Inventory> {
    let parsed = Request::parse(request, context)?;
    let (sightings, mut unusable) = sightings(context);
    let named = match &parsed {
        Request::Path(_) | Request::Command(_) => Some(find(context, request)?),
        Request::Default | Request::Described(_) => None,
    };
    let is_relevant = |label: Option<&Label>, file: Option<Identity>| match (&parsed, &named) {
        (_, Some(named)) => file.is_some() && file == identity(&named.base_executable),
        (Request::Described(wanted), None) => label.is_none_or(|label| wanted.could_fit_label(label)),
        _ => true,
    };
    let (mut sightings, skipped): (Vec<Sighting>, Vec<Sighting>) =
        sightings.into_iter().partition(|sighting| is_relevant(sighting.label.as_ref(), sighting.identity));
    unusable.retain(|(_, label)| is_relevant(label.as_ref(), None));
    if let Some(named) = &named {
        for sighting in &mut sightings {
            sighting.known = Some(Ok(named.clone()));
        }
    }
    ask(context, &mut sightings, asking);
    let mut interpreters = usable(sightings, &mut unusable);
    if let Some(named) = named {
        add(&mut interpreters, named, Origin::Path, Vec::new());
    }
    // Determined before filtering: the default need not meet the request.
    let default = default_of(context, |path| {
        let base = base_identity(&path);
        if base.is_some() && skipped.iter().any(|sighting| sighting.identity == base) {
            return base;
        }
        let is_it = |listed: &&Listed| listed.paths.contains(&path) || (base.is_some() && listed.identity == base);
        interpreters.iter().find(is_it).and_then(|listed| listed.identity)
    });
    if let Request::Described(wanted) = &parsed {
        interpreters.retain(|listed| wanted.mismatch(&listed.interpreter).is_none());
    }
    if interpreters.is_empty() && unusable.is_empty() {
        // The error of `find` lists the searched places.
        find(context, request)?;
    }
    for listed in &mut interpreters {
        listed.is_default = default.is_some() && listed.identity == default;
    }
    sorting::sort_by_key(&mut interpreters, order);
    Ok(Inventory { interpreters, unusable: unusable.into_iter().map(|(unusable, _)| unusable).collect() })
}

impl Inventory {
    /// The index of the interpreter that the environment of `python` was created with. Starts
    /// nothing.
    pub(crate) fn base_of(&self, python: &Path) -> Option<usize> {
        let base = base_identity(python)?;
        self.interpreters.iter().position(|listed| listed.identity == Some(base))
    }
}

/// A file that may be an interpreter.
pub(super) struct Sighting {
    identity: Option<Identity>,
    pub(super) paths: Vec<PathBuf>,
    pub(super) origin: Origin,
    pub(super) label: Option<Label>,
    /// The interpreter, or why it does not work; `None` until probed.
    known: Option<std::result::Result<Interpreter, String>>,
}

/// Every candidate of every place, each file once; and the environments whose base is missing.
pub(super) fn sightings(context: &Context) -> (Vec<Sighting>, Vec<(Unusable, Option<Label>)>) {
    let places = Places::of(context);
    let (mut found, mut unusable): (Vec<Sighting>, Vec<_>) = (Vec::new(), Vec::new());
    for origin in ORDER {
        for candidate in places.candidates(origin) {
            // The python of an environment counts as the interpreter it was created with.
            let path = match base::outside_environments(&candidate.path) {
                Ok(path) => path,
                Err(error) => {
                    let reason = reason_of(&error);
                    unusable.push((Unusable { path: candidate.path, origin, reason }, candidate.label));
                    continue;
                }
            };
            let identity = identity(&path);
            match found.iter_mut().find(|seen| seen.identity.is_some() && seen.identity == identity) {
                Some(seen) => {
                    if !seen.paths.contains(&path) {
                        seen.paths.push(path);
                    }
                    // An installer tells more than `PATH`.
                    if seen.origin == Origin::Path {
                        seen.origin = origin;
                    }
                }
                None => {
                    found.push(Sighting { identity, paths: vec![path], origin, label: candidate.label, known: None });
                }
            }
        }
    }
    (found, unusable)
}

/// Fills in what the cache and `build-details.json` know, and probes the rest.
fn ask<T>(context: &Context, sightings: &mut [Sighting], asking: impl FnOnce(usize) -> T) {
    for sighting in sightings.iter_mut().filter(|sighting| sighting.known.is_none()) {
        let remembered = sighting.paths.iter().find_map(|path| cache::recall(context, path));
        let known = remembered.or_else(|| sighting.paths.iter().find_map(|path| build_details::read(path)));
        sighting.known = known.map(Ok);
    }
    let open: Vec<usize> = (0..sightings.len()).filter(|index| sightings[*index].known.is_none()).collect();
    if open.is_empty() {
        return;
    }
    let _sign_of_life = asking(open.len());
    let (next, all) = (AtomicUsize::new(0), &*sightings);
    let answers: Vec<(usize, std::result::Result<Interpreter, String>)> = thread::scope(|scope| {
        let worker = || {
            let mut answers = Vec::new();
            while let Some(index) = open.get(next.fetch_add(1, Relaxed)) {
                let answer = all[*index].paths.first().map(|path| at(context, path).map_err(|error| reason_of(&error)));
                answers.extend(answer.map(|answer| (*index, answer)));
            }
            answers
        };
        let workers: Vec<_> = (0..open.len().min(AT_ONCE)).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    for (index, answer) in answers {
        sightings[index].known = Some(answer);
    }
}

/// Collects the interpreters that work, each once, and adds the others to `unusable`.
fn usable(sightings: Vec<Sighting>, unusable: &mut Vec<(Unusable, Option<Label>)>) -> Vec<Listed> {
    let mut interpreters = Vec::new();
    for Sighting { paths, origin, label, known, .. } in sightings {
        match (known, paths.first()) {
            (Some(Ok(interpreter)), _) => add(&mut interpreters, interpreter, origin, paths),
            (Some(Err(reason)), Some(path)) => unusable.push((Unusable { path: path.clone(), origin, reason }, label)),
            _ => {}
        }
    }
    interpreters
}

/// `CPython` first, the newest first.
fn order(listed: &Listed) -> impl Ord + use<> {
    let InterpreterKind { implementation, version, release, abiflags } = listed.kind.clone();
    let newest = std::cmp::Reverse((version, release.starts_with("final"), release));
    (implementation != "CPython", implementation, newest, abiflags, listed.path.clone())
}

/// Adds an interpreter. If it is listed already, adds only the paths: a program that starts an
/// interpreter is a file of its own.
fn add(all: &mut Vec<Listed>, interpreter: Interpreter, origin: Origin, mut paths: Vec<PathBuf>) {
    let path = interpreter.base_executable.clone();
    let identity = identity(&path);
    if let Some(known) = all.iter_mut().find(|known| known.identity.is_some() && known.identity == identity) {
        paths.retain(|path| !known.paths.contains(path));
        known.paths.extend(paths);
        return;
    }
    if !paths.contains(&path) {
        paths.push(path.clone());
    }
    // conda creates this directory in every prefix.
    let is_conda = origin == Origin::Path && conda_meta::is_in(&interpreter.base_prefix);
    let origin = if is_conda { Origin::Conda } else { origin };
    all.push(Listed { path, paths, origin, kind: interpreter.kind(), is_default: false, identity, interpreter });
}

fn reason_of(error: &Error) -> String {
    match error {
        Error::PythonFailed { reason, .. } => reason.clone(),
        other => other.to_string(),
    }
}

fn base_identity(python: &Path) -> Option<Identity> {
    identity(&base::outside_environments(python).ok()?)
}

fn identity(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(test)]
mod tests;
