//! Building an environment in a hidden directory of the store, and publishing it under its name.
//!
//! Owns these directories, `.venvwrap/new/env-*`, and removes those whose builder was killed.

use std::ffi::{OsStr, OsString};
use std::fs::{self, TryLockError};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, unlinkat};

use super::WorkonHome;
use super::name::EnvironmentName;
use super::private_directory::{PRIVATE, PrivateDirectory, random_name};
use crate::environment::Environment;
use crate::environment::write_protection::is_protected;
use crate::error::{Error, Result, StoreError};
use crate::fs::lock::lock_shared;
use crate::fs::mounts::mount_point_in;
use crate::fs::{At, rename_at};

/// Prefix of a directory that an environment is built in.
const BUILD: &str = "env-";

/// Prefix added while such a directory is deleted because its builder was killed.
const DEAD: &str = "dead-";

/// An environment that is being built. Dropping it deletes it.
#[derive(Debug)]
pub(crate) struct UnfinishedEnvironment {
    directory: PrivateDirectory,
    name: OsString,
    /// The environment below `directory`: `name`, or a directory in it.
    inner: PathBuf,
    path: PathBuf,
    is_published: bool,
    /// Locked, if others may clear up while this one goes on.
    own_lock: Option<PrivateDirectory>,
}

impl UnfinishedEnvironment {
    /// Where to write. Paths in the files must already be the final ones.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Permits changes: the copy of a locked environment is not locked.
    pub(crate) fn unlock(&self) -> Result<()> {
        if !is_protected(&self.path) {
            return Ok(());
        }
        Environment::open(&self.path)?.map_or(Ok(()), |copy| copy.lift_protection())
    }

    pub(super) fn at(&self) -> At<'_> {
        self.directory.at(self.inner.as_os_str())
    }

    /// To be called after the directory was renamed: nothing is left to delete.
    pub(super) fn keep(mut self) {
        self.is_published = true;
        if self.inner.as_os_str() != self.name {
            let _ = unlinkat(self.directory.file(), &self.name, AtFlags::REMOVEDIR);
        }
    }

    /// Continues in a directory of this name in the hidden one.
    pub(crate) fn go_inside(&mut self, name: &OsStr) -> Result<()> {
        let failed = |error| Error::io("create a directory in", &self.path)(error);
        let outer = self.directory.open(&self.name).map_err(failed)?;
        outer.make(|| name.to_owned()).map_err(failed)?;
        self.inner = Path::new(&self.name).join(name);
        self.path.push(name);
        Ok(())
    }

    /// For a build that takes as long as another program likes: it gets a lock of its own, and no
    /// longer keeps others from clearing up.
    pub(crate) fn leave_to_itself(&mut self) -> Result<()> {
        let own = self.directory.open(&self.name).map_err(Error::io("open", &self.path))?;
        lock_shared(own.file(), own.path())?;
        self.own_lock = Some(own);
        let _ = self.directory.file().unlock();
        Ok(())
    }
}

impl Drop for UnfinishedEnvironment {
    fn drop(&mut self) {
        if !self.is_published {
            let _ = self.directory.delete(&self.name);
        }
    }
}

impl WorkonHome {
    /// Creates a hidden directory in the store to build an environment in.
    pub(crate) fn start_building(&self) -> Result<UnfinishedEnvironment> {
        let directory = self.create_private("new")?;
        // All builders share this lock. On a file system without locks, dead builds stay.
        lock_shared(directory.file(), directory.path())?;
        let made = directory.make(|| random_name(BUILD));
        let name = made.map_err(Error::io("create a directory in", directory.path()))?;
        let path = directory.path().join(&name);
        let inner = PathBuf::from(&name);
        Ok(UnfinishedEnvironment { directory, name, inner, path, is_published: false, own_lock: None })
    }

    /// Gives a finished environment its name. If the name is taken, the entry stays as it is and
    /// the build is deleted.
    pub(crate) fn publish(&self, building: UnfinishedEnvironment, name: &EnvironmentName) -> Result<Environment> {
        let root = self.path.join(name.as_os_str());
        building.unlock()?;
        rename_at(building.at(), (CWD, &root)).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::CreatedMeanwhile { name: name.as_os_str().to_owned() }.into(),
            _ => Error::io("create", &root)(error),
        })?;
        building.keep();
        drop(self.forget_beside(name.as_os_str()));
        Environment::open(&root)?.ok_or_else(|| self.unknown(name.as_os_str()))
    }

    /// Calls `pause`, which takes a while, until nothing was built during one call.
    pub(crate) fn wait_until_quiet(&self, mut pause: impl FnMut()) {
        // A build changes the directory twice: when it starts and when it is published.
        let changed =
            || fs::metadata(self.path.join(PRIVATE).join("new")).and_then(|directory| directory.modified()).ok();
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

    /// Directories of builders that were killed. Empty while another process is building.
    pub(crate) fn dead_builds(&self) -> Vec<PathBuf> {
        let Ok(Some(directory)) = self.private_directory("new") else { return Vec::new() };
        if directory.file().try_lock().is_err() {
            return Vec::new();
        }
        let names = directory.directories().unwrap_or_default();
        let dead = names.iter().filter(|name| is_build(name) && !is_alone(&directory, name));
        dead.map(|name| directory.path().join(name)).collect()
    }

    /// Whether a process is creating, copying, or renaming an environment. If unknown, `true`.
    pub(super) fn is_building(&self) -> bool {
        match self.private_directory("new") {
            Ok(Some(directory)) => directory.file().try_lock().is_err(),
            Ok(None) => false,
            Err(_) => true,
        }
    }

    /// Deletes the directories of builders that were killed, by name. Does nothing while another
    /// process is building, which the shared lock tells.
    pub(crate) fn clear_dead_builds(&self) -> Result<()> {
        let Some(directory) = self.private_directory("new")? else { return Ok(()) };
        let list = |directory: &PrivateDirectory| directory.directories().map_err(Error::io("list", directory.path()));
        if directory.file().try_lock().is_ok() {
            // Renamed only, because builders wait for the lock meanwhile.
            for name in
                list(&directory)?.iter().filter(|name| name.as_bytes().starts_with(BUILD.as_bytes()) && is_build(name))
            {
                let dead = OsString::from_vec([DEAD.as_bytes(), name.as_bytes()].concat());
                // Whoever mounted something there expects it at this path.
                if is_alone(&directory, name) || mount_point_in(&directory.path().join(name)).is_some() {
                    continue;
                }
                if rename_at(directory.at(name), directory.at(&dead)).is_err() {
                    let _ = directory.delete(name);
                }
            }
            let _ = directory.file().unlock();
        }
        for name in
            list(&directory)?.iter().filter(|name| name.as_bytes().starts_with(DEAD.as_bytes()) && is_build(name))
        {
            let _ = directory.delete(name);
        }
        Ok(())
    }
}

/// Whether a builder that others do not wait for is at work there.
fn is_alone(directory: &PrivateDirectory, name: &OsStr) -> bool {
    directory.open(name).is_ok_and(|own| matches!(own.file().try_lock(), Err(TryLockError::WouldBlock)))
}

/// Whether venvwrap gave this name to a build.
fn is_build(name: &OsStr) -> bool {
    let name = name.as_bytes().strip_prefix(DEAD.as_bytes()).unwrap_or(name.as_bytes());
    let rest = name.strip_prefix(BUILD.as_bytes()).unwrap_or_default();
    (1..=16).contains(&rest.len()) && rest.iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    fn name(text: &str) -> EnvironmentName {
        EnvironmentName::existing(OsStr::new(text)).unwrap()
    }

    #[test]
    fn a_build_appears_whole_or_not_at_all() {
        let (_room, home) = WorkonHome::scratch();
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
        let (_room, home) = WorkonHome::scratch();
        fs::create_dir(home.path.join("x")).unwrap();
        let building = home.start_building().unwrap();
        fs::write(building.path().join("pyvenv.cfg"), "home = /x\n").unwrap();
        assert!(home.publish(building, &name("x")).is_err());
        assert_eq!(fs::read_dir(home.path.join("x")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(home.path.join(".venvwrap/new")).unwrap().count(), 0);
    }

    #[test]
    fn dead_builds_are_cleared_and_live_ones_are_not() {
        let (_room, home) = WorkonHome::scratch();
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
        let (_room, home) = WorkonHome::scratch();
        drop(home.start_building().unwrap());
        let directory = File::open(home.path.join(".venvwrap/new")).unwrap();
        let mut pauses = 0;
        home.wait_until_quiet(|| {
            pauses += 1;
            if pauses < 3 {
                drop(home.start_building().unwrap());
                // Two builds in one tick of the kernel's clock could not be told apart.
                directory.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(pauses)).unwrap();
            }
        });
        assert_eq!(pauses, 3);
    }
}
