//! `toggleglobalsitepackages`: whether the active environment sees the packages of its Python.

use clap::Parser;

use super::{Outcome, Session, Verb, elsewhere};
use crate::error::Result;
use crate::output;

/// Let the active environment see the packages of its Python, or no longer
#[derive(Debug, Parser)]
#[command(
    name = "toggleglobalsitepackages",
    after_help = "Examples:\n  toggleglobalsitepackages      flip it and say how it is now\n  toggleglobalsitepackages -q   \
                  flip it"
)]
pub(crate) struct ToggleGlobalSitePackages {
    /// Say nothing
    #[arg(short, long)]
    quiet: bool,
}

impl Verb for ToggleGlobalSitePackages {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let environment = session.active()?;
        if environment.is_conda() {
            return Err(elsewhere::owned(session, &environment, elsewhere::What::Change));
        }
        let seen = !environment.sees_system_packages();
        environment.show_system_packages(seen)?;
        if !self.quiet {
            output::data(if seen { b"Enabled global site-packages\n" } else { b"Disabled global site-packages\n" })?;
        }
        Ok(Outcome::Done)
    }
}
