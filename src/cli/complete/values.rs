//! The values that Tab offers: environments, and what else the name of a value in the help stands
//! for. Describes each environment by its Python and its project.

use std::cmp::Reverse;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use clap::{Arg, ValueHint};

use super::Candidate;
use crate::commands::{Session, find, import, mkproject, mkvirtualenv, run, set, snapshot};
use crate::environment::Environment;
use crate::error::Result;
use crate::project;
use crate::shown::shown;
use crate::sorting;
use crate::workon_home::WorkonHome;

/// What an option or operand can be, as its definition names it. `operands`: those before it.
pub(super) fn values(arg: &Arg, operands: &[&OsStr], typed: &OsStr, session: &Session<'_>) -> Result<Vec<Candidate>> {
    let possible = arg.get_possible_values();
    if !possible.is_empty() {
        let shown = possible.iter().filter(|value| !value.is_hide_set());
        return Ok(shown.map(|value| Candidate::plain(value.get_name().into())).collect());
    }
    let name = arg.get_value_names().and_then(<[_]>::first).map_or("", |name| name.as_str());
    let base = || session.context.working_directory();
    Ok(match (arg.get_id().as_str(), name, arg.get_value_hint()) {
        (_, "ENVIRONMENT", _) => environments(typed, session)?,
        (_, "ENVIRONMENT|FILE", _) => {
            let mut found = environments(typed, session)?;
            found.extend(paths(&base()?, typed, session, false));
            found
        }
        (_, "REMOVED", _) => {
            let home = WorkonHome::locate(session.context)?;
            let removed = home.removed()?.into_iter().map(|removed| removed.name);
            names(removed.chain(home.adopted().into_iter().map(|(name, _)| name)).collect())
        }
        (_, "SNAPSHOT", _) => {
            let all = snapshot::numbers(session, operands.first().copied().unwrap_or_default()).unwrap_or_default();
            all.into_iter().map(|(number, about)| Candidate { about, ..Candidate::plain(number.into()) }).collect()
        }
        (_, "KEY", _) => names(set::keys(session, operands.first().copied().unwrap_or_default())?),
        ("names-in-recipe", ..) => names(import::names_in(session, operands.first().copied().unwrap_or_default())),
        (_, "DISTRIBUTION", _) => names(find::distributions(session)?),
        (_, "SCRIPT", _) => names(find::scripts(session)?),
        (_, "TEMPLATE", _) => names(mkproject::template_names(session).unwrap_or_default()),
        (_, "PYTHON", _) if !typed.as_bytes().contains(&b'/') => {
            names(mkvirtualenv::pythons(session).into_iter().map(OsString::from).collect())
        }
        (_, "[PATH:]GROUP", _) => names(mkvirtualenv::groups(session).into_iter().map(OsString::from).collect()),
        ("program-inside" | "tool-inside", _, _) if operands.len() == 1 && !typed.as_bytes().contains(&b'/') => {
            let mut programs = run::programs_of(session, operands[0])?;
            sorting::sort(&mut programs);
            names(programs)
        }
        ("program-inside", _, _) => paths(&base()?, typed, session, false),
        ("below-environment", _, _) => {
            session.active().map_or(Vec::new(), |active| paths(active.root(), typed, session, true))
        }
        ("below-site-packages", _, _) => match session.active().and_then(|active| active.site_packages()) {
            Ok(packages) => paths(&packages, typed, session, true),
            Err(_) => Vec::new(),
        },
        (_, _, ValueHint::DirPath) => paths(&base()?, typed, session, true),
        (_, _, ValueHint::FilePath | ValueHint::ExecutablePath | ValueHint::AnyPath) => {
            paths(&base()?, typed, session, false)
        }
        _ => Vec::new(),
    })
}

/// Environments of the store, those used often and lately first. A long list stays in the order of
/// the names, in which people look for one.
pub(super) fn environments(typed: &OsStr, session: &Session<'_>) -> Result<Vec<Candidate>> {
    let home = WorkonHome::locate(session.context)?;
    let mut found = home.names_with(typed.as_bytes())?;
    if (2..=DESCRIBED).contains(&found.len()) {
        sorting::sort_by_key(&mut found, |name| Reverse(home.rank(name)));
    }
    Ok(found.into_iter().map(|name| Candidate { is_environment: true, ..Candidate::plain(name) }).collect())
}

/// The most environments that are ordered and described: two small files are read for each.
const DESCRIBED: usize = 64;

/// Adds to each environment its Python and its project, which zsh and fish show beside the name.
pub(super) fn describe(found: &mut [Candidate], session: &Session<'_>) -> Result<()> {
    let environments = || found.iter().filter(|candidate| candidate.is_environment);
    if !(1..=DESCRIBED).contains(&environments().count()) {
        return Ok(());
    }
    let home = WorkonHome::locate(session.context)?;
    for candidate in found.iter_mut().filter(|candidate| candidate.is_environment) {
        let root = home.path().join(&candidate.value);
        let version = Environment::open(&root).ok().flatten().and_then(|environment| environment.version());
        let project = project::linked_at(&root, session.context).ok().flatten();
        let parts = version.map(|version| shown(&version).to_string());
        let parts = parts.into_iter().chain(project.map(|project| session.shown(&project)));
        candidate.about = parts.collect::<Vec<_>>().join("  ");
    }
    Ok(())
}

pub(super) fn names(names: Vec<OsString>) -> Vec<Candidate> {
    names.into_iter().map(Candidate::plain).collect()
}

/// The entries of the directory that `typed` leads to from `base`; hidden ones only where a dot was
/// typed.
fn paths(base: &Path, typed: &OsStr, session: &Session<'_>, directories_only: bool) -> Vec<Candidate> {
    let bytes = typed.as_bytes();
    let slash = bytes.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    let (directory, begun) = bytes.split_at(slash);
    let place: PathBuf = match (directory.strip_prefix(b"~/"), session.context.home()) {
        (Some(below), Some(home)) => home.join(OsStr::from_bytes(below)),
        _ => base.join(OsStr::from_bytes(directory)),
    };
    let Ok(entries) = fs::read_dir(place) else {
        return Vec::new();
    };
    let mut found: Vec<Candidate> = entries
        .filter_map(std::result::Result::ok)
        .filter(|entry| begun.starts_with(b".") || !entry.file_name().as_bytes().starts_with(b"."))
        .filter_map(|entry| {
            let is_directory = fs::metadata(entry.path()).is_ok_and(|entry| entry.is_dir());
            let end: &[u8] = if is_directory { b"/" } else { b"" };
            let value = [directory, entry.file_name().as_bytes(), end].concat();
            (is_directory || !directories_only).then(|| Candidate::plain(OsString::from_vec(value)))
        })
        .collect();
    sorting::sort_by(&mut found, |one, other| one.value.cmp(&other.value));
    found
}
