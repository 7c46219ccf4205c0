//! Fake interpreters for the unit tests of this directory: shell scripts that answer the probe like
//! a Python, in directories with hostile names.

use std::fs;
use std::path::{Path, PathBuf};

use super::facts::Interpreter;
use crate::quoting::Language;
pub(super) use crate::stand_in::{program, script};
use crate::versions::Release;

/// A directory whose name breaks unquoted shell code. It is removed when the first value is
/// dropped.
pub(super) fn hostile_room() -> (tempfile::TempDir, PathBuf) {
    let keep = tempfile::tempdir().unwrap();
    let room = keep.path().join("it's \"$x\" {a,b};\\ `é");
    fs::create_dir(&room).unwrap();
    (keep, room)
}

/// Writes a file, creating missing directories.
pub(super) fn put(path: &Path, text: &str) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    path.to_path_buf()
}

/// The facts of an interpreter at `prefix/bin/pythonX.Y`. The version may be a release candidate.
pub(super) fn interpreter(prefix: &Path, version: &str) -> Interpreter {
    let (version, release) = match version.split_once("rc") {
        Some((version, serial)) => (version, format!("candidate.{serial}")),
        None => (version, "final.0".to_owned()),
    };
    let version = Release::leading(version).unwrap();
    let name = format!("python{}", version.series());
    Interpreter {
        executable: prefix.join("bin").join(&name),
        base_executable: prefix.join("bin").join(&name),
        base_prefix: prefix.to_path_buf(),
        version,
        release,
        implementation: "CPython".to_owned(),
        cache_tag: format!("cpython-{}{}", version.major, version.minor),
        abiflags: String::new(),
        platlibdir: "lib".to_owned(),
        has_lib64_link: true,
        bundled: Vec::new(),
    }
}

/// Writes an executable `prefix/bin/NAME` that answers the probe as an interpreter of this version,
/// and appends a line to `prefix/started` each time.
pub(super) fn python(prefix: &Path, name: &str, version: &str) -> PathBuf {
    let path = prefix.join("bin").join(name);
    let python = interpreter(prefix, version);
    let stdlib = prefix.join("lib").join(python.library_directory());
    fs::create_dir_all(&stdlib).unwrap();
    let latin1 = |path: &Path| path.to_str().unwrap().bytes().map(char::from).collect::<String>();
    let threads = if name.ends_with('t') { "t" } else { "" };
    let answer = serde_json::json!({
        "abiflags": threads,
        "base_prefix": latin1(prefix),
        "bundled": [],
        "cache_tag": python.cache_tag,
        "executable": latin1(&path),
        "has_lib64_link": true,
        "implementation": if name.starts_with("pypy") { "pypy" } else { "cpython" },
        "original_prefix": null,
        "platlibdir": "lib",
        "release": python.release,
        "stdlib": latin1(&stdlib),
        "version": [python.version.major, python.version.minor, python.version.micro],
    });
    let record = serde_json::to_string(&answer).unwrap();
    let ascii: String =
        record.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) }).collect();
    let started = format!("echo started >> {}", quoted(&prefix.join("started")));
    program(&path, &format!("{started}\necho Welcome\nprintf '\\036'\ncat <<'END'\n{ascii}\nEND\necho Bye"))
}

/// A path as a quoted shell word.
pub(super) fn quoted(path: &Path) -> String {
    String::from_utf8(Language::Sh.literal(path.as_os_str().as_encoded_bytes())).unwrap()
}

/// How often the interpreters in a prefix were started.
pub(super) fn starts(prefix: &Path) -> usize {
    fs::read_to_string(prefix.join("started")).map_or(0, |log| log.lines().count())
}
