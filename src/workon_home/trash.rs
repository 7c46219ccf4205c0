//! Removal: one rename into `.venvwrap/trash`, and the way back.
//!
//! Owns the only code that takes an environment away. What it may take is checked here, every time (promise 1 of
//! DESIGN.md): a direct child of the store that is an environment, or a link, which is moved itself and never followed.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::name::EnvironmentName;
use super::{Building, PRIVATE, WorkonHome};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::{exchange, freed_by_removing, is_nearly_full, is_same, remove_tree, rename_without_replacing};

/// Starts the name of a directory in the trash that is being deleted.
const DOOMED: &str = "doomed-";

/// How long a removed environment is kept where space is scarce: long enough to notice a slip.
const WHEN_TIGHT: Duration = Duration::from_hours(24);

/// One removed environment.
#[derive(Debug)]
pub(crate) struct Removed {
    /// The name it had.
    pub(crate) name: OsString,
    /// When it was removed.
    pub(crate) at: SystemTime,
    /// The directory that holds it, and nothing else.
    place: PathBuf,
}

impl WorkonHome {
    fn trash(&self) -> PathBuf {
        self.path.join(PRIVATE).join("trash")
    }

    /// Moves an environment into the trash. `active` is the root of the environment that the calling shell is in;
    /// it is compared by device and inode, not by spelling.
    pub(crate) fn remove(&self, name: &EnvironmentName, active: Option<&Path>) -> Result<Removed> {
        let root = self.removable(name, active)?;
        let at = SystemTime::now();
        let place = self.fresh_place(at)?;
        // A name of up to 255 bytes fits only because the time is in the directory above it.
        if let Err(error) = rename_without_replacing(&root, &place.join(name.as_os_str())) {
            let _ = fs::remove_dir(&place);
            return Err(match error.kind() {
                // Another process was faster.
                io::ErrorKind::NotFound => self.unknown(name.as_os_str()),
                _ => Error::io("remove", root)(error),
            });
        }
        Ok(Removed { name: name.as_os_str().to_owned(), at, place })
    }

    /// Puts a finished environment in the place of the one that has its name, which goes into the trash. At no moment
    /// has nothing that name, where the file system can exchange two directories.
    pub(crate) fn replace(
        &self,
        building: Building,
        name: &EnvironmentName,
        active: Option<&Path>,
    ) -> Result<Environment> {
        let root = self.removable(name, active)?;
        let place = self.fresh_place(SystemTime::now())?;
        // The new one waits where the old one is to go: from there on, one exchange does both.
        let waiting = place.join(name.as_os_str());
        let failed = |error| {
            let _ = remove_tree(&place);
            Error::io("replace", &root)(error)
        };
        rename_without_replacing(building.path(), &waiting).map_err(failed)?;
        // It went elsewhere: there is nothing left to remove.
        let _ = building.directory.keep();
        match exchange(&waiting, &root) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                let removed = self.remove(name, active)?;
                if let Err(error) = rename_without_replacing(&waiting, &root) {
                    let _ = self.restore(Some(&removed.name));
                    return Err(failed(error));
                }
                let _ = fs::remove_dir(&place);
            }
            done => done.map_err(failed)?,
        }
        Environment::open(&root)?.ok_or_else(|| self.unknown(name.as_os_str()))
    }

    /// The root of an environment that may be taken away: it is one, or a link that leads nowhere, and this shell is
    /// not in it.
    pub(crate) fn removable(&self, name: &EnvironmentName, active: Option<&Path>) -> Result<PathBuf> {
        let root = self.path.join(name.as_os_str());
        match self.get(name) {
            Ok(_) => {}
            // A link that leads nowhere is taken away like any other.
            Err(Error::UnknownEnvironment { .. }) if fs::read_link(&root).is_ok() => {}
            Err(error) => return Err(error),
        }
        if active.is_some_and(|active| is_same(active, &root)) {
            return Err(Error::Active { name: name.as_os_str().to_owned() });
        }
        Ok(root)
    }

    /// A new directory in the trash, named by the second and a counter that goes up: the clock may be set back between
    /// two removals.
    fn fresh_place(&self, at: SystemTime) -> Result<PathBuf> {
        let trash = self.private("trash")?;
        let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let entries = fs::read_dir(&trash).into_iter().flatten().flatten();
        let counters = entries.filter_map(|entry| time_of(&entry.file_name())).map(|(_, counter)| counter);
        // A name that somebody made up must not use the numbers up.
        let last = counters.filter(|counter| *counter < u64::MAX / 2).max();
        for counter in last.map_or(0, |last| last + 1).. {
            let place = trash.join(format!("{seconds}.{counter}"));
            match fs::create_dir(&place) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => {
                    other.and_then(|()| self.give_to_owner(&place)).map_err(Error::io("create", &place))?;
                    return Ok(place);
                }
            }
        }
        unreachable!("no trash has as many places as a u64 has numbers")
    }

    /// What lies in the trash, the newest first.
    pub(crate) fn removed(&self) -> Result<Vec<Removed>> {
        let trash = self.trash();
        let places = match fs::read_dir(&trash) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(Error::io("list", &trash))?,
        };
        let mut removed: Vec<(u64, Removed)> = Vec::new();
        for place in places.filter_map(std::result::Result::ok).map(|entry| entry.path()) {
            let Some((at, counter)) = place.file_name().and_then(time_of) else {
                continue;
            };
            let Some(Ok(kept)) = fs::read_dir(&place).ok().and_then(|mut entries| entries.next()) else {
                continue;
            };
            removed.push((counter, Removed { name: kept.file_name(), at, place }));
        }
        removed.sort_by_key(|(counter, removed)| std::cmp::Reverse((*counter, removed.at)));
        Ok(removed.into_iter().map(|(_, removed)| removed).collect())
    }

    /// Brings a removed environment back under its old name; the newest of that name, or of all.
    pub(crate) fn restore(&self, name: Option<&OsStr>) -> Result<OsString> {
        let found = self.removed()?.into_iter().find(|removed| name.is_none_or(|name| name == removed.name));
        let Some(removed) = found else {
            return Err(Error::Refused {
                what: "undo".to_owned(),
                reason: "nothing of that name was removed, or it has expired".to_owned(),
                hint: "`venvwrap undo --list` shows what can be brought back".to_owned(),
            });
        };
        let root = self.path.join(&removed.name);
        rename_without_replacing(&removed.place.join(&removed.name), &root).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Error::NameTaken { name: removed.name.clone() },
            _ => Error::io("bring back", &root)(error),
        })?;
        let _ = fs::remove_dir(&removed.place);
        Ok(removed.name)
    }

    /// How long what was removed is kept: as the settings have it, and a day where the disk is nearly full.
    fn kept_for(&self, keep: Duration) -> Duration {
        if keep > WHEN_TIGHT && is_nearly_full(&self.path) { WHEN_TIGHT } else { keep }
    }

    /// Whether [`Self::purge`] would find something: only names are looked at.
    pub(crate) fn has_expired(&self, keep: Duration) -> bool {
        let (now, keep) = (SystemTime::now(), self.kept_for(keep));
        fs::read_dir(self.trash()).into_iter().flatten().flatten().any(|place| match time_of(&place.file_name()) {
            Some((at, _)) => now.duration_since(at).is_ok_and(|age| age >= keep),
            None => place.file_name().as_bytes().starts_with(DOOMED.as_bytes()),
        })
    }

    /// Deletes what has lain in the trash for longer than `keep`, and what was killed while it deleted. A removal from
    /// the future (the clock was set back) is kept. Begins nothing more after `patience`.
    pub(crate) fn purge(&self, keep: Duration, patience: Duration) -> Result<()> {
        let begun = Instant::now();
        for entry in fs::read_dir(self.trash()).into_iter().flatten().flatten() {
            if entry.file_name().as_bytes().starts_with(DOOMED.as_bytes()) {
                remove_tree(&entry.path()).map_err(Error::io("delete", entry.path()))?;
            }
            if begun.elapsed() > patience {
                return Ok(());
            }
        }
        let (now, keep) = (SystemTime::now(), self.kept_for(keep));
        for removed in self.removed()? {
            if now.duration_since(removed.at).is_ok_and(|age| age >= keep) {
                removed.delete()?;
            }
            if begun.elapsed() > patience {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Removed {
    /// What deleting it frees, in bytes: what other environments or a cache share with it stays.
    pub(crate) fn size(&self) -> u64 {
        freed_by_removing(&self.place)
    }

    /// Deletes it for good. It is out of the reach of [`WorkonHome::restore`] before the first of its files goes: half
    /// an environment is never brought back.
    pub(crate) fn delete(self) -> Result<()> {
        let mut doomed = OsString::from(DOOMED);
        doomed.push(self.place.file_name().unwrap_or_default());
        let doomed = self.place.with_file_name(doomed);
        match fs::rename(&self.place, &doomed) {
            // Another process was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(Error::io("delete", self.place))?,
        }
        remove_tree(&doomed).map_err(Error::io("delete", doomed))
    }
}

/// The time and the counter in the name of a directory in the trash. One that no clock can show is none of ours.
fn time_of(name: &OsStr) -> Option<(SystemTime, u64)> {
    let (seconds, counter) = std::str::from_utf8(name.as_bytes()).ok()?.split_once('.')?;
    let at = UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?))?;
    Some((at, counter.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(names: &[&str]) -> (tempfile::TempDir, WorkonHome) {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("it's \"my\" $HOME {a,b};é");
        for name in names {
            fs::create_dir_all(path.join(name)).unwrap();
            fs::write(path.join(name).join("pyvenv.cfg"), name).unwrap();
        }
        (room, WorkonHome { path })
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
        assert_eq!(fs::read_dir(home.trash()).unwrap().count(), 0);
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
        home.remove(&name("link"), None).unwrap().delete().unwrap();
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
        home.remove(&name("a"), None).unwrap().delete().unwrap();
        home.restore(Some(OsStr::new("a"))).unwrap();
        assert_eq!(text("a/pyvenv.cfg"), "a");
        assert_eq!(fs::read_dir(home.path().join(".venvwrap/new")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(home.trash()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_half_deleted_is_not_brought_back_but_purged() {
        let (_room, home) = store(&["a"]);
        home.remove(&name("a"), None).unwrap();
        let removed = home.removed().unwrap().remove(0);
        fs::rename(&removed.place, home.trash().join("doomed-1.0")).unwrap();
        assert!(home.restore(None).is_err());
        home.purge(Duration::from_hours(1), Duration::MAX).unwrap();
        assert_eq!(fs::read_dir(home.trash()).unwrap().count(), 0);
        removed.delete().unwrap();
    }

    #[test]
    fn only_what_is_old_enough_is_purged() {
        let (_room, home) = store(&["a", "b"]);
        home.remove(&name("a"), None).unwrap();
        fs::rename(home.removed().unwrap()[0].place.clone(), home.trash().join("1000.0")).unwrap();
        home.remove(&name("b"), None).unwrap();
        home.purge(Duration::from_hours(1), Duration::MAX).unwrap();
        assert_eq!(home.removed().unwrap().len(), 1);
        assert_eq!(home.restore(None).unwrap(), "b");
    }
}
