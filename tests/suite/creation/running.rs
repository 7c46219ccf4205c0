//! The Python and the pip of an environment: their paths, and installing and uninstalling packages.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{make, make_all, run};
use crate::support::programs::copy_program;
use crate::support::pythons::{self, Python};
use crate::support::sandbox::Sandbox;
use crate::support::wheel::tiny_thing;

/// Prints the paths Python reports, in ASCII.
const WHERE: &str = "import sys, sysconfig
out = getattr(sys.stdout, 'buffer', sys.stdout)
def say(name, value):
    value = value if isinstance(value, bytes) else value.encode(sys.getfilesystemencoding(), 'surrogateescape')
    out.write(name.encode('ascii') + b': ' + value + b'\\n')
say('prefix', sys.prefix)
say('exec_prefix', sys.exec_prefix)
say('executable', sys.executable)
say('base_prefix', getattr(sys, 'base_prefix', getattr(sys, 'real_prefix', '')))
for name in ['purelib', 'platlib', 'scripts', 'data']:
    say(name, sysconfig.get_paths()[name])
say('stdlib', __import__('os').__file__.rpartition('/')[0])
";

/// The prefix that the base interpreter reports.
fn base_prefix(sandbox: &Sandbox, python: &Python) -> String {
    let code = "import sys; print(getattr(sys, 'base_prefix', sys.prefix))";
    run(sandbox, &python.path, &["-c", code]).status(0).stdout_text().trim().to_owned()
}

#[test]
fn python_knows_where_it_is() {
    let sandbox = Sandbox::new();
    for (python, root) in make_all(&sandbox, pythons::all(), &["--without-pip"]) {
        let base = base_prefix(&sandbox, python);
        let name = root.file_name().unwrap().to_str().unwrap().to_owned();
        let stem = if python.implementation == "pypy" { "pypy" } else { "python" };
        let site = format!("[ROOT]/envs/{name}/lib/{stem}{}/site-packages", python.minor());
        for command in ["python".to_owned(), format!("python{}", python.version.0), format!("python{}", python.minor())]
        {
            // Even when called by a shell with an unusual environment.
            let answer = run(&sandbox, root.join("bin").join(&command), &["-c", WHERE]).status(0).stderr("");
            let text = answer.stdout_text();
            let value = |key: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key}: ")));
                line.unwrap_or_default().to_owned()
            };
            let shown = format!("{}: {text}", python.path.display());
            assert_eq!(value("prefix"), format!("[ROOT]/envs/{name}"), "{shown}");
            assert_eq!(value("exec_prefix"), value("prefix"), "{shown}");
            assert_eq!(value("executable"), format!("[ROOT]/envs/{name}/bin/{command}"), "{shown}");
            assert_eq!((value("purelib"), value("platlib")), (site.clone(), site.clone()), "{shown}");
            assert_eq!(value("scripts"), format!("[ROOT]/envs/{name}/bin"), "{shown}");
            assert_eq!(value("base_prefix"), base, "{shown}");
            assert!(!value("stdlib").starts_with("[ROOT]") || python.version.0 == 2, "{shown}");
        }
    }
}

#[test]
fn pip_is_the_interpreters_own_and_works() {
    let sandbox = Sandbox::new();
    for (python, root) in make_all(&sandbox, pythons::all(), &[]) {
        let shown = python.path.display();
        let pip = root.join("bin/pip");
        // The pip command, in a path full of special characters.
        let version = run(&sandbox, &pip, &["--version"]).status(0).stdout_text();
        let site = format!("[ROOT]/envs/{}/lib/", root.file_name().unwrap().to_str().unwrap());
        assert!(version.contains(&site) && version.contains(&format!("(python {})", python.minor())), "{version}");
        for name in ["pip".to_owned(), format!("pip{}", python.version.0), format!("pip{}", python.minor())] {
            assert_eq!(run(&sandbox, root.join("bin").join(&name), &["--version"]).stdout_text(), version, "{shown}");
        }
        let listed = run(&sandbox, &pip, &["list", "--format=freeze"]).status(0).stdout_text();
        let of =
            |name: &str| listed.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("==")).map(str::to_owned);
        assert!(version.starts_with(&format!("pip {} from ", of("pip").unwrap())), "{shown}: {listed}");
        let has_setuptools = python.version < (3, 12, 0) && python.has_ensurepip;
        assert!(of("setuptools").is_some() == has_setuptools || !python.has_ensurepip, "{shown}: {listed}");
        if python.implementation == "cpython" {
            let expected = if of("setuptools").is_some() { 2 } else { 1 };
            assert_eq!(listed.lines().count(), expected, "{shown}: {listed}");
        }
        run(&sandbox, root.join("bin/python"), &["-m", "pip", "check"]).status(0);
        if python.has_ensurepip && !is_patched_by_debian(python) {
            let code = "import ensurepip; print(ensurepip._PIP_VERSION)";
            let own = run(&sandbox, &python.path, &["-W", "ignore", "-c", code]).status(0).stdout_text();
            assert_eq!(of("pip").as_deref(), Some(own.trim()), "{shown}: not the pip that it brings");
        }
    }
}

/// Debian installs wheels of its own packages, regardless of `_PIP_VERSION`.
fn is_patched_by_debian(python: &Python) -> bool {
    python.path.starts_with("/usr/bin")
}

/// In a path without special characters: old versions of pip and distutils expand `$` in a path,
/// and end a path at `;`.
#[test]
fn packages_come_and_go() {
    let sandbox = Sandbox::plain();
    let wheel = tiny_thing(sandbox.root(), "1.0");
    for (python, root) in make_all(&sandbox, pythons::all(), &[]) {
        let shown = python.path.display();
        let interpreter = root.join("bin/python");
        let pip = |words: &[&str]| run(&sandbox, &interpreter, &[&["-m", "pip"], words].concat());
        pip(&["install", "--quiet", wheel.to_str().unwrap()]).status(0);
        let code = "import tiny_thing; print(tiny_thing.VERSION); print(tiny_thing.__file__)";
        let told = run(&sandbox, &interpreter, &["-c", code]).status(0).stdout_text();
        assert!(told.starts_with("1.0\n[ROOT]/envs/"), "{shown}: {told}");
        if python.version >= (3, 8, 0) {
            let code = "from importlib.metadata import distribution as d
print(d('tiny-thing').version, len(d('pip').files) > 100, all(f.locate().exists() for f in d('pip').files))";
            run(&sandbox, &interpreter, &["-c", code]).status(0).stdout("1.0 True True\n");
        }
        pip(&["check"]).status(0);
        pip(&["uninstall", "--quiet", "--yes", "tiny-thing"]).status(0);
        run(&sandbox, &interpreter, &["-c", "import tiny_thing"]).status(1);
        // pip can uninstall itself completely.
        pip(&["uninstall", "--quiet", "--yes", "pip"]).status(0);
        assert!(!root.join("bin/pip").exists(), "{shown}");
        let site = fs::read_dir(root.join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
        let left: Vec<_> = fs::read_dir(site).unwrap().flatten().map(|entry| entry.file_name()).collect();
        assert!(!left.iter().any(|name| name.to_str().unwrap().starts_with("pip")), "{shown}: {left:?}");
    }
}

#[test]
fn the_packages_of_the_base_are_seen_only_when_asked_for() {
    let sandbox = Sandbox::new();
    for python in pythons::all() {
        let base = base_prefix(&sandbox, python);
        let seen = |options: &[&str], name: &str| {
            let root = make(&sandbox, python, name, &[&["--without-pip"], options].concat());
            let code = "import sys; print('\\n'.join(p for p in sys.path if p.endswith('-packages')))";
            let text = run(&sandbox, root.join("bin/python"), &["-c", code]).status(0).stdout_text();
            text.lines().filter(|line| !line.starts_with("[ROOT]")).map(str::to_owned).collect::<Vec<_>>()
        };
        let name = format!("{} {}", python.full(), python.path.display()).replace(['/', ':'], "_");
        assert_eq!(seen(&[], &name), Vec::<String>::new(), "{}", python.path.display());
        let with = seen(&["--system-site-packages"], &format!("{name} with"));
        let own = |path: &String| Path::new(path).starts_with(&base) || path.starts_with("/usr");
        assert!(!with.is_empty() && with.iter().all(own), "{}: {with:?}", python.path.display());
    }
}

#[test]
fn extension_modules_of_the_library_load_and_ssl_is_there() {
    let sandbox = Sandbox::new();
    for (_, root) in make_all(&sandbox, pythons::all(), &["--without-pip"]) {
        let code = "import ssl, sqlite3, ctypes, zlib, json, subprocess, multiprocessing
import sys; subprocess.check_call([sys.executable, '-c', 'import sys; sys.exit(sys.prefix != %r)' % sys.prefix])
print('fine')";
        run(&sandbox, root.join("bin/python"), &["-c", code]).status(0).stdout("fine\n");
    }
}

/// A Python as distributions split it: complete but for `ensurepip`.
fn without_ensurepip(sandbox: &Sandbox, python: &Python) -> Option<PathBuf> {
    let code = "import os; print(os.path.dirname(os.__file__))";
    let library = run(sandbox, &python.path, &["-c", code]).status(0).stdout_text();
    let prefix = sandbox.root().join("split");
    let name = format!("python{}", python.minor());
    let own = prefix.join("lib").join(&name);
    fs::create_dir_all(prefix.join("bin")).unwrap();
    fs::create_dir_all(own.join("site-packages")).unwrap();
    for entry in fs::read_dir(library.trim()).unwrap().flatten() {
        if !["ensurepip", "site-packages", "dist-packages"].iter().any(|left_out| entry.file_name() == *left_out) {
            symlink(entry.path(), own.join(entry.file_name())).unwrap();
        }
    }
    let executable = prefix.join("bin").join(&name);
    copy_program(fs::canonicalize(&python.path).unwrap(), &executable);
    let works = run(sandbox, &executable, &["-c", "import json, _socket"]).code() == 0;
    if !works {
        eprintln!("skipped: {} does not work from another place", python.path.display());
    }
    works.then_some(executable)
}

#[test]
fn a_python_without_pip_gets_a_compatible_one() {
    let mut sandbox = Sandbox::new().with_own_cache();
    // Without pip and uv, nothing can download a pip.
    sandbox.set("PATH", sandbox.tools());
    let Some(split) = without_ensurepip(&sandbox, pythons::complete()) else { return };
    let words = ["mkvirtualenv", "-p", split.to_str().unwrap()];
    let answer = sandbox.run(words.iter().chain(&["x"])).status(1).stdout("");
    let text = answer.stderr_text();
    assert!(text.contains("it has no pip to install, and none could be downloaded"), "{text}");
    assert!(text.contains("\nhint: ") && text.contains("--without-pip"), "{text}");
    sandbox.run(["lsvirtualenv", "-b"]).status(1).stdout("");
    // After another environment was created, the cache has a pip.
    make(&sandbox, pythons::complete(), "other", &[]);
    let said = sandbox.run(words.iter().chain(&["x"])).status(0).stdout("").stderr_text();
    assert!(said.contains(" and pip ") && said.contains("(this python brings none; from "), "{said}");
    let version = run(&sandbox, sandbox.environment("x").join("bin/pip"), &["--version"]).status(0).stdout_text();
    assert!(version.contains("[ROOT]/envs/x/lib/"), "{version}");
}
