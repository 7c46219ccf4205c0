//! The cache of complete site-packages trees.
//!
//! Owns publishing a tree without replacing another one, and finding it again. `contents` writes
//! the files. A tree is `trees/KEY/site-packages`, with its manifest and its identity beside it.
//! Each file is checked when it is used; an altered tree is discarded and built again.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::contents::{TreeInputs, make};
use super::identity::{self, Freshness, Identity};
use super::manifest::{self, Manifest};
use super::wheel::{Wheel, write_new};
use super::workshop::{Workshop, discard, sweep};
use crate::belief::is_own_directory;
use crate::error::{Error, Result};
use crate::fs::private::{create_private, read_private};
use crate::fs::{entries_in, rename_without_replacing};
use crate::sorting;

/// Longest file beside a tree that is read. pip's manifest has 60 KB.
const LIMIT: u64 = 16 * 1024 * 1024;

const SITE_PACKAGES: &str = "site-packages";

/// A published tree.
#[derive(Debug)]
pub(super) struct Tree {
    /// The directory with the files.
    pub(super) site_packages: PathBuf,
    /// The files as they were built.
    pub(super) manifest: Manifest,
}

/// Opens the tree with this key in the directory of trees. `None` if it is missing or incomplete.
#[must_use]
pub(super) fn open(trees: &Path, key: &str) -> Option<Tree> {
    let directory = trees.join(key);
    let site_packages = directory.join(SITE_PACKAGES);
    // Trees created under a umask that lets others write are built again.
    if !is_own_directory(&site_packages) {
        return None;
    }
    let text = read_private(&directory.join(manifest::FILE), LIMIT).ok()?.ok()??;
    Some(Tree { site_packages, manifest: Manifest::from_text(std::str::from_utf8(&text).ok()?)? })
}

/// Whether a tree with this key seems to exist. A quick check, for messages only.
#[must_use]
pub(super) fn is_there(trees: &Path, key: &str) -> bool {
    fs::symlink_metadata(trees.join(key).join(manifest::FILE)).is_ok()
}

/// The trees with an unreadable manifest or with missing files. Other names than keys are skipped.
#[must_use]
pub(super) fn damaged(trees: &Path) -> Vec<PathBuf> {
    let entries = entries_in(trees);
    let named = entries.filter(|entry| identity::is_key(&entry.file_name()));
    let is_whole = |key: &OsStr| {
        key.to_str().and_then(|key| open(trees, key)).is_some_and(|tree| tree.manifest.is_there(&tree.site_packages))
    };
    let mut damaged: Vec<PathBuf> =
        named.filter(|entry| !is_whole(&entry.file_name())).map(|entry| entry.path()).collect();
    sorting::sort(&mut damaged);
    damaged
}

/// Builds the tree and publishes it. Of several processes at once, the first to finish wins, and
/// the others use its tree.
pub(super) fn build(trees: &Path, identity: &Identity, making: TreeInputs<'_>) -> Result<Tree> {
    create_private(trees).map_err(Error::io("create", trees))?;
    sweep(trees);
    drop_outdated(trees);
    let workshop = Workshop::open_in(trees).map_err(Error::io("write in", trees))?;
    let made = workshop.join(identity.key());
    let site_packages = made.join(SITE_PACKAGES);
    fs::create_dir(&made).map_err(Error::io("create", &made))?;
    make(making, &site_packages)?;
    let manifest = Manifest::of(&site_packages).map_err(Error::io("read", &site_packages))?;
    write_new(&made.join(identity::FILE), identity.text(), 0o666)
        .and_then(|()| write_new(&made.join(manifest::FILE), manifest.text().as_bytes(), 0o666))
        .map_err(Error::io("write", &made))?;

    let target = trees.join(identity.key());
    let published = match rename_without_replacing(&made, &target) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match open(trees, identity.key()) {
            Some(theirs) => return Ok(theirs),
            // Incomplete after a crash of the machine, or not a tree at all.
            None => discard(&target, trees).and_then(|()| rename_without_replacing(&made, &target)),
        },
        done => done,
    };
    match published {
        // Another process with the same problem has just replaced it.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            open(trees, identity.key()).ok_or(error).map_err(Error::io("read", &target))
        }
        Err(error) => Err(Error::io("write", &target)(error)),
        Ok(()) => Ok(Tree { site_packages: target.join(SITE_PACKAGES), manifest }),
    }
}

/// Builds the tree directly for one environment, if there is no cache to write to.
pub(super) fn build_beside(site_packages: &Path, making: TreeInputs<'_>) -> Result<()> {
    let parent = site_packages.parent().unwrap_or(Path::new("/"));
    let workshop = Workshop::open_in(parent).map_err(Error::io("write in", parent))?;
    let made = workshop.join(SITE_PACKAGES);
    make(making, &made)?;
    fs::rename(&made, site_packages).map_err(Error::io("create", site_packages))
}

/// Removes the altered tree with this key.
pub(super) fn discard_altered(trees: &Path, key: &str) {
    // If the removal fails, building a new tree reports the reason.
    drop(discard(&trees.join(key), trees));
}

/// The wheels of all trees that still exist unchanged, each with the site-packages it is unpacked
/// in.
pub(super) fn sources(trees: &Path) -> Vec<(Wheel, PathBuf)> {
    let mut sources = Vec::new();
    for entry in entries_in(trees) {
        let Some(text) = identity_in(&entry.path()) else {
            continue;
        };
        if identity::freshness(&text) == Freshness::Current {
            let wheels = identity::wheels(&text).filter_map(|path| Wheel::named(&path));
            sources.extend(wheels.map(|wheel| (wheel, entry.path().join(SITE_PACKAGES))));
        }
    }
    sources
}

/// The identity file of the tree in a directory.
fn identity_in(directory: &Path) -> Option<Vec<u8>> {
    read_private(&directory.join(identity::FILE), LIMIT).ok()?.ok()?
}

/// Removes trees whose wheel was replaced, for example by a system upgrade. Trees with a missing
/// wheel stay: another machine that shares the cache may have it.
fn drop_outdated(trees: &Path) {
    for entry in entries_in(trees) {
        let text = identity_in(&entry.path()).filter(|_| identity::is_key(&entry.file_name()));
        if text.is_some_and(|text| identity::freshness(&text) == Freshness::Changed) {
            drop(discard(&entry.path(), trees));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::seed::contents::compiled;
    use crate::seed::tests::real_interpreter;
    use crate::seed::wheel::tests::wheel_with;

    #[test]
    fn of_many_builders_one_wins_and_all_have_a_tree() {
        let room = tempfile::tempdir().unwrap();
        let (context, interpreter) = (Context::made_of(&[]), real_interpreter());
        let wheels = [wheel_with(room.path(), &[("demo/broken.py", "not ) python")])];
        let making = TreeInputs { context: &context, interpreter: &interpreter, wheels: &wheels };
        let identity = Identity::of(&wheels, &interpreter).unwrap();
        let trees = room.path().join("ca che/$trees");
        let built: Vec<Tree> = std::thread::scope(|scope| {
            let builders: Vec<_> = (0..4).map(|_| scope.spawn(|| build(&trees, &identity, making).unwrap())).collect();
            builders.into_iter().map(|builder| builder.join().unwrap()).collect()
        });
        let one = open(&trees, identity.key()).unwrap();
        assert!(built.iter().all(|tree| tree.manifest == one.manifest && tree.site_packages == one.site_packages));
        assert_eq!(fs::read_dir(&trees).unwrap().count(), 1, "no leftovers");

        let site = &one.site_packages;
        let pyc = compiled("demo/main.py", &interpreter).unwrap();
        assert!(site.join(&pyc).is_file());
        let record = fs::read_to_string(site.join("demo-1.0.dist-info/RECORD")).unwrap();
        assert!(record.contains(&format!("\r\n{pyc},,\r\n")), "{record}");
        assert!(!record.contains("broken.c") && record.contains("\r\ndemo-1.0.dist-info/RECORD,,\r\n"), "{record}");
        assert_eq!(sources(&trees), [(wheels[0].clone(), site.clone())]);
    }

    #[test]
    fn an_invalid_tree_is_replaced() {
        let room = tempfile::tempdir().unwrap();
        let (context, interpreter) = (Context::made_of(&[]), real_interpreter());
        let wheels = [wheel_with(room.path(), &[])];
        let making = TreeInputs { context: &context, interpreter: &interpreter, wheels: &wheels };
        let identity = Identity::of(&wheels, &interpreter).unwrap();
        let trees = room.path().join("trees");
        fs::create_dir_all(trees.join(identity.key())).unwrap();
        fs::create_dir_all(trees.join(".building-dead")).unwrap();
        assert!(open(&trees, identity.key()).is_none());
        build(&trees, &identity, making).unwrap();
        assert!(open(&trees, identity.key()).is_some());
        assert_eq!(fs::read_dir(&trees).unwrap().count(), 1);
    }
}
