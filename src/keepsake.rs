//! A saved copy of each environment's [`Customization`], in `.venvwrap/kept`.
//!
//! Other tools empty an environment that they reach through a project's `.venv` and create it again
//! (`uv sync` does when the project asks for another Python), and your project link, hooks, prompt,
//! and added directories are lost. Decides when a copy is written and when it is restored. A copy
//! is used only if no other user can have written it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::customization::Customization;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::private::read_private;
use crate::fs::write_whole;
use crate::hooks;
use crate::project;
use crate::workon_home::WorkonHome;

/// The longest copy that is read.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The file on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Keepsake {
    customization: Customization,
    /// The environment was removed with venvwrap, and the `.venv` of its project with it.
    removed_with_link: bool,
    /// The environment was removed with venvwrap: one of that name is another environment.
    removed: bool,
}

fn location(home: &WorkonHome, name: &OsStr) -> PathBuf {
    home.kept().join(name)
}

/// Whether the environment itself is in the store, rather than a link to it.
fn is_stored(home: &WorkonHome, environment: &Environment) -> bool {
    environment.root().parent() == Some(home.path())
        && fs::symlink_metadata(environment.root()).is_ok_and(|entry| entry.is_dir())
}

/// Saves a copy if the environment is linked to a project. Nothing depends on the copy, so a
/// failure to write it is ignored.
pub(crate) fn remember(home: &WorkonHome, environment: &Environment, context: &Context) {
    drop(save(home, environment, context));
}

fn save(home: &WorkonHome, environment: &Environment, context: &Context) -> Result<()> {
    if !is_stored(home, environment) || project::linked(environment, context)?.is_none() {
        return Ok(());
    }
    let customization = Customization::read(environment, context, |_| Ok(()))?;
    write(home, environment.name(), &Keepsake { customization, removed_with_link: false, removed: false })
}

/// When the copy and the environment's `pyvenv.cfg` were written. Activating an environment checks
/// nothing else, unless they show that another tool recreated it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timestamps {
    copy: Option<SystemTime>,
    cfg: Option<SystemTime>,
}

impl Timestamps {
    /// Reads both; without a copy, only that.
    pub(crate) fn of(home: &WorkonHome, environment: &Environment) -> Self {
        let copy = modified(&location(home, environment.name()));
        Self { copy, cfg: copy.and_then(|_| modified(&environment.root().join(pyvenv_cfg::FILE_NAME))) }
    }

    fn is_recreated(self) -> bool {
        self.cfg > self.copy
    }

    /// Saves the copy of an environment with a project if the copy belongs to an older environment
    /// of that name, if `postactivate` is newer, or if there is no copy and the project's `.venv`
    /// is a link, through which tools reach the environment. Activating alone saves nothing.
    pub(crate) fn refresh(self, home: &WorkonHome, environment: &Environment, project: &Path, context: &Context) {
        let hook = || modified(&environment.bin().join(hooks::POSTACTIVATE.name));
        let is_due = match self.copy {
            None => fs::symlink_metadata(project.join(".venv")).is_ok_and(|entry| entry.is_symlink()),
            copy => self.is_recreated() || hook() > copy,
        };
        if is_due {
            remember(home, environment, context);
        }
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(path).and_then(|entry| entry.modified()).ok()
}

/// Marks the copy as that of a removed environment, for `undo`. `with_link`: the `.venv` of its
/// project was removed, too.
pub(crate) fn mark_removed(home: &WorkonHome, name: &OsStr, with_link: bool) {
    if let Some(keepsake) = read(home, name) {
        drop(write(home, name, &Keepsake { removed: true, removed_with_link: with_link, ..keepsake }));
    }
}

/// Deletes the copy.
pub(crate) fn forget(home: &WorkonHome, name: &OsStr) {
    if fs::symlink_metadata(location(home, name)).is_err() {
        return;
    }
    // Opening the directory refuses a link in its place.
    if let Ok(kept) = home.kept_for_writing() {
        drop(fs::remove_file(kept.join(name)));
    }
}

/// The project whose `.venv` was removed together with the environment that `undo` brought back.
pub(crate) fn link_of_removed(home: &WorkonHome, environment: &Environment, context: &Context) -> Option<PathBuf> {
    let keepsake = read(home, environment.name())?;
    let project = project::linked(environment, context).ok()??;
    let is_same = keepsake.customization.project.as_deref() == Some(project.as_os_str().as_bytes());
    (keepsake.removed_with_link && is_same).then_some(project)
}

/// Whether another tool recreated the environment since the copy was saved: `pyvenv.cfg` is newer,
/// and the project link is missing. (A link that you removed leaves `pyvenv.cfg` alone.)
pub(crate) fn was_recreated(home: &WorkonHome, environment: &Environment, context: &Context) -> bool {
    lost(Timestamps::of(home, environment), home, environment, context).is_some()
}

fn lost(timestamps: Timestamps, home: &WorkonHome, environment: &Environment, context: &Context) -> Option<Keepsake> {
    if !timestamps.is_recreated() || !is_stored(home, environment) {
        return None;
    }
    let has_project = fs::symlink_metadata(project::file(environment.root(), context)).is_ok();
    let keepsake = read(home, environment.name()).filter(|_| !has_project)?;
    (!keepsake.removed).then_some(keepsake)
}

/// Restores what another tool dropped, and returns the words for it. Replaces no file. `None` if
/// nothing is missing.
pub(crate) fn restore(
    timestamps: Timestamps,
    home: &WorkonHome,
    environment: &Environment,
    context: &Context,
) -> Result<Option<Vec<&'static str>>> {
    let Some(keepsake) = lost(timestamps, home, environment, context) else { return Ok(None) };
    let customization = &keepsake.customization;
    let mut done = customization.write_files(environment.root(), environment.site_packages().ok().as_deref())?;
    let prompt = customization.prompt.as_deref().unwrap_or(environment.name().as_bytes());
    let current = environment.cfg().and_then(|cfg| cfg.prompt());
    if current != Some(prompt) && (current.is_some() || customization.prompt.is_some()) {
        pyvenv_cfg::edit(environment.root(), |text| pyvenv_cfg::with_value(text, "prompt", prompt))?;
        done.push("prompt");
    }
    // Last, because a missing project link makes the next command try again.
    if customization.write_project(environment.root(), context)? {
        done.insert(0, "project");
    }
    write(home, environment.name(), &keepsake)?;
    Ok(Some(done))
}

fn read(home: &WorkonHome, name: &OsStr) -> Option<Keepsake> {
    let text = read_private(&location(home, name), LONGEST).ok()?.ok()??;
    serde_json::from_slice(&text).ok()
}

fn write(home: &WorkonHome, name: &OsStr, keepsake: &Keepsake) -> Result<()> {
    let wrong = |error: serde_json::Error| Error::Malformed { what: "JSON".to_owned(), reason: error.to_string() };
    let file = home.kept_for_writing()?.join(name);
    write_whole(&file, &serde_json::to_vec(keepsake).map_err(wrong)?)
}
