//! Lines that a person appended to an environment's own `bin/activate`.
//!
//! We do not source that script (CVE-2024-53899, CVE-2024-9287: what is pasted into it runs), but
//! people keep their exports at its end. The script of every maker (venv 3.3 to 3.14, virtualenv 16
//! to 21, uv, ours) forgets hashed commands twice: in `deactivate`, and as its last statement,
//! which some of them wrap in an `if`. So what follows the second `hash -r` is the person's own
//! (DESIGN.md 7).

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, Result};
use crate::fs::read_small;

/// Reads `bin/activate` and gives the appended lines, or `None` where it ends as its maker left it.
pub(crate) fn appended_lines(activate: &Path) -> Result<Option<Vec<u8>>> {
    Ok(script(activate)?.as_deref().and_then(appended_in))
}

/// The text of `bin/activate`. `None` where there is none, where we may not read it, and where it
/// is so long that only a part would be read: half a command is another command.
pub(crate) fn script(activate: &Path) -> Result<Option<Vec<u8>>> {
    match read_small(activate, super::SMALL) {
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::FileTooLarge) => Ok(None),
        other => other.map_err(Error::io("read", activate)),
    }
}

/// The same of a script that was read already.
pub(crate) fn appended_in(text: &[u8]) -> Option<Vec<u8>> {
    after_the_maker(text).map(<[u8]>::to_vec)
}

/// The word in these lines that means something only in a file that is sourced, or that would end
/// the shell: nodeenv asks for the file that it stands in, by `$BASH_SOURCE` and `$0`. `None` where
/// they can be run as text.
pub(crate) fn needs_its_file(lines: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(lines);
    let said = || text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let asking = ["BASH_SOURCE", "$0", "${0", "(%)", "funcfiletrace", "funcsourcetrace", "BASH_ARGV0", "FUNCNAME"];
    let ending = ["exit", "exec", "logout", "suspend"];
    let asks = asking.into_iter().find(|word| said().any(|line| line.contains(word)));
    asks.or_else(|| ending.into_iter().find(|word| said().any(|line| is_called(word, line))))
}

/// Whether a word stands where a line has a command.
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

/// The numbers of the lines, counted from 1, that somebody put elsewhere in a `bin/activate`: they
/// have no effect on entering. Every maker sets the same few variables; a line that sets another
/// one, or reads another file, is none of theirs. Nothing is said of a script of unknown making.
pub(crate) fn inserted_lines(text: &[u8]) -> Vec<usize> {
    let Some(length) = appended_length(text) else { return Vec::new() };
    let lines = text[..text.len() - length].split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.zip(1..).filter(|(line, _)| is_inserted(line)).map(|(_, number)| number).collect()
}

fn is_inserted(line: &[u8]) -> bool {
    if [&b"source "[..], b". ", b"\\. ", b"alias "].iter().any(|word| line.starts_with(word)) {
        // `alias pydoc 2>/dev/null`, in virtualenv's and uv's, only asks.
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

/// What the maker wrote, and the appended lines; `None` where there are none.
pub(crate) fn parted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let lines = after_the_maker(text)?;
    Some((&text[..text.len() - lines.len()], lines))
}

/// What follows the maker's last statement. Comments and blank lines alone are nothing.
fn after_the_maker(text: &[u8]) -> Option<&[u8]> {
    let rest = &text[text.len() - appended_length(text)?..];
    let is_said = |line: &[u8]| !matches!(line.trim_ascii().first(), None | Some(b'#'));
    rest.split(|byte| *byte == b'\n').any(is_said).then_some(rest)
}

/// How long what follows the maker's last statement is.
fn appended_length(text: &[u8]) -> Option<usize> {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let mut forgets = || lines.by_ref().find(|line| line.trim_ascii_start().starts_with(b"hash -r"));
    forgets().and_then(|_| forgets())?;
    let mut length: usize = lines.map(<[u8]>::len).sum();
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
    fn what_stands_after_the_makers_end_is_the_persons() {
        let plain = "deactivate () {\n    hash -r 2> /dev/null\n}\nexport PATH\nhash -r 2> /dev/null || true\n";
        let wrapped = "deactivate () {\n    hash -r\n}\nif true; then\n    hash -r\nfi\n";
        for maker in [plain, wrapped, wrapped.trim_end()] {
            assert_eq!(after_the_maker(maker.as_bytes()), None, "{maker}");
            let comment = format!("{maker}\n# nothing here\n\n");
            assert_eq!(after_the_maker(comment.as_bytes()), None, "{comment}");
            let with = format!("{maker}\n# mine\nexport A='b'\nhash -r\nB=c");
            let said = std::str::from_utf8(after_the_maker(with.as_bytes()).unwrap()).unwrap();
            assert_eq!(said.trim_start(), "# mine\nexport A='b'\nhash -r\nB=c");
        }
    }

    #[test]
    fn lines_that_need_their_file_or_end_the_shell_are_known() {
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
    fn lines_that_stand_where_they_have_no_effect_are_found() {
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
    fn a_script_of_unknown_making_adds_nothing() {
        assert_eq!(after_the_maker(b"export A=1\nhash -r\nexport B=1\n"), None);
        assert_eq!(after_the_maker(b""), None);
    }

    #[test]
    fn our_own_script_ends_where_its_maker_ends() {
        let ours = include_bytes!("../../shell/standalone/activate");
        assert_eq!(after_the_maker(ours), None);
        let with = [&ours[..], b"export A=1\n"].concat();
        assert_eq!(after_the_maker(&with), Some(&b"export A=1\n"[..]));
    }
}
