//! `export`: the recipe of an environment, or of all, as a file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

use super::{Outcome, Session, Verb, freeze, workon};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result};
use crate::fs::{read_prefix, write_whole};
use crate::output;
use crate::recipe::file::{self, MARK};
use crate::recipe::{self, Recipe};
use crate::shown::{operands, shown};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Write environments to a file for `venvwrap import`
///
/// A recipe holds the Python, every package with its version and origin, and the settings: prompt,
/// project, hooks, added paths. It is read from disk; no Python is started. Paths below the home
/// directory begin with `~/`, so that a recipe fits another machine.
#[derive(Debug, Parser)]
#[command(
    name = "export",
    after_help = "\
Examples:
  venvwrap export                          print the recipe of the active environment
  venvwrap export projectx -o px.toml      write it to a file
  venvwrap export --all -o envs.toml       all environments in one file, for another machine
  venvwrap export . --format requirements  exact versions, for pip install -r
  venvwrap export . --format pylock        a lock file with hashes, made by uv or pip

`venvwrap import FILE` builds the environments; docs/recipe.md describes the file."
)]
pub(crate) struct Export {
    /// Name of the environment, `.` for the current project; by default the active one
    #[arg(value_name = "ENVIRONMENT")]
    name: Option<OsString>,
    /// Export every environment of WORKON_HOME
    #[arg(long, conflicts_with_all = ["name", "format"])]
    all: bool,
    /// File to write; by default, and with `-`, standard output. A file that export wrote is
    /// replaced; any other only with --force
    #[arg(short, long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Replace FILE even if export did not write it
    #[arg(short, long, requires = "output")]
    force: bool,
    /// What to write
    #[arg(long, value_enum, default_value = "toml", hide_default_value = true)]
    format: Format,
}

/// The form of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A recipe: everything that `import` needs
    Toml,
    /// A requirements file
    Requirements,
    /// A lock file (PEP 751)
    Pylock,
}

impl Verb for Export {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let file = self.output.as_deref().filter(|file| *file != Path::new("-"));
        let file = file.map(|file| session.context.absolute_path(file)).transpose()?;
        if let Some(file) = &file {
            check_is_replaceable(session, file, self.force)?;
        }
        let home = WorkonHome::locate(session.context)?;
        let (text, what, status) = if self.all {
            let (recipes, status) = all(session, &home)?;
            (file::written(&recipes), count(recipes.len()), status)
        } else {
            let environment = match &self.name {
                Some(name) => workon::environment(session, &home, name)?,
                None => session.active()?,
            };
            (self.one(session, &environment)?, format!("`{}`", shown(environment.label())), 0)
        };
        let Some(file) = file else {
            output::data(&super::legible(text.as_bytes()))?;
            return Ok(Outcome::Status(status));
        };
        write_whole(&file, text.as_bytes())?;
        output::note(&format!("Exported {what} to {}", session.shown(&file)));
        Ok(Outcome::Status(status))
    }
}

impl Export {
    fn one(&self, session: &Session<'_>, environment: &Environment) -> Result<String> {
        if environment.origin() == Origin::Conda {
            return Err(elsewhere_only(environment));
        }
        match self.format {
            Format::Toml => Ok(file::written(&[recipe::read(environment, session.context)?])),
            Format::Requirements => requirements(session, environment),
            Format::Pylock => Ok(format!("{MARK}\n{}", freeze::lock_file(session, environment)?)),
        }
    }
}

fn elsewhere_only(environment: &Environment) -> Error {
    let name = shown(environment.name());
    Error::Recipe {
        what: format!("environment `{name}`"),
        reason: "conda keeps it, and a recipe cannot describe packages of conda".to_owned(),
        hint: format!("`conda env export -p {}` describes it", operands(&[environment.root().as_os_str()])),
    }
}

/// The recipes of all environments, by name; what cannot be described is reported. The status to
/// end with.
fn all(session: &Session<'_>, home: &WorkonHome) -> Result<(Vec<Recipe>, u8)> {
    let (mut recipes, mut status) = (Vec::new(), 0);
    for name in home.names()? {
        let environment = EnvironmentName::existing(&name).and_then(|name| home.get(&name));
        match environment.and_then(|environment| recipe::read(&environment, session.context)) {
            Ok(recipe) => recipes.push(recipe),
            Err(error) => {
                output::report(&error);
                output::note(&format!("`{}` was not exported", shown(&name)));
                status = 1;
            }
        }
    }
    Ok((recipes, status))
}

fn count(environments: usize) -> String {
    if environments == 1 { "1 environment".to_owned() } else { format!("{environments} environments") }
}

/// Exact versions, and addresses of what came from no index. pip itself is left out, as `pip
/// freeze` does.
fn requirements(session: &Session<'_>, environment: &Environment) -> Result<String> {
    let recipe = recipe::read(environment, session.context)?;
    let mut text = format!("{MARK}\n");
    for package in recipe.packages.iter().filter(|package| package.normalized() != "pip") {
        let line = package.requirement(session.context.home())?;
        text.push_str(if package.editable { "-e " } else { "" });
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// Fails for a file that `export` did not write: it may be all that somebody has. `is_forced`: only
/// for what is no file.
fn check_is_replaceable(session: &Session<'_>, file: &Path, is_forced: bool) -> Result<()> {
    let (reason, hint) = match std::fs::symlink_metadata(file) {
        Err(_) => return Ok(()),
        Ok(entry) if !entry.is_file() => ("it exists and is not a regular file", "name another file"),
        Ok(_) if is_forced => return Ok(()),
        Ok(_) => {
            let start = read_prefix(file, MARK.len() as u64).map_err(Error::io("read", file))?.unwrap_or_default();
            if start == MARK.as_bytes() || start.is_empty() {
                return Ok(());
            }
            ("it exists, and `export` did not write it", "name another file, or add `--force` to replace it")
        }
    };
    Err(Error::Recipe { what: session.shown(file), reason: reason.to_owned(), hint: hint.to_owned() })
}
