//! `answer`: what virtualenvwrapper's helper functions tell the hooks and plugins that call them.
//! Not meant to be typed.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::{Parser, Subcommand};

use super::{Outcome, Session, Verb};
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
    /// Where the store is
    WorkonHome,
    /// Where the global hooks are
    HookDirectory,
    /// Whether the store is there; made if not
    VerifyWorkonHome,
    /// Whether there is an environment of that name
    VerifyEnvironment {
        /// The name
        name: OsString,
    },
    /// The site-packages of the active environment
    SitePackages,
    /// The version of the active environment's python, `X.Y`
    PythonVersion,
    /// A plan that puts back what VENVWRAP_UNDO says of variables, as far as a record may
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

/// What leaving a conda environment puts back. The shells hold no list of what a record may set:
/// this asks the one rule.
fn put_back(session: &Session<'_>) -> Plan {
    let record = session.context.variable(env_vars::VENVWRAP_UNDO).map(UndoRecord::read);
    let mut plan = Plan::default();
    for (name, was) in record.into_iter().flat_map(|record| record.set) {
        let before = match was {
            None => FormerValue::Unset,
            Some(was) if was.is_exported => FormerValue::Exported(was.value),
            Some(was) => FormerValue::Private(was.value),
        };
        plan.push(Step::PutBack(name, before));
    }
    plan
}
