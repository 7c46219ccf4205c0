//! What was said about an environment once, and is not said again.
//!
//! Owns the marks, which are in the store's own directory: activating writes nothing into an
//! environment.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::WorkonHome;
use crate::formats::pyvenv_cfg::FILE_NAME;

impl WorkonHome {
    /// Whether this is the first time that it is asked about the environment at `root`. A mark that
    /// cannot be written is none: better said twice than never.
    pub(crate) fn is_first_time(&self, root: &Path) -> bool {
        // An environment that gets the same name later is another one.
        let Ok(cfg) = fs::metadata(root.join(FILE_NAME)) else { return true };
        let Ok(marks) = self.make_shelf("said") else { return true };
        let mark = marks.path().join(format!("{:x}-{:x}", cfg.ino(), cfg.mtime()));
        let made = OpenOptions::new().write(true).create_new(true).open(mark);
        !made.is_err_and(|error| error.kind() == ErrorKind::AlreadyExists)
    }
}
