//! Python interpreters: what they are, where they are installed, and which of them meets a request.
//!
//! This file is the facade. The parts import each other only downward: `facts` and `label` (data),
//! `base`, `lasting`, `build_details`, `cache`, `probe`, `examine` (one executable), `request` (the
//! text after `-p`), `pyenv`, `places` (where to look), and the answers: `discovery`, `offered`,
//! `inventory`, `newest`, `obtain`. Creating environments belongs to `creator` and `seed`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{Error, Result};

mod base;
mod build_details;
mod cache;
mod discovery;
mod examine;
mod facts;
#[cfg(test)]
mod fake;
mod inventory;
mod label;
mod lasting;
mod newest;
mod obtain;
mod offered;
pub(crate) mod places;
mod probe;
mod pyenv;
#[cfg(test)]
mod real;
mod request;

pub(crate) use discovery::find;
pub(crate) use examine::at;
pub(crate) use facts::Interpreter;
pub(crate) use inventory::{Inventory, Listed, Unusable, inventory};
pub(crate) use newest::newest;
pub(crate) use obtain::{download, ways};
pub(crate) use offered::offered;
pub(crate) use places::shim_tool;
use request::Request;

/// Parses a line of a project's file as a request; `None` if the line holds none. Only a version or
/// the name of a pyenv installation counts, never a path or a command: a project that was merely
/// cloned must not decide which program runs.
pub(crate) fn asked_by_project(context: &Context, text: &OsStr) -> Option<OsString> {
    if text == "system" {
        return Some("default".into());
    }
    match Request::parse(Some(text), context) {
        Ok(Request::Default | Request::Described(_)) => Some(text.to_owned()),
        _ => Some(pyenv::Pyenv::of(context)?.installation(text.to_str()?)?.into_os_string()),
    }
}

/// Whether the interpreter of an environment, given its `bin/python`, meets the request. No
/// environment meets a path or a command.
pub(crate) fn answers(context: &Context, request: &OsStr, python: &Path) -> Result<bool> {
    Ok(match Request::parse(Some(request), context)? {
        Request::Default => true,
        Request::Described(wanted) => at(context, python).is_ok_and(|python| wanted.mismatch(&python).is_none()),
        Request::Path(_) | Request::Command(_) => false,
    })
}

/// What is worth recording of a request that `found` met, because it means the same later and in
/// any directory: a version or conditions, or an absolute path. A command becomes the path of what
/// it ran.
pub(crate) fn lasting_request(context: &Context, request: &OsStr, found: Option<&Interpreter>) -> Option<OsString> {
    match Request::parse(Some(request), context).ok()? {
        Request::Default => None,
        Request::Described(_) => Some(request.to_owned()),
        Request::Path(path) => Some(path.into_os_string()),
        // The same as no request.
        Request::Command(name) if name == "python" => None,
        Request::Command(_) => found.map(|found| found.executable.clone().into_os_string()),
    }
}

/// The files with what interpreters said of themselves.
pub(crate) fn records(context: &Context) -> Vec<PathBuf> {
    cache::records(context)
}

/// Deletes these records, and returns what went wrong. The interpreters are asked again when
/// needed.
pub(crate) fn forget(records: &[PathBuf]) -> Vec<Error> {
    let removed = records.iter().map(|file| std::fs::remove_file(file).map_err(Error::io("delete", file)));
    removed.filter_map(Result::err).collect()
}

/// The damaged files in the cache. They can always be removed.
pub(crate) fn damaged_records(context: &Context) -> Vec<PathBuf> {
    cache::damaged(context)
}
