//! `lsvirtualenv`: what there is, for people and for programs.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::support::disk::{names, tree};
use crate::support::pty::Terminal;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn only_environments_are_listed_and_in_order() {
    let sandbox = Sandbox::new();
    for name in ["b", "a b", "-d", "$x", "ü", ".hidden"] {
        sandbox.minimal_environment(name);
    }
    let envs = sandbox.workon_home();
    fs::create_dir(envs.join("plain")).unwrap();
    fs::write(envs.join("premkvirtualenv"), "").unwrap();
    symlink("b", envs.join("link")).unwrap();
    symlink("gone", envs.join("dangling")).unwrap();
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stdout("$x\n-d\na b\nb\nlink\nü\n").stderr("");
    sandbox.run(["workon"]).status(1).stdout("$x\n-d\na b\nb\nlink\nü\n").stderr("");
}

#[test]
fn an_empty_or_missing_store_is_no_error_but_brief_says_so_by_its_status() {
    let sandbox = Sandbox::new();
    let told = "No environments yet. Create one with `venvwrap mkvirtualenv NAME`.\n";
    for words in [&["lsvirtualenv", "-b"][..], &["workon"]] {
        sandbox.run(words).status(1).stdout("").stderr(told);
    }
    for words in [&["lsvirtualenv"][..], &["lsvirtualenv", "-l"], &["lsvirtualenv", "--all"]] {
        sandbox.run(words).status(0).stdout("").stderr(told);
    }
    sandbox.run(["lsvirtualenv", "--json"]).status(0).stderr("").stdout_contains("\"environments\": []");
    fs::remove_dir(sandbox.workon_home()).unwrap();
    sandbox
        .run(["lsvirtualenv"])
        .status(0)
        .stdout("")
        .stderr(format!("NOTE: Virtual environments directory [ROOT]/envs does not exist. Creating...\n{told}"));
    assert!(sandbox.workon_home().is_dir());
}

/// Nothing runs: the interpreters here cannot.
#[test]
fn details_of_every_kind_of_environment_are_read_without_running_it() {
    let sandbox = Sandbox::new();
    let old = sandbox.minimal_environment("old");
    fs::remove_file(old.join("pyvenv.cfg")).unwrap();
    // As virtualenv made it before PEP 405.
    fs::write(old.join("lib/python3.11/orig-prefix.txt"), "/usr").unwrap();
    fs::write(old.join("lib/python3.11/no-global-site-packages.txt"), "").unwrap();
    let broken = sandbox.minimal_environment("broken");
    fs::remove_file(broken.join("bin/python")).unwrap();
    symlink("/nowhere/python3.11", broken.join("bin/python")).unwrap();
    let full = sandbox.minimal_environment("full");
    fs::write(
        full.join("pyvenv.cfg"),
        "home = /x\nbase-executable = /opt/py/bin/python3\nversion_info = 3.12.4.final.0\n\
         include-system-site-packages = true\nuv = 0.9\n",
    )
    .unwrap();
    fs::write(full.join(".project"), sandbox.home().join("src/full").as_os_str().as_bytes()).unwrap();
    let before = tree(sandbox.root());
    sandbox
        .run(["lsvirtualenv"])
        .status(0)
        .stdout(
            "broken
======
python:    3.11.2
broken:    environment `broken` is broken: its Python, /nowhere/python3.11, does not exist
made from: /usr/bin/python3.11
path:      [ROOT]/envs/broken


full
====
python:    3.12.4
made from: /opt/py/bin/python3
path:      [ROOT]/envs/full
project:   ~/src/full
packages:  its own and those of its base


old
===
python: 3.11
path:   [ROOT]/envs/old


",
        )
        .stderr("");
    sandbox.run(["lsvirtualenv", "-b", "-l"]).status(0).stdout_contains("python: 3.11\n");
    assert_eq!(tree(sandbox.root()), before, "looking changed something");
}

#[test]
fn json_is_for_programs() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("it's \"x\"");
    fs::write(root.join(".project"), "/src/x\n").unwrap();
    let answer = sandbox.run(["lsvirtualenv", "--json"]).status(0).stderr("");
    let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let expected = serde_json::json!({
        "schema": 1,
        "workon_home": path(&sandbox.workon_home()),
        "environments": [{
            "name": "it's \"x\"",
            "origin": "store",
            "path": path(&root),
            "python": "3.11.2",
            "base": "/usr/bin/python3.11",
            "broken": false,
            "system_site_packages": false,
            "project": "/src/x",
            "packages": 0,
            "last_used": null,
            "note": null,
            "uv": false,
            "locked": false,
            "size": null,
            "apparent_size": null,
        }],
    });
    let mut told = told;
    let created = told["environments"][0].as_object_mut().unwrap().remove("created");
    assert!(created.unwrap().as_u64().is_some());
    assert_eq!(told, expected);
    fs::remove_file(root.join("bin/python")).unwrap();
    let answer = sandbox.run(["lsvirtualenv", "--json"]).status(0).stderr("");
    let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(told["environments"][0]["broken"], true);
}

#[test]
fn a_terminal_is_not_obeying_names_and_programs_get_them_raw() {
    let sandbox = Sandbox::new();
    let odd = OsStr::from_bytes(b"\x1b[31mred\xff\n\xe2\x80\xaex");
    sandbox.minimal_environment(odd);
    let raw = [odd.as_bytes(), b"\n"].concat();
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stdout(&raw).stderr("");
    let shown = "\\u{1b}[31mred\\xff\\n\\u{202e}x";
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        assert_eq!(terminal.run("lsvirtualenv -b"), format!("$ lsvirtualenv -b\n{shown}\n$"));
        assert!(terminal.run("lsvirtualenv -l").contains(&format!("\n{shown}\n{}\n", "=".repeat(shown.len()))));
    }
}

#[test]
fn a_full_output_is_a_failure_and_a_closed_pipe_is_none() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let through = |code: &str| {
        let mut command = sandbox.command("/bin/sh");
        command.args(["-c", code, "sh", crate::support::sandbox::BINARY]);
        sandbox.run_command(command, b"")
    };
    if cfg!(target_os = "linux") {
        through("\"$1\" lsvirtualenv >/dev/full")
            .status(1)
            .stdout("")
            .stderr("venvwrap: cannot write to standard output: No space left on device (os error 28)\nhint: send the output to another file or program\n");
    }
    through("{ \"$1\" lsvirtualenv -l 2>&1; echo $? >&2; } | :").stderr("0\n");
    through("\"$1\" lsvirtualenv -b >&- 2>&-").silent();
}

/// Scripts of virtualenvwrapper's users rely on the status, and look for the words.
#[test]
fn the_usage_in_brief_and_a_wrong_letter_have_status_1() {
    let sandbox = Sandbox::with_x_and_y();
    let usage = sandbox.run(["lsvirtualenv", "-h"]).status(1).stderr("").stdout_text();
    assert_eq!(usage.lines().count(), 5, "{usage}");
    assert!(usage.starts_with("usage: lsvirtualenv ") && usage.contains("\n  -b "), "{usage}");
    for shell in Shell::ALL {
        let story = Story::new().run_failing(["lsvirtualenv", "-h"]).run_failing(["lsvirtualenv", "-bx"]);
        let told = story.played(&sandbox, shell.plain());
        told.says(&usage.repeat(2), "Invalid option: -x\n").records("lsvirtualenv -h: 1\nlsvirtualenv -bx: 1");
    }
    sandbox.run(["lsvirtualenv", "-bh"]).status(1).stdout(&usage).stderr("");
    sandbox.run(["lsvirtualenv", "-bl"]).status(0).stdout_contains("x\n=\n").stderr("");
    sandbox.run(["lsvirtualenv", "--help"]).status(0).stdout_contains("Examples:").stderr("");
    sandbox.run(["lsvirtualenv", "--nosuch"]).status(2).stdout("").stderr_contains("unknown option `--nosuch`");
}

/// In a pipe nothing is shortened.
#[test]
fn the_table_is_as_wide_as_the_terminal_and_aligned_as_characters_are_drawn() {
    let sandbox = Sandbox::new();
    for name in ["日本", "e\u{301}", "x"] {
        sandbox.minimal_environment(name);
    }
    let piped = sandbox.run(["lsvirtualenv", "--all"]).status(0).stderr("").stdout_text();
    let rows = ["name  origin", "e\u{301}     store ", "x     store ", "日本  store "];
    assert!(piped.lines().zip(rows).all(|(line, start)| line.starts_with(start)), "{piped}");
    assert!(piped.lines().count() == 4 && !piped.contains('…'), "{piped}");
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        let screen = terminal.run("stty cols 44; lsvirtualenv --all");
        let lines: Vec<&str> = screen.lines().filter(|line| line.contains("store")).collect();
        assert_eq!(lines.len(), 3, "{screen}");
        let x = lines.iter().find(|line| line.starts_with('x')).unwrap();
        assert!(x.contains("  …") && x.ends_with("/x") && x.chars().count() == 44, "{screen}");
    }
}

#[test]
fn on_a_terminal_the_list_is_a_table_with_marks_packages_and_the_last_use() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.minimal_environment("new");
    fs::remove_file(sandbox.environment("y").join("bin/python")).unwrap();
    for name in ["six-1.16.0.dist-info", "Six-1.17.dist-info", "~ip-1.dist-info", "old.egg-link"] {
        sandbox.write(format!("envs/x/lib/python3.11/site-packages/{name}"), "");
    }
    sandbox.write("envs/x/.project", "/src/a/very/long/way/to/the/project\n");
    let long = sandbox.run(["lsvirtualenv"]).status(0).stderr("").stdout_text();
    assert!(long.starts_with("new\n===\npython:    3.11.2\n") && !long.contains("last used"), "{long}");
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        terminal.run("workon x");
        let screen = terminal.run("stty cols 60; lsvirtualenv");
        let rows: Vec<Vec<&str>> = screen.lines().map(|line| line.split_whitespace().collect()).collect();
        let has = |row: &[&str]| rows.iter().any(|found| found == row);
        assert!(has(&["name", "python", "packages", "last", "used", "project"]), "{screen}");
        assert!(has(&["new", "3.11.2", "0", "-"]) && has(&["!", "y", "3.11.2", "0", "-"]), "{screen}");
        assert!(screen.lines().any(|line| line.starts_with("*  x ") && line.contains("  2  today  ")), "{screen}");
        assert!(screen.lines().all(|line| line.chars().count() <= 60), "{screen}");
        assert!(screen.contains('…') && screen.contains("/project"), "{screen}");
    }
}

#[test]
fn the_list_can_be_sorted_and_cut_down() {
    let sandbox = Sandbox::with_x_and_y();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    sandbox.run(["run", "y", "true"]).status(0);
    fs::File::options()
        .write(true)
        .open(sandbox.root().join("envs/.venvwrap/used/y"))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    sandbox.run(["run", "x", "true"]).status(0);
    sandbox.write("envs/y/lib/python3.11/site-packages/six-1.16.0.dist-info", "");
    let names = |words: &[&str]| -> Vec<String> {
        let words = [&["lsvirtualenv", "--json"], words].concat();
        let list: serde_json::Value =
            serde_json::from_slice(&sandbox.run(&words[..]).status(0).stderr("").stdout).unwrap();
        list["environments"].as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&["--sort", "name"]), ["x", "y"]);
    assert_eq!(names(&["--sort", "used"]), ["y", "x"]);
    assert_eq!(names(&["--sort", "packages"]), ["y", "x"]);
    // Both were made a moment ago.
    assert!(names(&["--unused", "1d"]).is_empty() && names(&["--broken"]).is_empty());
    assert_eq!(names(&["--unused", "0"]), ["x", "y"]);
    fs::remove_file(sandbox.environment("y").join("bin/python")).unwrap();
    assert_eq!(names(&["--broken"]), ["y"]);
    sandbox.run(["lsvirtualenv", "--broken"]).status(0).stdout_contains("y\n=\n").stderr("");
    sandbox.run(["lsvirtualenv", "--unused", "soon"]).status(2).stdout("").stderr_contains("not an age, such as `90d`");
}

#[test]
fn sizes_are_measured_once_until_packages_change() {
    let sandbox = Sandbox::with_x_and_y().with_own_cache();
    let size = |name: &str| {
        let list = sandbox.run(["lsvirtualenv", "--size", "--json"]).status(0).stderr("");
        let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
        let found = list["environments"].as_array().unwrap().iter().find(|each| each["name"] == name).unwrap().clone();
        (found["size"].as_u64().unwrap(), found["apparent_size"].as_u64().unwrap())
    };
    let before = size("x");
    let sizes = sandbox.root().join("cache/venvwrap/sizes");
    assert_eq!(names(&sizes).len(), 2);
    // Deep in a package: noticed after a day.
    sandbox.write("envs/x/lib/python3.11/site-packages/six/deep/er/big", vec![1; 1 << 20]);
    let with_package = size("x");
    assert!(with_package.0 >= before.0 + (1 << 20) && with_package.1 >= before.1 + (1 << 20), "{with_package:?}");
    sandbox.write("envs/x/lib/python3.11/site-packages/six/deep/er/bigger", vec![1; 1 << 20]);
    assert_eq!(size("x"), with_package);
    for name in names(&sizes) {
        let yesterday = std::time::SystemTime::now() - std::time::Duration::from_hours(25);
        fs::File::options().write(true).open(sizes.join(name)).unwrap().set_modified(yesterday).unwrap();
    }
    let next_day = size("x");
    assert!(next_day.0 >= with_package.0 + (1 << 20));
    // What is no size is ignored.
    for name in names(&sizes) {
        fs::write(sizes.join(name), "{}").unwrap();
    }
    assert_eq!(size("x"), next_day);
    sandbox.run(["prune", "--cache"]).status(0);
    assert!(names(&sizes).is_empty());
}

#[test]
fn the_table_can_be_sorted_by_size_and_a_broken_cache_is_no_matter() {
    let mut sandbox = Sandbox::with_x_and_y();
    sandbox.write("envs/y/big", vec![1; 1 << 20]);
    fs::hard_link(sandbox.environment("y").join("big"), sandbox.environment("x").join("big")).unwrap();
    sandbox.write("envs/x/own", vec![1; 1 << 19]);
    sandbox.set("XDG_CACHE_HOME", "/dev/null");
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        let screen = terminal.run("stty cols 100; lsvirtualenv --sort size");
        let rows: Vec<Vec<&str>> = screen.lines().map(|line| line.split_whitespace().collect()).collect();
        let rows: Vec<&Vec<&str>> =
            rows.iter().filter(|row| row.first().is_some_and(|name| ["x", "y"].contains(name))).collect();
        // The file with two links is in both, and deleting one of them does not free it.
        assert!(rows[0].starts_with(&["x", "3.11.2"]) && rows[1].starts_with(&["y", "3.11.2"]), "{screen}");
        assert!(rows[0].contains(&"MiB") && rows[1].contains(&"MiB") && rows[1].contains(&"KiB"), "{screen}");
    }
    let text = sandbox.run(["lsvirtualenv", "--size"]).status(0).stdout_text();
    assert_eq!(text.lines().filter(|line| line.starts_with("size: ")).count(), 2, "{text}");
    sandbox.run(["lsvirtualenv", "-b", "--size"]).status(2).stdout("");
}
