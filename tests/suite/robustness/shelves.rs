//! The directories of ours in the store when somebody else has been there: links, pipes, locks,
//! mounts, and entries that cannot be deleted. Nothing that is not ours is followed or deleted, and
//! nobody waits without end.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::stat::Mode;
use nix::unistd::{Uid, mkfifo};

use super::making;
use crate::support::disk::{names, tree};
use crate::support::programs::copy_program;
use crate::support::pythons;
use crate::support::sandbox::{Answer, Sandbox, tool};
use crate::support::small_disk::{Mounted, SmallDisk};
use crate::support::tally;

/// A directory full of what nobody wants to lose, under all the names that we would delete.
fn precious(sandbox: &Sandbox) -> PathBuf {
    let precious = sandbox.root().join("precious");
    for name in ["5.36", "doomed-1", "doomed-5.36", "env-abcdef", "dead-env-abcdef", ".building-x", "work"] {
        fs::create_dir_all(precious.join(name).join("inside")).unwrap();
        fs::write(precious.join(name).join("inside/thesis"), "years").unwrap();
    }
    fs::create_dir_all(precious.join("cpython-312-00112233445566778899")).unwrap();
    precious
}

/// Everything that works in the directories of ours, with what it needs to get there.
fn work(sandbox: &Sandbox) -> Vec<Answer<'_>> {
    let store = sandbox.workon_home();
    let python = &pythons::complete().path;
    let background = |words: &[&str]| {
        let mut all: Vec<&std::ffi::OsStr> = words.iter().map(AsRef::as_ref).collect();
        all.push(store.as_os_str());
        if words[1] == "stage" {
            all.push(python.as_os_str());
        }
        sandbox.run(all)
    };
    vec![
        sandbox.run(making(python, "new")),
        sandbox.run(["cpvirtualenv", "x", "copy"]),
        sandbox.run(["snapshot", "x"]),
        sandbox.run(["rollback", "x"]),
        sandbox.run(["mvvirtualenv", "x", "renamed"]),
        sandbox.run(["mvvirtualenv", "renamed", "x"]),
        sandbox.run(["rmvirtualenv", "y"]),
        sandbox.run(["rmvirtualenv", "--now", "z"]),
        sandbox.run(["undo"]),
        sandbox.run(["undo", "--list"]),
        background(&["background", "tidy"]),
        background(&["background", "stage"]),
        sandbox.run(["doctor", "--fix"]),
    ]
}

fn all_told(answers: &[Answer<'_>]) -> String {
    answers.iter().map(ToString::to_string).collect()
}

fn with_environments() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["x", "y", "z"] {
        sandbox.minimal_environment(name);
    }
    sandbox
}

#[test]
fn a_link_in_place_of_a_directory_of_ours_is_never_followed() {
    for place in [".venvwrap", ".venvwrap/new", ".venvwrap/trash", ".venvwrap/pool"] {
        let sandbox = with_environments();
        let precious = precious(&sandbox);
        let link = sandbox.workon_home().join(place);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        if place == ".venvwrap" {
            for below in ["new", "trash", "pool"] {
                fs::rename(precious.join("work"), precious.join(below)).ok();
                fs::create_dir_all(precious.join(below).join("env-abcdef/thesis")).unwrap();
                fs::create_dir_all(precious.join(below).join("5.36/thesis/years")).unwrap();
            }
        }
        symlink(&precious, &link).unwrap();
        let before = tree(&precious);
        let answers = work(&sandbox);
        assert_eq!(tree(&precious), before, "{place}");
        let said = answers.iter().filter(|answer| {
            let told = String::from_utf8_lossy(&answer.stderr).into_owned();
            told.contains(": it is a symbolic link to ") && told.contains("hint: `rm ")
        });
        assert!(place.ends_with("pool") || said.count() >= 2, "{place}: {}", all_told(&answers));
        let told = sandbox.run(["doctor", "--json"]).status(1).stdout_text();
        assert!(told.contains("\"private-directory-unusable\""), "{told}");
        // The command that is proposed makes it right again.
        fs::remove_file(&link).unwrap();
        sandbox.run(making(&pythons::complete().path, "after")).status(0);
        assert_eq!(tree(&precious), before, "{place}");
        tally::add("things of others in place of ours", 1);
    }
}

#[test]
fn a_link_among_our_entries_is_never_followed_and_foreign_names_stay() {
    let sandbox = with_environments();
    let precious = precious(&sandbox);
    let ours = sandbox.workon_home().join(".venvwrap");
    for (shelf, names) in [
        ("new", &["env-abcdef", "dead-env-abcdef", "stranger"][..]),
        ("trash", &["5.36", "doomed-1", "stranger"]),
        ("pool", &["cpython-312-00112233445566778899", ".building-x", "stranger"]),
    ] {
        fs::create_dir_all(ours.join(shelf)).unwrap();
        for name in names {
            symlink(&precious, ours.join(shelf).join(name)).unwrap();
        }
        fs::create_dir_all(ours.join(shelf).join("mine/deep")).unwrap();
        fs::write(ours.join(shelf).join("mine/deep/file"), "mine").unwrap();
    }
    // A place in the trash that holds more than we put there.
    for name in ["a", "b"] {
        fs::create_dir_all(ours.join("trash/5.37").join(name)).unwrap();
    }
    symlink(&precious, ours.join("trash/5.37/c")).unwrap();
    let before = (tree(&precious), tree(&ours));
    work(&sandbox);
    assert_eq!(tree(&precious), before.0);
    let after = tree(&ours);
    for line in before.1.lines() {
        assert!(after.lines().any(|other| other == line), "{line}\n{after}");
    }
    tally::add("things of others in place of ours", 9);
}

#[test]
fn a_file_or_a_pipe_in_place_of_a_directory_of_ours_is_told_with_what_removes_it() {
    for place in [".venvwrap", ".venvwrap/new", ".venvwrap/trash", ".venvwrap/pool"] {
        for is_pipe in [false, true] {
            let sandbox = with_environments();
            let file = sandbox.workon_home().join(place);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            if is_pipe {
                mkfifo(&file, Mode::S_IRWXU).unwrap();
            } else {
                fs::write(&file, "mine").unwrap();
            }
            let begun = Instant::now();
            let answers = work(&sandbox);
            assert!(begun.elapsed() < Duration::from_secs(30));
            let said = answers.iter().filter(|answer| {
                String::from_utf8_lossy(&answer.stderr).contains(": it is not a directory\nhint: `rm ")
            });
            assert!(place.ends_with("pool") || said.count() >= 2, "{place}: {}", all_told(&answers));
            assert!(fs::symlink_metadata(&file).is_ok());
            tally::add("things of others in place of ours", 1);
        }
    }
}

/// Anybody who may read a file can lock it.
#[test]
fn a_lock_of_somebody_else_is_waited_for_two_seconds_and_then_told() {
    let sandbox = with_environments();
    sandbox.run(["cpvirtualenv", "x", "first"]).status(0);
    let shelf = sandbox.workon_home().join(".venvwrap/new");
    let lock = File::open(&shelf).unwrap();
    lock.lock().unwrap();
    let python = &pythons::complete().path;
    let words: [Vec<&std::ffi::OsStr>; 3] = [
        making(python, "new"),
        ["cpvirtualenv", "x", "copy"].map(AsRef::as_ref).to_vec(),
        ["mvvirtualenv", "x", "renamed"].map(AsRef::as_ref).to_vec(),
    ];
    for words in &words {
        let begun = Instant::now();
        let told = sandbox.run(words).status(1).stderr_text();
        assert!(begun.elapsed() < Duration::from_secs(10), "{told}");
        let expected = format!("process {} has locked it for more than 2 seconds\nhint: `ps -fp ", std::process::id());
        assert!(told.contains("/.venvwrap/new: ") && told.contains(&expected), "{told}");
        tally::add("things of others in place of ours", 1);
    }
    drop(lock);
    for words in &words {
        sandbox.run(words).status(0);
    }
}

/// A pipe in place of every file of ours that is read.
#[test]
fn a_pipe_in_place_of_a_file_of_ours_holds_nobody_up() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete().path.to_str().unwrap();
    let stage = || {
        let store = sandbox.workon_home();
        drop(sandbox.run(["background".as_ref(), "stage".as_ref(), store.as_os_str(), python.as_ref()]));
    };
    sandbox.run(["mkvirtualenv", "-p", python, "x"]).status(0);
    stage();
    let mut places = vec![sandbox.root().join("cache"), sandbox.workon_home().join(".venvwrap")];
    let mut piped = 0;
    while let Some(place) = places.pop() {
        for entry in fs::read_dir(place).unwrap().map(|entry| entry.unwrap()) {
            let path = entry.path();
            let is_package = path.components().any(|part| part.as_os_str() == "pip");
            if entry.file_type().unwrap().is_dir() && !is_package {
                places.push(path);
            } else if entry.file_type().unwrap().is_file() {
                fs::remove_file(&path).unwrap();
                mkfifo(&path, Mode::S_IRWXU).unwrap();
                piped += 1;
            }
        }
    }
    assert!(piped > 10, "{piped}");
    sandbox.run(["mkvirtualenv", "-p", python, "new"]).status(0);
    sandbox.run(["cpvirtualenv", "new", "copy"]).status(0);
    sandbox.run(["mvvirtualenv", "copy", "renamed"]).status(0);
    stage();
    drop(sandbox.run(["doctor", "--fix"]));
    tally::add("things of others in place of ours", piped);
}

#[test]
fn what_is_mounted_in_an_environment_is_neither_deleted_nor_moved() {
    let sandbox = with_environments();
    let precious = precious(&sandbox);
    let before = tree(&precious);
    let inside = sandbox.environment("x").join("lib/my \\data");
    fs::create_dir(&inside).unwrap();
    let python = &pythons::complete().path;
    let clear: Vec<&std::ffi::OsStr> = {
        let mut words = making(python, "x");
        words.insert(1, "--clear".as_ref());
        words
    };
    // Another disk, a directory of the same disk, and the environment as a whole.
    for (source, place) in
        [(None, &inside), (Some(&precious), &inside), (Some(&sandbox.environment("y")), &sandbox.environment("x"))]
    {
        let Some(mounted) = Mounted::at(source.map(PathBuf::as_path), place) else {
            eprintln!("skipped: only root can mount");
            return;
        };
        let told_at = String::from_utf8(sandbox.masked(place.as_os_str().as_encoded_bytes())).unwrap();
        let words: [&[&str]; 4] = [
            &["rmvirtualenv", "x"],
            &["rmvirtualenv", "--now", "x"],
            &["rmvirtualenv", "-f", "z", "x"],
            &["mvvirtualenv", "x", "renamed"],
        ];
        for words in words {
            let told = sandbox.run(words).status(1).stderr_text();
            assert!(told.contains(&format!("another file system is mounted at {told_at}")), "{told}");
            assert!(told.contains("hint: `sudo umount '"), "{told}");
            if !sandbox.environment("z").is_dir() {
                sandbox.minimal_environment("z");
            }
        }
        let told = sandbox.run(&clear).status(1).stderr_text();
        assert!(told.contains("another file system is mounted at "), "{told}");
        assert_eq!(tree(&precious), before);
        assert!(sandbox.environment("x").join("pyvenv.cfg").is_file());
        drop(mounted);
        tally::add("mounts in an environment", 5);
    }
    sandbox.run(["rmvirtualenv", "x"]).status(0);
}

/// A mount that comes later, in the trash or in what a killed command left.
#[test]
fn work_behind_the_prompt_does_not_descend_into_a_mount() {
    let sandbox = with_environments();
    let precious = precious(&sandbox);
    let before = tree(&precious);
    let ours = sandbox.workon_home().join(".venvwrap");
    for place in ["trash/5.36/x/lib", "trash/doomed-5.35/y/lib", "new/env-abcdef/lib"] {
        let place = ours.join(place);
        fs::create_dir_all(&place).unwrap();
        let Some(mounted) = Mounted::at(Some(&precious), &place) else {
            eprintln!("skipped: only root can mount");
            return;
        };
        work(&sandbox);
        assert_eq!(tree(&precious), before, "{}", place.display());
        if place.starts_with(ours.join("trash")) {
            let told = sandbox.run(["undo", "--list"]).status(0).stderr_text();
            assert!(told.contains(": another file system is mounted there\nhint: `sudo umount "), "{told}");
        }
        drop(mounted);
        let store = sandbox.workon_home();
        sandbox.run(["background".as_ref(), "tidy".as_ref(), store.as_os_str()]).silent();
        assert!(!place.is_dir(), "{}", place.display());
        tally::add("mounts in an environment", 1);
    }
}

#[test]
fn what_cannot_be_deleted_is_passed_over_and_told() {
    let sandbox = Sandbox::new();
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    for number in 1..=4 {
        sandbox.minimal_environment_at(&trash.join(format!("5.{number}/old{number}")));
    }
    let fixed = trash.join("5.2/old2/pyvenv.cfg");
    let chattr = |flag: &str, path: &Path| {
        Command::new(tool("chattr")).arg("-R").arg(flag).arg(path).output().is_ok_and(|done| done.status.success())
    };
    if !Uid::effective().is_root() || !chattr("+i", &fixed) {
        eprintln!("skipped: this file system knows no immutable files");
        return;
    }
    let store = sandbox.workon_home();
    let tidy = || sandbox.run(["background".as_ref(), "tidy".as_ref(), store.as_os_str()]).silent();
    tidy();
    tidy();
    let left = names(&trash);
    assert_eq!(left, ["doomed-5.2"]);
    let answer = sandbox.run(["undo", "--list"]).status(0).stdout("");
    let told = String::from_utf8(sandbox.masked(&answer.stderr)).unwrap();
    let path = "[ROOT]/envs/.venvwrap/trash/doomed-5.2/old2/pyvenv.cfg";
    let said = format!("No removed environments to bring back.\nvenvwrap: cannot delete {path}: it is immutable\n");
    assert!(told.starts_with(&said), "{told}");
    assert!(told.contains("hint: `sudo chattr -R -ia "), "{told}");
    let doctor = sandbox.run(["doctor", "--json"]).status(1).stdout_text();
    assert!(doctor.contains("\"undeletable\"") && doctor.contains("sudo chattr -R -ia "), "{doctor}");
    assert!(chattr("-i", &trash));
    tidy();
    assert_eq!(names(&trash), Vec::<String>::new());
    sandbox.run(["undo", "--list"]).status(0).stdout("").stderr("No removed environments to bring back.\n");
    tally::add("things of others in place of ours", 1);
}

/// The files of root in an environment of somebody, as `sudo pip` leaves them.
#[test]
fn what_belongs_to_another_user_is_passed_over_and_told() {
    let sandbox = Sandbox::new();
    if !Uid::effective().is_root() {
        eprintln!("skipped: only root can be somebody else");
        return;
    }
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    for number in 1..=3 {
        sandbox.minimal_environment_at(&trash.join(format!("5.{number}/old{number}")));
    }
    let all = Command::new("chown").args(["-R", "65534:65534"]).arg(sandbox.root()).status().unwrap();
    assert!(all.success());
    let roots = trash.join("5.2/old2/lib");
    assert!(Command::new("chown").args(["-R", "0:0"]).arg(&roots).status().unwrap().success());
    for above in sandbox.root().ancestors().take(2) {
        fs::set_permissions(above, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let binary = sandbox.root().join("venvwrap");
    copy_program(crate::support::sandbox::BINARY, &binary);
    let run = |words: &[&std::ffi::OsStr]| {
        let mut command = sandbox.command(tool("setpriv"));
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&binary).args(words);
        sandbox.run_command(command, b"")
    };
    let store = sandbox.workon_home();
    run(&["background".as_ref(), "tidy".as_ref(), store.as_os_str()]).silent();
    assert_eq!(names(&trash), ["doomed-5.2"]);
    let told = run(&["undo".as_ref(), "--list".as_ref()]).status(0).stderr_text();
    assert!(told.contains("/lib") && told.contains(": it belongs to another user\nhint: `sudo rm -rf "), "{told}");
    tally::add("things of others in place of ours", 1);
}

#[test]
fn removing_for_good_needs_no_room() {
    for has_trash in [false, true] {
        let sandbox = Sandbox::new();
        let Some(disk) = SmallDisk::journaled(&sandbox.root().join("disk"), 8) else {
            eprintln!("skipped: only root can mount a disk");
            return;
        };
        let run = |words: &[&str]| {
            let mut command = sandbox.command(crate::support::sandbox::BINARY);
            command.args(words).env("WORKON_HOME", disk.path());
            sandbox.run_command(command, b"")
        };
        for name in ["x", "y", "z"] {
            sandbox.minimal_environment_at(&disk.path().join(name));
        }
        if has_trash {
            run(&["rmvirtualenv", "--now", "z"]).status(0);
        }
        disk.fill_but(0);
        disk.use_up_inodes();
        let told = run(&["rmvirtualenv", "x"]).status(1).stderr_text();
        assert!(told.contains("hint: `venvwrap rmvirtualenv --now x` deletes it for good"), "{told}");
        assert!(disk.path().join("x/pyvenv.cfg").is_file());
        run(&["rmvirtualenv", "--now", "x", "y"]).status(0).stderr("");
        assert!(!disk.path().join("x").is_dir() && !disk.path().join("y").is_dir());
        tally::add("disks that are full or limited", 1);
    }
}
