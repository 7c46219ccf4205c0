//! `undo`: restore a removed environment.

use std::ffi::OsString;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Parser;
use indicatif::HumanBytes;
use serde::Serialize;

use super::{Outcome, Session, Verb, adopt, json, kernel};
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::fs::usage::DiskUsage;
use crate::keepsake;
use crate::output::{self, Column, Table};
use crate::project::dot_venv;
use crate::shown::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::purge::Undeletable;
use crate::workon_home::trash::Removed;

/// Bring back a removed environment
///
/// An environment that `upgrade` or `mkvirtualenv --clear` replaced comes back, too, and its
/// replacement goes to the trash: the same command once more changes them back. One that `venvwrap
/// adopt` moved or registered goes back to its project.
#[derive(Debug, Parser)]
#[command(
    name = "undo",
    after_help = "\
Examples:
  venvwrap undo           bring back the environment removed last
  venvwrap undo projectx  bring back projectx, or give it back to its project
  venvwrap undo --list    list what can be brought back"
)]
pub(crate) struct Undo {
    /// Name of the removed or adopted environment; by default the last one
    #[arg(value_name = "REMOVED")]
    name: Option<OsString>,
    /// List what can be brought back, most recent first
    #[arg(short, long, conflicts_with = "name")]
    list: bool,
    /// Do not ask if other processes use an adopted environment
    #[arg(short, long, conflicts_with = "list")]
    force: bool,
    /// Print the list as JSON
    #[arg(long, requires = "list")]
    json: bool,
}

/// The JSON of a list.
#[derive(Debug, Serialize)]
struct List {
    workon_home: String,
    removed: Vec<RemovedJson>,
}

/// The JSON of a removed environment. Times are seconds since 1970; `size` is the number of bytes
/// that deleting it would free.
#[derive(Debug, Serialize)]
struct RemovedJson {
    name: String,
    removed_at: u64,
    kept_until: u64,
    size: u64,
}

impl Verb for Undo {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        if self.list {
            let kept_for = session.config()?.trash_kept_for();
            let removed = home.removed()?;
            let text = if self.json { as_json(&home, &removed, kept_for)? } else { as_text(&removed) };
            output::data(&text)?;
            if removed.is_empty() && !self.json {
                output::note("No removed environments to bring back.");
            }
            for Undeletable { path, reason, remedy } in home.undeletable(kept_for) {
                output::report(&StoreError::Undeletable { path, reason, remedy }.into());
            }
            return Ok(Outcome::Done);
        }
        self.name.as_deref().map(EnvironmentName::existing).transpose()?;
        if let Some(name) = adopt::which(&home, self.name.as_deref())? {
            return adopt::give_back(session, &home, &name, self.force).map(|()| Outcome::Done);
        }
        let name = match home.restore(self.name.as_deref()) {
            Err(Error::Store(StoreError::NameTaken { name })) => match home.replaced_by(&name)? {
                Some(replaced) => home.exchange_back(&replaced, session.active_root())?,
                None => return Err(StoreError::NameTaken { name }.into()),
            },
            restored => restored?,
        };
        let environment = home.find(&EnvironmentName::existing(&name)?).ok().flatten();
        output::note(&format!("Restored `{}`", shown(&name)));
        if let Some(environment) = &environment {
            bring_link_back(session, &home, environment);
            kernel::bring_back(session, &home, environment);
            keepsake::forget(&home, &name);
            keepsake::remember(&home, environment, session.context);
        }
        Ok(Outcome::Done)
    }
}

/// Restores the project's link `.venv` that was removed with the environment.
fn bring_link_back(session: &Session<'_>, home: &WorkonHome, environment: &Environment) {
    let Some((project, form)) = keepsake::link_of_removed(home, environment, session.context) else { return };
    match dot_venv::make_again(&project, environment.root(), form) {
        Ok(Some(link)) => output::note(&format!("Linked {} to it again", session.shown(&link))),
        Ok(None) => {
            output::note(&format!("{} already exists; it was left as it is", session.shown(&project.join(".venv"))));
        }
        Err(error) => output::report(&error),
    }
}

fn as_json(home: &WorkonHome, removed: &[Removed], kept_for: Duration) -> Result<Vec<u8>> {
    let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let entry = |each: &Removed| RemovedJson {
        name: json::text(&each.name),
        removed_at: seconds(each.at),
        kept_until: each.at.checked_add(kept_for).map_or(u64::MAX, seconds),
        size: DiskUsage::of(each.place()).freed(),
    };
    let workon_home = json::text(home.path());
    json::document(&List { workon_home, removed: removed.iter().map(entry).collect() })
}

const COLUMNS: &[Column] = &[Column::shrinking("name"), Column::text("removed"), Column::number("size")];

fn as_text(removed: &[Removed]) -> Vec<u8> {
    let mut table = Table::new(COLUMNS);
    for each in removed {
        table.push([
            shown(&each.name).to_string(),
            output::ago(each.at),
            HumanBytes(DiskUsage::of(each.place()).freed()).to_string(),
        ]);
    }
    table.text().into_bytes()
}
