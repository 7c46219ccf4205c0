//! Computes where pipenv keeps a project's environment: the same directory, name, and hash, so that
//! pipenv and venvwrap use one environment.
//!
//! Follows `VenvLocator` of pipenv 2026.10; tests/suite/pipenv.rs compares with the real pipenv.
//! Commands create and activate the environment.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::error::{Error, ProjectError, Result};
use crate::fs::{read_small, resolved, tidied};
use crate::workon_home::WorkonHome;

/// Longest Pipfile, and longest `.venv` file, that is read.
const LIMIT: u64 = 1024 * 1024;

/// How many directories pipenv searches for a Pipfile, the first included, unless PIPENV_MAX_DEPTH
/// is set.
const DEPTH: usize = 10;

/// Longest directory name within an environment's name: the first line of a script must hold the
/// whole path.
const LONGEST: usize = 42;

/// The project that pipenv finds from a directory.
#[derive(Debug)]
pub(crate) struct Project {
    /// Absolute, with resolved links. The file may be missing.
    pipfile: PathBuf,
}

/// Where the project's environment is, or would be created.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// In the store, under this name.
    Stored(OsString),
    /// At a path outside the store: the project's `.venv`, or the path in a file `.venv`.
    At(PathBuf),
}

/// The part of a Pipfile that affects the environment.
#[derive(Debug, Default)]
struct Pipfile {
    venv_in_project: Option<bool>,
    python_version: Option<String>,
    python_full_version: Option<String>,
}

impl Project {
    /// Finds the project: PIPENV_PIPFILE, else the nearest Pipfile upward, else the directory
    /// itself, where pipenv would create one.
    pub(crate) fn around(directory: &Path, context: &Context) -> Result<Self> {
        let here = resolved(directory).map_err(Error::io("find", directory))?;
        if let Some(named) = context.variable(env_vars::PIPENV_PIPFILE) {
            let pipfile = tidied(&here.join(named));
            if pipfile.is_file() {
                return Ok(Self { pipfile });
            }
            return Err(ProjectError::NoPipfile { file: pipfile }.into());
        }
        // pipenv stops at a directory that cannot be listed.
        let places = here.ancestors().take(depth(context)?).take_while(|place| fs::read_dir(place).is_ok());
        let found = places.map(|place| place.join("Pipfile")).find(|file| file.is_file());
        Ok(Self { pipfile: found.unwrap_or_else(|| here.join("Pipfile")) })
    }

    /// The project with a Pipfile in this directory.
    pub(crate) fn at(directory: &Path) -> Self {
        Self { pipfile: resolved(directory).unwrap_or_else(|_| directory.to_path_buf()).join("Pipfile") }
    }

    /// The name that pipenv gives the environment without settings. `None` without a Pipfile.
    pub(crate) fn default_name(&self) -> Option<OsString> {
        let pipfile = self.pipfile.to_str().filter(|_| self.pipfile.is_file())?;
        let directory = self.directory().file_name().and_then(OsStr::to_str)?;
        Some(format!("{}-{}", sanitized(directory), hash(pipfile)).into())
    }

    /// The project's directory, links resolved.
    pub(crate) fn directory(&self) -> &Path {
        self.pipfile.parent().unwrap_or(Path::new("/"))
    }

    /// The Python version that the Pipfile requires, such as `3.12`.
    pub(crate) fn python(&self) -> Option<String> {
        let requires = self.read_pipfile();
        requires.python_full_version.or(requires.python_version).filter(|version| version != "*")
    }

    /// Where pipenv looks for the environment if `home` is its WORKON_HOME.
    pub(crate) fn place(&self, home: &WorkonHome, context: &Context) -> Result<Location> {
        let inside = self.directory().join(".venv");
        // A dangling link counts as missing.
        match fs::metadata(&inside) {
            Ok(entry) if !entry.is_dir() => self.named_by_file(&inside, context),
            entry => {
                let set = flag(context, env_vars::PIPENV_VENV_IN_PROJECT, "PIPENV_NO_VENV_IN_PROJECT");
                let asked = set.unwrap_or(None).or_else(|| self.read_pipfile().venv_in_project);
                let name = self.name(context)?;
                // Without PIPENV_VENV_IN_PROJECT, an existing environment in the store wins over a
                // `.venv` directory; but not if the variable has a value that pipenv does not
                // understand.
                let is_made_before = || set.is_ok() && fs::metadata(home.path().join(&name)).is_ok();
                let is_kept_there = asked.unwrap_or_else(|| entry.is_ok() && !is_made_before());
                Ok(if is_kept_there { Location::At(inside) } else { Location::Stored(name) })
            }
        }
    }

    /// Reads a file `.venv`: a name in the store, or a path.
    fn named_by_file(&self, file: &Path, context: &Context) -> Result<Location> {
        let text = read_small(file, LIMIT).map_err(Error::io("read", file))?.unwrap_or_default();
        let text = String::from_utf8(text).map_err(|_| Error::Malformed {
            what: crate::shown::shown(file).to_string(),
            reason: "it is not UTF-8".to_owned(),
        })?;
        let text = text.trim();
        // pathlib drops `.` components.
        let path: PathBuf = Path::new(text).components().filter(|part| *part != Component::CurDir).collect();
        Ok(if text.is_empty() {
            Location::Stored(self.name(context)?)
        } else if text.ends_with('/') || path.components().count() > 1 {
            Location::At(tidied(&self.directory().join(path)))
        } else {
            Location::Stored(path.into_os_string())
        })
    }

    /// The environment's name in the store.
    fn name(&self, context: &Context) -> Result<OsString> {
        if let Some(name) = set(context, env_vars::PIPENV_CUSTOM_VENV_NAME) {
            return Ok(name.to_owned());
        }
        let Some(pipfile) = self.pipfile.to_str() else {
            let reason = "pipenv has no name for a path that is not UTF-8".to_owned();
            return Err(Error::Malformed { what: crate::shown::shown(self.directory()).to_string(), reason });
        };
        let directory = self.directory().file_name().and_then(OsStr::to_str).unwrap_or_default();
        let mut name = OsString::from(format!("{}-{}", sanitized(directory), hash(pipfile)));
        if let Some(python) = set(context, env_vars::PIPENV_PYTHON) {
            let path = Path::new(python);
            name.push("-");
            name.push(if path.is_absolute() { path.file_name().unwrap_or_default() } else { python });
        }
        Ok(name)
    }

    /// An unreadable Pipfile requires nothing here; pipenv itself reports it.
    fn read_pipfile(&self) -> Pipfile {
        let text = read_small(&self.pipfile, LIMIT).ok().flatten().and_then(|text| String::from_utf8(text).ok());
        let file: toml::Table = text.and_then(|text| toml::from_str(&text).ok()).unwrap_or_default();
        let value = |table: &str, key: &str| file.get(table)?.get(key);
        let text = |key| Some(value("requires", key)?.as_str()?.to_owned());
        Pipfile {
            venv_in_project: value("pipenv", "venv_in_project").and_then(toml::Value::as_bool),
            python_version: text("python_version"),
            python_full_version: text("python_full_version"),
        }
    }
}

/// pipenv's WORKON_HOME. Its default differs from virtualenvwrapper's, and a relative path starts
/// at the working directory.
pub(crate) fn store(context: &Context) -> Result<PathBuf> {
    if let Some(value) = context.variable(env_vars::WORKON_HOME) {
        return context.absolute_path(Path::new(&directories::expanded(value, context)?));
    }
    let data = context.variable(env_vars::XDG_DATA_HOME).unwrap_or(OsStr::new("~/.local/share"));
    context.absolute_path(&Path::new(&directories::expanded(data, context)?).join("virtualenvs"))
}

fn depth(context: &Context) -> Result<usize> {
    if set(context, env_vars::PIPENV_NO_INHERIT).is_some() {
        return Ok(1);
    }
    let Some(value) = context.variable(env_vars::PIPENV_MAX_DEPTH) else { return Ok(DEPTH) };
    let number = value.to_str().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| Error::Malformed {
        what: env_vars::PIPENV_MAX_DEPTH.to_owned(),
        reason: format!("`{}` is not a number", crate::shown::shown(value)),
    })
}

/// How pipenv reads a word: yes, no, or neither (`None`).
fn truth(value: &OsStr) -> Option<bool> {
    match value.to_str()?.to_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The variable's value, unless empty or a no.
fn set<'a>(context: &'a Context, name: &str) -> Option<&'a OsStr> {
    context.variable(name).filter(|value| truth(value) != Some(false))
}

/// The variable as a flag, else the opposite of another variable. Fails for a word that is neither
/// yes nor no.
fn flag(context: &Context, name: &str, opposite: &str) -> std::result::Result<Option<bool>, ()> {
    let (value, is_yes) = match context.given(name) {
        Some(value) => (value, true),
        None => match context.given(opposite) {
            Some(value) => (value, false),
            None => return Ok(None),
        },
    };
    match truth(value) {
        Some(said) => Ok(Some(said == is_yes)),
        None if value.is_empty() => Ok(None),
        None => Err(()),
    }
}

/// A directory's name, with characters that are unsafe in a shell or a `#!` line replaced by `_`,
/// and shortened.
fn sanitized(name: &str) -> String {
    let is_odd = |letter| " &$`!*@\"()[]\\\r\n\t".contains(letter);
    name.chars().map(|letter| if is_odd(letter) { '_' } else { letter }).take(LONGEST).collect()
}

/// The first 48 bits of the path's SHA-256 in URL-safe base64. poetry and hatch use the same hash.
pub(crate) fn hash(path: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digest = Sha256::digest(path.as_bytes());
    let letters = digest[..6].chunks(3).flat_map(|three| {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(ALPHABET[bits >> shift & 63]))
    });
    letters.collect()
}

#[cfg(test)]
mod tests;
