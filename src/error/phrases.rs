//! Parts of sentences that more than one message has.
//!
//! Owns lists of names and endings. The sentences are `mod`'s and `hint`'s.

use std::ffi::OsString;

use crate::shown::shown;

/// Who asks, where it was not the person.
pub(super) fn and_asker(asker: Option<&str>) -> String {
    asker.map(|asker| format!(", which {asker} asks for")).unwrap_or_default()
}

/// How a child ended; 130 is what Ctrl-C comes to.
pub(super) fn ended(status: i32) -> String {
    if status == 130 { "was interrupted".to_owned() } else { format!("failed with status {status}") }
}

/// How many there are besides the one that is named.
pub(super) fn and_others(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", and by {count} more") }
}

/// The same where one is to be chosen.
pub(super) fn one_of(names: &[OsString]) -> String {
    listed(names, "or")
}

/// Names for a sentence, with a word between them.
pub(super) fn listed(names: &[OsString], word: &str) -> String {
    names.iter().map(|name| format!("`{}`", shown(name))).collect::<Vec<_>>().join(&format!(" {word} "))
}
