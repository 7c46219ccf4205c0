//! The directories in the trash: each holds one removed environment, and its snapshots.
//!
//! Owns their names, `SECONDS.COUNTER`, and decides whether one can be restored or deleted.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::private_directory::PrivateDirectory;
use super::{WorkonHome, snapshots};
use crate::error::{Error, Result};
use crate::fs::entries_in;

/// In the name of a trash directory, precedes the inode of a new environment that waits there to be
/// exchanged with the one it replaces.
pub(super) const WAITS: char = '+';

/// What a directory in the trash holds.
pub(super) enum TrashContent {
    /// Nothing to restore: empty so far, or a new environment that waits to be exchanged.
    NotRestorable,
    /// A removed environment and its name.
    Removed(OsString),
    /// Files that venvwrap did not put there.
    Foreign,
}

pub(super) fn content_of(place: &Path) -> TrashContent {
    let entries = entries_in(place);
    let mut entries = entries.filter(|entry| entry.file_name() != snapshots::REMOVED);
    let Some(kept) = entries.next() else { return TrashContent::NotRestorable };
    if entries.next().is_some() {
        return TrashContent::Foreign;
    }
    let label = place.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let waiting = label.split_once(WAITS).and_then(|(_, inode)| inode.parse::<u64>().ok());
    let is_waiting = || fs::symlink_metadata(kept.path()).map_or(true, |entry| Some(entry.ino()) == waiting);
    if waiting.is_some() && is_waiting() {
        TrashContent::NotRestorable
    } else {
        TrashContent::Removed(kept.file_name())
    }
}

impl WorkonHome {
    /// Creates a directory in the trash. Its name has a counter besides the time, because the clock
    /// may be set back between two removals. `end` is appended to the name.
    pub(super) fn fresh_place(&self, at: SystemTime, end: &str) -> Result<PrivateDirectory> {
        let trash = self.create_private("trash")?;
        let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let entries = trash.directories().unwrap_or_default();
        let counters = entries.iter().filter_map(|entry| time_of(entry)).map(|(_, counter)| counter);
        // An invented name must not exhaust the numbers.
        let last = counters.filter(|counter| *counter < u64::MAX / 2).max();
        let mut free = last.map_or(0, |last| last + 1)..;
        let name = || format!("{seconds}.{}{end}", free.next().unwrap_or_default()).into();
        let failed = |error| Error::io("create a directory in", trash.path())(error);
        let place = trash.make(name).and_then(|name| trash.open(&name)).map_err(failed)?;
        self.give_to_owner(place.file()).map_err(failed)?;
        Ok(place)
    }
}

/// The time and the counter in the name of a directory in the trash. `None` if venvwrap did not
/// give it that name.
pub(super) fn time_of(name: &OsStr) -> Option<(SystemTime, u64)> {
    let (seconds, rest) = std::str::from_utf8(name.as_bytes()).ok()?.split_once('.')?;
    let counter = match rest.split_once(WAITS) {
        Some((counter, inode)) => inode.parse::<u64>().ok().map(|_| counter)?,
        None => rest,
    };
    let at = UNIX_EPOCH.checked_add(Duration::from_secs(seconds.parse().ok()?))?;
    Some((at, counter.parse().ok()?))
}
