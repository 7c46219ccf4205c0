//! Finds the environment of the current project: the meaning of `.`, and what `mkvirtualenv --here`
//! creates.
//!
//! Owns the order of the rules. `project` reads links and pipenv's settings.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::levels::{Levels, levels};
use super::{Session, moved, worktree};
use crate::context::Context;
use crate::elsewhere::Places;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result};
use crate::fs::{is_same, read_small, resolved};
use crate::keepsake;
use crate::output;
use crate::project::pipenv::{self, Location};
use crate::project::pointer::{self, Target, pointed};
use crate::project::{self, Comparison, linked_directories};
use crate::trust;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// The environments that a rule found, and how many directories up.
struct Match {
    level: usize,
    names: Vec<OsString>,
}

/// What `workon .` found.
pub(super) enum Found {
    Environment(Environment),
    /// A new copy for this worktree.
    Copy {
        source: Environment,
        copy: Environment,
    },
}

/// The environment of the current project. The nearest directory wins; in one directory, the first
/// rule.
pub(super) fn environment(session: &Session<'_>, home: &WorkonHome) -> Result<Environment> {
    find(session, home, false).map(|found| match found {
        Found::Environment(environment) | Found::Copy { copy: environment, .. } => environment,
    })
}

/// The same for `workon`, which may copy an environment for a worktree, and offers that of a moved
/// project.
pub(super) fn for_workon(session: &Session<'_>, home: &WorkonHome) -> Result<Found> {
    find(session, home, true)
}

fn find(session: &Session<'_>, home: &WorkonHome, for_workon: bool) -> Result<Found> {
    let here = session.context.working_directory()?;
    let levels = Levels::with_worktrees(levels(&here, session.context), |_| true);
    // The rules, the most explicit first.
    let ways = [
        linked(&levels, home, session.context, Comparison::Whole)?,
        of_pipenv(&levels, home, session.context),
        pointed_to(&levels, home),
    ];
    let found = match nearest(&levels, home, &ways)? {
        None => recreated(&levels, home, session.context)?,
        found => found,
    };
    if let Some((level, environment)) = found {
        return match levels.sharing(level) {
            Some(sharing) if for_workon => worktree::environment(session, home, environment, sharing),
            _ => Ok(Found::Environment(environment)),
        };
    }
    if let Some(environment) = moved::offer(session, home, levels.own().map(|(_, directory)| directory), for_workon)? {
        return Ok(Found::Environment(environment));
    }
    let name = here.file_name().unwrap_or_default();
    let stored = EnvironmentName::existing(name).and_then(|name| home.get(&name));
    stored.or_else(|error| of_other_tools(session, home, &levels)?.ok_or(error)).map(Found::Environment)
}

/// What automatic switching finds for the current project.
pub(super) enum Automatic {
    /// An environment of the store, or one whose path is trusted.
    Environment(Environment),
    /// A directory points to an environment outside the store that is not trusted.
    Refused {
        project: PathBuf,
        root: PathBuf,
    },
    Nothing,
}

/// The environment of the current project by the same rules and in the same order, except for those
/// that guess: a name equal to the directory's, and what other tools keep. Touches nothing that is
/// neither here, nor in the store, nor trusted.
pub(super) fn automatic(session: &Session<'_>, home: &WorkonHome) -> Result<Automatic> {
    let here = session.context.working_directory()?;
    let is_linked = |directory: &Path| linked_directories::has(home, directory, session.context);
    let levels = Levels::with_worktrees(levels(&here, session.context), is_linked);
    let targets: Vec<(usize, Target)> =
        levels.own().filter_map(|(level, directory)| Some((level, pointer::target(directory, home)?))).collect();
    let stored = targets.iter().find_map(|(level, target)| match target {
        Target::Stored(name) => Some(Match { level: *level, names: vec![name.clone()] }),
        Target::Outside(_) => None,
    });
    // pipenv looks at `.venv`, too, and follows a link.
    let is_link = |file: PathBuf| fs::symlink_metadata(file).is_ok_and(|entry| entry.is_symlink());
    let asks_pipenv = targets.is_empty() && !levels.own().any(|(_, directory)| is_link(directory.join("Pipfile")));
    let ways = [
        linked(&levels, home, session.context, Comparison::Text)?,
        if asks_pipenv { of_pipenv(&levels, home, session.context) } else { None },
        stored,
    ];
    let found = match nearest(&levels, home, &ways)? {
        None => recreated(&levels, home, session.context)?,
        found => found,
    };
    if let Some((_, environment)) = found {
        return Ok(Automatic::Environment(environment));
    }
    let outside = targets.into_iter().find_map(|(level, target)| match target {
        Target::Outside(root) => Some((levels.directories[level][0].clone(), root)),
        Target::Stored(_) => None,
    });
    let Some((project, root)) = outside else { return Ok(Automatic::Nothing) };
    if !trust::is_trusted_environment(session.context, &root)? {
        return Ok(Automatic::Refused { project, root });
    }
    Ok(Environment::open(&root)?.map_or(Automatic::Nothing, |environment| {
        let by_uv = environment.cfg().is_some_and(|cfg| cfg.get("uv").is_some());
        let origin = if by_uv { Origin::Uv } else { Origin::Venv };
        let label = project.file_name().unwrap_or_default().to_owned();
        Automatic::Environment(environment.kept_elsewhere(origin, label.clone(), label, Some(project)))
    }))
}

/// The tool that activates environments by directory, too, if it does so here: direnv by .envrc, or
/// mise by its settings. `has_direnv`: its hook is in the shell that called. Its variable comes
/// later; mise sets one when it is loaded.
pub(super) fn left_to(session: &Session<'_>, has_direnv: bool) -> Result<Option<&'static str>> {
    let is_set = |name: &str| session.context.variable(name).is_some();
    let rivals: [(&str, bool, &[&str], &[&str]); 2] = [
        (
            "direnv",
            has_direnv || is_set("DIRENV_DIR"),
            &[".envrc"],
            &["layout ", "VIRTUAL_ENV", "activate", "workon ", "venvwrap "],
        ),
        ("mise", is_set("MISE_SHELL"), &["mise.toml", ".mise.toml"], &["venv"]),
    ];
    let levels = levels(&session.context.working_directory()?, session.context);
    let activates = |file: &Path, words: &[&str]| {
        // Not a link, which may point to a disk that does not answer.
        let is_file = fs::symlink_metadata(file).is_ok_and(|entry| entry.is_file());
        let text = if is_file { read_small(file, LONGEST_SETTINGS).ok().flatten() } else { None };
        let text = text.unwrap_or_default();
        words.iter().any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some())
    };
    let here = |(_, is_loaded, files, words): &(&str, bool, &[&str], &[&str])| {
        let mut files = levels.iter().flat_map(|level| files.iter().map(|file| level[0].join(file)));
        *is_loaded && files.any(|file| activates(&file, words))
    };
    Ok(rivals.iter().find(|rival| here(rival)).map(|(name, ..)| *name))
}

/// Longest settings of another tool that are read.
const LONGEST_SETTINGS: u64 = 64 * 1024;

/// The environments that are linked to one of these directories.
fn linked(levels: &Levels, home: &WorkonHome, context: &Context, comparison: Comparison) -> Result<Option<Match>> {
    let found = project::linked_to_first(&levels.directories, home, context, comparison)?;
    Ok(found.map(|(level, names)| Match { level, names }))
}

/// The environment that was linked to one of these directories until another tool recreated it.
fn recreated(levels: &Levels, home: &WorkonHome, context: &Context) -> Result<Option<(usize, Environment)>> {
    let links = keepsake::lost_links(home, context);
    let names = |spellings: &[PathBuf]| -> Vec<OsString> {
        let linked = links.iter().filter(|(_, project)| spellings.contains(project));
        linked.map(|(name, _)| name.clone()).collect()
    };
    let found =
        levels.directories.iter().enumerate().map(|(level, spellings)| Match { level, names: names(spellings) });
    nearest(levels, home, &[found.into_iter().find(|found| !found.names.is_empty())])
}

/// The environment in the nearest directory that a rule found one for, and how many directories up.
fn nearest(levels: &Levels, home: &WorkonHome, ways: &[Option<Match>]) -> Result<Option<(usize, Environment)>> {
    let ways: Vec<&Match> = ways.iter().flatten().collect();
    let Some(Match { level, names }) = ways.iter().min_by_key(|found| found.level) else { return Ok(None) };
    let name = match &names[..] {
        [name] => name,
        several => {
            let of_rules = ways.iter().filter(|found| found.names.len() == 1).flat_map(|found| &found.names);
            chosen(several, of_rules, &levels.directories[*level], home)?
        }
    };
    Ok(Some((*level, home.get(&EnvironmentName::existing(name)?)?)))
}

/// Of several environments that are linked to a directory: the default, else the one that another
/// rule found too, else the one named like the directory.
fn chosen<'a>(
    names: &'a [OsString],
    mut of_rules: impl Iterator<Item = &'a OsString>,
    directory: &[PathBuf],
    home: &WorkonHome,
) -> Result<&'a OsString> {
    let mut defaults = names.iter().filter(|name| home.is_default(name));
    if let (Some(default), None) = (defaults.next(), defaults.next()) {
        return Ok(default);
    }
    let linked = |name: &OsStr| names.iter().find(|linked| linked.as_os_str() == name);
    let agreed = of_rules.find_map(|name| linked(name));
    let agreed = agreed.or_else(|| directory.iter().filter_map(|place| place.file_name()).find_map(linked));
    let several = || Error::Ambiguous { directory: directory[0].clone(), names: names.to_vec(), are_linked: true };
    agreed.ok_or_else(several)
}

/// Another tool's environment for the nearest directory that has one: its `.venv`, or poetry's or
/// hatch's.
fn of_other_tools(session: &Session<'_>, home: &WorkonHome, levels: &Levels) -> Result<Option<Environment>> {
    let places = Places::beside(session.context, home);
    for (_, directory) in levels.own() {
        let mut found = places.of_project(directory);
        match found.len() {
            0 => {}
            1 => return Ok(found.pop()),
            _ => {
                let names = found.iter().map(|environment| environment.name().to_owned()).collect();
                return Err(Error::Ambiguous { directory: directory.to_path_buf(), names, are_linked: false });
            }
        }
    }
    Ok(None)
}

/// The environment that pipenv would use, if it is in the store. Errors of pipenv's settings are
/// ignored here.
fn of_pipenv(levels: &Levels, home: &WorkonHome, context: &Context) -> Option<Match> {
    let project = pipenv::Project::around(&levels.directories[0][0], context).ok()?;
    // Other tools read a file `.venv` as a path; only pipenv reads it as a name.
    let dot_venv = project.directory().join(".venv");
    if dot_venv.is_file() && pointed(project.directory(), home).default.is_some() {
        return None;
    }
    let Ok(Location::Stored(name)) = project.place(home, context) else { return None };
    home.find(&EnvironmentName::existing(&name).ok()?).ok()??;
    let is_here = |spellings: &Vec<PathBuf>| spellings.iter().any(|place| place == project.directory());
    // PIPENV_PIPFILE may be outside these directories; it counts as the current one.
    Some(Match { level: levels.directories.iter().position(is_here).unwrap_or(0), names: vec![name] })
}

/// The environment of the store that `.venv` or `.python-envs` points to.
fn pointed_to(levels: &Levels, home: &WorkonHome) -> Option<Match> {
    let linked = |directory: &Path| stored(home, &pointed(directory, home).default?);
    levels.own().find_map(|(level, directory)| Some(Match { level, names: vec![linked(directory)?] }))
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
