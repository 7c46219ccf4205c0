//! Removes an environment by renaming it into `.venvwrap/trash`, and restores it from there.
//!
//! Owns the check before every removal: only a direct child of the store that is an environment or
//! a link (which is moved, not followed), and nothing with another file system mounted in it.
//! `purge` deletes for good.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, CWD, statat, unlinkat};

use super::name::EnvironmentName;
use super::private_directory::PrivateDirectory;
use super::trash_entry::{TrashContent, WAITS, content_of, time_of};
use super::{UnfinishedEnvironment, WorkonHome, purge};
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::fs::carry::copy_whole;
use crate::fs::mounts::mount_point_in;
use crate::fs::{At, exchange_at, is_same, rename_at};
use crate::sorting;

/// Attempts at a step that other processes interfere with.
const ATTEMPTS: usize = 16;

/// One removed environment.
#[derive(Debug)]
pub(crate) struct Removed {
    pub(crate) name: OsString,
    pub(crate) at: SystemTime,
    /// The directory that holds it, and nothing else.
    pub(super) place: PathBuf,
}

impl WorkonHome {
    /// Moves an environment to the trash. Refuses the `active` one, a root compared by device and
    /// inode.
    pub(crate) fn remove(&self, name: &EnvironmentName, active: Option<&Path>) -> Result<Removed> {
        let (removed, place) = self.put_away(name, active)?;
        self.put_snapshots_away(name.as_os_str(), &place);
        Ok(removed)
    }

    /// The same without its snapshots.
    fn put_away(&self, name: &EnvironmentName, active: Option<&Path>) -> Result<(Removed, PrivateDirectory)> {
        let root = self.removable(name, active)?;
        let at = SystemTime::now();
        let place = self.fresh_place(at, "").map_err(|error| no_room(error, name))?;
        // The time is in the name of the parent, so that a name of 255 bytes fits.
        let moved = match rename_at((CWD, &root), place.at(name.as_os_str())) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                self.carry(&root, place.at(name.as_os_str())).map_err(|error| no_room(error, name))
            }
            moved => moved.map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => self.unknown(name.as_os_str()),
                _ => no_room(Error::io("remove", &root)(error), name),
            }),
        };
        let path = place.path().to_path_buf();
        moved.inspect_err(|_| drop(fs::remove_dir(&path)))?;
        Ok((Removed { name: name.as_os_str().to_owned(), at, place: path }, place))
    }

    /// Replaces an environment by a finished one and moves the old one to the trash. If the file
    /// system can exchange directories, the name exists at every moment.
    pub(crate) fn replace(
        &self,
        building: UnfinishedEnvironment,
        name: &EnvironmentName,
        active: Option<&Path>,
    ) -> Result<Environment> {
        let root = self.removable(name, active)?;
        building.unlock()?;
        let failed = |error| Error::io("replace", &root)(error);
        // The new one waits where the old one will go, so that one exchange does both. Its inode in
        // the name of the directory keeps `undo` from restoring it meanwhile.
        let inode = statat(building.at().0, building.at().1, AtFlags::SYMLINK_NOFOLLOW).map_err(io::Error::from);
        let waits = format!("{WAITS}{}", inode.map_err(failed)?.st_ino);
        let place = self.fresh_place(SystemTime::now(), &waits)?;
        let waiting = place.at(name.as_os_str());
        if let Err(error) = rename_at(building.at(), waiting) {
            let _ = fs::remove_dir(place.path());
            return Err(failed(error));
        }
        building.keep();
        for _ in 0..ATTEMPTS {
            let done = match exchange_at(waiting, (CWD, &root)) {
                // Removed or renamed by another process meanwhile: the name is free.
                Err(error) if error.kind() == io::ErrorKind::NotFound => rename_at(waiting, (CWD, &root)),
                Err(error) if is_unable(&error) => match self.put_away(name, active) {
                    Ok((removed, _)) => rename_at(waiting, (CWD, &root)).inspect_err(|_| {
                        let _ = self.restore(Some(&removed.name));
                    }),
                    Err(Error::UnknownEnvironment { .. }) => rename_at(waiting, (CWD, &root)),
                    Err(error) => {
                        let _ = place.delete(name.as_os_str());
                        let _ = fs::remove_dir(place.path());
                        return Err(error);
                    }
                },
                done => done,
            };
            match done {
                // Another process took the free name: replace that environment, too.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    let _ = place.delete(name.as_os_str());
                    let _ = fs::remove_dir(place.path());
                    return Err(failed(error));
                }
                Ok(()) => {
                    // Empty unless the two were exchanged.
                    let _ = fs::remove_dir(place.path());
                    return Environment::open(&root)?.ok_or_else(|| self.unknown(name.as_os_str()));
                }
            }
        }
        let _ = place.delete(name.as_os_str());
        Err(failed(io::ErrorKind::ResourceBusy.into()))
    }

    /// Moves by copying, if the file system cannot rename (a lower layer of an overlay). At every
    /// moment the original or the copy is complete.
    pub(super) fn carry(&self, from: &Path, to: At<'_>) -> Result<()> {
        let building = self.start_building()?;
        copy_whole(from, building.path()).map_err(Error::io("copy", from))?;
        rename_at(building.at(), to).map_err(Error::io("move", from))?;
        building.keep();
        purge::delete_in_place(from)
    }

    /// The root of an environment, or of a link to nothing, that may be removed: it is not active
    /// and nothing is mounted in it.
    pub(crate) fn removable(&self, name: &EnvironmentName, active: Option<&Path>) -> Result<PathBuf> {
        let root = self.path.join(name.as_os_str());
        match self.get(name) {
            Ok(_) => {}
            Err(Error::UnknownEnvironment { .. }) if fs::read_link(&root).is_ok() => {}
            Err(error) => return Err(error),
        }
        if active.is_some_and(|active| is_same(active, &root)) {
            return Err(Error::Active { name: name.as_os_str().to_owned() });
        }
        self.movable(name)?;
        Ok(root)
    }

    /// Fails if the environment is locked, or another file system is mounted in it.
    pub(crate) fn movable(&self, name: &EnvironmentName) -> Result<()> {
        self.require_unlocked(name.as_os_str())?;
        self.without_mounts(name)
    }

    /// Fails if another file system is mounted in the environment.
    pub(crate) fn without_mounts(&self, name: &EnvironmentName) -> Result<()> {
        let Some(point) = mount_point_in(&self.path.join(name.as_os_str())) else { return Ok(()) };
        Err(StoreError::Mounted { name: name.as_os_str().to_owned(), point }.into())
    }

    /// The environments in the trash, the newest first.
    pub(crate) fn removed(&self) -> Result<Vec<Removed>> {
        let Some(trash) = self.private_directory("trash")? else { return Ok(Vec::new()) };
        let places = trash.directories().map_err(Error::io("list", trash.path()))?;
        let mut removed: Vec<(u64, Removed)> = Vec::new();
        for place in places {
            let Some((at, counter)) = time_of(&place) else { continue };
            let place = trash.path().join(place);
            let TrashContent::Removed(name) = content_of(&place) else { continue };
            removed.push((counter, Removed { name, at, place }));
        }
        sorting::sort_by_key(&mut removed, |(counter, removed)| std::cmp::Reverse((*counter, removed.at)));
        Ok(removed.into_iter().map(|(_, removed)| removed).collect())
    }

    /// Restores the newest removed environment of this name, or of all, under its old name.
    pub(crate) fn restore(&self, name: Option<&OsStr>) -> Result<OsString> {
        for _ in 0..ATTEMPTS {
            let found = self.removed()?.into_iter().find(|removed| name.is_none_or(|name| name == removed.name));
            let (Some(removed), Some(trash)) = (found, self.private_directory("trash")?) else { break };
            let root = self.path.join(&removed.name);
            let place = removed.place.file_name().map(|place| trash.open(place));
            // Its snapshots come back first: if this process is killed in between, they belong to a
            // name that is in the trash.
            let is_free = fs::symlink_metadata(&root).is_err();
            if let (Some(Ok(place)), true) = (&place, is_free) {
                self.bring_snapshots_back(&removed.name, place);
            }
            let moved = match &place {
                Some(Ok(place)) => match rename_at(place.at(&removed.name), (CWD, &root)) {
                    Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                        self.carry(&removed.place.join(&removed.name), (CWD, &root))?;
                        Ok(())
                    }
                    moved => moved,
                },
                _ => Err(io::ErrorKind::NotFound.into()),
            };
            if let (Some(Ok(place)), true, Err(_)) = (&place, is_free, &moved) {
                self.put_snapshots_away(&removed.name, place);
            }
            match moved {
                Ok(()) => {
                    let name = removed.place.file_name().unwrap_or_default();
                    let _ = unlinkat(trash.file(), name, AtFlags::REMOVEDIR);
                    return Ok(removed.name);
                }
                // Another process restored or deleted it: there may be an older one.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(StoreError::NameTaken { name: removed.name }.into());
                }
                Err(error) => return Err(Error::io("restore", root)(error)),
            }
        }
        Err(StoreError::NothingRemoved { name: name.map(OsStr::to_owned) }.into())
    }
}

impl Removed {
    /// The time of the removal to the nanosecond. `at` is from the name of the directory, which has
    /// whole seconds; the removal also changed the directory.
    pub(crate) fn exactly_at(&self) -> SystemTime {
        let changed = fs::symlink_metadata(&self.place).and_then(|place| place.modified());
        changed.map_or(self.at, |changed| changed.max(self.at))
    }

    /// The directory that holds it.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }
}

/// Whether the file system does not support the rename.
fn is_unable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::CrossesDevices)
}

/// Adds the hint for a full disk, where only deleting works.
fn no_room(error: Error, name: &EnvironmentName) -> Error {
    match error {
        Error::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) =>
        {
            StoreError::TrashFull { name: name.as_os_str().to_owned(), source }.into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;
    use std::time::Duration;

    fn store(names: &[&str]) -> (tempfile::TempDir, WorkonHome) {
        let (room, home) = WorkonHome::scratch();
        for name in names {
            fs::create_dir_all(home.path.join(name)).unwrap();
            fs::write(home.path.join(name).join("pyvenv.cfg"), name).unwrap();
        }
        (room, home)
    }

    fn name(text: &str) -> EnvironmentName {
        EnvironmentName::existing(OsStr::new(text)).unwrap()
    }

    #[test]
    fn a_removed_environment_comes_back_as_it_was() {
        let long = "x".repeat(255);
        let (_room, home) = store(&["a", &long]);
        home.remove(&name("a"), None).unwrap();
        home.remove(&name(&long), None).unwrap();
        assert!(home.names().unwrap().is_empty());
        assert_eq!(home.restore(None).unwrap(), OsStr::new(&long));
        assert_eq!(home.restore(Some(OsStr::new("a"))).unwrap(), "a");
        assert_eq!(fs::read(home.path().join("a/pyvenv.cfg")).unwrap(), b"a");
        assert!(home.restore(None).is_err());
        assert_eq!(fs::read_dir(home.path().join(".venvwrap/trash")).unwrap().count(), 0);
    }

    #[test]
    fn restoring_never_replaces() {
        let (_room, home) = store(&["a"]);
        home.remove(&name("a"), None).unwrap();
        fs::create_dir(home.path().join("a")).unwrap();
        assert!(home.restore(None).is_err());
        assert_eq!(home.removed().unwrap().len(), 1);
    }

    #[test]
    fn only_environments_are_removed_and_links_are_not_followed() {
        let (room, home) = store(&["a"]);
        let outside = room.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("pyvenv.cfg"), "precious").unwrap();
        fs::create_dir(home.path().join("plain")).unwrap();
        fs::write(home.path().join("postactivate"), "").unwrap();
        std::os::unix::fs::symlink(&outside, home.path().join("link")).unwrap();
        assert!(matches!(home.remove(&name("plain"), None), Err(Error::NotAnEnvironment { .. })));
        assert!(matches!(home.remove(&name("postactivate"), None), Err(Error::NotAnEnvironment { .. })));
        home.doom(&name("link"), None).unwrap().delete().unwrap();
        assert_eq!(fs::read(outside.join("pyvenv.cfg")).unwrap(), b"precious");
    }

    #[test]
    fn the_active_one_is_refused_however_it_is_spelled() {
        let (room, home) = store(&["a"]);
        let spelled = room.path().join("link");
        std::os::unix::fs::symlink(home.path(), &spelled).unwrap();
        let error = home.remove(&name("a"), Some(&spelled.join("a/"))).unwrap_err();
        assert!(matches!(error, Error::Active { .. }));
        assert_eq!(home.names().unwrap(), ["a"]);
    }

    #[test]
    fn replacing_keeps_the_old_one_and_never_leaves_the_name_free() {
        let (_room, home) = store(&["a"]);
        let building = home.start_building().unwrap();
        fs::write(building.path().join("pyvenv.cfg"), "new").unwrap();
        home.replace(building, &name("a"), None).unwrap();
        let text = |path: &str| fs::read_to_string(home.path().join(path)).unwrap();
        assert_eq!(text("a/pyvenv.cfg"), "new");
        home.doom(&name("a"), None).unwrap().delete().unwrap();
        home.restore(Some(OsStr::new("a"))).unwrap();
        assert_eq!(text("a/pyvenv.cfg"), "a");
        assert_eq!(fs::read_dir(home.path().join(".venvwrap/new")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(home.path().join(".venvwrap/trash")).unwrap().count(), 0);
    }

    /// `undo` once restored such an environment, which its builder then emptied while cleaning up.
    #[test]
    fn what_waits_to_replace_another_is_not_brought_back_and_what_it_replaced_is() {
        let (_room, home) = store(&["a"]);
        let inode = |path: &Path| fs::symlink_metadata(path).unwrap().ino();
        let place = home.fresh_place(SystemTime::now(), "").unwrap().path().to_path_buf();
        fs::create_dir(place.join("a")).unwrap();
        let waiting = place.with_file_name(format!("5.77+{}", inode(&place.join("a"))));
        fs::rename(&place, &waiting).unwrap();
        assert!(home.removed().unwrap().is_empty() && home.restore(None).is_err());
        home.purge(Duration::from_hours(1), Duration::MAX).unwrap();
        assert!(!waiting.is_dir(), "its maker was killed long ago");
        let place = home.fresh_place(SystemTime::now(), "+77").unwrap().path().to_path_buf();
        home.purge(Duration::ZERO, Duration::MAX).unwrap();
        assert!(place.is_dir(), "its maker is at work");
        fs::rename(home.path().join("a"), place.join("a")).unwrap();
        assert_eq!(home.restore(None).unwrap(), "a");
        assert_eq!(fs::read_dir(home.path().join(".venvwrap/trash")).unwrap().count(), 0);
    }

    #[test]
    fn what_is_half_deleted_is_not_brought_back_but_purged() {
        let (_room, home) = store(&["a"]);
        home.remove(&name("a"), None).unwrap();
        let removed = home.removed().unwrap().remove(0);
        fs::rename(&removed.place, home.path().join(".venvwrap/trash").join("doomed-1.0")).unwrap();
        assert!(home.restore(None).is_err());
        home.purge(Duration::from_hours(1), Duration::MAX).unwrap();
        assert_eq!(fs::read_dir(home.path().join(".venvwrap/trash")).unwrap().count(), 0);
    }

    #[test]
    fn only_what_is_old_enough_is_purged() {
        let (_room, home) = store(&["a", "b"]);
        home.remove(&name("a"), None).unwrap();
        fs::rename(home.removed().unwrap()[0].place.clone(), home.path().join(".venvwrap/trash").join("1000.0"))
            .unwrap();
        home.remove(&name("b"), None).unwrap();
        home.purge(Duration::from_hours(1), Duration::MAX).unwrap();
        assert_eq!(home.removed().unwrap().len(), 1);
        assert_eq!(home.restore(None).unwrap(), "b");
    }
}
