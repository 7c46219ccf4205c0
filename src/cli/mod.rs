//! The command line: which verbs there are, one way from the words to a command and from its
//! outcome to the shell.
//!
//! Owns the list of verbs, help, completions and the manual, all made from the same clap
//! definitions. Only the verb that was called is built (a whole tree costs more than starting the
//! process).

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, Command};

use crate::commands::{self, Outcome, Session, Verb};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output;
use crate::shell::{PROTOCOL, Shell};
use crate::verb;
use crate::workon_home::WorkonHome;

mod complete;
mod completions;
mod manual;
mod other_words;
mod usage;
mod virtualenvwrapper;

use usage::usage;

const PROGRAM: &str = "venvwrap";

/// One verb: how it is called, its clap definition, what it does.
struct VerbEntry {
    name: &'static str,
    command: fn() -> Command,
    run: fn(&mut ArgMatches, &Session<'_>) -> Result<Outcome>,
    instead: fn(&clap::Error, &Session<'_>) -> Option<Result<Outcome>>,
    has_function: bool,
    group: &'static str,
    /// What users of uv, conda, pew, and virtualfish type for it, behind the name of the binary.
    short: &'static [&'static str],
}

const fn entry<V: Verb>(name: &'static str) -> VerbEntry {
    VerbEntry {
        name,
        command: V::command,
        run: run_as::<V>,
        instead: V::instead,
        has_function: true,
        group: HIDDEN,
        short: &[],
    }
}

/// The group of verbs that only functions and background work call.
const HIDDEN: &str = "";

impl VerbEntry {
    /// Only the binary has it: it is no command of the shell.
    const fn without_function(self) -> Self {
        Self { has_function: false, ..self }
    }

    /// Lists it in `--help` under this heading.
    const fn under(self, group: &'static str) -> Self {
        Self { group, ..self }
    }

    /// Gives it short words: `venvwrap WORD` is `venvwrap VERB`.
    const fn short(self, short: &'static [&'static str]) -> Self {
        Self { short, ..self }
    }

    fn is_called(&self, word: &OsStr) -> bool {
        [self.name].iter().chain(self.short).any(|name| word == OsStr::new(name))
    }

    /// The definition with its short words, which its help shows before the examples.
    fn definition(&self) -> Command {
        let command = (self.command)();
        if self.short.is_empty() {
            return command;
        }
        let words: Vec<String> = self.short.iter().map(|word| format!("`{PROGRAM} {word}`")).collect();
        let shown = command.get_after_help().map(|text| format!("\n\n{text}")).unwrap_or_default();
        command.visible_aliases(self.short).after_help(format!("Short: {}{shown}", words.join(", ")))
    }
}

fn run_as<V: Verb>(matches: &mut ArgMatches, session: &Session<'_>) -> Result<Outcome> {
    let verb = V::from_arg_matches_mut(matches).map_err(|error| usage(&error, PROGRAM, PROGRAM))?;
    verb.run(session)
}

const CREATE: &str = "Create and remove";
const USE: &str = "Use";
const LOOK: &str = "Look";
const CHANGE: &str = "Change";
const PROJECTS: &str = "Projects";
const PYTHON: &str = "Python";
const REPAIR: &str = "Repair";
const SHELL: &str = "Shell";

/// All verbs, in the order of the help.
const VERBS: &[VerbEntry] = &[
    entry::<commands::mkvirtualenv::MkVirtualenv>("mkvirtualenv").under(CREATE).short(&["create", "new"]),
    entry::<commands::mktmpenv::MkTmpenv>("mktmpenv").under(CREATE).short(&["tmp"]),
    entry::<commands::cpvirtualenv::CpVirtualenv>("cpvirtualenv").under(CREATE).short(&["cp", "copy"]),
    entry::<commands::mvvirtualenv::MvVirtualenv>("mvvirtualenv").under(CREATE).short(&["mv", "rename"]),
    entry::<commands::rmvirtualenv::RmVirtualenv>("rmvirtualenv").under(CREATE).short(&["rm", "remove"]),
    entry::<commands::undo::Undo>("undo").without_function().under(CREATE),
    entry::<commands::prune::Prune>("prune").without_function().under(CREATE),
    entry::<commands::snapshot::SnapshotVerb>("snapshot").without_function().under(CREATE),
    entry::<commands::rollback::Rollback>("rollback").without_function().under(CREATE),
    entry::<commands::lock::Lock>("lock").without_function().under(CREATE),
    entry::<commands::lock::Unlock>("unlock").without_function().under(CREATE),
    entry::<commands::export::Export>("export").without_function().under(CREATE),
    entry::<commands::import::Import>("import").without_function().under(CREATE),
    entry::<commands::workon::Workon>("workon").under(USE).short(&["activate", "use"]),
    entry::<commands::deactivate::Deactivate>("deactivate").under(USE),
    entry::<commands::cd::CdVirtualenv>("cdvirtualenv").under(USE),
    entry::<commands::cd::CdSitePackages>("cdsitepackages").under(USE),
    entry::<commands::allvirtualenv::AllVirtualenv>("allvirtualenv").under(USE),
    entry::<commands::run::Run>("run").without_function().under(USE),
    entry::<commands::trial::Try>("try").without_function().under(USE),
    entry::<commands::env::Env>("env").without_function().under(USE),
    entry::<commands::which::Which>("which").without_function().under(USE),
    entry::<commands::lsvirtualenv::LsVirtualenv>("lsvirtualenv").under(LOOK).short(&["ls", "list"]),
    entry::<commands::showvirtualenv::ShowVirtualenv>("showvirtualenv").under(LOOK).short(&["info"]),
    entry::<commands::lssitepackages::LsSitePackages>("lssitepackages").under(LOOK),
    entry::<commands::find::Find>("find").without_function().under(LOOK),
    entry::<commands::diff::Diff>("diff").without_function().under(LOOK),
    entry::<virtualenvwrapper::VirtualenvWrapper>("virtualenvwrapper").under(LOOK),
    entry::<commands::add2virtualenv::Add2Virtualenv>("add2virtualenv").under(CHANGE),
    entry::<commands::toggleglobalsitepackages::ToggleGlobalSitePackages>("toggleglobalsitepackages").under(CHANGE),
    entry::<commands::wipeenv::WipeEnv>("wipeenv").under(CHANGE),
    entry::<commands::note::Note>("note").without_function().under(CHANGE),
    entry::<commands::set::Set>("set").without_function().under(CHANGE),
    entry::<commands::set::Unset>("unset").without_function().under(CHANGE),
    entry::<commands::kernel::Kernel>("kernel").without_function().under(CHANGE),
    entry::<commands::mkproject::MkProject>("mkproject").under(PROJECTS),
    entry::<commands::setvirtualenvproject::SetVirtualenvProject>("setvirtualenvproject").under(PROJECTS),
    entry::<commands::cd::CdProject>("cdproject").under(PROJECTS),
    entry::<commands::freeze::Freeze>("freeze").without_function().under(PROJECTS),
    entry::<commands::trust::Trust>("trust").without_function().under(PROJECTS),
    entry::<commands::python::Python>("python").without_function().under(PYTHON),
    entry::<commands::doctor::Doctor>("doctor").without_function().under(REPAIR),
    entry::<commands::upgrade::Upgrade>("upgrade").without_function().under(REPAIR),
    entry::<commands::setup::Setup>("setup").without_function().under(SHELL),
    entry::<commands::prompt::Prompt>("prompt").without_function().under(SHELL),
    entry::<commands::init::Init>("init").without_function().under(SHELL),
    entry::<completions::Completions>("completions").without_function().under(SHELL),
    entry::<manual::Man>("man").without_function().under(SHELL),
    entry::<commands::answer::Answer>("answer").without_function(),
    entry::<commands::automatic::Automatic>("automatic").without_function(),
    entry::<commands::background::Background>("background").without_function(),
    entry::<commands::hook::Hook>("hook").without_function(),
    entry::<commands::install::Install>("install").without_function(),
    entry::<commands::mkproject::Finish>("finish-project").without_function(),
];

/// Runs what the command line says and gives the status to end with.
pub(crate) fn run(context: &Context) -> ExitCode {
    let outcome = called(context).and_then(|(words, caller)| {
        let shell = caller.as_ref().map(|caller| caller.shell);
        if shell.is_some() {
            verb::spell_as_functions();
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
    descriptor: File,
}

/// The words after the program's name, and the function that called us. It puts
/// `--plan=SHELL/PROTOCOL/WORD` first, with `/i` at the end where the shell is interactive, and
/// `--previous=ROOT` behind it where another environment was active before.
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
        let hint = format!("start a new shell, or load them again: `{load}`");
        return Err(usage_of("the functions in this shell are from another version of venvwrap", &hint));
    }
    if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return Err(not_ours());
    }
    if shell == Shell::Fish {
        // fish itself waits for the plan: with us stopped it would never draw a prompt again.
        crate::context::ignore_stop();
    }
    let Some(descriptor) = Context::take_plan_descriptor() else {
        return Err(usage_of("no shell waits for a plan on descriptor 3", "see `venvwrap init --help`"));
    };
    let words = &words[1..];
    let previous = words.first().and_then(|word| word.as_bytes().strip_prefix(b"--previous="));
    let words = if previous.is_some() { &words[1..] } else { words };
    let previous = previous.map(|root| Path::new(OsStr::from_bytes(root)));
    Ok((words, Some(Caller { shell, word, is_interactive: mode == "i", previous, descriptor })))
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
    match command.try_get_matches_from_mut(words) {
        Ok(matches) => (entry.run)(&mut ManuallyDrop::new(matches), session),
        Err(error) => (entry.instead)(&error, session).unwrap_or_else(|| shown_or_usage(&error, entry.name, &called)),
    }
}

/// A verb as a person types it: by the name of its function, or behind that of the binary.
fn typed(verb: &str) -> String {
    let has_function = VERBS.iter().any(|entry| entry.name == verb && entry.has_function);
    if has_function { verb.to_owned() } else { format!("{PROGRAM} {verb}") }
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

const DESCRIBES: &str = "`venvwrap VERB --help` describes a verb, with examples.";

/// The definition of everything that can be typed, for help, completions and the manual.
fn root() -> Command {
    Command::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .about("Named Python virtual environments, switched with one word")
        .long_about(
            "Named Python virtual environments, switched with one word.\n\nvenvwrap keeps environments in one \
             directory, WORKON_HOME, and brings the commands of virtualenvwrapper to bash, zsh, and fish. `venvwrap \
             setup` loads them in new shells; then `mkvirtualenv projectx` creates an environment and `workon projectx` activates it.",
        )
        .after_help(DESCRIBES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(VERBS.iter().map(VerbEntry::definition).filter(|verb| !verb.is_hide_set()))
}

/// The verbs by group: clap has headings for options only. A test keeps each line within 80
/// columns.
fn grouped() -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let mut group = HIDDEN;
    for entry in VERBS.iter().filter(|entry| entry.group != HIDDEN) {
        if entry.group != group {
            group = entry.group;
            let _ = writeln!(text, "\n{group}:");
        }
        let about = (entry.command)().get_about().map(ToString::to_string).unwrap_or_default();
        let short = if entry.short.is_empty() { String::new() } else { format!("({})", entry.short.join(", ")) };
        let _ = writeln!(text, "  {:<26}  {about}", format!("{} {short}", entry.name).trim_end());
    }
    text
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
            if let Some(Caller { shell, word, mut descriptor, .. }) = caller {
                descriptor
                    .write_all(&shell.render(&steps, word))
                    .map_err(Error::io("hand the plan to", "the shell"))?;
            }
            Ok(status)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_sound_and_named_as_listed() {
        root().debug_assert();
        for entry in VERBS {
            assert_eq!((entry.command)().get_name(), entry.name);
        }
    }

    #[test]
    fn the_help_lists_every_verb_once_and_fits_a_terminal() {
        let text = grouped();
        for entry in VERBS {
            let lines = text.lines().filter(|line| line.split_whitespace().next() == Some(entry.name)).count();
            assert_eq!(lines, usize::from(!(entry.command)().is_hide_set()), "{}", entry.name);
        }
        let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:?}");
    }
}
