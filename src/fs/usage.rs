//! How much disk space directories take, and how much deleting them would free.
//!
//! A file with several hard links counts once. What cannot be read counts nothing.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::walk::{Visitor, walk};
use crate::error::{Error, Result};

#[cfg(target_os = "linux")]
mod extents;

/// Nothing tells which data files share.
#[cfg(not(target_os = "linux"))]
mod extents {
    pub(super) fn has_reflinks(_path: &std::path::Path) -> bool {
        false
    }

    pub(super) fn shared_by(_path: &std::path::Path) -> u64 {
        0
    }
}

/// What a directory takes. All numbers are bytes.
#[derive(Debug, Default)]
pub(crate) struct DiskUsage {
    /// What its files hold.
    pub(crate) apparent: u64,
    /// What only this directory occupies.
    alone: u64,
    /// Its files with several hard links, by device and inode.
    linked: HashMap<(u64, u64), LinkedFile>,
}

/// A file with several hard links.
#[derive(Debug)]
struct LinkedFile {
    /// The bytes that deleting its last link frees.
    size: u64,
    links: u64,
    /// How many of the links were found.
    found: u64,
}

impl DiskUsage {
    /// Of a directory with all its entries, or of a file.
    pub(crate) fn of(path: &Path) -> Self {
        let counter = Counter { root: path, has_reflinks: extents::has_reflinks(path), usage: Mutex::default() };
        match fs::symlink_metadata(path) {
            // The visitor fails for nothing.
            Ok(entry) if entry.is_dir() => drop(walk(path, &counter)),
            Ok(entry) => counter.count(path, &entry),
            Err(_) => {}
        }
        counter.usage.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes that deleting this alone would free.
    pub(crate) fn freed(&self) -> u64 {
        freed_by_deleting(std::slice::from_ref(self))
    }

    /// `shared`: how many bytes the file shares with others by reflinks.
    fn add(&mut self, entry: &Metadata, shared: u64) {
        let occupied = entry.blocks() * 512;
        let device = entry.dev();
        let is_new = entry.is_dir() || entry.nlink() == 1 || !self.linked.contains_key(&(device, entry.ino()));
        if is_new {
            self.apparent += entry.len();
        }
        let size = occupied.saturating_sub(shared);
        if entry.is_dir() || entry.nlink() == 1 {
            self.alone += size;
            return;
        }
        match self.linked.entry((device, entry.ino())) {
            Entry::Occupied(mut file) => file.get_mut().found += 1,
            Entry::Vacant(file) => drop(file.insert(LinkedFile { size, links: entry.nlink(), found: 1 })),
        }
    }
}

/// The bytes that deleting all of them would free: a file counts if all its links are among them.
/// Data that reflinks share counts nothing, because nobody says who else shares it.
pub(crate) fn freed_by_deleting(all: &[DiskUsage]) -> u64 {
    let mut left = HashMap::new();
    for (key, file) in all.iter().flat_map(|usage| &usage.linked) {
        let (links, _) = left.entry(key).or_insert((file.links, file.size));
        *links = links.saturating_sub(file.found);
    }
    let linked: u64 = left.values().filter(|(links, _)| *links == 0).map(|(_, size)| size).sum();
    linked + all.iter().map(|usage| usage.alone).sum::<u64>()
}

/// The same for paths.
pub(crate) fn freed_by_deleting_paths(paths: &[PathBuf]) -> u64 {
    freed_by_deleting(&paths.iter().map(|path| DiskUsage::of(path)).collect::<Vec<_>>())
}

struct Counter<'a> {
    root: &'a Path,
    has_reflinks: bool,
    usage: Mutex<DiskUsage>,
}

impl Counter<'_> {
    fn count(&self, path: &Path, entry: &Metadata) {
        let may_share = self.has_reflinks && entry.is_file() && entry.blocks() > 0;
        let shared = if may_share { extents::shared_by(path) } else { 0 };
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).add(entry, shared);
    }

    fn visit(&self, path: &Path) {
        let path = self.root.join(path);
        if let Ok(entry) = fs::symlink_metadata(&path) {
            self.count(&path, &entry);
        }
    }
}

impl Visitor for Counter<'_> {
    fn directory(&self, path: &Path) -> Result<()> {
        self.visit(path);
        Ok(())
    }

    fn file(&self, path: &Path, _buffer: &mut Vec<u8>) -> Result<()> {
        self.visit(path);
        Ok(())
    }

    fn link(&self, path: &Path) -> Result<()> {
        self.visit(path);
        Ok(())
    }

    fn unreadable(&self, _error: Error) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_several_links_counts_once_and_is_freed_with_the_last() {
        let room = tempfile::tempdir().unwrap();
        let (one, two) = (room.path().join("one"), room.path().join("two"));
        for directory in [&one, &two] {
            fs::create_dir(directory).unwrap();
        }
        let empty = DiskUsage::of(&one);
        fs::write(one.join("a"), vec![1; 8192]).unwrap();
        fs::hard_link(one.join("a"), one.join("b")).unwrap();
        let usage = DiskUsage::of(&one);
        assert_eq!(usage.apparent - empty.apparent, 8192);
        assert_eq!(usage.freed() - empty.freed(), 8192);
        fs::hard_link(one.join("a"), two.join("a")).unwrap();
        let (one, two) = (DiskUsage::of(&one), DiskUsage::of(&two));
        assert_eq!((one.freed(), two.freed()), (empty.freed(), empty.freed()));
        assert_eq!(freed_by_deleting(&[one, two]) - 2 * empty.freed(), 8192);
    }

    #[test]
    fn what_is_missing_takes_nothing() {
        assert_eq!(DiskUsage::of(Path::new("/no/such/directory")).freed(), 0);
    }
}
