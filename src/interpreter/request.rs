//! What `-p` asks for, parsed.
//!
//! Owns the forms of a request: a description (`description`), a path, a command. Leaves it to
//! `discovery` where to look.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::shown::shown;

mod build;
mod description;
mod platform;

pub(super) use description::Description;
use description::Parsed;

/// An interpreter that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// Nothing in particular: what `python3` or `python` runs.
    Default,
    /// Any interpreter that fits: `3.12`, `pypy3.9`, `3.13t`.
    Described(Description),
    /// The interpreter at this place, or the one of the install prefix or environment there.
    /// Absolute.
    Path(PathBuf),
    /// What this command runs.
    Command(OsString),
}

impl Request {
    /// Reads what stands behind `-p`; `None` is the same as `default`. Relative paths are taken
    /// from the working directory. Fails where the text looks like a version and is none.
    pub(crate) fn parse(text: Option<&OsStr>, context: &Context) -> Result<Self> {
        let Some(text) = text.filter(|text| !text.eq_ignore_ascii_case("default")) else {
            return Ok(Self::Default);
        };
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(unclear(text));
        }
        if bytes.contains(&b'/') || matches!(bytes, b"~" | b"." | b"..") {
            // `--python=~/x` arrives as it was typed: bash expands a tilde only at the start of a
            // word.
            let path = match (Path::new(text).strip_prefix("~"), context.home()) {
                (Ok(below), Some(home)) => home.join(below),
                _ => PathBuf::from(text),
            };
            return Ok(Self::Path(context.absolute_path(&path)?));
        }
        match text.to_str().map(Description::parse) {
            Some(Parsed::Description(description)) => Ok(Self::Described(description)),
            Some(Parsed::Nonsense) => Err(unclear(text)),
            Some(Parsed::Other) | None => Ok(Self::Command(text.to_owned())),
        }
    }
}

fn unclear(text: &OsStr) -> Error {
    let message = if text.is_empty() {
        "no python is named".to_owned()
    } else {
        format!("`{}` is not a version of python", shown(text))
    };
    let hint = "`-p` takes a version such as `3.12`, `>=3.11,<3.14` or `pypy3.10`, a command or a path";
    Error::Usage { message, hint: hint.to_owned() }
}

#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod tests;
