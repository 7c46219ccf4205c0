//! Mount points, which must not be removed or moved, and whose files belong to another file system.
//!
//! Owns the detection. A bind mount can have the device number of the directory that it covers, so
//! that number alone is not enough.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::resolved;

/// The mount point at a directory or below it that was mounted first. Links are not followed.
/// `None` if there is no mount point.
pub(crate) fn mount_point_in(directory: &Path) -> Option<PathBuf> {
    let entry = fs::symlink_metadata(directory).ok().filter(fs::Metadata::is_dir)?;
    let Ok(table) = fs::read("/proc/self/mountinfo") else {
        return another_device(directory, entry.dev());
    };
    let place = resolved(directory).ok()?;
    let points = table.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    points.map(unescaped).find_map(|point| {
        let below = point.strip_prefix(&place).ok()?;
        // `join` would add a slash at the end.
        Some(if below.as_os_str().is_empty() { directory.to_path_buf() } else { directory.join(below) })
    })
}

/// The first directory on another device, for systems without the table of mounts.
fn another_device(directory: &Path, device: u64) -> Option<PathBuf> {
    let below =
        fs::read_dir(directory).ok()?.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    below.map(|entry| entry.path()).find_map(|path| {
        let entry = fs::symlink_metadata(&path).ok()?;
        if entry.dev() == device { another_device(&path, device) } else { Some(path) }
    })
}

/// A path from the table of mounts, where space, tab, line break, and backslash are octal numbers.
fn unescaped(text: &[u8]) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|_| *first == b'\\').and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[3..] } else { after };
    }
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// The mount that an open directory belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mount(u64);

impl Mount {
    /// The kernel's number of the mount, or the device number if the kernel has none (before Linux
    /// 5.8, macOS).
    pub(super) fn of(directory: impl AsFd) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{AtFlags, StatxFlags, statx};
            let known = statx(&directory, c"", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID);
            if let Some(entry) = known.ok().filter(|entry| entry.stx_mask & StatxFlags::MNT_ID.bits() != 0) {
                return Ok(Self(entry.stx_mnt_id));
            }
        }
        let entry = rustix::fs::fstat(directory)?;
        #[allow(clippy::useless_conversion, clippy::cast_sign_loss, reason = "the type differs from system to system")]
        Ok(Self(entry.st_dev as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn paths_are_read_as_the_kernel_writes_them() {
        assert_eq!(unescaped(br"/a\040b\134c\011\012\x\"), Path::new("/a b\\c\t\n\\x\\"));
        assert_eq!(unescaped("/é".as_bytes()).as_os_str().as_bytes(), "/é".as_bytes());
    }

    #[test]
    fn a_directory_without_mount_points_has_none() {
        let room = tempfile::tempdir().unwrap();
        assert_eq!(mount_point_in(room.path()), None);
        assert_eq!(mount_point_in(&room.path().join("missing")), None);
        assert!(another_device(room.path(), fs::metadata(room.path()).unwrap().dev()).is_none());
        #[cfg(target_os = "linux")]
        assert_eq!(mount_point_in(Path::new("/proc")), Some(PathBuf::from("/proc")));
    }
}
