//! Reads `.env` files, as far as their many readers agree.
//!
//! `NAME=value` lines, `export` before them, comments, and quotes. Nothing is expanded: a `$` that
//! other readers would expand is an error, because the value would differ from program to program.

/// A variable of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Why a line cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WrongLine {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) reason: &'static str,
}

/// Reads a file, in order. A name that is assigned twice is there twice.
pub(crate) fn parse(text: &str) -> Result<Vec<Assignment>, WrongLine> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut assignments = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let line = text[..text.len() - rest.len()].matches('\n').count() + 1;
        let wrong = |reason| WrongLine { line, reason };
        let (this, _) = rest.split_once('\n').unwrap_or((rest, ""));
        if this.trim().is_empty() || this.trim_start().starts_with('#') {
            rest = after(rest, this.len());
            continue;
        }
        let (name, _) = this.split_once('=').ok_or(wrong("it is not NAME=VALUE"))?;
        let value_at = name.len() + 1;
        let name = name.trim();
        let name = name.strip_prefix("export ").map_or(name, str::trim);
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(wrong("it is not NAME=VALUE"));
        }
        let blanks = rest[value_at..].len() - rest[value_at..].trim_start_matches([' ', '\t']).len();
        let (value, length) = value(&rest[value_at + blanks..]).map_err(wrong)?;
        assignments.push(Assignment { name: name.to_owned(), value });
        let behind = &rest[value_at + blanks + length..];
        let (tail, _) = behind.split_once('\n').unwrap_or((behind, ""));
        if !tail.trim().is_empty() && !tail.trim_start().starts_with('#') {
            return Err(wrong("something follows the closing quote"));
        }
        rest = after(behind, tail.len());
    }
    Ok(assignments)
}

/// The text behind `length` bytes and the end of the line there.
fn after(text: &str, length: usize) -> &str {
    let rest = &text[length..];
    rest.strip_prefix('\n').unwrap_or(rest)
}

/// The value at the start of a text, and its length there.
fn value(text: &str) -> Result<(String, usize), &'static str> {
    const EXPANDED: &str = "other programs expand its `$`; put the value into single quotes";
    if let Some(quoted) = text.strip_prefix('\'') {
        let end = quoted.find('\'').ok_or("a quote is not closed")?;
        return Ok((quoted[..end].to_owned(), end + 2));
    }
    if let Some(quoted) = text.strip_prefix('"') {
        let mut value = String::new();
        let mut letters = quoted.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => return Ok((value, at + 2)),
                '$' => return Err(EXPANDED),
                '\\' => match letters.next().map(|(_, escaped)| escaped) {
                    Some('n') => value.push('\n'),
                    Some('t') => value.push('\t'),
                    Some(escaped @ ('\\' | '"' | '$' | '`')) => value.push(escaped),
                    _ => return Err("programs disagree about this `\\`; put the value into single quotes"),
                },
                other => value.push(other),
            }
        }
        return Err("a quote is not closed");
    }
    let line = text.split('\n').next().unwrap_or_default();
    let comment = [" #", "\t#"].iter().filter_map(|start| line.find(start)).min();
    let value = line[..comment.unwrap_or(line.len())].trim();
    if value.contains('$') {
        return Err(EXPANDED);
    }
    Ok((value.to_owned(), line.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzed::{batch, documents};

    fn read(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap().into_iter().map(|each| (each.name, each.value)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn values_are_read_as_most_programs_read_them() {
        let text = "\u{feff}# a comment\n\nA=1\nexport B = two words # not this\r\nC='it\"s $x \\n' # end\nD=\"a\\n\\\"b\\\"\\$\"\n\
                    E=\nF='two\nlines'\nG=a#b";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "it\"s $x \\n"),
            ("D", "a\n\"b\"$"),
            ("E", ""),
            ("F", "two\nlines"),
            ("G", "a#b"),
        ];
        assert_eq!(read(text), pairs(&expected));
        assert_eq!(read(""), []);
    }

    #[test]
    fn what_programs_read_differently_is_an_error() {
        let wrong = |text: &str| parse(text).unwrap_err().line;
        assert_eq!(wrong("A=1\nB=$A"), 2);
        assert_eq!(wrong("A='x\n\ny'\nB=\"$A\""), 4);
        for text in ["A", "=x", "A B=x", "A='x", "A=\"x", "A=\"\\d\"", "A='x'y"] {
            assert_eq!(wrong(text), 1, "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let words = &["A=", "'", "\"", "\\", "$", "\n", "#", "export ", "é"];
        for document in batch(2000, &documents("dotenv", words)) {
            let _ = parse(&String::from_utf8_lossy(&document));
        }
    }
}
