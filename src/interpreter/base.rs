//! Finds the base interpreter behind the python of an environment.
//!
//! Owns the order in which the paths in `pyvenv.cfg` (PEP 405) and links are tried. Starts nothing.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg::PyvenvCfg;
use crate::fs::tidied;
use crate::shown::shown;
use crate::versions::Series;

/// The limit for chains of links, and of environments created from environments. The kernel's is
/// the same.
pub(super) const MANY: usize = 40;

/// The interpreter outside of any environment that `python` runs: `python` itself, or the base of
/// its environment, through any number of environments. Not `sys._base_executable`: from 3.8 to
/// 3.10 that is the environment's own python.
///
/// Fails if the base of an environment is missing.
pub(super) fn outside_environments(python: &Path) -> Result<PathBuf> {
    let mut current = python.to_path_buf();
    for _ in 0..MANY {
        let Some(cfg) = environment_of(&current) else {
            return Ok(current);
        };
        let candidates = bases(&current, &cfg);
        let found =
            candidates.iter().find(|base| **base != current && fs::metadata(base).is_ok_and(|file| file.is_file()));
        match (found, candidates.first()) {
            (Some(base), _) => current.clone_from(base),
            (None, Some(missing)) => {
                return Err(failed(python, format!("its base interpreter, {}, does not exist", shown(missing))));
            }
            // Without `home`, CPython does not treat the directory as an environment either.
            (None, None) => return Ok(current),
        }
    }
    Err(failed(python, "its base interpreter points back to itself".to_owned()))
}

fn failed(python: &Path, reason: String) -> Error {
    Error::PythonFailed { python: python.to_path_buf(), reason }
}

/// The `pyvenv.cfg` of the environment that `python` belongs to: it is beside `python`, or one
/// directory above (PEP 405).
fn environment_of(python: &Path) -> Option<PyvenvCfg> {
    let bin = python.parent()?;
    [Some(bin), bin.parent()].into_iter().flatten().find_map(|directory| PyvenvCfg::read(directory).ok().flatten())
}

/// The possible bases of the environment of `python`, the most reliable first. Empty if nothing
/// names one.
fn bases(python: &Path, cfg: &PyvenvCfg) -> Vec<PathBuf> {
    let linked = links(python).find(|link| link.parent() != python.parent());
    let Some(home) = cfg.home().filter(|home| home.is_absolute()) else {
        return linked.into_iter().collect();
    };
    // The name `python` says little: Debian has no such command in `home`, and 3.11's `python3`
    // becomes 3.12's. The link of the environment's python is reliable; for a copy, the paths
    // recorded at creation are.
    let link_name = linked.as_deref().and_then(Path::file_name).map(OsStr::to_owned);
    let mut bases: Vec<PathBuf> = link_name.iter().map(|name| home.join(name)).collect();
    bases.extend(linked);
    bases.extend(cfg.executables().filter(|path| path.is_absolute()));
    let series = cfg.version().and_then(|version| Series::of(&version));
    let numbered = series.map(|series| OsString::from(format!("python{series}")));
    let names = numbered.into_iter().chain(python.file_name().map(OsStr::to_owned));
    bases.extend(names.chain(["python3".into(), "python".into()]).map(|name| home.join(name)));
    bases
}

/// The targets of the links that `path` goes through, one after the other. `path` itself is not
/// included.
pub(super) fn links(path: &Path) -> impl Iterator<Item = PathBuf> {
    let next = |link: &PathBuf| {
        let target = fs::read_link(link).ok()?;
        Some(tidied(&link.parent()?.join(target)))
    };
    std::iter::successors(next(&path.to_path_buf()), next).take(MANY)
}

#[cfg(test)]
mod tests {
    use super::super::fake::{hostile_room, put};
    use super::*;
    use std::os::unix::fs::symlink;

    fn environment(root: &Path, python: &Path, cfg: &str) -> PathBuf {
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
        symlink(python, root.join("bin/python3")).unwrap();
        symlink("python3", root.join("bin/python")).unwrap();
        root.join("bin/python")
    }

    #[test]
    fn nested_environments_share_one_base() {
        let (_room, room) = hostile_room();
        let base = put(&room.join("base/bin/python3.9"), "");
        let outer = environment(&room.join("outer"), &base, &format!("home = {}\n", room.join("base/bin").display()));
        let home = format!("Home = {}\r\n", room.join("outer/bin").display());
        let inner = environment(&room.join("inner"), &outer, &home);
        assert_eq!(outside_environments(&inner).unwrap(), base);
        assert_eq!(outside_environments(&base).unwrap(), base);
    }

    #[test]
    fn the_base_of_a_copied_python_is_the_recorded_one() {
        let (_room, room) = hostile_room();
        let home = format!("home = {}\nversion_info = 3.9.18.final.0\n", room.join("base/bin").display());
        let copy = put(&room.join("env/bin/python"), "");
        put(&room.join("env/pyvenv.cfg"), &home);
        put(&room.join("base/bin/python3"), "");
        let numbered = put(&room.join("base/bin/python3.9"), "");
        assert_eq!(outside_environments(&copy).unwrap(), numbered);
        let exact = put(&room.join("base/bin/python3.9-dbg"), "");
        put(&room.join("env/pyvenv.cfg"), &format!("{home}executable = {}\n", exact.display()));
        assert_eq!(outside_environments(&copy).unwrap(), exact);
    }

    #[test]
    fn a_missing_or_circular_base_is_reported() {
        let (_room, room) = hostile_room();
        let gone = environment(&room.join("env"), Path::new("/gone/bin/python3.9"), "home = /gone/bin\n");
        let error = outside_environments(&gone).unwrap_err().to_string();
        assert!(error.ends_with("its base interpreter, /gone/bin/python3.9, does not exist"), "{error}");
        let home = |name: &str| format!("home = {}\n", room.join(name).join("bin").display());
        let one = put(&room.join("one/bin/python"), "");
        put(&room.join("two/bin/python"), "");
        put(&room.join("one/pyvenv.cfg"), &home("two"));
        put(&room.join("two/pyvenv.cfg"), &home("one"));
        let error = outside_environments(&one).unwrap_err().to_string();
        assert!(error.ends_with("points back to itself"), "{error}");
    }

    #[test]
    fn without_a_home_the_link_decides() {
        let (_room, room) = hostile_room();
        let base = put(&room.join("base/bin/python3.9"), "");
        let linked = environment(&room.join("env"), &base, "no equals\n\u{0}= x\n");
        assert_eq!(outside_environments(&linked).unwrap(), base);
        let plain = put(&room.join("plain/bin/python"), "");
        put(&room.join("plain/pyvenv.cfg"), "");
        assert_eq!(outside_environments(&plain).unwrap(), plain);
    }
}
