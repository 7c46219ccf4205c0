//! Finds the environment of the current project: the meaning of `.`, and what `mkvirtualenv --here`
//! creates.
//!
//! Owns the order of the rules. `project` reads links and pipenv's settings.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Session;
use crate::context::Context;
use crate::elsewhere::Places;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::{is_same, resolved};
use crate::output;
use crate::project;
use crate::project::pipenv::{self, Location};
use crate::project::pointer::pointed;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// The environments that a rule found, and how many directories up.
struct Match {
    level: usize,
    names: Vec<OsString>,
}

/// The environment of the current project. The nearest directory wins; in one directory, the first
/// rule.
pub(super) fn environment(session: &Session<'_>, home: &WorkonHome) -> Result<Environment> {
    let here = session.context.working_directory()?;
    let levels = levels(&here, session.context);
    // The rules, the most explicit first.
    let ways: Vec<Match> = [
        project::linked_to_first(&levels, home, session.context)?.map(|(level, names)| Match { level, names }),
        of_pipenv(&levels, home, session.context),
        pointed_to(&levels, home),
    ]
    .into_iter()
    .flatten()
    .collect();
    let Some(Match { level, names }) = ways.iter().min_by_key(|found| found.level) else {
        let name = here.file_name().unwrap_or_default();
        let stored = EnvironmentName::existing(name).and_then(|name| home.get(&name));
        return stored.or_else(|error| of_other_tools(session, home, &levels)?.ok_or(error));
    };
    let place = &levels[*level];
    // Of several linked environments: the one that another rule found too, else the one named like
    // the directory.
    let others = ways.iter().filter(|found| found.names.len() == 1).flat_map(|found| &found.names);
    let named = place.iter().filter_map(|place| place.file_name());
    let agreed = others.map(OsString::as_os_str).chain(named).find(|name| names.iter().any(|one| one == name));
    let several = || Error::Ambiguous { directory: place[0].clone(), names: names.clone() };
    home.get(&EnvironmentName::existing(agreed.ok_or_else(several)?)?)
}

/// Another tool's environment for the nearest directory that has one: its `.venv`, or poetry's or
/// hatch's.
fn of_other_tools(session: &Session<'_>, home: &WorkonHome, levels: &[Vec<PathBuf>]) -> Result<Option<Environment>> {
    let places = Places::beside(session.context, home);
    for spellings in levels {
        let mut found = places.of_project(&spellings[0]);
        match found.len() {
            0 => {}
            1 => return Ok(found.pop()),
            _ => {
                let names = found.iter().map(|environment| environment.name().to_owned()).collect();
                return Err(Error::Ambiguous { directory: spellings[0].clone(), names });
            }
        }
    }
    Ok(None)
}

/// This directory and its parents, the nearest first, each as typed and with links resolved. Stops
/// before the home directory: a link to that is not about everything in it.
fn levels(here: &Path, context: &Context) -> Vec<Vec<PathBuf>> {
    let home = context.home();
    let is_end =
        |place: &Path| place.parent().is_none() || home.is_some_and(|home| place == home || is_same(place, home));
    let up = |from: &Path| -> Vec<PathBuf> {
        let places = from.ancestors().enumerate().take_while(|(level, place)| *level == 0 || !is_end(place));
        places.map(|(_, place)| place.to_path_buf()).collect()
    };
    let mut levels: Vec<Vec<PathBuf>> = up(here).into_iter().map(|place| vec![place]).collect();
    for (level, place) in resolved(here).map(|here| up(&here)).unwrap_or_default().into_iter().enumerate() {
        match levels.get_mut(level) {
            Some(spellings) if spellings[0] == place => {}
            Some(spellings) => spellings.push(place),
            None => levels.push(vec![place]),
        }
    }
    levels
}

/// The environment that pipenv would use, if it is in the store. Errors of pipenv's settings are
/// ignored here.
fn of_pipenv(levels: &[Vec<PathBuf>], home: &WorkonHome, context: &Context) -> Option<Match> {
    let project = pipenv::Project::around(&levels[0][0], context).ok()?;
    // Other tools read a file `.venv` as a path; only pipenv reads it as a name.
    let dot_venv = project.directory().join(".venv");
    if dot_venv.is_file() && pointed(project.directory(), home).default.is_some() {
        return None;
    }
    let Ok(Location::Stored(name)) = project.place(home, context) else { return None };
    home.find(&EnvironmentName::existing(&name).ok()?).ok()??;
    let is_here = |spellings: &Vec<PathBuf>| spellings.iter().any(|place| place == project.directory());
    // PIPENV_PIPFILE may be outside these directories; it counts as the current one.
    Some(Match { level: levels.iter().position(is_here).unwrap_or(0), names: vec![name] })
}

/// The environment of the store that `.venv` or `.python-envs` points to.
fn pointed_to(levels: &[Vec<PathBuf>], home: &WorkonHome) -> Option<Match> {
    let linked = |spellings: &Vec<PathBuf>| stored(home, &pointed(&spellings[0], home).default?);
    levels.iter().enumerate().find_map(|(level, place)| Some(Match { level, names: vec![linked(place)?] }))
}

/// The name of the store's environment that a symlink points to.
pub(super) fn name_in(home: &WorkonHome, link: &Path) -> Option<OsString> {
    stored(home, link).filter(|_| link.is_symlink())
}

/// The name of the store's environment at a path.
fn stored(home: &WorkonHome, path: &Path) -> Option<OsString> {
    let target = resolved(path).ok()?;
    let name = target.file_name()?.to_owned();
    let is_stored = is_same(&home.path().join(&name), &target);
    (is_stored && home.find(&EnvironmentName::existing(&name).ok()?).ok()?.is_some()).then_some(name)
}

/// The environment that pipenv would create for this project, for `mkvirtualenv --here`.
pub(super) struct Wanted {
    pub(super) name: OsString,
    pub(super) project: PathBuf,
    /// The Python that the Pipfile requires.
    pub(super) python: Option<OsString>,
}

/// Fails if pipenv would not look in the store: the project would have two environments.
pub(super) fn wanted(session: &Session<'_>) -> Result<Wanted> {
    let context = session.context;
    let home = WorkonHome::locate(context)?;
    let here = context.working_directory()?;
    let found = pipenv::Project::around(&here, context)?;
    // Keep the path as typed, if it is the same directory.
    let typed = here.ancestors().find(|place| is_same(place, found.directory()));
    let project = typed.unwrap_or(found.directory()).to_path_buf();
    let name = match found.place(&home, context)? {
        Location::Stored(name) => name,
        Location::At(place) => name_in(&home, &place).ok_or_else(|| {
            let reason = if place.is_dir() { "it exists" } else { "its settings say so" };
            Error::KeptElsewhere { project: project.clone(), place, reason }
        })?,
    };
    let theirs = pipenv::store(context)?;
    if theirs != home.path() && !is_same(&theirs, home.path()) {
        let (theirs, ours) = (session.shown(&theirs), session.shown(home.path()));
        output::note(&format!("pipenv uses {theirs}, not {ours}: WORKON_HOME is not exported"));
    }
    Ok(Wanted { name, project, python: found.python().map(OsString::from) })
}
