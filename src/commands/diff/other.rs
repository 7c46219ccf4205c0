//! What an environment is compared with: another environment, a recipe, or a list of packages.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::super::{Session, workon};
use super::read;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::pylock::is_pylock;
use crate::fs::read_small;
use crate::project;
use crate::project::dependencies::{Dependencies, Part};
use crate::recipe::listed::Listing;
use crate::recipe::{Recipe, file};
use crate::shown::{operands, shown};
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Longest file that is compared with.
const LIMIT: u64 = 16 * 1024 * 1024;

pub(super) enum Other {
    Recipe(Box<Recipe>),
    Listing(Listing),
}

/// An environment of the store comes first, then a file, then environments elsewhere.
pub(super) fn other_named(
    session: &Session<'_>,
    home: &WorkonHome,
    environment: &Environment,
    word: &OsStr,
) -> Result<(Other, String)> {
    let path = session.context.absolute_path(Path::new(word))?;
    let stored = EnvironmentName::existing(word).and_then(|name| home.get(&name));
    let is_path = word.as_bytes().contains(&b'/') || path.is_file();
    if word != OsStr::new(".") && stored.is_err() && is_path {
        if std::fs::metadata(&path).is_err() {
            return Err(Error::Recipe {
                what: format!("cannot compare with {}", session.shown(&path)),
                reason: "there is no such file".to_owned(),
                hint: format!("name an environment (`{} -b` lists them) or a file", verb("lsvirtualenv")),
            });
        }
        let other = of_file(session, environment, &path)?;
        return Ok((other, session.shown(&path)));
    }
    let other = workon::environment(session, home, word)?;
    Ok((Other::Recipe(Box::new(read(session, &other)?)), format!("`{}`", other.name().to_string_lossy())))
}

pub(super) fn of_project(session: &Session<'_>, environment: &Environment) -> Result<(Other, String)> {
    let name = environment.name();
    let none = || Error::Usage {
        message: format!("`{}` is linked to no project", shown(name)),
        hint: format!("name what to compare with: `venvwrap diff {}`", operands(&[name, OsStr::new("OTHER")])),
    };
    let project = project::of(environment, session.context)?.ok_or_else(none)?;
    let project = session.context.absolute_path(&project)?;
    if !project.is_dir() {
        let hint = format!("name what to compare with: `venvwrap diff {}`", operands(&[name, OsStr::new("OTHER")]));
        return Err(Error::NoDirectory { path: project, hint });
    }
    let dependencies = Dependencies::of(&project)?;
    let file = session.shown(&dependencies.file);
    Ok((Other::Listing(listing(dependencies)?), file))
}

fn of_file(session: &Session<'_>, environment: &Environment, path: &Path) -> Result<Other> {
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    if is_toml && !is_pylock(path) {
        let text = text(path)?;
        if file::is_recipe(&text) {
            return recipe_for(environment, file::parse(&text, &session.shown(path))?, path);
        }
    }
    let dependencies = Dependencies::of(path).map_err(|error| match error {
        // Its hint is for installing.
        Error::NoDependencies { path, reason } => Error::Recipe {
            what: format!("cannot compare with {}", shown(&path)),
            reason,
            hint: "name an environment, a recipe, or a requirements.txt, pylock.toml, pyproject.toml, Pipfile.lock"
                .to_owned(),
        },
        other => other,
    })?;
    Ok(Other::Listing(listing(dependencies)?))
}

/// The only recipe of a file, or the one with the name of the environment.
fn recipe_for(environment: &Environment, mut recipes: Vec<Recipe>, path: &Path) -> Result<Other> {
    let name = environment.label();
    let at = recipes.iter().position(|recipe| OsStr::new(&recipe.name) == name);
    match at.or((recipes.len() == 1).then_some(0)) {
        Some(at) => Ok(Other::Recipe(Box::new(recipes.swap_remove(at)))),
        None => Err(Error::Recipe {
            what: shown(path).to_string(),
            reason: format!("it describes no environment called `{}`", shown(name)),
            hint: "`venvwrap import --dry-run FILE` shows what it describes".to_owned(),
        }),
    }
}

fn listing(dependencies: Dependencies) -> Result<Listing> {
    let mut listing = Listing::below(&dependencies.directory);
    let mut are_whole = Vec::new();
    for part in dependencies.parts {
        match part {
            Part::File(path) if is_pylock(&path) => listing.add_lock(&text(&path)?, &shown(&path).to_string())?,
            Part::File(path) => {
                listing.add_requirements(&text(&path)?);
                are_whole.push(false);
            }
            Part::Requirements { text, is_whole } => {
                listing.add_requirements(&text);
                are_whole.push(is_whole);
            }
        }
    }
    listing.is_whole |= !are_whole.is_empty() && are_whole.iter().all(|is_whole| *is_whole);
    Ok(listing)
}

fn text(path: &Path) -> Result<String> {
    let text = read_small(path, LIMIT).map_err(Error::io("read", path))?;
    let text = text.ok_or_else(|| Error::io("read", path)(std::io::ErrorKind::NotFound.into()))?;
    let wrong = |_| Error::Malformed { what: shown(path).to_string(), reason: "it is not UTF-8".to_owned() };
    String::from_utf8(text).map_err(wrong)
}
