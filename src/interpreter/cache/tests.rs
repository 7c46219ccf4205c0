//! Tests of the cache: which answers it returns, and which changes invalidate them.

use super::*;
use crate::interpreter::fake::{self, hostile_room, put};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

/// A context with its own cache, and an interpreter in it.
fn world(room: &Path) -> (Context, Interpreter) {
    let context = Context::made_of(&[("XDG_CACHE_HOME", room.join("cache").to_str().unwrap())]);
    put(&room.join("py/bin/python3.12"), "1234");
    let mut interpreter = fake::interpreter(&room.join("py"), "3.12.1");
    fs::create_dir_all(stdlib_of(&interpreter)).unwrap();
    interpreter.bundled = vec![put(&room.join("py/pip.whl"), "")];
    remember(&context, &interpreter);
    (context, interpreter)
}

fn stdlib_of(interpreter: &Interpreter) -> PathBuf {
    interpreter.base_prefix.join("lib").join(interpreter.library_directory())
}

fn remember(context: &Context, interpreter: &Interpreter) {
    about_to_ask(&interpreter.executable).remember(context, interpreter, stdlib_of(interpreter));
}

#[test]
fn an_answer_comes_back_as_it_was() {
    let (_room, room) = hostile_room();
    let (context, interpreter) = world(&room);
    assert_eq!(recall(&context, &interpreter.executable), Some(interpreter));
    assert_eq!(recall(&context, Path::new("/other")), None);
    assert_eq!(recall(&Context::made_of(&[]), Path::new("/other")), None);
}

/// Replaces the content with other bytes of the same size, in the same inode.
fn rewrite(file: &Path, time: fn(SystemTime) -> SystemTime) {
    let mut open = fs::OpenOptions::new().write(true).open(file).unwrap();
    let entry = open.metadata().unwrap();
    open.write_all(&vec![b'#'; usize::try_from(entry.len()).unwrap()]).unwrap();
    open.set_modified(time(entry.modified().unwrap())).unwrap();
}

#[test]
fn any_change_invalidates_the_answer() {
    type Change = fn(&Interpreter);
    let changes: [(&str, Change); 8] = [
        ("executable replaced", |python| drop(put(&python.executable, "other"))),
        ("executable rewritten in place, its time set back", |python| rewrite(&python.executable, |before| before)),
        ("executable rewritten in place, its time set to long ago", |python| {
            rewrite(&python.executable, |_| SystemTime::UNIX_EPOCH);
        }),
        ("executable touched", |python| {
            fs::set_permissions(&python.executable, fs::Permissions::from_mode(0o700)).unwrap();
        }),
        ("executable gone", |python| fs::remove_file(&python.executable).unwrap()),
        ("ensurepip installed", |python| {
            fs::create_dir(stdlib_of(python).join("ensurepip")).unwrap();
        }),
        ("standard library gone", |python| {
            fs::remove_dir(stdlib_of(python)).unwrap();
        }),
        ("wheel gone", |python| fs::remove_file(&python.bundled[0]).unwrap()),
    ];
    for (what, change) in changes {
        let (_room, room) = hostile_room();
        let (context, interpreter) = world(&room);
        change(&interpreter);
        assert_eq!(recall(&context, &interpreter.executable), None, "{what}");
    }
}

#[test]
fn a_link_is_cached_by_its_path_and_checked_by_its_target() {
    let (_room, room) = hostile_room();
    let (context, mut interpreter) = world(&room);
    let link = room.join("link");
    symlink(&interpreter.executable, &link).unwrap();
    assert_eq!(recall(&context, &link), None);
    interpreter.executable.clone_from(&link);
    remember(&context, &interpreter);
    assert_eq!(recall(&context, &link), Some(interpreter.clone()));
    fs::remove_file(&link).unwrap();
    symlink(put(&room.join("py/bin/python3.13"), ""), &link).unwrap();
    assert_eq!(recall(&context, &link), None);
}

#[test]
fn the_name_to_link_to_can_go_alone() {
    let (_room, room) = hostile_room();
    let (context, mut interpreter) = world(&room);
    interpreter.base_executable = room.join("stays");
    symlink(&interpreter.executable, room.join("stays")).unwrap();
    remember(&context, &interpreter);
    assert!(recall(&context, &interpreter.executable).is_some());
    fs::remove_file(room.join("stays")).unwrap();
    assert_eq!(recall(&context, &interpreter.executable), None);
}

#[test]
fn an_answer_about_a_file_that_changed_meanwhile_is_not_kept() {
    let (_room, room) = hostile_room();
    let (context, interpreter) = world(&room);
    let file = file_of(&context, &interpreter.executable).unwrap();
    fs::remove_file(&file).unwrap();
    let pending = about_to_ask(&interpreter.executable);
    put(&interpreter.executable, "upgraded");
    pending.remember(&context, &interpreter, stdlib_of(&interpreter));
    assert!(fs::metadata(&file).is_err());
}

#[test]
fn a_broken_file_is_forgotten_and_replaced() {
    let (_room, room) = hostile_room();
    let (context, interpreter) = world(&room);
    let file = file_of(&context, &interpreter.executable).unwrap();
    let good = fs::read_to_string(&file).unwrap();
    let future = good.replacen(r#""schema":2"#, r#""schema":999"#, 1);
    assert_ne!(future, good);
    for broken in ["", "{}", "[1", "\0", &good[..good.len() / 2], &future] {
        fs::write(&file, broken).unwrap();
        assert_eq!(recall(&context, &interpreter.executable), None, "{broken}");
        remember(&context, &interpreter);
        assert!(recall(&context, &interpreter.executable).is_some(), "{broken}");
    }
}

#[test]
fn where_nothing_can_be_written_nothing_is_remembered() {
    let (_room, room) = hostile_room();
    put(&room.join("cache"), "a file in the way");
    let (context, interpreter) = world(&room);
    assert_eq!(recall(&context, &interpreter.executable), None);
    assert_eq!(fs::read_to_string(room.join("cache")).unwrap(), "a file in the way");
}

#[test]
fn a_clock_that_jumps_costs_one_probe() {
    let (_room, room) = hostile_room();
    let (context, interpreter) = world(&room);
    let file = file_of(&context, &interpreter.executable).unwrap();
    let set = |path: &Path, time| fs::File::open(path).unwrap().set_modified(time).unwrap();
    let now = SystemTime::now();
    for time in [now + Duration::from_hours(1_000_000), SystemTime::UNIX_EPOCH - Duration::from_hours(1000)] {
        set(&interpreter.executable, time);
        assert_eq!(recall(&context, &interpreter.executable), None);
        remember(&context, &interpreter);
        // The time of the cache file itself does not matter.
        set(&file, time);
        assert!(recall(&context, &interpreter.executable).is_some(), "{time:?}");
    }
}

/// Flips every bit of a file: an answer is then either refused or unchanged.
#[test]
fn no_bit_can_flip_unnoticed() {
    let (_room, room) = hostile_room();
    let (context, interpreter) = world(&room);
    let file = file_of(&context, &interpreter.executable).unwrap();
    let good = fs::read(&file).unwrap();
    for index in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[index / 8] ^= 1 << (index % 8);
        if let Content::Answer(record) = Content::of(&bad) {
            assert_eq!(record.interpreter, interpreter, "bit {index}");
        }
        if index % 97 == 0 {
            fs::write(&file, &bad[..index / 8]).unwrap();
            assert_eq!(recall(&context, &interpreter.executable), None, "cut at {index}");
        }
    }
    assert!(matches!(Content::of(&good), Content::Answer(_)));
}

#[test]
fn special_files_and_files_of_other_users_are_not_read() {
    let (_room, room) = hostile_room();
    let (context, interpreter) = world(&room);
    let file = file_of(&context, &interpreter.executable).unwrap();
    let good = fs::read(&file).unwrap();
    if nix::unistd::geteuid().is_root() {
        std::os::unix::fs::chown(&file, Some(12345), None).unwrap();
        assert_eq!(recall(&context, &interpreter.executable), None);
    }
    fs::remove_file(&file).unwrap();
    nix::unistd::mkfifo(&file, nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert_eq!(recall(&context, &interpreter.executable), None);
    remember(&context, &interpreter);
    assert!(recall(&context, &interpreter.executable).is_some());
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert_eq!(recall(&context, &interpreter.executable), None);
    // The file cannot be replaced, which is not an error.
    remember(&context, &interpreter);
    fs::remove_dir(&file).unwrap();
    fs::write(&file, good).unwrap();
    assert!(recall(&context, &interpreter.executable).is_some());
}

#[test]
fn only_broken_files_of_this_version_count_as_damaged() {
    let (_room, room) = hostile_room();
    let (context, interpreter) = world(&room);
    let file = file_of(&context, &interpreter.executable).unwrap();
    assert_eq!(damaged(&context), Vec::<PathBuf>::new());
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, good.replacen("3.12", "3.13", 1)).unwrap();
    assert_eq!(damaged(&context), std::slice::from_ref(&file));
    fs::write(&file, "{\"schema\": 1, \"interpreter\": {}}").unwrap();
    assert_eq!(damaged(&context), Vec::<PathBuf>::new());
}
