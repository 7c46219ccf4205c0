//! The directories of each place, on Linux and macOS, and the variables that move them.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Origin, Places, conda};
use crate::directories::{Base, xdg};
use crate::env_vars;
use crate::fs::tidied;
use crate::interpreter::label;
use crate::interpreter::pyenv::Pyenv;
use crate::sorting;

/// Relative to the root of the file system.
const SYSTEM: [&str; 2] = ["usr/bin", "usr/local/bin"];
const HOMEBREW: [&str; 2] = ["opt/homebrew", "home/linuxbrew/.linuxbrew"];
const FRAMEWORKS: &str = "Library/Frameworks/Python.framework/Versions";

impl Places<'_> {
    /// The directories of a place, which contain commands or installations. They may not exist.
    pub(in crate::interpreter) fn directories(&self, place: Origin) -> Vec<PathBuf> {
        let below_home = |below: &str| self.context.home().map(|home| home.join(below));
        let named = |variable, below: &str| self.context.absolute(variable).map(|directory| directory.join(below));
        match place {
            Origin::Path => {
                // If PATH is unset, there are none. An empty entry means the working directory, as
                // in a shell.
                let Some(path) = self.context.variable(env_vars::PATH) else { return Vec::new() };
                let words = path.as_bytes().split(|byte| *byte == b':').map(OsStr::from_bytes);
                words.map(|word| tidied(&self.directory().join(word))).collect()
            }
            Origin::Pyenv => self.shims.pyenv.as_ref().map(Pyenv::versions).into_iter().collect(),
            Origin::Uv => {
                if let Some(own) = self.context.absolute(env_vars::UV_PYTHON_INSTALL_DIR) {
                    return vec![own.to_path_buf()];
                }
                let data = xdg(self.context, Base::Data).map(|data| data.join("uv/python"));
                // The directory of older uv versions on macOS. Installations there are still used.
                let legacy = below_home("Library/Application Support/uv/python");
                data.into_iter().chain(legacy.filter(|_| cfg!(target_os = "macos"))).collect()
            }
            Origin::Mise => self.shims.mise.iter().map(|data| data.join("installs/python")).collect(),
            Origin::Asdf => self.shims.asdf.iter().map(|data| data.join("installs/python")).collect(),
            Origin::Rye => named(env_vars::RYE_HOME, "py").or_else(|| below_home(".rye/py")).into_iter().collect(),
            Origin::Homebrew => self.homebrew(),
            Origin::PythonOrg => {
                let mut versions = label::installations(&self.root.join(FRAMEWORKS));
                sorting::sort_by_key(&mut versions, |(label, _)| label.newest_first());
                versions.into_iter().map(|(_, version)| version.join("bin")).collect()
            }
            Origin::System => SYSTEM.iter().map(|below| self.root.join(below)).collect(),
            Origin::Conda => {
                let bases = conda::bases(self.context, &self.root, self.shims.pyenv.as_ref());
                bases.into_iter().map(|base| base.join("bin")).collect()
            }
        }
    }

    /// The `bin` of each Homebrew and of each of its Pythons: a Python that is not linked, or whose
    /// names another one has taken, is only there. `opt`, not `Cellar`, because its paths survive
    /// upgrades.
    fn homebrew(&self) -> Vec<PathBuf> {
        let own = self.context.absolute(env_vars::HOMEBREW_PREFIX).map(Path::to_path_buf);
        let mut prefixes: Vec<PathBuf> = own.into_iter().collect();
        for usual in HOMEBREW.map(|below| self.root.join(below)) {
            if !prefixes.contains(&usual) {
                prefixes.push(usual);
            }
        }
        // On an Intel Mac, Homebrew shares `usr/local` with others. Only Homebrew has a Cellar
        // there.
        let shared = self.root.join("usr/local");
        if !prefixes.contains(&shared) && shared.join("Cellar").is_dir() {
            prefixes.push(shared);
        }
        let formulae = |prefix: &PathBuf| {
            let mut found: Vec<PathBuf> = fs::read_dir(prefix.join("opt"))
                .into_iter()
                .flatten()
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| path.file_name().and_then(OsStr::to_str).is_some_and(is_python_formula))
                .collect();
            sorting::sort(&mut found);
            found
        };
        prefixes
            .iter()
            .flat_map(|prefix| std::iter::once(prefix.clone()).chain(formulae(prefix)))
            .map(|prefix| prefix.join("bin"))
            .collect()
    }
}

/// Whether this is a Python's formula: `python@3.12`, `pypy3.10`, `python-freethreading`, but not
/// `python-tk@3.12`.
fn is_python_formula(name: &str) -> bool {
    let version = name.strip_prefix("python@").or_else(|| name.strip_prefix("pypy"));
    // `python@3` and `pypy` are aliases that move on to the next minor version.
    version.is_some_and(|version| version.contains('.')) || name == "python-freethreading"
}
