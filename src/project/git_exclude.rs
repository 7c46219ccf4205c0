//! Keeping a project's link `.venv` out of its git repository: the pattern `.venv/` of so many
//! ignore files means directories only, and a link is none.
//!
//! Owns one line of `info/exclude`, which is this clone's own and never committed. git itself is
//! not started: in a repository from elsewhere its settings could say what to run.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use crate::error::{Error, Result};
use crate::fs::{read_prefix, read_small, tidied};

/// The line.
const PATTERN: &[u8] = b".venv";

/// Lines that ignore a link of that name already.
const COVERING: [&[u8]; 9] = [PATTERN, b"/.venv", b"**/.venv", b".venv*", b"/.venv*", b".*", b"*", b".venv?", b"*venv"];

/// Longest file that is read.
const LIMIT: u64 = 1024 * 1024;

/// Has git ignore the link in a project, where nothing says so yet. The file that was written to,
/// if there was one.
pub(crate) fn add(project: &Path) -> Result<Option<PathBuf>> {
    let Some((top, common)) = repository(project) else { return Ok(None) };
    let exclude = common.join("info/exclude");
    let ignore_files = project.ancestors().take_while(|place| place.starts_with(&top)).map(|at| at.join(".gitignore"));
    if ignore_files.chain([exclude.clone()]).any(|file| covers(&file)) {
        return Ok(None);
    }
    append(&exclude).map_err(Error::io("write", &exclude))?;
    Ok(Some(exclude))
}

/// The top of the work tree that a directory is in, and the repository's directory that all its
/// work trees share.
fn repository(project: &Path) -> Option<(PathBuf, PathBuf)> {
    let top = project.ancestors().find(|place| fs::symlink_metadata(place.join(".git")).is_ok())?;
    let dot_git = top.join(".git");
    let entry = fs::symlink_metadata(&dot_git).ok()?;
    let own = if entry.is_dir() {
        dot_git
    } else {
        // Of another work tree, or of a submodule.
        tidied(&top.join(named_in(&dot_git, b"gitdir: ")?))
    };
    let common = named_in(&own.join("commondir"), b"").map_or_else(|| own.clone(), |named| tidied(&own.join(named)));
    let is_repository = common.join("HEAD").is_file() && common.join("objects").is_dir();
    is_repository.then(|| (top.to_path_buf(), common))
}

/// The path in a file of one line.
fn named_in(file: &Path, before: &[u8]) -> Option<PathBuf> {
    let text = read_small(file, LIMIT).ok()??;
    let line = text.strip_prefix(before)?.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    (!line.is_empty() && !line.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(line)))
}

fn covers(file: &Path) -> bool {
    let text = read_prefix(file, LIMIT).ok().flatten().unwrap_or_default();
    text.split(|byte| *byte == b'\n').any(|line| COVERING.contains(&line.trim_ascii_end()))
}

/// Adds the line, to a file that is no link.
fn append(exclude: &Path) -> io::Result<()> {
    if let Some(directory) = exclude.parent() {
        match fs::create_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other?,
        }
    }
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let mut file = OpenOptions::new().read(true).append(true).create(true).custom_flags(flags.bits()).open(exclude)?;
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut last = *b"\n";
    if let Some(at) = file.metadata()?.len().checked_sub(1) {
        file.read_exact_at(&mut last, at)?;
    }
    let line = [if last == *b"\n" { &b""[..] } else { b"\n" }, PATTERN, b"\n"].concat();
    file.write_all(&line)
}
