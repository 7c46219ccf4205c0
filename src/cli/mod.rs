//! The command line: one way from the words to a verb and from its outcome to the shell.
//!
//! Leaves the list of verbs to `verbs`; help, completions, and the manual are made from the same
//! clap definitions. Only the verb that was called is built (a whole tree costs more than starting
//! the process).

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;

use crate::commands::{self, Outcome, Session};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::fs::private::open_to_fill;
use crate::output;
use crate::shell::{PROTOCOL, Shell};
use crate::shown;
use crate::verb;
use crate::workon_home::WorkonHome;

mod complete;
mod completions;
mod manual;
mod other_words;
mod usage;
mod verbs;
mod virtualenvwrapper;

use usage::usage;
use verbs::{DESCRIBES, VERBS, grouped, root};

const PROGRAM: &str = "venvwrap";

/// Runs what the command line says and gives the status to end with.
pub(crate) fn run(context: &Context) -> ExitCode {
    let outcome = called(context).and_then(|(words, caller)| {
        let shell = caller.as_ref().map(|caller| caller.shell);
        if shell.is_some() {
            verb::spell_as_functions();
        }
        if shell == Some(Shell::Nu) {
            shown::propose_for_nushell();
        }
        let session = Session {
            context,
            shell,
            is_interactive: caller.as_ref().is_some_and(|caller| caller.is_interactive),
            previous: caller.as_ref().and_then(|caller| caller.previous),
        };
        let outcome = dispatch(words, &session)?;
        deliver(outcome, caller)
    });
    match outcome {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            // Where WORKON_HOME cannot be located, that is what the error says.
            let error = match WorkonHome::locate(context) {
                Ok(home) => error.in_store(home.path()),
                Err(_) => error,
            };
            output::report(&error);
            ExitCode::from(error.status())
        }
    }
}

/// The function of a shell that called us.
struct Caller<'a> {
    shell: Shell,
    /// What the marks around the plan are to hold.
    word: &'a str,
    is_interactive: bool,
    /// The root of the environment that was active before.
    previous: Option<&'a Path>,
    /// `None` for a verb without a plan.
    plan: Option<File>,
}

/// The words after the program's name, and the function that called us. It puts
/// `--plan=SHELL/PROTOCOL/WORD` first, with `/i` at the end where the shell is interactive, and
/// `--previous=ROOT` behind it where another environment was active before. Nushell, which cannot
/// redirect descriptor 3, puts `--into=FILE` between them, or nothing for a verb without a plan.
fn called(context: &Context) -> Result<(&[OsString], Option<Caller<'_>>)> {
    let words = context.arguments().get(1..).unwrap_or_default();
    let Some(option) = words.first().and_then(|word| word.as_bytes().strip_prefix(b"--plan=")) else {
        return Ok((words, None));
    };
    let not_ours = || usage_of("--plan is for the shell functions", "see `venvwrap init --help`");
    let mut parts = std::str::from_utf8(option).unwrap_or_default().split('/');
    let mut part = || parts.next().unwrap_or_default();
    let shell = Shell::named(part()).ok_or_else(not_ours)?;
    let (protocol, word, mode) = (part(), part(), part());
    if protocol != PROTOCOL && words.get(1).is_some_and(|word| word == "doctor") {
        // It has no plan, and tells of them with everything else.
        return Ok((&words[1..], None));
    }
    if protocol != PROTOCOL {
        let load = shell.loading_line();
        let hint = match shell {
            // Its configuration has the commands themselves.
            Shell::Nu => "run `venvwrap setup nu`, and start a new shell".to_owned(),
            _ => format!("start a new shell, or load them again: `{load}`"),
        };
        return Err(usage_of("the functions in this shell are from another version of venvwrap", &hint));
    }
    if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(not_ours());
    }
    if shell == Shell::Fish {
        // fish itself waits for the plan: with us stopped it would never draw a prompt again.
        crate::context::ignore_stop();
    }
    let mut words = &words[1..];
    let plan = if shell == Shell::Nu {
        let file = words.first().and_then(|word| word.as_bytes().strip_prefix(b"--into="));
        words = if file.is_some() { &words[1..] } else { words };
        let file = file.map(|file| Path::new(OsStr::from_bytes(file)));
        file.map(|file| open_to_fill(file).map_err(Error::io("write", file))).transpose()?
    } else if let Some(descriptor) = Context::take_plan_descriptor() {
        Some(descriptor)
    } else {
        return Err(usage_of("no shell waits for a plan on descriptor 3", "see `venvwrap init --help`"));
    };
    let previous = words.first().and_then(|word| word.as_bytes().strip_prefix(b"--previous="));
    let words = if previous.is_some() { &words[1..] } else { words };
    let previous = previous.map(|root| Path::new(OsStr::from_bytes(root)));
    Ok((words, Some(Caller { shell, word, is_interactive: mode == "i", previous, plan })))
}

fn dispatch(words: &[OsString], session: &Session<'_>) -> Result<Outcome> {
    let Some(entry) = words.first().and_then(|word| VERBS.iter().find(|entry| entry.is_called(word))) else {
        if words.first().is_some_and(|word| word == "complete") {
            return complete::complete(&words[1..], session);
        }
        return whole_tree(words);
    };
    // As the person typed it: the function's own name, or the binary and its verb.
    let word = words.first().and_then(|word| word.to_str()).unwrap_or(entry.name);
    let is_function = session.shell.is_some() && entry.has_function && word == entry.name;
    let called = if is_function { word.to_owned() } else { format!("{PROGRAM} {word}") };
    // Short words are for readers: a hot verb does without the text.
    let is_read = words.iter().any(|word| word == "-h" || word == "--help");
    let command = if is_read { entry.definition() } else { (entry.command)() };
    // Freeing what the end of the process frees is a tenth of the instructions of a short verb.
    let mut command = ManuallyDrop::new(command.bin_name(&called));
    if session.shell == Some(Shell::Zsh) && session.is_interactive && has_comment(words, &command) {
        return Err(usage_of(
            "zsh does not take comments at its prompt: `#` is a word of the command",
            "`setopt interactive_comments` turns them on; for the name `#`, put `--` before it",
        ));
    }
    match command.try_get_matches_from_mut(words) {
        Ok(matches) => (entry.run)(&mut ManuallyDrop::new(matches), session),
        Err(error) => (entry.instead)(&error, session).unwrap_or_else(|| shown_or_usage(&error, entry.name, &called)),
    }
}

/// Whether a word is `#`, as where a line with a comment was pasted: zsh takes comments at its
/// prompt only if it is told to, and `rmvirtualenv api # not web` would remove `web`. In a command
/// line for another program, the word is that program's.
fn has_comment(words: &[OsString], command: &clap::Command) -> bool {
    words.iter().take_while(|word| *word != "--").any(|word| word == "#")
        && !command.get_arguments().any(clap::Arg::is_trailing_var_arg_set)
}

/// What is no verb: help, the version, or a mistake.
fn whole_tree(words: &[OsString]) -> Result<Outcome> {
    let words = std::iter::once(OsString::from(PROGRAM)).chain(words.iter().cloned());
    let grouped = root()
        .help_template("{about-with-newline}\n{usage-heading} {usage}{after-help}\n\nOptions:\n{options}")
        .after_help(format!("{}\n{DESCRIBES}", grouped().trim_start()));
    match grouped.try_get_matches_from(words) {
        Ok(_) => Ok(Outcome::Done),
        Err(error) => shown_or_usage(&error, PROGRAM, PROGRAM),
    }
}

fn shown_or_usage(error: &clap::Error, verb: &str, typed: &str) -> Result<Outcome> {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    match error.kind() {
        DisplayHelp | DisplayVersion => {
            output::data(commands::rendered(error).as_bytes())?;
            Ok(Outcome::Done)
        }
        DisplayHelpOnMissingArgumentOrSubcommand => {
            output::note(error.render().to_string().trim_end());
            Ok(Outcome::Status(2))
        }
        _ => Err(usage(error, verb, typed)),
    }
}

fn usage_of(message: &str, hint: &str) -> Error {
    Error::Usage { message: message.to_owned(), hint: hint.to_owned() }
}

/// Gives the shell its plan, in one piece and last of all: what it reads is complete.
fn deliver(outcome: Outcome, caller: Option<Caller<'_>>) -> Result<u8> {
    match outcome {
        Outcome::Done => Ok(0),
        Outcome::Status(status) => Ok(status),
        Outcome::Plan(steps, status) => {
            if let Some(Caller { shell, word, plan: Some(mut plan), .. }) = caller {
                plan.write_all(&shell.render(&steps, word)?).map_err(Error::io("write", "the plan for this shell"))?;
            }
            Ok(status)
        }
    }
}
