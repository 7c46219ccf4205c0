//! A WORKON_HOME made by the real virtualenvwrapper, used in place, and usable by it again.
//!
//! virtualenvwrapper from PyPI (target/peers) makes environments with virtualenv, hooks of all
//! kinds, and a project. Then every shell runs each of our commands on them, and virtualenvwrapper
//! runs on the result.

use std::fs;
use std::path::Path;

use crate::support::disk::{names, tree};
use crate::support::programs::write_program;
use crate::support::pythons;
use crate::support::sandbox::{Answer, Sandbox, tool};
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_thing;

/// Every hook of virtualenvwrapper that is run, not sourced.
const GLOBAL_RUN: [&str; 7] = [
    "premkvirtualenv",
    "precpvirtualenv",
    "prermvirtualenv",
    "postrmvirtualenv",
    "preactivate",
    "get_env_details",
    "premkproject",
];
const GLOBAL_SOURCED: [&str; 7] = [
    "initialize",
    "postmkvirtualenv",
    "postcpvirtualenv",
    "postactivate",
    "predeactivate",
    "postdeactivate",
    "postmkproject",
];
const LOCAL_RUN: [&str; 2] = ["preactivate", "get_env_details"];
const LOCAL_SOURCED: [&str; 3] = ["postactivate", "predeactivate", "postdeactivate"];
const PROJECT: [&str; 2] = ["postactivate", "predeactivate"];

/// The user's work with virtualenvwrapper before.
const MAKE: &str = r#"
mkvirtualenv one && pip install --quiet --no-index ./tiny_thing-1.0-py2.py3-none-any.whl
add2virtualenv "$PWD/lib one" "$PWD/lib&two"
setvirtualenvproject one "$PWD/else where"
mkvirtualenv "two words"
mkproject proj
deactivate
"#;

/// The user's work with it afterwards. Each line prints a status.
const AGAIN: &str = r#"
here=$PWD
lsvirtualenv -b
workon ours; echo "workon $? $VIRTUAL_ENV $PWD"
python -c 'import sys; print(sys.prefix)'
pip --version | sed 's|/lib/.*||; s|.*from ||'
deactivate; echo "deactivate $? ${VIRTUAL_ENV-none}"
cpvirtualenv ours copy; echo "cpvirtualenv $? $VIRTUAL_ENV"
python -c 'import sys; print(sys.prefix)'
pip --version | sed 's|/lib/.*||; s|.*from ||'
deactivate
rmvirtualenv ours copy; echo "rmvirtualenv $?"
workon one; echo "workon $? $PWD"
python -c 'import second, third; print("second and third")'
add2virtualenv "$here/lib one"; python -c 'import first; print("first")'
add2virtualenv -d "$here/lib three"; python -c 'import third' 2>/dev/null || echo 'no third'
cdproject; echo "cdproject $?"
deactivate
mkvirtualenv --quiet three >/dev/null; echo "mkvirtualenv $? $VIRTUAL_ENV"
deactivate
lsvirtualenv -b
"#;

/// Loads the real virtualenvwrapper in bash, then runs this script.
#[track_caller]
fn really<'a>(sandbox: &'a Sandbox, script: &str) -> Answer<'a> {
    let theirs = pythons::peer("virtualenvwrapper.sh");
    let peers = theirs.parent().unwrap();
    let script = format!(". '{}' || exit\n{script}", theirs.display());
    let script = sandbox.write("really.sh", script);
    let mut command = sandbox.command(tool("bash"));
    command.args(["--norc", "--noprofile"]).arg(script);
    command.env("PATH", format!("{}:/usr/bin:/bin", peers.display()));
    command.env("VIRTUALENVWRAPPER_PYTHON", peers.join("python"));
    command.env("VIRTUALENV_PYTHON", &pythons::complete().path).env("VIRTUALENV_NO_PERIODIC_UPDATE", "1");
    command.env("HOOK_VERBOSE_OPTION", "-q");
    sandbox.run_command(command, b"")
}

/// Adds a line to a hook that bash, zsh, and fish can read.
fn hook(sandbox: &Sandbox, file: &Path, words: &str, is_run: bool) {
    let old = fs::read_to_string(file).unwrap_or_else(|_| "#!/bin/sh\n".to_owned());
    let arguments = if is_run { " \"$@\"" } else { "" };
    let log = sandbox.root().join("log");
    let text = format!("{old}echo {words}{arguments} >> '{}'\n", log.display());
    if is_run {
        write_program(file, text);
    } else {
        fs::write(file, text).unwrap();
    }
}

/// The WORKON_HOME as virtualenvwrapper leaves it.
fn made_by_the_real_one() -> Sandbox {
    // A plain path: virtualenvwrapper and pip's scripts fail in others.
    let mut sandbox = Sandbox::plain();
    sandbox.set("PROJECT_HOME", sandbox.root().join("projects"));
    sandbox.set("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    tiny_thing(sandbox.root(), "1.0");
    for file in ["lib one/first.py", "lib&two/second.py", "lib three/third.py", "else where/x", "projects/x", "new/x"] {
        sandbox.write(file, "");
    }
    let answer = really(&sandbox, MAKE).status(0);
    assert_eq!(names(&sandbox.workon_home()).len(), 3 + 12, "{answer}");
    let (home, one) = (sandbox.workon_home(), sandbox.environment("one").join("bin"));
    let project = sandbox.root().join("projects/proj/.virtualenvwrapper");
    fs::create_dir(&project).unwrap();
    let run = [(&home, "global", &GLOBAL_RUN[..], true), (&one, "local", &LOCAL_RUN, true)];
    let sourced = [
        (&home, "global", &GLOBAL_SOURCED[..], false),
        (&one, "local", &LOCAL_SOURCED, false),
        (&project, "project", &PROJECT, false),
    ];
    for (directory, place, hooks, is_run) in run.into_iter().chain(sourced) {
        for name in hooks {
            hook(&sandbox, &directory.join(name), &format!("{place} {name}"), is_run);
        }
    }
    sandbox
}

/// The lines that hooks logged since the last call, with the sandbox as `[ROOT]`.
fn log(sandbox: &Sandbox) -> Vec<String> {
    let text = fs::read(sandbox.root().join("log")).unwrap_or_default();
    let _ = fs::remove_file(sandbox.root().join("log"));
    String::from_utf8(sandbox.masked(&text)).unwrap().lines().map(str::to_owned).collect()
}

/// The log of activating and deactivating `one`.
const ENTER_ONE: [&str; 4] =
    ["global preactivate one", "local preactivate one", "global postactivate", "local postactivate"];
const LEAVE_ONE: [&str; 4] =
    ["local predeactivate", "global predeactivate", "local postdeactivate", "global postdeactivate"];

/// Listing, activating, and deactivating: everything is found, nothing is written.
fn is_seen(sandbox: &Sandbox, shell: Shell) {
    // The time of the last use is beside the environments.
    let environments = || {
        let tree = tree(&sandbox.workon_home());
        tree.split_inclusive('\n').filter(|line| !line.starts_with(".venvwrap/")).collect::<String>()
    };
    let before = environments();
    let story = Story::new().run(["lsvirtualenv", "-b"]).run(["showvirtualenv", "one"]).run(["workon", "one"]);
    let story = story.get("VIRTUAL_ENV").directory().run(["add2virtualenv"]).run(["lssitepackages", "-1"]);
    let story = story.run(["cdvirtualenv", "bin"]).directory().run(["cdsitepackages"]).run(["cdproject"]).directory();
    let told = story.run(["deactivate"]).get("VIRTUAL_ENV").run(["virtualenvwrapper"]).played(sandbox, shell.plain());
    let said = told.stdout_text();
    assert!(said.starts_with("one\nproj\ntwo words\n"), "{told}");
    let parts = [
        "project:   ~/../else where\n",
        "path:      ~/../envs/one\n",
        "\nExisting paths:\n[ROOT]/lib&two\n[ROOT]/lib one\n",
        "\ntiny_thing.py\n",
        "\n_virtualenv_path_extensions.pth:\nimport sys; ",
        "WORKON_HOME: [ROOT]/envs\nPROJECT_HOME: [ROOT]/projects\n",
    ];
    for part in parts {
        let part = part.replace("~/..", "[ROOT]");
        assert!(said.contains(&part), "{part}: {told}");
    }
    told.records(
        "lsvirtualenv -b: 0
         showvirtualenv one: 0
         workon one: 0
         export VIRTUAL_ENV=[ROOT]/envs/one
         in [ROOT]/else where
         add2virtualenv: 1
         lssitepackages -1: 0
         cdvirtualenv bin: 0
         in [ROOT]/envs/one/bin
         cdsitepackages: 0
         cdproject: 0
         in [ROOT]/else where
         deactivate: 0
         unset VIRTUAL_ENV
         virtualenvwrapper: 0",
    );
    let details = ["global initialize", "global get_env_details one", "local get_env_details one"];
    assert_eq!(log(sandbox), [&details[..], &ENTER_ONE, &LEAVE_ONE].concat(), "{shell:?}");
    assert!(environments() == before, "{shell:?}: something was written");
}

/// Changes: paths, system packages, packages, projects.
fn is_changed(sandbox: &Sandbox, shell: Shell) {
    let import = |name: &str| ["python".to_owned(), "-c".to_owned(), format!("import {name}")];
    let at = |below: &str| sandbox.root().join(below).to_str().unwrap().to_owned();
    let story = Story::new().run(["workon", "one"]).run(import("first, second, tiny_thing"));
    let story = story.run(["add2virtualenv".to_owned(), at("lib three")]).run(import("third"));
    let story = story.run(["add2virtualenv".to_owned(), "-d".to_owned(), at("lib one")]).run_failing(import("first"));
    let story = story.run(["toggleglobalsitepackages"]).run(["toggleglobalsitepackages"]).run(["wipeenv"]);
    let story =
        story.run_failing(import("tiny_thing")).run(["setvirtualenvproject".to_owned(), "one".to_owned(), at("new")]);
    let story = story.run(["cdproject"]).directory().run(["workon", "proj"]).directory().run(["deactivate"]);
    let told = story.run(["allvirtualenv", "pwd"]).directory().played(sandbox, shell.plain());
    let said = told.stdout_text();
    assert!(said.contains("Enabled global site-packages\nDisabled global site-packages\n"), "{told}");
    let listed = "two words\n=========\n[ROOT]/envs/two words\n\n";
    assert!(said.contains("one\n===\n[ROOT]/envs/one\n\nproj\n") && said.ends_with(listed), "{told}");
    told.records(
        "workon one: 0
         python -c import first, second, tiny_thing: 0
         add2virtualenv [ROOT]/lib three: 0
         python -c import third: 0
         add2virtualenv -d [ROOT]/lib one: 0
         python -c import first: 1
         toggleglobalsitepackages: 0
         toggleglobalsitepackages: 0
         wipeenv: 0
         python -c import tiny_thing: 1
         setvirtualenvproject one [ROOT]/new: 0
         cdproject: 0
         in [ROOT]/new
         workon proj: 0
         in [ROOT]/projects/proj
         deactivate: 0
         allvirtualenv pwd: 0
         in [ROOT]/projects/proj",
    );
    let proj = [
        "global preactivate proj",
        "project postactivate",
        "global postactivate",
        "project predeactivate",
        "global predeactivate",
        "global postdeactivate",
    ];
    assert_eq!(log(sandbox), [&["global initialize"][..], &ENTER_ONE, &LEAVE_ONE, &proj].concat(), "{shell:?}");
}

/// Creating and removing other environments.
fn is_extended(sandbox: &Sandbox, shell: Shell) {
    let python = pythons::complete().path.to_str().unwrap();
    let story = Story::new().run(["mkvirtualenv", "-p", python, "-a", "else where", "ours"]).directory();
    let story = story.get("VIRTUAL_ENV").run(["mktmpenv", "-n", "-p", python]).run(["deactivate"]);
    let story = story.run(["mkproject", "-p", python, "newproj"]).directory().run_failing(["rmvirtualenv", "newproj"]);
    let story = story.run(["deactivate"]).run(["rmvirtualenv", "two words", "newproj"]).run(["lsvirtualenv", "-b"]);
    let told = story.played(sandbox, shell.plain());
    let said = told.stdout_text();
    let removed = "Removing two words...\nRemoving newproj...\none\nours\nproj\n";
    assert!(said.contains("Setting project for ours to [ROOT]/else where\n") && said.ends_with(removed), "{told}");
    told.records(&format!(
        "mkvirtualenv -p {python} -a else where ours: 0
         in [ROOT]/else where
         export VIRTUAL_ENV=[ROOT]/envs/ours
         mktmpenv -n -p {python}: 0
         deactivate: 0
         mkproject -p {python} newproj: 0
         in [ROOT]/projects/newproj
         rmvirtualenv newproj: 1
         deactivate: 0
         rmvirtualenv two words newproj: 0
         lsvirtualenv -b: 0",
    ));
    let enter = |name: &str| {
        let name = name.to_owned();
        vec!["global premkvirtualenv ".to_owned() + &name, "global preactivate ".to_owned() + &name]
    };
    let log = log(sandbox);
    let temporary = log.iter().find_map(|line| line.strip_prefix("global premkvirtualenv tmp-")).unwrap();
    let temporary = format!("tmp-{temporary}");
    let after = |names: &[&str]| names.iter().map(|name| format!("global {name}")).collect::<Vec<_>>();
    let entered = after(&["postactivate", "postmkvirtualenv"]);
    let expected = [
        after(&["initialize"]),
        enter("ours"),
        entered.clone(),
        vec![format!("global premkvirtualenv {temporary}")],
        after(&["predeactivate", "postdeactivate"]),
        vec![format!("global preactivate {temporary}")],
        entered.clone(),
        after(&["predeactivate"]),
        vec![format!("global prermvirtualenv {temporary}"), format!("global postrmvirtualenv {temporary}")],
        after(&["postdeactivate"]),
        enter("newproj"),
        entered,
        after(&["premkproject newproj", "postmkproject", "predeactivate", "postdeactivate"]),
        after(&["prermvirtualenv two words", "postrmvirtualenv two words"]),
        after(&["prermvirtualenv newproj", "postrmvirtualenv newproj"]),
    ];
    assert_eq!(log, expected.concat(), "{shell:?}");
}

/// Copying and renaming an environment made by virtualenv.
fn is_copied_and_renamed(sandbox: &Sandbox, shell: Shell) {
    let story = Story::new().run(["cpvirtualenv", "one", "a copy"]).directory().run(["pip", "--version"]);
    let story = story.run(["deactivate"]).run(["mvvirtualenv", "a copy", "moved"]).run(["workon", "moved"]);
    let story = story.run(["python", "-c", "import second, third"]).run(["pip", "--version"]).run(["deactivate"]);
    let told = story.run(["rmvirtualenv", "moved"]).played(sandbox, shell.plain());
    let said = told.stdout_text();
    let pips = ["a copy", "moved"].map(|name| said.contains(&format!(" from [ROOT]/envs/{name}/lib/python")));
    assert_eq!(pips, [true, true], "{told}");
    told.records(
        "cpvirtualenv one a copy: 0
         in [ROOT]/new
         pip --version: 0
         deactivate: 0
         mvvirtualenv a copy moved: 0
         workon moved: 0
         python -c import second, third: 0
         pip --version: 0
         deactivate: 0
         rmvirtualenv moved: 0",
    );
    let enter = |name: &str| {
        let run = ["global", "local"].map(|place| format!("{place} preactivate {name}"));
        run.into_iter().chain(["global postactivate", "local postactivate"].map(str::to_owned)).collect::<Vec<_>>()
    };
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let expected = [
        lines(&["global initialize", "global precpvirtualenv [ROOT]/envs/one a copy", "global premkvirtualenv a copy"]),
        enter("a copy"),
        lines(&["global postmkvirtualenv", "global postcpvirtualenv"]),
        lines(&LEAVE_ONE),
        enter("moved"),
        lines(&LEAVE_ONE),
        lines(&["global prermvirtualenv moved", "global postrmvirtualenv moved"]),
    ];
    assert_eq!(log(sandbox), expected.concat(), "{shell:?}");
}

/// Runs virtualenvwrapper on the result.
fn is_given_back(sandbox: &Sandbox) {
    really(sandbox, AGAIN).status(0).stderr("").stdout(
        "one
ours
proj
workon 0 [ROOT]/envs/ours [ROOT]/else where
[ROOT]/envs/ours
[ROOT]/envs/ours
deactivate 0 none
Copying ours as copy...
cpvirtualenv 0 [ROOT]/envs/copy
[ROOT]/envs/copy
[ROOT]/envs/copy
Removing ours...
Removing copy...
rmvirtualenv 0
workon 0 [ROOT]/new
second and third
first
no third
cdproject 0
mkvirtualenv 0 [ROOT]/envs/three
one
proj
three
",
    );
    let expected = [
        &["initialize", "preactivate ours", "postactivate", "predeactivate", "postdeactivate"][..],
        &["precpvirtualenv [ROOT]/envs/ours copy", "premkvirtualenv copy", "preactivate copy", "postactivate"],
        &["postmkvirtualenv", "postcpvirtualenv", "predeactivate", "postdeactivate"],
        &["prermvirtualenv ours", "postrmvirtualenv ours", "prermvirtualenv copy", "postrmvirtualenv copy"],
        &["preactivate one", "postactivate", "predeactivate", "postdeactivate"],
        &["premkvirtualenv three", "preactivate three", "postactivate", "postmkvirtualenv"],
        &["predeactivate", "postdeactivate"],
    ];
    let log = log(sandbox);
    let global: Vec<&str> = log.iter().filter_map(|line| line.strip_prefix("global ")).collect();
    assert_eq!(global, expected.concat());
    let local = log.iter().filter(|line| line.starts_with("local ")).count();
    assert_eq!(local, 4, "{log:?}");
}

#[test]
fn a_home_of_virtualenvwrapper_is_taken_over_and_given_back() {
    let sandbox = made_by_the_real_one();
    let copy = |from: &str, to: &str| {
        let mut command = sandbox.command("cp");
        command.args(["-a", from, to]);
        sandbox.run_command(command, b"").silent();
    };
    copy("envs", "kept");
    sandbox.run(["trust".into(), sandbox.root().join("projects/proj")]).status(0);
    for shell in Shell::ALL {
        is_seen(&sandbox, shell);
        is_changed(&sandbox, shell);
        is_extended(&sandbox, shell);
        is_copied_and_renamed(&sandbox, shell);
        if shell != Shell::Fish {
            for made in ["envs", "projects/newproj"] {
                fs::remove_dir_all(sandbox.root().join(made)).unwrap();
            }
            copy("kept", "envs");
        }
    }
    // The files are the same after each shell, and this step takes longer than all others.
    is_given_back(&sandbox);
}
