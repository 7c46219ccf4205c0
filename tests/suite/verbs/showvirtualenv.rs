//! `showvirtualenv`: the facts of one environment.

use std::fs;

use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn one_by_name_or_the_active_one() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("my env");
    let facts = "python:    3.11.2\nmade from: /usr/bin/python3.11\npath:      [ROOT]/envs/my env\npackages:  0\n";
    let text = sandbox.run(["showvirtualenv", "my env"]).status(0).stderr("").stdout_text();
    let size = text.lines().find(|line| line.starts_with("size:      ")).unwrap();
    assert!(size.contains(" (apparent: ") && size.ends_with("B)"), "{size}");
    let facts = format!("{facts}{size}\ncreated:   today\n");
    sandbox.run(["showvirtualenv", "my env"]).status(0).stdout(format!("{facts}\n"));
    let facts = format!("{facts}last used: today\n\n");
    for shell in Shell::ALL {
        let story = Story::new().run(["workon", "my env"]).run(["showvirtualenv"]);
        story.played(&sandbox, shell.plain()).says(&facts, "").records("workon my env: 0\nshowvirtualenv: 0");
    }
}

#[test]
fn json_has_the_same_facts_as_the_list() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let read = |words: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&sandbox.run(words).status(0).stderr("").stdout).unwrap()
    };
    let mut one = read(&["showvirtualenv", "--json", "x"]);
    assert_eq!(one.as_object_mut().unwrap().remove("schema"), Some(1.into()));
    assert_eq!(one, read(&["lsvirtualenv", "--json", "--size"])["environments"][0]);
}

#[test]
fn none_named_and_none_active_is_a_mistake() {
    let mut sandbox = Sandbox::new();
    sandbox.run(["showvirtualenv"]).status(1).stdout("").stderr(
        "venvwrap: showvirtualenv: missing environment name\n\
             hint: see `venvwrap showvirtualenv --help`\n",
    );
    let gone = sandbox.environment("gone");
    sandbox.set("VIRTUAL_ENV", &gone);
    sandbox.run(["showvirtualenv"]).status(1).stdout("").stderr(
        "venvwrap: the active environment [ROOT]/envs/gone does not exist\n\
         hint: `deactivate` first\n",
    );
}

#[test]
fn oddities_of_pyvenv_cfg_are_no_reason_to_fail() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    for text in ["", "\u{feff}home=/a\n", "version = x\n===\n", "home = \x1b[31m/red\n", "prompt = $(touch canary)\n"] {
        fs::write(root.join("pyvenv.cfg"), text).unwrap();
        let answer = sandbox.run(["showvirtualenv", "x"]).status(0).stderr("");
        assert!(answer.stdout.iter().all(|byte| *byte >= 0x20 || *byte == b'\n'), "{answer}");
    }
    fs::write(root.join("pyvenv.cfg"), vec![b'x'; 1 << 20]).unwrap();
    sandbox.run(["showvirtualenv", "x"]).status(0).stderr("");
    fs::remove_file(root.join("pyvenv.cfg")).unwrap();
    nix::unistd::mkfifo(&root.join("pyvenv.cfg"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    sandbox.run(["showvirtualenv", "x"]).status(0).stderr("");
    assert!(!sandbox.root().join("canary").exists());
}
