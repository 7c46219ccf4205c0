//! Write protection of an environment: the directories of its programs and packages forbid changes,
//! and pip says why.
//!
//! Files keep their modes, because hard links share them with other environments. `workon_home`
//! records which environments are locked; modes alone do not stop root.

use std::fs::{self, File, OpenOptions, Permissions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use super::{BIN, Environment, SMALL};
use crate::error::{Error, Result};
use crate::fs::walk::{Visitor, walk};
use crate::fs::{read_small, write_whole};
use crate::shown::{operands, shown};

const WRITE: u32 = 0o222;

/// First line of the settings that make pip refuse to install and uninstall.
const MARK: &str = "# Made by `venvwrap lock`.\n";

impl Environment {
    /// Forbids changes of its programs and packages.
    pub(crate) fn protect(&self) -> Result<()> {
        for directory in self.protected_directories() {
            walk(&directory, &Modes { root: &directory, added: 0, removed: WRITE })?;
        }
        let file = self.pip_settings();
        match read_small(&file, SMALL) {
            // The user's own settings stay.
            Ok(Some(text)) if !is_ours(&text) => Ok(()),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Ok(()),
            _ => write_whole(&file, refusal(self).as_bytes()),
        }
    }

    /// Permits changes by everybody who may write in the root of the environment.
    pub(crate) fn lift_protection(&self) -> Result<()> {
        let file = self.pip_settings();
        if read_small(&file, SMALL).is_ok_and(|text| text.is_some_and(|text| is_ours(&text))) {
            fs::remove_file(&file).map_err(Error::io("remove", &file))?;
        }
        let root = fs::metadata(self.root()).map_err(Error::io("look at", self.root()))?;
        for directory in self.protected_directories() {
            walk(&directory, &Modes { root: &directory, added: root.mode() & WRITE, removed: 0 })?;
        }
        Ok(())
    }

    /// A link in place of one belongs to another place, which stays as it is.
    fn protected_directories(&self) -> Vec<PathBuf> {
        let mut all = self.package_directories().unwrap_or_default();
        all.push(self.bin());
        all.retain(|directory| fs::symlink_metadata(directory).is_ok_and(|entry| entry.is_dir()));
        all
    }

    /// Where pip looks for the settings of an environment.
    fn pip_settings(&self) -> PathBuf {
        self.root().join("pip.conf")
    }
}

/// Whether the environment at `root` is protected, by the mode of its `bin`.
pub(crate) fn is_protected(root: &Path) -> bool {
    fs::symlink_metadata(root.join(BIN)).is_ok_and(|entry| entry.is_dir() && entry.mode() & WRITE == 0)
}

fn is_ours(text: &[u8]) -> bool {
    text.starts_with(MARK.as_bytes())
}

/// Settings that pip cannot read, and prints, when it would change packages: it has no better place
/// for a reason (PEP 668 is not for environments).
fn refusal(environment: &Environment) -> String {
    let (name, typed) = (shown(environment.name()).to_string(), operands(&[environment.name()]));
    // pip reads the file in the encoding of the locale.
    let can_be_read = [&name, &typed].into_iter().all(|text| text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    let (name, typed) = if can_be_read { (name.as_str(), typed.as_str()) } else { ("of this pip", "NAME") };
    let reason = format!("environment `{name}` is locked; `venvwrap unlock {typed}` unlocks it. This text");
    format!("{MARK}[install]\nupgrade = {reason}\n[uninstall]\nyes = {reason}\n")
}

/// Changes the modes of all directories below a root.
struct Modes<'a> {
    root: &'a Path,
    added: u32,
    removed: u32,
}

impl Modes<'_> {
    fn change(&self, directory: &Path) -> std::io::Result<()> {
        let flags = OFlag::O_NOFOLLOW | OFlag::O_DIRECTORY | OFlag::O_NONBLOCK;
        let opened: File = OpenOptions::new().read(true).custom_flags(flags.bits()).open(directory)?;
        let before = opened.metadata()?.mode() & 0o7777;
        let after = (before | self.added) & !self.removed;
        if after != before {
            opened.set_permissions(Permissions::from_mode(after))?;
        }
        Ok(())
    }
}

impl Visitor for Modes<'_> {
    fn directory(&self, path: &Path) -> Result<()> {
        let directory = self.root.join(path);
        self.change(&directory).map_err(Error::io("change the mode of", directory))
    }

    fn file(&self, _path: &Path, _buffer: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }

    fn link(&self, _path: &Path) -> Result<()> {
        Ok(())
    }
}
