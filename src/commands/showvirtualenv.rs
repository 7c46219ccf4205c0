//! `showvirtualenv`: the facts of one environment.

use std::ffi::OsString;
use std::fmt;

use clap::Parser;
use serde::Serialize;

use super::json::{Named, text};
use super::{Outcome, Session, Verb, doctor, elsewhere};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Result, StoreError};
use crate::health;
use crate::output;
use crate::project;
use crate::shown::shown;

/// Show the details of an environment
#[derive(Debug, Parser)]
#[command(
    name = "showvirtualenv",
    after_help = "\
Examples:
  showvirtualenv projectx          details of projectx
  showvirtualenv                   details of the active environment
  showvirtualenv poetry:shop       details of an environment that poetry keeps
  showvirtualenv --json projectx   print JSON"
)]
pub(crate) struct ShowVirtualenv {
    /// Name of the environment; by default the active one
    #[arg(value_name = "ENVIRONMENT")]
    name: Option<OsString>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What can be told of an environment without running anything in it.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    #[serde(flatten)]
    named: Named,
    /// The same for a person.
    #[serde(skip)]
    pub(super) shown_name: String,
    /// Who keeps it: `store`, or the tool whose environment it is.
    pub(super) origin: &'static str,
    /// `3.13.0`, as recorded.
    pub(super) python: Option<String>,
    /// The interpreter that it was made from.
    base: Option<String>,
    /// Whether its interpreter is there.
    pub(super) broken: bool,
    /// Whether it sees the packages of its base.
    system_site_packages: bool,
    /// The directory that it is linked to.
    project: Option<String>,
    /// How paths are shown: not part of the JSON.
    #[serde(skip)]
    lines: Vec<(&'static str, String)>,
}

impl Facts {
    /// Reads them.
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

impl fmt::Display for Facts {
    /// A line a fact, without the last line break.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0) + 1;
        for (index, (label, value)) in self.lines.iter().enumerate() {
            let end = if index + 1 == self.lines.len() { "" } else { "\n" };
            write!(formatter, "{:<width$} {value}{end}", format!("{label}:"))?;
        }
        Ok(())
    }
}

impl Verb for ShowVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        let environment = match &self.name {
            Some(name) => elsewhere::get(session, &home, name)?,
            None if session.active_root().is_none() => {
                return Err(StoreError::MissingName { of: "showvirtualenv" }.into());
            }
            None => session.active()?,
        };
        let facts = Facts::of(session, &environment)?;
        if self.json {
            output::data(&super::json::document(&facts)?)?;
            return Ok(Outcome::Done);
        }
        output::data(format!("{facts}\n").as_bytes())?;
        // A hook of the store's environments, to which they are the active one.
        if environment.origin() == Origin::Store {
            super::lsvirtualenv::tell_details(&session.hooks(&home)?, &environment);
        }
        output::data(b"\n")?;
        Ok(Outcome::Done)
    }
}
