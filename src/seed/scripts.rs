//! The commands of a package in `bin`: `pip`, `pip3`, `pip3.13`.
//!
//! Owns their names and their text. They work like pip's own, in every Python since 2.7.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::formats::shebang;
use crate::versions::Release;

/// A command: its file name in `bin` and the function it calls.
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

    /// The whole file. `python` is the final path of the environment's interpreter.
    #[must_use]
    pub(super) fn text(&self, python: &Path, version: Release) -> Vec<u8> {
        let Self { module, function, .. } = self;
        let imported = function.split('.').next().unwrap_or_default();
        let mut text = shebang::opening(python.as_os_str().as_bytes(), b"", b"", version.major);
        let body = format!(
            "import sys\n\nfrom {module} import {imported}\n\nif __name__ == \"__main__\":\n    sys.exit({function}())\n"
        );
        text.extend_from_slice(body.as_bytes());
        text
    }
}

/// The commands of a package, from the list in its `entry_points.txt`.
///
/// pip and `easy_install` are named after the Python they are installed for, not after the Python
/// in the list. pip applies the same rule to itself.
#[must_use]
pub(super) fn wanted(listed: &[(String, String)], version: Release) -> Vec<Script> {
    let (major, series) = (version.major, version.series());
    let mut scripts = Vec::new();
    for (name, target) in listed {
        let names = match name.as_str() {
            "pip" => vec![name.clone(), format!("pip{major}"), format!("pip{series}")],
            "easy_install" => vec![name.clone(), format!("easy_install-{series}")],
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

#[cfg(test)]
mod tests {
    use super::*;

    const PYTHON_3: Release = Release::new(3, 13, 0);
    const PYTHON_2: Release = Release::new(2, 7, 18);

    fn names(listed: &[(&str, &str)], version: Release) -> Vec<String> {
        let listed: Vec<_> = listed.iter().map(|(name, to)| ((*name).to_owned(), (*to).to_owned())).collect();
        wanted(&listed, version).into_iter().map(|script| script.name).collect()
    }

    #[test]
    fn names_have_the_version_of_the_python() {
        let pip = [("pip", "a:b"), ("pip3", "a:b"), ("pip3.10", "a:b")];
        assert_eq!(names(&pip, PYTHON_3), ["pip", "pip3", "pip3.13"]);
        assert_eq!(names(&pip, PYTHON_2), ["pip", "pip2", "pip2.7"]);
        let easy = [("easy_install", "a:b"), ("easy_install-3.6", "a:b")];
        assert_eq!(names(&easy, PYTHON_3), ["easy_install", "easy_install-3.13"]);
        assert_eq!(names(&[("pipx", "a:b"), ("tool", "a.b:c.d")], PYTHON_3), ["pipx", "tool"]);
    }

    #[test]
    fn invalid_names_and_targets_are_no_commands() {
        let bad = [("../x", "a:b"), ("x", "a"), ("x", "a:b; import os"), ("", "a:b"), ("..", "a:b"), ("x", ":b")];
        assert_eq!(names(&bad, PYTHON_3), [""; 0]);
    }
}
