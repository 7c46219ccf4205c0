//! What a person has put into an environment, kept beside it: the link to its project, its hooks,
//! its prompt, and the directories that were added to its path.
//!
//! Other tools empty an environment that they find through a project's `.venv` and make it anew
//! (`uv sync` does, where another Python is asked for), and what was the person's goes with it.
//! Owns the copy in `.venvwrap/kept`, when it is written, and when it is put back. A copy is
//! believed only where nobody else can have written it.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::environment::{Environment, path_extensions};
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::private::read_private;
use crate::fs::{read_small, write_whole};
use crate::hooks;
use crate::project;
use crate::workon_home::WorkonHome;

/// Longest hook that is kept, and longest copy that is read.
const LIMIT: u64 = 64 * 1024;
const COPY_LIMIT: u64 = 4 * 1024 * 1024;

/// The copy. Bytes, because nothing of it has to be text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Keepsake {
    /// The directory of the project.
    project: Vec<u8>,
    prompt: Option<Vec<u8>>,
    hooks: Vec<Hook>,
    /// The file of `add2virtualenv`.
    added: Option<Vec<u8>>,
    /// Its environment was removed by us, and the `.venv` of its project with it.
    #[serde(default)]
    removed_with_link: bool,
    /// Its environment was removed by us: what has the name now is another.
    #[serde(default)]
    removed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Hook {
    name: String,
    mode: u32,
    text: Vec<u8>,
}

/// What was put back, in words for a message.
pub(crate) type Restored = Vec<&'static str>;

fn place(home: &WorkonHome, name: &OsStr) -> PathBuf {
    home.kept().join(name)
}

/// Whether the environment is one of the store itself, and no link there.
fn is_stored(home: &WorkonHome, environment: &Environment) -> bool {
    environment.root().parent() == Some(home.path())
        && fs::symlink_metadata(environment.root()).is_ok_and(|entry| entry.is_dir())
}

/// Writes the copy of an environment that is linked to a project. Nothing depends on it, so that a
/// store that cannot be written to is no reason to fail.
pub(crate) fn remember(home: &WorkonHome, environment: &Environment, context: &Context) {
    drop(copy(home, environment, context));
}

fn copy(home: &WorkonHome, environment: &Environment, context: &Context) -> Result<()> {
    if !is_stored(home, environment) {
        return Ok(());
    }
    let Some(project) = project::linked(environment, context)? else { return Ok(()) };
    let added = environment.site_packages().ok().and_then(|packages| small(&packages.join(path_extensions::NAME)));
    let keepsake = Keepsake {
        project: project.into_os_string().into_vec(),
        prompt: environment.cfg().and_then(|cfg| cfg.prompt()).map(<[u8]>::to_vec),
        hooks: hooks_of(environment),
        added,
        removed_with_link: false,
        removed: false,
    };
    write(home, environment.name(), &keepsake)
}

/// When the copy and the environment's `pyvenv.cfg` were written: all that is looked at on the way
/// into an environment where nothing has happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ages {
    kept: Option<SystemTime>,
    cfg: Option<SystemTime>,
}

impl Ages {
    /// Looks at both; at one file only where nothing was ever kept.
    pub(crate) fn of(home: &WorkonHome, environment: &Environment) -> Self {
        let kept = changed(&place(home, environment.name()));
        Self { kept, cfg: kept.and_then(|_| changed(&environment.root().join(pyvenv_cfg::FILE_NAME))) }
    }

    fn is_newly_made(self) -> bool {
        self.cfg > self.kept
    }

    /// Writes the copy of an environment with a project, where that is due: it is that of one which
    /// had the name before, the hook that people edit is newer, or nothing was kept and the
    /// project's `.venv` is a link, through which tools can reach the environment. Only to enter
    /// one does not make a copy of it.
    pub(crate) fn refresh(self, home: &WorkonHome, environment: &Environment, project: &Path, context: &Context) {
        let hook = || changed(&environment.bin().join(hooks::POSTACTIVATE.name));
        let is_due = match self.kept {
            None => fs::symlink_metadata(project.join(".venv")).is_ok_and(|entry| entry.is_symlink()),
            kept => self.is_newly_made() || hook() > kept,
        };
        if is_due {
            remember(home, environment, context);
        }
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(path).and_then(|entry| entry.modified()).ok()
}

/// Has the copy go with its environment into the trash. `with_link`: the link `.venv` of its
/// project was removed, too.
pub(crate) fn removed(home: &WorkonHome, name: &OsStr, with_link: bool) {
    if let Some(keepsake) = read(home, name) {
        drop(write(home, name, &Keepsake { removed: true, removed_with_link: with_link, ..keepsake }));
    }
}

/// Removes the copy.
pub(crate) fn forget(home: &WorkonHome, name: &OsStr) {
    if fs::symlink_metadata(place(home, name)).is_err() {
        return;
    }
    // Not through a link that somebody put there.
    if let Ok(kept) = home.kept_for_writing() {
        drop(fs::remove_file(kept.join(name)));
    }
}

/// The project whose `.venv` was removed with the environment that has come back by this name.
pub(crate) fn link_of_removed(home: &WorkonHome, environment: &Environment, context: &Context) -> Option<PathBuf> {
    let keepsake = read(home, environment.name())?;
    let project = project::linked(environment, context).ok()??;
    (keepsake.removed_with_link && keepsake.project == project.as_os_str().as_bytes()).then_some(project)
}

/// Whether another tool has made the environment anew since the copy was written: it has no
/// project, and its `pyvenv.cfg` is newer. A link that the person took away is away.
pub(crate) fn was_made_anew(home: &WorkonHome, environment: &Environment, context: &Context) -> bool {
    lost(Ages::of(home, environment), home, environment, context).is_some()
}

fn lost(ages: Ages, home: &WorkonHome, environment: &Environment, context: &Context) -> Option<Keepsake> {
    if !ages.is_newly_made() || !is_stored(home, environment) {
        return None;
    }
    let has_project = fs::symlink_metadata(project::file(environment.root(), context)).is_ok();
    let keepsake = read(home, environment.name()).filter(|_| !has_project)?;
    (!keepsake.removed).then_some(keepsake)
}

/// Puts back what another tool has emptied, and nothing over what is there. `None`: nothing is
/// missing.
pub(crate) fn restore(
    ages: Ages,
    home: &WorkonHome,
    environment: &Environment,
    context: &Context,
) -> Result<Option<Restored>> {
    let Some(keepsake) = lost(ages, home, environment, context) else { return Ok(None) };
    let mut done = Vec::new();
    let is_free = |path: &Path| fs::symlink_metadata(path).is_err();
    for hook in &keepsake.hooks {
        let file = environment.bin().join(&hook.name);
        let is_known = hooks::Event::named(OsStr::new(hook.name.trim_end_matches(".fish"))).is_some();
        if is_known && is_free(&file) {
            write_whole(&file, &hook.text)?;
            let mode = fs::Permissions::from_mode(hook.mode & 0o755);
            fs::set_permissions(&file, mode).map_err(Error::io("write", &file))?;
            done.push("hooks");
        }
    }
    done.dedup();
    if let (Some(text), Ok(packages)) = (&keepsake.added, environment.site_packages()) {
        let file = packages.join(path_extensions::NAME);
        if is_free(&file) {
            write_whole(&file, text)?;
            done.push("added paths");
        }
    }
    let prompt = keepsake.prompt.as_deref().unwrap_or(environment.name().as_bytes());
    let has = environment.cfg().and_then(|cfg| cfg.prompt());
    if has != Some(prompt) && (has.is_some() || keepsake.prompt.is_some()) {
        pyvenv_cfg::edit(environment.root(), |text| pyvenv_cfg::with_value(text, "prompt", prompt))?;
        done.push("prompt");
    }
    // Last: as long as it is missing, the rest is tried again.
    project::link(environment, context, Path::new(OsStr::from_bytes(&keepsake.project)))?;
    done.insert(0, "project");
    write(home, environment.name(), &keepsake)?;
    Ok(Some(done))
}

fn hooks_of(environment: &Environment) -> Vec<Hook> {
    let names = hooks::Event::local().flat_map(|event| [event.name.to_owned(), format!("{}.fish", event.name)]);
    let hook = |name: String| {
        let path = environment.bin().join(&name);
        let mode = fs::symlink_metadata(&path).ok().filter(Metadata::is_file)?.permissions().mode() & 0o777;
        Some(Hook { text: small(&path)?, name, mode })
    };
    names.filter_map(hook).collect()
}

/// A file that is small enough to be kept.
fn small(path: &Path) -> Option<Vec<u8>> {
    read_small(path, LIMIT).ok()?
}

fn read(home: &WorkonHome, name: &OsStr) -> Option<Keepsake> {
    let text = read_private(&place(home, name), COPY_LIMIT).ok()?.ok()??;
    serde_json::from_slice(&text).ok()
}

fn write(home: &WorkonHome, name: &OsStr, keepsake: &Keepsake) -> Result<()> {
    let wrong = |error: serde_json::Error| Error::Value { what: "JSON".to_owned(), reason: error.to_string() };
    let file = home.kept_for_writing()?.join(name);
    write_whole(&file, &serde_json::to_vec(keepsake).map_err(wrong)?)
}
