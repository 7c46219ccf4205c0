//! `venvwrap prune`: what is proposed and why, what is never proposed, and what it deletes.

use std::fs;
use std::os::unix::fs::symlink;

use crate::support::disk::{names, tree};
use crate::support::pty::{Terminal, obey_interrupts};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

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
    obey_interrupts();
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        for answer in ["n", "\r", "\x03"] {
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
