//! `rollback`: give an environment the files of one of its snapshots.

use std::ffi::{OsStr, OsString};

use clap::Parser;

use super::copying::{Copying, quoted};
use super::in_use::{self, Taking};
use super::snapshot::stored;
use super::{Outcome, Session, Verb};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::keepsake;
use crate::output;
use crate::relocate::{self, Relocation};
use crate::shell::standalone;
use crate::shown::{operands, shown};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::snapshots::Snapshot;

/// Go back to a snapshot of an environment
///
/// Every file is again as it was when `venvwrap snapshot` saved it. The environment is exchanged
/// with a copy of the snapshot in one step, so the snapshot can be used again. What the environment
/// was goes to the trash; `venvwrap undo NAME` brings it back. The active environment can be rolled
/// back: its path stays the same. If other processes use the environment, you are asked first.
#[derive(Debug, Parser)]
#[command(
    name = "rollback",
    after_help = "\
Examples:
  venvwrap rollback projectx      go back to the newest snapshot
  venvwrap rollback projectx 2    go back to snapshot 2
  venvwrap snapshot --list        list the snapshots
  venvwrap undo projectx          bring back what projectx was"
)]
pub(crate) struct Rollback {
    /// Name of the environment; `.` for the current project
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// Number of the snapshot; by default the newest
    #[arg(value_name = "SNAPSHOT")]
    number: Option<u64>,
    /// Do not ask if other processes use it
    #[arg(short, long)]
    force: bool,
}

impl Verb for Rollback {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environment = stored(session, &home, &self.name)?;
        let name = EnvironmentName::existing(environment.name())?;
        let snapshot = home.snapshot(&name, self.number)?;
        // The active environment keeps its path, and everything that this shell knows of it.
        let root = home.removable(&name, None)?;
        let force = |name: &OsStr| {
            let number = snapshot.number.to_string();
            format!("venvwrap rollback --force {}", operands(&[name, OsStr::new(&number)]))
        };
        let taking = Taking { question: "Roll it back anyway?", force: &force };
        if !self.force && !in_use::may_be_taken(&[root], taking)? {
            return Err(Error::Declined);
        }
        drop(home.clear_dead_builds());
        let relocation = relocation(&home, &snapshot)?;
        let quoted = quoted(environment.name());
        let copying = Copying {
            from: &snapshot.path,
            relocation: relocation.as_ref(),
            text: format!("Copying snapshot {} of {}", snapshot.number, shown(environment.name())),
            kept: quoted.clone(),
        };
        let (building, _) = copying.copy_into(home.start_building()?)?;
        let environment = home.replace(building, &name, None)?;
        keepsake::forget(&home, name.as_os_str());
        keepsake::remember(&home, &environment, session.context);
        output::note(&format!(
            "Rolled {quoted} back to snapshot {}, taken {}; `venvwrap undo {}` brings back what it was",
            snapshot.number,
            output::ago(snapshot.at),
            operands(&[name.as_os_str()])
        ));
        Ok(Outcome::Done)
    }
}

/// What changes in the files of a snapshot, which was made before the environment was renamed.
fn relocation(home: &WorkonHome, snapshot: &Snapshot) -> Result<Option<Relocation>> {
    if snapshot.original == snapshot.name {
        return Ok(None);
    }
    let copy = Environment::open(&snapshot.path)?;
    let copy = copy.ok_or_else(|| Error::NotAnEnvironment {
        path: snapshot.path.clone(),
        reason: "it has neither pyvenv.cfg nor bin/activate",
    })?;
    let old = relocate::spellings(&home.path().join(&snapshot.original));
    Ok(Some(Relocation::new(&copy, &old, &home.path().join(&snapshot.name), standalone::scripts)))
}
