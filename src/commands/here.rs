//! Which environment the project has that one is in: what `.` stands for, and what `mkvirtualenv
//! --here` makes.
//!
//! Owns the order of the ways to tell. What is linked, and what pipenv would use, `project` knows.

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

/// The environments that one of the ways has found, and how many directories up.
struct Match {
    level: usize,
    names: Vec<OsString>,
}

/// The environment of this project: what belongs to the nearest directory, and there what was said
/// most clearly.
pub(super) fn environment(session: &Session<'_>, home: &WorkonHome) -> Result<Environment> {
    let here = session.context.working_directory()?;
    let levels = levels(&here, session.context);
    // Ways to tell, the clearest first.
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
    // Of several, the one that another way leads to, too; else the one that is named like the
    // directory.
    let others = ways.iter().filter(|found| found.names.len() == 1).flat_map(|found| &found.names);
    let named = place.iter().filter_map(|place| place.file_name());
    let agreed = others.map(OsString::as_os_str).chain(named).find(|name| names.iter().any(|one| one == name));
    let several = || Error::Ambiguous { directory: place[0].clone(), names: names.clone() };
    home.get(&EnvironmentName::existing(agreed.ok_or_else(several)?)?)
}

/// What another tool keeps for the nearest directory that any keeps one for: its `.venv`, or
/// poetry's or hatch's.
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

/// This directory and those above it, the nearest first, each as it was reached and as the kernel
/// spells it. Not the home directory and what is above: what is linked to that has no say about
/// everything in it.
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

/// What pipenv would use here, if it is in the store. What pipenv itself could make nothing of is
/// no reason to fail.
fn of_pipenv(levels: &[Vec<PathBuf>], home: &WorkonHome, context: &Context) -> Option<Match> {
    let project = pipenv::Project::around(&levels[0][0], context).ok()?;
    // A file there means one thing to all: pipenv alone would take a path beside it for a name.
    let dot_venv = project.directory().join(".venv");
    if dot_venv.is_file() && pointed(project.directory(), home).default.is_some() {
        return None;
    }
    let Ok(Location::Stored(name)) = project.place(home, context) else { return None };
    home.find(&EnvironmentName::existing(&name).ok()?).ok()??;
    let is_here = |spellings: &Vec<PathBuf>| spellings.iter().any(|place| place == project.directory());
    // PIPENV_PIPFILE can be anywhere, and means what one is in.
    Some(Match { level: levels.iter().position(is_here).unwrap_or(0), names: vec![name] })
}

/// What a project points to by `.venv` or `.python-envs`, if it is in the store.
fn pointed_to(levels: &[Vec<PathBuf>], home: &WorkonHome) -> Option<Match> {
    let linked = |spellings: &Vec<PathBuf>| stored(home, &pointed(&spellings[0], home).default?);
    levels.iter().enumerate().find_map(|(level, place)| Some(Match { level, names: vec![linked(place)?] }))
}

/// The name of the environment of the store that a symlink leads to.
pub(super) fn name_in(home: &WorkonHome, link: &Path) -> Option<OsString> {
    stored(home, link).filter(|_| link.is_symlink())
}

/// The name of the environment of the store at a path.
fn stored(home: &WorkonHome, path: &Path) -> Option<OsString> {
    let target = resolved(path).ok()?;
    let name = target.file_name()?.to_owned();
    let is_stored = is_same(&home.path().join(&name), &target);
    (is_stored && home.find(&EnvironmentName::existing(&name).ok()?).ok()?.is_some()).then_some(name)
}

/// The environment that pipenv would make for this project: what `mkvirtualenv --here` is to make.
pub(super) struct Wanted {
    /// Its name.
    pub(super) name: OsString,
    /// The project's directory.
    pub(super) project: PathBuf,
    /// The Python that the Pipfile asks for.
    pub(super) python: Option<OsString>,
}

/// Fails where pipenv would not look for it in the store, for there would be two of one project.
pub(super) fn wanted(session: &Session<'_>) -> Result<Wanted> {
    let context = session.context;
    let home = WorkonHome::locate(context)?;
    let here = context.working_directory()?;
    let found = pipenv::Project::around(&here, context)?;
    // As the person reached it, where that is the same.
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
