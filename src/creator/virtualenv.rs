//! The hand-over to virtualenv, or to whichever creator the person names in VIRTUALENVWRAPPER_VIRTUALENV.
//!
//! Such a program writes the final path into its files and cannot be moved afterwards, so it builds in place, in a
//! directory that is reserved for it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::supports;
use crate::context::Context;
use crate::env_vars;
use crate::error::{Error, Result};
use crate::fs::remove_tree;
use crate::interpreter::Interpreter;

/// What virtualenv is told.
#[derive(Debug)]
pub(crate) struct HandOver<'a> {
    /// The interpreter to make it for.
    pub(crate) python: &'a Path,
    /// `--system-site-packages`.
    pub(crate) system_site_packages: bool,
    /// `--without-pip`.
    pub(crate) without_pip: bool,
    /// `--prompt`.
    pub(crate) prompt: Option<&'a OsStr>,
}

/// The creator to hand over to: the one that the person named, or virtualenv where we cannot make it ourselves. `None`
/// where we can. A named one that is not there, or none where one is needed, is an error.
pub(crate) fn creator(context: &Context, interpreter: &Interpreter) -> Result<Option<PathBuf>> {
    let find = |name: &OsStr| which::which_in(name, context.variable(env_vars::PATH), "/").ok();
    if let Some(named) = context.variable(env_vars::VIRTUALENVWRAPPER_VIRTUALENV) {
        return find(named).map(Some).ok_or_else(|| Error::Value {
            what: env_vars::VIRTUALENVWRAPPER_VIRTUALENV.to_owned(),
            reason: format!("no program `{}` on PATH", crate::shown::shown(named)),
        });
    }
    let Err(reason) = supports(interpreter) else { return Ok(None) };
    find(OsStr::new("virtualenv")).map(Some).ok_or_else(|| Error::CannotCreate {
        python: interpreter.executable.clone(),
        reason: reason.to_owned(),
        hint: "virtualenv may know how: `uv tool install virtualenv` or `pipx install virtualenv`".to_owned(),
    })
}

/// Runs the creator for `root`, which must not exist, with its output left to the person. What it leaves when it fails
/// is removed: nobody else can have put anything there.
pub(crate) fn create(context: &Context, program: &Path, asked: &HandOver<'_>, root: &Path) -> Result<()> {
    let words = words(context, asked)?;
    fs::create_dir(root).map_err(Error::io("create", root))?;
    let mut command = context.command(program);
    command.args(words).arg(root).current_dir(root.parent().unwrap_or(Path::new("/")));
    let failed = match Context::run_for_person(&mut command) {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => Error::Child {
            what: crate::shown::shown(program).to_string(),
            status: status.code().unwrap_or(1),
            hint: "its own message is above; unset VIRTUALENVWRAPPER_VIRTUALENV to let venvwrap make it".to_owned(),
        },
        Err(error) => Error::io("run", program)(error),
    };
    let _ = remove_tree(root);
    Err(failed)
}

/// The words before the directory: the person's standing ones first, as virtualenvwrapper has it.
fn words(context: &Context, asked: &HandOver<'_>) -> Result<Vec<OsString>> {
    let standing = context.variable(env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS).unwrap_or_default();
    let wrong = |reason: String| Error::Value { what: env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS.to_owned(), reason };
    let standing = standing.to_str().ok_or_else(|| wrong("not UTF-8".to_owned()))?;
    let mut words: Vec<OsString> =
        shell_words::split(standing).map_err(|error| wrong(error.to_string()))?.into_iter().map(Into::into).collect();
    words.extend([OsString::from("--python"), asked.python.into()]);
    words.extend(asked.system_site_packages.then(|| "--system-site-packages".into()));
    words.extend(asked.without_pip.then(|| "--without-pip".into()));
    if let Some(prompt) = asked.prompt {
        words.extend([OsString::from("--prompt"), prompt.to_owned()]);
    }
    Ok(words)
}
