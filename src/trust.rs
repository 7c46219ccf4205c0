//! Trust in the hooks of a project, and in its environment.
//!
//! Owns the record of the files that may be sourced, and of the environments outside the store that
//! may be activated automatically. A file is trusted by its path, its owner, and its content, so
//! that a changed file is not (as in direnv). The record is in the state directory, never in the
//! project, because a project must not vouch for itself.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::belief;
use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::error::{Error, ProjectError, Result};
use crate::fs::private::{create_private, doubt, read_private};
use crate::fs::{read_small, remove_tree, write_whole};
use crate::sorting;

/// The directory of a project that contains its hooks.
pub(crate) const PROJECT_HOOKS: &str = ".virtualenvwrapper";

/// Longest file that can be trusted. Files are kept in memory whole, and real hooks are shorter.
const LIMIT: u64 = 1024 * 1024;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TrustState {
    /// There is no such file.
    Missing,
    /// It is trusted, with this text. Run the text, not the file, which may have been replaced
    /// since.
    Trusted(Vec<u8>),
    /// It was never trusted, has changed since, or is too long.
    Untrusted,
}

impl TrustState {
    pub(crate) fn is_trusted(&self) -> bool {
        matches!(self, Self::Trusted(_))
    }
}

/// Looks at a file and at the record.
pub(crate) fn state_of(context: &Context, file: &Path) -> Result<TrustState> {
    let text = match read_small(file, LIMIT) {
        Ok(None) => return Ok(TrustState::Missing),
        Err(error) if error.kind() == ErrorKind::FileTooLarge => return Ok(TrustState::Untrusted),
        other => other.map_err(Error::io("read", file))?.unwrap_or_default(),
    };
    Ok(if is_trusted(context, file, &text)? { TrustState::Trusted(text) } else { TrustState::Untrusted })
}

/// Whether a file is trusted with this text in it, for callers that have read it and use the text.
pub(crate) fn is_trusted(context: &Context, file: &Path, text: &[u8]) -> Result<bool> {
    // Without HOME there is no record, and nothing is trusted.
    let Ok(record) = record_of(context, file) else { return Ok(false) };
    // A record that other users can write to proves nothing.
    let known = read_private(&record, LONGEST_RECORD).map_err(Error::io("read", record))?.ok().flatten();
    let owner = || fs::metadata(file).ok().map(|entry| entry.uid());
    Ok(known.is_some_and(|known| {
        let record = Record::read(&known);
        record.digest == digest(&[text]).as_bytes() && record.owner.is_none_or(|known| owner() == Some(known))
    }))
}

/// Longest record: a path and two short lines.
const LONGEST_RECORD: u64 = 8 * 1024;

/// What is on record of a file: the digest of its content, its owner, and its path, each on a line.
/// The path is last, and may contain line breaks.
struct Record<'a> {
    digest: &'a [u8],
    owner: Option<u32>,
    path: Option<&'a OsStr>,
}

impl<'a> Record<'a> {
    fn read(text: &'a [u8]) -> Self {
        let mut lines = text.splitn(3, |byte| *byte == b'\n');
        Self {
            digest: lines.next().unwrap_or_default(),
            owner: lines.next().and_then(|owner| std::str::from_utf8(owner).ok()?.parse().ok()),
            path: lines.next().map(OsStr::from_bytes),
        }
    }
}

/// The file of an environment outside the store whose trust lets it be activated automatically. Its
/// content changes when another Python is put into the environment.
pub(crate) fn file_of(root: &Path) -> PathBuf {
    root.join("pyvenv.cfg")
}

/// Whether an environment outside the store may be activated automatically. One that was never
/// trusted is not touched: it may be on a disk that does not answer.
pub(crate) fn is_trusted_environment(context: &Context, root: &Path) -> Result<bool> {
    let file = file_of(root);
    let is_known = record_of(context, &file).is_ok_and(|record| fs::symlink_metadata(record).is_ok());
    Ok(is_known && state_of(context, &file)?.is_trusted())
}

/// A file on record.
#[derive(Debug)]
pub(crate) struct TrustedFile {
    pub(crate) path: PathBuf,
    pub(crate) owner: Option<u32>,
    pub(crate) state: TrustState,
}

/// All files on record, sorted by path.
pub(crate) fn all(context: &Context) -> Result<Vec<TrustedFile>> {
    let directory = directories::state(context)?.join("trust");
    let entries = match fs::read_dir(&directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(Error::io("list", &directory))?,
    };
    let mut files = Vec::new();
    for entry in entries.filter_map(std::result::Result::ok) {
        let Ok(Ok(Some(text))) = read_private(&entry.path(), LONGEST_RECORD) else { continue };
        let Record { owner, path: Some(path), .. } = Record::read(&text) else { continue };
        files.push(TrustedFile { path: path.into(), owner, state: state_of(context, Path::new(path))? });
    }
    sorting::sort_by(&mut files, |one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Puts a file on record as it is now.
pub(crate) fn trust(context: &Context, file: &Path) -> Result<()> {
    let text = read_small(file, LIMIT).and_then(|text| text.ok_or_else(|| ErrorKind::NotFound.into()));
    let text = text.map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => ProjectError::HookTooLong { hook: file.to_path_buf() }.into(),
        _ => Error::io("read", file)(error),
    })?;
    let record = record_of(context, file)?;
    if let Some(directory) = record.parent() {
        if let Some(doubt) = doubt(directory) {
            return Err(ProjectError::Unrecordable {
                hook: file.to_path_buf(),
                directory: directory.to_path_buf(),
                remedy: belief::remedy(&doubt, env_vars::XDG_STATE_HOME),
                doubt: doubt.to_string(),
            }
            .into());
        }
        create_private(directory).map_err(Error::io("create", directory))?;
    }
    let owner = fs::metadata(file).map_err(Error::io("read", file))?.uid();
    let line = format!("{}\n{owner}\n", digest(&[&text]));
    write_whole(&record, &[line.as_bytes(), file.as_os_str().as_bytes()].concat())
}

/// Takes a file off the record.
pub(crate) fn distrust(context: &Context, file: &Path) -> Result<()> {
    let record = record_of(context, file)?;
    remove_tree(&record).map_err(Error::io("remove", record))
}

/// The hooks of a project, sorted by name.
pub(crate) fn hooks_of(project: &Path) -> Result<Vec<PathBuf>> {
    let directory = project.join(PROJECT_HOOKS);
    let entries = match fs::read_dir(&directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(Error::io("list", &directory))?,
    };
    let mut files: Vec<PathBuf> =
        entries.filter_map(std::result::Result::ok).map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    sorting::sort(&mut files);
    Ok(files)
}

fn record_of(context: &Context, file: &Path) -> Result<PathBuf> {
    Ok(directories::state(context)?.join("trust").join(digest(&[file.as_os_str().as_bytes()])))
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_trusted_by_path_and_content() {
        let room = tempfile::tempdir().unwrap();
        let state = room.path().join("state").to_str().unwrap().to_owned();
        let context = Context::made_of(&[("HOME", "/h"), ("XDG_STATE_HOME", &state)]);
        let (file, copy) = (room.path().join("postactivate"), room.path().join("copy"));
        assert_eq!(state_of(&context, &file).unwrap(), TrustState::Missing);
        fs::write(&file, "export A=1\n").unwrap();
        fs::write(&copy, "export A=1\n").unwrap();
        assert_eq!(state_of(&context, &file).unwrap(), TrustState::Untrusted);
        trust(&context, &file).unwrap();
        assert_eq!(state_of(&context, &file).unwrap(), TrustState::Trusted(b"export A=1\n".to_vec()));
        assert_eq!(state_of(&context, &copy).unwrap(), TrustState::Untrusted);
        fs::write(&file, "export A=2\n").unwrap();
        assert_eq!(state_of(&context, &file).unwrap(), TrustState::Untrusted);
        fs::write(&file, "export A=1\n").unwrap();
        // The last byte of the longest counts, and one more is too many.
        let longest = vec![b'#'; usize::try_from(LIMIT).unwrap()];
        fs::write(&file, &longest).unwrap();
        trust(&context, &file).unwrap();
        assert!(state_of(&context, &file).unwrap().is_trusted());
        fs::write(&file, [&longest[1..], b"\n"].concat()).unwrap();
        assert_eq!(state_of(&context, &file).unwrap(), TrustState::Untrusted);
        fs::write(&file, [&longest[..], b"\n"].concat()).unwrap();
        assert_eq!(state_of(&context, &file).unwrap(), TrustState::Untrusted);
        let refused = trust(&context, &file).unwrap_err().to_string();
        assert!(refused.contains("it is longer than 1 MiB"), "{refused}");
        fs::write(&file, "export A=1\n").unwrap();
        trust(&context, &file).unwrap();
        distrust(&context, &file).unwrap();
        assert_eq!(state_of(&context, &file).unwrap(), TrustState::Untrusted);
    }
}
