//! The repository and commit of a source that pip checked out into an environment.
//!
//! `pip install -e git+…` leaves the source in `src` of the environment, and records only that
//! directory. Git's own files have the rest. They are only read: starting git in a directory runs
//! what its configuration names.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::environment::frozen::without_password;
use crate::fs::{read_small, resolved};

/// Longest file of git that is read.
const LIMIT: u64 = 1024 * 1024;

/// A commit of a repository, and the directory of the project in it.
pub(super) struct Checkout {
    pub(super) url: String,
    pub(super) commit: String,
    pub(super) subdirectory: Option<String>,
}

/// The checkout that holds `source`, if it is below `root`.
pub(super) fn of(source: &Path, root: &Path) -> Option<Checkout> {
    let (source, root) = (resolved(source).ok()?, resolved(root).ok()?);
    let mut places = source.ancestors().take_while(|place| *place != root && place.starts_with(&root));
    let top = places.find(|place| fs::symlink_metadata(place.join(".git")).is_ok_and(|entry| entry.is_dir()))?;
    let git = top.join(".git");
    let below = source.strip_prefix(top).ok()?.to_str()?;
    Some(Checkout {
        url: remote(&text(&git.join("config"))?)?,
        commit: commit(&git)?,
        subdirectory: (!below.is_empty()).then(|| below.to_owned()),
    })
}

fn text(file: &Path) -> Option<String> {
    String::from_utf8(read_small(file, LIMIT).ok()??).ok()
}

/// The address of `origin`, or else of the first remote, as pip and uv take it after `git+`. `None`
/// for a repository on this machine: other machines do not have it.
fn remote(config: &str) -> Option<String> {
    let (mut section, mut first, mut origin) = ("", None, None);
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if let Some(("url", value)) = line.split_once('=').map(|(key, value)| (key.trim_end(), value.trim())) {
            if section == "[remote \"origin\"]" {
                origin = origin.or(Some(value));
            } else if section.starts_with("[remote ") {
                first = first.or(Some(value));
            }
        }
    }
    let url = origin.or(first)?;
    if !url.contains("://") {
        // `git@host:owner/name`
        let (host, path) = url.split_once(':').filter(|(host, _)| !host.contains('/'))?;
        return Some(format!("ssh://{host}/{}", path.trim_start_matches('/')));
    }
    (!url.starts_with("file:")).then(|| without_password(url))
}

/// The commit that is checked out.
fn commit(git: &Path) -> Option<String> {
    let is_hash = |text: &&str| text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let head = text(&git.join("HEAD"))?;
    let Some(branch) = head.trim().strip_prefix("ref: ") else {
        return Some(head.trim()).filter(is_hash).map(str::to_owned);
    };
    let file = PathBuf::from(branch);
    if !file.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let loose = text(&git.join(file)).map(|text| text.trim().to_owned());
    let packed = || {
        let list = text(&git.join("packed-refs"))?;
        let row = list.lines().find_map(|row| row.split_once(' ').filter(|(_, name)| *name == branch));
        row.map(|(hash, _)| hash.to_owned())
    };
    loose.or_else(packed).filter(|hash| is_hash(&hash.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_remote_is_an_address_that_another_machine_has() {
        let of = |url: &str| remote(&format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n"));
        assert_eq!(of("https://me:secret@h/r.git").unwrap(), "https://h/r.git");
        assert_eq!(of("git@h:o/r.git").unwrap(), "ssh://git@h/o/r.git");
        assert_eq!(of("ssh://git@h/o/r").unwrap(), "ssh://git@h/o/r");
        assert_eq!((of("file:///srv/r"), of("/srv/r"), of("../r:1")), (None, None, None));
        let two =
            "[remote \"fork\"]\nurl = https://h/fork\n[remote \"origin\"]\nurl = https://h/r\n[branch \"x\"]\nurl = z";
        assert_eq!(remote(two).unwrap(), "https://h/r");
        assert_eq!(remote(&two.replace("origin", "other")).unwrap(), "https://h/fork");
        assert_eq!(remote("[core]\nurl = https://h/r\n"), None);
    }

    #[test]
    fn the_commit_is_in_head_in_a_branch_or_in_the_list() {
        let room = tempfile::tempdir().unwrap();
        let put = |file: &str, text: &str| {
            let file = room.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        put("HEAD", &format!("{HASH}\n"));
        assert_eq!(commit(room.path()).unwrap(), HASH);
        put("HEAD", "ref: refs/heads/a/b\n");
        assert_eq!(commit(room.path()), None);
        put("packed-refs", &format!("# pack-refs with: peeled\n{HASH} refs/heads/a/b\n^{HASH}\n"));
        assert_eq!(commit(room.path()).unwrap(), HASH);
        let other = HASH.replace('0', "f");
        put("refs/heads/a/b", &format!("{other}\n"));
        assert_eq!(commit(room.path()).unwrap(), other);
        for head in ["ref: ../refs/heads/a/b\n", "ref: /etc/passwd\n", "--upload-pack=x\n", ""] {
            put("HEAD", head);
            assert_eq!(commit(room.path()), None, "{head}");
        }
    }
}
