//! `add2virtualenv`: directories for the environment's `sys.path`, and their removal.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb, legible, workon};
use crate::environment::path_extensions::PathExtensions;
use crate::error::Result;
use crate::keepsake;
use crate::output;
use crate::shown::shown;
use crate::workon_home::WorkonHome;

/// Add directories to the active environment's path
///
/// The directories go into a .pth file in site-packages, the latest first. Python searches them
/// after site-packages, so an installed package wins over one of the same name in them. (Files
/// written by virtualenvwrapper keep their code that moves them to the front; Python 3.18 will
/// ignore such code, PEP 829.) Without a directory, the added directories are listed.
#[derive(Debug, Parser)]
#[command(
    name = "add2virtualenv",
    after_help = "\
Examples:
  add2virtualenv ~/src/api/lib      import from that directory
  add2virtualenv .                  import from this directory
  add2virtualenv -d ~/src/api/lib   remove that directory again
  add2virtualenv                    list the directories (status 1, as in virtualenvwrapper)"
)]
pub(crate) struct Add2Virtualenv {
    /// Directories; missing ones take effect once they exist
    #[arg(value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    directories: Vec<PathBuf>,
    /// Remove the directories from the path
    #[arg(short, long)]
    delete: bool,
}

impl Verb for Add2Virtualenv {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if self.directories.is_empty() {
            let there = PathExtensions::open(&session.active()?.site_packages()?)?;
            output::data(&legible(&listing(there.as_ref())))?;
            return Ok(Outcome::Status(1));
        }
        let packages = workon::active_restored(session)?.site_packages()?;
        let mut file = PathExtensions::open(&packages)?.unwrap_or_else(|| PathExtensions::new(&packages));
        let mut changed = false;
        for typed in &self.directories {
            let path = session.context.absolute_path(typed)?;
            if path.as_os_str() != typed.as_os_str() {
                output::note(&format!("Warning: `{}` is taken as `{}`", shown(typed), shown(&path)));
            }
            if !self.delete {
                file.add(&path)?;
                changed = true;
            } else if file.remove(&path) {
                changed = true;
            } else {
                output::note(&format!("`{}` was not on the path", shown(&path)));
            }
        }
        if changed {
            file.write()?;
            if let Ok(home) = WorkonHome::locate(session.context) {
                keepsake::remember(&home, &session.active()?, session.context);
            }
        }
        Ok(Outcome::Done)
    }
}

/// The directories that `-d` can take away from the active environment, for Tab.
pub(crate) fn removable(session: &Session<'_>) -> Result<Vec<PathBuf>> {
    let there = PathExtensions::open(&session.active()?.site_packages()?)?;
    Ok(there.iter().flat_map(PathExtensions::directories).map(Path::to_path_buf).collect())
}

/// How it is called, and what is there.
fn listing(file: Option<&PathExtensions>) -> Vec<u8> {
    let mut text = b"Usage: add2virtualenv [-d] DIRECTORY...\n".to_vec();
    if let Some(file) = file {
        text.extend_from_slice(b"\nExisting paths:\n");
        for directory in file.directories() {
            text.extend([directory.as_os_str().as_bytes(), b"\n"].concat());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_comments_are_not_listed() {
        assert_eq!(listing(None), b"Usage: add2virtualenv [-d] DIRECTORY...\n");
        let room = tempfile::tempdir().unwrap();
        let mut file = PathExtensions::new(room.path());
        file.add("/a b".as_ref()).unwrap();
        let text = String::from_utf8(listing(Some(&file))).unwrap();
        assert_eq!(text, "Usage: add2virtualenv [-d] DIRECTORY...\n\nExisting paths:\n/a b\n");
    }
}
