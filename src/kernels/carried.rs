//! Kernels of the user follow their environment: under another name, into the trash, and back.
//!
//! A removed environment's kernels wait in the store, beside its note. Only specs that can be
//! written again exactly are removed; others stay for their owner to decide.

use std::ffi::OsString;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::registration::{as_text, filled, under_name_of, write};
use super::{FILE_NAME, KernelSpec, inside, of_environment, of_user, user_directory};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::write_whole;
use crate::relocate;
use crate::workon_home::WorkonHome;

/// A kernel of a removed environment.
#[derive(Debug, Serialize, Deserialize)]
struct RemovedKernel {
    name: String,
    text: String,
}

/// Has kernels follow an environment from `old` to its place now: those of the user, and those in
/// other environments of the store. Returns the name that each has now. After an interruption, the
/// next call does the rest.
pub(crate) fn follow(
    context: &Context,
    home: &WorkonHome,
    old: &Path,
    environment: &Environment,
) -> Result<Vec<OsString>> {
    let mut rewritten = Vec::new();
    let before = old.file_name().unwrap_or_default();
    let olds = relocate::spellings(old);
    let in_store = home.names()?.into_iter().flat_map(|name| inside(&home.path().join(name)));
    for spec in of_user(context).into_iter().chain(in_store).filter(|spec| spec.starts(&olds)) {
        let text = if spec.is_ours() {
            Some(as_text(&filled(spec.content, environment, before)?)?)
        } else {
            relocate::replaced_in_json(&spec.text, &olds, environment.root())
        };
        if let Some(text) = text {
            write_whole(&spec.directory.join(FILE_NAME), &text)?;
            rewritten.push(spec.directory);
        }
    }
    let mut followed = Vec::new();
    for spec in of_environment(context, environment.root()) {
        let is_rewritten = rewritten.contains(&spec.directory);
        let (spec, is_renamed) = if spec.is_ours() { under_name_of(spec, environment.name()) } else { (spec, false) };
        if is_rewritten || is_renamed {
            followed.push(spec.name().to_owned());
        }
    }
    Ok(followed)
}

/// What became of the kernels of a removed environment, by name.
#[derive(Debug, Default)]
pub(crate) struct Detached {
    pub(crate) removed: Vec<OsString>,
    /// They have files that are not known here.
    pub(crate) left: Vec<OsString>,
}

/// Removes the kernels of an environment that was removed. They wait in the store if it is in the
/// trash, from where it can come back.
pub(crate) fn detach(context: &Context, home: &WorkonHome, root: &Path) -> Result<Detached> {
    let mut detached = Detached::default();
    let (plain, others): (Vec<_>, Vec<_>) = of_environment(context, root).into_iter().partition(KernelSpec::is_plain);
    detached.left = others.iter().map(|spec| spec.name().to_owned()).collect();
    let name = root.file_name().unwrap_or_default();
    if !plain.is_empty() && home.removed()?.iter().any(|removed| removed.name == name) {
        let waiting: Vec<RemovedKernel> = plain.iter().filter_map(RemovedKernel::of).collect();
        let wrong = |error: serde_json::Error| Error::Malformed { what: "JSON".to_owned(), reason: error.to_string() };
        home.keep_kernels(name, Some(&serde_json::to_vec(&waiting).map_err(wrong)?))?;
    }
    for spec in plain {
        spec.remove()?;
        detached.removed.push(spec.name().to_owned());
    }
    Ok(detached)
}

impl RemovedKernel {
    fn of(spec: &KernelSpec) -> Option<Self> {
        Some(Self { name: spec.name().to_str()?.to_owned(), text: String::from_utf8(spec.text.clone()).ok()? })
    }
}

/// Brings back the kernels of an environment that `undo` restored. A kernel whose name is taken by
/// now is left out.
pub(crate) fn bring_back(context: &Context, home: &WorkonHome, environment: &Environment) -> Result<Vec<OsString>> {
    let Some(text) = home.kept_kernels(environment.name()) else { return Ok(Vec::new()) };
    let waiting: Vec<RemovedKernel> = serde_json::from_slice(&text).unwrap_or_default();
    let mut brought = Vec::new();
    for RemovedKernel { name, text } in waiting {
        let is_name = !name.is_empty() && !name.starts_with('.') && !name.contains('/');
        let Some(directory) = user_directory(context).map(|kernels| kernels.join(&name)).filter(|_| is_name) else {
            continue;
        };
        let spec =
            KernelSpec { content: serde_json::from_str(&text).unwrap_or_default(), directory, text: text.into_bytes() };
        if !spec.starts(&relocate::spellings(environment.root())) {
            continue;
        }
        match write(&spec.directory, &spec.text, environment) {
            Ok(()) => brought.push(OsString::from(name)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io("write", spec.directory)(error)),
        }
    }
    home.keep_kernels(environment.name(), None)?;
    Ok(brought)
}
