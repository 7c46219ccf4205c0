//! The directories, links, and `pyvenv.cfg` of a new environment, compared with `python -m venv` of
//! the same interpreter.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{make, make_all, run};
use crate::support::disk::names;
use crate::support::pythons::{self, Python};
use crate::support::sandbox::Sandbox;

/// The activation scripts in `bin`.
const ACTIVATION: [&str; 6] =
    ["Activate.ps1", "activate", "activate.csh", "activate.fish", "activate.nu", "activate_this.py"];

fn set(names: Vec<String>) -> BTreeSet<String> {
    names.into_iter().collect()
}

fn cfg(root: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    let line = |line: &str| line.split_once(" = ").map(|(key, value)| (key.to_owned(), value.to_owned())).unwrap();
    text.lines().map(line).collect()
}

/// An environment that this interpreter's `venv` creates without pip.
fn of_venv(sandbox: &Sandbox, python: &Python, name: &str) -> std::path::PathBuf {
    let root = sandbox.root().join("venv").join(name);
    run(sandbox, &python.path, &["-m", "venv", "--without-pip", root.to_str().unwrap()]).status(0);
    root
}

#[test]
fn it_is_laid_out_as_its_own_venv_does_it() {
    let sandbox = Sandbox::new();
    let pythons = pythons::all().iter().filter(|python| python.has_venv);
    let mut compared = 0;
    for (index, python) in pythons.enumerate() {
        let name = format!("{index} {}", python.full());
        let (ours, venvs) = (make(&sandbox, python, &name, &["--without-pip"]), of_venv(&sandbox, python, &name));
        let shown = python.path.display();

        // 3.13 and newer write .gitignore; venvwrap always does, and adds a CACHEDIR.TAG for
        // backups; and what -p asked for.
        let mut expected = set(names(&venvs));
        expected.extend([".gitignore", ".requested-python", "CACHEDIR.TAG"].map(String::from));
        assert_eq!(set(names(&ours)), expected, "{shown}");
        assert_eq!(fs::read_to_string(ours.join(".gitignore")).unwrap(), "*\n");
        assert!(fs::read_to_string(ours.join("CACHEDIR.TAG")).unwrap().starts_with("Signature: 8a477f597d28d172"));

        // The names of the interpreter all point to the same file. Up to 3.8, venv creates only the
        // name it was called by; users expect the others.
        let interpreters = |root: &Path| -> BTreeSet<String> {
            let is_ours = |name: &String| !ACTIVATION.contains(&name.as_str());
            names(&root.join("bin")).into_iter().filter(is_ours).collect()
        };
        let usual = ["python".to_owned(), format!("python{}", python.version.0), format!("python{}", python.minor())];
        let mut expected = interpreters(&venvs);
        expected.extend(usual);
        assert_eq!(interpreters(&ours), expected, "{shown}");
        for name in &expected {
            let file = |root: &Path, name: &str| fs::canonicalize(root.join("bin").join(name)).unwrap();
            assert_eq!(file(&ours, name), file(&venvs, "python3"), "{shown}: {name}");
        }
        for name in ACTIVATION {
            assert!(ours.join("bin").join(name).is_file(), "{shown}: {name}");
        }

        assert_eq!(fs::read_link(ours.join("lib64")).ok(), fs::read_link(venvs.join("lib64")).ok(), "{shown}");
        for directory in ["include", "lib"] {
            assert_eq!(names(&ours.join(directory)), names(&venvs.join(directory)), "{shown}: {directory}");
        }
        let library = names(&ours.join("lib")).remove(0);
        assert_eq!(names(&ours.join("lib").join(&library)), ["site-packages"], "{shown}");
        assert_eq!(names(&ours.join("lib").join(library).join("site-packages")), Vec::<String>::new(), "{shown}");

        let (ours, venvs) = (cfg(&ours), cfg(&venvs));
        for (key, value) in &venvs {
            match key.as_str() {
                // A comment about the venv module, which did not create this environment.
                "command" => assert!(!ours.contains_key("command"), "{shown}"),
                _ => assert_eq!(ours.get(key), Some(value), "{shown}: {key}"),
            }
        }
        compared += 1;
    }
    assert!(compared >= 1, "no python with venv was compared");
}

#[test]
fn pyvenv_cfg_says_what_readers_need_and_claims_no_other_maker() {
    let sandbox = Sandbox::new();
    for (python, root) in make_all(&sandbox, pythons::all(), &["--without-pip"]) {
        let cfg = cfg(&root);
        let keys: BTreeSet<&str> = cfg.keys().map(String::as_str).collect();
        let mut expected = BTreeSet::from([
            "home",
            "include-system-site-packages",
            "version",
            "python-version",
            "implementation",
            "executable",
            "venvwrap",
        ]);
        if python.version.0 == 2 {
            expected.insert("base-prefix");
        }
        assert_eq!(keys, expected, "an editor believes `uv` and `virtualenv`, and a prompt outlives a rename");
        assert_eq!(cfg["version"], python.full());
        assert_eq!(cfg["python-version"], python.minor());
        assert_eq!(cfg["include-system-site-packages"], "false");
        assert_eq!(cfg["implementation"].to_lowercase(), python.implementation);
        assert_eq!(cfg["venvwrap"], env!("CARGO_PKG_VERSION"));
        let executable = Path::new(&cfg["executable"]);
        assert_eq!(executable.parent().unwrap(), Path::new(&cfg["home"]));
        assert_eq!(fs::canonicalize(executable).unwrap(), fs::canonicalize(&python.path).unwrap());
        // A distribution's upgrade of `python3` must not change this environment.
        let versioned = format!("{}.{}", python.version.0, python.version.1);
        assert!(executable.to_str().unwrap().ends_with(&versioned), "{}", executable.display());
    }
}

#[test]
fn options_are_written_as_venv_writes_them() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let root = make(&sandbox, python, "x", &["--without-pip", "--system-site-packages", "--prompt", "my $prompt"]);
    let cfg = cfg(&root);
    assert_eq!(cfg["include-system-site-packages"], "true");
    assert_eq!(cfg["prompt"], "my $prompt");
}

/// Microsoft's locator (ECOSYSTEM.md 2): an environment of virtualenvwrapper is in WORKON_HOME and
/// has `activate` beside its python; its version has three numbers; `.project` names an existing
/// directory.
#[test]
fn an_editor_finds_it_and_its_project() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.root().join("project")).unwrap();
    let words = ["mkvirtualenv", "-a", "project", "--without-pip", "-p", pythons::complete().path.to_str().unwrap()];
    sandbox.run(words.iter().chain(&["x"])).status(0);
    let root = sandbox.environment("x");
    assert!(root.join("bin/python").is_file() && root.join("bin/activate").is_file());
    let cfg = cfg(&root);
    assert_eq!(cfg["version"].split('.').filter(|part| part.parse::<u8>().is_ok()).count(), 3);
    assert!(!cfg.contains_key("uv") && !cfg.contains_key("virtualenv"));
    let project = fs::read_to_string(root.join(".project")).unwrap();
    assert_eq!(Path::new(project.trim()), sandbox.root().join("project"));
}
