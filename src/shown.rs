//! How a name or a path is shown to a person.
//!
//! Owns the escaping of what a terminal would obey (control characters) or be misled by (bidirectional overrides), and
//! of bytes that are no text. Every message passes values through here. What is meant for programs is printed raw.

use std::ffi::OsStr;
use std::fmt::{self, Display, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A value in a form that is safe to look at.
pub(crate) struct Shown<'a>(&'a [u8]);

/// Wraps a name, a path or any bytes for a message.
pub(crate) fn shown<T: AsRef<OsStr> + ?Sized>(value: &T) -> Shown<'_> {
    Shown(value.as_ref().as_bytes())
}

/// A name in a command that a message proposes, as one word that bash, zsh and fish all read back as it was: bare, or in
/// single quotes with `'` and `\` between them. What a terminal would obey, or what is no text, is spelled by its octal
/// number, for `printf` to make it again.
pub(crate) fn typed<T: AsRef<OsStr> + ?Sized>(value: &T) -> String {
    let bytes = value.as_ref().as_bytes();
    if is_plain(value.as_ref()) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(deceives) => {
            let escaped = text.split_inclusive(['\'', '\\']).map(|part| match part.as_bytes().last() {
                Some(b'\'' | b'\\') => format!("{}'\\{}'", &part[..part.len() - 1], &part[part.len() - 1..]),
                _ => part.to_owned(),
            });
            format!("'{}'", escaped.collect::<String>())
        }
        _ => {
            // No `%` and no backslash, and no `-` at the start: printf would take them for its own.
            let spelled = |(at, byte): (usize, &u8)| match byte {
                byte if byte.is_ascii_alphanumeric() || b" _./:,+=@".contains(byte) => char::from(*byte).to_string(),
                b'-' if at > 0 => "-".to_owned(),
                other => format!("\\{other:03o}"),
            };
            format!("\"$(printf '{}')\"", bytes.iter().enumerate().map(spelled).collect::<String>())
        }
    }
}

/// Names that follow a command one after the other, none of which is taken for an option.
pub(crate) fn operands<T: AsRef<OsStr>>(values: &[T]) -> String {
    let is_like_an_option = |value: &T| value.as_ref().as_bytes().starts_with(b"-");
    let guard = if values.iter().any(is_like_an_option) { "-- " } else { "" };
    format!("{guard}{}", values.iter().map(typed).collect::<Vec<_>>().join(" "))
}

/// The same of a path, below the home directory with `~`, which no shell expands in quotes.
pub(crate) fn typed_path(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => format!("~/{}", typed(rest)),
        None => typed(path),
    }
}

/// Whether every shell takes it as it stands.
pub(crate) fn is_plain(value: &OsStr) -> bool {
    let bytes = value.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./+@:,".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_plain)
}

/// A path under the home directory is shown with `~`, as the person would write it.
pub(crate) fn shown_path(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => format!("~/{}", shown(rest)),
        None => shown(path).to_string(),
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                if deceives(character) {
                    write!(formatter, "{}", character.escape_default())?;
                } else {
                    formatter.write_char(character)?;
                }
            }
            for byte in chunk.invalid() {
                write!(formatter, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

/// Control characters, and the marks that reorder or hide text (Unicode bidi controls, zero-width, line separators).
pub(crate) fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_left_alone_and_what_a_terminal_obeys_is_not() {
        assert_eq!(shown("proj é 日本 $x'\"").to_string(), "proj é 日本 $x'\"");
        assert_eq!(shown("a\x1b[31mb\nc\u{202e}d").to_string(), "a\\u{1b}[31mb\\nc\\u{202e}d");
        assert_eq!(shown(OsStr::from_bytes(b"\xffx")).to_string(), "\\xffx");
    }

    #[test]
    fn a_name_in_a_command_can_be_typed_as_it_is_shown() {
        assert_eq!(typed("project-x_1.2"), "project-x_1.2");
        assert_eq!(typed("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(typed(""), "''");
        assert_eq!(typed(r"a\\b\"), r"'a'\\''\\'b'\\''");
        assert_eq!(typed("-x y"), "'-x y'");
        assert_eq!(typed("a\u{202e}\x1b"), r#""$(printf 'a\342\200\256\033')""#);
        assert_eq!(typed(OsStr::from_bytes(b"-\xff'")), r#""$(printf '\055\377\047')""#);
        assert_eq!(operands(&["a", "-b c"]), "-- a '-b c'");
        assert_eq!(operands(&["a", "b"]), "a b");
        assert_eq!(typed_path(Path::new("/h/me/a b"), Some(Path::new("/h/me"))), "~/'a b'");
    }

    #[test]
    fn home_is_a_tilde_only_where_it_is_the_home() {
        let home = Path::new("/h/me");
        assert_eq!(shown_path(Path::new("/h/me/x"), Some(home)), "~/x");
        assert_eq!(shown_path(Path::new("/h/me"), Some(home)), "~");
        assert_eq!(shown_path(Path::new("/h/meow"), Some(home)), "/h/meow");
    }
}
