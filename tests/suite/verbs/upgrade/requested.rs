//! The Python that was asked for with `-p`: recorded, carried along, and used.

use super::*;

/// The line of a recipe, and what the environment has on record.
fn request(sandbox: &Sandbox, name: &str) -> (Option<String>, Option<String>) {
    let recipe = sandbox.run(["export", name]).status(0).stdout_text();
    let line = recipe.lines().find_map(|line| line.strip_prefix("python-request = "));
    let record = fs::read_to_string(sandbox.environment(name).join(".requested-python")).ok();
    (line.map(str::to_owned), record)
}

#[test]
fn a_request_goes_wherever_its_environment_goes() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    let conditions = format!(">={},<4", world.python.full());
    let asked = (Some(format!("\"{conditions}\"")), Some(format!("{conditions}\n")));
    let path = std::env::join_paths([sandbox.root().join("pythons/one/bin"), sandbox.tools()]).unwrap();
    let mut command = sandbox.command(BINARY);
    command.args(["mkvirtualenv", "-q", "-p", &conditions, "x"]).env("PATH", path);
    sandbox.run_command(command, b"").status(0);
    assert_eq!(request(sandbox, "x"), asked);
    sandbox.run(["cpvirtualenv", "x", "copy"]).status(0);
    sandbox.run(["mvvirtualenv", "x", "new"]).status(0);
    for name in ["copy", "new"] {
        assert_eq!(request(sandbox, name), asked);
    }
    sandbox.run(["rmvirtualenv", "new"]).status(0);
    sandbox.run(["undo", "new"]).status(0);
    assert_eq!(request(sandbox, "new"), asked);
    // To another Python and back.
    sandbox.run(["upgrade", "-p", world.to_other(), "new"]).status(0);
    assert_eq!(request(sandbox, "new"), (None, Some(format!("{}\n", world.to_other()))));
    sandbox.run(["undo", "new"]).status(0);
    assert_eq!(request(sandbox, "new"), asked);
    // Through a file.
    symlink(&world.python.path, sandbox.tools().join(format!("python{}", world.python.minor()))).unwrap();
    sandbox.run(["export", "copy", "-o", "copy.toml"]).status(0);
    sandbox.run(["rmvirtualenv", "copy", "new"]).status(0);
    sandbox.run(["import", "copy.toml"]).status(0);
    sandbox.run(["mkvirtualenv", "-q", "--from", "copy.toml", "new"]).status(0);
    for name in ["copy", "new"] {
        assert_eq!(request(sandbox, name), asked);
    }
}

#[test]
fn a_path_is_recorded_and_means_nothing_on_another_machine() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    world.make(&["--without-pip", "x"]);
    assert_eq!(request(sandbox, "x"), (None, Some(format!("{}\n", world.installed("one").display()))));
    // Relative to the directory of that day.
    let relative = format!("pythons/one/bin/python{}", world.python.minor());
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "-p", &relative, "y"]).status(0);
    assert_eq!(request(sandbox, "y"), request(sandbox, "x"));
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "z"]).status(0);
    assert_eq!(request(sandbox, "z"), (None, None));
}

#[test]
fn an_upgrade_that_names_a_python_changes_the_request() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    world.make(&["--without-pip", "x"]);
    let minor = world.python.minor();
    world.replace_one_by_two();
    let said = format!("Linked `x` to Python {} (", world.python.full());
    sandbox.run(["upgrade", "-p", &minor, "x"]).status(0).stdout("").stderr_contains(&said);
    assert_eq!(request(sandbox, "x"), (Some(format!("\"{minor}\"")), Some(format!("{minor}\n"))));
    let said = format!("`x` has Python {} already\n", world.python.full());
    sandbox.run(["upgrade", "-p", &world.python.full(), "x"]).status(0).stdout("").stderr(said);
    assert_eq!(request(sandbox, "x").1, Some(format!("{}\n", world.python.full())));
}

/// Makes `x` an environment of Python 3.0, which no machine has.
fn make_x_of_python_3_0(world: &World) -> PathBuf {
    let sandbox = &world.sandbox;
    world.make(&["--without-pip", "x"]);
    let root = sandbox.environment("x");
    let from = root.join("lib").join(format!("python{}", world.python.minor()));
    fs::rename(from, root.join("lib/python3.0")).unwrap();
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    fs::write(root.join("pyvenv.cfg"), cfg.replace(&world.python.full(), "3.0.1")).unwrap();
    fs::remove_file(sandbox.root().join("pythons/one")).unwrap();
    for python in [world.python, world.other] {
        symlink(&python.path, sandbox.tools().join(format!("python{}", python.minor()))).unwrap();
    }
    root
}

#[test]
fn without_any_python_of_its_version_the_request_says_which_one_comes_next() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    let root = make_x_of_python_3_0(&world);
    symlink(&world.python.path, sandbox.tools().join("python3")).unwrap();
    let minor = world.other.minor();
    fs::write(root.join(".requested-python"), format!("=={minor}.*\n")).unwrap();
    sandbox.run(["upgrade", "x"]).status(0).stdout("");
    assert_eq!(world.prints("x", "python", VERSION), format!("{}\n", world.other.full()));
    assert_eq!(request(sandbox, "x").1, Some(format!("=={minor}.*\n")));
    sandbox.run(["undo", "x"]).status(0);
    // A request that nothing meets is dropped.
    fs::write(root.join(".requested-python"), "3.0\n").unwrap();
    sandbox.run(["upgrade", "x"]).status(0).stdout("");
    assert_eq!(world.prints("x", "python", VERSION), format!("{}\n", world.python.full()));
    assert_eq!(request(sandbox, "x"), (None, None));
}

#[test]
fn an_upgrade_does_not_choose_an_older_python_while_there_is_a_newer_one() {
    let mut threes: Vec<&Python> =
        pythons::all().iter().filter(|python| python.version.0 == 3 && python.implementation == "cpython").collect();
    threes.sort_by_key(|python| python.version);
    let (Some(oldest), Some(newest)) = (threes.first(), threes.last()) else { return };
    let own = format!("3.{}", newest.version.1 - 1);
    let sandbox = Sandbox::plain();
    for (name, python) in [("python3".to_owned(), oldest), (format!("python{}", newest.minor()), newest)] {
        symlink(&python.path, sandbox.tools().join(name)).unwrap();
    }
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "-p", &newest.minor(), "x"]).status(0);
    if oldest.version.1 + 1 >= newest.version.1 || sandbox.run(["python", "find", &own]).code() == 0 {
        return;
    }
    let root = sandbox.environment("x");
    let library = |minor: &str| root.join("lib").join(format!("python{minor}"));
    fs::rename(library(&newest.minor()), library(&own)).unwrap();
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    fs::write(root.join("pyvenv.cfg"), cfg.replace(&newest.full(), &format!("{own}.1"))).unwrap();
    sandbox.run(["upgrade", "-n", "x"]).status(0).stdout_contains(&newest.full());
}
