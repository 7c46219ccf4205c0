//! `venvwrap deactivate`, and the help of `deactivate`, which itself is a shell function.

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::activation::{Plan, Step};
use crate::error::{Error, Result};

/// Deactivate the active virtual environment
///
/// Restores everything that workon changed; what you changed meanwhile stays. Also works in a shell
/// that was started inside the environment.
#[derive(Debug, Parser)]
#[command(name = "deactivate", after_help = "Example:\n  deactivate")]
pub(crate) struct Deactivate {}

impl Verb for Deactivate {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.require_shell("deactivate")?;
        session.active_root().ok_or(Error::NoneActive)?;
        Ok(Outcome::Plan(Plan::of(Step::Leave), 0))
    }
}
