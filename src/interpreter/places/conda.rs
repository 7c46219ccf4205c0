//! The base prefixes of conda installations.
//!
//! Owns how a base is told from an environment, by its files, and the list in which conda notes
//! every environment. conda itself is never started.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::env_vars;
use crate::formats::conda_meta;
use crate::fs::{entries_in, read_small};
use crate::interpreter::pyenv::Pyenv;

/// One line for each environment ever created, which can be some thousands.
const LIMIT: u64 = 1024 * 1024;

/// The installers' default directories in a home.
const BELOW_HOME: [&str; 6] = ["miniforge3", "miniconda3", "anaconda3", "mambaforge", "miniconda", "anaconda"];
const BELOW_ROOT: [&str; 4] = ["opt/conda", "opt/miniforge3", "opt/miniconda3", "opt/anaconda3"];

/// All existing bases, each once: the user's own, and those in the installers' default directories
/// for all users.
pub(super) fn bases(context: &Context, root: &Path, pyenv: Option<&Pyenv>) -> Vec<PathBuf> {
    let below_root = BELOW_ROOT.iter().map(|below| root.join(below));
    let by_pyenv = pyenv.into_iter().flat_map(|pyenv| entries_in(pyenv.versions()));
    let by_pyenv = by_pyenv.map(|entry| entry.path()).filter(|path| !path.is_symlink());
    let mut found = of_person(context);
    for candidate in below_root.chain(by_pyenv) {
        if is_base(&candidate) && !found.contains(&candidate) {
            found.push(candidate);
        }
    }
    found
}

/// The user's own bases: of the conda in use, noted by conda, and in the installers' default
/// directories.
pub(crate) fn of_person(context: &Context) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    // `BASE/bin/conda`; `conda init` exports it.
    let active =
        context.absolute(env_vars::CONDA_EXE).and_then(|conda| conda.parent()?.parent().map(Path::to_path_buf));
    let noted = noted(context);
    let noted = noted.iter().filter_map(|prefix| base_of(prefix));
    let below_home = BELOW_HOME.iter().filter_map(|below| context.home().map(|home| home.join(below)));
    for candidate in active.into_iter().chain(noted).chain(below_home) {
        if is_base(&candidate) && !found.contains(&candidate) {
            found.push(candidate);
        }
    }
    found
}

/// The environments that conda noted. They may have been removed.
pub(crate) fn noted(context: &Context) -> Vec<PathBuf> {
    let file = context.home().map(|home| home.join(".conda/environments.txt"));
    let text = file.and_then(|file| read_small(&file, LIMIT).ok().flatten()).unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n').map(|line| Path::new(OsStr::from_bytes(line.trim_ascii())));
    lines.filter(|line| line.is_absolute()).map(Path::to_path_buf).collect()
}

/// The base that a noted prefix is, or belongs to.
pub(crate) fn base_of(prefix: &Path) -> Option<PathBuf> {
    let envs = prefix.parent()?;
    let is_named = envs.file_name() == Some(OsStr::new("envs"));
    Some(if is_named { envs.parent()?.to_path_buf() } else { prefix.to_path_buf() })
}

/// conda puts its own commands into `condabin`. Environments do not have this directory.
fn is_base(prefix: &Path) -> bool {
    fs::metadata(prefix.join("condabin")).is_ok_and(|entry| entry.is_dir()) && conda_meta::is_in(prefix)
}
