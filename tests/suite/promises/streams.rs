//! Streams: every verb with closed ones, and in a loop that reads the same stdin.

use std::fs;

use super::{TABLE, recorded, shown, typed, words, world};
use crate::support::nu;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::tally;

/// The lines of a day, with what they are called and their statuses.
fn day(sandbox: &Sandbox) -> Vec<(Vec<Vec<u8>>, i32)> {
    TABLE.iter().flat_map(|row| row.day).map(|(line, status)| (words(sandbox, line), *status)).collect()
}

#[test]
fn with_any_stream_closed_every_verb_does_the_same() {
    let sandbox = world();
    let day = day(&sandbox);
    let expected = recorded(&sandbox, TABLE.iter().flat_map(|row| row.day));
    for shell in Shell::ALL {
        for closed in ["<&-", ">&- 2>&-", "<&- >&- 2>&-"] {
            let mut story = Story::new();
            for (words, _) in &day {
                let line = [typed(shell, words), format!(" {closed}\n").into_bytes()].concat();
                let status = if shell == Shell::Fish { "$status" } else { "$?" };
                let record = [b"__story_status ".to_vec(), shell.quoted(words.join(&b' ')), b" ".to_vec()].concat();
                let code = [line, record, status.as_bytes().to_vec()].concat();
                story = story.code(&code, &code);
            }
            story.played(&sandbox, shell.plain()).records(&expected);
            tally::add("command lines with closed streams", day.len());
        }
    }
}

/// `while read`: what is left of the lines is there for the next.
#[test]
fn no_verb_eats_the_callers_stdin() {
    let sandbox = world();
    let day = day(&sandbox);
    for shell in Shell::ALL {
        let file = shell.quoted(bytes(sandbox.root().join("statuses")));
        let (head, tail): (&[u8], &[u8]) = match shell {
            Shell::Fish => (b"while read -l line\neval $line\necho $status >>", b"\nend\n"),
            _ => (b"while IFS= read -r line; do\neval \"$line\"\necho $? >>", b"\ndone\n"),
        };
        let mode = shell.plain();
        let script = mode.script(&sandbox, [head, &file, tail].concat());
        let lines: Vec<u8> = day.iter().flat_map(|(words, _)| [typed(shell, words), b"\n".to_vec()].concat()).collect();
        let answer = sandbox.run_command(mode.command(&sandbox, &script), &lines).status(0);
        let found = fs::read_to_string(sandbox.root().join("statuses")).unwrap();
        for ((words, status), found) in day.iter().zip(found.lines()) {
            assert_eq!(status.to_string(), found, "{shell:?}: {}: {answer}", shown(words));
        }
        assert_eq!(found.lines().count(), day.len(), "{shell:?}: lines were eaten: {answer}");
        fs::remove_file(sandbox.root().join("statuses")).unwrap();
    }
}

/// Nushell has no `while read`: what is left of stdin is there after all of them.
#[test]
fn no_verb_eats_the_stdin_of_nushell() {
    let sandbox = world();
    let day = day(&sandbox);
    let mut code = format!("source {}\n", nu::quoted(nu::functions()));
    for (words, _) in &day {
        code.push_str(&nu::status_of(&nu::line(words).unwrap()));
        code.push_str("print $\"status ($status)\"\n");
    }
    let mut command = nu::command(&sandbox);
    command.arg(sandbox.write("day.nu", code + "^cat\n"));
    let text = sandbox.run_command(command, b"what is left\n").status(0).stdout_text();
    let found: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("status ")).collect();
    assert_eq!(found, day.iter().map(|(_, status)| status.to_string()).collect::<Vec<_>>());
    assert!(text.ends_with("\nwhat is left\n"), "{text}");
}
