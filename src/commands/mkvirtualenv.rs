//! `mkvirtualenv`: make an environment and enter it.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Parser;

use super::creation::{Creation, Options, group_names, made_from_recipe, named_recipe};
use super::{Outcome, Session, Verb, here, uv, uv_project, workon};
use crate::activation::Step;
use crate::error::{Error, Result};
use crate::hooks;
use crate::interpreter;
use crate::output;
use crate::project::dot_venv::{self, Form};
use crate::shown::{operands, shown};
use crate::verb::verb;

/// Create a virtual environment and activate it
///
/// The environment appears whole or not at all. An existing environment is activated as it is;
/// nothing in it is rewritten.
#[derive(Debug, Parser)]
#[command(
    name = "mkvirtualenv",
    after_help = "\
Examples:
  mkvirtualenv projectx                 with the python3 on PATH
  mkvirtualenv -p 3.8 old               with Python 3.8; also pypy3.10, 3.13t, a path or a command
  mkvirtualenv -p '>=3.11,<3.14' api    with any version in that range; quoted for the shell
  mkvirtualenv --download -p 3.12 new   have uv download Python 3.12 if it is missing
  mkvirtualenv -i requests -i rich api  install two packages
  mkvirtualenv -r requirements.txt api  install what the file lists
  mkvirtualenv -r pylock.toml -e . api  install a lock file, and this project in editable mode
  mkvirtualenv --group dev api          install a dependency group of the pyproject.toml here
  mkvirtualenv -a ~/src/api api         link it to a project, and use the Python it asks for
  mkvirtualenv --from . api             install what this project needs, and link to it
  mkvirtualenv --from api.toml api      build it as `venvwrap export` described it
  mkvirtualenv --uv                     for the project here; `uv sync` fills it
  mkvirtualenv --here                   create the environment pipenv would use in this project"
)]
pub(crate) struct MkVirtualenv {
    /// Name of the environment
    #[arg(required_unless_present_any = ["here", "uv"])]
    name: Option<OsString>,
    /// Create the environment pipenv would use for this project: same name, the Pipfile's Python,
    /// linked to the project
    #[arg(long, conflicts_with = "name")]
    here: bool,
    /// Make the project's .venv a link to it, for uv and editors; needs -a, --from, or --here. `uv
    /// sync` then removes packages that the project does not list
    #[arg(long)]
    link: bool,
    /// Have uv use it in its project, in place of a .venv there. Without -a, the project is the one
    /// of this directory, which also gives the NAME
    #[arg(long, conflicts_with_all = ["here", "link"])]
    uv: bool,
    #[command(flatten)]
    options: Options,
}

impl MkVirtualenv {
    /// What is to be made: by the person's words or, with `--here`, by what pipenv would make.
    fn creation<'a>(&self, session: &'a Session<'a>) -> Result<Creation<'a>> {
        if self.uv {
            let mut options = self.options.clone();
            let project = match options.project.take() {
                Some(project) => session.context.absolute_path(&project)?,
                None => uv_project::around(&session.context.working_directory()?, session.context.home())?,
            };
            let name = self.name.clone().or_else(|| project.file_name().map(OsStr::to_owned)).unwrap_or_default();
            options.project = Some(project);
            return Creation::prepare(session, &name, &options);
        }
        if !self.here {
            return Creation::prepare(session, self.name.as_deref().unwrap_or_default(), &self.options);
        }
        let wanted = here::wanted(session)?;
        let mut options = self.options.clone();
        let prompt = wanted.project.file_name().map(OsStr::to_owned);
        options.project.get_or_insert(wanted.project);
        let mut creation = Creation::prepare(session, &wanted.name, &options)?;
        creation.suggest(prompt, wanted.python);
        Ok(creation)
    }
}

impl Verb for MkVirtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if let Some(name) = &self.name
            && let Some(recipe) = named_recipe(session, &self.options, name)?
        {
            if self.uv {
                let message = "--uv and a recipe do not go together".to_owned();
                let name = operands(&[name.as_os_str()]);
                let hint = format!("create the environment without --uv; then `venvwrap uv on {name}` has uv use it");
                return Err(Error::Usage { message, hint });
            }
            if self.link {
                let message = "--link and a recipe do not go together".to_owned();
                let link = operands(&[name.as_os_str(), OsStr::new("PROJECT")]);
                let hint = format!(
                    "create the environment without --link; then `{} --link {link}` links it",
                    verb("setvirtualenvproject")
                );
                return Err(Error::Usage { message, hint });
            }
            let (home, environment, status) = made_from_recipe(session, name, &self.options, recipe)?;
            let follow = workon::follows_project(session, false, false);
            let mut plan = workon::enter(session, &home, &environment, follow)?;
            for file in session.hooks(&home)?.files(hooks::POSTMKVIRTUALENV, None) {
                plan.push(Step::Source(file));
            }
            return Ok(Outcome::Plan(plan, status));
        }
        let creation = self.creation(session)?;
        let link = if self.link { Some(creation.linkable_project()?) } else { None };
        let environment = creation.make_or_keep(&[])?;
        if let Some(project) = link {
            let link = dot_venv::make(project, environment.root(), &creation.home, Form::Link)?;
            output::note(&format!("Linked {} to `{}`", session.shown(&link), shown(environment.name())));
            hide_from_git(session, project);
        }
        if self.uv {
            uv::turn(&creation.home, &environment, true)?;
            uv::warn(session, &creation.home, &environment);
        }
        let mut entered = creation.enter(&environment)?;
        for file in session.hooks(&creation.home)?.files(hooks::POSTMKVIRTUALENV, None) {
            entered.plan.push(Step::Source(file));
        }
        Ok(Outcome::Plan(entered.plan, entered.status))
    }
}

/// Has git ignore the link in a project, and says where. That it cannot is said, and is no failure.
pub(super) fn hide_from_git(session: &Session<'_>, project: &Path) {
    match dot_venv::hide_from_git(project) {
        Ok(Some(file)) => {
            output::note(&format!("Added `.venv` to {}, so that git ignores it", session.shown(&file)));
        }
        Ok(None) => {}
        Err(error) => output::report(&error),
    }
}

/// What Tab offers for `-p`.
pub(crate) fn pythons(session: &Session<'_>) -> Vec<String> {
    interpreter::offered(session.context)
}

/// What Tab offers for `--group`: those of the project here.
pub(crate) fn groups(session: &Session<'_>) -> Vec<String> {
    group_names(session)
}
