//! Makes git ignore a project's link `.venv`. The usual pattern `.venv/` matches only directories,
//! not links.
//!
//! Owns one line in `info/exclude`, which belongs to this clone and is never committed.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use super::repository;
use crate::error::{Error, Result};
use crate::fs::read_prefix;

const PATTERN: &[u8] = b".venv";

/// Patterns that already ignore the link.
const COVERING: [&[u8]; 9] = [PATTERN, b"/.venv", b"**/.venv", b".venv*", b"/.venv*", b".*", b"*", b".venv?", b"*venv"];

/// Longest file that is read.
const LIMIT: u64 = 1024 * 1024;

/// Makes git ignore the link, unless a pattern does already. Returns the file that was changed, if
/// any.
pub(crate) fn add(project: &Path) -> Result<Option<PathBuf>> {
    let Some((top, common)) = repository::around(project) else { return Ok(None) };
    let exclude = common.join("info/exclude");
    let ignore_files = project.ancestors().take_while(|place| place.starts_with(&top)).map(|at| at.join(".gitignore"));
    if ignore_files.chain([exclude.clone()]).any(|file| covers(&file)) {
        return Ok(None);
    }
    append(&exclude).map_err(Error::io("write", &exclude))?;
    Ok(Some(exclude))
}

fn covers(file: &Path) -> bool {
    let text = read_prefix(file, LIMIT).ok().flatten().unwrap_or_default();
    text.split(|byte| *byte == b'\n').any(|line| COVERING.contains(&line.trim_ascii_end()))
}

/// Appends the line. Refuses a link.
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
