//! The rows of RECORD for files that were changed.
//!
//! Owns finding them: a row names its file relative to site-packages, or by an absolute path.
//! Everything else in a RECORD stays byte for byte.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use super::spelling::Spelling;
use crate::seed::record::hash_and_size;

/// A file that was changed, and its hash and size now, as RECORD has them.
#[derive(Debug)]
pub(super) struct Changed {
    /// Relative to the environment's root.
    path: PathBuf,
    hash_and_size: String,
}

impl Changed {
    /// A file that has this content now.
    pub(super) fn new(path: &Path, content: &[u8]) -> Self {
        Self { path: path.to_path_buf(), hash_and_size: hash_and_size(content) }
    }
}

/// Whether a file is the RECORD of a package.
pub(super) fn is_record(path: &Path) -> bool {
    path.ends_with("RECORD")
        && path.parent().is_some_and(|parent| parent.as_os_str().as_bytes().ends_with(b".dist-info"))
}

/// Changes RECORDs, given all that was changed in the environment.
#[derive(Debug)]
pub(super) struct Records<'a> {
    changed: &'a [Changed],
    spelling: &'a Spelling,
    new: &'a Path,
    /// For each site-packages, its own way to what was changed.
    rows: HashMap<PathBuf, HashMap<Vec<u8>, &'a str>>,
}

impl<'a> Records<'a> {
    /// `new` is the environment's new root.
    pub(super) fn new(changed: &'a [Changed], spelling: &'a Spelling, new: &'a Path) -> Self {
        Self { changed, spelling, new, rows: HashMap::new() }
    }

    /// The RECORD at `path` with new hashes, and with new paths where it names its files by
    /// absolute ones. `None` where that changes nothing.
    pub(super) fn replaced(&mut self, path: &Path, record: &[u8]) -> Option<Vec<u8>> {
        let site_packages = path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        let (changed, new) = (self.changed, self.new);
        let rows = self.rows.entry(site_packages.to_path_buf()).or_insert_with(|| rows(changed, site_packages, new));
        let mut made = Vec::with_capacity(record.len());
        let mut remaining = record;
        while !remaining.is_empty() {
            let Row { path, path_end, end, length } = Row::first(remaining);
            let (row, more) = remaining.split_at(length);
            remaining = more;
            let moved = self.spelling.replaced_path(&path);
            let is_moved = moved.is_some();
            let path = moved.unwrap_or(path);
            // A row without a hash is left without one.
            let has_hash = || row[path_end..end].get(1..).is_some_and(|rest| !Row::first(rest).path.is_empty());
            let now = rows.get(&path).filter(|_| has_hash());
            if now.is_none() && !is_moved {
                made.extend_from_slice(row);
                continue;
            }
            made.extend_from_slice(&quoted(&path));
            match now {
                Some(now) => made.extend([b",", now.as_bytes(), &row[end..]].concat()),
                None => made.extend_from_slice(&row[path_end..]),
            }
        }
        (made != record).then_some(made)
    }
}

/// Hash and size of what was changed, by the paths that a row may have for it.
fn rows<'a>(changed: &'a [Changed], site_packages: &Path, new: &Path) -> HashMap<Vec<u8>, &'a str> {
    let both = |changed: &'a Changed| {
        let absolute = new.join(&changed.path).into_os_string().into_encoded_bytes();
        [way_between(site_packages, &changed.path), absolute].map(|path| (path, changed.hash_and_size.as_str()))
    };
    changed.iter().flat_map(both).collect()
}

/// A row of CSV as Python's csv module reads it: a field in quotes can go on in the next line.
#[derive(Debug)]
struct Row {
    /// The first field.
    path: Vec<u8>,
    /// Where that has ended, at a comma or at the end.
    path_end: usize,
    /// Where the last field has ended.
    end: usize,
    /// The same with the end of the line.
    length: usize,
}

impl Row {
    /// The row that the text begins with.
    fn first(text: &[u8]) -> Self {
        // Nearly all are without quotes, and there are many.
        let length = memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1);
        let line = text[..length].strip_suffix(b"\n").unwrap_or(&text[..length]);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if memchr::memchr2(b'"', b'\r', line).is_none() {
            let path_end = memchr::memchr(b',', line).unwrap_or(line.len());
            return Self { path: line[..path_end].to_vec(), path_end, end: line.len(), length };
        }
        Self::with_quotes(text)
    }

    fn with_quotes(text: &[u8]) -> Self {
        let mut path = Vec::new();
        let mut path_end = None;
        let (mut begins, mut is_open, mut was_open) = (true, false, false);
        for (at, byte) in text.iter().enumerate() {
            let means_itself = match byte {
                b'"' if is_open => {
                    (is_open, was_open) = (false, true);
                    continue;
                }
                // Doubled, or the first of its field.
                b'"' if was_open || begins => {
                    let is_doubled = was_open;
                    (is_open, was_open, begins) = (true, false, false);
                    is_doubled
                }
                b',' if !is_open => {
                    path_end.get_or_insert(at);
                    (begins, was_open) = (true, false);
                    continue;
                }
                b'\n' | b'\r' if !is_open => {
                    let both = text[at..].starts_with(b"\r\n");
                    let length = at + if both { 2 } else { 1 };
                    return Self { path, path_end: path_end.unwrap_or(at), end: at, length };
                }
                _ => {
                    (begins, was_open) = (false, false);
                    true
                }
            };
            if means_itself && path_end.is_none() {
                path.push(*byte);
            }
        }
        Self { path, path_end: path_end.unwrap_or(text.len()), end: text.len(), length: text.len() }
    }
}

fn quoted(path: &[u8]) -> Vec<u8> {
    if !path.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return path.to_vec();
    }
    let doubled = path.iter().flat_map(|byte| std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 }));
    std::iter::once(b'"').chain(doubled).chain([b'"']).collect()
}

/// `../../../bin/pip`: the way from a directory to a file, both relative to the same root.
fn way_between(from: &Path, to: &Path) -> Vec<u8> {
    let common = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to.components().skip(common)).collect();
    way.into_os_string().into_encoded_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rows_of_changed_files_change() {
        let changed = ["bin/a", "bin/a,b", "lib/p/site-packages/__editable__.pth", "share/x"]
            .map(|path| Changed { path: path.into(), hash_and_size: "sha256=NEW,7".to_owned() });
        let spelling = Spelling::new(&["/x/env".into()], Path::new("/N m"));
        let mut records = Records::new(&changed, &spelling, Path::new("/N m"));
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
        let changed = [Changed { path: "s/a.pyc".into(), hash_and_size: "sha256=NEW,7".to_owned() }];
        let spelling = Spelling::new(&["/x".into()], Path::new("/N"));
        let mut records = Records::new(&changed, &spelling, Path::new("/N"));
        assert_eq!(records.replaced(Path::new("s/a-1.dist-info/RECORD"), b"a.pyc,,\r\n"), None);
    }

    #[test]
    fn records_are_known_by_their_place() {
        assert!(is_record(Path::new("lib/p/site-packages/a-1.dist-info/RECORD")));
        assert!(!is_record(Path::new("lib/p/site-packages/a/RECORD")));
    }
}
