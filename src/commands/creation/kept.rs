//! What `mkvirtualenv --clear` keeps of the environment that it replaces: what you set up, not what
//! was installed.
//!
//! Owns the list: project link, hooks, added paths, access to the packages of its Python, and the
//! prompt. Read before the environment goes to the trash, written into the new one before it takes
//! the name.

use std::ffi::OsString;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::commands::Session;
use crate::environment::path_extensions::{self, PathExtensions};
use crate::environment::{BIN, Environment};
use crate::error::{Error, Result};
use crate::fs::read_small;
use crate::hooks::Event;
use crate::project;

/// Longest file that is kept. A longer one is an error, for only a part of it would be read.
const LONGEST: u64 = 1024 * 1024;

/// What is kept; nothing where there was no environment.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Path below the root, text, and permissions.
    files: Vec<(PathBuf, Vec<u8>, u32)>,
    path_extensions: Option<Vec<u8>>,
    pub(super) system_site_packages: bool,
    pub(super) prompt: Option<OsString>,
}

impl Kept {
    /// Reads it. A file that cannot be read is an error before anything is replaced.
    pub(super) fn of(session: &Session<'_>, existing: Option<&Environment>) -> Result<Self> {
        let Some(existing) = existing else { return Ok(Self::default()) };
        let link = project::file(existing.root(), session.context);
        let link = link.strip_prefix(existing.root()).map(Path::to_path_buf).unwrap_or_default();
        let hooks =
            Event::local().flat_map(|event| ["", ".fish"].map(|dialect| format!("{BIN}/{}{dialect}", event.name)));
        let mut files = Vec::new();
        for path in std::iter::once(link).chain(hooks.map(PathBuf::from)) {
            let file = existing.root().join(&path);
            let text = match read_small(&file, LONGEST) {
                Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                    return Err(Error::Refused {
                        what: "--clear".to_owned(),
                        reason: format!("{} is too long to keep", session.shown(&file)),
                        hint: "nothing was replaced; move that file out of the environment first".to_owned(),
                    });
                }
                other => other.map_err(Error::io("read", &file))?,
            };
            let Some(text) = text else { continue };
            let mode = fs::metadata(&file).map_err(Error::io("read", &file))?.mode() & 0o777;
            files.push((path, text, mode));
        }
        let extensions = existing.site_packages().ok().map(|packages| PathExtensions::open(&packages)).transpose()?;
        let prompt = existing.cfg().and_then(|cfg| cfg.prompt()).map(|text| OsString::from_vec(text.to_vec()));
        Ok(Self {
            files,
            path_extensions: extensions.flatten().map(|extensions| extensions.text()),
            system_site_packages: existing.sees_system_packages(),
            prompt,
        })
    }

    /// Writes it below `root`; what is there already stays, for it was asked for.
    pub(super) fn write(&self, root: &Path, site_packages: impl FnOnce() -> Result<PathBuf>) -> Result<()> {
        for (path, text, mode) in &self.files {
            write_new(&root.join(path), text, *mode)?;
        }
        let Some(text) = &self.path_extensions else { return Ok(()) };
        write_new(&site_packages()?.join(path_extensions::NAME), text, 0o644)
    }

    /// The names of what is kept, for a message.
    pub(super) fn described(&self) -> Vec<&'static str> {
        let has = |in_bin: bool| self.files.iter().any(|(path, ..)| path.starts_with(BIN) == in_bin);
        [
            (has(false), "project"),
            (has(true), "hooks"),
            (self.path_extensions.is_some(), "added paths"),
            (self.system_site_packages, "system site-packages"),
        ]
        .into_iter()
        .filter_map(|(is_kept, name)| is_kept.then_some(name))
        .collect()
    }
}

pub(super) fn write_new(file: &Path, text: &[u8], mode: u32) -> Result<()> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(mode).open(file);
    let written = match opened {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
        other => other.and_then(|mut opened| {
            opened.set_permissions(Permissions::from_mode(mode))?;
            opened.write_all(text)
        }),
    };
    written.map_err(Error::io("write", file))
}
