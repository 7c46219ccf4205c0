//! `venvwrap which`: the path of an environment, or of a program in it.

use std::fs;

use crate::support::sandbox::Sandbox;

#[test]
fn the_root_or_a_program_in_it() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("my env");
    sandbox.run(["which", "my env"]).status(0).stdout("[ROOT]/envs/my env\n").stderr("");
    sandbox.run(["which", "my env", "python"]).status(0).stdout("[ROOT]/envs/my env/bin/python\n").stderr("");
    // `sh` is on PATH, but not in the environment.
    let missing = "venvwrap: environment `my env` has no `sh`\nhint: `ls ";
    sandbox.run(["which", "my env", "sh"]).status(1).stdout("").stderr_contains(missing);
    let near = "venvwrap: environment `my env` has no `pyhton`\nhint: did you mean `python`?\n";
    sandbox.run(["which", "my env", "pyhton"]).status(1).stdout("").stderr(near);
    for outside in ["../bin/python", "/bin/sh", "activate", "", "."] {
        sandbox.run(["which", "my env", outside]).status(1).stdout("").stderr_contains("has no `");
    }
    // An environment without python still has a path.
    fs::remove_file(sandbox.environment("my env").join("bin/python")).unwrap();
    sandbox.run(["which", "my env"]).status(0).stdout("[ROOT]/envs/my env\n").stderr("");
    sandbox.run(["which", "my env", "python"]).status(1).stdout("");
}

#[test]
fn json_has_both_places() {
    let sandbox = Sandbox::with_x_and_y();
    let read = |words: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&sandbox.run(words).status(0).stderr("").stdout).unwrap()
    };
    let root = sandbox.environment("x").to_str().unwrap().to_owned();
    let expected =
        serde_json::json!({"schema": 1, "environment": {"name": "x", "path": root}, "tool": null, "path": root});
    assert_eq!(read(&["which", "x", "--json"]), expected);
    let python = format!("{root}/bin/python");
    let expected =
        serde_json::json!({"schema": 1, "environment": {"name": "x", "path": root}, "tool": "python", "path": python});
    assert_eq!(read(&["which", "--json", "x", "python"]), expected);
}
