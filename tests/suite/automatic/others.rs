//! Beside other tools: what they have in the prompt stays, and those that switch by directory go
//! first.

use std::fs;
use std::os::unix::fs::symlink;

use super::{active, automatic, goes, in_every_shell, world};
use crate::interactive::COMPINIT;
use crate::support::pty::{RcFile, Terminal};
use crate::support::sandbox::BINARY;
use crate::support::shells::Shell;

#[test]
fn the_prompt_commands_of_others_stay_and_see_the_status() {
    let sandbox = world();
    for before in ["PROMPT_COMMAND=\"asked=\\$?; $PROMPT_COMMAND\"", "PROMPT_COMMAND+=('asked=$?')"] {
        let rc = RcFile { before, ..automatic(Shell::Bash) };
        let terminal = Terminal::start_with(&sandbox, Shell::Bash, rc);
        terminal.run("cd src/api; (exit 7)");
        assert_eq!(terminal.value("asked"), "7", "{before}");
        assert_eq!(active(&terminal), "api");
        terminal.run("case \"${PROMPT_COMMAND[*]}\" in *asked*automatic*) kept=yes ;; esac");
        assert_eq!(terminal.value("kept"), "yes", "{before}");
    }
    let after = "eval \"$(\"$VENVWRAP\" init bash --auto)\"; PROMPT_COMMAND+=('asked=$?')";
    let terminal = Terminal::start_with(&sandbox, Shell::Bash, RcFile { before: "", after });
    terminal.run("cd src/api; (exit 7)");
    assert_eq!(terminal.value("asked"), "7");
    // What is set afterwards replaces the first element only.
    let after = "eval \"$(\"$VENVWRAP\" init bash --auto)\"; eval \"$(\"$VENVWRAP\" init bash --auto)\"
PROMPT_COMMAND=\"more=1;$PROMPT_COMMAND\"";
    let terminal = Terminal::start_with(&sandbox, Shell::Bash, RcFile { before: "", after });
    goes(&terminal, &[("cd src/api", "api")]);
    assert_eq!(terminal.value("more"), "1");
    terminal.run(
        "words=(${PROMPT_COMMAND[*]}); count=0; \
         for word in \"${words[@]}\"; do [[ $word != __venvwrap_automatic ]] || count=$((count + 1)); done",
    );
    assert_eq!(terminal.value("count"), "1", "called once for each prompt");
}

#[test]
fn bash_preexec_calls_it_from_its_list() {
    let sandbox = world();
    let before = "bash_preexec_imported=defined; precmd_functions=(theirs); theirs() { :; }
call_all() { local each; for each in \"${precmd_functions[@]}\"; do \"$each\"; done; }
PROMPT_COMMAND=\"$PROMPT_COMMAND; call_all\"";
    let terminal = Terminal::start_with(&sandbox, Shell::Bash, RcFile { before, ..automatic(Shell::Bash) });
    goes(&terminal, &[("cd src/api", "api"), ("cd /", "")]);
    terminal.run("kept=\"${precmd_functions[*]}\"");
    assert_eq!(terminal.value("kept"), "theirs __venvwrap_automatic");
}

#[test]
fn it_works_under_the_options_of_careful_people() {
    let sandbox = world();
    let cases = [
        (Shell::Bash, "set -euf -o pipefail; IFS=/"),
        (Shell::Bash, "set -o posix; CDPATH=/nosuch"),
        (Shell::Zsh, "setopt ksh_arrays sh_word_split nounset err_return; IFS=/"),
        (Shell::Zsh, COMPINIT),
    ];
    for (shell, before) in cases {
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before, ..automatic(shell) });
        let lines = [
            ("cd src/api", "\n(api) $"),
            ("cd deep || true", "\n(api) $"),
            ("cd ../../web", "\n(web) $"),
            ("cd /", "\n$"),
        ];
        for (line, prompt) in lines {
            let screen = terminal.run(line);
            assert!(screen.ends_with(prompt) && screen.lines().count() == 2, "{shell:?}: {before}: {screen}");
        }
    }
}

#[test]
fn another_tool_that_switches_by_directory_goes_first() {
    let sandbox = world();
    let rivals = [
        (Shell::Bash, "_pyenv_virtualenv_hook() { :; }"),
        (Shell::Zsh, "_pyenv_virtualenv_hook() { :; }"),
        (Shell::Zsh, "workon_cwd() { :; }"),
        (Shell::Zsh, "check_venv() { :; }; AUTOSWITCH_VERSION=3"),
        (Shell::Fish, "function __vfsupport_auto_activate; end"),
    ];
    for (shell, before) in rivals {
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before, ..automatic(shell) });
        goes(&terminal, &[("cd src/api", ""), ("cd ..", "")]);
        let screen = terminal.run("venvwrap doctor");
        assert!(screen.contains("automatic switching is off here, because"), "{screen}");
    }
    // direnv and mise decide directory by directory.
    fs::write(sandbox.root().join("src/web/.envrc"), "layout python\n").unwrap();
    fs::write(sandbox.root().join("src/api/.envrc"), "export DEBUG=1\n").unwrap();
    for (shell, before) in [
        (Shell::Bash, "_direnv_hook() { :; }"),
        (Shell::Zsh, "_direnv_hook() { :; }"),
        (Shell::Fish, "function __direnv_export_eval; end"),
    ] {
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before, ..automatic(shell) });
        goes(&terminal, &[("cd src/web", ""), ("cd ../api", "api")]);
    }
    in_every_shell(&sandbox, |terminal| {
        goes(terminal, &[("cd src/web", "web")]);
    });
    // An environment that somebody else activated is not replaced.
    in_every_shell(&sandbox, |terminal| {
        match terminal.shell {
            Shell::Fish => terminal.run("set -gx VIRTUAL_ENV /usr"),
            _ => terminal.run("export VIRTUAL_ENV=/usr"),
        };
        goes(terminal, &[("cd src/api", "/usr"), ("cd deep", "/usr")]);
        match terminal.shell {
            Shell::Fish => terminal.run("set -e VIRTUAL_ENV"),
            _ => terminal.run("unset VIRTUAL_ENV"),
        };
        goes(terminal, &[("true", "api"), ("cd /", "")]);
    });
}

#[test]
fn the_installed_file_obeys_the_settings() {
    let sandbox = world();
    for shell in Shell::ALL {
        let share = sandbox.root().join("share");
        let share = share.to_str().unwrap();
        sandbox
            .run(["init", shell.name(), "--executable", BINARY, "--share", share, "--into", share])
            .status(0)
            .silent();
        symlink(share, sandbox.home().join("installed")).unwrap();
        let after = format!(". ~/installed/venvwrap/init.{}", shell.name()).leak();
        let rc = RcFile { before: "", after };
        let settings = sandbox.home().join(".config/venvwrap/config.toml");
        for (text, name) in [("", ""), ("# auto = true\nauto = false\n", ""), ("heal = \"auto\"\nauto = true", "api")] {
            sandbox.write(&settings, text);
            let terminal = Terminal::start_with(&sandbox, shell, rc);
            goes(&terminal, &[("cd src/api", name)]);
        }
        fs::remove_file(settings).unwrap();
        fs::remove_file(sandbox.home().join("installed")).unwrap();
    }
}
