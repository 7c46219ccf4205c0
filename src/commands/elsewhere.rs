//! What commands make of a name that is not in the store: the environment that another tool keeps,
//! or a refusal that names that tool's own command.

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

/// The environment elsewhere that a name stands for, where the store said that it has none of it;
/// else what the store said, with names from elsewhere among the nearest.
pub(super) fn instead_of(error: Error, session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    let is_missing = match &error {
        Error::UnknownEnvironment { .. } => true,
        // A path behind its owner.
        Error::Name { .. } => elsewhere::is_qualified(name),
        _ => false,
    };
    if !is_missing {
        return Err(error);
    }
    let places = Places::beside(session.context, home);
    places.find(name)?.ok_or_else(|| places.unknown(name))
}

/// The environment of that name: of the store, else elsewhere.
pub(super) fn get(session: &Session<'_>, home: &WorkonHome, name: &OsStr) -> Result<Environment> {
    let found = EnvironmentName::existing(name).and_then(|name| home.get(&name));
    found.or_else(|error| instead_of(error, session, home, name))
}

/// The same for what is done to environments of the store only: the error for one that is
/// elsewhere, saying what its owner's command for that is.
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

/// The same where it is no error that nothing has the name.
pub(super) fn kept(session: &Session<'_>, home: &WorkonHome, name: &OsStr, action: OwnerAction) -> Option<Error> {
    match Places::beside(session.context, home).find(name) {
        Ok(environment) => environment.map(|environment| owned(session, &environment, action)),
        Err(error) => Some(error),
    }
}

/// What is not done to environments elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnerAction {
    /// Removing one.
    Removal,
    /// Anything else that a copy in the store can be had for.
    Change,
}

/// The error about an environment that is elsewhere.
pub(super) fn owned(session: &Session<'_>, environment: &Environment, action: OwnerAction) -> Error {
    let name = environment.name();
    let remedy = match action {
        OwnerAction::Removal => removal(session, environment),
        OwnerAction::Change if environment.is_conda() => {
            "change it with conda; `conda create --clone` copies it".to_owned()
        }
        OwnerAction::Change => {
            let copy = operands(&[name, OsStr::new("NAME")]);
            format!("`{} {copy}` makes a copy in WORKON_HOME", verb("cpvirtualenv"))
        }
    };
    let (owner, root) = (environment.origin().word(), environment.root().to_path_buf());
    StoreError::Owned { name: name.to_owned(), owner, root, remedy }.into()
}

/// How its owner removes it.
fn removal(session: &Session<'_>, environment: &Environment) -> String {
    let root = environment.root();
    let path = typed_path(root, session.context.home());
    let in_project = match environment.project_of_owner() {
        Some(project) => format!("cd {} && ", typed_path(project, session.context.home())),
        None => String::new(),
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
        Origin::Conda => format!("`conda env remove -p {path}`"),
        Origin::Store | Origin::Uv | Origin::Venv => format!("`rm -r {path}`"),
    }
}

/// What entering an environment takes beside what every one does, where another tool keeps it.
pub(super) fn entry(environment: &Environment, brought: Brought) -> Option<Elsewhere> {
    if environment.origin() == Origin::Store {
        return None;
    }
    let variables = brought.variables;
    let conda = environment.is_conda().then(|| Conda { name: environment.conda_name(), variables });
    Some(Elsewhere { project: environment.project_of_owner().map(Path::to_path_buf), conda })
}

/// Says in one line which of an environment's files are not trusted: scripts that were not sourced,
/// and variables.
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

/// The files of an environment elsewhere that count around its use: those that the person trusts.
#[derive(Debug, Default)]
pub(super) struct OwnFiles {
    /// conda's scripts, before all hooks.
    pub(super) entering: Vec<Step>,
    /// Its own hook, after all others.
    pub(super) entered: Vec<Step>,
    /// Lines that somebody appended to its `bin/activate`.
    pub(super) appended: Option<Vec<u8>>,
    /// conda's scripts for leaving.
    pub(super) leaving: Vec<PathBuf>,
}

impl OwnFiles {
    /// Looks for them, and says so where there are any that are not trusted. None for an
    /// environment of the store, whose files are the person's own.
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
        let dialect = if session.shell == Some(Shell::Fish) { ".fish" } else { ".sh" };
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
            // What is trusted now; looked at again on leaving.
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

/// The files of an environment elsewhere that `venvwrap trust` is about.
pub(super) fn files_to_trust(environment: &Environment) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for when in [Scripts::Entering, Scripts::Leaving] {
        for dialect in [".sh", ".fish"] {
            files.extend(environment.conda_scripts(when, dialect));
        }
    }
    let bin = environment.bin();
    for event in [hooks::POSTACTIVATE, hooks::PREDEACTIVATE, hooks::POSTDEACTIVATE] {
        files.extend(["", ".fish"].iter().map(|dialect| bin.join(format!("{}{dialect}", event.name))));
    }
    files.retain(|file| file.is_file());
    files.extend(environment.conda_variable_files().into_iter().map(|(file, _)| file));
    let activate = bin.join("activate");
    if !environment.is_conda() && appended_lines(&activate)?.is_some() {
        files.push(activate);
    }
    Ok(files)
}
