//! Hints about loading the functions, in this shell and in new ones.

use std::fs;

use super::play::After::{Line, Unpasted};
use super::play::situation;
use super::prepared::environment;
use super::{Row, by, mentioned, pasted};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

/// What needs a terminal is pasted there.
const AT_TERMINAL: &str = "verbs::setup::what_is_said_on_the_way_to_the_functions_can_be_typed";

pub(super) const ROWS: &[Row] = &[
    pasted(
        "`venvwrap setup {shell}` loads them in new shells, `{line}` in this one",
        situation(environment, "workon {name}", &[Unpasted("it asks on a terminal"), Line("workon {name}")]).absent(),
    ),
    pasted(
        "`{line}` loads them here, as {} does in new shells",
        situation(loading, "workon {name}", &[Line("workon {name}")]).absent(),
    ),
    by(AT_TERMINAL, "`venvwrap setup {}` loads them in new shells, `{load}` in this one"),
    pasted(
        "Start a new shell, or load the commands in this one: `{line}`",
        situation(environment, "venvwrap setup bash zsh fish --yes", &[Line("workon {name}")]).absent(),
    ),
    pasted(
        "move it away, or use `{by_hand}` without it",
        situation(without_rc_file, "venvwrap setup bash --yes", &[Line("workon {name}")])
            .only_in(&[Shell::Bash])
            .absent(),
    ),
    mentioned("the line of the row above, for a file", "add this line where that file comes from: `{by_hand}`"),
    by(AT_TERMINAL, "for this shell, run `venvwrap setup {}`"),
    mentioned("the command that failed, later", "run `venvwrap setup` again"),
    mentioned(
        "where the text of a file comes from",
        "--- {old}\n+++ {new}\n    (what `venvwrap init {word}` prints)\n",
    ),
    mentioned("the same command by another user", "run `venvwrap setup` as that user, without `sudo`"),
    mentioned(
        "the command that failed, later",
        "remove what is left of it with an editor, and run `venvwrap setup` again",
    ),
    mentioned(
        "says what wrote the block",
        "cannot change {}: the block of `venvwrap setup` in line {line} is not whole",
    ),
    mentioned("says what wrote a block", "Nothing to remove: no rc file has a block of `venvwrap setup`"),
    mentioned(
        "says what did not write the line",
        "line {line} of {} loads venvwrap and was not written by `venvwrap setup`: it stays",
    ),
    mentioned(
        "an option of the same command",
        "virtualenvwrapper is loaded, too, in {whole}; `--replace-virtualenvwrapper` disables that",
    ),
    mentioned(
        "a line of an rc file",
        "# Loads the commands of venvwrap. `venvwrap setup --uninstall` removes this block.\n",
    ),
    mentioned(
        "help; the lines are tried by what needs the functions",
        "Add the line for your shell to its rc file (`venvwrap setup` does that):\n  bash  ~/.bashrc                   \
         eval \"$(venvwrap init bash)\"\n  zsh   ~/.zshrc                    eval \"$(venvwrap init zsh)\"\n  fish  \
         ~/.config/fish/config.fish  venvwrap init fish | source\n\nNushell evaluates no text: `venvwrap setup nu` \
         writes the functions into a file\nthat it loads. By hand: `venvwrap init nu | save --force FILE`, and \
         in\n~/.config/nushell/config.nu the line `source FILE`.",
    ),
    by("nu::setup_writes_the_commands_where_nushell_loads_them", "run `venvwrap setup nu`, and start a new shell"),
];

/// The rc files load the functions, and the shells of the tests do not read them.
fn loading(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.write("home/.bashrc", "eval \"$(venvwrap init bash)\"\n");
    sandbox.write("home/.zshrc", "eval \"$(venvwrap init zsh)\"\n");
    sandbox.write("home/.config/fish/config.fish", "venvwrap init fish | source\n");
}

/// A directory is in its place.
fn without_rc_file(sandbox: &mut Sandbox) {
    environment(sandbox);
    fs::create_dir(sandbox.home().join(".bashrc")).unwrap();
}

#[test]
fn hints_about_loading_can_be_pasted() {
    super::play_all(ROWS);
}
