//! `snapshot`: save an exact copy of an environment, list the copies, and remove them.

use std::ffi::{OsStr, OsString};
use std::time::UNIX_EPOCH;

use clap::Parser;
use indicatif::HumanBytes;
use serde::Serialize;

use super::copying::{Copying, quoted};
use super::json::{self, Named};
use super::{Outcome, Session, Verb, workon};
use crate::environment::Environment;
use crate::error::{Result, StoreError};
use crate::output::{self, Column, Table};
use crate::shown::{operands, shown};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::snapshots::{MOST, Snapshot};

/// Save a copy of an environment to go back to
///
/// The copy is exact: content, permissions, times, and links. It shares storage with the
/// environment if the file system supports that (Btrfs, XFS, APFS), but no file. `venvwrap
/// rollback` goes back to it. The ten newest copies of an environment are kept, in
/// WORKON_HOME/.venvwrap. They stay with the environment when that is renamed, removed, or brought
/// back, and are deleted with it.
#[derive(Debug, Parser)]
#[command(
    name = "snapshot",
    after_help = "\
Examples:
  venvwrap snapshot projectx              save a copy of projectx
  venvwrap snapshot --list                list the copies of all environments
  venvwrap snapshot --list projectx       list those of projectx
  venvwrap snapshot --remove projectx 1   delete copy 1 of projectx
  venvwrap rollback projectx              go back to the newest copy"
)]
pub(crate) struct SnapshotVerb {
    /// Name of the environment; `.` for the current project
    #[arg(value_name = "ENVIRONMENT", required_unless_present = "list")]
    name: Option<OsString>,
    /// Numbers of the copies to remove
    #[arg(value_name = "SNAPSHOT", requires = "remove")]
    numbers: Vec<u64>,
    /// List the copies
    #[arg(short, long, conflicts_with = "remove")]
    list: bool,
    /// Delete these copies for good
    #[arg(long, requires = "numbers")]
    remove: bool,
    /// Print the list as JSON
    #[arg(long, requires = "list")]
    json: bool,
}

/// The JSON of a list.
#[derive(Debug, Serialize)]
struct List {
    workon_home: String,
    snapshots: Vec<SnapshotJson>,
}

/// The JSON of a snapshot. `taken_at` is in seconds since 1970; `size` is the number of bytes that
/// deleting it would free.
#[derive(Debug, Serialize)]
struct SnapshotJson {
    environment: Named,
    number: u64,
    taken_at: u64,
    size: u64,
    path: String,
}

const COLUMNS: &[Column] =
    &[Column::shrinking("name"), Column::number("snapshot"), Column::text("taken"), Column::number("size")];

impl Verb for SnapshotVerb {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environment = self.name.as_deref().map(|name| stored(session, &home, name)).transpose()?;
        match (environment, self.list) {
            (environment, true) => list(&home, environment.as_ref(), self.json)?,
            (Some(environment), false) if self.remove => remove(&home, &environment, &self.numbers)?,
            (Some(environment), false) => take(&home, &environment)?,
            // clap requires a name.
            (None, false) => return Ok(Outcome::Status(2)),
        }
        Ok(Outcome::Done)
    }
}

/// The environment with this name. Fails if only a link to it is in the store: no other environment
/// can take the place of its target.
pub(super) fn stored(session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    let environment = workon::environment(session, home, name)?;
    let name = environment.name().to_owned();
    if environment.root().parent() != Some(home.path()) {
        let target = environment.root().to_path_buf();
        return Err(StoreError::SnapshotOutside { name, target }.into());
    }
    match std::fs::read_link(environment.root()) {
        Ok(target) => Err(StoreError::SnapshotLink { name, target }.into()),
        Err(_) => Ok(environment),
    }
}

/// The snapshots of an environment for Tab, the newest first.
pub(crate) fn numbers(session: &Session<'_>, name: &OsStr) -> Result<Vec<(String, String)>> {
    let home = WorkonHome::locate(session.context)?;
    let all = home.snapshots_of(EnvironmentName::existing(name)?.as_os_str())?;
    Ok(all.iter().rev().map(|snapshot| (snapshot.number.to_string(), output::ago(snapshot.at))).collect())
}

/// Saves one, and deletes the oldest if there are too many.
pub(super) fn take(home: &WorkonHome, environment: &Environment) -> Result<()> {
    let name = EnvironmentName::existing(environment.name())?;
    // Another file system mounted in it would be copied, and could not be exchanged later.
    home.without_mounts(&name)?;
    drop(home.clear_dead_builds());
    let quoted = quoted(environment.name());
    let copying = Copying {
        from: environment.root(),
        relocation: None,
        text: format!("Copying {}", shown(environment.name())),
        kept: quoted.clone(),
    };
    let (building, _) = copying.copy_into(home.start_building()?)?;
    let Snapshot { number, .. } = home.keep_snapshot(building, &name)?;
    let back = format!("venvwrap rollback {} {number}", operands(&[environment.name()]));
    output::note(&format!("Saved snapshot {number} of {quoted}; `{back}` goes back to it"));
    let all = home.snapshots_of(environment.name())?;
    for old in all.iter().take(all.len().saturating_sub(MOST)) {
        home.remove_snapshot(old)?.delete()?;
        output::note(&format!("Deleted snapshot {} of {quoted}: the newest {MOST} are kept", old.number));
    }
    Ok(())
}

fn remove(home: &WorkonHome, environment: &Environment, numbers: &[u64]) -> Result<()> {
    let name = EnvironmentName::existing(environment.name())?;
    let found: Result<Vec<_>> = numbers.iter().map(|number| home.snapshot(&name, Some(*number))).collect();
    for snapshot in found? {
        home.remove_snapshot(&snapshot)?.delete()?;
        output::note(&format!("Deleted snapshot {} of {}", snapshot.number, quoted(environment.name())));
    }
    Ok(())
}

fn list(home: &WorkonHome, environment: Option<&Environment>, as_json: bool) -> Result<()> {
    let mut snapshots = match environment {
        Some(environment) => home.snapshots_of(environment.name())?,
        None => home.snapshots()?,
    };
    // Those of a name that nothing has any more are deleted with the trash.
    snapshots.retain(|snapshot| std::fs::symlink_metadata(home.path().join(&snapshot.name)).is_ok());
    if as_json {
        let entry = |each: &Snapshot| SnapshotJson {
            environment: Named::new(&each.name, &home.path().join(&each.name)),
            number: each.number,
            taken_at: each.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            size: each.size(),
            path: json::text(&each.path),
        };
        let workon_home = json::text(home.path());
        return output::data(&json::document(&List { workon_home, snapshots: snapshots.iter().map(entry).collect() })?);
    }
    let mut table = Table::new(COLUMNS);
    for each in &snapshots {
        let size = HumanBytes(each.size()).to_string();
        table.push([shown(&each.name).to_string(), each.number.to_string(), output::ago(each.at), size]);
    }
    output::data(table.text().as_bytes())?;
    if snapshots.is_empty() {
        let name = environment.map_or_else(|| "NAME".to_owned(), |environment| operands(&[environment.name()]));
        output::note(&format!("No snapshots yet. Save one with `venvwrap snapshot {name}`."));
    }
    Ok(())
}
