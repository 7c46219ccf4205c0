//! Puts a cached tree into an environment, by hard links or by copies, on two threads.
//!
//! Owns the fallback from links to copies, and the check of every file on its way. Never makes a
//! symbolic link, because pip and uv write and delete through those (FINDINGS.md 3).

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::fstatat;
use nix::unistd::linkat;

use super::manifest::{Directory, ListedFile, Manifest};
use crate::formats::dist_info::RECORD;
use crate::formats::record::is_record;
use crate::fs::{Copier, open_directory};

/// How files get into the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferMode {
    /// Hard links where possible, else copies.
    Link,
    /// Copies. They share storage if the file system supports it (reflinks), but never a file.
    Copy,
}

/// Why a transfer failed.
#[derive(Debug)]
pub(super) enum TransferError {
    /// The tree differs from its manifest.
    Altered,
    /// A system call failed.
    Io(io::Error),
}

impl From<io::Error> for TransferError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Puts all files of the manifest from `from` into `to`, whose parent must exist. Returns `Link` if
/// only RECORD files, which differ in each environment, were copied.
///
/// After a failure, the files put there so far stay.
pub(super) fn transfer(
    manifest: &Manifest,
    from: &Path,
    to: &Path,
    by: TransferMode,
) -> Result<TransferMode, TransferError> {
    let job = Job {
        from,
        to,
        left: Mutex::new(manifest.directories.iter()),
        may_link: AtomicBool::new(by == TransferMode::Link),
        copier: Copier::default(),
        had_to_copy: AtomicBool::new(by == TransferMode::Copy),
    };
    job.run()?;
    Ok(if job.had_to_copy.into_inner() { TransferMode::Copy } else { TransferMode::Link })
}

/// An open directory on one side. Resolving each of a thousand paths from the root would be a sixth
/// of the work.
struct OpenDirectory {
    path: PathBuf,
    directory: File,
}

impl OpenDirectory {
    fn open(path: PathBuf) -> io::Result<Self> {
        open_directory(&path).map(|directory| Self { path, directory })
    }
}

type Directories<'a> = std::slice::Iter<'a, Directory>;

struct Job<'a> {
    from: &'a Path,
    to: &'a Path,
    /// The directories that no thread has taken yet.
    left: Mutex<Directories<'a>>,
    may_link: AtomicBool,
    copier: Copier,
    had_to_copy: AtomicBool,
}

impl<'a> Job<'a> {
    /// One thread starts at the first directory, the other at the last. They share the work evenly,
    /// even if the second one starts late, and stay in different parts of the disk.
    fn run(&self) -> Result<(), TransferError> {
        make_directory(self.to)?;
        std::thread::scope(|scope| {
            let second = scope.spawn(|| self.work(DoubleEndedIterator::next_back));
            let first = self.work(Iterator::next);
            let second = second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            first.and(second)
        })
    }

    fn work(&self, take: impl Fn(&mut Directories<'a>) -> Option<&'a Directory>) -> Result<(), TransferError> {
        let next = || take(&mut self.left.lock().unwrap_or_else(PoisonError::into_inner));
        while let Some(directory) = next() {
            let (from, to) = (joined(self.from, &directory.path), joined(self.to, &directory.path));
            // The thread that starts at the end sees parents later.
            fs::create_dir_all(&to)?;
            let (from, to) = (OpenDirectory::open(from).map_err(missing)?, OpenDirectory::open(to)?);
            for entry in &directory.files {
                // RECORD gets rows for the scripts of this environment.
                let is_own = entry.name == RECORD && is_record(&directory.path.join(RECORD));
                self.file(entry, &from, &to, is_own)?;
            }
        }
        Ok(())
    }

    fn file(
        &self,
        entry: &ListedFile,
        from: &OpenDirectory,
        to: &OpenDirectory,
        is_own: bool,
    ) -> Result<(), TransferError> {
        if !is_own {
            if self.may_link.load(Relaxed) && self.link(entry, from, to)? {
                return Ok(());
            }
            self.had_to_copy.store(true, Relaxed);
        }
        self.copy(entry, &from.path.join(&entry.name), &to.path.join(&entry.name))
    }

    /// Links an unchanged file. `false` if it cannot be linked.
    fn link(&self, entry: &ListedFile, from: &OpenDirectory, to: &OpenDirectory) -> Result<bool, TransferError> {
        let name = entry.name.as_os_str();
        let stat = || fstatat(&from.directory, name, AtFlags::AT_SYMLINK_NOFOLLOW).map_err(io::Error::from);
        if !entry.is(&stat().map_err(missing)?) {
            return Err(TransferError::Altered);
        }
        let linked = linkat(&from.directory, name, &to.directory, name, AtFlags::empty());
        match linked.map_err(io::Error::from) {
            Ok(()) => Ok(true),
            // The file has reached the maximum number of links (65,000 on ext4). Other files have
            // not.
            Err(error) if error.kind() == io::ErrorKind::TooManyLinks => Ok(false),
            // The file vanished since the check: another process is replacing the tree.
            Err(error) if error.kind() == io::ErrorKind::NotFound && stat().is_err() => Err(TransferError::Altered),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::StorageFull) => {
                Err(error.into())
            }
            // Another file system, one without links, or fs.protected_hardlinks: do not try again.
            Err(_) => {
                self.may_link.store(false, Relaxed);
                Ok(false)
            }
        }
    }

    /// Copies an unchanged file with its mode and time.
    fn copy(&self, entry: &ListedFile, from: &Path, to: &Path) -> Result<(), TransferError> {
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        let source = File::options().read(true).custom_flags(flags.bits()).open(from).map_err(missing)?;
        if !entry.is(&source.metadata()?) {
            return Err(TransferError::Altered);
        }
        let write = |copy: &mut File| {
            let mut content = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0) + 1);
            (&source).read_to_end(&mut content)?;
            copy.write_all(&content)
        };
        self.copier.copy(&source, to, entry.permissions(), entry.modified(), write)?;
        Ok(())
    }
}

/// Joins the paths, without the trailing slash that an empty `path` would add.
fn joined(base: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { base.to_path_buf() } else { base.join(path) }
}

/// A missing file means that the tree was altered. All other errors are errors of the system.
fn missing(error: io::Error) -> TransferError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => TransferError::Altered,
        _ => TransferError::Io(error),
    }
}

fn make_directory(path: &Path) -> io::Result<()> {
    match DirBuilder::new().create(path) {
        // The caller may have created the root.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::fs::PermissionsExt;
    use std::time::{Duration, SystemTime};

    /// A tree in the shape of a package, with a subtree on each side of the middle.
    fn room() -> (tempfile::TempDir, Manifest) {
        let room = tempfile::tempdir().unwrap();
        let tree = room.path().join("it's a $tree");
        for directory in ["a/b/c/d", "a/b/e", "a/f/g", "x-1.0.dist-info", "z/y"] {
            fs::create_dir_all(tree.join(directory)).unwrap();
            for number in 0..5 {
                fs::write(tree.join(directory).join(format!("{number} é.py")), directory).unwrap();
            }
        }
        fs::write(tree.join("x-1.0.dist-info/RECORD"), "rows").unwrap();
        let old = SystemTime::UNIX_EPOCH + Duration::new(1_500_000_000, 123_456_789);
        File::options().write(true).open(tree.join("z/y/0 é.py")).unwrap().set_modified(old).unwrap();
        fs::set_permissions(tree.join("z/y/1 é.py"), fs::Permissions::from_mode(0o755)).unwrap();
        let manifest = Manifest::of(&tree).unwrap();
        (room, manifest)
    }

    fn go(room: &Path, manifest: &Manifest, by: TransferMode) -> Result<TransferMode, TransferError> {
        transfer(manifest, &room.join("it's a $tree"), &room.join("to"), by)
    }

    #[test]
    fn linked_files_are_shared_but_record_is_not() {
        let (room, manifest) = room();
        assert_eq!(go(room.path(), &manifest, TransferMode::Link).unwrap(), TransferMode::Link);
        let links = |name: &str| fs::metadata(room.path().join("to").join(name)).unwrap().nlink();
        assert_eq!(links("a/b/c/d/0 é.py"), 2);
        assert_eq!(links("x-1.0.dist-info/RECORD"), 1);
        assert_eq!(Manifest::of(&room.path().join("to")).unwrap(), manifest);
    }

    #[test]
    fn copied_files_are_equal_and_share_nothing() {
        let (room, manifest) = room();
        assert_eq!(go(room.path(), &manifest, TransferMode::Copy).unwrap(), TransferMode::Copy);
        let copied = Manifest::of(&room.path().join("to")).unwrap();
        assert_eq!(copied, manifest, "sizes, times and modes are kept");
        for directory in &copied.directories {
            for entry in &directory.files {
                let stat = fs::metadata(room.path().join("to").join(&directory.path).join(&entry.name)).unwrap();
                assert_eq!(stat.nlink(), 1);
            }
        }
    }

    #[test]
    fn each_directory_is_made_before_those_below_it() {
        let (room, mut manifest) = room();
        // Without files that take a while, one thread makes a directory while the other takes the
        // next.
        for directory in &mut manifest.directories {
            directory.files.clear();
        }
        for _ in 0..50 {
            go(room.path(), &manifest, TransferMode::Link).unwrap();
            assert_eq!(Manifest::of(&room.path().join("to")).unwrap(), manifest);
            crate::fs::remove_tree(&room.path().join("to")).unwrap();
        }
    }

    #[test]
    fn altered_trees_are_detected_for_links_and_copies() {
        for by in [TransferMode::Link, TransferMode::Copy] {
            let (room, manifest) = room();
            let file = room.path().join("it's a $tree/a/f/g/2 é.py");
            fs::write(&file, "another size").unwrap();
            assert!(matches!(go(room.path(), &manifest, by), Err(TransferError::Altered)));
            crate::fs::remove_tree(&room.path().join("to")).unwrap();
            fs::remove_file(&file).unwrap();
            assert!(matches!(go(room.path(), &manifest, by), Err(TransferError::Altered)));
        }
    }

    #[test]
    fn without_links_files_are_copied() {
        let (room, manifest) = room();
        // Linux keeps this apart from whatever holds temporary files, so that a link fails with
        // EXDEV.
        let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
            return;
        };
        let device = |path: &Path| fs::metadata(path).unwrap().dev();
        if device(elsewhere.path()) == device(room.path()) {
            return;
        }
        let to = elsewhere.path().join("to");
        let done = transfer(&manifest, &room.path().join("it's a $tree"), &to, TransferMode::Link).unwrap();
        assert_eq!(done, TransferMode::Copy);
        assert_eq!(Manifest::of(&to).unwrap(), manifest);
    }

    #[test]
    fn a_missing_target_is_not_an_altered_tree() {
        let (room, manifest) = room();
        let to = room.path().join("gone/to");
        let trouble = transfer(&manifest, &room.path().join("it's a $tree"), &to, TransferMode::Link);
        assert!(matches!(trouble, Err(TransferError::Io(_))));
    }
}
