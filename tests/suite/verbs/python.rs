//! `venvwrap python`: every Python once, from wherever it is, with who uses it; and what is started
//! for that.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::thread;

use crate::robustness::strace;
use crate::support::programs::write_program;
use crate::support::pythons::{self, Python};
use crate::support::sandbox::{BINARY, Sandbox};

fn prefix(python: &Python) -> PathBuf {
    python.path.parent().unwrap().parent().unwrap().to_path_buf()
}

/// Links the prefix of a real interpreter to where somebody else would have installed it.
fn installed(sandbox: &Sandbox, python: &Python, at: &str) -> PathBuf {
    let link = sandbox.home().join(at);
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    symlink(prefix(python), &link).unwrap();
    link
}

/// What the list calls an interpreter that was linked to this place: by it, but for the system's
/// own, which keeps its name.
fn shown_at(python: &Python, at: &str) -> String {
    let command = format!("bin/python{}", python.minor());
    if prefix(python) == Path::new("/usr") { format!("/usr/{command}") } else { format!("~/{at}/{command}") }
}

fn script(path: &Path, body: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    write_program(path, format!("#!/bin/sh\n{body}\n"));
}

/// The words of the line for a path, its own left out.
fn row(table: &str, path: &str) -> Vec<String> {
    let lines: Vec<&str> = table.lines().filter(|line| line.contains(path)).collect();
    assert_eq!(lines.len(), 1, "{path} in:\n{table}");
    lines[0].replace(path, "").split_whitespace().map(str::to_owned).collect()
}

#[test]
fn each_is_listed_once_with_its_origin_and_who_uses_it() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let (full, minor) = (python.full(), python.minor());
    let by_pyenv = installed(&sandbox, python, &format!(".pyenv/versions/{full}"));
    // The same by other names.
    installed(&sandbox, python, &format!(".asdf/installs/python/{full}"));
    symlink(by_pyenv.join(format!("bin/python{minor}")), sandbox.tools().join("python3")).unwrap();
    for name in ["a b", "b"] {
        sandbox.run(["mkvirtualenv", "--without-pip", "-p", by_pyenv.to_str().unwrap(), name]).status(0);
    }
    // No such name can be made, but it can be there.
    fs::rename(sandbox.environment("b"), sandbox.environment("x\u{1b}y")).unwrap();
    let table = sandbox.run(["python", "list"]).status(0).stderr("").stdout_text();
    let path = shown_at(python, &format!(".pyenv/versions/{full}"));
    assert_eq!(row(&table, &path).join(" "), format!("* {full} CPython pyenv a b, x\\u{{1b}}y"));
    assert!(!table.contains(".asdf"), "{table}");
    assert_eq!(table.matches("\n* ").count(), 1, "{table}");
    let all = sandbox.run(["python", "list", "--all", &minor]).status(0).stderr("").stdout_text();
    for path in [format!("~/.asdf/installs/python/{full}/bin/python"), "[ROOT]/tools/python".to_owned()] {
        assert!(all.lines().any(|line| line.trim().strip_suffix('3').unwrap_or(line.trim()) == path), "{path}:\n{all}");
    }
}

#[test]
fn the_list_has_what_a_request_gets_and_find_prints_its_path() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let minor = python.minor();
    let prefix = installed(&sandbox, python, &format!(".local/share/mise/installs/python/{}", python.full()));
    let shown = shown_at(python, &format!(".local/share/mise/installs/python/{}", python.full()));
    let path = shown.strip_prefix("~/").map_or(PathBuf::from(&shown), |below| sandbox.home().join(below));
    let list = |words: &[&str]| -> serde_json::Value {
        let words = ["python", "list", "--json"].iter().chain(words);
        serde_json::from_slice(&sandbox.run(words).status(0).stderr("").stdout).unwrap()
    };
    let list_of = |request: &str| list(&[request])["interpreters"].as_array().unwrap().clone();
    let found = list_of(&python.full());
    let wanted =
        found.iter().find(|entry| entry["path"] == path.to_str().unwrap()).unwrap_or_else(|| panic!("{found:?}"));
    assert_eq!(
        (&wanted["version"], &wanted["implementation"], &wanted["origin"]),
        (&python.full().into(), &"CPython".into(), &"mise".into())
    );
    assert_eq!((&wanted["environments"], &wanted["debug"]), (&serde_json::json!([]), &false.into()));
    assert!(found.iter().all(|entry| entry["version"] == python.full().as_str()), "{found:?}");
    assert_eq!(list(&[])["schema"], 1);
    // A path and an environment stand for one interpreter.
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", prefix.to_str().unwrap(), "x"]).status(0);
    let environment = sandbox.environment("x");
    let linked = prefix.join(format!("bin/python{minor}"));
    for (request, line) in [(&path, &path), (&environment, &linked)] {
        let (request, line) = (request.to_str().unwrap(), format!("{}\n", line.display()));
        let found = list_of(request);
        assert_eq!(
            (found.len(), &found[0]["environments"]),
            (1, &serde_json::json!([{"name": "x", "path": sandbox.environment("x")}])),
            "{request}: {found:?}"
        );
        assert_eq!(sandbox.run(["python", "find", request]).status(0).stderr("").stdout, line.as_bytes(), "{request}");
    }
    // In front of others on PATH an environment is not one of its own.
    let mut inside = sandbox;
    let mut variable = inside.environment("x").join("bin").into_os_string();
    variable.push(":/usr/bin:/bin");
    inside.set("PATH", variable);
    let table = inside.run(["python", "list", "--all"]).status(0).stdout_text();
    assert!(!table.contains("/envs/x"), "{table}");
    let is_default = |line: &str| line.starts_with("* ") && line.contains(&format!("/bin/python{minor}"));
    assert!(table.lines().any(is_default), "{table}");
}

#[test]
fn what_does_not_work_is_told_with_its_reason_and_hides_nothing() {
    let sandbox = Sandbox::new();
    script(&sandbox.tools().join("python3.97"), "echo no libpython >&2; exit 127");
    script(&sandbox.tools().join("python3.96"), "echo '\x1b[31mhello'");
    fs::create_dir_all(sandbox.home().join(".pyenv/versions/3.95.0/bin")).unwrap();
    symlink("gone", sandbox.home().join(".pyenv/versions/3.95.0/bin/python")).unwrap();
    script(&sandbox.home().join(".pyenv/shims/python3.94"), "exit 1");
    let noise = "it did not answer, but printed `\\u{1b}[31mhello`";
    let told = format!(
        "unusable: [ROOT]/tools/python3.97: it ended with status 127: no libpython\n\
         unusable: [ROOT]/tools/python3.96: {noise}\n\
         unusable: ~/.pyenv/versions/3.95.0/bin/python: it is a link to gone, which does not exist\n"
    );
    let table = sandbox.run(["python", "list"]).status(0).stderr(told).stdout_text();
    assert!(table.lines().count() > 1, "{table}");
    let answer = sandbox.run(["python", "list", "--json"]).status(0).stderr("");
    let list: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(list["unusable"][1]["reason"], noise);
    assert_eq!(list["unusable"][2]["origin"], "pyenv");
    // What cannot be what is asked for is not told.
    let reason = "unusable: [ROOT]/tools/python3.97: it ended with status 127: no libpython\n";
    sandbox.run(["python", "list", "3.97"]).status(1).stdout("").stderr(reason);
    sandbox.run(["python", "list", "3.93"]).status(1).stdout("").stderr_contains("no Python found for `3.93`\nhint: ");
    sandbox.run(["python", "find", "3.93"]).status(1).stdout("").stderr_contains("no Python found for `3.93`\nhint: ");
    sandbox.run(["python", "list", "3.x"]).status(2).stdout("").stderr_contains("\nhint: ");
    sandbox.run(["python"]).status(2).stdout("").stderr_contains("Usage: venvwrap python <COMMAND>");
}

/// How many programs a command starts, itself included.
fn started(sandbox: &Sandbox, words: &[&str]) -> Option<usize> {
    let mut command = strace(sandbox)?;
    command.args(["-e", "trace=execve,execveat", BINARY]).args(words);
    sandbox.run_command(command, b"").status(0);
    let trace = fs::read_to_string(sandbox.root().join("trace")).unwrap();
    Some(trace.lines().filter(|line| line.contains(" = 0")).count())
}

#[test]
fn what_was_asked_once_is_started_by_nothing_again() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete();
    let (full, minor) = (python.full(), python.minor());
    installed(&sandbox, python, &format!(".pyenv/versions/{full}"));
    script(&sandbox.home().join(".pyenv/shims/python3"), "exit 1");
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", &full, "first"]).status(0);
    let Some(count) = started(&sandbox, &["mkvirtualenv", "--without-pip", "-p", &full, "second"]) else { return };
    assert_eq!(count, 1, "{}", fs::read_to_string(sandbox.root().join("trace")).unwrap());
    assert!(started(&sandbox, &["python", "list"]).unwrap() > 1);
    for words in [&["python", "list"][..], &["python", "list", "--json", &minor], &["python", "find", &full]] {
        let count = started(&sandbox, words).unwrap();
        assert_eq!(count, 1, "{words:?}: {}", fs::read_to_string(sandbox.root().join("trace")).unwrap());
    }
    assert_eq!(started(&sandbox, &["complete", "zsh", "--", "mkvirtualenv", "-p", ""]), Some(1));
}

#[test]
fn many_lists_at_once_agree_and_leave_a_whole_cache() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete();
    installed(&sandbox, python, &format!(".pyenv/versions/{}", python.full()));
    let shown = shown_at(python, &format!(".pyenv/versions/{}", python.full()));
    let list = || sandbox.run(["python", "list"]).status(0).stderr("").stdout_text();
    let lists: Vec<String> = thread::scope(|scope| {
        let started: Vec<_> = (0..4).map(|_| scope.spawn(list)).collect();
        started.into_iter().map(|list| list.join().unwrap()).collect()
    });
    assert!(lists.iter().all(|list| *list == lists[0] && list.contains(&shown)), "{lists:?}");
    let records = fs::read_dir(sandbox.root().join("cache/venvwrap/interpreters")).unwrap().flatten();
    for record in records {
        let text = fs::read(record.path()).unwrap();
        assert!(serde_json::from_slice::<serde_json::Value>(&text).is_ok(), "{:?}", record.path());
    }
}

#[test]
fn tab_the_list_and_a_request_agree() {
    let sandbox = Sandbox::new();
    for (python, at) in pythons::all().iter().zip([".pyenv/versions", ".local/share/uv/python", ".rye/py"]) {
        let (before, name) = match at {
            ".pyenv/versions" => ("", python.full()),
            ".rye/py" => ("cpython@", python.full()),
            _ => ("cpython-", format!("{}-linux-x86_64-gnu", python.full())),
        };
        if python.implementation == "cpython" {
            installed(&sandbox, python, &format!("{at}/{before}{name}"));
        }
    }
    let offered = sandbox.run(["complete", "zsh", "--", "mkvirtualenv", "-p", ""]).status(0).stderr("").stdout_text();
    assert!(offered.lines().count() > 1, "{offered}");
    let all = sandbox.run(["python", "list", "--json"]).status(0).stderr("");
    let all: serde_json::Value = serde_json::from_slice(&all.stdout).unwrap();
    let told = |list: &serde_json::Value| -> Vec<String> {
        let entries = list["interpreters"].as_array().unwrap();
        entries.iter().map(|entry| entry["path"].as_str().unwrap().to_owned()).collect()
    };
    for request in offered.lines() {
        let found = sandbox.run(["python", "find", request]).status(0).stderr("");
        let found = String::from_utf8(found.stdout).unwrap().trim_end().to_owned();
        assert!(told(&all).contains(&found), "{request}: {found} of {all}");
        let some = sandbox.run(["python", "list", "--json", request]).status(0).stderr("");
        let some: serde_json::Value = serde_json::from_slice(&some.stdout).unwrap();
        assert!(told(&some).contains(&found), "{request}: {found} of {some}");
    }
    // And none is on the list that cannot be asked for.
    for path in told(&all) {
        sandbox.run(["python", "find", &path]).status(0).stdout(sandbox.masked(format!("{path}\n").as_bytes()));
    }
}

#[test]
fn find_and_the_mark_of_the_list_follow_whoever_is_asked_in_creation() {
    let mut sandbox = Sandbox::new();
    let python = pythons::complete();
    let (full, minor) = (python.full(), python.minor());
    let path = installed(&sandbox, python, &format!(".pyenv/versions/{full}")).join(format!("bin/python{minor}"));
    let path =
        if prefix(python) == Path::new("/usr") { PathBuf::from(format!("/usr/bin/python{minor}")) } else { path };
    script(&sandbox.tools().join("python3"), "exit 1");
    fs::create_dir(sandbox.root().join("project")).unwrap();
    sandbox.write("project/.python-version", format!("{full}\n"));
    let line = format!("{}\n", path.display());
    let said = format!("Using Python {full}, requested by .python-version of [ROOT]/project\n");
    sandbox.run(["python", "find", "-a", "project"]).status(0).stderr(said);
    assert_eq!(sandbox.run(["python", "find", "-a", "project"]).stdout, line.as_bytes());
    for (variable, value) in [("UV_PYTHON", full.clone()), ("VIRTUALENV_PYTHON", format!("3.1,{full}"))] {
        sandbox.set(variable, value);
        let answer = sandbox.run(["python", "find"]).status(0);
        assert_eq!(answer.stdout, line.as_bytes(), "{answer}");
        drop(answer.stderr(format!("Using Python {full}, requested by {variable}\n")));
        let table = sandbox.run(["python", "list"]).status(0).stdout_text();
        assert_eq!(row(&table, &shown_at(python, &format!(".pyenv/versions/{full}")))[0], "*", "{table}");
        // What creation takes is what was said.
        let made = sandbox.run(["mkvirtualenv", "--without-pip", variable]).status(0).stderr_text();
        assert!(made.contains(&format!("with CPython {full} ")), "{made}");
        // Who is asked goes before all of them.
        sandbox.run(["python", "find", "3.93"]).status(1).stdout("").stderr_contains("no Python found for `3.93`\n");
        sandbox.unset(variable);
    }
    sandbox.set("UV_PYTHON", "3.93");
    let answer = sandbox.run(["python", "find"]).status(1).stdout("");
    assert!(answer.stderr_text().contains("`3.93`") && answer.stderr_text().contains("UV_PYTHON"), "{answer}");
    assert!(sandbox.run(["python", "list"]).status(0).stdout_text().lines().all(|line| !line.starts_with('*')));
}

#[test]
fn of_several_pinned_versions_the_first_that_is_there_is_taken() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let (full, minor) = (python.full(), python.minor());
    installed(&sandbox, python, &format!(".pyenv/versions/{full}"));
    for text in [
        format!("3.98\n{full}\n"),
        format!("3.98 {full} 3.97\n"),
        format!("# mine\nnot-installed\n\n{full}\n"),
        format!("{full}\n3.98\n"),
    ] {
        sandbox.write("project/.python-version", &text);
        let said = format!("Using Python {full}, requested by .python-version of [ROOT]/project\n");
        let answer = sandbox.run(["python", "find", "-a", "project"]).status(0).stderr(said);
        assert!(answer.stdout.ends_with(format!("/bin/python{minor}\n").as_bytes()), "{text}: {answer}");
    }
    sandbox.write("project/.python-version", "3.98\n3.97\n");
    let answer = sandbox.run(["python", "find", "-a", "project"]).status(1).stdout("");
    answer.stderr_contains(
        "venvwrap: no Python found for `3.98, 3.97`, which .python-version of [ROOT]/project asks for",
    );
}
