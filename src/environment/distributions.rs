//! What is installed in an environment, by the metadata on disk.
//!
//! Owns the forms that metadata has: `.dist-info` (PEP 376, and editable ones of PEP 660), and what
//! setuptools left and leaves behind, `.egg-info`, `.egg` and `.egg-link`. Starts nothing.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::fs::read_small;

/// As much of a metadata file as is read; the name stands in its first lines.
const LIMIT: u64 = 64 * 1024;

/// Names are one whatever their case, and `-`, `_`, `.` are one character (PEP 503).
pub(crate) fn canonical(name: &str) -> String {
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-").to_lowercase()
}

/// The names of all distributions in these directories as they spell themselves, each once, in the
/// order of pip. What has no proper name (pip leaves `~name` behind when it is interrupted) is
/// none.
pub(crate) fn names<'a>(directories: impl IntoIterator<Item = &'a Path>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for directory in directories {
        for entry in fs::read_dir(directory).map_err(Error::io("list", directory))? {
            let path = entry.map_err(Error::io("list", directory))?.path();
            names.extend(name(&path).filter(|name| is_name(name)));
        }
    }
    names.sort_by_key(|name| canonical(name));
    names.dedup_by_key(|name| canonical(name));
    Ok(names)
}

/// The name of the distribution that an entry of site-packages is the metadata of.
pub(super) fn name(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let (stem, kind) = file.rsplit_once('.')?;
    let metadata = match kind {
        "dist-info" => path.join("METADATA"),
        // A directory of setuptools, a file of distutils.
        "egg-info" if path.is_dir() => path.join("PKG-INFO"),
        "egg-info" => path.to_path_buf(),
        "egg" => path.join("EGG-INFO").join("PKG-INFO"),
        // pip finds a link by its file name.
        "egg-link" => return Some(stem.to_owned()),
        _ => return None,
    };
    let told = read_small(&metadata, LIMIT).ok().flatten().and_then(|text| name_in(&text));
    // `name-version`, and for eggs more of that; a name in a file name has no `-`.
    Some(told.unwrap_or_else(|| stem.split('-').next().unwrap_or(stem).to_owned()))
}

/// The value of the first `Name:`, as Python's email parser finds it: a line that begins with a
/// blank goes on with the header before it, and the headers end at the first line that is none.
pub(super) fn name_in(metadata: &[u8]) -> Option<String> {
    let text = without_returns(metadata);
    let mut value: Option<Vec<u8>> = None;
    for line in text.split(|byte| *byte == b'\n') {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            value = value.map(|value| [&value, &b"\n"[..], line].concat());
            continue;
        }
        if value.is_some() {
            break;
        }
        if line.starts_with(b"From ") {
            continue;
        }
        let colon = line.iter().position(|byte| *byte == b':' || !byte.is_ascii_graphic());
        let (key, rest) = line.split_at(colon.filter(|at| line[*at] == b':')?);
        value = key.eq_ignore_ascii_case(b"name").then(|| rest[1..].to_vec());
    }
    Some(String::from_utf8(value?).ok()?.trim().to_owned())
}

/// Every end of a line as one newline, as in a text file of Python.
fn without_returns(text: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'\r' if text.get(at + 1) == Some(&b'\n') => {}
            b'\r' => made.push(b'\n'),
            _ => made.push(*byte),
        }
    }
    made
}

/// PEP 508. No name can be taken for an option or a path.
pub(super) fn is_name(text: &str) -> bool {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric)) && text.as_bytes().iter().all(is_inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(room: &Path, file: &str, text: &str) {
        let path = room.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn every_form_of_metadata_is_known() {
        let room = tempfile::tempdir().unwrap();
        let room = room.path();
        put(room, "Zope.Event-5.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: zope.event\nVersion: 5.0\n");
        put(room, "no_metadata-1.0.dist-info/RECORD", "");
        put(room, "old-1.0-py3.8.egg-info/PKG-INFO", "Metadata-Version: 1.0\r\nname: Old\r\n\r\nName: other\r\n");
        put(room, "distutils_made-2-py2.7.egg-info", "Metadata-Version: 1.0\nName: distutils-made\n");
        put(room, "egg-1.0-py3.8.egg/EGG-INFO/PKG-INFO", "Name: egg\n");
        put(room, "body-1.dist-info/METADATA", "Version: 1\n\nName: not-a-header\n");
        put(room, "zipped-1.0-py3.8.egg", "PK");
        put(room, "my-link.egg-link", "/src\n.");
        put(room, "my_link-2.dist-info/METADATA", "Name: my_link\n");
        put(room, "module.py", "");
        put(room, "package/__init__.py", "");
        let expected = ["body", "distutils-made", "egg", "my", "no_metadata", "Old", "zipped", "zope.event"];
        let mut found = names([room]).unwrap();
        // Two forms of one name: which of them spells it does not matter.
        let at = found.iter().position(|name| canonical(name) == "my-link").unwrap();
        "my".clone_into(&mut found[at]);
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_no_name_is_never_handed_on() {
        let room = tempfile::tempdir().unwrap();
        put(room.path(), "a-1.dist-info/METADATA", "Name: -r /etc/passwd\n");
        put(room.path(), "b-1.dist-info/METADATA", "Name: ../../b\n");
        put(room.path(), "~ip-1.dist-info/METADATA", "Name:\n");
        put(room.path(), "-x.egg-link", "/src\n");
        put(room.path(), ".dist-info/METADATA", "");
        assert_eq!(names([room.path()]).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn names_are_compared_as_indexes_do() {
        assert_eq!(canonical("Zope.Event"), "zope-event");
        assert_eq!(canonical("a_-.b"), "a-b");
        assert_eq!(canonical("sixpack"), "sixpack");
    }
}
