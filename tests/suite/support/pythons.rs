//! The real interpreters of this machine: pyenv's, the system's, PyPy.
//!
//! A test that needs a missing kind of interpreter reports that on stderr and passes. At least two
//! different interpreters are required.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

/// An interpreter, with facts found by running it.
#[derive(Debug, Clone)]
pub(crate) struct Python {
    /// The path it was found at.
    pub(crate) path: PathBuf,
    /// Major, minor, micro.
    pub(crate) version: (u8, u8, u8),
    /// `cpython` or `pypy`.
    pub(crate) implementation: String,
    /// Whether `ensurepip` can be imported. Debian without python3-venv does not have it.
    pub(crate) has_ensurepip: bool,
    /// Whether `venv` can be imported.
    pub(crate) has_venv: bool,
}

impl Python {
    /// `3.12`, as in a request.
    pub(crate) fn minor(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }

    /// `3.12.1`.
    pub(crate) fn full(&self) -> String {
        format!("{}.{}", self.minor(), self.version.2)
    }
}

/// All interpreters of this machine, oldest first. Fails without two of different versions.
#[track_caller]
pub(crate) fn all() -> &'static [Python] {
    static FOUND: OnceLock<Vec<Python>> = OnceLock::new();
    let found = FOUND.get_or_init(find);
    let versions = found.first().zip(found.last());
    assert!(
        versions.is_some_and(|(oldest, newest)| oldest.version != newest.version),
        "these tests need two different pythons, `make test` installs python3 and pypy3; found: {found:?}"
    );
    found
}

/// The newest CPython 3 that has `ensurepip` and `venv`.
#[track_caller]
pub(crate) fn complete() -> &'static Python {
    let is_complete = |python: &&Python| python.has_ensurepip && python.has_venv && is_cpython_3(python);
    all().iter().rev().find(is_complete).expect("no python with ensurepip and venv; `make test` installs python3-venv")
}

/// Another CPython 3, of another minor version, if this machine has one.
pub(crate) fn other_than(python: &Python) -> Option<&'static Python> {
    let differs = |other: &&Python| is_cpython_3(other) && other.minor() != python.minor() && other.has_ensurepip;
    let other = all().iter().rev().find(differs);
    if other.is_none() {
        eprintln!("skipped in part: no second CPython 3 with ensurepip besides {}", python.full());
    }
    other
}

/// The full path of another tool such as `uv` or `virtualenv`. Fails if the tool is missing; `make
/// test` installs it.
#[track_caller]
pub(crate) fn peer(name: &str) -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin").join(name);
    if ours.is_file() { ours } else { super::sandbox::tool(name) }
}

fn is_cpython_3(python: &Python) -> bool {
    python.implementation == "cpython" && python.version.0 == 3
}

fn find() -> Vec<Python> {
    let mut paths: Vec<PathBuf> = Vec::new();
    let pyenv = std::env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv")));
    for version in pyenv.iter().flat_map(|root| listed(&root.join("versions"))) {
        paths.extend(listed(&version.join("bin")).into_iter().filter(|path| is_called_python(path)));
    }
    for directory in ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"] {
        paths.extend(listed(Path::new(directory)).into_iter().filter(|path| is_called_python(path)));
    }
    // One path for each interpreter: the shortest, which users would type.
    paths.sort_by_key(|path| path.as_os_str().len());
    let mut seen = Vec::new();
    paths.retain(|path| {
        let file = std::fs::canonicalize(path).unwrap_or_default();
        let is_new = !seen.contains(&file);
        seen.push(file);
        is_new
    });
    let asked: Vec<_> = paths.into_iter().map(|path| thread::spawn(move || ask(path))).collect();
    let mut found: Vec<Python> = asked.into_iter().filter_map(|answer| answer.join().ok().flatten()).collect();
    found.sort_by_key(|python| (python.version, python.path.clone()));
    found
}

fn listed(directory: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// `python`, `python3`, `python3.12`, `python3.13t`, `pypy3`; not `python3-config` or `pythonw`.
fn is_called_python(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let rest = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    rest.is_some_and(|rest| rest.trim_end_matches('t').chars().all(|part| part.is_ascii_digit() || part == '.'))
}

fn ask(path: PathBuf) -> Option<Python> {
    const QUESTION: &str = "import sys, platform
def has(name):
    try: __import__(name)
    except ImportError: return 0
    return 1
print('%d %d %d %s %d %d' % (sys.version_info[:3] + (platform.python_implementation().lower(), has('ensurepip'), has('venv'))))";
    let mut command = Command::new(&path);
    let output = command.args(["-E", "-s", "-c", QUESTION]).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let [major, minor, micro, implementation, ensurepip, venv] = words[..] else { return None };
    Some(Python {
        path,
        version: (major.parse().ok()?, minor.parse().ok()?, micro.parse().ok()?),
        implementation: implementation.to_owned(),
        has_ensurepip: ensurepip == "1",
        has_venv: venv == "1",
    })
}
