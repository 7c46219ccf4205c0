//! Pythons: what is asked for, where they are, what they say of themselves.
//!
//! Owns requests, discovery, the probe and its cache. Leaves making anything with one to `creator`
//! and `seed`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::versions::{Release, Series, Stage, Version};

mod base;
mod build_details;
mod cache;
mod discovery;
#[cfg(test)]
mod fake;
mod inventory;
mod label;
mod obtain;
mod offered;
pub(crate) mod places;
mod probe;
mod pyenv;
#[cfg(test)]
mod real;
mod request;

pub(crate) use inventory::{Inventory, Listed, Unusable, inventory};
pub(crate) use obtain::{download, ways};
pub(crate) use offered::offered;
use probe::Answer;
use request::Request;

/// Finds the interpreter that `-p` asks for; `None` is what `python3` or `python` runs.
///
/// Fails with [`Error::Usage`] where the request makes no sense, with [`Error::PythonNotFound`]
/// where nothing answers it, and with [`Error::PythonFailed`] where what it names does not work.
pub(crate) fn find(context: &Context, request: Option<&OsStr>) -> Result<Interpreter> {
    let parsed = Request::parse(request, context)?;
    discovery::find(context, request.unwrap_or(OsStr::new("default")), &parsed)
}

/// What a line of a project's file asks for, as a request; `None` where that is none. A version, or
/// the name of what pyenv has: no path and no command, for a project that was only cloned must not
/// say what is run.
pub(crate) fn asked_by_project(context: &Context, text: &OsStr) -> Option<OsString> {
    if text == "system" {
        return Some("default".into());
    }
    match Request::parse(Some(text), context) {
        Ok(Request::Default | Request::Described(_)) => Some(text.to_owned()),
        _ => Some(pyenv::Pyenv::of(context)?.installation(text.to_str()?)?.into_os_string()),
    }
}

/// Whether the interpreter of an environment, by its `bin/python`, is one that the request
/// describes. A path or a command describes none.
pub(crate) fn answers(context: &Context, request: &OsStr, python: &Path) -> Result<bool> {
    Ok(match Request::parse(Some(request), context)? {
        Request::Default => true,
        Request::Described(wanted) => at(context, python).is_ok_and(|python| wanted.mismatch(&python).is_none()),
        Request::Path(_) | Request::Command(_) => false,
    })
}

/// The base interpreter behind an executable, from memory where that still holds. `python` is
/// absolute; it may lie in an environment or only start another one. Fails with
/// [`Error::PythonFailed`].
pub(crate) fn at(context: &Context, python: &Path) -> Result<Interpreter> {
    at_unless(context, python, |_| None)
}

/// The same, but none is started about which `objection` has something to say: that is the reason
/// then.
fn at_unless(context: &Context, python: &Path, objection: impl Fn(&Path) -> Option<String>) -> Result<Interpreter> {
    let failed = |reason| Error::PythonFailed { python: python.to_path_buf(), reason };
    let mut current = python.to_path_buf();
    for _ in 0..base::MANY {
        current = base::outside_environments(&current)?;
        if let Some(interpreter) = cache::recall(context, &current) {
            return Ok(interpreter);
        }
        if let Some(reason) = objection(&current) {
            return Err(failed(reason));
        }
        let pending = cache::about_to_ask(&current);
        match probe::ask(context, &current)? {
            Answer::Starts(other) => current = other,
            Answer::Interpreter { interpreter, stdlib } => {
                pending.remember(context, &interpreter, stdlib);
                return Ok(*interpreter);
            }
        }
    }
    Err(failed("it only starts others that do the same".to_owned()))
}

/// The files in the cache that hold no answer any more; they may be removed at any time.
pub(crate) fn damaged_records(context: &Context) -> Vec<PathBuf> {
    cache::damaged(context)
}

/// Everything that making an environment needs to know of an interpreter, as its probe answered
/// (`probe.py`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interpreter {
    /// Where it was found: absolute, links unresolved, a pyenv shim or an environment's python
    /// replaced by the real one behind it.
    pub(crate) executable: PathBuf,
    /// The interpreter that environments are made from: never one inside an environment, the
    /// version in its name where there is such a name, links resolved only as far as its prefix is
    /// not reached otherwise.
    pub(crate) base_executable: PathBuf,
    /// `sys.base_prefix`, spelled as in `base_executable`.
    pub(crate) base_prefix: PathBuf,
    /// `sys.version_info` without the release level.
    pub(crate) version: Release,
    /// `final`, `alpha`, `beta`, `candidate`, with the serial: `final.0`.
    pub(crate) release: String,
    /// `sys.implementation.name`, capitalised as the field writes it: `CPython`, `PyPy`.
    pub(crate) implementation: String,
    /// `sys.implementation.cache_tag`; for 2.7 (no such thing) `cpython-27`.
    pub(crate) cache_tag: String,
    /// `sys.abiflags`, with `t` for a free-threaded build.
    pub(crate) abiflags: String,
    /// `sys.platlibdir`: `lib`, or `lib64` on Fedora and SUSE.
    pub(crate) platlibdir: String,
    /// Whether its own `venv` would make `lib64` beside `lib` (64-bit, not macOS, before 3.15).
    pub(crate) has_lib64_link: bool,
    /// What its own `ensurepip` would install, in that order; empty where there is no ensurepip or
    /// no wheel.
    pub(crate) bundled: Vec<PathBuf>,
}

/// What kind of interpreter it is: enough to tell it from others, not to make anything with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Build {
    /// As [`Interpreter::implementation`].
    pub(crate) implementation: String,
    /// As [`Interpreter::version`].
    pub(crate) version: Release,
    /// As [`Interpreter::release`].
    pub(crate) release: String,
    /// As [`Interpreter::abiflags`].
    pub(crate) abiflags: String,
}

impl Build {
    /// Whether this is a free-threaded build (PEP 703).
    pub(crate) fn is_free_threaded(&self) -> bool {
        self.abiflags.contains('t')
    }

    /// Whether this is a debug build (`configure --with-pydebug`).
    pub(crate) fn is_debug(&self) -> bool {
        self.abiflags.contains('d')
    }

    /// The version as PEP 440 writes it: `3.14.0`, `3.15.0rc1`.
    pub(crate) fn number(&self) -> String {
        Version::of(self.version, Stage::of_version_info(&self.release)).to_string()
    }
}

/// As the field writes the name of an implementation: `CPython` for `cpython`.
fn implementation_named(name: &str) -> String {
    match name {
        "cpython" => "CPython",
        "pypy" => "PyPy",
        "graalpy" => "GraalPy",
        other => other,
    }
    .to_owned()
}

impl Interpreter {
    /// What kind it is.
    pub(crate) fn build(&self) -> Build {
        Build {
            implementation: self.implementation.clone(),
            version: self.version,
            release: self.release.clone(),
            abiflags: self.abiflags.clone(),
        }
    }

    /// Whether this is a free-threaded build (PEP 703).
    #[must_use]
    pub(crate) fn is_free_threaded(&self) -> bool {
        self.abiflags.contains('t')
    }

    /// The directory under `lib` of an environment: `python3.13`, `python3.13t`, `pypy3.9`. The `m`
    /// of 3.6 and 3.7 is no part of it.
    #[must_use]
    pub(crate) fn library_directory(&self) -> String {
        let stem = if self.implementation == "PyPy" { "pypy" } else { "python" };
        let threads = if self.is_free_threaded() { "t" } else { "" };
        format!("{stem}{}{threads}", self.version.series())
    }

    /// `site-packages`, relative to the environment. `PyPy` 2.7 and before 3.8 have it at the top.
    #[must_use]
    pub(crate) fn site_packages(&self) -> PathBuf {
        if self.implementation == "PyPy" && self.version.series() < Series::new(3, 8) {
            return PathBuf::from("site-packages");
        }
        Path::new("lib").join(self.library_directory()).join("site-packages")
    }
}
