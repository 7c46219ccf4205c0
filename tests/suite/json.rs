//! Every `--json` document matches docs/json.md: all keys, their types, and no other keys.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

/// The rows of each table (key and type), by the heading above it.
type Tables = BTreeMap<String, Vec<(String, String)>>;

fn tables() -> Tables {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")).unwrap();
    let mut tables = Tables::new();
    let mut heading = String::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("### ") {
            heading = title.replace('`', "");
        } else if let Some(row) = line.strip_prefix("| ").filter(|row| !row.starts_with("key")) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let rows = tables.entry(heading.clone()).or_default();
            rows.push((cells[0].trim_matches('`').to_owned(), cells[1].to_owned()));
        }
    }
    assert!(tables.len() > 20, "{tables:?}");
    tables
}

/// The object that a type links to.
fn linked(kind: &str) -> &str {
    kind.split_once('[').and_then(|(_, rest)| rest.split_once(']')).unwrap().0
}

/// The keys of a table, including those of objects it refers to.
fn keys<'a>(tables: &'a Tables, heading: &str) -> Vec<(&'a str, &'a str)> {
    let rows = tables.get(heading).unwrap_or_else(|| panic!("docs/json.md has no table `{heading}`"));
    let of_row = |(key, kind): &'a (String, String)| match key.as_str() {
        "(all)" => keys(tables, linked(kind)),
        key => vec![(key, kind.as_str())],
    };
    rows.iter().flat_map(of_row).collect()
}

/// All differences of an object, each with its path.
fn wrong(tables: &Tables, heading: &str, value: &Value, place: &str) -> Vec<String> {
    let Some(object) = value.as_object() else { return vec![format!("{place}: no object: {value}")] };
    let known = keys(tables, heading);
    let mut found: Vec<String> = Vec::new();
    for key in object.keys().filter(|key| !known.iter().any(|(known, _)| known == key)) {
        found.push(format!("{place}.{key}: not in docs/json.md"));
    }
    for (key, kind) in known {
        match object.get(key) {
            None if kind.ends_with(", optional") => {}
            None => found.push(format!("{place}.{key}: missing")),
            Some(value) => found.extend(wrong_type(tables, kind, value, &format!("{place}.{key}"))),
        }
    }
    found
}

fn wrong_type(tables: &Tables, kind: &str, value: &Value, place: &str) -> Vec<String> {
    let kind = kind.trim_end_matches(", optional");
    if let Some(kind) = kind.strip_suffix(" or null") {
        return if value.is_null() { Vec::new() } else { wrong_type(tables, kind, value, place) };
    }
    if let Some(kind) = kind.strip_prefix("list of ") {
        let Some(values) = value.as_array() else { return vec![format!("{place}: no list: {value}")] };
        return values.iter().flat_map(|value| wrong_type(tables, kind, value, &format!("{place}[]"))).collect();
    }
    let is_right = match kind {
        "text" => value.is_string(),
        "integer" => value.is_u64(),
        "number" => value.is_number(),
        "true or false" => value.is_boolean(),
        "object" => value.is_object(),
        linked_kind if linked_kind.starts_with('[') => return wrong(tables, linked(kind), value, place),
        _ => panic!("{place}: docs/json.md knows no type `{kind}`"),
    };
    if is_right { Vec::new() } else { vec![format!("{place}: not {kind}: {value}")] }
}

/// A sandbox that fills every key: a broken environment, a removed one, a name that is not UTF-8, a
/// project with a hook, a template, and a broken Python.
fn world() -> Sandbox {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.minimal_environment(OsStr::from_bytes(b"\xffodd"));
    fs::remove_file(sandbox.environment("y").join("bin/python")).unwrap();
    sandbox.minimal_environment("old");
    sandbox.run(["rmvirtualenv", "old"]).status(0);
    sandbox.run(["snapshot", "x"]).status(0);
    sandbox.write("envs/template_mine", "#!/bin/sh\n");
    fs::create_dir_all(sandbox.home().join(".pyenv/versions/3.95.0/bin")).unwrap();
    symlink("/gone", sandbox.home().join(".pyenv/versions/3.95.0/bin/python")).unwrap();
    sandbox.write("project/.virtualenvwrapper/postactivate", ":\n");
    sandbox.write("envs/x/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n");
    sandbox.write("envs/x/lib/python3.11/site-packages/x.pth", "import x\n");
    sandbox.write("envs/hollow/pyvenv.cfg", "home = /usr/bin\n");
    fs::create_dir(sandbox.environment("hollow").join("bin")).unwrap();
    symlink("gone", sandbox.environment("hollow").join("bin/python")).unwrap();
    sandbox.write("pyproject/.venv/pyvenv.cfg", "home = /usr/bin\n");
    let kernel = format!(
        "{{\"argv\": [{}], \"display_name\": \"x\"}}",
        Value::from(sandbox.environment("x").join("bin/python").to_str())
    );
    sandbox.write("jupyter/kernels/x/kernel.json", kernel);
    let jupyter = sandbox.root().join("jupyter");
    sandbox.set("JUPYTER_DATA_DIR", jupyter);
    sandbox.run(["set", "x", "A=1", "--path", "/bin"]).status(0);
    sandbox.run(["setvirtualenvproject", "x", "project"]).status(0);
    sandbox.run(["uv", "on", "x"]).status(0);
    sandbox
}

/// Every document of the page, and the command that prints it here.
const DOCUMENTS: &[(&str, &[&str])] = &[
    ("lsvirtualenv --json", &["lsvirtualenv", "--json"]),
    ("lsvirtualenv --json", &["lsvirtualenv", "--json", "--all", "--size"]),
    ("lsvirtualenv --json", &["lsvirtualenv", "--json", "-l"]),
    ("lsvirtualenv --brief --json", &["lsvirtualenv", "--json", "-b"]),
    ("lsvirtualenv --brief --json", &["lsvirtualenv", "-b", "--json", "--all"]),
    ("showvirtualenv --json", &["showvirtualenv", "--json", "x"]),
    ("showvirtualenv --json", &["showvirtualenv", "y", "--json"]),
    ("allvirtualenv --parallel --json", &["allvirtualenv", "--parallel", "--json", "true"]),
    ("venvwrap set --json", &["set", "x", "--json"]),
    ("venvwrap uv list --json", &["uv", "list", "--json"]),
    ("venvwrap kernel list --json", &["kernel", "list", "--json"]),
    ("venvwrap which --json", &["which", "--json", "x"]),
    ("venvwrap which --json", &["which", "--json", "x", "python"]),
    ("venvwrap env --format json", &["env", "--format", "json", "x"]),
    ("venvwrap find --json", &["find", "--json", "six"]),
    ("venvwrap find --json", &["find", "--json", "--all", "--script", "python"]),
    ("venvwrap find --json", &["find", "--json", "--pth"]),
    ("venvwrap diff --json", &["diff", "--json", "x", "y"]),
    ("venvwrap undo --list --json", &["undo", "--list", "--json"]),
    ("venvwrap snapshot --list --json", &["snapshot", "--list", "--json"]),
    ("venvwrap upgrade --json", &["upgrade", "--json", "--all", "-n"]),
    ("venvwrap prune --json", &["prune", "--json", "--unused", "0d"]),
    ("venvwrap doctor --json", &["doctor", "--json"]),
    ("venvwrap doctor --json", &["doctor", "--json", "y"]),
    ("venvwrap python list --json", &["python", "list", "--json"]),
    ("venvwrap python find --json", &["python", "find", "--json"]),
    ("venvwrap trust --list --json", &["trust", "--list", "--json", "project"]),
    ("mkproject --list-templates --json", &["mkproject", "--list-templates", "--json"]),
];

#[test]
fn every_document_is_what_the_page_says() {
    let (tables, sandbox) = (tables(), world());
    for (heading, words) in DOCUMENTS {
        let answer = sandbox.run(*words);
        let value: Value = serde_json::from_slice(&answer.stdout).unwrap_or_else(|error| panic!("{error}: {answer}"));
        let wrong = wrong(&tables, heading, &value, heading);
        assert!(wrong.is_empty(), "{}\n{value:#}", wrong.join("\n"));
        assert!(answer.stdout.starts_with(b"{\n  \"schema\": 1"), "{answer}");
        // An empty list would check nothing.
        for (key, list) in value.as_object().unwrap().iter().filter_map(|(key, list)| Some((key, list.as_array()?))) {
            let may_be_empty = ["mended", "unset"].contains(&key.as_str());
            assert!(may_be_empty || !list.is_empty(), "{heading}: {key} is empty");
        }
    }
}

#[test]
fn every_document_of_the_page_is_tried_and_every_object_is_used() {
    let tables = tables();
    let tried: BTreeSet<&str> = DOCUMENTS.iter().map(|(heading, _)| *heading).collect();
    let types: Vec<&str> = tables.values().flatten().map(|(_, kind)| kind.as_str()).collect();
    for heading in tables.keys() {
        let is_used = types.iter().any(|kind| kind.contains(&format!("[{heading}](#{heading})")));
        assert!(is_used || tried.contains(heading.as_str()), "{heading}");
    }
}

#[test]
fn a_key_has_one_type_wherever_it_stands() {
    let tables = tables();
    let mut types: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for (heading, rows) in &tables {
        for (key, kind) in rows.iter().filter(|(key, _)| key != "(all)") {
            let base = kind.trim_end_matches(", optional").trim_end_matches(" or null");
            // The objects may have further keys.
            let base = if base.starts_with("list of [") { "list of objects" } else { base };
            let (other, first) = *types.entry(key.as_str()).or_insert((heading, base));
            assert_eq!(first, base, "`{key}` in `{other}` and in `{heading}`");
        }
    }
    let lists = tables.values().flatten().filter(|(key, _)| key == "environments");
    for (_, kind) in lists {
        let known = keys(&tables, linked(kind));
        assert!(["name", "path"].iter().all(|key| known.iter().any(|(known, _)| known == key)), "{kind}");
    }
}

#[test]
fn the_functions_of_every_shell_print_the_same() {
    let sandbox = world();
    for words in
        [&["lsvirtualenv", "--json", "-b"][..], &["showvirtualenv", "--json", "x"], &["lsvirtualenv", "--json"]]
    {
        let expected = sandbox.run(words).status(0).stderr("").stdout;
        for shell in Shell::ALL {
            drop(shell.plain().run(&sandbox, words.join(" ")).status(0).stderr("").stdout(sandbox.masked(&expected)));
        }
    }
}

#[test]
fn a_name_that_is_no_text_can_be_told_from_others_and_found_again() {
    let sandbox = world();
    sandbox.minimal_environment(OsStr::from_bytes(b"\xfeodd"));
    for words in [&["lsvirtualenv", "--json", "-b"][..], &["lsvirtualenv", "--json"], &["doctor", "--json"]] {
        let value: Value = serde_json::from_slice(&sandbox.run(words).stdout).unwrap();
        let list = value["environments"].as_array().unwrap();
        let odd: Vec<&Value> = list.iter().filter(|each| each["name"] == "\u{fffd}odd").collect();
        let told: Vec<&str> = odd.iter().map(|each| each["name_bytes"].as_str().unwrap()).collect();
        assert_eq!(told, ["fe6f6464", "ff6f6464"], "{value:#}");
        let digits = odd[0]["path_bytes"].as_str().unwrap();
        let told: Vec<u8> =
            (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect();
        assert_eq!(told, sandbox.environment(OsStr::from_bytes(b"\xfeodd")).as_os_str().as_bytes());
        assert!(list.iter().all(|each| each["name"] != "x" || each.get("name_bytes").is_none()), "{value:#}");
    }
}
