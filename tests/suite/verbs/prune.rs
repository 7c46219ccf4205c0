//! `venvwrap prune`: what is proposed and why, what is never proposed, and what it deletes.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::robustness::strace;
use crate::support::disk::{names, tree};
use crate::support::pty::Terminal;
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::small_disk::SmallDisk;

/// Two equal environments with a package, one whose Python is missing, one whose project was
/// deleted, and one that nothing is wrong with.
fn world() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["fine", "lost", "one", "two"] {
        sandbox.minimal_environment(name);
    }
    for name in ["one", "two"] {
        let metadata = format!("envs/{name}/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA");
        sandbox.write(metadata, "Name: six\nVersion: 1.16.0\n");
    }
    sandbox.write("work/other/file", "");
    sandbox.write("envs/lost/.project", format!("{}\n", sandbox.root().join("work/lost").display()));
    sandbox
}

fn proposed(sandbox: &Sandbox, options: &[&str]) -> Vec<String> {
    let answer = sandbox.run([&["prune", "--dry-run"], options].concat()).status(0);
    let text = answer.stdout_text();
    text.lines().skip(1).map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn each_proposal_has_a_reason_and_a_dry_run_changes_nothing() {
    let sandbox = world();
    let before = tree(sandbox.root());
    let text = sandbox.run(["prune", "--dry-run"]).status(0).stderr("").stdout_text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("name") && lines[0].ends_with("size  reason"), "{text}");
    assert!(lines[1].starts_with("lost ") && lines[1].ends_with("/work/lost was deleted"), "{text}");
    assert!(lines[2].contains("same packages and settings as `"), "{text}");
    assert_eq!(tree(sandbox.root()), before);
}

/// The reasons of each proposal: kinds, as JSON has them.
fn kinds(sandbox: &Sandbox, options: &[&str]) -> Vec<(String, Vec<String>)> {
    let answer = sandbox.run([&["prune", "--json"], options].concat()).status(0).stderr("");
    let value: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let kinds = |each: &Value| each["reasons"].as_array().unwrap().iter().map(|reason| text(&reason["kind"])).collect();
    value["candidates"].as_array().unwrap().iter().map(|each| (text(&each["name"]), kinds(each))).collect()
}

#[test]
fn a_missing_python_is_a_reason_if_no_other_of_that_version_is_installed() {
    let sandbox = Sandbox::new();
    for (name, series) in [("lost", "3.99"), ("healed", &pythons::complete().minor())] {
        let root = sandbox.minimal_environment(name);
        fs::remove_file(root.join("bin/python")).unwrap();
        let python = sandbox.write(format!("pythons/{name}/other"), "").with_file_name("python");
        symlink(&python, root.join("bin/python")).unwrap();
        let home = python.parent().unwrap().display();
        fs::write(root.join("pyvenv.cfg"), format!("home = {home}\nversion = {series}.1\n")).unwrap();
    }
    let mut sandbox = sandbox;
    let path = pythons::complete().path.parent().unwrap().to_owned();
    sandbox.set("PATH", std::env::join_paths([sandbox.tools(), path]).unwrap());
    assert_eq!(kinds(&sandbox, &[]), [("lost".to_owned(), vec!["no-python".to_owned()])]);
    let text = sandbox.run(["prune", "-n"]).status(0).stdout_text();
    assert!(text.contains("its Python is missing, and no Python 3.99 is installed"), "{text}");
    // Its disk may not be mounted.
    fs::remove_file(sandbox.root().join("pythons/lost/other")).unwrap();
    assert_eq!(kinds(&sandbox, &[]), []);
}

#[test]
fn a_temporary_environment_is_proposed_once_its_shell_was_killed() {
    let sandbox = Sandbox::new();
    let python = Shell::Bash.quoted(bytes(&pythons::complete().path));
    let line = [b"mktmpenv -q -n --without-pip -p ", &python[..], b"\nvenvwrap prune -n\nkill -9 $$\n"].concat();
    let script = Shell::Bash.plain().script(&sandbox, line);
    sandbox
        .run_command(Shell::Bash.plain().command(&sandbox, &script), b"")
        .stderr_contains("No environments to remove.");
    let found = kinds(&sandbox, &[]);
    assert!(matches!(&found[..], [(name, kinds)] if name.starts_with("tmp-") && kinds == &["temporary"]), "{found:?}");
}

#[test]
fn the_last_use_decides_which_twin_goes_and_what_is_unused() {
    let sandbox = world();
    let old = SystemTime::now() - Duration::from_hours(24 * 100);
    for (name, when) in [("one", old), ("two", SystemTime::now())] {
        sandbox.run(["run", name, "true"]).status(0);
        let record = sandbox.workon_home().join(".venvwrap/used").join(name);
        File::options().write(true).open(record).unwrap().set_modified(when).unwrap();
    }
    let one = |kinds: &[&str]| ("one".to_owned(), kinds.iter().map(|&kind| kind.to_owned()).collect::<Vec<_>>());
    assert!(kinds(&sandbox, &[]).contains(&one(&["twin"])), "created today, used long ago");
    // `lsvirtualenv --unused` and `prune --unused` agree.
    assert!(!kinds(&sandbox, &["--unused", "90d"]).contains(&one(&["unused"])));
    let listed = sandbox.run(["lsvirtualenv", "--unused", "0d", "--json"]).status(0);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["environments"].as_array().unwrap().len(), 4);
    assert_eq!(kinds(&sandbox, &["--unused", "0d"]).len(), 4);
}

#[test]
fn hooks_run_and_the_projects_link_goes_and_comes_back() {
    let sandbox = world();
    sandbox
        .write("envs/lost/lib/python3.11/site-packages/six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n");
    let project = sandbox.root().join("linked");
    fs::create_dir(&project).unwrap();
    for name in ["one", "two"] {
        sandbox.write(format!("envs/{name}/.project"), format!("{}\n", project.display()));
    }
    sandbox.program("envs/postrmvirtualenv", "#!/bin/sh\necho \"hook: $1\" >&2\n");
    let twin = kinds(&sandbox, &[]).into_iter().find(|(_, kinds)| kinds == &["twin"]).unwrap().0;
    let link = project.join(".venv");
    symlink(sandbox.environment(&twin), &link).unwrap();
    let told = sandbox.run(["prune", "--yes"]).status(0).stderr_text();
    assert!(told.contains(&format!("hook: {twin}\n")) && told.contains("Removed the link "), "{told}");
    assert!(fs::symlink_metadata(&link).is_err());
    sandbox.run(["undo", &twin]).status(0);
    assert_eq!(fs::read_link(&link).unwrap(), sandbox.environment(&twin));
}

#[test]
fn a_project_on_a_disk_that_may_not_be_mounted_is_no_reason() {
    let sandbox = world();
    sandbox.write("envs/lost/.project", "/mnt/no such disk/project\n");
    assert!(!proposed(&sandbox, &[]).contains(&"lost".to_owned()));
    // An empty directory looks like a mount point without its disk.
    fs::create_dir(sandbox.root().join("empty")).unwrap();
    sandbox.write("envs/lost/.project", format!("{}\n", sandbox.root().join("empty/project").display()));
    assert!(!proposed(&sandbox, &[]).contains(&"lost".to_owned()));
}

#[test]
fn without_a_terminal_it_moves_only_what_yes_allows_and_undo_brings_it_back() {
    let sandbox = world();
    let before = tree(&sandbox.environment("lost"));
    sandbox
        .run(["prune"])
        .status(2)
        .stderr("venvwrap: prune: cannot ask without a terminal\nhint: `--yes` answers yes, `--dry-run` only lists\n");
    assert!(sandbox.environment("lost").is_dir());
    let told = "Moved 2 environments to the trash; `venvwrap undo NAME` brings one back, `venvwrap prune --trash` \
                frees the space\n";
    sandbox.run(["prune", "--yes"]).status(0).stderr(told);
    assert!(!sandbox.environment("lost").exists());
    sandbox.run(["prune", "--yes"]).status(0).stdout("").stderr("No environments to remove.\n");
    sandbox.run(["undo", "lost"]).status(0);
    assert_eq!(tree(&sandbox.environment("lost")), before);
}

#[test]
fn on_a_terminal_no_changes_nothing() {
    let sandbox = world();
    let before = names(&sandbox.workon_home());
    for shell in Shell::ALL {
        for answer in ["n", "\r", "\x03"] {
            let terminal = Terminal::start(&sandbox, shell);
            let prompts = terminal.prompts();
            terminal.type_keys("venvwrap prune\r");
            terminal.wait_for("to the trash? [y/N]");
            terminal.type_keys(answer);
            terminal.wait_for_prompt_after(prompts);
        }
    }
    assert_eq!(names(&sandbox.workon_home()), before);
}

#[test]
fn the_active_environment_and_links_are_never_proposed() {
    let mut sandbox = world();
    symlink(sandbox.environment("lost"), sandbox.environment("alias")).unwrap();
    sandbox.set("VIRTUAL_ENV", sandbox.environment("lost"));
    let found = proposed(&sandbox, &["--unused", "0d"]);
    assert!(found.contains(&"fine".to_owned()), "{found:?}");
    assert!(!found.contains(&"lost".to_owned()) && !found.contains(&"alias".to_owned()), "{found:?}");
}

#[test]
fn files_that_another_place_shares_free_nothing_and_shared_ones_count_once() {
    let sandbox = Sandbox::new();
    let size = |sandbox: &Sandbox| {
        let answer = sandbox.run(["prune", "--json", "--unused", "0d"]).status(0);
        serde_json::from_slice::<serde_json::Value>(&answer.stdout).unwrap()["size"].as_u64().unwrap()
    };
    for name in ["a", "b"] {
        sandbox.minimal_environment(name);
    }
    let base = size(&sandbox);
    sandbox.write("envs/a/big", vec![1; 1 << 20]);
    fs::hard_link(sandbox.environment("a").join("big"), sandbox.environment("b").join("big")).unwrap();
    assert_eq!(size(&sandbox) - base, 1 << 20);
    fs::hard_link(sandbox.environment("a").join("big"), sandbox.root().join("outside")).unwrap();
    assert_eq!(size(&sandbox), base);
}

#[test]
fn the_trash_is_emptied_by_age_and_removing_twice_names_the_command() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    let told = "venvwrap: environment `x` is already in the trash\n\
                hint: `venvwrap prune --trash` deletes it for good, `venvwrap undo x` brings it back\n";
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(1).stderr(told);
    sandbox
        .run(["prune", "--trash", "--older-than", "1d", "--yes"])
        .status(0)
        .stderr("No removed environments to delete.\n");
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")).len(), 1);
    let told = sandbox.run(["prune", "--trash", "--yes"]).status(0).stderr_text();
    assert!(told.starts_with("Deleted 1 removed environment, "), "{told}");
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")), Vec::<String>::new());
    assert!(sandbox.environment("y").is_dir());
}

#[test]
fn only_names_of_ours_leave_the_cache() {
    let sandbox = Sandbox::new().with_own_cache();
    let key = format!("pip-25-{}", "0a".repeat(10));
    let pool = sandbox.workon_home().join(".venvwrap/pool");
    fs::create_dir_all(pool.join(&key).join("0")).unwrap();
    fs::create_dir_all(pool.join("mine")).unwrap();
    sandbox.run(["prune", "--cache"]).status(0);
    assert_eq!(names(&pool), ["mine"]);
}

#[test]
fn on_a_full_disk_nothing_is_lost_and_emptying_the_trash_works() {
    let mut sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::of_files(sandbox.root().join("small disk"), 60) else { return };
    sandbox.set("WORKON_HOME", disk.path());
    for name in ["lost", "old"] {
        sandbox.minimal_environment_at(&disk.path().join(name));
    }
    sandbox.run(["rmvirtualenv", "old"]).status(0);
    sandbox.write("small disk/lost/.project", format!("{}\n", sandbox.root().join("deleted").display()));
    let lost = disk.path().join("lost");
    let before = tree(&lost);
    disk.use_up_inodes();
    sandbox.run(["prune", "--yes"]).status(1).stderr_contains("cannot move `lost` to the trash: ");
    assert_eq!(tree(&lost), before);
    sandbox.run(["prune", "--trash", "--yes"]).status(0).stderr_contains("Deleted 1 removed environment, ");
    assert_eq!(names(&disk.path().join(".venvwrap/trash")), Vec::<String>::new());
    sandbox.run(["prune", "--yes"]).status(0);
    sandbox.run(["undo", "lost"]).status(0);
    assert_eq!(tree(&lost), before);
}

#[test]
fn snapshots_are_counted() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    drop(sandbox.run(["snapshot", "x"]).status(0));
    let answer = sandbox.run(["prune"]).status(0).stdout("").stderr_text();
    let line = answer.strip_prefix("No environments to remove.\n1 snapshot would free ").unwrap();
    assert!(line.ends_with(" KiB: `venvwrap snapshot --list`\n"), "{answer}");
    let json = sandbox.run(["prune", "--json"]).status(0).stderr("").stdout_text();
    assert!(!json.contains("\"snapshot_size\": 0"), "{json}");
    drop(sandbox.run(["snapshot", "--remove", "x", "1"]).status(0));
    drop(sandbox.run(["prune"]).status(0).stdout("").stderr("No environments to remove.\n"));
}

/// Twins have the same names of packages, so nothing else is read of environments that differ in
/// them; and the size of a snapshot is remembered.
#[test]
fn only_environments_that_can_be_twins_are_read() {
    let sandbox = Sandbox::new().with_own_cache();
    for (name, package) in [("a", "six"), ("b", "idna"), ("c", "Six")] {
        let metadata = format!("lib/python3.11/site-packages/{package}-1.0.dist-info/METADATA");
        sandbox.write(sandbox.minimal_environment(name).join(metadata), format!("Name: {package}\nVersion: 1.0\n"));
    }
    drop(sandbox.run(["snapshot", "b"]).status(0));
    drop(sandbox.run(["prune", "--dry-run"]).status(0).stderr_contains("1 snapshot would free "));
    let Some(mut command) = strace(&sandbox) else { return };
    command.args(["-e", "trace=openat,open", BINARY, "prune", "--json"]);
    let listed = sandbox.run_command(command, b"").status(0).stdout_text();
    assert_eq!(listed.matches("\"kind\": \"twin\"").count(), 1, "{listed}");
    let trace = fs::read_to_string(sandbox.root().join("trace")).unwrap();
    let has_read = |environment: &str| {
        trace.lines().any(|line| line.contains(&format!("/{environment}/lib/python3.11/")) && line.contains("METADATA"))
    };
    assert!(has_read("a") && has_read("c") && !has_read("b"), "{trace}");
    let is_deep = |line: &&str| line.contains("/snapshots/b/1/b/lib/python3.11/site-packages/idna");
    assert_eq!(trace.lines().filter(is_deep).collect::<Vec<_>>(), Vec::<&str>::new());
}
