//! The list of all files in a cached tree, each with size, time and mode.
//!
//! Owns making the list, writing it, and reading it. The list saves a walk through the tree, and it
//! detects an altered tree: environments can share files with the tree, and an editor that writes
//! in place changes them all.

use std::ffi::OsString;
use std::fmt::Write;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use nix::sys::stat::FileStat;

use crate::sorting;

/// The name of the file with the list.
pub(super) const FILE: &str = "manifest";

/// The first line, and the start of the last one.
const HEAD: &str = "venvwrap manifest 1";
const END: &str = "end";

/// Directories in depth-first order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    /// The first is the root, with an empty path.
    pub(super) directories: Vec<Directory>,
}

/// A directory and the files directly in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directory {
    /// Relative to the root.
    pub(super) path: PathBuf,
    /// The files.
    pub(super) files: Vec<ListedFile>,
}

/// A file in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedFile {
    /// The file name.
    pub(super) name: OsString,
    stamp: FileStamp,
}

/// The facts that show a change of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileStamp {
    size: u64,
    seconds: i64,
    nanoseconds: i64,
    mode: u32,
}

impl From<&Metadata> for FileStamp {
    fn from(stat: &Metadata) -> Self {
        Self { size: stat.size(), seconds: stat.mtime(), nanoseconds: stat.mtime_nsec(), mode: stat.mode() }
    }
}

impl From<&FileStat> for FileStamp {
    #[allow(clippy::useless_conversion, reason = "the types are others on other systems")]
    fn from(stat: &FileStat) -> Self {
        Self {
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            seconds: stat.st_mtime.into(),
            nanoseconds: stat.st_mtime_nsec.into(),
            mode: stat.st_mode.into(),
        }
    }
}

impl ListedFile {
    /// Whether the file is unchanged.
    #[must_use]
    pub(super) fn is(&self, stat: impl Into<FileStamp>) -> bool {
        stat.into() == self.stamp
    }

    /// Size in bytes.
    #[must_use]
    pub(super) fn size(&self) -> u64 {
        self.stamp.size
    }

    /// The permission bits, without setuid and setgid.
    #[must_use]
    pub(super) fn permissions(&self) -> u32 {
        self.stamp.mode & 0o777
    }

    /// The modification time. Compiled files store the one of their source.
    #[must_use]
    pub(super) fn modified(&self) -> SystemTime {
        let FileStamp { seconds, nanoseconds, .. } = self.stamp;
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let base = if seconds < 0 { SystemTime::UNIX_EPOCH - whole } else { SystemTime::UNIX_EPOCH + whole };
        base + Duration::from_nanos(nanoseconds.unsigned_abs())
    }
}

impl Manifest {
    /// Whether all listed files are below `root`, unchanged.
    #[must_use]
    pub(super) fn is_there(&self, root: &Path) -> bool {
        self.directories.iter().all(|Directory { path, files }| {
            let directory = root.join(path);
            files.iter().all(|file| fs::symlink_metadata(directory.join(&file.name)).is_ok_and(|stat| file.is(&stat)))
        })
    }

    /// Walks `root`. Anything but directories and regular files is an error.
    pub(super) fn of(root: &Path) -> io::Result<Self> {
        let mut directories = Vec::new();
        walk(root, PathBuf::new(), &mut directories)?;
        Ok(Self { directories })
    }

    /// The text of the file.
    #[must_use]
    pub(super) fn text(&self) -> String {
        let mut text = format!("{HEAD}\n");
        for Directory { path, files } in &self.directories {
            // `wheel` accepts only names that are UTF-8 without control characters. Writing to a
            // String cannot fail.
            _ = writeln!(text, "d {}", path.display());
            for ListedFile { name, stamp: FileStamp { size, seconds, nanoseconds, mode } } in files {
                _ = writeln!(text, "f {size} {seconds} {nanoseconds} {mode:o} {}", name.display());
            }
        }
        _ = writeln!(text, "{END} {}", self.count());
        text
    }

    /// Directories and files together.
    fn count(&self) -> usize {
        self.directories.iter().map(|directory| 1 + directory.files.len()).sum()
    }

    /// Reads the text of the file. `None` if it is truncated or not ours.
    #[must_use]
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        (lines.next()? == HEAD).then_some(())?;
        let mut directories: Vec<Directory> = Vec::new();
        for line in lines.by_ref() {
            let (kind, rest) = line.split_once(' ')?;
            match kind {
                "f" => directories.last_mut()?.files.push(entry(rest)?),
                "d" => directories.push(Directory { path: PathBuf::from(rest), files: Vec::new() }),
                END => {
                    let manifest = Self { directories };
                    let is_whole = rest.parse() == Ok(manifest.count()) && lines.next().is_none();
                    return is_whole.then_some(manifest);
                }
                _ => return None,
            }
        }
        None
    }
}

/// Reads a line about a file, after its `f `.
fn entry(rest: &str) -> Option<ListedFile> {
    let mut fields = rest.splitn(5, ' ');
    let stamp = FileStamp {
        size: fields.next()?.parse().ok()?,
        seconds: fields.next()?.parse().ok()?,
        nanoseconds: fields.next()?.parse().ok()?,
        mode: u32::from_str_radix(fields.next()?, 8).ok()?,
    };
    Some(ListedFile { name: fields.next()?.into(), stamp })
}

fn walk(root: &Path, path: PathBuf, directories: &mut Vec<Directory>) -> io::Result<()> {
    let mut children = fs::read_dir(root.join(&path))?.collect::<io::Result<Vec<_>>>()?;
    sorting::sort_by_key(&mut children, fs::DirEntry::file_name);
    let mut files = Vec::new();
    let mut below = Vec::new();
    for child in children {
        let stat = child.metadata()?;
        if stat.is_dir() {
            below.push(path.join(child.file_name()));
        } else if stat.is_file() {
            files.push(ListedFile { name: child.file_name(), stamp: FileStamp::from(&stat) });
        } else {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    directories.push(Directory { path, files });
    below.into_iter().try_for_each(|path| walk(root, path, directories))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_list_is_read_again_unless_truncated() {
        let room = tempfile::tempdir().unwrap();
        fs::create_dir_all(room.path().join("a b/c")).unwrap();
        fs::create_dir_all(room.path().join("a b-d")).unwrap();
        fs::write(room.path().join("a b/x y.py"), "text").unwrap();
        fs::write(room.path().join("z"), "").unwrap();
        let manifest = Manifest::of(room.path()).unwrap();
        let paths: Vec<_> = manifest.directories.iter().map(|directory| directory.path.as_path()).collect();
        assert_eq!(paths, ["", "a b", "a b/c", "a b-d"].map(Path::new));
        let text = manifest.text();
        assert_eq!(Manifest::from_text(&text), Some(manifest));
        for cut in 0..text.len() {
            assert_eq!(Manifest::from_text(&text[..cut]), None, "{:?}", &text[..cut]);
        }
        for line in text.split_inclusive('\n') {
            assert_eq!(Manifest::from_text(&text.replace(line, "")), None, "without {line:?}");
        }
    }

    #[test]
    fn changes_are_detected() {
        use std::os::unix::fs::PermissionsExt;
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("x");
        fs::write(&path, "text").unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        let old = SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 123);
        file.set_modified(old).unwrap();
        let manifest = Manifest::of(room.path()).unwrap();
        let entry = &manifest.directories[0].files[0];
        assert_eq!(entry.modified(), old);
        assert!(entry.is(&fs::metadata(&path).unwrap()));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(!entry.is(&fs::metadata(&path).unwrap()));
        fs::set_permissions(&path, fs::Permissions::from_mode(entry.permissions())).unwrap();
        file.set_modified(old + Duration::from_nanos(1)).unwrap();
        assert!(!entry.is(&fs::metadata(&path).unwrap()));
    }

    #[test]
    fn a_link_in_a_tree_is_an_error() {
        let room = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/", room.path().join("x")).unwrap();
        assert!(Manifest::of(room.path()).is_err());
    }
}
