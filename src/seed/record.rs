//! RECORD: the list of installed files that pip uninstalls by (PEP 376, PEP 627).
//!
//! Owns its rows and their spelling. Which files there are is known to `tree` and `scripts`, and to
//! `relocate` for what others installed.

use sha2::{Digest, Sha256};

use crate::formats::base64url;

/// pip writes RECORD with Python's csv module, whose lines end like this.
const LINE_END: &str = "\r\n";

/// One file of RECORD. Rows order as pip sorts them: by path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    path: String,
    hash_and_size: String,
}

impl Row {
    /// A file with this content. `path` is relative to site-packages.
    #[must_use]
    pub(super) fn of(path: &str, content: &[u8]) -> Self {
        Self { path: path.to_owned(), hash_and_size: hash_and_size(content) }
    }

    /// A file whose content may change while it stays the same installation: compiled files, RECORD
    /// itself.
    #[must_use]
    pub(super) fn unhashed(path: String) -> Self {
        Self { path, hash_and_size: ",".to_owned() }
    }

    /// The file, relative to site-packages.
    #[must_use]
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// The text of these rows, sorted.
#[must_use]
pub(super) fn text(mut rows: Vec<Row>) -> String {
    rows.sort();
    let mut text = String::with_capacity(rows.len() * 100);
    for row in rows {
        if row.path.contains([',', '"']) {
            text.extend(["\"", &row.path.replace('"', "\"\""), "\""]);
        } else {
            text.push_str(&row.path);
        }
        text.extend([",", &row.hash_and_size, LINE_END]);
    }
    text
}

/// What stands in a row after the path of a file with this content.
#[must_use]
pub(crate) fn hash_and_size(content: &[u8]) -> String {
    format!("sha256={},{}", base64url::encoded(&Sha256::digest(content)), content.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_spelled_and_sorted_as_pip_does() {
        // The hashes are those that pip itself wrote for an INSTALLER of `pip\n` and an empty
        // REQUESTED.
        let rows = vec![
            Row::unhashed("d/RECORD".to_owned()),
            Row::of("d/REQUESTED", b""),
            Row::of("d/INSTALLER", b"pip\n"),
            Row::unhashed("d/a, \"b\".pyc".to_owned()),
        ];
        let expected = "d/INSTALLER,sha256=zuuue4knoyJ-UwPPXg8fezS7VCrXJQrAP7zeNuwvFQg,4\r\n\
                        d/RECORD,,\r\n\
                        d/REQUESTED,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\r\n\
                        \"d/a, \"\"b\"\".pyc\",,\r\n";
        assert_eq!(text(rows), expected);
    }
}
