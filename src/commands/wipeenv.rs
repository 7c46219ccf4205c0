//! `wipeenv`: remove what is installed in the active environment.

use std::fmt::Write;

use clap::Parser;

use super::{Outcome, Session, Verb, elsewhere};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::dist_info::normalized;
use crate::installer::Uninstaller;
use crate::output;

/// The kept packages: those that `pip freeze` omits, and others that virtualenvwrapper keeps. PEP
/// 503 names.
const KEPT: &[&str] =
    &["appdirs", "distribute", "packaging", "pip", "pyparsing", "setuptools", "six", "wheel", "wsgiref"];

/// Uninstall all packages of the active environment
///
/// Editable installs are removed too; their source directories stay. As in virtualenvwrapper, these
/// packages are kept: pip, setuptools, wheel, distribute, wsgiref, appdirs, packaging, pyparsing,
/// and six.
#[derive(Debug, Parser)]
#[command(name = "wipeenv", after_help = "Example:\n  wipeenv    uninstall everything and start over")]
pub(crate) struct WipeEnv {}

impl Verb for WipeEnv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let environment = session.active_unlocked()?;
        if environment.is_conda() {
            return Err(elsewhere::owned(session, &environment, elsewhere::OwnerAction::Change));
        }
        let names = removable(&environment)?;
        if names.is_empty() {
            output::data(b"Nothing to remove.\n")?;
            return Ok(Outcome::Done);
        }
        environment.check_python()?;
        let uninstaller = Uninstaller::choose(session.context, &environment, session.config()?.installer)?;
        let mut text = "Uninstalling packages:\n\n".to_owned();
        for name in &names {
            let _ = writeln!(text, "{name}");
        }
        output::data(text.as_bytes())?;
        // One process for all packages. pip stops at the first package that it cannot remove; the
        // others are removed one by one then.
        if !uninstaller.remove(&names)? {
            for name in removable(&environment)? {
                Context::unblock_interrupts();
                uninstaller.remove(&[name])?;
            }
        }
        // An installer reports success for a package that it skipped.
        match removable(&environment)? {
            left if left.is_empty() => Ok(Outcome::Done),
            left => Err(Error::NotRemoved { names: left }),
        }
    }
}

fn removable(environment: &Environment) -> Result<Vec<String>> {
    let mut names = environment.distributions()?;
    names.retain(|name| !KEPT.contains(&normalized(name).as_str()));
    Ok(names)
}
