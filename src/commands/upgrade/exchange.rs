//! Carries out the plan of `upgrade` for one environment: links another Python, or builds the
//! environment again beside the old one and exchanges the two.

use std::ffi::OsString;

use super::Upgrade;
use super::plan::{Action, Plan};
use crate::commands::Session;
use crate::commands::creation::{FromRecipe, Rebuild};
use crate::context::Context;
use crate::environment::{Environment, requested_python};
use crate::error::{Error, Result};
use crate::health;
use crate::interpreter::{self, Interpreter};
use crate::keepsake;
use crate::output;
use crate::recipe;
use crate::shown::{operands, shown, typed};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

impl Upgrade {
    /// Does it, and returns the word for the result.
    pub(super) fn carry_out(&self, session: &Session<'_>, home: &WorkonHome, plan: &Plan) -> Result<&'static str> {
        let environment = &plan.environment;
        let name = shown(environment.name());
        match &plan.action {
            Action::Refuse(_) => Ok("failed"),
            Action::Nothing(python) => {
                self.record_request(session, environment, python)?;
                let version = python.version;
                output::note(&match &self.python {
                    None => format!("`{name}` has the newest installed Python {}: {version}", version.series()),
                    Some(_) => format!("`{name}` has Python {version} already"),
                });
                Ok("nothing")
            }
            Action::Keep(python, request) => {
                let way = operands(&[environment.name()]);
                output::note(&format!(
                    "`{name}` keeps Python {}, because it was created with -p {}; `venvwrap upgrade -p {} {way}` \
                     links a newer one",
                    python.version,
                    typed(request),
                    python.version.series()
                ));
                Ok("nothing")
            }
            Action::Link(python) => {
                health::relink_to(environment, python)?;
                self.record_request(session, environment, python)?;
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

    /// Records what `-p` asks for now, in place of what was asked for before.
    fn record_request(&self, session: &Session<'_>, environment: &Environment, python: &Interpreter) -> Result<()> {
        let typed = self.python.as_deref();
        let request = typed.and_then(|typed| interpreter::lasting_request(session.context, typed, Some(python)));
        match request.filter(|request| environment.requested_python().as_ref() != Some(request)) {
            Some(request) => requested_python::record(environment.root(), &request),
            None => Ok(()),
        }
    }

    /// What the new environment records as asked for: `-p`, or what the old one has if the new
    /// Python meets it.
    fn requested(&self, session: &Session<'_>, old: &Environment, python: &Interpreter) -> Option<OsString> {
        let meets = |request: &OsString| {
            let is_it = interpreter::find(session.context, Some(request))
                .is_ok_and(|found| found.base_executable == python.base_executable);
            is_it || interpreter::answers(session.context, request, &python.base_executable).unwrap_or(false)
        };
        self.python.clone().or_else(|| old.requested_python().filter(meets))
    }

    fn rebuild(
        &self,
        session: &Session<'_>,
        home: &WorkonHome,
        environment: &Environment,
        interpreter: &Interpreter,
    ) -> Result<()> {
        let name = EnvironmentName::existing(environment.name())?;
        let mut recipe = recipe::read_in_place(environment, session.context)?;
        let requested = self.requested(session, environment, interpreter);
        let requested = requested.as_deref();
        if self.force {
            let from =
                FromRecipe { session, home, name: &name, recipe: &recipe, interpreter, requested, with_hooks: true };
            let lost = from.without_source();
            for package in &lost {
                output::note(&format!("`{}`: {package} is left out: its source is missing", shown(environment.name())));
            }
            recipe.packages.retain(|package| !lost.contains(&package.name));
        }
        let from = FromRecipe { session, home, name: &name, recipe: &recipe, interpreter, requested, with_hooks: true };
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
}
