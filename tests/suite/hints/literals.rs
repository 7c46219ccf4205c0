//! The string literals in src that offer a command between backticks.
//!
//! Reads Rust source as far as needed to know a string from a comment, a character, and code.

use std::fs;
use std::path::{Path, PathBuf};

/// Programs other than venvwrap that hints and remedies start. A word of this list alone names the
/// program; with arguments it is a command.
const PROGRAMS: &[&str] = &[
    "cat",
    "chmod",
    "chown",
    "conda",
    "export",
    "functions",
    "fuser",
    "git",
    "hash",
    "hatch",
    "kill",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "pip",
    "pipenv",
    "pipx",
    "poetry",
    "ps",
    "pyenv",
    "python",
    "rm",
    "scuv",
    "set",
    "source",
    "sudo",
    "umount",
    "unalias",
    "unset",
    "uv",
    "venvwrap",
];

/// A string literal of the program, as it is after escapes, and its file below src.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) file: String,
    pub(super) text: String,
}

/// The literals in src that offer a command. Help texts and files that only tests use are left out:
/// other tests try the examples in help texts.
pub(super) fn offering_commands() -> Vec<Literal> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    list(&root, &mut files);
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let file = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        if ["tests", "fuzzed", "fake", "real.rs"].iter().any(|word| file.contains(word)) {
            continue;
        }
        let literals = strings(&fs::read_to_string(&path).unwrap());
        let offering = literals.into_iter().filter(|text| offers_command(text) && !text.contains("Example"));
        found.extend(offering.map(|text| Literal { file: file.clone(), text }));
    }
    found
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The texts between backticks.
pub(super) fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether a text has a command between backticks. A placeholder in the first place may be the
/// command; alone it counts if it has a name, because `{}` is nearly always a value.
fn offers_command(text: &str) -> bool {
    segments(text).any(|segment| {
        let (first, has_more) = segment.split_once(' ').map_or((segment, false), |(first, _)| (first, true));
        let is_verb = first.contains("virtualenv") || ["deactivate", "mkproject", "workon"].contains(&first);
        let is_placeholder = first.starts_with('{') && first.ends_with('}');
        is_verb
            || (is_placeholder && (has_more || first.len() > 2))
            || (first.starts_with('{') && has_more)
            || (has_more && PROGRAMS.contains(&first))
    })
}

/// The string literals of the code before a file's tests.
fn strings(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find(['"', '\'', '/', 'r']) {
        let before = rest[..start].chars().next_back();
        let here = &rest[start..];
        rest = match here.as_bytes() {
            [b'/', b'/', ..] => here.find('\n').map_or("", |end| &here[end..]),
            [b'\'', b'\\', _, after @ ..] => &here[here.len() - after.len()..],
            [b'\'', _, b'\'', ..] => &here[3..],
            [b'r', b'"' | b'#', ..] if !before.is_some_and(|before| before.is_alphanumeric() || before == '_') => {
                let hashes = here[1..].len() - here[1..].trim_start_matches('#').len();
                let Some(body) = here[1 + hashes..].strip_prefix('"') else {
                    rest = &here[1..];
                    continue;
                };
                let (text, after) = body.split_once(&format!("\"{}", "#".repeat(hashes))).unwrap();
                found.push(text.to_owned());
                after
            }
            [b'"', ..] => {
                let (text, after) = unescaped(&here[1..]);
                found.push(text);
                after
            }
            _ => &here[1..],
        };
    }
    found
}

/// The text of a literal that starts here, and what follows its closing quote.
fn unescaped(source: &str) -> (String, &str) {
    let mut text = String::new();
    let mut characters = source.chars();
    loop {
        match characters.next().expect("a closing quote") {
            '"' => return (text, characters.as_str()),
            '\\' => match characters.next().unwrap() {
                // The next line continues this one.
                '\n' => characters = characters.as_str().trim_start().chars(),
                'n' => text.push('\n'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
}

#[test]
fn the_reader_of_literals_reads() {
    let source = "// \"no\"\n'\"' '\\'' \"a \\\n    b\" /// \"no\"\nr#\"c\"d\"# for \"\\\"e\\\"\" 'x: \"f\" 9/3\n#[cfg(test)]\nmod tests {\"g\"}";
    assert_eq!(strings(source), ["a b", "c\"d", "\"e\"", "f"]);
    for offer in ["`venvwrap doctor`", "x `{} -b`", "`{list} -b`", "`{fix}`", "`{}pipenv --rm`", "`deactivate` first"] {
        // `{}` in front of a word is a directory to change to.
        assert!(offers_command(offer), "{offer}");
    }
    for value in ["`{}` is no name", "it has no `pip`", "`--download` needs uv", "venvwrap doctor", "`venvwrap`"] {
        assert!(!offers_command(value), "{value}");
    }
}
