//! Every verb with what it cannot take, in every shell: one line on stderr, a hint, a status;
//! nothing on disk changes, and the active environment stays as it is.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::disk::tree;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::tally;

/// What is typed, its status, what is said without the first `venvwrap: `.
type Case = (Vec<&'static str>, i32, String);

fn case(line: &'static str, status: i32, says: impl Into<String>) -> Case {
    // A bar stands for the end of a word, as words may have blanks in them.
    (line.split('|').collect(), status, says.into())
}

fn names() -> Vec<Case> {
    let hint = "hint: a name is one path component, such as `projectx`";
    let says = |name: &str, reason: &str| format!("`{name}` is not a valid environment name: {reason}\n{hint}");
    vec![
        case("mkvirtualenv", 2, "mkvirtualenv: missing NAME\nhint: see `mkvirtualenv --help`"),
        case("mkvirtualenv|", 1, says("", "it is empty")),
        case("mkvirtualenv|..", 1, says("..", "it means this directory or the one above")),
        case("mkvirtualenv|/abs", 1, says("/abs", "it has a `/` in it")),
        case("mkvirtualenv|a:b", 1, says("a:b", "it contains `:`, which separates the entries of PATH")),
        case("mkvirtualenv|.x", 1, says(".x", "it starts with `.`, so lists would not show it")),
        case("mkvirtualenv|--|-x", 1, says("-x", "it starts with `-` like an option")),
        case("mkvirtualenv|a\x1b[31m\nb", 1, says("a\\u{1b}[31m\\nb", "it contains a control character")),
        case("workon|", 1, says("", "it is empty")),
        case("workon|projectx/", 1, says("projectx/", "it has a `/` in it")),
        case("showvirtualenv|.venvwrap", 1, says(".venvwrap", "venvwrap uses that directory itself")),
    ]
}

fn environments() -> Vec<Case> {
    let touched = "hint: move it away, or choose another name";
    let neither = "is not a virtual environment: it has neither pyvenv.cfg nor bin/activate";
    let not_one = |name: &str| format!("[ROOT]/envs/{name} {neither}\n{touched}");
    let broken = "environment `broken` is broken: its Python is missing, and no other Python 3.0 is installed\n\
                  hint: install Python 3.0 again, or rebuild it with another: `venvwrap upgrade broken`";
    let nowhere = "[ROOT]/envs/dangling is not a virtual environment: it is a broken link";
    vec![
        case(
            "workon|porject",
            1,
            "environment `porject` does not exist in [ROOT]/envs\nhint: did you mean `projectx`?",
        ),
        case("showvirtualenv|kepe", 1, "environment `kepe` does not exist in [ROOT]/envs\nhint: did you mean `keep`?"),
        case(
            "workon|zebra",
            1,
            "environment `zebra` does not exist in [ROOT]/envs\n\
             hint: `lsvirtualenv -b` lists the environments; `mkvirtualenv zebra` creates it",
        ),
        case("workon|plain", 1, not_one("plain")),
        case("mkvirtualenv|plain", 1, not_one("plain")),
        case("mkvirtualenv|--clear|plain", 1, not_one("plain")),
        case("mkvirtualenv|file", 1, not_one("file")),
        case("mkvirtualenv|dangling", 1, format!("{nowhere}\n{touched}")),
        case("workon|broken", 1, broken),
        case("mkvirtualenv|broken", 1, broken),
        case("mkvirtualenv|--clear|keep", 1, "environment `keep` is active in this shell\nhint: `deactivate` first"),
    ]
}

/// `there`: what is said of the pythons that this machine has.
fn pythons(there: &str) -> Vec<Case> {
    let hint = "hint: `-p` takes a version such as `3.12`, a command, or a path";
    vec![
        case(
            "mkvirtualenv|-p|no such|new",
            1,
            format!("no Python found for `no such`\nhint: searched: no such on PATH: not found{there}"),
        ),
        case(
            "mkvirtualenv|-p|./gone|new",
            1,
            format!("no Python found for `./gone`\nhint: searched: [ROOT]/gone: not found{there}"),
        ),
        case(
            "mkvirtualenv|-p|./not a python|new",
            1,
            format!(
                "[ROOT]/not a python is not a working Python: \
                 the program named by its first line or headers does not exist\n{hint}"
            ),
        ),
        case(
            "mkvirtualenv|-p|./a script|new",
            1,
            format!("[ROOT]/a script is not a working Python: it ended with status 7: I am no python\n{hint}"),
        ),
    ]
}

fn options() -> Vec<Case> {
    let see = |says: &str, near: &str, verb: &str| format!("{verb}: {says}\nhint: {near}see `{verb} --help`");
    vec![
        case(
            "mkvirtualenv|--promt|x|new",
            2,
            see("unknown option `--promt`", "did you mean `--prompt`? ", "mkvirtualenv"),
        ),
        case(
            "mkvirtualenv|-a|no such|new",
            1,
            "`[ROOT]/no such` is not a directory\n\
             hint: the project must exist; `mkproject NAME` creates one with an environment",
        ),
        case("mkvirtualenv|-r|no such|new", 1, "cannot read: [ROOT]/no such: No such file or directory (os error 2)"),
        case("workon|--nosuch", 2, see("unknown option `--nosuch`", "did you mean `--no-cd`? ", "workon")),
        case("lsvirtualenv|what", 2, see("unexpected argument `what`", "", "lsvirtualenv")),
        case("cdsitepackages|a|b", 2, see("unexpected argument `b`", "", "cdsitepackages")),
    ]
}

/// A store with one of each kind, and files that are no pythons.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["keep", "projectx"] {
        sandbox.minimal_environment(name);
    }
    let broken = sandbox.minimal_environment("broken");
    fs::remove_file(broken.join("bin/python")).unwrap();
    symlink("python3", broken.join("bin/python")).unwrap();
    // A version that no machine has.
    fs::rename(broken.join("lib/python3.11"), broken.join("lib/python3.0")).unwrap();
    fs::write(broken.join("pyvenv.cfg"), "home = /opt/py/bin\nversion = 3.0.1\n").unwrap();
    symlink("/opt/py/bin/python3.9", broken.join("bin/python3")).unwrap();
    sandbox.write("envs/plain/file", "precious");
    sandbox.write("envs/file", "precious");
    symlink("nowhere", sandbox.environment("dangling")).unwrap();
    let script = "#!/bin/sh\necho 'I am no python' >&2\nexit 7\n";
    for (name, text) in [("not a python", "#!/no/such/interpreter\n"), ("a script", script)] {
        sandbox.program(name, text);
    }
    sandbox
}

#[test]
fn nothing_changes_and_the_active_environment_stays() {
    let sandbox = sandbox();
    let mut story = Story::new().run(["workon", "keep"]).snapshot("before");
    let told = sandbox.run(["mkvirtualenv", "-p", "./gone", "new"]).status(1).stderr_text();
    let there: String = told.lines().skip(2).flat_map(|hint| ["\n", hint]).collect();
    let (mut records, mut stderr) = (vec!["workon keep: 0".to_owned()], String::new());
    for (words, status, says) in [names(), environments(), pythons(&there), options()].concat() {
        story = story.run_failing(&words);
        records.push(format!("{}: {status}", words.join(" ").replace('\n', "\\n")));
        stderr.extend(["venvwrap: ", &says, "\n"]);
    }
    let story = story.snapshot("after").get("VIRTUAL_ENV");
    records.push("export VIRTUAL_ENV=[ROOT]/envs/keep".to_owned());
    let before = tree(&sandbox.workon_home());
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        told.says("", &stderr).same("before", "after").records(&records.join("\n"));
        tally::add("command lines that are refused", records.len() - 2);
    }
    let used = ".venvwrap/ 755\n.venvwrap/used/ 755\n.venvwrap/used/keep 644 \n";
    assert_eq!(tree(&sandbox.workon_home()), used.to_owned() + &before);
}

#[test]
fn with_nothing_active_the_verbs_about_the_active_one_say_so() {
    let sandbox = Sandbox::new();
    let says =
        "venvwrap: no virtualenv active\nhint: `lsvirtualenv -b` lists the environments; `workon NAME` activates one\n";
    for shell in Shell::ALL {
        let story = Story::new().run_failing(["cdvirtualenv"]).run_failing(["cdsitepackages", "x"]).directory();
        let told = story.played(&sandbox, shell.plain());
        told.says("", &says.repeat(2)).records("cdvirtualenv: 1\ncdsitepackages x: 1\nin [ROOT]");
    }
}

/// PEP 668: what a distribution manages is never written to, whatever VIRTUAL_ENV says.
#[test]
fn a_python_that_somebody_else_manages_is_not_taken_for_an_environment() {
    let mut sandbox = Sandbox::new();
    let prefix = sandbox.root().join("usr");
    sandbox.write("usr/lib/python3.11/EXTERNALLY-MANAGED", "[externally-managed]\n");
    sandbox.write("usr/lib/python3.11/site-packages/six.py", "");
    sandbox.write("usr/lib/python3.11/site-packages/six-1.0.dist-info/METADATA", "Name: six\n");
    sandbox.program("usr/bin/pip", "#!/bin/sh\ntouch \"$HOME/canary\"\n");
    symlink("/bin/sh", prefix.join("bin/python")).unwrap();
    sandbox.set("VIRTUAL_ENV", &prefix);
    let before = tree(sandbox.root());
    let says = "venvwrap: the active environment [ROOT]/usr is not a virtual environment\n";
    for words in
        [&["wipeenv"][..], &["add2virtualenv", "."], &["add2virtualenv", "-d", "."], &["toggleglobalsitepackages"]]
    {
        let answer = sandbox.run(words).status(1).stdout("");
        assert!(answer.stderr_text().starts_with(says), "{words:?}: {}", answer.stderr_text());
        assert_eq!(tree(sandbox.root()), before, "{words:?}");
    }
}
