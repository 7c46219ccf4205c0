//! Tests the package and path commands on environments made by real interpreters.
//!
//! Compares their effect with what that interpreter and its pip report. Each command's own tests
//! check its output.

use std::fs;
use std::path::{Path, PathBuf};

use super::add2virtualenv::Add2Virtualenv;
use super::toggleglobalsitepackages::ToggleGlobalSitePackages;
use super::wipeenv::WipeEnv;
use super::{Outcome, Session, Verb};
use crate::context::Context;
use crate::environment::Environment;
use crate::environment::path_extensions;
use crate::error::{Error, Result};
use crate::interpreter;
use crate::sorting;

/// A directory with a hostile name and one environment in it.
struct Room {
    keep: tempfile::TempDir,
    root: PathBuf,
}

impl Room {
    /// Made by `python -m venv` with these options. Before 3.10, distutils and pip fail on a `$` in
    /// a path.
    fn with_venv(options: &[&str]) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("it's \"$x\" {a,b};\\ `é").join("env");
        let cache = keep.path().to_str().unwrap();
        let process = Context::from_process();
        let mut variables = vec![("XDG_CACHE_HOME", cache)];
        let kept = ["HOME", "PATH"].into_iter().filter_map(|name| Some((name, process.variable(name)?.to_str()?)));
        variables.extend(kept);
        let context = Context::made_of(&variables);
        let python = ["3.14", "3.13", "3.12", "3.11", "3.10"]
            .iter()
            .find_map(|version| interpreter::find(&context, Some(version.as_ref())).ok())
            .expect("these tests need python 3.10 or newer, with venv");
        run(&python.base_executable, &[&["-m", "venv"], options].concat(), &root);
        Self { keep, root }
    }

    fn environment(&self) -> Environment {
        Environment::open(&self.root).unwrap().unwrap()
    }

    fn site_packages(&self) -> PathBuf {
        self.environment().site_packages().unwrap()
    }

    /// Runs a command as if the environment were active.
    fn call<V: Verb>(&self, words: &[&str]) -> Result<Outcome> {
        let variables = [("VIRTUAL_ENV", self.root.to_str().unwrap()), ("HOME", self.keep.path().to_str().unwrap())];
        let context = Context::made_of(&variables);
        let words = std::iter::once("verb").chain(words.iter().copied());
        V::try_parse_from(words).unwrap().run(&Session {
            context: &context,
            shell: None,
            is_interactive: false,
            previous: None,
        })
    }

    /// The output of the environment's Python.
    fn python(&self, script: &str) -> String {
        let mut command = Context::made_of(&[]).command(self.environment().python());
        let output = command.args(["-c", script]).current_dir("/").env_remove("PYTHONPATH").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// The positions of these directories in `sys.path`.
    fn places(&self, directories: &[&Path]) -> Vec<usize> {
        let path = self.python("import sys; print('\\n'.join(sys.path))");
        let place = |directory: &&Path| path.lines().position(|line| Path::new(line) == *directory);
        directories
            .iter()
            .map(|directory| place(directory).unwrap_or_else(|| panic!("{directory:?}: {path}")))
            .collect()
    }
}

/// Runs a program with a path as its last argument.
fn run(program: &Path, words: &[&str], last: &Path) {
    let output = Context::made_of(&[]).command(program).args(words).arg(last).current_dir("/").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&said));
}

/// A project that is its own build backend (PEP 517, PEP 660): pip builds it without a network.
fn project(directory: &Path, name: &str) {
    fs::create_dir_all(directory).unwrap();
    fs::write(
        directory.join("pyproject.toml"),
        "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
    )
    .unwrap();
    let backend = format!(
        r#"
import os, zipfile
NAME = "{name}"
def build(directory, path, text):
    wheel = NAME.replace("-", "_") + "-1.0-py3-none-any.whl"
    about = NAME.replace("-", "_") + "-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(directory, wheel), "w") as archive:
        archive.writestr(path, text)
        archive.writestr(about + "METADATA", "Metadata-Version: 2.1\nName: " + NAME + "\nVersion: 1.0\n")
        archive.writestr(about + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(about + "RECORD", "")
    return wheel
def build_wheel(directory, config_settings=None, metadata_directory=None):
    return build(directory, NAME.replace("-", "_") + ".py", "")
def build_editable(directory, config_settings=None, metadata_directory=None):
    return build(directory, "__editable__" + NAME + ".pth", os.getcwd() + "\n")
"#
    );
    fs::write(directory.join("backend.py"), backend).unwrap();
}

#[test]
fn wipeenv_leaves_what_is_to_stay_and_nothing_else() {
    let room = Room::with_venv(&[]);
    let python = room.environment().python();
    let offline = ["-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation", "--no-deps"];
    let before = room.environment().distributions().unwrap();
    for name in ["six", "sixpack", "dotted.name"] {
        project(&room.keep.path().join(name), name);
        run(&python, &offline, &room.keep.path().join(name));
    }
    let editable = room.keep.path().join("editable thing");
    project(&editable, "editable-thing");
    run(&python, &[&offline[..], &["--editable"]].concat(), &editable);
    assert_eq!(room.environment().distributions().unwrap().len(), before.len() + 4);

    assert!(matches!(room.call::<WipeEnv>(&[]).unwrap(), Outcome::Done));
    let mut expected = before;
    expected.push("six".to_owned());
    sorting::sort(&mut expected);
    assert_eq!(room.environment().distributions().unwrap(), expected);
    assert_eq!(room.python("import six, pip; print(1)"), "1");
    let files: Vec<_> = fs::read_dir(room.site_packages()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let left = |word: &str| files.iter().any(|file| file.to_string_lossy().contains(word));
    assert!(!left("editable") && !left("sixpack") && !left("dotted"), "{files:?}");
    assert!(editable.join("backend.py").is_file());
    assert!(matches!(room.call::<WipeEnv>(&[]).unwrap(), Outcome::Done));
}

#[test]
fn wipeenv_says_what_it_could_not_remove_and_removes_the_rest() {
    let room = Room::with_venv(&[]);
    let python = room.environment().python();
    // pip refuses packages installed by distutils, which record no files.
    let stuck = room.site_packages().join("aa-1.0-py3.egg-info");
    fs::write(&stuck, "Metadata-Version: 1.0\nName: aa\nVersion: 1.0\n").unwrap();
    project(&room.keep.path().join("zz"), "zz");
    run(
        &python,
        &["-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation"],
        &room.keep.path().join("zz"),
    );
    let error = room.call::<WipeEnv>(&[]).unwrap_err();
    assert_eq!(error.to_string(), "not removed: aa");
    assert!(!room.environment().distributions().unwrap().contains(&"zz".to_owned()));
}

#[test]
fn wipeenv_without_pip_touches_nothing_and_never_takes_another_pip() {
    let room = Room::with_venv(&["--without-pip"]);
    let metadata = room.site_packages().join("thing-1.0.dist-info");
    fs::create_dir(&metadata).unwrap();
    assert!(matches!(room.call::<WipeEnv>(&[]), Err(Error::NoInstaller { .. })));
    assert!(metadata.is_dir());
    fs::remove_file(room.environment().python()).unwrap();
    assert!(matches!(room.call::<WipeEnv>(&[]), Err(Error::Broken { .. })));
}

#[test]
fn what_add2virtualenv_adds_comes_after_site_packages_the_last_first() {
    let room = Room::with_venv(&["--without-pip"]);
    let [one, two] = ["one & 日本", "two's $x"].map(|name| room.keep.path().join(name));
    for directory in [&one, &two] {
        fs::create_dir(directory).unwrap();
        room.call::<Add2Virtualenv>(&[directory.to_str().unwrap()]).unwrap();
    }
    let places = room.places(&[&room.site_packages(), &two, &one]);
    assert!(places.is_sorted(), "{places:?}");
    room.call::<Add2Virtualenv>(&["-d", two.to_str().unwrap()]).unwrap();
    room.places(&[&one]);
    assert!(!room.python("import sys; print(sys.path)").contains("two"));
    // A path that would run as code is refused, with all others in the call.
    let bad = format!("{}\u{2028}import this", one.display());
    assert!(room.call::<Add2Virtualenv>(&[two.to_str().unwrap(), &bad]).is_err());
    let said = room.python("import sys; print(sys.path)");
    assert!(!said.contains("two") && !said.contains("Zen"), "{said}");
}

#[test]
fn a_file_of_virtualenvwrapper_goes_on_putting_its_directories_first() {
    let room = Room::with_venv(&["--without-pip"]);
    let [one, two] = ["one", "two"].map(|name| room.keep.path().join(name));
    let text = format!(
        "import sys; sys.__plen = len(sys.path)\n{}\nimport sys; new=sys.path[sys.__plen:]; \
         del sys.path[sys.__plen:]; p=getattr(sys,'__egginsert',0); sys.path[p:p]=new; sys.__egginsert = p+len(new)\n",
        one.display()
    );
    let file = room.site_packages().join(path_extensions::NAME);
    fs::write(&file, &text).unwrap();
    for directory in [&one, &two] {
        fs::create_dir(directory).unwrap();
    }
    room.call::<Add2Virtualenv>(&[two.to_str().unwrap()]).unwrap();
    let places = room.places(&[&two, &one, &room.site_packages()]);
    assert!(places.is_sorted(), "{places:?}");
    room.call::<Add2Virtualenv>(&["-d", two.to_str().unwrap()]).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), text);
}

#[test]
fn python_agrees_on_whether_it_sees_the_packages_of_its_base() {
    let own = "import site, sys; print(any(not p.startswith(sys.prefix) for p in site.getsitepackages()))";
    let room = Room::with_venv(&["--without-pip"]);
    let before = fs::read(room.root.join("pyvenv.cfg")).unwrap();
    for expected in ["True", "False"] {
        room.call::<ToggleGlobalSitePackages>(&["-q"]).unwrap();
        assert_eq!(room.python(own), expected);
        assert_eq!(room.environment().sees_system_packages().to_string(), expected.to_lowercase());
    }
    assert_eq!(fs::read(room.root.join("pyvenv.cfg")).unwrap(), before);
    // Without the setting, Python's default applies.
    fs::write(room.root.join("pyvenv.cfg"), String::from_utf8(before).unwrap().replace("include", "exclude")).unwrap();
    assert_eq!((room.python(own).as_str(), room.environment().sees_system_packages()), ("True", true));
    room.call::<ToggleGlobalSitePackages>(&["-q"]).unwrap();
    assert_eq!(room.python(own), "False");
}
