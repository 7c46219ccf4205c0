//! `upgrade`: move environments to another Python, with their packages.

use std::ffi::{OsStr, OsString};

use clap::Parser;

use super::creation::{FromRecipe, PythonRequest, Rebuild};
use super::json;
use super::{Outcome, Session, Verb, abandoned, elsewhere, in_use};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::formats::pyvenv_cfg::PyvenvCfg;
use crate::health;
use crate::interpreter::places::Origin;
use crate::interpreter::{self, Interpreter};
use crate::keepsake;
use crate::output::{self, Progress};
use crate::project;
use crate::recipe;
use crate::shown::{operands, shown};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod report;

use report::{DONE, PLANNED, Report, Row, show};

/// Move environments to another Python, with packages
///
/// Without -p: to the newest installed patch release of the same version or, if that version is no
/// longer installed, to the Python that mkvirtualenv would choose. To another patch release, the
/// environment is linked; nothing in it is installed again. To another version, a new environment
/// is built beside the old one with the same versions of its packages, checked, and exchanged with
/// it in one step. Project, hooks, prompt, added paths, editable packages, and your own scripts
/// come along. If something would be missing, nothing is exchanged. The old environment goes to the
/// trash; `venvwrap undo NAME` brings it back. The status is 1 if any environment failed.
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

/// What is done about an environment.
enum Action {
    /// It has that Python.
    Nothing(Interpreter),
    /// Its packages fit that Python.
    Link(Interpreter),
    /// Its packages have to be installed for that Python.
    Rebuild(Interpreter),
    Refuse(Error),
}

/// One environment, and what is done about it.
struct Plan {
    environment: Environment,
    from: String,
    packages: usize,
    action: Action,
}

impl Verb for Upgrade {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environments = self.environments(session, &home)?;
        let asked = self.python.as_ref().map(|python| interpreter::find(session.context, Some(python))).transpose()?;
        let mut newest = Newest::default();
        let mut plans = Vec::new();
        for environment in environments {
            plans.push(self.plan(session, &home, environment, asked.as_ref(), &mut newest));
        }
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
        for (number, (plan, row)) in plans.iter().zip(&mut rows).enumerate() {
            let progress = matches!(plan.action, Action::Rebuild(_))
                .then(|| Progress::start(format!("Upgrading {} ({} of {count})", row.shown_name, number + 1)));
            let done = self.carry_out(session, &home, plan);
            drop(progress);
            match done {
                Ok(result) => row.result = result,
                Err(error) => {
                    row.result = "failed";
                    row.error = Some(error.to_string());
                    output::report(&error);
                }
            }
            if Context::was_interrupted() {
                let left = count - number - 1;
                if left > 0 {
                    output::note(&format!("Interrupted; {left} more were left as they are"));
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

    fn plan(
        &self,
        session: &Session<'_>,
        home: &WorkonHome,
        environment: Environment,
        asked: Option<&Interpreter>,
        newest: &mut Newest,
    ) -> Plan {
        let from = environment.version().unwrap_or_else(|| "unknown".to_owned());
        let packages = environment.distributions().map_or(0, |names| names.len());
        let action = self.action(session, &environment, asked, newest).and_then(|action| {
            if let Action::Rebuild(_) = &action {
                self.check_exchange(session, home, &environment)?;
            }
            Ok(action)
        });
        Plan { environment, from, packages, action: action.unwrap_or_else(Action::Refuse) }
    }

    fn action(
        &self,
        session: &Session<'_>,
        environment: &Environment,
        asked: Option<&Interpreter>,
        newest: &mut Newest,
    ) -> Result<Action> {
        let context = session.context;
        let works = environment.check_python().is_ok() && environment.replaced_python().is_none();
        let current = works.then(|| interpreter::at(context, &environment.python()).ok()).flatten();
        let target = match asked {
            Some(asked) => asked.clone(),
            None => target(session, environment, current.as_ref(), newest)?,
        };
        if self.latest {
            return Ok(Action::Rebuild(target));
        }
        let is_current = current.is_some_and(|current| current.base_executable == target.base_executable);
        let recorded = environment.cfg().and_then(PyvenvCfg::version);
        if is_current && recorded.is_none_or(|recorded| recorded == target.version.to_string()) {
            return Ok(Action::Nothing(target));
        }
        let fits = |own: String| interpreter::answers(context, OsStr::new(&own), &target.base_executable);
        Ok(match health::own_python(environment).map(fits).transpose()? {
            Some(true) => Action::Link(target),
            _ => Action::Rebuild(target),
        })
    }

    /// Fails for what forbids an exchange, before anything is built.
    fn check_exchange(&self, session: &Session<'_>, home: &WorkonHome, environment: &Environment) -> Result<()> {
        let name = EnvironmentName::existing(environment.name())?;
        let root = home.removable(&name, session.active_root())?;
        if let Ok(target) = std::fs::read_link(&root) {
            let name = environment.name().to_owned();
            return Err(StoreError::UpgradeLink { name, target }.into());
        }
        let taking = in_use::Taking {
            question: "Upgrade it anyway?",
            force: &|name| format!("venvwrap upgrade --force {}", operands(&[name])),
        };
        if !self.dry_run && !self.force && !in_use::may_be_taken(&[root], taking)? {
            return Err(Error::Declined);
        }
        Ok(())
    }

    /// Does it, and returns the word for the result.
    fn carry_out(&self, session: &Session<'_>, home: &WorkonHome, plan: &Plan) -> Result<&'static str> {
        let environment = &plan.environment;
        let name = shown(environment.name());
        match &plan.action {
            Action::Refuse(_) => Ok("failed"),
            Action::Nothing(python) => {
                output::note(&format!(
                    "`{name}` has the newest installed Python {}: {}",
                    python.version.series(),
                    python.version
                ));
                Ok("nothing")
            }
            Action::Link(python) => {
                health::relink_to(environment, python)?;
                let path = session.shown(&python.base_executable);
                output::note(&format!("Linked `{name}` to Python {} ({path})", python.version));
                Ok("linked")
            }
            Action::Rebuild(python) => {
                self.rebuild(session, home, environment, python)?;
                let undo = operands(&[environment.name()]);
                output::note(&format!(
                    "Upgraded `{name}` from Python {} to {}; `venvwrap undo {undo}` brings the old one back",
                    plan.from, python.version
                ));
                Ok("rebuilt")
            }
        }
    }

    fn rebuild(
        &self,
        session: &Session<'_>,
        home: &WorkonHome,
        environment: &Environment,
        interpreter: &Interpreter,
    ) -> Result<()> {
        let name = EnvironmentName::existing(environment.name())?;
        let mut recipe = recipe::read(environment, session.context)?;
        if self.force {
            let from = FromRecipe { session, home, name: &name, recipe: &recipe, interpreter, with_hooks: true };
            let lost = from.without_source();
            for package in &lost {
                output::note(&format!("`{}`: {package} is left out: its source is missing", shown(environment.name())));
            }
            recipe.packages.retain(|package| !lost.contains(&package.name));
        }
        let from = FromRecipe { session, home, name: &name, recipe: &recipe, interpreter, with_hooks: true };
        from.check()?;
        let rebuild = Rebuild {
            from,
            old: environment,
            request: self.python.as_deref(),
            is_latest: self.latest,
            is_forced: self.force,
        };
        let building = rebuild.build()?;
        if Context::was_interrupted() {
            return Err(Error::Declined);
        }
        let upgraded = home.replace(building, &name, session.active_root())?;
        keepsake::forget(home, name.as_os_str());
        keepsake::remember(home, &upgraded, session.context);
        Ok(())
    }

    /// The table of what came of it, or the JSON.
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

impl Plan {
    fn is_refused(&self) -> bool {
        matches!(self.action, Action::Refuse(_))
    }
}

/// The newest patch release of the version that an environment has, if it is installed; else what
/// `mkvirtualenv` would choose.
fn target(
    session: &Session<'_>,
    environment: &Environment,
    current: Option<&Interpreter>,
    newest: &mut Newest,
) -> Result<Interpreter> {
    let version = recipe::python(environment, &environment.site_packages()?);
    match (newest.of(session, &version), current) {
        (Some(newest), Some(current)) if current.version >= newest.version => Ok(current.clone()),
        (Some(newest), _) => Ok(newest),
        (None, Some(current)) => Ok(current.clone()),
        (None, None) => {
            let project = project::of(environment, session.context)?;
            PythonRequest::like_creation(session, None, project.as_deref())?.find()
        }
    }
}

/// The newest installed interpreter of each implementation and minor version, looked up once.
#[derive(Default)]
struct Newest(Vec<(String, Option<Interpreter>)>);

impl Newest {
    /// The one for this request, as in `3.12`; `None` if there is none.
    fn of(&mut self, session: &Session<'_>, request: &str) -> Option<Interpreter> {
        if let Some((_, found)) = self.0.iter().find(|(known, _)| known == request) {
            return found.clone();
        }
        let context = session.context;
        let inventory = interpreter::inventory(context, Some(OsStr::new(request)), |_| ()).ok();
        let is_usable = |listed: &&interpreter::Listed| {
            // conda's own Python is not for others to build on.
            let is_same_kind = request.starts_with("pypy") || listed.kind.implementation == "CPython";
            is_same_kind && listed.origin != Origin::Conda && !listed.kind.is_debug()
        };
        let newest = inventory.as_ref().and_then(|all| all.interpreters.iter().find(is_usable));
        let found = newest.and_then(|listed| interpreter::at(context, &listed.path).ok());
        self.0.push((request.to_owned(), found.clone()));
        found
    }
}
