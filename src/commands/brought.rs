//! The variables that a conda environment sets: those in trusted files whose names no program
//! obeys. Reports the others.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::{Session, elsewhere};
use crate::environment::Environment;
use crate::environment::conda::variables_in;
use crate::error::Result;
use crate::output;
use crate::shown::shown;
use crate::trust;
use crate::variables::brought::may_be_brought;

/// Accepted and refused variables.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// The variables to set, each name once.
    pub(super) variables: Vec<(String, OsString)>,
    /// Names that the environment must not set.
    refused: Vec<String>,
    /// Files with variables whose content is not trusted.
    pub(super) untrusted: Vec<PathBuf>,
}

impl Brought {
    /// The variables of an environment; none unless conda made it.
    pub(super) fn of(session: &Session<'_>, environment: &Environment) -> Result<Self> {
        let mut brought = Self::default();
        let mut all = BTreeMap::new();
        for (file, text) in environment.conda_variable_files() {
            // The bytes that are checked are the bytes that are used.
            if trust::is_trusted(session.context, &file, &text)? {
                all.extend(variables_in(&file, &text));
            } else {
                brought.untrusted.push(file);
            }
        }
        for (name, value) in all {
            if may_be_brought(&name) {
                brought.variables.push((name, value));
            } else {
                brought.refused.push(name);
            }
        }
        Ok(brought)
    }

    /// Reports refused names.
    pub(super) fn tell_refused(&self, session: &Session<'_>, environment: &Environment) {
        if !self.refused.is_empty() {
            let (root, names) = (session.shown(environment.root()), shown(&self.refused.join(", ")).to_string());
            output::note(&format!("ignored {names}, set by {root}: no environment may set them"));
        }
    }

    /// Reports refused names and untrusted files, for commands that only use variables.
    pub(super) fn tell(&self, session: &Session<'_>, environment: &Environment) {
        elsewhere::tell_untrusted(session, environment, &[], &self.untrusted);
        self.tell_refused(session, environment);
    }
}
