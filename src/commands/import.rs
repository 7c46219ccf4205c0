//! `import`: the environments that a recipe describes.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::creation::{FromRecipe, created_otherwise, python_of, recipes_in, refuse_other, say_hooks};
use super::{Outcome, Session, Verb, abandoned};
use crate::context::{Context, HeldSignals};
use crate::error::{Error, Result};
use crate::interpreter::{self, Interpreter};
use crate::output::{self, Column, Progress, Table};
use crate::recipe::{Recipe, located};
use crate::shown::{operands, shown, typed};
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Create the environments in a file of `export`
///
/// The plan is shown first. An environment that exists with the same packages is skipped; one with
/// other packages is refused. Each environment appears whole or not at all, and the failure of one
/// does not stop the others. In the end each is compared with the recipe; the status is 1 if any
/// failed or differs.
#[derive(Debug, Parser)]
#[command(
    name = "import",
    after_help = "\
Examples:
  venvwrap import envs.toml              create everything that the file describes
  venvwrap import envs.toml api web      only these two
  venvwrap import envs.toml --dry-run    show the plan and change nothing
  venvwrap import envs.toml --hooks      show the hooks and write them, too
  ssh host venvwrap export --all | venvwrap import -

`mkvirtualenv --from FILE NAME` creates one environment and activates it."
)]
pub(crate) struct Import {
    /// File to read; `-` for standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
    /// Names of environments in the file; by default all
    #[arg(id = "names-in-recipe", value_name = "NAME")]
    names: Vec<OsString>,
    /// Show the plan and change nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Also write the hooks, which your shell will run
    #[arg(long)]
    hooks: bool,
}

/// What is done about one environment.
enum Step {
    Create(Box<Interpreter>),
    /// It exists, and is equal.
    Skip,
    Refuse(Error),
}

const COLUMNS: &[Column] =
    &[Column::shrinking("name"), Column::text("python"), Column::number("packages"), Column::text("action")];

impl Verb for Import {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let recipes = self.chosen(recipes_in(session, &self.file)?)?;
        let home = WorkonHome::locate(session.context)?;
        if !self.dry_run {
            abandoned::remove(session, &home);
        }
        let steps: Vec<(&Recipe, Step)> =
            recipes.iter().map(|recipe| (recipe, self.step(session, &home, recipe))).collect();
        show(&steps)?;
        let mut status = 0;
        for (_, step) in &steps {
            if let Step::Refuse(error) = step {
                output::report(error);
                status = 1;
            }
        }
        for (recipe, _) in steps.iter().filter(|(_, step)| matches!(step, Step::Create(_))) {
            self.show_origins(session, recipe);
        }
        if self.dry_run {
            output::note("Nothing was changed");
            return Ok(Outcome::Status(status));
        }
        let to_create = steps.iter().filter_map(|(recipe, step)| match step {
            Step::Create(interpreter) => Some((*recipe, &**interpreter)),
            _ => None,
        });
        let to_create: Vec<_> = to_create.collect();
        if !to_create.is_empty() {
            session.workon_home()?;
        }
        // Ctrl-C ends an installer; what is being created here is finished first.
        let _held = HeldSignals::hold_interrupt();
        for (number, (recipe, interpreter)) in to_create.iter().enumerate() {
            let progress =
                Progress::start(format!("Creating {} ({} of {})", shown(&recipe.name), number + 1, to_create.len()));
            let created = self.create(session, &home, recipe, interpreter);
            drop(progress);
            if let Err(error) = created {
                output::report(&error.in_store(home.path()));
                status = 1;
            }
            if Context::was_interrupted() {
                let left: Vec<&str> = to_create[number + 1..].iter().map(|(recipe, _)| recipe.name.as_str()).collect();
                if !left.is_empty() {
                    output::note(&format!("Interrupted; not created: {}", shown(&left.join(", "))));
                }
                return Ok(Outcome::Status(130));
            }
        }
        Ok(Outcome::Status(status))
    }
}

impl Import {
    /// The recipes that are asked for, in the order of the file.
    fn chosen(&self, recipes: Vec<Recipe>) -> Result<Vec<Recipe>> {
        let is_there = |name: &&OsString| recipes.iter().any(|recipe| **name == recipe.name.as_str());
        if let Some(missing) = self.names.iter().find(|name| !is_there(name)) {
            let names: Vec<&str> = recipes.iter().map(|recipe| recipe.name.as_str()).collect();
            return Err(Error::Recipe {
                what: shown(&self.file).to_string(),
                reason: format!("it describes no environment `{}`", shown(missing)),
                hint: format!("it has {}", shown(&names.join(", "))),
            });
        }
        let is_asked =
            |recipe: &Recipe| self.names.is_empty() || self.names.iter().any(|name| name == recipe.name.as_str());
        Ok(recipes.into_iter().filter(is_asked).collect())
    }

    fn step(&self, session: &Session<'_>, home: &WorkonHome, recipe: &Recipe) -> Step {
        let step = || {
            let name = EnvironmentName::new(OsStr::new(&recipe.name))?;
            if let Some(existing) = home.find(&name)? {
                return refuse_other(session, &existing, recipe).map(|()| Step::Skip);
            }
            let interpreter = found(session, recipe, &self.file)?;
            self.source(session, home, &name, recipe, &interpreter).check()?;
            Ok(Step::Create(Box::new(interpreter)))
        };
        step().unwrap_or_else(|error| Step::Refuse(error.in_store(home.path())))
    }

    fn source<'a>(
        &self,
        session: &'a Session<'_>,
        home: &'a WorkonHome,
        name: &'a EnvironmentName,
        recipe: &'a Recipe,
        interpreter: &'a Interpreter,
    ) -> FromRecipe<'a> {
        let requested = recipe.python_request.as_deref().map(OsStr::new);
        FromRecipe { session, home, name, recipe, interpreter, requested, with_hooks: self.hooks }
    }

    fn create(
        &self,
        session: &Session<'_>,
        home: &WorkonHome,
        recipe: &Recipe,
        interpreter: &Interpreter,
    ) -> Result<()> {
        let name = EnvironmentName::new(OsStr::new(&recipe.name))?;
        let (_, differing) = self.source(session, home, &name, recipe, interpreter).publish(0)?;
        match differing {
            None => Ok(()),
            Some(differing) => Err(created_otherwise(recipe, &differing)),
        }
    }

    /// Reports the packages that do not come from an index, missing directories, and the hooks
    /// (with their text if they will be written).
    fn show_origins(&self, session: &Session<'_>, recipe: &Recipe) {
        let name = shown(&recipe.name);
        for package in &recipe.packages {
            if let Some(origin) = package.origin() {
                output::note(&format!("{name}: {} comes from {}", package.name, shown(origin)));
            }
        }
        let home = session.context.home();
        for directory in &recipe.path {
            output::note(&format!("{name}: {} comes into PATH", shown(directory)));
        }
        for (key, value) in &recipe.variables {
            output::note(&format!("{name}: sets {key}={}", shown(value)));
        }
        for path in recipe.project.iter().chain(&recipe.extra_paths).chain(&recipe.path) {
            if located(path, home).is_ok_and(|place| !place.is_dir()) {
                output::note(&format!("{name}: {} does not exist here yet", shown(path)));
            }
        }
        if !self.hooks {
            say_hooks(recipe);
            return;
        }
        for hook in &recipe.hooks {
            let mut text = format!("{name}: hook {}:", hook.name);
            for line in hook.text.lines() {
                let _ = write!(text, "\n    {}", shown(line));
            }
            output::note(&text);
        }
    }
}

/// The Python of a recipe. The error names the environment, and the command that creates it with
/// another Python.
fn found(session: &Session<'_>, recipe: &Recipe, file: &Path) -> Result<Interpreter> {
    python_of(session, recipe).map_err(|error| match error {
        Error::PythonNotFound { request, .. } => {
            let mut ways = interpreter::ways(session.context, Some(&request), false);
            let file = if file == Path::new("-") { Path::new("FILE") } else { file };
            let python = recipe.python_request.as_deref().map(OsStr::new);
            let python = python.filter(|request| interpreter::find(session.context, Some(request)).is_ok());
            ways.push(format!(
                "`{} --from {} -p {} {}` creates it with another Python",
                verb("mkvirtualenv"),
                typed(file),
                typed(python.unwrap_or(OsStr::new("default"))),
                operands(&[&recipe.name])
            ));
            Error::Recipe {
                what: format!("environment `{}`", shown(&recipe.name)),
                reason: format!("no Python {} is installed", shown(&request)),
                hint: ways.join("\n"),
            }
        }
        other => other,
    })
}

fn show(steps: &[(&Recipe, Step)]) -> Result<()> {
    let mut table = Table::new(COLUMNS);
    for (recipe, step) in steps {
        let action = match step {
            Step::Create(_) => "create",
            Step::Skip => "skip: it exists",
            Step::Refuse(_) => "refused",
        };
        let python = match step {
            Step::Create(interpreter) => interpreter.version.to_string(),
            _ => recipe.python.clone(),
        };
        let packages = recipe.packages.len().to_string();
        table.push([shown(&recipe.name).to_string(), python, packages, action.to_owned()]);
    }
    if steps.is_empty() {
        output::note("The file describes no environments");
    }
    output::data(table.text().as_bytes())
}

/// The names in a file, for Tab.
pub(crate) fn names_in(session: &Session<'_>, file: &OsStr) -> Vec<OsString> {
    if file == "-" {
        return Vec::new();
    }
    let recipes = recipes_in(session, Path::new(file)).unwrap_or_default();
    recipes.into_iter().map(|recipe| recipe.name.into()).collect()
}
