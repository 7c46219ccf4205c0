//! The cache of complete site-packages trees: unpacked, compiled, with a RECORD that lacks only the
//! rows of the scripts.
//!
//! Owns building a tree, publishing it without replacing another one, and finding it again. A tree
//! is `trees/KEY/site-packages`, with its manifest and its identity beside it. Each file is checked
//! when it is used; an altered tree is discarded and built again.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::identity::{self, Freshness, Identity};
use super::manifest::{self, Manifest};
use super::wheel::{Wheel, write_new};
use super::workshop::{Workshop, discard, sweep};
use crate::asked::{Patience, ask};
use crate::belief::is_own_directory;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::formats::dist_info::{INSTALLER, RECORD, REQUESTED};
use crate::formats::record::{self, InstalledFile};
use crate::fs::private::{create_private, read_private};
use crate::fs::rename_without_replacing;
use crate::interpreter::Interpreter;
use crate::isolation;
use crate::versions::Release;

/// Longest file beside a tree that is read. pip's manifest has 60 KB.
const LIMIT: u64 = 16 * 1024 * 1024;

const SITE_PACKAGES: &str = "site-packages";

/// How long compiling may take. One second is usual, and the environment works without.
const LONGEST_COMPILING: Patience = Patience::seconds(120);

/// A published tree.
#[derive(Debug)]
pub(super) struct Tree {
    /// The directory with the files.
    pub(super) site_packages: PathBuf,
    /// The files as they were built.
    pub(super) manifest: Manifest,
}

/// The inputs of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeInputs<'a> {
    pub(super) context: &'a Context,
    pub(super) interpreter: &'a Interpreter,
    pub(super) wheels: &'a [Wheel],
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
    let entries = fs::read_dir(trees).into_iter().flatten().flatten();
    let named = entries.filter(|entry| identity::is_key(&entry.file_name()));
    let is_whole = |key: &OsStr| {
        key.to_str().and_then(|key| open(trees, key)).is_some_and(|tree| tree.manifest.is_there(&tree.site_packages))
    };
    let mut damaged: Vec<PathBuf> =
        named.filter(|entry| !is_whole(&entry.file_name())).map(|entry| entry.path()).collect();
    damaged.sort();
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
    for entry in fs::read_dir(trees).into_iter().flatten().flatten() {
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
    for entry in fs::read_dir(trees).into_iter().flatten().flatten() {
        let text = identity_in(&entry.path()).filter(|_| identity::is_key(&entry.file_name()));
        if text.is_some_and(|text| identity::freshness(&text) == Freshness::Changed) {
            drop(discard(&entry.path(), trees));
        }
    }
}

/// Unpacks, compiles and records into `site_packages`, which must not exist.
fn make(making: TreeInputs<'_>, site_packages: &Path) -> Result<()> {
    fs::create_dir(site_packages).map_err(Error::io("create", site_packages))?;
    let mut unpacked = Vec::new();
    for wheel in making.wheels {
        unpacked.push(wheel.unpack(site_packages).map_err(Error::io("unpack", &wheel.path))?);
    }
    compile(making, site_packages);
    for (wheel, rows) in making.wheels.iter().zip(unpacked) {
        record(making, wheel, rows, site_packages).map_err(Error::io("write in", site_packages))?;
    }
    Ok(())
}

/// Compiles all files that compile. Nothing here is an error: pip contains files for other Pythons,
/// and an environment works without compiled files.
fn compile(making: TreeInputs<'_>, site_packages: &Path) {
    let TreeInputs { context, interpreter, .. } = making;
    let run = |options: &[&str]| {
        drop(ask(context, &interpreter.base_executable, LONGEST_COMPILING, |command| {
            command.args(options).arg("-q").arg(site_packages).current_dir("/");
            // With this variable, Python checks its compiled files by hash at each start.
            isolation::without_variables(command).env_remove("SOURCE_DATE_EPOCH");
        }));
    };
    if interpreter.version.major < 3 {
        return run(&["-E", "-s", "-m", "compileall"]);
    }
    run(&["-I", "-m", "compileall", "-j0"]);
    let is_compiled = |wheel: &Wheel| site_packages.join(&wheel.name).join("__pycache__").is_dir();
    if !making.wheels.iter().any(is_compiled) {
        // Several processes need semaphores, which some containers lack.
        run(&["-I", "-m", "compileall"]);
    }
}

/// Writes the metadata that an installer adds to a package: INSTALLER, REQUESTED, RECORD.
fn record(making: TreeInputs<'_>, wheel: &Wheel, mut rows: Vec<InstalledFile>, site_packages: &Path) -> io::Result<()> {
    let dist_info = wheel.dist_info();
    let compiled = rows.iter().filter_map(|row| compiled(row.path(), making.interpreter));
    let compiled: Vec<String> = compiled.filter(|path| site_packages.join(path).is_file()).collect();
    rows.extend(compiled.into_iter().map(InstalledFile::unhashed));
    let mut add = |name: &str, content: &[u8]| {
        let path = format!("{dist_info}/{name}");
        rows.push(InstalledFile::of(&path, content));
        write_new(&site_packages.join(path), content, 0o666)
    };
    // Without venvwrap, pip would have installed the package. Any other word makes other tools
    // refuse to uninstall it.
    add(INSTALLER, b"pip\n")?;
    if marks_requested(making.wheels) {
        add(REQUESTED, b"")?;
    }
    let path = format!("{dist_info}/{RECORD}");
    rows.push(InstalledFile::unhashed(path.clone()));
    write_new(&site_packages.join(path), &record::text(rows), 0o666)
}

/// The first pip that writes REQUESTED. An older one does not remove it.
const MARKS_REQUESTED: Release = Release::new(20, 2, 0);

fn marks_requested(wheels: &[Wheel]) -> bool {
    let pip = wheels.iter().find(|wheel| wheel.name == "pip");
    pip.is_none_or(|pip| Release::leading(&pip.version) >= Some(MARKS_REQUESTED))
}

/// The path of the compiled file for `source`.
fn compiled(source: &str, interpreter: &Interpreter) -> Option<String> {
    let path = Path::new(source);
    (path.extension() == Some(OsStr::new("py"))).then_some(())?;
    if interpreter.version.major < 3 {
        return Some(format!("{source}c"));
    }
    let name = format!("{}.{}.pyc", path.file_stem()?.to_str()?, interpreter.cache_tag);
    path.parent()?.join("__pycache__").join(name).into_os_string().into_string().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::{made_up_interpreter, real_interpreter};
    use crate::seed::wheel::tests::wheel_with;

    #[test]
    fn compiled_files_are_where_that_python_looks() {
        let mut interpreter = made_up_interpreter();
        assert_eq!(compiled("x.py", &interpreter).unwrap(), "__pycache__/x.cpython-313.pyc");
        assert_eq!(compiled("a/b.c.py", &interpreter).unwrap(), "a/__pycache__/b.c.cpython-313.pyc");
        assert_eq!(compiled("a/b.txt", &interpreter), None);
        interpreter.version.major = 2;
        assert_eq!(compiled("a/b.py", &interpreter).unwrap(), "a/b.pyc");
    }

    #[test]
    fn requested_is_marked_where_that_pip_would() {
        let with = |name: &str| marks_requested(&[Wheel::named(Path::new(name)).unwrap()]);
        assert!(!with("pip-18.1-py2.py3-none-any.whl"));
        assert!(!with("pip-20.1.1-py2.py3-none-any.whl"));
        assert!(with("pip-20.2-py2.py3-none-any.whl"));
        assert!(with("pip-24.2-py3-none-any.whl"));
    }

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
    fn a_tree_that_is_no_tree_is_replaced() {
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
