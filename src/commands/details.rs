//! The details of an environment that `lsvirtualenv` and `showvirtualenv` print.

use std::fmt;

use serde::Serialize;

use super::json::{Named, text};
use super::{Session, doctor};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::Result;
use crate::health;
use crate::hooks::{self, Hooks};
use crate::project;
use crate::shown::shown;

/// The details of one environment. The serialized form is its JSON object.
#[derive(Debug, Serialize)]
pub(super) struct Details {
    #[serde(flatten)]
    named: Named,
    /// The name, escaped for a terminal.
    #[serde(skip)]
    pub(super) shown_name: String,
    /// `store`, or the tool that manages the environment.
    pub(super) origin: &'static str,
    /// `3.13.0`, as pyvenv.cfg records it.
    pub(super) python: Option<String>,
    /// The base interpreter.
    base: Option<String>,
    pub(super) broken: bool,
    system_site_packages: bool,
    /// The linked project directory.
    project: Option<String>,
    /// Labels and values for the terminal.
    #[serde(skip)]
    lines: Vec<(&'static str, String)>,
}

impl Details {
    /// Reads files only; starts no Python.
    pub(super) fn of(session: &Session<'_>, environment: &Environment) -> Result<Self> {
        let broken = match environment.check_python() {
            Err(error) => Some(error.to_string()),
            Ok(()) => {
                health::at_a_glance(environment).map(|(path, symptom)| doctor::describe(session, &path, &symptom))
            }
        };
        let project = project::of(environment, session.context)?;
        let base = environment.base_python();
        let mut lines = vec![("python", environment.version().unwrap_or_else(|| "unknown".to_owned()))];
        lines.extend(broken.clone().map(|reason| ("broken", reason)));
        lines.extend(base.as_ref().map(|base| ("made from", session.shown(base))));
        if environment.origin() != Origin::Store {
            lines.push(("kept by", environment.origin().word().to_owned()));
        }
        lines.push(("path", session.shown(environment.root())));
        lines.extend(project.as_ref().map(|project| ("project", session.shown(project))));
        if environment.sees_system_packages() {
            lines.push(("packages", "its own and those of its base".to_owned()));
        }
        Ok(Self {
            named: Named::of(environment),
            shown_name: shown(environment.name()).to_string(),
            origin: environment.origin().word(),
            python: environment.version(),
            base: base.as_deref().map(text),
            broken: broken.is_some(),
            system_site_packages: environment.sees_system_packages(),
            project: project.as_deref().map(text),
            lines,
        })
    }
}

impl fmt::Display for Details {
    /// One detail per line; the last line has no line break.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0) + 1;
        for (index, (label, value)) in self.lines.iter().enumerate() {
            let end = if index + 1 == self.lines.len() { "" } else { "\n" };
            write!(formatter, "{:<width$} {value}{end}", format!("{label}:"))?;
        }
        Ok(())
    }
}

/// Runs the hook `get_env_details` with the environment as the active one.
pub(super) fn run_details_hook(hooks: &Hooks<'_>, environment: &Environment) {
    let root = environment.root();
    hooks.run(hooks::GET_ENV_DETAILS, Some(root), &[environment.name()], Some(root));
}
