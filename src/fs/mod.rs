//! Careful file-system steps: publish without replacing, write as a whole, copy one file, remove
//! one tree.
//!
//! Owns the few calls that change the disk in a way that could lose something. Leaves every
//! decision about *what* may be removed or replaced to `workon_home`.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::SystemTime;

use nix::fcntl::OFlag;
use rustix::fs::{AtFlags, CWD, RenameFlags, renameat, renameat_with, statat};
use rustix::io::Errno;

use crate::error::{Error, Result};

pub(crate) mod carry;
pub(crate) mod lock;
pub(crate) mod mounts;
pub(crate) mod private;
pub(crate) mod removal;

pub(crate) use removal::remove_tree;

/// Whether two paths lead to one file. `false` where either cannot be reached.
#[must_use]
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

/// Device, inode, size, and both times with nanoseconds: what does not change as long as a file is
/// the same. That the time of the last change of the inode is among them is what nobody can set
/// back: not `touch`, not `cp -p`, not an unpacker.
pub(crate) type Stamp = [i64; 7];

/// The stamp of the file that a path leads to in the end; `None` where it leads to none.
pub(crate) fn stamp(path: &Path) -> Option<Stamp> {
    let file = fs::metadata(path).ok()?;
    let (device, inode, size) = (file.dev().cast_signed(), file.ino().cast_signed(), file.size().cast_signed());
    Some([device, inode, size, file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()])
}

/// Where a path leads when every link on the way is followed: how programs that ask the kernel
/// spell it.
pub(crate) fn resolved(path: &Path) -> io::Result<PathBuf> {
    #[allow(clippy::disallowed_methods, reason = "to find the other spelling, not to replace the one that was named")]
    fs::canonicalize(path)
}

/// `path` with `.` dropped and `..` taken back as text, links unresolved: what a person means by
/// the path they typed.
#[must_use]
pub(crate) fn tidied(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            // At the top, popping does nothing: `/..` is `/`.
            Component::ParentDir => _ = tidy.pop(),
            other => tidy.push(other),
        }
    }
    tidy
}

/// An entry of an open directory; the directory is [`CWD`] for a path from the root.
pub(crate) type At<'a> = (BorrowedFd<'a>, &'a Path);

/// One step of the kernel, where the system and the file system know it; `None` where they do not:
/// old kernels, some network file systems.
fn rename_with(from: At<'_>, to: At<'_>, flags: RenameFlags) -> Option<io::Result<()>> {
    match renameat_with(from.0, from.1, to.0, to.1, flags) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => None,
        done => Some(done.map_err(io::Error::from)),
    }
}

/// Renames `from` to `to`, and fails with `AlreadyExists` when anything is at `to`, in one step of
/// the kernel.
pub(crate) fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    rename_at((CWD, from), (CWD, to))
}

/// The same between open directories.
pub(crate) fn rename_at(from: At<'_>, to: At<'_>) -> io::Result<()> {
    if let Some(done) = rename_with(from, to, RenameFlags::NOREPLACE) {
        return done;
    }
    // Elsewhere the directory's own rule has to do: rename(2) never puts a directory over a file,
    // nor over a directory with something in it; what is left is the moment between this look and
    // the call, and an empty directory.
    match statat(to.0, to.1, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(Errno::NOENT) => renameat(from.0, from.1, to.0, to.1).map_err(|error| {
            let taken = matches!(error, Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR);
            if taken { io::ErrorKind::AlreadyExists.into() } else { error.into() }
        }),
        Err(error) => Err(error.into()),
    }
}

/// Exchanges two entries of one file system in one step of the kernel. Fails with `Unsupported`
/// where the system or the file system knows no such step.
pub(crate) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    exchange_at((CWD, one), (CWD, other))
}

/// The same between open directories.
pub(crate) fn exchange_at(one: At<'_>, other: At<'_>) -> io::Result<()> {
    rename_with(one, other, RenameFlags::EXCHANGE).unwrap_or_else(|| Err(io::ErrorKind::Unsupported.into()))
}

/// Gives what root has made for somebody to its owner, who could not use it otherwise. `like`: what
/// belongs to that person. Of no effect for everybody else.
pub(crate) fn give(made: &File, like: &fs::Metadata) -> io::Result<()> {
    if !nix::unistd::geteuid().is_root() || like.uid() == 0 {
        return Ok(());
    }
    // By descriptor: a name in another's directory can lead elsewhere in the next moment.
    std::os::unix::fs::fchown(made, Some(like.uid()), Some(like.gid()))
}

/// Replaces a small file as a whole: readers see the old text or the new one. Its mode and owner
/// stay; a new file has the mode of the umask.
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

/// Copies of files that share storage with the original where the file system can do that
/// (reflinks), and nothing else with it. One for a whole tree: what the file system cannot do is
/// asked once.
#[derive(Debug, Default)]
pub(crate) struct Copier {
    knows_no_reflinks: AtomicBool,
}

impl Copier {
    /// Copies `source` to `to`, which must not exist, with these permission bits and this time: a
    /// compiled file is valid for one time of its source. The umask takes its part of the bits.
    /// Owner and extended attributes are not copied. `write` writes the content, where the file
    /// system cannot share it.
    pub(crate) fn copy(
        &self,
        source: &File,
        to: &Path,
        permissions: u32,
        modified: SystemTime,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<File> {
        let mut copy = File::options().write(true).create_new(true).mode(permissions).open(to)?;
        // Into a file that is there already: made by name, the copy would get the mode of its
        // source for a moment.
        let is_shared = !self.knows_no_reflinks.load(Relaxed) && reflink_copy::reflink_file(source, &copy).is_ok();
        if !is_shared {
            // Most file systems cannot: not worth asking again.
            self.knows_no_reflinks.store(true, Relaxed);
            write(&mut copy)?;
        }
        copy.set_times(FileTimes::new().set_modified(modified)).map(|()| copy)
    }
}

/// Reads the whole of a file that others may have made. A pipe or device planted in its place
/// neither blocks nor floods us: only a regular file is read, and one of more than `limit` bytes is
/// the error `FileTooLarge`. `None` where there is no such file.
pub(crate) fn read_small(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let Some((file, size)) = open_regular(path)? else { return Ok(None) };
    if size > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    read_first(file, size).map(Some)
}

/// Reads the first `length` bytes of a file, or all where it is shorter, with the same caution.
pub(crate) fn read_prefix(path: &Path, length: u64) -> io::Result<Option<Vec<u8>>> {
    let Some((file, size)) = open_regular(path)? else { return Ok(None) };
    read_first(file, size.min(length)).map(Some)
}

/// A regular file and its size; `None` where there is none.
fn open_regular(path: &Path) -> io::Result<Option<(File, u64)>> {
    let opened = fs::OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let entry = file.metadata()?;
    Ok(entry.is_file().then_some((file, entry.len())))
}

/// Not past `size`, which is known: that saves the second read that would find the end.
fn read_first(file: File, size: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(size).read_to_end(&mut text)?;
    Ok(text)
}

/// Opens a directory, and nothing else: not through a link, and never waiting for the other end of
/// a pipe.
pub(crate) fn open_directory(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
    fs::OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)
}

/// The bytes on disk that removing `path` would free. Files that have other names elsewhere stay;
/// what cannot be looked at counts nothing.
pub(crate) fn freed_by_removing(path: &Path) -> u64 {
    let Ok(entry) = fs::symlink_metadata(path) else { return 0 };
    if !entry.is_dir() {
        return if entry.nlink() == 1 { entry.blocks() * 512 } else { 0 };
    }
    let below = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| freed_by_removing(&entry.path()));
    entry.blocks() * 512 + below.sum::<u64>()
}

/// Whether the disk that `path` is on is nearly full: less than a twentieth and less than 2 GiB of
/// it is free.
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
    fn a_file_that_is_replaced_keeps_its_mode() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("file");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o660)).unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o660);
        assert_eq!(fs::read_dir(room.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_pipe_is_not_read() {
        let room = tempfile::tempdir().unwrap();
        let pipe = room.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!((read_small(&pipe, 10).unwrap(), read_prefix(&pipe, 10).unwrap()), (None, None));
    }

    #[test]
    fn a_file_is_read_whole_or_refused_unless_a_prefix_will_do() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("file");
        assert_eq!((read_small(&file, 10).unwrap(), read_prefix(&file, 10).unwrap()), (None, None));
        fs::write(&file, "0123456789").unwrap();
        assert_eq!(read_small(&file, 10).unwrap().unwrap(), b"0123456789");
        assert_eq!(read_small(&file, 9).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(read_prefix(&file, 9).unwrap().unwrap(), b"012345678");
        assert_eq!(read_prefix(&file, 11).unwrap().unwrap(), b"0123456789");
    }
}
