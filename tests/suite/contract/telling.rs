//! Hooks that tell what they see, and stories that tell what was typed in between.
//!
//! Everything goes to stdout, so that it stands in the order in which it happened, among what the
//! commands print.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::answer::difference;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::story::Story;
use crate::support::told::Told;

/// The hooks that are sourced; the others are run.
const SOURCED: &[&str] =
    &["initialize", "postmkvirtualenv", "postactivate", "predeactivate", "postdeactivate", "postmkproject"];

/// The global hooks of every command but cpvirtualenv.
pub(super) const GLOBAL: &[&str] = &[
    "initialize",
    "premkvirtualenv",
    "postmkvirtualenv",
    "preactivate",
    "postactivate",
    "predeactivate",
    "postdeactivate",
    "prermvirtualenv",
    "postrmvirtualenv",
    "get_env_details",
    "premkproject",
    "postmkproject",
];

/// Those that an environment can have.
pub(super) const LOCAL: &[&str] =
    &["preactivate", "postactivate", "predeactivate", "postdeactivate", "get_env_details"];

/// Those that a project can have.
pub(super) const PROJECT: &[&str] = &["postactivate", "predeactivate"];

// In a shell of its own, so that it leaves no variable behind; it holds under `set -u`.
const POSIX: &str = "(env=${VIRTUAL_ENV-} last=${VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV-}\n \
                     printf '* %s [%s] in %s: env=%s last=%s cd=%s\\n' 'WHO' \"$*\" \"$(pwd -P)\" \"${env##*/}\" \
                     \"${last##*/}\" \"${VIRTUALENVWRAPPER_PROJECT_CD-}\")\n";
const FISH: &str = "builtin printf '* %s [%s] in %s: env=%s last=%s cd=%s\\n' 'WHO' \"$argv\" (builtin pwd -P) \
                    (builtin string replace -r '.*/' '' -- \"$VIRTUAL_ENV\") \
                    (builtin string replace -r '.*/' '' -- \"$VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV\") \
                    \"$VIRTUALENVWRAPPER_PROJECT_CD\"\n";

/// Writes these hooks into a directory: each tells its place and name, its arguments, the directory
/// it is in, the active environment, the one that was left, and whether entering switches to the
/// project.
pub(super) fn hooks(directory: &Path, place: &str, events: &[&str]) {
    for event in events {
        let who = format!("{place} {event}");
        if SOURCED.contains(event) {
            // Not executable, and with a first line that no shell is to take seriously.
            write(&directory.join(event), &format!("#!/bin/false\n{}", POSIX.replace("WHO", &who)), 0o644);
            write(&directory.join(format!("{event}.fish")), &FISH.replace("WHO", &who), 0o644);
        } else {
            write(&directory.join(event), &format!("#!/bin/sh\n{}", POSIX.replace("WHO", &who)), 0o755);
        }
    }
}

/// Writes a file with these lines and this mode, with the directories it needs.
pub(super) fn write(file: &Path, text: &str, mode: u32) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

/// Writes a hook that is sourced, for bash and zsh, and for fish.
pub(super) fn sourced(directory: &Path, event: &str, posix: &str, fish: &str) {
    write(&directory.join(event), posix, 0o644);
    write(&directory.join(format!("{event}.fish")), fish, 0o644);
}

/// A sandbox in which every creation is quick: without pip, and of a Python that can do it.
pub(super) fn quick_sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV_ARGS", format!("--without-pip --python '{python}'"));
    sandbox.set("PROJECT_HOME", sandbox.root().join("projects"));
    fs::create_dir(sandbox.root().join("projects")).unwrap();
    sandbox
}

/// A story of these command lines, each told before it is typed. The words of a line stand between
/// blanks.
pub(super) fn typed(lines: &[&str]) -> Story {
    lines.iter().fold(Story::new(), |story, line| typing(story, line))
}

/// One more of them.
pub(super) fn typing(story: Story, line: &str) -> Story {
    let tell = format!("printf '%s\\n' '> {line}'");
    story.code(&tell, &tell).run(line.split(' '))
}

/// Asserts what was told, in its order: lines of hooks, what was typed, and lines that begin in one
/// of these ways.
#[track_caller]
pub(super) fn assert_heard(told: &Told<'_>, also: &[&str], expected: &str) {
    let text = told.stdout_text();
    let wanted = |line: &&str| line.starts_with(['*', '>']) || also.iter().any(|start| line.starts_with(start));
    let heard: String = text.lines().filter(wanted).flat_map(|line| [line.trim_end(), "\n"]).collect();
    let expected: String = expected.trim().lines().flat_map(|line| [line.trim(), "\n"]).collect();
    assert!(heard == expected, "{}{told}", difference(expected.as_bytes(), heard.as_bytes()));
}
