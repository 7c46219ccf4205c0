//! The recipe of an environment: its Python, its packages, and its settings, as data.
//!
//! Owns reading a recipe from an environment on disk, without starting its Python, and comparing
//! two. `file` is the TOML form (docs/recipe.md), `package` one distribution, `installed` the
//! packages on disk, `marks` the REQUESTED files. Creating an environment from a recipe is left to
//! `commands::creation`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::activation::OwnVariables;
use crate::context::Context;
use crate::environment::path_extensions::PathExtensions;
use crate::environment::{BIN, Environment};
use crate::error::{Error, Result};
use crate::fs::read_small;
use crate::hooks::{DIALECTS, Event};
use crate::project;
use crate::shown::shown;
use crate::sorting;
use crate::workon_home::WorkonHome;

mod checkout;
pub(crate) mod file;
mod installed;
pub(crate) mod listed;
mod marks;
mod package;
#[cfg(test)]
mod tests;

pub(crate) use marks::mark_requested;
pub(crate) use package::Package;

/// Longest hook in a recipe.
const LONGEST_HOOK: u64 = 256 * 1024;

/// The description of an environment. Paths are absolute, or start with `~/`, so that a recipe
/// works on another machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Recipe {
    /// The name of the environment.
    pub(crate) name: String,
    /// Implementation and minor version, as `-p` takes it: `3.12`, `3.13t`, `pypy3.10`.
    pub(crate) python: String,
    /// The exact version of Python when the recipe was written.
    pub(crate) python_version: Option<String>,
    /// The versions that `-p` asked for, if it did: `3.12`, `>=3.11,<3.14`.
    pub(crate) python_request: Option<String>,
    /// Text for the prompt, if it was set.
    pub(crate) prompt: Option<String>,
    /// The directory of the linked project.
    pub(crate) project: Option<String>,
    /// What the user wrote about the environment.
    pub(crate) note: Option<String>,
    /// Whether it sees the packages of its base interpreter.
    #[serde(default)]
    pub(crate) system_site_packages: bool,
    /// Directories that `add2virtualenv` added, in the order of `sys.path`.
    #[serde(default)]
    pub(crate) extra_paths: Vec<String>,
    /// Directories that the user put into PATH, the first one first.
    #[serde(default)]
    pub(crate) path: Vec<String>,
    /// Variables that the user set.
    #[serde(default)]
    pub(crate) variables: BTreeMap<String, String>,
    /// Whether uv uses it in the linked project.
    #[serde(default)]
    pub(crate) uv: bool,
    /// Every distribution, by name.
    #[serde(default)]
    pub(crate) packages: Vec<Package>,
    /// Hooks of the environment that do something, by name.
    #[serde(default, rename = "hook")]
    pub(crate) hooks: Vec<HookText>,
}

/// A hook in the `bin` of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HookText {
    /// The file name.
    pub(crate) name: String,
    /// Whether it can be run as a program.
    #[serde(default)]
    pub(crate) executable: bool,
    pub(crate) text: String,
}

/// Reads the recipe of an environment from disk. Fails if the environment holds something that no
/// recipe can describe: a path that is not UTF-8, two versions of one distribution, an unreadable
/// file.
pub(crate) fn read(environment: &Environment, context: &Context) -> Result<Recipe> {
    let mut faults = Vec::new();
    let recipe = read_with_faults(environment, context, &mut faults)?;
    faults.into_iter().next().map_or(Ok(recipe), Err)
}

/// The same, but packages that no recipe can describe are only faults.
pub(crate) fn read_with_faults(
    environment: &Environment,
    context: &Context,
    faults: &mut Vec<Error>,
) -> Result<Recipe> {
    let mut recipe = read_on_this_machine(environment, context, faults)?;
    for package in &mut recipe.packages {
        installed::give_repository(package, environment, context.home());
    }
    Ok(recipe)
}

/// The same for use on this machine: a source that pip checked out into the environment is
/// described by its path there, with what was changed in it since.
pub(crate) fn read_in_place(environment: &Environment, context: &Context) -> Result<Recipe> {
    let mut faults = Vec::new();
    let recipe = read_on_this_machine(environment, context, &mut faults)?;
    faults.into_iter().next().map_or(Ok(recipe), Err)
}

fn read_on_this_machine(environment: &Environment, context: &Context, faults: &mut Vec<Error>) -> Result<Recipe> {
    let home = context.home();
    let directories = environment.package_directories()?;
    let site_packages = directories.first().map_or(Path::new(""), PathBuf::as_path);
    let extra_paths = PathExtensions::open(site_packages)?;
    let extra_paths = extra_paths.iter().flat_map(PathExtensions::directories);
    let project = project::linked(environment, context)?.filter(|project| project.is_absolute());
    let prompt = environment.cfg().and_then(|cfg| cfg.prompt());
    let of_store = store_of(environment, context);
    let OwnVariables { set: variables, path, uv } =
        of_store.as_ref().map(|home| home.variables(environment.name())).unwrap_or_default();
    let recipe = Recipe {
        name: text("the name of the environment", environment.label())?,
        python: python(environment, site_packages),
        python_version: environment.version(),
        python_request: python_request(environment),
        prompt: prompt.map(|prompt| text_of_bytes("the prompt", prompt)).transpose()?,
        project: project.map(|project| portable(&project, home)).transpose()?,
        note: of_store.as_ref().and_then(|home| home.note(environment.name())),
        system_site_packages: environment.sees_system_packages(),
        extra_paths: extra_paths.map(|path| portable(path, home)).collect::<Result<_>>()?,
        path: path.iter().map(|directory| portable(Path::new(directory), home)).collect::<Result<_>>()?,
        variables,
        uv,
        packages: installed::packages(&directories, home, faults)?,
        hooks: hooks(environment)?,
    };
    recipe.check()?;
    Ok(recipe)
}

/// The versions that were asked for. A path would mean nothing on another machine.
fn python_request(environment: &Environment) -> Option<String> {
    environment.requested_python()?.into_string().ok().filter(|request| is_request(request))
}

/// Whether a text can be a request for a version, rather than a path or a command.
fn is_request(text: &str) -> bool {
    let is_of_version = |letter: char| letter.is_ascii_alphanumeric() || "<>=!~^.,*+-_@ ".contains(letter);
    text.chars().all(is_of_version) && text.contains(|letter: char| letter.is_ascii_alphanumeric())
}

/// The store of an environment in WORKON_HOME; others have neither note nor variables.
fn store_of(environment: &Environment, context: &Context) -> Option<WorkonHome> {
    let home = WorkonHome::locate(context).ok()?;
    (environment.root().parent() == Some(home.path())).then_some(home)
}

impl Recipe {
    /// The package with this name (PEP 503).
    pub(crate) fn package(&self, normalized: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.normalized() == normalized)
    }
}

/// One difference between two recipes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference<'a> {
    /// Implementation or minor version of Python.
    Python(&'a str, &'a str),
    /// A package in only one recipe, or with another version or origin.
    Package(Option<&'a Package>, Option<&'a Package>),
    /// A setting, by its key in the file.
    Setting(&'static str),
}

impl Difference<'_> {
    /// Whether it changes what can be imported. Settings do not.
    pub(crate) fn is_about_packages(&self) -> bool {
        !matches!(self, Self::Setting(_))
    }
}

/// The differences between two recipes: Python, then packages by name, then settings. Names of
/// environments and patch versions of Python are not compared.
pub(crate) fn differences<'a>(one: &'a Recipe, other: &'a Recipe) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    if one.python != other.python {
        found.push(Difference::Python(&one.python, &other.python));
    }
    let mut names: Vec<String> = one.packages.iter().chain(&other.packages).map(Package::normalized).collect();
    sorting::sort(&mut names);
    names.dedup();
    for name in names {
        let (ours, theirs) = (one.package(&name), other.package(&name));
        if !ours.zip(theirs).is_some_and(|(ours, theirs)| ours.is_same(theirs)) {
            found.push(Difference::Package(ours, theirs));
        }
    }
    let settings = [
        ("python-request", one.python_request == other.python_request),
        ("prompt", one.prompt == other.prompt),
        ("project", one.project == other.project),
        ("note", one.note == other.note),
        ("system-site-packages", one.system_site_packages == other.system_site_packages),
        ("extra-paths", one.extra_paths == other.extra_paths),
        ("path", one.path == other.path),
        ("variables", one.variables == other.variables),
        ("uv", one.uv == other.uv),
        ("hook", one.hooks == other.hooks),
    ];
    found.extend(settings.into_iter().filter(|(_, is_same)| !is_same).map(|(key, _)| Difference::Setting(key)));
    found
}

/// The path on this machine for a path in a recipe. `home` replaces `~`.
pub(crate) fn located(path: &str, home: Option<&Path>) -> Result<PathBuf> {
    match (path.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => Ok(home.join(below)),
        (Some(_), None) => Err(Error::Malformed {
            what: shown(path).to_string(),
            reason: "HOME is not set, so `~` stands for nothing".to_owned(),
        }),
        (None, _) => Ok(PathBuf::from(path)),
    }
}

/// The path in a recipe for a path on this machine: below the home directory, with `~/`.
fn portable(path: &Path, home: Option<&Path>) -> Result<String> {
    match home.and_then(|home| path.strip_prefix(home).ok()).filter(|below| !below.as_os_str().is_empty()) {
        Some(below) => Ok(format!("~/{}", text("a path", below.as_os_str())?)),
        None => text("a path", path.as_os_str()),
    }
}

fn text(what: &str, value: &OsStr) -> Result<String> {
    value.to_str().map(str::to_owned).ok_or_else(|| Error::Recipe {
        what: format!("{what}, `{}`", shown(value)),
        reason: "it is not UTF-8, and a recipe is".to_owned(),
        hint: "rename it, then export again".to_owned(),
    })
}

fn text_of_bytes(what: &str, value: &[u8]) -> Result<String> {
    text(what, std::os::unix::ffi::OsStrExt::from_bytes(value))
}

/// Implementation and minor version: the directory of the library says both (`python3.13t`,
/// `pypy3.10`), in environments of every tool.
pub(crate) fn python(environment: &Environment, site_packages: &Path) -> String {
    let library = site_packages.parent().and_then(Path::file_name).and_then(OsStr::to_str).unwrap_or_default();
    if let Some(series) = library.strip_prefix("python").filter(|series| series.contains('.')) {
        return series.to_owned();
    }
    if library.starts_with("pypy") && library.contains('.') {
        return library.to_owned();
    }
    let version = environment.version().unwrap_or_default();
    let series = version.split('.').take(2).collect::<Vec<_>>().join(".");
    let is_pypy = environment.cfg().and_then(|cfg| cfg.get("implementation"));
    let is_pypy = is_pypy.is_some_and(|name| name.eq_ignore_ascii_case(b"pypy"));
    format!("{}{series}", if is_pypy { "pypy" } else { "" })
}

/// The names of an environment's own hooks.
fn hook_names() -> impl Iterator<Item = String> {
    Event::local().flat_map(|event| DIALECTS.map(|dialect| format!("{}{dialect}", event.name)))
}

/// The hooks that do something. A template, which has only comments, is left out.
fn hooks(environment: &Environment) -> Result<Vec<HookText>> {
    let mut found = Vec::new();
    for name in hook_names() {
        let file = environment.root().join(BIN).join(&name);
        let Some(content) = read_small(&file, LONGEST_HOOK).map_err(Error::io("read", &file))? else { continue };
        let does_something = |line: &[u8]| !line.trim_ascii().is_empty() && !line.trim_ascii().starts_with(b"#");
        if !content.split(|byte| *byte == b'\n').any(does_something) {
            continue;
        }
        let mode = fs::metadata(&file).map_err(Error::io("read", &file))?.permissions().mode();
        let wrong = |_| Error::Recipe {
            what: shown(&file).to_string(),
            reason: "it is not UTF-8, and a recipe is".to_owned(),
            hint: "convert that hook to UTF-8, then export again".to_owned(),
        };
        let text = String::from_utf8(content).map_err(wrong)?;
        found.push(HookText { name, executable: mode & 0o111 != 0, text });
    }
    sorting::sort_by(&mut found, |one, other| one.name.cmp(&other.name));
    Ok(found)
}
