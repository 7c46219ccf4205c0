//! The one test that needs a package index: the main job with a real package.

use std::fs;

use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

/// How the person's machine reaches an index: proxies, certificates, settings of pip.
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

#[test]
fn a_package_from_the_index_is_installed_and_imports() {
    // For a machine without a network.
    if std::env::var_os("VENVWRAP_TEST_OFFLINE").is_some() {
        eprintln!("skipped: VENVWRAP_TEST_OFFLINE is set");
        return;
    }
    // In a plain place: pip writes commands that a backquote in their path spoils.
    let mut sandbox = Sandbox::plain();
    // Where PATH has a uv it could be that.
    sandbox.unset("PIP_CONFIG_FILE").set("VENVWRAP_INSTALLER", "pip");
    for name in WAYS_OUT {
        if let Some(value) = std::env::var_os(name) {
            sandbox.set(name, value);
        }
    }
    fs::write(sandbox.root().join("requirements.txt"), "idna\n").unwrap();
    let python = pythons::complete().path.to_str().unwrap();
    let import = "python -c 'import six, idna; print(six.PY3, idna.encode(\"ü\").decode())'";
    let words = ["mkvirtualenv", "-p", python, "-i", "six", "-r", "requirements.txt", "projectx"];
    let told = Story::new().run(words).code(import, import).played(&sandbox, Shell::Bash.plain());
    assert!(told.stdout_text().contains("Successfully installed ") && told.stdout_text().contains("six-"), "{told}");
    assert!(told.stdout_text().ends_with("\nTrue xn--tda\n"), "{told}");
    told.records(&format!("{}: 0", words.join(" ")));
}
