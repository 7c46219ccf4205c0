//! From the tree into an environment: by hard links, or by copies, on two threads.
//!
//! Owns the falling back from one to the other and the check of every file on its way. Never makes
//! a symbolic link: pip and uv write and delete through those (FINDINGS.md 3).

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::fstatat;
use nix::unistd::linkat;

use super::manifest::{Directory, Entry, Manifest};
use crate::formats::dist_info::RECORD;
use crate::formats::record::is_record;
use crate::fs::{Copier, open_directory};

/// How files get there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// Links where they can be made, copies where not.
    Link,
    /// Copies, which share storage where the file system can do that (reflinks), never a file.
    Copy,
}

/// Why they did not.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The source is not what its manifest says.
    Altered,
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Puts all of the manifest, found under `from`, under `to`, whose parent must be there. Says how
/// it was done: `Link` only where no file had to be copied but those that an environment has to
/// have for itself.
///
/// What was done until something failed stays there.
pub(super) fn transfer(manifest: &Manifest, from: &Path, to: &Path, by: By) -> Result<By, Trouble> {
    let job = Job {
        from,
        to,
        left: Mutex::new(manifest.directories.iter()),
        may_link: AtomicBool::new(by == By::Link),
        copier: Copier::default(),
        had_to_copy: AtomicBool::new(by == By::Copy),
    };
    job.run()?;
    Ok(if job.had_to_copy.into_inner() { By::Copy } else { By::Link })
}

/// A directory on one side, open: the way from the root to each of a thousand files would be a
/// sixth of the work.
struct Place {
    path: PathBuf,
    directory: File,
}

impl Place {
    fn open(path: PathBuf) -> io::Result<Self> {
        open_directory(&path).map(|directory| Self { path, directory })
    }
}

type Directories<'a> = std::slice::Iter<'a, Directory>;

struct Job<'a> {
    from: &'a Path,
    to: &'a Path,
    /// The directories that nobody has taken yet.
    left: Mutex<Directories<'a>>,
    may_link: AtomicBool,
    copier: Copier,
    had_to_copy: AtomicBool,
}

impl<'a> Job<'a> {
    /// One thread goes from the first directory on, the other from the last: they meet where the
    /// work is half done, however late the second one was started, and until then do not touch the
    /// same parts of the disk.
    fn run(&self) -> Result<(), Trouble> {
        make_directory(self.to)?;
        std::thread::scope(|scope| {
            let second = scope.spawn(|| self.work(DoubleEndedIterator::next_back));
            let first = self.work(Iterator::next);
            let second = second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            first.and(second)
        })
    }

    fn work(&self, take: impl Fn(&mut Directories<'a>) -> Option<&'a Directory>) -> Result<(), Trouble> {
        let next = || take(&mut self.left.lock().unwrap_or_else(PoisonError::into_inner));
        while let Some(directory) = next() {
            let (from, to) = (joined(self.from, &directory.path), joined(self.to, &directory.path));
            // From the end on, those above it come later.
            fs::create_dir_all(&to)?;
            let (from, to) = (Place::open(from).map_err(missing)?, Place::open(to)?);
            for entry in &directory.files {
                // RECORD gets rows that only this environment has.
                let is_own = entry.name == RECORD && is_record(&directory.path.join(RECORD));
                self.file(entry, &from, &to, is_own)?;
            }
        }
        Ok(())
    }

    fn file(&self, entry: &Entry, from: &Place, to: &Place, is_own: bool) -> Result<(), Trouble> {
        if !is_own {
            if self.may_link.load(Relaxed) && self.link(entry, from, to)? {
                return Ok(());
            }
            self.had_to_copy.store(true, Relaxed);
        }
        self.copy(entry, &from.path.join(&entry.name), &to.path.join(&entry.name))
    }

    /// Links a file that is still what it was. `false` where it cannot be linked.
    fn link(&self, entry: &Entry, from: &Place, to: &Place) -> Result<bool, Trouble> {
        let name = entry.name.as_os_str();
        let stat = || fstatat(&from.directory, name, AtFlags::AT_SYMLINK_NOFOLLOW).map_err(io::Error::from);
        if !entry.is(&stat().map_err(missing)?) {
            return Err(Trouble::Altered);
        }
        let linked = linkat(&from.directory, name, &to.directory, name, AtFlags::empty());
        match linked.map_err(io::Error::from) {
            Ok(()) => Ok(true),
            // This file has as many links as the file system can count (65,000 on ext4); others
            // have not.
            Err(error) if error.kind() == io::ErrorKind::TooManyLinks => Ok(false),
            // Gone since the look at it: another process replaces the tree.
            Err(error) if error.kind() == io::ErrorKind::NotFound && stat().is_err() => Err(Trouble::Altered),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::StorageFull) => {
                Err(error.into())
            }
            // Another file system, fs.protected_hardlinks, one that has no links: not worth asking
            // again.
            Err(_) => {
                self.may_link.store(false, Relaxed);
                Ok(false)
            }
        }
    }

    /// Copies a file that is still what it was, with its mode and its time.
    fn copy(&self, entry: &Entry, from: &Path, to: &Path) -> Result<(), Trouble> {
        let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
        let source = File::options().read(true).custom_flags(flags.bits()).open(from).map_err(missing)?;
        if !entry.is(&source.metadata()?) {
            return Err(Trouble::Altered);
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

/// `base` for the root itself: joining an empty path would leave a slash at the end.
fn joined(base: &Path, path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { base.to_path_buf() } else { base.join(path) }
}

/// A file of the tree that cannot be found is an alteration; anything else is the system's refusal.
fn missing(error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Trouble::Altered,
        _ => Trouble::Io(error),
    }
}

fn make_directory(path: &Path) -> io::Result<()> {
    match DirBuilder::new().create(path) {
        // The root may have been made by the caller.
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

    fn go(room: &Path, manifest: &Manifest, by: By) -> Result<By, Trouble> {
        transfer(manifest, &room.join("it's a $tree"), &room.join("to"), by)
    }

    #[test]
    fn linked_files_are_shared_but_record_is_not() {
        let (room, manifest) = room();
        assert_eq!(go(room.path(), &manifest, By::Link).unwrap(), By::Link);
        let links = |name: &str| fs::metadata(room.path().join("to").join(name)).unwrap().nlink();
        assert_eq!(links("a/b/c/d/0 é.py"), 2);
        assert_eq!(links("x-1.0.dist-info/RECORD"), 1);
        assert_eq!(Manifest::of(&room.path().join("to")).unwrap(), manifest);
    }

    #[test]
    fn copied_files_are_equal_and_share_nothing() {
        let (room, manifest) = room();
        assert_eq!(go(room.path(), &manifest, By::Copy).unwrap(), By::Copy);
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
            go(room.path(), &manifest, By::Link).unwrap();
            assert_eq!(Manifest::of(&room.path().join("to")).unwrap(), manifest);
            crate::fs::remove_tree(&room.path().join("to")).unwrap();
        }
    }

    #[test]
    fn an_altered_tree_is_noticed_both_ways() {
        for by in [By::Link, By::Copy] {
            let (room, manifest) = room();
            let file = room.path().join("it's a $tree/a/f/g/2 é.py");
            fs::write(&file, "another size").unwrap();
            assert!(matches!(go(room.path(), &manifest, by), Err(Trouble::Altered)));
            crate::fs::remove_tree(&room.path().join("to")).unwrap();
            fs::remove_file(&file).unwrap();
            assert!(matches!(go(room.path(), &manifest, by), Err(Trouble::Altered)));
        }
    }

    #[test]
    fn where_links_are_impossible_copies_are_made() {
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
        let done = transfer(&manifest, &room.path().join("it's a $tree"), &to, By::Link).unwrap();
        assert_eq!(done, By::Copy);
        assert_eq!(Manifest::of(&to).unwrap(), manifest);
    }

    #[test]
    fn a_target_that_vanished_is_no_alteration() {
        let (room, manifest) = room();
        let to = room.path().join("gone/to");
        let trouble = transfer(&manifest, &room.path().join("it's a $tree"), &to, By::Link);
        assert!(matches!(trouble, Err(Trouble::Io(_))));
    }
}
