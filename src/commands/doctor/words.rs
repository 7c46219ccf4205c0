//! One sentence for each symptom that `doctor` finds. `remedy` has the commands.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Finding, ResolvedCommand, Session, Subject, Symptom};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::fs::is_same;
use crate::health::{MetadataFile, ProgramOwner};
use crate::output;
use crate::shell::Shell;
use crate::shown::{shown, typed_path};
use crate::workon_home::WorkonHome;

/// A list of names shows this many and counts the rest.
const MANY: usize = 3;

/// Words findings for one user: which shell runs the commands, and how paths are abbreviated.
pub(super) struct Words<'a> {
    pub(super) session: &'a Session<'a>,
    /// The shell that commands are written for.
    pub(super) shell: Shell,
    pub(super) home: &'a WorkonHome,
}

impl Words<'_> {
    /// The second column: the name of an environment, or another subject in parentheses.
    pub(super) fn subject(finding: &Finding) -> String {
        match &finding.subject {
            Subject::Environment(name) => shown(name).to_string(),
            Subject::Store => "(store)".to_owned(),
            Subject::Jupyter => "(jupyter)".to_owned(),
            Subject::Setup => "(shell)".to_owned(),
            Subject::Active | Subject::Elsewhere => "(active)".to_owned(),
        }
    }

    /// A line that says what the shell runs for a command.
    pub(super) fn resolved(&self, resolved: &ResolvedCommand) -> String {
        let ResolvedCommand { command, replaced, path, owner } = resolved;
        let label = format!("{command}:");
        let program = match (replaced, path) {
            (Some(by), _) => format!("{} {by} of this shell", if by.starts_with('a') { "an" } else { "a" }),
            (None, Some(path)) => program(self.session, path, owner),
            (None, None) => "not on PATH".to_owned(),
        };
        format!("{label:<7} {program}\n")
    }

    /// The name of the active environment, if it is in the store.
    pub(super) fn active_name(&self) -> Option<&OsStr> {
        let root = self.session.active_root()?;
        is_same(self.home.path(), root.parent()?).then(|| root.file_name().unwrap_or_default())
    }

    /// A path as one word of a command.
    pub(super) fn typed(&self, path: &Path) -> String {
        typed_path(path, self.session.context.home())
    }

    pub(super) fn has_functions(&self) -> bool {
        self.session.shell.is_some()
    }
}

/// What a program belongs to, unless its path says so.
pub(super) fn owner_word(session: &Session<'_>, owner: &ProgramOwner) -> Option<String> {
    Some(match owner {
        ProgramOwner::Active => "the active environment's".to_owned(),
        ProgramOwner::Environment(root) => format!("of the environment {}", session.shown(root)),
        ProgramOwner::Shim(tool) => format!("a shim of {tool}"),
        ProgramOwner::Conda(prefix) => format!("conda's in {}", session.shown(prefix)),
        ProgramOwner::System => "the system's".to_owned(),
        ProgramOwner::Other => return None,
    })
}

fn program(session: &Session<'_>, path: &Path, owner: &ProgramOwner) -> String {
    let path = session.shown(path);
    owner_word(session, owner).map_or_else(|| path.clone(), |owner| format!("{path}, {owner}"))
}

/// What is wrong, in one sentence without a period.
#[allow(clippy::too_many_lines, reason = "an arm for each symptom")]
pub(in crate::commands) fn describe(session: &Session<'_>, path: &Path, symptom: &Symptom) -> String {
    let here = session.shown(path);
    let path = |path: &Path| session.shown(path);
    match symptom {
        Symptom::PythonMissing { python, .. } => format!("its Python is missing: {}", path(python)),
        Symptom::HomeMissing { home, .. } => format!("the directory of its base Python is missing: {}", path(home)),
        Symptom::PythonReplaced { python, series, .. } => {
            format!("its Python is now {}, but its packages are for {series}", path(python))
        }
        Symptom::NoCfg => "its pyvenv.cfg is missing, so packages would go into the Python it was made from".to_owned(),
        Symptom::PythonOutsideHome { python, home } => {
            format!("its Python, {}, is not in {}, where pyvenv.cfg says it is", path(python), path(home))
        }
        Symptom::Recreated => "another tool recreated it without what you set up in it".to_owned(),
        Symptom::UvWithoutProject => "uv is to use it in its project, but it is linked to none".to_owned(),
        Symptom::UvBesideDotVenv => format!("its project also has {here}, which uv uses while this one is not active"),
        Symptom::Moved { from, .. } => {
            format!("its scripts still point to {} (it was moved or copied by hand)", path(from))
        }
        Symptom::ScriptPythonMissing { scripts, python } => {
            format!("{} {}, which does not exist", starting(scripts), path(python))
        }
        Symptom::ScriptPythonElsewhere { scripts, python } => {
            format!("{} {}, the Python of another environment", starting(scripts), path(python))
        }
        Symptom::NoActivate { scripts } => format!("missing in its bin: {}", scripts.join(", ")),
        Symptom::ActivateEdited { lines } => {
            let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
            let lines = if lines.len() == 1 { "line" } else { "lines" };
            format!("`workon` ignores {lines} {} of {here}, added by hand", numbers.join(", "))
        }
        Symptom::Unreadable { .. } => format!("cannot read {here}"),
        Symptom::NotWritable { .. } => format!("cannot write to {here}, so nothing can be installed"),
        Symptom::NoSitePackages => format!("no site-packages in {here}"),
        Symptom::PipModuleMissing => "its pip is incomplete: only the metadata is left".to_owned(),
        Symptom::NoPip => "it was created with pip, which is missing now".to_owned(),
        Symptom::PipOfOtherPython => "it has no pip, so `pip` is another Python's".to_owned(),
        Symptom::NoPipCommand => "it has pip but no `pip` command, so `pip` is another Python's".to_owned(),
        Symptom::MetadataIncomplete { missing: MetadataFile::Metadata, names } => {
            format!("no METADATA in {}: pip cannot tell which package it is", listed(names))
        }
        Symptom::MetadataIncomplete { missing: MetadataFile::Record, names } => {
            format!("no RECORD in {}: pip can neither upgrade nor remove it", listed(names))
        }
        Symptom::PipLeftovers { names } => format!("left behind by an interrupted pip: {}", listed(names)),
        Symptom::NoStore => format!("{here} does not exist yet"),
        Symptom::StoreUnusable { reason } | Symptom::PrivateDirectoryUnusable { reason, .. } => {
            format!("cannot use {here}: {reason}")
        }
        Symptom::StoreNotWritable { .. } => format!("cannot write to {here}, so no environment can be created"),
        Symptom::StoreReadOnly => format!("{here} is on a read-only file system"),
        Symptom::StoreOpen => format!("every user can write to {here}"),
        Symptom::DanglingLink { target } => format!("{here} is a link to {}, which does not exist", path(target)),
        Symptom::LinkLoop => format!("{here} is a link to itself"),
        Symptom::Husk => format!("{here} has a Python, but neither pyvenv.cfg nor bin/activate"),
        Symptom::Strays { names } => format!("neither an environment nor a hook: {}", listed(names)),
        Symptom::TmpenvAbandoned => format!("{here} is a temporary environment whose shell was killed"),
        Symptom::Leftovers { count: 1 } => "an unfinished environment of a killed command".to_owned(),
        Symptom::Leftovers { count } => format!("{count} unfinished environments of killed commands"),
        Symptom::RenameUnfinished { old, new } => {
            format!("the rename of `{}` to `{}` was interrupted: both names work", shown(old), shown(new))
        }
        Symptom::RenameNotStarted { name } => {
            format!("a rename to `{}` was interrupted before it started", shown(name))
        }
        Symptom::LittleSpace { left } => format!("only {} MB left on the disk of {here}", left >> 20),
        Symptom::Undeletable { reason, .. } => format!("cannot delete {here}: {reason}"),
        Symptom::NotPrivate { doubt, .. } => format!("ignored {here}: {doubt}"),
        Symptom::CacheDamaged => format!("{here} is damaged; it is written again when needed"),
        Symptom::CacheNotWritable { .. } => {
            format!("cannot write to {here}, so creating an environment takes longer")
        }
        Symptom::KernelDangling { kernel, python, .. } => {
            format!("the Jupyter kernel `{}` starts {}, which does not exist", shown(kernel), path(python))
        }
        Symptom::KernelWithoutIpykernel { kernel, environment } => {
            format!("the Jupyter kernel `{}` starts `{}`, which has no ipykernel", shown(kernel), shown(environment))
        }
        Symptom::WrapperDangling { target } => format!("{here} starts {}, which does not exist", path(target)),
        Symptom::FunctionsMissing { rc_file, has_line: true } => {
            format!("the functions are not loaded in this shell, although {} loads them", path(rc_file))
        }
        Symptom::FunctionsMissing { .. } => {
            "the functions are not loaded, so `workon` cannot activate an environment".to_owned()
        }
        Symptom::LoadedTwice { by_package, line } => {
            format!("{} loads the functions, and line {line} of {here} loads them again", path(by_package))
        }
        Symptom::SwitchingLeft { to } => {
            format!("automatic switching is off here, because {} switches environments, too", shown(to))
        }
        Symptom::FunctionsOutdated => "the functions in this shell are from another version of venvwrap".to_owned(),
        Symptom::CommandsReplaced => {
            "`workon` is not venvwrap's in this shell: another function replaced it".to_owned()
        }
        Symptom::VirtualenvwrapperLoaded => "virtualenvwrapper is loaded in this shell, too".to_owned(),
        Symptom::Copies { running, others } => {
            let others: Vec<String> = others.iter().map(|other| path(other)).collect();
            format!("PATH also has {}; this one is {}", others.join(", "), path(running))
        }
        Symptom::UnseenByApps { default, .. } => {
            let apps = "apps not started from a shell (VS Code, PyCharm)";
            format!("{apps} do not see WORKON_HOME; they look in {}", path(default))
        }
        Symptom::ActiveMissing => format!("VIRTUAL_ENV is {here}, which is not an environment"),
        Symptom::ActiveNotOnPath => format!("{here} is not on PATH"),
        Symptom::Shadowed { command, by, owner } => {
            format!("`{command}` is {}, which comes before the environment's on PATH", program(session, by, owner))
        }
        Symptom::NotInActive { command, by, owner } => {
            format!("`{command}` is {}: the environment has none", program(session, by, owner))
        }
        Symptom::Alias { command, text } => {
            format!("`{command}` is an alias for `{}`, which comes before PATH", shown(text))
        }
        Symptom::Function { command } => format!("`{command}` is a shell function, which decides what runs"),
        Symptom::StaleHash { command, remembered } => {
            format!("the shell remembers {} for `{command}` and does not search PATH", path(remembered))
        }
        Symptom::OtherOnPath { root } => {
            let name = shown(root.file_name().unwrap_or_default()).to_string();
            format!("the bin of `{name}` is on PATH, but `{name}` is not active")
        }
        Symptom::PythonHome => format!("PYTHONHOME is {here}: Python looks for its standard library there"),
        Symptom::PythonPath => format!("PYTHONPATH is {here}: modules there come before installed packages"),
    }
}

/// Prints a symptom of an environment and what to do, in one line.
pub(in crate::commands) fn warn(
    session: &Session<'_>,
    home: &WorkonHome,
    environment: &Environment,
    (path, symptom): (PathBuf, Symptom),
) {
    let subject = match environment.origin() {
        Origin::Store => Subject::Environment(environment.name().to_owned()),
        _ => Subject::Elsewhere,
    };
    let finding = Finding { subject, root: environment.root().to_path_buf(), path, symptom };
    let words = Words { session, shell: session.shell.unwrap_or(Shell::Bash), home };
    let (sentence, remedy) = (describe(session, &finding.path, &finding.symptom), words.remedy(&finding));
    output::note(&format!("environment `{}`: {sentence}; {remedy}", shown(environment.name())));
}

fn listed(names: &[OsString]) -> String {
    let first: Vec<String> = names.iter().take(MANY).map(|name| shown(name).to_string()).collect();
    match names.len().saturating_sub(MANY) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Scripts and their verb.
fn starting(scripts: &[OsString]) -> String {
    let verb = if scripts.len() == 1 { "starts" } else { "start" };
    format!("in its bin, {} {verb}", listed(scripts))
}
