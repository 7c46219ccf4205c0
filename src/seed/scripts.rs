//! The commands of a package in `bin`: `pip`, `pip3`, `pip3.13`.
//!
//! Owns their names and their text, which is all that differs between two environments with the same seed. They do
//! what pip's own do, in every Python from 2.7, wherever the environment lies.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::interpreter::Version;

/// The longest first line that pip trusts a kernel with, `#!` and the line's end included.
const LONGEST_SHEBANG: usize = 127;

/// A command: its file name in `bin` and the function that it calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Script {
    /// The file name.
    pub(super) name: String,
    module: String,
    function: String,
}

impl Script {
    fn new(name: String, target: &str) -> Option<Self> {
        let (module, function) = target.split_once(':')?;
        let is_dotted_name = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
        };
        let is_file_name = !name.is_empty() && !name.contains('/') && name != "." && name != "..";
        let sound = is_file_name && is_dotted_name(module) && is_dotted_name(function);
        sound.then(|| Self { name, module: module.to_owned(), function: function.to_owned() })
    }

    /// The whole file. `python` is the path that the environment's interpreter will have when the environment is in
    /// its place.
    #[must_use]
    pub(super) fn text(&self, python: &Path, version: Version) -> Vec<u8> {
        let Self { module, function, .. } = self;
        let imported = function.split('.').next().unwrap_or_default();
        let mut text = opening(python.as_os_str().as_bytes(), version);
        let body = format!(
            "import sys\n\nfrom {module} import {imported}\n\nif __name__ == \"__main__\":\n    sys.exit({function}())\n"
        );
        text.extend_from_slice(body.as_bytes());
        text
    }
}

/// The commands to write for a package, given what its `entry_points.txt` lists.
///
/// pip and `easy_install` are named after the Python they are installed for, whatever Python the wheel was built with
/// or its list names; pip has the same rule for itself.
#[must_use]
pub(super) fn wanted(listed: &[(String, String)], version: Version) -> Vec<Script> {
    let (major, minor) = (version.major, version.minor);
    let mut scripts = Vec::new();
    for (name, target) in listed {
        let names = match name.as_str() {
            "pip" => vec![name.clone(), format!("pip{major}"), format!("pip{major}.{minor}")],
            "easy_install" => vec![name.clone(), format!("easy_install-{major}.{minor}")],
            other if is_versioned(other) => continue,
            _ => vec![name.clone()],
        };
        scripts.extend(names.into_iter().filter_map(|name| Script::new(name, target)));
    }
    scripts
}

/// `pip3`, `pip3.13`, `easy_install-3.8`.
fn is_versioned(name: &str) -> bool {
    let rest = name.strip_prefix("pip").or_else(|| name.strip_prefix("easy_install-"));
    rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// The lines that lead to `python`: its path after `#!` where every kernel and every Python can read that; else
/// `/bin/sh` starts it, in lines that Python takes for a string.
fn opening(python: &[u8], version: Version) -> Vec<u8> {
    let fits = python.len() + b"#!\n".len() <= LONGEST_SHEBANG;
    let has_blank = python.iter().any(u8::is_ascii_whitespace);
    // A Python reads the first line before it looks for a coding on the second, and then only what is its default.
    let is_readable = python.is_ascii() || (version.major >= 3 && std::str::from_utf8(python).is_ok());
    if fits && !has_blank && is_readable {
        return [b"#!", python, b"\n"].concat();
    }
    // Any byte is a character in latin-1; it has to be said before the line that needs it.
    let coding: &[u8] = if python.is_ascii() { b"" } else { b"# -*- coding: latin-1 -*-\n" };
    [b"#!/bin/sh\n", coding, b"'''exec' ", &quoted(python), b" \"$0\" \"$@\"\n' '''\n"].concat()
}

/// `path` as one word of sh that is at the same time harmless inside a Python string in three single quotes: only
/// escapes that Python knows too, and never three single quotes in a row.
fn quoted(path: &[u8]) -> Vec<u8> {
    let mut word = vec![b'"'];
    for byte in path {
        match byte {
            b'"' | b'\\' => word.extend([b'\\', *byte]),
            // Python would warn about `\$`.
            b'$' | b'`' => word.extend([b'"', b'\'', *byte, b'\'', b'"']),
            b'\'' => word.extend(b"'\"\""),
            _ => word.push(*byte),
        }
    }
    word.push(b'"');
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    const PYTHON_3: Version = Version { major: 3, minor: 13, micro: 0 };
    const PYTHON_2: Version = Version { major: 2, minor: 7, micro: 18 };

    fn names(listed: &[(&str, &str)], version: Version) -> Vec<String> {
        let listed: Vec<_> = listed.iter().map(|(name, to)| ((*name).to_owned(), (*to).to_owned())).collect();
        wanted(&listed, version).into_iter().map(|script| script.name).collect()
    }

    #[test]
    fn names_follow_the_python() {
        let pip = [("pip", "a:b"), ("pip3", "a:b"), ("pip3.10", "a:b")];
        assert_eq!(names(&pip, PYTHON_3), ["pip", "pip3", "pip3.13"]);
        assert_eq!(names(&pip, PYTHON_2), ["pip", "pip2", "pip2.7"]);
        let easy = [("easy_install", "a:b"), ("easy_install-3.6", "a:b")];
        assert_eq!(names(&easy, PYTHON_3), ["easy_install", "easy_install-3.13"]);
        assert_eq!(names(&[("pipx", "a:b"), ("tool", "a.b:c.d")], PYTHON_3), ["pipx", "tool"]);
    }

    #[test]
    fn what_could_not_be_code_or_a_file_is_no_command() {
        let bad = [("../x", "a:b"), ("x", "a"), ("x", "a:b; import os"), ("", "a:b"), ("..", "a:b"), ("x", ":b")];
        assert_eq!(names(&bad, PYTHON_3), [""; 0]);
    }

    fn first_lines(python: &str, version: Version) -> String {
        let script = Script::new("pip".to_owned(), "a:b").unwrap();
        let text = String::from_utf8(script.text(Path::new(python), version)).unwrap();
        text[..text.find("import sys").unwrap()].to_owned()
    }

    #[test]
    fn the_interpreter_is_named_directly_where_that_works() {
        assert_eq!(first_lines("/envs/x/bin/python3.13", PYTHON_3), "#!/envs/x/bin/python3.13\n");
        assert_eq!(first_lines("/envs/é/python", PYTHON_3), "#!/envs/é/python\n");
        // Python 2 cannot read that line.
        assert!(first_lines("/envs/é/python", PYTHON_2).starts_with("#!/bin/sh\n# -*- coding: latin-1"));
        assert_eq!(first_lines("/a b/python", PYTHON_3), "#!/bin/sh\n'''exec' \"/a b/python\" \"$0\" \"$@\"\n' '''\n");
        let longest = format!("/{}", "x".repeat(LONGEST_SHEBANG - 4));
        assert!(first_lines(&longest, PYTHON_3).starts_with("#!/x"));
        assert!(first_lines(&format!("{longest}x"), PYTHON_3).starts_with("#!/bin/sh\n"));
    }

    #[test]
    fn no_path_ends_the_python_string() {
        for path in ["/a'''b/python", "/'''''", "/$'$'`'`''", "/\\'\\''\\\\'''", "/'\"'\"'\"''"] {
            let word = quoted(path.as_bytes());
            let mut run = 0;
            let mut escaped = false;
            for byte in word {
                run = if byte == b'\'' && !escaped { run + 1 } else { 0 };
                assert!(run < 3, "{path}");
                escaped = byte == b'\\' && !escaped;
            }
        }
        let raw = Script::new("pip".to_owned(), "a:b").unwrap().text(Path::new(OsStr::from_bytes(b"/\xff")), PYTHON_3);
        assert!(raw.starts_with(b"#!/bin/sh\n# -*- coding: latin-1 -*-\n'''exec' \"/\xff\""));
    }
}
