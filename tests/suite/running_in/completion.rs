//! Completion after `venvwrap`: verbs, names, and the programs in an environment.

use crate::support::programs::write_program;
use crate::support::pty::{RcFile, Terminal};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

#[test]
fn the_binary_is_completed_like_the_functions() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("my env");
    for program in ["pytest", "pip 3"] {
        let file = root.join("bin").join(program);
        write_program(&file, "#!/bin/sh\n");
    }
    sandbox.write("my file", "schema = 1\n[[environment]]\nname = 'from it'\npython = '3.11'\n");
    sandbox.program("tools/python3.197", "#!/bin/sh\n");
    let zsh = RcFile { before: "autoload -Uz compinit; compinit -u -D", after: "" };
    let plain = RcFile { before: "", after: "" };
    for (shell, rc) in [(Shell::Bash, plain), (Shell::Zsh, zsh), (Shell::Fish, plain)] {
        let terminal = Terminal::start_with(&sandbox, shell, rc);
        let completes = |typed: &str, whole: &str| {
            assert_eq!(terminal.completed(format!("{typed}\t")), whole, "{shell:?}");
        };
        completes("venvwrap lssite", "venvwrap lssitepackages ");
        for verb in ["run", "env", "which", "workon"] {
            completes(&format!("venvwrap {verb} my"), &format!("venvwrap {verb} my\\ env "));
        }
        completes("venvwrap env my\\ env --form", "venvwrap env my\\ env --format ");
        completes("venvwrap env my\\ env --format sys", "venvwrap env my\\ env --format systemd ");
        completes("venvwrap run my\\ env pyte", "venvwrap run my\\ env pytest ");
        completes("venvwrap run my\\ env -- pip", "venvwrap run my\\ env -- pip\\ 3 ");
        completes("venvwrap which my\\ env pyte", "venvwrap which my\\ env pytest ");
        // The remaining words belong to the program.
        completes("venvwrap run my\\ env pytest --he", "venvwrap run my\\ env pytest --he");
        completes("venvwrap run my\\ env pytest -x my", "venvwrap run my\\ env pytest -x my\\ file ");
        completes("venvwrap run nosuch py", "venvwrap run nosuch py");
        completes("venvwrap freeze m", "venvwrap freeze my\\ env ");
        completes("venvwrap freeze my\\ env --dr", "venvwrap freeze my\\ env --dry-run ");
        completes("venvwrap freeze --to my", "venvwrap freeze --to my\\ file ");
        completes("venvwrap export m", "venvwrap export my\\ env ");
        completes("venvwrap export my\\ env -o my", "venvwrap export my\\ env -o my\\ file ");
        completes("venvwrap export my\\ env --format req", "venvwrap export my\\ env --format requirements ");
        completes("venvwrap import my", "venvwrap import my\\ file ");
        completes("venvwrap import my\\ file fro", "venvwrap import my\\ file from\\ it ");
        completes("venvwrap python li", "venvwrap python list ");
        completes("venvwrap python list --al", "venvwrap python list --all ");
        completes("venvwrap python find 3.19", "venvwrap python find 3.197 ");
        completes("venvwrap python list --json my", "venvwrap python list --json my");
    }
}

/// The program does not run inside a command substitution: Ctrl-Z stops it and brings back the
/// shell.
#[test]
fn a_program_that_is_run_by_the_function_is_a_job_of_the_shell() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        let prompts = terminal.prompts();
        terminal.type_keys("venvwrap run x sh -c 'printf %s-%s, is here; exec cat'\r");
        terminal.wait_for("is-here,");
        terminal.type_keys("hello\r");
        terminal.wait_for("hello\nhello");
        terminal.type_keys("\x1a");
        terminal.wait_for_prompt_after(prompts);
        terminal.run("kill -KILL %1");
    }
}
