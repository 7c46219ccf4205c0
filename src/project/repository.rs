//! The git repository around a project: its top, the directory that its worktrees share, and its
//! other worktrees.
//!
//! git is not started: the settings of a cloned repository could make it run something.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::fs::{entries_in, is_same, read_small, tidied};
use crate::sorting;

/// Longest file of git that is read.
const LIMIT: u64 = 1024 * 1024;

/// The top of the worktree around a directory, and the git directory that all worktrees of the
/// repository share.
pub(super) fn around(project: &Path) -> Option<(PathBuf, PathBuf)> {
    let top = project.ancestors().find(|place| is_top(place))?;
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

/// Whether a directory is the top of a worktree, a submodule, or a repository.
pub(crate) fn is_top(directory: &Path) -> bool {
    fs::symlink_metadata(directory.join(".git")).is_ok()
}

/// A worktree that git keeps elsewhere: its file `.git` names its part of the repository.
pub(crate) struct LinkedWorktree {
    link: PathBuf,
    /// The worktree's own part of the repository.
    private: PathBuf,
    git: PathBuf,
}

impl LinkedWorktree {
    /// The worktree at a directory. Reads the file `.git` only, which may name anything.
    pub(crate) fn at(directory: &Path) -> Option<Self> {
        let link = directory.join(".git");
        fs::symlink_metadata(&link).ok().filter(fs::Metadata::is_file)?;
        let private = named_in(&link, b"gitdir: ")?;
        let parent = private.parent().filter(|parent| parent.file_name() == Some(OsStr::new("worktrees")))?;
        let git = parent.parent()?.to_path_buf();
        Some(Self { link, private, git })
    }

    /// The main worktree, by its path. In the place of the main worktree, which a bare repository
    /// does not have, that repository.
    pub(crate) fn main(&self) -> &Path {
        main_of(&self.git)
    }

    /// The worktrees whose environments this one shares: the main one; in a bare repository all
    /// others, beginning with the one for the repository's branch. None if the repository knows
    /// nothing of this worktree: then the file `.git` was copied or forged.
    pub(crate) fn others(&self) -> Vec<PathBuf> {
        let named = named_in(&self.private.join("gitdir"), b"");
        if !named.is_some_and(|named| named == self.link || is_same(&named, &self.link)) {
            return Vec::new();
        }
        if !is_bare(&self.git) {
            return vec![self.main().to_path_buf()];
        }
        let branch = named_in(&self.git.join("HEAD"), b"");
        let entries = entries_in(self.git.join("worktrees"));
        let parts = entries.map(|entry| entry.path()).filter(|part| *part != self.private);
        let tops = parts.filter_map(|part| {
            let top = named_in(&part.join("gitdir"), b"")?.parent()?.to_path_buf();
            // Another directory may have taken the place of a removed worktree.
            LinkedWorktree::at(&top).filter(|other| other.git == self.git || is_same(&other.git, &self.git))?;
            Some((named_in(&part.join("HEAD"), b"") != branch, top))
        });
        let mut tops: Vec<(bool, PathBuf)> = tops.collect();
        sorting::sort(&mut tops);
        tops.into_iter().map(|(_, top)| top).collect()
    }
}

/// The main worktree of a repository. A repository that is not called `.git` has none, and stands
/// for itself.
pub(crate) fn main_of(git: &Path) -> &Path {
    git.parent().filter(|_| git.file_name() == Some(OsStr::new(".git"))).unwrap_or(git)
}

/// Whether a repository is bare, by its configuration or by that of its worktrees.
fn is_bare(git: &Path) -> bool {
    ["config", "config.worktree"].iter().any(|name| {
        let text = read_small(&git.join(name), LIMIT).ok().flatten().unwrap_or_default();
        text.split(|byte| *byte == b'\n').any(|line| {
            let mut words = line.split(|byte| *byte == b'=').map(<[u8]>::trim_ascii);
            words.next() == Some(b"bare") && words.next() == Some(b"true")
        })
    })
}

/// The path in a one-line file, after a prefix.
fn named_in(file: &Path, before: &[u8]) -> Option<PathBuf> {
    let text = read_small(file, LIMIT).ok()??;
    let line = text.strip_prefix(before)?.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    (!line.is_empty() && !line.contains(&0)).then(|| PathBuf::from(OsStr::from_bytes(line)))
}
