//! RECORD: the list of installed files that pip uninstalls by (PEP 376, PEP 627).
//!
//! Owns the rows (`path,hash,size`, in the CSV dialect of Python's csv module), and the form of the
//! paths in them.

use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::base64url;
use super::dist_info::RECORD;

use crate::sorting;

/// Python's csv module ends lines like this, and so does pip.
const LINE_END: &[u8] = b"\r\n";

/// A row to write. Rows are sorted by path, as by pip.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InstalledFile {
    path: String,
    hash_and_size: String,
}

impl InstalledFile {
    /// A file with this content. `path` is relative to site-packages.
    #[must_use]
    pub(crate) fn of(path: &str, content: &[u8]) -> Self {
        Self { path: path.to_owned(), hash_and_size: hash_and_size(content) }
    }

    /// A file that may change while the distribution stays installed: compiled files, and RECORD
    /// itself.
    #[must_use]
    pub(crate) fn unhashed(path: String) -> Self {
        Self { path, hash_and_size: ",".to_owned() }
    }

    /// The file, relative to site-packages.
    #[must_use]
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// The text of these rows, sorted.
#[must_use]
pub(crate) fn text(mut rows: Vec<InstalledFile>) -> Vec<u8> {
    sorting::sort(&mut rows);
    let mut text = Vec::with_capacity(rows.len() * 100);
    for row in rows {
        text.extend_from_slice(&quoted(row.path.as_bytes()));
        text.extend([b",", row.hash_and_size.as_bytes(), LINE_END].concat());
    }
    text
}

/// What follows the path in a row, for a file with this content.
#[must_use]
pub(crate) fn hash_and_size(content: &[u8]) -> String {
    format!("sha256={},{}", base64url::encoded(&Sha256::digest(content)), content.len())
}

/// The path of `file` in a RECORD: `../../../bin/pip`. `site_packages` is the directory with the
/// `.dist-info`; both paths start at the same root.
pub(crate) fn relative_path(site_packages: &Path, file: &Path) -> Vec<u8> {
    let pairs = site_packages.components().zip(file.components());
    let common = pairs.take_while(|(one, other)| one == other).count();
    let up = site_packages.components().skip(common).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(file.components().skip(common)).collect();
    path.into_os_string().into_encoded_bytes()
}

/// Whether a file is the RECORD of a distribution.
pub(crate) fn is_record(path: &Path) -> bool {
    path.ends_with(RECORD) && path.parent().is_some_and(|parent| parent.as_os_str().as_bytes().ends_with(b".dist-info"))
}

/// The rows of a RECORD, as they are written.
pub(crate) fn rows(record: &[u8]) -> impl Iterator<Item = WrittenRow<'_>> {
    let mut rest = record;
    std::iter::from_fn(move || {
        (!rest.is_empty()).then_some(())?;
        let row = WrittenRow::first(rest);
        rest = &rest[row.text.len()..];
        Some(row)
    })
}

/// A row that was read. A quoted field can continue on the next line.
#[derive(Debug)]
pub(crate) struct WrittenRow<'t> {
    /// The whole row, its line end included.
    pub(crate) text: &'t [u8],
    /// The first field, without quotes.
    pub(crate) path: Vec<u8>,
    /// The end of the first field in `text`: a comma, or the end of the row.
    path_end: usize,
    /// The end of the last field in `text`.
    end: usize,
}

impl<'t> WrittenRow<'t> {
    /// Whether the row has a hash. Installers omit it for files that may change.
    pub(crate) fn has_hash(&self) -> bool {
        let fields = self.text[self.path_end..self.end].get(1..);
        fields.is_some_and(|fields| !WrittenRow::first(fields).path.is_empty())
    }

    /// The row for another path and, if given, another hash and size.
    pub(crate) fn changed(&self, path: &[u8], hash_and_size: Option<&str>) -> Vec<u8> {
        match hash_and_size {
            Some(now) => [&quoted(path), &b","[..], now.as_bytes(), &self.text[self.end..]].concat(),
            None => [&quoted(path), &self.text[self.path_end..]].concat(),
        }
    }

    /// The first row in `text`.
    fn first(text: &'t [u8]) -> Self {
        // Nearly all rows have no quotes, and there are many rows.
        let length = memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1);
        let line = text[..length].strip_suffix(b"\n").unwrap_or(&text[..length]);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if memchr::memchr2(b'"', b'\r', line).is_none() {
            let path_end = memchr::memchr(b',', line).unwrap_or(line.len());
            return Self { path: line[..path_end].to_vec(), path_end, end: line.len(), text: &text[..length] };
        }
        Self::with_quotes(text)
    }

    fn with_quotes(text: &'t [u8]) -> Self {
        let mut path = Vec::new();
        let mut path_end = None;
        let (mut begins, mut is_open, mut was_open) = (true, false, false);
        for (at, byte) in text.iter().enumerate() {
            let means_itself = match byte {
                b'"' if is_open => {
                    (is_open, was_open) = (false, true);
                    continue;
                }
                // Doubled, or at the start of the field.
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
                    return Self { path, path_end: path_end.unwrap_or(at), end: at, text: &text[..length] };
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
        Self { path, path_end: path_end.unwrap_or(text.len()), end: text.len(), text }
    }
}

/// A field of CSV.
fn quoted(path: &[u8]) -> Vec<u8> {
    if !path.iter().any(|byte| b",\"\r\n".contains(byte)) {
        return path.to_vec();
    }
    let doubled = path.iter().flat_map(|byte| std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 }));
    std::iter::once(b'"').chain(doubled).chain([b'"']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_and_sorted_as_by_pip() {
        // pip itself wrote these hashes for an INSTALLER of `pip\n` and an empty REQUESTED.
        let rows = vec![
            InstalledFile::unhashed("d/RECORD".to_owned()),
            InstalledFile::of("d/REQUESTED", b""),
            InstalledFile::of("d/INSTALLER", b"pip\n"),
            InstalledFile::unhashed("d/a, \"b\".pyc".to_owned()),
        ];
        let expected = "d/INSTALLER,sha256=zuuue4knoyJ-UwPPXg8fezS7VCrXJQrAP7zeNuwvFQg,4\r\n\
                        d/RECORD,,\r\n\
                        d/REQUESTED,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\r\n\
                        \"d/a, \"\"b\"\".pyc\",,\r\n";
        assert_eq!(String::from_utf8(text(rows)).unwrap(), expected);
    }

    #[test]
    fn paths_are_relative_to_site_packages() {
        let path = |site_packages: &str, file: &str| {
            String::from_utf8(relative_path(Path::new(site_packages), Path::new(file))).unwrap()
        };
        assert_eq!(path("/e/my env/lib/python3.13/site-packages", "/e/my env/bin/pip"), "../../../bin/pip");
        assert_eq!(path("/e/my env/site-packages", "/e/my env/bin/pip"), "../bin/pip");
        assert_eq!(path("lib/p/site-packages", "lib/p/site-packages/a/b.py"), "a/b.py");
    }

    #[test]
    fn a_record_is_in_a_dist_info() {
        assert!(is_record(Path::new("lib/p/site-packages/a-1.dist-info/RECORD")));
        assert!(!is_record(Path::new("lib/p/site-packages/a/RECORD")));
    }
}
