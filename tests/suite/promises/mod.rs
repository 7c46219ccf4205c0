//! The promises, for every verb: the tests walk one table, and a verb without a row in it fails.
//!
//! What each verb does beyond them is in `contract` and `verbs`.

mod names; //    one that is no name: said, and nothing changes
mod settings; // those of pip and uv
mod streams; //  closed ones, and the caller's stdin
mod table; //    how each verb is tried
mod whole_day; // all of them, in every mode of every shell, without a Python

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::pythons;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;
use table::{COMPLETE, Row, TABLE};

/// The binary's own list: the names of the verbs, and whether the shell has a function for each.
fn verbs() -> Vec<(&'static str, bool)> {
    let source = include_str!("../../../src/cli/verbs.rs");
    let entries = source.lines().filter_map(|line| line.trim().strip_prefix("entry::<"));
    let verbs = entries.map(|entry| (entry.split('"').nth(1).unwrap(), !entry.contains(".without_function()")));
    verbs.chain([(COMPLETE, false)]).collect()
}

#[test]
fn every_verb_has_a_row_that_tries_all_there_is_to_try() {
    let names: Vec<&str> = verbs().iter().map(|(name, _)| *name).collect();
    assert_eq!(TABLE.iter().map(|row| row.verb).collect::<Vec<_>>(), names, "in the order of src/cli/verbs.rs");
    // The list is read from a source file; what the binary prints must agree.
    let sandbox = Sandbox::new();
    let help = sandbox.run(["--help"]).status(0).stdout_text();
    let told = help.lines().skip_while(|line| !line.ends_with(':')).take_while(|line| *line != "Options:");
    let told = told.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let told: Vec<&str> = told.collect();
    assert!(told.len() > 20 && names.starts_with(&told), "{told:?}");
    for row in TABLE {
        assert!(row.day.iter().any(|(line, _)| line.contains(row.verb)), "{}: it does nothing all day", row.verb);
        let only_fails_by_name = row.fails.is_empty() && row.names.is_empty();
        // All are asked by a prompt, which goes on whatever is wrong.
        let is_asked_by_prompt = [COMPLETE, "automatic", "prompt"].contains(&row.verb);
        assert!(!only_fails_by_name || is_asked_by_prompt, "{}: it never fails", row.verb);
        // Whoever takes the name of an environment is tried with bad ones; a made-up one is taken
        // for none by others.
        let takes_name = |line: &str| line.split(' ').skip(1).any(|word| ["y", "p", "gone"].contains(&word));
        let named = row.day.iter().map(|(line, _)| *line).chain(row.fails.iter().copied());
        let named = named.filter(|line| line.starts_with(row.verb)).any(takes_name);
        assert!(!named || !row.names.is_empty(), "{}: no bad name is tried", row.verb);
    }
    for (verb, reason) in NO_USAGE {
        assert!(TABLE.iter().any(|row| row.verb == *verb && row.usage.is_empty()), "{verb}: {reason}");
    }
    assert_eq!(TABLE.iter().filter(|row| row.usage.is_empty()).count(), NO_USAGE.len());
}

/// Verbs that take every command line.
const NO_USAGE: &[(&str, &str)] = &[
    ("deactivate", "leaving always works"),
    ("lssitepackages", "its words are those of ls"),
    (COMPLETE, "Tab says nothing"),
];

/// A world with the environments `x`, `y` and `p`, a project, hooks that read all they are given,
/// and pythons that tell on whoever starts them.
fn world() -> Sandbox {
    let mut sandbox = Sandbox::new();
    let telling = format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\n", "CANARY");
    let canary = Shell::Bash.quoted(bytes(sandbox.root().join("canary")));
    let telling = telling.replace("'CANARY'", std::str::from_utf8(&canary).unwrap());
    for name in ["python", "python3", "pip"] {
        sandbox.program(format!("tools/{name}"), &telling);
    }
    for name in ["x", "y", "p"] {
        let root = sandbox.minimal_environment(name);
        fs::remove_file(root.join("bin/python")).unwrap();
        symlink(sandbox.tools().join("python3"), root.join("bin/python")).unwrap();
    }
    sandbox.minimal_environment_at(&sandbox.root().join("their project/.venv"));
    let hook = sandbox.write("the project/.virtualenvwrapper/postactivate", "");
    fs::set_permissions(hook, fs::Permissions::from_mode(0o644)).unwrap();
    for event in ["premkvirtualenv", "prermvirtualenv", "postrmvirtualenv", "get_env_details", "premkproject"] {
        sandbox.program(format!("envs/{event}"), "#!/bin/sh\ncat >/dev/null\n");
    }
    let projects = sandbox.root().join("projects");
    fs::create_dir(&projects).unwrap();
    sandbox.write("envs/p/.project", [bytes(sandbox.root().join("the project")), b"\n".to_vec()].concat());
    sandbox.set("PROJECT_HOME", projects);
    sandbox
}

/// The words of a line of the table, as typed at a prompt, with this in the place of `NAME`.
fn words_with(sandbox: &Sandbox, line: &str, name: &[u8]) -> Vec<Vec<u8>> {
    let word = |word: &str| match word {
        "PYTHON" => bytes(&pythons::complete().path),
        "HERE" => bytes(sandbox.root().join("the project")),
        "VENV" => bytes(sandbox.root().join("their project")),
        "EMPTY" => Vec::new(),
        "NAME" => name.to_vec(),
        _ => match word.strip_prefix("STORE") {
            Some(below) => [bytes(sandbox.workon_home()), below.as_bytes().to_vec()].concat(),
            None => word.as_bytes().to_vec(),
        },
    };
    let verb = line.split(' ').next().unwrap();
    let has_function = verb == "venvwrap" || verbs().iter().any(|(name, has_function)| *name == verb && *has_function);
    let program = (!has_function).then(|| b"venvwrap".to_vec());
    program.into_iter().chain(line.split(' ').map(word)).collect()
}

fn words(sandbox: &Sandbox, line: &str) -> Vec<Vec<u8>> {
    words_with(sandbox, line, b"")
}

/// Words as they are typed in a shell, with a redirection where the line ends in one.
fn typed(shell: Shell, words: &[Vec<u8>]) -> Vec<u8> {
    let (words, end): (_, &[u8]) = match words {
        [words @ .., last] if last == b">FULL" => (words, b" >/dev/full"),
        _ => (words, b""),
    };
    let words: Vec<Vec<u8>> = words
        .iter()
        .enumerate()
        .map(|(index, word)| {
            // The name of a function or program stands as it is: an alias would count, as it does
            // for a person.
            if index == 0 { word.clone() } else { shell.quoted(word) }
        })
        .collect();
    [words.join(&b' '), end.to_vec()].concat()
}

/// What a story records of these lines, with their statuses.
fn recorded(sandbox: &Sandbox, lines: impl IntoIterator<Item = &'static (&'static str, i32)>) -> String {
    let line = |(line, status): &(&str, i32)| format!("{}: {status}", shown(&words(sandbox, line)));
    let lines: Vec<String> = lines.into_iter().map(line).collect();
    String::from_utf8_lossy(&sandbox.masked(lines.join("\n").as_bytes())).into_owned()
}

/// What a line of the table is called in a message.
fn shown(words: &[Vec<u8>]) -> String {
    OsString::from_vec(words.join(&b' ')).to_string_lossy().into_owned()
}

/// Rows whose lines leave the shell where it is, and those that do not.
fn rows() -> (impl Iterator<Item = &'static Row>, impl Iterator<Item = &'static Row>) {
    (TABLE.iter().filter(|row| !row.moves), TABLE.iter().filter(|row| row.moves))
}
