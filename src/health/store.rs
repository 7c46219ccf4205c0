//! Checks the store: that it can be used, and that everything in it belongs there.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, access};

use super::facts::is_ours;
use super::{Examination, Symptom};
use crate::config::Config;
use crate::env_vars;
use crate::environment::integrity::is_called_python;
use crate::formats::conda_meta;
use crate::fs::entries_in;
use crate::hooks::Event;
use crate::sorting;
use crate::templates;
use crate::tmpenv;
use crate::workon_home::purge::Undeletable;

/// A disk with less space is nearly full; an environment with pip takes 15 MB.
const LITTLE: u64 = 200 * 1024 * 1024;

pub(super) fn check(examination: &Examination<'_>) -> Vec<(PathBuf, Symptom)> {
    let home = examination.home.path();
    let permissions = match fs::metadata(home) {
        Ok(entry) if entry.is_dir() => entry.permissions(),
        Ok(_) => return vec![(home.to_path_buf(), Symptom::StoreUnusable { reason: "it is a file".to_owned() })],
        Err(error) => return vec![(home.to_path_buf(), missing(home, &error))],
    };
    if let Err(error) = fs::read_dir(home) {
        return vec![(home.to_path_buf(), unusable(&error))];
    }
    let mut found = Vec::new();
    let mut add = |symptom| found.push((home.to_path_buf(), symptom));
    match access(home, AccessFlags::W_OK | AccessFlags::X_OK) {
        Err(Errno::EACCES) => add(Symptom::StoreNotWritable { is_ours: is_ours(home) }),
        Err(Errno::EROFS) => add(Symptom::StoreReadOnly),
        _ => {}
    }
    // With the sticky bit, other users cannot replace existing entries.
    if permissions.mode() & 0o1002 == 0o0002 {
        add(Symptom::StoreOpen);
    }
    little_space(home).into_iter().for_each(&mut add);
    let leftovers = examination.home.dead_builds();
    if let Some(first) = leftovers.first() {
        found.push((first.clone(), Symptom::Leftovers { count: leftovers.len() }));
    }
    found.extend(
        tmpenv::abandoned(examination.home).iter().map(|name| (home.join(name.as_os_str()), Symptom::TmpenvAbandoned)),
    );
    let halves = examination.home.half_renamed();
    found.extend(halves.iter().map(|(old, new)| {
        let symptom = if old == new {
            Symptom::RenameNotStarted { name: old.clone() }
        } else {
            Symptom::RenameUnfinished { old: old.clone(), new: new.clone() }
        };
        (home.join(old), symptom)
    }));
    found.extend(entries(examination, &halves));
    found.extend(private_directories(examination));
    found
}

/// The directories in `.venvwrap` that cannot be used, and removed environments in it that cannot
/// be deleted.
fn private_directories(examination: &Examination<'_>) -> impl Iterator<Item = (PathBuf, Symptom)> {
    let home = examination.home;
    let keep = Config::read(examination.context).map_or(Duration::MAX, |config| config.trash_kept_for());
    let unusable = home.unusable_directories().into_iter();
    let unusable = unusable.map(|(path, reason, remedy)| (path, Symptom::PrivateDirectoryUnusable { reason, remedy }));
    let stuck = home.undeletable(keep).into_iter();
    unusable.chain(stuck.map(|Undeletable { path, reason, remedy }| (path, Symptom::Undeletable { reason, remedy })))
}

/// Nothing is there, or a link to nothing.
fn missing(home: &Path, error: &io::Error) -> Symptom {
    match fs::symlink_metadata(home) {
        Err(_) if error.kind() == io::ErrorKind::NotFound => Symptom::NoStore,
        Ok(_) if error.kind() == io::ErrorKind::NotFound => {
            Symptom::StoreUnusable { reason: "it is a link to nothing".to_owned() }
        }
        _ => unusable(error),
    }
}

fn unusable(error: &io::Error) -> Symptom {
    let reason = match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ELOOP) => "it is a link to itself".to_owned(),
        Some(errno) => errno.desc().to_lowercase(),
        None => error.to_string(),
    };
    Symptom::StoreUnusable { reason }
}

fn little_space(home: &Path) -> Option<Symptom> {
    let disk = statvfs(home).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.fragment_size());
    #[allow(clippy::useless_conversion, reason = "the type differs from system to system")]
    let (left, all) = (bytes(disk.blocks_available().into()), bytes(disk.blocks().into()));
    is_little(left, all).then_some(Symptom::LittleSpace { left })
}

/// Whether a disk is nearly full. On a small disk, the share of free space counts.
fn is_little(left: u64, all: u64) -> bool {
    left < LITTLE && left.saturating_mul(20) < all
}

/// The entries that are neither environments, hooks, project templates, nor hidden files.
fn entries(examination: &Examination<'_>, halves: &[(OsString, OsString)]) -> Vec<(PathBuf, Symptom)> {
    let home = examination.home.path();
    let environments = examination.home.names().unwrap_or_default();
    let mut names: Vec<OsString> = entries_in(home).map(|entry| entry.file_name()).collect();
    names.retain(|name| {
        !name.as_bytes().starts_with(b".")
            && environments.binary_search(name).is_err()
            && !halves.iter().any(|(old, _)| old == name)
    });
    sorting::sort(&mut names);
    let mut found = Vec::new();
    let mut strays = Vec::new();
    for name in names {
        let path = home.join(&name);
        match entry(examination, &path, &name) {
            Some(StoreEntry::Broken(symptom)) => found.push((path, symptom)),
            Some(StoreEntry::Stray) => strays.push(name),
            None => {}
        }
    }
    found.extend(strays.first().map(|name| home.join(name)).map(|path| (path, Symptom::Strays { names: strays })));
    found
}

enum StoreEntry {
    Broken(Symptom),
    Stray,
}

fn entry(examination: &Examination<'_>, path: &Path, name: &OsStr) -> Option<StoreEntry> {
    let kind = match fs::metadata(path) {
        Ok(kind) => kind,
        Err(error) => {
            // A broken link. Otherwise the entry was removed since the directory was read.
            let target = fs::read_link(path).ok()?;
            let is_loop = error.raw_os_error() == Some(Errno::ELOOP as i32);
            return Some(StoreEntry::Broken(if is_loop {
                Symptom::LinkLoop
            } else {
                Symptom::DanglingLink { target }
            }));
        }
    };
    if !kind.is_dir() {
        return (!is_known_file(examination, path, name)).then_some(StoreEntry::Stray);
    }
    let is_refused = access(path, AccessFlags::R_OK | AccessFlags::X_OK) == Err(Errno::EACCES);
    if is_refused {
        return Some(StoreEntry::Broken(Symptom::Unreadable { is_ours: is_ours(path) }));
    }
    let mut programs = entries_in(path.join("bin"));
    // conda's environments have no pyvenv.cfg.
    let is_husk = !conda_meta::is_in(path) && programs.any(|entry| is_called_python(&entry.file_name()));
    if is_husk {
        return Some(StoreEntry::Broken(Symptom::Husk));
    }
    (name != templates::DIRECTORY).then_some(StoreEntry::Stray)
}

/// Hooks and virtualenvwrapper's log.
fn is_known_file(examination: &Examination<'_>, path: &Path, name: &OsStr) -> bool {
    let log = examination.context.variable(env_vars::VIRTUALENVWRAPPER_LOG_FILE);
    Event::of_file(name).is_some() || name == "hook.log" || log.is_some_and(|log| Path::new(log) == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_nearly_full_by_bytes_and_by_share() {
        const GIGABYTE: u64 = 1 << 30;
        assert!(is_little(0, GIGABYTE) && is_little(LITTLE - 1, 100 * GIGABYTE));
        assert!(!is_little(LITTLE, 100 * GIGABYTE));
        assert!(!is_little(60 << 20, 64 << 20) && !is_little(0, 0));
    }
}
