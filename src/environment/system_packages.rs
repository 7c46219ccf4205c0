//! Whether an environment sees the packages of its base interpreter.
//!
//! Owns the two forms of this setting: a key in `pyvenv.cfg` (PEP 405), and a file in the library,
//! which virtualenv wrote before version 20, and which pip for 2.7 still reads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Environment;
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::write_whole;

pub(super) const KEY: &str = "include-system-site-packages";

/// If this file exists, the packages are hidden.
const MARK: &str = "no-global-site-packages.txt";

/// The path of the base, in environments of virtualenv before 20.
const BASE: &str = "orig-prefix.txt";

impl Environment {
    /// Whether it sees the packages of its base interpreter.
    pub(crate) fn sees_system_packages(&self) -> bool {
        if self.is_conda {
            return false;
        }
        let Some(cfg) = &self.cfg else {
            return self.old_library().is_ok_and(|library| !library.join(MARK).is_file());
        };
        match cfg.get(KEY) {
            Some(value) => value.eq_ignore_ascii_case(b"true"),
            // The default is true in Python 3, and false in 2.7. Without `home`, Python does not
            // recognize the environment.
            None => cfg.get("home").is_some() && !self.is_python_2(),
        }
    }

    /// Shows the packages of the base interpreter to this environment, or hides them.
    pub(crate) fn show_system_packages(&self, seen: bool) -> Result<()> {
        if self.cfg.is_none() {
            return mark(&self.old_library()?, seen);
        }
        let value: &[u8] = if seen { b"true" } else { b"false" };
        pyvenv_cfg::edit(&self.root, |text| pyvenv_cfg::with_value(text, KEY, value))?;
        if self.is_python_2() { mark(&self.library()?, seen) } else { Ok(()) }
    }

    fn is_python_2(&self) -> bool {
        self.version().is_some_and(|version| version.starts_with("2."))
    }

    /// Whether it has the library that virtualenv created before PEP 405.
    pub(super) fn has_library_of_its_own(&self) -> bool {
        self.old_library().is_ok()
    }

    /// The library of an environment without `pyvenv.cfg`.
    fn old_library(&self) -> Result<PathBuf> {
        let library = self.library()?;
        if library.join(BASE).is_file() {
            return Ok(library);
        }
        Err(Error::NotAnEnvironment { path: self.root.clone(), reason: "it has no pyvenv.cfg" })
    }
}

/// Removes or creates the file.
fn mark(library: &Path, seen: bool) -> Result<()> {
    let file = library.join(MARK);
    if !seen {
        return write_whole(&file, b"");
    }
    match fs::remove_file(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(Error::io("remove", file)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(library: &str, cfg: Option<&str>) -> (tempfile::TempDir, PathBuf) {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("it's $x");
        fs::create_dir_all(root.join("lib").join(library).join("site-packages")).unwrap();
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::write(root.join("bin/activate"), "").unwrap();
        if let Some(cfg) = cfg {
            fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
        }
        (room, root)
    }

    fn open(root: &Path) -> Environment {
        Environment::open(root).unwrap().unwrap()
    }

    #[test]
    fn a_missing_key_has_the_default_of_that_python() {
        let (_room, root) = made("python3.12", Some("home = /x\nversion = 3.12.1\n"));
        assert!(open(&root).sees_system_packages());
        open(&root).show_system_packages(false).unwrap();
        assert!(!open(&root).sees_system_packages());
        let (_room, root) = made("python2.7", Some("home = /x\nversion = 2.7.18\n"));
        assert!(!open(&root).sees_system_packages());
    }

    #[test]
    fn python_2_has_the_file_as_well() {
        let (_room, root) = made("python2.7", Some("home=/x\nversion=2.7.18\nInclude-System-Site-Packages=FALSE\n"));
        let mark = root.join("lib/python2.7").join(MARK);
        fs::write(&mark, "").unwrap();
        open(&root).show_system_packages(true).unwrap();
        assert!(open(&root).sees_system_packages() && !mark.is_file());
        open(&root).show_system_packages(false).unwrap();
        assert!(!open(&root).sees_system_packages() && mark.is_file());
        let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
        assert_eq!(cfg, "home=/x\nversion=2.7.18\nInclude-System-Site-Packages=false\n");
    }

    #[test]
    fn an_environment_from_before_pep_405_has_only_the_file() {
        let (_room, root) = made("python3.6", None);
        assert!(!open(&root).sees_system_packages() && open(&root).show_system_packages(true).is_err());
        fs::write(root.join("lib/python3.6").join(BASE), "/opt/py").unwrap();
        assert!(open(&root).sees_system_packages());
        open(&root).show_system_packages(false).unwrap();
        assert!(!open(&root).sees_system_packages());
        open(&root).show_system_packages(true).unwrap();
        assert!(open(&root).sees_system_packages());
        assert!(!root.join("pyvenv.cfg").is_file());
    }
}
