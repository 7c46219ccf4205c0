//! The store: `WORKON_HOME`, a directory with one environment per name.
//!
//! Owns which environments there are, and the only two ways in and out: [`WorkonHome::publish`]
//! puts a finished one in place, `trash` takes one away. `rename` gives one another name.
//! Everything of ours lies in `.venvwrap` beside them.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use nix::fcntl::AtFlags;
use nix::sys::stat::{SFlag, fstatat};
use rustix::fs::CWD;

use crate::context::Context;
use crate::directories;
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::fs::lock::lock_shared;
use crate::fs::mounts::mount_point_in;
use crate::fs::{At, rename_at};

pub(crate) mod name;
mod once;
mod place;
pub(crate) mod purge;
mod rename;
mod shelf;
pub(crate) mod trash;

use name::EnvironmentName;
use shelf::{PRIVATE, Shelf, random_name};

/// Starts the name of a directory that an environment is built in.
const BUILD: &str = "env-";

/// Starts the name of one whose builder was killed, while it is deleted.
const DEAD: &str = "dead-";

/// The directory of environments. It need not exist.
#[derive(Debug, Clone)]
pub(crate) struct WorkonHome {
    path: PathBuf,
}

impl WorkonHome {
    /// Derives where it is; looks at nothing.
    pub(crate) fn locate(context: &Context) -> Result<Self> {
        Ok(Self { path: directories::workon_home(context)? })
    }

    /// The store at a path that was derived before.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where slots of prepared packages lie: on the same file system as the environments, so that
    /// one can be renamed into another.
    pub(crate) fn pool(&self) -> PathBuf {
        self.path.join(PRIVATE).join("pool")
    }

    /// Where copies lie of what people put into environments. It need not be there.
    pub(crate) fn kept(&self) -> PathBuf {
        self.path.join(PRIVATE).join("kept")
    }

    /// The same, made where it is missing.
    pub(crate) fn kept_for_writing(&self) -> Result<PathBuf> {
        self.make_shelf("kept").map(|shelf| shelf.path().to_path_buf())
    }

    /// Makes it, with parents, where it is missing. `true` if it was.
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

    /// The names of all environments in the order of their bytes. A store that does not exist has
    /// none. Hook files, hidden entries and plain directories are no environments.
    pub(crate) fn names(&self) -> Result<Vec<OsString>> {
        self.names_with(b"")
    }

    /// Those of them that begin with `start`; the others are not looked at.
    pub(crate) fn names_with(&self, start: &[u8]) -> Result<Vec<OsString>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(Error::io("list", &self.path))?,
        };
        let store = File::open(&self.path).map_err(Error::io("list", &self.path))?;
        // One buffer, and paths from the store on: with a thousand names both are most of the work.
        let mut path = OsString::new();
        let mut names: Vec<OsString> = entries
            .filter_map(std::result::Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink()))
            .map(|entry| entry.file_name())
            .filter(|name| !name.as_bytes().starts_with(b".") && name.as_bytes().starts_with(start))
            .filter(|name| looks_like_one(&store, name, &mut path))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The environment of that name. The error tells apart what is missing from what is no
    /// environment.
    pub(crate) fn get(&self, name: &EnvironmentName) -> Result<Environment> {
        let root = self.path.join(name.as_os_str());
        // Twice: what another process puts there between the two looks is an environment.
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

    /// Like [`Self::get`], with `None` for a name that nothing has.
    pub(crate) fn find(&self, name: &EnvironmentName) -> Result<Option<Environment>> {
        let root = self.path.join(name.as_os_str());
        // The usual case of a new name, which is not worth the look at all others that the error
        // would take.
        if fs::symlink_metadata(&root).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(None);
        }
        match self.get(name) {
            // A dangling link holds the name too: publishing would fail on it later, and less
            // clearly.
            Err(Error::UnknownEnvironment { .. }) if fs::read_link(&root).is_ok() => {
                Err(Error::NotAnEnvironment { path: root, reason: "it is a broken link" })
            }
            Err(Error::UnknownEnvironment { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// The error for a name that nothing has, with the nearest that exist.
    pub(crate) fn unknown(&self, name: &OsStr) -> Error {
        let nearest = name::nearest(name, self.names().unwrap_or_default());
        Error::UnknownEnvironment { name: name.to_owned(), home: self.path.clone(), nearest }
    }

    /// A hidden place in the store to build an environment in.
    pub(crate) fn start_building(&self) -> Result<Building> {
        let shelf = self.make_shelf("new")?;
        // Shared by all who build. Where the file system knows no locks, nothing is cleared away
        // either.
        lock_shared(shelf.file(), shelf.path())?;
        let made = shelf.make(|| random_name(BUILD));
        let name = made.map_err(Error::io("create a directory in", shelf.path()))?;
        let path = shelf.path().join(&name);
        Ok(Building { shelf, name, path, is_ours: true })
    }

    /// Puts a finished environment in place. Whatever has the name already stays as it is and the
    /// build is dropped.
    pub(crate) fn publish(&self, building: Building, name: &EnvironmentName) -> Result<Environment> {
        let root = self.path.join(name.as_os_str());
        rename_at(building.at(), (CWD, &root)).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::CreatedMeanwhile { name: name.as_os_str().to_owned() }.into(),
            _ => Error::io("create", &root)(error),
        })?;
        building.keep();
        Environment::open(&root)?.ok_or_else(|| self.unknown(name.as_os_str()))
    }

    /// Returns when nothing was built during a `pause`, a function that takes its time.
    pub(crate) fn wait_until_quiet(&self, mut pause: impl FnMut()) {
        // Each builder changes it twice: it makes a directory there, and moves it away.
        let changed = || fs::metadata(self.path.join(PRIVATE).join("new")).and_then(|shelf| shelf.modified()).ok();
        let mut before = changed();
        loop {
            pause();
            let now = changed();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// What builders left that were killed; nothing while anyone builds.
    pub(crate) fn dead_builds(&self) -> Vec<PathBuf> {
        let Ok(Some(shelf)) = self.shelf("new") else { return Vec::new() };
        if shelf.file().try_lock().is_err() {
            return Vec::new();
        }
        let names = shelf.directories().unwrap_or_default();
        names.iter().filter(|name| is_build(name)).map(|name| shelf.path().join(name)).collect()
    }

    /// Whether anyone makes, copies or renames an environment at this moment. Where it cannot be
    /// told, it is so.
    fn is_building(&self) -> bool {
        match self.shelf("new") {
            Ok(Some(shelf)) => shelf.file().try_lock().is_err(),
            Ok(None) => false,
            Err(_) => true,
        }
    }

    /// Removes what builders left that were killed, and nothing that has no name of theirs. Does
    /// nothing while anyone builds: the lock is theirs together, so no clock and no process list
    /// has to be believed.
    pub(crate) fn clear_dead_builds(&self) -> Result<()> {
        let Some(shelf) = self.shelf("new")? else { return Ok(()) };
        let list = |shelf: &Shelf| shelf.directories().map_err(Error::io("list", shelf.path()));
        if shelf.file().try_lock().is_ok() {
            // Only set aside while builders have to wait.
            for name in
                list(&shelf)?.iter().filter(|name| name.as_bytes().starts_with(BUILD.as_bytes()) && is_build(name))
            {
                let dead = OsString::from_vec([DEAD.as_bytes(), name.as_bytes()].concat());
                // A mount in it stays where whoever made it looks for it.
                if mount_point_in(&shelf.path().join(name)).is_some() {
                    continue;
                }
                if rename_at(shelf.at(name), shelf.at(&dead)).is_err() {
                    let _ = shelf.delete(name);
                }
            }
            let _ = shelf.file().unlock();
        }
        // What cannot be deleted is in nobody's way.
        for name in list(&shelf)?.iter().filter(|name| name.as_bytes().starts_with(DEAD.as_bytes()) && is_build(name)) {
            let _ = shelf.delete(name);
        }
        Ok(())
    }
}

/// Whether a name in the shelf of builds is one that we give.
fn is_build(name: &OsStr) -> bool {
    let name = name.as_bytes().strip_prefix(DEAD.as_bytes()).unwrap_or(name.as_bytes());
    let rest = name.strip_prefix(BUILD.as_bytes()).unwrap_or_default();
    (1..=16).contains(&rest.len()) && rest.iter().all(u8::is_ascii_alphanumeric)
}

/// Whether what has that name in the open store looks like an environment: two looks at most,
/// nothing opened. `path` is written over.
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

/// An environment that is being built; dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Building {
    shelf: Shelf,
    name: OsString,
    path: PathBuf,
    /// Whether it is still where it was begun.
    is_ours: bool,
}

impl Building {
    /// Where to write. What is written must name the final place.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// It itself, to be renamed.
    fn at(&self) -> At<'_> {
        self.shelf.at(&self.name)
    }

    /// It went elsewhere: there is nothing left to remove.
    fn keep(mut self) {
        self.is_ours = false;
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        if self.is_ours {
            let _ = self.shelf.delete(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, WorkonHome) {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("it's \"my\" $HOME {a,b};é");
        fs::create_dir(&path).unwrap();
        (room, WorkonHome { path })
    }

    fn make(home: &WorkonHome, name: &str) {
        fs::create_dir_all(home.path.join(name).join("bin")).unwrap();
        fs::write(home.path.join(name).join("pyvenv.cfg"), "home = /x\n").unwrap();
    }

    fn name(text: &str) -> EnvironmentName {
        EnvironmentName::existing(OsStr::new(text)).unwrap()
    }

    #[test]
    fn only_environments_are_listed() {
        let (_room, home) = store();
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
    fn a_build_appears_whole_or_not_at_all() {
        let (_room, home) = store();
        drop(home.start_building().unwrap());
        assert_eq!(fs::read_dir(home.path.join(".venvwrap/new")).unwrap().count(), 0);
        let building = home.start_building().unwrap();
        fs::write(building.path().join("pyvenv.cfg"), "home = /x\n").unwrap();
        assert!(home.names().unwrap().is_empty());
        home.publish(building, &name("x")).unwrap();
        assert_eq!(home.names().unwrap(), ["x"]);
    }

    #[test]
    fn publishing_never_replaces() {
        let (_room, home) = store();
        fs::create_dir(home.path.join("x")).unwrap();
        let building = home.start_building().unwrap();
        fs::write(building.path().join("pyvenv.cfg"), "home = /x\n").unwrap();
        assert!(home.publish(building, &name("x")).is_err());
        assert_eq!(fs::read_dir(home.path.join("x")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(home.path.join(".venvwrap/new")).unwrap().count(), 0);
    }

    #[test]
    fn dead_builds_are_cleared_and_live_ones_are_not() {
        let (_room, home) = store();
        let alive = home.start_building().unwrap();
        let dead = home.path.join(".venvwrap/new/env-dead");
        fs::create_dir(&dead).unwrap();
        home.clear_dead_builds().unwrap();
        assert!(alive.path().is_dir() && dead.is_dir());
        drop(alive);
        home.clear_dead_builds().unwrap();
        assert!(!dead.is_dir());
    }

    #[test]
    fn it_is_quiet_when_nobody_has_built_during_a_pause() {
        let (_room, home) = store();
        drop(home.start_building().unwrap());
        let shelf = File::open(home.path.join(".venvwrap/new")).unwrap();
        let mut pauses = 0;
        home.wait_until_quiet(|| {
            pauses += 1;
            if pauses < 3 {
                drop(home.start_building().unwrap());
                // Two builds in one tick of the kernel's clock could not be told apart.
                shelf.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(pauses)).unwrap();
            }
        });
        assert_eq!(pauses, 3);
    }

    #[test]
    fn what_is_not_an_environment_is_told_apart() {
        let (_room, home) = store();
        make(&home, "real");
        fs::create_dir(home.path.join("plain")).unwrap();
        assert!(matches!(home.get(&name("plain")), Err(Error::NotAnEnvironment { .. })));
        assert!(
            matches!(home.get(&name("rael")), Err(Error::UnknownEnvironment { nearest, .. }) if nearest == ["real"])
        );
        assert!(home.find(&name("new")).unwrap().is_none());
    }
}
