//! `venvwrap run`: which program it starts, and the messages if there is none.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::sandbox::{BINARY, Sandbox};

#[test]
fn the_environment_comes_first_then_path() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.program("tools/tool", "#!/bin/sh\necho outside\n");
    sandbox.program("tools/other", "#!/bin/sh\nprintf '%s\\n' \"outside $VIRTUAL_ENV\"\n");
    sandbox.program("envs/x/bin/tool", "#!/bin/sh\nprintf '%s\\n' \"inside $0 $*\"\n");
    let inside = "inside [ROOT]/envs/x/bin/tool --help -- -x\n";
    sandbox.run(["run", "x", "tool", "--help", "--", "-x"]).status(0).stdout(inside).stderr("");
    sandbox.run(["run", "x", "--", "tool", "--help", "--", "-x"]).status(0).stdout(inside).stderr("");
    sandbox.run(["run", "x", "other"]).status(0).stdout("outside [ROOT]/envs/x\n").stderr("");
    sandbox.run(["run", "y", "tool"]).status(0).stdout("outside\n").stderr("");
    // A program with the name of a venvwrap option.
    sandbox.program("envs/x/bin/--help", "#!/bin/sh\necho odd\n");
    sandbox.run(["run", "x", "--", "--help"]).status(0).stdout("odd\n").stderr("");
}

#[test]
fn a_path_is_taken_from_the_callers_directory() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.program("work/hello", "#!/bin/sh\nprintf '%s\\n' \"$0 $PWD\"\n");
    // A script without `#!` is run by sh, as env(1) and all shells do.
    sandbox.program("work/bare", "echo \"bare $1\"\n");
    for (directory, word, said) in [
        ("work", "./hello", "./hello [ROOT]/work\n"),
        ("", "work/hello", "work/hello [ROOT]\n"),
        ("", "work/bare", "bare \n"),
    ] {
        let mut command = sandbox.command(BINARY);
        command.args(["run", "x", word]).current_dir(sandbox.root().join(directory));
        sandbox.run_command(command, b"").status(0).stdout(said).stderr("");
    }
    // An empty entry in PATH means the working directory.
    let mut command = sandbox.command(BINARY);
    command.args(["run", "x", "hello"]).env("PATH", "/nowhere:").current_dir(sandbox.root().join("work"));
    sandbox.run_command(command, b"").status(0).stdout("./hello [ROOT]/work\n").stderr("");
}

#[test]
fn a_missing_program_is_127_and_one_that_cannot_run_is_126() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.program("envs/x/bin/pytest", "#!/bin/sh\n");
    sandbox.write("envs/x/bin/data", "text\n");
    fs::create_dir(sandbox.environment("x").join("bin/directory")).unwrap();
    sandbox.program("envs/x/bin/stale", "#!/gone/bin/python\n");
    sandbox.program("tools/stale", "#!/bin/sh\necho the wrong one\n");
    symlink("/gone", sandbox.environment("x").join("bin/dangling")).unwrap();
    let cases = [
        ("pytset", 127, "`pytset` is neither in environment `x` nor on PATH\nhint: did you mean `pytest`?\n"),
        ("zebra", 127, "`zebra` is neither in environment `x` nor on PATH\nhint: `ls "),
        (
            "./zebra",
            127,
            "cannot run ./zebra: it does not exist\nhint: a command with a `/` is a path, relative to this directory\n",
        ),
        ("data", 126, "cannot run [ROOT]/envs/x/bin/data: it is not executable\nhint: `chmod +x "),
        ("directory", 126, "cannot run [ROOT]/envs/x/bin/directory: it is a directory\n"),
        (
            "stale",
            126,
            "cannot run [ROOT]/envs/x/bin/stale: the program named by its first line or headers does not exist\n",
        ),
        ("dangling", 127, "`dangling` is neither in environment `x` nor on PATH\nhint: `ls "),
    ];
    for (word, status, said) in cases {
        let answer = sandbox.run(["run", "x", word]).status(status).stdout("");
        let masked = String::from_utf8(sandbox.masked(&answer.stderr)).unwrap();
        // A hint that is left off here has a path in quotes, which is not masked.
        let rest = masked.strip_prefix(&format!("venvwrap: {said}")).unwrap_or_else(|| panic!("{masked}"));
        assert_eq!(rest.is_empty(), said.ends_with('\n'), "{masked}");
    }
    // A file that is not executable does not hide a later executable one.
    sandbox.program("tools/data", "#!/bin/sh\necho the other one\n");
    sandbox.run(["run", "x", "data"]).status(0).stdout("the other one\n").stderr("");
    sandbox.run(["run", "x", ""]).status(127).stdout("");
}

#[test]
fn an_environment_that_cannot_be_used_is_1_and_a_wrong_line_2() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.minimal_environment("projectx");
    for verb in [vec!["run", "porjectx", "true"], vec!["env", "porjectx", "-f", "json"], vec!["which", "porjectx"]] {
        sandbox
            .run(verb)
            .status(1)
            .stdout("")
            .stderr("venvwrap: environment `porjectx` does not exist in [ROOT]/envs\nhint: did you mean `projectx`?\n");
    }
    fs::remove_file(sandbox.environment("y").join("bin/python")).unwrap();
    // No machine has this version.
    let root = sandbox.environment("y");
    fs::rename(root.join("lib/python3.11"), root.join("lib/python3.0")).unwrap();
    fs::write(root.join("pyvenv.cfg"), "home = /opt/py/bin\nversion = 3.0.1\n").unwrap();
    for verb in [vec!["run", "y", "true"], vec!["env", "y", "--format", "json"]] {
        sandbox.run(verb).status(1).stdout("").stderr_contains("environment `y` is broken");
    }
    for verb in
        [vec!["run", "../x", "true"], vec!["env", "../x", "-f", "json"], vec!["which", ""], vec!["run", "/", "true"]]
    {
        sandbox.run(verb).status(1).stdout("").stderr_contains("is not a valid environment name");
    }
    for verb in
        [vec!["run"], vec!["run", "x"], vec!["run", "x", "--"], vec!["env", "x", "--format", "cobol"], vec!["which"]]
    {
        sandbox.run(verb).status(2).stdout("").stderr_contains("\nhint: ");
    }
}

#[test]
fn a_dot_is_the_environment_of_this_directory() {
    let sandbox = Sandbox::with_x_and_y();
    let place = sandbox.root().join("src/x");
    fs::create_dir_all(&place).unwrap();
    let says = |words: &[&str], directory: &Path| {
        let mut command = sandbox.command(BINARY);
        command.args(words).current_dir(directory);
        sandbox.run_command(command, b"").stderr_text()
    };
    let code = "printf %s \"$VIRTUAL_ENV\" >&2";
    assert_eq!(says(&["run", ".", "sh", "-c", code], &place), "[ROOT]/envs/x");
    assert_eq!(says(&["which", "."], &place), "");
    assert_eq!(says(&["env", ".", "--format", "bash"], &place), "");
    assert!(says(&["run", ".", "true"], sandbox.root()).contains("does not exist"));
}
