//! What Tab offers for the functions and the binary, from the same definitions as the help.
//!
//! Owns what can stand at a position, a verb, an option, or a value, and the answer to each shell.
//! Leaves to `values` which values there are.
//!
//! Called by the functions of shell/complete.* as `venvwrap complete SHELL -- …`. Says nothing but
//! candidates, runs nothing, and touches nothing in an environment. (What `allvirtualenv` runs is
//! completed by the shell itself.)

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clap::{Arg, Command};

use super::PROGRAM;
use super::verbs::{VERBS, VerbEntry};
use crate::commands::lssitepackages::LS_OPTIONS;
use crate::commands::{Outcome, Session, add2virtualenv};
use crate::elsewhere::Places;
use crate::error::Result;
use crate::output;
use crate::quoting::typed::TypedLine;
use crate::quoting::{Language, is_bare_word};
use crate::shell::Shell;
use crate::workon_home::WorkonHome;

mod values;

use values::{describe, environments, names, values};

/// The commands that take environments which other tools keep.
const REACH_ELSEWHERE: [&str; 10] = [
    "workon",
    "run",
    "env",
    "which",
    "showvirtualenv",
    "diff",
    "cpvirtualenv",
    "setvirtualenvproject",
    "freeze",
    "export",
];

/// Something to offer.
struct Candidate {
    value: OsString,
    about: String,
    /// Whether it is an environment of the store.
    is_environment: bool,
}

impl Candidate {
    fn plain(value: OsString) -> Self {
        Self { value, about: String::new(), is_environment: false }
    }

    fn of(command: &Command) -> Self {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        Self { about, ..Self::plain(command.get_name().into()) }
    }

    /// A directory ends in `/` and can be gone on with.
    fn is_whole(&self) -> bool {
        !self.value.as_bytes().ends_with(b"/")
    }
}

/// `SHELL -- WORD…` with the word being typed last; for bash `bash -- COMMAND LINE WORDBREAKS`.
pub(super) fn complete(words: &[OsString], session: &Session<'_>) -> Result<Outcome> {
    let shell = words.first().and_then(|word| word.to_str()).and_then(Shell::named);
    let (Some(shell), Some(words)) = (shell, words.get(2..)) else {
        return Ok(Outcome::Status(2));
    };
    let mut text = Vec::new();
    if let (Shell::Bash, [command, line, breaks]) = (shell, words) {
        let typed = TypedLine::read(line.as_bytes(), breaks.as_bytes());
        // Assignments may stand before the command.
        let start = typed.words.iter().position(|word| word == command).unwrap_or(0);
        // The space after a whole word is for commands that were registered with `nospace`, which
        // are ours.
        let is_ours = is_binary(command) || entry(command).is_some();
        for candidate in candidates(&typed.words[start..], session)? {
            typed.write_insertion(&candidate.value, is_ours && candidate.is_whole(), &mut text);
            text.push(b'\n');
        }
    } else {
        let mut found = candidates(words, session)?;
        describe(&mut found, session)?;
        if shell == Shell::Nu {
            text = for_nu(&found);
        }
        for candidate in found.iter().filter(|_| shell != Shell::Nu) {
            text.extend_from_slice(candidate.value.as_bytes());
            if !candidate.about.is_empty() {
                text.push(b'\t');
                text.extend_from_slice(candidate.about.as_bytes());
            }
            text.push(b'\n');
        }
    }
    output::data(&text)?;
    Ok(Outcome::Done)
}

/// A JSON array of what Nushell puts in place of the word, in its own quotes, and descriptions.
fn for_nu(found: &[Candidate]) -> Vec<u8> {
    let mut text = b"[".to_vec();
    for candidate in found {
        let value = candidate.value.as_bytes();
        let is_plain = is_bare_word(value.strip_prefix(b"~/").unwrap_or(value));
        let word = if is_plain { value.to_vec() } else { Language::Nu.literal(value) };
        if text.len() > 1 {
            text.push(b',');
        }
        let about = Language::Json.literal(candidate.about.as_bytes());
        text.extend([b"{\"value\":", &Language::Json.literal(&word)[..], b",\"description\":", &about, b"}"].concat());
    }
    text.extend_from_slice(b"]\n");
    text
}

fn candidates(words: &[OsString], session: &Session<'_>) -> Result<Vec<Candidate>> {
    let [verb, before @ .., typed] = words else {
        return Ok(Vec::new());
    };
    // Behind the binary's name a verb stands like the function of that name.
    if let (true, [verb, ..]) = (is_binary(verb), before) {
        return if entry(verb).is_some() { candidates(&words[1..], session) } else { Ok(Vec::new()) };
    }
    let mut found = match entry(verb) {
        None if is_binary(verb) => verbs(typed),
        Some(entry) => of_verb(entry, before, typed, session)?,
        // `_virtualenvs`, attached by a person to a command of their own.
        None => environments(typed, session)?,
    };
    // One that would need a line of its own cannot be offered on one.
    let can_be_typed = |value: &OsStr| !value.as_bytes().iter().any(u8::is_ascii_control);
    found.retain(|each| each.value.as_bytes().starts_with(typed.as_bytes()) && can_be_typed(&each.value));
    Ok(found)
}

fn is_binary(word: &OsStr) -> bool {
    Path::new(word).file_name() == Some(OsStr::new(PROGRAM))
}

fn entry(verb: &OsStr) -> Option<&'static VerbEntry> {
    VERBS.iter().find(|entry| entry.is_called(verb))
}

/// What `venvwrap` can be followed by. Short words are offered once their beginning is typed: each
/// verb is listed once.
fn verbs(typed: &OsStr) -> Vec<Candidate> {
    let mut found = Vec::new();
    for entry in VERBS {
        let command = (entry.command)();
        if command.is_hide_set() {
            continue;
        }
        let candidate = Candidate::of(&command);
        if !typed.is_empty() {
            let short = |word: &&str| Candidate { about: candidate.about.clone(), ..Candidate::plain(word.into()) };
            found.extend(entry.short.iter().map(short));
        }
        found.push(candidate);
    }
    found
}

/// What can stand in the place of `typed`, and more.
fn of_verb(entry: &VerbEntry, before: &[OsString], typed: &OsStr, session: &Session<'_>) -> Result<Vec<Candidate>> {
    let mut command = (entry.command)();
    command.build();
    of_command(&command, before, typed, session)
}

fn of_command(command: &Command, before: &[OsString], typed: &OsStr, session: &Session<'_>) -> Result<Vec<Candidate>> {
    // `python list`: what follows is its own.
    let within = before.iter().enumerate().find_map(|(at, word)| Some((at, command.find_subcommand(word)?)));
    if let Some((at, subcommand)) = within {
        return of_command(subcommand, &before[at + 1..], typed, session);
    }
    let Position { value_of, operands, options_end } = Position::after(before, command);
    if let Some(option) = value_of {
        return values(option, &operands, typed, session);
    }
    if !options_end && typed.as_bytes().starts_with(b"-") {
        let mut found = options(command);
        if command.get_name() == "lssitepackages" {
            let of_ls = |(option, about): (&str, &str)| Candidate {
                about: about.to_owned(),
                ..Candidate::plain(option.into())
            };
            found.extend(LS_OPTIONS.map(of_ls));
        }
        return Ok(found);
    }
    if command.has_subcommands() {
        return Ok(command.get_subcommands().map(Candidate::of).collect());
    }
    let is_deletion = || before.iter().any(|word| word == "-d" || word == "--delete");
    if command.get_name() == "add2virtualenv" && is_deletion() {
        // Nothing else can be taken away.
        let removable = add2virtualenv::removable(session).unwrap_or_default();
        return Ok(names(removable.into_iter().map(PathBuf::into_os_string).collect()));
    }
    let positionals: Vec<&Arg> = command.get_positionals().collect();
    match positionals.get(operands.len()).or(positionals.last()) {
        Some(arg) if operands.len() < positionals.len() || takes_many(arg) => {
            let found = values(arg, &operands, typed, session)?;
            // Only where the store has nothing that begins like this, as it takes a look at many
            // places.
            let is_name = arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "ENVIRONMENT"));
            if is_name && found.is_empty() && !typed.is_empty() && REACH_ELSEWHERE.contains(&command.get_name()) {
                let home = WorkonHome::locate(session.context)?;
                return Ok(names(Places::beside(session.context, &home).names_with(typed)));
            }
            Ok(found)
        }
        _ => Ok(Vec::new()),
    }
}

/// Where the words so far lead: the option that waits for its value, the operands, and whether
/// options have ended: with `--`, or with the first word of a command that has its own.
struct Position<'a> {
    value_of: Option<&'a Arg>,
    operands: Vec<&'a OsStr>,
    options_end: bool,
}

impl<'a> Position<'a> {
    fn after(words: &'a [OsString], command: &'a Command) -> Self {
        let own_options_from = command.get_positionals().position(Arg::is_trailing_var_arg_set);
        let mut at = Self { value_of: None, operands: Vec::new(), options_end: false };
        for word in words {
            let text = word.to_string_lossy();
            if at.value_of.take().is_some() {
                continue;
            }
            if at.options_end || !text.starts_with('-') || text.len() < 2 {
                at.operands.push(word);
                at.options_end |= own_options_from.is_some_and(|from| at.operands.len() > from);
            } else if text == "--" {
                at.options_end = true;
            } else {
                at.value_of = option(command, &text).filter(|arg| arg.get_action().takes_values());
            }
        }
        at
    }
}

/// The option that the next word belongs to: `--name`, or the last letter of `-xyz`.
fn option<'a>(command: &'a Command, text: &str) -> Option<&'a Arg> {
    let letter = text.chars().last();
    command.get_arguments().find(|arg| match text.strip_prefix("--") {
        Some(name) => arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|all| all.contains(&name)),
        None => arg.get_short() == letter,
    })
}

fn takes_many(arg: &Arg) -> bool {
    matches!(arg.get_action(), clap::ArgAction::Append)
}

fn options(command: &Command) -> Vec<Candidate> {
    let mut found = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_positional() && !arg.is_hide_set()) {
        let about = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let about = about.lines().next().unwrap_or_default().to_owned();
        let spellings = arg.get_long().map(|name| format!("--{name}")).into_iter();
        for spelling in spellings.chain(arg.get_short().map(|letter| format!("-{letter}"))) {
            found.push(Candidate { about: about.clone(), ..Candidate::plain(spelling.into()) });
        }
    }
    found
}
