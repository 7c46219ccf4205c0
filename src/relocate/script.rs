//! Scripts: an interpreter in the old location, and old paths in the code below it.

use super::spelling::Spelling;
use crate::formats::shebang::{self, ANY_BYTE, Opening, first_line, is_python, opening};
use crate::quoting::Language;

/// The script for the new location. `None` if it does not contain the old one. `major` is the
/// version of the environment's Python, for scripts that start plain `python`.
pub(super) fn replaced(spelling: &Spelling, script: &[u8], major: u32) -> Option<Vec<u8>> {
    let Some((old, interpreter, arguments)) = through_sh(spelling, script).or_else(|| direct(spelling, script)) else {
        return if script.contains(&0) { None } else { spelling.replaced(script, language(script)) };
    };
    let name = interpreter.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let rest = &script[old.end..];
    let is_python = is_python(name);
    let mut opening = if is_python {
        let major = name.iter().find(|byte| byte.is_ascii_digit()).map_or(major, |digit| u32::from(digit - b'0'));
        // Drop a coding line that only the old path needed, or that the new path contradicts and
        // the rest does not need.
        let is_idle = rest.is_ascii() && (old.coding == ANY_BYTE || std::str::from_utf8(&interpreter).is_err());
        opening(&interpreter, arguments, if is_idle { b"" } else { old.coding }, major)
    } else {
        shebang::direct(&interpreter, arguments, old.coding)
    };
    if rest.contains(&0) {
        // A zip file behind the first line (zipapp). Its index counts from the start of the file;
        // Python corrects the index if the start has grown, not if it has shrunk.
        opening.resize(opening.len().max(old.end), b'\n');
        return Some([&*opening, rest].concat()).filter(|made| made != script);
    }
    let language = if is_python { Language::Python } else { language(&shebang::direct(name, b"", b"")) };
    let rest = spelling.replaced(rest, language).unwrap_or_else(|| rest.to_vec());
    let made = [opening, rest].concat();
    (made != script).then_some(made)
}

/// An opening, the interpreter in the new location, and its arguments.
type Moved<'s> = (Opening<'s>, Vec<u8>, &'s [u8]);

/// `#!/x/env/bin/python -E`. A blank in the path of the environment is taken for a part of the
/// path: the line never worked before, and now it does.
fn direct<'s>(spelling: &Spelling, script: &'s [u8]) -> Option<Moved<'s>> {
    let opening = Opening::direct(script)?;
    let line = opening.words();
    let place = spelling.at_start(line)?;
    let length = place + line[place..].iter().position(u8::is_ascii_whitespace).unwrap_or(line.len() - place);
    let interpreter = spelling.replaced_path(&line[..length])?;
    Some((opening, interpreter, line[length..].trim_ascii()))
}

/// `#!/bin/sh`, `'''exec' '/x/env/bin/python' -E "$0" "$@"`, `' '''`.
fn through_sh<'s>(spelling: &Spelling, script: &'s [u8]) -> Option<Moved<'s>> {
    let opening = Opening::through_sh(script)?;
    let (path, arguments) = opening.read_by_sh();
    let interpreter = spelling.replaced_path(&path)?;
    Some((opening, interpreter, arguments))
}

/// The language of a script, by the name of its interpreter.
pub(super) fn language(script: &[u8]) -> Language {
    let words = first_line(script).split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut names = words.map(|word| word.rsplit(|byte| *byte == b'/').next().unwrap_or_default());
    // `/usr/bin/env -S fish --no-config`
    let name = names.find(|name| *name != b"env" && !name.starts_with(b"-")).unwrap_or_default();
    match name {
        b"sh" | b"bash" | b"zsh" | b"dash" | b"ksh" | b"ash" => Language::Sh,
        b"csh" | b"tcsh" => Language::Csh,
        b"fish" => Language::Fish,
        b"nu" => Language::Nu,
        b"pwsh" => Language::PowerShell,
        name if is_python(name) || name == b"xonsh" => Language::Python,
        _ => Language::Text,
    }
}
