//! Environments: their interpreter, their place, their packages.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::*;
use crate::versions::Series;

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
    let series = Some(Series::new(3, 12));
    fs::rename(base.join("python3.12"), base.join("python3.13")).unwrap();
    let gone = Symptom::PythonMissing { python: base.join("python3.12"), series };
    assert_eq!(world.found("x"), [gone]);
    fs::remove_file(root.join("bin/python")).unwrap();
    assert_eq!(world.found("x"), [Symptom::PythonMissing { python: root.join("bin/python"), series }]);
    symlink(base.join("python3.13"), root.join("bin/python")).unwrap();
    let python = crate::fs::resolved(&base.join("python3.13")).unwrap();
    assert_eq!(world.found("x"), [Symptom::PythonReplaced { python, series: Series::new(3, 12), can_relink: true }]);
    let python = root.join("bin/python");
    fs::remove_file(&python).unwrap();
    // A copy would have to be made anew.
    fs::write(&python, "a copy").unwrap();
    crate::fs::remove_tree(&base).unwrap();
    assert_eq!(world.found("x"), [Symptom::HomeMissing { home: base, series: None }]);
}

#[test]
fn a_python_of_another_place_is_noted() {
    let world = World::new();
    let root = world.make("x");
    fs::create_dir(world.root.join("other")).unwrap();
    let cfg = format!("home = {}\nversion = 3.12.1\nvenvwrap = 0\n", world.root.join("other").display());
    fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
    assert!(matches!(world.found("x")[..], [Symptom::PythonOutsideHome { .. }]));
}

#[test]
fn one_that_was_moved_is_known_and_brought_into_line() {
    let world = World::new();
    let root = world.make("x");
    fs::rename(&root, world.home.path().join("y")).unwrap();
    let moved = |can_rewrite| Symptom::Moved { from: root.clone(), can_rewrite };
    assert_eq!(world.found("y"), [moved(true)]);
    // Another one has taken its place, whose programs these would be.
    world.make("x");
    assert_eq!(world.found("y"), [moved(true)]);
    assert_eq!(world.mend("y"), [Repair::Rewritten]);
    assert_eq!(world.found("y"), []);
    assert_eq!(world.found("x"), []);
    assert_eq!(
        fs::read(world.home.path().join("y/bin/pip")).unwrap(),
        opening(&world.home.path().join("y/bin/python"))
    );
}

#[test]
fn one_whose_scripts_were_renewed_is_known_by_its_pip() {
    let world = World::new();
    let (root, other) = (world.make("x"), world.make("y"));
    let pip = root.join("bin/pip3");
    for place in [world.root.join("gone"), other] {
        fs::write(&pip, opening(&place.join("bin/python"))).unwrap();
        assert_eq!(world.found("x"), [Symptom::Moved { from: place, can_rewrite: true }]);
        assert_eq!(world.mend("x"), [Repair::Rewritten]);
        assert_eq!(fs::read(&pip).unwrap(), opening(&root.join("bin/python")));
    }
    // One of the base is somebody's own.
    fs::write(&pip, opening(&world.root.join("base/bin/python3.12"))).unwrap();
    assert_eq!(world.found("x"), []);
}

#[test]
fn what_is_more_than_an_environment_is_never_rewritten() {
    let world = World::new();
    let root = world.make("x");
    let cfg = fs::read(root.join("pyvenv.cfg")).unwrap();
    for place in [world.root.clone(), world.root.join("base"), world.home.path().to_path_buf(), PathBuf::from("/")] {
        let activate = String::from_utf8(scripts(&place, OsStr::new("")).remove(0).1).unwrap();
        fs::write(root.join("bin/activate"), activate).unwrap();
        assert_eq!(world.found("x"), [Symptom::Moved { from: place, can_rewrite: false }]);
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
    let missing = Symptom::NoActivate { scripts: vec!["activate.fish"] };
    assert_eq!(world.found("y"), [Symptom::Moved { from: root, can_rewrite: false }, missing]);
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
        Symptom::ScriptPythonMissing { scripts: names(&["a", "b"]), python: gone },
        Symptom::ScriptPythonElsewhere { scripts: names(&["c"]), python: other },
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
    assert_eq!(world.found("x"), [Symptom::NoActivate { scripts: vec!["activate", "activate.fish"] }]);
    assert_eq!(world.mend("x"), [Repair::Restored(vec!["activate", "activate.fish"])]);
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
    assert_eq!(world.found("x"), [Symptom::ActivateEdited { lines: vec![1] }]);
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
    let odd = |missing, name| Symptom::MetadataIncomplete { missing, names: names(&[name]) };
    let expected = [
        odd(MetadataFile::Metadata, "a-1.dist-info"),
        odd(MetadataFile::Record, "b-2.dist-info"),
        Symptom::PipLeftovers { names: names(&["~ip-1.dist-info"]) },
    ];
    assert_eq!(world.found("x"), expected);

    let root = world.make("y");
    let packages = root.join("lib/python3.12/site-packages");
    fs::remove_file(root.join("bin/pip")).unwrap();
    assert_eq!(world.found("y"), [Symptom::NoPipCommand]);
    crate::fs::remove_tree(&packages.join("pip")).unwrap();
    assert_eq!(world.found("y"), [Symptom::PipModuleMissing]);
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
    assert!(world.found("y").contains(&Symptom::NoSitePackages));
}
