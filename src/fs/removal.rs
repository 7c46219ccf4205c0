//! Removes a tree: relative to descriptors, never through a link, never into another mount.
//!
//! Owns the only code that deletes trees. It skips files that cannot be deleted, deletes the rest,
//! and reports the first of them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access, geteuid};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, fchmod, openat, unlinkat};
use rustix::io::Errno;

use super::entries_in;
use super::mounts::{Mount, mount_point_in};

const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The first file or directory that could not be deleted.
#[derive(Debug)]
pub(crate) struct Stuck {
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

/// Removes a directory with everything in it, or a file. A link is removed, not followed. Succeeds
/// if `path` does not exist.
pub(crate) fn remove_tree(path: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    match openat(CWD, parent, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()) {
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(()),
        opened => remove_at(opened?, name, path).map_err(|stuck| stuck.source),
    }
}

/// [`remove_tree`] relative to an open directory. `path` is the full path, for errors.
pub(crate) fn remove_at(parent: impl AsFd, name: &OsStr, path: &Path) -> Result<(), Stuck> {
    let parent = parent.as_fd();
    let mount = Mount::of(parent).map_err(|source| Stuck { path: path.to_path_buf(), source })?;
    let mut removal = Removal { mount, top: parent, stuck: None };
    removal.entry(parent, name, path);
    removal.stuck.map_or(Ok(()), Err)
}

struct Removal<'a> {
    /// Other mounts are not changed.
    mount: Mount,
    /// The parent of the tree. Its mode is not changed.
    top: BorrowedFd<'a>,
    stuck: Option<Stuck>,
}

impl Removal<'_> {
    fn entry(&mut self, parent: BorrowedFd<'_>, name: &OsStr, path: &Path) {
        let removed = match openat(parent, name, DIRECTORY, Mode::empty()) {
            Ok(directory) => return self.directory(parent, name, path, &directory),
            // Not a directory. For a link, the error depends on the system.
            Err(Errno::NOTDIR | Errno::LOOP | Errno::MLINK) => self.unlink(parent, name, AtFlags::empty()),
            // An unreadable directory may be empty.
            Err(Errno::ACCESS) => self.unlink(parent, name, AtFlags::REMOVEDIR).map_err(|_| Errno::ACCESS),
            Err(error) => Err(error),
        };
        self.note(removed, path);
    }

    fn directory(&mut self, parent: BorrowedFd<'_>, name: &OsStr, path: &Path, directory: &OwnedFd) {
        match Mount::of(directory) {
            Ok(mount) if mount == self.mount => {}
            Ok(_) => return self.note(Err(Errno::BUSY), path),
            Err(source) => return self.keep(path, source),
        }
        match names(directory) {
            Ok(entries) => {
                for (entry, kind) in entries {
                    let path = path.join(&entry);
                    if matches!(kind, FileType::Directory | FileType::Unknown) {
                        self.entry(directory.as_fd(), &entry, &path);
                    } else {
                        let removed = self.unlink(directory.as_fd(), &entry, AtFlags::empty());
                        self.note(removed, &path);
                    }
                }
            }
            Err(error) => return self.note(Err(error), path),
        }
        if self.stuck.as_ref().is_none_or(|stuck| !stuck.path.starts_with(path)) {
            let removed = self.unlink(parent, name, AtFlags::REMOVEDIR);
            self.note(removed, path);
        }
    }

    /// Removes one entry. Makes its parent writable if needed: Go stores modules in read-only
    /// directories.
    fn unlink(&self, parent: BorrowedFd<'_>, name: &OsStr, flags: AtFlags) -> rustix::io::Result<()> {
        let is_in_tree = parent.as_raw_fd() != self.top.as_raw_fd();
        match unlinkat(parent, name, flags) {
            Err(Errno::ACCESS) if is_in_tree && fchmod(parent, Mode::RWXU).is_ok() => unlinkat(parent, name, flags),
            done => done,
        }
    }

    fn note(&mut self, removed: rustix::io::Result<()>, path: &Path) {
        match removed {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => self.keep(path, error.into()),
        }
    }

    fn keep(&mut self, path: &Path, source: io::Error) {
        self.stuck.get_or_insert_with(|| Stuck { path: path.to_path_buf(), source });
    }
}

fn names(directory: &OwnedFd) -> rustix::io::Result<Vec<(OsString, FileType)>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name != "." && name != ".." {
            names.push((name.to_owned(), entry.file_type()));
        }
    }
    Ok(names)
}

/// Why a file or directory cannot be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hindrance {
    /// Another file system is mounted there.
    Mount,
    /// It is immutable (`chattr +i`, `+a`).
    Immutable,
    /// It is in a directory of another user.
    Owner,
}

/// The first file or directory in a tree that cannot be deleted, and why.
pub(crate) fn hindrance(path: &Path) -> Option<(PathBuf, Hindrance)> {
    if let Some(point) = mount_point_in(path) {
        return Some((point, Hindrance::Mount));
    }
    let entry = fs::symlink_metadata(path).ok()?;
    if is_immutable(path) {
        return Some((path.to_path_buf(), Hindrance::Immutable));
    }
    if !entry.is_dir() {
        return None;
    }
    let user = geteuid();
    let is_foreign = !user.is_root() && entry.uid() != user.as_raw();
    let mut below = entries_in(path).peekable();
    let is_closed = is_foreign && access(path, AccessFlags::W_OK | AccessFlags::X_OK).is_err();
    if is_closed && (below.peek().is_some() || fs::read_dir(path).is_err()) {
        return Some((path.to_path_buf(), Hindrance::Owner));
    }
    below.find_map(|entry| hindrance(&entry.path()))
}

#[cfg(target_os = "linux")]
fn is_immutable(path: &Path) -> bool {
    use rustix::fs::{StatxAttributes, StatxFlags, statx};
    statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty())
        .is_ok_and(|entry| entry.stx_attributes.intersects(StatxAttributes::IMMUTABLE | StatxAttributes::APPEND))
}

#[cfg(not(target_os = "linux"))]
fn is_immutable(path: &Path) -> bool {
    /// `UF_IMMUTABLE`, `UF_APPEND`, `SF_IMMUTABLE`, `SF_APPEND`.
    const FLAGS: u32 = 0x2 | 0x4 | 0x20000 | 0x40000;
    nix::sys::stat::lstat(path).is_ok_and(|entry| entry.st_flags & FLAGS != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_tree_is_removed_and_the_targets_of_its_links_stay() {
        let room = tempfile::tempdir().unwrap();
        let (tree, outside) = (room.path().join("tree"), room.path().join("outside"));
        fs::create_dir_all(tree.join("a/b")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("precious"), "").unwrap();
        symlink(&outside, tree.join("a/link")).unwrap();
        symlink(&outside, room.path().join("top")).unwrap();
        nix::unistd::mkfifo(&tree.join("a/pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        fs::set_permissions(tree.join("a"), fs::Permissions::from_mode(0o555)).unwrap();
        remove_tree(&tree).unwrap();
        remove_tree(&room.path().join("top")).unwrap();
        remove_tree(&tree).unwrap();
        remove_tree(&tree.join("deeper/still")).unwrap();
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1);
        assert!(outside.join("precious").is_file());
        assert_eq!(hindrance(&outside), None);
    }
}
