//! `venvwrap doctor`: quiet about what is whole, exact about what is not, and what it mends stays
//! mended.

mod damaged; // each kind of damage to real environments: text, hint, JSON, status, and mended
mod healthy; // environments of all makers for all Pythons of this machine, and nothing that is run
mod pasted; //  every command that it prints, typed as it stands in each shell
mod shell; //   what only a shell knows, the set-up, and the active environment

use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::support::pythons::Python;
use crate::support::sandbox::{Answer, Sandbox};

/// A world whose store is where editors look, too.
fn world(sandbox: Sandbox) -> Sandbox {
    symlink(sandbox.workon_home(), sandbox.home().join(".virtualenvs")).unwrap();
    sandbox
}

/// Makes an environment of this interpreter with these options.
#[track_caller]
fn make(sandbox: &Sandbox, python: &Python, name: &str, options: &[&str]) -> PathBuf {
    let words = ["mkvirtualenv", "-p"].map(OsStr::new).into_iter().chain([python.path.as_os_str()]);
    sandbox.run(words.chain(options.iter().map(OsStr::new)).chain([OsStr::new(name)])).status(0).stdout("");
    sandbox.environment(name)
}

/// Asserts that there is nothing to tell of this many environments.
#[track_caller]
fn assert_quiet(sandbox: &Sandbox, environments: usize) {
    let s = if environments == 1 { "" } else { "s" };
    let expected = format!("{environments} environment{s} checked, no problems\n");
    sandbox.run(["doctor"]).status(0).stdout(expected).stderr("");
}

/// The kinds of what is found, as programs are told, each with the environment or what else it is
/// about.
#[track_caller]
fn kinds(answer: &Answer<'_>) -> Vec<String> {
    let told: serde_json::Value =
        serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer}"));
    assert_eq!(told["schema"], 1);
    let findings = told["findings"].as_array().unwrap();
    let kind = |finding: &serde_json::Value| {
        for key in ["what", "mend", "path", "kind"] {
            assert!(finding[key].as_str().is_some_and(|text| !text.is_empty() || key == "path"), "{key}: {finding}");
        }
        let about = finding["environment"]["name"].as_str().or(finding["about"].as_str()).unwrap();
        format!("{about}: {} {}", finding["severity"].as_str().unwrap(), finding["kind"].as_str().unwrap())
    };
    findings.iter().map(kind).collect()
}
