//! `allvirtualenv`: its statuses, and `--parallel`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};

use crate::support::pty::{INTERRUPT, Terminal};
use crate::support::sandbox::{BINARY, LIMIT, Sandbox};
use crate::support::shells::{MODES, Shell};
use crate::support::story::{Player, Story};

/// How long it took differs.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.parse::<f64>().is_ok() && word.contains('.');
    let words = text.split_inclusive([' ', '\n']);
    words.map(|word| if is_time(word.trim()) { word.replace(word.trim(), "T") } else { word.to_owned() }).collect()
}

fn fifo(sandbox: &Sandbox, name: &str) -> std::path::PathBuf {
    let path = sandbox.root().join(name);
    mkfifo(&path, Mode::S_IRWXU).unwrap();
    path
}

/// The first `count` lines that are written to a fifo, each by somebody who opens it for that.
#[track_caller]
fn lines_from(fifo: &Path, count: usize) -> Vec<String> {
    // Open for writing as well: it has no end when one writer has gone and the next has not come
    // yet.
    let fifo = fs::File::options().read(true).write(true).open(fifo).unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || BufReader::new(fifo).lines().take(count).try_for_each(|line| tell.send(line.unwrap())));
    (0..count).map(|_| told.recv_timeout(LIMIT).expect("nobody wrote")).collect()
}

fn is_gone(pid: &str) -> bool {
    kill(Pid::from_raw(pid.parse().unwrap()), None).is_err()
}

#[test]
fn with_status_a_failure_is_told_and_is_that_of_the_whole() {
    let sandbox = Sandbox::with_x_and_y();
    let script = "echo in; case $PWD in */y) exit 3;; esac";
    let story = Story::new()
        .run(["allvirtualenv", "sh", "-c", script])
        .run_failing(["allvirtualenv", "--status", "sh", "-c", script])
        .run(["allvirtualenv", "--status", "sh", "-c", "exit 0"])
        .get("VIRTUAL_ENV");
    for mode in MODES.iter().filter(|mode| !mode.name.contains("aliases") && !mode.name.contains("replaced")) {
        let told = story.played(&sandbox, mode);
        let blocks = "x\n=\nin\n\ny\n=\nin\n\n";
        told.says(&format!("{blocks}{blocks}x\n=\n\ny\n=\n\n"), "venvwrap: status 3 in `y`\n").records(&format!(
            "allvirtualenv sh -c {script}: 0
             allvirtualenv --status sh -c {script}: 1
             allvirtualenv --status sh -c exit 0: 0
             unset VIRTUAL_ENV"
        ));
    }
}

#[test]
fn each_output_is_shown_as_a_whole_and_then_a_table() {
    let sandbox = Sandbox::new();
    for name in ["it's é", "y", "z"] {
        sandbox.minimal_environment(name);
    }
    let script = "cat; echo out; echo err >&2; case $PWD in */y) printf half; exit 3;; */z) kill -9 $$;; esac";
    let mut command = sandbox.command(BINARY);
    command.args(["allvirtualenv", "--parallel", "-j1", "sh", "-c", script]);
    let answer = sandbox.run_command(command, b"the caller's\n").status(1).stderr("");
    assert_eq!(
        without_times(&answer.stdout_text()),
        "it's é\n======\nout\nerr\n\ny\n=\nout\nerr\nhalf\n\nz\n=\nout\nerr\n\n\
         environment  status     time\nit's é       0         T s\ny            3         T s\nz            signal 9  T s\n",
        "{answer}"
    );
    sandbox.run(["allvirtualenv", "--parallel", "true"]).status(0).stderr("");
    let words = ["allvirtualenv", "--parallel", "--json", "sh", "-c", script];
    let list: serde_json::Value = serde_json::from_slice(&sandbox.run(words).status(1).stderr("").stdout).unwrap();
    let told = |index: usize, key: &str| list["environments"][index][key].clone();
    assert_eq!(
        (told(0, "name"), told(0, "status"), told(0, "output")),
        ("it's é".into(), 0.into(), "out\nerr\n".into())
    );
    assert_eq!((told(1, "status"), told(1, "output")), (3.into(), "out\nerr\nhalf".into()));
    assert_eq!((told(2, "status"), told(2, "signal")), (serde_json::Value::Null, 9.into()));
}

/// One waits for the other.
#[test]
fn they_run_at_the_same_time_and_do_not_mix() {
    let sandbox = Sandbox::with_x_and_y();
    let (one, two) = (fifo(&sandbox, "one"), fifo(&sandbox, "two"));
    let script = "case $PWD in
        */x) echo x1; echo from x >\"$1\"; cat \"$2\"; echo x2;;
        */y) echo y1; cat \"$1\"; echo from y >\"$2\"; echo y2;;
    esac";
    let mut words = vec!["allvirtualenv", "--parallel", "-j", "2", "sh", "-c", script, "sh"];
    words.extend([one.to_str().unwrap(), two.to_str().unwrap()]);
    let text = sandbox.run(words).status(0).stderr("").stdout_text();
    assert!(text.contains("x\n=\nx1\nfrom y\nx2\n\n") && text.contains("y\n=\ny1\nfrom x\ny2\n\n"), "{text}");
}

#[test]
fn a_program_finds_its_environment_and_nothing_of_the_active_one() {
    let sandbox = Sandbox::with_x_and_y();
    let script = "printf '%s\\n' \"$VIRTUAL_ENV|$VIRTUAL_ENV_PROMPT|$(pwd)|$PATH|${PYTHONHOME-unset}\"";
    let root = "[ROOT]/envs";
    let line = |name: &str| {
        format!("{name}\n=\n{root}/{name}|{name}|{root}/{name}|{root}/{name}/bin:[ROOT]/tools:/usr/bin:/bin|unset\n\n")
    };
    let story = Story::new().export("PYTHONHOME", "/py").run(["workon", "x"]);
    let story = story.run(["allvirtualenv", "--parallel", "-j1", "sh", "-c", script]).get("VIRTUAL_ENV").directory();
    for player in Player::all() {
        let told = story.played(&sandbox, player);
        assert!(told.stdout_text().starts_with(&(line("x") + &line("y"))), "{told}");
        told.records(&format!(
            "workon x: 0
             allvirtualenv --parallel -j1 sh -c {script}: 0
             export VIRTUAL_ENV=[ROOT]/envs/x
             in [ROOT]"
        ));
    }
}

#[test]
fn what_is_no_program_is_refused_before_anything_runs() {
    let sandbox = Sandbox::with_x_and_y();
    let says = |word: &str| {
        format!(
            "venvwrap: `{word}` is not a program, and --parallel runs only programs\n\
             hint: without --parallel, the functions, builtins, and aliases of your shell run too\n"
        )
    };
    for shell in Shell::ALL {
        let story = Story::new().code("mine() { echo ran; }", "function mine; echo ran; end");
        let story = story.run_failing(["allvirtualenv", "--parallel", "mine"]).run(["allvirtualenv", "mine"]);
        let told = story.run_failing(["allvirtualenv", "--parallel", "eval", "x"]).played(&sandbox, shell.plain());
        told.says("x\n=\nran\n\ny\n=\nran\n\n", &(says("mine") + &says("eval")))
            .records("allvirtualenv --parallel mine: 1\nallvirtualenv mine: 0\nallvirtualenv --parallel eval x: 1");
    }
    let usage = "venvwrap: --parallel: missing program\nhint: see `venvwrap allvirtualenv --help`\n";
    sandbox.run(["allvirtualenv", "--parallel"]).status(2).stdout("").stderr(usage);
    sandbox.run(["allvirtualenv", "-j", "2", "pwd"]).status(2).stdout("").stderr_contains("--parallel");
    // One of the two has it.
    std::os::unix::fs::symlink("/bin/sh", sandbox.environment("y").join("bin/only-here")).unwrap();
    let answer = sandbox.run(["allvirtualenv", "--parallel", "only-here", "-c", "echo hi"]).status(1).stderr("");
    assert!(answer.stdout_text().contains("\ny\n=\nhi\n\n"), "{answer}");
    assert!(without_times(&answer.stdout_text()).contains("\nx            not found  T s\n"), "{answer}");
    let empty = Sandbox::new();
    empty.run(["allvirtualenv", "--parallel", "true"]).silent();
}

#[test]
fn a_process_that_is_left_behind_keeps_nobody_waiting() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let words = ["allvirtualenv", "--parallel", "--json", "sh", "-c", "sleep 1000 & echo $!"];
    let list: serde_json::Value = serde_json::from_slice(&sandbox.run(words).status(0).stdout).unwrap();
    let pid = list["environments"][0]["output"].as_str().unwrap().trim().parse().unwrap();
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
}

#[test]
fn ctrl_c_ends_all_of_them_and_shows_no_half() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let up = fifo(&sandbox, "up");
        let terminal = Terminal::start(&sandbox, shell);
        let prompts = terminal.prompts();
        // In fish, too, a word in single quotes.
        terminal.type_keys("allvirtualenv --parallel -j2 sh -c 'echo begun; echo $$ >../../up; sleep 1000; echo no'\r");
        let pids = lines_from(&up, 2);
        terminal.type_keys(INTERRUPT);
        terminal.wait_for_prompt_after(prompts);
        let screen = terminal.screen();
        assert!(screen.contains("interrupted; not finished: x, y"), "{shell:?}: {screen}");
        assert!(!screen.contains("\nbegun") && !screen.contains("environment  "), "{shell:?}: {screen}");
        assert!(pids.iter().all(|pid| is_gone(pid)), "{shell:?}: {pids:?}");
        // zsh hears the interrupt too, and breaks off the line by itself, with 1.
        let (status, expected) = [("?", "130"), ("?", "1"), ("status", "130")][shell as usize];
        assert_eq!(terminal.value(status), expected, "{shell:?}: {screen}");
    }
}

#[test]
fn one_that_ignores_the_signal_is_killed() {
    let sandbox = Sandbox::with_x_and_y();
    let up = fifo(&sandbox, "up");
    let script = "trap '' INT TERM; echo $$ >../../up; while :; do sleep 1000; done";
    let mut command = sandbox.command(BINARY);
    command.args(["allvirtualenv", "--parallel", "-j2", "sh", "-c", script]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let pids = lines_from(&up, 2);
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(128 + 15));
    assert!(pids.iter().all(|pid| is_gone(pid)), "{pids:?}");
}

/// Whatever was active before.
#[test]
fn programs_get_the_variables_that_run_gives_them() {
    let mut sandbox = Sandbox::with_x_and_y();
    let y = sandbox.environment("y");
    let path = format!("{}/bin:/usr/bin:/bin", y.display());
    sandbox.set("PATH", &path).set("VIRTUAL_ENV", &y).set("PYTHONHOME", "/nonexistent");
    let by_run = String::from_utf8(sandbox.run(["run", "x", "env"]).status(0).stderr("").stdout).unwrap();
    let answer = sandbox.run(["allvirtualenv", "--parallel", "--json", "env"]).status(0).stderr("");
    let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(told["environments"][0]["name"], "x");
    let sorted = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with("PWD=")).map(str::to_owned);
        let mut lines: Vec<String> = lines.collect();
        lines.sort();
        lines
    };
    let by_run = sorted(&by_run);
    assert!(by_run.contains(&format!("VIRTUAL_ENV={}", sandbox.environment("x").display())), "{by_run:?}");
    assert_eq!(sorted(told["environments"][0]["output"].as_str().unwrap()), by_run);
}
