//! The variables that a user set for an environment, and whether uv uses it, kept beside it in
//! `.venvwrap/variables`.
//!
//! `workon`, `run`, and `env` read them. Names that programs obey are ignored here, too: others may
//! be able to write to a shared store.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, statat};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::WorkonHome;
use super::beside::VARIABLES;
use super::private_directory::PRIVATE;
use crate::activation::OwnVariables;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result};
use crate::variables::brought::refusal;

/// Longest file of variables, in bytes.
pub(crate) const LONGEST_VARIABLES: usize = 128 * 1024;

/// The file on disk.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct VariablesFile {
    set: BTreeMap<String, String>,
    path: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    uv: bool,
}

impl WorkonHome {
    /// The variables of an environment of this store; other environments have none. For an
    /// environment without variables, this is one system call.
    pub(crate) fn variables_of(&self, environment: &Environment) -> OwnVariables {
        let is_ours = environment.origin() == Origin::Store && environment.root().parent() == Some(self.path());
        let file = || self.path().join(PRIVATE).join(VARIABLES).join(environment.name());
        if !is_ours || matches!(statat(CWD, file(), AtFlags::SYMLINK_NOFOLLOW), Err(Errno::NOENT)) {
            return OwnVariables::default();
        }
        self.variables(environment.name())
    }

    /// The variables of the environment of this name.
    pub(crate) fn variables(&self, name: &OsStr) -> OwnVariables {
        let text = self.read_beside(VARIABLES, name, LONGEST_VARIABLES).map(|(text, _)| text);
        let file: VariablesFile = text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let VariablesFile { mut set, mut path, uv } = file;
        set.retain(|name, value| refusal(name).is_none() && wrong_value(value).is_none());
        path.retain(|directory| wrong_directory(directory).is_none());
        OwnVariables { set, path, uv }
    }

    /// Changes them. Of several commands at once, each changes what the one before it wrote.
    pub(crate) fn change_variables(
        &self,
        name: &OsStr,
        change: impl FnOnce(&mut OwnVariables) -> Result<()>,
    ) -> Result<()> {
        let shelf = self.create_private(VARIABLES)?;
        // Without locks, as on some network file systems, the last one wins.
        let _ = shelf.file().lock();
        let mut own = self.variables(name);
        change(&mut own)?;
        self.set_variables(name, own)
    }

    /// Replaces them.
    pub(crate) fn set_variables(&self, name: &OsStr, variables: OwnVariables) -> Result<()> {
        let OwnVariables { set, path, uv } = variables;
        if set.is_empty() && path.is_empty() && !uv {
            return self.write_beside(VARIABLES, name, None);
        }
        let wrong = |error: serde_json::Error| Error::Malformed { what: "JSON".to_owned(), reason: error.to_string() };
        let text = serde_json::to_vec(&VariablesFile { set, path, uv }).map_err(wrong)?;
        if text.len() > LONGEST_VARIABLES {
            return Err(Error::Usage {
                message: format!("these variables are longer than {} KiB", LONGEST_VARIABLES / 1024),
                hint: "a `postactivate` hook can read them from a file of your own".to_owned(),
            });
        }
        self.write_beside(VARIABLES, name, Some(&text))
    }
}

/// Why a variable cannot have this value.
pub(crate) fn wrong_value(value: &str) -> Option<&'static str> {
    value.contains('\0').then_some("a variable cannot hold a NUL")
}

/// Why a directory cannot be in PATH.
pub(crate) fn wrong_directory(directory: &str) -> Option<&'static str> {
    if !Path::new(directory).is_absolute() {
        return Some("it is not absolute");
    }
    let is_wrong = |letter: char| letter == ':' || letter.is_control();
    directory.contains(is_wrong).then_some("PATH cannot hold a `:` or a control character")
}
