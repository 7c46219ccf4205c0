//! The projects that are known, and the `.venv` in each.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::{Candidate, Places, directories_in};
use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::fs::is_same;
use crate::project;
use crate::workon_home::WorkonHome;

/// What uv and others call a project's own environment (PEP 832).
const DIRECTORY: &str = ".venv";

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let found = places.projects().iter().filter_map(|project| {
        let root = project.join(DIRECTORY);
        // A link into the store is a second way to what has a name already.
        if root.is_symlink() && fs::read_link(&root).is_ok_and(|to| in_store(places, &project.join(to))) {
            return None;
        }
        if !is_trustworthy(&root) {
            return None;
        }
        let environment = Environment::open(&root).ok()??;
        let by_uv = environment.cfg().is_some_and(|cfg| cfg.get("uv").is_some());
        let origin = if by_uv { Origin::Uv } else { Origin::Venv };
        Some(Candidate {
            origin,
            environment,
            names: vec![project.file_name()?.to_owned()],
            project: Some(project.clone()),
        })
    });
    found.collect()
}

/// Anybody can make a `.venv` in a directory that all may write to, such as that for temporary files.
fn is_trustworthy(root: &Path) -> bool {
    let user = geteuid();
    user.is_root() || fs::metadata(root).is_ok_and(|entry| entry.uid() == 0 || entry.uid() == user.as_raw())
}

fn in_store(places: &Places<'_>, root: &Path) -> bool {
    root.parent().is_some_and(|parent| is_same(parent, places.home.path()))
}

/// Those that an environment of the store is linked to, the directories of PROJECT_HOME, and where one is: the working
/// directory and those above it, up to the home directory.
pub(super) fn known(context: &Context, home: &WorkonHome) -> Vec<PathBuf> {
    let here = context.working_directory().unwrap_or_default();
    let is_end = |place: &&Path| place.parent().is_none() || context.home() == Some(*place);
    let mut known: Vec<PathBuf> = here.ancestors().take_while(|place| !is_end(place)).map(Path::to_path_buf).collect();
    for name in home.names().unwrap_or_default() {
        let project = project::linked_at(&home.path().join(name), context).ok().flatten();
        known.extend(project.filter(|project| project.is_absolute()));
    }
    if let Ok(Some(projects)) = directories::named_by(context, env_vars::PROJECT_HOME) {
        known.extend(directories_in(&projects));
    }
    // One project may be spelled in two ways.
    let identity = |project: &PathBuf| fs::metadata(project).ok().map(|entry| (entry.dev(), entry.ino()));
    let mut seen = HashSet::new();
    known.retain(|project| identity(project).is_some_and(|identity| seen.insert(identity)));
    known
}
