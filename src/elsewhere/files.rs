//! What the tools' directories have in common: their settings in TOML, environments below a
//! directory, and names that end in a hash.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::fs::{entries_in, read_small};

/// Splits `shop-Z-lblKmL` into `shop` and its hash. The hash may contain `-`, so its length
/// decides.
pub(super) fn name_and_hash(name: &[u8]) -> Option<(&[u8], &str)> {
    let (name, mark) = name.split_at_checked(name.len().checked_sub(8)?)?;
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let name = name.strip_suffix(b"-").filter(|name| !name.is_empty() && mark.iter().all(is_letter))?;
    Some((name, std::str::from_utf8(mark).ok()?))
}

pub(super) fn os(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// Longest settings file that is read.
const LIMIT: u64 = 64 * 1024;

/// Another tool's settings; empty if the file is missing or invalid, which its owner reports.
pub(super) fn settings(file: &Path) -> toml::Table {
    let text = read_small(file, LIMIT).ok().flatten().unwrap_or_default();
    std::str::from_utf8(&text).ok().and_then(|text| toml::from_str(text).ok()).unwrap_or_default()
}

/// The string at a path of keys.
pub(super) fn text(settings: &toml::Table, keys: &[&str]) -> Option<OsString> {
    let (first, rest) = keys.split_first()?;
    let value = rest.iter().try_fold(settings.get(*first)?, |table, key| table.get(key))?;
    value.as_str().map(OsString::from)
}

/// The visible subdirectories; none if the directory cannot be read.
pub(super) fn directories_in(directory: &Path) -> Vec<PathBuf> {
    let entries = entries_in(directory);
    let visible = entries.filter(|entry| !entry.file_name().as_bytes().starts_with(b"."));
    visible.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// The environments directly in a directory, with their directory names.
pub(super) fn environments_in(directory: &Path) -> Vec<(OsString, Environment)> {
    let opened = |root: PathBuf| Some((root.file_name()?.to_owned(), Environment::open(&root).ok()??));
    directories_in(directory).into_iter().filter_map(opened).collect()
}
