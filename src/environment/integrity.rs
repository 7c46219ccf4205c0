//! Checks that an environment still has its `pyvenv.cfg`, and the Python that its packages are for.
//!
//! Every command that activates, lists, installs into, or repairs an environment uses these checks.
//! They start nothing. Messages and repairs are left to the callers.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use super::{Environment, end_of_links, system_packages};
use crate::error::{Result, StoreError};
use crate::formats::pyvenv_cfg::PyvenvCfg;
use crate::versions::Series;

impl Environment {
    /// The minor version that the packages are for: `3.12`.
    pub(crate) fn series(&self) -> Option<Series> {
        Series::of(&self.version()?)
    }

    /// The interpreter that `bin/python` is linked to, if it is another minor version now:
    /// `/usr/bin/python3` after a system upgrade. The version is read from the name of the file at
    /// the end of the links.
    pub(crate) fn replaced_python(&self) -> Option<PathBuf> {
        let series = self.series()?;
        let python = end_of_links(&self.python());
        let name = python.file_name()?;
        let number = name.to_str()?.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let is_another = is_called_python(name) && Series::of(number).is_some_and(|found| found != series);
        is_another.then_some(python)
    }

    /// Whether Python uses the environment's own packages: it finds them by `pyvenv.cfg` (PEP 405),
    /// or by the library that virtualenv created before that PEP.
    pub(crate) fn is_isolated(&self) -> bool {
        self.cfg.is_some() || self.is_conda || self.has_library_of_its_own()
    }

    /// Fails if packages would be installed into the base Python.
    pub(crate) fn require_isolation(&self) -> Result<()> {
        if self.is_isolated() {
            return Ok(());
        }
        Err(StoreError::NoConfiguration { name: self.name().to_owned() }.into())
    }

    /// Whether uv created it without pip, and it still has none. The shell then finds the pip of
    /// another Python, which installs there.
    pub(crate) fn lacks_pip_of_its_own(&self) -> bool {
        let is_of_uv = self.cfg.as_ref().is_some_and(|cfg| cfg.get("uv").is_some());
        is_of_uv && fs::symlink_metadata(self.bin().join("pip")).is_err()
    }

    /// The text for a missing `pyvenv.cfg`: `home` is the directory that `bin/python` is linked to.
    /// `None` if it is not a link.
    pub(crate) fn lost_cfg(&self) -> Option<Vec<u8>> {
        fs::read_link(self.python()).ok()?;
        let home = end_of_links(&self.python()).parent()?.to_path_buf();
        let version = self.version()?;
        let home = home.to_str().filter(|home| !home.contains(['\n', '\r']))?.as_bytes();
        let pairs = [("home", home), (system_packages::KEY, b"false"), ("version", version.as_bytes())];
        Some(PyvenvCfg::text(pairs))
    }
}

/// Whether a file name is an interpreter's: `python`, `python3.12`, `pypy3`.
pub(crate) fn is_called_python(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let rest = name.strip_prefix(b"python").or_else(|| name.strip_prefix(b"pypy"));
    rest.is_some_and(|rest| rest.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b't')))
}
