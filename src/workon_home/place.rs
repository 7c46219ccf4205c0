//! Places: the directories in the trash that hold one removed environment each.
//!
//! Owns their names, `SECONDS.COUNTER`, and what such a place is taken to hold.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::WorkonHome;
use super::shelf::Shelf;
use crate::error::{Error, Result};

/// In the name of a place in the trash, before the inode of an environment that waits there to be
/// put into the store.
pub(super) const WAITS: char = '+';

/// What a place in the trash holds.
pub(super) enum Held {
    /// Nothing that could be brought back: it is being filled, or what is in it waits to be put
    /// into the store.
    Nothing,
    /// A removed environment of this name.
    Removed(OsString),
    /// What we have not put there.
    Foreign,
}

/// Looks into a place in the trash.
pub(super) fn held_in(place: &Path) -> Held {
    let mut entries = fs::read_dir(place).into_iter().flatten().flatten();
    let Some(kept) = entries.next() else { return Held::Nothing };
    if entries.next().is_some() {
        return Held::Foreign;
    }
    let label = place.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let waiting = label.split_once(WAITS).and_then(|(_, inode)| inode.parse::<u64>().ok());
    let is_waiting = || fs::symlink_metadata(kept.path()).map_or(true, |entry| Some(entry.ino()) == waiting);
    if waiting.is_some() && is_waiting() { Held::Nothing } else { Held::Removed(kept.file_name()) }
}

impl WorkonHome {
    /// A new directory in the trash, named by the second and a counter that goes up: the clock may
    /// be set back between two removals. `end`: what its name says besides.
    pub(super) fn fresh_place(&self, at: SystemTime, end: &str) -> Result<Shelf> {
        let trash = self.make_shelf("trash")?;
        let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let entries = trash.directories().unwrap_or_default();
        let counters = entries.iter().filter_map(|entry| time_of(entry)).map(|(_, counter)| counter);
        // A name that somebody made up must not use the numbers up.
        let last = counters.filter(|counter| *counter < u64::MAX / 2).max();
        let mut free = last.map_or(0, |last| last + 1)..;
        let name = || format!("{seconds}.{}{end}", free.next().unwrap_or_default()).into();
        let failed = |error| Error::io("create a directory in", trash.path())(error);
        let place = trash.make(name).and_then(|name| trash.open(&name)).map_err(failed)?;
        self.give_to_owner(place.file()).map_err(failed)?;
        Ok(place)
    }
}

/// The time and the counter in the name of a directory in the trash. One that no clock can show is
/// none of ours.
pub(super) fn time_of(name: &OsStr) -> Option<(SystemTime, u64)> {
    let (seconds, rest) = std::str::from_utf8(name.as_bytes()).ok()?.split_once('.')?;
    let counter = match rest.split_once(WAITS) {
        Some((counter, inode)) => inode.parse::<u64>().ok().map(|_| counter)?,
        None => rest,
    };
    let at = UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?))?;
    Some((at, counter.parse().ok()?))
}
