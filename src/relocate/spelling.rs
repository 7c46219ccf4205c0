//! Where a text names the old place, however it is spelled there, and the new place in the same
//! spelling.
//!
//! Owns the rule for what names it: the path itself or something below it, never a longer name
//! (`/x/env` is not named by `/x/env2`, and not by `/y/x/env`). Which language a file is in is
//! decided in `mod`.

use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use super::url;
use crate::quoting::{Cell, Language};

/// The old place in all its spellings, and the new one.
#[derive(Debug)]
pub(super) struct Spelling {
    olds: Vec<Vec<u8>>,
    new: Vec<u8>,
    /// For each old one a part that every language writes as it is.
    runs: Vec<Finder<'static>>,
}

/// A change to a line: what is there goes, and this comes.
pub(super) type Edit = (Range<usize>, Vec<u8>);

impl Spelling {
    /// All paths are absolute and tidy. Of two old ones where one is below the other the longer one
    /// counts.
    pub(super) fn new(olds: &[PathBuf], new: &Path) -> Self {
        let mut olds: Vec<Vec<u8>> = olds.iter().map(|path| path.as_os_str().as_bytes().to_vec()).collect();
        olds.sort_by_key(|old| std::cmp::Reverse(old.len()));
        olds.dedup();
        let runs = olds.iter().map(|old| Finder::new(plain_run(old)).into_owned()).collect();
        Self { olds, new: new.as_os_str().as_bytes().to_vec(), runs }
    }

    /// Whether it is worth a closer look. `false` is certain.
    pub(super) fn may_be_in(&self, text: &[u8]) -> bool {
        self.next_run(text).is_some()
    }

    fn next_run(&self, text: &[u8]) -> Option<usize> {
        self.runs.iter().filter_map(|run| run.find(text)).min()
    }

    /// The text with the new place in it. `None` where the old one is not.
    pub(super) fn replaced(&self, text: &[u8], language: Language) -> Option<Vec<u8>> {
        self.by_line(text, |line| self.in_line(line, language))
    }

    /// For files with a path on each line and nothing around it. Other lines are Python's (`import
    /// …`) or comments.
    pub(super) fn replaced_lines(&self, text: &[u8]) -> Option<Vec<u8>> {
        self.by_line(text, |line| {
            if line.starts_with(b"import ") || line.starts_with(b"import\t") {
                return self.in_line(line, Language::Python);
            }
            let ending = line.len() - line.trim_ascii_end().len();
            let new = self.replaced_path(&line[..line.len() - ending])?;
            Some([&*new, &line[line.len() - ending..]].concat())
        })
    }

    /// A path that is the old place or below it, in the new place.
    pub(super) fn replaced_path(&self, path: &[u8]) -> Option<Vec<u8>> {
        let rest = |old: &Vec<u8>| path.strip_prefix(old.as_slice()).filter(|rest| matches!(rest, [] | [b'/', ..]));
        Some([&*self.new, self.olds.iter().find_map(rest)?].concat())
    }

    /// What `text` begins with, if that is the old place and something below it: how long the place
    /// is.
    pub(super) fn at_start(&self, text: &[u8]) -> Option<usize> {
        let old = self.olds.iter().find(|old| text.starts_with(old) && text.get(old.len()) == Some(&b'/'))?;
        Some(old.len())
    }

    /// Lets `change` have each line that may name the old place, its end included.
    fn by_line(&self, text: &[u8], change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
        let mut made: Option<Vec<u8>> = None;
        let (mut kept, mut at) = (0, 0);
        while let Some(found) = self.next_run(&text[at..]) {
            let start = text[..at + found].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let end = memchr::memchr(b'\n', &text[at + found..]).map_or(text.len(), |end| at + found + end + 1);
            if let Some(line) = change(&text[start..end]) {
                let made = made.get_or_insert_with(|| Vec::with_capacity(text.len() + self.new.len()));
                made.extend_from_slice(&text[kept..start]);
                made.extend_from_slice(&line);
                kept = end;
            }
            at = end;
        }
        made.map(|made| [&*made, &text[kept..]].concat())
    }

    fn in_line(&self, line: &[u8], language: Language) -> Option<Vec<u8>> {
        let cells = language.read(line, &self.olds);
        let mut edits = Vec::new();
        let mut at = 0;
        while at < cells.len() {
            let found = self.olds.iter().find(|old| self.is_named_at(&cells, at, old, language));
            if let Some(old) = found {
                edits.push(edit(line, &cells, at, old.len(), &self.new, language));
                at += old.len();
            } else {
                at += 1;
            }
        }
        edits.extend(url::edits(line, &self.olds, &self.new));
        applied(line, edits)
    }

    fn is_named_at(&self, cells: &[Cell], at: usize, old: &[u8], language: Language) -> bool {
        begins(&cells[at..], old)
            && is_start(cells, at, language)
            && is_end(cells, at + old.len(), language)
            // The new place may begin with the old one: what was changed before is not changed
            // again.
            && !(self.new.starts_with(old) && begins(&cells[at..], &self.new) && is_end(cells, at + self.new.len(), language))
    }
}

/// A change of what is written in these `length` cells from `at` on.
pub(super) fn edit(line: &[u8], cells: &[Cell], at: usize, length: usize, new: &[u8], language: Language) -> Edit {
    let (first, last) = (cells[at], cells[at + length - 1]);
    let mut text = language.write(new, first.quote);
    // It began in one pair of quotes and ended in another: what follows is still in that one.
    if first.quote != last.quote {
        text.extend([first.quote, last.quote].iter().filter(|quote| quote.is_syntax()).map(|quote| quote.mark));
    }
    let mut range = first.start..last.end;
    // What is written leaves the quotes that it is in. Where they hold nothing else, no empty ones
    // are left.
    let is_quote = |place: usize, neighbour: Option<&Cell>| {
        line.get(place) == Some(&b'"') && neighbour.is_none_or(|cell| !(cell.start..cell.end).contains(&place))
    };
    if text.starts_with(b"\"'") && is_quote(range.start.wrapping_sub(1), at.checked_sub(1).map(|before| &cells[before]))
    {
        range.start -= 1;
        text.remove(0);
    }
    if text.ends_with(b"'\"") && is_quote(range.end, cells.get(at + length)) {
        range.end += 1;
        text.pop();
    }
    (range, text)
}

/// The line with these changes, which do not overlap.
pub(super) fn applied(line: &[u8], mut edits: Vec<Edit>) -> Option<Vec<u8>> {
    edits.sort_by_key(|(range, _)| range.start);
    let mut made = Vec::with_capacity(line.len());
    let mut at = 0;
    for (range, new) in &edits {
        made.extend_from_slice(&line[at..range.start]);
        made.extend_from_slice(new);
        at = range.end;
    }
    made.extend_from_slice(&line[at..]);
    (!edits.is_empty() && made != line).then_some(made)
}

/// Whether the cells mean these bytes first.
pub(super) fn begins(cells: &[Cell], bytes: &[u8]) -> bool {
    cells.len() >= bytes.len() && cells.iter().zip(bytes).all(|(cell, byte)| cell.byte == *byte)
}

/// Whether a path can begin at this cell: nothing is right before it that would belong to the same
/// path.
fn is_start(cells: &[Cell], at: usize, language: Language) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| cells[before]) else {
        return true;
    };
    if !language.joins_words() && before.quote != cells[at].quote {
        return true;
    }
    let earlier = |back: usize| at.checked_sub(back).map(|at| cells[at].byte);
    match before.byte {
        // `-I/x/env/include`, `-L/x/env/lib`.
        byte if byte.is_ascii_alphabetic() => {
            let is_apart = |byte: u8| byte.is_ascii_whitespace() || b"\"'".contains(&byte);
            earlier(2) == Some(b'-') && earlier(3).is_none_or(is_apart)
        }
        // `${A:-/x/env}`, `${A:+/x/env}`.
        b'-' | b'+' => earlier(2) == Some(b':'),
        byte => !(byte.is_ascii_digit() || !byte.is_ascii() || b"/_.~%@$})]\\".contains(&byte)),
    }
}

/// Whether a path that reaches up to this cell ends there, or goes on below.
fn is_end(cells: &[Cell], at: usize, language: Language) -> bool {
    let Some(next) = cells.get(at) else { return true };
    if next.byte == b'/' || (!language.joins_words() && at > 0 && next.quote != cells[at - 1].quote) {
        return true;
    }
    let ends = |byte: u8| byte.is_ascii_control() || b":;,\"'`()<>|&\\".contains(&byte);
    if !next.quote.is_none() {
        // A blank belongs to the name: that is what the quotes are for.
        return ends(next.byte);
    }
    match next.byte {
        b'.' => {
            // The end of a sentence.
            let after = cells[at..].iter().find(|cell| cell.byte != b'.');
            after.is_none_or(|cell| cell.byte.is_ascii_whitespace())
        }
        byte => ends(byte) || byte.is_ascii_whitespace() || b"]}".contains(&byte),
    }
}

/// The longest part of a path that no language escapes.
fn plain_run(path: &[u8]) -> &[u8] {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/_-.".contains(byte);
    path.split(|byte| !is_plain(byte)).max_by_key(|run| run.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(old: &str, new: &str, language: Language, text: &str) -> String {
        let spelling = Spelling::new(&[old.into()], Path::new(new));
        let made = spelling.replaced(text.as_bytes(), language);
        made.map_or_else(|| text.to_owned(), |made| String::from_utf8(made).unwrap())
    }

    #[test]
    fn only_the_place_itself_and_what_is_below_is_named() {
        let same = [
            "/x/env2",
            "/x/env-old/bin",
            "/x/env.bak",
            "/x/env_",
            "/y/x/env",
            "~/x/env",
            "$HOME/x/env",
            "${A}/x/env",
            "'/x/env two/bin'",
            "\"/x/env two\"",
            "../x/env",
            "/x/env~",
            "/x/env+1",
            "/x/envé",
            "'/x/env'2",
            "/x/en",
            "https://host/x/env",
            "file:///x/env2",
            "file:///x/env%20two",
            "/x/env$1",
            "a'/x/env'",
        ];
        for text in same {
            assert_eq!(moved("/x/env", "/N", Language::Sh, text), text);
        }
        let changed = [
            ("/x/env", "/N"),
            ("/x/env/", "/N/"),
            ("A=/x/env:/x/env/bin;", "A=/N:/N/bin;"),
            ("\"/x/env\"/bin '/x/env'/lib", "\"/N\"/bin '/N'/lib"),
            ("made in /x/env.", "made in /N."),
            ("(/x/env) `/x/env/bin/a` ${B:-/x/env}", "(/N) `/N/bin/a` ${B:-/N}"),
            ("-I/x/env/include -L/x/env/lib", "-I/N/include -L/N/lib"),
            ("git+file:///x/env/src#egg=a", "git+file:///N/src#egg=a"),
        ];
        for (text, expected) in changed {
            assert_eq!(moved("/x/env", "/N", Language::Sh, text), expected);
        }
    }

    #[test]
    fn the_new_place_is_spelled_as_the_old_one_was() {
        let (old, new) = ("/x/it's", "/y/a \"b\" $é");
        let cases = [
            (Language::Sh, r"A='/x/it'\''s/bin'", r#"A='/y/a "b" $é/bin'"#),
            (Language::Sh, r#"A='/x/it'"'"'s'"#, r#"A='/y/a "b" $é'"#),
            (Language::Sh, r#"A="/x/it's/bin:$PATH""#, r#"A='/y/a "b" $é'"/bin:$PATH""#),
            (Language::Sh, r#"A="/x/it's""#, r#"A='/y/a "b" $é'"#),
            (Language::Sh, r#"A="\"/x/it's\"""#, r#"A="\""'/y/a "b" $é'"\"""#),
            (Language::Sh, r"A=/x/it\'s/bin", r#"A='/y/a "b" $é'/bin"#),
            (Language::Fish, r"set A '/x/it\'s'", r#"set A '/y/a "b" $é'"#),
            (Language::Python, r"A = '/x/it\'s/src'", r#"A = '/y/a "b" $é/src'"#),
            (Language::Python, r#"A = "/x/it's""#, r#"A = "/y/a \"b\" $é""#),
            (Language::Json, r#"["/x/it's/bin", "a"]"#, r#"["/y/a \"b\" $\u00e9/bin", "a"]"#),
            (Language::Json, r#"{"url": "file:///x/it's/b"}"#, r#"{"url": "file:///y/a%20%22b%22%20%24%C3%A9/b"}"#),
            (Language::Json, r#"{"url": "file:///x/it%27s"}"#, r#"{"url": "file:///y/a%20%22b%22%20%24%C3%A9"}"#),
            (Language::Plain, "command = -m venv /x/it's", "command = -m venv /y/a \"b\" $é"),
        ];
        for (language, text, expected) in cases {
            assert_eq!(moved(old, new, language, text), expected, "{language:?}");
        }
    }

    #[test]
    fn a_word_that_leaves_its_quotes_in_the_path_ends_in_the_right_ones() {
        assert_eq!(moved("/x/y z", "/N m", Language::Sh, "A=/x/y' z'/bin"), "A='/N m'''/bin");
        assert_eq!(moved("/x/y z", "/N", Language::Sh, "A=\"/x/y\"' z/bin'"), "A=\"/N\"'/bin'");
    }

    #[test]
    fn what_was_changed_is_not_changed_again() {
        for new in ["/x/env two", "/x/env.two", "/x/env-2"] {
            let once = moved("/x/env", new, Language::Text, "in /x/env today");
            assert_eq!(once, format!("in {new} today"));
            assert_eq!(moved("/x/env", new, Language::Text, &once), once);
        }
    }

    #[test]
    fn lines_that_are_paths_hold_any_path() {
        let spelling = Spelling::new(&["/x/env".into(), "/data/env".into()], Path::new("/N m"));
        let text = "/x/env/src/a\r\n/x/env two\n/data/env\n# /x/env\nimport a; a.add('/x/env/b')\n/x/env";
        let made = spelling.replaced_lines(text.as_bytes()).unwrap();
        let expected = "/N m/src/a\r\n/x/env two\n/N m\n# /x/env\nimport a; a.add('/N m/b')\n/N m";
        assert_eq!(String::from_utf8(made).unwrap(), expected);
    }

    #[test]
    fn bytes_that_are_no_text_are_kept() {
        let spelling = Spelling::new(&["/x/env".into()], Path::new("/N"));
        assert_eq!(
            spelling.replaced(b"\xff\xfe /x/env/\xe9\n\x80", Language::Text).unwrap(),
            b"\xff\xfe /N/\xe9\n\x80"
        );
    }
}
