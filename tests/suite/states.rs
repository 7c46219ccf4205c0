//! Random shell states and random walks through environments: deactivating restores everything.
//!
//! The tests compare what the shell itself reports about its variables, functions, aliases,
//! options, traps, umask, and working directory. `activation` does the same for selected states and
//! walks.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::support::sandbox::Sandbox;
use crate::support::shells::{ALIASES, FUNCTIONS, FUNCTIONS_OF_FISH, Mode, Shell};
use crate::support::story::Story;
use crate::support::tally;

/// Lines of an rc file, ordered so that none breaks a later one.
const BASH: &[&str] = &[
    "umask 077",
    "IFS=' /:abe_='",
    "IFS=",
    "CDPATH=/:/usr:/usr/bin",
    "PS1='\\u $x `true` '; export PS1",
    "unset PS1",
    "unset TERM HOSTNAME",
    "GREP_OPTIONS=--color=always; export GREP_OPTIONS",
    "shopt -s nullglob dotglob extglob",
    "shopt -s failglob",
    "shopt -s nocasematch xpg_echo",
    "shopt -s expand_aliases",
    FUNCTIONS,
    ALIASES,
    "trap : DEBUG RETURN",
    "trap 'echo left >/dev/null' EXIT USR1",
    "set -b",
    "set -a",
    "set -f",
    "set -C",
    "set -o pipefail",
    "set -u",
    "set -e",
    "set -o posix",
    "POSIXLY_CORRECT=1",
];

const ZSH: &[&str] = &[
    "umask 077",
    "IFS=' /:abe_='",
    "CDPATH=/:/usr",
    "PS1='%n $x '; export PS1",
    "unset PS1",
    "typeset -U path PATH",
    "GREP_OPTIONS=--color=always; export GREP_OPTIONS",
    FUNCTIONS,
    ALIASES,
    "TRAPDEBUG() { : }",
    "trap 'echo left >/dev/null' EXIT USR1",
    "chpwd() { echo CHPWD >&2; return 1 }; chpwd_functions=(chpwd)",
    "setopt ksharrays",
    "setopt shwordsplit",
    "setopt globsubst",
    "setopt noglob",
    "setopt nullglob",
    "setopt extendedglob",
    "setopt rcexpandparam",
    "setopt allexport",
    "setopt autopushd pushdsilent",
    "setopt promptsubst promptbang",
    "setopt posixbuiltins posixidentifiers",
    "setopt nomultibyte nocasematch",
    "setopt noclobber",
    "setopt pipefail",
    "setopt nounset",
    "setopt errreturn",
    "setopt errexit",
];

const FISH: &[&str] = &[
    "umask 077",
    "set -g CDPATH / /usr",
    "set -e TERM",
    "set -gx GREP_OPTIONS --color=always",
    "function fish_prompt; echo mine; end",
    "function fish_right_prompt; echo right; end",
    "alias ls 'false ls'; alias grep 'false grep'",
    "function on_pwd --on-variable PWD; echo CHPWD >&2; end",
    "function on_venv --on-variable VIRTUAL_ENV; true; end",
    "set -gx fish_greeting",
    FUNCTIONS_OF_FISH,
];

/// Variables left by other programs: exported in the environment that the shell starts with.
const INHERITED: &[(&str, &[(&str, &str)])] = &[
    ("nothing", &[]),
    ("a dead tmux pane", &[("VIRTUAL_ENV", "/gone/env"), ("TMUX", "/tmp/x,1,0")]),
    ("poetry shell", &[("VIRTUAL_ENV", "/usr"), ("POETRY_ACTIVE", "1"), ("VIRTUAL_ENV_PROMPT", "(po;%et\\n) ")]),
    ("conda", &[("CONDA_PREFIX", "/opt/conda"), ("CONDA_DEFAULT_ENV", "base"), ("CONDA_SHLVL", "1")]),
    ("plain activate of a parent", &[("VIRTUAL_ENV", "/usr"), ("_OLD_VIRTUAL_PATH", "/bin"), ("PYTHONHOME", "")]),
    ("PYTHONHOME", &[("PYTHONHOME", "/py $home"), ("VIRTUAL_ENV_DISABLE_PROMPT", "1")]),
    ("an empty one", &[("VIRTUAL_ENV", ""), ("VIRTUAL_ENV_PROMPT", "")]),
    ("another store of hooks", &[("VIRTUALENVWRAPPER_HOOK_DIR", "/gone"), ("VIRTUALENVWRAPPER_WORKON_CD", "0")]),
];

/// A user's commands. Many of them fail, and a failure must change nothing.
const STEPS: &[&[&str]] = &[
    &["workon", "x"],
    &["workon", "y"],
    &["workon", "it's $y"],
    &["workon", "-n", "x"],
    &["deactivate"],
    &["lsvirtualenv", "-b"],
    &["showvirtualenv", "x"],
    &["cpvirtualenv", "x", "y"],
    &["workon", "nosuch"],
    &["workon", ""],
    &["rmvirtualenv", "../x"],
    &["cdvirtualenv", "nosuch"],
    &["mkvirtualenv", "-p", "/nosuch", "new"],
    &["virtualenvwrapper_verify_active_environment"],
];

#[derive(Debug, Clone)]
struct Walk {
    shell: Shell,
    rc: Vec<&'static str>,
    inherited: &'static (&'static str, &'static [(&'static str, &'static str)]),
    steps: Vec<&'static [&'static str]>,
}

fn walks() -> impl Strategy<Value = Walk> {
    let shell = select(vec![(Shell::Bash, BASH), (Shell::Zsh, ZSH), (Shell::Fish, FISH)]);
    let rc = shell.prop_flat_map(|(shell, lines)| (Just(shell), subsequence(lines.to_vec(), 0..=lines.len().min(8))));
    (rc, select(INHERITED), vec(select(STEPS), 1..8)).prop_map(|((shell, rc), inherited, steps)| {
        // proptest cannot shrink the empty list to a static one.
        let inherited = INHERITED.iter().find(|each| each.0 == inherited.0).unwrap();
        Walk { shell, rc, inherited, steps }
    })
}

fn walk(walk: &Walk) -> Result<(), TestCaseError> {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.minimal_environment("it's $y");
    for (name, value) in walk.inherited.1 {
        sandbox.set(name, *value);
    }
    let mode = Mode::of(walk.shell, walk.rc.join("\n"));
    let mut story = Story::new().snapshot("before");
    let mut is_inside = false;
    for words in &walk.steps {
        match words {
            // An unknown command would make fish load functions of its own.
            ["deactivate"] if !is_inside => continue,
            ["deactivate"] => is_inside = false,
            ["workon", .., "x" | "y" | "it's $y"] => is_inside = true,
            _ => {}
        }
        story = story.run_failing(*words);
    }
    story = story.run(["workon", "x"]).run(["deactivate"]).snapshot("after");
    let told = story.played(&sandbox, mode);
    prop_assert!(told.is_same("before", "after"), "{}", told.difference("before", "after"));
    Ok(())
}

/// Walks that failed once, replayed on every run.
#[test]
fn walks_that_once_ended_badly_end_well() {
    let walk_in = |shell, rc: &[&'static str], inherited: &str, steps: &[&'static [&'static str]]| Walk {
        shell,
        rc: rc.to_vec(),
        inherited: INHERITED.iter().find(|each| each.0 == inherited).unwrap(),
        steps: steps.to_vec(),
    };
    let parent = "plain activate of a parent";
    let kept = [
        // A failing step inside a condition ended the shell.
        walk_in(Shell::Bash, &["set -e"], "nothing", &[&["workon", "x"], &["cdvirtualenv", "nosuch"]]),
        // A variable exported by venv's script was restored without the export.
        walk_in(Shell::Bash, &[], parent, &[&["workon", "x"]]),
        walk_in(Shell::Zsh, &[], parent, &[&["workon", "x"]]),
    ];
    for each in &kept {
        walk(each).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_walk_in_a_random_shell_ends_where_it_began(each in walks()) {
        walk(&each)?;
        tally::add("random walks through random shell states", 1);
    }
}
