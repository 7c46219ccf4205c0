//! `cdvirtualenv` and `cdsitepackages`: go to a directory of the active environment.

use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::activation::{Plan, Step};
use crate::error::Result;

/// Change to the directory of the active environment
#[derive(Debug, Parser)]
#[command(
    name = "cdvirtualenv",
    after_help = "Examples:\n  cdvirtualenv        go to its root\n  cdvirtualenv bin    go to its bin"
)]
pub(crate) struct CdVirtualenv {
    /// Directory below it
    #[arg(id = "below-environment", value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

impl Verb for CdVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.require_shell("cdvirtualenv")?;
        let environment = session.active()?;
        Ok(go(environment.root(), self.directory))
    }
}

/// Change to the site-packages directory of the active environment
#[derive(Debug, Parser)]
#[command(
    name = "cdsitepackages",
    after_help = "Examples:\n  cdsitepackages          go to site-packages\n  cdsitepackages requests go to a package in it"
)]
pub(crate) struct CdSitePackages {
    /// Directory below it
    #[arg(id = "below-site-packages", value_name = "DIRECTORY")]
    directory: Option<PathBuf>,
}

impl Verb for CdSitePackages {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        session.require_shell("cdsitepackages")?;
        Ok(go(&session.active()?.site_packages()?, self.directory))
    }
}

/// The status is that of the shell's own cd, as is the message where there is no such directory.
fn go(to: &Path, below: Option<PathBuf>) -> Outcome {
    let directory = below.map_or_else(|| to.to_path_buf(), |below| crate::fs::tidied(&to.join(below)));
    Outcome::Plan(Plan::of(Step::ChangeDirectory(directory)), 0)
}
