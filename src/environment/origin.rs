//! Where an environment belongs: to the store, or to another tool that keeps it elsewhere.
//!
//! Owns the words for the owners and what is known of an environment that was found at one. The
//! finding is `elsewhere`'s.

use std::ffi::OsString;
use std::path::PathBuf;

/// Who keeps an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Origin {
    /// WORKON_HOME, whoever made it.
    Store,
    /// pipenv, where it keeps environments without WORKON_HOME.
    Pipenv,
    /// poetry's cache.
    Poetry,
    /// hatch's data directory.
    Hatch,
    /// conda, mamba, micromamba or pixi: a prefix with `conda-meta`.
    Conda,
    /// A project's `.venv` that uv made.
    Uv,
    /// A project's `.venv` of any other making.
    Venv,
}

impl Origin {
    /// Those outside of the store, in the order in which they are listed.
    pub(crate) const OTHERS: [Self; 6] = [Self::Pipenv, Self::Poetry, Self::Hatch, Self::Conda, Self::Uv, Self::Venv];

    /// The same for the environments that a project points to, whoever made them.
    pub(crate) fn owner(self) -> Self {
        if self == Self::Uv { Self::Venv } else { self }
    }

    /// The word for it: in lists, and before the `:` of a qualified name.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Pipenv => "pipenv",
            Self::Poetry => "poetry",
            Self::Hatch => "hatch",
            Self::Conda => "conda",
            Self::Uv => "uv",
            Self::Venv => "venv",
        }
    }
}

/// What is known of an environment that lies elsewhere.
#[derive(Debug, Clone)]
pub(super) struct Elsewhere {
    /// Who keeps it.
    pub(super) origin: Origin,
    /// What a person types for it.
    pub(super) name: OsString,
    /// The same without its owner, for a prompt.
    pub(super) label: OsString,
    /// The directory of its project, where its owner lets that be known.
    pub(super) project: Option<PathBuf>,
}
