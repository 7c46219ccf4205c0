//! `prune`: proposes environments to remove, empties the trash, and clears the cache.
//!
//! `candidates` decides which environments are proposed, and why.

use std::path::Path;
use std::time::{Duration, SystemTime};

use clap::Parser;
use indicatif::HumanBytes;
use serde::Serialize;

use super::age::age;
use super::json::{self, Named};
use super::{Outcome, Session, Verb, removal};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::fs::usage::{DiskUsage, freed_by_deleting, freed_by_deleting_paths};
use crate::interpreter;
use crate::output::{self, Column, Progress, Table};
use crate::seed;
use crate::shown::{operands, shown};
use crate::size;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::purge::Undeletable;
use crate::workon_home::snapshots::Snapshot;
use crate::workon_home::trash::Removed;

mod candidates;

use candidates::{Candidate, Reason, candidates};

/// Remove environments that are not needed anymore
///
/// Proposes environments with the reason for each: the Python is missing and no other Python of
/// that version is installed, the shell of a temporary environment was killed, the project was
/// deleted, or another environment has the same packages and settings. Environments that are active
/// or used by a process are never proposed. What you agree to moves to the trash, where it still
/// takes space; `venvwrap undo` brings it back, and --trash deletes it.
#[derive(Debug, Parser)]
#[command(
    name = "prune",
    after_help = "\
Examples:
  venvwrap prune --dry-run                list what could go, and why
  venvwrap prune --unused 90d             also what nobody used for 90 days
  venvwrap prune --trash                  delete all removed environments for good
  venvwrap prune --trash --older-than 1d  keep those removed today
  venvwrap prune --cache                  delete prepared packages; they are prepared again when needed"
)]
#[expect(clippy::struct_excessive_bools, reason = "they are options")]
pub(crate) struct Prune {
    /// Also propose environments unused for this long: `90d`, `12w`
    #[arg(long, value_name = "AGE", value_parser = age, conflicts_with_all = ["trash", "cache"])]
    unused: Option<Duration>,
    /// Delete removed environments for good
    #[arg(long, conflicts_with = "cache")]
    trash: bool,
    /// With --trash: only those removed at least this long ago: `1d`, `12h`
    #[arg(long, value_name = "AGE", value_parser = age, requires = "trash")]
    older_than: Option<Duration>,
    /// Delete prepared packages, and what is remembered of interpreters and sizes
    #[arg(long)]
    cache: bool,
    /// Change nothing; only list
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Print the proposals as JSON and change nothing
    #[arg(long, conflicts_with_all = ["trash", "cache", "yes"])]
    json: bool,
}

/// The JSON of the proposals. In bytes, `size` is what deleting all of them would free, and
/// `snapshot_size` what deleting all snapshots would free.
#[derive(Debug, Serialize)]
struct Proposals {
    workon_home: String,
    candidates: Vec<Proposal>,
    size: u64,
    snapshot_size: u64,
}

/// One proposal. Files that others share are not in its `size`.
#[derive(Debug, Serialize)]
struct Proposal {
    #[serde(flatten)]
    named: Named,
    reasons: Vec<ReasonJson>,
    size: u64,
}

/// One reason: its kind, the words for it, and what the kind is about.
#[derive(Debug, Default, Serialize)]
struct ReasonJson {
    kind: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    python: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    twin: Option<String>,
}

impl Verb for Prune {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        if self.trash {
            return self.empty_trash(&home);
        }
        if self.cache {
            return Ok(self.clear_cache(session, &home));
        }
        let found = candidates(session, &home, self.unused)?;
        let roots: Vec<&Path> = found.iter().map(|each| each.environment.root()).collect();
        let usages = measured(&roots);
        let total = freed_by_deleting(&usages);
        let kept = home.snapshots()?;
        let snapshot_size = size_of(&kept, session.context);
        if self.json {
            let candidates = found.iter().zip(&usages).map(|(each, usage)| Proposal {
                named: Named::of(&each.environment),
                reasons: each.reasons.iter().map(|reason| as_json(session, reason)).collect(),
                size: usage.freed(),
            });
            let workon_home = json::text(home.path());
            let document = Proposals { workon_home, candidates: candidates.collect(), size: total, snapshot_size };
            output::data(&json::document(&document)?)?;
            return Ok(Outcome::Done);
        }
        if found.is_empty() {
            output::note("No environments to remove.");
        } else {
            output::data(table(session, &found, &usages).as_bytes())?;
        }
        if !kept.is_empty() {
            let (count, size) = (counted(kept.len() as u64, "snapshot"), HumanBytes(snapshot_size));
            output::note(&format!("{count} would free {size}: `venvwrap snapshot --list`"));
        }
        if found.is_empty() {
            return Ok(Outcome::Done);
        }
        let count = counted(found.len() as u64, "environment");
        if !self.may(&format!("Move {count} ({}) to the trash?", HumanBytes(total)))? {
            return Ok(Outcome::Done);
        }
        remove(session, &home, &found)
    }
}

impl Prune {
    /// Whether to go on: `--yes`, or the answer. Fails if nobody can be asked.
    fn may(&self, question: &str) -> Result<bool> {
        if self.dry_run {
            return Ok(false);
        }
        if self.yes {
            return Ok(true);
        }
        if !output::can_ask() {
            let (message, hint) =
                ("prune: cannot ask without a terminal", "`--yes` answers yes, `--dry-run` only lists");
            return Err(Error::Usage { message: message.to_owned(), hint: hint.to_owned() });
        }
        if output::ask(question)? { Ok(true) } else { Err(Error::Declined) }
    }

    fn empty_trash(&self, home: &WorkonHome) -> Result<Outcome> {
        let age = self.older_than.unwrap_or_default();
        let is_old = |at: SystemTime| at.elapsed().is_ok_and(|elapsed| elapsed >= age);
        let mut removed = home.removed()?;
        removed.retain(|each| is_old(each.at));
        if removed.is_empty() {
            // The rest of an interrupted deletion cannot be restored.
            if !self.dry_run {
                home.empty_trash(age)?;
            }
            output::note("No removed environments to delete.");
            return Ok(Outcome::Done);
        }
        let usages = measured(&removed.iter().map(Removed::place).collect::<Vec<_>>());
        let size = freed_by_deleting(&usages);
        let mut rows = Table::new(TRASH_COLUMNS);
        for (each, usage) in removed.iter().zip(&usages) {
            let size = HumanBytes(usage.freed()).to_string();
            rows.push([shown(&each.name).to_string(), output::ago(each.at), size]);
        }
        output::data(rows.text().as_bytes())?;
        let count = counted(removed.len() as u64, "removed environment");
        if !self.may(&format!("Delete {count} ({}) for good?", HumanBytes(size)))? {
            return Ok(Outcome::Done);
        }
        home.empty_trash(age)?;
        let mut left = home.removed()?;
        left.retain(|each| is_old(each.at));
        for Undeletable { path, reason, remedy } in home.undeletable(age) {
            output::report(&StoreError::Undeletable { path, reason, remedy }.into());
        }
        if left.is_empty() {
            output::note(&format!("Deleted {count}, {} freed", HumanBytes(size)));
        }
        Ok(Outcome::Status(u8::from(!left.is_empty())))
    }

    fn clear_cache(&self, session: &Session<'_>, home: &WorkonHome) -> Outcome {
        let prepared = seed::prepared(session.context, &home.pool());
        let mut records = interpreter::records(session.context);
        records.extend(size::records(session.context));
        let size = freed_by_deleting_paths(&[prepared.as_slice(), records.as_slice()].concat());
        if prepared.is_empty() && records.is_empty() {
            output::note("Nothing in the cache.");
            return Outcome::Done;
        }
        if self.dry_run {
            output::note(&format!("The cache would free {}", HumanBytes(size)));
            return Outcome::Done;
        }
        let failed =
            seed::discard_prepared(&prepared).into_iter().chain(interpreter::forget(&records)).collect::<Vec<_>>();
        for error in &failed {
            output::report(error);
        }
        output::note(&format!("Cleared the cache, {} freed", HumanBytes(size)));
        Outcome::Status(u8::from(!failed.is_empty()))
    }
}

/// What deleting snapshots would free. Nothing changes in a snapshot, so most sizes are remembered.
fn size_of(snapshots: &[Snapshot], context: &Context) -> u64 {
    let progress = Progress::counting("Measuring snapshots", snapshots.len());
    let size = |snapshot: &Snapshot| match Environment::open(&snapshot.path) {
        Ok(Some(environment)) => size::of(&environment, context).freed,
        _ => snapshot.size(),
    };
    snapshots.iter().map(size).inspect(|_| progress.advance()).sum()
}

fn measured(directories: &[&Path]) -> Vec<DiskUsage> {
    let progress = Progress::counting("Measuring environments", directories.len());
    let each = directories.iter().map(|directory| DiskUsage::of(directory));
    each.inspect(|_| progress.advance()).collect()
}

/// Moves the proposals to the trash. One that cannot be moved does not stop the others.
fn remove(session: &Session<'_>, home: &WorkonHome, found: &[Candidate]) -> Result<Outcome> {
    let hooks = session.hooks(home)?;
    let mut removed = Vec::new();
    for each in found {
        let name = EnvironmentName::existing(each.environment.name())?;
        let mut take = || home.remove(&name, session.active_root()).map(|taken| removed.push(taken));
        if let Err(error) = removal::remove(session, home, &hooks, &name, &mut take) {
            output::report(&error.in_store(home.path()));
        }
    }
    if let [first, rest @ ..] = removed.as_slice() {
        let undo = if rest.is_empty() { operands(&[&first.name]) } else { "NAME".to_owned() };
        let one = if rest.is_empty() { "it" } else { "one" };
        output::note(&format!(
            "Moved {} to the trash; `venvwrap undo {undo}` brings {one} back, `venvwrap prune --trash` frees the space",
            counted(removed.len() as u64, "environment")
        ));
    }
    Ok(Outcome::Status(u8::from(removed.len() < found.len())))
}

const TRASH_COLUMNS: &[Column] =
    &[Column::shrinking("removed environment"), Column::text("removed"), Column::number("size")];

const COLUMNS: &[Column] = &[Column::shrinking("name"), Column::number("size"), Column::shrinking("reason")];

fn table(session: &Session<'_>, found: &[Candidate], usages: &[DiskUsage]) -> String {
    let mut table = Table::new(COLUMNS);
    for (each, usage) in found.iter().zip(usages) {
        let name = shown(each.environment.name()).to_string();
        let reasons: Vec<String> = each.reasons.iter().map(|reason| words(session, reason)).collect();
        table.push([name, HumanBytes(usage.freed()).to_string(), reasons.join("; ")]);
    }
    table.text()
}

fn words(session: &Session<'_>, reason: &Reason) -> String {
    match reason {
        Reason::Temporary => "temporary, and its shell was killed".to_owned(),
        Reason::NoPython { series: Some(series) } => {
            format!("its Python is missing, and no Python {series} is installed")
        }
        Reason::NoPython { series: None } => "its Python is missing".to_owned(),
        Reason::NoProject { project } => format!("its project {} was deleted", session.shown(project)),
        Reason::Unused { days } => format!("not used for {}", counted(*days, "day")),
        Reason::Twin { of } => format!("same packages and settings as `{}`", shown(of)),
    }
}

fn as_json(session: &Session<'_>, reason: &Reason) -> ReasonJson {
    let json = ReasonJson { text: words(session, reason), ..ReasonJson::default() };
    match reason {
        Reason::Temporary => ReasonJson { kind: "temporary", ..json },
        Reason::NoPython { series } => ReasonJson { kind: "no-python", python: series.clone(), ..json },
        Reason::NoProject { project } => ReasonJson { kind: "no-project", project: Some(json::text(project)), ..json },
        Reason::Unused { days } => ReasonJson { kind: "unused", days: Some(*days), ..json },
        Reason::Twin { of } => ReasonJson { kind: "twin", twin: Some(json::text(of)), ..json },
    }
}

fn counted(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}
