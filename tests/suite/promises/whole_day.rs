//! Every verb in every mode of every shell: the same is done and said, the shell is left as it was,
//! and no Python is started.

use std::fs;
use std::os::unix::fs::symlink;

use super::table::Row;
use super::{TABLE, recorded, rows, words, world};
use crate::support::sandbox::Sandbox;
use crate::support::shells::{MODES, Shell};
use crate::support::story::{Player, Story};
use crate::support::tally;
use crate::support::told::Told;

/// The modes that are furthest from plain; `activation` plays its stories in all of them.
const ODD: [&str; 13] = [
    "bash strict",
    "bash --posix strict",
    "bash with an odd IFS and CDPATH",
    "bash with aliases",
    "bash with replaced commands",
    "bash with traps",
    "zsh sh_word_split, noglob",
    "zsh strict",
    "zsh emulate sh",
    "zsh with odd options",
    "zsh with aliases",
    "zsh with replaced commands",
    "fish with replaced commands",
];

/// Types the lines of a row.
fn typed(sandbox: &Sandbox, row: &Row, story: Story) -> Story {
    row.day.iter().fold(story, |story, (line, status)| match status {
        0 => story.run(words(sandbox, line)),
        _ => story.run_failing(words(sandbox, line)),
    })
}

/// `mktmpenv` takes a new one each time.
fn without_temporary_names(text: &str) -> String {
    let mut parts = text.split("tmp-");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |told, part| {
        format!("{told}tmp{}", part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit()))
    })
}

fn assert_no_python_was_started(sandbox: &Sandbox) {
    let canary = fs::read_to_string(sandbox.root().join("canary")).unwrap_or_default();
    assert_eq!(canary, "", "a Python was started");
}

#[test]
fn every_verb_does_the_same_in_every_mode_and_starts_no_python() {
    let sandbox = world();
    let (staying, moving) = rows();
    let story = staying.fold(Story::new().snapshot("before"), |story, row| typed(&sandbox, row, story));
    let back = Story::new().go(sandbox.root());
    let story = story.snapshot("after");
    let story = moving.fold(story, |story, row| typed(&sandbox, row, story).then(back.clone()));
    let (staying, moving) = rows();
    let expected = recorded(&sandbox, staying.chain(moving).flat_map(|row| row.day));
    let said = |told: &Told<'_>| without_temporary_names(&told.stderr_text());
    for shell in Shell::ALL {
        let plain = story.played(&sandbox, shell.plain()).same("before", "after").records(&expected);
        for mode in MODES.iter().filter(|mode| mode.shell == shell && ODD.contains(&mode.name)) {
            let told = story.played(&sandbox, mode).same("before", "after").records(&expected);
            assert_eq!(said(&told), said(&plain), "{}", mode.name);
            tally::add("command lines in odd modes of a shell", expected.lines().count());
        }
    }
    drop(story.played(&sandbox, Player::Nu).same("before", "after").records(&expected));
    assert!(ODD.iter().all(|name| MODES.iter().any(|mode| mode.name == *name)), "a mode is gone");
    assert_no_python_was_started(&sandbox);
}

/// Promise 4: what is broken can be seen, removed, brought back, renamed, examined and mended.
#[test]
fn what_needs_no_python_works_without_one() {
    let sandbox = world();
    for name in ["x", "y", "p"] {
        let python = sandbox.environment(name).join("bin/python");
        fs::remove_file(&python).unwrap();
        symlink("/opt/gone/bin/python3.11", &python).unwrap();
    }
    // `workon` would repair it.
    let settings = sandbox.write("home/.config/venvwrap/config.toml", "heal = \"never\"\n");
    let lines = || TABLE.iter().flat_map(|row| row.broken);
    let story = lines().fold(Story::new(), |story, (line, _)| story.run_failing(words(&sandbox, line)));
    let expected = recorded(&sandbox, lines());
    for player in Player::all() {
        drop(story.played(&sandbox, player).records(&expected));
    }
    fs::remove_file(settings).unwrap();
    let mended = sandbox.run(["doctor", "--fix"]).stderr_text();
    assert!(["p", "x", "y"].iter().all(|name| mended.contains(&format!("{name}: linked to "))), "{mended}");
    assert_no_python_was_started(&sandbox);
}
