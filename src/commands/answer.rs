//! `answer`: results of virtualenvwrapper's helper functions, for hooks and plugins that call them.
//! Not meant to be typed.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::{Outcome, Session, Verb, uv_project};
use crate::activation::{FormerValue, Plan, Step};
use crate::env_vars;
use crate::error::Result;
use crate::output;
use crate::variables::record::UndoRecord;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Answer a helper function
#[derive(Debug, Parser)]
#[command(name = "answer", hide = true)]
pub(crate) struct Answer {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    /// Print WORKON_HOME
    WorkonHome,
    /// Print the directory of the global hooks
    HookDirectory,
    /// Create WORKON_HOME if it does not exist
    VerifyWorkonHome,
    /// Check that an environment with this name exists
    VerifyEnvironment {
        /// The name
        name: OsString,
    },
    /// Print the active environment's site-packages
    SitePackages,
    /// Print the version of the active environment's Python as `X.Y`
    PythonVersion,
    /// Print a plan that has this shell follow UV_PROJECT_ENVIRONMENT
    Uv,
    /// Whether uv would work on this project here
    InProject {
        /// The project directory
        project: PathBuf,
    },
    /// Print a plan that restores the variables in VENVWRAP_UNDO, as far as a record may set them
    Record,
}

impl Verb for Answer {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let text = match self.question {
            Question::WorkonHome => WorkonHome::locate(session.context)?.path().as_os_str().as_bytes().to_vec(),
            Question::HookDirectory => {
                let home = WorkonHome::locate(session.context)?;
                session.hooks(&home)?.directory().as_os_str().as_bytes().to_vec()
            }
            Question::VerifyWorkonHome => return session.workon_home().map(|_| Outcome::Done),
            Question::VerifyEnvironment { name } => {
                return session.workon_home()?.get(&EnvironmentName::existing(&name)?).map(|_| Outcome::Done);
            }
            Question::Uv => return Ok(Outcome::Plan(Plan::of(Step::LoadUv), 0)),
            Question::InProject { project } => {
                let is_in = uv_project::is_in(&project, &session.context.working_directory()?);
                return Ok(Outcome::Status(u8::from(!is_in)));
            }
            Question::Record => return Ok(Outcome::Plan(put_back(session), 0)),
            Question::SitePackages => session.active()?.site_packages()?.into_os_string().as_bytes().to_vec(),
            Question::PythonVersion => {
                session.active()?.series().map(|series| series.to_string()).unwrap_or_default().into_bytes()
            }
        };
        output::data(&[text, b"\n".to_vec()].concat())?;
        Ok(Outcome::Done)
    }
}

/// Restores variables on leaving an environment that has some. The shell functions ask here because
/// only this program knows which variables a record may set.
fn put_back(session: &Session<'_>) -> Plan {
    let mut plan = Plan::default();
    let Some(record) = session.context.variable(env_vars::VENVWRAP_UNDO).map(UndoRecord::read) else { return plan };
    for (name, was) in record.set {
        let before = match was {
            None => FormerValue::Unset,
            Some(was) if was.is_exported => FormerValue::Exported(was.value),
            Some(was) => FormerValue::Private(was.value),
        };
        plan.push(Step::PutBack(name, before));
    }
    for directory in record.added {
        plan.push(Step::RemoveFromPath(directory));
    }
    plan
}
