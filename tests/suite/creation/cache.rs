//! Environments share no file through which one could damage another, or the cache.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{make, run};
use crate::support::disk::tree;
use crate::support::pythons::{self, Python, peer};
use crate::support::sandbox::Sandbox;

/// Device and inode of every file in a directory.
fn inodes(root: &Path) -> BTreeMap<(u64, u64), PathBuf> {
    let mut found = BTreeMap::new();
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            let stat = fs::symlink_metadata(entry.path()).unwrap();
            if stat.is_dir() {
                directories.push(entry.path());
            } else if stat.is_file() {
                found.insert((stat.dev(), stat.ino()), entry.path());
            }
        }
    }
    found
}

fn shared(one: &Path, other: &Path) -> Vec<PathBuf> {
    let other = inodes(other);
    inodes(one).into_iter().filter(|(inode, _)| other.contains_key(inode)).map(|(_, path)| path).collect()
}

/// Does the work that otherwise runs in the background.
fn stage(sandbox: &Sandbox, python: &Python) {
    let store = sandbox.workon_home();
    sandbox.run(["background".as_ref(), "stage".as_ref(), store.as_os_str(), python.path.as_os_str()]).silent();
}

#[test]
fn environments_from_the_pool_share_no_file_with_anything() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = pythons::complete();
    make(&sandbox, python, "first", &[]);
    stage(&sandbox, python);
    let pool = sandbox.workon_home().join(".venvwrap/pool");
    let staged = inodes(&pool).len();
    assert!(staged > 100, "nothing was staged");
    let one = make(&sandbox, python, "one", &[]);
    assert!(inodes(&pool).len() < staged, "the pool was not used");
    stage(&sandbox, python);
    let two = make(&sandbox, python, "two", &[]);
    for (one, other) in [(&one, &two), (&one, &sandbox.root().join("cache")), (&two, &sandbox.root().join("cache"))] {
        assert_eq!(shared(one, other), Vec::<PathBuf>::new());
    }
    assert!(inodes(&one).values().all(|file| fs::metadata(file).unwrap().nlink() == 1));
    assert_eq!(
        run(&sandbox, two.join("bin/pip"), &["check"]).status(0).stdout_text(),
        "No broken requirements found.\n"
    );
}

#[test]
fn with_link_copy_none_are_shared_without_a_pool_either() {
    let mut sandbox = Sandbox::new().with_own_cache();
    sandbox.set("XDG_CONFIG_HOME", sandbox.home());
    sandbox.write("home/venvwrap/config.toml", "link = \"copy\"\n");
    let python = pythons::complete();
    let (one, two) = (make(&sandbox, python, "one", &[]), make(&sandbox, python, "two", &[]));
    assert_eq!(shared(&one, &two), Vec::<PathBuf>::new());
    assert_eq!(shared(&one, &sandbox.root().join("cache")), Vec::<PathBuf>::new());
}

/// 2.7 overwrites compiled files in place.
#[test]
fn a_python_that_writes_in_place_gets_copies() {
    let sandbox = Sandbox::new().with_own_cache();
    let Some(python) = pythons::all().iter().find(|python| python.version.0 == 2) else {
        eprintln!("skipped: no Python 2.7 here");
        return;
    };
    let (one, two) = (make(&sandbox, python, "one", &[]), make(&sandbox, python, "two", &[]));
    assert_eq!(shared(&one, &two), Vec::<PathBuf>::new());
}

#[test]
fn nothing_that_an_installer_does_in_an_environment_reaches_the_cache() {
    let sandbox = Sandbox::plain().with_own_cache();
    let python = pythons::complete();
    let root = make(&sandbox, python, "one", &[]);
    let witness = make(&sandbox, python, "witness", &[]);
    let cache = sandbox.root().join("cache");
    let before = (tree(&cache), tree(&witness));
    let code = "import ensurepip, os; print(os.path.join(os.path.dirname(ensurepip.__file__), '_bundled'))";
    let bundled = run(&sandbox, &python.path, &["-c", code]).status(0).stdout_text();
    // Debian's ensurepip keeps wheels elsewhere.
    let directories = [bundled.trim(), "/usr/share/python-wheels"].map(fs::read_dir);
    let mut wheels = directories.into_iter().flatten().flatten().flatten().map(|entry| entry.path());
    let wheel = wheels.find(|path| path.to_str().unwrap().contains("/pip-")).unwrap();
    let (wheel, interpreter) = (wheel.to_str().unwrap(), root.join("bin/python"));
    let at = root.to_str().unwrap();
    run(&sandbox, &interpreter, &["-m", "pip", "install", "--quiet", "-U", "--force-reinstall", wheel]).status(0);
    run(&sandbox, &interpreter, &["-m", "compileall", "-q", "-f", root.join("lib").to_str().unwrap()]).status(0);
    run(&sandbox, peer("uv"), &["pip", "install", "--python", at, "--reinstall", wheel]).status(0);
    run(&sandbox, peer("uv"), &["pip", "uninstall", "--python", at, "pip"]).status(0);
    assert!((tree(&cache), tree(&witness)) == before, "the cache or another environment changed");
    let fresh = make(&sandbox, python, "fresh", &[]);
    run(&sandbox, fresh.join("bin/pip"), &["check"]).status(0);
}
