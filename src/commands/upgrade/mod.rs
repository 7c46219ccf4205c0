//! `upgrade`: move environments to another Python, with their packages.

use std::ffi::OsString;

use clap::Parser;

use super::json;
use super::{Outcome, Session, Verb, abandoned, elsewhere};
use crate::context::{Context, HeldSignals};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::output::{self, Progress};
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod exchange;
mod plan;
mod report;

use plan::{Action, Plan};
use report::{DONE, PLANNED, Report, Row, show};

/// Move environments to another Python, with packages
///
/// Without -p: to the newest installed patch release of the same version, within what -p asked for
/// when the environment was created. If that version is no longer installed: to the Python that
/// mkvirtualenv would choose or, if that one is older, to the next version that is installed. To
/// another patch release, the environment is linked; nothing in it is installed again. To another
/// version, a new environment is built beside the old one with the same versions of its packages,
/// checked, and exchanged with it in one step. Project, hooks, prompt, added paths, editable
/// packages, and your own scripts come along. If something would be missing, nothing is exchanged.
/// The old environment goes to the trash; `venvwrap undo NAME` brings it back. The status is 1 if
/// any environment failed.
#[derive(Debug, Parser)]
#[command(
    name = "upgrade",
    after_help = "\
Examples:
  venvwrap upgrade projectx                    to the newest installed patch release
  venvwrap upgrade -p 3.13 projectx            to Python 3.13, with the same packages
  venvwrap upgrade -p 3.13 --latest projectx   to Python 3.13, with the newest packages
  venvwrap upgrade --all --dry-run             show what would happen to each environment
  venvwrap undo projectx                       bring the old environment back"
)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Upgrade {
    /// Names of environments
    #[arg(value_name = "ENVIRONMENT", required_unless_present = "all")]
    names: Vec<OsString>,
    /// Upgrade every environment
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Python to move to: a version (`3.13`, `pypy3.10`), a command, or a path
    #[arg(short, long, value_name = "PYTHON", value_hint = clap::ValueHint::ExecutablePath)]
    python: Option<OsString>,
    /// Install the newest versions of the packages that you asked for, and what they need
    #[arg(long)]
    latest: bool,
    /// Exchange it even if packages are missing or conflict, or if processes use it
    #[arg(long)]
    force: bool,
    /// Show the plan and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Verb for Upgrade {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environments = self.environments(session, &home)?;
        let plans = plan::plans(&self, session, &home, environments)?;
        let mut rows: Vec<Row> = plans.iter().map(Row::planned).collect();
        let is_listed = self.all || self.dry_run || plans.len() > 1;
        if is_listed && !self.json {
            show(PLANNED, &rows, |row| [row.packages.to_string(), row.action.to_owned()].into())?;
        }
        for plan in &plans {
            if let Action::Refuse(error) = &plan.action {
                output::report(error);
            }
        }
        if self.dry_run {
            self.say_end(&home, rows, is_listed)?;
            output::note("Nothing was changed");
            return Ok(Outcome::Status(u8::from(plans.iter().any(Plan::is_refused))));
        }
        abandoned::remove(session, &home);
        let count = plans.len();
        // Ctrl-C ends an installer, and an upgrade before its exchange.
        let _held = HeldSignals::hold_interrupt();
        for (number, (plan, row)) in plans.iter().zip(&mut rows).enumerate() {
            let progress = matches!(plan.action, Action::Rebuild(_))
                .then(|| Progress::start(format!("Upgrading {} ({} of {count})", row.shown_name, number + 1)));
            let done = self.carry_out(session, &home, plan);
            drop(progress);
            let mut left = &plans[number + 1..];
            match done {
                Err(Error::Declined) if Context::was_interrupted() => left = &plans[number..],
                Ok(result) => row.result = result,
                Err(error) => {
                    let error = error.in_store(home.path());
                    row.result = "failed";
                    row.error = Some(error.to_string());
                    output::report(&error);
                }
            }
            if Context::was_interrupted() {
                let left: Vec<String> = left.iter().map(|plan| shown(plan.environment.name()).to_string()).collect();
                if !left.is_empty() {
                    output::note(&format!("Interrupted; left as they are: {}", left.join(", ")));
                }
                return Ok(Outcome::Status(130));
            }
        }
        let status = u8::from(rows.iter().any(|row| row.result == "failed"));
        self.say_end(&home, rows, is_listed)?;
        Ok(Outcome::Status(status))
    }
}

impl Upgrade {
    fn environments(&self, session: &Session<'_>, home: &WorkonHome) -> Result<Vec<Environment>> {
        let names = if self.all { home.names()? } else { self.names.clone() };
        let get = |name: &OsString| {
            let found = EnvironmentName::existing(name).and_then(|name| home.get(&name));
            found.map_err(|error| elsewhere::refused(error, session, home, name, elsewhere::OwnerAction::Change))
        };
        names.iter().map(get).collect()
    }

    /// Prints the results as a table or as JSON.
    fn say_end(&self, home: &WorkonHome, rows: Vec<Row>, is_listed: bool) -> Result<()> {
        if self.json {
            let workon_home = json::text(home.path());
            return output::data(&json::document(&Report { workon_home, environments: rows })?);
        }
        if is_listed && !self.dry_run && !rows.is_empty() {
            output::data(b"\n")?;
            return show(DONE, &rows, |row| [row.result.to_owned()].into());
        }
        Ok(())
    }
}
