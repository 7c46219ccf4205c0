//! What `upgrade` will do about each environment, decided before anything is changed.
//!
//! Owns which Python an environment gets, whether its packages fit that Python as they are, and
//! what forbids an exchange.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::Upgrade;
use crate::commands::creation::PythonRequest;
use crate::commands::{Session, in_use};
use crate::environment::{Environment, requested_python};
use crate::error::{Error, Result, StoreError};
use crate::formats::pyvenv_cfg::PyvenvCfg;
use crate::health;
use crate::interpreter::{self, Interpreter};
use crate::project;
use crate::recipe;
use crate::shown::operands;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// What is done about an environment.
pub(super) enum Action {
    /// It has that Python.
    Nothing(Interpreter),
    /// It has the Python that was asked for when it was created, and a newer one is installed.
    Keep(Interpreter, OsString),
    /// Its packages fit that Python.
    Link(Interpreter),
    /// Its packages have to be installed for that Python.
    Rebuild(Interpreter),
    Refuse(Error),
}

/// One environment, and what is done about it.
pub(super) struct Plan {
    pub(super) environment: Environment,
    pub(super) from: String,
    pub(super) packages: usize,
    pub(super) action: Action,
}

impl Plan {
    pub(super) fn is_refused(&self) -> bool {
        matches!(self.action, Action::Refuse(_))
    }
}

/// Plans for all environments.
pub(super) fn plans(
    options: &Upgrade,
    session: &Session<'_>,
    home: &WorkonHome,
    environments: Vec<Environment>,
) -> Result<Vec<Plan>> {
    let context = session.context;
    let asked = options.python.as_ref().map(|python| interpreter::find(context, Some(python))).transpose()?;
    let current = |environment: &Environment| {
        let works = environment.check_python().is_ok() && environment.replaced_python().is_none();
        works.then(|| interpreter::at(context, &environment.python()).ok()).flatten()
    };
    let with_current: Vec<_> =
        environments.into_iter().map(|environment| (current(&environment), environment)).collect();
    let known = with_current.iter().filter_map(|(current, _)| current.clone()).collect();
    let mut planner = Planner { options, session, home, asked, newest: Newest { known, found: Vec::new() } };
    Ok(with_current.into_iter().map(|(current, environment)| planner.plan(current.as_ref(), environment)).collect())
}

/// How many minor versions are searched beyond a missing one.
const MINORS_AHEAD: u32 = 8;

struct Planner<'a> {
    options: &'a Upgrade,
    session: &'a Session<'a>,
    home: &'a WorkonHome,
    /// The Python of `-p`.
    asked: Option<Interpreter>,
    newest: Newest,
}

impl Planner<'_> {
    fn plan(&mut self, current: Option<&Interpreter>, environment: Environment) -> Plan {
        let from = environment.version().unwrap_or_else(|| "unknown".to_owned());
        let packages = environment.distributions().map_or(0, |names| names.len());
        let action = self.action(&environment, current).and_then(|action| {
            if !matches!(action, Action::Nothing(_)) {
                self.home.require_unlocked(environment.name())?;
            }
            if let Action::Rebuild(_) = &action {
                self.check_exchange(&environment)?;
            }
            Ok(action)
        });
        let refuse = |error: Error| Action::Refuse(error.in_store(self.home.path()));
        Plan { environment, from, packages, action: action.unwrap_or_else(refuse) }
    }

    fn action(&mut self, environment: &Environment, current: Option<&Interpreter>) -> Result<Action> {
        let context = self.session.context;
        let (target, kept) = match self.asked.clone() {
            Some(asked) => (self.newest_patch(environment, asked)?, None),
            None => self.target(environment, current)?,
        };
        if self.options.latest {
            return Ok(Action::Rebuild(target));
        }
        let is_current = current.is_some_and(|current| current.base_executable == target.base_executable);
        let recorded = environment.cfg().and_then(PyvenvCfg::version);
        if is_current && recorded.is_none_or(|recorded| recorded == target.version.to_string()) {
            return Ok(match kept {
                Some(request) => Action::Keep(target, request),
                None => Action::Nothing(target),
            });
        }
        let fits = |own: String| interpreter::answers(context, OsStr::new(&own), &target.base_executable);
        Ok(match health::own_python(environment).map(fits).transpose()? {
            Some(true) => Action::Link(target),
            _ => Action::Rebuild(target),
        })
    }

    /// What `-p` found, or a newer patch release that `-p` allows: the search takes the first one
    /// that fits.
    fn newest_patch(&mut self, environment: &Environment, asked: Interpreter) -> Result<Interpreter> {
        let context = self.session.context;
        let own = own_request(environment)?;
        let request = self.options.python.as_deref().filter(|request| !requested_python::is_path(request));
        let is_own = interpreter::answers(context, &own, &asked.base_executable)?;
        match request.filter(|_| is_own) {
            Some(request) if interpreter::answers(context, request, &asked.base_executable)? => {
                Ok(self.newest.of(self.session, &own, Some(request))?.unwrap_or(asked))
            }
            _ => Ok(asked),
        }
    }

    /// The newest installed patch release of the version that an environment has, within what was
    /// asked for when it was created. If that version is no longer installed: what was asked for,
    /// or else what `mkvirtualenv` would choose. The request is returned, too, if it rules out a
    /// newer patch release.
    fn target(
        &mut self,
        environment: &Environment,
        current: Option<&Interpreter>,
    ) -> Result<(Interpreter, Option<OsString>)> {
        let context = self.session.context;
        let own = own_request(environment)?;
        let asked = environment.requested_python();
        let newest = self.newest.of(self.session, &own, None)?;
        if let Some(asked) = &asked {
            let met = if requested_python::is_path(asked) {
                let found = interpreter::find(context, Some(asked)).ok();
                let is_own = |python: &Interpreter| interpreter::answers(context, &own, &python.base_executable);
                found.filter(|python| is_own(python).unwrap_or(false))
            } else {
                self.newest.of(self.session, &own, Some(asked))?
            };
            if let Some(met) = met {
                // Two installations of one release: the environment stays where it is.
                let met = current.filter(|current| current.version == met.version).cloned().unwrap_or(met);
                let is_ruled_out = newest.is_some_and(|newest| newest.version > met.version);
                return Ok((met, is_ruled_out.then(|| asked.clone())));
            }
        }
        let target = match (newest, current) {
            (Some(newest), Some(current)) if current.version >= newest.version => current.clone(),
            (Some(newest), _) => newest,
            (None, Some(current)) => current.clone(),
            (None, None) => self.other_version(environment, &own, asked.as_deref())?,
        };
        Ok((target, None))
    }

    /// A Python for an environment whose version is no longer installed: what was asked for, what
    /// the project asks for, what `mkvirtualenv` would choose, or the next version that is
    /// installed. An older one, on which its packages may not run, is the last choice.
    fn other_version(&mut self, environment: &Environment, own: &OsStr, asked: Option<&OsStr>) -> Result<Interpreter> {
        let context = self.session.context;
        let project = project::of(environment, context)?;
        let choice = PythonRequest::like_creation(self.session, None, project.as_deref())?;
        if asked.is_none() && choice.has_asker() {
            return choice.find();
        }
        let Some(series) = environment.series() else { return choice.find() };
        let chosen = choice.find();
        let word = if own.as_bytes().starts_with(b"pypy") { "pypy" } else { "cpython" };
        let is_newer = |python: &Interpreter| {
            let meets = |request| interpreter::answers(context, request, &python.base_executable).unwrap_or(false);
            python.version.series() > series && meets(OsStr::new(word))
        };
        let met = asked.and_then(|asked| interpreter::find(context, Some(asked)).ok());
        if let Some(found) = met.filter(is_newer).or_else(|| chosen.as_ref().ok().cloned().filter(is_newer)) {
            return Ok(found);
        }
        for ahead in 1..=MINORS_AHEAD {
            let next = OsString::from(format!("{word}{}.{}", series.major, series.minor + ahead));
            if let Some(found) = self.newest.of(self.session, &next, None)? {
                return Ok(found);
            }
        }
        chosen
    }

    /// Fails for what forbids an exchange.
    fn check_exchange(&self, environment: &Environment) -> Result<()> {
        let name = EnvironmentName::existing(environment.name())?;
        let root = self.home.removable(&name, self.session.active_root())?;
        if let Ok(target) = std::fs::read_link(&root) {
            let name = environment.name().to_owned();
            return Err(StoreError::UpgradeLink { name, target }.into());
        }
        let taking = in_use::Taking {
            question: "Upgrade it anyway?",
            force: &|name| format!("venvwrap upgrade --force {}", operands(&[name])),
        };
        if !self.options.dry_run && !self.options.force && !in_use::may_be_taken(&[root], taking)? {
            return Err(Error::Declined);
        }
        Ok(())
    }
}

/// Implementation and minor version of an environment, as `-p` takes them.
fn own_request(environment: &Environment) -> Result<OsString> {
    let own = health::own_python(environment);
    Ok(own.map_or_else(|| environment.site_packages().map(|site| recipe::python(environment, &site)), Ok)?.into())
}

/// The requests, and the newest interpreter that meets both.
type Found = ((OsString, Option<OsString>), Option<Interpreter>);

/// The newest installed interpreter for each request, looked up once.
struct Newest {
    /// The interpreters of the environments. They have been started before.
    known: Vec<Interpreter>,
    found: Vec<Found>,
}

impl Newest {
    /// The newest interpreter that meets a request, and what was asked for at creation, too.
    fn of(&mut self, session: &Session<'_>, own: &OsStr, asked: Option<&OsStr>) -> Result<Option<Interpreter>> {
        let requests = (own.to_owned(), asked.map(OsStr::to_owned));
        if let Some((_, found)) = self.found.iter().find(|(known, _)| *known == requests) {
            return Ok(found.clone());
        }
        let found = interpreter::newest(session.context, own, asked, &self.known)?;
        self.found.push((requests, found.clone()));
        Ok(found)
    }
}
