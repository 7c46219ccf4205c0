//! Saves a snapshot before a command of uv, run through `venvwrap run`, creates the environment
//! again and drops its packages.
//!
//! uv does that for `uv venv --clear`, and in a project whose requested Python the environment does
//! not have. Owns finding out which of uv's commands do. uv itself is not asked.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{Session, snapshot};
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::fs::is_same;
use crate::interpreter;
use crate::output;
use crate::project::python::{Asked, all_asked};
use crate::shown::shown;
use crate::variables::Changes;
use crate::workon_home::WorkonHome;

/// The commands of uv. The first of these words is the command: options may precede it.
const COMMANDS: [&str; 18] = [
    "auth", "run", "init", "add", "remove", "version", "sync", "lock", "export", "tree", "format", "tool", "python",
    "pip", "venv", "build", "publish", "cache",
];

/// Those that bring the environment of a project up to date.
const SYNCING: [&str; 4] = ["run", "add", "remove", "sync"];

/// Saves the snapshot, if the command is one of uv's that recreate the environment. A failure is
/// reported, and the command goes on.
pub(super) fn save(session: &Session<'_>, environment: &Environment, changes: &Changes, command: &[OsString]) {
    let [called, words @ ..] = command else { return };
    if Path::new(called).file_name() != Some(OsStr::new("uv")) || environment.origin() != Origin::Store {
        return;
    }
    let Some(reason) = reason(session, environment, changes, words) else { return };
    let saved = WorkonHome::locate(session.context).and_then(|home| {
        let stored = snapshot::stored(session, &home, environment.name())?;
        output::note(&format!("uv will recreate `{}`: {reason}", shown(environment.name())));
        snapshot::take(&home, &stored)
    });
    if let Err(error) = saved {
        output::report(&error);
    }
}

/// Why uv would recreate it. `None` if it would not.
fn reason(session: &Session<'_>, environment: &Environment, changes: &Changes, words: &[OsString]) -> Option<String> {
    let is_command = |word: &&OsString| word.to_str().is_some_and(|word| COMMANDS.contains(&word));
    let position = words.iter().position(|word| is_command(&word))?;
    let command = words[position].to_str()?;
    let here = session.context.working_directory().ok()?;
    let moved = ["--directory", "--project"].iter().find_map(|option| value(words, option));
    let here = moved.map_or_else(|| here.clone(), |directory| here.join(directory));
    let has = |option: &str| words.iter().any(|word| word == option);
    let variable = |name: &str| {
        let set = changes.set.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_os_str());
        set.or_else(|| session.context.variable(name)).filter(|value| !value.is_empty())
    };
    if command == "venv" {
        let named = words[position + 1..].iter().filter(|word| !word.to_string_lossy().starts_with('-'));
        let mut places = named.map(|word| here.join(word)).chain([here.join(".venv")]);
        let is_cleared = has("--clear") || has("-c") || variable("UV_VENV_CLEAR").is_some();
        return (is_cleared && places.any(|place| is_same(&place, environment.root())))
            .then(|| "`uv venv --clear` empties it".to_owned());
    }
    if !SYNCING.contains(&command) || has("--no-project") || has("--no-sync") || has("--dry-run") {
        return None;
    }
    let project = here.ancestors().find(|place| place.join("pyproject.toml").is_file())?;
    let of_project = variable("UV_PROJECT_ENVIRONMENT").map_or_else(|| PathBuf::from(".venv"), PathBuf::from);
    if !has("--active") && !is_same(&project.join(of_project), environment.root()) {
        return None;
    }
    let typed = value(words, "--python").or_else(|| value(words, "-p")).or_else(|| variable("UV_PYTHON"));
    let mut asked: Vec<(String, OsString)> = Vec::new();
    asked.extend(typed.map(|python| ("the command".to_owned(), python.to_owned())));
    let of_files = all_asked(project).into_iter().filter(|each| match each.key {
        None => typed.is_none(),
        // uv reads no Pipfile.
        Some(key) => key == "requires-python",
    });
    asked.extend(of_files.map(|Asked { text, file, .. }| (session.shown(&file), text)));
    let is_refused = |(_, python): &&(String, OsString)| {
        // Not a name or a path: `-p` may be an option of the program that `uv run` starts.
        let is_version =
            python.to_string_lossy().starts_with(|first: char| first.is_ascii_digit() || "<>=~!".contains(first));
        let answers = interpreter::answers(session.context, python, &environment.python());
        is_version && answers.is_ok_and(|answers| !answers)
    };
    let (asker, python) = asked.iter().find(is_refused)?;
    let version = environment.version().unwrap_or_default();
    Some(format!("{asker} asks for Python `{}`, and it has {version}", shown(python)))
}

/// The value of an option of uv.
fn value<'a>(words: &'a [OsString], option: &str) -> Option<&'a OsStr> {
    let joined = format!("{option}=");
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == option {
            return words.next().map(OsString::as_os_str);
        }
        if let Some(value) = word.to_str().and_then(|word| word.strip_prefix(&joined)) {
            return Some(OsStr::new(value));
        }
    }
    None
}
