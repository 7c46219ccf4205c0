//! `rmvirtualenv`: move environments to the trash, or delete them for good.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use clap::Parser;

use super::in_use::{self, Taking};
use super::{Outcome, Session, Verb, abandoned, elsewhere, removal};
use crate::activation::{Plan, Step};
use crate::error::{Error, Result, StoreError};
use crate::keepsake;
use crate::output;
use crate::shown::{operands, shown};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// How long the command may delete expired trash when it cannot do so in the background.
const MOMENT: Duration = Duration::from_millis(200);

/// Remove virtual environments
///
/// A removed environment moves to the trash at once and stays there for seven days (`trash-days` in
/// config.toml); `venvwrap undo` brings it back. Removing the active environment is refused. If
/// other processes use an environment, you are asked first.
#[derive(Debug, Parser)]
#[command(
    name = "rmvirtualenv",
    after_help = "\
Examples:
  rmvirtualenv old          remove old
  rmvirtualenv one two      remove both
  rmvirtualenv --now big    delete big for good, and free its disk space
  venvwrap undo old         bring old back"
)]
pub(crate) struct RmVirtualenv {
    /// Names of the environments
    #[arg(value_name = "ENVIRONMENT")]
    names: Vec<OsString>,
    /// Delete for good; the disk space is free when this returns
    #[arg(long)]
    now: bool,
    /// Do not ask about environments in use by other processes; missing ones are no error
    #[arg(short, long)]
    force: bool,
}

impl Verb for RmVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        if self.names.is_empty() {
            return Err(StoreError::MissingName { of: "rmvirtualenv" }.into());
        }
        let keep = session.config()?.trash_kept_for();
        // Checks all names before anything is removed: a typo in the last one costs nothing.
        let mut names = Vec::new();
        for typed in &self.names {
            let name = EnvironmentName::existing(typed);
            let found = name.as_ref().map(|name| home.removable(name, None));
            // Another tool's environments are removed by that tool, without our hooks.
            if !matches!(found, Ok(Ok(_)))
                && let Some(error) = elsewhere::kept(session, &home, typed, elsewhere::OwnerAction::Removal)
            {
                return Err(error);
            }
            names.push(name?);
        }
        if !self.force {
            let found = names.iter().filter_map(|name| home.removable(name, session.active_root()).ok());
            if !in_use::may_be_taken(&found.collect::<Vec<_>>(), Taking::AWAY)? {
                return Err(Error::Declined);
            }
        }
        let before = session.context.working_directory().ok();
        let hooks = session.hooks(&home)?;
        let mut removed = Vec::new();
        let mut doomed = Vec::new();
        let for_good = self.now || keep.is_zero();
        let mut failed = false;
        for name in &names {
            let found = match home.removable(name, session.active_root()) {
                Ok(_) | Err(Error::UnknownEnvironment { .. }) => {
                    output::data(format!("Removing {}...\n", shown(name.as_os_str())).as_bytes())?;
                    removal::remove(session, &home, &hooks, name, &mut || {
                        let active = session.active_root();
                        if for_good {
                            home.doom(name, active).map(|taken| doomed.push((name.as_os_str(), taken)))
                        } else {
                            home.remove(name, active).map(|taken| removed.push(taken))
                        }
                    })
                }
                Err(error) => Err(error),
            };
            match found {
                Ok(()) => {}
                Err(Error::UnknownEnvironment { .. }) if self.force => {}
                Err(Error::UnknownEnvironment { name, .. }) if is_in_trash(&home, &name) => {
                    output::report(&StoreError::AlreadyRemoved { name }.into());
                    failed = true;
                }
                Err(error) => {
                    // virtualenvwrapper stops there too: what follows may depend on it.
                    let is_active = matches!(error, Error::Active { .. });
                    output::report(&error.in_store(home.path()));
                    failed = true;
                    if is_active {
                        break;
                    }
                }
            }
        }
        abandoned::remove(session, &home);
        // If the current directory was removed, move to WORKON_HOME, as virtualenvwrapper does.
        let inside = before.is_some() && before != session.context.working_directory().ok();
        for (name, taken) in doomed {
            keepsake::forget(&home, name);
            if let Err(error) = taken.delete() {
                output::report(&error.in_store(home.path()));
                failed = true;
            }
        }
        if let [first, rest @ ..] = removed.as_slice() {
            let days = keep.as_secs() / 86_400;
            let name = if rest.is_empty() { operands(&[&first.name]) } else { "NAME".to_owned() };
            output::note(&format!("`venvwrap undo {name}` brings it back, for {days} days"));
            if home.has_expired(keep) {
                purge(session, &home, keep)?;
            }
        }
        let status = u8::from(failed);
        if inside {
            return Ok(Outcome::Plan(Plan::of(Step::ChangeDirectory(home.path().to_path_buf())), status));
        }
        Ok(Outcome::Status(status))
    }
}

fn is_in_trash(home: &WorkonHome, name: &OsStr) -> bool {
    home.removed().is_ok_and(|removed| removed.iter().any(|each| each.name == name))
}

/// Deletes expired trash in the background, or, without a prompt, here for [`MOMENT`]. At least one
/// entry is deleted, so that the trash stays bounded on machines that only run scripts.
fn purge(session: &Session<'_>, home: &WorkonHome, keep: Duration) -> Result<()> {
    if session.may_work_in_background() {
        let words = [OsStr::new("background"), OsStr::new("tidy"), home.path().as_os_str()];
        session.context.start_in_background(&words);
        return Ok(());
    }
    home.purge(keep, MOMENT)
}
