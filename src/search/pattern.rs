//! A relative path with wildcards: `yaml/__init__.py`, `*/_speedups*.so`, `**/pickle.py`.
//!
//! Owns the meaning of `*` and `?`, which stay within one component, and of `**`, which is any
//! number of directories; and the walk that looks at no directory without need.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use crate::error::Error;

/// The parts of a pattern, one for each component.
#[derive(Debug)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Debug)]
enum Part {
    Name(PathBuf),
    Wildcards(Vec<char>),
    AnyDirectories,
}

impl Pattern {
    /// `None` for a path that is empty, absolute, or goes up.
    pub(crate) fn parse(text: &OsStr) -> Option<Self> {
        let part = |component| match component {
            Component::Normal(name) if name == "**" => Some(Part::AnyDirectories),
            Component::Normal(name) if name.as_bytes().iter().any(|byte| b"*?".contains(byte)) => {
                Some(Part::Wildcards(name.to_string_lossy().chars().collect()))
            }
            Component::Normal(name) => Some(Part::Name(name.into())),
            _ => None,
        };
        let components = Path::new(text).components().filter(|component| *component != Component::CurDir);
        let mut parts: Vec<Part> = components.map(part).collect::<Option<_>>()?;
        if matches!(parts.last(), Some(Part::AnyDirectories)) {
            parts.push(Part::Wildcards(vec!['*']));
        }
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// Whether it is the name of a file, without a directory.
    pub(crate) fn is_name(&self) -> bool {
        matches!(self.0[..], [Part::Name(_) | Part::Wildcards(_)])
    }

    /// Whether it stands for this relative path.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        let names: Vec<_> = path.components().map(Component::as_os_str).collect();
        are_of(&self.0, &names)
    }

    /// What of a directory it stands for, dangling links included. Directories that cannot be read
    /// are faults.
    pub(crate) fn below(&self, directory: &Path, faults: &mut Vec<String>) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(directory, &self.0, &mut found, faults);
        found
    }
}

fn are_of(parts: &[Part], names: &[&OsStr]) -> bool {
    match (parts, names) {
        ([], names) => names.is_empty(),
        ([Part::AnyDirectories, rest @ ..], _) => (0..=names.len()).any(|skipped| are_of(rest, &names[skipped..])),
        ([first, rest @ ..], [name, others @ ..]) => {
            let is_name = match first {
                Part::Name(wanted) => wanted == Path::new(name),
                Part::Wildcards(wanted) => is_match(wanted, &name.to_string_lossy().chars().collect::<Vec<_>>()),
                Part::AnyDirectories => false,
            };
            is_name && are_of(rest, others)
        }
        _ => false,
    }
}

fn walk(at: &Path, parts: &[Part], found: &mut Vec<PathBuf>, faults: &mut Vec<String>) {
    let is_absent = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    match parts {
        [] => found.push(at.to_path_buf()),
        [Part::Name(name), rest @ ..] => match fs::symlink_metadata(at.join(name)) {
            Ok(_) => walk(&at.join(name), rest, found, faults),
            Err(error) if is_absent(&error) => {}
            Err(error) => faults.push(Error::io("read", at.join(name))(error).to_string()),
        },
        [first, rest @ ..] => {
            if let Part::AnyDirectories = first {
                walk(at, rest, found, faults);
            }
            let entries = match fs::read_dir(at) {
                Ok(entries) => entries.flatten(),
                Err(error) if is_absent(&error) => return,
                Err(error) => return faults.push(Error::io("list", at)(error).to_string()),
            };
            for entry in entries {
                match first {
                    Part::Wildcards(wanted) => {
                        let name: Vec<char> = entry.file_name().to_string_lossy().chars().collect();
                        if is_match(wanted, &name) {
                            walk(&entry.path(), rest, found, faults);
                        }
                    }
                    // Not through links, which can lead back up.
                    _ if entry.file_type().is_ok_and(|kind| kind.is_dir()) => {
                        walk(&entry.path(), parts, found, faults);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Whether a name is what `*` and `?` stand for. Only the last `*` is ever tried again, so the time
/// is bounded by the product of both lengths.
fn is_match(wanted: &[char], name: &[char]) -> bool {
    let (mut at, mut of_name) = (0, 0);
    let mut retry = None;
    while of_name < name.len() {
        match wanted.get(at) {
            Some('*') => {
                retry = Some((at, of_name));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[of_name] => {
                at += 1;
                of_name += 1;
            }
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                at = star + 1;
                of_name = from + 1;
            }
        }
    }
    wanted[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn wildcards_match_as_in_a_shell() {
        let is_match =
            |wanted: &str, name: &str| is_match(&wanted.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>());
        for (wanted, name) in [
            ("*", "x"),
            ("*.so", "a.b.so"),
            ("a*b*c", "a1b2b3c"),
            ("_?x*", "_éx"),
            ("a**", "a"),
            ("it's $x", "it's $x"),
        ] {
            assert!(is_match(wanted, name), "{wanted} {name}");
        }
        for (wanted, name) in [("?", ""), ("*.so", "a.so.1"), ("a*b", "ab1"), ("a", "A"), ("a?", "a")] {
            assert!(!is_match(wanted, name), "{wanted} {name}");
        }
        assert!(!is_match(&"*a".repeat(40), &"a".repeat(39)));
    }

    #[test]
    fn a_pattern_finds_what_is_there() {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("it's $x");
        for file in ["yaml/__init__.py", "yaml/_yaml.so", "b/c/yaml/_yaml.so", "b/x.pth"] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "").unwrap();
        }
        symlink(&root, root.join("b/up")).unwrap();
        symlink("gone", root.join("dangling.py")).unwrap();
        let found = |pattern: &str| {
            let mut faults = Vec::new();
            let mut found = Pattern::parse(OsStr::new(pattern)).unwrap().below(&root, &mut faults);
            assert_eq!(faults, Vec::<String>::new());
            found.sort();
            let names: Vec<_> =
                found.iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned()).collect();
            names.join(" ")
        };
        for (pattern, expected) in [
            ("yaml/__init__.py", "yaml/__init__.py"),
            ("./yaml/", "yaml"),
            ("yaml/*.so", "yaml/_yaml.so"),
            ("*/_yaml.so", "yaml/_yaml.so"),
            ("**/_yaml.so", "b/c/yaml/_yaml.so yaml/_yaml.so"),
            ("b/**", "b/c b/c/yaml b/c/yaml/_yaml.so b/up b/x.pth"),
            ("?angling.py", "dangling.py"),
            ("yaml/__init__.py/x", ""),
            ("gone", ""),
        ] {
            assert_eq!(found(pattern), expected, "{pattern}");
        }
        for pattern in ["", ".", "/etc/passwd", "../x", "a/../../x"] {
            assert!(Pattern::parse(OsStr::new(pattern)).is_none(), "{pattern}");
        }
        for (pattern, path, is_of) in [
            ("packages/*", "packages/a", true),
            ("packages/*", "packages/a/b", false),
            ("packages/*", "packages", false),
            ("**/core", "a/b/core", true),
            ("**/core", "core", true),
            ("libs/**", "libs/a/b", true),
            ("libs", "libs", true),
            ("lib?", "libs/a", false),
        ] {
            assert_eq!(
                Pattern::parse(OsStr::new(pattern)).unwrap().matches(Path::new(path)),
                is_of,
                "{pattern} {path}"
            );
        }
        let is_name = |pattern: &str| Pattern::parse(OsStr::new(pattern)).unwrap().is_name();
        assert!(is_name("black") && is_name("py*") && !is_name("a/b") && !is_name("**"));
    }
}
