//! pipenv: a directory of environments called `PROJECT-HASH`, each with a `.project` file that
//! names the project.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::files::{environments_in, name_and_hash, os};
use super::{Candidate, Places};
use crate::directories::{self, Base};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::project::{self, pipenv::hash};

/// Without WORKON_HOME this is `virtualenvs` in the data directory, on macOS too. With WORKON_HOME
/// they are in the store, where the hash distinguishes them.
pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let data = directories::xdg(places.context, Base::Data);
    let directory = data.map(|data| data.join("virtualenvs")).filter(|directory| directory != places.home.path());
    let mut found: Vec<Candidate> = directory
        .iter()
        .flat_map(|directory| environments_in(directory))
        .map(|(name, environment)| {
            let project = linked(places, &environment);
            let short = name_and_hash(name.as_bytes()).map(|(short, _)| os(short));
            let names = short.into_iter().chain([name]).collect();
            Candidate { origin: Origin::Pipenv, environment, names, project, is_first: false }
        })
        .collect();
    let names = places.home.names().unwrap_or_default();
    for name in names {
        // Most names in the store have no hash; those are not opened.
        let Some((short, mark)) = name_and_hash(name.as_bytes()) else { continue };
        let Ok(Some(environment)) = Environment::open(&places.home.path().join(&name)) else { continue };
        let project = linked(places, &environment);
        let pipfile = project.as_ref().map(|project| project.join("Pipfile"));
        if pipfile.as_ref().and_then(|pipfile| pipfile.to_str()).is_some_and(|pipfile| hash(pipfile) == mark) {
            found.push(Candidate {
                origin: Origin::Pipenv,
                environment,
                names: vec![os(short)],
                project,
                is_first: false,
            });
        }
    }
    found
}

fn linked(places: &Places<'_>, environment: &Environment) -> Option<std::path::PathBuf> {
    project::linked(environment, places.context).ok().flatten().filter(|project| Path::is_absolute(project))
}
