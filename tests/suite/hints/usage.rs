//! Hints of command lines that make no sense.

use super::play::After::{Line, Shown, Unpasted};
use super::play::situation;
use super::prepared::{environment, nothing, other, python};
use super::{Row, mentioned, pasted};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

pub(super) const ROWS: &[Row] = &[
    pasted("see `venvwrap init --help`", situation(nothing, "venvwrap --plan=x", &[Shown]).absent()),
    pasted(
        "start a new shell, or load them again: `{load}`",
        situation(environment, "workon {name}", &[Line("workon {name}")])
            .after_line(Shell::Bash.older_functions())
            .only_in(&[Shell::Bash])
            .loaded(),
    ),
    pasted(
        "`venvwrap VERB --help` describes a verb, with examples.",
        situation(nothing, "venvwrap", &[Shown]).fill(&[("VERB", "workon")]),
    ),
    mentioned(
        "help; the three commands are tried everywhere",
        "Named Python virtual environments, switched with one word.\n\nvenvwrap keeps environments in one directory, \
         WORKON_HOME, and brings the commands of virtualenvwrapper to bash, zsh, fish, and Nushell. `venvwrap setup` \
         loads them in new shells; then `mkvirtualenv projectx` creates an environment and `workon projectx` activates it.",
    ),
    pasted(
        "the command for that is `{command}`",
        situation(other, "venvwrap status", &[Line("showvirtualenv other")]).fill(&[("NAME", "other")]),
    ),
    pasted("see `{typed} --help`", situation(nothing, "rmvirtualenv --nosuch", &[Shown])),
    pasted("see `{} --help`", situation(nothing, "rmvirtualenv", &[Shown])),
    pasted(
        "add `--format bash`; `venvwrap env --help` lists the others",
        situation(asked_by_python, "python3 {root}/ask", &[Unpasted("an option"), Shown]),
    ),
    pasted("`venvwrap note --remove {}` removes the note", situation(environment, "venvwrap note {name} ''", &[Shown])),
    pasted(
        "`venvwrap run NAME CMD` hands any value to a program",
        situation(dollar, "venvwrap env -f dotenv {name}", &[Shown]).fill(&[("NAME", "other"), ("CMD", "true")]),
    ),
    mentioned("suggests a word of this verb", "did you mean `{nearest}`? {see}"),
    mentioned("names what was typed", "{about}unknown option `{unknown}`"),
    mentioned("names what was typed", "{about}unexpected argument `{extra}`"),
    mentioned("names what was typed", "`{PROGRAM} {word}`"),
    mentioned("names what was typed", "{about}unknown verb `{word}`"),
    mentioned("names what a program printed", "it did not answer, but printed `{line}`"),
];

/// The calling program is no shell.
fn asked_by_python(sandbox: &mut Sandbox) {
    python(sandbox);
    sandbox.minimal_environment("other");
    sandbox.write("ask", "import subprocess; subprocess.call(['venvwrap', 'env', 'other'])\n");
}

/// A name with a `$`, which dotenv cannot hold.
fn dollar(sandbox: &mut Sandbox) {
    environment(sandbox);
    other(sandbox);
}

#[test]
fn hints_about_command_lines_can_be_pasted() {
    super::play_all(ROWS);
}
