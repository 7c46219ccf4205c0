//! What you set up in an environment, beyond its packages: the linked project, hooks, the prompt,
//! and added directories.
//!
//! Reads it from one environment and writes it into another, without replacing anything there.
//! `keepsake` saves it to disk; `mkvirtualenv --clear` carries it from the old environment to the
//! new one.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::environment::{BIN, Environment, path_extensions};
use crate::error::{Error, Result};
use crate::fs::{read_small, write_whole};
use crate::hooks::{DIALECTS, Event};
use crate::project;

/// The longest file that is read. A longer one is an error: part of a hook would do harm.
const LONGEST: u64 = 64 * 1024;

/// Bytes, because neither paths nor hooks need to be UTF-8.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Customization {
    /// The directory of the project.
    pub(crate) project: Option<Vec<u8>>,
    pub(crate) prompt: Option<Vec<u8>>,
    /// Whether the environment sees the packages of its Python.
    #[serde(default)]
    pub(crate) sees_system_packages: bool,
    hooks: Vec<HookFile>,
    /// The file of `add2virtualenv`.
    added: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct HookFile {
    name: String,
    mode: u32,
    text: Vec<u8>,
}

impl Customization {
    /// Reads it. `unreadable` decides whether an unreadable or too long file is skipped or fatal.
    pub(crate) fn read(
        environment: &Environment,
        context: &Context,
        mut unreadable: impl FnMut(Error) -> Result<()>,
    ) -> Result<Self> {
        let project = project::linked(environment, context).or_else(|error| unreadable(error).map(|()| None))?;
        let mut hooks = Vec::new();
        for event in Event::local() {
            for dialect in DIALECTS {
                let name = format!("{}{dialect}", event.name);
                let read = small(&environment.bin().join(&name)).or_else(|error| unreadable(error).map(|()| None))?;
                hooks.extend(read.map(|(text, mode)| HookFile { name, mode, text }));
            }
        }
        let added = match environment.site_packages() {
            Ok(packages) => {
                small(&packages.join(path_extensions::NAME)).or_else(|error| unreadable(error).map(|()| None))?
            }
            Err(_) => None,
        };
        Ok(Self {
            project: project.map(|project| project.into_os_string().into_vec()),
            prompt: environment.cfg().and_then(|cfg| cfg.prompt()).map(<[u8]>::to_vec),
            sees_system_packages: environment.sees_system_packages(),
            hooks,
            added: added.map(|(text, _)| text),
        })
    }

    /// Writes hooks below `root` and added directories into `site_packages`, and returns what was
    /// written.
    pub(crate) fn write_files(&self, root: &Path, site_packages: Option<&Path>) -> Result<Vec<&'static str>> {
        let mut written = Vec::new();
        for hook in &self.hooks {
            let file = root.join(BIN).join(&hook.name);
            let is_hook = Event::of_file(OsStr::new(&hook.name)).is_some();
            if is_hook && is_free(&file) {
                write_whole(&file, &hook.text)?;
                let mode = Permissions::from_mode(hook.mode & 0o777);
                fs::set_permissions(&file, mode).map_err(Error::io("write", &file))?;
                written.push("hooks");
            }
        }
        written.dedup();
        if let (Some(text), Some(packages)) = (&self.added, site_packages) {
            let file = packages.join(path_extensions::NAME);
            if is_free(&file) {
                write_whole(&file, text)?;
                written.push("added paths");
            }
        }
        Ok(written)
    }

    /// Links the environment at `root` to the project, unless it has a link. `true` if it did.
    pub(crate) fn write_project(&self, root: &Path, context: &Context) -> Result<bool> {
        let Some(project) = &self.project else { return Ok(false) };
        let file = project::file(root, context);
        if !is_free(&file) {
            return Ok(false);
        }
        write_whole(&file, &project::link_text(Path::new(OsStr::from_bytes(project)))?)?;
        Ok(true)
    }

    /// Whether the environment lacks the project link, a hook, or the added directories.
    pub(crate) fn is_missing_in(&self, environment: &Environment, context: &Context) -> bool {
        let is_free_in = |directory: &Path, name: &str| is_free(&directory.join(name));
        self.project.is_some() && is_free(&project::file(environment.root(), context))
            || self.hooks.iter().any(|hook| is_free_in(&environment.bin(), &hook.name))
            || self.added.is_some()
                && environment.site_packages().is_ok_and(|packages| is_free_in(&packages, path_extensions::NAME))
    }

    /// The words for what there is, except the prompt.
    pub(crate) fn described(&self) -> Vec<&'static str> {
        let all = [
            (self.project.is_some(), "project"),
            (!self.hooks.is_empty(), "hooks"),
            (self.added.is_some(), "added paths"),
        ];
        all.into_iter().filter_map(|(is_there, word)| is_there.then_some(word)).collect()
    }
}

fn is_free(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err()
}

/// The text and mode of a file. `None` if there is none.
fn small(file: &Path) -> Result<Option<(Vec<u8>, u32)>> {
    let Some(text) = read_small(file, LONGEST).map_err(Error::io("read", file))? else { return Ok(None) };
    let mode = fs::metadata(file).map_err(Error::io("read", file))?.permissions().mode() & 0o777;
    Ok(Some((text, mode)))
}
