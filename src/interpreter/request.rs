//! Parses what `-p` asks for: a description (see `description`), a path, or a command.
//!
//! Where to look is left to `discovery`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::shown::shown;

mod build;
mod description;
mod names;
mod platform;

pub(super) use description::Description;
use description::Parsed;

/// A requested interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// No preference: `python3` or `python`.
    Default,
    /// Any interpreter with these properties: `3.12`, `pypy3.9`, `3.13t`.
    Described(Description),
    /// The interpreter at this absolute path, or in the prefix or environment there.
    Path(PathBuf),
    /// The interpreter that this command runs.
    Command(OsString),
}

impl Request {
    /// Parses the value of `-p`; `None` is the same as `default`. Relative paths start at the
    /// working directory. Fails if the text is meant as a version but is not valid.
    pub(crate) fn parse(text: Option<&OsStr>, context: &Context) -> Result<Self> {
        let Some(text) = text.filter(|text| !text.eq_ignore_ascii_case("default")) else {
            return Ok(Self::Default);
        };
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(unclear(text));
        }
        if bytes.contains(&b'/') || matches!(bytes, b"~" | b"." | b"..") {
            // `--python=~/x` arrives unexpanded: bash expands a tilde only at the start of a word.
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
        "the requested Python is empty".to_owned()
    } else {
        format!("`{}` is not a Python version", shown(text))
    };
    let hint = "`-p` takes a version such as `3.12`, `>=3.11,<3.14`, or `pypy3.10`, a command, or a path";
    Error::Usage { message, hint: hint.to_owned() }
}

#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod tests;
