//! What an environment takes on disk, remembered in the cache until the environment changes.
//!
//! A fingerprint of its directories down to those of the packages says whether it changed. Changes
//! farther down, and links from elsewhere to its files, are noticed after a day.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::belief;
use crate::context::Context;
use crate::environment::Environment;
use crate::fs::private::{create_private, read_private};
use crate::fs::usage::DiskUsage;
use crate::fs::{entries_in, write_whole};
use crate::sorting;

/// How long a size is believed.
const VALID: Duration = Duration::from_hours(24);

/// The longest file that is read.
const LIMIT: u64 = 1024;

/// The size of an environment, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EnvironmentSize {
    /// What its files hold; a file with several hard links counts once.
    pub(crate) apparent: u64,
    /// What deleting it would free.
    pub(crate) freed: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredSize {
    fingerprint: u64,
    size: EnvironmentSize,
}

/// The size of an environment, from the cache if it is there.
pub(crate) fn of(environment: &Environment, context: &Context) -> EnvironmentSize {
    let fingerprint = fingerprint(environment);
    let file = file_of(environment, context);
    if let Some(size) = file.as_deref().and_then(|file| recall(file, fingerprint)) {
        return size;
    }
    let usage = DiskUsage::of(environment.root());
    let size = EnvironmentSize { apparent: usage.apparent, freed: usage.freed() };
    if let Some(file) = file {
        remember(&file, &StoredSize { fingerprint, size });
    }
    size
}

/// The files of the cache.
pub(crate) fn records(context: &Context) -> Vec<PathBuf> {
    let directory = belief::cache_part(context, DIRECTORY);
    let entries = directory.into_iter().flat_map(entries_in);
    let is_ours = |path: &Path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_name);
    entries.map(|entry| entry.path()).filter(|path| is_ours(path)).collect()
}

const DIRECTORY: &str = "sizes";

/// Named after the directory's device and inode, which stay when it is renamed.
fn file_of(environment: &Environment, context: &Context) -> Option<PathBuf> {
    let root = fs::metadata(environment.root()).ok()?;
    Some(belief::cache_part(context, DIRECTORY)?.join(format!("{:x}-{:x}", root.dev(), root.ino())))
}

fn is_name(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split_once('-').is_some_and(|(device, inode)| is_number(device) && is_number(inode))
}

fn recall(file: &Path, fingerprint: u64) -> Option<EnvironmentSize> {
    let written = fs::symlink_metadata(file).ok()?.modified().ok()?;
    if !written.elapsed().is_ok_and(|age| age < VALID) {
        return None;
    }
    let stored: StoredSize = serde_json::from_slice(&read_private(file, LIMIT).ok()?.ok()??).ok()?;
    (stored.fingerprint == fingerprint).then_some(stored.size)
}

/// Failures are ignored: the next command measures again.
fn remember(file: &Path, stored: &StoredSize) {
    let Ok(text) = serde_json::to_vec(stored) else { return };
    if let Some(directory) = file.parent() {
        drop(create_private(directory));
    }
    drop(write_whole(file, &text));
}

/// A hash of the directories that installers change: the root, `bin`, site-packages, and the
/// packages in it.
fn fingerprint(environment: &Environment) -> u64 {
    let mut hasher = DefaultHasher::new();
    let mut add = |path: &Path| {
        if let Ok(entry) = fs::symlink_metadata(path) {
            (entry.ino(), entry.mtime(), entry.mtime_nsec()).hash(&mut hasher);
        }
    };
    let site_packages = environment.site_packages().ok();
    let entries = site_packages.iter().flat_map(entries_in);
    let is_directory = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut packages: Vec<PathBuf> = entries.filter(is_directory).map(|entry| entry.path()).collect();
    sorting::sort(&mut packages);
    let ends = [environment.root().to_path_buf(), environment.bin()];
    ends.iter().chain(&site_packages).chain(&packages).for_each(|path| add(path));
    hasher.finish()
}
