//! `venvwrap upgrade`, and the repair that `workon` and `run` make before they use an environment:
//! what comes along, what is refused before anything is exchanged, and the way back.

mod requested;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::recipes::building::{BACKEND, PYPROJECT};
use crate::support::disk::{names, tree};
use crate::support::programs::write_program;
use crate::support::pythons::{self, Python};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::wheel::tiny_wheel;

/// The directories `pythons/one` and `pythons/two` are two installations of one Python, and the
/// index has three packages.
struct World {
    sandbox: Sandbox,
    python: &'static Python,
    other: &'static Python,
}

fn world() -> Option<World> {
    let python = pythons::complete();
    let other = pythons::other_than(python)?;
    let mut sandbox = Sandbox::plain();
    let index = sandbox.root().join("index");
    fs::create_dir(&index).unwrap();
    for (name, version) in [("tiny-thing", "1.0"), ("tiny-thing", "2.0"), ("small-thing", "1.0")] {
        tiny_wheel(&index, name, version);
    }
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", &index).set("VENVWRAP_INSTALLER", "pip");
    fs::create_dir(sandbox.root().join("pythons")).unwrap();
    let world = World { sandbox, python, other };
    world.install("one");
    Some(world)
}

impl World {
    /// Installs the Python as `pythons/NAME`.
    fn install(&self, name: &str) {
        symlink(prefix(self.python), self.sandbox.root().join("pythons").join(name)).unwrap();
    }

    fn installed(&self, name: &str) -> PathBuf {
        self.sandbox.root().join("pythons").join(name).join("bin").join(format!("python{}", self.python.minor()))
    }

    /// Makes the Python of the environments disappear; `pythons/two` is found on PATH.
    fn replace_one_by_two(&self) {
        fs::remove_file(self.sandbox.root().join("pythons/one")).unwrap();
        self.install("two");
        let name = format!("python{}", self.python.minor());
        symlink(self.installed("two"), self.sandbox.tools().join(name)).unwrap();
    }

    fn make(&self, words: &[&str]) {
        let python = self.installed("one");
        let all = ["mkvirtualenv", "-q", "-p", python.to_str().unwrap()];
        self.sandbox.run(all.iter().chain(words)).status(0);
    }

    /// What a program in an environment prints.
    #[track_caller]
    fn prints(&self, name: &str, program: &str, arguments: &[&str]) -> String {
        let mut command = self.sandbox.command(self.sandbox.environment(name).join("bin").join(program));
        command.args(arguments).env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        self.sandbox.run_command(command, b"").status(0).stdout_text()
    }

    fn to_other(&self) -> &'static str {
        self.other.path.to_str().unwrap()
    }
}

/// The prefix of an installation: the directory above its `bin`.
fn prefix(python: &Python) -> PathBuf {
    fs::canonicalize(&python.path).unwrap().parent().unwrap().parent().unwrap().to_path_buf()
}

fn trash(sandbox: &Sandbox) -> usize {
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    if trash.is_dir() { names(&trash).len() } else { 0 }
}

const VERSION: &[&str] = &["-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"];

#[test]
fn workon_links_another_python_of_the_same_version_in_each_shell_and_says_so() {
    let Some(world) = world() else { return };
    let (sandbox, two) = (&world.sandbox, world.installed("two"));
    for shell in Shell::ALL {
        world.make(&[shell.name()]);
    }
    world.make(&["run"]);
    world.replace_one_by_two();
    let full = world.python.full();
    let line = |name: &str| {
        format!(
            "Linked `{name}` to Python {full} ([ROOT]/pythons/two/bin/{}): its Python {full} is missing\n",
            two.file_name().unwrap().to_str().unwrap()
        )
    };
    for shell in Shell::ALL {
        let name = shell.name();
        shell
            .plain()
            .run(sandbox, format!("workon {name}\ncommand pip --version >pip.txt\necho \"$VIRTUAL_ENV\"\n"))
            .status(0)
            .stdout(format!("[ROOT]/envs/{name}\n"))
            .stderr(line(name));
        assert!(fs::read_to_string(sandbox.root().join("pip.txt")).unwrap().contains(&format!("/envs/{name}/lib/")));
        let cfg = fs::read_to_string(sandbox.environment(name).join("pyvenv.cfg")).unwrap();
        assert!(cfg.contains("/pythons/two/bin\n"), "{cfg}");
        // It is whole again: nothing is said or changed any more.
        let before = tree(&sandbox.environment(name));
        shell.plain().run(sandbox, format!("workon {name}\n")).status(0).stdout("").stderr("");
        assert_eq!(tree(&sandbox.environment(name)), before);
    }
    sandbox.run(["run", "run", "pip", "--version"]).status(0).stderr(line("run"));
}

#[test]
fn an_environment_without_any_python_of_its_version_is_refused_with_the_way_out() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    world.make(&["--without-pip", "x"]);
    let root = sandbox.environment("x");
    // A version that no machine has.
    let (from, to) = (format!("python{}", world.python.minor()), "python3.0");
    fs::rename(root.join("lib").join(&from), root.join("lib").join(to)).unwrap();
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    fs::write(root.join("pyvenv.cfg"), cfg.replace(&world.python.full(), "3.0.1")).unwrap();
    fs::remove_file(sandbox.root().join("pythons/one")).unwrap();
    let before = tree(&root);
    let text = "environment `x` is broken: its Python is missing, and no other Python 3.0 is installed\n\
                hint: install Python 3.0 again, or rebuild it with another: `venvwrap upgrade x`\n";
    for shell in Shell::ALL {
        let answer = shell.plain().run(sandbox, "workon x\n").status(1).stdout("");
        assert!(answer.stderr_text().ends_with(text), "{answer}");
    }
    sandbox.run(["run", "x", "true"]).status(1).stdout("").stderr(format!("venvwrap: {text}"));
    assert_eq!(tree(&root), before);
    // The hint works, with the Python that mkvirtualenv would choose.
    symlink(&world.other.path, sandbox.tools().join("python3")).unwrap();
    sandbox.run(["upgrade", "x"]).status(0).stdout("");
    assert_eq!(world.prints("x", "python", VERSION), format!("{}\n", world.other.full()));
}

#[test]
fn a_setting_forbids_the_repair() {
    let Some(mut world) = world() else { return };
    let config = world.sandbox.root().join("config");
    world.sandbox.write("config/venvwrap/config.toml", "heal = \"never\"\n");
    world.sandbox.set("XDG_CONFIG_HOME", &config);
    world.make(&["--without-pip", "x"]);
    world.replace_one_by_two();
    let before = tree(&world.sandbox.environment("x"));
    let answer = world.sandbox.run(["run", "x", "true"]).status(1).stdout("");
    let hint = "hint: `venvwrap doctor --fix x` links another Python of the same version; `venvwrap upgrade x` rebuilds it with a newer one\n";
    assert!(answer.stderr_text().ends_with(hint), "{answer}");
    assert_eq!(tree(&world.sandbox.environment("x")), before);
}

#[test]
fn another_patch_release_is_linked_and_nothing_is_installed_again() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    world.make(&["-i", "tiny-thing==1.0", "x"]);
    world.replace_one_by_two();
    let full = world.python.full();
    let packages = sandbox.environment("x").join("lib");
    let before = tree(&packages);
    sandbox.run(["upgrade", "-n", "x"]).status(0).stdout_contains("x     ").stderr("Nothing was changed\n");
    let answer = sandbox.run(["upgrade", "x"]).status(0).stdout("");
    assert!(answer.stderr_text().starts_with(&format!("Linked `x` to Python {full} ([ROOT]/pythons/two/")), "{answer}");
    assert_eq!(tree(&packages), before);
    assert_eq!(world.prints("x", "tiny-thing", &[]), "tiny thing 1.0\n");
    let has = format!("`x` has the newest installed Python {}: {full}\n", world.python.minor());
    sandbox.run(["upgrade", "x"]).status(0).stdout("").stderr(has);
    assert_eq!(trash(sandbox), 0);
}

#[test]
fn another_version_gets_the_same_packages_and_everything_that_you_set_up() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    fs::create_dir(sandbox.root().join("my lib")).unwrap();
    fs::create_dir(sandbox.root().join("project")).unwrap();
    world.make(&["-a", "project", "--prompt", "my x", "-i", "tiny-thing==1.0", "-i", "small-thing", "x"]);
    let root = sandbox.environment("x");
    let mut command = sandbox.command(BINARY);
    command.args(["add2virtualenv", "my lib"]).env("VIRTUAL_ENV", &root);
    sandbox.run_command(command, b"").status(0);
    fs::write(root.join("bin/postactivate"), "export FROM_HOOK=1\n").unwrap();
    write_program(root.join("bin/mine"), format!("#!{}\nprint('mine')\n", root.join("bin/python").display()));
    let activate = root.join("bin/activate");
    let text = fs::read_to_string(&activate).unwrap();
    fs::write(&activate, format!("{text}export APPENDED=yes\n")).unwrap();
    let before = tree(&root);

    let answer = sandbox.run(["upgrade", "-p", world.to_other(), "x"]).status(0).stdout("");
    let (from, to) = (world.python.full(), world.other.full());
    let said = format!("Upgraded `x` from Python {from} to {to}; `venvwrap undo x` brings the old one back\n");
    assert!(answer.stderr_text().ends_with(&said), "{answer}");
    assert_eq!(world.prints("x", "python", VERSION), format!("{to}\n"));
    assert_eq!(world.prints("x", "tiny-thing", &[]), "tiny thing 1.0\n");
    assert_eq!(world.prints("x", "small-thing", &[]), "small thing 1.0\n");
    assert_eq!(world.prints("x", "mine", &[]), "mine\n");
    assert!(world.prints("x", "pip", &["--version"]).contains("/envs/x/lib/"));
    for shell in [Shell::Bash, Shell::Zsh] {
        let told = "workon -n x\necho \"$FROM_HOOK $APPENDED $VIRTUAL_ENV_PROMPT\"\n";
        shell.plain().run(sandbox, told).status(0).stdout("1 yes my x\n").stderr("");
    }
    let recipe = sandbox.run(["export", "x"]).status(0).stdout_text();
    for part in ["project = \"[ROOT]/project\"", "extra-paths = [\"[ROOT]/my lib\"]", "name = \"postactivate\""] {
        assert!(recipe.contains(part), "{part}: {recipe}");
    }
    // There and back again, byte for byte.
    let upgraded = tree(&root);
    sandbox.run(["undo", "x"]).status(0).stdout("").stderr("Restored `x`\n");
    assert_eq!(tree(&root), before);
    sandbox.run(["undo", "x"]).status(0).stdout("").stderr("Restored `x`\n");
    assert_eq!(tree(&root), upgraded);
    assert_eq!(trash(sandbox), 1);
}

#[test]
fn sources_that_pip_checked_out_into_the_environment_come_along() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    world.make(&["x"]);
    let source = sandbox.environment("x").join("src/mine");
    fs::create_dir_all(source.join(".git")).unwrap();
    let head = "ref: refs/heads/main\n";
    for (name, text) in
        [(".git/HEAD", head), ("pyproject.toml", PYPROJECT), ("backend.py", BACKEND), ("mine.py", "print('mine')\n")]
    {
        fs::write(source.join(name), text).unwrap();
    }
    world.prints("x", "pip", &["install", "-q", "--no-build-isolation", "-e", source.to_str().unwrap()]);
    assert_eq!(world.prints("x", "python", &["-m", "mine"]), "mine\n");
    sandbox.run(["upgrade", "-p", world.to_other(), "x"]).status(0);
    assert_eq!(world.prints("x", "python", &["-m", "mine"]), "mine\n");
    assert_eq!(fs::read_to_string(source.join(".git/HEAD")).unwrap(), head);
}

#[test]
fn what_cannot_be_installed_is_told_by_package_and_nothing_is_exchanged() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    world.make(&["-i", "tiny-thing==1.0", "-i", "small-thing", "x"]);
    let index = sandbox.root().join("index");
    fs::remove_file(index.join("tiny_thing-1.0-py2.py3-none-any.whl")).unwrap();
    let before = tree(&sandbox.environment("x"));
    let words = ["upgrade", "-p", world.to_other()];
    let answer = sandbox.run(words.iter().chain(&["x"])).status(1).stdout("");
    let python = world.to_other();
    let text = format!(
        "venvwrap: environment `x` was not upgraded: it cannot have tiny-thing 1.0 with that Python\n\
         hint: `venvwrap upgrade -p {python} --latest x` installs newer versions; `venvwrap upgrade -p {python} --force x` \
         upgrades it anyway\n"
    );
    assert!(answer.stderr_text().ends_with(&text), "{answer}");
    assert_eq!(tree(&sandbox.environment("x")), before);
    assert_eq!((trash(sandbox), names(&sandbox.workon_home().join(".venvwrap/new")).len()), (0, 0));

    sandbox.run(words.iter().chain(&["--force", "x"])).status(0);
    assert_eq!(world.prints("x", "small-thing", &[]), "small thing 1.0\n");
    assert!(!sandbox.environment("x").join("bin/tiny-thing").exists());
    sandbox.run(["undo", "x"]).status(0);
    sandbox.run(words.iter().chain(&["--latest", "x"])).status(0);
    assert_eq!(world.prints("x", "tiny-thing", &[]), "tiny thing 2.0\n");
}

#[test]
fn all_shows_what_will_be_done_and_what_came_of_it() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    for name in ["good", "wrong"] {
        world.make(&["-i", "small-thing", name]);
    }
    let mine = sandbox.write("gone/pyproject.toml", "");
    let packages = sandbox.environment("wrong").join("lib").join(format!("python{}", world.python.minor()));
    let direct =
        format!("{{\"url\": \"file://{}\", \"dir_info\": {{\"editable\": true}}}}", mine.parent().unwrap().display());
    fs::write(packages.join("site-packages/small_thing-1.0.dist-info/direct_url.json"), direct).unwrap();
    fs::remove_dir_all(mine.parent().unwrap()).unwrap();
    let before = tree(&sandbox.environment("wrong"));
    let answer = sandbox.run(["upgrade", "--all", "-p", world.to_other()]).status(1);
    let (from, to) = (world.python.full(), world.other.full());
    let text = answer.stdout_text();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["name", "from", "to", "packages", "action"], "{text}");
    assert_eq!(lines[1], ["good", &from, &to, "2", "rebuild"], "{text}");
    assert_eq!(
        lines[4..],
        [
            vec!["name", "from", "to", "result"],
            vec!["good", &from, &to, "rebuilt"],
            vec!["wrong", &from, &to, "failed"]
        ]
    );
    assert!(answer.stderr_text().contains("`small-thing` comes from [ROOT]/gone, which does not exist\n"), "{answer}");
    assert_eq!(tree(&sandbox.environment("wrong")), before);
    assert_eq!(world.prints("good", "small-thing", &[]), "small thing 1.0\n");
}

#[test]
fn the_active_environment_and_one_elsewhere_are_not_exchanged() {
    let Some(world) = world() else { return };
    let sandbox = &world.sandbox;
    world.make(&["--without-pip", "x"]);
    let mut command = sandbox.command(BINARY);
    command.args(["upgrade", "-p", world.to_other(), "x"]).env("VIRTUAL_ENV", sandbox.environment("x"));
    sandbox
        .run_command(command, b"")
        .status(1)
        .stdout("")
        .stderr("venvwrap: environment `x` is active in this shell\nhint: `deactivate` first\n");
    fs::rename(sandbox.environment("x"), sandbox.root().join("away")).unwrap();
    symlink(sandbox.root().join("away"), sandbox.environment("x")).unwrap();
    sandbox.run(["upgrade", "-p", world.to_other(), "x"]).status(1).stdout("").stderr(
        "venvwrap: environment `x` is a link to [ROOT]/away, which is not in WORKON_HOME\n\
         hint: `venvwrap cpvirtualenv x NAME` makes a copy that can be upgraded\n",
    );
    assert!(Path::new(&sandbox.root().join("away/pyvenv.cfg")).is_file());
}
