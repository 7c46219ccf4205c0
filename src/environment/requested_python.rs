//! The Python that you asked for when an environment was created, as `-p` takes it.
//!
//! The interpreter that was found is in `pyvenv.cfg`; `3.12`, `>=3.11,<3.14`, or a path is not. It
//! has a file of its own in the environment, because other tools rewrite `pyvenv.cfg`, and because
//! the request belongs to this environment wherever it goes: a copy, another name, the trash.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::Environment;
use crate::error::Result;
use crate::fs::{read_small, write_whole};
use crate::one_line::is_one_line;

const NAME: &str = ".requested-python";

/// The longest path of Linux.
const LONGEST: u64 = 4096;

impl Environment {
    /// The request: a version or conditions, or the absolute path of an interpreter. `None` if
    /// there was none, or it cannot be read.
    pub(crate) fn requested_python(&self) -> Option<OsString> {
        let text = read_small(&self.root.join(NAME), LONGEST).ok()??;
        let request = text.trim_ascii();
        (!request.is_empty() && is_one_line(request)).then(|| OsString::from_vec(request.to_vec()))
    }
}

/// Records the request for the environment at `root`.
pub(crate) fn record(root: &Path, request: &OsStr) -> Result<()> {
    let file = root.join(NAME);
    if !is_one_line(request.as_bytes()) {
        return Ok(());
    }
    write_whole(&file, &[request.as_bytes(), b"\n"].concat())
}

/// Whether a request is the path of an interpreter, on this machine only.
pub(crate) fn is_path(request: &OsStr) -> bool {
    request.as_bytes().contains(&b'/')
}
