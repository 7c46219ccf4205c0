//! `allvirtualenv`: run a command in every environment, one after the other, or a program in several at once.
//!
//! The command may be any function, builtin or program of the calling shell, so the shell runs it: the plan names the
//! environments, and the function keeps the command. What runs at once is started here (`parallel`).

use std::ffi::OsString;
use std::num::NonZeroUsize;

use clap::Parser;

use super::{Outcome, Session, Verb, parallel, workon};
use crate::activation::{Plan, Step};
use crate::environment::Environment;
use crate::error::Result;
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Run a command in every environment
///
/// Each runs in a shell of its own, in the directory of the environment, which is entered without hooks. What the
/// command returns does not stop the others. With --parallel a program runs in several environments at once, with
/// nothing on stdin; what it prints is shown as a whole when it has ended, and then a table of how it went.
#[derive(Debug, Parser)]
#[command(
    name = "allvirtualenv",
    after_help = "Examples:\n  allvirtualenv pip list --outdated     a program\n  allvirtualenv pwd                     a \
                  builtin\n  allvirtualenv myfunction 'a b'        a function of yours\n  allvirtualenv --status pip check      \
                  status 1 if it fails anywhere\n  allvirtualenv --parallel pip check    a program, everywhere at \
                  once"
)]
pub(crate) struct AllVirtualenv {
    /// Tell where it failed, and end with status 1 if it did; otherwise the status is 0
    #[arg(long)]
    status: bool,
    /// Run a program in several environments at once; status 1 if it fails in one
    #[arg(long)]
    parallel: bool,
    /// At most so many at once; the number of processors if left out
    #[arg(short, long, value_name = "N", requires = "parallel")]
    jobs: Option<NonZeroUsize>,
    /// JSON for programs in place of the outputs and the table
    #[arg(long, requires = "parallel")]
    json: bool,
    /// The command and its words
    #[arg(trailing_var_arg = true, value_hint = clap::ValueHint::CommandWithArguments)]
    command: Vec<OsString>,
}

impl Verb for AllVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if self.parallel {
            let environments = environments(&session.workon_home()?)?;
            return parallel::run(session, &environments, &self.command, self.jobs, self.json);
        }
        session.require_shell("allvirtualenv")?;
        let home = session.workon_home()?;
        let hooks = session.hooks(&home)?;
        let mut plan = Plan::default();
        for environment in environments(&home)? {
            let heading = shown(environment.name()).to_string();
            let (entry, words) = (workon::entry(&hooks, &environment), self.command.clone());
            plan.push(if self.status {
                Step::EachTold(heading, entry, words)
            } else {
                Step::Each(heading, entry, words)
            });
        }
        Ok(Outcome::Plan(plan, 0))
    }
}

/// All environments. One that went away since the directory was read is not there.
fn environments(home: &WorkonHome) -> Result<Vec<Environment>> {
    let mut all = Vec::new();
    for name in home.names()? {
        all.extend(home.get(&EnvironmentName::existing(&name)?));
    }
    Ok(all)
}
