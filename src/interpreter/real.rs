//! Tests with this machine's real interpreters.
//!
//! Compares the probed facts with what each interpreter answers when asked directly. The
//! interpreters differ between machines; at least one has to be installed.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;

use super::fake::{hostile_room, program, quoted};
use super::*;

/// Every interpreter of pyenv and of the system, without shims.
pub(super) fn interpreters() -> Vec<PathBuf> {
    let context = Context::from_process();
    let mut found: Vec<PathBuf> = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        .iter()
        .flat_map(|directory| ["python3", "python2.7", "pypy3"].map(|name| Path::new(directory).join(name)))
        .collect();
    let versions = pyenv::Pyenv::of(&context).map(|pyenv| pyenv.versions());
    let installed = versions.and_then(|versions| fs::read_dir(versions).ok()).into_iter().flatten();
    found.extend(installed.map(|entry| entry.unwrap().path().join("bin/python")));
    found.retain(|python| fs::metadata(python).is_ok_and(|file| file.is_file()));
    assert!(!found.is_empty(), "these tests need a python: install python3");
    found
}

/// A context with nothing but a cache.
fn context(room: &Path) -> Context {
    Context::made_of(&[("XDG_CACHE_HOME", room.join("cache").to_str().unwrap()), ("HOME", room.to_str().unwrap())])
}

/// The output of a script, run by a Python with its normal start-up.
fn told(python: &Path, script: &str) -> String {
    let mut command = Context::made_of(&[]).command(python);
    let output = command.args(["-B", "-c", script]).current_dir("/").env_remove("PYTHONPATH").output().unwrap();
    assert!(output.status.success(), "{}: {}", python.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn the_answer_matches_the_interpreters_own() {
    let (_room, room) = hostile_room();
    for python in interpreters() {
        let answer = at(&context(&room), &python).unwrap();
        let long = told(
            &python,
            "import sys, platform; v = sys.version_info; \
             print('|'.join([platform.python_implementation(), '%d.%d.%d' % v[:3], '%s.%d' % v[3:], \
             getattr(sys, 'abiflags', ''), getattr(sys, 'platlibdir', 'lib')])); \
             print(getattr(sys, 'base_prefix', sys.prefix))",
        );
        let (long, prefix) = long.split_once('\n').unwrap();
        let Interpreter { implementation, version, release, abiflags, platlibdir, .. } = &answer;
        assert_eq!(
            format!("{implementation}|{version}|{release}|{abiflags}|{platlibdir}"),
            long,
            "{}",
            python.display()
        );
        assert!(crate::fs::is_same(&answer.base_prefix, Path::new(prefix)), "{answer:?}");
        assert_eq!(answer.executable, python);
        assert!(fs::metadata(answer.base_prefix.join("lib").join(answer.library_directory())).is_ok(), "{answer:?}");
    }
}

#[test]
fn the_name_to_link_to_has_the_version_and_is_the_same_file() {
    let (_room, room) = hostile_room();
    for python in interpreters() {
        let foreign = room.join("foreign");
        symlink(&python, &foreign).unwrap();
        let direct = at(&context(&room), &python).unwrap();
        let through_link = at(&context(&room), &foreign).unwrap();
        fs::remove_file(&foreign).unwrap();
        assert_eq!(direct.base_executable, through_link.base_executable);
        assert!(crate::fs::is_same(&direct.base_executable, &python));
        let name = direct.base_executable.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, direct.library_directory(), "{}", python.display());
    }
}

/// Prints the wheels that `python -m ensurepip` would install, as `ensurepip` itself reports them;
/// each version stores them elsewhere.
const ENSUREPIP: &str = r#"
import os
try:
    import ensurepip
except ImportError:
    found = []
else:
    directory = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
    if hasattr(ensurepip, "_get_pip_whl_path_ctx"):
        with ensurepip._get_pip_whl_path_ctx() as path:
            found = [str(path)]
    elif hasattr(ensurepip, "_get_packages"):
        packages = ensurepip._get_packages()
        packages = [packages[name] for name in ensurepip._PACKAGE_NAMES]
        found = [p.wheel_path or os.path.join(directory, p.wheel_name) for p in packages]
    elif isinstance(ensurepip._PROJECTS[0], str):
        # Debian's patch; its wheels are one to a project here
        shared = "/usr/share/python-wheels/"
        found = [shared + w for p in ensurepip._PROJECTS for w in os.listdir(shared) if w.startswith(p + "-")]
    else:
        found = ["%s-%s-%s-none-any.whl" % (tuple(p) + ("py2.py3",))[:3] for p in ensurepip._PROJECTS]
        found = [os.path.join(directory, wheel) for wheel in found]
print("\n".join(found))
"#;

#[test]
fn the_wheels_are_those_of_its_own_ensurepip() {
    let (_room, room) = hostile_room();
    for python in interpreters() {
        let answer = at(&context(&room), &python).unwrap();
        let wheels: Vec<&str> = answer.bundled.iter().map(|wheel| wheel.to_str().unwrap()).collect();
        let own = told(&python, ENSUREPIP);
        let exist = own.lines().all(|wheel| fs::metadata(wheel).is_ok());
        assert_eq!(wheels.join("\n"), if exist { own } else { String::new() }, "{}", python.display());
    }
}

#[test]
fn each_environment_has_the_interpreter_as_its_base() {
    let (_room, room) = hostile_room();
    for python in interpreters() {
        let base = at(&context(&room), &python).unwrap();
        if base.version.series() < crate::versions::Series::new(3, 6) {
            continue;
        }
        for (name, option) in [("linked", "--symlinks"), ("copied", "--copies")] {
            let outer = room.join(name);
            let nested = room.join("nested");
            let make = |maker: &Path, at: &Path| {
                let mut command = Context::made_of(&[]).command(maker);
                command.args(["-m", "venv", "--without-pip", "--clear", option]).arg(at);
                command.output().is_ok_and(|output| output.status.success())
            };
            // PyPy copies the whole lib of its prefix, which would be /usr/lib. Debian may lack
            // venv.
            let is_copying_everything = option == "--copies" && base.implementation == "PyPy";
            if !is_copying_everything && make(&python, &outer) && make(&outer.join("bin/python"), &nested) {
                for environment in [&outer, &nested] {
                    let found = at(&context(&room), &environment.join("bin/python")).unwrap();
                    let same = crate::fs::is_same(&found.base_executable, &base.base_executable);
                    assert!(same, "{}: {found:?}", python.display());
                    assert_eq!(found.bundled, base.bundled);
                }
            }
        }
    }
}

#[test]
fn variables_and_noise_do_not_confuse_it() {
    let (_room, room) = hostile_room();
    let python = &interpreters()[0];
    let answer = at(&context(&room), python).unwrap();
    let before = "echo '{\"version\": 1}'; echo warning >&2; export PYTHONHOME=/gone PYTHONPATH=/gone PYTHONVERBOSE=1";
    let wrapper = program(&room.join("noisy"), &format!("{before}\nexec {} \"$@\"", quoted(python)));
    assert_eq!(at(&context(&room), &wrapper).unwrap(), answer);
}

#[test]
fn a_cached_interpreter_is_not_started() {
    let (_room, room) = hostile_room();
    for python in interpreters() {
        let first = at(&context(&room), &python).unwrap();
        let remembered = cache::recall(&context(&room), &python);
        assert_eq!(remembered, Some(first), "{}", python.display());
    }
}

#[test]
fn each_is_found_by_its_version() {
    let (_room, room) = hostile_room();
    let ours = Context::from_process();
    let cache = room.join("cache");
    let mut variables = vec![("XDG_CACHE_HOME", cache.to_str().unwrap())];
    let kept = ["HOME", "PYENV_ROOT"].into_iter().filter_map(|name| Some((name, ours.variable(name)?.to_str()?)));
    variables.extend(kept);
    let context = Context::made_of(&variables);
    for python in interpreters() {
        let answer = at(&context, &python).unwrap();
        let (word, threads) = (answer.implementation.to_lowercase(), if answer.is_free_threaded() { "t" } else { "" });
        let request = OsString::from(format!("{word}@{}{threads}", answer.version));
        let found = find(&context, Some(&request)).unwrap();
        assert_eq!((found.implementation, found.version), (answer.implementation, answer.version), "{request:?}");
    }
}

/// A prefix with a copy of the executable and links to the standard library without `ensurepip`,
/// like Debian without python3-venv. macOS frameworks cannot be copied like this.
#[cfg(target_os = "linux")]
fn without_ensurepip(base: &Interpreter, prefix: &Path) -> PathBuf {
    let name = base.library_directory();
    let copied = prefix.join("lib").join(&name);
    fs::create_dir_all(&copied).unwrap();
    for entry in fs::read_dir(base.base_prefix.join("lib").join(&name)).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "ensurepip" {
            symlink(entry.path(), copied.join(entry.file_name())).unwrap();
        }
    }
    let executable = prefix.join("bin").join(&name);
    fs::create_dir(prefix.join("bin")).unwrap();
    let mut copy = Context::made_of(&[]).command("cp");
    assert!(copy.arg("-L").arg(&base.base_executable).arg(&executable).status().unwrap().success());
    executable
}

#[test]
#[cfg(target_os = "linux")]
fn ensurepip_can_be_missing_and_is_seen_when_it_comes() {
    let (_room, room) = hostile_room();
    let context = context(&room);
    for (index, python) in interpreters().iter().enumerate() {
        let base = at(&context, python).unwrap();
        if base.implementation != "CPython" || base.bundled.is_empty() {
            continue;
        }
        let prefix = room.join(index.to_string());
        let copy = without_ensurepip(&base, &prefix);
        let before = at(&context, &copy).unwrap();
        assert_eq!((&before.base_prefix, &before.base_executable), (&prefix, &copy));
        assert!(before.bundled.is_empty(), "{before:?}");
        let library = Path::new("lib").join(base.library_directory());
        symlink(base.base_prefix.join(&library).join("ensurepip"), prefix.join(&library).join("ensurepip")).unwrap();
        let names = |interpreter: &Interpreter| -> Vec<_> {
            interpreter.bundled.iter().map(|wheel| wheel.file_name().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&at(&context, &copy).unwrap()), names(&base), "{}", python.display());
    }
}
