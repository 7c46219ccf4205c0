//! `venvwrap try`: a program in a copy, what it changed, and what becomes of the copy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::termios::{FlowArg, LocalFlags, tcflow, tcgetattr};

use crate::support::disk::{names, tree};
use crate::support::programs::write_program;
use crate::support::pty::Terminal;
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::wheel::tiny_wheel;

/// A sandbox whose `x` has pip, and an index with two packages.
fn with_pip() -> Sandbox {
    let mut sandbox = Sandbox::plain();
    let index = sandbox.root().join("index");
    fs::create_dir(&index).unwrap();
    for (name, version) in [("tiny-thing", "1.0"), ("tiny-thing", "2.0"), ("small-thing", "1.0")] {
        tiny_wheel(&index, name, version);
    }
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", &index).set("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "-p", python, "-i", "tiny-thing==1.0", "x"]).status(0);
    sandbox
}

/// Everything but compiled files, which hold the path that they were compiled at; Python corrects
/// that on import.
fn without_compiled(root: &Path) -> String {
    tree(root).lines().filter(|line| !line.contains("__pycache__")).collect::<Vec<_>>().join("\n")
}

fn left(sandbox: &Sandbox) -> Vec<String> {
    names(&sandbox.workon_home().join(".venvwrap/new"))
}

const CHANGES: &str = "kind     name         before  after\n\
                       package  small-thing  -       1.0\n\
                       package  tiny-thing   1.0     2.0\n";

const INSTALL: [&str; 5] = ["pip", "install", "-q", "tiny-thing==2.0", "small-thing"];

#[test]
fn a_dropped_copy_leaves_no_trace_and_says_what_would_have_changed() {
    let sandbox = with_pip();
    let before = tree(&sandbox.environment("x"));
    for (options, end) in
        [(&[][..], "Dropped the copy of `x`; `--keep` keeps it\n"), (&["--drop"], "Dropped the copy of `x`\n")]
    {
        let words = ["try"].iter().chain(options).chain(&["x", "--"]).chain(&INSTALL);
        sandbox.run(words).status(0).stdout("").stderr(format!("{CHANGES}{end}"));
        assert_eq!(tree(&sandbox.environment("x")), before);
        assert_eq!(left(&sandbox), Vec::<String>::new());
    }
    // After the name, options count until the program.
    sandbox.run(["try", "x", "--drop", "tiny-thing", "--drop"]).status(0).stdout("tiny thing 1.0\n");
}

#[test]
fn a_kept_copy_is_what_the_program_would_have_made_of_the_environment() {
    let sandbox = with_pip();
    let root = sandbox.environment("x");
    // What an environment has besides packages.
    write_program(root.join("bin/mine"), format!("#!{}/bin/python\nprint('mine')\n", root.display()));
    std::os::unix::fs::symlink(root.join("bin/mine"), root.join("bin/link")).unwrap();
    sandbox.run(["snapshot", "x"]).status(0);
    let before = without_compiled(&root);
    let direct = sandbox.run(["run", "x"].iter().chain(&INSTALL));
    direct.status(0);
    let expected = without_compiled(&root);
    assert_ne!(before, expected);
    sandbox.run(["rollback", "x"]).status(0);
    let words = ["try", "--keep", "x"].iter().chain(&INSTALL);
    let said = format!("{CHANGES}Kept the copy as `x`; `venvwrap undo x` brings back what it was\n");
    sandbox.run(words).status(0).stdout("").stderr(said);
    assert_eq!(without_compiled(&root), expected);
    for (program, printed) in
        [("tiny-thing", "tiny thing 2.0\n"), ("small-thing", "small thing 1.0\n"), ("link", "mine\n")]
    {
        sandbox.run(["run", "x", program]).status(0).stdout(printed).stderr("");
    }
    sandbox.run(["undo", "x"]).status(0);
    assert_eq!(without_compiled(&root), before);
    assert_eq!(left(&sandbox), Vec::<String>::new());
}

#[test]
fn the_program_has_the_copy_around_it_and_the_streams_of_the_caller() {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    let code = "cat; echo \"$VIRTUAL_ENV_PROMPT\"; basename \"$VIRTUAL_ENV\"; command -v tool; \
                [ \"$VIRTUAL_ENV\" != \"$1\" ] && head -n 1 \"$(command -v tool)\" >&2; touch \"$VIRTUAL_ENV/new\"";
    let root = sandbox.environment("x");
    write_program(root.join("bin/tool"), format!("#!{}/bin/python\n", root.display()));
    let before = tree(&root);
    let mut command = sandbox.command(BINARY);
    command.args(["try", "x", "sh", "-c", code, "sh"]).arg(&root);
    let answer = sandbox.run_command(command, b"from stdin\n").status(0);
    let text = answer.stdout_text();
    assert!(text.starts_with("from stdin\nx\nx\n[ROOT]/envs/.venvwrap/new/env-"), "{text}");
    assert!(text.ends_with("/x/bin/tool\n"), "{text}");
    let said = answer.stderr_text();
    assert!(said.contains("/.venvwrap/new/env-") && said.contains("/x/bin/python"), "{said}");
    assert!(
        said.ends_with("No package changed in the copy of `x`\nDropped the copy of `x`; `--keep` keeps it\n"),
        "{said}"
    );
    assert_eq!(tree(&root), before);
}

#[test]
fn the_status_is_that_of_the_program_and_a_failure_is_not_kept() {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    let before = tree(&sandbox.environment("x"));
    let none = "No package changed in the copy of `x`\n";
    for (code, status) in [("exit 7", 7), ("kill -9 $$", 137), ("kill -15 $$", 143)] {
        let said = format!("{none}`sh` ended with status {status}\nDropped the copy of `x`\n");
        sandbox.run(["try", "--keep", "x", "sh", "-c", code]).status(status).stdout("").stderr(said);
    }
    let interrupted = "Interrupted; `x` was left as it is\n";
    sandbox.run(["try", "--keep", "x", "sh", "-c", "exit 130"]).status(130).stdout("").stderr(interrupted);
    let gone = "Dropped the copy of `x`: `sh` left no environment in it\n";
    sandbox.run(["try", "--keep", "x", "sh", "-c", "rm -r \"$VIRTUAL_ENV\""]).status(0).stdout("").stderr(gone);
    sandbox.run(["try", "x", "no-such"]).status(127).stdout("").stderr(
        "venvwrap: `no-such` is neither in environment `x` nor on PATH\n\
         hint: `ls [ROOT]/envs/x/bin` lists its programs\n",
    );
    let plain = sandbox.program("envs/x/bin/plain", "echo no interpreter line: \"$1\"\n");
    sandbox.run(["try", "x", "plain", "word"]).status(0).stdout("no interpreter line: word\n");
    fs::remove_file(plain).unwrap();
    assert_eq!(tree(&sandbox.environment("x")), before);
    assert_eq!(left(&sandbox), Vec::<String>::new());
}

#[test]
fn what_others_do_to_the_environment_meanwhile_is_not_lost_without_a_word() {
    let sandbox = Sandbox::with_x_and_y();
    let other = "mkdir \"$1/lib/python3.11/site-packages/six-1.0.dist-info\" && \
                 printf 'Name: six\\nVersion: 1.0\\n' >\"$1/lib/python3.11/site-packages/six-1.0.dist-info/METADATA\"";
    let mut command = sandbox.command(BINARY);
    command.args(["try", "--keep", "x", "sh", "-c", other, "sh"]).arg(sandbox.environment("x"));
    sandbox.run_command(command, b"").status(1).stdout("").stderr(
        "No package changed in the copy of `x`\n\
         venvwrap: environment `x`: another process changed it meanwhile; the copy was dropped\n\
         hint: run the same command again\n",
    );
    assert!(sandbox.environment("x").join("lib/python3.11/site-packages/six-1.0.dist-info/METADATA").is_file());
    // Who uses it is told before the program runs.
    let mut user = Command::new("/bin/sh");
    user.args(["-c", "read line"]).env("VIRTUAL_ENV", sandbox.environment("y"));
    let mut user = user.stdin(Stdio::piped()).spawn().unwrap();
    let said = sandbox.run(["try", "--keep", "y", "touch", "a b"]).status(1).stdout("").stderr_text();
    assert!(said.ends_with("or run `venvwrap try --keep --force y touch 'a b'`\n"), "{said}");
    assert!(!sandbox.root().join("a b").exists());
    sandbox.run(["try", "--keep", "--force", "y", "touch", "a b"]).status(0).stdout("");
    assert!(sandbox.root().join("a b").exists());
    drop(user.stdin.take());
    user.wait().unwrap();
}

#[test]
fn on_a_terminal_you_are_asked_and_ctrl_c_drops_it() {
    let sandbox = Sandbox::with_x_and_y();
    for shell in Shell::ALL {
        let root = sandbox.environment("x");
        let before = tree(&root);
        for (answer, is_kept) in [("n", false), ("\r", false), ("\x03", false), ("y", true)] {
            let terminal = Terminal::start(&sandbox, shell);
            let prompts = terminal.prompts();
            terminal.type_keys("venvwrap try x -- sh -c 'echo new >\"$VIRTUAL_ENV/new\"'\r");
            terminal.wait_for("Keep the copy as `x`? [y/N]");
            assert_eq!(tree(&root), before);
            terminal.type_keys(answer);
            terminal.wait_for_prompt_after(prompts);
            let word = if is_kept { "Kept the copy as `x`" } else { "Dropped the copy of `x`" };
            assert!(terminal.screen().contains(word), "{answer:?}: {}", terminal.screen());
            assert_eq!(root.join("new").exists(), is_kept, "{answer:?}");
            assert_eq!(left(&sandbox), Vec::<String>::new());
        }
        let terminal = Terminal::start(&sandbox, shell);
        let prompts = terminal.prompts();
        terminal.type_keys("venvwrap try --keep x -- sh -c 'rm \"$VIRTUAL_ENV/new\"; echo rea''dy; read line'\r");
        terminal.wait_for("\nready");
        terminal.type_keys("\x03");
        terminal.wait_for_prompt_after(prompts);
        assert!(terminal.screen().contains("Interrupted; `x` was left as it is"), "{}", terminal.screen());
        // A program that goes on after Ctrl-C decides by its own end.
        sandbox.write("code.sh", "trap 'rm \"$VIRTUAL_ENV/new\"; exit 0' INT\necho waiting\nread line\n");
        let prompts = terminal.prompts();
        terminal.type_keys("venvwrap try --keep x -- sh code.sh\r");
        terminal.wait_for("\nwaiting");
        terminal.type_keys("\x03");
        terminal.wait_for_prompt_after(prompts);
        assert!(terminal.screen().contains("Kept the copy as `x`"), "{}", terminal.screen());
        assert_eq!(tree(&root), before);
        assert_eq!(left(&sandbox), Vec::<String>::new());
    }
}

/// A long one does not keep others from clearing up, and nobody clears it away.
#[test]
fn others_work_and_clear_up_while_a_program_runs() {
    let sandbox = Sandbox::with_x_and_y();
    fs::create_dir_all(sandbox.workon_home().join(".venvwrap/new/env-dead")).unwrap();
    let store = sandbox.workon_home();
    let code = "\"$1\" background tidy \"$2\" && \"$1\" try --drop x true 2>/dev/null && \"$1\" doctor --json | \
                grep -c leftovers; ls \"$2/.venvwrap/new\" | wc -l; touch \"$VIRTUAL_ENV/kept\"";
    let mut command = sandbox.command(BINARY);
    command.args(["try", "--keep", "x", "sh", "-c", code, "sh", BINARY]).arg(&store);
    let answer = sandbox.run_command(command, b"").status(0);
    assert_eq!(answer.stdout_text().split_whitespace().collect::<Vec<_>>(), ["0", "1"], "{answer}");
    assert!(sandbox.environment("x").join("kept").is_file());
}

#[test]
fn programs_of_the_environment_are_completed() {
    let sandbox = Sandbox::with_x_and_y();
    let words = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
    for (line, expected) in [
        ("complete fish -- venvwrap try ", "x\t3.11.2\ny\t3.11.2\n"),
        ("complete zsh -- venvwrap try x -- py", "python\n"),
        ("complete zsh -- venvwrap try --keep x py", "python\n"),
        ("complete zsh -- venvwrap try --k", "--keep\tKeep the copy if the program ends with status 0; do not ask\n"),
    ] {
        sandbox.run(words(line)).status(0).stdout(expected).stderr("");
    }
}

/// A program that waits until the terminal takes no more output, so that everything that venvwrap
/// says after it has to wait, and writes the process id of venvwrap to a file.
const STOPPED: &str = "import os, sys, termios\n\
    open('begun', 'w').write(str(os.getppid()))\n\
    os.rename('begun', 'caller')\n\
    termios.tcflow(0, termios.TCOOFF if sys.argv[1] == 'stop' else termios.TCOON)\n";

/// Waits until the process that wrote the file `caller` began is in this system call.
#[cfg(target_os = "linux")]
fn wait_for_caller(sandbox: &Sandbox, is_there: impl Fn(&Path) -> bool) -> PathBuf {
    let deadline = std::time::Instant::now() + crate::support::sandbox::LIMIT;
    while std::time::Instant::now() < deadline {
        if let Ok(number) = fs::read_to_string(sandbox.root().join("caller")) {
            let process = Path::new("/proc").join(number);
            if is_there(&process) {
                return process;
            }
        }
        std::thread::yield_now();
    }
    panic!("venvwrap did not get there");
}

/// Ctrl-C after the program and before the question: there is no question. While it can be read,
/// Ctrl-C is a key.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_just_before_the_question_is_an_answer() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.write("stopped.py", STOPPED);
    let python = pythons::complete().path.to_str().unwrap();
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    let prompts = terminal.prompts();
    terminal.type_keys(format!("venvwrap try x {python} stopped.py stop\r"));
    let write = format!("{} 0x2 ", nix::libc::SYS_write);
    let is_writing =
        |process: &Path| fs::read_to_string(process.join("syscall")).is_ok_and(|call| call.starts_with(&write));
    wait_for_caller(&sandbox, is_writing);
    terminal.type_keys("\x03");
    let has_interrupt = |process: &Path| {
        let status = fs::read_to_string(process.join("status")).unwrap_or_default();
        let pending = status.lines().find_map(|line| line.strip_prefix("ShdPnd:\t"));
        pending.is_some_and(|signals| u64::from_str_radix(signals, 16).unwrap() & 2 != 0)
    };
    let process = wait_for_caller(&sandbox, has_interrupt);
    let keyboard = fs::File::open(process.join("fd/0")).unwrap();
    tcflow(&keyboard, FlowArg::TCOON).unwrap();
    terminal.wait_for("Dropped the copy of `x`");
    terminal.wait_for_prompt_after(prompts);
    assert!(!terminal.screen().contains("Keep the copy"), "{}", terminal.screen());
    fs::remove_file(sandbox.root().join("caller")).unwrap();
    let prompts = terminal.prompts();
    terminal.type_keys(format!("venvwrap try x {python} stopped.py go\r"));
    terminal.wait_for("Keep the copy as `x`? [y/N]");
    let process = wait_for_caller(&sandbox, |_| true);
    let keyboard = fs::File::open(process.join("fd/0")).unwrap();
    let modes = tcgetattr(&keyboard).unwrap().local_flags;
    assert!(!modes.contains(LocalFlags::ISIG), "{modes:?}");
    terminal.type_keys("\x03");
    terminal.wait_for_prompt_after(prompts);
    assert!(terminal.screen().contains("Dropped the copy of `x`"), "{}", terminal.screen());
    assert_eq!(left(&sandbox), Vec::<String>::new());
}
