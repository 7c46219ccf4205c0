//! The URL or directory that an installed distribution came from, if it did not come from an index.
//!
//! Any package's build can write these files, and `pip freeze` prints what they say. So they are
//! checked before any of their lines goes into a requirements file.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::formats::direct_url::{DirectUrl, require_single_line};
use crate::formats::dist_info::{MetadataForm, MetadataName, name, normalized};
use crate::fs::{read_small, tidied};

/// An `.egg-link` holds one path.
const LIMIT: u64 = 64 * 1024;

/// A distribution that was installed from a URL or a directory, not from an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectOrigin {
    /// The name (PEP 503).
    pub(crate) name: String,
    /// The directory or file on this machine, unless it came from a URL.
    pub(crate) place: Option<PathBuf>,
    /// Whether Python imports it from that directory.
    pub(crate) is_editable: bool,
}

/// The distributions in these directories that did not come from an index. Fails if a value that
/// `pip freeze` prints contains a line break.
pub(crate) fn origins<'a>(directories: impl IntoIterator<Item = &'a Path>) -> Result<Vec<DirectOrigin>> {
    let mut found = Vec::new();
    for directory in directories {
        for entry in fs::read_dir(directory).map_err(Error::io("list", directory))? {
            let path = entry.map_err(Error::io("list", directory))?.path();
            let Some(name) = name(&path) else { continue };
            require_single_line(&path, name.as_bytes())?;
            let origin = match path.file_name().and_then(MetadataName::of).map(|name| name.form) {
                Some(MetadataForm::DistInfo) => {
                    DirectUrl::read(&path)?.map(|direct| (direct.path(), direct.is_editable()))
                }
                Some(MetadataForm::EggLink) => linked_directory(&path)?.map(|place| (Some(place), true)),
                _ => None,
            };
            found.extend(origin.map(|(place, is_editable)| DirectOrigin {
                name: normalized(&name),
                place,
                is_editable,
            }));
        }
    }
    Ok(found)
}

/// The directory in the first line of an `.egg-link`.
pub(crate) fn linked_directory(file: &Path) -> Result<Option<PathBuf>> {
    let Some(text) = read_small(file, LIMIT).map_err(Error::io("read", file))? else { return Ok(None) };
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    require_single_line(file, line)?;
    Ok(Some(tidied(Path::new(OsStr::from_bytes(line)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PackageError;

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
    fn paths_and_urls_are_distinguished() {
        let place = |text| origin(text).unwrap().pop().map(|origin| (origin.place, origin.is_editable)).unwrap();
        assert_eq!(
            place(r#"{"url": "file:///a%20b/c#d", "dir_info": {"editable": true}}"#),
            (Some("/a b/c".into()), true)
        );
        assert_eq!(place(r#"{"url": "file://localhost/a", "dir_info": {}}"#), (Some("/a".into()), false));
        assert_eq!(place(r#"{"url": "https://h/x.whl", "archive_info": {}}"#), (None, false));
    }

    #[test]
    fn values_with_line_breaks_are_refused() {
        for end in ["\\n", "\\r", "\\u000b", "\\u001e", "\\u0085", "\\u2028", "\\u2029"] {
            for text in [
                format!(r#"{{"url": "https://h/x{end}--index-url https://h"}}"#),
                format!(r#"{{"url": "https://h", "subdirectory": "x{end}y"}}"#),
                format!(r#"{{"url": "https://h", "vcs_info": {{"vcs": "git", "commit_id": "x{end}y"}}}}"#),
            ] {
                assert!(matches!(origin(&text), Err(Error::Package(PackageError::HostileMetadata { .. }))), "{text}");
            }
        }
        for text in [r#"{"url": "file:///a%0Ab", "dir_info": {"editable": true}}"#, r#"{"url": "file:///a%E2%80%A8b"}"#]
        {
            assert!(matches!(origin(text), Err(Error::Package(PackageError::HostileMetadata { .. }))), "{text}");
        }
        assert!(matches!(origin("{"), Err(Error::Malformed { .. })));
    }
}
