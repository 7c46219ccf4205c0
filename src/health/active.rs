//! Which programs the shell runs for `python` and `pip`, and why: `PATH`, aliases, functions, and
//! the shell's hash table.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::facts::environment_of_bin;
use super::{Examination, ShellReport, Symptom};
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::formats::conda_meta;
use crate::fs::{is_same, tidied};
use crate::interpreter;
use crate::programs;

const COMMANDS: [&str; 2] = ["python", "pip"];

/// What a program belongs to, judged by its directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProgramOwner {
    /// The active environment.
    Active,
    /// Another environment; its root.
    Environment(PathBuf),
    /// A shim: a script of this tool that chooses what to start.
    Shim(&'static str),
    /// conda; its prefix.
    Conda(PathBuf),
    /// The operating system.
    System,
    Other,
}

/// What the shell runs for a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResolvedCommand {
    pub(crate) command: &'static str,
    /// `alias` or `function`, if one of these decides before `PATH`.
    pub(crate) replaced: Option<&'static str>,
    /// The first file on `PATH`.
    pub(crate) path: Option<PathBuf>,
    pub(crate) owner: ProgramOwner,
}

/// What the shell runs for `python` and `pip`.
pub(crate) fn resolved_commands(examination: &Examination<'_>, report: Option<&ShellReport>) -> Vec<ResolvedCommand> {
    let context = examination.context;
    COMMANDS
        .into_iter()
        .map(|command| {
            let path = first(context, command);
            let owner = path.as_deref().map_or(ProgramOwner::Other, |path| owner(context, path));
            ResolvedCommand { command, replaced: replaced(report, command).map(|(by, _)| by), path, owner }
        })
        .collect()
}

pub(super) fn check(examination: &Examination<'_>, report: Option<&ShellReport>) -> Vec<(PathBuf, Symptom)> {
    let context = examination.context;
    let mut found = others_on_path(examination);
    let Some(root) = context.absolute(env_vars::VIRTUAL_ENV) else { return found };
    if !Environment::open(root).is_ok_and(|environment| environment.is_some()) {
        found.push((root.to_path_buf(), Symptom::ActiveMissing));
        return found;
    }
    let bin = root.join("bin");
    if path_entries(context).iter().any(|entry| is_same(entry, &bin)) {
        found.extend(COMMANDS.into_iter().filter_map(|command| in_the_way(context, report, &bin, command)));
    } else {
        found.push((bin, Symptom::ActiveNotOnPath));
    }
    for (variable, symptom) in [("PYTHONHOME", Symptom::PythonHome), ("PYTHONPATH", Symptom::PythonPath)] {
        found.extend(context.variable(variable).map(|value| (PathBuf::from(value), symptom)));
    }
    found
}

/// What runs instead of the environment's own program.
fn in_the_way(
    context: &Context,
    report: Option<&ShellReport>,
    bin: &Path,
    command: &'static str,
) -> Option<(PathBuf, Symptom)> {
    let own = bin.join(command);
    let is_own = |file: &Path| file.parent().is_some_and(|parent| is_same(parent, bin));
    match replaced(report, command) {
        Some(("alias", text)) => {
            // `python3`, with or without options, is the environment's as well.
            let word = text.to_str().and_then(|text| text.split_whitespace().next()).unwrap_or_default();
            let runs_own = !word.contains('/') && first(context, word).is_some_and(|file| is_own(&file));
            return (!runs_own).then_some((own, Symptom::Alias { command, text }));
        }
        Some(_) => return Some((own, Symptom::Function { command })),
        None => {}
    }
    let first = first(context, command)?;
    if let Some(remembered) = report.and_then(|report| report.text(command, "hashed")).map(PathBuf::from) {
        // Directories, not files: the `python` of every environment links to a file elsewhere.
        let is_first = match (remembered.parent(), first.parent()) {
            (Some(one), Some(other)) => is_same(one, other),
            _ => false,
        };
        if !is_first && remembered.is_absolute() {
            return Some((own, Symptom::StaleHash { command, remembered }));
        }
    }
    if is_own(&first) {
        return None;
    }
    let owner = owner(context, &first);
    let symptom = if fs::metadata(&own).is_ok() {
        Symptom::Shadowed { command, by: first, owner }
    } else {
        Symptom::NotInActive { command, by: first, owner }
    };
    Some((own, symptom))
}

fn replaced(report: Option<&ShellReport>, command: &str) -> Option<(&'static str, OsString)> {
    ["alias", "function"].into_iter().find_map(|kind| Some((kind, report?.text(command, kind)?.to_owned())))
}

/// Environments of the store that are on `PATH` without being active.
fn others_on_path(examination: &Examination<'_>) -> Vec<(PathBuf, Symptom)> {
    let active = examination.context.absolute(env_vars::VIRTUAL_ENV);
    let mut found: Vec<(PathBuf, Symptom)> = Vec::new();
    for entry in path_entries(examination.context) {
        let Some(root) = environment_of_bin(&entry) else { continue };
        let is_ours = root.parent().is_some_and(|parent| is_same(parent, examination.home.path()));
        let is_active = active.is_some_and(|active| is_same(active, root));
        if is_ours && !is_active && !found.iter().any(|(other, _)| *other == entry) {
            let root = root.to_path_buf();
            found.push((entry, Symptom::OtherOnPath { root }));
        }
    }
    found
}

fn path_entries(context: &Context) -> Vec<PathBuf> {
    let path = context.variable(env_vars::PATH).map(OsStrExt::as_bytes).unwrap_or_default();
    let entries = path.split(|byte| *byte == b':').filter(|entry| entry.starts_with(b"/"));
    entries.map(|entry| tidied(Path::new(std::ffi::OsStr::from_bytes(entry)))).collect()
}

/// The first file of that name on `PATH`.
fn first(context: &Context, command: &str) -> Option<PathBuf> {
    let directory = context.working_directory().unwrap_or_else(|_| PathBuf::from("/"));
    let path = context.variable(env_vars::PATH)?;
    programs::along(path, command.as_ref(), &directory).next().map(|path| tidied(&path))
}

fn owner(context: &Context, file: &Path) -> ProgramOwner {
    let Some(directory) = file.parent() else { return ProgramOwner::Other };
    let active = context.absolute(env_vars::VIRTUAL_ENV);
    if active.is_some_and(|active| is_same(&active.join("bin"), directory)) {
        return ProgramOwner::Active;
    }
    if let Some(tool) = interpreter::shim_tool(context, file) {
        return ProgramOwner::Shim(tool);
    }
    if let Some(root) = environment_of_bin(directory) {
        return ProgramOwner::Environment(root.to_path_buf());
    }
    let prefix = directory.parent().unwrap_or(directory);
    if conda_meta::is_in(prefix) {
        return ProgramOwner::Conda(prefix.to_path_buf());
    }
    let system = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/opt/homebrew/bin"];
    if system.iter().any(|system| directory == Path::new(system)) { ProgramOwner::System } else { ProgramOwner::Other }
}
