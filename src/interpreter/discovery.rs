//! Finds the interpreter for a request.
//!
//! Owns the order of the search and the report if nothing fits. Candidates are started one at a
//! time, until one fits. Where interpreters are installed is known to `places`.

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
    /// By a name that contains the version: of a command, or of an installation's directory.
    Exact(Origin),
    /// By the names `python3` and `python`, which tell no version. They come last, because each
    /// candidate has to be started.
    Any(Origin),
}

/// All places by names with a version first, then the places that have commands by bare names.
fn steps() -> impl Iterator<Item = Source> {
    places::ORDER.map(Source::Exact).into_iter().chain([Origin::Path, Origin::System].map(Source::Any))
}

/// Finds the interpreter that `-p` asks for; `None` means `python3` or `python`.
///
/// Fails with [`Error::Usage`] if the request is invalid, with [`Error::PythonNotFound`] if no
/// interpreter meets it, and with [`Error::PythonFailed`] if it names an interpreter that does not
/// work.
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

/// The first default candidate that `usable` accepts. Starts nothing.
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
    /// Tries candidates until an interpreter works and meets the request.
    fn first_fit(&self, wanted: &Description) -> Result<Interpreter> {
        let mut tried = Vec::new();
        let mut second_best = None;
        let (mut has_bare, mut more) = (false, 0);
        // `/bin` and `/usr/bin` are one directory on most systems: do not try a refused file again
        // under its other name.
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
                // `build-details.json` can rule out an interpreter that was never started.
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
                        // One wrong `python3` says as much as ten.
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
            tried.push(format!("{more} more of another version"));
        }
        second_best.ok_or_else(|| self.not_found(tried))
    }

    /// The executables of a place that could meet the request, looked up lazily.
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

    /// The interpreter at a path, or in the prefix or environment there.
    fn at_path(&self, path: &Path) -> Result<Interpreter> {
        let missing = |path: &Path, why: &str| self.not_found(vec![format!("{}: {why}", self.shown(path))]);
        if let Some(owner) = self.places.shim_of(path) {
            return at(self.context, &self.places.in_place_of(path).ok_or_else(|| missing(path, owner.absence()))?);
        }
        match fs::metadata(path) {
            Ok(file) if file.is_dir() => match python_of(path) {
                Some(python) => at(self.context, &python),
                None => Err(missing(&path.join("bin/python"), "not found")),
            },
            Err(error) if error.kind() == ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
                Err(missing(path, "not found"))
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

    /// Why `PATH` has no usable command of this name.
    fn absence(&self, name: &OsStr) -> String {
        let why = self.places.shim_on_path(name).map_or("not found", places::Owner::absence);
        format!("{} on PATH: {why}", shown(name))
    }

    /// Mentions a file or directory of this name in the working directory, which a bare name does
    /// not select.
    fn here(&self, name: &OsStr) -> Option<String> {
        let file = self.context.working_directory().ok()?.join(name);
        fs::symlink_metadata(file).is_ok().then(|| format!("for the file here, use `./{}`", shown(name)))
    }

    /// Reports a place where nothing was found, if that tells the user anything.
    fn nothing_in(&self, source: Source, wanted: &Description) -> Vec<String> {
        let Source::Exact(place) = source else { return Vec::new() };
        let exact = wanted.reported_commands();
        match place {
            Origin::Path => exact.iter().map(|name| self.absence(name.as_ref())).collect(),
            Origin::System => {
                let directories: Vec<String> =
                    self.places.directories(place).iter().map(|directory| self.shown(directory)).collect();
                vec![format!("{} in {}: not found", exact.join(", "), directories.join(", "))]
            }
            _ => {
                let places = self.places.directories(place).into_iter().filter(|place| place.is_dir());
                places.map(|place| format!("{}: no {wanted}", self.shown(&place))).collect()
            }
        }
    }
}

/// Whether the user gets this interpreter for a bare `python3` or `python`. Even a pre-release is
/// then the user's choice.
fn is_at_the_prompt(source: Source, python: &Path) -> bool {
    is_bare(python) && matches!(source, Source::Exact(Origin::Path) | Source::Any(Origin::Path))
}

/// Whether the file name tells no version.
fn is_bare(python: &Path) -> bool {
    python.file_name().is_some_and(|name| name == "python3" || name == "python")
}

#[cfg(test)]
mod tests;
