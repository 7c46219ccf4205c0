//! `hook`: fire the hooks of an event, for plans and for the functions that other people's hooks call. Not meant to be
//! typed.

use std::ffi::{OsStr, OsString};

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::activation::{Plan, Step};
use crate::error::Result;
use crate::hooks::{self, Event};
use crate::output;

/// Fire the hooks of an event
#[derive(Debug, Parser)]
#[command(name = "hook", hide = true)]
pub(crate) struct Hook {
    /// Which
    event: OsString,
    /// What its hooks are told: the name of an environment
    arguments: Vec<OsString>,
}

impl Verb for Hook {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        let hooks = session.hooks(&home)?;
        let Some(event) = Event::named(&self.event) else { return Ok(Outcome::Done) };
        if event == hooks::INITIALIZE {
            hooks.make_log()?;
            let is_quiet = session.context.variable("HOOK_VERBOSE_OPTION").is_some_and(|option| option == "-q");
            for file in hooks.make_global_templates()?.iter().filter(|_| !is_quiet) {
                output::note(&format!("venvwrap: creating {}", session.shown(file)));
            }
        }
        let root = self.arguments.first().map(|name| home.path().join(name));
        if event.is_sourced() {
            let mut plan = Plan::default();
            // These are told no name: it is about the environment that the shell is in.
            hooks
                .files(event, root.as_deref().or(session.active_root()))
                .into_iter()
                .map(Step::Source)
                .for_each(|step| plan.push(step));
            return Ok(Outcome::Plan(plan, 0));
        }
        let arguments: Vec<&OsStr> = self.arguments.iter().map(OsString::as_os_str).collect();
        hooks.run(event, root.as_deref(), &arguments, None);
        Ok(Outcome::Done)
    }
}
