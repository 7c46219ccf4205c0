//! Handles names that are not in the store: finds another tool's environment, or refuses with that
//! tool's own command.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Session;
use super::brought::Brought;
use crate::activation::{Conda, Elsewhere, Step};
use crate::elsewhere::{self, Places};
use crate::environment::Environment;
use crate::environment::appended::{appended_in, appended_lines};
use crate::environment::conda::Scripts;
use crate::environment::origin::Origin;
use crate::error::{Error, Result, StoreError};
use crate::hooks::{self, Hooks};
use crate::output;
use crate::shell::Shell;
use crate::shown::{operands, typed_path};
use crate::trust::{self, TrustState};
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Finds an environment outside the store after the store reported `error`. If there is none
/// either, the error suggests names from both.
pub(super) fn instead_of(error: Error, session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    let is_missing = match &error {
        Error::UnknownEnvironment { .. } => true,
        // `OWNER:PATH` is not a valid name in the store.
        Error::Name { .. } => elsewhere::is_qualified(name),
        _ => false,
    };
    if !is_missing {
        return Err(error);
    }
    let places = Places::beside(session.context, home);
    places.find(name)?.ok_or_else(|| places.unknown(name))
}

/// The environment with this name, in the store or elsewhere.
pub(super) fn get(session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    let found = EnvironmentName::existing(name).and_then(|name| home.get(&name));
    found.or_else(|error| instead_of(error, session, home, name))
}

/// The error of a command that only changes environments of the store: names the owner's command if
/// the environment is elsewhere.
pub(super) fn refused(
    error: Error,
    session: &Session<'_>,
    home: &WorkonHome,
    name: &OsStr,
    action: OwnerAction,
) -> Error {
    match instead_of(error, session, home, name) {
        Ok(environment) => owned(session, &environment, action),
        Err(error) => error,
    }
}

/// The error if an environment elsewhere has the name; `None` if no environment has it.
pub(super) fn kept(session: &Session<'_>, home: &WorkonHome, name: &OsStr, action: OwnerAction) -> Option<Error> {
    match Places::beside(session.context, home).find(name) {
        Ok(environment) => environment.map(|environment| owned(session, &environment, action)),
        Err(error) => Some(error),
    }
}

/// What only an environment's owner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnerAction {
    /// Remove it.
    Removal,
    /// Change it. A copy in the store can be changed instead.
    Change,
}

/// The error for an environment that another tool manages.
pub(super) fn owned(session: &Session<'_>, environment: &Environment, action: OwnerAction) -> Error {
    let name = environment.name();
    let remedy = match action {
        OwnerAction::Removal => removal(session, environment),
        OwnerAction::Change if environment.is_conda() => {
            let path = typed_path(environment.root(), session.context.home());
            format!("change it with conda; `conda create -n NAME --clone {path}` copies it")
        }
        OwnerAction::Change => {
            let copy = operands(&[name, OsStr::new("NAME")]);
            format!("`{} {copy}` makes a copy in WORKON_HOME", verb("cpvirtualenv"))
        }
    };
    let (owner, root) = (environment.origin().word(), environment.root().to_path_buf());
    StoreError::Owned { name: name.to_owned(), owner, root, remedy }.into()
}

/// The owner's command for removing an environment.
fn removal(session: &Session<'_>, environment: &Environment) -> String {
    let root = environment.root();
    let path = typed_path(root, session.context.home());
    let is_by_name = matches!(environment.origin(), Origin::Pyenv | Origin::Scuv);
    // These tools know an environment by the directory they run in. Elsewhere they would remove
    // another one.
    let in_project = match environment.project_of_owner() {
        Some(project) => format!("cd {} && ", typed_path(project, session.context.home())),
        None if environment.is_conda() || is_by_name => String::new(),
        None => return format!("`rm -r {path}`"),
    };
    let directory = root.file_name().unwrap_or_default();
    match environment.origin() {
        Origin::Pipenv => format!("`{in_project}pipenv --rm`"),
        Origin::Poetry => format!("`{in_project}poetry env remove {}`", operands(&[directory])),
        Origin::Hatch => {
            let project = root.ancestors().nth(2).and_then(Path::file_name);
            let name = if project == Some(directory) { OsStr::new("default") } else { directory };
            format!("`{in_project}hatch env remove {}`", operands(&[name]))
        }
        Origin::Pyenv => format!("`pyenv virtualenv-delete {}`", operands(&[directory])),
        Origin::Scuv => format!("`scuv remove {}`", operands(&[directory])),
        Origin::Conda => format!("`conda env remove -p {path}`"),
        Origin::Store | Origin::Uv | Origin::Venv => format!("`rm -r {path}`"),
    }
}

/// What activation needs in addition for an environment that another tool manages.
pub(super) fn entry(environment: &Environment, brought: Brought) -> Option<Elsewhere> {
    if environment.origin() == Origin::Store {
        return None;
    }
    let variables = brought.variables;
    let conda = environment.is_conda().then(|| Conda { name: environment.conda_name(), variables });
    Some(Elsewhere { project: environment.project_of_owner().map(Path::to_path_buf), conda })
}

/// Reports untrusted files in one line: scripts that were not sourced, and variables that were not
/// set.
pub(super) fn tell_untrusted(session: &Session<'_>, environment: &Environment, code: &[PathBuf], data: &[PathBuf]) {
    let mut files = code.iter().chain(data);
    let Some(first) = files.next() else { return };
    let (first, root) = (session.shown(first), typed_path(environment.root(), session.context.home()));
    let done = if data.is_empty() { "sourced" } else { "used" };
    let what = match files.count() {
        0 => format!("{first} is not trusted and was not {done}; look at it"),
        more => format!("{first} and {more} more are not trusted and were not {done}; look at them"),
    };
    output::note(&format!("{what}, then `venvwrap trust {root}`"));
}

/// The trusted files of an environment elsewhere that run on activation or deactivation.
#[derive(Debug, Default)]
pub(super) struct OwnFiles {
    /// conda's activation scripts, before all hooks.
    pub(super) entering: Vec<Step>,
    /// The environment's own hook, after all others.
    pub(super) entered: Vec<Step>,
    /// Lines appended to its `bin/activate`.
    pub(super) appended: Option<Vec<u8>>,
    /// conda's deactivation scripts.
    pub(super) leaving: Vec<PathBuf>,
}

impl OwnFiles {
    /// Finds the files and reports untrusted ones. Empty for an environment of the store, whose
    /// files need no trust.
    pub(super) fn of(
        session: &Session<'_>,
        hooks: &Hooks<'_>,
        environment: &Environment,
        brought: &Brought,
    ) -> Result<Self> {
        if environment.origin() == Origin::Store {
            return Ok(Self::default());
        }
        let mut untrusted = Vec::new();
        let mut trusted = |files: Vec<PathBuf>| -> Result<Vec<(PathBuf, Vec<u8>)>> {
            let mut kept = Vec::new();
            for file in files {
                match trust::state_of(session.context, &file)? {
                    TrustState::Trusted(text) => kept.push((file, text)),
                    TrustState::Untrusted => untrusted.push(file),
                    TrustState::Missing => {}
                }
            }
            Ok(kept)
        };
        let dialect = session.shell.map(Shell::dialect).filter(|dialect| !dialect.is_empty()).unwrap_or(".sh");
        let activate = environment.bin().join("activate");
        let has_appended = !environment.is_conda() && appended_lines(&activate)?.is_some();
        let steps = |files: Vec<(PathBuf, Vec<u8>)>| files.into_iter().map(|(_, text)| Step::Text(text)).collect();
        let own = Self {
            entering: steps(trusted(environment.conda_scripts(Scripts::Entering, dialect))?),
            entered: steps(trusted(hooks.file_in(&environment.bin(), hooks::POSTACTIVATE).into_iter().collect())?),
            appended: if has_appended {
                trusted(vec![activate])?.pop().and_then(|(_, text)| appended_in(&text))
            } else {
                None
            },
            // Checked again on deactivation.
            leaving: trusted(environment.conda_scripts(Scripts::Leaving, dialect))?
                .into_iter()
                .map(|(file, _)| file)
                .collect(),
        };
        tell_untrusted(session, environment, &untrusted, &brought.untrusted);
        brought.tell_refused(session, environment);
        Ok(own)
    }
}

/// The files of an environment elsewhere that `venvwrap trust` covers.
pub(super) fn files_to_trust(environment: &Environment) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for when in [Scripts::Entering, Scripts::Leaving] {
        for dialect in [".sh", ".fish", ".nu"] {
            files.extend(environment.conda_scripts(when, dialect));
        }
    }
    let bin = environment.bin();
    for event in [hooks::POSTACTIVATE, hooks::PREDEACTIVATE, hooks::POSTDEACTIVATE] {
        files.extend(hooks::DIALECTS.iter().map(|dialect| bin.join(format!("{}{dialect}", event.name))));
    }
    files.retain(|file| file.is_file());
    files.extend(environment.conda_variable_files().into_iter().map(|(file, _)| file));
    let activate = bin.join("activate");
    if !environment.is_conda() && appended_lines(&activate)?.is_some() {
        files.push(activate);
    }
    Ok(files)
}
