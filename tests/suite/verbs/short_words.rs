//! The short words of the verbs (`venvwrap ls`, `venvwrap use`), which users of other tools type.

use crate::interactive::in_every_shell;
use crate::support::sandbox::Sandbox;
use crate::support::story::Story;

const WORDS: [(&str, &[&str]); 8] = [
    ("mkvirtualenv", &["create", "new"]),
    ("mktmpenv", &["tmp"]),
    ("cpvirtualenv", &["cp", "copy"]),
    ("mvvirtualenv", &["mv", "rename"]),
    ("rmvirtualenv", &["rm", "remove"]),
    ("workon", &["activate", "use"]),
    ("lsvirtualenv", &["ls", "list"]),
    ("showvirtualenv", &["info"]),
];

#[test]
fn every_help_shows_the_short_words() {
    let sandbox = Sandbox::new();
    let whole = sandbox.run(["--help"]).status(0).stderr("").stdout_text();
    for (verb, words) in WORDS {
        assert!(whole.contains(&format!("\n  {verb} ({}) ", words.join(", "))), "{whole}");
        for word in words {
            let text = sandbox.run([word, "--help"]).status(0).stderr("").stdout_text();
            assert!(text.contains(&format!("Usage: venvwrap {word}")), "{text}");
            assert!(text.contains("\nShort: ") && text.contains(&format!("`venvwrap {word}`")), "{text}");
        }
    }
}

#[test]
fn a_short_word_does_in_the_shell_what_its_verb_does() {
    let sandbox = Sandbox::with_x_and_y();
    Story::new()
        .run(["venvwrap", "use", "x"])
        .get("VIRTUAL_ENV")
        .run(["venvwrap", "activate", "y"])
        .get("VIRTUAL_ENV")
        .run(["deactivate"])
        .plays(
            &sandbox,
            "venvwrap use x: 0\nexport VIRTUAL_ENV=[ROOT]/envs/x\nvenvwrap activate y: 0\n\
             export VIRTUAL_ENV=[ROOT]/envs/y\ndeactivate: 0",
        );
    for word in ["mv", "rename"] {
        sandbox.minimal_environment("old");
        sandbox.run([word, "old", "new"]).status(0).stdout("").stderr("Renamed `old` to `new`\n");
        sandbox.run(["rm", "--now", "new"]).status(0);
    }
    for word in ["rm", "remove"] {
        sandbox.minimal_environment("old");
        sandbox.run([word, "--now", "old"]).status(0).stdout("Removing old...\n").stderr("");
    }
    for word in ["ls", "list"] {
        sandbox.run([word, "-b"]).status(0).stdout("x\ny\n").stderr("");
    }
    let shown = sandbox.run(["showvirtualenv", "x"]).status(0).stdout_text();
    sandbox.run(["info", "x"]).status(0).stdout(shown).stderr("");
}

#[test]
fn without_the_functions_it_is_said_how_to_load_them() {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.set("SHELL", "/bin/zsh");
    for word in ["use", "activate"] {
        let said = sandbox.run([word, "x"]).status(1).stdout("").stderr_text();
        assert_eq!(said, sandbox.run(["workon", "x"]).status(1).stdout("").stderr_text());
        assert!(said.contains("eval \"$(venvwrap init "), "{said}");
    }
}

#[test]
fn a_mistake_is_told_with_the_word_that_was_typed() {
    let sandbox = Sandbox::new();
    sandbox
        .run(["info", "--nosuch"])
        .status(2)
        .stdout("")
        .stderr("venvwrap: showvirtualenv: unknown option `--nosuch`\nhint: see `venvwrap info --help`\n");
}

#[test]
fn words_of_other_tools_name_the_verb() {
    let sandbox = Sandbox::new();
    for (word, command) in [
        ("shell", "venvwrap workon NAME"),
        ("venv", "venvwrap mkvirtualenv NAME"),
        ("virtualenvs", "venvwrap lsvirtualenv"),
        ("delete", "venvwrap rmvirtualenv NAME"),
        ("inall", "venvwrap allvirtualenv CMD"),
        ("locate_python", "venvwrap python find VERSION"),
        ("connect", "venvwrap setvirtualenvproject NAME DIRECTORY"),
    ] {
        sandbox
            .run([word, "x"])
            .status(2)
            .stdout("")
            .stderr(format!("venvwrap: unknown verb `{word}`\nhint: the command for that is `{command}`\n"));
    }
}

#[test]
fn short_words_and_what_follows_them_are_completed() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("my env");
    in_every_shell(&sandbox, |terminal| {
        for (typed, found) in [
            ("venvwrap lis", "venvwrap list "),
            ("venvwrap use m", "venvwrap use my\\ env "),
            ("venvwrap rm m", "venvwrap rm my\\ env "),
            ("venvwrap ls --bri", "venvwrap ls --brief "),
        ] {
            assert_eq!(terminal.completed(format!("{typed}\t")), found, "{:?}", terminal.shell);
        }
    });
}
