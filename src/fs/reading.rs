//! Reads files that other users or programs may have created.
//!
//! A pipe or device in place of a file neither blocks nor delivers endless data: only regular files
//! are read, up to a limit.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;

/// Reads a whole file. `None` if it is missing or not a regular file; the error `FileTooLarge` for
/// more than `limit` bytes.
pub(crate) fn read_small(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let Some((file, size)) = open_regular(path)? else { return Ok(None) };
    if size > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    read_first(file, size).map(Some)
}

/// Reads the first `length` bytes of a file, or a shorter file whole. `None` as for [`read_small`].
pub(crate) fn read_prefix(path: &Path, length: u64) -> io::Result<Option<Vec<u8>>> {
    let Some((file, size)) = open_regular(path)? else { return Ok(None) };
    read_first(file, size.min(length)).map(Some)
}

/// Opens a regular file, and returns its size, too.
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

/// Reads `size` bytes. Without the limit, a second system call would look for the end of the file.
fn read_first(file: File, size: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(size).read_to_end(&mut text)?;
    Ok(text)
}

/// Opens a directory. Fails for a link, and for any other file, without waiting for a pipe.
pub(crate) fn open_directory(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
    fs::OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_not_read() {
        let room = tempfile::tempdir().unwrap();
        let pipe = room.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!((read_small(&pipe, 10).unwrap(), read_prefix(&pipe, 10).unwrap()), (None, None));
    }

    #[test]
    fn a_long_file_is_refused_or_read_up_to_a_limit() {
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
