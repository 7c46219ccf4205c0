//! `prompt`: what a theme shows of the active environment.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;

#[test]
fn the_active_environment_is_told_in_every_shell() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let script = "venvwrap prompt; workon x; venvwrap prompt; venvwrap prompt --format '<{broken}{name}>'; \
                      deactivate; venvwrap prompt";
        let answer = shell.plain().run(&sandbox, script).status(1).stderr("");
        let text = answer.stdout_text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{shell:?}: {lines:?}");
        let version = lines[0].strip_prefix("x ").unwrap_or_else(|| panic!("{shell:?}: {lines:?}"));
        assert!(version.starts_with("3."), "{shell:?}: {lines:?}");
        assert_eq!(lines[1], "<x>", "{shell:?}");
    }
}

#[test]
fn a_missing_python_is_marked_and_a_lost_environment_is_none() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let python = root.join("bin/python");
    fs::remove_file(&python).unwrap();
    symlink("/no/such/python", &python).unwrap();
    let prompt = |words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("VIRTUAL_ENV", &root);
        sandbox.run_command(command, b"")
    };
    let answer = prompt(&["prompt"]).status(0).stderr("");
    assert!(answer.stdout_text().starts_with("x ") && answer.stdout_text().ends_with("!\n"), "{answer}");
    fs::remove_dir_all(&root).unwrap();
    prompt(&["prompt"]).status(1).stdout("").stderr("");
}

/// The text of VIRTUAL_ENV_PROMPT, as older Pythons write it, and without what a terminal obeys.
#[test]
fn the_prompt_of_another_tool_is_shown_inert() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    for (prompt, shown) in [("(api) ", "api\n"), ("a\x1b[31m\u{202e}b", "a_[31m_b\n"), ("{python}", "{python}\n")] {
        let mut command = sandbox.command(BINARY);
        command.args(["prompt", "--format", "{name}"]).env("VIRTUAL_ENV", &root).env("VIRTUAL_ENV_PROMPT", prompt);
        sandbox.run_command(command, b"").status(0).stdout(shown).stderr("");
    }
}
