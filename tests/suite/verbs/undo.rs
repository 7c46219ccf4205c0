//! `venvwrap undo`: the way back from rmvirtualenv.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::disk::{names, tree};
use crate::support::sandbox::Sandbox;

#[test]
fn what_was_removed_comes_back_byte_for_byte() {
    let sandbox = Sandbox::new();
    for name in ["one", "my \"two\""] {
        sandbox.minimal_environment(name);
    }
    let before = tree(&sandbox.workon_home());
    sandbox.run(["rmvirtualenv", "one", "my \"two\""]).status(0);
    sandbox.run(["undo", "--list"]).status(0).stderr("").stdout("my \"two\"  (removed today)\none  (removed today)\n");
    sandbox.run(["undo"]).status(0).stdout("").stderr("`my \"two\"` is back\n");
    sandbox.run(["undo", "one"]).status(0).stdout("").stderr("`one` is back\n");
    sandbox.run(["undo", "--list"]).silent();
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
    sandbox
        .run(["undo", "x"])
        .status(1)
        .stdout("")
        .stderr("venvwrap: cannot bring back: [ROOT]/envs/x: File exists (os error 17)\n");
    fs::rename(sandbox.environment("x"), sandbox.environment("y")).unwrap();
    sandbox.run(["undo"]).status(0);
    assert_eq!(fs::read_to_string(sandbox.environment("x").join("note")).unwrap(), "first");
}

#[test]
fn nothing_to_bring_back_is_said() {
    let sandbox = Sandbox::new();
    for words in [&["undo"][..], &["undo", "nosuch"], &["undo", ".."]] {
        sandbox
            .run(words)
            .status(1)
            .stdout("")
            .stderr("venvwrap: undo: nothing of that name was removed, or it has expired\n");
    }
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
    fs::rename(trash.join(&names(&trash)[0]), trash.join(format!("{}.0", now - week - 10))).unwrap();
    sandbox.run(["rmvirtualenv", "new"]).status(0);
    fs::rename(trash.join(&names(&trash)[1]), trash.join(format!("{}.0", now - week + 3600))).unwrap();
    sandbox.run(["undo", "--list"]).status(0).stdout("new  (removed 6 days ago)\nold  (removed 7 days ago)\n");
    let store = sandbox.workon_home();
    let tidy = ["background".as_ref(), "tidy".as_ref(), store.as_os_str()];
    sandbox.run(tidy).silent();
    sandbox.run(["undo", "--list"]).status(0).stdout("new  (removed 6 days ago)\n");
    // The setting counts.
    sandbox.set("XDG_CONFIG_HOME", sandbox.home());
    sandbox.write("home/venvwrap/config.toml", "trash-days = 6\n");
    sandbox.run(tidy).silent();
    sandbox.run(["undo", "--list"]).silent();
}
