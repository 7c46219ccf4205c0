//! `hook`: run the hooks of an event, for plans and for user hooks that call virtualenvwrapper's
//! functions. Not meant to be typed.

use std::ffi::{OsStr, OsString};

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::activation::{Plan, Step};
use crate::error::Result;
use crate::hooks::{self, Event, Hooks};
use crate::output;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Run the hooks of an event
#[derive(Debug, Parser)]
#[command(name = "hook", hide = true)]
pub(crate) struct Hook {
    /// Name of the event
    event: OsString,
    /// Arguments for the hooks: the name of an environment
    arguments: Vec<OsString>,
}

impl Verb for Hook {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let Some(event) = Event::named(&self.event) else { return Ok(Outcome::Done) };
        let home = if event == hooks::INITIALIZE { made_silently(session)? } else { session.workon_home()? };
        let hooks = session.hooks(&home)?;
        if event == hooks::INITIALIZE
            && let Err(error) = make_files(session, &hooks)
        {
            // The commands work without these files, and virtualenvwrapper also continues.
            output::report(&error);
        }
        // Sourced hooks run for the shell's active environment, whatever arguments they get.
        let name = self.arguments.first().map(|name| EnvironmentName::existing(name));
        let name = if event.is_sourced() { name.and_then(Result::ok) } else { name.transpose()? };
        let root = name.map(|name| home.path().join(name.as_os_str()));
        if event.is_sourced() {
            let mut plan = Plan::default();
            // These hooks get no name: they run for the shell's active environment.
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

/// The store. Loading creates it silently, as virtualenvwrapper does.
fn made_silently(session: &Session<'_>) -> Result<WorkonHome> {
    let home = WorkonHome::locate(session.context)?;
    home.create_if_missing()?;
    Ok(home)
}

/// Creates the log and missing hook templates.
fn make_files(session: &Session<'_>, hooks: &Hooks<'_>) -> Result<()> {
    hooks.make_log()?;
    let is_quiet = session.context.variable("HOOK_VERBOSE_OPTION").is_some_and(|option| option == "-q");
    for file in hooks.make_global_templates()?.iter().filter(|_| !is_quiet) {
        output::note(&format!("venvwrap: creating {}", session.shown(file)));
    }
    Ok(())
}
