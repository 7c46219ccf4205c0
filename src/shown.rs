//! How names, paths, and other values from outside are shown on a terminal.
//!
//! Owns the rule which characters are never shown raw: a terminal obeys them (control characters),
//! or they hide or reorder text (bidirectional controls and everything that is drawn as nothing).
//! Messages and lists show escapes instead, prompts show `_`. Output for programs is printed raw.

use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::quoting::{for_any_shell, is_bare_word, json_escape};

/// Displays a value without raw control characters.
pub(crate) struct Shown<'a>(&'a [u8]);

/// Wraps a name, a path or any bytes for a message.
pub(crate) fn shown<T: AsRef<OsStr> + ?Sized>(value: &T) -> Shown<'_> {
    Shown(value.as_ref().as_bytes())
}

static IS_FOR_NUSHELL: AtomicBool = AtomicBool::new(false);

/// Writes proposed commands for Nushell, because a function of it called us.
pub(crate) fn propose_for_nushell() {
    IS_FOR_NUSHELL.store(true, Ordering::Relaxed);
}

/// Whether Nushell reads the commands that messages propose.
pub(crate) fn is_for_nushell() -> bool {
    IS_FOR_NUSHELL.load(Ordering::Relaxed)
}

/// A name in a command that a message proposes: one word that bash, zsh, and fish all read back
/// unchanged, as does Nushell for most commands; for the rest it has a spelling of its own. It is
/// bare, or in quotes. A name with characters that a terminal obeys, or with invalid UTF-8, becomes
/// a call of `printf` with octal numbers.
pub(crate) fn typed<T: AsRef<OsStr> + ?Sized>(value: &T) -> String {
    let bytes = value.as_ref().as_bytes();
    if is_plain(value.as_ref()) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if is_for_nushell() => for_nushell(text),
        Ok(text) if !text.chars().any(deceives) => for_any_shell(text),
        _ => {
            // printf itself would interpret `%`, a backslash, and a `-` at the start.
            let spelled = |(at, byte): (usize, &u8)| match byte {
                byte if byte.is_ascii_alphanumeric() || b" _./:,+=@".contains(byte) => char::from(*byte).to_string(),
                b'-' if at > 0 => "-".to_owned(),
                other => format!("\\{other:03o}"),
            };
            format!("\"$(printf '{}')\"", bytes.iter().enumerate().map(spelled).collect::<String>())
        }
    }
}

/// One literal of Nushell, as its `mv` and `rm` want it, with escapes for what a terminal obeys.
fn for_nushell(text: &str) -> String {
    if !text.chars().any(|character| character == '\'' || deceives(character)) {
        return format!("'{text}'");
    }
    let mut word = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => word.extend(['\\', character]),
            _ if deceives(character) => word.extend(character.escape_unicode()),
            _ => word.push(character),
        }
    }
    word + "\""
}

/// The names as arguments of a command, after `--` if one of them looks like an option.
pub(crate) fn operands<T: AsRef<OsStr>>(values: &[T]) -> String {
    let is_like_an_option = |value: &T| value.as_ref().as_bytes().starts_with(b"-");
    let guard = if values.iter().any(is_like_an_option) { "-- " } else { "" };
    format!("{guard}{}", values.iter().map(typed).collect::<Vec<_>>().join(" "))
}

/// A path in a command that a message proposes, with `~` for the home directory. The `~` is not
/// quoted, because shells do not expand it in quotes.
pub(crate) fn typed_path(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) if !is_for_nushell() || is_plain(rest.as_os_str()) => format!("~/{}", typed(rest)),
        _ => typed(path),
    }
}

/// Whether every shell reads the value as one word without quotes.
pub(crate) fn is_plain(value: &OsStr) -> bool {
    let bytes = value.as_bytes();
    !bytes.is_empty() && is_bare_word(bytes)
}

/// A path for a message, with `~` for the home directory.
pub(crate) fn shown_path(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => format!("~/{}", shown(rest)),
        None => shown(path).to_string(),
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Most names and paths.
        if self.0.iter().all(|byte| matches!(byte, b' '..=b'~'))
            && let Ok(text) = std::str::from_utf8(self.0)
        {
            return formatter.write_str(text);
        }
        for chunk in self.0.utf8_chunks() {
            for (character, deceives) in judged(chunk.valid()) {
                if deceives {
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

/// Text for a prompt, with `_` for each character that must not be shown raw. Themes such as
/// starship print VIRTUAL_ENV_PROMPT unchanged.
pub(crate) fn inert(text: &OsStr) -> OsString {
    let mut made = Vec::with_capacity(text.len());
    for chunk in text.as_bytes().utf8_chunks() {
        for (character, deceives) in judged(chunk.valid()) {
            let character = if deceives { '_' } else { character };
            made.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        made.extend_from_slice(chunk.invalid());
    }
    OsString::from_vec(made)
}

/// Whether text can be shown raw.
pub(crate) fn is_legible(text: &str) -> bool {
    !judged(text).any(|(_, deceives)| deceives)
}

/// JSON with `\u` escapes in place of characters that must not be shown raw: the same value for
/// programs, and safe on a terminal. Line breaks between the values stay.
pub(crate) fn json_escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !deceives(character) {
            escaped.push(character);
        } else {
            escaped.push_str(&json_escape(character));
        }
    }
    escaped
}

/// Each character, and whether it must not be shown raw. Emoji are made with two of those
/// characters (U+FE0F and U+200D), which are fine between their parts.
fn judged(text: &str) -> impl Iterator<Item = (char, bool)> + '_ {
    let mut before = '\0';
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        let character = rest.next()?;
        let after_emoji = is_emoji(before) || before == EMOJI_STYLE && character == JOINER;
        let next_is_emoji = || rest.clone().next().is_some_and(is_emoji);
        let in_emoji = match character {
            EMOJI_STYLE => after_emoji,
            JOINER => after_emoji && next_is_emoji(),
            _ => false,
        };
        before = character;
        Some((character, !in_emoji && deceives(character)))
    })
}

/// VARIATION SELECTOR-16: the character before it is drawn as an emoji.
const EMOJI_STYLE: char = '\u{fe0f}';
/// ZERO WIDTH JOINER: the emoji around it are drawn as one.
const JOINER: char = '\u{200d}';

/// The blocks that the emoji are in (Unicode's emoji-data.txt), letters and digits apart.
fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Control characters, line separators, Unicode's format characters (general category Cf) and
/// default ignorable code points, and two blanks that are neither (U+2800, U+3164).
pub(crate) fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}'
            | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_text_is_not() {
        assert_eq!(shown("proj é 日本 $x'\"").to_string(), "proj é 日本 $x'\"");
        assert_eq!(shown("a\x1b[31mb\nc\u{202e}d").to_string(), "a\\u{1b}[31mb\\nc\\u{202e}d");
        assert_eq!(shown(OsStr::from_bytes(b"\xffx")).to_string(), "\\xffx");
    }

    #[test]
    fn invisible_characters_are_escaped_and_emoji_are_not() {
        for hidden in ["\u{ad}", "\u{3164}", "\u{fff9}", "\u{e0041}", "\u{202e}", "\u{200d}", "\u{fe0f}", "\u{85}"] {
            assert_eq!(inert(OsStr::new(&format!("a{hidden}b"))), "a_b", "{}", hidden.escape_default());
            assert!(!is_legible(hidden), "{}", hidden.escape_default());
            // Only between the parts of an emoji: at the end there is nothing to join.
            let escaped = shown(&format!("x{hidden}")).to_string();
            assert_eq!(escaped, format!("x{}", hidden.escape_default()));
        }
        for seen in
            ["\u{2764}\u{fe0f}", "\u{1f469}\u{200d}\u{1f52c}", "\u{1f3f4}\u{200d}\u{2620}\u{fe0f}", "ערב", "日本"]
        {
            assert_eq!(inert(OsStr::new(seen)), seen);
        }
        assert_eq!(inert(OsStr::from_bytes(b"\x1b]0;x\x07\xff")), OsStr::from_bytes(b"_]0;x_\xff"));
    }

    #[test]
    fn json_keeps_its_value_and_shows_nothing_raw() {
        let value = "a\u{ad}\u{202e}\u{e0041}\u{7f}\n\u{1f469}\u{200d}\u{1f52c}";
        let escaped = json_escaped(&serde_json::to_string_pretty(&[value]).unwrap());
        assert!(escaped.chars().all(|character| character == '\n' || !deceives(character)), "{escaped:?}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&escaped).unwrap(), [value]);
    }

    #[test]
    fn a_name_in_a_command_can_be_typed_as_it_is_shown() {
        assert_eq!(typed("project-x_1.2"), "project-x_1.2");
        assert_eq!(typed("it's $HOME"), r#"'it'"'"'s $HOME'"#);
        assert_eq!(typed(""), "''");
        assert_eq!(typed("-x y"), "'-x y'");
        assert_eq!(typed("a\u{202e}\x1b"), r#""$(printf 'a\342\200\256\033')""#);
        assert_eq!(typed(OsStr::from_bytes(b"-\xff'")), r#""$(printf '\055\377\047')""#);
        assert_eq!(operands(&["a", "-b c"]), "-- a '-b c'");
        assert_eq!(operands(&["a", "b"]), "a b");
        assert_eq!(for_nushell("a 'b\" \\\u{202e}"), r#""a 'b\" \\\u{202e}""#);
        assert_eq!(for_nushell("$x \\"), r"'$x \'");
        assert_eq!(typed_path(Path::new("/h/me/a b"), Some(Path::new("/h/me"))), "~/'a b'");
    }

    #[test]
    fn only_the_home_directory_becomes_a_tilde() {
        let home = Path::new("/h/me");
        assert_eq!(shown_path(Path::new("/h/me/x"), Some(home)), "~/x");
        assert_eq!(shown_path(Path::new("/h/me"), Some(home)), "~");
        assert_eq!(shown_path(Path::new("/h/meow"), Some(home)), "/h/meow");
    }
}
