//! Without a home directory (cron, `docker run -u`, systemd): HOME unset, empty or relative,
//! WORKON_HOME set.

use std::fs;
use std::os::unix::ffi::OsStrExt;

use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::tally;

/// The ways in which there is none.
const HOMES: [Option<&str>; 3] = [None, Some(""), Some("relative/home")];

/// A world without a home, and with the directories that a person without one sets.
fn homeless(home: Option<&str>) -> Sandbox {
    let mut sandbox = Sandbox::new();
    match home {
        Some(home) => sandbox.set("HOME", home),
        None => sandbox.unset("HOME"),
    };
    let projects = sandbox.root().join("projects");
    fs::create_dir(&projects).unwrap();
    sandbox.write("projects/api/.virtualenvwrapper/postactivate", "echo hook\n");
    sandbox.set("PROJECT_HOME", projects);
    sandbox
}

/// Each of them has to succeed. PYTHON and ADDED stand for paths.
const DAY: &[&str] = &[
    "mkvirtualenv --without-pip -p PYTHON a",
    "showvirtualenv",
    "cdvirtualenv",
    "cdsitepackages",
    "lssitepackages",
    "add2virtualenv ADDED",
    "toggleglobalsitepackages",
    "setvirtualenvproject a ADDED",
    "cdproject",
    "wipeenv",
    "deactivate",
    "lsvirtualenv",
    "lsvirtualenv -b",
    "lsvirtualenv --all",
    "lsvirtualenv --json",
    "showvirtualenv --json a",
    "workon a",
    "venvwrap which a",
    "venvwrap env a",
    "venvwrap run a true",
    "cpvirtualenv a b",
    "mvvirtualenv b c",
    "deactivate",
    "rmvirtualenv c",
    "venvwrap undo --list",
    "venvwrap undo --list --json",
    "venvwrap undo",
    "rmvirtualenv --now c",
    "mkvirtualenv --clear --without-pip -p PYTHON a",
    "deactivate",
    "mktmpenv --without-pip -p PYTHON",
    "deactivate",
    "mkproject --without-pip -p PYTHON p",
    "deactivate",
    "allvirtualenv true",
    "mkvirtualenv --without-pip -p PYTHON -a API api",
    "workon api",
    "deactivate",
    "venvwrap trust --list API",
    "venvwrap python list",
    "venvwrap python find PYTHON",
    "venvwrap completions bash",
    "virtualenvwrapper",
];

#[test]
fn every_verb_works_with_the_default_settings_where_there_is_no_home() {
    for shell in Shell::ALL {
        for home in HOMES {
            let sandbox = homeless(home);
            let word = |path: &std::path::Path| shell.quoted(path.as_os_str().as_bytes());
            let python = word(&pythons::complete().path);
            let (added, api) = (word(sandbox.root()), word(&sandbox.root().join("projects/api")));
            let mut script = Vec::new();
            for (line, number) in DAY.iter().zip(10..) {
                tally::add("verbs without a home directory", 1);
                for part in line.split_inclusive(' ') {
                    match part.trim_end() {
                        "PYTHON" => script.extend([&python[..], b" "].concat()),
                        "ADDED" => script.extend([&added[..], b" "].concat()),
                        "API" => script.extend([&api[..], b" "].concat()),
                        _ => script.extend_from_slice(part.as_bytes()),
                    }
                }
                script.extend(format!(" >/dev/null || exit {number}\n").bytes());
            }
            let answer = shell.plain().run(&sandbox, script).status(0);
            let said = String::from_utf8_lossy(&answer.stderr).into_owned();
            assert!(!said.contains("HOME:"), "{shell:?}, HOME {home:?}: {said}");
            // Not sourced, and said: nothing can be on record as trusted.
            assert!(said.contains("is not trusted and was not sourced"), "{said}");
        }
    }
}

#[test]
fn packages_come_along_where_there_is_no_place_for_a_cache() {
    let mut sandbox = homeless(None);
    sandbox.unset("XDG_CACHE_HOME");
    let python = &pythons::complete().path;
    sandbox.run(["mkvirtualenv".as_ref(), "-p".as_ref(), python.as_os_str(), "a".as_ref()]).status(0);
    let pip = sandbox.environment("a").join("bin/pip");
    let mut command = sandbox.command(pip);
    command.arg("--version");
    sandbox.run_command(command, b"").status(0);
    sandbox.run(["rmvirtualenv", "a"]).status(0);
    sandbox.run(["undo"]).status(0);
}

#[test]
fn what_needs_a_home_says_so_and_what_to_set() {
    let mut sandbox = homeless(None);
    let project = sandbox.root().join("projects/api");
    let answer = sandbox.run(["trust".as_ref(), project.as_os_str()]);
    answer.status(1).stdout("").stderr(
        "venvwrap: HOME is not set to an absolute path\nhint: set HOME, or set XDG_STATE_HOME to an absolute path\n",
    );
    sandbox.set("XDG_STATE_HOME", sandbox.root().join("state"));
    sandbox.run(["trust".as_ref(), project.as_os_str()]).status(0);
    for value in [None, Some("relative"), Some("~/envs")] {
        match value {
            Some(value) => sandbox.set("WORKON_HOME", value),
            None => sandbox.unset("WORKON_HOME"),
        };
        sandbox.run(["lsvirtualenv", "-b"]).status(1).stdout("").stderr(
            "venvwrap: HOME is not set to an absolute path\nhint: set HOME, or set WORKON_HOME to an absolute path\n",
        );
    }
}
