//! `venvwrap undo`: the way back from rmvirtualenv.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::disk::{names, tree};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::small_disk::SmallDisk;

#[test]
fn what_was_removed_comes_back_byte_for_byte() {
    let sandbox = Sandbox::new();
    for name in ["one", "my \"two\""] {
        sandbox.minimal_environment(name);
    }
    let before = tree(&sandbox.workon_home());
    sandbox.run(["rmvirtualenv", "one", "my \"two\""]).status(0);
    let listed = sandbox.run(["undo", "--list"]).status(0).stderr("").stdout_text();
    assert_eq!(listed.lines().next(), Some("name      removed       size"), "{listed}");
    assert_eq!(
        listed.lines().skip(1).map(|line| &line[..15]).collect::<Vec<_>>(),
        ["my \"two\"  today", "one       today"]
    );
    assert!(listed.lines().skip(1).all(|line| line.ends_with(" KiB")), "{listed}");
    sandbox.run(["undo"]).status(0).stdout("").stderr("Restored `my \"two\"`\n");
    sandbox.run(["undo", "one"]).status(0).stdout("").stderr("Restored `one`\n");
    sandbox.run(["undo", "--list"]).status(0).stdout("").stderr("No removed environments to bring back.\n");
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")), Vec::<String>::new());
    fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")).unwrap();
    assert_eq!(tree(&sandbox.workon_home()), before);
}

#[test]
fn the_last_of_a_name_comes_back_first() {
    let sandbox = Sandbox::new();
    for text in ["first", "second"] {
        let root = sandbox.minimal_environment("x");
        fs::write(root.join("note"), text).unwrap();
        sandbox.run(["rmvirtualenv", "x"]).status(0);
    }
    sandbox.run(["undo", "x"]).status(0);
    assert_eq!(fs::read_to_string(sandbox.environment("x").join("note")).unwrap(), "second");
    // The other one waits until the name is free.
    sandbox.run(["undo", "x"]).status(1).stdout("").stderr(
        "venvwrap: cannot bring back `x`: another environment has that name now\n\
             hint: rename that one first: `venvwrap mvvirtualenv x NAME`\n",
    );
    fs::rename(sandbox.environment("x"), sandbox.environment("y")).unwrap();
    sandbox.run(["undo"]).status(0);
    assert_eq!(fs::read_to_string(sandbox.environment("x").join("note")).unwrap(), "first");
}

#[test]
fn nothing_to_bring_back_is_said() {
    let sandbox = Sandbox::new();
    let nothing = "venvwrap: undo: no environment was removed, or all have expired\n";
    sandbox.run(["undo"]).status(1).stdout("").stderr(nothing);
    let unknown = "venvwrap: undo: no removed environment is called `nosuch`\n\
                   hint: `venvwrap undo --list` lists the removed environments\n";
    sandbox.run(["undo", "nosuch"]).status(1).stdout("").stderr(unknown);
}

#[test]
fn the_list_is_there_for_programs_too() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("it's \"x\"");
    fs::write(root.join("big"), vec![1; 1 << 20]).unwrap();
    fs::hard_link(root.join("big"), sandbox.root().join("elsewhere")).unwrap();
    fs::write(root.join("own"), vec![1; 1 << 20]).unwrap();
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    sandbox.run(["rmvirtualenv", "it's \"x\""]).status(0);
    let answer = sandbox.run(["undo", "--list", "--json"]).status(0).stderr("");
    let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    let removed = &told["removed"][0];
    assert_eq!((&told["schema"], &removed["name"]), (&1.into(), &"it's \"x\"".into()));
    let at = removed["removed_at"].as_u64().unwrap();
    assert!((before..before + 60).contains(&at), "{told}");
    assert_eq!(removed["kept_until"].as_u64(), Some(at + 7 * 24 * 60 * 60));
    // What has another name elsewhere is not freed.
    assert!((1 << 20..3 << 19).contains(&removed["size"].as_u64().unwrap()), "{told}");
    sandbox.run(["undo", "--json"]).status(2).stdout("");
}

#[test]
fn where_the_disk_is_nearly_full_it_is_kept_for_a_day() {
    let sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::mount(sandbox.root().join("small disk")) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    let run = |words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", disk.path());
        sandbox.run_command(command, b"")
    };
    let trash = disk.path().join(".venvwrap/trash");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for (name, hours) in [("two days", 48), ("an hour", 1)] {
        let place = trash.join(format!("{}.0", now - hours * 60 * 60));
        fs::create_dir_all(&place).unwrap();
        sandbox.minimal_environment_at(&place.join(name));
    }
    let tidy = ["background", "tidy", disk.path().to_str().unwrap()];
    run(&tidy).silent();
    assert_eq!(names(&trash).len(), 2);
    disk.fill_but(20 * 1024);
    run(&tidy).silent();
    disk.empty();
    let listed = run(&["undo", "--list"]).status(0).stdout_text();
    assert!(listed.contains("\nan hour  today    ") && listed.lines().count() == 2, "{listed}");
}

#[test]
fn what_has_expired_is_purged_in_the_background_and_nothing_else() {
    let mut sandbox = Sandbox::new();
    for name in ["old", "new", "x"] {
        sandbox.minimal_environment(name);
    }
    sandbox.run(["rmvirtualenv", "old"]).status(0);
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    let week = 7 * 24 * 60 * 60;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    sandbox.run(["rmvirtualenv", "new"]).status(0);
    let by_age = names(&trash);
    fs::rename(trash.join(&by_age[0]), trash.join(format!("{}.0", now - week - 10))).unwrap();
    fs::rename(trash.join(&by_age[1]), trash.join(format!("{}.0", now - week + 3600))).unwrap();
    let listed = || -> Vec<String> {
        let text = sandbox.run(["undo", "--list"]).status(0).stdout_text();
        text.lines().skip(1).map(|line| line.split_whitespace().take(4).collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(listed(), ["new 6 days ago", "old 7 days ago"]);
    let store = sandbox.workon_home();
    let tidy = ["background".as_ref(), "tidy".as_ref(), store.as_os_str()];
    sandbox.run(tidy).silent();
    assert_eq!(listed(), ["new 6 days ago"]);
    // The setting counts.
    sandbox.set("XDG_CONFIG_HOME", sandbox.home());
    sandbox.write("home/venvwrap/config.toml", "trash-days = 6\n");
    sandbox.run(tidy).silent();
    sandbox.run(["undo", "--list"]).status(0).stdout("").stderr("No removed environments to bring back.\n");
}
