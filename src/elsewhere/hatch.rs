//! hatch: `env/TYPE/PROJECT/MARK/ENVIRONMENT` in its data directory, or where its settings say.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Candidate, Places, directories_in, environments_in, settings, text};
use crate::environment::Environment;
use crate::environment::origin::Origin;

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for directory in directories_of_types(places) {
        for project in directories_in(&directory) {
            for marked in directories_in(&project) {
                let environments = environments_in(&marked).into_iter();
                found.extend(environments.filter_map(|(name, environment)| {
                    candidate(places, project.file_name()?, &marked, &name, environment)
                }));
            }
        }
    }
    found
}

/// The one called `default` has the name of its project; any other is written behind that.
fn candidate(
    places: &Places<'_>,
    project: &OsStr,
    marked: &Path,
    name: &OsString,
    environment: Environment,
) -> Option<Candidate> {
    // One that hatch builds packages in.
    if name.as_bytes().ends_with(b"-build") {
        return None;
    }
    let mark = marked.file_name()?.to_str()?;
    let mut precise = project.to_owned();
    precise.push("-");
    precise.push(mark);
    let mut names = vec![project.to_owned(), precise];
    if name != project {
        for each in &mut names {
            each.push(":");
            each.push(name);
        }
    }
    Some(Candidate { origin: Origin::Hatch, environment, names, project: places.project_marked(mark) })
}

/// A directory for each type of environment (`virtual`, and those of plugins).
fn directories_of_types(places: &Places<'_>) -> Vec<PathBuf> {
    let config = places.context.variable("HATCH_CONFIG").map(PathBuf::from);
    let config = config.or_else(|| Some(places.config()?.join("hatch/config.toml")));
    let settings = config.map(|file| settings(&file)).unwrap_or_default();
    let data = places.context.variable("HATCH_DATA_DIR").map(OsString::from);
    let data = match data.or_else(|| text(&settings, &["dirs", "data"])) {
        Some(directory) => places.expanded(&directory),
        None => places.data().map(|data| data.join("hatch")),
    };
    let of_type = text(&settings, &["dirs", "env", "virtual"]).and_then(|directory| places.expanded(&directory));
    data.map(|data| directories_in(&data.join("env"))).unwrap_or_default().into_iter().chain(of_type).collect()
}
