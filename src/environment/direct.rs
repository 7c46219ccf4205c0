//! Where installed distributions came from, by the metadata on disk: `direct_url.json` (PEP 610)
//! and `.egg-link`.
//!
//! Anybody's build writes these files, and `pip freeze` prints what is in them. So they are checked
//! here before a line of it goes into a file that others read.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::distributions::{canonical, name};
use crate::error::{Error, Result};
use crate::fs::{read_small, tidied};
use crate::one_line::is_one_line;
use crate::shown::shown;

/// As much of such a file as is read.
const LIMIT: u64 = 64 * 1024;

/// A distribution that was installed from an address or a place, not from an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectOrigin {
    /// Its name (PEP 503).
    pub(crate) name: String,
    /// The directory or file on this machine, where it is one.
    pub(crate) place: Option<PathBuf>,
    /// Whether what is there is what is imported.
    pub(crate) is_editable: bool,
}

#[derive(Debug, Deserialize)]
struct DirectUrl {
    url: String,
    #[serde(default)]
    dir_info: DirInfo,
}

#[derive(Debug, Default, Deserialize)]
struct DirInfo {
    #[serde(default)]
    editable: bool,
}

/// Those in these directories. Fails where anything that `pip freeze` prints has a line break in
/// it.
pub(crate) fn origins<'a>(directories: impl IntoIterator<Item = &'a Path>) -> Result<Vec<DirectOrigin>> {
    let mut found = Vec::new();
    for directory in directories {
        for entry in fs::read_dir(directory).map_err(Error::io("list", directory))? {
            let path = entry.map_err(Error::io("list", directory))?.path();
            let Some(name) = name(&path) else { continue };
            check(&path, name.as_bytes())?;
            let origin = match path.extension().and_then(OsStr::to_str) {
                Some("dist-info") => of_direct_url(&path)?,
                Some("egg-link") => of_egg_link(&path)?,
                _ => None,
            };
            found.extend(origin.map(|(place, is_editable)| DirectOrigin {
                name: canonical(&name),
                place,
                is_editable,
            }));
        }
    }
    Ok(found)
}

fn of_direct_url(dist_info: &Path) -> Result<Option<(Option<PathBuf>, bool)>> {
    let file = dist_info.join("direct_url.json");
    let Some(text) = read_small(&file, LIMIT).map_err(Error::io("read", &file))? else { return Ok(None) };
    let wrong = |error: serde_json::Error| Error::Value {
        what: shown(&file).to_string(),
        reason: shown(&error.to_string()).to_string(),
    };
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(wrong)?;
    check_strings(&file, &value)?;
    let direct: DirectUrl = serde_json::from_value(value).map_err(wrong)?;
    let place = direct.url.strip_prefix("file://").map(place);
    if let Some(place) = &place {
        check(&file, place.as_os_str().as_bytes())?;
    }
    Ok(Some((place, direct.dir_info.editable)))
}

/// The first line is the directory.
fn of_egg_link(file: &Path) -> Result<Option<(Option<PathBuf>, bool)>> {
    let Some(text) = read_small(file, LIMIT).map_err(Error::io("read", file))? else { return Ok(None) };
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    check(file, line)?;
    Ok(Some((Some(tidied(Path::new(OsStr::from_bytes(line)))), true)))
}

/// Every string and every key of a JSON value.
fn check_strings(file: &Path, value: &serde_json::Value) -> Result<()> {
    match value {
        serde_json::Value::String(text) => check(file, text.as_bytes()),
        serde_json::Value::Array(values) => values.iter().try_for_each(|value| check_strings(file, value)),
        serde_json::Value::Object(pairs) => pairs.iter().try_for_each(|(key, value)| {
            check(file, key.as_bytes())?;
            check_strings(file, value)
        }),
        _ => Ok(()),
    }
}

fn check(file: &Path, value: &[u8]) -> Result<()> {
    if is_one_line(value) {
        return Ok(());
    }
    let value = shown(OsStr::from_bytes(value)).to_string();
    Err(Error::Refused {
        what: shown(file).to_string(),
        reason: format!("`{value}` has a line break or another control character in it"),
        hint: "a list of what is installed would have lines of its making; uninstall that package".to_owned(),
    })
}

/// The path in a `file:` URL, without what may stand before and behind it.
pub(crate) fn place(behind_scheme: &str) -> PathBuf {
    let path = behind_scheme.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(path);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, others @ ..] = rest {
        let escaped = others.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &others[2..] } else { others };
    }
    tidied(Path::new(&std::ffi::OsString::from_vec(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(direct_url: &str) -> Result<Vec<DirectOrigin>> {
        let room = tempfile::tempdir().unwrap();
        let metadata = room.path().join("My_Thing-1.dist-info");
        fs::create_dir(&metadata).unwrap();
        fs::write(metadata.join("METADATA"), "Name: My_Thing\n").unwrap();
        fs::write(metadata.join("direct_url.json"), direct_url).unwrap();
        fs::write(room.path().join("other.egg-link"), "/src/other\n.").unwrap();
        origins([room.path()]).map(|all| all.into_iter().filter(|each| each.name == "my-thing").collect())
    }

    #[test]
    fn places_and_addresses_are_told_apart() {
        let place = |text| origin(text).unwrap().pop().map(|origin| (origin.place, origin.is_editable)).unwrap();
        assert_eq!(
            place(r#"{"url": "file:///a%20b/c#d", "dir_info": {"editable": true}}"#),
            (Some("/a b/c".into()), true)
        );
        assert_eq!(place(r#"{"url": "file://localhost/a", "dir_info": {}}"#), (Some("/a".into()), false));
        assert_eq!(place(r#"{"url": "https://h/x.whl", "archive_info": {}}"#), (None, false));
    }

    #[test]
    fn nothing_that_ends_a_line_comes_through() {
        for end in ["\\n", "\\r", "\\u000b", "\\u001e", "\\u0085", "\\u2028", "\\u2029"] {
            for text in [
                format!(r#"{{"url": "https://h/x{end}--index-url https://h"}}"#),
                format!(r#"{{"url": "https://h", "subdirectory": "x{end}y"}}"#),
                format!(r#"{{"url": "https://h", "vcs_info": {{"vcs": "git", "commit_id": "x{end}y"}}}}"#),
            ] {
                assert!(matches!(origin(&text), Err(Error::Refused { .. })), "{text}");
            }
        }
        for text in [r#"{"url": "file:///a%0Ab", "dir_info": {"editable": true}}"#, r#"{"url": "file:///a%E2%80%A8b"}"#]
        {
            assert!(matches!(origin(text), Err(Error::Refused { .. })), "{text}");
        }
        assert!(matches!(origin("{"), Err(Error::Value { .. })));
    }
}
