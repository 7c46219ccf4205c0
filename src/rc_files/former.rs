//! Lines of an rc file that load virtualenvwrapper, in the spellings that users have.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use memchr::memmem;

use crate::context::Context;
use crate::directories;
use crate::fs::read_prefix;

/// A line that loads virtualenvwrapper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormerLine {
    /// It does nothing else: it can be disabled.
    Whole,
    /// It does more, or is part of a longer command.
    Part,
}

/// The file and its lazy form.
const SCRIPTS: [&[u8]; 3] = [b"virtualenvwrapper.sh", b"virtualenvwrapper_lazy.sh", b"$VIRTUALENVWRAPPER_SCRIPT"];

/// First words of a command that only tests something.
const TESTS: [&[u8]; 7] = [b"[", b"[[", b"test", b"command", b"type", b"which", b"hash"];

/// Reads one line. `None` if it does not load virtualenvwrapper.
pub(crate) fn read(line: &[u8]) -> Option<FormerLine> {
    let line = line.trim_ascii();
    if line.starts_with(b"#") || !SCRIPTS.iter().any(|script| memmem::find(line, script).is_some()) {
        return None;
    }
    let (commands, is_complete) = commands(line);
    let words = |command: &'_ [u8]| -> Vec<Vec<u8>> {
        let words = command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        words.map(<[u8]>::to_vec).collect()
    };
    let commands: Vec<Vec<Vec<u8>>> = commands.iter().map(|command| words(command)).collect();
    let loads = |words: &[Vec<u8>]| is_source(words).is_some();
    if !commands.iter().any(|words| loads(words)) {
        return None;
    }
    let is_if = commands.first().is_some_and(|words| words[0] == b"if");
    let ends = commands.last().is_some_and(|words| words[0] == b"fi");
    let is_known = |words: &Vec<Vec<u8>>| {
        let rest = if [&b"if"[..], b"then", b"!"].contains(&&words[0][..]) { &words[1..] } else { &words[..] };
        match rest.first() {
            None => true,
            Some(first) => TESTS.contains(&&first[..]) || is_source(words).is_some() || first == b"fi" && is_if,
        }
    };
    let is_whole = is_complete && is_if == ends && commands.iter().all(is_known);
    Some(if is_whole { FormerLine::Whole } else { FormerLine::Part })
}

/// The words after `source`, if that command loads virtualenvwrapper.
fn is_source(words: &[Vec<u8>]) -> Option<&[Vec<u8>]> {
    let is_prefix = |word: &Vec<u8>| [&b"then"[..], b"builtin", b"\\builtin"].contains(&&word[..]);
    let at = words.iter().position(|word| !is_prefix(word))?;
    let is_command = [&b"source"[..], b".", b"\\source", b"\\."].contains(&&words[at][..]);
    let rest = &words[at + 1..];
    let names = |word: &Vec<u8>| SCRIPTS.iter().any(|script| memmem::find(word, script).is_some());
    (is_command && rest.iter().any(names)).then_some(rest)
}

/// The commands of a line, without a comment at its end, and whether the line is complete: no open
/// quote, and no operator or backslash at its end.
fn commands(line: &[u8]) -> (Vec<Vec<u8>>, bool) {
    let (mut commands, mut command) = (Vec::new(), Vec::new());
    let (mut quote, mut depth) = (0, 0_u32);
    let mut at = 0;
    while at < line.len() {
        let byte = line[at];
        let is_outside = quote == 0 && depth == 0;
        match byte {
            b'\\' if quote != b'\'' => {
                command.push(byte);
                at += 1;
                command.extend(line.get(at));
            }
            b'\'' | b'"' | b'`' if quote == 0 || quote == byte => {
                quote = if quote == 0 { byte } else { 0 };
                command.push(byte);
            }
            b'(' if quote != b'\'' => {
                depth += 1;
                command.push(byte);
            }
            b')' if quote != b'\'' => {
                depth = depth.saturating_sub(1);
                command.push(byte);
            }
            b'#' if is_outside && command.last().is_none_or(u8::is_ascii_whitespace) => break,
            // `2>&1` is a redirection.
            b';' | b'&' | b'|' if is_outside && command.last() != Some(&b'>') => {
                commands.push(std::mem::take(&mut command));
                at += usize::from(byte != b';' && line.get(at + 1) == Some(&byte));
                if byte != b';' && line[at + 1..].trim_ascii().is_empty() {
                    return (without_blank(commands), false);
                }
            }
            _ => command.push(byte),
        }
        at += 1;
    }
    let is_complete = quote == 0 && depth == 0 && !line.ends_with(b"\\");
    commands.push(command);
    (without_blank(commands), is_complete)
}

fn without_blank(mut commands: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    commands.retain(|command| !command.trim_ascii().is_empty());
    commands
}

/// Whether the line loads venvwrap's own virtualenvwrapper.sh.
pub(crate) fn is_shim(line: &[u8], context: &Context) -> bool {
    let (commands, _) = commands(line.trim_ascii());
    commands.iter().any(|command| {
        let words = command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let words: Vec<Vec<u8>> = words.map(<[u8]>::to_vec).collect();
        is_source(&words).and_then(|words| script(words, context)).is_some_and(|script| {
            let text = read_prefix(&script, 64 * 1024).ok().flatten().unwrap_or_default();
            memmem::find(&text, b"venvwrap's functions").is_some()
        })
    })
}

/// The file that these words after `source` stand for: a path, or a name to be found on PATH.
fn script(words: &[Vec<u8>], context: &Context) -> Option<PathBuf> {
    let word = words.iter().find(|word| SCRIPTS.iter().any(|script| memmem::find(word, script).is_some()))?;
    let is_mark = |byte: &u8| b"\"'`()".contains(byte);
    let word: Vec<u8> = word.iter().copied().filter(|byte| !is_mark(byte)).collect();
    if word.contains(&b'/') || word.starts_with(b"$") {
        return directories::expanded(OsStr::from_bytes(&word), context).ok().map(PathBuf::from);
    }
    context.program(OsStr::from_bytes(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_spellings_are_read() {
        for line in [
            "source /usr/local/bin/virtualenvwrapper.sh",
            "  . /usr/share/virtualenvwrapper/virtualenvwrapper.sh  # mine",
            "source \"$HOME/.local/bin/virtualenvwrapper.sh\" 2>/dev/null",
            "source ~/.local/bin/virtualenvwrapper_lazy.sh >/dev/null 2>&1",
            "source $(which virtualenvwrapper.sh)",
            "source `which virtualenvwrapper.sh`",
            ". \"$(command -v virtualenvwrapper.sh)\"",
            "source virtualenvwrapper.sh;",
            "builtin source virtualenvwrapper.sh",
            "source \"$VIRTUALENVWRAPPER_SCRIPT\"",
            "[ -f /x/virtualenvwrapper.sh ] && source /x/virtualenvwrapper.sh",
            "[[ -r /x/virtualenvwrapper.sh ]] && . /x/virtualenvwrapper.sh",
            "test -e '/x y/virtualenvwrapper.sh' && . '/x y/virtualenvwrapper.sh'",
            "command -v virtualenvwrapper.sh >/dev/null && source virtualenvwrapper.sh",
            "if [ -f /x/virtualenvwrapper.sh ]; then source /x/virtualenvwrapper.sh; fi",
            "source /x/virtualenvwrapper.sh\r",
        ] {
            assert_eq!(read(line.as_bytes()), Some(FormerLine::Whole), "{line}");
        }
        for line in [
            "export WORKON_HOME=~/e; source /x/virtualenvwrapper.sh",
            "source /x/virtualenvwrapper.sh && workon api",
            "if [ -f /x ]; then source /x/virtualenvwrapper.sh",
            "lazy() { source /x/virtualenvwrapper.sh; }; . /x/virtualenvwrapper.sh",
            "source /x/virtualenvwrapper.sh \\",
            "source /x/virtualenvwrapper.sh ||",
            "source /x/virtualenvwrapper.sh | cat",
            "source '/x/virtualenvwrapper.sh",
        ] {
            assert_eq!(read(line.as_bytes()), Some(FormerLine::Part), "{line}");
        }
        for line in [
            "# source /x/virtualenvwrapper.sh",
            "export VIRTUALENVWRAPPER_SCRIPT=/x/virtualenvwrapper.sh",
            "if [ -f /x/virtualenvwrapper.sh ]; then",
            "alias v='source /x/virtualenvwrapper.sh'",
            "plugins=(git virtualenvwrapper)",
            "source /x/other.sh # virtualenvwrapper.sh",
            "",
        ] {
            assert_eq!(read(line.as_bytes()), None, "{line}");
        }
    }
}
