//! Every way into an environment, and what goes wrong on it, with a pip of three files.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;

use super::{Environment, Room, files_in, small_pip};
use crate::context::Context;
use crate::seed::{LinkMode, Planted, Planting, identity, pool};

#[test]
fn built_linked_copied_and_moved_environments_are_alike() {
    let room = Room::small();
    assert!(room.seed(LinkMode::Auto).needs_building());
    let (built, how) = room.environment("built", LinkMode::Auto);
    assert_eq!(how, Planted::Built);
    assert!(!room.seed(LinkMode::Auto).needs_building());
    let (linked, how) = room.environment("linked", LinkMode::Auto);
    assert_eq!(how, Planted::Linked);
    let (copied, how) = room.environment("copied", LinkMode::Copy);
    assert_eq!(how, Planted::Copied);
    room.seed(LinkMode::Auto).stage().unwrap();
    let (moved, how) = room.environment("moved", LinkMode::Copy);
    assert_eq!(how, Planted::Moved);

    let nlink =
        |environment: &Environment<'_>, name: &str| fs::metadata(environment.site_packages.join(name)).unwrap().nlink();
    assert_eq!(nlink(&linked, "pip/main.py"), 3, "the cache, `built` and `linked`");
    for own in [&copied, &moved] {
        assert!(files_in(&own.site_packages).iter().all(|file| nlink(own, file.to_str().unwrap()) == 1));
    }
    let pip = format!("pip{}", room.interpreter.version.series());
    for environment in [&built, &linked, &copied, &moved] {
        assert_eq!(environment.succeeds(&pip, &["one two"]), "small pip 1: one two\n");
        assert_eq!(files_in(&environment.site_packages), files_in(&built.site_packages));
        assert_eq!(nlink(environment, "pip-1.dist-info/RECORD"), 1);
        // Every row is right: the file is there, with that hash and size.
        let check = "
import base64, hashlib, importlib.metadata as metadata
for file in metadata.distribution('pip').files:
    content = file.locate().read_bytes()
    if file.hash:
        digest = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, content).digest()).decode().rstrip('=')
        assert (digest, len(content)) == (file.hash.value, file.size), file
    print(file)";
        let listed = environment.python(check);
        assert!(listed.starts_with("../../../bin/pip\n../../../bin/pip3\n"), "{listed}");
        assert_eq!(listed.lines().count(), files_in(&environment.site_packages).len() + 3);
        // Compiled files are valid where they are, without being written again.
        let own = environment.python("import pip.main; print(pip.main.__spec__.cached)");
        let before = fs::metadata(own.trim_end()).unwrap().ino();
        environment.python("import pip.main");
        assert_eq!(fs::metadata(own.trim_end()).unwrap().ino(), before);
    }
    room.assert_cache_is_whole();
}

#[test]
fn a_file_written_through_a_hard_link_is_replaced() {
    let room = Room::small();
    room.environment("first", LinkMode::Auto);
    let (spoiled, _) = room.environment("spoiled", LinkMode::Auto);
    let file = spoiled.site_packages.join("pip/main.py");
    let good = fs::read_to_string(&file).unwrap();
    fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(b"raise SystemExit(9)\n").unwrap();
    let (mended, how) = room.environment("mended", LinkMode::Auto);
    assert_eq!(how, Planted::Built);
    assert_eq!(fs::read_to_string(mended.site_packages.join("pip/main.py")).unwrap(), good);
    assert_eq!(mended.succeeds("pip", &["x"]), "small pip 1: x\n");
    room.assert_cache_is_whole();

    // The same for slots, and for a file that is gone.
    let (_, tree) = room.tree();
    fs::remove_file(tree.site_packages.join("pip/deep/er/data.txt")).unwrap();
    room.seed(LinkMode::Auto).stage().unwrap();
    let (moved, how) = room.environment("moved", LinkMode::Auto);
    assert_eq!(how, Planted::Moved);
    assert!(moved.site_packages.join("pip/deep/er/data.txt").is_file());
    room.assert_cache_is_whole();
}

#[test]
fn slots_are_filled_taken_and_filled_again() {
    let room = Room::small();
    let seed = room.seed(LinkMode::Auto);
    assert!(seed.wants_staging());
    seed.stage().unwrap();
    assert!(!seed.wants_staging() && !seed.needs_building());
    for number in 0..pool::SLOTS {
        assert_eq!(room.environment(&format!("e{number}"), LinkMode::Auto).1, Planted::Moved);
        assert!(seed.wants_staging());
    }
    assert_eq!(room.environment("without", LinkMode::Auto).1, Planted::Linked);
    let own = room.pool().join(seed.choice.stock().unwrap().identity.key());
    fs::create_dir_all(own.join(".building-dead/site-packages")).unwrap();
    seed.stage().unwrap();
    assert!(!seed.wants_staging());
    let mut left: Vec<_> = fs::read_dir(&own).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["0", "1", identity::FILE]);
}

#[test]
fn one_process_waits_to_fill_the_slots_and_no_other_is_started() {
    let room = Room::small();
    let seed = room.seed(LinkMode::Auto);
    let watch = seed.watch().unwrap();
    assert!(room.seed(LinkMode::Auto).watch().is_none());
    assert!(!seed.wants_staging());
    // Whoever is told to stage does not have to wait.
    seed.stage().unwrap();
    drop(watch);
    room.environment("e", LinkMode::Auto);
    assert!(seed.wants_staging());
    assert!(seed.watch().is_some());
}

#[test]
fn a_damaged_slot_is_discarded() {
    let room = Room::small();
    let seed = room.seed(LinkMode::Auto);
    seed.stage().unwrap();
    let own = room.pool().join(seed.choice.stock().unwrap().identity.key());
    fs::remove_file(own.join("0/pip-1.dist-info/RECORD")).unwrap();
    let (environment, how) = room.environment("e", LinkMode::Auto);
    assert_eq!(how, Planted::Linked);
    assert_eq!(environment.succeeds("pip", &["x"]), "small pip 1: x\n");
}

#[test]
fn another_wheel_gets_another_tree_and_replaces_slots() {
    let mut room = Room::small();
    room.seed(LinkMode::Auto).stage().unwrap();
    let old = room.seed(LinkMode::Auto).choice.stock().unwrap().identity.key().to_owned();
    let wheel = room.interpreter.bundled[0].clone();
    fs::remove_file(&wheel).unwrap();
    room.interpreter.bundled = vec![small_pip(wheel.parent().unwrap(), "2")];
    // Beside it, what a stager left that was killed before it had said whose slots these are.
    fs::create_dir_all(room.pool().join("cpython-311-00112233445566778899/.building-dead")).unwrap();
    room.seed(LinkMode::Auto).stage().unwrap();
    assert!(!room.pool().join(&old).is_dir());
    assert_eq!(fs::read_dir(room.pool()).unwrap().count(), 1);
    let (environment, how) = room.environment("e", LinkMode::Auto);
    assert_eq!(how, Planted::Moved);
    assert_eq!(environment.succeeds("pip3", &["x"]), "small pip 2: x\n");
}

#[test]
fn nothing_is_created_in_a_removed_store() {
    let room = Room::small();
    fs::remove_dir(room.base().join("store")).unwrap();
    assert!(room.seed(LinkMode::Auto).stage().is_err());
    assert!(!room.base().join("store").is_dir());
}

#[test]
fn without_a_cache_the_tree_is_built_for_the_environment() {
    let mut room = Room::small();
    fs::write(room.base().join("file"), "").unwrap();
    let nowhere = room.base().join("file");
    room.context = Context::made_of(&[("XDG_CACHE_HOME", nowhere.to_str().unwrap())]);
    let (environment, how) = room.environment("e", LinkMode::Auto);
    assert_eq!(how, Planted::Built);
    assert_eq!(environment.succeeds("pip", &["x"]), "small pip 1: x\n");
    let parent = environment.site_packages.parent().unwrap();
    assert_eq!(fs::read_dir(parent).unwrap().count(), 1, "no leftovers");
}

#[test]
fn many_processes_at_once_all_succeed() {
    let room = Room::small();
    let site = |number: usize| room.base().join(format!("e{number}/lib/python/site-packages"));
    std::thread::scope(|scope| {
        for number in 0..6 {
            let room = &room;
            scope.spawn(move || {
                let (site, bin) = (site(number), room.base().join(format!("e{number}/bin")));
                fs::create_dir_all(site.parent().unwrap()).unwrap();
                fs::create_dir_all(&bin).unwrap();
                let planting = Planting { site_packages: &site, bin: &bin, final_bin: &bin };
                room.seed(LinkMode::Auto).plant(&planting).unwrap();
                room.seed(LinkMode::Auto).stage().unwrap();
            });
        }
    });
    assert!((1..6).all(|number| files_in(&site(number)) == files_in(&site(0))));
    assert!(!room.seed(LinkMode::Auto).wants_staging());
    room.assert_cache_is_whole();
}
