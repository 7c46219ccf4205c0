//! Work behind the prompt: done where a prompt is, and never behind a script.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::support::disk::names;
use crate::support::pty::Terminal;
use crate::support::pythons;
use crate::support::sandbox::{LIMIT, Sandbox, tool};
use crate::support::shells::Shell;
use crate::support::tally;

/// A world in which work behind the prompt is allowed.
fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.unset("VENVWRAP_BACKGROUND");
    sandbox
}

fn python(shell: Shell) -> Vec<u8> {
    shell.quoted(pythons::complete().path.as_os_str().as_bytes())
}

/// Processes that still work in that sandbox's store.
fn at_work(sandbox: &Sandbox) -> Vec<String> {
    let store = sandbox.workon_home();
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = numbers.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let ours =
        lines.filter(|line| line.windows(store.as_os_str().len()).any(|part| part == store.as_os_str().as_bytes()));
    let ours = ours.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    ours.filter(|line| line.contains(" background ")).collect()
}

#[test]
fn a_script_finds_the_store_as_the_command_left_it_and_can_remove_it() {
    for shell in Shell::ALL {
        let sandbox = sandbox();
        let python = python(shell);
        // Many times: a process that works behind it is met sooner or later.
        for round in 0..5 {
            let lines: [&[u8]; 4] = [
                b"mkvirtualenv -p ",
                &python,
                b" x >/dev/null 2>&1 || exit 3\ndeactivate\n",
                b"command rm -rf \"$WORKON_HOME\"\n",
            ];
            shell.plain().run(&sandbox, lines.concat()).status(0).stdout("").stderr("");
            tally::add("stores removed behind a script", 1);
            assert!(!sandbox.workon_home().is_dir(), "{shell:?}, round {round}");
            assert_eq!(at_work(&sandbox), Vec::<String>::new(), "{shell:?}, round {round}");
        }
    }
}

#[test]
fn no_way_to_run_a_script_leaves_a_process_or_a_half_filled_pool() {
    let sandbox = sandbox();
    let run = |program: &str, words: &[&[u8]], interactive: &[&str]| {
        let mut command = sandbox.command(tool(program));
        command.args(interactive);
        command.args(words.iter().map(|word| std::ffi::OsStr::from_bytes(word)));
        sandbox.run_command(command, b"")
    };
    let made = |shell: Shell, name: &str| {
        let load = shell.quoted(shell.functions().as_os_str().as_bytes());
        [b". ", &load[..], b"\nmkvirtualenv -p ", &python(shell), b" ", name.as_bytes(), b"; deactivate\n"].concat()
    };
    for shell in Shell::ALL {
        let name = shell.name();
        let inner = [b"(", &made(shell, "sub")[..], b")"].concat();
        run(name, &[b"-c", &made(shell, "code")], shell.clean()).status(0);
        // Interactive by an option, and no person is there: image builds and CI are started so.
        run(name, &[b"-i", b"-c", &made(shell, "option")], shell.clean()).status(0);
        if shell != Shell::Fish {
            run(name, &[b"-c", &inner], shell.clean()).status(0);
        }
    }
    let python = &pythons::complete().path;
    sandbox.run(["mkvirtualenv".as_ref(), "-p".as_ref(), python.as_os_str(), "bare".as_ref()]).status(0);
    assert_eq!(at_work(&sandbox), Vec::<String>::new());
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap")), ["new", "used"]);
}

#[test]
fn at_a_prompt_the_next_packages_are_prepared_behind_it() {
    for shell in Shell::ALL {
        let sandbox = sandbox();
        let terminal = Terminal::start(&sandbox, shell);
        terminal.run([b"mkvirtualenv -p ", &python(shell)[..], b" x"].concat());
        let pool = sandbox.workon_home().join(".venvwrap/pool");
        let deadline = Instant::now() + LIMIT;
        let is_stocked = || names(&pool).iter().any(|key| pool.join(key).join("1").is_dir());
        while !is_stocked() {
            assert!(Instant::now() < deadline, "{shell:?}: nothing was prepared");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_script_purges_what_expired_itself_and_a_prompt_has_it_done_behind() {
    let expire = |sandbox: &Sandbox, name: &str| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let place = sandbox.workon_home().join(format!(".venvwrap/trash/{}.{}", now - 30 * 24 * 60 * 60, name.len()));
        fs::create_dir_all(&place).unwrap();
        sandbox.minimal_environment_at(&place.join(name));
    };
    let removed = |sandbox: &Sandbox| {
        sandbox
            .run(["undo", "--list"])
            .status(0)
            .stdout_text()
            .lines()
            .skip(1)
            .map(|line| line[..1].to_owned())
            .collect::<Vec<_>>()
    };
    for shell in Shell::ALL {
        let sandbox = sandbox();
        for name in ["a", "bb"] {
            expire(&sandbox, name);
        }
        sandbox.minimal_environment("x");
        sandbox.minimal_environment("y");
        shell.plain().run(&sandbox, "rmvirtualenv x").status(0);
        assert_eq!(removed(&sandbox), ["x"], "{shell:?}");
        assert_eq!(at_work(&sandbox), Vec::<String>::new());
        expire(&sandbox, "a");
        let terminal = Terminal::start(&sandbox, shell);
        terminal.run("rmvirtualenv y");
        let deadline = Instant::now() + LIMIT;
        while removed(&sandbox) != ["y", "x"] {
            assert!(Instant::now() < deadline, "{shell:?}: nothing was purged");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
