//! conda, mamba and micromamba: the environments that `~/.conda/environments.txt` names, and those in the `envs` of every
//! base that is known.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Candidate, LIMIT, Places, directories_in};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::fs::{is_same, read_small};

pub(super) fn candidates(places: &Places<'_>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for root in prefixes(places) {
        let Some(environment) = Environment::open_conda(&root) else { continue };
        // One environment may be spelled in two ways.
        if found.iter().any(|known| is_same(known.environment.root(), &root)) {
            continue;
        }
        let name = environment.conda_name();
        let short = Path::new(&name).file_name().unwrap_or(&name).to_owned();
        found.push(Candidate { origin: Origin::Conda, environment, names: vec![short], project: None });
    }
    found
}

/// Where conda environments may be.
fn prefixes(places: &Places<'_>) -> Vec<PathBuf> {
    let context = places.context;
    let home = context.home();
    let registered = home.map(|home| home.join(".conda/environments.txt"));
    let text = registered.and_then(|file| read_small(&file, LIMIT).ok()?).unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n').map(|line| Path::new(OsStr::from_bytes(line.trim_ascii())));
    let mut prefixes: Vec<PathBuf> = lines.filter(|path| path.is_absolute()).map(Path::to_path_buf).collect();

    // CONDA_EXE is in the `bin` of the base, and every environment in `envs` has its base two above.
    let mut bases: Vec<PathBuf> = prefixes.iter().map(|prefix| base_of(prefix)).collect();
    bases.extend(context.absolute("CONDA_EXE").and_then(|program| Some(program.parent()?.parent()?.to_path_buf())));
    bases.extend(
        ["MAMBA_ROOT_PREFIX", "CONDA_ROOT"].iter().filter_map(|name| context.absolute(name)).map(Path::to_path_buf),
    );
    bases.extend(home.map(|home| home.join("micromamba")));
    bases.sort();
    bases.dedup();

    let mut directories: Vec<PathBuf> = bases.iter().map(|base| base.join("envs")).collect();
    directories.extend(home.map(|home| home.join(".conda/envs")));
    for variable in ["CONDA_ENVS_PATH", "CONDA_ENVS_DIRS"] {
        let value = context.variable(variable).unwrap_or_default();
        let named = value.as_bytes().split(|byte| *byte == b':').map(OsStr::from_bytes);
        directories.extend(named.filter_map(|directory| places.expanded(directory)));
    }
    prefixes.extend(bases);
    prefixes.extend(directories.iter().flat_map(|directory| directories_in(directory)));
    prefixes
}

fn base_of(prefix: &Path) -> PathBuf {
    match prefix.parent() {
        Some(parent) if parent.file_name() == Some(OsStr::new("envs")) => parent.parent().unwrap_or(parent),
        _ => prefix,
    }
    .to_path_buf()
}
