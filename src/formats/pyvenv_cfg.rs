//! `pyvenv.cfg` (PEP 405): the file that makes a directory an environment.
//!
//! Owns the format, read as CPython's `site` reads it: one `key = value` per line, split at the
//! first `=`, keys in any case. Unlike `site`, nothing in the file is an error. Values stay bytes,
//! because they are paths.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::fs::{read_prefix, read_small, write_whole};

pub(crate) const FILE_NAME: &str = "pyvenv.cfg";

/// Larger than any real file.
pub(crate) const LIMIT: u64 = 64 * 1024;

/// Whether a directory holds the file, by the same test as in the shell functions.
pub(crate) fn exists_in(root: &Path) -> bool {
    std::fs::metadata(root.join(FILE_NAME)).is_ok_and(|file| file.is_file())
}

/// The keys and values of one file, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct PyvenvCfg {
    entries: Vec<(String, Vec<u8>)>,
}

impl PyvenvCfg {
    /// Reads the file in a directory, at most [`LIMIT`] bytes. `None` if it does not exist.
    pub(crate) fn read(root: &Path) -> io::Result<Option<Self>> {
        Ok(read_prefix(&root.join(FILE_NAME), LIMIT)?.map(|text| Self::parse(&text)))
    }

    pub(crate) fn parse(text: &[u8]) -> Self {
        let entry = |line| split(line).map(|(key, value)| (key, trimmed(value).to_vec()));
        Self { entries: text.split(|byte| ends_line(*byte)).filter_map(entry).collect() }
    }

    /// The text of a new file.
    pub(crate) fn text<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
        pairs.into_iter().fold(Vec::new(), |text, (key, value)| with_line(text, key, value))
    }

    /// The value of a key (lower case). Of several lines, the last one counts.
    pub(crate) fn get(&self, key: &str) -> Option<&[u8]> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_slice())
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        self.get(key).map(|value| PathBuf::from(OsStr::from_bytes(value)))
    }

    /// The directory of the base interpreter.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.path("home")
    }

    /// The full path of the base interpreter: virtualenv writes `base-executable`, `venv` since
    /// 3.11 `executable`.
    pub(crate) fn executables(&self) -> impl Iterator<Item = PathBuf> {
        ["base-executable", "executable"].into_iter().filter_map(|key| self.path(key))
    }

    /// The prompt without the quotes that `venv` (Python's repr) and virtualenv put around it.
    pub(crate) fn prompt(&self) -> Option<&[u8]> {
        let value = self.get("prompt")?;
        let bare = match value {
            [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
            other => other,
        };
        (!bare.is_empty()).then_some(bare)
    }

    /// The version of the base interpreter, at most three parts: `venv` writes `version`,
    /// virtualenv and uv `version_info` with up to five parts, PEP 838 proposes `python-version`
    /// with two.
    pub(crate) fn version(&self) -> Option<String> {
        let value = ["version_info", "version", "python-version"].iter().find_map(|key| self.get(key))?;
        let text = std::str::from_utf8(value).ok()?;
        let numbers = text.split('.').take(3).take_while(|part| part.starts_with(|c: char| c.is_ascii_digit()));
        let end = numbers.map(|part| part.len() + 1).sum::<usize>().checked_sub(1)?;
        Some(text[..end].to_owned())
    }
}

/// Changes the `pyvenv.cfg` in `root`. Fails if the file is larger than [`LIMIT`].
pub(crate) fn edit(root: &Path, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<()> {
    let file = root.join(FILE_NAME);
    let old = read_small(&file, LIMIT).map_err(Error::io("read", &file))?.unwrap_or_default();
    let new = change(&old);
    if new == old { Ok(()) } else { write_whole(&file, &new) }
}

/// The text with one more line at the end.
fn with_line(mut text: Vec<u8>, key: &str, value: &[u8]) -> Vec<u8> {
    let line_end: &[u8] = if text.ends_with(b"\r\n") { b"\r\n" } else { b"\n" };
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.extend_from_slice(line_end);
    }
    text.extend([key.as_bytes(), b" = ", value, line_end].concat());
    text
}

/// The text with a key (lower case) set to a value, in every line that has the key: readers differ
/// in which of several lines counts. A missing key gets a line at the end.
pub(crate) fn with_value(text: &[u8], key: &str, value: &[u8]) -> Vec<u8> {
    let mut is_set = false;
    let changed = with_values(text, |name, _| {
        is_set = is_set || name == key;
        (name == key).then(|| value.to_vec())
    });
    if is_set { changed } else { with_line(changed, key, value) }
}

/// The text with new values: `change` gets each key (in lower case) and value, and returns the new
/// value, or `None`. All other bytes stay.
pub(crate) fn with_values(text: &[u8], mut change: impl FnMut(&str, &[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|byte| ends_line(*byte)) {
        let changed = split(line).and_then(|(key, old)| Some((old, change(&key, trimmed(old))?)));
        let Some((old, value)) = changed else {
            made.extend_from_slice(line);
            continue;
        };
        let bare = trimmed(old);
        // Without a value, everything after the `=` is the end of the line.
        let (before, end) = match memchr::memmem::find(old, bare) {
            Some(start) if !bare.is_empty() => (&old[..start], &old[start + bare.len()..]),
            _ => (&b" "[..], old),
        };
        made.extend([&line[..line.len() - old.len()], before, &value, end].concat());
    }
    made
}

/// Python reads the file as text, where a carriage return also ends a line.
fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// A value without surrounding blanks. Python strips all Unicode blanks and four control
/// characters.
fn trimmed(value: &[u8]) -> &[u8] {
    let plain = value.trim_ascii();
    // Nearly every value ends here: lists and completion read hundreds of files.
    if let [first, .., last] = plain
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return plain;
    }
    let is_blank = |letter: char| letter.is_whitespace() || ('\x1c'..='\x1f').contains(&letter);
    std::str::from_utf8(value).map_or(plain, |text| text.trim_matches(is_blank).as_bytes())
}

/// The key of a line, and the text after its `=`.
fn split(line: &[u8]) -> Option<(String, &[u8])> {
    let equals = memchr::memchr(b'=', line)?;
    let key = std::str::from_utf8(trimmed(&line[..equals])).ok()?;
    // Every Python takes a byte order mark for a part of the first key, which is then unknown.
    Some((key.to_lowercase(), &line[equals + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_every_tool_are_read() {
        let venv = PyvenvCfg::parse(b"home = /opt/a=b/bin\nversion = 3.11.7\nprompt = 'my p'\n");
        assert_eq!(venv.get("home"), Some(&b"/opt/a=b/bin"[..]));
        assert_eq!(venv.prompt(), Some(&b"my p"[..]));
        assert_eq!(venv.version().unwrap(), "3.11.7");
        let virtualenv = PyvenvCfg::parse(b"Home=/x\r\nversion_info = 3.13.0.final.0\r\nprompt = \"my p\"\r\n");
        assert_eq!((virtualenv.get("home"), virtualenv.prompt()), (Some(&b"/x"[..]), Some(&b"my p"[..])));
        assert_eq!(virtualenv.version().unwrap(), "3.13.0");
        let uv = PyvenvCfg::parse(b"version_info = 3.13\nprompt = my p");
        assert_eq!((uv.version().unwrap().as_str(), uv.prompt()), ("3.13", Some(&b"my p"[..])));
    }

    #[test]
    fn values_are_trimmed_as_python_does() {
        for (value, bare) in [
            ("\u{a0}\x0b x\u{3000}y \x1f\t", "x\u{3000}y"),
            ("\u{a0}x", "x"),
            ("x\u{a0}", "x"),
            (" é ", "é"),
            (" x ", "x"),
            ("\x0c\u{2003}", ""),
            ("", ""),
        ] {
            assert_eq!(trimmed(value.as_bytes()), bare.as_bytes(), "{}", value.escape_default());
        }
        assert_eq!(trimmed(b" \xff\xa0 "), b"\xff\xa0");
    }

    #[test]
    fn odd_lines_are_no_errors() {
        let odd = PyvenvCfg::parse(b"\xff\xfe\n\n===\nno equals\nversion =\nprompt = ''\nversion = 3.x.1\n\xff=1");
        assert_eq!((odd.prompt(), odd.version().as_deref(), odd.get("")), (None, Some("3"), Some(&b"=="[..])));
    }

    #[test]
    fn an_edit_changes_only_the_value() {
        let edit = |text: &str| String::from_utf8(with_value(text.as_bytes(), "key", b"true")).unwrap();
        assert_eq!(
            edit("a = b\n\n# c\nKEY\t=  false \t\nno equals\nz=1"),
            "a = b\n\n# c\nKEY\t=  true \t\nno equals\nz=1"
        );
        assert_eq!(edit("key=False\r\nhome = /x\r\n"), "key=true\r\nhome = /x\r\n");
        assert_eq!(edit("key = no = way"), "key = true");
        assert_eq!(edit("\u{feff}key = no"), "\u{feff}key = no\nkey = true\n");
        assert_eq!(edit("key = a\nx = y\nkey = b\n"), "key = true\nx = y\nkey = true\n");
        assert_eq!(edit("key =\nkey=\t\r\n"), "key = true\nkey= true\t\r\n");
        assert_eq!(edit("home = /x"), "home = /x\nkey = true\n");
        assert_eq!(edit("home = /x\r\n"), "home = /x\r\nkey = true\r\n");
        assert_eq!(edit(""), "key = true\n");
        let odd = b"home = /\xff\xfe\nkey = 1\n\xff = 2\n";
        assert_eq!(with_value(odd, "key", b"2"), b"home = /\xff\xfe\nkey = 2\n\xff = 2\n");
    }
}
