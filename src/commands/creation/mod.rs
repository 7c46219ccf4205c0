//! What `mkvirtualenv`, `mktmpenv`, and `mkproject` share: an environment is created or kept, then
//! activated, and packages are installed into it.
//!
//! Owns the order of these steps. `making` creates the environment.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Session, abandoned, healing, install, workon};
use crate::activation::{Plan, Step};
use crate::config::Config;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, PackageError, Result};
use crate::hooks;
use crate::installer::Packages;
use crate::interpreter;
use crate::keepsake;
use crate::output;
use crate::project;
use crate::project::dot_venv::Form;
use crate::shown::{is_legible, shown};
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod options;
mod packages;
mod kept;
mod making;
mod python;
mod rebuild;
mod recipe;
mod recipe_file;

pub(super) use making::link_mode;
pub(super) use options::Options;
pub(super) use packages::group_names;
use packages::{dependencies, packages};
pub(super) use python::PythonRequest;
pub(super) use rebuild::Rebuild;
pub(super) use recipe::FromRecipe;
pub(super) use recipe_file::{
    created_otherwise, made_from_recipe, named_recipe, python_of, recipes_in, refuse_other, say_hooks,
};

/// A creation that was checked, before anything is written.
pub(super) struct Creation<'a> {
    session: &'a Session<'a>,
    options: Options,
    config: Config,
    pub(super) home: WorkonHome,
    pub(super) name: EnvironmentName,
    project: Option<PathBuf>,
    /// The directory whose files may request a Python, mostly the project's.
    sources: Option<PathBuf>,
    /// The request of the Pipfile, for pipenv's environment. It comes before those files.
    of_pipfile: Option<OsString>,
    packages: Packages,
}

/// A file for the new environment: its path in there, and its text.
pub(super) type Extra = (PathBuf, Vec<u8>);

/// The plan that activates the environment, and the exit status.
pub(super) struct Entered {
    pub(super) plan: Plan,
    pub(super) status: u8,
}

impl<'a> Creation<'a> {
    /// Checks all options.
    pub(super) fn prepare(session: &'a Session<'a>, name: &OsStr, options: &Options) -> Result<Self> {
        let options = options.with_defaults(session)?;
        if options.has_some_without_effect() && options.quiet == 0 {
            let word = options::word_without_effect(session.context.arguments());
            let word = word.unwrap_or(env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS);
            output::note(&format!("ignored `{}`: venvwrap does not need this option of virtualenv", shown(word)));
        }
        if options.prompt.as_ref().is_some_and(|text| !is_legible(&text.to_string_lossy())) {
            return Err(PackageError::Prompt.into());
        }
        let name = EnvironmentName::new(name)?;
        let mut project = options.project.as_deref().map(|directory| project_at(session, directory)).transpose()?;
        let mut packages = packages(session, &options.wanted, project.as_deref(), !options.without_pip)?;
        if let Some(from) = &options.wanted.from {
            let (from, directory) = dependencies(session, from, options.quiet)?;
            packages.project = Some(from);
            project.get_or_insert(directory);
        }
        // Without anything to install, no setting is needed.
        let is_bare = options.without_pip && packages.is_empty();
        let home = session.workon_home()?;
        abandoned::remove(session, &home);
        if packages.defaults.is_some() && !options.clear && home.find(&name)?.is_some() {
            // The default packages are for new environments.
            packages.defaults = None;
        }
        Ok(Self {
            session,
            name,
            sources: project.clone(),
            of_pipfile: None,
            project,
            packages,
            config: if is_bare { Config::default() } else { session.config()? },
            home,
            options,
        })
    }

    /// The project, after a check that its `.venv` can become a link.
    pub(super) fn linkable_project(&self) -> Result<&Path> {
        let Some(project) = &self.project else {
            let message = "--link needs a project".to_owned();
            return Err(Error::Usage { message, hint: "add `-a .`, `--from .`, or `--here`".to_owned() });
        };
        project::dot_venv::check(project, &self.home, Form::Link)?;
        Ok(project)
    }

    /// Defaults for a prompt and a Python that no option chooses: those of the Pipfile.
    pub(super) fn suggest(&mut self, prompt: Option<OsString>, python: Option<OsString>) {
        self.options.prompt = self.options.prompt.take().or(prompt);
        self.of_pipfile = python;
    }

    /// Lets the files in this directory request a Python, if it exists.
    pub(super) fn with_sources(mut self, directory: &Path) -> Self {
        if directory.is_dir() {
            self.sources = Some(directory.to_path_buf());
        }
        self
    }

    /// Creates the environment or leaves an existing one as it is, then runs the hook
    /// `premkvirtualenv`.
    pub(super) fn make_or_keep(&self, extras: &[Extra]) -> Result<Environment> {
        let environment = match self.home.find(&self.name)? {
            Some(environment) if !self.options.clear => self.keep(environment)?,
            existing => self.make(existing.as_ref(), extras)?,
        };
        let hooks = self.session.hooks(&self.home)?;
        hooks.run(hooks::PREMKVIRTUALENV, None, &[environment.name()], None);
        if let Some(project) = &self.project {
            let text = format!("Setting project for {} to {}\n", shown(environment.name()), shown(project));
            output::data(text.as_bytes())?;
        }
        Ok(environment)
    }

    /// The plan that activates the environment and installs into it. Without a shell function to
    /// carry out the plan, packages are installed at once. A failure no longer removes the
    /// environment.
    pub(super) fn enter(&self, environment: &Environment) -> Result<Entered> {
        if self.project.is_some() || self.options.prompt.is_some() {
            keepsake::remember(&self.home, environment, self.session.context);
        }
        let follow = workon::follows_project(self.session, false, false);
        let mut entered = Entered { plan: workon::enter(self.session, &self.home, environment, follow)?, status: 0 };
        if !self.packages.is_empty() && self.session.shell.is_some() {
            // After the hooks of activation, which may set what the installer needs.
            entered.plan.push(Step::Continue(install::words(environment.root(), &self.packages)));
        } else if !self.packages.is_empty() {
            entered.status = install::carry_out(self.session, environment, self.config.installer, &self.packages);
        }
        if self.options.quiet == 0 {
            self.session.note_not_activated(environment.name());
        }
        Ok(entered)
    }

    /// Leaves an existing environment as it is, except for the link to a project.
    fn keep(&self, environment: Environment) -> Result<Environment> {
        let environment = healing::with_python(self.session, environment)?;
        let context = self.session.context;
        // Only `-p` counts here: the files of a project do not keep anybody from an environment
        // that exists.
        if let Some(python) = &self.options.python
            && !interpreter::answers(context, python, &environment.python())?
        {
            let asked = self.python_request()?.find()?;
            let has = environment.version().unwrap_or_else(|| "another python".to_owned());
            if has != asked.version.to_string() {
                let asked = format!("{} ({})", asked.version, self.session.shown(&asked.executable));
                let (name, request) = (environment.name().to_owned(), python.clone());
                return Err(Error::OtherPython { name, has, asked, request });
            }
        }
        if self.project.is_some() {
            workon::restore(self.session, &self.home, &environment)?;
        }
        self.link_project(&environment)?;
        output::note(&format!("Environment `{}` exists; it was left as it is", shown(environment.name())));
        Ok(environment)
    }

    fn python_request(&self) -> Result<PythonRequest<'_>> {
        PythonRequest::of(self.session, &self.options, self.sources.as_deref(), self.of_pipfile.as_deref())
    }

    fn link_project(&self, environment: &Environment) -> Result<()> {
        let Some(project) = &self.project else { return Ok(()) };
        project::link(environment, self.session.context, project)
    }
}

fn project_at(session: &Session<'_>, directory: &Path) -> Result<PathBuf> {
    let directory = session.context.absolute_path(directory)?;
    if directory.is_dir() {
        return Ok(directory);
    }
    Err(Error::NoDirectory {
        path: directory,
        hint: format!("the project must exist; `{} NAME` creates one with an environment", verb("mkproject")),
    })
}
