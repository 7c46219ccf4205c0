//! What is refused, by every verb, in every shell: one line and a hint, the right status, and
//! nothing on disk changes.

use super::{COMPLETE, TABLE, shown, typed, words, words_with, world};
use crate::support::answer::{Answer, difference};
use crate::support::disk::tree;
use crate::support::nu;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::tally;

/// None of these is one component of a path that can be told from an option.
const BAD: [&[u8]; 9] = [b"", b".", b"..", b"a/b", b"/", b"../x", b"x/", b"-x", b".venvwrap"];

/// Nothing new is called so, and nothing is there; a terminal would obey it.
const ODD: [&[u8]; 2] = [b"new\nline", b"\x1b[31mred\xff"];

/// What is typed, and the statuses that are right for it.
type Case = (Vec<Vec<u8>>, &'static [i32]);

/// Types each in a shell with nothing active, and asserts that each was refused in one line with a
/// hint or more.
fn assert_refused(sandbox: &Sandbox, shell: Shell, cases: &[Case]) {
    let mut code = Vec::new();
    for (words, _) in cases {
        code.extend(typed(shell, words));
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        code.extend(format!("\nbuiltin printf '\\0%s\\0' {status} >&2\n").into_bytes());
    }
    assert_told(shell.name(), &shell.plain().run(sandbox, code), cases);
}

/// The same in Nushell, of what it can hold.
fn assert_refused_in_nu(sandbox: &Sandbox, cases: &[Case]) {
    let is_text = |(words, _): &&Case| nu::line(words).is_some() && words.last().is_none_or(|word| word != b">FULL");
    let cases: Vec<Case> = cases.iter().filter(is_text).cloned().collect();
    let mut code = format!("source {}\n", nu::quoted(nu::functions()));
    for (words, _) in &cases {
        code.push_str(&nu::status_of(&nu::line(words).unwrap()));
        code.push_str("print --stderr --no-newline $\"(char nul)($status)(char nul)\"\n");
    }
    let mut command = nu::command(sandbox);
    command.arg(sandbox.write("scripts/refused.nu", code));
    assert_told("nu", &sandbox.run_command(command, b""), &cases);
}

/// Asserts what was said to each, and its status.
fn assert_told(shell: &str, answer: &Answer<'_>, cases: &[Case]) {
    let told: Vec<&[u8]> = answer.stderr.split(|byte| *byte == 0).collect();
    assert_eq!(told.len(), 2 * cases.len() + 1, "{shell}: it ended early: {answer}");
    let mut wrong = Vec::new();
    for ((words, statuses), told) in cases.iter().zip(told.chunks(2)) {
        let (said, status) = (String::from_utf8_lossy(told[0]), std::str::from_utf8(told[1]).unwrap());
        let line = shown(words);
        let lines: Vec<&str> = said.lines().collect();
        // Where no python is found there is more than one thing to say.
        let is_hinted = |hints: &[&str]| !hints.is_empty() && hints.iter().all(|hint| hint.starts_with("hint: "));
        let is_said = matches!(&lines[..], [one, hints @ ..] if one.starts_with("venvwrap: ") && is_hinted(hints));
        let is_legible = !said.bytes().any(|byte| byte.is_ascii_control() && byte != b'\n');
        if !is_said || !is_legible || !statuses.iter().any(|each| each.to_string() == status) {
            wrong.push(format!("{line:?}: {status}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{shell}: not refused as they ought to be:\n{}", wrong.join("\n"));
    // virtualenvwrapper says these on stdout, and scripts look for them there.
    let said = answer.stdout_text();
    let pinned = ["Please provide a valid virtualenv to copy.", "y virtualenv already exists."];
    assert!(said.lines().all(|line| pinned.contains(&line)), "{shell}: {said}");
    tally::add("command lines that are refused", cases.len());
}

fn assert_changes_nothing(sandbox: &Sandbox, cases: &[Case]) {
    // A fish that is started for the first time makes directories of its own.
    drop(Shell::Fish.plain().run(sandbox, "").silent());
    std::fs::remove_dir_all(sandbox.root().join("scripts")).unwrap();
    let before = tree(sandbox.root());
    let assert_unchanged = |name: &str| {
        std::fs::remove_dir_all(sandbox.root().join("scripts")).unwrap();
        let after = tree(sandbox.root());
        assert!(after == before, "{name}: {}", difference(before.as_bytes(), after.as_bytes()));
    };
    for shell in Shell::ALL {
        assert_refused(sandbox, shell, cases);
        assert_unchanged(shell.name());
    }
    assert_refused_in_nu(sandbox, cases);
    assert_unchanged("nu");
}

#[test]
fn a_bad_name_is_refused_by_every_verb_that_takes_one() {
    let sandbox = world();
    let lines = TABLE.iter().flat_map(|row| row.names.iter().map(move |line| (row, line)));
    let mut cases: Vec<Case> = Vec::new();
    for (row, line) in lines {
        for name in BAD {
            let words = words_with(&sandbox, line, name);
            // One with a dash is an option to those that have options; an empty word is a missing
            // one to some.
            cases.push((words, if matches!(name, b"-x" | b"") { &[1, 2] } else { &[1] }));
        }
        // What is merely not there does not hinder the removal of the others.
        if !["rmvirtualenv", "hook"].contains(&row.verb) {
            cases.extend(ODD.map(|name| (words_with(&sandbox, line, name), &[1][..])));
        }
    }
    assert!(cases.len() > 250, "{}", cases.len());
    assert_changes_nothing(&sandbox, &cases);
}

#[test]
fn every_verb_says_what_it_cannot_do_and_what_is_no_command_line() {
    let sandbox = world();
    let mut cases: Vec<Case> = Vec::new();
    for row in TABLE.iter().filter(|row| row.verb != COMPLETE) {
        let is_possible = |line: &&&str| !line.ends_with(">FULL") || cfg!(target_os = "linux");
        cases.extend(row.fails.iter().filter(is_possible).map(|line| (words(&sandbox, line), &[1][..])));
        if !row.usage.is_empty() {
            cases.push((words(&sandbox, row.usage), &[2]));
        }
    }
    assert_changes_nothing(&sandbox, &cases);
}
