//! How shells, Python, and JSON write a value, and how to read it back.
//!
//! Owns the quoting rules of each language, over bytes: `mod` writes, [`reading`] reads a line of a
//! file, [`typed`] one that is being typed, and [`escapes`] has the longer rules of JSON and
//! Python. Joining values into code is the job of `shell`.

mod escapes;
mod reading;
pub(crate) mod typed;

pub(crate) use escapes::json_escape;
use escapes::{in_json, in_python};
pub(crate) use reading::Cell;

/// A language that writes values in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// sh, bash, zsh, ksh.
    Sh,
    /// csh, tcsh.
    Csh,
    Fish,
    Nu,
    PowerShell,
    /// Python, and xonsh.
    Python,
    Json,
    /// Unknown: quotes delimit a value, but nothing in it is escaped.
    Text,
    /// No quotes and no escapes: every byte means itself.
    Plain,
}

/// The quotes around a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quote {
    /// The quote character; 0 for none.
    pub(crate) mark: u8,
    /// What changes the meaning of the quoted text: `b` and `r` in Python, `r` (for `r#'…'#`) in
    /// Nu, `#` for a comment.
    prefix: u8,
}

impl Quote {
    pub(crate) const NONE: Self = Self::of(0);

    /// Quotes without a prefix.
    pub(crate) const fn of(mark: u8) -> Self {
        Self { mark, prefix: 0 }
    }

    /// Quotes in a comment or in prose, where all bytes mean themselves, the quotes included.
    fn in_text(mark: u8) -> Self {
        Self { mark, prefix: b'#' }
    }

    pub(crate) fn is_none(self) -> bool {
        self.mark == 0
    }

    /// Whether the language itself reads these as quotes.
    pub(crate) fn is_syntax(self) -> bool {
        self.mark != 0 && self.prefix != b'#'
    }
}

impl Language {
    /// A literal that means exactly these bytes, always quoted. Exact for every byte but NUL in
    /// shells; Nu, PowerShell, and JSON hold only text.
    pub(crate) fn literal(self, bytes: &[u8]) -> Vec<u8> {
        let (prefix, mark): (&[u8], u8) = match self {
            Self::Nu | Self::Json => (b"", b'"'),
            // Bytes: the same value in Python 2 and 3.
            Self::Python => (b"b", b'\''),
            _ => (b"", b'\''),
        };
        let quote = Quote { mark, prefix: prefix.first().copied().unwrap_or(0) };
        let mut literal = Vec::with_capacity(bytes.len() + 3);
        literal.extend_from_slice(prefix);
        literal.push(mark);
        self.write_into(bytes, quote, &mut literal);
        literal.push(mark);
        literal
    }

    /// Whether adjacent text is one word, quoted or not: `'/a'/b`.
    pub(crate) fn joins_words(self) -> bool {
        matches!(self, Self::Sh | Self::Csh | Self::Fish)
    }

    /// The text that means `bytes` inside `quote`.
    pub(crate) fn write(self, bytes: &[u8], quote: Quote) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len());
        self.write_into(bytes, quote, &mut text);
        text
    }

    fn write_into(self, bytes: &[u8], quote: Quote, text: &mut Vec<u8>) {
        match (self, quote.mark) {
            _ if quote.prefix == b'#' => text.extend_from_slice(bytes),
            (Self::Sh | Self::Csh | Self::Fish, b'\'') => self.in_single_quotes(bytes, text),
            (Self::Sh | Self::Csh | Self::Fish, 0) if !is_bare_word(bytes) => {
                text.push(b'\'');
                self.in_single_quotes(bytes, text);
                text.push(b'\'');
            }
            (Self::Sh | Self::Csh | Self::Fish, b'"') if bytes.iter().any(|byte| b"\"$`\\!\n".contains(byte)) => {
                // Double-quote escapes differ from shell to shell; single quotes are simple.
                text.extend_from_slice(b"\"'");
                self.in_single_quotes(bytes, text);
                text.extend_from_slice(b"'\"");
            }
            (Self::PowerShell, b'\'') => in_powershell(bytes, text),
            (Self::PowerShell, b'"') => escaped(bytes, b"\"`$", b'`', text),
            (Self::Nu, b'"') => escaped(bytes, b"\"\\", b'\\', text),
            (Self::Json, b'"') => in_json(bytes, text),
            (Self::Python, mark @ (b'\'' | b'"')) if quote.prefix != b'r' => in_python(bytes, mark, quote.prefix, text),
            _ => text.extend_from_slice(bytes),
        }
    }

    /// In single quotes, shells read almost every byte as itself.
    fn in_single_quotes(self, bytes: &[u8], text: &mut Vec<u8>) {
        for byte in bytes {
            match (self, byte) {
                // csh: history (`!`) works in quotes, too, and a line break ends them.
                (Self::Fish, b'\'' | b'\\') | (Self::Csh, b'!' | b'\n') => text.extend_from_slice(&[b'\\', *byte]),
                (_, b'\'') => text.extend_from_slice(b"'\\''"),
                _ => text.push(*byte),
            }
        }
    }
}

/// Doubles single quotes. PowerShell reads the typographic ones as quotes, too.
fn in_powershell(bytes: &[u8], text: &mut Vec<u8>) {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let times = if matches!(character, '\'' | '\u{2018}'..='\u{201b}') { 2 } else { 1 };
            for _ in 0..times {
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        text.extend_from_slice(chunk.invalid());
    }
}

/// Puts `escape` before each of `special`.
fn escaped(bytes: &[u8], special: &[u8], escape: u8, text: &mut Vec<u8>) {
    for byte in bytes {
        if special.contains(byte) {
            text.push(escape);
        }
        text.push(*byte);
    }
}

/// Whether every shell reads the bytes as themselves without quotes.
pub(crate) fn is_bare_word(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/_-.+,@:".contains(byte))
}

/// One word that bash, zsh, fish, and, for most commands, Nushell read alike. A bare `\'` is no
/// quote in Nushell: so `'` and `\` stand in double quotes.
pub(crate) fn for_any_shell(text: &str) -> String {
    // `!` is a command of the history in bash.
    if text.contains('\'') && !text.contains(['"', '$', '`', '\\', '!']) {
        return format!("\"{text}\"");
    }
    let mut word = String::with_capacity(text.len() + 2);
    word.push('\'');
    for character in text.chars() {
        match character {
            '\'' => word.push_str("'\"'\"'"),
            '\\' => word.push_str("'\"\\\\\"'"),
            other => word.push(other),
        }
    }
    word.push('\'');
    word
}

/// One word of sh that is harmless inside a Python string in three single quotes: it has only
/// escapes that Python knows, too, and never three single quotes in a row.
pub(crate) fn sh_word_in_python_string(bytes: &[u8]) -> Vec<u8> {
    let mut word = vec![b'"'];
    for byte in bytes {
        match byte {
            b'"' | b'\\' => word.extend([b'\\', *byte]),
            // Python would warn about `\$`.
            b'$' | b'`' => word.extend([b'"', b'\'', *byte, b'\'', b'"']),
            b'\'' => word.extend(b"'\"\""),
            _ => word.push(*byte),
        }
    }
    word.push(b'"');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_literals() {
        let text = |language: Language, value: &str| String::from_utf8(language.literal(value.as_bytes())).unwrap();
        let value = "it's \"q\" \\ !é\n";
        assert_eq!(text(Language::Sh, value), "'it'\\''s \"q\" \\ !é\n'");
        assert_eq!(text(Language::Fish, value), "'it\\'s \"q\" \\\\ !é\n'");
        assert_eq!(text(Language::Csh, value), "'it'\\''s \"q\" \\ \\!é\\\n'");
        assert_eq!(text(Language::Nu, value), "\"it's \\\"q\\\" \\\\ !é\n\"");
        assert_eq!(text(Language::PowerShell, "it's ‘x’"), "'it''s ‘‘x’’'");
        assert_eq!(text(Language::Python, value), "b'it\\'s \"q\" \\\\ !\\xc3\\xa9\\x0a'");
        assert_eq!(text(Language::Json, value), "\"it's \\\"q\\\" \\\\ !\\u00e9\\u000a\"");
        assert_eq!(Language::Python.literal(b"\xff"), b"b'\\xff'");
    }

    #[test]
    fn a_word_for_any_shell_has_quotes_and_backslashes_in_double_quotes() {
        assert_eq!(for_any_shell("it's (1)"), r#""it's (1)""#);
        assert_eq!(for_any_shell("it's $HOME"), r#"'it'"'"'s $HOME'"#);
        assert_eq!(for_any_shell("it's!"), r#"'it'"'"'s!'"#);
        assert_eq!(for_any_shell(r"a\\b\"), r#"'a'"\\"''"\\"'b'"\\"''"#);
        assert_eq!(for_any_shell(""), "''");
    }

    #[test]
    fn no_sh_word_ends_the_python_string_around_it() {
        for path in ["/a'''b/python", "/'''''", "/$'$'`'`''", "/\\'\\''\\\\'''", "/'\"'\"'\"''"] {
            let word = sh_word_in_python_string(path.as_bytes());
            let mut run = 0;
            let mut escaped = false;
            for byte in word {
                run = if byte == b'\'' && !escaped { run + 1 } else { 0 };
                assert!(run < 3, "{path}");
                escaped = byte == b'\\' && !escaped;
            }
        }
    }
}
