//! Each check, against damage that is made for real.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::*;

/// A store under a hostile path, with a base interpreter beside it that nobody can start.
struct World {
    _room: tempfile::TempDir,
    root: PathBuf,
    context: Context,
    home: WorkonHome,
}

fn scripts(root: &Path, _prompt: &OsStr) -> Vec<(&'static str, Vec<u8>)> {
    let activate =
        format!("deactivate () {{\n    hash -r\n}}\nVIRTUAL_ENV=\"{}\"\nexport VIRTUAL_ENV\nhash -r\n", root.display());
    vec![("activate", activate.into_bytes()), ("activate.fish", b"# fish\n".to_vec())]
}

impl World {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(variables: &[(&str, &str)]) -> Self {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("it's {a,b};é");
        fs::create_dir_all(root.join("home")).unwrap();
        fs::create_dir_all(root.join("base/bin")).unwrap();
        fs::write(root.join("base/bin/python3.12"), "not to be started").unwrap();
        let home = root.join("home/.virtualenvs");
        fs::create_dir(&home).unwrap();
        let at = |below: &str| root.join(below).to_str().unwrap().to_owned();
        let mut all = vec![("HOME", at("home")), ("XDG_CACHE_HOME", at("cache"))];
        all.extend(variables.iter().map(|(name, value)| (*name, value.replace("ROOT", root.to_str().unwrap()))));
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let context = Context::made_of(&all);
        Self { context, home: WorkonHome::at(home), root, _room: room }
    }

    fn examination(&self) -> Examination<'_> {
        Examination { context: &self.context, home: &self.home, shell: "bash", scripts }
    }

    /// An environment of ours with which nothing is the matter.
    fn make(&self, name: &str) -> PathBuf {
        let root = self.home.path().join(name);
        let packages = root.join("lib/python3.12/site-packages");
        for directory in ["bin", "lib/python3.12/site-packages/pip", "lib/python3.12/site-packages/pip-1.dist-info"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        for file in ["pip/__init__.py", "pip-1.dist-info/METADATA", "pip-1.dist-info/RECORD"] {
            fs::write(packages.join(file), "").unwrap();
        }
        let base = self.root.join("base/bin");
        let cfg = format!("home = {}\nversion = 3.12.1\nvenvwrap = 0\n", base.display());
        fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
        symlink(base.join("python3.12"), root.join("bin/python")).unwrap();
        symlink("python", root.join("bin/python3")).unwrap();
        for (name, text) in scripts(&root, OsStr::new("")) {
            fs::write(root.join("bin").join(name), text).unwrap();
        }
        fs::write(root.join("bin/pip"), opening(&root.join("bin/python"))).unwrap();
        root
    }

    fn found(&self, name: &str) -> Vec<What> {
        let environment = self.home.get(&EnvironmentName::existing(OsStr::new(name)).unwrap()).unwrap();
        self.examination().environment(&environment).into_iter().map(|finding| finding.what).collect()
    }

    fn store(&self) -> Vec<What> {
        self.examination().store().into_iter().map(|finding| finding.what).collect()
    }

    /// Mends all it can of an environment, and what was done.
    fn mend(&self, name: &str) -> Vec<Mended> {
        let environment = self.home.get(&EnvironmentName::existing(OsStr::new(name)).unwrap()).unwrap();
        let found = self.examination().environment(&environment);
        found.iter().filter_map(|finding| mend(&self.examination(), finding)).map(|done| done.unwrap()).collect()
    }
}

/// The first lines of a program, in the form for a path with a blank.
fn opening(python: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    crate::seed::shebang::opening(python.as_os_str().as_bytes(), b"", b"", 3)
}

fn names(names: &[&str]) -> Vec<OsString> {
    names.iter().map(OsString::from).collect()
}

#[test]
fn with_what_is_whole_nothing_is_the_matter() {
    let world = World::new();
    world.make("x");
    world.make("it's \"y\"");
    symlink("x", world.home.path().join("link")).unwrap();
    for name in ["x", "it's \"y\"", "link"] {
        assert_eq!(world.found(name), []);
    }
    assert_eq!(world.store(), []);
}

#[test]
fn an_interpreter_that_is_gone_and_one_that_became_another_are_told_apart() {
    let world = World::new();
    let root = world.make("x");
    let base = world.root.join("base/bin");
    let series = Some("3.12".to_owned());
    fs::rename(base.join("python3.12"), base.join("python3.13")).unwrap();
    let gone = What::PythonGone { python: base.join("python3.12"), series: series.clone() };
    assert_eq!(world.found("x"), [gone]);
    fs::remove_file(root.join("bin/python")).unwrap();
    assert_eq!(world.found("x"), [What::PythonGone { python: root.join("bin/python"), series: series.clone() }]);
    symlink(base.join("python3.13"), root.join("bin/python")).unwrap();
    let python = crate::fs::resolved(&base.join("python3.13")).unwrap();
    assert_eq!(world.found("x"), [What::PythonReplaced { python, series: "3.12".to_owned() }]);
    let python = root.join("bin/python");
    fs::remove_file(&python).unwrap();
    fs::write(&python, "a copy").unwrap();
    crate::fs::remove_tree(&base).unwrap();
    assert_eq!(world.found("x"), [What::HomeGone { home: base, series }]);
}

#[test]
fn a_python_of_another_place_is_noted() {
    let world = World::new();
    let root = world.make("x");
    fs::create_dir(world.root.join("other")).unwrap();
    let cfg = format!("home = {}\nversion = 3.12.1\nvenvwrap = 0\n", world.root.join("other").display());
    fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
    assert!(matches!(world.found("x")[..], [What::NotOfHome { .. }]));
}

#[test]
fn one_that_was_moved_is_known_and_brought_into_line() {
    let world = World::new();
    let root = world.make("x");
    fs::rename(&root, world.home.path().join("y")).unwrap();
    let moved = |can_rewrite| What::Moved { from: root.clone(), can_rewrite };
    assert_eq!(world.found("y"), [moved(true)]);
    // Another one has taken its place, whose programs these would be.
    world.make("x");
    assert_eq!(world.found("y"), [moved(true)]);
    assert_eq!(world.mend("y"), [Mended::Rewritten]);
    assert_eq!(world.found("y"), []);
    assert_eq!(world.found("x"), []);
    assert_eq!(
        fs::read(world.home.path().join("y/bin/pip")).unwrap(),
        opening(&world.home.path().join("y/bin/python"))
    );
}

#[test]
fn what_is_more_than_an_environment_is_never_rewritten() {
    let world = World::new();
    let root = world.make("x");
    let cfg = fs::read(root.join("pyvenv.cfg")).unwrap();
    for place in [world.root.clone(), world.root.join("base"), world.home.path().to_path_buf(), PathBuf::from("/")] {
        let activate = String::from_utf8(scripts(&place, OsStr::new("")).remove(0).1).unwrap();
        fs::write(root.join("bin/activate"), activate).unwrap();
        assert_eq!(world.found("x"), [What::Moved { from: place, can_rewrite: false }]);
        assert_eq!(world.mend("x"), []);
        assert_eq!(fs::read(root.join("pyvenv.cfg")).unwrap(), cfg);
    }
}

#[test]
fn one_that_is_a_link_is_looked_at_and_left_alone() {
    let world = World::new();
    let root = world.make("x");
    let outside = world.root.join("outside");
    fs::rename(&root, &outside).unwrap();
    symlink(&outside, world.home.path().join("y")).unwrap();
    fs::remove_file(outside.join("bin/activate.fish")).unwrap();
    let missing = What::NoActivate { scripts: vec!["activate.fish"] };
    assert_eq!(world.found("y"), [What::Moved { from: root, can_rewrite: false }, missing]);
    assert_eq!(world.mend("y"), []);
}

#[test]
fn programs_that_start_another_python_are_named() {
    let world = World::new();
    let root = world.make("x");
    let other = world.make("y").join("bin/python");
    let gone = PathBuf::from("/gone/bin/python3");
    for (name, python) in [("a", &gone), ("b", &gone), ("c", &other)] {
        fs::write(root.join("bin").join(name), opening(python)).unwrap();
    }
    // These are somebody's own, and fine.
    fs::write(root.join("bin/mine"), format!("#!{}\n", world.root.join("base/bin/python3.12").display())).unwrap();
    fs::write(root.join("bin/env"), "#!/usr/bin/env python3\n").unwrap();
    fs::write(root.join("bin/sh"), "#!/bin/sh\nexec /gone/bin/python3\n").unwrap();
    fs::write(root.join("bin/binary"), b"\x7fELF\0\0").unwrap();
    let expected = [
        What::ScriptsGone { scripts: names(&["a", "b"]), python: gone },
        What::ScriptsElsewhere { scripts: names(&["c"]), python: other },
    ];
    assert_eq!(world.found("x"), expected);
}

#[test]
fn missing_activation_scripts_are_written_again() {
    let world = World::new();
    let root = world.make("x");
    for name in ["activate", "activate.fish"] {
        fs::remove_file(root.join("bin").join(name)).unwrap();
    }
    assert_eq!(world.found("x"), [What::NoActivate { scripts: vec!["activate", "activate.fish"] }]);
    assert_eq!(world.mend("x"), [Mended::Restored(vec!["activate", "activate.fish"])]);
    assert_eq!(world.found("x"), []);
    // Nobody knows which others another maker writes.
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap().replace("venvwrap = 0\n", "");
    fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
    fs::remove_file(root.join("bin/activate.fish")).unwrap();
    assert_eq!(world.found("x"), []);
}

#[test]
fn lines_at_the_end_of_activate_are_fine_and_others_are_noted() {
    let world = World::new();
    let file = world.make("x").join("bin/activate");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}export A=1\n")).unwrap();
    assert_eq!(world.found("x"), []);
    fs::write(&file, format!("export A=1\n{text}")).unwrap();
    assert_eq!(world.found("x"), [What::ActivateEdited { lines: vec![1] }]);
}

#[test]
fn what_is_left_of_packages_is_told() {
    let world = World::new();
    let root = world.make("x");
    let packages = root.join("lib/python3.12/site-packages");
    for directory in ["a-1.dist-info", "b-2.dist-info", "~ip-1.dist-info"] {
        fs::create_dir(packages.join(directory)).unwrap();
    }
    fs::write(packages.join("b-2.dist-info/METADATA"), "").unwrap();
    let odd = |lacking, name| What::OddMetadata { lacking, names: names(&[name]) };
    let expected = [
        odd(Lacking::Metadata, "a-1.dist-info"),
        odd(Lacking::Record, "b-2.dist-info"),
        What::PipLeftovers { names: names(&["~ip-1.dist-info"]) },
    ];
    assert_eq!(world.found("x"), expected);

    let root = world.make("y");
    let packages = root.join("lib/python3.12/site-packages");
    fs::remove_file(root.join("bin/pip")).unwrap();
    assert_eq!(world.found("y"), [What::NoPipCommand]);
    crate::fs::remove_tree(&packages.join("pip")).unwrap();
    assert_eq!(world.found("y"), [What::PipGone]);
    crate::fs::remove_tree(&packages.join("pip-1.dist-info")).unwrap();
    // Nobody says that it was made with one.
    assert_eq!(world.found("y"), []);
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    for (line, was_seeded) in [
        ("seed = true", true),
        ("seed = false", false),
        ("command = /usr/bin/python3 -m venv /x", true),
        ("command = /usr/bin/python3 -m venv --without-pip /x", false),
    ] {
        fs::write(root.join("pyvenv.cfg"), format!("{cfg}{line}\n")).unwrap();
        assert_eq!(!world.found("y").is_empty(), was_seeded, "{line}");
    }
    crate::fs::remove_tree(&packages).unwrap();
    assert!(world.found("y").contains(&What::NoSitePackages));
}

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
        What::DanglingLink { target: "/gone".into() },
        What::Husk,
        What::LinkLoop,
        What::Strangers { names: names(&["conda", "notes"]) },
    ];
    assert_eq!(world.store(), expected);
}

#[test]
fn what_killed_commands_left_is_told_and_not_while_others_work() {
    let world = World::new();
    let home = world.home.path();
    world.make("new");
    fs::create_dir_all(home.join(".venvwrap/new/env-dead")).unwrap();
    symlink("./new", home.join("old")).unwrap();
    symlink("./begun", home.join("begun")).unwrap();
    let expected = [
        What::Leftovers { count: 1 },
        What::UnbegunRename { name: "begun".into() },
        What::HalfRenamed { old: "old".into(), new: "new".into() },
    ];
    assert_eq!(world.store(), expected);
    let building = world.home.start_building().unwrap();
    assert!(!world.store().iter().any(|what| expected.contains(what)));
    drop(building);
    let examination = world.examination();
    let mended: Vec<_> = examination.store().iter().filter_map(|finding| mend(&examination, finding)).collect();
    assert_eq!(mended.len(), 2, "the renaming is for its own command to finish");
    assert_eq!(world.store(), expected[2..]);
}

#[test]
fn a_store_that_cannot_be_used_says_why() {
    let world = World::new();
    let home = world.home.path().to_path_buf();
    let unusable = |reason: &str| vec![What::StoreUnusable { reason: reason.to_owned() }];
    fs::set_permissions(&home, fs::Permissions::from_mode(0o757)).unwrap();
    assert_eq!(world.store(), [What::StoreOpen]);
    fs::set_permissions(&home, fs::Permissions::from_mode(0o1777)).unwrap();
    assert_eq!(world.store(), []);
    fs::remove_dir(&home).unwrap();
    assert_eq!(world.store(), [What::NoStore]);
    fs::write(&home, "").unwrap();
    assert_eq!(world.store(), unusable("it is a file"));
    fs::remove_file(&home).unwrap();
    symlink("/gone", &home).unwrap();
    assert_eq!(world.store(), unusable("it is a link that leads nowhere"));
    fs::remove_file(&home).unwrap();
    symlink(&home, &home).unwrap();
    assert_eq!(world.store(), unusable("it is a link that leads to itself"));
}

#[test]
fn a_damaged_file_of_the_cache_is_told_and_dropped() {
    let world = World::new();
    let cache = world.root.join("cache/venvwrap");
    fs::create_dir_all(cache.join("interpreters")).unwrap();
    fs::create_dir_all(cache.join("trees/key")).unwrap();
    fs::create_dir_all(cache.join("trees/.building-1")).unwrap();
    fs::write(cache.join("interpreters/good.json"), "{\"schema\": 99}").unwrap();
    fs::write(cache.join("interpreters/bad.json"), "{\"schema\": ").unwrap();
    assert_eq!(world.store(), [What::CacheDamaged, What::CacheDamaged]);
    let examination = world.examination();
    for finding in examination.store() {
        assert_eq!(mend(&examination, &finding).unwrap().unwrap(), Mended::Dropped);
    }
    assert_eq!(world.store(), []);
    assert!(cache.join("interpreters/good.json").is_file() && !cache.join("trees/key").is_dir());
    let file = World::with(&[("XDG_CACHE_HOME", "ROOT/base/bin/python3.12")]);
    assert_eq!(file.store(), [What::CacheNotWritable { is_ours: true }]);
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
    let setup = || world.examination().setup(None, false).into_iter().map(|finding| finding.what).collect::<Vec<_>>();
    assert_eq!(setup(), [What::UnseenByEditors { default: default.clone(), is_free: true }]);
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
    let told = Told::new(words.map(OsString::from).into());
    assert_eq!(told.text("python", "alias").unwrap(), "python3 -q");
    assert_eq!(told.text("pip", "hashed").unwrap(), "/a b/pip");
    assert_eq!(told.text("workon", "other").unwrap(), "");
    assert_eq!(told.text("python", "function"), None);
    assert_eq!(told.text("pip", "hash"), None);
}
