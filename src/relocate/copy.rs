//! Copies an environment to another location.
//!
//! Every file is read once and written once, with its paths changed on the way. The copy shares no
//! file with the original, which is only read.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use nix::fcntl::AT_FDCWD;
use nix::sys::stat::{UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;

use super::Relocation;
use super::record::{ChangedFile, RecordUpdates};
use super::source::{Inspected, SourceFile};
use crate::error::{Error, Result};
use crate::formats::record::is_record;
use crate::fs::Copier;
use crate::fs::walk::{Visitor, walk};

/// How many entries are copied between two reports of progress.
const STEP: usize = 512;

/// Copies the tree at `from`, the old location, to the empty directory `to`, which will be moved to
/// the new one. Keeps permissions, times, and links. Drops setuid and setgid bits and extended
/// attributes (capabilities, for example), because the copy belongs to whoever makes it. Skips
/// everything but files, directories, and links. Reports the number of finished entries to
/// `progress`, from any thread.
///
/// After a failure, the files copied so far stay.
pub(crate) fn copy_tree(
    from: &Path,
    to: &Path,
    relocation: &Relocation,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<()> {
    let copying = Copying {
        from,
        to,
        relocation,
        progress,
        copier: Copier::default(),
        umask: umask(to).map_err(Error::io("write in", to))?,
        done: AtomicUsize::new(0),
        deferred: Mutex::default(),
    };
    walk(from, &copying)?;
    copying.finish()
}

struct Copying<'a> {
    from: &'a Path,
    to: &'a Path,
    relocation: &'a Relocation,
    progress: &'a (dyn Fn(usize) + Sync),
    copier: Copier,
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
        self.count();
        Ok(())
    }

    fn file(&self, path: &Path, buffer: &mut Vec<u8>) -> Result<()> {
        if is_record(path) {
            self.deferred().records.push(path.to_path_buf());
            return Ok(());
        }
        let (from, to) = (self.from.join(path), self.to.join(path));
        let Some(source) = SourceFile::open(&from)? else { return Ok(()) };
        match source.inspect(path, self.relocation, buffer).map_err(Error::io("read", &from))? {
            Inspected::Changed(content) => {
                source.write_changed(&to, &content).map_err(Error::io("write", &to))?;
                self.deferred().changed.push(ChangedFile::new(path, &content));
            }
            Inspected::Same(content) => self.copy(&source, &to, |copy| copy.write_all(content))?,
            Inspected::Unread => self.copy(&source, &to, |copy| io::copy(&mut &source.file, copy).map(drop))?,
        }
        self.count();
        Ok(())
    }

    fn link(&self, path: &Path) -> Result<()> {
        let (from, to) = (self.from.join(path), self.to.join(path));
        let target = fs::read_link(&from).map_err(Error::io("read", from))?;
        let target = self.relocation.retargeted(path, &target).unwrap_or(target);
        self.count();
        std::os::unix::fs::symlink(target, &to).map_err(Error::io(Error::LINKING, to))
    }
}

impl Copying<'_> {
    fn deferred(&self) -> MutexGuard<'_, Deferred> {
        self.deferred.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) {
        let done = self.done.fetch_add(1, Relaxed) + 1;
        if done.is_multiple_of(STEP) {
            (self.progress)(done);
        }
    }

    fn copy(&self, source: &SourceFile, to: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
        let modified = source.stat.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let copy = self.copier.copy(&source.file, to, source.permissions(), modified, write);
        let copy = copy.map_err(Error::io("write", to))?;
        // The same people may read the copy.
        if source.permissions() & self.umask != 0 {
            copy.set_permissions(fs::Permissions::from_mode(source.permissions())).map_err(Error::io("write", to))?;
        }
        Ok(())
    }

    /// Writes the RECORDs, now that all hashes are known; then sets modes and times of directories.
    fn finish(self) -> Result<()> {
        let Deferred { directories, records, changed } = std::mem::take(&mut *self.deferred());
        let mut rows = RecordUpdates::new(&changed, &self.relocation.spelling, &self.relocation.new);
        let mut buffer = Vec::new();
        for path in records {
            let (from, to) = (self.from.join(&path), self.to.join(&path));
            let Some(source) = SourceFile::open(&from)? else { continue };
            let record = source.read(&mut buffer).map_err(Error::io("read", &from))?;
            match rows.replaced(&path, record) {
                Some(content) => source.write_changed(&to, &content).map_err(Error::io("write", &to))?,
                None => self.copy(&source, &to, |copy| copy.write_all(record))?,
            }
            self.count();
        }
        for (path, stat) in directories {
            let to = self.to.join(&path);
            let (accessed, modified) = (TimeSpec::UTIME_OMIT, TimeSpec::new(stat.mtime(), stat.mtime_nsec()));
            utimensat(AT_FDCWD, &to, &accessed, &modified, UtimensatFlags::NoFollowSymlink)
                .map_err(|refusal| Error::io("write", &to)(refusal.into()))?;
            let bits = stat.mode() & 0o777;
            if bits & 0o700 != 0o700 || bits & self.umask != 0 || path.as_os_str().is_empty() {
                // With this bit, a store shared by a group gives new files to that group.
                let inherited = fs::symlink_metadata(&to).map_err(Error::io("look at", &to))?.mode() & 0o2000;
                let permissions = fs::Permissions::from_mode(bits | inherited);
                fs::set_permissions(&to, permissions).map_err(Error::io("write", to))?;
            }
        }
        Ok(())
    }
}

/// The umask, seen in a new directory: the system call to read it would change it for a moment.
fn umask(directory: &Path) -> io::Result<u32> {
    let probe = directory.join("umask");
    DirBuilder::new().mode(0o777).create(&probe)?;
    let bits = fs::symlink_metadata(&probe)?.mode();
    fs::remove_dir(&probe)?;
    Ok(0o777 & !bits)
}
