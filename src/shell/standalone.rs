//! The activation scripts that every environment carries: shell/standalone/*, with its path and
//! prompt filled in.
//!
//! They work without venvwrap. Each file has the two bare words `__VIRTUAL_ENV__` and
//! `__VIRTUAL_ENV_PROMPT__`, once; what takes their place is quoted by the rule of that language,
//! always.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{fish, posix};

/// How a language writes a value down.
type Quote = fn(&[u8]) -> Vec<u8>;

const SCRIPTS: &[(&str, &str, Quote)] = &[
    ("activate", include_str!("../../shell/standalone/activate"), posix::quoted),
    ("activate.fish", include_str!("../../shell/standalone/activate.fish"), fish::quoted),
    ("activate.csh", include_str!("../../shell/standalone/activate.csh"), quoted_for_csh),
    ("activate.nu", include_str!("../../shell/standalone/activate.nu"), quoted_for_nu),
    ("Activate.ps1", include_str!("../../shell/standalone/Activate.ps1"), quoted_for_powershell),
    ("activate_this.py", include_str!("../../shell/standalone/activate_this.py"), quoted_for_python),
];

/// The scripts for an environment: the name in `bin`, and the content.
pub(crate) fn scripts(root: &Path, prompt: &OsStr) -> Vec<(&'static str, Vec<u8>)> {
    let fill = |(name, text, quote): &(&'static str, &str, Quote)| {
        (*name, filled(text, &quote(root.as_os_str().as_bytes()), &quote(prompt.as_bytes())))
    };
    SCRIPTS.iter().map(fill).collect()
}

/// Puts each value where its word stands in the code. Split, not replaced one after the other: a
/// path that holds the second word must not be filled again.
fn filled(text: &str, root: &[u8], prompt: &[u8]) -> Vec<u8> {
    let mut script = Vec::with_capacity(text.len() + root.len() + prompt.len());
    let mut rest = text;
    while let Some(at) = rest.find("__VIRTUAL_ENV") {
        script.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let (word, value) = if rest.starts_with("__VIRTUAL_ENV__") {
            ("__VIRTUAL_ENV__", root)
        } else {
            ("__VIRTUAL_ENV_PROMPT__", prompt)
        };
        script.extend_from_slice(value);
        rest = rest.strip_prefix(word).unwrap_or_default();
    }
    script.extend_from_slice(rest.as_bytes());
    script
}

/// `'…'`, where a quote is left, written and entered again, and a `!` (history, also in quotes) has
/// a backslash.
fn quoted_for_csh(bytes: &[u8]) -> Vec<u8> {
    wrapped(bytes, b"'", |byte, word| match byte {
        b'\'' => word.extend_from_slice(b"'\\''"),
        b'!' | b'\n' => word.extend([b'\\', byte]),
        other => word.push(other),
    })
}

/// `"…"` with backslash escapes.
pub(super) fn quoted_for_nu(bytes: &[u8]) -> Vec<u8> {
    wrapped(bytes, b"\"", |byte, word| match byte {
        b'"' | b'\\' => word.extend([b'\\', byte]),
        other => word.push(other),
    })
}

/// `'…'` with every single quote doubled; PowerShell takes the typographic ones (U+2018 to U+201B)
/// for quotes too.
pub(super) fn quoted_for_powershell(bytes: &[u8]) -> Vec<u8> {
    let mut word = vec![b'\''];
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let text = character.encode_utf8(&mut [0; 4]).to_owned();
            word.extend_from_slice(text.as_bytes());
            if matches!(character, '\'' | '\u{2018}'..='\u{201b}') {
                word.extend_from_slice(text.as_bytes());
            }
        }
        word.extend_from_slice(chunk.invalid());
    }
    word.push(b'\'');
    word
}

/// `b'…'`, ASCII only: the same bytes in Python 2 and 3.
fn quoted_for_python(bytes: &[u8]) -> Vec<u8> {
    let mut word = b"b".to_vec();
    word.extend(wrapped(bytes, b"'", |byte, word| match byte {
        b'\'' | b'\\' => word.extend([b'\\', byte]),
        b' '..=b'~' => word.push(byte),
        other => word.extend_from_slice(format!("\\x{other:02x}").as_bytes()),
    }));
    word
}

fn wrapped(bytes: &[u8], quote: &[u8], mut write: impl FnMut(u8, &mut Vec<u8>)) -> Vec<u8> {
    let mut word = quote.to_vec();
    for byte in bytes {
        write(*byte, &mut word);
    }
    word.extend_from_slice(quote);
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_has_each_word_once() {
        for (name, text, _) in SCRIPTS {
            assert_eq!(text.matches("__VIRTUAL_ENV__").count(), 1, "{name}");
            assert_eq!(text.matches("__VIRTUAL_ENV_PROMPT__").count(), 1, "{name}");
        }
    }

    #[test]
    fn a_value_that_looks_like_a_word_is_not_filled_again() {
        let made = filled("A=__VIRTUAL_ENV__ B=__VIRTUAL_ENV_PROMPT__.", b"'/__VIRTUAL_ENV_PROMPT__'", b"'x'");
        assert_eq!(String::from_utf8(made).unwrap(), "A='/__VIRTUAL_ENV_PROMPT__' B='x'.");
    }

    #[test]
    fn each_language_has_its_own_quotes() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let value = "it's \"q\" \\ !é".as_bytes();
        assert_eq!(text(quoted_for_csh(value)), "'it'\\''s \"q\" \\ \\!é'");
        assert_eq!(text(quoted_for_nu(value)), "\"it's \\\"q\\\" \\\\ !é\"");
        assert_eq!(text(quoted_for_powershell("it's ‘x’".as_bytes())), "'it''s ‘‘x’’'");
        assert_eq!(text(quoted_for_python(value)), "b'it\\'s \"q\" \\\\ !\\xc3\\xa9'");
    }
}
