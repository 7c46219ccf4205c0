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
    while text.last() == Some(&b'\n') {
        text.pop();
    }
    Ok((!text.is_empty() && !text.contains(&0)).then(|| PathBuf::from(OsString::from_vec(text))))
}

/// The text of the file for a project.
pub(crate) fn link_text(project: &Path) -> Result<Vec<u8>> {
    let bytes = project.as_os_str().as_bytes();
    if bytes.contains(&b'\n') {
        let reason = "a .project file cannot hold a path with a line break".to_owned();
        return Err(Error::Value { what: crate::shown::shown(project).to_string(), reason });
    }
    Ok([bytes, b"\n"].concat())
}

/// Links an environment to a project directory, which is absolute.
pub(crate) fn link(environment: &Environment, context: &Context, project: &Path) -> Result<()> {
    write_whole(&file(environment.root(), context), &link_text(project)?)
}
