//! The rows of RECORD for files that relocating changed.
//!
//! Owns finding them: a row names its file relative to site-packages, or by an absolute path.
//! Everything else in a RECORD stays byte for byte.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::spelling::Spelling;
use crate::formats::record::{hash_and_size, relative_path, rows};

/// A file that was changed, with its new hash and size.
#[derive(Debug)]
pub(super) struct ChangedFile {
    /// Relative to the environment's root.
    path: PathBuf,
    hash_and_size: String,
}

impl ChangedFile {
    /// `content`: the new content of the file.
    pub(super) fn new(path: &Path, content: &[u8]) -> Self {
        Self { path: path.to_path_buf(), hash_and_size: hash_and_size(content) }
    }
}

/// Changes RECORDs, given all files that were changed in the environment.
#[derive(Debug)]
pub(super) struct RecordUpdates<'a> {
    changed: &'a [ChangedFile],
    spelling: &'a Spelling,
    /// The environment's new root.
    new: &'a Path,
    /// The hash and size of each changed file by the paths a row can have for it, for each
    /// site-packages.
    by_path: HashMap<PathBuf, HashMap<Vec<u8>, &'a str>>,
}

impl<'a> RecordUpdates<'a> {
    pub(super) fn new(changed: &'a [ChangedFile], spelling: &'a Spelling, new: &'a Path) -> Self {
        Self { changed, spelling, new, by_path: HashMap::new() }
    }

    /// The RECORD at `path` with new hashes, and with new absolute paths. `None` where nothing
    /// changes.
    pub(super) fn replaced(&mut self, path: &Path, record: &[u8]) -> Option<Vec<u8>> {
        let site_packages = path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        let (changed, new) = (self.changed, self.new);
        let by_path = self.by_path.entry(site_packages.to_path_buf());
        let by_path = by_path.or_insert_with(|| by_path_in_rows(changed, site_packages, new));
        let mut made = Vec::with_capacity(record.len());
        for row in rows(record) {
            let moved = self.spelling.replaced_path(&row.path);
            let path = moved.as_ref().unwrap_or(&row.path);
            let now = by_path.get(path).filter(|_| row.has_hash());
            if now.is_none() && moved.is_none() {
                made.extend_from_slice(row.text);
            } else {
                made.extend_from_slice(&row.changed(path, now.copied()));
            }
        }
        (made != record).then_some(made)
    }
}

fn by_path_in_rows<'a>(changed: &'a [ChangedFile], site_packages: &Path, new: &Path) -> HashMap<Vec<u8>, &'a str> {
    let both = |changed: &'a ChangedFile| {
        let absolute = new.join(&changed.path).into_os_string().into_encoded_bytes();
        [relative_path(site_packages, &changed.path), absolute].map(|path| (path, changed.hash_and_size.as_str()))
    };
    changed.iter().flat_map(both).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rows_of_changed_files_change() {
        let changed = ["bin/a", "bin/a,b", "lib/p/site-packages/__editable__.pth", "share/x"]
            .map(|path| ChangedFile { path: path.into(), hash_and_size: "sha256=NEW,7".to_owned() });
        let spelling = Spelling::new(&["/x/env".into()], Path::new("/N m"));
        let mut records = RecordUpdates::new(&changed, &spelling, Path::new("/N m"));
        let path = Path::new("lib/p/site-packages/a-1.dist-info/RECORD");
        let record = "../../../bin/a,sha256=OLD,5\r\n../../../bin/ab,sha256=OLD,5\r\n\"../../../bin/a,b\",sha256=OLD,5\n\
                      __editable__.pth,sha256=OLD,1\nshare/x,sha256=OLD,1\na/RECORD,,\r\n/x/env/share/x,sha256=OLD,5\n\
                      /x/env/y,sha256=OLD,5\n/x/env2/y,,\n";
        let expected = "../../../bin/a,sha256=NEW,7\r\n../../../bin/ab,sha256=OLD,5\r\n\"../../../bin/a,b\",sha256=NEW,7\n\
                        __editable__.pth,sha256=NEW,7\nshare/x,sha256=OLD,1\na/RECORD,,\r\n/N m/share/x,sha256=NEW,7\n\
                        /N m/y,sha256=OLD,5\n/x/env2/y,,\n";
        let made = records.replaced(path, record.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(made).unwrap(), expected);
        assert_eq!(records.replaced(path, b"x,sha256=OLD,5\n"), None);
    }

    #[test]
    fn a_row_without_a_hash_gets_none() {
        let changed = [ChangedFile { path: "s/a.pyc".into(), hash_and_size: "sha256=NEW,7".to_owned() }];
        let spelling = Spelling::new(&["/x".into()], Path::new("/N"));
        let mut records = RecordUpdates::new(&changed, &spelling, Path::new("/N"));
        assert_eq!(records.replaced(Path::new("s/a-1.dist-info/RECORD"), b"a.pyc,,\r\n"), None);
    }
}
