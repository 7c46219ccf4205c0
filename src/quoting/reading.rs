//! Reads a line of code: the bytes it means, and where each is written.
//!
//! Reads line by line, which is enough to tell a quoted path from a bare one; this is no parser.

use super::escapes::of_c;
use super::{Language, Quote};

/// One byte that a line means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) byte: u8,
    /// Where it is written in the line, from `start` to `end`.
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) quote: Quote,
}

impl Language {
    /// Reads a line. `known` are values that some tools write between quotes without escaping them.
    pub(crate) fn read(self, line: &[u8], known: &[Vec<u8>]) -> Vec<Cell> {
        let mut reader = Reader { language: self, line, known, cells: Vec::with_capacity(line.len()) };
        match self {
            Self::Plain => reader.plain(0, line.len(), Quote::NONE),
            Self::Text => reader.text(0),
            _ => reader.code(),
        }
        reader.cells
    }

    /// The escape at the start of `rest`, inside `quote`: the bytes it means, and its length.
    /// `None` if `rest` starts with a byte that means itself.
    fn escape(self, rest: &[u8], quote: Quote) -> Option<(Vec<u8>, usize)> {
        let next = *rest.get(1)?;
        let taken = |marks: &[u8]| marks.contains(&next).then(|| (vec![next], 2));
        match (self, quote.mark, rest[0]) {
            (Self::Sh | Self::Csh | Self::Fish, 0, b'\\') | (Self::PowerShell, b'"', b'`') => Some((vec![next], 2)),
            (Self::Sh, b'"', b'\\') => taken(b"\"$`\\"),
            (Self::Fish, b'"', b'\\') => taken(b"\"$\\"),
            (Self::Fish, b'\'', b'\\') => taken(b"'\\"),
            (Self::Csh, _, b'\\') => taken(b"!\n"),
            (Self::PowerShell, b'\'', b'\'') => taken(b"'"),
            // U+2018 to U+201B, doubled like the plain quote.
            (Self::PowerShell, b'\'', 0xe2) if matches!(rest, [_, 0x80, 0x98..=0x9b, 0xe2, 0x80, 0x98..=0x9b, ..]) => {
                Some((rest[3..6].to_vec(), 6))
            }
            (Self::PowerShell, b'"', b'"') => taken(b"\""),
            (Self::Json | Self::Nu, b'"', b'\\') => of_c(rest, false),
            (Self::Python, b'\'' | b'"', b'\\') if quote.prefix != b'r' => of_c(rest, quote.prefix == b'b'),
            _ => None,
        }
    }

    fn has_quote(self, byte: u8) -> bool {
        byte == b'"' || (byte == b'\'' && self != Self::Json)
    }

    fn begins_comment(self, before: Option<u8>, byte: u8) -> bool {
        let is_apart = before.is_none_or(|before| before.is_ascii_whitespace() || before == b';');
        byte == b'#' && self != Self::Json && (is_apart || self == Self::Python)
    }
}

struct Reader<'a> {
    language: Language,
    line: &'a [u8],
    known: &'a [Vec<u8>],
    cells: Vec<Cell>,
}

impl Reader<'_> {
    fn plain(&mut self, from: usize, to: usize, quote: Quote) {
        let cell = |(at, byte): (usize, &u8)| Cell { byte: *byte, start: from + at, end: from + at + 1, quote };
        self.cells.extend(self.line[from..to].iter().enumerate().map(cell));
    }

    /// Prose or a comment: quotes mean themselves, and still delimit a value.
    fn text(&mut self, mut at: usize) {
        while let Some(byte) = self.line.get(at) {
            self.plain(at, at + 1, Quote::in_text(0));
            at += 1;
            if self.language.has_quote(*byte)
                && let Some(length) = self.line[at..].iter().position(|other| other == byte)
            {
                self.plain(at, at + length, Quote::in_text(*byte));
                self.plain(at + length, at + length + 1, Quote::in_text(0));
                at += length + 1;
            }
        }
    }

    fn code(&mut self) {
        let mut at = 0;
        while let Some(byte) = self.line.get(at).copied() {
            if self.language.begins_comment(at.checked_sub(1).map(|before| self.line[before]), byte) {
                return self.text(at);
            }
            if self.language.has_quote(byte)
                && let Some(end) = self.quoted(at)
            {
                at = end;
                continue;
            }
            at = self.one(at, Quote::NONE);
        }
    }

    /// Reads one byte or escape at `at`, and returns where the next begins.
    fn one(&mut self, at: usize, quote: Quote) -> usize {
        let Some((bytes, length)) = self.language.escape(&self.line[at..], quote) else {
            self.plain(at, at + 1, quote);
            return at + 1;
        };
        let end = at + length;
        self.cells.extend(bytes.into_iter().map(|byte| Cell { byte, start: at, end, quote }));
        end
    }

    /// Reads the quoted text that starts at `at`, and returns where it ends. `None` if it does not
    /// end in this line: then the mark is an apostrophe, or one of three that begin a longer text.
    fn quoted(&mut self, at: usize) -> Option<usize> {
        let mark = self.line[at];
        let quote = Quote { mark, prefix: self.prefix(at) };
        let kept = self.cells.len();
        let mut inside = at + 1;
        // venv before 3.13.1 put paths and prompts between quotes unescaped.
        let rest = &self.line[inside..];
        let is_here = |value: &&Vec<u8>| {
            let ends = value.ends_with(b" ") || [Some(&mark), Some(&b'/')].contains(&rest.get(value.len()));
            rest.starts_with(value) && ends
        };
        if let Some(value) = self.known.iter().find(is_here) {
            self.plain(inside, inside + value.len(), quote);
            inside += value.len();
        }
        let hashes = if quote.prefix == b'r' && self.language == Language::Nu { self.hashes_before(at) } else { 0 };
        while let Some(byte) = self.line.get(inside) {
            let is_doubled = self.language == Language::PowerShell && self.line.get(inside + 1) == Some(&mark);
            if *byte == mark
                && !is_doubled
                && self.line[inside + 1..].iter().take_while(|byte| **byte == b'#').count() >= hashes
            {
                return Some(inside + 1);
            }
            inside = self.one(inside, quote);
        }
        self.cells.truncate(kept);
        None
    }

    /// The letter before the quotes at `at` that changes what they mean.
    fn prefix(&self, at: usize) -> u8 {
        let hashes = if self.language == Language::Nu { self.hashes_before(at) } else { 0 };
        let letters = self.line[..at - hashes].iter().rev().take_while(|byte| byte.is_ascii_alphabetic());
        let letters: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
        match self.language {
            Language::Python if letters.len() <= 2 && letters.contains(&b'r') => b'r',
            Language::Python if letters == [b'b'] => b'b',
            Language::Nu if hashes > 0 && letters == [b'r'] => b'r',
            _ => 0,
        }
    }

    fn hashes_before(&self, at: usize) -> usize {
        self.line[..at].iter().rev().take_while(|byte| **byte == b'#').count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(language: Language, line: &[u8]) -> Vec<u8> {
        language.read(line, &[]).into_iter().map(|cell| cell.byte).collect()
    }

    const HOSTILE: &[u8] =
        b"/a b'c\"d$e`f\\g;h!i#j{k}l\xc3\xa9\xe6\x97\xa5\xf0\x9f\x90\x8d\xe2\x80\x98\xe2\x80\x99\xffm";

    #[test]
    fn every_language_reads_what_it_writes() {
        use Language::{Csh, Fish, Json, Nu, PowerShell, Python, Sh};
        for language in [Sh, Csh, Fish, PowerShell, Python, Json, Nu] {
            for mark in *b"'\"" {
                if (language, mark) == (Json, b'\'') || (language, mark) == (Nu, b'\'') {
                    continue;
                }
                let quote = Quote::of(mark);
                let line = [&[mark], &*language.write(HOSTILE, quote), &[mark]].concat();
                assert_eq!(meant(language, &line), HOSTILE, "{language:?}: {}", line.escape_ascii());
            }
        }
        for language in [Sh, Csh, Fish] {
            assert_eq!(meant(language, &language.write(HOSTILE, Quote::NONE)), HOSTILE, "{language:?}");
            assert_eq!(language.write(b"/a-b/c.d", Quote::NONE), b"/a-b/c.d");
        }
        let bytes = [b"b'", &*Python.write(HOSTILE, Quote { mark: b'\'', prefix: b'b' }), b"'"].concat();
        assert!(bytes.is_ascii());
        assert_eq!(meant(Python, &bytes), [b"b", HOSTILE].concat());
    }

    #[test]
    fn forms_that_other_tools_write_are_read() {
        let cases: [(Language, &str, &str); 9] = [
            (Language::Sh, r#"A='/a b'"'"'q'/bin"#, "A=/a b'q/bin"),
            (Language::Sh, r#"A="/a \"b\" \$c \x""#, r#"A=/a "b" $c \x"#),
            (Language::Sh, r"A=/a\ b # it's 'this'", "A=/a b # it's 'this'"),
            (Language::Fish, r"set A '/it\'s \\ \x'", r"set A /it's \ \x"),
            (Language::PowerShell, r#"'it''s' "a`"b""#, r#"it's a"b"#),
            (Language::Nu, "let a = r#'/it's'#", "let a = r#/it's#"),
            (Language::Python, r"'\x2f\u00e9' r'\x' ", r"/é r\x "),
            (Language::Json, r#"["\/a\ud83d\udc0d", 'x']"#, "[/a🐍, 'x']"),
            (Language::Text, r#"a = "it's""#, r#"a = "it's""#),
        ];
        for (language, line, expected) in cases {
            assert_eq!(String::from_utf8(meant(language, line.as_bytes())).unwrap(), expected, "{language:?}");
        }
    }

    #[test]
    fn an_apostrophe_is_no_quote() {
        let cells = Language::Sh.read(b"echo don\\'t it's /x", &[]);
        assert!(cells.iter().all(|cell| cell.quote.is_none()));
    }

    #[test]
    fn a_known_value_without_escapes_is_read_as_itself() {
        let known = [b"/a$b\"c".to_vec()];
        let cells = Language::Sh.read(b"A=\"/a$b\"c/bin\"", &known);
        assert_eq!(cells.iter().map(|cell| cell.byte).collect::<Vec<_>>(), b"A=/a$b\"c/bin");
    }
}
