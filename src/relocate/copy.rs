//! Copies an environment, for another location or exactly as it is.
//!
//! Every file is read once and written once, with its paths changed on the way. The copy shares no
//! file with the original, which is only read.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, fchown, lchown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use nix::fcntl::AT_FDCWD;
use nix::sys::stat::{UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::geteuid;

use super::Relocation;
use super::record::{ChangedFile, RecordUpdates};
use super::source::{Inspected, SourceFile};
use crate::error::{Error, Result};
use crate::formats::record::is_record;
use crate::fs::walk::{Visitor, walk};
use crate::fs::{Copier, open_directory};

/// How many entries are copied between two reports of progress.
const STEP: usize = 64;

/// Is told the number of finished entries, from any thread. An error ends the copying.
pub(crate) type Progress<'a> = &'a (dyn Fn(usize) -> Result<()> + Sync);

/// Copies the tree at `from`, the old location, to the empty directory `to`, which will be moved to
/// the new one. Keeps permissions, times, and links. Drops setuid and setgid bits and extended
/// attributes (capabilities, for example), because the copy belongs to whoever makes it. Skips
/// everything but files, directories, and links.
///
/// Without a relocation, every byte stays. Then the mode of each entry is kept whole if the copy
/// has the same owner; for root, it has. The times of links are kept, too.
///
/// Returns the files and links that have another content than in the original, relative to the
/// root. After a failure, the files copied so far stay.
pub(crate) fn copy_tree(
    from: &Path,
    to: &Path,
    relocation: Option<&Relocation>,
    progress: Progress<'_>,
) -> Result<Vec<PathBuf>> {
    let copying = Copying::new(from, to, relocation, progress)?;
    walk(from, &copying)?;
    copying.finish()
}

/// Replaces these files and links of a copy by exact copies. Their directories keep their times.
pub(crate) fn copy_again(from: &Path, to: &Path, paths: &[&Path]) -> Result<()> {
    let root = fs::symlink_metadata(to).map_err(Error::io("look at", to))?;
    let copying = Copying::new(from, to, None, &|_| Ok(()))?;
    set_modified(to, &root)?;
    let mut buffer = Vec::new();
    for path in paths {
        let copy = to.join(path);
        let directory = copy.parent().unwrap_or(to);
        let before = fs::symlink_metadata(directory).map_err(Error::io("look at", directory))?;
        fs::remove_file(&copy).map_err(Error::io("replace", &copy))?;
        match fs::symlink_metadata(from.join(path)) {
            Ok(entry) if entry.is_symlink() => copying.link(path)?,
            _ => copying.file(path, &mut buffer)?,
        }
        set_modified(directory, &before)?;
    }
    Ok(())
}

struct Copying<'a> {
    from: &'a Path,
    to: &'a Path,
    /// `None`: nothing changes.
    relocation: Option<&'a Relocation>,
    progress: Progress<'a>,
    copier: Copier,
    /// Whether an exact copy can have any owner.
    is_root: bool,
    /// Permission bits that new files do not get.
    umask: u32,
    done: AtomicUsize,
    deferred: Mutex<Deferred>,
}

/// Work that has to wait until all other files are written.
#[derive(Default)]
struct Deferred {
    /// Their modes may forbid writing, and every new file changes their times.
    directories: Vec<(PathBuf, Metadata)>,
    records: Vec<PathBuf>,
    changed: Vec<ChangedFile>,
    rewritten: Vec<PathBuf>,
}

impl Visitor for Copying<'_> {
    fn directory(&self, path: &Path) -> Result<()> {
        let (from, to) = (self.from.join(path), self.to.join(path));
        let is_root = path.as_os_str().is_empty();
        // The root may be a link, as environments in the store can be.
        let stat = if is_root { fs::metadata(&from) } else { fs::symlink_metadata(&from) };
        let stat = stat.map_err(Error::io("look at", &from))?;
        if !is_root {
            DirBuilder::new().mode(stat.mode() & 0o777 | 0o700).create(&to).map_err(Error::io("create", &to))?;
        }
        self.deferred().directories.push((path.to_path_buf(), stat));
        self.count()
    }

    fn file(&self, path: &Path, buffer: &mut Vec<u8>) -> Result<()> {
        let (from, to) = (self.from.join(path), self.to.join(path));
        let Some(relocation) = self.relocation else {
            let Some(source) = SourceFile::open(&from)? else { return Ok(()) };
            let copied = self.copy(&source, &to, |copy| source.copy_content(copy, buffer))?;
            self.make_equal(&copied, &source.stat).map_err(Error::io("write", &to))?;
            return self.count();
        };
        if is_record(path) {
            self.deferred().records.push(path.to_path_buf());
            return Ok(());
        }
        let Some(source) = SourceFile::open(&from)? else { return Ok(()) };
        match source.inspect(path, relocation, buffer).map_err(Error::io("read", &from))? {
            Inspected::Changed(content) => {
                source.write_changed(&to, &content).map_err(Error::io("write", &to))?;
                let mut deferred = self.deferred();
                deferred.changed.push(ChangedFile::new(path, &content));
                deferred.rewritten.push(path.to_path_buf());
            }
            Inspected::Same(content) => drop(self.copy(&source, &to, |copy| copy.write_all(content))?),
            Inspected::Unread => drop(self.copy(&source, &to, |copy| source.copy_content(copy, buffer))?),
        }
        self.count()
    }

    fn link(&self, path: &Path) -> Result<()> {
        let (from, to) = (self.from.join(path), self.to.join(path));
        let target = fs::read_link(&from).map_err(Error::io("read", &from))?;
        let retargeted = self.relocation.and_then(|relocation| relocation.retargeted(path, &target));
        if retargeted.is_some() {
            self.deferred().rewritten.push(path.to_path_buf());
        }
        let target = retargeted.unwrap_or(target);
        std::os::unix::fs::symlink(target, &to).map_err(Error::io(Error::LINKING, &to))?;
        if self.relocation.is_none() {
            let stat = fs::symlink_metadata(&from).map_err(Error::io("look at", from))?;
            if self.is_root {
                lchown(&to, Some(stat.uid()), Some(stat.gid())).map_err(Error::io("write", &to))?;
            }
            set_modified(&to, &stat)?;
        }
        self.count()
    }
}

impl<'a> Copying<'a> {
    fn new(from: &'a Path, to: &'a Path, relocation: Option<&'a Relocation>, progress: Progress<'a>) -> Result<Self> {
        let umask = umask(to).map_err(Error::io("write in", to))?;
        let (copier, done, deferred) = (Copier::default(), AtomicUsize::new(0), Mutex::default());
        let is_root = geteuid().is_root();
        Ok(Self { from, to, relocation, progress, copier, is_root, umask, done, deferred })
    }

    fn deferred(&self) -> MutexGuard<'_, Deferred> {
        self.deferred.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) -> Result<()> {
        let done = self.done.fetch_add(1, Relaxed) + 1;
        if done.is_multiple_of(STEP) { (self.progress)(done) } else { Ok(()) }
    }

    fn copy(&self, source: &SourceFile, to: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<File> {
        let modified = source.stat.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let copy = self.copier.copy(&source.file, to, source.permissions(), modified, write);
        let copy = copy.map_err(Error::io("write", to))?;
        // The same people may read the copy.
        if source.permissions() & self.umask != 0 {
            copy.set_permissions(fs::Permissions::from_mode(source.permissions())).map_err(Error::io("write", to))?;
        }
        Ok(copy)
    }

    /// Gives an exact copy the owner of its original, as far as that is allowed, and then those
    /// bits of the mode that belong to an owner.
    fn make_equal(&self, copy: &File, original: &Metadata) -> io::Result<()> {
        if self.is_root && (original.uid() != 0 || original.gid() != 0) {
            fchown(copy, Some(original.uid()), Some(original.gid()))?;
        }
        let (bits, is_special) = (original.mode() & 0o7777, original.mode() & 0o7000 != 0);
        // A new directory can have a bit of the directory above it.
        if (is_special || original.is_dir()) && copy.metadata()?.uid() == original.uid() {
            copy.set_permissions(fs::Permissions::from_mode(bits))?;
        }
        Ok(())
    }

    /// Writes the RECORDs, now that all hashes are known; then sets modes and times of directories.
    fn finish(self) -> Result<Vec<PathBuf>> {
        let Deferred { directories, records, changed, mut rewritten } = std::mem::take(&mut *self.deferred());
        if let Some(relocation) = self.relocation {
            self.records(relocation, &records, &changed, &mut rewritten)?;
        }
        // Those below first: the mode of a directory may close it.
        for (path, stat) in directories.into_iter().rev() {
            let to = self.to.join(&path);
            let exact = self.relocation.is_none().then(|| open_directory(&to)).transpose();
            let exact = exact.map_err(Error::io("write", &to))?;
            set_modified(&to, &stat)?;
            let bits = stat.mode() & 0o777;
            if bits & 0o700 != 0o700 || bits & self.umask != 0 || path.as_os_str().is_empty() {
                // With this bit, a store shared by a group gives new files to that group.
                let inherited = fs::symlink_metadata(&to).map_err(Error::io("look at", &to))?.mode() & 0o2000;
                let permissions = fs::Permissions::from_mode(bits | inherited);
                fs::set_permissions(&to, permissions).map_err(Error::io("write", &to))?;
            }
            if let Some(copy) = exact {
                self.make_equal(&copy, &stat).map_err(Error::io("write", to))?;
            }
        }
        Ok(rewritten)
    }

    fn records(
        &self,
        relocation: &Relocation,
        records: &[PathBuf],
        changed: &[ChangedFile],
        rewritten: &mut Vec<PathBuf>,
    ) -> Result<()> {
        let mut rows = RecordUpdates::new(changed, &relocation.spelling, &relocation.new);
        let mut buffer = Vec::new();
        for path in records {
            let (from, to) = (self.from.join(path), self.to.join(path));
            let Some(source) = SourceFile::open(&from)? else { continue };
            let record = source.read(&mut buffer).map_err(Error::io("read", &from))?;
            match rows.replaced(path, record) {
                Some(content) => {
                    source.write_changed(&to, &content).map_err(Error::io("write", &to))?;
                    rewritten.push(path.clone());
                }
                None => drop(self.copy(&source, &to, |copy| copy.write_all(record))?),
            }
            self.count()?;
        }
        Ok(())
    }
}

/// Sets the time of a copy, not following links.
fn set_modified(copy: &Path, original: &Metadata) -> Result<()> {
    let (accessed, modified) = (TimeSpec::UTIME_OMIT, TimeSpec::new(original.mtime(), original.mtime_nsec()));
    utimensat(AT_FDCWD, copy, &accessed, &modified, UtimensatFlags::NoFollowSymlink)
        .map_err(|refusal| Error::io("write", copy)(refusal.into()))
}

/// The umask, seen in a new directory: the system call to read it would change it for a moment.
fn umask(directory: &Path) -> io::Result<u32> {
    let probe = directory.join("umask");
    DirBuilder::new().mode(0o777).create(&probe)?;
    let bits = fs::symlink_metadata(&probe)?.mode();
    fs::remove_dir(&probe)?;
    Ok(0o777 & !bits)
}
