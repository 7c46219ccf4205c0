//! The `.pth` file of `add2virtualenv`: directories for `sys.path`, one per line.
//!
//! Owns the format. venvwrap writes paths only: Python 3.18 and later ignores `import` lines in a
//! `.pth` file (PEP 829). virtualenvwrapper writes two of them around the paths, which move the
//! paths to the front of `sys.path`. In a file that has these lines they stay, so that the order
//! of `sys.path` does not change.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::fs::{read_small, write_whole};
use crate::one_line::is_one_line;

/// The name in site-packages, virtualenvwrapper's.
pub(crate) const NAME: &str = "_virtualenv_path_extensions.pth";

/// The first line of a new file. virtualenvwrapper adds paths below the first line, whatever it is.
/// ASCII, because Python before 3.13 reads the file in the encoding of the locale.
const HEADING: &[u8] = b"# Directories that add2virtualenv put on sys.path, after site-packages.\n";

/// Longest file that is read.
const LIMIT: u64 = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The file and its lines, line ends included.
#[derive(Debug)]
pub(crate) struct PathExtensions {
    file: PathBuf,
    lines: Vec<Vec<u8>>,
}

impl PathExtensions {
    /// Reads the file in a site-packages directory. `None` if it is missing.
    pub(crate) fn open(site_packages: &Path) -> Result<Option<Self>> {
        let file = site_packages.join(NAME);
        let Some(text) = read_small(&file, LIMIT).map_err(Error::io("read", &file))? else {
            return Ok(None);
        };
        let lines = text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        Ok(Some(Self { file, lines }))
    }

    /// A new file, not yet written.
    pub(crate) fn new(site_packages: &Path) -> Self {
        Self { file: site_packages.join(NAME), lines: vec![HEADING.to_vec()] }
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        self.lines.concat()
    }

    /// The directories, in the order of the lines.
    pub(crate) fn directories(&self) -> impl Iterator<Item = &Path> {
        self.lines.iter().filter_map(|line| directory(line)).map(|line| Path::new(std::ffi::OsStr::from_bytes(line)))
    }

    /// Adds a directory before all others, below the heading if there is one. A directory that is
    /// listed already is added again. Fails if the format cannot hold the path.
    pub(crate) fn add(&mut self, path: &Path) -> Result<()> {
        check(path)?;
        if let Some(last) = self.lines.last_mut().filter(|last| !last.ends_with(b"\n")) {
            last.push(b'\n');
        }
        let heading = self.lines.first().is_some_and(|line| directory(line).is_none());
        self.lines.insert(usize::from(heading), [path.as_os_str().as_bytes(), b"\n"].concat());
        Ok(())
    }

    /// Removes every line with exactly this directory. `false` if there was none.
    pub(crate) fn remove(&mut self, path: &Path) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| directory(line) != Some(path.as_os_str().as_bytes()));
        self.lines.len() < before
    }

    pub(crate) fn write(&self) -> Result<()> {
        write_whole(&self.file, &self.text())
    }
}

/// The directory in a line, as Python reads it: without blanks at the end. `None` for comments,
/// code, and a line with a byte order mark.
fn directory(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii_end();
    let is_code = line.starts_with(b"import ") || line.starts_with(b"import\t");
    let is_none = line.is_empty() || line.starts_with(b"#") || is_code || line.starts_with(BYTE_ORDER_MARK);
    (!is_none).then_some(line)
}

/// Fails for a path that Python would read as another path, or run as code: a line that starts with
/// `import` is code, and 3.13 splits lines as `str.splitlines` does.
fn check(path: &Path) -> Result<()> {
    let reason = match std::str::from_utf8(path.as_os_str().as_bytes()) {
        // Python 3 does not start if a byte cannot be decoded.
        Err(_) => "it is not UTF-8, as a .pth file must be",
        Ok(_) if !path.is_absolute() => "it is not absolute",
        Ok(text) if !is_one_line(text.as_bytes()) => "it contains a line break or another control character",
        Ok(text) if text.ends_with(char::is_whitespace) => "it ends with a blank, which Python removes",
        Ok(_) => return Ok(()),
    };
    Err(Error::NoImportPath { path: path.to_path_buf(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of virtualenvwrapper 6.1.1.
    const OLD: &str = "import sys; sys.__plen = len(sys.path)\n/b\n/a\nimport sys; new=sys.path[sys.__plen:]; \
                       del sys.path[sys.__plen:]; p=getattr(sys,'__egginsert',0); sys.path[p:p]=new; \
                       sys.__egginsert = p+len(new)\n";

    fn file_of(text: &str) -> (tempfile::TempDir, PathExtensions) {
        let room = tempfile::tempdir().unwrap();
        std::fs::write(room.path().join(NAME), text).unwrap();
        let file = PathExtensions::open(room.path()).unwrap().unwrap();
        (room, file)
    }

    fn text(file: &PathExtensions) -> String {
        String::from_utf8(file.text()).unwrap()
    }

    #[test]
    fn a_new_directory_comes_first_in_files_of_every_tool() {
        let (_room, mut old) = file_of(OLD);
        old.add(Path::new("/it's $x & y")).unwrap();
        assert_eq!(text(&old), OLD.replace("/b\n", "/it's $x & y\n/b\n"));
        let (_room, mut bare) = file_of("/a");
        bare.add(Path::new("/b")).unwrap();
        assert_eq!(text(&bare), "/b\n/a\n");
        let (_room, mut marked) = file_of("\u{feff}/a\n");
        marked.add(Path::new("/b")).unwrap();
        assert_eq!(text(&marked), "\u{feff}/a\n/b\n");
        let room = tempfile::tempdir().unwrap();
        let mut new = PathExtensions::new(room.path());
        new.add(Path::new("/a")).unwrap();
        new.add(Path::new("/b")).unwrap();
        new.write().unwrap();
        let read = PathExtensions::open(room.path()).unwrap().unwrap();
        assert_eq!(read.directories().collect::<Vec<_>>(), [Path::new("/b"), Path::new("/a")]);
        assert!(!text(&read).contains("import"), "{read:?}");
        assert_eq!(text(&read).lines().count(), 3);
    }

    #[test]
    fn only_equal_lines_are_removed() {
        let (_room, mut file) = file_of(&OLD.replace("/a\n", "/x.y\n/xzy\n/x.y \r\n/x.y/z\n"));
        assert!(file.remove(Path::new("/x.y")));
        assert_eq!(text(&file), OLD.replace("/a\n", "/xzy\n/x.y/z\n"));
        assert!(!file.remove(Path::new("/x.y")));
        assert!(!file.remove(Path::new(OLD.lines().next().unwrap())));
    }

    #[test]
    fn paths_that_python_would_read_differently_are_refused() {
        let (_room, mut file) = file_of(OLD);
        let breaks = ["\n", "\r", "\u{b}", "\u{c}", "\u{1c}", "\u{85}", "\u{2028}", "\u{2029}"];
        let mut bad: Vec<PathBuf> = breaks.iter().map(|at| format!("/x{at}import os").into()).collect();
        bad.extend(["import os".into(), "relative".into(), "/blank ".into(), "/blank\u{a0}".into()]);
        bad.push(std::ffi::OsStr::from_bytes(b"/\xff").into());
        for path in bad {
            assert!(file.add(&path).is_err(), "{path:?}");
        }
        assert_eq!(text(&file), OLD);
    }

    #[test]
    fn a_file_that_is_too_long_is_an_error() {
        let room = tempfile::tempdir().unwrap();
        let long = "/a\n".repeat(400_000);
        std::fs::write(room.path().join(NAME), &long).unwrap();
        assert!(PathExtensions::open(room.path()).is_err());
    }
}
