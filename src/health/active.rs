//! Why this `python` and this `pip` run: the way along `PATH`, and what a shell puts before it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Examination, Told, What, environment_of_bin};
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::fs::{is_same, tidied};

/// What is looked at.
const COMMANDS: [&str; 2] = ["python", "pip"];

/// Whose a program is, by the directory it lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Maker {
    /// The active environment's.
    Active,
    /// Another environment's, by its root.
    Environment(PathBuf),
    /// A shim of this tool: a script that decides which one to start.
    Shim(&'static str),
    /// conda's, by its prefix.
    Conda(PathBuf),
    /// The system's.
    System,
    /// None of these.
    Other,
}

/// What a command runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answering {
    /// The command.
    pub(crate) command: &'static str,
    /// An alias or a function that comes before `PATH`.
    pub(crate) replaced: Option<&'static str>,
    /// The first file on `PATH`.
    pub(crate) path: Option<PathBuf>,
    /// Whose that is.
    pub(crate) maker: Maker,
}

/// What `python` and `pip` run.
pub(crate) fn answering(examination: &Examination<'_>, told: Option<&Told>) -> Vec<Answering> {
    let context = examination.context;
    COMMANDS
        .into_iter()
        .map(|command| {
            let path = first(context, command);
            let maker = path.as_deref().map_or(Maker::Other, |path| maker(context, path));
            Answering { command, replaced: replaced(told, command).map(|(by, _)| by), path, maker }
        })
        .collect()
}

pub(super) fn check(examination: &Examination<'_>, told: Option<&Told>) -> Vec<(PathBuf, What)> {
    let context = examination.context;
    let mut found = others_on_path(examination);
    let Some(root) = context.absolute(env_vars::VIRTUAL_ENV) else { return found };
    if !Environment::open(root).is_ok_and(|environment| environment.is_some()) {
        found.push((root.to_path_buf(), What::ActiveGone));
        return found;
    }
    let bin = root.join("bin");
    if path_entries(context).iter().any(|entry| is_same(entry, &bin)) {
        found.extend(COMMANDS.into_iter().filter_map(|command| in_the_way(context, told, &bin, command)));
    } else {
        found.push((bin, What::ActiveNotOnPath));
    }
    for (variable, what) in [("PYTHONHOME", What::PythonHome), ("PYTHONPATH", What::PythonPath)] {
        found.extend(context.variable(variable).map(|value| (PathBuf::from(value), what)));
    }
    found
}

/// What runs in place of the environment's own program.
fn in_the_way(context: &Context, told: Option<&Told>, bin: &Path, command: &'static str) -> Option<(PathBuf, What)> {
    let own = bin.join(command);
    let is_own = |file: &Path| file.parent().is_some_and(|parent| is_same(parent, bin));
    match replaced(told, command) {
        Some(("alias", text)) => {
            // `python3`, with options or without: the environment has that one, too.
            let word = text.to_str().and_then(|text| text.split_whitespace().next()).unwrap_or_default();
            let runs_own = !word.contains('/') && first(context, word).is_some_and(|file| is_own(&file));
            return (!runs_own).then_some((own, What::Alias { command, text }));
        }
        Some(_) => return Some((own, What::Function { command })),
        None => {}
    }
    let first = first(context, command)?;
    if let Some(remembered) = told.and_then(|told| told.text(command, "hashed")).map(PathBuf::from) {
        // Not by the file: every python of an environment is a link to one that lies elsewhere.
        let is_first = match (remembered.parent(), first.parent()) {
            (Some(one), Some(other)) => is_same(one, other),
            _ => false,
        };
        if !is_first && remembered.is_absolute() {
            return Some((own, What::StaleHash { command, remembered }));
        }
    }
    if is_own(&first) {
        return None;
    }
    let maker = maker(context, &first);
    let what = if fs::metadata(&own).is_ok() {
        What::Shadowed { command, by: first, maker }
    } else {
        What::NotOfActive { command, by: first, maker }
    };
    Some((own, what))
}

fn replaced(told: Option<&Told>, command: &str) -> Option<(&'static str, OsString)> {
    ["alias", "function"].into_iter().find_map(|kind| Some((kind, told?.text(command, kind)?.to_owned())))
}

/// Environments of the store whose `bin` is on `PATH`, other than the active one.
fn others_on_path(examination: &Examination<'_>) -> Vec<(PathBuf, What)> {
    let active = examination.context.absolute(env_vars::VIRTUAL_ENV);
    let mut found: Vec<(PathBuf, What)> = Vec::new();
    for entry in path_entries(examination.context) {
        let Some(root) = environment_of_bin(&entry) else { continue };
        let is_ours = root.parent().is_some_and(|parent| is_same(parent, examination.home.path()));
        let is_active = active.is_some_and(|active| is_same(active, root));
        if is_ours && !is_active && !found.iter().any(|(other, _)| *other == entry) {
            let root = root.to_path_buf();
            found.push((entry, What::OtherOnPath { root }));
        }
    }
    found
}

fn path_entries(context: &Context) -> Vec<PathBuf> {
    let path = context.variable(env_vars::PATH).map(OsStrExt::as_bytes).unwrap_or_default();
    let entries = path.split(|byte| *byte == b':').filter(|entry| entry.starts_with(b"/"));
    entries.map(|entry| tidied(Path::new(std::ffi::OsStr::from_bytes(entry)))).collect()
}

/// The file that a command runs, as a shell finds it.
fn first(context: &Context, command: &str) -> Option<PathBuf> {
    let directory = context.working_directory().unwrap_or_else(|_| PathBuf::from("/"));
    let path = context.variable(env_vars::PATH)?;
    which::which_in(command, Some(path), directory).ok().map(|path| tidied(&path))
}

/// Whose a file on `PATH` is.
fn maker(context: &Context, file: &Path) -> Maker {
    let Some(directory) = file.parent() else { return Maker::Other };
    let active = context.absolute(env_vars::VIRTUAL_ENV);
    if active.is_some_and(|active| is_same(&active.join("bin"), directory)) {
        return Maker::Active;
    }
    if let Some(tool) = shims(context).into_iter().find(|(_, shims)| is_same(shims, directory)) {
        return Maker::Shim(tool.0);
    }
    if let Some(root) = environment_of_bin(directory) {
        return Maker::Environment(root.to_path_buf());
    }
    let prefix = directory.parent().unwrap_or(directory);
    if fs::metadata(prefix.join("conda-meta")).is_ok_and(|entry| entry.is_dir()) {
        return Maker::Conda(prefix.to_path_buf());
    }
    let system = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/opt/homebrew/bin"];
    if system.iter().any(|system| directory == Path::new(system)) { Maker::System } else { Maker::Other }
}

/// Where the tools that choose a version keep their shims.
fn shims(context: &Context) -> Vec<(&'static str, PathBuf)> {
    let home = context.home();
    let place = |variable: &str, default: &str| {
        let named = context.absolute(variable).map(Path::to_path_buf);
        named.or_else(|| Some(home?.join(default))).map(|root| root.join("shims"))
    };
    let tools = [
        ("pyenv", place(env_vars::PYENV_ROOT, ".pyenv")),
        ("asdf", place("ASDF_DATA_DIR", ".asdf")),
        ("mise", place("MISE_DATA_DIR", ".local/share/mise")),
    ];
    tools.into_iter().filter_map(|(tool, shims)| Some((tool, shims?))).collect()
}
