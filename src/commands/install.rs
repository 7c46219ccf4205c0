//! `install`: the packages of `mkvirtualenv -i` and `-r`, once the environment is entered. Not meant to be typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::installer::{self, Packages};
use crate::output;

/// Install packages into an environment
#[derive(Debug, Parser)]
#[command(name = "install", hide = true)]
pub(crate) struct Install {
    /// Root of the environment
    root: PathBuf,
    /// Requirements file
    #[arg(short)]
    requirement: Vec<PathBuf>,
    /// Requirement
    #[arg(last = true)]
    packages: Vec<OsString>,
}

/// The words for this verb.
pub(super) fn words(root: &std::path::Path, packages: &Packages) -> Vec<OsString> {
    let mut words = vec![OsString::from("install"), root.into()];
    for file in &packages.files {
        words.extend([OsString::from("-r"), file.into()]);
    }
    words.push("--".into());
    words.extend(packages.requirements.iter().cloned());
    words
}

impl Verb for Install {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let gone = || Error::NotAnEnvironment { path: self.root.clone(), reason: "it is gone" };
        let environment = Environment::open(&self.root)?.ok_or_else(gone)?;
        let packages = Packages { files: self.requirement, requirements: self.packages };
        if let Err(error) = installer::install(session.context, &environment, session.config()?.installer, &packages) {
            output::report(&error);
            return Ok(Outcome::Status(1));
        }
        Ok(Outcome::Done)
    }
}
