//! Whether an environment is still what it was made as: with its `pyvenv.cfg`, and with the Python
//! its packages are for.
//!
//! Owns those two facts, for everything that activates, lists, installs into, or repairs an
//! environment. Starts nothing; how the facts are worded and repaired is left to the callers.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use super::{Environment, end_of_links, system_packages};
use crate::error::{Result, StoreError};
use crate::formats::pyvenv_cfg::PyvenvCfg;
use crate::versions::Series;

impl Environment {
    /// Major and minor version that its packages are for: `3.12`.
    pub(crate) fn series(&self) -> Option<Series> {
        Series::of(&self.version()?)
    }

    /// The interpreter behind `bin/python`, where it has become another minor version:
    /// `/usr/bin/python3` after a system upgrade. Its version is read from the name of the file
    /// that the links end at.
    pub(crate) fn replaced_python(&self) -> Option<PathBuf> {
        let series = self.series()?;
        let python = end_of_links(&self.python());
        let name = python.file_name()?;
        let number = name.to_str()?.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let is_another = is_called_python(name) && Series::of(number).is_some_and(|found| found != series);
        is_another.then_some(python)
    }

    /// Whether Python looks for packages in the environment at all: it finds it by `pyvenv.cfg`
    /// (PEP 405), or by the library that virtualenv made before that PEP.
    pub(crate) fn is_isolated(&self) -> bool {
        self.cfg.is_some() || self.is_conda || self.has_library_of_its_own()
    }

    /// Fails where packages would go into the Python that the environment was made from.
    pub(crate) fn require_isolation(&self) -> Result<()> {
        if self.is_isolated() {
            return Ok(());
        }
        Err(StoreError::NoConfiguration { name: self.name().to_owned() }.into())
    }

    /// Whether uv made it without pip, and nothing was done about it since: the shell finds another
    /// Python's pip, which installs elsewhere.
    pub(crate) fn lacks_pip_of_its_own(&self) -> bool {
        let is_of_uv = self.cfg.as_ref().is_some_and(|cfg| cfg.get("uv").is_some());
        is_of_uv && fs::symlink_metadata(self.bin().join("pip")).is_err()
    }

    /// The text of a `pyvenv.cfg` that was lost: the interpreter is where `bin/python` is linked
    /// to. `None` where that is not told by a link.
    pub(crate) fn lost_cfg(&self) -> Option<Vec<u8>> {
        fs::read_link(self.python()).ok()?;
        let home = end_of_links(&self.python()).parent()?.to_path_buf();
        let version = self.version()?;
        let home = home.to_str().filter(|home| !home.contains(['\n', '\r']))?.as_bytes();
        let pairs = [("home", home), (system_packages::KEY, b"false"), ("version", version.as_bytes())];
        Some(PyvenvCfg::text(pairs))
    }
}

/// Whether a file name is that of an interpreter: `python`, `python3.12`, `pypy3`.
pub(crate) fn is_called_python(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let rest = name.strip_prefix(b"python").or_else(|| name.strip_prefix(b"pypy"));
    rest.is_some_and(|rest| rest.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b't')))
}
