//! A finding: a symptom, the environment or setting that has it, and the file where it shows.

use std::ffi::OsString;
use std::path::PathBuf;

use super::symptom::Symptom;

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The environment of this name in the store.
    Environment(OsString),
    /// The active environment, outside the store.
    Elsewhere,
    /// `WORKON_HOME` and the cache.
    Store,
    /// The kernels that Jupyter lists.
    Jupyter,
    /// How the shell loads venvwrap.
    Setup,
    /// What the shell runs for `python` and `pip`.
    Active,
}

/// One thing that is wrong or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) subject: Subject,
    /// The root of the environment; without an environment, the same as `path`.
    pub(crate) root: PathBuf,
    /// The file or directory where the symptom shows.
    pub(crate) path: PathBuf,
    pub(crate) symptom: Symptom,
}

impl Finding {
    /// A finding about something other than one environment.
    pub(super) fn general(subject: Subject, path: PathBuf, symptom: Symptom) -> Self {
        Self { subject, root: path.clone(), path, symptom }
    }
}
