//! Known projects, and the environments they point to with `.venv` and `.python-envs`.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::files::directories_in;
use super::{Candidate, Places};
use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::fs::{is_same, resolved};
use crate::project;
use crate::project::pointer::{Pointed, pointed};
use crate::workon_home::WorkonHome;

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    places.projects().iter().flat_map(|project| of_project(places, project)).collect()
}

/// The environments that a project points to, except those of the store, which have a name there.
fn of_project(places: &Places<'_>, project: &Path) -> Vec<Candidate> {
    let Pointed { default, others } = pointed(project, places.home);
    // Without a default, none of the others may become the default.
    let owner = default.is_some().then(|| project.to_path_buf());
    let named_by_project = default.map(|root| (root, project.file_name().unwrap_or_default().to_owned(), true));
    let named_by_root = others.into_iter().filter_map(|root| Some((root.clone(), root.file_name()?.to_owned(), false)));
    let found = named_by_project.into_iter().chain(named_by_root);
    let candidate = |(root, name, is_first): (PathBuf, OsString, bool)| {
        if in_store(places, &root) || resolved(&root).is_ok_and(|root| in_store(places, &root)) {
            return None;
        }
        let environment = Environment::open(&root).ok()??;
        let by_uv = environment.cfg().is_some_and(|cfg| cfg.get("uv").is_some());
        let origin = if by_uv { Origin::Uv } else { Origin::Venv };
        Some(Candidate { origin, environment, names: vec![name], project: owner.clone(), is_first })
    };
    found.filter_map(candidate).collect()
}

fn in_store(places: &Places<'_>, root: &Path) -> bool {
    root.parent().is_some_and(|parent| is_same(parent, places.home.path()))
}

/// Known projects: those linked to an environment of the store, the directories in PROJECT_HOME,
/// and the working directory and its parents up to the home directory.
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
    // The same project may be found under two paths.
    let identity = |project: &PathBuf| fs::metadata(project).ok().map(|entry| (entry.dev(), entry.ino()));
    let mut seen = HashSet::new();
    known.retain(|project| identity(project).is_some_and(|identity| seen.insert(identity)));
    known
}
