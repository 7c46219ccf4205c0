//! The cache of finished site-packages: unpacked, compiled, with RECORD but for the rows of the
//! scripts.
//!
//! Owns making one, publishing it without replacing another's, and finding it again. Such a tree is
//! `trees/KEY/site-packages`, with the manifest and the lines of `identity` beside it. Whether it
//! is still what it was is checked file by file while it is used; one that is not is discarded and
//! made anew.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::identity::{self, Identity, Standing};
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

/// Longest file beside a tree that is read; the manifest of pip has 60 KB.
const LIMIT: u64 = 16 * 1024 * 1024;

const SITE_PACKAGES: &str = "site-packages";

/// How long compiling may take: a second where it works, and the environment works without.
const LONGEST_COMPILING: Patience = Patience::seconds(120);

/// A published tree.
#[derive(Debug)]
pub(super) struct Tree {
    /// Where its files are.
    pub(super) site_packages: PathBuf,
    /// What they were when it was made.
    pub(super) manifest: Manifest,
}

/// What trees are made of and with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Making<'a> {
    pub(super) context: &'a Context,
    pub(super) interpreter: &'a Interpreter,
    pub(super) wheels: &'a [Wheel],
}

/// Opens the tree of that key in the directory of trees. `None` where there is none that is whole.
#[must_use]
pub(super) fn open(trees: &Path, key: &str) -> Option<Tree> {
    let directory = trees.join(key);
    let site_packages = directory.join(SITE_PACKAGES);
    // Those that were made under a umask which lets others write are made again.
    if !is_own_directory(&site_packages) {
        return None;
    }
    let text = read_private(&directory.join(manifest::FILE), LIMIT).ok()?.ok()??;
    Some(Tree { site_packages, manifest: Manifest::from_text(std::str::from_utf8(&text).ok()?)? })
}

/// Whether a tree of that key seems to be there: one look, for deciding what to tell the person.
#[must_use]
pub(super) fn is_there(trees: &Path, key: &str) -> bool {
    fs::symlink_metadata(trees.join(key).join(manifest::FILE)).is_ok()
}

/// The trees without a manifest that can be read, or without what it lists at its top. What has no
/// name of ours is not looked at.
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

/// Makes the tree and publishes it. Of many at once the first to be ready wins and the others take
/// what it made.
pub(super) fn build(trees: &Path, identity: &Identity, making: Making<'_>) -> Result<Tree> {
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
            // Cut short by a crash of the machine, or not a tree at all.
            None => discard(&target, trees).and_then(|()| rename_without_replacing(&made, &target)),
        },
        done => done,
    };
    match published {
        // Replaced in this very moment by somebody with the same trouble.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            open(trees, identity.key()).ok_or(error).map_err(Error::io("read", &target))
        }
        Err(error) => Err(Error::io("write", &target)(error)),
        Ok(()) => Ok(Tree { site_packages: target.join(SITE_PACKAGES), manifest }),
    }
}

/// Makes the site-packages in a workshop in `parent` and moves it to `site_packages` there: for
/// when there is no cache to write to.
pub(super) fn build_beside(site_packages: &Path, making: Making<'_>) -> Result<()> {
    let parent = site_packages.parent().unwrap_or(Path::new("/"));
    let workshop = Workshop::open_in(parent).map_err(Error::io("write in", parent))?;
    let made = workshop.join(SITE_PACKAGES);
    make(making, &made)?;
    fs::rename(&made, site_packages).map_err(Error::io("create", site_packages))
}

/// Removes the tree of that key, which turned out altered.
pub(super) fn discard_altered(trees: &Path, key: &str) {
    // If it cannot be removed, making a new one says why.
    drop(discard(&trees.join(key), trees));
}

/// The wheels that trees were made from, and that are still there, each with the site-packages it
/// is unpacked in.
pub(super) fn sources(trees: &Path) -> Vec<(Wheel, PathBuf)> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(trees).into_iter().flatten().flatten() {
        let Some(text) = identity_in(&entry.path()) else {
            continue;
        };
        if identity::standing(&text) == Standing::Current {
            let wheels = identity::wheels(&text).filter_map(|path| Wheel::named(&path));
            sources.extend(wheels.map(|wheel| (wheel, entry.path().join(SITE_PACKAGES))));
        }
    }
    sources
}

/// The lines that say what the tree in a directory was made from.
fn identity_in(directory: &Path) -> Option<Vec<u8>> {
    read_private(&directory.join(identity::FILE), LIMIT).ok()?.ok()?
}

/// Removes trees whose wheel was replaced by another file, as an upgrade of the system does. Those
/// whose wheel is not there stay: the cache may be shared with a machine that has it.
fn drop_outdated(trees: &Path) {
    for entry in fs::read_dir(trees).into_iter().flatten().flatten() {
        let text = identity_in(&entry.path()).filter(|_| identity::is_key(&entry.file_name()));
        if text.is_some_and(|text| identity::standing(&text) == Standing::Changed) {
            drop(discard(&entry.path(), trees));
        }
    }
}

/// Unpacks, compiles and records into `site_packages`, which must not be there.
fn make(making: Making<'_>, site_packages: &Path) -> Result<()> {
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

/// Compiles everything that can be. pip brings files for other Pythons that this one cannot
/// compile, and an environment without compiled files works too: nothing here is a failure.
fn compile(making: Making<'_>, site_packages: &Path) {
    let Making { context, interpreter, .. } = making;
    let run = |options: &[&str]| {
        drop(ask(context, &interpreter.base_executable, LONGEST_COMPILING, |command| {
            command.args(options).arg("-q").arg(site_packages).current_dir("/");
            // Were it set, Python would write compiled files that it checks by hash at every start.
            isolation::without_variables(command).env_remove("SOURCE_DATE_EPOCH");
        }));
    };
    if interpreter.version.major < 3 {
        return run(&["-E", "-s", "-m", "compileall"]);
    }
    run(&["-I", "-m", "compileall", "-j0"]);
    let is_compiled = |wheel: &Wheel| site_packages.join(&wheel.name).join("__pycache__").is_dir();
    if !making.wheels.iter().any(is_compiled) {
        // Several processes need semaphores, which a container can be without.
        run(&["-I", "-m", "compileall"]);
    }
}

/// Writes what an installer adds to the metadata of a package: INSTALLER, REQUESTED, RECORD.
fn record(making: Making<'_>, wheel: &Wheel, mut rows: Vec<InstalledFile>, site_packages: &Path) -> io::Result<()> {
    let dist_info = wheel.dist_info();
    let compiled = rows.iter().filter_map(|row| compiled(row.path(), making.interpreter));
    let compiled: Vec<String> = compiled.filter(|path| site_packages.join(path).is_file()).collect();
    rows.extend(compiled.into_iter().map(InstalledFile::unhashed));
    let mut add = |name: &str, content: &[u8]| {
        let path = format!("{dist_info}/{name}");
        rows.push(InstalledFile::of(&path, content));
        write_new(&site_packages.join(path), content, 0o666)
    };
    // The word is pip's as long as pip is what would have installed it: nobody else may uninstall
    // it otherwise.
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

/// Where Python keeps the compiled form of `source`.
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
        let making = Making { context: &context, interpreter: &interpreter, wheels: &wheels };
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
        let making = Making { context: &context, interpreter: &interpreter, wheels: &wheels };
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
