//! The command line being typed, as bash passes it to a completion.
//!
//! Reads its words and how the last one is quoted so far, and writes a candidate in that quoting.
//! zsh and fish do both themselves.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// A line up to the cursor. The last word is the one being typed; it may be empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TypedLine {
    /// The words, unquoted.
    pub(crate) words: Vec<OsString>,
    /// Length of the unquoted text in the last word that readline keeps: up to the last break in
    /// it, or up to the open quote.
    kept: usize,
    open: Quote,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
}

impl TypedLine {
    /// Reads the line. `breaks` is COMP_WORDBREAKS: the characters at which readline starts a new
    /// word.
    pub(crate) fn read(line: &[u8], breaks: &[u8]) -> Self {
        let mut words = Vec::new();
        let mut word: Vec<u8> = Vec::new();
        let (mut begun, mut kept, mut open) = (false, 0, Quote::None);
        let mut bytes = line.iter().copied();
        while let Some(byte) = bytes.next() {
            match (open, byte) {
                (Quote::None, b' ' | b'\t' | b'\n') => {
                    if begun {
                        words.push(OsString::from_vec(std::mem::take(&mut word)));
                    }
                    (begun, kept) = (false, 0);
                    continue;
                }
                (Quote::Single, b'\'') | (Quote::Double, b'"') => open = Quote::None,
                (Quote::None, b'\'' | b'"') => {
                    open = if byte == b'"' { Quote::Double } else { Quote::Single };
                    kept = word.len();
                }
                (Quote::None, b'\\') => word.extend(bytes.next()),
                (Quote::Double, b'\\') => match bytes.next() {
                    Some(next @ (b'"' | b'$' | b'`' | b'\\')) => word.push(next),
                    Some(next) => word.extend([b'\\', next]),
                    None => {}
                },
                (Quote::None, byte) => {
                    word.push(byte);
                    if breaks.contains(&byte) {
                        kept = word.len();
                    }
                }
                (_, byte) => word.push(byte),
            }
            begun = true;
        }
        words.push(OsString::from_vec(word));
        Self { words, kept, open }
    }

    /// Writes the text that completes the word being typed to `candidate`. `whole`: nothing can
    /// follow, so a space ends it.
    pub(crate) fn write_insertion(&self, candidate: &OsStr, whole: bool, text: &mut Vec<u8>) {
        for &byte in candidate.as_bytes().get(self.kept..).unwrap_or_default() {
            match (self.open, byte) {
                (Quote::Single, b'\'') => text.extend_from_slice(b"'\\''"),
                (Quote::Double, b'"' | b'$' | b'`' | b'\\') => text.extend_from_slice(&[b'\\', byte]),
                (Quote::None, byte) if is_special(byte) => text.extend_from_slice(&[b'\\', byte]),
                (_, byte) => text.push(byte),
            }
        }
        // readline closes an open quote itself, after any space that we add.
        if whole && self.open == Quote::None {
            text.push(b' ');
        }
    }
}

/// Whether bash needs a backslash before the byte in a bare word. `=` and `:` need none: readline
/// breaks words there.
fn is_special(byte: u8) -> bool {
    // Most bytes are letters: skip the list for them.
    !byte.is_ascii_alphanumeric() && b" \t!\"#$&'()*,;<>?[\\]^`{|}~".contains(&byte)
}

#[cfg(test)]
mod fuzzed;

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &[u8] = b" \t\n\"'@><=;|&(:";

    fn completed(line: &str, candidate: &str) -> String {
        let typed = TypedLine::read(line.as_bytes(), BREAKS);
        let mut text = Vec::new();
        typed.write_insertion(OsStr::new(candidate), true, &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn words_are_read_as_bash_reads_them() {
        let words = |line: &str| TypedLine::read(line.as_bytes(), BREAKS).words;
        assert_eq!(words("workon "), ["workon", ""]);
        assert_eq!(words("workon my\\ e"), ["workon", "my e"]);
        assert_eq!(words("workon 'it'\\''s' \"a \\\"b\\\" \\x"), ["workon", "it's", "a \"b\" \\x"]);
        assert_eq!(words("workon a=b"), ["workon", "a=b"]);
    }

    #[test]
    fn a_candidate_is_inserted_in_the_quoting_that_was_begun() {
        assert_eq!(completed("workon m", "my env"), "my\\ env ");
        assert_eq!(completed("workon my\\ e", "my env"), "my\\ env ");
        assert_eq!(completed("workon \"my e", "my $env"), "my \\$env");
        assert_eq!(completed("workon 'it", "it's"), "it'\\''s");
        assert_eq!(completed("workon a=", "a=b"), "b ");
    }
}
