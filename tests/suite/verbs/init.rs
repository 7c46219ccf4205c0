//! `venvwrap init`: which program the functions start. What they do has tests of its own
//! (`init_script`, `activation`).

use std::os::unix::fs::symlink;

use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;

/// The line before the functions, run by the shell itself.
fn executable(sandbox: &Sandbox, shell: Shell, script: &[u8]) -> String {
    let first = script.split_inclusive(|byte| *byte == b'\n').next().unwrap();
    let mode = shell.plain();
    let script = mode.bare_script(sandbox, [first, b"printf %s \"$__venvwrap_executable\"\n"].concat());
    sandbox.run_command(mode.command(sandbox, &script), b"").status(0).stderr("").stdout_text()
}

#[test]
fn the_functions_start_the_program_by_the_name_it_was_called_by() {
    let sandbox = Sandbox::new();
    // As a package manager has it: a name on PATH that stays, for a file that does not.
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    for shell in Shell::ALL {
        let mut command = sandbox.command("/bin/sh");
        command.args(["-c", "exec venvwrap init \"$1\"", "sh", shell.name()]);
        let answer = sandbox.run_command(command, b"").status(0).stderr("");
        assert_eq!(executable(&sandbox, shell, &answer.stdout), "[ROOT]/tools/venvwrap");
        let answer = sandbox.run(["init", shell.name()]).status(0).stderr("");
        assert_eq!(executable(&sandbox, shell, &answer.stdout), BINARY);
        let answer = sandbox.run(["init", shell.name(), "--executable", "/it's \"$x\"\\"]).status(0);
        assert_eq!(executable(&sandbox, shell, &answer.stdout), "/it's \"$x\"\\");
    }
}

#[test]
fn init_is_static_text_that_looks_at_nothing() {
    let mut sandbox = Sandbox::new();
    let answer = sandbox.run(["init", "zsh"]).status(0).stderr("").stdout;
    for name in ["HOME", "WORKON_HOME", "PATH", "LANG", "XDG_CACHE_HOME"] {
        sandbox.unset(name);
    }
    sandbox.run(["init", "zsh"]).status(0).stderr("").stdout(&answer);
    assert!(answer.ends_with(b"\n"));
}

#[test]
fn another_shell_is_refused_and_the_known_ones_are_named() {
    let sandbox = Sandbox::new();
    sandbox.run(["init", "tcsh"]).status(2).stdout("").stderr(
        "venvwrap: init: invalid SHELL `tcsh`\n\
         hint: did you mean `zsh`? see `venvwrap init --help`\n",
    );
    sandbox
        .run(["init"])
        .status(2)
        .stdout("")
        .stderr("venvwrap: init: missing SHELL\nhint: see `venvwrap init --help`\n");
}

#[test]
fn functions_of_another_version_are_told_how_to_load_the_new_ones() {
    let sandbox = Sandbox::new();
    for (shell, line) in [("bash", "eval \"$(venvwrap init bash)\""), ("fish", "venvwrap init fish | source")] {
        sandbox.run([&format!("--plan={shell}/0"), "workon", "x"]).status(2).stdout("").stderr(format!(
            "venvwrap: the functions in this shell are from another version of venvwrap\n\
             hint: start a new shell, or load them again: `{line}`\n"
        ));
    }
    sandbox
        .run(["--plan=bash/2/1", "workon", "x"])
        .status(2)
        .stdout("")
        .stderr("venvwrap: no shell waits for a plan on descriptor 3\nhint: see `venvwrap init --help`\n");
}

#[test]
fn without_the_functions_a_verb_for_the_shell_names_the_line_that_loads_them() {
    let mut sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let lines = [
        ("/bin/bash", "`venvwrap setup bash` loads them in new shells, `eval \"$(venvwrap init bash)\"` in this one"),
        (
            "/usr/local/bin/zsh",
            "`venvwrap setup zsh` loads them in new shells, `eval \"$(venvwrap init zsh)\"` in this one",
        ),
        ("/usr/bin/fish", "`venvwrap setup fish` loads them in new shells, `venvwrap init fish | source` in this one"),
        ("/bin/tcsh", "`venvwrap setup bash` loads them in new shells, `eval \"$(venvwrap init bash)\"` in this one"),
    ];
    for (login, line) in lines {
        sandbox.set("SHELL", login);
        for words in [&["workon", "x"][..], &["deactivate"], &["cdvirtualenv"], &["cdsitepackages", "a"]] {
            sandbox.run(words).status(1).stdout("").stderr(format!(
                "venvwrap: `{}` changes the shell it runs in, but the shell functions are not loaded there\nhint: {line}\n",
                words[0]
            ));
        }
    }
}
