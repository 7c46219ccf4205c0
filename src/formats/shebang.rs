//! The first lines of a script: how the kernel finds the interpreter.
//!
//! Owns both forms, for writing and for reading: the direct one (`#!/x/bin/python`), and the one
//! through `/bin/sh` for paths that a kernel or a Python cannot read on the first line. pip, uv and
//! setuptools write the same forms.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::quoting::{Language, Quote, sh_word_in_python_string};

/// A file that starts with these bytes is a script.
const MARK: &[u8] = b"#!";

/// The longest first line that every kernel reads, according to pip, with `#!` and the line end.
const LONGEST: usize = 127;

/// The first line of the form through `/bin/sh`.
const THROUGH_SH: &[u8] = b"#!/bin/sh\n";
/// The start of the line with the path. For Python, a string begins here.
const EXEC: &[u8] = b"'''exec' ";
/// The end of the line with the path, and the next line, which ends the string.
const EXEC_END: &[u8] = b" \"$0\" \"$@\"\n' '''\n";

/// The coding line for a script without one: in latin-1, every byte is a character.
pub(crate) const ANY_BYTE: &[u8] = b"# -*- coding: latin-1 -*-\n";

pub(crate) fn is_script(start: &[u8]) -> bool {
    start.starts_with(MARK)
}

/// The lines that start `python`: directly if every kernel and every Python can read the path
/// there, else through `/bin/sh`.
///
/// `arguments` follow the path unchanged. `coding` is the script's own coding line, which must be
/// the second line at most (PEP 263). `major` is the version of the Python.
#[must_use]
pub(crate) fn opening(python: &[u8], arguments: &[u8], coding: &[u8], major: u32) -> Vec<u8> {
    let direct = direct(python, arguments, coding);
    let length = direct.len() - coding.len();
    let has_blank = python.iter().any(u8::is_ascii_whitespace);
    // Python reads the first line before it looks for a coding on the second, with its default
    // coding.
    let is_readable = python.is_ascii() || (major >= 3 && std::str::from_utf8(python).is_ok());
    if length <= LONGEST && !has_blank && is_readable {
        return direct;
    }
    // The coding line must precede the line that needs it.
    let coding = if is_readable || !coding.is_empty() { coding } else { ANY_BYTE };
    let blank: &[u8] = if arguments.is_empty() { b"" } else { b" " };
    [THROUGH_SH, coding, EXEC, &sh_word_in_python_string(python), blank, arguments, EXEC_END].concat()
}

/// The direct form, whatever the path: only Python can read the other one.
#[must_use]
pub(crate) fn direct(interpreter: &[u8], arguments: &[u8], coding: &[u8]) -> Vec<u8> {
    let blank: &[u8] = if arguments.is_empty() { b"" } else { b" " };
    [MARK, interpreter, blank, arguments, b"\n", coding].concat()
}

/// The first line of a script without `#!` and blanks; empty for any other file.
pub(crate) fn first_line(script: &[u8]) -> &[u8] {
    script[..line_end(script)].strip_prefix(MARK).unwrap_or_default().trim_ascii()
}

/// The first lines of a script in one of the two forms.
#[derive(Debug)]
pub(crate) struct Opening<'s> {
    /// Direct: the first line without `#!`. Through `/bin/sh`: the words that sh executes.
    words: &'s [u8],
    /// The script's coding line, or nothing.
    pub(crate) coding: &'s [u8],
    /// Where the rest of the script starts.
    pub(crate) end: usize,
}

impl<'s> Opening<'s> {
    /// Reads the direct form.
    pub(crate) fn direct(script: &'s [u8]) -> Option<Self> {
        is_script(script).then_some(())?;
        let end = line_end(script);
        let coding = coding_line(&script[end..]);
        Some(Self { words: first_line(script), coding, end: end + coding.len() })
    }

    /// Reads the form through `/bin/sh`.
    pub(crate) fn through_sh(script: &'s [u8]) -> Option<Self> {
        let rest = script.strip_prefix(THROUGH_SH)?;
        let coding = coding_line(rest);
        let command = rest[coding.len()..].strip_prefix(EXEC)?;
        let length = memchr::memmem::find(command, EXEC_END).filter(|length| *length < line_end(command))?;
        let end = THROUGH_SH.len() + coding.len() + EXEC.len() + length + EXEC_END.len();
        Some(Self { words: &command[..length], coding, end })
    }

    /// The interpreter and its arguments, as written.
    pub(crate) fn words(&self) -> &'s [u8] {
        self.words
    }

    /// The first word as sh reads it, and the arguments as written.
    pub(crate) fn read_by_sh(&self) -> (Vec<u8>, &'s [u8]) {
        let cells = Language::Sh.read(self.words, &[]);
        let is_blank = |byte: u8, quote: Quote| quote.is_none() && byte.is_ascii_whitespace();
        let length = cells.iter().position(|cell| is_blank(cell.byte, cell.quote)).unwrap_or(cells.len());
        let arguments = cells.get(length).map_or(&b""[..], |blank| self.words[blank.start..].trim_ascii());
        (cells[..length].iter().map(|cell| cell.byte).collect(), arguments)
    }
}

/// The Python that runs a script, in both possible readings: for a path with a blank, the kernel
/// and the author of the line disagree. Empty if the script has no full path of a Python (`env
/// python`, another language), or is not a script.
pub(crate) fn interpreters(start: &[u8]) -> Vec<PathBuf> {
    let readings = if let Some(opening) = Opening::through_sh(start) {
        let raw = opening.words.strip_prefix(b"\"").and_then(|raw| raw.strip_suffix(b"\""));
        [opening.read_by_sh().0, raw.unwrap_or_default().to_vec()]
    } else {
        let line = first_line(start);
        let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        [word.to_vec(), line.to_vec()]
    };
    let is_python = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        path.is_absolute() && is_python(name)
    };
    let mut found: Vec<PathBuf> = readings.into_iter().map(|path| OsString::from_vec(path).into()).collect();
    found.retain(is_python);
    found.dedup();
    found
}

/// Whether a program with this name runs Python code.
pub(crate) fn is_python(name: &[u8]) -> bool {
    name.starts_with(b"python") || name.starts_with(b"pypy")
}

/// The first line of `text` if it is about the coding (PEP 263), else nothing.
fn coding_line(text: &[u8]) -> &[u8] {
    let line = &text[..line_end(text)];
    let has_coding = || [&b"coding:"[..], b"coding="].iter().any(|word| memchr::memmem::find(line, word).is_some());
    let is_one = line.trim_ascii_start().starts_with(b"#") && line.ends_with(b"\n") && has_coding();
    if is_one { line } else { b"" }
}

fn line_end(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(python: &str, major: u32) -> String {
        String::from_utf8(opening(python.as_bytes(), b"", b"", major)).unwrap()
    }

    #[test]
    fn the_direct_form_is_used_if_it_works() {
        assert_eq!(lines("/envs/x/bin/python3.13", 3), "#!/envs/x/bin/python3.13\n");
        assert_eq!(lines("/envs/é/python", 3), "#!/envs/é/python\n");
        assert_eq!(lines("/a b/python", 3), "#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n' '''\n");
        let longest = format!("/{}", "x".repeat(LONGEST - 4));
        assert!(lines(&longest, 3).starts_with("#!/x"));
        assert!(lines(&format!("{longest}x"), 3).starts_with("#!/bin/sh\n"));
        // The limit is for the whole line.
        let with_option = |python: &str| opening(python.as_bytes(), b"-E", b"", 3);
        assert!(with_option(&longest[..LONGEST - 6]).ends_with(b"x -E\n"));
        assert!(with_option(&longest[..LONGEST - 5]).ends_with(b"x\" -E \"$0\" \"$@\"\n' '''\n"));
    }

    #[test]
    fn a_coding_line_is_added_only_if_python_needs_it() {
        // Python 2 cannot read the direct line.
        assert!(lines("/envs/é/python", 2).starts_with("#!/bin/sh\n# -*- coding: latin-1"));
        assert!(lines("/é b/python", 3).starts_with("#!/bin/sh\n'''exec' \"/é b/"));
        let raw = opening(b"/\xff", b"", b"", 3);
        assert!(raw.starts_with(b"#!/bin/sh\n# -*- coding: latin-1 -*-\n'''exec' \"/\xff\""));
        let own = opening(b"/a b/python", b"", b"# coding: utf-8\n", 3);
        assert!(own.starts_with(b"#!/bin/sh\n# coding: utf-8\n'''exec' "));
        assert_eq!(opening(b"/python", b"", b"# coding: utf-8\n", 3), b"#!/python\n# coding: utf-8\n");
    }

    #[test]
    fn the_interpreter_of_a_script_is_read_in_every_form() {
        let of = |text: &str| interpreters(text.as_bytes());
        assert_eq!(of("#!/x/env/bin/python3\nimport os\n"), [PathBuf::from("/x/env/bin/python3")]);
        assert_eq!(of("#!/x/env/bin/python -E\n")[0], PathBuf::from("/x/env/bin/python"));
        let through = "#!/bin/sh\n# coding: utf-8\n'''exec' '/x y/it'\"'\"'s/bin/python' \"$0\" \"$@\"\n' '''\n";
        assert_eq!(of(through)[0], PathBuf::from("/x y/it's/bin/python"));
        let raw = "#!/bin/sh\n'''exec' \"/x $y/bin/python\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(of(raw), [PathBuf::from("/x $y/bin/python")]);
    }

    #[test]
    fn a_script_without_the_full_path_of_a_python_has_no_interpreter() {
        let relocatable = "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n";
        for text in
            ["", "#!", "import os\n", "#!/usr/bin/env python3\n", "#!/bin/sh\necho\n", "#!python\n", relocatable]
        {
            assert_eq!(interpreters(text.as_bytes()), Vec::<PathBuf>::new(), "{text}");
        }
    }
}
