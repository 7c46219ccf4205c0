//! `venvwrap run` replaces its own process by the program, so that streams, signals, and status are
//! the program's.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::formats;
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::MODES;
use crate::support::story::Story;

/// `run x sh -c CODE`, with further arguments.
fn in_x(sandbox: &Sandbox, code: &str) -> Command {
    let mut command = sandbox.command(BINARY);
    command.args(["run", "x", "sh", "-c", code]);
    command
}

#[test]
fn every_status_is_the_programs_own() {
    let sandbox = Sandbox::with_x_and_y();
    for status in 0..=255 {
        sandbox.run(["run", "x", "sh", "-c", &format!("exit {status}")]).status(status).stdout("").stderr("");
    }
}

#[test]
fn so_is_a_death_by_a_signal() {
    let sandbox = Sandbox::with_x_and_y();
    for (name, signal) in [("HUP", 1), ("INT", 2), ("KILL", 9), ("PIPE", 13), ("TERM", 15)] {
        // A process that exits by itself would return a status, which looks different.
        let status = in_x(&sandbox, &format!("kill -{name} $$; exit 3")).stdin(Stdio::null()).status().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(signal), "{name}");
    }
}

#[test]
fn it_is_the_same_process_and_signals_reach_it() {
    let sandbox = Sandbox::with_x_and_y();
    let mut command = in_x(&sandbox, "trap 'echo got; exit 7' TERM; echo $$; read line");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line.trim(), child.id().to_string());
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGTERM).unwrap();
    line.clear();
    stdout.read_to_string(&mut line).unwrap();
    assert_eq!((line.as_str(), child.wait().unwrap().code()), ("got\n", Some(7)));
}

#[test]
fn what_the_caller_ignores_stays_ignored() {
    let sandbox = Sandbox::with_x_and_y();
    let mut command = sandbox.command("/bin/sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" run x sh -c 'kill -HUP $$; echo alive'", BINARY]);
    sandbox.run_command(command, b"").status(0).stdout("alive\n").stderr("");
}

#[test]
fn streams_are_the_callers() {
    let sandbox = Sandbox::with_x_and_y();
    let mut command = in_x(&sandbox, "cat; echo told >&2");
    sandbox.run_command(command, b"a\nb").status(0).stdout("a\nb").stderr("told\n");
    // Other descriptors stay open, too.
    let kept = sandbox.root().join("kept");
    command = sandbox.command("/bin/sh");
    command.args(["-c", "exec 5>\"$1\"; exec \"$0\" run x sh -c 'echo kept >&5'", BINARY]).arg(&kept);
    sandbox.run_command(command, b"").silent();
    assert_eq!(fs::read_to_string(kept).unwrap(), "kept\n");
    for (closed, code) in [("<&-", "cat"), (">&-", "exit 0"), ("2>&-", "exit 0"), ("<&- >&- 2>&-", "exit 0")] {
        command = sandbox.command("/bin/sh");
        command.args(["-c", &format!("exec \"$0\" run x sh -c '{code}' {closed}"), BINARY]);
        sandbox.run_command(command, b"lost").silent();
    }
}

#[test]
fn the_barest_surroundings_do() {
    let mut sandbox = Sandbox::with_x_and_y();
    for name in ["HOME", "PATH", "LANG", "TERM", "COLUMNS", "TMPDIR", "XDG_CACHE_HOME", "VENVWRAP_BACKGROUND"] {
        sandbox.unset(name);
    }
    let mut command = sandbox.command(BINARY);
    // `python` is a link to sh.
    command.args([
        "run",
        "x",
        "python",
        "-c",
        "printf '%s\\n' \"$0\" \"$PWD\" \"$VIRTUAL_ENV\" \"$PATH\" \"${HOME-none}\"",
    ]);
    command.current_dir("/");
    let expected = "python\n/\n[ROOT]/envs/x\n[ROOT]/envs/x/bin\nnone\n";
    sandbox.run_command(command, b"").status(0).stdout(expected).stderr("");
    // As in a line of a crontab and a recipe of make.
    sandbox.set("HOME", sandbox.home()).set("PATH", "/usr/bin:/bin").set("SHELL", "/bin/sh").set("LOGNAME", "me");
    command = sandbox.command("/bin/sh");
    command.args(["-c", "\"$0\" run x python -c 'printf %s \"$VIRTUAL_ENV_PROMPT\"'", BINARY]);
    sandbox.run_command(command, b"").status(0).stdout("x").stderr("");
    sandbox.unset("WORKON_HOME");
    sandbox.run(["run", "x", "true"]).status(1).stdout("");
    assert!(!sandbox.home().join(".virtualenvs").exists(), "nothing is made on the way");
}

#[test]
fn a_real_python_finds_its_packages() {
    let sandbox = Sandbox::new();
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", pythons::complete().path.to_str().unwrap(), "x"]).status(0);
    let code = "import sys; print(sys.prefix, sys.prefix != sys.base_prefix, sys.argv, sys.stdin.read())";
    for words in
        [vec!["run", "x", "python", "-c", code, "--", "-v"], vec!["run", "x", "--", "python", "-c", code, "--", "-v"]]
    {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("PYTHONHOME", "/nowhere");
        let answer = sandbox.run_command(command, b"text").status(0).stderr("");
        assert_eq!(answer.stdout_text(), "[ROOT]/envs/x True ['-c', '--', '-v'] text\n");
    }
}

#[test]
fn no_hook_and_no_appended_line_counts() {
    let sandbox = Sandbox::with_x_and_y();
    for name in ["initialize", "preactivate", "postactivate", "x/bin/preactivate", "x/bin/postactivate"] {
        sandbox.program(format!("envs/{name}"), "#!/bin/sh\ntouch \"$WORKON_HOME/canary\"\n");
    }
    let activate = sandbox.environment("x").join("bin/activate");
    fs::write(&activate, [&fs::read(&activate).unwrap()[..], b"export MINE=1\n"].concat()).unwrap();
    sandbox.run(["run", "x", "sh", "-c", "echo \"${MINE-none}\""]).status(0).stdout("none\n").stderr("");
    assert!(!sandbox.environment("canary").exists());
}

#[test]
fn a_shell_that_is_started_inside_can_switch_and_leave() {
    let mut sandbox = Sandbox::with_x_and_y();
    for (name, value) in formats::run(&sandbox, "x") {
        sandbox.set(std::str::from_utf8(&name).unwrap(), OsString::from_vec(value));
    }
    Story::new()
        .get("VIRTUAL_ENV")
        .run(["workon", "y"])
        .get("PATH")
        .run(["deactivate"])
        .get_all(&["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PATH"])
        .plays(
            &sandbox,
            "export VIRTUAL_ENV=[ROOT]/envs/x
             workon y: 0
             export PATH=[ROOT]/envs/y/bin:[ROOT]/tools:/usr/bin:/bin
             deactivate: 0
             unset VIRTUAL_ENV
             unset VIRTUAL_ENV_PROMPT
             export PATH=[ROOT]/tools:/usr/bin:/bin",
        );
}

#[test]
fn a_shell_that_read_the_variables_can_switch_and_leave() {
    let sandbox = Sandbox::with_x_and_y();
    let story = Story::new()
        .snapshot("before")
        .code(format!("eval \"$('{BINARY}' env x)\""), format!("'{BINARY}' env x | source"));
    let story = story.get("VIRTUAL_ENV").run(["workon", "y"]).get("PATH").run(["deactivate"]).snapshot("after");
    // The user typed `eval`, so it works as usual there.
    let means_something_else = |name: &str| name.ends_with("aliases") || name.ends_with("replaced commands");
    for mode in MODES.iter().filter(|mode| !means_something_else(mode.name)) {
        story.played(&sandbox, mode).silent().same("before", "after").records(
            "export VIRTUAL_ENV=[ROOT]/envs/x
             workon y: 0
             export PATH=[ROOT]/envs/y/bin:[ROOT]/tools:/usr/bin:/bin
             deactivate: 0",
        );
    }
}
