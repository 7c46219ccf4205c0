//! Damaged settings: read as Python reads them, or refused whole, with file and line.

use std::path::PathBuf;

use super::*;
use crate::fuzzed::{batch, documents, kept, python_answers, tally};

/// The settings as Python's own parser reads them, in the form of Debug; `?` if it refuses the
/// file, or is missing (before 3.11).
const TOML: &str = "
try:
    import tomllib
except ImportError:
    tomllib = None

def answer(document):
    try:
        found = tomllib.loads(document.decode())
    except Exception:
        return b'?'
    days = found.pop('trash-days', 7)
    words = [found.pop('installer', 'auto'), found.pop('link', 'auto'), found.pop('heal', 'auto')]
    is_right = not found and type(days) is int and 0 <= days < 1 << 32
    is_right = is_right and words[0] in ('auto', 'pip', 'uv') and words[1] in ('auto', 'copy') and words[2] in ('auto', 'never')
    return ' '.join([word.capitalize() for word in words] + [str(days)]).encode() if is_right else b'wrong'
";

#[test]
fn settings_are_used_whole_or_refused_with_file_and_line() {
    let words = &[
        "installer",
        "link = \"",
        "heal",
        "\"never\"",
        "trash-days",
        "\"uv\"",
        "\"\"\"",
        "[x]\n",
        "true",
        "1_0",
        "0x10",
        "= 3\n",
    ];
    let files = [kept("config"), batch(600, &documents("config", words))].concat();
    let room = tempfile::tempdir().unwrap();
    let file: PathBuf = room.path().join("venvwrap/config.toml");
    std::fs::create_dir(room.path().join("venvwrap")).unwrap();
    let context = Context::made_of(&[("HOME", "/h"), ("XDG_CONFIG_HOME", room.path().to_str().unwrap())]);
    for (text, answer) in files.iter().zip(python_answers(TOML, &files)) {
        std::fs::write(&file, text).unwrap();
        let shown = text.escape_ascii();
        let answer = std::str::from_utf8(&answer).unwrap();
        match Config::read(&context) {
            Ok(Config { installer, link, heal, trash_days, .. }) => {
                let ours = format!("{installer:?} {link:?} {heal:?} {trash_days}");
                // Older Pythons refuse the new syntax of TOML 1.1.
                assert!(ours == answer || answer == "?", "{ours}, not {answer}: {shown}");
            }
            Err(error) => {
                let message = error.to_string();
                assert!(matches!(answer, "wrong" | "?") || text.starts_with(b"\xef\xbb\xbf"), "{message}: {shown}");
                assert!(message.contains("config.toml") && message.contains("line "), "{message}: {shown}");
                let obeyed = message.chars().find(|letter| *letter != '\n' && crate::shown::deceives(*letter));
                assert_eq!(obeyed, None, "{message}: {shown}");
            }
        }
    }
    tally("damaged settings, used or refused whole", files.len());
}

#[test]
fn a_file_that_is_too_long_is_refused() {
    let room = tempfile::tempdir().unwrap();
    std::fs::create_dir(room.path().join("venvwrap")).unwrap();
    let text = format!("{}installer = \"uv\"\n", "# a comment\n".repeat(6_000));
    std::fs::write(room.path().join("venvwrap/config.toml"), text).unwrap();
    let context = Context::made_of(&[("HOME", "/h"), ("XDG_CONFIG_HOME", room.path().to_str().unwrap())]);
    assert!(Config::read(&context).unwrap_err().to_string().contains("config.toml"));
}
