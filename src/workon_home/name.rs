//! Environment names: which are allowed, and which existing ones are similar to a mistyped name.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::error::{Error, Result};
use crate::shown::is_legible;
use crate::sorting;

/// Bytes that a file name can have on common file systems.
const LONGEST: usize = 255;

/// A name that is exactly one path component. Nothing else is joined to `WORKON_HOME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnvironmentName(OsString);

impl EnvironmentName {
    /// Checks a name to look up. Odd names that other tools created are accepted, paths are not.
    pub(crate) fn existing(name: &OsStr) -> Result<Self> {
        let bytes = name.as_bytes();
        let reason = match bytes {
            b"" => "it is empty",
            b"." | b".." => "it means this directory or the one above",
            _ if bytes.contains(&b'/') => "it has a `/` in it",
            _ if bytes.contains(&0) => "it has a NUL in it",
            _ if bytes == super::PRIVATE.as_bytes() => "venvwrap uses that directory itself",
            _ if bytes.len() > LONGEST => "it is longer than 255 bytes",
            _ => return Ok(Self(name.to_owned())),
        };
        Err(Error::Name { name: name.to_owned(), reason })
    }

    /// Checks the name of a new environment. Also refuses what shells, lists, or PATH would
    /// mistake.
    pub(crate) fn new(name: &OsStr) -> Result<Self> {
        let bytes = name.as_bytes();
        let reason = match bytes {
            [b'-', ..] => "it starts with `-` like an option",
            [b'.', ..] if bytes != b"." && bytes != b".." => "it starts with `.`, so lists would not show it",
            _ if bytes.contains(&b':') => "it contains `:`, which separates the entries of PATH",
            _ if name.to_string_lossy().chars().any(char::is_control) => "it contains a control character",
            _ if !is_legible(&name.to_string_lossy()) => "it contains an invisible character",
            _ => return Self::existing(name),
        };
        Err(Error::Name { name: name.to_owned(), reason })
    }

    pub(crate) fn as_os_str(&self) -> &OsStr {
        &self.0
    }
}

/// Up to three names similar to `wanted`, the most similar first: a few edits apart, or one is the
/// beginning of the other.
pub(crate) fn nearest(wanted: &OsStr, names: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let typed = wanted.to_string_lossy().to_lowercase();
    let limit = 1 + typed.chars().count() / 4;
    let mut near: Vec<(usize, OsString)> = names
        .into_iter()
        .filter_map(|name| {
            let other = name.to_string_lossy().to_lowercase();
            let starts = !typed.is_empty() && (other.starts_with(&typed) || typed.starts_with(&other));
            let edits = if starts { 1 } else { strsim::osa_distance(&typed, &other) };
            (edits <= limit).then_some((edits, name))
        })
        .collect();
    sorting::sort(&mut near);
    near.truncate(3);
    near.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_never_become_paths() {
        let long = "x".repeat(256);
        for name in ["", ".", "..", "/", "a/b", "../x", "/abs", "x/", "a\0b", ".venvwrap", &long] {
            assert!(EnvironmentName::existing(OsStr::new(name)).is_err(), "{name:?}");
            assert!(EnvironmentName::new(OsStr::new(name)).is_err(), "{name:?}");
        }
    }

    #[test]
    fn odd_names_stay_usable_but_are_not_made() {
        for name in ["-rf", "--help", ".hidden", "a:b", "a\nb", "a\x1b[0mb", "\u{85}"] {
            assert!(EnvironmentName::existing(OsStr::new(name)).is_ok(), "{name:?}");
            assert!(EnvironmentName::new(OsStr::new(name)).is_err(), "{name:?}");
        }
    }

    #[test]
    fn what_people_like_in_names_is_fine() {
        for name in ["projectx", "my env", "it's \"q\"", "$HOME", "*", "日本", "a=b", "{a,b}", "x;y", "~", "a\\b"] {
            assert!(EnvironmentName::new(OsStr::new(name)).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn the_nearest_names_are_suggested_and_no_others() {
        let names = || ["projectx", "projecty", "shop", "api"].map(OsString::from);
        assert_eq!(nearest(OsStr::new("porjectx"), names())[0], "projectx");
        assert_eq!(nearest(OsStr::new("sho"), names()), ["shop"]);
        assert_eq!(nearest(OsStr::new("zebra"), names()), Vec::<OsString>::new());
    }
}
