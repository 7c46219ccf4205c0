//! `allvirtualenv`: run a command in every environment, one after the other, or a program in
//! several at once.
//!
//! The command may be a function, builtin, or program of the calling shell, so the shell runs it:
//! the plan names the environments, and the shell function keeps the command. With --parallel,
//! `parallel` starts the program.

use std::ffi::OsString;
use std::num::NonZeroUsize;

use clap::Parser;

use super::brought::Brought;
use super::{Outcome, Session, Verb, parallel, workon};
use crate::activation::{Plan, Step};
use crate::environment::Environment;
use crate::error::Result;
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Run a command in every environment
///
/// Each command runs in a subshell, in the environment's directory, with the environment activated
/// without hooks. A failure does not stop the others. With --parallel, a program runs in several
/// environments at once, with empty stdin; its output is shown when it ends, followed by a table of
/// results.
#[derive(Debug, Parser)]
#[command(
    name = "allvirtualenv",
    after_help = "\
Examples:
  allvirtualenv pip list --outdated     run a program
  allvirtualenv pwd                     run a builtin
  allvirtualenv myfunction 'a b'        run a function of yours
  allvirtualenv --status pip check      end with status 1 if it fails in any environment
  allvirtualenv --parallel pip check    run a program in several environments at once"
)]
pub(crate) struct AllVirtualenv {
    /// Report failures, and end with status 1 if there are any; otherwise the status is always 0
    #[arg(long)]
    status: bool,
    /// Run a program in several environments at once; status 1 if it fails in any
    #[arg(long)]
    parallel: bool,
    /// Number of environments at once; by default the number of processors
    #[arg(short, long, value_name = "N", requires = "parallel")]
    jobs: Option<NonZeroUsize>,
    /// Print JSON instead of the output and the table
    #[arg(long, requires = "parallel")]
    json: bool,
    /// The command and its arguments
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
            let (target, words) = (
                workon::target(&hooks, &environment, home.variables_of(&environment), None, Brought::default()),
                self.command.clone(),
            );
            plan.push(if self.status {
                Step::EachTold(heading, target, words)
            } else {
                Step::Each(heading, target, words)
            });
        }
        Ok(Outcome::Plan(plan, 0))
    }
}

/// All environments, except those removed since the directory was read.
fn environments(home: &WorkonHome) -> Result<Vec<Environment>> {
    let mut all = Vec::new();
    for name in home.names()? {
        all.extend(home.get(&EnvironmentName::existing(&name)?));
    }
    Ok(all)
}
