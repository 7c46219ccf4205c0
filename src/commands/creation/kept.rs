//! What `mkvirtualenv --clear` keeps of the environment that it replaces: its [`Customization`],
//! and access to the packages of its Python. Installed packages are not kept.

use std::ffi::{OsStr, OsString};
use std::fs::{OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use crate::commands::Session;
use crate::customization::Customization;
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};

/// Empty if no environment is replaced.
#[derive(Debug, Default)]
pub(super) struct Kept {
    customization: Customization,
}

impl Kept {
    /// Reads it. A file that cannot be read is an error, before anything is replaced.
    pub(super) fn of(session: &Session<'_>, existing: Option<&Environment>) -> Result<Self> {
        let Some(existing) = existing else { return Ok(Self::default()) };
        let refuse = |error| match error {
            Error::Io { path, source, .. } if source.kind() == ErrorKind::FileTooLarge => {
                Err(StoreError::TooLargeToKeep { file: path }.into())
            }
            error => Err(error),
        };
        Ok(Self { customization: Customization::read(existing, session.context, refuse)? })
    }

    pub(super) fn system_site_packages(&self) -> bool {
        self.customization.sees_system_packages
    }

    pub(super) fn prompt(&self) -> Option<OsString> {
        self.customization.prompt.as_deref().map(|prompt| OsStr::from_bytes(prompt).to_owned())
    }

    /// Writes it below `root`. Existing files stay, because options asked for them.
    pub(super) fn write(&self, session: &Session<'_>, root: &Path, site_packages: Option<&Path>) -> Result<()> {
        self.customization.write_project(root, session.context)?;
        self.customization.write_files(root, site_packages).map(drop)
    }

    /// The words for what is kept.
    pub(super) fn described(&self) -> Vec<&'static str> {
        let mut words = self.customization.described();
        words.extend(self.system_site_packages().then_some("system site-packages"));
        words
    }
}

/// Creates a file, unless it exists.
pub(super) fn write_new(file: &Path, text: &[u8], mode: u32) -> Result<()> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(mode).open(file);
    let written = match opened {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        other => other.and_then(|mut opened| {
            opened.set_permissions(Permissions::from_mode(mode))?;
            opened.write_all(text)
        }),
    };
    written.map_err(Error::io("write", file))
}
