//! Project templates from Python packages: entry points of `virtualenvwrapper.project.template`.
//!
//! Owns how `plugin.py` is run with VIRTUALENVWRAPPER_PYTHON. If that variable is unset, no Python
//! is started.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::asked::{Patience, ask};
use crate::context::Context;
use crate::env_vars;
use crate::error::{Error, Result};
use crate::programs;
use crate::shown::shown;

const SCRIPT: &str = include_str!("plugin.py");

/// Time limit: `list` loads every template for its description.
const PATIENCE: Patience = Patience::seconds(30);

/// Starts the answer (RFC 7464). JSON cannot contain this byte.
const RECORD_SEPARATOR: u8 = 0x1e;

/// The interpreter whose packages have the templates.
#[derive(Debug)]
pub(super) struct Plugins<'a> {
    context: &'a Context,
    python: PathBuf,
}

impl<'a> Plugins<'a> {
    /// `None` if VIRTUALENVWRAPPER_PYTHON is unset. A bare name is searched outside the active
    /// environment, which `mkproject` has just activated.
    pub(super) fn locate(context: &'a Context) -> Result<Option<Self>> {
        let Some(named) = context.variable(env_vars::VIRTUALENVWRAPPER_PYTHON) else { return Ok(None) };
        let inside = context.absolute(env_vars::VIRTUAL_ENV).map(|root| root.join("bin"));
        let path = context.variable(env_vars::PATH).unwrap_or_default().as_bytes();
        let outside = |entry: &&[u8]| inside.as_ref().is_none_or(|bin| bin.as_os_str().as_bytes() != *entry);
        let path = path.split(|byte| *byte == b':').filter(outside).collect::<Vec<_>>().join(&b':');
        match programs::along(OsStr::from_bytes(&path), named, Path::new("/")).next() {
            Some(python) => Ok(Some(Self { context, python })),
            None => Err(wrong(format!("there is no program {}", shown(named)))),
        }
    }

    /// Whether a template of that name exists. Loads none.
    pub(super) fn has(&self, name: &OsStr) -> Result<bool> {
        Ok(self.ask("names")?.iter().any(|(known, _)| OsStr::new(known) == name))
    }

    /// Names and the first lines of their descriptions.
    pub(super) fn list(&self) -> Result<Vec<(String, String)>> {
        self.ask("list")
    }

    /// The command that runs a template.
    pub(super) fn command(&self, name: &OsStr, project: &OsStr, directory: &Path) -> Command {
        let mut command = self.context.command(&self.python);
        script(&mut command, "run").arg(name).arg(project).arg(directory);
        command
    }

    fn ask(&self, mode: &str) -> Result<Vec<(String, String)>> {
        let python = shown(&self.python);
        let words = |command: &mut Command| {
            script(command, mode).current_dir("/");
        };
        let output = ask(self.context, &self.python, PATIENCE, words)
            .map_err(|reason| wrong(format!("{python} does not list its templates: {reason}")))?;
        let start = output.stdout.iter().rposition(|byte| *byte == RECORD_SEPARATOR);
        let answer = start.and_then(|start| serde_json::from_slice(&output.stdout[start + 1..]).ok());
        answer.ok_or_else(|| wrong(format!("{python} does not list its templates: {}", output.unanswered())))
    }
}

/// Adds the arguments that run the script in this mode. PYTHONPATH stays, because it may have the
/// templates.
fn script<'a>(command: &'a mut Command, mode: &str) -> &'a mut Command {
    command.env_remove("PYTHONINSPECT").args(["-c", SCRIPT, mode])
}

fn wrong(reason: String) -> Error {
    Error::Malformed { what: env_vars::VIRTUALENVWRAPPER_PYTHON.to_owned(), reason }
}
