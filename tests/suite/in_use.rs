//! Taking away or renaming an environment that other processes use: said, asked on a terminal,
//! refused without one.

use std::fs;
use std::process::{Child, Stdio};

use crate::support::disk::tree;
use crate::support::pty::Terminal;
use crate::support::sandbox::{BINARY, Sandbox, bytes};
use crate::support::shells::Shell;

/// A process that was started inside an environment and waits for the end of the test.
struct User(Child);

impl User {
    fn of(sandbox: &Sandbox, name: &str) -> Self {
        let mut command = sandbox.command("/bin/sh");
        command.args(["-c", "read line # \x1b[31m"]).env("VIRTUAL_ENV", sandbox.environment(name));
        Self(command.stdin(Stdio::piped()).spawn().unwrap())
    }

    fn ends(mut self) {
        drop(self.0.stdin.take());
        self.0.wait().unwrap();
    }
}

/// What the process is called in messages.
const CALLED: &str = r"/bin/sh -c read line # \u{1b}[31m";

#[test]
fn without_a_terminal_it_is_refused_before_anything_happens() {
    let sandbox = Sandbox::with_x_and_y();
    let before = tree(&sandbox.workon_home());
    let user = User::of(&sandbox, "y");
    let text = format!("venvwrap: environment `y` is in use by process {}: {CALLED}", user.0.id());
    let hint = "hint: stop that process first, or run `venvwrap rmvirtualenv --force y`\n";
    sandbox.run(["rmvirtualenv", "x", "y"]).status(1).stdout("").stderr(format!("{text}\n{hint}"));
    sandbox
        .run(["mkvirtualenv", "--without-pip", "--clear", "y"])
        .status(1)
        .stdout("")
        .stderr(format!("{text}\n{hint}"));
    let another = User::of(&sandbox, "y");
    let both = sandbox.run(["rmvirtualenv", "--now", "y"]).status(1).stdout("").stderr_text();
    assert!(both.lines().next().unwrap().ends_with(", and by 1 more"), "{both}");
    assert_eq!(tree(&sandbox.workon_home()), before);
    another.ends();
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    sandbox.run(["rmvirtualenv", "--force", "y"]).status(0).stdout("Removing y...\n");
    user.ends();
}

/// What runs in one that gets another name goes on with a place that is gone.
#[test]
fn a_renaming_is_refused_and_forced_in_the_same_way() {
    let sandbox = Sandbox::with_x_and_y();
    let before = tree(&sandbox.workon_home());
    let user = User::of(&sandbox, "y");
    let text = format!("venvwrap: environment `y` is in use by process {}: {CALLED}", user.0.id());
    let hint = |verb: &str| format!("hint: stop that process first, or run `{verb} --force y z`\n");
    let bare = hint("venvwrap mvvirtualenv");
    sandbox.run(["mvvirtualenv", "y", "z"]).status(1).stdout("").stderr(format!("{text}\n{bare}"));
    let hint = hint("mvvirtualenv");
    assert_eq!(tree(&sandbox.workon_home()), before);
    // Also where this shell is in it: the other one is not.
    for shell in Shell::ALL {
        let answer = shell.plain().run(&sandbox, "workon y\nmvvirtualenv y z");
        answer.status(1).stdout("").stderr(format!("{text}\n{hint}"));
        let code = "workon y\nmvvirtualenv --force y z; and echo $VIRTUAL_ENV_PROMPT; and mvvirtualenv -f z y";
        let code = if shell == Shell::Fish { code.to_owned() } else { code.replace("; and", " &&") };
        let said = "Renamed `y` to `z`\nRenamed `z` to `y`\n";
        shell.plain().run(&sandbox, code).status(0).stdout("z\n").stderr(said);
    }
    sandbox.run(["mvvirtualenv", "--force", "y", "z"]).status(0).stderr("Renamed `y` to `z`\n");
    user.ends();
}

/// The program of an environment is its user, whatever its VIRTUAL_ENV; the shells that we come
/// from are none.
#[test]
fn who_runs_from_it_counts_and_who_calls_does_not() {
    let sandbox = Sandbox::with_x_and_y();
    let python = sandbox.environment("x").join("bin/runs");
    std::os::unix::fs::symlink("/bin/sh", &python).unwrap();
    let mut command = sandbox.command(&python);
    let runs = User(command.args(["-c", "read line"]).env_remove("VIRTUAL_ENV").stdin(Stdio::piped()).spawn().unwrap());
    let said = sandbox.run(["rmvirtualenv", "x"]).status(1).stderr_text();
    assert!(said.contains(&format!("process {}: [ROOT]/envs/x/bin/runs -c read line", runs.0.id())), "{said}");
    runs.ends();
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    // Nor is the shell behind the one that calls.
    sandbox.minimal_environment("x");
    let mut command = sandbox.command("/bin/sh");
    let inner = "unset VIRTUAL_ENV; sh -c '\"$0\" rmvirtualenv x; exit $?' \"$0\"; exit $?";
    command.args(["-c", inner, BINARY]).env("VIRTUAL_ENV", sandbox.environment("x"));
    sandbox.run_command(command, b"").status(0).stdout("Removing x...\n");
    for shell in Shell::ALL {
        sandbox.minimal_environment("x");
        // A shell of the person's that was started inside, and has left.
        let mode = shell.plain();
        let script = mode.script(&sandbox, "deactivate\nrmvirtualenv x\n");
        let mut command = mode.command(&sandbox, &script);
        let undo = [b"root=".to_vec(), bytes(sandbox.environment("x")).escaped(), b";hooks=/".to_vec()].concat();
        command.env("VIRTUAL_ENV", sandbox.environment("x"));
        command.env("VENVWRAP_UNDO", String::from_utf8(undo).unwrap());
        sandbox.run_command(command, b"").status(0).stdout("Removing x...\n");
    }
}

/// The record's own escapes.
trait Escaped {
    fn escaped(&self) -> Vec<u8>;
}

impl Escaped for Vec<u8> {
    fn escaped(&self) -> Vec<u8> {
        let mut made = Self::new();
        for byte in self {
            match byte {
                b'%' => made.extend(b"%25"),
                b';' => made.extend(b"%3B"),
                other => made.push(*other),
            }
        }
        made
    }
}

#[test]
fn on_a_terminal_the_person_is_asked_and_only_a_yes_takes_it() {
    let sandbox = Sandbox::with_x_and_y();
    let user = User::of(&sandbox, "x");
    let said = format!("x is in use by process {}: {CALLED}", user.0.id());
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    let prompts = terminal.prompts();
    terminal.type_keys("mvvirtualenv x z\r");
    terminal.wait_for("Rename it anyway? [y/N]");
    assert!(terminal.screen().contains(&said), "{}", terminal.screen());
    terminal.type_keys("n");
    terminal.wait_for_prompt_after(prompts);
    assert!(sandbox.environment("x").exists() && !sandbox.environment("z").exists());
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        for (answer, is_taken) in [("n", false), ("\r", false), ("\x03", false), ("y", true)] {
            let prompts = terminal.prompts();
            terminal.type_keys("rmvirtualenv x\r");
            terminal.wait_for("Remove it anyway? [y/N]");
            assert!(terminal.screen().contains(&said), "{}", terminal.screen());
            assert!(!terminal.screen().contains("Removing"), "{}", terminal.screen());
            terminal.type_keys(answer);
            terminal.wait_for_prompt_after(prompts);
            assert_eq!(terminal.screen().contains("Removing x..."), is_taken, "{answer:?}: {}", terminal.screen());
            assert_eq!(sandbox.environment("x").exists(), !is_taken, "{answer:?}");
            // The terminal is as it was: what is typed is seen.
            assert!(terminal.run("printf '%s-' a b").contains("\na-b-"), "{answer:?}");
        }
        fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")).unwrap();
        sandbox.minimal_environment("x");
    }
    user.ends();
}
