//! Progress of long work on a terminal, and Ctrl-C in the middle of it.
//!
//! strace slows the system calls of the work down, so that it lasts.

use std::fs;
use std::os::unix::fs::symlink;

use super::strace;
use crate::support::disk::{names, tree};
use crate::support::pty::{INTERRUPT, Terminal};
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;

/// An environment whose copying lasts a second or two where each file takes as long as [`slowly`]
/// says.
fn with_many_files(sandbox: &Sandbox, name: &str) {
    let root = sandbox.minimal_environment(name);
    let package = root.join("lib/python3.11/site-packages/many");
    fs::create_dir(&package).unwrap();
    for number in 0..300 {
        fs::write(package.join(format!("m{number}.py")), "").unwrap();
    }
}

/// The line that runs a command with each call of this kind delayed. `None` where strace cannot
/// trace.
fn slowly(sandbox: &Sandbox, call: &str, microseconds: u32, words: &str) -> Option<String> {
    let strace = strace(sandbox)?;
    let strace = strace.get_program().to_str()?.to_owned();
    let delay = format!("-e trace={call} -e inject={call}:delay_enter={microseconds}");
    Some(format!("'{strace}' -f -qq -o trace {delay} '{BINARY}' {words}\r"))
}

#[test]
fn a_copy_counts_its_files_and_ctrl_c_leaves_everything_as_it_was() {
    let sandbox = Sandbox::plain();
    with_many_files(&sandbox, "x");
    let before = tree(&sandbox.environment("x"));
    for (words, said) in
        [("snapshot x", "Copying x: "), ("cpvirtualenv x y", "Copying x"), ("try --keep x -- true", "Copying x: ")]
    {
        let Some(line) = slowly(&sandbox, "openat", 5000, words) else { return };
        let terminal = Terminal::start(&sandbox, Shell::Bash);
        let prompts = terminal.prompts();
        terminal.type_keys(line);
        terminal.wait_for(said);
        terminal.wait_for(" of 3");
        terminal.type_keys(INTERRUPT);
        terminal.wait_for_prompt_after(prompts);
        let screen = terminal.screen();
        assert!(screen.contains("Interrupted; `x` was left as it is"), "{words}: {screen}");
        assert_eq!(tree(&sandbox.environment("x")), before, "{words}");
        let left: Vec<String> = names(&sandbox.workon_home()).into_iter().filter(|name| name != ".venvwrap").collect();
        assert_eq!(left, ["x"], "{words}");
        assert_eq!(names(&sandbox.workon_home().join(".venvwrap/new")), Vec::<String>::new(), "{words}");
    }
}

#[test]
fn measuring_counts_environments_and_nothing_is_drawn_elsewhere() {
    let sandbox = Sandbox::plain();
    for name in ["w", "x", "y", "z"] {
        with_many_files(&sandbox, name);
    }
    let Some(line) = slowly(&sandbox, "statx,newfstatat", 1000, "lsvirtualenv --size") else { return };
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    let prompts = terminal.prompts();
    terminal.type_keys(&line);
    terminal.wait_for("Measuring environments ");
    terminal.wait_for("/4");
    terminal.wait_for_prompt_after(prompts);
    let screen = terminal.screen();
    assert!(!screen.contains("Measuring") && screen.contains("name"), "{screen}");
    // The same work, not on a terminal.
    fs::remove_dir_all(sandbox.root().join("cache")).ok();
    let prompts = terminal.prompts();
    terminal.type_keys(line.replace('\r', " 2>said >listed\r"));
    terminal.wait_for_prompt_after(prompts);
    assert_eq!(fs::read_to_string(sandbox.root().join("said")).unwrap(), "");
}

#[test]
fn an_import_counts_environments_and_ctrl_c_names_those_that_are_missing() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete();
    symlink(&python.path, sandbox.tools().join(format!("python{}", python.minor()))).unwrap();
    for name in ["a", "b", "c"] {
        sandbox.run(super::making(&python.path, name)).status(0);
    }
    sandbox.run(["export", "--all", "-o", "all.toml"]).status(0);
    for name in ["a", "b", "c"] {
        sandbox.run(["rmvirtualenv", "--now", name]).status(0);
    }
    let Some(line) = slowly(&sandbox, "openat", 20_000, "import all.toml") else { return };
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    let prompts = terminal.prompts();
    terminal.type_keys(line);
    terminal.wait_for("Creating a (1 of 3)");
    terminal.type_keys(INTERRUPT);
    terminal.wait_for_prompt_after(prompts);
    let screen = terminal.screen();
    assert!(screen.contains("Created `a` with ") && screen.contains("Interrupted; not created: b, c"), "{screen}");
    super::assert_seen(&sandbox, &["a"]);
    super::tidy(&sandbox);
}

#[test]
fn an_upgrade_counts_environments_and_ctrl_c_names_those_that_stay() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    for name in ["a", "b"] {
        sandbox.run(super::making(&python.path, name)).status(0);
    }
    let words = format!("upgrade -p '{}' a b", other.path.display());
    let Some(line) = slowly(&sandbox, "openat", 20_000, &words) else { return };
    let terminal = Terminal::start(&sandbox, Shell::Bash);
    let prompts = terminal.prompts();
    terminal.type_keys(line);
    terminal.wait_for("Upgrading a (1 of 2)");
    terminal.type_keys(INTERRUPT);
    terminal.wait_for_prompt_after(prompts);
    let screen = terminal.screen();
    assert!(screen.contains("Interrupted; left as they are: a, b"), "{screen}");
    super::assert_seen(&sandbox, &["a", "b"]);
    super::tidy(&sandbox);
    let listed = sandbox.run(["lsvirtualenv", "--json"]).status(0).stdout_text();
    let version = format!("\"python\": \"{}\"", python.full());
    assert_eq!(listed.matches(&version).count(), 2, "{listed}");
}
