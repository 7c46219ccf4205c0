//! A clock that jumps: what was written in years to come, or long ago.
//!
//! The clock of the machine is everybody's, and a static program asks the kernel past every library
//! that would tell it another time: what is set here are the times that a jump leaves behind.

use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{assert_cache_is_whole, assert_seen, tidy};
use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::tally;

/// 1999, 2037 (the last that 32 bits hold) and 2096.
const TIMES: [u64; 3] = [915_148_800, 2_145_916_800, 3_976_214_400];

/// Sets the time of everything below a directory.
fn set_times(directory: &Path, time: SystemTime) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap();
        if kind.is_dir() {
            set_times(&path, time);
        }
        if !kind.is_symlink() {
            File::open(&path).unwrap().set_times(FileTimes::new().set_modified(time).set_accessed(time)).unwrap();
        }
    }
}

/// Without what names an environment or holds a time.
fn packages(root: &Path) -> Vec<String> {
    let is_told = |line: &&str| !line.contains(".pyc ") && !line.contains("/RECORD ") && line.starts_with("lib");
    tree(root).lines().filter(is_told).map(str::to_owned).collect()
}

#[test]
fn a_cache_and_prepared_packages_of_another_time_serve_or_are_made_anew() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete().path.as_os_str();
    let store = sandbox.workon_home();
    let make =
        |name: &str| drop(sandbox.run(["mkvirtualenv".as_ref(), "-p".as_ref(), python, name.as_ref()]).status(0));
    let stage = ["background".as_ref(), "stage".as_ref(), "--when-quiet".as_ref(), store.as_os_str(), python];
    make("good");
    sandbox.run(stage).silent();
    let good = packages(&sandbox.environment("good"));
    for time in TIMES {
        let time = UNIX_EPOCH + Duration::from_secs(time);
        set_times(&sandbox.root().join("cache"), time);
        set_times(&store.join(".venvwrap"), time);
        make("x");
        assert!(packages(&sandbox.environment("x")) == good, "{time:?}");
        let mut command = sandbox.command(sandbox.environment("x").join("bin/pip"));
        command.arg("check");
        sandbox.run_command(command, b"").status(0).stdout("No broken requirements found.\n");
        sandbox.run(stage).silent();
        assert_cache_is_whole(&sandbox);
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        tally::add("jumps of the clock", 1);
    }
}

#[test]
fn the_last_one_removed_comes_back_first_whatever_the_clock_said() {
    let sandbox = Sandbox::new();
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    // Nothing expires here: what does is purged by the next removal.
    sandbox.write("home/.config/venvwrap/config.toml", "trash-days = 100000\n");
    for time in TIMES {
        sandbox.minimal_environment("x");
        sandbox.write("envs/x/which", "first");
        sandbox.run(["rmvirtualenv", "x"]).status(0);
        let place = names(&trash).pop().unwrap();
        let counter = place.split_once('.').unwrap().1;
        fs::rename(trash.join(&place), trash.join(format!("{time}.{counter}"))).unwrap();
        sandbox.minimal_environment("x");
        sandbox.write("envs/x/which", "second");
        sandbox.run(["rmvirtualenv", "x"]).status(0);
        for which in ["second", "first"] {
            sandbox.run(["undo"]).status(0);
            assert_eq!(fs::read_to_string(sandbox.environment("x").join("which")).unwrap(), which, "{time}");
            fs::remove_dir_all(sandbox.environment("x")).unwrap();
        }
        assert_eq!(names(&trash), Vec::<String>::new());
        tally::add("jumps of the clock", 1);
    }
}

#[test]
fn what_no_clock_can_show_is_passed_over_and_kept() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("y");
    for name in ["18446744073709551615.0", "9223372036854775807.1", "1.4294967295", "1.18446744073709551615", "-1.0"] {
        sandbox.write(format!("envs/.venvwrap/trash/{name}/x/pyvenv.cfg"), "");
    }
    sandbox.run(["undo", "--list"]).status(0);
    sandbox.run(["undo", "--list", "--json"]).status(0);
    sandbox.run(["rmvirtualenv", "y"]).status(0);
    sandbox.run(["undo", "y"]).status(0);
    tidy(&sandbox);
    assert_seen(&sandbox, &["y"]);
    tally::add("jumps of the clock", 5);
}
