//! The store: `WORKON_HOME`, a directory with one environment per name.
//!
//! Lists and opens environments. `build` adds one, `trash` removes one, `rename` renames one.
//! venvwrap's own files are in the subdirectory `.venvwrap`.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::fcntl::AtFlags;
use nix::sys::stat::{SFlag, fstatat};

use crate::context::Context;
use crate::directories;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::sorting;

pub(crate) mod adoption;
pub(crate) mod beside;
mod build;
pub(crate) mod name;
mod once;
mod private_directory;
pub(crate) mod purge;
mod rename;
mod replacement;
pub(crate) mod snapshots;
pub(crate) mod trash;
mod trash_entry;
mod used;
pub(crate) mod variables;

pub(crate) use build::UnfinishedEnvironment;
use name::EnvironmentName;
use private_directory::PRIVATE;

/// The directory of environments. It may not exist yet.
#[derive(Debug, Clone)]
pub(crate) struct WorkonHome {
    path: PathBuf,
}

impl WorkonHome {
    /// The store that the variables name. Does not touch the disk.
    pub(crate) fn locate(context: &Context) -> Result<Self> {
        Ok(Self { path: directories::workon_home(context)? })
    }

    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory of prepared packages. In the store, so that taking one is a rename.
    pub(crate) fn pool(&self) -> PathBuf {
        self.path.join(PRIVATE).join("pool")
    }

    /// The directory of saved customizations. It may not exist yet.
    pub(crate) fn kept(&self) -> PathBuf {
        self.path.join(PRIVATE).join("kept")
    }

    /// The same, created if missing.
    pub(crate) fn kept_for_writing(&self) -> Result<PathBuf> {
        self.create_private("kept").map(|directory| directory.path().to_path_buf())
    }

    /// Creates the store and its parents if missing. `true` if it was.
    pub(crate) fn create_if_missing(&self) -> Result<bool> {
        match fs::metadata(&self.path) {
            Ok(entry) if entry.is_dir() => return Ok(false),
            Ok(_) => {
                return Err(Error::Io {
                    what: "use WORKON_HOME",
                    path: self.path.clone(),
                    source: io::ErrorKind::NotADirectory.into(),
                });
            }
            Err(_) => {}
        }
        fs::create_dir_all(&self.path).map_err(Error::io("create WORKON_HOME", &self.path))?;
        Ok(true)
    }

    /// The names of all environments, in byte order. Hook files, hidden entries, and plain
    /// directories are skipped; a missing store has none.
    pub(crate) fn names(&self) -> Result<Vec<OsString>> {
        self.names_with(b"")
    }

    /// The names that begin with `start`. Other entries are not examined.
    pub(crate) fn names_with(&self, start: &[u8]) -> Result<Vec<OsString>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(Error::io("list", &self.path))?,
        };
        let store = File::open(&self.path).map_err(Error::io("list", &self.path))?;
        // One buffer and paths relative to the store: with a thousand names, both count.
        let mut path = OsString::new();
        let mut names: Vec<OsString> = entries
            .filter_map(std::result::Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink()))
            .map(|entry| entry.file_name())
            .filter(|name| !name.as_bytes().starts_with(b".") && name.as_bytes().starts_with(start))
            .filter(|name| looks_like_one(&store, name, &mut path))
            .collect();
        sorting::sort(&mut names);
        Ok(names)
    }

    /// The environment of that name. A missing entry and an entry that is not an environment are
    /// different errors.
    pub(crate) fn get(&self, name: &EnvironmentName) -> Result<Environment> {
        let root = self.path.join(name.as_os_str());
        // Twice, because another process may publish an environment between the two calls.
        for _ in 0..2 {
            if let Some(environment) = Environment::open(&root)? {
                return Ok(environment);
            }
            if fs::metadata(&root).is_err() {
                return Err(self.unknown(name.as_os_str()));
            }
        }
        Err(Error::NotAnEnvironment { path: root, reason: "it has neither pyvenv.cfg nor bin/activate" })
    }

    /// Like [`Self::get`], but `None` if nothing has that name.
    pub(crate) fn find(&self, name: &EnvironmentName) -> Result<Option<Environment>> {
        let root = self.path.join(name.as_os_str());
        // The usual case, a new name: building the error would list the whole store.
        if fs::symlink_metadata(&root).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(None);
        }
        match self.get(name) {
            // A dangling link takes the name, too. Publishing would fail on it later, with a worse
            // message.
            Err(Error::UnknownEnvironment { .. }) if fs::read_link(&root).is_ok() => {
                Err(Error::NotAnEnvironment { path: root, reason: "it is a broken link" })
            }
            Err(Error::UnknownEnvironment { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// The error for an unknown name, with similar names as suggestions.
    pub(crate) fn unknown(&self, name: &OsStr) -> Error {
        let nearest = name::nearest(name, self.names().unwrap_or_default());
        Error::UnknownEnvironment { name: name.to_owned(), home: self.path.clone(), nearest }
    }
}

/// Whether an entry of the open store is an environment: at most two system calls, no file opened.
/// `path` is a buffer.
fn looks_like_one(store: &File, name: &OsStr, path: &mut OsString) -> bool {
    [FILE_NAME, "bin/activate"].iter().any(|file| {
        path.clear();
        path.push(name);
        path.push("/");
        path.push(file);
        fstatat(store, path.as_os_str(), AtFlags::empty())
            .is_ok_and(|entry| SFlag::from_bits_truncate(entry.st_mode) & SFlag::S_IFMT == SFlag::S_IFREG)
    })
}

#[cfg(test)]
impl WorkonHome {
    /// An empty store whose path breaks unquoted shell code. It is removed when the first value is
    /// dropped.
    pub(crate) fn scratch() -> (tempfile::TempDir, Self) {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("it's \"my\" $HOME {a,b};é");
        fs::create_dir(&path).unwrap();
        (room, Self { path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(home: &WorkonHome, name: &str) {
        fs::create_dir_all(home.path.join(name).join("bin")).unwrap();
        fs::write(home.path.join(name).join("pyvenv.cfg"), "home = /x\n").unwrap();
    }

    fn name(text: &str) -> EnvironmentName {
        EnvironmentName::existing(OsStr::new(text)).unwrap()
    }

    #[test]
    fn only_environments_are_listed() {
        let (_room, home) = WorkonHome::scratch();
        for each in ["b", "a b", ".hidden"] {
            make(&home, each);
        }
        fs::write(home.path.join("postactivate"), "").unwrap();
        fs::create_dir(home.path.join("plain")).unwrap();
        std::os::unix::fs::symlink("b", home.path.join("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", home.path.join("dangling")).unwrap();
        assert_eq!(home.names().unwrap(), ["a b", "b", "link"]);
    }

    #[test]
    fn what_is_not_an_environment_is_told_apart() {
        let (_room, home) = WorkonHome::scratch();
        make(&home, "real");
        fs::create_dir(home.path.join("plain")).unwrap();
        assert!(matches!(home.get(&name("plain")), Err(Error::NotAnEnvironment { .. })));
        assert!(
            matches!(home.get(&name("rael")), Err(Error::UnknownEnvironment { nearest, .. }) if nearest == ["real"])
        );
        assert!(home.find(&name("new")).unwrap().is_none());
    }
}
