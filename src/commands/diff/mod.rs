//! `diff`: how an environment differs from another, from a recipe, or from the files of a project.
//!
//! Owns the rows of the comparison and their output; `other` finds what to compare with.

use std::ffi::OsString;
use std::path::Path;

use clap::Parser;
use serde::Serialize;

use super::json::{self, Named};
use super::{Outcome, Session, Verb, workon};
use crate::environment::Environment;
use crate::error::Result;
use crate::output::{self, Column, Table};
use crate::recipe::listed::Listing;
use crate::recipe::{self, Difference, Package, Recipe};
use crate::shown::shown;
use crate::versions::Version;
use crate::workon_home::WorkonHome;

mod other;

use other::{Other, of_project, other_named};

/// Compare an environment with another or with a file
///
/// Compares Python (without the patch release), packages, and settings: prompt, project, note,
/// added paths, hooks, and system packages. A recipe of `venvwrap export` is compared in the same
/// way. A requirements file, pyproject.toml, pylock.toml, or Pipfile.lock is compared by its
/// packages; markers are not evaluated, so a package with a marker is never missing. Without OTHER,
/// the linked project's own file counts.
///
/// The status is 0 if there is no difference, and 1 if there is one. No Python is started.
#[derive(Debug, Parser)]
#[command(
    name = "diff",
    after_help = "\
Examples:
  venvwrap diff                         has the active environment drifted from its project?
  venvwrap diff projectx                the same for projectx
  venvwrap diff projectx other          compare two environments
  venvwrap diff . pylock.toml           compare the current project's environment with a lock
  venvwrap diff projectx envs.toml      compare with its recipe in a file of `venvwrap export`
  venvwrap diff --packages a b          compare Python and packages, not settings"
)]
pub(crate) struct Diff {
    /// Name of the environment, `.` for the current project; by default the active one
    #[arg(value_name = "ENVIRONMENT")]
    name: Option<OsString>,
    /// Another environment, or a file; by default the file of the linked project
    #[arg(value_name = "ENVIRONMENT|FILE", value_hint = clap::ValueHint::FilePath)]
    other: Option<OsString>,
    /// Compare Python and packages only
    #[arg(short, long)]
    packages: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One difference. `None` means absent.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) first: Option<String>,
    pub(super) second: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    environment: Named,
    other: String,
    differences: &'a [Row],
}

const COLUMNS: &[Column] =
    &[Column::text("kind"), Column::text("name"), Column::shrinking("first"), Column::shrinking("second")];

impl Verb for Diff {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environment = match &self.name {
            Some(name) => workon::environment(session, &home, name)?,
            None => session.active()?,
        };
        let (other, named) = match &self.other {
            Some(word) => other_named(session, &home, &environment, word)?,
            None => of_project(session, &environment)?,
        };
        let ours = read(session, &environment)?;
        let mut rows = match &other {
            Other::Recipe(theirs) => between(&ours, theirs),
            Other::Listing(listing) => from_listing(&ours, listing, session.context.home()),
        };
        rows.retain(|row| !self.packages || row.kind != "setting");
        if self.json {
            let document = Document { environment: Named::of(&environment), other: named, differences: &rows };
            output::data(&json::document(&document)?)?;
        } else if rows.is_empty() {
            let name = shown(environment.name());
            let packages = match &other {
                Other::Recipe(_) => ours.packages.len(),
                Other::Listing(listing) => listing.len(),
            };
            let plural = if packages == 1 { "" } else { "s" };
            let packages = format!("{packages} package{plural} compared");
            output::note(&format!("No difference between `{name}` and {}: {packages}", shown(&named)));
        } else {
            let mut table = Table::new(COLUMNS);
            let cell =
                |value: &Option<String>| value.as_ref().map_or_else(|| "-".to_owned(), |text| shown(text).to_string());
            for row in &rows {
                table.push([row.kind.to_owned(), shown(&row.name).to_string(), cell(&row.first), cell(&row.second)]);
            }
            output::data(table.text().as_bytes())?;
        }
        Ok(Outcome::Status(u8::from(!rows.is_empty())))
    }
}

/// The recipe of an environment. What a recipe cannot describe is reported.
fn read(session: &Session<'_>, environment: &Environment) -> Result<Recipe> {
    let mut faults = Vec::new();
    let recipe = recipe::read_with_faults(environment, session.context, &mut faults)?;
    for fault in faults {
        output::note(&format!("environment `{}`: {fault}", shown(environment.name())));
    }
    Ok(recipe)
}

pub(super) fn between(ours: &Recipe, theirs: &Recipe) -> Vec<Row> {
    let row = |difference| match difference {
        Difference::Python(..) => {
            Row { kind: "python", name: "python".to_owned(), first: Some(python(ours)), second: Some(python(theirs)) }
        }
        Difference::Package(first, second) => {
            let name = first.or(second).map(Package::normalized).unwrap_or_default();
            let (mut first, mut second) = (first.map(described), second.map(described));
            if first == second {
                // Only the archives differ.
                let hash = |recipe: &Recipe| recipe.package(&name).and_then(|package| package.hash.clone());
                (first, second) = (hash(ours), hash(theirs));
            }
            Row { kind: "package", name, first, second }
        }
        Difference::Setting(key) => {
            let (first, mut second) = (setting(ours, key), setting(theirs, key));
            if first == second {
                // Hooks are named, and those of one name differ in their content.
                second = second.map(|second| format!("{second} (other content)"));
            }
            Row { kind: "setting", name: key.to_owned(), first, second }
        }
    };
    recipe::differences(ours, theirs).into_iter().map(row).collect()
}

fn from_listing(ours: &Recipe, listing: &Listing, home: Option<&Path>) -> Vec<Row> {
    let version = ours.python_version.as_deref().and_then(Version::parse);
    let unfit = listing.python.as_ref().zip(version).filter(|(wanted, version)| !wanted.contain(version));
    let python = unfit.map(|(wanted, _)| Row {
        kind: "python",
        name: "python".to_owned(),
        first: Some(python(ours)),
        second: Some(wanted.to_string()),
    });
    let packages = listing.drift(&ours.packages, home).into_iter().map(|drift| Row {
        kind: "package",
        name: drift.name,
        first: drift.installed.map(described),
        second: drift.wanted,
    });
    python.into_iter().chain(packages).collect()
}

/// Implementation and exact version.
fn python(recipe: &Recipe) -> String {
    match &recipe.python_version {
        Some(version) if recipe.python.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("{version}{}", if recipe.python.ends_with('t') { "t" } else { "" })
        }
        _ => recipe.python.clone(),
    }
}

/// The version of a package, and where it came from if that is no index.
fn described(package: &Package) -> String {
    let editable = if package.editable { "editable " } else { "" };
    let commit = package.commit.as_ref().map(|commit| format!("@{commit}")).unwrap_or_default();
    match package.origin() {
        Some(origin) => format!("{} ({editable}{origin}{commit})", package.version),
        None => package.version.clone(),
    }
}

/// A setting, by its key in the file of a recipe.
fn setting(recipe: &Recipe, key: &str) -> Option<String> {
    let list = |values: Vec<&str>| (!values.is_empty()).then(|| values.join(", "));
    match key {
        "python-request" => recipe.python_request.clone(),
        "prompt" => recipe.prompt.clone(),
        "project" => recipe.project.clone(),
        "note" => recipe.note.clone(),
        "system-site-packages" => Some(recipe.system_site_packages.to_string()),
        "uv" => Some(recipe.uv.to_string()),
        "extra-paths" => list(recipe.extra_paths.iter().map(String::as_str).collect()),
        "path" => list(recipe.path.iter().map(String::as_str).collect()),
        "variables" => {
            let variables: Vec<String> =
                recipe.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
            list(variables.iter().map(String::as_str).collect())
        }
        _ => list(recipe.hooks.iter().map(|hook| hook.name.as_str()).collect()),
    }
}
