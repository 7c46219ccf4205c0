//! Which Python a project asks for in its files: `.python-version`, `.python-versions`,
//! `requires-python` in pyproject.toml or pylock.toml, and its Pipfile.
//!
//! Owns where these files are searched and how they are read. `interpreter` decides whether such a
//! Python exists.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ProjectError, Result};
use crate::fs::{read_prefix, read_small};
use crate::shown::shown;

/// Longest file that is read. A pyproject.toml can hold many settings.
const LIMIT: u64 = 1024 * 1024;

/// The request in one of the files.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The request, trimmed.
    pub(crate) text: OsString,
    pub(crate) file: PathBuf,
    /// The key, in a TOML file.
    pub(crate) key: Option<&'static str>,
    /// Further lines, in order: as in pyenv, alternatives if the first version is missing.
    pub(crate) others: Vec<OsString>,
}

/// The request of the project at this absolute directory. A `.python-version` anywhere in the
/// project wins over metadata, because it is about this machine; of the same kind, the nearest file
/// wins. `None` if no file asks for a Python. Fails if a file cannot be parsed.
pub(crate) fn asked(project: &Path) -> Result<Option<Asked>> {
    let directories = reach(project);
    for reader in [pinned, required] {
        for directory in &directories {
            if let Some(asked) = reader(directory)? {
                return Ok(Some(asked));
            }
        }
    }
    Ok(None)
}

/// Reads the request in one directory.
type Reader = fn(&Path) -> Result<Option<Asked>>;

/// All requests of the project that a tool may check: the nearest pinned version, and the nearest
/// metadata. Files that cannot be read count as missing.
pub(crate) fn all_asked(project: &Path) -> Vec<Asked> {
    let directories = reach(project);
    let readers: [Reader; 2] = [pinned, required];
    let nearest = |reader: &Reader| directories.iter().find_map(|directory| reader(directory).ok().flatten());
    readers.iter().filter_map(nearest).collect()
}

/// The directories to search: from the project up to the top of its repository, because a file at
/// the top can speak for the whole repository; without a repository only the project. A
/// `.python-version` above that, such as in the home directory, is not about this project.
fn reach(project: &Path) -> Vec<&Path> {
    let is_top = |directory: &Path| {
        [".git", ".hg", ".svn", ".jj"].iter().any(|name| fs::symlink_metadata(directory.join(name)).is_ok())
    };
    let below_top = project.ancestors().position(is_top).unwrap_or_default();
    project.ancestors().take(below_top + 1).collect()
}

/// The requests in uv's and pyenv's files.
fn pinned(directory: &Path) -> Result<Option<Asked>> {
    for name in [".python-version", ".python-versions"] {
        let file = directory.join(name);
        let Some(text) = read(&file)? else { continue };
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
        let lines = text.split(|byte| *byte == b'\n').map(|line| {
            // A comment may follow a version.
            line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii()
        });
        let mut lines = lines.filter(|line| !line.is_empty()).map(|line| OsString::from_vec(line.to_vec()));
        if let Some(text) = lines.next() {
            return Ok(Some(Asked { text, others: lines.collect(), file, key: None }));
        }
    }
    Ok(None)
}

#[derive(Deserialize)]
struct PyProject {
    project: Option<Project>,
}

/// PEP 621.
#[derive(Deserialize)]
struct Project {
    #[serde(rename = "requires-python")]
    requires_python: Option<String>,
}

#[derive(Deserialize)]
struct Pipfile {
    requires: Option<Requires>,
}

#[derive(Deserialize)]
struct Requires {
    python_full_version: Option<String>,
    python_version: Option<String>,
}

/// The request in the project's metadata.
fn required(directory: &Path) -> Result<Option<Asked>> {
    let file = directory.join("pyproject.toml");
    let required = parsed::<PyProject>(&file)?.and_then(|file| file.project?.requires_python);
    if let Some(asked) = said(required, &file, "requires-python") {
        return Ok(Some(asked));
    }
    let file = directory.join("pylock.toml");
    if let Some(asked) = said(required_by_lock(&file), &file, "requires-python") {
        return Ok(Some(asked));
    }
    let file = directory.join("Pipfile");
    let Some(Requires { python_full_version, python_version }) =
        parsed::<Pipfile>(&file)?.and_then(|file| file.requires)
    else {
        return Ok(None);
    };
    let full = said(python_full_version, &file, "python_full_version");
    Ok(full.or_else(|| said(python_version, &file, "python_version")))
}

/// PEP 751. Reads only up to the first table: a lock can be long, and the installer checks the
/// rest.
fn required_by_lock(file: &Path) -> Option<String> {
    let text = read_prefix(file, LIMIT).ok()??;
    let text = String::from_utf8_lossy(&text);
    let head: String = text.split_inclusive('\n').take_while(|line| !line.starts_with('[')).collect();
    let lock: toml::Table = toml::from_str(&head).ok()?;
    Some(lock.get("requires-python")?.as_str()?.to_owned())
}

/// An empty value and pipenv's `*` mean any Python.
fn said(value: Option<String>, file: &Path, key: &'static str) -> Option<Asked> {
    let text = value?.trim().to_owned();
    let is_said = !text.is_empty() && text != "*";
    is_said.then(|| Asked { text: text.into(), others: Vec::new(), file: file.to_path_buf(), key: Some(key) })
}

fn parsed<T: DeserializeOwned>(file: &Path) -> Result<Option<T>> {
    let Some(text) = read(file)? else { return Ok(None) };
    let wrong = |reason: String| Error::from(ProjectError::Unreadable { file: file.to_path_buf(), reason });
    let text = std::str::from_utf8(&text).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    toml::from_str(text).map(Some).map_err(|error: toml::de::Error| {
        // Only the line number: a quotation could hold terminal escapes.
        let at = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
        let place = at.map(|line| format!("line {line}: ")).unwrap_or_default();
        wrong(format!("{place}{}", shown(error.message())))
    })
}

fn read(file: &Path) -> Result<Option<Vec<u8>>> {
    read_small(file, LIMIT).map_err(Error::io("read", file))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World {
        _keep: tempfile::TempDir,
        root: PathBuf,
    }

    impl World {
        /// A repository with a project two levels below, and a directory above the repository.
        fn new() -> Self {
            let keep = tempfile::tempdir().unwrap();
            let root = keep.path().join("it's \"$x\" {a,b};\\ `é");
            fs::create_dir_all(root.join("repository/.git")).unwrap();
            fs::create_dir_all(root.join("repository/packages/api")).unwrap();
            Self { _keep: keep, root }
        }

        fn put(&self, below: &str, text: impl AsRef<[u8]>) {
            fs::write(self.root.join(below), text).unwrap();
        }

        /// The request in this directory, as `TEXT KEY FILE`.
        fn asked(&self, below: &str) -> String {
            let project = self.root.join(below);
            match asked(&project) {
                Ok(None) => "nothing".to_owned(),
                Ok(Some(Asked { text, file, key, .. })) => {
                    let file = file.strip_prefix(&self.root).unwrap().display();
                    format!("{} {} {file}", text.to_str().unwrap(), key.unwrap_or("-"))
                }
                Err(error) => error.to_string().replace(self.root.to_str().unwrap(), ""),
            }
        }
    }

    #[test]
    fn a_pinned_version_goes_before_metadata_and_the_nearest_before_others() {
        let world = World::new();
        let api = "repository/packages/api";
        assert_eq!(world.asked(api), "nothing");
        world.put("repository/pyproject.toml", "[project]\nrequires-python = '>=3.8'\n");
        assert_eq!(world.asked(api), ">=3.8 requires-python repository/pyproject.toml");
        world.put("repository/packages/api/Pipfile", "[requires]\npython_version = '3.9'\n");
        assert_eq!(world.asked(api), "3.9 python_version repository/packages/api/Pipfile");
        world.put("repository/packages/api/pyproject.toml", "[project]\nname = 'x'\nrequires-python = ' ~=3.10 '\n");
        assert_eq!(world.asked(api), "~=3.10 requires-python repository/packages/api/pyproject.toml");
        world.put("repository/.python-versions", "3.11\n3.12\n");
        assert_eq!(world.asked(api), "3.11 - repository/.python-versions");
        world.put("repository/packages/.python-version", "3.12");
        assert_eq!(world.asked(api), "3.12 - repository/packages/.python-version");
        assert_eq!(world.asked("repository"), "3.11 - repository/.python-versions");
    }

    #[test]
    fn what_lies_above_the_repository_or_a_lonely_directory_is_none_of_its() {
        let world = World::new();
        world.put(".python-version", "2.7\n");
        assert_eq!(world.asked("repository/packages/api"), "nothing");
        fs::create_dir_all(world.root.join("alone/below")).unwrap();
        assert_eq!(world.asked("alone"), "nothing");
        world.put("alone/.python-version", "3.8\n");
        assert_eq!(
            (world.asked("alone"), world.asked("alone/below")),
            ("3.8 - alone/.python-version".into(), "nothing".into())
        );
    }

    #[test]
    fn the_first_line_counts_without_comments() {
        let world = World::new();
        for (text, version) in [
            ("3.12\n3.11\n", "3.12"),
            ("\n# mine\n  3.12 # and why\r\n", "3.12"),
            ("3.12/envs/x", "3.12/envs/x"),
            ("\u{feff}3.12", "3.12"),
        ] {
            world.put("repository/.python-version", text);
            assert_eq!(world.asked("repository"), format!("{version} - repository/.python-version"), "{text:?}");
        }
        for nothing in ["", "\n\n", "# 3.12\n"] {
            world.put("repository/.python-version", nothing);
            assert_eq!(world.asked("repository"), "nothing", "{nothing:?}");
        }
    }

    #[test]
    fn a_lock_says_it_where_no_pyproject_does() {
        let world = World::new();
        let lock = "lock-version = '1.0'\nrequires-python = '>=3.9,<3.12'\n\n[[packages]]\nname = 'x'\n";
        fs::create_dir(world.root.join("alone")).unwrap();
        world.put("alone/pylock.toml", format!("{lock}{}", "# long\n".repeat(200_000)));
        assert_eq!(world.asked("alone"), ">=3.9,<3.12 requires-python alone/pylock.toml");
        world.put("alone/pyproject.toml", "[project]\nrequires-python = '>=3.10'\n");
        assert_eq!(world.asked("alone"), ">=3.10 requires-python alone/pyproject.toml");
        world.put("repository/pylock.toml", "lock-version = [\n");
        assert_eq!(world.asked("repository"), "nothing");
    }

    #[test]
    fn what_leaves_it_open_says_nothing() {
        let world = World::new();
        for text in
            ["", "[tool.x]\n", "[project]\ndynamic = ['requires-python']\n", "[project]\nrequires-python = ''\n"]
        {
            world.put("repository/pyproject.toml", text);
            assert_eq!(world.asked("repository"), "nothing", "{text}");
        }
        world.put("repository/Pipfile", "[requires]\npython_version = '*'\n");
        assert_eq!(world.asked("repository"), "nothing");
        let both = "[requires]\npython_version = '3.8'\npython_full_version = '3.8.18'\n";
        world.put("repository/Pipfile", both);
        assert_eq!(world.asked("repository"), "3.8.18 python_full_version repository/Pipfile");
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_said_with_its_line() {
        let world = World::new();
        for (text, told) in [
            (&b"[project]\nrequires-python = 3\n"[..], "line 2: invalid type"),
            (b"[project\n", "line 1: "),
            (b"\xff", "it is not UTF-8"),
            (b"project = 1\n", "line 1: invalid type"),
            (b"# x\n\n[project]\nrequires-python = '\x1b[31m\n", "line 4: "),
        ] {
            world.put("repository/pyproject.toml", text);
            let message = world.asked("repository");
            assert!(message.starts_with("/repository/pyproject.toml: "), "{message}");
            assert!(message.contains(told) && message.lines().count() == 1 && !message.contains('\x1b'), "{message}");
        }
        world.put("repository/pyproject.toml", vec![b' '; 1024 * 1024 + 1]);
        assert!(world.asked("repository").starts_with("cannot read: "), "{}", world.asked("repository"));
    }
}
