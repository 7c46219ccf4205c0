//! A file of the environment that is moved, opened for reading.
//!
//! Owns which files are read, and how: links are not followed, and pipes do not block. What changes
//! in a file is decided in `mod`.

use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime};

use nix::fcntl::OFlag;

use super::{Relocation, is_opaque};
use crate::error::{Error, Result};
use crate::formats::shebang::is_script;
use crate::fs::give;

/// Larger files are not searched, unless they are scripts.
const LARGE: u64 = 4 * 1024 * 1024;

/// A regular file.
#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) file: File,
    pub(super) stat: Metadata,
}

/// The result of searching a file for the old location.
#[derive(Debug)]
pub(super) enum Inspected<'b> {
    /// The file was not read, and stays.
    Unread,
    /// The file has this content, and stays.
    Same(&'b [u8]),
    /// The new content.
    Changed(Vec<u8>),
}

impl SourceFile {
    /// `None` if the file was replaced by something else since the directory was read.
    pub(super) fn open(path: &Path) -> Result<Option<Self>> {
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        let file = match OpenOptions::new().read(true).custom_flags(flags.bits()).open(path) {
            Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ELOOP as i32) => return Ok(None),
            other => other.map_err(Error::io("read", path))?,
        };
        let stat = file.metadata().map_err(Error::io("look at", path))?;
        Ok(stat.is_file().then_some(Self { file, stat }))
    }

    /// Searches the file for the old location. `path` is relative to the root.
    pub(super) fn inspect<'b>(
        &self,
        path: &Path,
        relocation: &Relocation,
        buffer: &'b mut Vec<u8>,
    ) -> io::Result<Inspected<'b>> {
        if is_opaque(path) || (self.stat.size() > LARGE && !self.is_script()?) {
            return Ok(Inspected::Unread);
        }
        let content = self.read(buffer)?;
        let changed = relocation.rewritten(path, content);
        Ok(changed.map_or(Inspected::Same(content), Inspected::Changed))
    }

    fn is_script(&self) -> io::Result<bool> {
        let mut start = [0; 2];
        self.file.read_exact_at(&mut start, 0)?;
        Ok(is_script(&start))
    }

    /// Reads the file into the buffer, up to the size it had when opened. Most files take one
    /// system call; `read_to_end` would start with small reads.
    pub(super) fn read<'b>(&self, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
        let size = usize::try_from(self.stat.size()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if buffer.len() < size {
            buffer.resize(size, 0);
        }
        let mut length = 0;
        while length < size {
            match (&self.file).read(&mut buffer[length..size]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&buffer[..length])
    }

    /// Copies the content as it is. The kernel copies if it can: each byte once, and not through
    /// this process.
    pub(super) fn copy_content(&self, copy: &mut File, buffer: &mut Vec<u8>) -> io::Result<()> {
        if copied_by_kernel(&self.file, copy, self.stat.size()) {
            return Ok(());
        }
        if self.stat.size() > LARGE {
            return io::copy(&mut &self.file, copy).map(drop);
        }
        copy.write_all(self.read(buffer)?)
    }

    /// The permission bits without setuid and setgid: root's copy of a user's file would run as
    /// root.
    pub(super) fn permissions(&self) -> u32 {
        self.stat.mode() & 0o777
    }

    /// Writes `content` to a new file with the same mode and a new time.
    pub(super) fn write_changed(&self, to: &Path, content: &[u8]) -> io::Result<()> {
        self.write(to, content).map(drop)
    }

    fn write(&self, to: &Path, content: &[u8]) -> io::Result<File> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(to)?;
        file.write_all(content)?;
        file.set_modified(self.later(SystemTime::now()))?;
        file.set_permissions(Permissions::from_mode(self.permissions()))?;
        Ok(file)
    }

    /// Writes `content` to a new file with the same mode and owner and a new time.
    pub(super) fn write_replacement(&self, to: &Path, content: &[u8]) -> io::Result<()> {
        give(&self.write(to, content)?, &self.stat)
    }

    /// The time for a file with new content. It is another second than the old one, because Python
    /// takes a compiled file as valid for any source of the same size and second.
    fn later(&self, now: SystemTime) -> SystemTime {
        let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let old = self.stat.modified().unwrap_or(now);
        if seconds(old) == seconds(now) { now + Duration::from_secs(1) } else { now }
    }
}

/// Whether copy_file_range(2) copied all of `size` bytes. Older kernels and some file systems copy
/// nothing, or only within one file system. After a part, the rest is copied by other means.
#[cfg(target_os = "linux")]
fn copied_by_kernel(from: &File, to: &File, size: u64) -> bool {
    let mut left = size;
    while left > 0 {
        match rustix::fs::copy_file_range(from, None, to, None, usize::try_from(left).unwrap_or(usize::MAX)) {
            Ok(copied @ 1..) => left = left.saturating_sub(copied as u64),
            // The file became shorter.
            Ok(0) => return left < size,
            Err(_) => return false,
        }
    }
    true
}

#[cfg(not(target_os = "linux"))]
fn copied_by_kernel(_from: &File, _to: &File, _size: u64) -> bool {
    false
}
