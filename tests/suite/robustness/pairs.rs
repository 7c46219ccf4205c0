//! Every two verbs that change the store, at once and about one name: afterwards each name has a
//! whole environment or none.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};

use super::{making, tidy};
use crate::support::disk::names;
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::tally;

/// How often each pair is played; which of the two comes first is up to the machine.
const ROUNDS: usize = 3;

fn start(sandbox: &Sandbox, words: &[&OsStr]) -> Child {
    let mut command = sandbox.command(BINARY);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).spawn().unwrap()
}

/// Nothing in the store but whole environments; nothing half made beside them.
#[track_caller]
fn assert_whole(sandbox: &Sandbox, told: &str) {
    for name in names(&sandbox.workon_home()).iter().filter(|name| *name != ".venvwrap") {
        let root = sandbox.environment(name);
        let is_whole = root.join("pyvenv.cfg").is_file() && root.join("bin/activate").is_file();
        assert!(is_whole && !root.is_symlink(), "{told}: {name} has {:?}", names(&root));
    }
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    for place in names(&trash) {
        for kept in names(&trash.join(&place)) {
            // A renaming leaves a link under the old name for a moment; replaced in that moment, it
            // is kept like any link, as one that a person made looks the same.
            let kept_at = trash.join(&place).join(&kept);
            let is_old_name = fs::read_link(&kept_at).is_ok_and(|target| target == std::path::Path::new("./z"));
            assert!(is_old_name || kept_at.join("pyvenv.cfg").is_file(), "{told}: {place}/{kept} in the trash");
        }
    }
}

#[test]
fn every_two_verbs_at_once_leave_whole_environments_or_none() {
    let sandbox = Sandbox::new();
    let store = sandbox.workon_home();
    let python = &pythons::complete().path;
    let make = making(python, "x");
    let mut clear = make.clone();
    clear.insert(1, "--clear".as_ref());
    let words = |words: &[&'static str]| words.iter().map(|word| OsStr::new(*word)).collect::<Vec<_>>();
    let verbs = [
        make,
        clear,
        words(&["rmvirtualenv", "-f", "x"]),
        words(&["rmvirtualenv", "-f", "--now", "x"]),
        words(&["mvvirtualenv", "-f", "x", "z"]),
        words(&["mvvirtualenv", "-f", "z", "x"]),
        words(&["cpvirtualenv", "x", "z"]),
        words(&["undo", "x"]),
        vec!["background".as_ref(), "tidy".as_ref(), store.as_os_str()],
    ];
    for (index, one) in verbs.iter().enumerate() {
        for other in &verbs[index..] {
            let told = format!("{one:?} and {other:?}");
            for _ in 0..ROUNDS {
                for name in names(&store) {
                    drop(fs::remove_dir_all(store.join(name)));
                }
                for _ in 0..2 {
                    sandbox.minimal_environment("x");
                    sandbox.run(["rmvirtualenv", "-f", "x"]).status(0);
                }
                sandbox.minimal_environment("x");
                let children: Vec<Child> = [one, other, one, other].map(|words| start(&sandbox, words)).into();
                for child in children {
                    let output = child.wait_with_output().unwrap();
                    let said = String::from_utf8_lossy(&output.stderr).into_owned();
                    assert!(matches!(output.status.code(), Some(0 | 1)), "{told}: {:?}: {said}", output.status);
                    assert!(output.status.success() || said.starts_with("venvwrap: "), "{told}: {said}");
                }
                assert_whole(&sandbox, &told);
                tally::add("processes at once in one store", 4);
            }
        }
    }
    tidy(&sandbox);
    // Nothing is in the way of whoever comes next.
    sandbox.run(["rmvirtualenv", "-f", "x", "z"]).status(0);
    sandbox.minimal_environment("x");
    sandbox.run(["rmvirtualenv", "x"]).status(0);
}
