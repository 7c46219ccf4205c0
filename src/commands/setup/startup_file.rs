//! An rc file that may be changed: a regular file of the user, read once and replaced whole. A
//! symbolic link stays, and its target is replaced.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::commands::Session;
use crate::environment::end_of_links;
use crate::error::{Error, Result};
use crate::fs::{read_small, write_whole};

/// Longest rc file that is changed.
pub(super) const LIMIT: u64 = 16 * 1024 * 1024;

pub(super) struct StartupFile {
    /// The path of the shell, in a message.
    pub(super) shown: String,
    /// Where its links end.
    target: PathBuf,
    /// `None` if the file is missing.
    pub(super) text: Option<Vec<u8>>,
}

impl StartupFile {
    /// Reads the file. Fails if it is not a regular file, or not the user's. `by_hand`: the line to
    /// add to such a file.
    pub(super) fn open(session: &Session<'_>, path: &Path, by_hand: &str) -> Result<Self> {
        let shown = session.shown(path);
        let refused =
            |reason: &str, hint: String| Error::Setup { message: format!("cannot change {shown}: {reason}"), hint };
        let add = || format!("add this line where that file comes from: `{by_hand}`");
        let owner = |entry: &fs::Metadata| match entry.uid() {
            uid if uid == geteuid().as_raw() => None,
            0 => Some(("belongs to root".to_owned(), add())),
            uid if geteuid().is_root() => {
                Some((format!("belongs to user {uid}"), "run `venvwrap setup` as that user, without `sudo`".to_owned()))
            }
            uid => Some((format!("belongs to user {uid}"), add())),
        };
        let target = end_of_links(path);
        match fs::metadata(path) {
            Ok(entry) if !entry.is_file() => {
                return Err(refused(
                    "it is not a regular file",
                    format!("move it away, or use `{by_hand}` without it"),
                ));
            }
            Ok(entry) => {
                if let Some((reason, hint)) = owner(&entry) {
                    return Err(refused(&format!("it {reason}"), hint));
                }
            }
            Err(_) => {
                // Root could write into the directory of any user.
                let above = target.ancestors().skip(1).find_map(|above| Some((above, fs::metadata(above).ok()?)));
                if let Some((above, entry)) = above.filter(|_| geteuid().is_root())
                    && let Some((reason, hint)) = owner(&entry)
                {
                    return Err(refused(&format!("{} {reason}", session.shown(above)), hint));
                }
            }
        }
        let text = read_small(path, LIMIT).map_err(Error::io("read", path))?;
        Ok(Self { shown, target, text })
    }

    /// Replaces the file, or removes it. Fails if it was changed since it was read.
    pub(super) fn write(&self, text: Option<&[u8]>, is_program: bool) -> Result<()> {
        let now = read_small(&self.target, LIMIT).map_err(Error::io("read", &self.target))?;
        if now != self.text {
            return Err(Error::Setup {
                message: format!("{} was changed by another program; nothing was written to it", self.shown),
                hint: "run `venvwrap setup` again".to_owned(),
            });
        }
        let Some(text) = text else {
            return fs::remove_file(&self.target).map_err(Error::io("remove", &self.target));
        };
        if let Some(directory) = self.target.parent().filter(|_| self.text.is_none()) {
            fs::create_dir_all(directory).map_err(Error::io("create", directory))?;
        }
        write_whole(&self.target, text)?;
        if is_program {
            let mode = fs::Permissions::from_mode(0o755);
            fs::set_permissions(&self.target, mode).map_err(Error::io("change the mode of", &self.target))?;
        }
        Ok(())
    }
}
