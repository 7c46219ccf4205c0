//! `lock` and `unlock`: forbid and permit changes of environments.

use std::ffi::OsString;

use clap::Parser;

use super::{Outcome, Session, Verb, elsewhere};
use crate::environment::Environment;
use crate::environment::write_protection::is_protected;
use crate::error::Result;
use crate::output;
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Lock environments against changes
///
/// Nothing can be installed into a locked environment or uninstalled from it: the directories of
/// its programs and packages become read-only, and pip says why it refuses. (uv reports that
/// permission is denied. Root may write everywhere.) The commands that would change, rename, or
/// remove it refuse. It can be activated, copied, exported, and linked to a project; a copy is not
/// locked.
#[derive(Debug, Parser)]
#[command(
    name = "lock",
    after_help = "\
Examples:
  venvwrap lock production      lock production
  venvwrap unlock production    permit changes again"
)]
pub(crate) struct Lock {
    /// Names of the environments
    #[arg(value_name = "ENVIRONMENT", required = true)]
    names: Vec<OsString>,
}

/// Permit changes of locked environments
///
/// Everybody who may write in the directory of the environment may then also write in the
/// directories of its programs and packages.
#[derive(Debug, Parser)]
#[command(name = "unlock", after_help = "Example:\n  venvwrap unlock production    permit changes again")]
pub(crate) struct Unlock {
    /// Names of the environments
    #[arg(value_name = "ENVIRONMENT", required = true)]
    names: Vec<OsString>,
}

impl Verb for Lock {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        for_each(session, &self.names, lock)
    }
}

impl Verb for Unlock {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        for_each(session, &self.names, unlock)
    }
}

/// A failure with one environment does not stop the others. A wrong name stops all of them.
fn for_each(
    session: &Session<'_>,
    names: &[OsString],
    act: fn(&WorkonHome, &Environment) -> Result<()>,
) -> Result<Outcome> {
    let home = WorkonHome::locate(session.context)?;
    let get = |name: &OsString| {
        let found = EnvironmentName::existing(name).and_then(|name| home.get(&name));
        found.map_err(|error| elsewhere::refused(error, session, &home, name, elsewhere::OwnerAction::Change))
    };
    let environments = names.iter().map(get).collect::<Result<Vec<Environment>>>()?;
    let mut has_failed = false;
    for environment in &environments {
        if let Err(error) = act(&home, environment) {
            output::report(&error);
            has_failed = true;
        }
    }
    Ok(Outcome::Status(u8::from(has_failed)))
}

/// The record comes first: a lock that was interrupted can be seen, completed, and undone.
fn lock(home: &WorkonHome, environment: &Environment) -> Result<()> {
    let name = environment.name();
    let was_locked = home.is_locked(name);
    home.set_locked(name, true)?;
    if let Err(error) = environment.protect() {
        if !was_locked {
            environment.lift_protection()?;
            home.set_locked(name, false)?;
        }
        return Err(error);
    }
    output::note(&format!("Locked `{}`", shown(name)));
    Ok(())
}

fn unlock(home: &WorkonHome, environment: &Environment) -> Result<()> {
    let name = environment.name();
    if !home.is_locked(name) && !is_protected(environment.root()) {
        output::note(&format!("`{}` is not locked", shown(name)));
        return Ok(());
    }
    environment.lift_protection()?;
    home.set_locked(name, false)?;
    output::note(&format!("Unlocked `{}`", shown(name)));
    Ok(())
}
