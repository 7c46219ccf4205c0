//! Lines that the user appended to `bin/activate`.
//!
//! venvwrap does not source that script (CVE-2024-53899, CVE-2024-9287: names pasted into it are
//! run), but users put exports at its end. The scripts of all tools (venv 3.3 to 3.14, virtualenv
//! 16 to 21, uv, venvwrap) call `hash -r` twice: in `deactivate`, and as the last statement, which
//! may be in an `if`. So everything after the second `hash -r` is the user's (DESIGN.md 7).

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::fs::read_small;

/// The lines appended to this `bin/activate`. `None` if there are none.
pub(crate) fn appended_lines(activate: &Path) -> Result<Option<Vec<u8>>> {
    Ok(script(activate)?.as_deref().and_then(appended_in))
}

/// The text of `bin/activate`. `None` if it is missing, unreadable, or too long to be read whole:
/// half a command is another command.
pub(crate) fn script(activate: &Path) -> Result<Option<Vec<u8>>> {
    match read_small(activate, super::SMALL) {
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::FileTooLarge) => Ok(None),
        other => other.map_err(Error::io("read", activate)),
    }
}

/// The lines appended to a script with this text.
pub(crate) fn appended_in(text: &[u8]) -> Option<Vec<u8>> {
    after_the_tool(text).map(<[u8]>::to_vec)
}

/// The first word in these lines that works only in a sourced file, or that would end the shell:
/// nodeenv finds its own file by `$BASH_SOURCE` and `$0`. `None` if the lines can be run with
/// `eval`.
pub(crate) fn needs_its_file(lines: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(lines);
    let statements = || text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let asking = ["BASH_SOURCE", "$0", "${0", "(%)", "funcfiletrace", "funcsourcetrace", "BASH_ARGV0", "FUNCNAME"];
    let ending = ["exit", "exec", "logout", "suspend"];
    let asks = asking.into_iter().find(|word| statements().any(|line| line.contains(word)));
    asks.or_else(|| ending.into_iter().find(|word| statements().any(|line| is_called(word, line))))
}

/// Whether a word is a command in this line.
fn is_called(word: &str, line: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].trim_end_matches('\\');
        let ends = !line[at + word.len()..].starts_with(|next: char| next.is_alphanumeric() || "_-=.".contains(next));
        let first = before.trim_end();
        let is_apart =
            first.len() < before.len() || first.is_empty() || first.ends_with([';', '&', '|', '(', '{', '`']);
        let last =
            first.rsplit(|byte: char| byte.is_whitespace() || ";&|({`".contains(byte)).next().unwrap_or_default();
        let leads =
            ["", "then", "else", "do", "!", "if", "builtin", "\\builtin", "command", "\\command"].contains(&last);
        ends && is_apart && leads
    })
}

/// The numbers, from 1, of lines that the user added elsewhere in `bin/activate`. `workon` ignores
/// them. All tools set the same few variables, so a line that sets another variable, or sources a
/// file, is the user's. Empty for a script of an unknown tool.
pub(crate) fn inserted_lines(text: &[u8]) -> Vec<usize> {
    let Some(length) = appended_length(text) else { return Vec::new() };
    let lines = text[..text.len() - length].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.zip(1..).filter(|(line, _)| is_inserted(line)).map(|(_, number)| number).collect()
}

fn is_inserted(line: &[u8]) -> bool {
    if [&b"source "[..], b". ", b"\\. ", b"alias "].iter().any(|word| line.starts_with(word)) {
        // virtualenv and uv write `alias pydoc 2>/dev/null`, which sets nothing.
        return !line.starts_with(b"alias ") || line.contains(&b'=');
    }
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let is_name = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_';
    let (name, value) = line.split_at(line.iter().take_while(is_name).count());
    if name.is_empty() || !value.starts_with(b"=") {
        return false;
    }
    let mentions = |word: &[u8]| memchr::memmem::find(value, word).is_some();
    let known: [&[u8]; 10] = [
        b"VIRTUAL_ENV",
        b"_OLD_",
        b"_VIRTUAL_",
        b"CURRENT_",
        b"SCRIPT_PATH",
        b"PS1",
        b"PYTHONHOME",
        b"PKG_CONFIG_PATH",
        b"TCL_LIBRARY",
        b"TK_LIBRARY",
    ];
    match name {
        b"PATH" => !mentions(b"VIRTUAL_ENV") && !mentions(b"_OLD_VIRTUAL_PATH"),
        _ => !known.iter().any(|known| name.starts_with(known)),
    }
}

/// The tool's text, and the appended lines. `None` if there are none.
pub(crate) fn parted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let lines = after_the_tool(text)?;
    Some((&text[..text.len() - lines.len()], lines))
}

/// The text after the tool's last statement. `None` if it has only comments and blank lines.
fn after_the_tool(text: &[u8]) -> Option<&[u8]> {
    let rest = &text[text.len() - appended_length(text)?..];
    let is_statement = |line: &[u8]| !matches!(line.trim_ascii().first(), None | Some(b'#'));
    rest.split(|byte| *byte == b'\n').any(is_statement).then_some(rest)
}

/// The length of the text after the tool's last statement.
fn appended_length(text: &[u8]) -> Option<usize> {
    let is_indentation =
        |before: &[u8]| before.iter().rev().take_while(|byte| **byte != b'\n').all(u8::is_ascii_whitespace);
    let mut hash_resets = memchr::memmem::find_iter(text, "hash -r").filter(|at| is_indentation(&text[..*at]));
    let last = hash_resets.nth(1)?;
    let end = memchr::memchr(b'\n', &text[last..]).map_or(text.len(), |length| last + length + 1);
    let mut length = text.len() - end;
    let rest = &text[text.len() - length..];
    if rest.trim_ascii_end() == b"fi" || rest.starts_with(b"fi\n") {
        length -= "fi".len();
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_after_the_tools_last_statement_are_the_users() {
        let plain = "deactivate () {\n    hash -r 2> /dev/null\n}\nexport PATH\nhash -r 2> /dev/null || true\n";
        let wrapped = "deactivate () {\n    hash -r\n}\nif true; then\n    hash -r\nfi\n";
        for maker in [plain, wrapped, wrapped.trim_end()] {
            assert_eq!(after_the_tool(maker.as_bytes()), None, "{maker}");
            let comment = format!("{maker}\n# nothing here\n\n");
            assert_eq!(after_the_tool(comment.as_bytes()), None, "{comment}");
            let with = format!("{maker}\n# mine\nexport A='b'\nhash -r\nB=c");
            let said = std::str::from_utf8(after_the_tool(with.as_bytes()).unwrap()).unwrap();
            assert_eq!(said.trim_start(), "# mine\nexport A='b'\nhash -r\nB=c");
        }
    }

    #[test]
    fn lines_that_need_their_file_or_end_the_shell_are_found() {
        for line in [
            "SOURCE=\"${BASH_SOURCE[0]}\"",
            "DIR=$(dirname \"$0\")",
            "x=${0%/*}",
            "here=${(%):-%x}",
            "exit 1",
            "false || exit",
            "if true; then exec zsh; fi",
            "{ builtin exit; }",
            "\\exit",
            "export A=1\n  exit",
        ] {
            assert!(needs_its_file(line.as_bytes()).is_some(), "{line}");
        }
        for line in [
            "export A=exit",
            "alias d='docker exec -it'",
            "trap : EXIT",
            "# exit $0",
            "exit_code=1",
            "date +%x",
            "execute it",
            "hash -r",
            "x=$(next exit)",
            "PATH=$PATH:/exec",
        ] {
            assert_eq!(needs_its_file(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn lines_inserted_elsewhere_are_found() {
        let maker = "deactivate () {\n    unset VIRTUAL_ENV\n    hash -r\n}\nVIRTUAL_ENV='/x'\nexport VIRTUAL_ENV\n\
                     PATH=\"$VIRTUAL_ENV/bin:$PATH\"\nhash -r\nexport MINE=1\n";
        assert_eq!(inserted_lines(maker.as_bytes()), Vec::<usize>::new());
        for line in
            ["export DEBUG=1", "  API_KEY=x", ". ~/.secrets", "source x.sh", "alias t=pytest", "PATH=/opt:$PATH"]
        {
            let edited = maker.replacen("VIRTUAL_ENV='/x'", &format!("VIRTUAL_ENV='/x'\n{line}"), 1);
            assert_eq!(inserted_lines(edited.as_bytes()), [6], "{line}");
        }
        assert_eq!(inserted_lines(b"export MINE=1\n"), Vec::<usize>::new());
        assert_eq!(inserted_lines(include_bytes!("../../shell/standalone/activate")), Vec::<usize>::new());
    }

    #[test]
    fn a_script_of_an_unknown_tool_has_no_appended_lines() {
        assert_eq!(after_the_tool(b"export A=1\nhash -r\nexport B=1\n"), None);
        assert_eq!(after_the_tool(b""), None);
    }

    #[test]
    fn venvwraps_own_script_has_no_appended_lines() {
        let ours = include_bytes!("../../shell/standalone/activate");
        assert_eq!(after_the_tool(ours), None);
        let with = [&ours[..], b"export A=1\n"].concat();
        assert_eq!(after_the_tool(&with), Some(&b"export A=1\n"[..]));
    }
}
