//! What can go wrong with what an environment is made of: options, requests for a Python, packages.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::shown::shown;

/// A failure about packages, or about the options that choose them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    /// A setting of pip or uv. `remedy` leaves the settings out.
    #[error("install: {setting} would install the packages somewhere else")]
    Redirected { setting: String, remedy: &'static str },

    #[error("{}: `{}` contains a line break or another control character", shown(.file), shown(.value))]
    HostileMetadata { file: PathBuf, value: OsString },

    /// A line of what `pip freeze` or `uv pip freeze` printed.
    #[error("{program}: `{}` {reason}", shown(.line))]
    FreezeLine { program: String, line: String, reason: &'static str },

    #[error("freeze: {} is not a regular file", shown(.file))]
    NotAFile { file: PathBuf },

    #[error("VENVWRAP_INSTALLER: `{}` is not an installer", shown(.value))]
    UnknownInstaller { value: OsString },

    #[error("VIRTUALENVWRAPPER_VIRTUALENV: no program `{}` on PATH", shown(.name))]
    NoCreator { name: OsString },

    #[error("--prompt: it contains a control character or an invisible character")]
    Prompt,

    /// `asker`: the file or variable that has the text.
    #[error("{asker}: `{}` is not a Python version", shown(.text))]
    NotAVersion { asker: String, text: OsString },

    #[error("-r -: requirements are not read from standard input")]
    RequirementsOnStdin,

    #[error("-e: no project in {}: neither pyproject.toml nor setup.py", shown(.path))]
    NotEditable { path: PathBuf },

    #[error("--group: {} is not a pyproject.toml", shown(.file))]
    NotAPyproject { file: PathBuf },

    /// `groups`: those that the file has.
    #[error("--group: no dependency group `{}` in {}", shown(.group), shown(.file))]
    NoGroup { group: OsString, file: PathBuf, groups: Vec<String> },
}

impl PackageError {
    pub(super) fn hint(&self) -> String {
        match self {
            Self::Redirected { remedy, .. } => format!("remove that line; {remedy}"),
            Self::HostileMetadata { .. } => {
                "that package could add lines of its own to a list of packages; uninstall it".to_owned()
            }
            Self::FreezeLine { .. } => "nothing was written; uninstall the package whose metadata says so".to_owned(),
            Self::NotAFile { .. } => "`--to -` writes to standard output".to_owned(),
            Self::UnknownInstaller { .. } => "set it to auto, pip, or uv".to_owned(),
            Self::NoCreator { .. } => {
                "install it, or unset the variable: venvwrap needs no other program to create environments".to_owned()
            }
            Self::Prompt => "--prompt is plain text; set colors in the prompt of your shell".to_owned(),
            Self::NotAVersion { .. } => {
                "a version is `3.12`, `>=3.11,<3.14`, or `pypy3.10`; `-p` chooses another; `-p default` is the python3 \
                 on PATH"
                    .to_owned()
            }
            Self::RequirementsOnStdin => "`-r` takes a file or a URL".to_owned(),
            Self::NotEditable { .. } => {
                "`-e` takes the directory of a project, such as `.`; `-i` takes a package".to_owned()
            }
            Self::NotAPyproject { .. } => "`--group` takes a name, or PATH:NAME with the path of a project".to_owned(),
            Self::NoGroup { groups, .. } if groups.is_empty() => {
                "that file has no groups; they belong in its table `dependency-groups`".to_owned()
            }
            Self::NoGroup { groups, .. } => format!("it has {}", groups.join(", ")),
        }
    }
}
