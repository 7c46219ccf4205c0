//! What a new environment gets installed, read off the options.

use std::path::Path;

use super::Options;
use crate::commands::Session;
use crate::directories;
use crate::error::{Error, Result};
use crate::installer::Packages;

/// What to install; the files must be there before anything is made.
pub(super) fn packages(session: &Session<'_>, options: &Options) -> Result<Packages> {
    let mut files = Vec::new();
    for file in &options.requirement {
        let typed = session.context.absolute_path(file)?;
        // The shell leaves `~` alone in `--requirement=~/x`, and everything in quotes. A file that is there is meant.
        let file = if std::fs::exists(&typed).unwrap_or(false) {
            typed
        } else {
            session.context.absolute_path(Path::new(&directories::expanded(file.as_os_str(), session.context)?))?
        };
        std::fs::metadata(&file).map_err(Error::io("read", &file))?;
        files.push(file);
    }
    Ok(Packages { files, requirements: options.install.clone() })
}
