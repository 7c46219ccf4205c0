//! Activation scripts: they hold the location of the environment, and its name for the prompt.
//!
//! Owns changing that name in the scripts of every tool, changing whole lines in the scripts of
//! `shell::standalone`, and reading the location a script was written for. A custom prompt stays.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::edit::{applied, begins, edit};
use crate::fs::is_same;
use crate::quoting::{Cell, Language};

/// One of our own scripts, as written for the old location and for the new one.
#[derive(Debug)]
pub(super) struct OurScript {
    pub(super) name: &'static str,
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

impl OurScript {
    /// Changes the lines that differ between the two, wherever they are. Lines that users appended
    /// stay, and so do lines that another version of venvwrap wrote differently.
    pub(super) fn replaced(&self, script: &[u8]) -> Option<Vec<u8>> {
        let (old, new): (Vec<_>, Vec<_>) = (lines(&self.old).collect(), lines(&self.new).collect());
        let differing: Vec<_> = old.iter().zip(&new).filter(|(old, new)| old != new).collect();
        // A path contains a line break, so the lines do not correspond.
        if old.len() != new.len() || differing.is_empty() {
            return None;
        }
        let change = |line| differing.iter().find(|(old, _)| **old == line).map_or(line, |(_, new)| **new);
        let made: Vec<u8> = lines(script).flat_map(change).copied().collect();
        (made != script).then_some(made)
    }
}

/// The location that a `bin/activate` was written for, in every possible reading: as sh reads it,
/// and raw, because venv before 3.13.1 did not escape the path between its quotes. Empty for a
/// script that finds its location at run time.
fn locations(activate: &[u8]) -> Vec<PathBuf> {
    let values = lines(activate).map(<[u8]>::trim_ascii).filter_map(|line| {
        let line = line.strip_prefix(b"export ").unwrap_or(line);
        line.strip_prefix(b"VIRTUAL_ENV=").filter(|value| !value.is_empty())
    });
    let readings = |value: &[u8]| -> Vec<PathBuf> {
        let read: Vec<u8> = Language::Sh.read(value, &[]).iter().map(|cell| cell.byte).collect();
        let quote = &value[..1];
        let bare = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        let bare = bare.filter(|_| matches!(quote, b"\"" | b"'")).unwrap_or(value).to_vec();
        let mut readings: Vec<PathBuf> = [read, bare].map(|path| OsString::from_vec(path).into()).into();
        readings.retain(|path: &PathBuf| path.is_absolute());
        readings.dedup();
        readings
    };
    values.map(readings).find(|readings| !readings.is_empty()).unwrap_or_default()
}

/// The location that a `bin/activate` was written for, if it is not `root`: the environment was
/// moved or copied by hand.
pub(crate) fn named_elsewhere(activate: &[u8], root: &Path) -> Option<PathBuf> {
    let named = locations(activate);
    // Most environments were never moved and are spelled alike: skip the file system.
    let is_here = named.iter().any(|path| path == root) || named.iter().any(|path| is_same(path, root));
    named.into_iter().next().filter(|_| !is_here)
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

/// A change of an environment's name.
#[derive(Debug)]
pub(super) struct Renaming {
    pub(super) old: OsString,
    pub(super) new: OsString,
}

impl Renaming {
    /// Changes the name in the lines of a script that set the prompt.
    pub(super) fn replaced(&self, script: &[u8], language: Language) -> Option<Vec<u8>> {
        let old = self.old.as_bytes();
        let known = [old.to_vec(), [b"(", old, b") "].concat(), [b"x(", old, b") "].concat()];
        let change = |line| self.in_line(line, language, &known).unwrap_or_else(|| line.to_vec());
        let made: Vec<u8> = lines(script).flat_map(change).collect();
        (made != script).then_some(made)
    }

    /// `prompt = 'name'` in `pyvenv.cfg`, as virtualenv, uv and venv (Python's repr) write it.
    pub(super) fn replaced_value(&self, value: &[u8]) -> Option<Vec<u8>> {
        let quote: &[u8] = match value {
            [mark @ (b'\'' | b'"'), .., end] if mark == end => &value[..1],
            _ => b"",
        };
        let bare = &value[quote.len()..value.len() - quote.len()];
        (bare == self.old.as_bytes()).then(|| [quote, self.new.as_bytes(), quote].concat())
    }

    fn in_line(&self, line: &[u8], language: Language, known: &[Vec<u8>]) -> Option<Vec<u8>> {
        let (old, new) = (self.old.as_bytes(), self.new.as_bytes());
        let cells = language.read(line, known);
        let mut edits = Vec::new();
        let mut at = 0;
        while at < cells.len() {
            let is_shown = || {
                begins(&cells[at..], old) && (is_in_brackets(&cells, at, old.len()) || is_value(&cells, at, old.len()))
            };
            if is_shown() {
                edits.push(edit(line, &cells, at, old.len(), new, language));
                at += old.len();
            } else {
                at += 1;
            }
        }
        applied(line, edits)
    }
}

/// `(name) `, as venv puts it before the prompt.
fn is_in_brackets(cells: &[Cell], at: usize, length: usize) -> bool {
    let before = at.checked_sub(1).map(|before| cells[before].byte);
    before == Some(b'(') && begins(&cells[at + length..], b") ")
}

/// The whole value of a variable for the prompt, or the text that venv's fish script prints in
/// color.
fn is_value(cells: &[Cell], at: usize, length: usize) -> bool {
    let ends = |cell: &Cell| cell.quote.is_none() && (cell.byte.is_ascii_whitespace() || b";)".contains(&cell.byte));
    if !cells.get(at + length).is_none_or(|next| ends(next) || next.quote != cells[at].quote) {
        return false;
    }
    let before: Vec<u8> = cells[..at].iter().map(|cell| cell.byte.to_ascii_lowercase()).collect();
    let named = before.trim_ascii_end();
    if named.ends_with(b"(set_color 4b8bbe)") {
        return true;
    }
    let named = named.strip_suffix(b"=").unwrap_or(named).trim_ascii_end();
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let length = named.iter().rev().take_while(is_name).count();
    // The variable is one word, and its value another.
    named.len() < before.len() && memchr::memmem::find(&named[named.len() - length..], b"prompt").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(old: &str, new: &str, language: Language, line: &str) -> String {
        let renaming = Renaming { old: old.into(), new: new.into() };
        let made = renaming.replaced(line.as_bytes(), language).unwrap_or_else(|| line.as_bytes().to_vec());
        String::from_utf8(made).unwrap()
    }

    #[test]
    fn the_name_in_the_prompt_of_every_tool_is_changed() {
        let cases = [
            (Language::Sh, "VIRTUAL_ENV_PROMPT=\"old\"\n", "VIRTUAL_ENV_PROMPT=\"it's\"\n"),
            (Language::Sh, "VIRTUAL_ENV_PROMPT=old", "VIRTUAL_ENV_PROMPT='it'\\''s'"),
            (Language::Sh, "VIRTUAL_ENV_PROMPT='(old) '", "VIRTUAL_ENV_PROMPT='(it'\\''s) '"),
            (Language::Sh, "    PS1=\"(old) ${PS1:-}\"", "    PS1=\"(it's) ${PS1:-}\""),
            (Language::Sh, "    PS1=\"(\"old\") ${PS1:-}\"", "    PS1=\"(\"'it'\\''s'\") ${PS1:-}\""),
            (Language::Sh, "if [ \"x(old) \" != x ] ; then", "if [ \"x(it's) \" != x ] ; then"),
            (Language::Csh, "    setenv VIRTUAL_ENV_PROMPT \"old\"", "    setenv VIRTUAL_ENV_PROMPT \"it's\""),
            (Language::Csh, "set _virtualenv_prompt_tcsh = 'old'", "set _virtualenv_prompt_tcsh = 'it'\\''s'"),
            (
                Language::Fish,
                "  printf \"%s(%s)%s \" (set_color 4B8BBE) \"old\" (set_color normal)",
                "  printf \"%s(%s)%s \" (set_color 4B8BBE) \"it's\" (set_color normal)",
            ),
            (Language::Python, "self.embedded_virtual_prompt = 'old'", "self.embedded_virtual_prompt = 'it\\'s'"),
        ];
        for (language, line, expected) in cases {
            assert_eq!(renamed("old", "it's", language, line), expected);
        }
    }

    #[test]
    fn other_words_equal_to_the_name_stay() {
        let lines = [
            "set prompt = 'x'",
            "    unset VIRTUAL_ENV_PROMPT",
            "VIRTUAL_ENV_PROMPT='my set'",
            "PS1='(set)x'",
            "set -e",
            "VIRTUAL_ENV_PROMPT=\"set two\"",
            "VIRTUAL_ENV_PROMPT=settle",
            "promptset",
        ];
        for line in lines {
            assert_eq!(renamed("set", "new", Language::Sh, line), line);
        }
    }

    #[test]
    fn a_prompt_in_pyvenv_cfg_keeps_its_quotes() {
        let renaming = Renaming { old: "old".into(), new: "it's".into() };
        assert_eq!(renaming.replaced_value(b"'old'").unwrap(), b"'it's'");
        assert_eq!(renaming.replaced_value(b"old").unwrap(), b"it's");
        assert_eq!(renaming.replaced_value(b"'older'"), None);
        assert_eq!(renaming.replaced_value(b"'"), None);
        assert_eq!(renaming.replaced_value(b""), None);
    }

    #[test]
    fn the_location_of_a_script_is_read_in_the_form_of_every_tool() {
        let location = |text: &str| locations(text.as_bytes()).first().map(|path| path.to_str().unwrap().to_owned());
        let venv = "    VIRTUAL_ENV=$(cygpath \"/x/a\")\n    export VIRTUAL_ENV\n    export VIRTUAL_ENV=\"/x/a\"\n";
        let virtualenv = "unset VIRTUAL_ENV\nVIRTUAL_ENV=\"$CURRENT_ENV\"\nVIRTUAL_ENV='/x/it'\"'\"'s'\n";
        assert_eq!(location(venv).unwrap(), "/x/a");
        assert_eq!(location(virtualenv).unwrap(), "/x/it's");
        assert_eq!(location("VIRTUAL_ENV=/x/a\n").unwrap(), "/x/a");
        assert!(locations(b"VIRTUAL_ENV=\"/x/it's \"q\" $y\"\n").contains(&PathBuf::from("/x/it's \"q\" $y")));
        assert_eq!(location("VIRTUAL_ENV=''\"$(dirname -- \"$SCRIPT_PATH\")\"''\nVIRTUAL_ENV=\n"), None);
    }

    #[test]
    fn venvwraps_own_scripts_change_line_by_line() {
        let script = |root: &str, name: &str| format!("# ours\nA='{root}'\nB='{name}'\nend\n").into_bytes();
        let ours = OurScript { name: "activate", old: script("/x/a", "a"), new: script("/x/b", "b") };
        let there = [b"# from an older version\n", &*script("/x/a", "a"), b"B='mine'\nexport C=1\n"].concat();
        let expected = [b"# from an older version\n", &*script("/x/b", "b"), b"B='mine'\nexport C=1\n"].concat();
        assert_eq!(ours.replaced(&there).unwrap(), expected);
        assert_eq!(ours.replaced(&expected), None);
    }
}
