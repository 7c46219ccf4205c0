//! The tool that an environment belongs to: the store, or pipenv, poetry, conda, and others.
//!
//! Owns the words for the tools, and the facts about an environment that another tool keeps. The
//! search for such environments is left to `elsewhere`.

use std::ffi::OsString;
use std::path::PathBuf;

/// The tool that keeps an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Origin {
    /// An environment in WORKON_HOME, created by any tool.
    Store,
    /// pipenv's own directory, used if WORKON_HOME is not set.
    Pipenv,
    /// poetry's cache.
    Poetry,
    /// hatch's data directory.
    Hatch,
    /// conda, mamba, micromamba or pixi: a directory with `conda-meta`.
    Conda,
    /// pyenv-virtualenv, in pyenv's versions.
    Pyenv,
    /// scoop-uv, whose command is `scuv`.
    Scuv,
    /// A project's `.venv` created by uv, or an environment in uv's cache.
    Uv,
    /// A project's `.venv` created by any other tool.
    Venv,
}

impl Origin {
    /// All but the store, in the order of lists.
    pub(crate) const OTHERS: [Self; 8] =
        [Self::Pipenv, Self::Poetry, Self::Hatch, Self::Conda, Self::Pyenv, Self::Scuv, Self::Uv, Self::Venv];

    /// The origin, with one value for every `.venv` of a project.
    pub(crate) fn owner(self) -> Self {
        if self == Self::Uv { Self::Venv } else { self }
    }

    /// The word in lists, and before the `:` of a qualified name.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Pipenv => "pipenv",
            Self::Poetry => "poetry",
            Self::Hatch => "hatch",
            Self::Conda => "conda",
            Self::Pyenv => "pyenv",
            Self::Scuv => "scuv",
            Self::Uv => "uv",
            Self::Venv => "venv",
        }
    }
}

/// The facts about an environment outside the store.
#[derive(Debug, Clone)]
pub(super) struct Elsewhere {
    pub(super) origin: Origin,
    /// What a user types for it.
    pub(super) name: OsString,
    /// The name without the prefix for the tool, for a prompt.
    pub(super) label: OsString,
    /// The directory of the project, if the tool records it.
    pub(super) project: Option<PathBuf>,
}
