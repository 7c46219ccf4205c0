//! Python interpreters: which one a request asks for, where they are installed, what they are.
//!
//! This file is the facade; the parts import each other downwards only: `facts` and `label` (data),
//! `base`, `build_details`, `cache`, `probe`, `examine` (one executable), `request` (what is asked
//! for), `pyenv`, `places` (where to look), `discovery`, `offered`, `inventory`, `obtain`
//! (answers).
//! Creating environments is left to `creator` and `seed`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::Result;

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
pub(crate) use obtain::{download, ways};
pub(crate) use offered::offered;
pub(crate) use places::shim_tool;
use request::Request;

/// The request in a line of a project's file, `None` if there is none. A version, or the name of a
/// pyenv installation; never a path or a command, because a project that was merely cloned must not
/// decide which program runs.
pub(crate) fn asked_by_project(context: &Context, text: &OsStr) -> Option<OsString> {
    if text == "system" {
        return Some("default".into());
    }
    match Request::parse(Some(text), context) {
        Ok(Request::Default | Request::Described(_)) => Some(text.to_owned()),
        _ => Some(pyenv::Pyenv::of(context)?.installation(text.to_str()?)?.into_os_string()),
    }
}

/// Whether the interpreter of an environment, given its `bin/python`, fits the request. A path or a
/// command fits no environment.
pub(crate) fn answers(context: &Context, request: &OsStr, python: &Path) -> Result<bool> {
    Ok(match Request::parse(Some(request), context)? {
        Request::Default => true,
        Request::Described(wanted) => at(context, python).is_ok_and(|python| wanted.mismatch(&python).is_none()),
        Request::Path(_) | Request::Command(_) => false,
    })
}

/// The damaged files in the cache. Removing them is always safe.
pub(crate) fn damaged_records(context: &Context) -> Vec<PathBuf> {
    cache::damaged(context)
}
