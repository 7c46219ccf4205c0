//! What tells a project apart wherever its directory is: its git repository, the first remote of
//! that, and its name in pyproject.toml.
//!
//! A clone of somebody else's repository may claim any of them, so a match is only a suggestion.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{linked_directories, pyproject, repository};
use crate::fs::read_small;

/// Longest pyproject.toml that is read.
const LIMIT: u64 = 1024 * 1024;

/// The identity of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The directory below the top of the repository. Bytes, because paths need not be UTF-8.
    below: Vec<u8>,
    /// The git directory that the worktrees share.
    git: Option<Vec<u8>>,
    /// Host and path of the first remote.
    remote: Option<String>,
    /// The normalized name.
    name: Option<String>,
}

impl Identity {
    /// Reads it. Unreadable files count as missing. `None` if nothing tells the project apart.
    pub(crate) fn of(project: &Path) -> Option<Self> {
        let text = read_small(&project.join("pyproject.toml"), LIMIT).ok().flatten();
        let name = text.and_then(|text| pyproject::name(std::str::from_utf8(&text).ok()?));
        let mut identity = Self { name, ..Self::default() };
        if let Some((top, common)) = repository::around(project) {
            let below = project.strip_prefix(&top).ok()?;
            identity.below = below.as_os_str().as_bytes().to_vec();
            identity.remote = repository::first_remote(&common).and_then(|url| without_protocol(&url));
            identity.git = Some(common.as_os_str().as_bytes().to_vec());
        }
        (identity.name.is_some() || identity.git.is_some()).then_some(identity)
    }

    /// Where shells in other worktrees of the repository look for the project.
    pub(crate) fn shared(&self) -> Option<PathBuf> {
        let path = |bytes| Path::new(OsStr::from_bytes(bytes));
        self.git.as_deref().map(|git| linked_directories::shared(path(git), path(&self.below)))
    }

    /// Whether both seem to be one project: of one repository, of clones of one remote, or of one
    /// name if their remotes cannot tell.
    pub(crate) fn is_same_project(&self, other: &Self) -> bool {
        let is_same_repository = self.git.is_some() && self.git == other.git;
        let is_same = match (&self.remote, &other.remote) {
            (Some(own), Some(theirs)) => is_same_repository || own == theirs,
            _ => is_same_repository || self.name.is_some() && self.name == other.name,
        };
        is_same && self.below == other.below
    }
}

/// Host and path of a URL, the same for all protocols. Drops the user, who may come with a
/// password.
fn without_protocol(url: &str) -> Option<String> {
    let (host, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        // As in `git@host:path`; a local path has no colon before its first slash.
        None => match url.split_once(':') {
            Some((host, path)) if !host.contains('/') => (host, path),
            _ => ("", url),
        },
    };
    let host = host.rsplit('@').next().unwrap_or(host).to_lowercase();
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (!path.is_empty()).then(|| format!("{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn project(place: &Path, name: &str, remote: &str) -> Option<Identity> {
        fs::create_dir_all(place.join(".git/objects")).unwrap();
        fs::write(place.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        let remote = if remote.is_empty() { String::new() } else { format!("[remote \"origin\"]\n\turl = {remote}\n") };
        fs::write(place.join(".git/config"), format!("[core]\n\turl = no\n{remote}[remote \"b\"]\nurl = c:d\n"))
            .unwrap();
        fs::write(place.join("pyproject.toml"), format!("[project]\nname = '{name}'\n")).unwrap();
        Identity::of(place)
    }

    #[test]
    fn urls_of_one_remote_are_the_same_and_hold_no_password() {
        for url in [
            "https://me:secret@Example.org/us/api.git",
            "git@example.org:us/api.git",
            "ssh://git@example.org/us/api",
            "https://example.org/us/api/",
        ] {
            assert_eq!(without_protocol(url).unwrap(), "example.org/us/api", "{url}");
        }
        assert_eq!(without_protocol("../it's/api.git").unwrap(), "/../it's/api");
        assert_eq!(without_protocol("https://example.org"), None);
        assert_eq!(without_protocol(""), None);
    }

    #[test]
    fn a_clone_is_the_same_project_and_another_remote_is_not() {
        let room = tempfile::tempdir().unwrap();
        let at = |name: &str, project_name: &str, remote: &str| {
            project(&room.path().join(name), project_name, remote).unwrap()
        };
        let old = at("old", "Api_Server", "git@example.org:us/api.git");
        assert!(old.is_same_project(&at("clone", "renamed", "https://example.org/us/api")));
        assert!(!old.is_same_project(&at("fork", "api-server", "https://example.org/them/api")));
        // Below the top, another directory is another project.
        let below = room.path().join("clone/packages/web");
        fs::create_dir_all(&below).unwrap();
        assert!(!old.is_same_project(&Identity::of(&below).unwrap()));
        let plain = room.path().join("plain");
        fs::create_dir(&plain).unwrap();
        assert_eq!(Identity::of(&plain), None);
        fs::write(plain.join("pyproject.toml"), "[project]\nname = 'api.server'\n").unwrap();
        assert!(old.is_same_project(&Identity::of(&plain).unwrap()));
        for odd in [&b"[project\n"[..], b"\xff", b"[project]\nname = 3\n"] {
            fs::write(plain.join("pyproject.toml"), odd).unwrap();
            assert_eq!(Identity::of(&plain), None);
        }
    }
}
