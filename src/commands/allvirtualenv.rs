//! `allvirtualenv`: run a command in every environment, one after the other.
//!
//! The command may be any function, builtin or program of the calling shell, so the shell runs it: the plan names the
//! environments, and the function keeps the command.

use std::ffi::{OsStr, OsString};

use clap::Parser;

use super::{Outcome, Session, Verb, workon};
use crate::activation::{Plan, Step};
use crate::error::Result;
use crate::shown::shown;
use crate::workon_home::name::EnvironmentName;

/// Run a command in every environment
///
/// Each runs in a shell of its own, in the directory of the environment, which is entered without hooks. What the
/// command returns does not stop the others.
#[derive(Debug, Parser)]
#[command(
    name = "allvirtualenv",
    after_help = "Examples:\n  allvirtualenv pip list --outdated   a program\n  allvirtualenv pwd                   a \
                  builtin\n  allvirtualenv myfunction 'a b'      a function of yours"
)]
pub(crate) struct AllVirtualenv {
    /// The command and its words
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl Verb for AllVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.require_shell("allvirtualenv")?;
        let home = session.workon_home()?;
        let hooks = session.hooks(&home)?;
        let mut plan = Plan::default();
        for name in home.names()? {
            if let Ok(environment) = home.get(&EnvironmentName::existing(OsStr::new(&name))?) {
                let heading = shown(&name).to_string();
                plan.push(Step::Each(heading, workon::entry(&hooks, &environment), self.command.clone()));
            }
        }
        Ok(Outcome::Plan(plan, 0))
    }
}
