//! A saved copy of each environment's [`Customization`], in `.venvwrap/kept`.
//!
//! Other tools empty an environment and create it again (`uv sync` does when the project asks for
//! another Python), and your project link, hooks, prompt, and added directories are lost. Decides
//! when a copy is written and when it is restored. A copy is used only if no other user can have
//! written it.

mod moved;
mod recreated;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::customization::Customization;
use crate::environment::{Environment, requested_python};
use crate::error::{Error, Result};
use crate::fs::private::read_private;
use crate::fs::write_whole;
use crate::project::dot_venv::Form;
use crate::project::{self, identity::Identity};
use crate::workon_home::WorkonHome;

pub(crate) use moved::{decline, of_moved_project};
pub(crate) use recreated::{Timestamps, lost_link, lost_links, restore, was_recreated};

/// The longest copy that is read.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The file on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Keepsake {
    customization: Customization,
    /// The environment was removed with venvwrap, and the `.venv` of its project with it.
    removed_with_link: bool,
    /// That `.venv` was a redirect file, not a link.
    #[serde(default)]
    removed_with_redirect: bool,
    /// The environment was removed with venvwrap: one of that name is another environment.
    removed: bool,
    #[serde(default)]
    request: Option<Request>,
    /// Finds the project again after it was moved.
    #[serde(default)]
    identity: Option<Identity>,
    /// The directories that you did not want it to be linked to.
    #[serde(default)]
    declined: Vec<Vec<u8>>,
}

impl Keepsake {
    fn project(&self) -> Option<&Path> {
        self.customization.project.as_deref().map(|project| Path::new(OsStr::from_bytes(project)))
    }
}

/// The Python that was requested for an environment, and the version that it got. Another version
/// in its place is the choice of another tool, and outdates the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Request {
    text: Vec<u8>,
    series: String,
}

impl Request {
    fn of(environment: &Environment) -> Option<Self> {
        let text = environment.requested_python()?.into_vec();
        Some(Self { text, series: series(environment) })
    }

    /// Records it again. `true` if it was missing, and still describes the environment.
    fn write(&self, environment: &Environment) -> Result<bool> {
        if environment.requested_python().is_some() || self.series != series(environment) {
            return Ok(false);
        }
        requested_python::record(environment.root(), OsStr::from_bytes(&self.text)).map(|()| true)
    }
}

fn series(environment: &Environment) -> String {
    environment.series().map(|series| series.to_string()).unwrap_or_default()
}

fn location(home: &WorkonHome, name: &OsStr) -> PathBuf {
    home.kept().join(name)
}

/// Whether the environment itself is in the store, rather than a link to it.
fn is_stored(home: &WorkonHome, environment: &Environment) -> bool {
    environment.root().parent() == Some(home.path())
        && fs::symlink_metadata(environment.root()).is_ok_and(|entry| entry.is_dir())
}

/// Saves a copy if you set up something in the environment. Nothing depends on the copy, so a
/// failure to write it is ignored.
pub(crate) fn remember(home: &WorkonHome, environment: &Environment, context: &Context) {
    drop(save(home, environment, context));
}

fn save(home: &WorkonHome, environment: &Environment, context: &Context) -> Result<()> {
    // The caller may have read it before it was changed.
    let Some(environment) = &Environment::open(environment.root())? else { return Ok(()) };
    let is_lost = || was_recreated(home, environment, context);
    // The copy of what is lost stays until that is restored.
    if !is_stored(home, environment) || is_lost() {
        return Ok(());
    }
    let customization = Customization::read(environment, context, |_| Ok(()))?;
    if customization.described().is_empty() && !has_settings(environment) {
        forget(home, environment.name());
        return Ok(());
    }
    let mut keepsake = Keepsake {
        customization,
        removed_with_link: false,
        removed_with_redirect: false,
        removed: false,
        request: Request::of(environment),
        identity: None,
        declined: Vec::new(),
    };
    keepsake.identity = keepsake.project().and_then(Identity::of);
    let old = read(home, environment.name()).filter(|old| old.project() == keepsake.project());
    if let Some(old) = old {
        // The directory may be missing because it was moved.
        keepsake.identity = keepsake.identity.or(old.identity);
        keepsake.declined = old.declined;
    }
    write(home, environment.name(), &keepsake)
}

/// Whether you set something in its `pyvenv.cfg`.
fn has_settings(environment: &Environment) -> bool {
    environment.sees_system_packages() || own_prompt(environment).is_some()
}

/// The prompt, if that is not the name.
fn own_prompt(environment: &Environment) -> Option<&[u8]> {
    environment.cfg().and_then(|cfg| cfg.prompt()).filter(|prompt| *prompt != environment.name().as_bytes())
}

/// Marks the copy as that of a removed environment, for `undo`. `dot_venv`: the `.venv` of
/// its project was removed, too.
pub(crate) fn mark_removed(home: &WorkonHome, name: &OsStr, dot_venv: Option<Form>) {
    if let Some(keepsake) = read(home, name) {
        let removed_with_redirect = dot_venv == Some(Form::Redirect);
        let removed_with_link = dot_venv.is_some();
        drop(write(home, name, &Keepsake { removed: true, removed_with_link, removed_with_redirect, ..keepsake }));
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

/// The project whose `.venv` was removed together with the environment that `undo` brought back,
/// and what it was.
pub(crate) fn link_of_removed(
    home: &WorkonHome,
    environment: &Environment,
    context: &Context,
) -> Option<(PathBuf, Form)> {
    let keepsake = read(home, environment.name())?;
    let project = project::linked(environment, context).ok()??;
    let form = if keepsake.removed_with_redirect { Form::Redirect } else { Form::Link };
    (keepsake.removed_with_link && keepsake.project() == Some(&project)).then_some((project, form))
}

/// The directories where shells find an environment: its project, also if another tool removed the
/// link to that, and where other worktrees look for it.
pub(crate) fn linked_directories(
    home: &WorkonHome,
    context: &Context,
    name: &OsStr,
    link: Option<PathBuf>,
) -> Vec<PathBuf> {
    let project = link.or_else(|| lost_link(home, context, name));
    let identity = |project: &PathBuf| {
        // Most environments have no copy.
        modified(&location(home, name))?;
        read(home, name).filter(|keepsake| keepsake.project() == Some(project))?.identity
    };
    let shared = project.as_ref().and_then(identity).and_then(|identity| identity.shared());
    [project, shared].into_iter().flatten().collect()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(path).and_then(|entry| entry.modified()).ok()
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
