//! Parts of sentences that several messages share: lists of names, and how a child ended.

use std::ffi::OsString;

use crate::shown::shown;

/// Who asks, if it is not an option.
pub(super) fn and_asker(asker: Option<&str>) -> String {
    asker.map(|asker| format!(", which {asker} asks for")).unwrap_or_default()
}

/// How a child ended; Ctrl-C ends it with status 130.
pub(super) fn ended(status: i32) -> String {
    if status == 130 { "was interrupted".to_owned() } else { format!("failed with status {status}") }
}

/// How many there are besides the one that is described.
pub(super) fn and_others(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", and by {count} more") }
}

/// Names of which one is to be chosen.
pub(super) fn one_of(names: &[OsString]) -> String {
    listed(names, "or")
}

pub(super) fn did_you_mean(nearest: &[OsString]) -> String {
    format!("did you mean {}?", one_of(nearest))
}

/// The nearest names, or else how to list all.
pub(super) fn or_listed(nearest: &[OsString], listing: impl FnOnce() -> String) -> String {
    if nearest.is_empty() { listing() } else { did_you_mean(nearest) }
}

/// Names for a sentence, with a word between them.
pub(super) fn listed(names: &[OsString], word: &str) -> String {
    names.iter().map(|name| format!("`{}`", shown(name))).collect::<Vec<_>>().join(&format!(" {word} "))
}
