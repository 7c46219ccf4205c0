//! What somebody broke: the cache, permissions, an interpreter.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::{Answer, BINARY, Sandbox, tool};
use crate::support::tally;
use crate::verbs::mkvirtualenv::created_by_binary;

fn make<'a>(sandbox: &'a Sandbox, name: &str) -> Answer<'a> {
    sandbox.run(["mkvirtualenv", "-p", pythons::complete().path.to_str().unwrap(), name])
}

/// What of an environment depends on neither its name nor the time at which something was compiled.
fn packages(root: &Path) -> Vec<String> {
    let site = fs::read_dir(root.join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
    let is_told = |line: &&str| !line.contains(".pyc ") && !line.contains("/RECORD ");
    tree(&site).lines().filter(is_told).map(str::to_owned).collect()
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if fs::symlink_metadata(&path).unwrap().is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// What it is called, and how it is done to a file.
type Damage = (&'static str, fn(&Path));

#[test]
fn a_cache_that_was_damaged_is_mended() {
    let sandbox = Sandbox::new().with_own_cache();
    make(&sandbox, "good").status(0);
    let good = packages(&sandbox.environment("good"));
    let cache = sandbox.root().join("cache");
    let module = |all: &[PathBuf]| all.iter().find(|path| path.ends_with("pip/_internal/main.py")).unwrap().clone();
    let damages: [Damage; 4] = [
        ("shorter", |file| fs::OpenOptions::new().write(true).open(file).unwrap().set_len(3).unwrap()),
        ("gone", |file| fs::remove_file(file).unwrap()),
        ("another", |file| {
            fs::remove_file(file).unwrap();
            fs::write(file, "import canary\n").unwrap();
        }),
        ("a link", |file| {
            fs::remove_file(file).unwrap();
            symlink("/etc/passwd", file).unwrap();
        }),
    ];
    for (damage, spoil) in damages {
        let mut all = Vec::new();
        files(&cache, &mut all);
        // Environments may share their files with the cache; this one is to stay a witness.
        let file = module(&all);
        if damage == "shorter" {
            let text = fs::read(&file).unwrap();
            fs::remove_file(&file).unwrap();
            fs::write(&file, text).unwrap();
        }
        spoil(&file);
        make(&sandbox, damage).status(0);
        assert!(packages(&sandbox.environment(damage)) == good, "{damage}: spread to an environment");
        let mut all = Vec::new();
        files(&cache, &mut all);
        let mended = fs::symlink_metadata(module(&all)).unwrap();
        assert!(mended.is_file() && mended.len() > 100, "{damage}: not mended");
        tally::add("damaged caches, pools and environments", 1);
    }
    assert!(packages(&sandbox.environment("good")) == good);
}

#[test]
fn whatever_a_cache_is_full_of_an_environment_is_made() {
    let sandbox = Sandbox::new().with_own_cache();
    make(&sandbox, "good").status(0);
    let good = packages(&sandbox.environment("good"));
    let cache = sandbox.root().join("cache");
    let mut all = Vec::new();
    files(&cache, &mut all);
    // What describes the rest: everything but the packages themselves.
    let describing: Vec<&PathBuf> =
        all.iter().filter(|path| !path.components().any(|part| part.as_os_str() == "site-packages")).collect();
    assert!(!describing.is_empty());
    for (number, file) in describing.into_iter().enumerate() {
        for text in [&b""[..], b"\xff\x00{]}", b"{}"] {
            fs::write(file, text).unwrap();
            let name = format!("x{number}");
            make(&sandbox, &name).status(0);
            assert!(packages(&sandbox.environment(&name)) == good, "{}", file.display());
            tally::add("damaged caches, pools and environments", 1);
            sandbox.run(["rmvirtualenv", "--now", &name]).status(0);
        }
    }
}

#[test]
fn a_cache_that_may_not_be_written_or_is_none_only_costs_time() {
    let mut sandbox = Sandbox::new().with_own_cache();
    let cache = sandbox.root().join("cache");
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o555)).unwrap();
    let python = pythons::complete().path.as_os_str();
    let mut command = sandbox.command(BINARY);
    if Uid::effective().is_root() {
        // Root passes by all permissions, as long as it has the capabilities for that.
        command = sandbox.command(tool("setpriv"));
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--", BINARY]);
    }
    command.args(["mkvirtualenv", "-p"]).arg(python).arg("x");
    drop(sandbox.run_command(command, b"").status(0));
    assert_eq!(names(&cache), Vec::<String>::new());
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o755)).unwrap();
    let file = sandbox.write("file", "");
    sandbox.set("XDG_CACHE_HOME", file);
    make(&sandbox, "y").status(0);
    for name in ["x", "y"] {
        let mut command = sandbox.command(sandbox.environment(name).join("bin/pip"));
        command.arg("check");
        sandbox.run_command(command, b"").status(0).stdout("No broken requirements found.\n");
    }
}

#[test]
fn a_pool_that_somebody_half_emptied_is_not_used() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete().path.as_os_str();
    let store = sandbox.workon_home();
    make(&sandbox, "good").status(0);
    let good = packages(&sandbox.environment("good"));
    sandbox.run(["background".as_ref(), "stage".as_ref(), store.as_os_str(), python]).silent();
    let mut all = Vec::new();
    files(&store.join(".venvwrap/pool"), &mut all);
    let records: Vec<_> = all.iter().filter(|path| path.ends_with("RECORD")).collect();
    assert!(records.len() >= 2, "one in each slot: {all:?}");
    for record in records {
        fs::remove_dir_all(record.parent().unwrap()).unwrap();
    }
    make(&sandbox, "x").status(0);
    assert!(packages(&sandbox.environment("x")) == good);
    assert!(sandbox.environment("x").join("bin/pip").is_file());
}

/// The upgrade of a distribution, or somebody who tidied up.
#[test]
fn an_environment_whose_interpreter_went_away_is_seen_mended_and_removed() {
    let sandbox = Sandbox::new();
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "--without-pip", "-p", python, "x"]).status(0);
    let link = sandbox.environment("x").join("bin/python");
    fs::remove_file(&link).unwrap();
    symlink("/opt/gone/bin/python3.9", &link).unwrap();
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stdout("x\n");
    sandbox
        .run(["showvirtualenv", "x"])
        .status(0)
        .stdout_contains("its Python, /opt/gone/bin/python3.9, does not exist\n");
    sandbox.run(["mkvirtualenv", "x"]).status(0).stdout("").stderr_contains("Linked `x` to Python ");
    let mut command = sandbox.command(link);
    command.args(["-c", "pass"]);
    sandbox.run_command(command, b"").silent();
    sandbox.run(["rmvirtualenv", "x"]).status(0);
}

/// What is remembered of an interpreter holds only for that file.
#[test]
fn an_interpreter_that_became_another_is_asked_again() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    let link = sandbox.root().join("python");
    for python in [python, other, python] {
        drop(fs::remove_file(&link));
        symlink(&python.path, &link).unwrap();
        let words = ["mkvirtualenv", "--without-pip", "-p", link.to_str().unwrap(), "x"];
        sandbox.run(words).status(0).stderr(created_by_binary("x", python));
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    }
}
