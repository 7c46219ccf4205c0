//! Building an environment from a recipe: in a hidden place, with exactly its packages, and
//! compared with the recipe before it is published.
//!
//! Owns the steps, and the checks before the first. `import`, `mkvirtualenv --from`, and `upgrade`
//! choose the recipe and publish the environment.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use super::kept::{Kept, write_new};
use super::{Creation, Options};
use crate::activation::OwnVariables;
use crate::commands::Session;
use crate::creator;
use crate::environment::path_extensions::PathExtensions;
use crate::environment::{BIN, Environment};
use crate::error::{Error, Result};
use crate::installer::{self, Packages, Uninstaller};
use crate::interpreter::Interpreter;
use crate::keepsake;
use crate::output;
use crate::recipe::{self, Difference, Package, Recipe, differences, located};
use crate::relocate::{self, Relocation, Rewriting};
use crate::shell::standalone;
use crate::shown::shown;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::{UnfinishedEnvironment, WorkonHome};

/// More differences than these are counted.
const SHOWN: usize = 4;

/// Which versions are installed, and whether their dependencies are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolution {
    /// The versions of the recipe, and nothing else.
    Exact,
    /// The versions of the recipe, and missing dependencies.
    WithDependencies,
    /// The newest versions, and their dependencies.
    Latest,
}

/// A planned build.
pub(in crate::commands) struct FromRecipe<'a> {
    pub(in crate::commands) session: &'a Session<'a>,
    pub(in crate::commands) home: &'a WorkonHome,
    /// The name of the environment once it is published.
    pub(in crate::commands) name: &'a EnvironmentName,
    pub(in crate::commands) recipe: &'a Recipe,
    /// The Python to build it with.
    pub(in crate::commands) interpreter: &'a Interpreter,
    /// The text of `-p`, to be recorded.
    pub(in crate::commands) requested: Option<&'a OsStr>,
    /// Whether to write the hooks of the recipe.
    pub(in crate::commands) with_hooks: bool,
}

impl FromRecipe<'_> {
    /// Fails before anything is built if the build would fail for certain: for a Python that
    /// venvwrap cannot create environments for, or without a local source.
    pub(in crate::commands) fn check(&self) -> Result<()> {
        creator::supports(self.interpreter).map_err(|reason| Error::CannotCreate {
            python: self.interpreter.executable.clone(),
            reason: reason.to_owned(),
            hint: "choose another Python with -p, or create that environment with virtualenv".to_owned(),
        })?;
        for package in &self.recipe.packages {
            self.check_source(package)?;
        }
        Ok(())
    }

    /// The packages whose local source is missing, by name.
    pub(in crate::commands) fn without_source(&self) -> Vec<String> {
        let packages = self.recipe.packages.iter().filter(|package| self.check_source(package).is_err());
        packages.map(|package| package.name.clone()).collect()
    }

    fn check_source(&self, package: &Package) -> Result<()> {
        let Some(path) = &package.path else { return Ok(()) };
        let place = self.located(path)?;
        let project = package.subdirectory.as_ref().map_or(place.clone(), |below| place.join(below));
        let is_project = |file: &str| project.join(file).is_file();
        let reason = if !fs::exists(&place).unwrap_or(false) {
            "does not exist"
        } else if place.is_dir() && !is_project("pyproject.toml") && !is_project("setup.py") {
            "has neither pyproject.toml nor setup.py"
        } else {
            return Ok(());
        };
        Err(Error::Recipe {
            what: format!("environment `{}`", shown(&self.recipe.name)),
            reason: format!("`{}` comes from {path}, which {reason}", package.name),
            hint: "put its source there, or change `path` in the recipe".to_owned(),
        })
    }

    pub(super) fn located(&self, path: &str) -> Result<PathBuf> {
        located(path, self.session.context.home())
    }

    /// Builds the environment, and describes how the result differs from the recipe. A failure
    /// leaves nothing behind.
    pub(in crate::commands) fn build(&self) -> Result<(UnfinishedEnvironment, Option<String>)> {
        let (building, environment) = self.begin()?;
        self.install(&environment)?;
        let built = self.finish(&building, &environment)?;
        let differing = differences(self.recipe, &built);
        let differing: Vec<_> = differing.iter().filter(|difference| difference.is_about_packages()).collect();
        Ok((building, (!differing.is_empty()).then(|| describe(&differing))))
    }

    /// Creates the environment with no package but pip.
    pub(super) fn begin(&self) -> Result<(UnfinishedEnvironment, Environment)> {
        let Self { session, home, name, recipe, interpreter, .. } = self;
        let mut options = Options::none()?;
        options.python = self.requested.map(OsStr::to_owned);
        options.without_pip = recipe.package("pip").is_none();
        options.prompt = recipe.prompt.as_ref().map(OsString::from);
        let creation = Creation {
            session,
            options,
            config: session.config()?,
            home: (*home).clone(),
            name: (*name).clone(),
            project: recipe.project.as_deref().map(|project| self.located(project)).transpose()?,
            sources: None,
            of_pipfile: None,
            packages: Packages::default(),
        };
        let (building, _) = creation.build(interpreter, &[], &Kept::default())?;
        let environment = self.opened(&building)?;
        Ok((building, environment))
    }

    /// Writes the settings, reads the result back, and replaces the hidden path in its files by the
    /// final one.
    pub(super) fn finish(&self, building: &UnfinishedEnvironment, environment: &Environment) -> Result<Recipe> {
        recipe::mark_requested(environment, self.recipe)?;
        self.write_settings(environment)?;
        // Before the paths change: sources inside it are still where its files say.
        let built = recipe::read(&self.opened(building)?, self.session.context)?;
        self.settle(building, environment)?;
        Ok(built)
    }

    fn opened(&self, building: &UnfinishedEnvironment) -> Result<Environment> {
        Environment::open(building.path())?.ok_or_else(|| self.home.unknown(self.name.as_os_str()))
    }

    /// Builds and publishes the environment, and describes how it differs from the recipe.
    pub(in crate::commands) fn publish(&self, quiet: u8) -> Result<(Environment, Option<String>)> {
        let (building, differing) = self.build()?;
        // What an earlier environment of that name left is not for this one.
        keepsake::forget(self.home, self.name.as_os_str());
        let environment = self.home.publish(building, self.name)?;
        if let Some(note) = &self.recipe.note {
            self.home.set_note(environment.name(), Some(note))?;
        }
        let path = self.recipe.path.iter().map(|directory| self.located(directory));
        let path = path.map(|path| Ok(path?.to_string_lossy().into_owned())).collect::<Result<_>>()?;
        let own = OwnVariables { set: self.recipe.variables.clone(), path, uv: self.recipe.uv };
        if own != OwnVariables::default() {
            self.home.set_variables(environment.name(), own)?;
        }
        if self.recipe.project.is_some() {
            keepsake::remember(self.home, &environment, self.session.context);
        }
        let Interpreter { implementation, version, .. } = self.interpreter;
        if quiet == 0 {
            let packages = match self.recipe.packages.len() {
                1 => "1 package".to_owned(),
                number => format!("{number} packages"),
            };
            let name = shown(self.name.as_os_str());
            output::note(&format!("Created `{name}` with {implementation} {version} and {packages}"));
        }
        Ok((environment, differing))
    }

    /// Installs what is missing, and removes packages that came with pip and are not in the recipe.
    /// Every package is named, so the installer resolves nothing.
    fn install(&self, environment: &Environment) -> Result<()> {
        let Self { session, recipe, .. } = self;
        let (context, installer) = (session.context, session.config()?.installer);
        let there = recipe::read(environment, context)?;
        let is_there = |package: &&Package| there.package(&package.normalized()).is_some_and(|it| it.is_same(package));
        let missing: Vec<&Package> = recipe.packages.iter().filter(|package| !is_there(package)).collect();
        self.install_these(environment, &missing, Resolution::Exact, false)?;
        let extra = there.packages.iter().filter(|package| recipe.package(&package.normalized()).is_none());
        let extra: Vec<String> = extra.map(|package| package.name.clone()).collect();
        if !extra.is_empty() {
            Uninstaller::choose(context, environment, installer)?.remove(&extra)?;
        }
        Ok(())
    }

    /// Installs these packages. `is_silent` drops the installer's own messages.
    pub(super) fn install_these(
        &self,
        environment: &Environment,
        packages: &[&Package],
        resolution: Resolution,
        is_silent: bool,
    ) -> Result<()> {
        let Self { session, recipe, .. } = self;
        let (context, installer) = (session.context, session.config()?.installer);
        let (mut lines, mut editables) = (String::new(), Vec::new());
        for package in packages {
            let line = match resolution {
                Resolution::Latest => package.newest_requirement(context.home())?,
                _ => package.requirement(context.home())?,
            };
            if package.editable {
                editables.push(line.into());
            } else {
                lines.push_str(&line);
                lines.push('\n');
            }
        }
        if !packages.is_empty() {
            // Addresses can contain passwords, so only the user can read the file.
            let made = tempfile::Builder::new().prefix("venvwrap-recipe-").suffix(".txt").tempfile();
            let mut list = made.map_err(Error::io("write", "the list of packages"))?;
            list.write_all(lines.as_bytes()).map_err(Error::io("write", list.path()))?;
            let file = (!lines.is_empty()).then_some(list.path());
            let with_dependencies = resolution != Resolution::Exact;
            let directory = environment.root().to_path_buf();
            let call = Packages::quiet_call(file, &editables, directory, with_dependencies).silenced(is_silent);
            installer::install(context, environment, installer, &call, output::note)
                .map_err(|error| without_environment(error, &recipe.name))?;
        }
        Ok(())
    }

    /// Replaces the hidden path by the final one in everything that was installed.
    fn settle(&self, building: &UnfinishedEnvironment, environment: &Environment) -> Result<()> {
        let root = self.home.path().join(self.name.as_os_str());
        let olds = relocate::spellings(building.path());
        let relocation = Relocation::new(environment, &olds, &root, standalone::scripts);
        let staging = self.home.start_building()?;
        Rewriting::prepare(building.path(), &relocation, staging.path())?.apply(building.path())
    }

    fn write_settings(&self, environment: &Environment) -> Result<()> {
        let recipe = self.recipe;
        if recipe.system_site_packages {
            // After the installation: the installer would count the base interpreter's packages as
            // installed.
            environment.show_system_packages(true)?;
        }
        if !recipe.extra_paths.is_empty() {
            let mut extensions = PathExtensions::new(&environment.site_packages()?);
            // The last one added comes first.
            for path in recipe.extra_paths.iter().rev() {
                extensions.add(&self.located(path)?)?;
            }
            extensions.write()?;
        }
        for hook in recipe.hooks.iter().filter(|_| self.with_hooks) {
            let file = environment.root().join(BIN).join(&hook.name);
            // A template, where hooks are in use.
            match fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Error::io("replace", file)(error));
                }
                _ => write_new(&file, hook.text.as_bytes(), if hook.executable { 0o755 } else { 0o644 })?,
            }
        }
        Ok(())
    }
}

/// The error for an environment that was not created: the hints of `installer` assume that it
/// exists.
fn without_environment(error: Error, name: &str) -> Error {
    match error {
        Error::Child { what, status, .. } => Error::Child {
            what: format!("environment `{}` was not created: {what}", shown(name)),
            status,
            hint: "the installer's own message is above; nothing was changed".to_owned(),
        },
        Error::NoInstaller { reasons, remedy, .. } => Error::NoInstaller { name: name.into(), reasons, remedy },
        other => other,
    }
}

/// Differences in words, the first few of them.
pub(super) fn describe(differing: &[&Difference<'_>]) -> String {
    let words = differing.iter().take(SHOWN).map(|difference| match difference {
        Difference::Python(wanted, has) => format!("Python {has}, not {wanted}"),
        Difference::Package(Some(wanted), Some(has)) if wanted.version != has.version => {
            format!("{} {}, not {}", has.name, has.version, wanted.version)
        }
        Difference::Package(Some(wanted), Some(_)) => format!("{} from another place", wanted.name),
        Difference::Package(Some(wanted), None) => format!("no {}", wanted.name),
        Difference::Package(None, has) => {
            let has = has.map(|has| format!("{} {}", has.name, has.version));
            format!("also {}", has.unwrap_or_default())
        }
        Difference::Setting(key) => format!("`{key}`"),
    });
    let mut text = words.collect::<Vec<_>>().join("; ");
    if differing.len() > SHOWN {
        text = format!("{text}; {} more", differing.len() - SHOWN);
    }
    shown(&text).to_string()
}
