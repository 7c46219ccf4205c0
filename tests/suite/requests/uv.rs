//! Compares requests with the real uv: both must find the same interpreter, or both refuse.

use std::fs;
use std::path::PathBuf;

use super::{apart, on_path};
use crate::support::pythons::{Python, peer};
use crate::support::sandbox::Sandbox;
use crate::support::tally;

/// Requests that match no Python of this machine by version.
const FIXED: &[&str] = &[
    "3",
    "v3",
    "python3",
    "PYTHON3",
    "cpython",
    "cp",
    "CPython3",
    "any",
    "Any",
    "default",
    "DEFAULT",
    "pypy",
    "pp",
    "PyPy3",
    "pypy@3",
    "pypy>=3",
    "pypy->=3-linux",
    "graalpy",
    "gp",
    "graalpy@3.10",
    "cpython-linux",
    "cpython-any-linux",
    "pypy-linux",
    "cpython-macos",
    "cpython-windows",
    ">=3",
    ">=3,<4",
    " >= 3 , < 4 ",
    "<4,>=3",
    "==3.*",
    "~=3.6",
    ">=3.6.1.2",
    ">3.80",
    ">=3.0.0rc1",
    "cpython>=3",
    "cpython@>=3",
    "python>=3",
    ">=3+gil",
    ">=3t",
    ">=3+freethreaded",
    "!=3.80",
    "3.80",
    "380",
    "4",
    "python4",
    "3.80t",
    "3.80d",
    "3.80td",
    "3.80+gil",
    "3.80+freethreaded",
    "3.80+debug",
    "3.80rc1",
    "3.80.0a1",
    "3.80b",
    "cpython-3.80",
    "pp380",
    "pypy3.80",
    // Not versions.
    "3.",
    "3..1",
    "3.6.7.8",
    "3.x",
    "3.*",
    "3.6.*",
    "3.999",
    "3.99999999999999",
    "cpython@",
    "cpython@x",
    "pypy@x",
    "^3.6",
    "=3.6",
    "=>3.6",
    "><3.6",
    ">=",
    ">=x",
    ",>=",
    "~=3",
    "==3.*.1",
    ">=3.6.*",
    ">=3.6 <4",
    ">=3.6;<4",
    "3.6,3.7",
    "3.80tt",
    "3.80dt",
    "3.80+x",
    "3.6-freethreaded",
    "3.6-dev",
    "12345",
    "31300",
    "latest",
    "system",
    "jython",
    "py36",
    "pythonx",
    "cpython-x",
    "cpython-lunix",
    "cpython-3.6-lunix",
    "any@3.6",
    "any3.6",
    "python-3.6",
    "3.80.0.post1",
    "3.80.0dev0",
    "no such command",
];

/// Requests about this interpreter.
fn about(python: &Python) -> Vec<String> {
    let (minor, full, (major, number, micro)) = (python.minor(), python.full(), python.version);
    let next = format!("{major}.{}", number + 1);
    let machine = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
    let other = if cfg!(target_arch = "aarch64") { "x86_64" } else { "aarch64" };
    let mut requests: Vec<String> = [
        minor.as_str(),
        full.as_str(),
        &format!("{major}{number}"),
        &format!("{major}{number}t"),
        &format!("python{minor}"),
        &format!("cp{major}{number}"),
        &format!("cpython@{minor}"),
        &format!("cpython-{minor}"),
        &format!("cp-{full}"),
        &format!("python@{full}"),
        &format!("python {minor}"),
        &format!("{minor} "),
        &format!("{minor}+gil"),
        &format!("{minor}d"),
        &format!("{full}rc1"),
        &format!("{minor}a1"),
        &format!("{major}.{number}.{}", micro + 1),
    ]
    .map(str::to_owned)
    .to_vec();
    let conditions = [
        format!("=={minor}"),
        format!("=={minor}.*"),
        format!("=={full}"),
        format!("==={full}"),
        format!("=={full}.0"),
        format!("=={full}rc1"),
        format!("~={minor}.0"),
        format!("~={full}"),
        format!(">={minor},<{next}"),
        format!("<{next}"),
        format!("<={minor}"),
        format!("<={full}"),
        format!(">{minor},<{next}"),
        format!(">{full},<{next}"),
        format!("!={minor}.*,<{next}"),
        format!("!={full},<{next}"),
        format!("!={minor},<{next}"),
        format!("<{full},>={minor}"),
        format!("cpython>={minor},<{next}"),
        format!(">={minor},<{next}+gil"),
    ];
    requests.extend(conditions);
    if cfg!(target_os = "linux") {
        // Keys without musl: uv reads the C library from the interpreter's file; venvwrap reads it
        // from the name of the directory, which only uv's own installations have.
        let keys = [format!("{machine}-gnu"), format!("{other}-gnu"), machine.to_owned(), "any-any".to_owned()];
        requests.extend(keys.map(|key| format!("cpython-{full}-linux-{key}")));
        requests.extend([
            format!("{minor}-linux"),
            format!("cpython-{minor}-macos-{machine}-none"),
            format!("any-{minor}-linux"),
        ]);
    }
    requests
}

/// The interpreter that the real uv finds, with links resolved.
fn found(sandbox: &Sandbox, request: &str) -> Option<PathBuf> {
    let mut command = sandbox.command(peer("uv"));
    command.args([
        "python",
        "find",
        "--no-managed-python",
        "--no-python-downloads",
        "--no-project",
        "--no-config",
        "--",
    ]);
    command.arg(request).env("UV_CACHE_DIR", sandbox.root().join("uv cache")).env("UV_OFFLINE", "1");
    let answer = sandbox.run_command(command, b"");
    let path = String::from_utf8(answer.stdout.clone()).unwrap();
    (answer.code() == 0).then(|| fs::canonicalize(path.trim_end()).unwrap())
}

#[test]
fn requests_find_and_refuse_the_same_as_uv() {
    let pythons = apart();
    let Some(middle) = pythons.get(pythons.len() / 2) else {
        eprintln!("skipped: no python that has a directory to itself");
        return;
    };
    let mut tried = 0;
    for backwards in [false, true] {
        let mut sandbox = Sandbox::new();
        let mut order = pythons.clone();
        if backwards {
            order.reverse();
        }
        let path = on_path(&sandbox, &order);
        sandbox.set("PATH", path);
        let requests: Vec<String> = if backwards {
            // The order matters only if several interpreters match.
            let several = |request: &String| request.contains(['<', '>', '!', '~']);
            about(middle).into_iter().filter(several).chain(["3", "any", ">=3", "~=3.6"].map(str::to_owned)).collect()
        } else {
            FIXED.iter().map(|request| (*request).to_owned()).chain(about(middle)).collect()
        };
        for request in requests {
            let theirs = found(&sandbox, &request);
            let answer = sandbox.run(["python", "find", "--", &request]);
            let path = String::from_utf8(answer.stdout.clone()).unwrap();
            let ours = (answer.code() == 0).then(|| fs::canonicalize(path.trim_end()).unwrap());
            assert_eq!(ours, theirs, "`{request}`, {backwards}: {answer}");
            assert!(ours.is_some() || answer.stderr_text().contains("\nhint: "), "`{request}`: {answer}");
            tried += 1;
        }
    }
    tally::add("requests put to uv and to us", tried);
}
