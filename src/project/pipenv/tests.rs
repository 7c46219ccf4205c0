//! Compares names and paths with those of pipenv's own class, asked once for all cases.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::fuzzed::{batch, python_answers, tally};

/// Prints pipenv's answer for variables and a working directory; an empty line if pipenv fails.
const THEIRS: &str = r"
import glob, json, os, sys, tomllib
from pathlib import Path
from types import SimpleNamespace
sys.path[:0] = glob.glob(PEERS)
sys.stderr = open(os.devnull, 'w')
from pipenv.environments import Setting
from pipenv.utils.pipfile import Pipfile
from pipenv.utils.venv_locator import VenvLocator

def answer(case):
    case = json.loads(case)
    os.environ.clear()
    os.environ.update(case['variables'])
    os.chdir(case['directory'])
    try:
        project = SimpleNamespace(s=Setting())
        theirs = Pipfile(project)
        file = Path(theirs.location)
        project.pipfile = SimpleNamespace(location=theirs.location, name=theirs.name, exists=file.is_file(),
                                          project_directory=theirs.project_directory,
                                          parsed=tomllib.loads(file.read_text()) if file.is_file() else {})
        return str(VenvLocator(project).get_location()).encode()
    except (RuntimeError, ValueError):
        return b''
";

/// A project, and the variables set in its directory.
#[derive(Debug, Clone)]
struct Case {
    directories: Vec<String>,
    /// How many directories above the working directory the Pipfile is, and its text.
    pipfile: Option<(usize, &'static str)>,
    venv: Venv,
    variables: BTreeMap<&'static str, String>,
}

#[derive(Debug, Clone)]
enum Venv {
    None,
    Directory,
    Dangling,
    File(&'static str),
}

fn directory() -> impl Strategy<Value = String> {
    let odd = select(" &$`!*@\"()[]\\\r\n\t';{}-_.~é日ßİ😀A".chars().collect::<Vec<_>>());
    let name = vec(prop_oneof![odd, proptest::char::range('a', 'z')], 1..50);
    name.prop_map(String::from_iter).prop_filter("a name", |name| !matches!(name.as_str(), "." | ".."))
}

fn cases() -> impl Strategy<Value = Case> {
    const WORDS: [&str; 8] = ["1", "0", "no", "On", "", "3", "my env", "/opt/py 3/bin/python3.9"];
    const NAMES: [&str; 7] = [
        "PIPENV_PIPFILE",
        "PIPENV_MAX_DEPTH",
        "PIPENV_NO_INHERIT",
        "PIPENV_CUSTOM_VENV_NAME",
        "PIPENV_PYTHON",
        "PIPENV_VENV_IN_PROJECT",
        "PIPENV_NO_VENV_IN_PROJECT",
    ];
    let pipfiles = select(vec!["", "[pipenv]\nvenv_in_project = true\n", "[pipenv]\nvenv_in_project = false\n"]);
    let files = select(vec!["", " \n", "my env\n", "a/b\n", "./x", "x/", "/abs/olute", "é"]);
    let venv = prop_oneof![
        3 => Just(Venv::None),
        2 => Just(Venv::Directory),
        1 => Just(Venv::Dangling),
        2 => files.prop_map(Venv::File),
    ];
    let variable = (select(&NAMES[..]), select(&WORDS[..]));
    (vec(directory(), 1..5), proptest::option::weighted(0.8, (1_usize..5, pipfiles)), venv, vec(variable, 0..3))
        .prop_map(|(directories, pipfile, venv, variables)| {
            let sensible = |(name, word): &(&'static str, &'static str)| match *name {
                "PIPENV_MAX_DEPTH" => *word == "3",
                "PIPENV_PIPFILE" => *word == "my env",
                // pipenv crashes on a yes.
                "PIPENV_CUSTOM_VENV_NAME" | "PIPENV_PYTHON" => !matches!(*word, "1" | "On"),
                _ => true,
            };
            let variables =
                variables.into_iter().filter(sensible).map(|(name, word)| (name, word.to_owned())).collect();
            let pipfile = pipfile.map(|(depth, text)| (depth.min(directories.len()), text));
            Case { directories, pipfile, venv, variables }
        })
}

/// Creates the project; returns the variables and the working directory.
fn set_up(case: &Case, room: &Path, store: &Path) -> (Vec<(String, String)>, PathBuf) {
    let here = case.directories.iter().fold(room.to_path_buf(), |path, name| path.join(name));
    fs::create_dir_all(&here).unwrap();
    let mut root = here.clone();
    if let Some((depth, text)) = case.pipfile {
        root = case.directories[..depth].iter().fold(room.to_path_buf(), |path, name| path.join(name));
        fs::write(root.join("Pipfile"), text).unwrap();
    }
    let venv = root.join(".venv");
    match case.venv {
        Venv::None => {}
        Venv::Directory => fs::create_dir(venv).unwrap(),
        Venv::Dangling => symlink("nowhere", venv).unwrap(),
        Venv::File(text) => fs::write(venv, text).unwrap(),
    }
    if case.variables.contains_key("PIPENV_PIPFILE") && case.directories.len().is_multiple_of(2) {
        fs::write(here.join("my env"), "").unwrap();
    }
    let mut variables: Vec<_> =
        case.variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    variables.push(("HOME".to_owned(), room.to_str().unwrap().to_owned()));
    variables.push(("WORKON_HOME".to_owned(), store.to_str().unwrap().to_owned()));
    // In half of the cases the environment exists already.
    let name = Project { pipfile: root.join("Pipfile") }.name(&Context::made_of(&[])).unwrap();
    if case.directories.len().is_multiple_of(2) {
        fs::create_dir_all(store.join(name)).unwrap();
    }
    (variables, here)
}

#[test]
fn place_and_name_are_those_that_pipenv_finds() {
    let room = tempfile::tempdir().unwrap();
    // With links resolved: on macOS the temporary directory is behind a link.
    let room = resolved(room.path()).unwrap();
    let store = room.join("it's \"my\" store");
    fs::create_dir_all(&store).unwrap();
    let cases = batch(250, &cases());
    let set_up = cases.iter().enumerate().map(|(index, case)| set_up(case, &room.join(index.to_string()), &store));
    let set_up: Vec<_> = set_up.collect();
    let asked = set_up.iter().map(|(variables, here)| {
        let variables: BTreeMap<_, _> = variables.iter().cloned().collect();
        serde_json::json!({ "variables": variables, "directory": here.to_str().unwrap() }).to_string()
    });
    let peers = concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers/lib/python3*/site-packages");
    let code = format!("PEERS = {peers:?}\n{THEIRS}");
    let theirs = python_answers(&code, &asked.collect::<Vec<_>>());
    let home = WorkonHome::at(store.clone());
    let mut found = 0;
    for ((case, (variables, here)), theirs) in cases.iter().zip(&set_up).zip(theirs) {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let context = Context::made_of(&variables);
        let ours = Project::around(here, &context).and_then(|project| project.place(&home, &context));
        let ours = ours.ok().map(|place| match place {
            Location::Stored(name) => store.join(name),
            Location::At(path) => path,
        });
        let theirs = String::from_utf8(theirs).unwrap();
        assert_eq!(ours.unwrap_or_default(), Path::new(&theirs), "{case:?}");
        found += usize::from(!theirs.is_empty());
    }
    assert!(found > cases.len() / 2, "{found}");
    tally("projects beside pipenv", cases.len());
}

#[test]
fn the_python_is_what_the_pipfile_requires() {
    let room = tempfile::tempdir().unwrap();
    let pipfile = room.path().join("Pipfile");
    let project = Project { pipfile: pipfile.clone() };
    assert_eq!(project.python(), None);
    for (text, version) in [
        ("[requires]\npython_version = \"3.11\"\n", Some("3.11")),
        ("[requires]\npython_version = \"3.11\"\npython_full_version = \"3.11.7\"\n", Some("3.11.7")),
        ("[requires]\npython_version = \"*\"\n", None),
        ("[requires]\npython_version = 3\n", None),
        ("no TOML", None),
    ] {
        fs::write(&pipfile, text).unwrap();
        assert_eq!(project.python().as_deref(), version, "{text}");
    }
}
