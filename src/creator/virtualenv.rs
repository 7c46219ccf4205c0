//! The hand-over to virtualenv, or to whichever creator the person names in
//! VIRTUALENVWRAPPER_VIRTUALENV.
//!
//! Such a program writes the final path into its files and cannot be moved afterwards, so it builds
//! in place.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::supports;
use crate::context::Context;
use crate::env_vars;
use crate::error::{Error, PackageError, Result};
use crate::fs::remove_tree;
use crate::interpreter::Interpreter;

/// What the creator is told.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the creator's command line")]
pub(crate) struct HandOver<'a> {
    /// The interpreter, as the person asked for it.
    pub(crate) python: Option<&'a OsStr>,
    /// `--system-site-packages`.
    pub(crate) system_site_packages: bool,
    /// `--without-pip`.
    pub(crate) without_pip: bool,
    /// `--prompt`.
    pub(crate) prompt: Option<&'a OsStr>,
    /// `--quiet`.
    pub(crate) quiet: bool,
    /// Whether no package index may be asked.
    pub(crate) is_offline: bool,
}

/// The creator that the person named, or `None`. One that is named and not there is an error.
pub(crate) fn named(context: &Context) -> Result<Option<PathBuf>> {
    let Some(name) = context.variable(env_vars::VIRTUALENVWRAPPER_VIRTUALENV) else { return Ok(None) };
    context.program(name).map(Some).ok_or_else(|| PackageError::NoCreator { name: name.to_owned() }.into())
}

/// virtualenv, for an interpreter that we cannot create environments with; `None` where we can. An
/// error where it would be needed and is not there.
pub(crate) fn needed(context: &Context, interpreter: &Interpreter) -> Result<Option<PathBuf>> {
    let Err(reason) = supports(interpreter) else { return Ok(None) };
    context.program("virtualenv").map(Some).ok_or_else(|| Error::CannotCreate {
        python: interpreter.executable.clone(),
        reason: reason.to_owned(),
        hint: "virtualenv may know how: `uv tool install virtualenv` or `pipx install virtualenv`".to_owned(),
    })
}

/// Runs the creator for `home/name`, with its output left to the person, called as
/// virtualenvwrapper calls it: in `home`, the name last. What it leaves there when it fails is
/// removed, unless something was there before.
pub(crate) fn create(context: &Context, program: &Path, asked: &HandOver<'_>, home: &Path, name: &OsStr) -> Result<()> {
    let root = home.join(name);
    let was_there = fs::symlink_metadata(&root).is_ok();
    let mut command = context.command(program);
    command.args(words(context, asked)?).arg(name).current_dir(home);
    if asked.is_offline {
        // virtualenv downloads what is newer than its own wheels, and has another process look for
        // that now and then.
        command.envs([("PIP_NO_INDEX", "1"), ("UV_OFFLINE", "1"), ("VIRTUALENV_NO_PERIODIC_UPDATE", "1")]);
    }
    let failed = match Context::run_for_person(&mut command) {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => Error::Child {
            what: crate::shown::shown(program).to_string(),
            status: status.code().unwrap_or(1),
            hint: "its message is above; without VIRTUALENVWRAPPER_VIRTUALENV, venvwrap creates the environment itself"
                .to_owned(),
        },
        Err(error) => Error::io("run", program)(error),
    };
    if !was_there {
        let _ = remove_tree(&root);
    }
    Err(failed)
}

/// The words of VIRTUALENVWRAPPER_VIRTUALENV_ARGS, split as a shell would; `None` where it is
/// unset.
pub(crate) fn standing_words(context: &Context) -> Result<Option<Vec<OsString>>> {
    let Some(standing) = context.variable(env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS) else { return Ok(None) };
    let wrong =
        |reason: String| Error::Malformed { what: env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS.to_owned(), reason };
    let standing = standing.to_str().ok_or_else(|| wrong("not UTF-8".to_owned()))?;
    let words = shell_words::split(standing).map_err(|error| wrong(error.to_string()))?;
    Ok(Some(words.into_iter().map(Into::into).collect()))
}

/// The words before the name: the person's standing ones first.
fn words(context: &Context, asked: &HandOver<'_>) -> Result<Vec<OsString>> {
    let mut words = standing_words(context)?.unwrap_or_default();
    if let Some(python) = asked.python {
        let mut word = OsString::from("--python=");
        word.push(python);
        words.push(word);
    }
    words.extend(asked.system_site_packages.then(|| "--system-site-packages".into()));
    words.extend(asked.without_pip.then(|| "--without-pip".into()));
    words.extend(asked.quiet.then(|| "--quiet".into()));
    if let Some(prompt) = asked.prompt {
        words.extend([OsString::from("--prompt"), prompt.to_owned()]);
    }
    Ok(words)
}
