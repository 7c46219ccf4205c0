//! Files of recipes, as commands are given them: reading one, choosing from it, and making the
//! environment of `mkvirtualenv --from FILE NAME`.
//!
//! Owns what is said about a recipe and an environment that do not agree. Building is `recipe`.

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::recipe::{FromRecipe, describe};
use super::{Options, packages};
use crate::commands::{Session, abandoned};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::read_small;
use crate::hooks;
use crate::interpreter::{self, Interpreter};
use crate::output;
use crate::recipe::{self, Recipe, differences, file};
use crate::shown::{operands, shown};
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// The recipes in a file; `-` is standard input.
pub(in crate::commands) fn recipes_in(session: &Session<'_>, typed: &Path) -> Result<Vec<Recipe>> {
    let (text, what) = if typed == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().take(file::LIMIT + 1).read_to_end(&mut text).map_err(Error::io("read", "standard input"))?;
        (text, "standard input".to_owned())
    } else {
        let path = packages::located(session, typed)?;
        let refused = |reason: &str, hint: &str| Error::Recipe {
            what: session.shown(&path),
            reason: reason.to_owned(),
            hint: hint.to_owned(),
        };
        if fs::metadata(&path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Err(refused("it does not exist", "`venvwrap export NAME -o FILE` writes a recipe"));
        }
        let text = read_small(&path, file::LIMIT).map_err(Error::io("read", &path))?;
        let not_a_file = || refused("it is not a regular file", "`venvwrap import -` reads standard input");
        let text = text.ok_or_else(not_a_file)?;
        (text, session.shown(&path))
    };
    if text.len() as u64 > file::LIMIT {
        return Err(Error::Malformed { what, reason: "it is too long for a recipe".to_owned() });
    }
    let not_text = |_| Error::Malformed { what: what.clone(), reason: "it is not UTF-8".to_owned() };
    file::parse(&String::from_utf8(text).map_err(not_text)?, &what)
}

/// The recipe that `mkvirtualenv --from FILE NAME` names; `None` if that is no recipe but a
/// project.
pub(in crate::commands) fn named_recipe(
    session: &Session<'_>,
    options: &Options,
    name: &OsStr,
) -> Result<Option<Recipe>> {
    let Some(from) = &options.wanted.from else { return Ok(None) };
    let path = packages::located(session, from)?;
    if path.extension().is_none_or(|kind| kind != "toml") || !path.is_file() {
        return Ok(None);
    }
    let text = read_small(&path, file::LIMIT).map_err(Error::io("read", &path))?.unwrap_or_default();
    if !file::is_recipe(&String::from_utf8_lossy(&text)) {
        return Ok(None);
    }
    if let Some(option) = options.against_recipe() {
        return Err(Error::Usage {
            message: format!("{} is a recipe, which leaves nothing to {option}", session.shown(&path)),
            hint: "leave that option out, or install the rest afterwards".to_owned(),
        });
    }
    let mut recipes = recipes_in(session, from)?;
    if recipes.len() == 1 {
        return Ok(recipes.pop());
    }
    let names: Vec<String> = recipes.iter().map(|recipe| shown(&recipe.name).to_string()).collect();
    let missing = || Error::Recipe {
        what: session.shown(&path),
        reason: format!("it describes no environment `{}`", shown(name)),
        hint: format!("it has {}", names.join(", ")),
    };
    recipes.into_iter().find(|recipe| OsStr::new(&recipe.name) == name).map(Some).ok_or_else(missing)
}

/// Makes the environment of `mkvirtualenv --from FILE NAME`, and gives the status to end with. One
/// that exists is left as it is, and refused if it differs.
pub(in crate::commands) fn made_from_recipe(
    session: &Session<'_>,
    name: &OsStr,
    options: &Options,
    mut recipe: Recipe,
) -> Result<(WorkonHome, Environment, u8)> {
    let mut status = 0;
    let name = EnvironmentName::new(name)?;
    if let Some(prompt) = &options.prompt {
        recipe.prompt = Some(prompt.to_string_lossy().into_owned());
    }
    if let Some(project) = &options.project {
        let project = session.context.absolute_path(project)?;
        recipe.project = Some(project.to_string_lossy().into_owned());
    }
    let home = session.workon_home()?;
    abandoned::remove(session, &home);
    let environment = if let Some(existing) = home.find(&name)? {
        refuse_other(session, &existing, &recipe)?;
        output::note(&format!("environment `{}` exists; nothing in it was rewritten", shown(existing.name())));
        existing
    } else {
        let interpreter = &match &options.python {
            Some(python) => interpreter::find(session.context, Some(python))?,
            None => python_of(session, &recipe)?,
        };
        let requested = options.python.as_deref().or(recipe.python_request.as_deref().map(OsStr::new));
        let from = FromRecipe {
            session,
            home: &home,
            name: &name,
            recipe: &recipe,
            interpreter,
            requested,
            with_hooks: false,
        };
        from.check()?;
        let (environment, differing) = from.publish(options.quiet)?;
        say_hooks(&recipe);
        // Another Python has other versions of its own tools.
        if let Some(differing) = differing.filter(|_| options.python.is_none()) {
            output::report(&created_otherwise(&recipe, &differing));
            status = 1;
        }
        environment
    };
    session.hooks(&home)?.run(hooks::PREMKVIRTUALENV, None, &[environment.name()], None);
    Ok((home, environment, status))
}

/// The Python for a recipe: of its implementation and minor version, and what `-p` asked for if one
/// of those is installed.
pub(in crate::commands) fn python_of(session: &Session<'_>, recipe: &Recipe) -> Result<Interpreter> {
    let context = session.context;
    let request = OsStr::new(&recipe.python);
    let asked = recipe.python_request.as_deref().map(OsStr::new);
    // A recipe names versions; a command that happens to have such a name is not started.
    let is_version = |text: &OsStr| interpreter::asked_by_project(context, text).is_some_and(|known| known == text);
    if let Some(wrong) = std::iter::once(request).chain(asked).find(|text| !is_version(text)) {
        return Err(Error::Recipe {
            what: format!("environment `{}`", shown(&recipe.name)),
            reason: format!("`{}` is not a version of Python", shown(wrong)),
            hint: "`python` in a recipe is like `3.12`, `3.13t`, `pypy3.10`".to_owned(),
        });
    }
    let found = interpreter::find(context, Some(request)).map_err(|error| match error {
        Error::PythonNotFound { request, tried, ways, .. } => {
            let asker = Some(format!("the recipe of `{}`", shown(&recipe.name)));
            Error::PythonNotFound { request, asker, tried, ways }
        }
        other => other,
    })?;
    let Some(asked) = asked else { return Ok(found) };
    if interpreter::answers(context, asked, &found.base_executable)? {
        return Ok(found);
    }
    let other = interpreter::find(context, Some(asked)).ok();
    let other = other.filter(|other| {
        let kind = |python: &Interpreter| (python.implementation.clone(), python.version.series());
        kind(other) == kind(&found)
    });
    Ok(other.unwrap_or(found))
}

/// Says that the hooks of a recipe were left out, if it has any.
pub(in crate::commands) fn say_hooks(recipe: &Recipe) {
    let names: Vec<&str> = recipe.hooks.iter().map(|hook| hook.name.as_str()).collect();
    if !names.is_empty() {
        let names = names.join(", ");
        output::note(&format!(
            "The hooks of `{}` were not written ({names}); `venvwrap import --hooks FILE` writes hooks, into new environments only",
            shown(&recipe.name)
        ));
    }
}

/// Fails if an environment has other packages than the recipe.
pub(in crate::commands) fn refuse_other(session: &Session<'_>, existing: &Environment, recipe: &Recipe) -> Result<()> {
    let has = recipe::read(existing, session.context)?;
    let differing = differences(recipe, &has);
    let differing: Vec<_> = differing.iter().filter(|difference| difference.is_about_packages()).collect();
    if differing.is_empty() {
        return Ok(());
    }
    let name = existing.name();
    Err(Error::Recipe {
        what: format!("environment `{}`", shown(name)),
        reason: format!("it exists and differs from the recipe: {}", describe(&differing)),
        hint: format!(
            "rename it with `{} {}`, then try again",
            verb("mvvirtualenv"),
            operands(&[name, OsStr::new("OLD")])
        ),
    })
}

/// The error for an environment that was built, and has other packages in the end.
pub(in crate::commands) fn created_otherwise(recipe: &Recipe, differing: &str) -> Error {
    Error::Recipe {
        what: format!("environment `{}`", shown(&recipe.name)),
        reason: format!("it was created, and differs from the recipe: {differing}"),
        hint: format!("`venvwrap export {}` prints what it has", operands(&[&recipe.name])),
    }
}
