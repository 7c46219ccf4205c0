//! Creates an environment with virtualenv, or with the program in VIRTUALENVWRAPPER_VIRTUALENV.
//!
//! Such a program writes the path of the environment into its files, so it creates the environment
//! at the final path.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::supports;
use crate::context::Context;
use crate::env_vars;
use crate::error::{Error, PackageError, Result};
use crate::fs::remove_tree;
use crate::interpreter::Interpreter;

/// The options for the program.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option on the program's command line")]
pub(crate) struct HandOver<'a> {
    /// The interpreter, as the user wrote it.
    pub(crate) python: Option<&'a OsStr>,
    /// `--system-site-packages`.
    pub(crate) system_site_packages: bool,
    /// `--without-pip`.
    pub(crate) without_pip: bool,
    /// `--prompt`.
    pub(crate) prompt: Option<&'a OsStr>,
    /// `--quiet`.
    pub(crate) quiet: bool,
    /// Whether downloads are forbidden.
    pub(crate) is_offline: bool,
}

/// The program in VIRTUALENVWRAPPER_VIRTUALENV. `None` if it is not set; an error if the program is
/// missing.
pub(crate) fn named(context: &Context) -> Result<Option<PathBuf>> {
    let Some(name) = context.variable(env_vars::VIRTUALENVWRAPPER_VIRTUALENV) else { return Ok(None) };
    context.program(name).map(Some).ok_or_else(|| PackageError::NoCreator { name: name.to_owned() }.into())
}

/// virtualenv, if venvwrap cannot create environments of this interpreter. An error if virtualenv
/// is needed and missing.
pub(crate) fn needed(context: &Context, interpreter: &Interpreter) -> Result<Option<PathBuf>> {
    let Err(reason) = supports(interpreter) else { return Ok(None) };
    context.program("virtualenv").map(Some).ok_or_else(|| Error::CannotCreate {
        python: interpreter.executable.clone(),
        reason: reason.to_owned(),
        hint: "virtualenv may support it: `uv tool install virtualenv` or `pipx install virtualenv`".to_owned(),
    })
}

/// Runs the program for `home/name` as virtualenvwrapper does: in `home`, with the name last. Its
/// output is shown. After a failure, removes what the program left, unless `home/name` existed
/// before.
pub(crate) fn create(context: &Context, program: &Path, asked: &HandOver<'_>, home: &Path, name: &OsStr) -> Result<()> {
    let root = home.join(name);
    let was_there = fs::symlink_metadata(&root).is_ok();
    let mut command = context.command(program);
    command.args(words(context, asked)?).arg(name).current_dir(home);
    if asked.is_offline {
        // virtualenv downloads newer wheels, and sometimes starts a process that looks for them.
        command.envs([("PIP_NO_INDEX", "1"), ("UV_OFFLINE", "1"), ("VIRTUALENV_NO_PERIODIC_UPDATE", "1")]);
    }
    let failed = match Context::run_in_foreground(&mut command) {
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

/// The words of VIRTUALENVWRAPPER_VIRTUALENV_ARGS, split as a shell does. `None` if it is unset.
pub(crate) fn standing_words(context: &Context) -> Result<Option<Vec<OsString>>> {
    let Some(standing) = context.variable(env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS) else { return Ok(None) };
    let wrong =
        |reason: String| Error::Malformed { what: env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS.to_owned(), reason };
    let standing = standing.to_str().ok_or_else(|| wrong("not UTF-8".to_owned()))?;
    let words = shell_words::split(standing).map_err(|error| wrong(error.to_string()))?;
    Ok(Some(words.into_iter().map(Into::into).collect()))
}

/// The arguments before the name: VIRTUALENVWRAPPER_VIRTUALENV_ARGS first.
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
