//! The list of verbs, and the definition of everything that can be typed, made from it.
//!
//! Owns names, short words, and groups, so that help, completions, and the manual agree. Leaves to
//! `cli` how a verb is found and run.

use std::ffi::OsStr;

use clap::{ArgMatches, Command};

use super::usage::usage;
use super::{PROGRAM, completions, manual, virtualenvwrapper};
use crate::commands::{self, Outcome, Session, Verb};
use crate::error::Result;

/// One verb: how it is called, its clap definition, what it does.
pub(super) struct VerbEntry {
    pub(super) name: &'static str,
    pub(super) command: fn() -> Command,
    pub(super) run: fn(&mut ArgMatches, &Session<'_>) -> Result<Outcome>,
    pub(super) instead: fn(&clap::Error, &Session<'_>) -> Option<Result<Outcome>>,
    pub(super) has_function: bool,
    pub(super) group: &'static str,
    /// What users of uv, conda, pew, and virtualfish type for it, behind the name of the binary.
    pub(super) short: &'static [&'static str],
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

    pub(super) fn is_called(&self, word: &OsStr) -> bool {
        [self.name].iter().chain(self.short).any(|name| word == OsStr::new(name))
    }

    /// The definition with its short words, which its help shows before the examples.
    pub(super) fn definition(&self) -> Command {
        let command = (self.command)();
        if self.short.is_empty() {
            return command;
        }
        let words: Vec<String> = self.short.iter().map(|word| format!("`{PROGRAM} {word}`")).collect();
        let shown = command.get_after_help().map(|text| format!("\n\n{text}")).unwrap_or_default();
        command.visible_aliases(self.short).after_help(format!("Short: {}{shown}", words.join(", ")))
    }
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
pub(super) const VERBS: &[VerbEntry] = &[
    entry::<commands::mkvirtualenv::MkVirtualenv>("mkvirtualenv").under(CREATE).short(&["create", "new"]),
    entry::<commands::mktmpenv::MkTmpenv>("mktmpenv").under(CREATE).short(&["tmp"]),
    entry::<commands::cpvirtualenv::CpVirtualenv>("cpvirtualenv").under(CREATE).short(&["cp", "copy"]),
    entry::<commands::mvvirtualenv::MvVirtualenv>("mvvirtualenv").under(CREATE).short(&["mv", "rename"]),
    entry::<commands::rmvirtualenv::RmVirtualenv>("rmvirtualenv").under(CREATE).short(&["rm", "remove"]),
    entry::<commands::adopt::Adopt>("adopt").without_function().under(CREATE),
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
    entry::<commands::uv::UvVerb>("uv").without_function().under(PROJECTS),
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

fn run_as<V: Verb>(matches: &mut ArgMatches, session: &Session<'_>) -> Result<Outcome> {
    let verb = V::from_arg_matches_mut(matches).map_err(|error| usage(&error, PROGRAM, PROGRAM))?;
    verb.run(session)
}

/// A verb as a person types it: by the name of its function, or behind that of the binary.
pub(super) fn typed(verb: &str) -> String {
    let has_function = VERBS.iter().any(|entry| entry.name == verb && entry.has_function);
    if has_function { verb.to_owned() } else { format!("{PROGRAM} {verb}") }
}

pub(super) const DESCRIBES: &str = "`venvwrap VERB --help` describes a verb, with examples.";

/// The definition of everything that can be typed, for help, completions and the manual.
pub(super) fn root() -> Command {
    Command::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .about("Named Python virtual environments, switched with one word")
        .long_about(
            "Named Python virtual environments, switched with one word.\n\nvenvwrap keeps environments in one \
             directory, WORKON_HOME, and brings the commands of virtualenvwrapper to bash, zsh, fish, and Nushell. \
             `venvwrap setup` loads them in new shells; then `mkvirtualenv projectx` creates an environment and `workon projectx` activates it.",
        )
        .after_help(DESCRIBES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(VERBS.iter().map(VerbEntry::definition).filter(|verb| !verb.is_hide_set()))
}

/// The verbs by group: clap has headings for options only. A test keeps each line within 80
/// columns.
pub(super) fn grouped() -> String {
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
