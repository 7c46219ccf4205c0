//! `direct_url.json` (PEP 610): the URL or directory a distribution was installed from.
//!
//! Any package's build can write the file, and its strings end up in lists with one line per
//! package. So a file with a line break in any string is refused.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::file_url;
use crate::error::{Error, PackageError, Result};
use crate::fs::read_small;
use crate::one_line::is_one_line;
use crate::shown::shown;

const FILE_NAME: &str = "direct_url.json";

/// Real files have a few hundred bytes.
const LIMIT: u64 = 64 * 1024;

#[derive(Debug, Deserialize)]
pub(crate) struct DirectUrl {
    pub(crate) url: String,
    /// The directory of the project in the archive or repository.
    pub(crate) subdirectory: Option<String>,
    #[serde(default)]
    dir_info: DirInfo,
    pub(crate) vcs_info: Option<VcsInfo>,
    archive_info: Option<ArchiveInfo>,
}

#[derive(Debug, Default, Deserialize)]
struct DirInfo {
    #[serde(default)]
    editable: bool,
}

/// A commit of a repository.
#[derive(Debug, Deserialize)]
pub(crate) struct VcsInfo {
    pub(crate) vcs: String,
    pub(crate) commit_id: String,
    /// The branch or tag that was asked for.
    pub(crate) requested_revision: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ArchiveInfo {
    hash: Option<String>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

impl DirectUrl {
    /// Reads the file in a `.dist-info` directory. `None` for a distribution from an index.
    pub(crate) fn read(dist_info: &Path) -> Result<Option<Self>> {
        let file = dist_info.join(FILE_NAME);
        let Some(text) = read_small(&file, LIMIT).map_err(Error::io("read", &file))? else { return Ok(None) };
        let wrong = |error: serde_json::Error| Error::Malformed {
            what: shown(&file).to_string(),
            reason: shown(&error.to_string()).to_string(),
        };
        let value: Value = serde_json::from_slice(&text).map_err(wrong)?;
        require_single_lines(&file, &value)?;
        let direct: Self = serde_json::from_value(value).map_err(wrong)?;
        if let Some(path) = direct.path() {
            require_single_line(&file, path.as_os_str().as_bytes())?;
        }
        Ok(Some(direct))
    }

    /// The directory or file on this machine, for a `file:` URL.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        file_url::path_in(&self.url)
    }

    pub(crate) fn is_editable(&self) -> bool {
        self.dir_info.editable
    }

    /// The hash of the archive as `sha256=…`. Older installers write one hash and its kind, newer
    /// ones a table.
    pub(crate) fn archive_hash(&self) -> Option<String> {
        let info = self.archive_info.as_ref()?;
        let sha256 = info.hashes.get("sha256").map(|digits| format!("sha256={digits}"));
        sha256.or_else(|| info.hash.clone())
    }
}

/// Checks every string and every key of a JSON value.
fn require_single_lines(file: &Path, value: &Value) -> Result<()> {
    match value {
        Value::String(text) => require_single_line(file, text.as_bytes()),
        Value::Array(values) => values.iter().try_for_each(|value| require_single_lines(file, value)),
        Value::Object(pairs) => pairs.iter().try_for_each(|(key, value)| {
            require_single_line(file, key.as_bytes())?;
            require_single_lines(file, value)
        }),
        _ => Ok(()),
    }
}

/// Fails for a value from `file` that would not stay on one line of a list.
pub(crate) fn require_single_line(file: &Path, value: &[u8]) -> Result<()> {
    if is_one_line(value) {
        return Ok(());
    }
    let value = OsStr::from_bytes(value).to_owned();
    Err(PackageError::HostileMetadata { file: file.to_path_buf(), value }.into())
}
