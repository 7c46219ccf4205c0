//! What another tool removed from an environment by recreating it: noticed, and restored from the
//! copy.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Keepsake, has_settings, is_stored, location, modified, read, remember, save};
use crate::context::Context;
use crate::environment::Environment;
use crate::error::Result;
use crate::formats::pyvenv_cfg;
use crate::fs::{created, entries_in};
use crate::hooks;
use crate::project;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// When the copy and the environment's `pyvenv.cfg` were written. Activating an environment checks
/// nothing else, unless they show that another tool recreated it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timestamps {
    copy: Option<SystemTime>,
    cfg: Option<SystemTime>,
}

impl Timestamps {
    /// Reads both; the second only if there is a copy.
    pub(crate) fn of(home: &WorkonHome, environment: &Environment) -> Self {
        let copy = modified(&location(home, environment.name()));
        Self { copy, cfg: copy.and_then(|_| modified(&environment.root().join(pyvenv_cfg::FILE_NAME))) }
    }

    /// Two files written within one tick of the clock have the same time, whichever came first.
    fn is_recreated(self) -> bool {
        self.copy.is_some() && self.cfg >= self.copy
    }

    /// Saves the copy if there is none, or if it is not younger than the environment, its project
    /// link, and its `postactivate`: you may have edited them by hand.
    pub(crate) fn refresh(self, home: &WorkonHome, environment: &Environment, has_project: bool, context: &Context) {
        let hook = || modified(&environment.bin().join(hooks::POSTACTIVATE.name));
        // Removing a file changes the directory.
        let link = || modified(environment.root()).max(modified(&project::file(environment.root(), context)));
        let is_due = match self.copy {
            None => has_project || has_settings(environment) || hook().is_some(),
            copy => self.is_recreated() || hook() >= copy || link() >= copy,
        };
        if is_due {
            remember(home, environment, context);
        }
    }
}

/// Whether another tool recreated the environment since the copy was saved, without what you had
/// set up in it.
pub(crate) fn was_recreated(home: &WorkonHome, environment: &Environment, context: &Context) -> bool {
    lost(Timestamps::of(home, environment), home, environment, context).is_some()
}

/// The project of an environment that lost the link to it when another tool recreated it.
pub(crate) fn lost_link(home: &WorkonHome, context: &Context, name: &OsStr) -> Option<PathBuf> {
    // Most environments have no copy.
    modified(&location(home, name))?;
    let environment = home.get(&EnvironmentName::existing(name).ok()?).ok()?;
    let keepsake = lost(Timestamps::of(home, &environment), home, &environment, context)?;
    keepsake.project().map(Path::to_path_buf)
}

/// The environments that lost their links, and the projects.
pub(crate) fn lost_links(home: &WorkonHome, context: &Context) -> Vec<(OsString, PathBuf)> {
    let entries = entries_in(home.kept()).map(|entry| entry.file_name());
    entries.filter_map(|name| lost_link(home, context, &name).map(|project| (name, project))).collect()
}

/// The copy, if the environment lacks something of it since another tool recreated the environment:
/// `pyvenv.cfg` and the directory of programs are not older than the copy. (What you remove leaves
/// both alone.)
fn lost(timestamps: Timestamps, home: &WorkonHome, environment: &Environment, context: &Context) -> Option<Keepsake> {
    if !timestamps.is_recreated() || !is_stored(home, environment) {
        return None;
    }
    let keepsake = read(home, environment.name()).filter(|keepsake| !keepsake.removed)?;
    let customization = &keepsake.customization;
    let is_lost = match created(&environment.bin()) {
        Some(born) => {
            let prompt = environment.cfg().and_then(|cfg| cfg.prompt());
            let kept = customization.prompt.as_deref().filter(|prompt| *prompt != environment.name().as_bytes());
            let has_lost_prompt = kept.is_some() && prompt != kept;
            let has_lost_settings =
                has_lost_prompt || customization.sees_system_packages && !environment.sees_system_packages();
            Some(born) >= timestamps.copy && (has_lost_settings || customization.is_missing_in(environment, context))
        }
        // The file system does not say.
        None => {
            customization.project.is_some() && fs::symlink_metadata(project::file(environment.root(), context)).is_err()
        }
    };
    is_lost.then_some(keepsake)
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
    if customization.sees_system_packages && !environment.sees_system_packages() {
        environment.show_system_packages(true)?;
        done.push("system site-packages");
    }
    if let Some(request) = &keepsake.request
        && request.write(environment)?
    {
        done.push("requested Python");
    }
    if customization.write_project(environment.root(), context)? {
        done.insert(0, "project");
    }
    // Last: until then the copy is older than the environment, and the next command tries again.
    save(home, environment, context)?;
    Ok(Some(done).filter(|done| !done.is_empty()))
}
