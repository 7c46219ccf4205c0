//! Whether a file or directory is private: nobody but the effective user and root can change what
//! it says.
//!
//! Owns the one rule by which caches, records, settings and prepared packages are believed. It is
//! that of ssh's StrictModes and git's safe.directory: owned by the user or by root, writable by
//! nobody else, and below directories in which nobody else can put something in its place. What is
//! not private is for the caller to do without.

use std::ffi::OsString;
use std::fmt::{self, Display};
use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Component, Path, PathBuf};

use nix::unistd::{Gid, Uid, geteuid, getgid};

use super::read_small;
use crate::shown::{shown, typed};

/// As many links as the kernel follows in one path.
const LINKS: usize = 40;

/// Longest /etc/group that is read.
const GROUPS: u64 = 1024 * 1024;

/// What others can do that keeps a path from being believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It belongs to another user.
    Owner(u32),
    /// Others can write to it.
    Writable,
}

/// Why a path is not believed: the first directory or file on the way to it that others control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    /// That directory or file.
    pub(crate) path: PathBuf,
    /// What others can do with it.
    pub(crate) reason: Reason,
}

impl Doubt {
    /// The command that makes it private. `None` where only its owner can do that.
    pub(crate) fn remedy(&self) -> Option<String> {
        let user = geteuid();
        let path = typed(&self.path);
        match self.reason {
            Reason::Writable => {
                let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|entry| entry.uid() == user.as_raw());
                (is_ours || user.is_root()).then(|| format!("`chmod go-w {path}`"))
            }
            // What `sudo` finds in another user's home is to stay that user's.
            Reason::Owner(_) => None,
        }
    }
}

impl Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = shown(&self.path);
        match self.reason {
            Reason::Owner(0) => write!(f, "{path} belongs to root"),
            Reason::Owner(owner) => write!(f, "{path} belongs to user {owner}"),
            Reason::Writable => write!(f, "others can write to {path}"),
        }
    }
}

/// Looks at every directory on the way to `path`, following links as the kernel does, and at what
/// is there in the end. `None`: it can be believed. What is missing yet would be made by us, where
/// the directories above it allow that.
pub(crate) fn doubt(path: &Path) -> Option<Doubt> {
    let mut here = PathBuf::from("/");
    let judge = Judge::here()?;
    let mut left = components(path);
    let mut links = 0;
    while let Some(next) = left.pop() {
        if next == ".." {
            here.pop();
            continue;
        }
        let place = here.join(&next);
        let entry = fs::symlink_metadata(&place).ok()?;
        if let Some(reason) = judge.doubts(&entry, left.is_empty()) {
            return Some(Doubt { path: place, reason });
        }
        if entry.is_symlink() {
            links += 1;
            if links > LINKS {
                return None;
            }
            let target = fs::read_link(&place).ok()?;
            if target.is_absolute() {
                here = PathBuf::from("/");
            }
            left.extend(components(&target));
        } else {
            here = place;
        }
    }
    None
}

/// Whether what is in a directory that can be believed can be believed itself.
pub(crate) fn is_private(entry: &Metadata) -> bool {
    Judge::here().is_some_and(|judge| judge.doubts(entry, true).is_none())
}

/// Reads a small file that has to be private to count, like [`read_small`]; a doubt where it is
/// not.
pub(crate) fn read_private(path: &Path, limit: u64) -> io::Result<Result<Option<Vec<u8>>, Doubt>> {
    if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(Ok(None));
    }
    match doubt(path) {
        Some(doubt) => Ok(Err(doubt)),
        None => read_small(path, limit).map(Ok),
    }
}

/// Makes a directory, with its parents, that only the user can write to, whatever the umask allows.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Whether others than the owner and root may write to what has this mode and group. A group that
/// has nobody else in it does not count: many systems give every user one, and a umask that lets it
/// write.
pub(crate) fn others_can_write(entry: &Metadata) -> bool {
    entry.mode() & 0o002 != 0 || (entry.mode() & 0o020 != 0 && !is_group_of_one(entry.gid()))
}

/// Whom to believe.
struct Judge {
    user: u32,
    /// Who owns `/`, and with it everything: root, or in a user namespace somebody who cannot be
    /// named there.
    top: u32,
}

impl Judge {
    fn here() -> Option<Self> {
        Some(Self { user: geteuid().as_raw(), top: fs::symlink_metadata("/").ok()?.uid() })
    }

    /// `is_end`: nothing is looked up in it any more, so that the sticky bit protects nothing.
    fn doubts(&self, entry: &Metadata, is_end: bool) -> Option<Reason> {
        if ![0, self.user, self.top].contains(&entry.uid()) {
            return Some(Reason::Owner(entry.uid()));
        }
        // A link has all bits set, and they mean nothing.
        let is_protected = entry.is_symlink() || (entry.mode() & 0o1000 != 0 && !is_end);
        (!is_protected && others_can_write(entry)).then_some(Reason::Writable)
    }
}

/// Whether the group is the caller's own, as useradd makes one for every user: of the same number,
/// and nobody is listed in it.
fn is_group_of_one(group: u32) -> bool {
    let user = Uid::current().as_raw();
    if user == 0 || group != user || getgid() != Gid::from_raw(group) {
        return false;
    }
    // What cannot be read may list others.
    let Ok(groups) = read_small(Path::new("/etc/group"), GROUPS) else { return false };
    let groups = groups.unwrap_or_default();
    let groups = String::from_utf8_lossy(&groups);
    let members = groups.lines().find_map(|line| {
        let mut fields = line.split(':').skip(2);
        (fields.next()?.parse() == Ok(group)).then(|| fields.next().unwrap_or_default().trim().to_owned())
    });
    members.is_none_or(|members| members.is_empty())
}

/// The names of a path, the first one last.
fn components(path: &Path) -> Vec<OsString> {
    let names = path.components().filter(|name| matches!(name, Component::Normal(_) | Component::ParentDir));
    let mut names: Vec<OsString> = names.map(|name| name.as_os_str().to_owned()).collect();
    names.reverse();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// `outer/inner/file`, private but for what a test changes.
    fn room() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let room = tempfile::tempdir().unwrap();
        let inner = room.path().join("outer/inner");
        create_private(&inner).unwrap();
        let file = inner.join("file");
        fs::write(&file, "text").unwrap();
        mode(&file, 0o644);
        (room, inner, file)
    }

    fn doubted(path: &Path) -> Option<(String, Reason)> {
        doubt(path).map(|doubt| (doubt.path.file_name().unwrap().to_string_lossy().into_owned(), doubt.reason))
    }

    #[test]
    fn what_others_can_write_to_or_replace_is_doubted() {
        let (_room, inner, file) = room();
        assert_eq!((doubt(&inner), doubt(&file), doubt(&inner.join("not/yet"))), (None, None, None));
        for (changed, bits) in [("inner", 0o702), ("inner", 0o720), ("outer", 0o777), ("file", 0o666), ("file", 0o664)]
        {
            let path = file.ancestors().find(|path| path.ends_with(changed)).unwrap();
            let before = fs::metadata(path).unwrap().mode();
            mode(path, bits);
            assert_eq!(doubted(&file), Some((changed.to_owned(), Reason::Writable)), "{changed} {bits:o}");
            assert!(doubt(&file).unwrap().remedy().unwrap().starts_with("`chmod go-w "));
            mode(path, before);
            assert_eq!(doubt(&file), None);
        }
    }

    #[test]
    fn the_sticky_bit_protects_what_is_in_a_directory_and_not_the_directory() {
        let (_room, inner, file) = room();
        mode(&inner, 0o1777);
        assert_eq!(doubt(&file), None);
        assert_eq!(doubted(&inner), Some(("inner".to_owned(), Reason::Writable)));
    }

    #[test]
    fn links_are_followed_and_so_are_the_directories_that_they_lead_through() {
        let (room, inner, _file) = room();
        let open = room.path().join("open");
        fs::create_dir(&open).unwrap();
        symlink("../outer/inner", open.join("in")).unwrap();
        symlink(open.join("in/file"), room.path().join("link")).unwrap();
        symlink("loop", room.path().join("loop")).unwrap();
        let link = room.path().join("link");
        mode(&open, 0o755);
        assert_eq!((doubt(&link), doubt(&room.path().join("loop"))), (None, None));
        mode(&open, 0o777);
        assert_eq!(doubted(&link), Some(("open".to_owned(), Reason::Writable)));
        mode(&open, 0o755);
        mode(&inner, 0o777);
        assert_eq!(doubted(&link), Some(("inner".to_owned(), Reason::Writable)));
    }

    #[test]
    fn another_users_is_doubted_also_by_root() {
        let (_room, inner, file) = room();
        if !geteuid().is_root() {
            return;
        }
        for path in [&file, &inner] {
            std::os::unix::fs::chown(path, Some(65_534), None).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert_eq!(doubted(&file), Some((name, Reason::Owner(65_534))));
        }
    }

    #[test]
    fn what_is_made_is_private_whatever_the_umask_allows() {
        let (_room, inner, _file) = room();
        assert_eq!(fs::metadata(inner).unwrap().mode() & 0o777, 0o700);
    }
}
