//! Checks that a file or directory is private: only the effective user and root can change it.
//!
//! Owns the rule for caches, records, settings and prepared packages, which is the same as ssh's
//! StrictModes and git's safe.directory: the user or root owns the file, no other user can write to
//! it, and no other user can replace it or a directory above it. Callers ignore files that are not
//! private.

use std::ffi::OsString;
use std::fmt::{self, Display};
use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::{Gid, Uid, geteuid, getgid};

use super::read_small;
use crate::shown::{shown, typed};

/// How many links the kernel follows in one path.
const LINKS: usize = 40;

/// Longest /etc/group that is read.
const GROUPS: u64 = 1024 * 1024;

/// Why a file or directory is not private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It belongs to another user.
    Owner(u32),
    /// Others can write to it.
    Writable,
}

/// The first directory or file on a path that other users control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    pub(crate) path: PathBuf,
    pub(crate) reason: Reason,
}

impl Doubt {
    /// The command that makes it private. `None` if only another user can do that.
    pub(crate) fn remedy(&self) -> Option<String> {
        let user = geteuid();
        let path = typed(&self.path);
        match self.reason {
            Reason::Writable => {
                let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|entry| entry.uid() == user.as_raw());
                (is_ours || user.is_root()).then(|| format!("`chmod go-w {path}`"))
            }
            // No `chown`: with `sudo`, the files in a user's home must stay the user's.
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

/// Checks `path` and every directory above it, following links as the kernel does. `None`: it is
/// private, or missing in a private directory.
pub(crate) fn doubt(path: &Path) -> Option<Doubt> {
    let mut here = PathBuf::from("/");
    let trusted = TrustedUsers::current()?;
    let mut left = components(path);
    let mut links = 0;
    while let Some(next) = left.pop() {
        if next == ".." {
            here.pop();
            continue;
        }
        let place = here.join(&next);
        let entry = fs::symlink_metadata(&place).ok()?;
        if let Some(reason) = trusted.doubts(&entry, left.is_empty()) {
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

/// Whether a file in a private directory is private itself.
pub(crate) fn is_private(entry: &Metadata) -> bool {
    TrustedUsers::current().is_some_and(|trusted| trusted.doubts(entry, true).is_none())
}

/// Reads a small file like [`read_small`], if it is private.
pub(crate) fn read_private(path: &Path, limit: u64) -> io::Result<Result<Option<Vec<u8>>, Doubt>> {
    if fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(Ok(None));
    }
    match doubt(path) {
        Some(doubt) => Ok(Err(doubt)),
        None => read_small(path, limit).map(Ok),
    }
}

/// Opens an empty file for writing, if it is this user's and nobody else can open it. Neither
/// follows a link nor waits for a pipe.
pub(crate) fn open_to_fill(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let file = fs::OpenOptions::new().write(true).custom_flags(flags.bits()).open(path)?;
    let entry = file.metadata()?;
    let is_private = entry.uid() == geteuid().as_raw() && entry.mode() & 0o777 == 0o600;
    if entry.is_file() && is_private && entry.len() == 0 {
        Ok(file)
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// Creates a directory and its parents with mode 700, regardless of the umask.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Whether users other than the owner and root can write to a file. A group with only one user does
/// not count: many systems create one for each user, with a umask that makes files group-writable.
pub(crate) fn others_can_write(entry: &Metadata) -> bool {
    entry.mode() & 0o002 != 0 || (entry.mode() & 0o020 != 0 && !is_group_of_one(entry.gid()))
}

/// The users whose files count as private.
struct TrustedUsers {
    user: u32,
    /// The owner of `/`: root, or another number in a user namespace.
    top: u32,
}

impl TrustedUsers {
    fn current() -> Option<Self> {
        Some(Self { user: geteuid().as_raw(), top: fs::symlink_metadata("/").ok()?.uid() })
    }

    /// At the end of a path (`is_end`), the sticky bit does not count: it protects only the files
    /// in a directory.
    fn doubts(&self, entry: &Metadata, is_end: bool) -> Option<Reason> {
        if ![0, self.user, self.top].contains(&entry.uid()) {
            return Some(Reason::Owner(entry.uid()));
        }
        // The mode of a link has no meaning.
        let is_protected = entry.is_symlink() || (entry.mode() & 0o1000 != 0 && !is_end);
        (!is_protected && others_can_write(entry)).then_some(Reason::Writable)
    }
}

/// Whether the group is the user's own, as useradd creates it: same number, no other members.
fn is_group_of_one(group: u32) -> bool {
    let user = Uid::current().as_raw();
    if user == 0 || group != user || getgid() != Gid::from_raw(group) {
        return false;
    }
    // An unreadable list may have other members.
    let Ok(groups) = read_small(Path::new("/etc/group"), GROUPS) else { return false };
    let groups = groups.unwrap_or_default();
    let groups = String::from_utf8_lossy(&groups);
    let members = groups.lines().find_map(|line| {
        let mut fields = line.split(':').skip(2);
        (fields.next()?.parse() == Ok(group)).then(|| fields.next().unwrap_or_default().trim().to_owned())
    });
    members.is_none_or(|members| members.is_empty())
}

/// The components of a path, in reverse order.
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

    /// Creates a private `outer/inner/file`.
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
    fn files_that_others_can_change_or_replace_are_not_private() {
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
    fn the_sticky_bit_protects_the_files_in_a_directory() {
        let (_room, inner, file) = room();
        mode(&inner, 0o1777);
        assert_eq!(doubt(&file), None);
        assert_eq!(doubted(&inner), Some(("inner".to_owned(), Reason::Writable)));
    }

    #[test]
    fn links_and_the_directories_of_their_targets_are_checked() {
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
    fn another_users_files_are_not_private_for_root() {
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
    fn new_directories_are_private_regardless_of_the_umask() {
        let (_room, inner, _file) = room();
        assert_eq!(fs::metadata(inner).unwrap().mode() & 0o777, 0o700);
    }
}
