//! A file of the tree that is being moved, opened for reading.
//!
//! Owns what is read at all, and how: links are not followed, pipes not waited for. What is in a
//! file is `mod`'s matter.

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

/// Files larger than this are not looked into, unless they are scripts: what names a path by hand
/// is small.
const LARGE: u64 = 4 * 1024 * 1024;

/// A regular file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) file: File,
    pub(super) stat: Metadata,
}

/// What was found in it.
#[derive(Debug)]
pub(super) enum Found<'b> {
    /// It was not read and is to stay as it is.
    Unread,
    /// It has this content, and is to stay as it is.
    Same(&'b [u8]),
    /// It is to become this.
    Changed(Vec<u8>),
}

impl Source {
    /// Opens it. `None` where something else has taken the place of a regular file since the
    /// directory was read.
    pub(super) fn open(place: &Path) -> Result<Option<Self>> {
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        let file = match OpenOptions::new().read(true).custom_flags(flags.bits()).open(place) {
            Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ELOOP as i32) => return Ok(None),
            other => other.map_err(Error::io("read", place))?,
        };
        let stat = file.metadata().map_err(Error::io("look at", place))?;
        Ok(stat.is_file().then_some(Self { file, stat }))
    }

    /// Reads it, if it is not too large, and says what is to become of it. `path` is relative to
    /// the root.
    pub(super) fn look<'b>(
        &self,
        path: &Path,
        relocation: &Relocation,
        buffer: &'b mut Vec<u8>,
    ) -> io::Result<Found<'b>> {
        if self.stat.size() > LARGE && (is_opaque(path) || !self.is_script()?) {
            return Ok(Found::Unread);
        }
        let content = self.read(buffer)?;
        let changed = if is_opaque(path) { None } else { relocation.rewritten(path, content) };
        Ok(changed.map_or(Found::Same(content), Found::Changed))
    }

    fn is_script(&self) -> io::Result<bool> {
        let mut start = [0; 2];
        self.file.read_exact_at(&mut start, 0)?;
        Ok(is_script(&start))
    }

    /// Reads it into the buffer, as much as was there when it was opened. In one call of the system
    /// for most files; `read_to_end` would begin with small ones.
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

    /// Its permission bits. What lets others act as the owner (setuid, setgid) is not handed on:
    /// root's copy of a user's file would be root's program.
    pub(super) fn permissions(&self) -> u32 {
        self.stat.mode() & 0o777
    }

    /// Writes `content` to a new file in its stead: its modes, but a time of its own.
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

    /// Writes `content` to a new file that is to take its place: its owner as well.
    pub(super) fn write_replacement(&self, to: &Path, content: &[u8]) -> io::Result<()> {
        give(&self.write(to, content)?, &self.stat)
    }

    /// The time for a file that takes the place of this one with another content: a compiled file
    /// counts as valid for every content of the same length and second.
    fn later(&self, now: SystemTime) -> SystemTime {
        let seconds = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let old = self.stat.modified().unwrap_or(now);
        if seconds(old) == seconds(now) { now + Duration::from_secs(1) } else { now }
    }
}
