//! Tests of discovery in a made-up home: which interpreter is found, which ones are started, and
//! the report if none fits.

use super::*;
use crate::interpreter::fake::{hostile_room, program, put, python, quoted, starts};
use std::os::unix::fs::symlink;

/// A home with pyenv, uv, and a directory on `PATH`, all empty.
struct World {
    _keep: tempfile::TempDir,
    room: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl World {
    fn new() -> Self {
        let (keep, room) = hostile_room();
        let variable = |name, below: &str| (name, room.join(below).to_str().unwrap().to_owned());
        let path = ["pyenv/shims", "path", "later"].map(|below| room.join(below).to_str().unwrap().to_owned());
        let variables = vec![
            variable("HOME", ""),
            variable("PYENV_ROOT", "pyenv"),
            variable("XDG_CACHE_HOME", "cache"),
            variable("UV_PYTHON_INSTALL_DIR", "uv"),
            ("PATH", path.join(":")),
        ];
        Self { _keep: keep, room, variables }
    }

    fn context(&self) -> Context {
        let variables: Vec<(&str, &str)> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Context::made_of(&variables)
    }

    /// Creates a prefix with an interpreter of this version, and links its commands into `bin`.
    fn install(&self, prefix: &str, name: &str, version: &str, bin: Option<&str>) -> PathBuf {
        let prefix = self.room.join(prefix);
        let executable = python(&prefix, name, version);
        if !prefix.join("bin/python").is_file() {
            symlink(name, prefix.join("bin/python")).unwrap();
        }
        if let Some(bin) = bin {
            fs::create_dir_all(self.room.join(bin)).unwrap();
            symlink(&executable, self.room.join(bin).join(name)).unwrap();
        }
        prefix
    }

    fn shim(&self, name: &str) {
        program(&self.room.join("pyenv/shims").join(name), "echo a shim was started >&2; exit 99");
    }

    fn find(&self, asked: &str) -> Result<Interpreter> {
        crate::interpreter::find(&self.context(), Some(OsStr::new(asked)))
    }

    fn base_of(&self, asked: &str) -> PathBuf {
        let found = self.find(asked).unwrap_or_else(|error| panic!("{asked}: {error}: {:?}", error.hint()));
        found.base_prefix.strip_prefix(&self.room).unwrap().to_path_buf()
    }

    fn failure(&self, asked: &str) -> String {
        let error = self.find(asked).unwrap_err();
        format!("{error}; {}", error.hint().unwrap_or_default())
    }
}

#[test]
fn the_default_is_python3_and_then_python_on_the_path() {
    let world = World::new();
    world.install("two", "python", "2.7.18", Some("path"));
    assert_eq!(world.base_of("default"), Path::new("two"));
    world.install("three", "python3", "3.12.1", Some("later"));
    assert_eq!(world.base_of("default"), Path::new("three"));
    assert_eq!(world.base_of("python"), Path::new("two"));
}

#[test]
fn only_what_is_reached_is_started_and_only_once() {
    let world = World::new();
    let first = world.install("first", "python3.12", "3.12.1", Some("path"));
    let second = world.install("second", "python3.12", "3.12.9", Some("later"));
    assert_eq!(world.base_of("3.12"), Path::new("first"));
    assert_eq!(world.base_of("3.12"), Path::new("first"));
    assert_eq!((starts(&first), starts(&second)), (1, 0));
    assert_eq!(world.base_of("3.12.9"), Path::new("second"));
    assert_eq!((starts(&first), starts(&second)), (1, 1));
}

#[test]
fn installations_outside_of_path_are_found_newest_first() {
    let world = World::new();
    for version in ["3.8.2", "3.8.9", "3.8.18", "3.8.7", "3.8.10", "3.8.1"] {
        world.install(&format!("pyenv/versions/{version}"), "python3.8", version, None);
    }
    world.install("uv/cpython-3.9.20-linux-x86_64-gnu", "python3.9", "3.9.20", None);
    assert_eq!(world.base_of("3.8"), Path::new("pyenv/versions/3.8.18"));
    assert_eq!(world.base_of("3.8.2"), Path::new("pyenv/versions/3.8.2"));
    assert_eq!(world.base_of("3.9"), Path::new("uv/cpython-3.9.20-linux-x86_64-gnu"));
    symlink("cpython-3.9.20-linux-x86_64-gnu", world.room.join("uv/cpython-3.9-linux-x86_64-gnu")).unwrap();
    assert_eq!(world.base_of("3.9"), Path::new("uv/cpython-3.9-linux-x86_64-gnu"));
}

#[test]
fn a_command_of_that_name_can_be_another_version() {
    let world = World::new();
    let other = world.install("other", "python3", "3.98.2", Some("path"));
    world.install("pyenv/versions/3.8.18", "python3.8", "3.8.18", None);
    assert_eq!(world.base_of("3.8"), Path::new("pyenv/versions/3.8.18"));
    assert_eq!(starts(&other), 0);
    assert_eq!(world.base_of("3.98"), Path::new("other"));
}

#[test]
fn a_free_threaded_build_is_taken_only_where_it_was_asked_for() {
    let world = World::new();
    world.install("threads", "python3.13t", "3.13.0", Some("path"));
    symlink("python3.13t", world.room.join("path/python3.13")).unwrap();
    let failure = world.failure("3.13");
    assert!(failure.contains("path/python3.13: is CPython 3.13.0, free-threaded"), "{failure}");
    assert_eq!(world.base_of("3.13t"), Path::new("threads"));
}

#[test]
fn a_range_is_met_at_the_prompt_then_by_the_newest_on_path_then_beside_it() {
    let world = World::new();
    let [prompt, older, newer, other] = [("a", "3.99.1"), ("b", "3.9.1"), ("c", "3.10.1"), ("d", "3.7.1")].map(|row| {
        let minor = row.1.rsplit_once('.').unwrap().0;
        world.install(row.0, &format!("python{minor}"), row.1, Some("path"))
    });
    symlink("python3.99", world.room.join("path/python3")).unwrap();
    world.install("pyenv/versions/3.6.8", "python3.6", "3.6.8", None);
    world.install("pyenv/versions/3.6.15", "python3.6", "3.6.15", None);
    assert_eq!(world.base_of(">=3.8"), Path::new("a"));
    assert_eq!(starts(&older) + starts(&newer) + starts(&other), 0);
    assert_eq!(world.base_of(">=3.8,<3.11"), Path::new("c"));
    assert_eq!(world.base_of(">=3.8,<3.11,!=3.10.*"), Path::new("b"));
    assert_eq!(world.base_of("~=3.6.3"), Path::new("pyenv/versions/3.6.15"));
    assert_eq!(world.base_of("~=3.6.3,!=3.6.15"), Path::new("pyenv/versions/3.6.8"));
    assert_eq!([prompt, older, newer, other].map(|prefix| starts(&prefix)), [1, 1, 1, 0]);
    let failure = world.failure(">=3.98.5,<3.99,!=3.98.7");
    for part in ["~/path/python3: is CPython 3.99.1", "~/pyenv/versions: no >=3.98.5,<3.99,!=3.98.7"] {
        assert!(failure.contains(part), "{part}: {failure}");
    }
}

/// Like uv: a pre-release is better than nothing, and the user chose whatever `python3` runs.
#[test]
fn a_pre_release_is_taken_where_there_is_no_release_or_where_it_is_python3_itself() {
    let world = World::new();
    world.install("pre", "python3.99", "3.99.0rc1", Some("path"));
    assert_eq!(world.base_of("3.99"), Path::new("pre"));
    world.install("uv/cpython-3.99.0-linux-x86_64-gnu", "python3.99", "3.99.0", None);
    assert_eq!(world.base_of("3.99"), Path::new("uv/cpython-3.99.0-linux-x86_64-gnu"));
    assert_eq!(world.base_of("3.99rc1"), Path::new("pre"));
    symlink("python3.99", world.room.join("path/python3")).unwrap();
    for asked in ["default", "3", ">=3.9"] {
        assert_eq!(world.base_of(asked), Path::new("pre"), "{asked}");
    }
}

#[test]
fn a_shim_is_never_started_and_stands_for_what_is_selected() {
    let mut world = World::new();
    world.shim("python3");
    world.shim("python3.8");
    world.install("pyenv/versions/3.8.18", "python3.8", "3.8.18", None);
    world.install("pyenv/versions/3.9.1", "python3", "3.9.1", None);
    world.install("system", "python3", "3.11.2", Some("path"));
    world.variables.push(("PYENV_VERSION", "system".to_owned()));
    assert_eq!(world.base_of("default"), Path::new("system"));
    assert_eq!(world.base_of("3.8"), Path::new("pyenv/versions/3.8.18"));
    let shim = world.room.join("pyenv/shims/python3");
    assert_eq!(world.base_of(shim.to_str().unwrap()), Path::new("system"));
    world.variables.last_mut().unwrap().1 = "3.8.18:3.9.1".to_owned();
    assert_eq!(world.base_of("default"), Path::new("pyenv/versions/3.9.1"));
    assert_eq!(world.base_of(shim.to_str().unwrap()), Path::new("pyenv/versions/3.9.1"));
}

#[test]
fn an_environment_on_path_is_replaced_by_its_base() {
    let world = World::new();
    let base = world.install("base", "python3.12", "3.12.1", None);
    let env = put(
        &world.room.join("env/pyvenv.cfg"),
        &format!(
            "home = {}
",
            base.join("bin").display()
        ),
    );
    let bin = env.with_file_name("bin");
    fs::create_dir(&bin).unwrap();
    symlink(base.join("bin/python3.12"), bin.join("python")).unwrap();
    symlink("python", bin.join("python3")).unwrap();
    symlink(&bin, world.room.join("path")).unwrap();
    for asked in ["default", "3", bin.parent().unwrap().to_str().unwrap(), bin.join("python3").to_str().unwrap()] {
        let found = world.find(asked).unwrap();
        assert_eq!(found.base_executable, base.join("bin/python3.12"), "{asked}");
    }
}

#[test]
fn a_program_that_starts_a_python_is_replaced_and_not_cached() {
    let world = World::new();
    let real = world.install("real", "python3.12", "3.12.1", None).join("bin/python3.12");
    let body = format!("exec {} \"$@\"", quoted(&real));
    let wrapper = program(&world.room.join("path/my python"), &body);
    assert_eq!(world.find("my python").unwrap().executable, real);
    assert_eq!(fs::read_dir(world.room.join("cache/venvwrap/interpreters")).unwrap().count(), 1);
    program(&wrapper, "exit 7");
    assert!(world.failure("my python").contains("it ended with status 7"));
}

#[test]
fn a_path_can_be_a_prefix_and_a_missing_one_is_reported() {
    let world = World::new();
    let prefix = world.install("py", "python3.12", "3.12.1", None);
    assert_eq!(world.find(prefix.to_str().unwrap()).unwrap().executable, prefix.join("bin/python"));
    assert_eq!(world.base_of("~/py"), Path::new("py"));
    assert!(world.failure("~/none").ends_with("; searched: ~/none: not found"));
    fs::create_dir(world.room.join("empty")).unwrap();
    assert!(world.failure("~/empty").ends_with("; searched: ~/empty/bin/python: not found"));
    symlink("gone", world.room.join("dangling")).unwrap();
    assert!(world.failure("~/dangling").contains("it is a link to gone, which does not exist"));
}

#[test]
fn failed_candidates_are_listed_with_reasons() {
    let world = World::new();
    world.shim("python3.77");
    program(&world.room.join("path/python3.77"), "echo broken >&2; exit 1");
    symlink("path", world.room.join("later")).unwrap();
    world.install("pyenv/versions/3.76.0", "python3", "3.76.0", None);
    let failure = world.failure("3.77");
    assert!(failure.starts_with("no Python found for `3.77`; searched: ~/path/python3.77: "), "{failure}");
    for part in ["it ended with status 1: broken", "~/pyenv/versions: no 3.77", "python3.77 in /usr/bin"] {
        assert_eq!(failure.matches(part).count(), 1, "{part}: {failure}");
    }
    let failure = world.failure("3.78");
    assert!(failure.contains("python3.78 on PATH: not found"), "{failure}");
    fs::remove_file(world.room.join("path/python3.77")).unwrap();
    let failure = world.failure("3.77");
    assert!(failure.contains("python3.77 on PATH: a pyenv shim, but no selected version has it"), "{failure}");
    assert!(world.failure("no such command").contains("no such command on PATH: not found"));
}

#[test]
fn an_interpreter_described_as_another_version_is_not_started() {
    let world = World::new();
    let written = world.install("written", "python3.99", "3.99.1", Some("path"));
    let version = r#"{"major": 3, "minor": 99, "micro": 1, "releaselevel": "final", "serial": 0}"#;
    let details = format!(
        r#"{{"schema_version": "1.0", "base_prefix": "/usr", "language": {{"version_info": {version}}},
            "implementation": {{"name": "cpython"}}, "abi": {{"flags": []}}}}"#
    );
    put(&written.join("lib/python3.99/build-details.json"), &details);
    let wanted = world.install("wanted", "python3.99", "3.99.2", Some("later"));
    assert_eq!(world.base_of("3.99.2"), Path::new("wanted"));
    assert_eq!((starts(&written), starts(&wanted)), (0, 1));
    let failure = world.failure("3.99.3");
    assert!(failure.contains("path/python3.99: is CPython 3.99.1"), "{failure}");
    assert_eq!(starts(&written), 0);
    // Creating an environment needs a probe.
    assert_eq!(world.base_of("3.99"), Path::new("written"));
    assert_eq!(starts(&written), 1);
}
