//! The two tests that need a package index: a real package in the main case, and with every Python.

use std::fs;

use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

/// Variables with which this machine reaches an index: proxies, certificates, settings of pip.
const WAYS_OUT: [&str; 14] = [
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "PIP_CERT",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Whether tests were told that there is no network.
fn is_offline() -> bool {
    let is_set = std::env::var_os("VENVWRAP_TEST_OFFLINE").is_some();
    if is_set {
        eprintln!("skipped: VENVWRAP_TEST_OFFLINE is set");
    }
    is_set
}

/// A sandbox with network access. A plain path: pip writes broken scripts for a path with a
/// backquote.
fn connected() -> Sandbox {
    let mut sandbox = Sandbox::plain();
    // Otherwise a uv on PATH might install.
    sandbox.unset("PIP_CONFIG_FILE").set("VENVWRAP_INSTALLER", "pip");
    for name in WAYS_OUT {
        if let Some(value) = std::env::var_os(name) {
            sandbox.set(name, value);
        }
    }
    sandbox
}

#[test]
fn a_package_from_the_index_is_installed_and_imports() {
    if is_offline() {
        return;
    }
    let sandbox = connected();
    fs::write(sandbox.root().join("requirements.txt"), "idna\n").unwrap();
    let python = pythons::complete().path.to_str().unwrap();
    let import = "python -c 'import six, idna; print(six.PY3, idna.encode(\"ü\").decode())'";
    let words = ["mkvirtualenv", "-p", python, "-i", "six", "-r", "requirements.txt", "projectx"];
    let told = Story::new().run(words).code(import, import).played(&sandbox, Shell::Bash.plain());
    assert!(told.stdout_text().contains("Successfully installed ") && told.stdout_text().contains("six-"), "{told}");
    assert!(told.stdout_text().ends_with("\nTrue xn--tda\n"), "{told}");
    told.records(&format!("{}: 0", words.join(" ")));
}

/// With every interpreter, also 2.7 and `PyPy`.
#[test]
fn a_package_from_the_index_runs_in_an_environment_of_every_python() {
    if is_offline() {
        return;
    }
    let sandbox = connected();
    for (number, python) in pythons::all().iter().filter(|python| python.has_ensurepip).enumerate() {
        let name = format!("{number} {}", python.full());
        let path = python.path.to_str().unwrap();
        drop(sandbox.run(["mkvirtualenv", "-p", path, "-i", "six", &name]).status(0));
        let code = "import sys, six; print('%d.%d %s' % (sys.version_info[:2] + (six.moves.range(1)[0],)))";
        sandbox
            .run(["run", &name, "python", "-c", code])
            .status(0)
            .stdout(format!("{} 0\n", python.minor()))
            .stderr("");
    }
}
