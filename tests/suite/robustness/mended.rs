//! Mending, killed at every step on disk.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::killer::{Killer, with_some_signals};
use super::{assert_seen, tidy};
use crate::support::disk::tree;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;

/// A store in which one environment was moved by hand, and commands were killed.
fn make(sandbox: &Sandbox) {
    let store = sandbox.workon_home();
    fs::remove_dir_all(&store).unwrap();
    fs::create_dir(&store).unwrap();
    let root = sandbox.minimal_environment("old");
    let quoted = |path: &Path| Shell::Bash.quoted(bytes(path));
    let end = b"\nexport VIRTUAL_ENV\nhash -r\n";
    let activate = [b"deactivate () {\n    hash -r\n}\nVIRTUAL_ENV=", &*quoted(&root), end].concat();
    fs::write(root.join("bin/activate"), activate).unwrap();
    for number in 0..3 {
        let text = [b"#!/bin/sh\nprintf %s ".to_vec(), quoted(&root), b"\n".to_vec()].concat();
        fs::write(root.join(format!("bin/tool{number}")), text).unwrap();
    }
    fs::write(root.join("lib/mine.pth"), [bytes(&root), b"/src\n".to_vec()].concat()).unwrap();
    fs::rename(&root, store.join("new")).unwrap();
    fs::create_dir_all(store.join(".venvwrap/new/env-dead/bin")).unwrap();
    symlink("././begun", store.join("begun")).unwrap();
}

#[test]
fn mending_killed_at_any_step_can_be_done_again() {
    let sandbox = Sandbox::new();
    make(&sandbox);
    let words = ["doctor", "--fix"];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let steps = killer.steps();
    let complete = tree(&sandbox.environment("new"));
    let mut ended = 0;
    for (step, signal) in with_some_signals(&steps, 4) {
        make(&sandbox);
        ended += usize::from(killer.ends_at(step, signal));
        sandbox.run(["showvirtualenv", "new"]).status(0);
        sandbox.run(words).status(0);
        assert_seen(&sandbox, &["new"]);
        assert!(tree(&sandbox.environment("new")) == complete, "{step:?}: something names the old place still");
        tidy(&sandbox);
    }
    assert!(ended >= 15, "only {ended} steps were there to be ended at");
}
