//! The store, the cache, and what a shell and its session say.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

#[test]
fn what_lies_in_the_store_and_does_not_belong_there_is_told() {
    let world = World::new();
    let home = world.home.path();
    world.make("x");
    for file in ["postactivate", "premkvirtualenv.fish", "get_env_details", "hook.log", ".hidden"] {
        fs::write(home.join(file), "").unwrap();
    }
    assert_eq!(world.store(), []);
    fs::write(home.join("notes"), "").unwrap();
    fs::create_dir_all(home.join("conda/conda-meta")).unwrap();
    fs::create_dir_all(home.join("conda/bin")).unwrap();
    fs::create_dir_all(home.join("husk/bin")).unwrap();
    for name in ["conda", "husk"] {
        symlink("/bin/sh", home.join(name).join("bin/python")).unwrap();
    }
    symlink("/gone", home.join("dangling")).unwrap();
    symlink("loop", home.join("loop")).unwrap();
    let expected = [
        Symptom::DanglingLink { target: "/gone".into() },
        Symptom::Husk,
        Symptom::LinkLoop,
        Symptom::Strays { names: names(&["conda", "notes"]) },
    ];
    assert_eq!(world.store(), expected);
}

#[test]
fn what_killed_commands_left_is_told_and_not_while_others_work() {
    let world = World::new();
    let home = world.home.path();
    world.make("new");
    fs::create_dir_all(home.join(".venvwrap/new/env-dead")).unwrap();
    symlink("././new", home.join("old")).unwrap();
    symlink("././begun", home.join("begun")).unwrap();
    let expected = [
        Symptom::Leftovers { count: 1 },
        Symptom::RenameNotStarted { name: "begun".into() },
        Symptom::RenameUnfinished { old: "old".into(), new: "new".into() },
    ];
    assert_eq!(world.store(), expected);
    let building = world.home.start_building().unwrap();
    assert!(!world.store().iter().any(|what| expected.contains(what)));
    drop(building);
    let examination = world.examination();
    let mended: Vec<_> = examination.store().iter().filter_map(|finding| repair(&examination, finding)).collect();
    assert_eq!(mended.len(), 2, "the renaming is for its own command to finish");
    assert_eq!(world.store(), expected[2..]);
}

#[test]
fn a_store_that_cannot_be_used_says_why() {
    let world = World::new();
    let home = world.home.path().to_path_buf();
    let unusable = |reason: &str| vec![Symptom::StoreUnusable { reason: reason.to_owned() }];
    fs::set_permissions(&home, fs::Permissions::from_mode(0o757)).unwrap();
    assert_eq!(world.store(), [Symptom::StoreOpen]);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o1777)).unwrap();
    assert_eq!(world.store(), []);
    fs::remove_dir(&home).unwrap();
    assert_eq!(world.store(), [Symptom::NoStore]);
    fs::write(&home, "").unwrap();
    assert_eq!(world.store(), unusable("it is a file"));
    fs::remove_file(&home).unwrap();
    symlink("/gone", &home).unwrap();
    assert_eq!(world.store(), unusable("it is a link to nothing"));
    fs::remove_file(&home).unwrap();
    symlink(&home, &home).unwrap();
    assert_eq!(world.store(), unusable("it is a link to itself"));
}

#[test]
fn a_damaged_file_of_the_cache_is_told_and_dropped() {
    let world = World::new();
    let cache = world.root.join("cache/venvwrap");
    fs::create_dir_all(cache.join("interpreters")).unwrap();
    fs::create_dir_all(cache.join("trees/cpython-312-00112233445566778899")).unwrap();
    fs::create_dir_all(cache.join("trees/.building-1")).unwrap();
    fs::write(cache.join("interpreters/0123456789abcdef.json"), "{\"schema\": 99}").unwrap();
    fs::write(cache.join("interpreters/fedcba9876543210.json"), "{\"schema\": ").unwrap();
    assert_eq!(world.store(), [Symptom::CacheDamaged, Symptom::CacheDamaged]);
    let examination = world.examination();
    for finding in examination.store() {
        assert_eq!(repair(&examination, &finding).unwrap().unwrap(), Repair::Dropped);
    }
    assert_eq!(world.store(), []);
    assert!(
        cache.join("interpreters/0123456789abcdef.json").is_file()
            && !cache.join("trees/cpython-312-00112233445566778899").is_dir()
    );
    let file = World::with(&[("XDG_CACHE_HOME", "ROOT/base/bin/python3.12")]);
    assert_eq!(file.store(), [Symptom::CacheNotWritable { is_ours: true }]);
}

#[test]
fn editors_see_the_default_and_what_the_session_sets() {
    let world = World::new();
    world.make("x");
    assert_eq!(world.examination().setup(None, false), []);
    let elsewhere = world.root.join("elsewhere");
    fs::rename(world.home.path(), &elsewhere).unwrap();
    let default = world.home.path().to_path_buf();
    let world = World { home: WorkonHome::at(elsewhere.clone()), ..world };
    let setup =
        || world.examination().setup(None, false).into_iter().map(|finding| finding.symptom).collect::<Vec<_>>();
    assert_eq!(setup(), [Symptom::UnseenByApps { default: default.clone(), is_free: true }]);
    let profile = world.root.join("home/.profile");
    fs::write(&profile, "# export WORKON_HOME=/x\n").unwrap();
    assert_eq!(setup().len(), 1, "a comment sets nothing");
    fs::write(&profile, "export WORKON_HOME=/x\n").unwrap();
    assert_eq!(setup(), []);
    fs::remove_file(&profile).unwrap();
    symlink(&elsewhere, &default).unwrap();
    assert_eq!(setup(), []);
}

#[test]
fn what_a_shell_tells_is_read_by_name_and_kind() {
    let words = ["python alias python3 -q", "pip hashed /a b/pip", "python3 function", "workon other"];
    let told = ShellReport::new(words.map(OsString::from).into());
    assert_eq!(told.text("python", "alias").unwrap(), "python3 -q");
    assert_eq!(told.text("pip", "hashed").unwrap(), "/a b/pip");
    assert_eq!(told.text("workon", "other").unwrap(), "");
    assert_eq!(told.text("python", "function"), None);
    assert_eq!(told.text("pip", "hash"), None);
}
