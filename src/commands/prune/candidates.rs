//! Decides which environments `prune` proposes to remove, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::commands::{Session, details};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::Result;
use crate::formats::dist_info::{MetadataName, is_name, normalized};
use crate::fs::entries_in;
use crate::interpreter;
use crate::processes;
use crate::project;
use crate::recipe::{self, Recipe};
use crate::sorting;
use crate::tmpenv;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Why an environment is proposed.
#[derive(Debug)]
pub(super) enum Reason {
    /// It is temporary, and its shells were killed.
    Temporary,
    /// Its Python is missing, and no other Python of that version is installed.
    NoPython { series: Option<String> },
    /// Its project was deleted.
    NoProject { project: PathBuf },
    /// Nobody used it for so many days.
    Unused { days: u64 },
    /// Another environment has the same Python, packages, and settings.
    Twin { of: OsString },
}

/// An environment that may go.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) environment: Environment,
    pub(super) reasons: Vec<Reason>,
    /// Since when nobody used it, and the last use: uses are recorded in whole seconds, so that one
    /// can seem to be before the creation.
    used: (Option<SystemTime>, Option<SystemTime>),
}

/// Disks are mounted below these, so a missing directory there can be a missing disk.
const MOUNTS: [&str; 6] = ["/mnt", "/media", "/run/media", "/Volumes", "/net", "/misc"];

/// Installers put these into every environment, so that two empty ones would be equal.
const BASICS: [&str; 3] = ["pip", "setuptools", "wheel"];

/// The environments with a reason to go. Never proposes the active one, one that a process uses, or
/// a link.
pub(super) fn candidates(session: &Session<'_>, home: &WorkonHome, unused: Option<Duration>) -> Result<Vec<Candidate>> {
    let abandoned = tmpenv::abandoned(home);
    let mut all = Vec::new();
    for name in home.names()? {
        let Ok(name) = EnvironmentName::existing(&name) else { continue };
        // Unreadable, active, or with a mount inside: `rmvirtualenv` says what is wrong.
        let is_removable = home.removable(&name, session.active_root()).is_ok();
        let Ok(environment) = home.get(&name) else { continue };
        if !is_removable || fs::symlink_metadata(environment.root()).is_ok_and(|entry| entry.is_symlink()) {
            continue;
        }
        let mut reasons = Vec::new();
        if abandoned.contains(&name) {
            reasons.push(Reason::Temporary);
        }
        reasons.extend(without_python(session, &environment));
        reasons.extend(without_project(session, &environment));
        let unused_since = details::unused_since(home, &environment);
        reasons.extend(unused.and_then(|limit| unused_for(unused_since?, limit)));
        let used = (unused_since, home.last_used(environment.name()));
        all.push(Candidate { environment, reasons, used });
    }
    mark_twins(&mut all, session.context);
    all.retain(|each| !each.reasons.is_empty());
    let roots: Vec<PathBuf> = all.iter().map(|each| each.environment.root().to_path_buf()).collect();
    let used: Vec<usize> = processes::using(&roots).into_iter().map(|(number, _)| number).collect();
    let mut number = 0..;
    all.retain(|_| number.next().is_some_and(|number| !used.contains(&number)));
    Ok(all)
}

/// An environment whose Python may not be examined, or is on a disk that is not mounted, may still
/// work elsewhere; conda repairs its own.
fn without_python(session: &Session<'_>, environment: &Environment) -> Option<Reason> {
    let python = environment.python();
    let is_missing = fs::metadata(&python).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    if environment.is_conda() || !is_missing {
        return None;
    }
    let base = environment.base_python().unwrap_or(python);
    if fs::metadata(&base).is_err() && !is_disk_there(&base) {
        return None;
    }
    let series = environment.series().map(|series| series.to_string());
    if let Some(series) = &series
        && interpreter::find(session.context, Some(OsStr::new(series))).is_ok()
    {
        return None;
    }
    Some(Reason::NoPython { series })
}

fn without_project(session: &Session<'_>, environment: &Environment) -> Option<Reason> {
    let project = project::linked(environment, session.context).ok()??;
    let is_missing = fs::symlink_metadata(&project).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    let was_deleted = project.is_absolute() && is_missing && is_disk_there(&project);
    was_deleted.then_some(Reason::NoProject { project })
}

/// Whether the disk that a missing path was on is mounted, as far as can be told: the nearest
/// existing directory has something in it (an unmounted mount point is empty), and below a
/// directory for mounts it is on another device than the root directory.
fn is_disk_there(path: &Path) -> bool {
    let Some(nearest) = path.ancestors().skip(1).find(|path| path.is_dir()) else { return false };
    let is_empty = fs::read_dir(nearest).map_or(true, |mut entries| entries.next().is_none());
    if nearest == Path::new("/") || is_empty {
        return false;
    }
    let device = |path: &Path| fs::metadata(path).map(|entry| entry.dev()).ok();
    !MOUNTS.iter().any(|mounts| path.starts_with(mounts)) || device(nearest) != device(Path::new("/"))
}

fn unused_for(since: SystemTime, limit: Duration) -> Option<Reason> {
    let age = since.elapsed().ok().filter(|age| *age >= limit)?;
    Some(Reason::Unused { days: age.as_secs() / 86_400 })
}

/// Of equal environments all but the last used one get a reason, unless they hold only the basics.
/// Recipes are read only of environments with the same names of packages.
fn mark_twins(all: &mut [Candidate], context: &Context) {
    let mut order: Vec<usize> = (0..all.len()).collect();
    sorting::sort_by_key(&mut order, |number| std::cmp::Reverse(all[*number].used));
    let mut alike: BTreeMap<Outline, Vec<usize>> = BTreeMap::new();
    for number in order {
        if let Some(outline) = outline(&all[number].environment) {
            alike.entry(outline).or_default().push(number);
        }
    }
    for numbers in alike.into_values().filter(|numbers| numbers.len() > 1) {
        let mut kept: Vec<(usize, Recipe)> = Vec::new();
        for number in numbers {
            let Ok(recipe) = recipe::read_in_place(&all[number].environment, context) else { continue };
            let twin = kept.iter().find(|(_, other)| recipe::differences(&recipe, other).is_empty());
            match twin {
                Some((twin, _)) => {
                    let of = all[*twin].environment.name().to_owned();
                    all[number].reasons.push(Reason::Twin { of });
                }
                // An environment that goes for another reason is no reason for its twin to go.
                None if all[number].reasons.is_empty() => kept.push((number, recipe)),
                None => {}
            }
        }
    }
}

/// What equal environments have in common, and what one look into site-packages tells: the Python
/// and the names of the packages. Versions of editable packages do not count, so none do here.
type Outline = (String, BTreeSet<String>);

/// `None` for an environment that holds only the basics.
fn outline(environment: &Environment) -> Option<Outline> {
    let directories = environment.package_directories().ok()?;
    let entries = directories.iter().flat_map(entries_in);
    let name = |entry: fs::DirEntry| {
        let file = entry.file_name();
        let name = MetadataName::of(&file)?.name().to_owned();
        is_name(&name).then(|| normalized(&name))
    };
    let names: BTreeSet<String> = sorting::collected(entries.filter_map(name));
    let has_packages = names.iter().any(|name| !BASICS.contains(&name.as_str()));
    has_packages
        .then(|| (recipe::python(environment, directories.first().map_or(Path::new(""), PathBuf::as_path)), names))
}
