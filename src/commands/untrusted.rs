//! Puts aside what would run on activation of a copied environment from elsewhere: hooks in its
//! `bin`, and lines appended to its `bin/activate`.
//!
//! Files are renamed to names that nothing runs, and get their names back once the user trusts
//! them. The names are in the environment itself, so they also hold for its copies and after a
//! rename, and activation has nothing to check.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use crate::environment::BIN;
use crate::environment::appended::parted;
use crate::error::{Error, ProjectError, Result, StoreError};
use crate::fs::{is_same, read_small, write_whole};
use crate::hooks::{DIALECTS, Event};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Prefix of a file that was put aside.
const PREFIX: &str = "untrusted-";

/// Lines appended to a `bin/activate`, put aside.
const LINES: &str = "untrusted-activate";

/// A whole `bin/activate`, put aside: a link, or a file too long to check.
const WHOLE: &str = "untrusted-activate.sh";

/// Longest `bin/activate` that is checked.
const LIMIT: u64 = 1024 * 1024;

/// Whether an environment is directly in the store. Its hooks are the user's own.
pub(super) fn is_in(home: &WorkonHome, root: &Path) -> bool {
    let is_link = fs::symlink_metadata(root).is_ok_and(|entry| entry.is_symlink());
    !is_link && root.parent().is_some_and(|parent| is_same(parent, home.path()))
}

/// Puts aside what would run on activation, in a tree at `root` that is not used yet. Returns the
/// new names. `activate`: the script that replaces one that cannot be checked.
pub(super) fn put_aside(root: &Path, activate: &[u8]) -> Result<Vec<OsString>> {
    let bin = root.join(BIN);
    if fs::symlink_metadata(&bin).is_ok_and(|entry| !entry.is_dir()) {
        // Through the link, the files would be renamed in the original environment.
        return Err(StoreError::LinkedBin.into());
    }
    let mut names = Vec::new();
    for name in hooks() {
        let aside = format!("{PREFIX}{name}");
        match fs::rename(bin.join(&name), bin.join(&aside)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            done => {
                done.map_err(Error::io("rename", bin.join(&name)))?;
                names.push(aside.into());
            }
        }
    }
    names.extend(put_lines_aside(&bin, activate)?);
    Ok(names)
}

fn put_lines_aside(bin: &Path, activate: &[u8]) -> Result<Option<OsString>> {
    let script = bin.join("activate");
    if fs::symlink_metadata(&script).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let Some(text) = read_whole(&script).map_err(Error::io("read", &script))? else {
        fs::rename(&script, bin.join(WHOLE)).map_err(Error::io("rename", &script))?;
        fs::write(&script, activate).map_err(Error::io("write", &script))?;
        return Ok(Some(WHOLE.into()));
    };
    let Some((of_maker, lines)) = parted(&text) else { return Ok(None) };
    let aside = bin.join(LINES);
    fs::write(&aside, lines).map_err(Error::io("write", aside))?;
    fs::write(&script, of_maker).map_err(Error::io("write", &script))?;
    Ok(Some(LINES.into()))
}

/// The content of a regular file. `None` for other files, and for a longer file.
fn read_whole(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let opened = match OpenOptions::new().read(true).custom_flags(flags.bits()).open(file) {
        Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ELOOP as i32) => return Ok(None),
        other => other?,
    };
    if !opened.metadata()?.is_file() {
        return Ok(None);
    }
    let mut text = Vec::new();
    opened.take(LIMIT + 1).read_to_end(&mut text)?;
    Ok((text.len() as u64 <= LIMIT).then_some(text))
}

/// The files put aside in the environment that the user names by its path, by the path of such a
/// file, or by its name if that path does not exist. Empty for an environment outside the store.
pub(super) fn named(home: &WorkonHome, typed: &Path, path: &Path) -> Vec<PathBuf> {
    let in_bin = || path.parent().filter(|bin| bin.file_name() == Some(OsStr::new(BIN))).and_then(Path::parent);
    if let Some(root) = in_bin().filter(|root| is_in(home, root)) {
        return aside_in(root).into_iter().filter(|file| file == path).collect();
    }
    if is_in(home, path) {
        return aside_in(path);
    }
    let name = EnvironmentName::existing(typed.as_os_str()).ok();
    let is_free = fs::symlink_metadata(path).is_err();
    name.filter(|_| is_free).map(|name| aside_in(&home.path().join(name.as_os_str()))).unwrap_or_default()
}

pub(super) fn aside_in(root: &Path) -> Vec<PathBuf> {
    let names = hooks().map(|name| format!("{PREFIX}{name}")).chain([LINES, WHOLE].map(str::to_owned));
    let files = names.map(|name| root.join(BIN).join(name));
    files.filter(|file| fs::symlink_metadata(file).is_ok()).collect()
}

/// Gives a file its name back. Returns the path.
pub(super) fn take_back(aside: &Path) -> Result<PathBuf> {
    let bin = aside.parent().unwrap_or(Path::new("/"));
    let name = aside.file_name().unwrap_or_default();
    let script = bin.join("activate");
    if name == LINES {
        let lines = read_small(aside, LIMIT).map_err(Error::io("read", aside))?.unwrap_or_default();
        let mut text = read_small(&script, LIMIT).map_err(Error::io("read", &script))?.unwrap_or_default();
        if !text.ends_with(b"\n") && !lines.starts_with(b"\n") {
            text.push(b'\n');
        }
        write_whole(&script, &[text, lines].concat())?;
        fs::remove_file(aside).map_err(Error::io("remove", aside))?;
        return Ok(script);
    }
    let bare = if name == WHOLE { b"activate" } else { &name.as_bytes()[PREFIX.len()..] };
    let hook = bin.join(OsStr::from_bytes(bare));
    if name != WHOLE && fs::symlink_metadata(&hook).is_ok() && !is_empty(&hook) {
        return Err(ProjectError::HookExists { aside: aside.to_path_buf(), hook }.into());
    }
    fs::rename(aside, &hook).map_err(Error::io("rename", aside))?;
    Ok(hook)
}

/// Whether a hook does nothing, like a hook template.
fn is_empty(hook: &Path) -> bool {
    let text = read_whole(hook).ok().flatten();
    let is_said = |line: &[u8]| !matches!(line.trim_ascii().first(), None | Some(b'#'));
    text.is_some_and(|text| !text.split(|byte| *byte == b'\n').any(is_said))
}

/// The names of an environment's own hooks, in every dialect.
fn hooks() -> impl Iterator<Item = String> {
    Event::local().flat_map(|event| DIALECTS.map(|dialect| format!("{}{dialect}", event.name)))
}
