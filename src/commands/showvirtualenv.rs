//! `showvirtualenv`: show the details of one environment.

use std::ffi::OsString;

use clap::Parser;

use super::details::{Details, run_details_hook, say_if_recreated};
use super::{Outcome, Session, Verb, elsewhere};
use crate::environment::origin::Origin;
use crate::error::{Result, StoreError};
use crate::output;

/// Show the details of an environment
#[derive(Debug, Parser)]
#[command(
    name = "showvirtualenv",
    after_help = "\
Examples:
  showvirtualenv projectx          details of projectx
  showvirtualenv                   details of the active environment
  showvirtualenv poetry:shop       details of an environment that poetry keeps
  showvirtualenv --json projectx   print JSON"
)]
pub(crate) struct ShowVirtualenv {
    /// Name of the environment; by default the active one
    #[arg(value_name = "ENVIRONMENT")]
    name: Option<OsString>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verb for ShowVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        let environment = match &self.name {
            Some(name) => elsewhere::get(session, &home, name)?,
            None if session.active_root().is_none() => {
                return Err(StoreError::MissingName { of: "showvirtualenv" }.into());
            }
            None => session.active()?,
        };
        let mut details = Details::in_full(session, &home, &environment)?;
        details.measure(session, &environment);
        if self.json {
            output::data(&super::json::document(&details)?)?;
            return Ok(Outcome::Done);
        }
        say_if_recreated(session, &home, &environment);
        let is_of_store = environment.origin() == Origin::Store;
        details.add_lines(is_of_store && details.project.is_some() && home.is_default(environment.name()));
        output::data(format!("{details}\n").as_bytes())?;
        if is_of_store {
            run_details_hook(&session.hooks(&home)?, &environment);
        }
        output::data(b"\n")?;
        Ok(Outcome::Done)
    }
}
