//! conda, mamba, and micromamba: the environments in `~/.conda/environments.txt`, and those in the
//! `envs` of every known base.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::files::directories_in;
use super::{Candidate, Places};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::fs::is_same;
use crate::interpreter::places::conda;
use crate::sorting;

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for root in prefixes(places) {
        let Some(environment) = Environment::open_conda(&root) else { continue };
        // The same environment may be found under two paths.
        if found.iter().any(|known| is_same(known.environment.root(), &root)) {
            continue;
        }
        let name = environment.conda_name();
        let short = Path::new(&name).file_name().unwrap_or(&name).to_owned();
        found.push(Candidate {
            origin: Origin::Conda,
            environment,
            names: vec![short],
            project: None,
            is_first: false,
        });
    }
    found
}

/// Paths that may be conda environments.
fn prefixes(places: &Places<'_>) -> Vec<PathBuf> {
    let context = places.context;
    let mut prefixes = conda::noted(context);
    let mut bases = conda::of_person(context);
    bases.extend(context.absolute("MAMBA_ROOT_PREFIX").map(Path::to_path_buf));
    bases.extend(context.home().map(|home| home.join("micromamba")));
    // A removed base may have left its environments behind.
    bases.extend(prefixes.iter().filter_map(|prefix| conda::base_of(prefix)));

    let mut directories: Vec<PathBuf> = bases.iter().map(|base| base.join("envs")).collect();
    directories.extend(context.home().map(|home| home.join(".conda/envs")));
    for variable in ["CONDA_ENVS_PATH", "CONDA_ENVS_DIRS"] {
        let value = context.variable(variable).unwrap_or_default();
        let named = value.as_bytes().split(|byte| *byte == b':').map(OsStr::from_bytes);
        directories.extend(named.filter_map(|directory| places.expanded(directory)));
    }
    sorting::sort(&mut directories);
    directories.dedup();
    prefixes.extend(bases);
    prefixes.extend(directories.iter().flat_map(|directory| directories_in(directory)));
    prefixes
}
