//! `mkvirtualenv`: make an environment and enter it.

use std::ffi::OsString;

use clap::Parser;

use super::creation::{Creation, Options};
use super::{Outcome, Session, Verb};
use crate::activation::Step;
use crate::error::Result;
use crate::hooks;
use crate::interpreter;

/// Make a virtual environment and enter it
///
/// The environment appears whole or not at all. One that exists already is entered as it is; nothing in it is
/// rewritten.
#[derive(Debug, Parser)]
#[command(
    name = "mkvirtualenv",
    after_help = "Examples:\n  mkvirtualenv projectx                 with the python3 on PATH\n  mkvirtualenv -p 3.8 old \
                  \x20             with Python 3.8\n  mkvirtualenv -i requests -i rich api  and install these\n  \
                  mkvirtualenv -r requirements.txt api  and install what the file lists\n  mkvirtualenv -a ~/src/api \
                  api         and link it to a project"
)]
pub(crate) struct MkVirtualenv {
    /// Name of the environment
    name: OsString,
    #[command(flatten)]
    options: Options,
}

impl Verb for MkVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let creation = Creation::prepare(session, &self.name, &self.options)?;
        let environment = creation.make_or_keep(&[])?;
        let mut entered = creation.enter(&environment)?;
        for file in session.hooks(&creation.home)?.files(hooks::POSTMKVIRTUALENV, None) {
            entered.plan.push(Step::Source(file));
        }
        Ok(Outcome::Plan(entered.plan, entered.status))
    }
}

/// What Tab offers for `-p`.
pub(crate) fn pythons(session: &Session<'_>) -> Vec<String> {
    interpreter::offered(session.context)
}
