//! Tests of the places in a made-up system: what is found in each, in which order, and what is
//! never taken for an interpreter.

use super::*;
use crate::interpreter::fake::{hostile_room, program, put};
use std::os::unix::fs::symlink;

/// A file system below a directory, with a home.
struct World {
    _keep: tempfile::TempDir,
    root: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl World {
    fn new() -> Self {
        let (keep, root) = hostile_room();
        let variables = vec![("HOME", root.join("home").to_str().unwrap().to_owned())];
        Self { _keep: keep, root, variables }
    }

    fn set(&mut self, name: &'static str, below: &[&str]) {
        let value: Vec<&str> = below.iter().map(|below| below.trim_start_matches('/')).collect();
        let value: Vec<String> = value.iter().map(|below| self.root.join(below).to_str().unwrap().to_owned()).collect();
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.join(":")));
    }

    fn put_all(&self, files: &[&str]) {
        for file in files {
            program(&self.root.join(file), "echo it was started >&2; exit 99");
        }
    }

    fn ask<T>(&self, question: impl FnOnce(&Places<'_>) -> T) -> T {
        let variables: Vec<(&str, &str)> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let context = Context::made_of(&variables);
        question(&Places::below(&self.root, true, &context))
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap().to_str().unwrap().to_owned()
    }

    /// The candidates of a place, each with the version its name tells.
    fn found(&self, place: Origin) -> Vec<String> {
        let candidates = self.ask(|places| places.candidates(place).collect::<Vec<_>>());
        let line = |candidate: &Candidate| {
            let numbers = candidate.label.as_ref().map_or(&[][..], Label::version);
            let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
            format!("{} {}", self.shown(&candidate.path), numbers.join(".")).trim_end().to_owned()
        };
        candidates.iter().map(line).collect()
    }

    fn named(&self, place: Origin, name: &str) -> Vec<String> {
        let files = self.ask(|places| places.named(place, name).collect::<Vec<_>>());
        files.iter().map(|file| self.shown(file)).collect()
    }
}

#[test]
fn the_path_is_read_in_its_order_and_only_interpreters_are_seen() {
    let mut world = World::new();
    world.put_all(&["a/python3.9", "a/python3.12", "a/python3.12-config", "a/pythonw", "a/python3.7m", "a/pythont"]);
    world.put_all(&["b/python", "b/pypy3.10", "b/python3.13t", "b/python-argcomplete-tcsh"]);
    symlink("python3.9", world.root.join("a/python3")).unwrap();
    symlink("python3", world.root.join("a/python")).unwrap();
    put(&world.root.join("b/python3.8"), "not executable");
    fs::create_dir(world.root.join("b/python3.5")).unwrap();
    symlink("gone", world.root.join("b/python3.6")).unwrap();
    world.set("PATH", &["a", "none", "b"]);
    let expected = [
        "a/python3 3.9",
        "a/python 3.9",
        "a/python3.12 3.12",
        "a/python3.9 3.9",
        "b/python",
        "b/python3.13t 3.13",
        "b/pypy3.10 3.10",
    ];
    assert_eq!(world.found(Origin::Path), expected);
    assert_eq!(world.named(Origin::Path, "python3.9"), ["a/python3.9"]);
    assert_eq!(world.named(Origin::Path, "python"), ["a/python", "b/python"]);
}

#[test]
fn installations_are_found_where_each_keeps_them_newest_first() {
    let world = World::new();
    world.put_all(&[
        "home/.pyenv/versions/3.8.18/bin/python",
        "home/.pyenv/versions/pypy3.9-7.3.11/bin/pypy3",
        "home/.pyenv/versions/my-env/bin/python",
        "home/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu/bin/python3",
        "home/.local/share/mise/installs/python/3.11.2/bin/python",
        "home/.local/share/mise/installs/python/3.11.10/bin/python",
        "home/.asdf/installs/python/3.10.1/bin/python3",
        "home/.rye/py/cpython@3.12.3/bin/python3",
        "home/.rye/py/cpython@3.9.1/install/bin/python3",
    ]);
    let mise = world.root.join("home/.local/share/mise/installs/python");
    for link in ["3.11", "3", "latest"] {
        symlink("3.11.10", mise.join(link)).unwrap();
    }
    assert_eq!(
        world.found(Origin::Pyenv),
        ["home/.pyenv/versions/pypy3.9-7.3.11/bin/pypy3 3.9", "home/.pyenv/versions/3.8.18/bin/python 3.8.18"]
    );
    let uv = "home/.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu/bin/python3 3.12.4";
    assert_eq!(world.found(Origin::Uv), [uv]);
    let mise = |version: &str| format!("home/.local/share/mise/installs/python/{version}/bin/python {version}");
    assert_eq!(world.found(Origin::Mise), ["3.11", "3.11.10", "3.11.2"].map(mise));
    assert_eq!(world.found(Origin::Asdf), ["home/.asdf/installs/python/3.10.1/bin/python3 3.10.1"]);
    let rye = ["cpython@3.12.3/bin/python3 3.12.3", "cpython@3.9.1/install/bin/python3 3.9.1"];
    assert_eq!(world.found(Origin::Rye), rye.map(|below| format!("home/.rye/py/{below}")));
}

#[test]
fn variables_move_the_places() {
    let mut world = World::new();
    let moved = [
        ("PYENV_ROOT", "p", Origin::Pyenv, "p/versions"),
        ("UV_PYTHON_INSTALL_DIR", "u", Origin::Uv, "u"),
        ("MISE_DATA_DIR", "m", Origin::Mise, "m/installs/python"),
        ("ASDF_DATA_DIR", "a", Origin::Asdf, "a/installs/python"),
        ("RYE_HOME", "r", Origin::Rye, "r/py"),
    ];
    for (variable, value, place, directory) in moved {
        world.set(variable, &[value]);
        let directories = world.ask(|places| places.directories(place));
        assert_eq!(directories, [world.root.join(directory)], "{variable}");
    }
    world.variables.retain(|(name, _)| *name == "HOME");
    world.set("XDG_DATA_HOME", &["data"]);
    let directories = world.ask(|places| [Origin::Uv, Origin::Mise].map(|place| places.directories(place)[0].clone()));
    assert_eq!(directories, ["data/uv/python", "data/mise/installs/python"].map(|below| world.root.join(below)));
    // The XDG specification ignores a relative path.
    world.variables.push(("UV_PYTHON_INSTALL_DIR", "uv".to_owned()));
    assert_eq!(world.ask(|places| places.directories(Origin::Path)), Vec::<PathBuf>::new());
    assert_eq!(world.ask(|places| places.directories(Origin::Uv)[0].clone()), world.root.join("data/uv/python"));
}

#[test]
fn homebrew_is_entered_by_what_stays_on_upgrade() {
    let mut world = World::new();
    let cellar = "opt/homebrew/Cellar/python@3.12/3.12.4/Frameworks/Python.framework/Versions/3.12/bin";
    world.put_all(&[&format!("{cellar}/python3.12"), "opt/homebrew/Cellar/python@3.9/3.9.1/bin/python3.9"]);
    fs::create_dir_all(world.root.join("opt/homebrew/bin")).unwrap();
    fs::create_dir_all(world.root.join("opt/homebrew/opt")).unwrap();
    symlink(world.root.join(cellar).join("python3.12"), world.root.join("opt/homebrew/bin/python3.12")).unwrap();
    for (link, target) in [("python@3.9", "3.9.1"), ("python@3", "3.9.1"), ("python-tk@3.9", "3.9.1")] {
        symlink(format!("../Cellar/python@3.9/{target}"), world.root.join("opt/homebrew/opt").join(link)).unwrap();
    }
    let found = ["opt/homebrew/bin/python3.12 3.12", "opt/homebrew/opt/python@3.9/bin/python3.9 3.9"];
    assert_eq!(world.found(Origin::Homebrew), found);
    assert_eq!(world.named(Origin::Homebrew, "python3.9"), ["opt/homebrew/opt/python@3.9/bin/python3.9"]);
    // On an Intel Mac, `usr/local` belongs to Homebrew only if it has a Cellar.
    world.put_all(&["usr/local/bin/python3.11", "brew/bin/python3.10"]);
    assert_eq!(world.found(Origin::Homebrew).len(), 2);
    fs::create_dir(world.root.join("usr/local/Cellar")).unwrap();
    world.set("HOMEBREW_PREFIX", &["brew"]);
    let found = world.found(Origin::Homebrew);
    assert_eq!((found[0].as_str(), found[3].as_str()), ("brew/bin/python3.10 3.10", "usr/local/bin/python3.11 3.11"));
}

#[test]
fn frameworks_and_system_directories_are_searched_by_name() {
    let world = World::new();
    let frameworks = "Library/Frameworks/Python.framework/Versions";
    world.put_all(&[&format!("{frameworks}/3.9/bin/python3.9"), &format!("{frameworks}/3.12/bin/python3.12")]);
    symlink("3.12", world.root.join(frameworks).join("Current")).unwrap();
    let found = ["3.12", "3.9"].map(|version| format!("{frameworks}/{version}/bin/python{version} {version}"));
    assert_eq!(world.found(Origin::PythonOrg), found);
    world.put_all(&["usr/bin/python3.11", "usr/local/bin/python3.11"]);
    assert_eq!(world.named(Origin::System, "python3.11"), ["usr/bin/python3.11", "usr/local/bin/python3.11"]);
}

#[test]
fn of_conda_only_bases_count_wherever_they_are_noted() {
    let mut world = World::new();
    for base in ["noted", "home/miniforge3", "opt/conda", "active", "home/.pyenv/versions/miniconda3-4.7"] {
        fs::create_dir_all(world.root.join(base).join("condabin")).unwrap();
        fs::create_dir_all(world.root.join(base).join("conda-meta")).unwrap();
        world.put_all(&[&format!("{base}/bin/python3.12")]);
    }
    fs::create_dir_all(world.root.join("noted/envs/web/conda-meta")).unwrap();
    world.put_all(&["noted/envs/web/bin/python3.11", "home/anaconda3/bin/python3.10"]);
    let lines = ["noted/envs/web", "gone", "noted", "opt/conda"].map(|line| world.root.join(line));
    let lines = lines.map(|line| format!("{}\r\n", line.to_str().unwrap())).concat();
    put(&world.root.join("home/.conda/environments.txt"), &format!("relative\n\n{lines}"));
    world.set("CONDA_EXE", &["active/bin/conda"]);
    let found = ["active", "noted", "opt/conda", "home/miniforge3", "home/.pyenv/versions/miniconda3-4.7"];
    assert_eq!(world.found(Origin::Conda), found.map(|base| format!("{base}/bin/python3.12 3.12")));
}

#[test]
fn a_shim_is_known_by_where_it_lies() {
    let world = World::new();
    let homes = [("home/.pyenv", Owner::Pyenv), ("home/.local/share/mise", Owner::Mise), ("home/.asdf", Owner::Asdf)];
    for (home, owner) in homes {
        world.put_all(&[&format!("{home}/shims/python3")]);
        let link = world.root.join(format!("{owner:?}"));
        symlink(world.root.join(home), &link).unwrap();
        for shim in [world.root.join(home).join("shims/python3"), link.join("shims/python3")] {
            assert_eq!(world.ask(|places| places.shim_of(&shim)), Some(owner), "{shim:?}");
        }
        assert_eq!(world.ask(|places| places.shim_of(&world.root.join(home).join("bin/python3"))), None);
    }
    world.put_all(&["other/shims/python3"]);
    assert_eq!(world.ask(|places| places.shim_of(&world.root.join("other/shims/python3"))), None);
}

#[test]
fn shims_on_the_path_stand_for_what_is_selected() {
    let mut world = World::new();
    world.put_all(&["home/.pyenv/shims/python3", "home/.pyenv/shims/python3.12", "home/.asdf/shims/python3"]);
    world.put_all(&["home/.pyenv/versions/3.8.18/bin/python3", "late/python3"]);
    world.set("PATH", &["home/.asdf/shims", "home/.pyenv/shims", "late"]);
    world.variables.push(("PYENV_VERSION", "3.8.18".to_owned()));
    let selected = "home/.pyenv/versions/3.8.18/bin/python3";
    assert_eq!(world.named(Origin::Path, "python3"), [selected, "late/python3"]);
    assert_eq!(world.found(Origin::Path), [selected, "late/python3"]);
    assert_eq!(world.ask(|places| places.shim_on_path("python3.12".as_ref())), Some(Owner::Pyenv));
    let by_asdf = "home/.asdf/installs/python/3.12.1/bin/python3";
    world.put_all(&[by_asdf]);
    put(&world.root.join("home/.tool-versions"), "python 3.12.1\n");
    assert_eq!(world.named(Origin::Path, "python3"), [by_asdf, selected, "late/python3"]);
}

#[test]
fn apples_stub_stands_for_the_developer_tools_and_for_nothing_without_them() {
    let mut world = World::new();
    world.put_all(&["usr/bin/python3"]);
    world.set("PATH", &["usr/bin"]);
    let nothing: [&str; 0] = [];
    assert_eq!(world.named(Origin::Path, "python3"), nothing);
    assert_eq!(world.named(Origin::System, "python3"), nothing);
    assert_eq!(world.found(Origin::System), nothing);
    assert_eq!(world.ask(|places| places.shim_on_path("python3".as_ref())), Some(Owner::Apple));
    world.put_all(&["late/python3"]);
    world.set("PATH", &["usr/bin", "late"]);
    let stub = world.root.join("usr/bin/python3");
    let in_its_place = |world: &World| world.ask(|places| places.in_place_of(&stub)).map(|file| world.shown(&file));
    assert_eq!(in_its_place(&world), None, "it was asked for by its path");
    assert_eq!(world.named(Origin::Path, "python3"), ["late/python3"]);
    world.set("PATH", &["usr/bin"]);
    let tools = "Library/Developer/CommandLineTools/usr/bin/python3";
    world.put_all(&[tools]);
    assert_eq!(world.named(Origin::Path, "python3"), [tools]);
    assert_eq!(in_its_place(&world).as_deref(), Some(tools));
    let xcode = "Xcode beta.app/Contents/Developer/usr/bin/python3";
    world.put_all(&[xcode]);
    fs::create_dir_all(world.root.join("var/db")).unwrap();
    symlink(world.root.join("Xcode beta.app/Contents/Developer"), world.root.join("var/db/xcode_select_link")).unwrap();
    assert_eq!(world.named(Origin::System, "python3"), [xcode]);
    // The selected Xcode was removed.
    fs::remove_file(world.root.join(xcode)).unwrap();
    assert_eq!(world.named(Origin::System, "python3"), [tools]);
}
