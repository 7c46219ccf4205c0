//! Where interpreters are looked for, and in which order.
//!
//! Owns the places. What a person would get at their prompt comes first, so that `mkvirtualenv` and `python3` agree;
//! then what is installed and merely not on `PATH`. Nothing is started that was not reached.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::label;
use super::pyenv::Pyenv;
use super::request::{Description, Request};
use super::{Interpreter, at};
use crate::context::Context;
use crate::env_vars;
use crate::error::{Error, Result};
use crate::fs::tidied;
use crate::shown::{shown, shown_path};

/// Where uv keeps what it installs, and below which directory it does without that variable.
const UV_PYTHON_INSTALL_DIR: &str = "UV_PYTHON_INSTALL_DIR";
const XDG_DATA_HOME: &str = "XDG_DATA_HOME";

/// Directories for those whose `PATH` is short (cron, desktop programs).
pub(super) const SYSTEM: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

/// A place to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// Commands on `PATH` that have the version in their name; shims of pyenv replaced by what they stand for.
    Path,
    /// What pyenv has installed, selected or not.
    Pyenv,
    /// What uv has installed.
    Uv,
    /// [`SYSTEM`], by the same names as on `PATH`.
    System,
    /// `python3` and `python` on `PATH`, which can be any version: last, for each has to be started to know.
    AnyOnPath,
    /// The same in [`SYSTEM`].
    AnyInSystem,
}

const ORDER: [Source; 6] =
    [Source::Path, Source::Pyenv, Source::Uv, Source::System, Source::AnyOnPath, Source::AnyInSystem];

/// Finds the interpreter for a request; `asked` is its text, for messages.
pub(super) fn find(context: &Context, asked: &OsStr, request: &Request) -> Result<Interpreter> {
    let search = Search { context, asked, directory: OnceCell::new(), pyenv: Pyenv::of(context) };
    match request {
        Request::Default => search.first_fit(&Description::default(), |_| None),
        Request::Described(wanted) => search.first_fit(wanted, |python| wanted.mismatch(python)),
        Request::Command(name) => match search.on_path(name).next() {
            Some(python) => at(context, &python),
            None => Err(search.not_found(vec![search.absence(name)])),
        },
        Request::Path(path) => search.at_path(path),
    }
}

struct Search<'a> {
    context: &'a Context,
    asked: &'a OsStr,
    /// The working directory, looked up where something depends on it.
    directory: OnceCell<PathBuf>,
    pyenv: Option<Pyenv>,
}

impl Search<'_> {
    /// Goes through the places until an interpreter works and nothing is the matter with it.
    fn first_fit(
        &self,
        wanted: &Description,
        mismatch: impl Fn(&Interpreter) -> Option<String>,
    ) -> Result<Interpreter> {
        let mut tried = Vec::new();
        // `/bin` and `/usr/bin` are one directory on most systems: what did not do is not tried by its other name.
        let mut refused: Vec<(u64, u64)> = Vec::new();
        for source in ORDER {
            let mut is_empty = true;
            for python in self.candidates(source, wanted) {
                is_empty = false;
                let identity = fs::metadata(&python).ok().map(|file| (file.dev(), file.ino()));
                if identity.is_some_and(|identity| refused.contains(&identity)) {
                    continue;
                }
                let reason = match at(self.context, &python) {
                    Ok(interpreter) => match mismatch(&interpreter) {
                        None => return Ok(interpreter),
                        Some(reason) => reason,
                    },
                    Err(Error::PythonFailed { reason, .. }) => reason,
                    Err(error) => return Err(error),
                };
                tried.push(format!("{}: {reason}", self.shown(&python)));
                refused.extend(identity);
            }
            if is_empty {
                tried.extend(self.nothing_in(source, wanted));
            }
        }
        Err(self.not_found(tried))
    }

    /// The executables of a place that could be what is wanted, each looked up when it is reached.
    fn candidates<'s>(&'s self, source: Source, wanted: &Description) -> Box<dyn Iterator<Item = PathBuf> + 's> {
        let (exact, general) = (wanted.exact_commands(), wanted.general_commands());
        let on_path = |names: Vec<String>| Box::new(names.into_iter().flat_map(|name| self.on_path(name)));
        let in_system = |names: Vec<String>| {
            let files = names.into_iter().flat_map(|name| SYSTEM.map(|directory| Path::new(directory).join(&name)));
            Box::new(files.filter(|file| is_file(file)))
        };
        match source {
            Source::Path => on_path(exact),
            Source::AnyOnPath => on_path(general),
            Source::System => in_system(exact),
            Source::AnyInSystem => in_system(general),
            Source::Pyenv | Source::Uv => {
                let mut found =
                    self.installations(source).map(|place| label::installations(&place)).unwrap_or_default();
                found.retain(|(label, _)| wanted.fits_label(label));
                found.sort_by_cached_key(|(label, _)| label.newest_first());
                Box::new(found.into_iter().filter_map(|(_, prefix)| python_of(&prefix)))
            }
        }
    }

    /// The directory in which a tool keeps one prefix per installation.
    fn installations(&self, source: Source) -> Option<PathBuf> {
        match source {
            Source::Pyenv => self.pyenv.as_ref().map(Pyenv::versions),
            Source::Uv => uv_installations(self.context),
            _ => None,
        }
    }

    /// What a command would run, in the order of `PATH`. A shim of pyenv is replaced by what it stands for.
    fn on_path(&self, name: impl AsRef<OsStr>) -> impl Iterator<Item = PathBuf> {
        let name = name.as_ref().to_owned();
        self.hits(&name).flat_map(move |hit| match &self.pyenv {
            Some(pyenv) if pyenv.is_shim(&hit) => self.behind_shim(pyenv, &name),
            _ => vec![hit],
        })
    }

    fn hits(&self, name: &OsStr) -> impl Iterator<Item = PathBuf> + use<'_> {
        let path = self.context.variable(env_vars::PATH);
        let hits = path.and_then(|path| which::which_in_all(name.to_owned(), Some(path), self.directory()).ok());
        hits.into_iter().flatten().map(|hit| tidied(&hit))
    }

    /// Gone or unreadable, it still leaves everything that is not relative to it.
    fn directory(&self) -> &Path {
        self.directory.get_or_init(|| self.context.working_directory().unwrap_or_else(|_| PathBuf::from("/")))
    }

    fn behind_shim(&self, pyenv: &Pyenv, name: &OsStr) -> Vec<PathBuf> {
        let mut files = pyenv.behind_shim(self.context, self.directory(), name);
        files.retain(|file| is_file(file));
        files
    }

    /// The interpreter that a path names: the file, or the one of the prefix or environment.
    fn at_path(&self, path: &Path) -> Result<Interpreter> {
        let missing = |path: &Path, why: &str| self.not_found(vec![format!("{}: {why}", self.shown(path))]);
        if let (Some(pyenv), Some(name)) = (&self.pyenv, path.file_name())
            && pyenv.is_shim(path)
        {
            let system = || self.on_path(name).next();
            let behind = self.behind_shim(pyenv, name).into_iter().next().or_else(system);
            let behind = behind.ok_or_else(|| missing(path, "a shim of pyenv, and no selected version has it"))?;
            return at(self.context, &behind);
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
        Error::PythonNotFound { request: self.asked.to_owned(), tried }
    }

    fn shown(&self, path: &Path) -> String {
        shown_path(path, self.context.home())
    }

    /// Why a command is not on `PATH`.
    fn absence(&self, name: &OsStr) -> String {
        let is_shim = |hit: PathBuf| self.pyenv.as_ref().is_some_and(|pyenv| pyenv.is_shim(&hit));
        let why =
            if self.hits(name).any(is_shim) { "a shim of pyenv, and no selected version has it" } else { "not there" };
        format!("{} on PATH: {why}", shown(name))
    }

    /// A line about a place where nothing was found, or `None` where that tells nothing.
    fn nothing_in(&self, source: Source, wanted: &Description) -> Vec<String> {
        let exact = wanted.exact_commands();
        match source {
            Source::Path => exact.iter().map(|name| self.absence(name.as_ref())).collect(),
            Source::System => vec![format!("{} in {}: not there", exact.join(", "), SYSTEM.join(", "))],
            Source::Pyenv | Source::Uv => {
                let place = self.installations(source).filter(|place| place.is_dir());
                place.map(|place| format!("{}: no {wanted}", self.shown(&place))).into_iter().collect()
            }
            Source::AnyOnPath | Source::AnyInSystem => Vec::new(),
        }
    }
}

/// The directory in which uv keeps its installations.
pub(super) fn uv_installations(context: &Context) -> Option<PathBuf> {
    let own = context.absolute(UV_PYTHON_INSTALL_DIR).map(Path::to_path_buf);
    let data = || match context.absolute(XDG_DATA_HOME) {
        Some(data) => Some(data.to_path_buf()),
        None => Some(context.home()?.join(".local/share")),
    };
    own.or_else(|| Some(data()?.join("uv/python")))
}

/// The interpreter of an install prefix or an environment.
fn python_of(prefix: &Path) -> Option<PathBuf> {
    let names = ["python", "python3", "pypy3", "pypy"].map(|name| prefix.join("bin").join(name));
    // A link that leads nowhere is an answer too: the prober says where it leads.
    names.into_iter().find(|file| fs::symlink_metadata(file).is_ok())
}

fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file())
}

#[cfg(test)]
mod tests;
