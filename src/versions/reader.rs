//! Reads the parts of a version one after the other: numbers, stage, post-release.

use super::Stage;

/// The rest of a lower-case text.
pub(super) struct Reader<'t> {
    pub(super) rest: &'t str,
    /// Whether `-`, `_`, and `.` may stand before and after a word.
    has_separators: bool,
    /// Whether a number was missing or out of range.
    pub(super) has_failed: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn of(text: &'t str, has_separators: bool) -> Self {
        Self { rest: text, has_separators, has_failed: false }
    }

    pub(super) fn skip(&mut self, start: &str) -> bool {
        let rest = self.rest.strip_prefix(start);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The text without the separator it may start with.
    pub(super) fn separated(&self) -> &'t str {
        self.rest.strip_prefix(['-', '_', '.']).filter(|_| self.has_separators).unwrap_or(self.rest)
    }

    pub(super) fn number(&mut self) -> u64 {
        let end = self.rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits.parse().unwrap_or_else(|_| {
            self.has_failed = true;
            0
        })
    }

    /// The number after a word; 0 if it is missing.
    pub(super) fn number_of_word(&mut self) -> u64 {
        self.rest = self.separated();
        if starts_with_digit(self.rest) { self.number() } else { 0 }
    }

    /// The first of these words that the text starts with.
    pub(super) fn word(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let start = self.separated();
        let (word, rest) = words.iter().find_map(|word| Some((*word, start.strip_prefix(word)?)))?;
        self.rest = rest;
        Some(word)
    }

    pub(super) fn stage(&mut self) -> Stage {
        // Longer words first: `a` would match the start of `alpha`.
        let word = self.word(&["alpha", "a", "beta", "b", "preview", "pre", "rc", "c"]);
        word.map_or(Stage::Final, |word| Stage::named(word, self.number_of_word()))
    }

    pub(super) fn post(&mut self) -> Option<u64> {
        // `1.0-1` is `1.0.post1`.
        if self.rest.starts_with('-') && starts_with_digit(&self.rest[1..]) {
            return Some(self.number_of_word());
        }
        self.word(&["post", "rev", "r"]).map(|_| self.number_of_word())
    }
}

pub(super) fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}
