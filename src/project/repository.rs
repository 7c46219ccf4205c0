//! The git repository around a project: its top, the directory that its worktrees share, and its
//! main worktree.
//!
//! git is not started: the settings of a cloned repository could make it run something.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::fs::{is_same, read_small, tidied};

/// Longest file of git that is read.
const LIMIT: u64 = 1024 * 1024;

/// The top of the worktree around a directory, and the git directory that all worktrees of the
/// repository share.
pub(super) fn around(project: &Path) -> Option<(PathBuf, PathBuf)> {
    let top = project.ancestors().find(|place| fs::symlink_metadata(place.join(".git")).is_ok())?;
    let dot_git = top.join(".git");
    let entry = fs::symlink_metadata(&dot_git).ok()?;
    let own = if entry.is_dir() {
        dot_git
    } else {
        // A linked worktree or a submodule has a file `.git`.
        tidied(&top.join(named_in(&dot_git, b"gitdir: ")?))
    };
    let common = named_in(&own.join("commondir"), b"").map_or_else(|| own.clone(), |named| tidied(&own.join(named)));
    let is_repository = common.join("HEAD").is_file() && common.join("objects").is_dir();
    is_repository.then(|| (top.to_path_buf(), common))
}

/// The URL of the first remote in the configuration of a repository.
pub(super) fn first_remote(common: &Path) -> Option<String> {
    let text = read_small(&common.join("config"), LIMIT).ok()??;
    let text = String::from_utf8(text).ok()?;
    let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with("[remote "));
    let mut lines = lines.skip(1).take_while(|line| !line.starts_with('['));
    let url = lines.find_map(|line| Some(line.strip_prefix("url")?.trim_start().strip_prefix('=')?.trim()))?;
    Some(url.trim_matches('"').to_owned())
}

/// The directory of the repository's main worktree, if this one is another of its worktrees. git
/// writes both files. `may_be`: decides by its path, before it is touched.
pub(crate) fn main_worktree(directory: &Path, may_be: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let link = directory.join(".git");
    fs::symlink_metadata(&link).ok().filter(fs::Metadata::is_file)?;
    let private = named_in(&link, b"gitdir: ")?;
    let git = private.parent().filter(|parent| parent.file_name() == Some(OsStr::new("worktrees")))?.parent()?;
    let main = git.parent().filter(|main| git.file_name() == Some(OsStr::new(".git")) && may_be(main))?;
    let is_back = named_in(&private.join("gitdir"), b"").is_some_and(|back| back == link || is_same(&back, &link));
    is_back.then(|| main.to_path_buf())
}

/// The path in a one-line file, after a prefix.
fn named_in(file: &Path, before: &[u8]) -> Option<PathBuf> {
    let text = read_small(file, LIMIT).ok()??;
    let line = text.strip_prefix(before)?.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    (!line.is_empty() && !line.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(line)))
}
