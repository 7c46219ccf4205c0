//! `toggleglobalsitepackages`: whether the active environment sees the packages of its Python.

use clap::Parser;

use super::{Outcome, Session, Verb, elsewhere, workon};
use crate::error::Result;
use crate::output;

/// Toggle access to the packages of its Python
///
/// Switches whether the active environment sees the packages of the Python it was made from.
#[derive(Debug, Parser)]
#[command(
    name = "toggleglobalsitepackages",
    after_help = "\
Examples:
  toggleglobalsitepackages      toggle and print the new state
  toggleglobalsitepackages -q   toggle silently"
)]
pub(crate) struct ToggleGlobalSitePackages {
    /// Print nothing
    #[arg(short, long)]
    quiet: bool,
}

impl Verb for ToggleGlobalSitePackages {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let environment = workon::active_restored(session)?;
        if environment.is_conda() {
            return Err(elsewhere::owned(session, &environment, elsewhere::OwnerAction::Change));
        }
        let seen = !environment.sees_system_packages();
        environment.show_system_packages(seen)?;
        if !self.quiet {
            output::data(if seen { b"Enabled global site-packages\n" } else { b"Disabled global site-packages\n" })?;
        }
        Ok(Outcome::Done)
    }
}
