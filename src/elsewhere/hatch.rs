//! hatch: `env/TYPE/PROJECT/MARK/ENVIRONMENT` in its data directory, or the directory from its
//! settings.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::files::{directories_in, environments_in, settings, text};
use super::{Candidate, Places};
use crate::directories::{self, Base};
use crate::environment::Environment;
use crate::environment::origin::Origin;

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let config = places.context.variable("HATCH_CONFIG").map(PathBuf::from);
    let config = config.or_else(|| Some(directories::native(places.context, Base::Config)?.join("hatch/config.toml")));
    let settings = config.map(|file| settings(&file)).unwrap_or_default();
    let of_type = text(&settings, &["dirs", "env", "virtual"]);
    let mut found = Vec::new();
    for directory in directories_of_types(places, &settings, of_type.as_deref()) {
        for project in directories_in(&directory) {
            for marked in directories_in(&project) {
                let environments = environments_in(&marked).into_iter();
                found.extend(environments.filter_map(|(name, environment)| {
                    candidate(places, project.file_name()?, &marked, &name, environment)
                }));
            }
        }
    }
    if let Some(below) = of_type.as_deref().map(Path::new).filter(|path| path.is_relative() && !path.starts_with("~")) {
        found.extend(places.projects().iter().flat_map(|project| in_project(project, below)));
    }
    found
}

/// The environments inside the project, if hatch's settings keep them there.
fn in_project(project: &Path, below: &Path) -> Vec<Candidate> {
    let name_of_project = project.file_name().unwrap_or_default();
    let candidate = |(name, environment): (OsString, Environment)| {
        let names = vec![called(name_of_project.to_owned(), name_of_project, &name)];
        let is_first = is_default(name_of_project, &name);
        Candidate { origin: Origin::Hatch, environment, names, project: Some(project.to_path_buf()), is_first }
    };
    environments_in(&project.join(below))
        .into_iter()
        .filter(|(name, _)| !is_for_building(name))
        .map(candidate)
        .collect()
}

/// Whether hatch uses the environment only to build packages.
fn is_for_building(name: &OsStr) -> bool {
    name.as_bytes().ends_with(b"-build")
}

/// Whether it is `default`, which hatch uses unless another is named.
fn is_default(project: &OsStr, name: &OsStr) -> bool {
    name == project
}

/// The name for users: the environment `default` goes by the project's name, others by
/// `PROJECT:NAME`.
fn called(mut form: OsString, project: &OsStr, name: &OsStr) -> OsString {
    if !is_default(project, name) {
        form.push(":");
        form.push(name);
    }
    form
}

fn candidate(
    places: &Places<'_>,
    project: &OsStr,
    marked: &Path,
    name: &OsStr,
    environment: Environment,
) -> Option<Candidate> {
    if is_for_building(name) {
        return None;
    }
    let mark = marked.file_name()?.to_str()?;
    let mut precise = project.to_owned();
    precise.push("-");
    precise.push(mark);
    let names = [project.to_owned(), precise].map(|form| called(form, project, name)).to_vec();
    let (project, is_first) = (places.project_marked(mark), is_default(project, name));
    Some(Candidate { origin: Origin::Hatch, environment, names, project, is_first })
}

/// The directories of each environment type (`virtual`, and types from plugins).
fn directories_of_types(places: &Places<'_>, settings: &toml::Table, of_type: Option<&OsStr>) -> Vec<PathBuf> {
    let data = places.context.variable("HATCH_DATA_DIR").map(OsString::from);
    let data = match data.or_else(|| text(settings, &["dirs", "data"])) {
        Some(directory) => places.expanded(&directory),
        None => directories::native(places.context, Base::Data).map(|data| data.join("hatch")),
    };
    let of_type = of_type.and_then(|directory| places.expanded(directory));
    data.map(|data| directories_in(&data.join("env"))).unwrap_or_default().into_iter().chain(of_type).collect()
}
