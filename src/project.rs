//! The link between an environment and its project: the file `.project` in the environment.
//!
//! Owns reading and writing that file. Changing to the project is a step of a plan.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::{read_small, write_whole};

/// Longest `.project` that is read.
const LIMIT: u64 = 16 * 1024;

/// The file that holds the link, as VIRTUALENVWRAPPER_PROJECT_FILENAME names it.
pub(crate) fn file(root: &Path, context: &Context) -> PathBuf {
    let name = context.variable(env_vars::VIRTUALENVWRAPPER_PROJECT_FILENAME);
    root.join(name.unwrap_or(std::ffi::OsStr::new(".project")))
}

/// The project of an environment: the file's whole text without line breaks at its end, nothing expanded. `None`
/// where there is no file or nothing in it.
pub(crate) fn linked(environment: &Environment, context: &Context) -> Result<Option<PathBuf>> {
    let file = file(environment.root(), context);
    let text = read_small(&file, LIMIT).map_err(Error::io("read", &file))?;
    let Some(mut text) = text else { return Ok(None) };
    if text.len() as u64 >= LIMIT {
        // Cut, it would be the path of something else.
        return Err(Error::io("read", file)(std::io::ErrorKind::FileTooLarge.into()));
    }
    while text.last() == Some(&b'\n') {
        text.pop();
    }
    Ok((!text.is_empty() && !text.contains(&0)).then(|| PathBuf::from(OsString::from_vec(text))))
}

/// The text of the file for a project.
pub(crate) fn link_text(project: &Path) -> Result<Vec<u8>> {
    let bytes = project.as_os_str().as_bytes();
    let reason = if bytes.contains(&b'\n') {
        "a .project file cannot hold a path with a line break"
    } else if bytes.len() as u64 + 1 >= LIMIT {
        "it is too long for a .project file"
    } else {
        return Ok([bytes, b"\n"].concat());
    };
    Err(Error::Value { what: crate::shown::shown(project).to_string(), reason: reason.to_owned() })
}

/// Links an environment to a project directory, which is absolute.
pub(crate) fn link(environment: &Environment, context: &Context, project: &Path) -> Result<()> {
    write_whole(&file(environment.root(), context), &link_text(project)?)
}

#[cfg(test)]
mod fuzzed;
