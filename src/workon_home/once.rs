//! Remembers which notes about an environment were already shown, so that each is shown once.
//!
//! The marks are in `.venvwrap/said`, because activation writes nothing into an environment.

use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::WorkonHome;
use crate::formats::pyvenv_cfg::FILE_NAME;

impl WorkonHome {
    /// Whether this is the first call for the environment at `root`. If the mark cannot be written,
    /// `true`: better shown twice than never.
    pub(crate) fn is_first_time(&self, root: &Path) -> bool {
        // By inode and time: a later environment of the same name is another one.
        let Ok(cfg) = fs::metadata(root.join(FILE_NAME)) else { return true };
        let Ok(marks) = self.create_private("said") else { return true };
        let mark = marks.path().join(format!("{:x}-{:x}", cfg.ino(), cfg.mtime()));
        let made = OpenOptions::new().write(true).create_new(true).open(mark);
        !made.is_err_and(|error| error.kind() == ErrorKind::AlreadyExists)
    }
}
