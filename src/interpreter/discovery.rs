//! The search: which of the interpreters that are there is the one for a request.
//!
//! Owns the way through the places, and what is said where nothing is found. Nothing is started
//! that was not reached. Leaves it to `places` where interpreters live.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::build_details;
use super::examine::{at, at_unless};
use super::facts::Interpreter;
use super::places::{self, Origin, Places, python_of};
use super::request::{Description, Request};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::shown::{shown, shown_path};

/// A step of the search.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// What has the version in its name: the command, or the directory of the installation.
    Exact(Origin),
    /// `python3` and `python`, which can be any version: last, for each has to be started to know.
    Any(Origin),
}

/// Every place by names that promise something, then those whose commands may have other names
/// only.
fn steps() -> impl Iterator<Item = Source> {
    places::ORDER.map(Source::Exact).into_iter().chain([Origin::Path, Origin::System].map(Source::Any))
}

/// Finds the interpreter that `-p` asks for; `None` is what `python3` or `python` runs.
///
/// Fails with [`Error::Usage`] if the request is nonsense, with [`Error::PythonNotFound`] if no
/// interpreter fits it, and with [`Error::PythonFailed`] if the interpreter it names does not work.
pub(crate) fn find(context: &Context, request: Option<&OsStr>) -> Result<Interpreter> {
    let asked = request.unwrap_or(OsStr::new("default"));
    let search = Search { context, asked, places: Places::of(context) };
    match &Request::parse(request, context)? {
        Request::Default => search.first_fit(&Description::default()),
        Request::Described(wanted) => search.first_fit(wanted),
        Request::Command(name) => match search.places.on_path(name).next() {
            Some(python) => at(context, &python),
            None => Err(search.not_found(std::iter::once(search.absence(name)).chain(search.here(name)).collect())),
        },
        Request::Path(path) => search.at_path(path),
    }
}

/// The first of what would be tried where nothing is asked for that `usable` knows. Starts nothing
/// itself.
pub(super) fn default_of<T>(context: &Context, usable: impl FnMut(PathBuf) -> Option<T>) -> Option<T> {
    let search = Search { context, asked: OsStr::new("default"), places: Places::of(context) };
    let wanted = Description::default();
    steps().flat_map(|source| search.candidates(source, &wanted)).find_map(usable)
}

struct Search<'a> {
    context: &'a Context,
    asked: &'a OsStr,
    places: Places<'a>,
}

impl Search<'_> {
    /// Goes through the places until an interpreter works and nothing is the matter with it.
    fn first_fit(&self, wanted: &Description) -> Result<Interpreter> {
        let mut tried = Vec::new();
        let mut second_best = None;
        let (mut has_bare, mut more) = (false, 0);
        // `/bin` and `/usr/bin` are one directory on most systems: what did not do is not tried by
        // its other name.
        let mut refused: Vec<(u64, u64)> = Vec::new();
        for source in steps() {
            let mut is_empty = true;
            for python in self.candidates(source, wanted) {
                is_empty = false;
                let identity = fs::metadata(&python).ok().map(|file| (file.dev(), file.ino()));
                if identity.is_some_and(|identity| refused.contains(&identity)) {
                    continue;
                }
                refused.extend(identity);
                // What is written down about one tells why not before it is started for the first
                // time.
                let objection = |file: &Path| wanted.mismatch(&build_details::read(file)?);
                let reason = match at_unless(self.context, &python, objection) {
                    Ok(interpreter) => match wanted.mismatch(&interpreter) {
                        None if is_at_the_prompt(source, &python) || !wanted.is_second_best(&interpreter) => {
                            return Ok(interpreter);
                        }
                        None => {
                            second_best = second_best.or(Some(interpreter));
                            continue;
                        }
                        // One python3 that is another version tells as much as ten.
                        Some(_) if is_bare(&python) && has_bare => {
                            more += 1;
                            continue;
                        }
                        Some(reason) => {
                            has_bare |= is_bare(&python);
                            reason
                        }
                    },
                    Err(Error::PythonFailed { reason, .. }) => reason,
                    Err(error) => return Err(error),
                };
                tried.push(format!("{}: {reason}", self.shown(&python)));
            }
            if is_empty {
                tried.extend(self.nothing_in(source, wanted));
            }
        }
        if more > 0 {
            tried.push(format!("{more} more, which do not fit either"));
        }
        second_best.ok_or_else(|| self.not_found(tried))
    }

    /// The executables of a place that could be what is wanted, each looked up when it is reached.
    fn candidates<'s>(&'s self, source: Source, wanted: &Description) -> Box<dyn Iterator<Item = PathBuf> + 's> {
        let (place, names) = match source {
            Source::Exact(place) if place.has_installations() => {
                let fits = self.places.installed(place, |label| wanted.fits_label(label));
                return Box::new(fits.map(|candidate| candidate.path));
            }
            Source::Exact(place) => (place, wanted.exact_commands()),
            Source::Any(place) => (place, wanted.general_commands()),
        };
        Box::new(names.into_iter().flat_map(move |name| self.places.named(place, &name)))
    }

    /// The interpreter that a path names: the file, or the one of the prefix or environment.
    fn at_path(&self, path: &Path) -> Result<Interpreter> {
        let missing = |path: &Path, why: &str| self.not_found(vec![format!("{}: {why}", self.shown(path))]);
        if let Some(owner) = self.places.shim_of(path) {
            return at(self.context, &self.places.in_place_of(path).ok_or_else(|| missing(path, owner.absence()))?);
        }
        match fs::metadata(path) {
            Ok(file) if file.is_dir() => match python_of(path) {
                Some(python) => at(self.context, &python),
                None => Err(missing(&path.join("bin/python"), "not there")),
            },
            Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
                Err(missing(path, "not there"))
            }
            _ => at(self.context, path),
        }
    }

    fn not_found(&self, tried: Vec<String>) -> Error {
        Error::PythonNotFound { request: self.asked.to_owned(), asker: None, tried, ways: Vec::new() }
    }

    fn shown(&self, path: &Path) -> String {
        shown_path(path, self.context.home())
    }

    /// Why a command is not on `PATH`.
    fn absence(&self, name: &OsStr) -> String {
        let why = self.places.shim_on_path(name).map_or("not there", places::Owner::absence);
        format!("{} on PATH: {why}", shown(name))
    }

    /// A word about a file or directory of that name in the working directory, which a bare name is
    /// not taken for.
    fn here(&self, name: &OsStr) -> Option<String> {
        let file = self.context.working_directory().ok()?.join(name);
        fs::symlink_metadata(file).is_ok().then(|| format!("what is here by that name is `./{}`", shown(name)))
    }

    /// Lines about a place where nothing was found; none where that tells nothing.
    fn nothing_in(&self, source: Source, wanted: &Description) -> Vec<String> {
        let Source::Exact(place) = source else { return Vec::new() };
        let exact = wanted.told_commands();
        match place {
            Origin::Path => exact.iter().map(|name| self.absence(name.as_ref())).collect(),
            Origin::System => {
                let directories: Vec<String> =
                    self.places.directories(place).iter().map(|directory| self.shown(directory)).collect();
                vec![format!("{} in {}: not there", exact.join(", "), directories.join(", "))]
            }
            _ => {
                let places = self.places.directories(place).into_iter().filter(|place| place.is_dir());
                places.map(|place| format!("{}: no {wanted}", self.shown(&place))).collect()
            }
        }
    }
}

/// Whether this is what the person gets for a bare `python3` or `python`, be it a pre-release: they
/// chose it.
fn is_at_the_prompt(source: Source, python: &Path) -> bool {
    is_bare(python) && matches!(source, Source::Exact(Origin::Path) | Source::Any(Origin::Path))
}

/// Whether its name says nothing of its version.
fn is_bare(python: &Path) -> bool {
    python.file_name().is_some_and(|name| name == "python3" || name == "python")
}

#[cfg(test)]
mod tests;
