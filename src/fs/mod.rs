//! Safe file operations: rename without replacing, replace a file whole, copy a file, read a file
//! of unknown content, remove a tree.
//!
//! Owns the system calls that could lose data. `workon_home` decides what may be removed or
//! replaced.

use std::fs::{self, File, FileTimes};
use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::SystemTime;

use rustix::fs::{AtFlags, CWD, RenameFlags, renameat, renameat_with, statat};
use rustix::io::Errno;

use crate::error::{Error, Result};

pub(crate) mod carry;
pub(crate) mod lock;
pub(crate) mod mounts;
pub(crate) mod private;
mod reading;
pub(crate) mod removal;
pub(crate) mod usage;
pub(crate) mod walk;

pub(crate) use reading::{open_directory, read_prefix, read_small};
pub(crate) use removal::remove_tree;

/// The entries of a directory; none if it cannot be listed.
pub(crate) fn entries_in(directory: impl AsRef<Path>) -> Entries {
    Entries(fs::read_dir(directory).ok())
}

/// A type of its own, because each use of two `flatten` is compiled anew.
pub(crate) struct Entries(Option<fs::ReadDir>);

impl Iterator for Entries {
    type Item = fs::DirEntry;

    fn next(&mut self) -> Option<fs::DirEntry> {
        self.0.as_mut()?.find_map(io::Result::ok)
    }
}

/// Whether two paths are the same file. `false` if one of them cannot be examined.
#[must_use]
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// When a file or directory was created, links followed. `None` if the file system does not record
/// that.
#[cfg(target_os = "linux")]
pub(crate) fn created(path: &Path) -> Option<SystemTime> {
    use std::time::{Duration, UNIX_EPOCH};

    use rustix::fs::{StatxFlags, statx};

    // With musl, the standard library does not know.
    let known = statx(CWD, path, AtFlags::empty(), StatxFlags::BTIME).ok()?;
    let has_time = StatxFlags::from_bits_retain(known.stx_mask).contains(StatxFlags::BTIME);
    let since = Duration::new(u64::try_from(known.stx_btime.tv_sec).ok()?, known.stx_btime.tv_nsec);
    has_time.then(|| UNIX_EPOCH.checked_add(since))?
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn created(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.created()).ok()
}

/// Device, inode, size, and both times with nanoseconds. They stay the same as long as a file is
/// unchanged: no program (`touch`, `cp -p`, an unpacker) can set the change time of the inode.
pub(crate) type Stamp = [i64; 7];

/// The stamp of the file at a path, links followed. `None` if it is missing.
pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let file = fs::metadata(path).ok()?;
    let (device, inode, size) = (file.dev().cast_signed(), file.ino().cast_signed(), file.size().cast_signed());
    Some([device, inode, size, file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()])
}

/// The path with all links resolved, as the kernel reports it.
pub(crate) fn resolved(path: &Path) -> io::Result<PathBuf> {
    #[allow(clippy::disallowed_methods, reason = "to find another spelling, not to replace the given path")]
    fs::canonicalize(path)
}

/// `path` without `.` and `..`, resolved as text. Links stay, as users expect for a path they type.
#[must_use]
pub(crate) fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            // `/..` is `/`: `pop` does nothing there.
            Component::ParentDir => _ = tidy.pop(),
            other => tidy.push(other),
        }
    }
    tidy
}

/// A path relative to an open directory; with an absolute path, the directory is [`CWD`].
pub(crate) type At<'a> = (BorrowedFd<'a>, &'a Path);

/// Renames in one step of the kernel. `None` if the system or the file system does not support the
/// flags: old kernels, some network file systems.
fn rename_with(from: At<'_>, to: At<'_>, flags: RenameFlags) -> Option<io::Result<()>> {
    match renameat_with(from.0, from.1, to.0, to.1, flags) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => None,
        done => Some(done.map_err(io::Error::from)),
    }
}

/// Renames `from` to `to` in one step of the kernel. Fails with `AlreadyExists` if `to` exists.
pub(crate) fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    rename_at((CWD, from), (CWD, to))
}

/// [`rename_without_replacing`] between open directories.
pub(crate) fn rename_at(from: At<'_>, to: At<'_>) -> io::Result<()> {
    if let Some(done) = rename_with(from, to, RenameFlags::NOREPLACE) {
        return done;
    }
    // rename(2) never replaces a file or a non-empty directory with a directory. Between this check
    // and the call, it could still replace a new empty directory.
    match statat(to.0, to.1, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(Errno::NOENT) => renameat(from.0, from.1, to.0, to.1).map_err(|error| {
            let taken = matches!(error, Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR);
            if taken { io::ErrorKind::AlreadyExists.into() } else { error.into() }
        }),
        Err(error) => Err(error.into()),
    }
}

/// Exchanges two files or directories in one step of the kernel. Fails with `Unsupported` if the
/// system or the file system cannot do that.
pub(crate) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    exchange_at((CWD, one), (CWD, other))
}

/// [`exchange`] between open directories.
pub(crate) fn exchange_at(one: At<'_>, other: At<'_>) -> io::Result<()> {
    rename_with(one, other, RenameFlags::EXCHANGE).unwrap_or_else(|| Err(io::ErrorKind::Unsupported.into()))
}

/// Changes the owner of a new file to the owner of `like`, if root creates it for another user.
/// Does nothing for other users.
pub(crate) fn give(made: &File, like: &fs::Metadata) -> io::Result<()> {
    if !nix::unistd::geteuid().is_root() || like.uid() == 0 {
        return Ok(());
    }
    // By descriptor: in another user's directory, a path can become a link at any time.
    std::os::unix::fs::fchown(made, Some(like.uid()), Some(like.gid()))
}

/// Replaces a small file whole: readers see the old text or the new text. Mode and owner stay; the
/// umask decides the mode of a new file.
pub(crate) fn write_whole(path: &Path, text: &[u8]) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let before = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    let written = tempfile::Builder::new()
        .prefix(".venvwrap-")
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(directory)
        .and_then(|mut file| {
            if let Some(before) = before {
                give(file.as_file(), &before)?;
                file.as_file().set_permissions(before.permissions())?;
            }
            file.write_all(text)?;
            file.as_file().sync_data()?;
            file.persist(path).map_err(|error| error.error)
        });
    written.map(drop).map_err(Error::io("write", path))
}

/// Copies files. A copy shares storage with the original if the file system supports it (reflinks).
/// Use one `Copier` for a whole tree: it asks the file system once.
#[derive(Debug, Default)]
pub(crate) struct Copier {
    knows_no_reflinks: AtomicBool,
}

impl Copier {
    /// Copies `source` to `to`, which must not exist, with these permissions (less the umask) and
    /// this time, because a compiled file is valid only for one time of its source. Owner and
    /// extended attributes are not copied. If storage cannot be shared, `write` writes the content.
    pub(crate) fn copy(
        &self,
        source: &File,
        to: &Path,
        permissions: u32,
        modified: SystemTime,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<File> {
        let mut copy = File::options().write(true).create_new(true).mode(permissions).open(to)?;
        // Into an existing file: a new file would have the mode of the source for a moment.
        let is_shared = !self.knows_no_reflinks.load(Relaxed) && reflink_copy::reflink_file(source, &copy).is_ok();
        if !is_shared {
            // Most file systems do not support it: do not try again.
            self.knows_no_reflinks.store(true, Relaxed);
            write(&mut copy)?;
        }
        copy.set_times(FileTimes::new().set_modified(modified)).map(|()| copy)
    }
}

/// Whether the disk of `path` is nearly full: less than 5 % and less than 2 GiB are free.
pub(crate) fn is_nearly_full(path: &Path) -> bool {
    nix::sys::statvfs::statvfs(path).is_ok_and(|disk| {
        let free = u128::from(disk.blocks_available()) * u128::from(disk.fragment_size());
        let all = u128::from(disk.blocks()) * u128::from(disk.fragment_size());
        free * 20 < all && free < 2 << 30
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renaming_never_replaces() {
        let room = tempfile::tempdir().unwrap();
        let (from, to) = (room.path().join("from"), room.path().join("to"));
        fs::create_dir(&from).unwrap();
        fs::create_dir(&to).unwrap();
        let error = rename_without_replacing(&from, &to).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        fs::remove_dir(&to).unwrap();
        rename_without_replacing(&from, &to).unwrap();
        assert!(to.is_dir() && !from.is_dir());
    }

    #[test]
    fn paths_are_tidied_as_text() {
        assert_eq!(tidied(Path::new("/a/./b/../c//d/")), Path::new("/a/c/d"));
        assert_eq!(tidied(Path::new("/../x")), Path::new("/x"));
    }

    #[test]
    fn a_replaced_file_keeps_its_mode() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("file");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o660)).unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o660);
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1);
    }
}
