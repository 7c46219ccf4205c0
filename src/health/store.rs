//! The store: can it be used, and what lies in it that is no environment.

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

use super::{Examination, What};
use crate::config::Config;
use crate::env_vars;
use crate::environment::integrity::is_called_python;
use crate::hooks::Event;
use crate::tmpenv;
use crate::workon_home::purge::Undeletable;

/// A disk with less is nearly full; an environment with pip has 15 MB.
const LITTLE: u64 = 200 * 1024 * 1024;

pub(super) fn check(examination: &Examination<'_>) -> Vec<(PathBuf, What)> {
    let home = examination.home.path();
    let permissions = match fs::metadata(home) {
        Ok(entry) if entry.is_dir() => entry.permissions(),
        Ok(_) => return vec![(home.to_path_buf(), What::StoreUnusable { reason: "it is a file".to_owned() })],
        Err(error) => return vec![(home.to_path_buf(), missing(home, &error))],
    };
    if let Err(error) = fs::read_dir(home) {
        return vec![(home.to_path_buf(), unusable(&error))];
    }
    let mut found = Vec::new();
    let mut add = |what| found.push((home.to_path_buf(), what));
    match access(home, AccessFlags::W_OK | AccessFlags::X_OK) {
        Err(Errno::EACCES) => add(What::StoreNotWritable { is_ours: super::place::is_ours(home) }),
        Err(Errno::EROFS) => add(What::StoreReadOnly),
        _ => {}
    }
    // With the sticky bit others can at least not replace what is there.
    if permissions.mode() & 0o1002 == 0o0002 {
        add(What::StoreOpen);
    }
    little_space(home).into_iter().for_each(&mut add);
    let leftovers = examination.home.dead_builds();
    if let Some(first) = leftovers.first() {
        found.push((first.clone(), What::Leftovers { count: leftovers.len() }));
    }
    found.extend(
        tmpenv::abandoned(examination.home).iter().map(|name| (home.join(name.as_os_str()), What::TmpenvAbandoned)),
    );
    let halves = examination.home.half_renamed();
    found.extend(halves.iter().map(|(old, new)| {
        let what = if old == new {
            What::UnbegunRename { name: old.clone() }
        } else {
            What::HalfRenamed { old: old.clone(), new: new.clone() }
        };
        (home.join(old), what)
    }));
    found.extend(entries(examination, &halves));
    found.extend(private_directories(examination));
    found
}

/// The directories of ours in the store, and what has to be deleted in them and cannot be.
fn private_directories(examination: &Examination<'_>) -> impl Iterator<Item = (PathBuf, What)> {
    let home = examination.home;
    let keep = Config::read(examination.context).map_or(Duration::MAX, |config| config.trash_kept_for());
    let unusable = home.unusable_shelves().into_iter();
    let unusable = unusable.map(|(path, reason, remedy)| (path, What::ShelfUnusable { reason, remedy }));
    let stuck = home.undeletable(keep).into_iter();
    unusable.chain(stuck.map(|Undeletable { path, reason, remedy }| (path, What::Undeletable { reason, remedy })))
}

/// Nothing has the name, or it is a link that leads nowhere.
fn missing(home: &Path, error: &io::Error) -> What {
    match fs::symlink_metadata(home) {
        Err(_) if error.kind() == io::ErrorKind::NotFound => What::NoStore,
        Ok(_) if error.kind() == io::ErrorKind::NotFound => {
            What::StoreUnusable { reason: "it is a link that leads nowhere".to_owned() }
        }
        _ => unusable(error),
    }
}

fn unusable(error: &io::Error) -> What {
    let reason = match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ELOOP) => "it is a link that leads to itself".to_owned(),
        Some(errno) => errno.desc().to_lowercase(),
        None => error.to_string(),
    };
    What::StoreUnusable { reason }
}

fn little_space(home: &Path) -> Option<What> {
    let disk = statvfs(home).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(disk.fragment_size());
    #[allow(clippy::useless_conversion, reason = "the type differs from system to system")]
    let (left, all) = (bytes(disk.blocks_available().into()), bytes(disk.blocks().into()));
    is_little(left, all).then_some(What::LittleSpace { left })
}

/// On a small disk it is the share that counts.
fn is_little(left: u64, all: u64) -> bool {
    left < LITTLE && left.saturating_mul(20) < all
}

/// The entries that are neither environments nor hooks nor hidden.
fn entries(examination: &Examination<'_>, halves: &[(OsString, OsString)]) -> Vec<(PathBuf, What)> {
    let home = examination.home.path();
    let environments = examination.home.names().unwrap_or_default();
    let mut names: Vec<OsString> =
        fs::read_dir(home).into_iter().flatten().flatten().map(|entry| entry.file_name()).collect();
    names.retain(|name| {
        !name.as_bytes().starts_with(b".")
            && environments.binary_search(name).is_err()
            && !halves.iter().any(|(old, _)| old == name)
    });
    names.sort_unstable();
    let mut found = Vec::new();
    let mut strangers = Vec::new();
    for name in names {
        let path = home.join(&name);
        match entry(examination, &path, &name) {
            Some(Entry::Broken(what)) => found.push((path, what)),
            Some(Entry::Stranger) => strangers.push(name),
            None => {}
        }
    }
    found
        .extend(strangers.first().map(|name| home.join(name)).map(|path| (path, What::Strangers { names: strangers })));
    found
}

enum Entry {
    Broken(What),
    Stranger,
}

fn entry(examination: &Examination<'_>, path: &Path, name: &OsStr) -> Option<Entry> {
    let kind = match fs::metadata(path) {
        Ok(kind) => kind,
        Err(error) => {
            // Gone since the directory was read, or a link.
            let target = fs::read_link(path).ok()?;
            let is_loop = error.raw_os_error() == Some(Errno::ELOOP as i32);
            return Some(Entry::Broken(if is_loop { What::LinkLoop } else { What::DanglingLink { target } }));
        }
    };
    if !kind.is_dir() {
        return (!is_known_file(examination, path, name)).then_some(Entry::Stranger);
    }
    let is_refused = access(path, AccessFlags::R_OK | AccessFlags::X_OK) == Err(Errno::EACCES);
    if is_refused {
        return Some(Entry::Broken(What::Unreadable { is_ours: super::place::is_ours(path) }));
    }
    let mut programs = fs::read_dir(path.join("bin")).into_iter().flatten().flatten();
    // conda's have no pyvenv.cfg and are none of ours.
    let is_husk = !path.join("conda-meta").is_dir() && programs.any(|entry| is_called_python(&entry.file_name()));
    Some(if is_husk { Entry::Broken(What::Husk) } else { Entry::Stranger })
}

/// Hooks, also those in fish's language, and virtualenvwrapper's log.
fn is_known_file(examination: &Examination<'_>, path: &Path, name: &OsStr) -> bool {
    let stem = name.as_bytes().strip_suffix(b".fish").map_or(name, OsStr::from_bytes);
    let log = examination.context.variable(env_vars::VIRTUALENVWRAPPER_LOG_FILE);
    Event::named(stem).is_some() || name == "hook.log" || log.is_some_and(|log| Path::new(log) == path)
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
