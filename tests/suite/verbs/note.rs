//! `venvwrap note`: kept beside the environment, and with it wherever it goes.

use crate::support::disk::tree;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

#[test]
fn it_is_written_printed_and_removed_and_nothing_changes_in_the_environment() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    let before = tree(&root);
    sandbox.run(["note", "x"]).status(1).stdout("").stderr("`x` has no note\n");
    sandbox.run(["note", "x", "it's $HOME's\n\u{1b}[31mred"]).status(0).stdout("").stderr("Wrote the note of `x`\n");
    sandbox.run(["note", "x"]).status(0).stdout("it's $HOME's\n\u{1b}[31mred\n").stderr("");
    sandbox
        .run(["showvirtualenv", "x"])
        .status(0)
        .stdout_contains("\nnote:      it's $HOME's\nnote:      \\u{1b}[31mred\n");
    assert_eq!(tree(&root), before);
    sandbox.run(["note", "--remove", "x"]).status(0).stdout("").stderr("");
    sandbox.run(["note", "--remove", "x"]).status(0).stdout("").stderr("");
    sandbox.run(["note", "x"]).status(1).stdout("").stderr("`x` has no note\n");
    sandbox.run(["note", "x", " "]).status(2).stdout("").stderr_contains("the note is empty");
}

#[test]
fn it_stays_with_the_environment() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["note", "x", "mine"]).status(0);
    let has = |name: &str, note: &str| drop(sandbox.run(["note", name]).status(0).stdout(format!("{note}\n")));
    drop(Shell::Bash.plain().run(&sandbox, "cpvirtualenv x copy >/dev/null; deactivate").status(0));
    has("copy", "mine");
    sandbox.run(["mvvirtualenv", "x", "new"]).status(0);
    sandbox.run(["note", "y"]).status(1);
    has("new", "mine");
    sandbox.run(["rmvirtualenv", "new"]).status(0);
    sandbox.run(["undo", "new"]).status(0);
    has("new", "mine");
    sandbox.run(["export", "new"]).status(0).stdout_contains("note = \"mine\"\n");
    sandbox.run(["rmvirtualenv", "--now", "new"]).status(0);
    sandbox.minimal_environment("new");
    sandbox.run(["note", "new"]).status(1);
}

#[test]
fn a_note_that_cannot_be_written_leaves_the_one_before() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    sandbox.run(["note", "x", "mine"]).status(0);
    // Files of more than no bytes are refused, as on a full disk.
    let answer = Shell::Bash.plain().run(&sandbox, "trap '' XFSZ; ulimit -f 0; venvwrap note x other").status(1);
    assert!(answer.stderr_text().starts_with("venvwrap: cannot write: "), "{answer}");
    sandbox.run(["note", "x"]).status(0).stdout("mine\n").stderr("");
}
