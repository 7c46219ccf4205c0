//! The first lines of a script: how the kernel finds the Python for it.
//!
//! Owns their form, for every path: direct, or through `/bin/sh` where a kernel or a Python could
//! not read that. Which path it is, and what follows, is known to `scripts`, and to `relocate` for
//! scripts that others wrote.

use crate::quoting::sh_word_in_python_string;

/// The longest first line that pip trusts a kernel with, `#!` and the line's end included.
const LONGEST: usize = 127;

/// The first line of the form through `/bin/sh`.
pub(crate) const THROUGH_SH: &[u8] = b"#!/bin/sh\n";
/// How its line with the path begins.
pub(crate) const EXEC: &[u8] = b"'''exec' ";
/// How that line ends, together with the one after it.
pub(crate) const EXEC_END: &[u8] = b" \"$0\" \"$@\"\n' '''\n";
/// The line about the coding where a script has none of its own: any byte is a character in
/// latin-1.
pub(crate) const ANY_BYTE: &[u8] = b"# -*- coding: latin-1 -*-\n";

/// The lines that lead to `python`: its path after `#!` where every kernel and every Python can
/// read that; else `/bin/sh` starts it, in lines that Python takes for a string.
///
/// `arguments` are put after the path as they are. `coding` is the script's own line about its
/// coding, which counts only as the second one (PEP 263). `major` is the Python's.
#[must_use]
pub(crate) fn opening(python: &[u8], arguments: &[u8], coding: &[u8], major: u32) -> Vec<u8> {
    let blank: &[u8] = if arguments.is_empty() { b"" } else { b" " };
    let fits = b"#!\n".len() + python.len() + blank.len() + arguments.len() <= LONGEST;
    let has_blank = python.iter().any(u8::is_ascii_whitespace);
    // A Python reads the first line before it looks for a coding on the second, and then only what
    // is its default.
    let is_readable = python.is_ascii() || (major >= 3 && std::str::from_utf8(python).is_ok());
    if fits && !has_blank && is_readable {
        return [b"#!", python, blank, arguments, b"\n", coding].concat();
    }
    // The coding has to be said before the line that needs it.
    let coding = if is_readable || !coding.is_empty() { coding } else { ANY_BYTE };
    [THROUGH_SH, coding, EXEC, &sh_word_in_python_string(python), blank, arguments, EXEC_END].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(python: &str, major: u32) -> String {
        String::from_utf8(opening(python.as_bytes(), b"", b"", major)).unwrap()
    }

    #[test]
    fn the_interpreter_is_named_directly_where_that_works() {
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
    fn a_coding_is_named_only_where_a_python_would_stumble() {
        // Python 2 cannot read the direct line.
        assert!(lines("/envs/é/python", 2).starts_with("#!/bin/sh\n# -*- coding: latin-1"));
        assert!(lines("/é b/python", 3).starts_with("#!/bin/sh\n'''exec' \"/é b/"));
        let raw = opening(b"/\xff", b"", b"", 3);
        assert!(raw.starts_with(b"#!/bin/sh\n# -*- coding: latin-1 -*-\n'''exec' \"/\xff\""));
        let own = opening(b"/a b/python", b"", b"# coding: utf-8\n", 3);
        assert!(own.starts_with(b"#!/bin/sh\n# coding: utf-8\n'''exec' "));
        assert_eq!(opening(b"/python", b"", b"# coding: utf-8\n", 3), b"#!/python\n# coding: utf-8\n");
    }
}
