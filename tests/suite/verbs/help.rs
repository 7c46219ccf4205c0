//! `--help` of every verb.

use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

const VERBS: [&str; 19] = [
    "mkvirtualenv",
    "rmvirtualenv",
    "undo",
    "workon",
    "deactivate",
    "lsvirtualenv",
    "showvirtualenv",
    "find",
    "diff",
    "cdvirtualenv",
    "cdsitepackages",
    "run",
    "env",
    "which",
    "prompt",
    "python",
    "init",
    "completions",
    "man",
];

/// Those of them that are no functions.
const BINARY_ONLY: [&str; 11] =
    ["diff", "find", "undo", "run", "env", "which", "prompt", "python", "init", "completions", "man"];

#[test]
fn every_verb_tells_its_use_with_examples_in_columns() {
    let sandbox = Sandbox::new();
    for verb in VERBS {
        for option in ["-h", "--help"] {
            if (verb, option) == ("lsvirtualenv", "-h") {
                continue; // In brief, with status 1: its own test.
            }
            let answer = sandbox.run([verb, option]).status(0).stderr("");
            let text = answer.stdout_text();
            assert!(text.contains(&format!("Usage: venvwrap {verb}")), "{text}");
            assert!(text.lines().all(|line| line.chars().count() <= 100), "wider than COLUMNS: {text}");
            // `init` shows the line for each rc file in their place.
            let (_, examples) = text.split_once("Example").or(text.split_once("Add the line")).expect("examples");
            let examples: Vec<&str> = examples.lines().skip(1).collect();
            assert!(!examples.is_empty(), "{text}");
            let columns: Vec<_> = examples.iter().filter_map(|line| comment_column(line)).collect();
            assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "not in columns: {columns:?} {text}");
            let called = [format!("  {verb}"), format!("  venvwrap {verb}"), "  venvwrap undo".to_owned()];
            if verb != "init" {
                assert!(examples.iter().all(|line| called.iter().any(|called| line.starts_with(called))), "{text}");
            }
        }
    }
}

/// Where the explanation after an example stands: after two blanks or more.
fn comment_column(example: &str) -> Option<usize> {
    let example = example.trim_start();
    let at = example.find("  ")?;
    Some(at + example[at..].find(|letter| letter != ' ')?)
}

#[test]
fn help_through_the_functions_is_data_and_names_the_function() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    for shell in Shell::ALL {
        for verb in VERBS.iter().filter(|verb| !BINARY_ONLY.contains(verb)) {
            // `deactivate` is there only inside.
            let answer = shell.plain().run(&sandbox, format!("workon x\n{verb} --help\n")).status(0).stderr("");
            let text = answer.stdout_text();
            assert!(text.contains(&format!("\nUsage: {verb}")) && text.contains("Example"), "{shell:?}: {text}");
        }
    }
}

#[test]
fn the_whole_is_told_with_every_verb() {
    let sandbox = Sandbox::new();
    let text = sandbox.run(["--help"]).status(0).stderr("").stdout_text();
    for verb in VERBS {
        assert!(text.contains(&format!("\n  {verb} ")), "{text}");
    }
    assert!(!text.contains("background") && !text.contains("complete "), "{text}");
    let version = concat!("venvwrap ", env!("CARGO_PKG_VERSION"), "\n");
    sandbox.run(["--version"]).status(0).stdout(version).stderr("");
    // Nothing to do is a mistake: the same text, on stderr.
    sandbox.run::<&str>([]).status(2).stdout("").stderr_contains("Usage: venvwrap <COMMAND>");
}
