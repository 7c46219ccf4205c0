//! Finds the old location in a text, however it is quoted there, and replaces it in the same
//! quoting.
//!
//! Owns the rule for a match: the old path itself or a path below it, never a longer name (`/x/env`
//! is neither in `/x/env2` nor in `/y/x/env`). The language of a file is decided in `mod`.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use super::edit::{applied, begins, edit};
use super::url;
use crate::quoting::{Cell, Language};
use crate::sorting;

/// The old location in all its spellings, and the new one.
#[derive(Debug)]
pub(super) struct Spelling {
    olds: Vec<Vec<u8>>,
    new: Vec<u8>,
    /// For each old path, a part that no language escapes.
    runs: Vec<Finder<'static>>,
}

impl Spelling {
    /// All paths are absolute and tidy. If one old path is below another, the longer one wins.
    pub(super) fn new(olds: &[PathBuf], new: &Path) -> Self {
        let mut olds: Vec<Vec<u8>> = olds.iter().map(|path| path.as_os_str().as_bytes().to_vec()).collect();
        sorting::sort_by_key(&mut olds, |old| std::cmp::Reverse(old.len()));
        olds.dedup();
        let runs = olds.iter().map(|old| Finder::new(plain_run(old)).into_owned()).collect();
        Self { olds, new: new.as_os_str().as_bytes().to_vec(), runs }
    }

    /// A quick check: `false` is certain, `true` needs a closer look.
    pub(super) fn may_be_in(&self, text: &[u8]) -> bool {
        self.next_run(text).is_some()
    }

    fn next_run(&self, text: &[u8]) -> Option<usize> {
        self.runs.iter().filter_map(|run| run.find(text)).min()
    }

    /// The text with the new location. `None` if it does not contain the old one.
    pub(super) fn replaced(&self, text: &[u8], language: Language) -> Option<Vec<u8>> {
        self.by_line(text, |line| self.in_line(line, language))
    }

    /// For files with one bare path per line. All other lines are Python code (`import …`) or
    /// comments.
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

    /// The new path for the old location or a path below it.
    pub(super) fn replaced_path(&self, path: &[u8]) -> Option<Vec<u8>> {
        let rest = |old: &Vec<u8>| path.strip_prefix(old.as_slice()).filter(|rest| matches!(rest, [] | [b'/', ..]));
        Some([&*self.new, self.olds.iter().find_map(rest)?].concat())
    }

    /// The length of the old location, if `text` starts with a path below it.
    pub(super) fn at_start(&self, text: &[u8]) -> Option<usize> {
        let old = self.olds.iter().find(|old| text.starts_with(old) && text.get(old.len()) == Some(&b'/'))?;
        Some(old.len())
    }

    /// Applies `change` to each line (its end included) that may contain the old location.
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
            // The new location may start with the old one: do not change a path twice.
            && !(self.new.starts_with(old) && begins(&cells[at..], &self.new) && is_end(cells, at + self.new.len(), language))
    }
}

/// Whether a path can start at this cell: the text before it is not a part of the same path.
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

/// Whether the path before this cell ends here, or continues below with `/`.
fn is_end(cells: &[Cell], at: usize, language: Language) -> bool {
    let Some(next) = cells.get(at) else { return true };
    if next.byte == b'/' || (!language.joins_words() && at > 0 && next.quote != cells[at - 1].quote) {
        return true;
    }
    let ends = |byte: u8| byte.is_ascii_control() || b":;,\"'`()<>|&\\".contains(&byte);
    if !next.quote.is_none() {
        // Inside quotes, a blank is a part of the name.
        return ends(next.byte);
    }
    match next.byte {
        b'.' => {
            // Dots end a sentence.
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
    fn only_the_location_and_paths_below_it_match() {
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
    fn the_new_location_is_quoted_like_the_old_one() {
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
    fn a_changed_path_is_not_changed_again() {
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
    fn bytes_that_are_not_utf8_are_kept() {
        let spelling = Spelling::new(&["/x/env".into()], Path::new("/N"));
        assert_eq!(
            spelling.replaced(b"\xff\xfe /x/env/\xe9\n\x80", Language::Text).unwrap(),
            b"\xff\xfe /N/\xe9\n\x80"
        );
    }
}
