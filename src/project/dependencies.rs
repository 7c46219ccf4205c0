//! A project's dependencies: which file lists them, and what is passed to the installer.
//!
//! Owns the order of the files and which parts of each are used. `pyproject` and `pipfile_lock`
//! read their files; the installer resolves and installs.

use std::path::{Path, PathBuf};

use super::{pipfile_lock, pyproject};
use crate::error::{Error, Result};
use crate::formats::pylock::{self, is_pylock};
use crate::fs::read_small;
use crate::shown::shown;

/// Longest file that is read. A lock of a thousand packages is a tenth of that.
const LIMIT: u64 = 16 * 1024 * 1024;

/// The files, the most specific first.
const FILES: [&str; 4] = [pylock::DEFAULT, "requirements.txt", "pyproject.toml", "Pipfile.lock"];

/// The dependencies that a project lists.
#[derive(Debug)]
pub(crate) struct Dependencies {
    /// The project's directory, absolute. Relative paths in the file start here.
    pub(crate) directory: PathBuf,
    /// The file that lists them.
    pub(crate) file: PathBuf,
    /// Which part of the file is used, for a message; `None` for the whole file.
    pub(crate) taken: Option<String>,
    /// The installer calls, in order.
    pub(crate) parts: Vec<Part>,
}

/// The input of one installer call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A file of the project, unchanged.
    File(PathBuf),
    /// Generated requirements.
    Requirements {
        text: String,
        /// Whether all dependencies are listed, so that none are resolved.
        is_whole: bool,
    },
}

impl Dependencies {
    /// Reads a project directory, or one file. `at` is absolute.
    pub(crate) fn of(at: &Path) -> Result<Self> {
        let entry = std::fs::metadata(at).map_err(Error::io("read", at))?;
        if !entry.is_dir() {
            let found = Self::in_file(at)?;
            return found.ok_or_else(|| nothing(at, "it lists no dependencies"));
        }
        let mut empty = None;
        for name in FILES {
            match Self::in_file(&at.join(name))? {
                Some(found) if !found.parts.is_empty() => return Ok(found),
                found => empty = empty.or(found),
            }
        }
        // A file that lists no dependencies still counts as an answer.
        empty.ok_or_else(|| {
            nothing(at, "no pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock there lists dependencies")
        })
    }

    /// `None` if the file is missing or lists no dependencies: many a `pyproject.toml` holds only
    /// settings of tools.
    fn in_file(file: &Path) -> Result<Option<Self>> {
        let directory = file.parent().unwrap_or(Path::new("/")).to_path_buf();
        let whole = |parts, taken| Self { directory, file: file.to_path_buf(), taken, parts };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Ok(match &*name {
            "pyproject.toml" => {
                text(file)?.map(|text| pyproject::read(&text, file)).transpose()?.flatten().map(|found| {
                    let is_empty = found.text.is_empty();
                    let parts =
                        if is_empty { vec![] } else { vec![Part::Requirements { text: found.text, is_whole: false }] };
                    whole(parts, Some(found.taken))
                })
            }
            "Pipfile.lock" => text(file)?.map(|text| pipfile_lock::read(&text, file)).transpose()?.map(|parts| {
                let parts = parts.into_iter().map(|text| Part::Requirements { text, is_whole: true });
                whole(parts.collect(), Some("`default`, without `develop`".to_owned()))
            }),
            "Pipfile" => {
                return Err(nothing(file, "it has no versions; `pipenv lock` writes a Pipfile.lock beside it"));
            }
            name if ends_with(name, "txt") || is_pylock(file) => {
                file.is_file().then(|| whole(vec![Part::File(file.to_path_buf())], None))
            }
            _ => return Err(nothing(file, "a file that lists dependencies has another name")),
        })
    }
}

fn ends_with(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == extension)
}

fn text(file: &Path) -> Result<Option<String>> {
    let Some(text) = read_small(file, LIMIT).map_err(Error::io("read", file))? else { return Ok(None) };
    let wrong = |_| Error::Malformed { what: shown(file).to_string(), reason: "it is not UTF-8".to_owned() };
    String::from_utf8(text).map(Some).map_err(wrong)
}

fn nothing(at: &Path, reason: &str) -> Error {
    Error::NoDependencies { path: at.to_path_buf(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_says_most_counts() {
        let room = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(room.path().join(name), text).unwrap();
        let found = || Dependencies::of(room.path()).map(|found| found.file.file_name().unwrap().to_owned());
        assert!(matches!(found(), Err(Error::NoDependencies { .. })));
        // A directory with that name is ignored.
        std::fs::create_dir(room.path().join("requirements.txt")).unwrap();
        write("pyproject.toml", "[tool.black]\n");
        assert!(matches!(found(), Err(Error::NoDependencies { .. })));
        write("pyproject.toml", "[project]\nname = 'x'\n");
        assert_eq!(found().unwrap(), "pyproject.toml");
        assert_eq!(Dependencies::of(room.path()).unwrap().parts, []);
        write("Pipfile.lock", r#"{"default": {"a": {"version": "==1"}}}"#);
        assert_eq!(found().unwrap(), "Pipfile.lock");
        write("pyproject.toml", "[project]\ndependencies = ['a']\n");
        assert_eq!(found().unwrap(), "pyproject.toml");
        std::fs::remove_dir(room.path().join("requirements.txt")).unwrap();
        write("requirements.txt", "a\n");
        assert_eq!(found().unwrap(), "requirements.txt");
        write("pylock.toml", "");
        assert_eq!(found().unwrap(), "pylock.toml");
        // Each file can be named, also other requirements files.
        write("requirements-dev.txt", "");
        write("pylock.dev.toml", "");
        write("pylock.a.b.toml", "");
        assert!(Dependencies::of(&room.path().join("pylock.a.b.toml")).is_err(), "PEP 751 allows one dot less");
        for name in ["requirements-dev.txt", "pylock.dev.toml", "Pipfile.lock"] {
            let found = Dependencies::of(&room.path().join(name)).unwrap();
            assert_eq!((found.file.as_path(), &*found.directory), (&*room.path().join(name), room.path()));
        }
        write("Pipfile", "");
        write("setup.py", "");
        for name in ["Pipfile", "setup.py"] {
            assert!(matches!(Dependencies::of(&room.path().join(name)), Err(Error::NoDependencies { .. })), "{name}");
        }
        assert!(matches!(Dependencies::of(&room.path().join("gone")), Err(Error::Io { .. })));
    }

    #[test]
    fn what_is_damaged_is_an_error_and_not_passed_over() {
        let room = tempfile::tempdir().unwrap();
        for (name, text) in [("pyproject.toml", &b"[project"[..]), ("Pipfile.lock", b"{"), ("pyproject.toml", b"\xff")]
        {
            let file = room.path().join(name);
            std::fs::write(&file, text).unwrap();
            let said = Dependencies::of(room.path()).unwrap_err().to_string();
            assert!(said.starts_with(&format!("{}: ", file.display())), "{said}");
            std::fs::remove_file(file).unwrap();
        }
    }
}
