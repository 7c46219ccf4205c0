//! Whose files are believed: cache, prepared packages, settings and trust that somebody else can
//! change are not.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::support::disk::names;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::tally;

const SOMEBODY: u32 = 65_534;

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Every path below, links themselves.
fn all(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![root.to_path_buf()];
    let mut next = 0;
    while next < found.len() {
        if fs::symlink_metadata(&found[next]).unwrap().is_dir() {
            let entries = fs::read_dir(&found[next]).unwrap().map(|entry| entry.unwrap().path());
            found.extend(entries.collect::<Vec<_>>());
        }
        next += 1;
    }
    found
}

fn give_away(root: &Path) {
    for path in all(root) {
        std::os::unix::fs::lchown(path, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
}

fn make(sandbox: &Sandbox, name: &str) -> String {
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-p", python, name]).status(0).stderr_text()
}

/// Asserts that nothing of the environment is, or shares a file with, what others can change.
#[track_caller]
fn assert_own(root: &Path) {
    for path in all(root) {
        let entry = fs::symlink_metadata(&path).unwrap();
        assert_eq!(entry.uid(), Uid::effective().as_raw(), "{}", path.display());
        let text = if entry.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
        assert!(!text.windows(7).any(|part| part == b"PLANTED"), "{}", path.display());
    }
}

/// Has every Python file of a cache or a pool say that somebody else wrote it, with the time that
/// it had.
fn plant(root: &Path) {
    for path in all(root) {
        if path.extension().is_some_and(|end| end == "py") {
            let entry = fs::metadata(&path).unwrap();
            let mut text = fs::read(&path).unwrap();
            if let Some(start) = text.first_chunk_mut::<7>() {
                *start = *b"PLANTED";
            }
            fs::write(&path, text).unwrap();
            fs::File::options().write(true).open(&path).unwrap().set_modified(entry.modified().unwrap()).unwrap();
        }
    }
}

#[test]
fn a_cache_that_others_can_write_to_is_not_used_and_a_private_one_is() {
    let sandbox = Sandbox::new().with_own_cache();
    make(&sandbox, "before");
    let cache = sandbox.root().join("cache");
    plant(&cache);
    mode(&cache, 0o777);
    let told = make(&sandbox, "x");
    let stand_in = sandbox.root().join(format!("tmp/venvwrap-{}", Uid::effective()));
    let said = told.lines().filter(|line| line.starts_with("venvwrap: ignored the cache ")).count();
    assert_eq!(said, 1, "{told}");
    assert!(told.contains("hint: `chmod go-w ") && told.contains("; used "), "{told}");
    assert_own(&sandbox.environment("x"));
    assert_eq!(fs::metadata(&stand_in).unwrap().mode() & 0o777, 0o700);
    assert_eq!(names(&stand_in), ["interpreters", "trees"]);
    let doctor = sandbox.run(["doctor", "--json"]).status(1).stdout_text();
    assert!(doctor.contains("\"not-private\""), "{doctor}");
    // What is proposed makes it right; what was planted is noticed by its own.
    mode(&cache, 0o755);
    let told = make(&sandbox, "y");
    assert!(!told.contains("ignored"), "{told}");
    tally::add("caches, pools, settings and records of others", 1);
}

/// The sticky bit lets everybody put something under our name first.
#[test]
fn a_cache_that_somebody_put_there_first_is_not_used() {
    let sandbox = Sandbox::new().with_own_cache();
    if !Uid::effective().is_root() {
        eprintln!("skipped: only root can give files away");
        return;
    }
    make(&sandbox, "before");
    let cache = sandbox.root().join("cache");
    plant(&cache);
    for step in ["venvwrap", "venvwrap/trees"] {
        chown(cache.join(step), Some(SOMEBODY), None).unwrap();
        mode(&cache, 0o1777);
        make(&sandbox, &step.replace('/', "-"));
        assert_own(&sandbox.environment(step.replace('/', "-")));
        chown(cache.join(step), Some(0), None).unwrap();
        tally::add("caches, pools, settings and records of others", 1);
    }
}

/// `sudo -E`: root with the variables of a user.
#[test]
fn root_with_a_users_variables_takes_no_file_of_that_user() {
    let mut sandbox = Sandbox::new();
    if !Uid::effective().is_root() {
        eprintln!("skipped: only root can be root");
        return;
    }
    let home = sandbox.home();
    sandbox.unset("XDG_CACHE_HOME");
    make(&sandbox, "before");
    let store = sandbox.workon_home();
    let python = pythons::complete();
    sandbox.run(["background".as_ref(), "stage".as_ref(), store.as_os_str(), python.path.as_os_str()]).silent();
    sandbox.write("home/.config/venvwrap/config.toml", "trash-days = 0\n");
    sandbox.write("home/.config/venvwrap/defaults.txt", "./planted\n");
    for place in [&home, &store] {
        plant(place);
        give_away(place);
    }
    let told = make(&sandbox, "x");
    for ignored in ["ignored the cache ", "ignored the settings in "] {
        assert_eq!(told.matches(ignored).count(), 1, "{told}");
    }
    assert!(
        told.contains("hint: run it without `sudo -E`, or set XDG_CACHE_HOME to a directory of your own"),
        "{told}"
    );
    // What is not there is not said to be ignored.
    fs::remove_file(home.join(".config/venvwrap/defaults.txt")).unwrap();
    let told = make(&sandbox, "y");
    assert!(!told.contains("defaults.txt") && told.contains("config.toml"), "{told}");
    assert_own(&sandbox.environment("x"));
    // The settings do not count either: seven days.
    let told = sandbox.run(["rmvirtualenv", "x"]).status(0).stderr_text();
    assert!(told.ends_with("`venvwrap undo x` brings it back, for 7 days\n"), "{told}");
    sandbox.run(["undo"]).status(0);
    tally::add("caches, pools, settings and records of others", 3);
}

#[test]
fn trust_that_others_can_record_is_none() {
    let mut sandbox = Sandbox::new();
    sandbox.set("XDG_STATE_HOME", sandbox.root().join("state"));
    let project = sandbox.root().join("project");
    sandbox.write("project/.virtualenvwrapper/postactivate", "echo canary\n");
    let words = |verb: &str| [verb.into(), project.clone().into_os_string()];
    sandbox.run(words("trust")).status(0);
    let state = sandbox.root().join("state");
    assert_eq!(fs::metadata(&state).unwrap().mode() & 0o777, 0o700);
    let listed = |expected: &str| {
        let text = sandbox.run(["trust".as_ref(), "--list".as_ref(), project.as_os_str()]).status(0).stdout_text();
        assert_eq!(text, format!("trusted  file\n{expected}      [ROOT]/project/.virtualenvwrapper/postactivate\n"));
    };
    listed("yes");
    mode(&state, 0o777);
    listed("no ");
    // Nor is it sourced.
    sandbox.minimal_environment("x");
    sandbox.run(["setvirtualenvproject".as_ref(), "x".as_ref(), project.as_os_str()]).status(0);
    for shell in Shell::ALL {
        let told = Story::new().run(["workon", "x"]).played(&sandbox, shell.plain());
        let answer = told.answer.stdout("").stderr_text();
        assert!(answer.contains("postactivate is not trusted and was not sourced"), "{answer}");
    }
    let told = sandbox.run(words("trust")).status(1).stderr_text();
    assert!(told.contains("others can write to ") && told.contains("hint: `chmod go-w "), "{told}");
    mode(&state, 0o700);
    sandbox.run(words("trust")).status(0);
    tally::add("caches, pools, settings and records of others", 1);
}

/// Prepared packages are for one user: in the store of a group anybody could put packages into
/// somebody's next environment.
#[test]
fn a_pool_that_others_can_write_to_is_not_used_and_not_filled() {
    let sandbox = Sandbox::new();
    let store = sandbox.workon_home();
    let python = pythons::complete();
    let stage = || {
        sandbox.run(["background".as_ref(), "stage".as_ref(), store.as_os_str(), python.path.as_os_str()]).silent();
    };
    make(&sandbox, "before");
    stage();
    let pool = store.join(".venvwrap/pool");
    let slots = || names(&pool.join(&names(&pool)[0])).len();
    assert_eq!(slots(), 3);
    plant(&pool);
    for (place, bits) in [(pool.clone(), 0o777), (store.join(".venvwrap"), 0o777), (store.clone(), 0o2777)] {
        let before = fs::metadata(&place).unwrap().mode();
        mode(&place, bits);
        let name = format!("x{bits:o}");
        drop(sandbox.run(["mkvirtualenv", "-p", python.path.to_str().unwrap(), &name]));
        if sandbox.environment(&name).is_dir() {
            assert_own(&sandbox.environment(&name));
        }
        stage();
        assert_eq!(slots(), 3, "{} {bits:o}", place.display());
        mode(&place, before);
        tally::add("caches, pools, settings and records of others", 1);
    }
    // A link is not followed, whoever made it.
    let elsewhere = sandbox.root().join("elsewhere");
    fs::rename(&pool, &elsewhere).unwrap();
    symlink(&elsewhere, &pool).unwrap();
    let before = all(&elsewhere).len();
    make(&sandbox, "y");
    stage();
    assert_own(&sandbox.environment("y"));
    assert_eq!(all(&elsewhere).len(), before);
}
