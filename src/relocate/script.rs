//! Scripts: the first lines, which lead to an interpreter, and what comes after them.
//!
//! Owns reading first lines in the forms that pip, uv, setuptools and `seed::shebang` write, and
//! changing from one form to the other where the new path asks for it.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::spelling::Spelling;
use crate::quoting::{Language, Quote};
use crate::seed::shebang::{ANY_BYTE, EXEC, EXEC_END, THROUGH_SH, opening};

/// The first lines of a script, where they lead to an interpreter in the old place.
struct Opening {
    /// The interpreter, in the new place.
    interpreter: Vec<u8>,
    arguments: Vec<u8>,
    /// The script's line about its coding, or nothing.
    coding: Vec<u8>,
    /// Where the rest begins.
    end: usize,
}

/// A script (it begins with `#!`) with the new place in it. `None` where it does not name the old
/// one. `major` is the version of the environment's Python, for scripts that start `python` without
/// saying which.
pub(super) fn replaced(spelling: &Spelling, script: &[u8], major: u32) -> Option<Vec<u8>> {
    let Some(Opening { interpreter, arguments, coding, end }) =
        through_sh(spelling, script).or_else(|| direct(spelling, script))
    else {
        return if script.contains(&0) { None } else { spelling.replaced(script, language(script)) };
    };
    let name = interpreter.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let rest = &script[end..];
    let is_python = name.starts_with(b"python") || name.starts_with(b"pypy");
    let mut opening = if is_python {
        let major = name.iter().find(|byte| byte.is_ascii_digit()).map_or(major, |digit| u32::from(digit - b'0'));
        // Ours, for the sake of the old path; or one that the new path breaks and the rest does
        // without.
        let is_idle = rest.is_ascii() && (coding == ANY_BYTE || std::str::from_utf8(&interpreter).is_err());
        opening(&interpreter, &arguments, if is_idle { b"" } else { &coding }, major)
    } else {
        // The other form is one that only Python can read on from.
        let blank: &[u8] = if arguments.is_empty() { b"" } else { b" " };
        [b"#!", &*interpreter, blank, &*arguments, b"\n", &*coding].concat()
    };
    if rest.contains(&0) {
        // A program packed behind its first line (zipapp). Its index counts from the start of the
        // file, and Python makes up for a start that has grown, not for one that has shrunk.
        opening.resize(opening.len().max(end), b'\n');
        return Some([&*opening, rest].concat()).filter(|made| made != script);
    }
    let language = if is_python { Language::Python } else { language(&[b"#!", name].concat()) };
    let rest = spelling.replaced(rest, language).unwrap_or_else(|| rest.to_vec());
    let made = [opening, rest].concat();
    (made != script).then_some(made)
}

/// `#!/x/env/bin/python -E`. A blank in the path of the environment is taken for a part of it: the
/// line cannot have worked, and will.
fn direct(spelling: &Spelling, script: &[u8]) -> Option<Opening> {
    let end = line_end(script);
    let line = script[..end].strip_prefix(b"#!")?.trim_ascii();
    let place = spelling.at_start(line)?;
    let length = place + line[place..].iter().position(u8::is_ascii_whitespace).unwrap_or(line.len() - place);
    let interpreter = spelling.replaced_path(&line[..length])?;
    let (coding, end) = coding_at(script, end);
    Some(Opening { interpreter, arguments: line[length..].trim_ascii().to_vec(), coding, end })
}

/// `#!/bin/sh`, `'''exec' '/x/env/bin/python' -E "$0" "$@"`, `' '''`.
fn through_sh(spelling: &Spelling, script: &[u8]) -> Option<Opening> {
    let Command { words, coding, end } = command(script)?;
    let (path, arguments) = first_word(words);
    let interpreter = spelling.replaced_path(&path)?;
    Some(Opening { interpreter, arguments: arguments.to_vec(), coding, end })
}

/// What a script has `/bin/sh` start in its stead.
struct Command<'s> {
    /// The interpreter and its arguments, as sh reads them.
    words: &'s [u8],
    coding: Vec<u8>,
    end: usize,
}

fn command(script: &[u8]) -> Option<Command<'_>> {
    script.starts_with(THROUGH_SH).then_some(())?;
    let (coding, start) = coding_at(script, THROUGH_SH.len());
    let command = script[start..].strip_prefix(EXEC)?;
    let length = memchr::memmem::find(command, EXEC_END).filter(|length| *length < line_end(command))?;
    Some(Command { words: &command[..length], coding, end: start + EXEC.len() + length + EXEC_END.len() })
}

/// The first word of a command, unquoted, and what follows it as it is written.
fn first_word(words: &[u8]) -> (Vec<u8>, &[u8]) {
    let cells = Language::Sh.read(words, &[]);
    let is_blank = |byte: u8, quote: Quote| quote.is_none() && byte.is_ascii_whitespace();
    let word = cells.iter().position(|cell| is_blank(cell.byte, cell.quote)).unwrap_or(cells.len());
    let rest = cells.get(word).map_or(&b""[..], |blank| words[blank.start..].trim_ascii());
    (cells[..word].iter().map(|cell| cell.byte).collect(), rest)
}

/// The Python that the first lines of a file lead to, in every way in which they can be read (a
/// path with a blank in it is read differently by the kernel and by the person who wrote it). Empty
/// where they name none by its full path: an `env python`, another language, no script at all.
pub(crate) fn interpreters(start: &[u8]) -> Vec<PathBuf> {
    let readings = if let Some(Command { words, .. }) = command(start) {
        let raw = words.strip_prefix(b"\"").and_then(|raw| raw.strip_suffix(b"\""));
        vec![first_word(words).0, raw.unwrap_or_default().to_vec()]
    } else {
        let line = start[..line_end(start)].strip_prefix(b"#!").unwrap_or_default().trim_ascii();
        let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        vec![word.to_vec(), line.to_vec()]
    };
    let is_python = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        path.is_absolute() && (name.starts_with(b"python") || name.starts_with(b"pypy"))
    };
    let mut found: Vec<PathBuf> = readings.into_iter().map(|path| OsString::from_vec(path).into()).collect();
    found.retain(is_python);
    found.dedup();
    found
}

/// The line at `start`, if it is one about the coding (PEP 263), and where the next begins.
fn coding_at(script: &[u8], start: usize) -> (Vec<u8>, usize) {
    let line = &script[start..start + line_end(&script[start..])];
    let names_one = || [&b"coding:"[..], b"coding="].iter().any(|word| memchr::memmem::find(line, word).is_some());
    if line.trim_ascii_start().starts_with(b"#") && line.ends_with(b"\n") && names_one() {
        return (line.to_vec(), start + line.len());
    }
    (Vec::new(), start)
}

fn line_end(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

/// The language of a script, by the name of the interpreter in its first line.
pub(super) fn language(script: &[u8]) -> Language {
    let line = script[..line_end(script)].strip_prefix(b"#!").unwrap_or_default();
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut names = words.map(|word| word.rsplit(|byte| *byte == b'/').next().unwrap_or_default());
    // `/usr/bin/env -S fish --no-config`
    let name = names.find(|name| *name != b"env" && !name.starts_with(b"-")).unwrap_or_default();
    match name {
        b"sh" | b"bash" | b"zsh" | b"dash" | b"ksh" | b"ash" => Language::Sh,
        b"csh" | b"tcsh" => Language::Csh,
        b"fish" => Language::Fish,
        b"nu" => Language::Nu,
        b"pwsh" => Language::PowerShell,
        name if name.starts_with(b"python") || name.starts_with(b"pypy") || name == b"xonsh" => Language::Python,
        _ => Language::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpreter_of_a_script_is_read_in_every_form() {
        let of = |text: &str| interpreters(text.as_bytes());
        assert_eq!(of("#!/x/env/bin/python3\nimport os\n"), [PathBuf::from("/x/env/bin/python3")]);
        assert_eq!(of("#!/x/env/bin/python -E\n")[0], PathBuf::from("/x/env/bin/python"));
        let through = "#!/bin/sh\n# coding: utf-8\n'''exec' '/x y/it'\"'\"'s/bin/python' \"$0\" \"$@\"\n' '''\n";
        assert_eq!(of(through)[0], PathBuf::from("/x y/it's/bin/python"));
        let raw = "#!/bin/sh\n'''exec' \"/x $y/bin/python\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(of(raw), [PathBuf::from("/x $y/bin/python")]);
    }

    #[test]
    fn what_names_no_python_by_its_path_has_none() {
        let relocatable = "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n";
        for text in
            ["", "#!", "import os\n", "#!/usr/bin/env python3\n", "#!/bin/sh\necho\n", "#!python\n", relocatable]
        {
            assert_eq!(interpreters(text.as_bytes()), Vec::<PathBuf>::new(), "{text}");
        }
    }
}
