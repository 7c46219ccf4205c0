//! Tests of the list in a made-up home: its interpreters, their order, and which ones are started.

use super::*;
use crate::interpreter::fake::{hostile_room, program, put, python, quoted, starts};
use std::cell::Cell;
use std::os::unix::fs::symlink;

/// A home with pyenv, and one directory on `PATH`.
struct World {
    _keep: tempfile::TempDir,
    room: PathBuf,
}

impl World {
    fn new() -> Self {
        let (keep, room) = hostile_room();
        Self { _keep: keep, room }
    }

    fn python(&self, prefix: &str, name: &str, version: &str) -> PathBuf {
        let prefix = self.room.join(prefix);
        let path = python(&prefix, name, version);
        drop(symlink(name, prefix.join("bin/python")));
        path
    }

    /// The list without the system's interpreters, and how many interpreters were started.
    fn list(&self) -> (Inventory, usize) {
        self.list_of("default".as_ref())
    }

    fn list_of(&self, request: &OsStr) -> (Inventory, usize) {
        let variable = |below: &str| self.room.join(below).to_str().unwrap().to_owned();
        let (home, path, cache) = (variable(""), variable("path"), variable("cache"));
        let context = Context::made_of(&[("HOME", &home), ("PATH", &path), ("XDG_CACHE_HOME", &cache)]);
        let asked = Cell::new(0);
        let mut inventory = inventory(&context, Some(request), |count| asked.set(count)).unwrap();
        inventory.interpreters.retain(|listed| listed.path.starts_with(&self.room));
        (inventory, asked.get())
    }
}

fn lines(inventory: &Inventory) -> Vec<String> {
    let line =
        |listed: &Listed| format!("{} {} {}", listed.kind.number(), listed.kind.implementation, listed.origin.name());
    inventory.interpreters.iter().map(line).collect()
}

#[test]
fn cpython_comes_first_and_the_newest_first() {
    let world = World::new();
    for version in ["3.98.2", "3.98.10", "3.101.0"] {
        world.python(&format!(".pyenv/versions/{version}"), "python3", version);
    }
    world.python(".pyenv/versions/pypy3.99-7.3.11", "pypy3", "3.99.1");
    world.python("mine", "python3.97", "3.97.1");
    fs::create_dir(world.room.join("path")).unwrap();
    symlink("../mine/bin/python3.97", world.room.join("path/python3.97")).unwrap();
    let expected = ["3.101.0 CPython", "3.98.10 CPython", "3.98.2 CPython", "3.97.1 CPython", "3.99.1 PyPy"];
    let places = ["pyenv", "pyenv", "pyenv", "PATH", "pyenv"];
    let expected: Vec<String> = expected.iter().zip(places).map(|(build, place)| format!("{build} {place}")).collect();
    assert_eq!(lines(&world.list().0), expected);
}

#[test]
fn described_or_cached_interpreters_are_not_probed() {
    let world = World::new();
    let new = world.python(".pyenv/versions/3.99.4", "python3.99", "3.99.4");
    let old = world.python(".pyenv/versions/3.10.98", "python3.10", "3.10.98");
    let version = r#"{"major": 3, "minor": 99, "micro": 4, "releaselevel": "beta", "serial": 2}"#;
    let details = format!(
        r#"{{"schema_version": "1.0", "base_prefix": "/usr", "language": {{"version_info": {version}}},
            "implementation": {{"name": "cpython"}}, "abi": {{"flags": ["t"]}}}}"#
    );
    put(&world.room.join(".pyenv/versions/3.99.4/lib/python3.99/build-details.json"), &details);
    let system = world.list().1;
    let both = ["3.99.4b2 CPython pyenv", "3.10.98 CPython pyenv"];
    assert_eq!(lines(&world.list().0), both, "from 3.14 on a free-threaded one is a 3 as well");
    assert!(system > 0);
    assert!(world.list().0.interpreters[0].kind.is_free_threaded());
    put(&world.room.join(".pyenv/versions/3.99.4/lib/python3.99/build-details.json"), &details.replace("\"t\"", ""));
    let (inventory, asked) = world.list();
    assert_eq!((lines(&inventory), asked), (both.map(str::to_owned).to_vec(), 0));
    let prefix = |python: &Path| python.parent().unwrap().parent().unwrap().to_path_buf();
    assert_eq!((starts(&prefix(&new)), starts(&prefix(&old))), (0, 1));
    assert_eq!(inventory.interpreters[0].path, new);
}

#[test]
fn starters_and_environments_are_not_listed_separately() {
    let world = World::new();
    let real = world.python("real", "python3.99", "3.99.4");
    program(&world.room.join("path/python3.99"), &format!("exec {} \"$@\"", quoted(&real)));
    world.python(".pyenv/versions/3.99.4", "python3.99", "3.99.4");
    put(&world.room.join("env/pyvenv.cfg"), &format!("home = {}\n", world.room.join("real/bin").display()));
    fs::create_dir(world.room.join("env/bin")).unwrap();
    symlink(&real, world.room.join("env/bin/python3.99")).unwrap();
    symlink(world.room.join("env/bin/python3.99"), world.room.join("path/python3")).unwrap();
    let (inventory, _) = world.list();
    let paths: Vec<&Path> = inventory.interpreters.iter().map(|listed| listed.path.as_path()).collect();
    assert_eq!(paths, [world.room.join(".pyenv/versions/3.99.4/bin/python3.99"), real.clone()]);
    // `python3.99` runs the starter, not the interpreter.
    assert!(!inventory.interpreters[0].is_default);
    let of_real = &inventory.interpreters[1].paths;
    assert!(of_real.contains(&world.room.join("path/python3.99")), "{of_real:?}");
    assert_eq!(inventory.base_of(&world.room.join("env/bin/python3.99")), Some(1));
    assert_eq!(inventory.base_of(&world.room.join("gone")), None);
}

#[test]
fn conda_is_recognized_by_its_directory_in_a_prefix() {
    let world = World::new();
    world.python("somewhere", "python3.99", "3.99.4");
    fs::create_dir_all(world.room.join("somewhere/conda-meta")).unwrap();
    fs::create_dir(world.room.join("path")).unwrap();
    symlink("../somewhere/bin/python3.99", world.room.join("path/python3")).unwrap();
    assert!(world.list().0.interpreters[0].is_default);
    assert_eq!(lines(&world.list().0), ["3.99.4 CPython conda"]);
}

#[test]
fn a_request_by_path_or_command_probes_no_other_interpreter() {
    let world = World::new();
    let named = world.python(".pyenv/versions/3.98.1", "python3.98", "3.98.1");
    let other = world.python("other", "python3.99", "3.99.1");
    fs::create_dir(world.room.join("path")).unwrap();
    symlink(&other, world.room.join("path/python3")).unwrap();
    let started = |python: &Path| starts(python.parent().unwrap().parent().unwrap());
    let (inventory, asked) = world.list_of(named.as_os_str());
    assert_eq!((lines(&inventory), asked), (vec!["3.98.1 CPython pyenv".to_owned()], 0));
    assert!(!inventory.interpreters[0].is_default);
    assert_eq!((started(&named), started(&other)), (1, 0));
    let (inventory, _) = world.list_of("python3.99".as_ref());
    assert_eq!(lines(&inventory), ["3.99.1 CPython PATH"]);
    let (inventory, _) = world.list_of(world.room.join("other").as_os_str());
    assert!(inventory.interpreters[0].is_default);
}

#[test]
fn interpreters_ruled_out_by_name_are_not_probed() {
    let world = World::new();
    let prefixes = ["mine", "other"].map(|name| world.room.join(name));
    world.python("mine", "python3.97", "3.97.2");
    world.python("other", "python3.98", "3.98.1");
    fs::create_dir(world.room.join("path")).unwrap();
    symlink("../mine/bin/python3.97", world.room.join("path/python3.97")).unwrap();
    symlink("../other/bin/python3.98", world.room.join("path/python3")).unwrap();
    for request in ["3.97", "3.97.2", "<3.98,>3.96"] {
        let (inventory, _) = world.list_of(request.as_ref());
        assert_eq!(lines(&inventory), ["3.97.2 CPython PATH"], "{request}");
        assert!(!inventory.interpreters[0].is_default, "the one that is was not asked");
    }
    assert_eq!(prefixes.map(|prefix| starts(&prefix)), [1, 0]);
}
