//! What can go wrong with projects: their directories, templates, hooks, and files.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::shown::{operands, shown, typed};
use crate::verb::verb;
use crate::versions::Release;

/// A failure about a project. `remedy` is a command, with backticks around it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error("mkproject: {} already exists", shown(.directory))]
    Exists { name: OsString, directory: PathBuf },

    #[error("PROJECT_HOME is not set")]
    NoHome,

    #[error("PROJECT_HOME: directory {} does not exist", shown(.directory))]
    MissingHome { directory: PathBuf },

    /// A file of the project that could say which Python to use.
    #[error("{}: {reason}", shown(.file))]
    Unreadable { file: PathBuf, reason: String },

    /// A dependency that does not come from an index. `command` installs it.
    #[error("{}: `{table}` says where `{}` comes from; an index may have another package of that name",
            shown(.file), shown(.name))]
    PrivateSource { file: PathBuf, table: &'static str, name: String, command: &'static str },

    #[error("{} has no hooks to trust", shown(.project))]
    NoHooks { project: PathBuf, directory: &'static str },

    #[error("{} points to {}, which is not an environment", shown(.project), shown(.root))]
    PointsToNone { project: PathBuf, root: PathBuf },

    #[error("cannot trust {}: it is longer than 1 MiB", shown(.hook))]
    HookTooLong { hook: PathBuf },

    #[error("cannot trust {}: it would be recorded in {}, but {doubt}", shown(.hook), shown(.directory))]
    Unrecordable { hook: PathBuf, directory: PathBuf, doubt: String, remedy: String },

    #[error("cannot restore {}: {} exists", shown(.aside), shown(.hook))]
    HookExists { aside: PathBuf, hook: PathBuf },

    #[error("{} exists and does not name an environment in WORKON_HOME", shown(.path))]
    DotVenvExists { path: PathBuf, option: &'static str },

    #[error("--redirect: uv {release} stops at a file `.venv`; uv 0.13.9 is the first that reads it")]
    NoRedirects { release: Release, link: String },

    #[error("environment `{}` is not linked to a project", shown(.name))]
    NotLinked { name: OsString },

    #[error("template `{}`: {} is not executable", shown(.name), shown(.file))]
    TemplateNotExecutable { name: OsString, file: PathBuf },

    #[error("PIPENV_PIPFILE: {} does not exist", shown(.file))]
    NoPipfile { file: PathBuf },
}

impl ProjectError {
    pub(super) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Exists { name, .. } => format!("`{} -f {}` uses it as it is", verb("mkproject"), operands(&[name])),
            Self::NoHome => "set it to the directory that holds your projects".to_owned(),
            Self::MissingHome { directory } => format!("`mkdir -p {}` creates it", operands(&[directory])),
            Self::Unreadable { .. } => {
                "fix it, or choose a Python with `-p 3.12`; `-p default` is the python3 on PATH".to_owned()
            }
            Self::PrivateSource { command, .. } => {
                format!("create the environment without --from, activate it, and run `{command}` in the project")
            }
            Self::NoHooks { directory, .. } => format!("the hooks of a project are in its directory {directory}"),
            Self::PointsToNone { .. } => "correct or remove .venv or .python-envs there".to_owned(),
            Self::HookTooLong { .. } => return None,
            Self::Unrecordable { remedy, .. } => remedy.clone(),
            Self::HookExists { aside, .. } => format!("merge both into that file, then `rm {}`", typed(aside)),
            Self::DotVenvExists { option, .. } => format!("move it away, or leave out {option}"),
            Self::NoRedirects { link, .. } => format!("`{link}` makes a link, which any uv follows"),
            Self::NotLinked { name } => {
                format!("`{} {}` links it to this directory", verb("setvirtualenvproject"), operands(&[name]))
            }
            Self::TemplateNotExecutable { file, .. } => {
                format!("`chmod +x {}` makes it executable", operands(&[file]))
            }
            Self::NoPipfile { .. } => "unset PIPENV_PIPFILE, or set it to a Pipfile".to_owned(),
        })
    }
}
