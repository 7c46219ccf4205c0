//! venvwrap's own directories in the store, such as `.venvwrap/new` and `.venvwrap/trash`.
//!
//! Opens them so that nobody can redirect venvwrap: never through a link, and entries are created,
//! renamed, and deleted relative to the descriptor. Whoever can write to the store can write to
//! them (a group may share a store); nobody else.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access, geteuid};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, mkdirat, openat, statat};
use rustix::io::Errno;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;

use super::WorkonHome;
use crate::error::{Error, Result, StoreError};
use crate::fs::private::others_can_write;
use crate::fs::{At, give};
use crate::shown::{shown, typed};
use crate::sorting;

/// The directory in the store for venvwrap's own files.
pub(super) const PRIVATE: &str = ".venvwrap";

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// An open directory in `.venvwrap`.
#[derive(Debug)]
pub(super) struct PrivateDirectory {
    directory: File,
    path: PathBuf,
}

impl PrivateDirectory {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self) -> &File {
        &self.directory
    }

    pub(super) fn at<'a>(&'a self, name: &'a OsStr) -> At<'a> {
        (self.directory.as_fd(), Path::new(name))
    }

    /// The names of its subdirectories.
    pub(super) fn directories(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.directory)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            let is_directory = match entry.file_type() {
                FileType::Directory => true,
                FileType::Unknown => self.is_directory(name),
                _ => false,
            };
            if is_directory && name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        sorting::sort(&mut names);
        Ok(names)
    }

    fn is_directory(&self, name: &OsStr) -> bool {
        let entry = statat(&self.directory, name, AtFlags::SYMLINK_NOFOLLOW);
        entry.is_ok_and(|entry| FileType::from_raw_mode(entry.st_mode) == FileType::Directory)
    }

    /// Opens a subdirectory.
    pub(super) fn open(&self, name: &OsStr) -> io::Result<Self> {
        let directory = File::from(openat(&self.directory, name, DIRECTORY, Mode::empty())?);
        Ok(Self { directory, path: self.path.join(name) })
    }

    /// Creates a subdirectory. Calls `name` until it returns a free name.
    pub(super) fn make(&self, mut name: impl FnMut() -> OsString) -> io::Result<OsString> {
        loop {
            let name = name();
            match mkdirat(&self.directory, &name, Mode::RWXU | Mode::RWXG | Mode::RWXO) {
                Err(Errno::EXIST) => {}
                done => return done.map(|()| name).map_err(io::Error::from),
            }
        }
    }

    /// Deletes an entry and everything below it.
    pub(super) fn delete(&self, name: &OsStr) -> std::result::Result<(), crate::fs::removal::Stuck> {
        crate::fs::removal::remove_at(&self.directory, name, &self.path.join(name))
    }
}

/// A name that nobody can predict.
pub(super) fn random_name(prefix: &str) -> OsString {
    format!("{prefix}{:08x}", RandomState::new().build_hasher().finish() >> 32).into()
}

impl WorkonHome {
    /// Opens a directory in `.venvwrap`. `None` if it does not exist.
    pub(super) fn private_directory(&self, name: &str) -> Result<Option<PrivateDirectory>> {
        self.open_private(&[OsStr::new(name)], false)
    }

    /// Opens a directory below one in `.venvwrap`. `None` if it does not exist.
    pub(super) fn directory_below(&self, name: &str, below: &OsStr) -> Result<Option<PrivateDirectory>> {
        self.open_private(&[OsStr::new(name), below], false)
    }

    /// Opens it, and creates it if missing. It gets the owner of the store, even if root creates
    /// it: the owner runs the next command.
    pub(super) fn create_private(&self, name: &str) -> Result<PrivateDirectory> {
        self.create_steps(&[OsStr::new(name)])
    }

    /// The same below a directory in `.venvwrap`.
    pub(super) fn create_below(&self, name: &str, below: &OsStr) -> Result<PrivateDirectory> {
        self.create_steps(&[OsStr::new(name), below])
    }

    fn create_steps(&self, names: &[&OsStr]) -> Result<PrivateDirectory> {
        let path = || self.path.join(PRIVATE).join(names.iter().collect::<PathBuf>());
        let missing = || Error::io("create", path())(io::ErrorKind::NotFound.into());
        self.open_private(names, true)?.ok_or_else(missing)
    }

    fn open_private(&self, names: &[&OsStr], make: bool) -> Result<Option<PrivateDirectory>> {
        let store = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(Error::io("open", &self.path))?,
        };
        let entry = store.metadata().map_err(Error::io("open", &self.path))?;
        let mut parent = PrivateDirectory { directory: store, path: self.path.clone() };
        for step in std::iter::once(self.private_name(&entry).as_os_str()).chain(names.iter().copied()) {
            let path = parent.path.join(step);
            let opened = match parent.open(step) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && make => {
                    make_directory(&parent, step, &entry).and_then(|()| parent.open(step))
                }
                opened => opened,
            };
            parent = match opened {
                Ok(next) => next,
                Err(error) if error.kind() == io::ErrorKind::NotFound && !make => return Ok(None),
                Err(error) => return Err(unusable(&path, error, if make { "create" } else { "open" })),
            };
            let found = parent.directory.metadata().map_err(Error::io("open", &path))?;
            check(&path, &found, &entry)?;
        }
        Ok(Some(parent))
    }

    /// Gives a directory that root created to the owner of the store.
    pub(super) fn give_to_owner(&self, made: &File) -> io::Result<()> {
        if geteuid().is_root() { give(made, &fs::metadata(&self.path)?) } else { Ok(()) }
    }

    /// `.venvwrap`, or `.venvwrap-UID` in a shared store whose `.venvwrap` only another user can
    /// write to.
    fn private_name(&self, store: &Metadata) -> OsString {
        let shared = OsString::from(PRIVATE);
        if !others_can_write(store) {
            return shared;
        }
        let path = self.path.join(PRIVATE);
        let Some(entry) = fs::symlink_metadata(&path).ok().filter(Metadata::is_dir) else { return shared };
        let own = OsString::from(format!("{PRIVATE}-{}", geteuid()));
        let is_closed = match access(&path, AccessFlags::W_OK | AccessFlags::X_OK) {
            Ok(()) => false,
            // Nobody can write to it now, so that does not tell whose it is.
            Err(nix::errno::Errno::EROFS) => fs::symlink_metadata(self.path.join(&own)).is_ok(),
            Err(_) => true,
        };
        let is_sticky = store.mode() & 0o1000 != 0;
        if is_closed || (is_sticky && is_foreign(&entry, store)) { own } else { shared }
    }

    /// The directories that cannot be used, each with the reason and a remedy.
    pub(crate) fn unusable_directories(&self) -> Vec<(PathBuf, String, String)> {
        let mut found = Vec::new();
        for name in ["new", "trash", "pool", "kept", "used", "notes", "kernels", "variables", "snapshots"] {
            if let Err(Error::Store(StoreError::Unusable { reason, remedy, .. })) = self.private_directory(name) {
                let private = self.path.join(PRIVATE);
                let is_whole = fs::symlink_metadata(&private).is_ok_and(|entry| entry.is_dir());
                found.push((if is_whole { private.join(name) } else { private }, reason, remedy));
            }
        }
        found.dedup();
        found
    }
}

/// Creates a directory: writable by its owner alone if the store is, else as the umask allows.
fn make_directory(parent: &PrivateDirectory, name: &OsStr, store: &Metadata) -> io::Result<()> {
    let mode = if others_can_write(store) { 0o777 } else { 0o755 };
    match mkdirat(&parent.directory, name, Mode::from_raw_mode(mode)) {
        Err(Errno::EXIST) => return Ok(()),
        done => done?,
    }
    give(&parent.open(name)?.directory, store)
}

/// Whether it belongs to a user who does not control the store.
fn is_foreign(entry: &Metadata, store: &Metadata) -> bool {
    ![geteuid().as_raw(), 0, store.uid()].contains(&entry.uid())
}

/// Refuses a directory that a user controls who does not control the store.
fn check(path: &Path, entry: &Metadata, store: &Metadata) -> Result<()> {
    if others_can_write(store) {
        return Ok(());
    }
    let typed = typed(path);
    let (reason, remedy) = if is_foreign(entry, store) {
        (format!("it belongs to user {}", entry.uid()), format!("`mv {typed} {typed}.old` puts it aside"))
    } else if others_can_write(entry) {
        ("others can write to it".to_owned(), format!("`chmod go-w {typed}`"))
    } else {
        return Ok(());
    };
    Err(StoreError::Unusable { path: path.to_path_buf(), reason, remedy }.into())
}

/// The error for an entry that is not our directory.
fn unusable(path: &Path, error: io::Error, what: &'static str) -> Error {
    let reason = match fs::symlink_metadata(path) {
        Ok(entry) if entry.is_symlink() => {
            let target = fs::read_link(path).unwrap_or_default();
            format!("it is a symbolic link to {}; venvwrap does not follow links there", shown(&target))
        }
        Ok(entry) if !entry.is_dir() => "it is not a directory".to_owned(),
        _ => return Error::io(what, path)(error),
    };
    let remedy = format!("`rm {}` removes it, and nothing else", typed(path));
    StoreError::Unusable { path: path.to_path_buf(), reason, remedy }.into()
}
