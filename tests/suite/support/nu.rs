//! Nushell, without its configuration. It is none of `shells`: it has no descriptor 3, no modes, no
//! variables that programs do not see, and it evaluates no text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::pythons::peer;
use super::sandbox::{BINARY, Sandbox, run_directory};

/// A literal of Nushell, which holds only text. `None` for other bytes.
pub(crate) fn literal(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// The same for a text or a path.
pub(crate) fn quoted(text: impl AsRef<Path>) -> String {
    literal(text.as_ref().as_os_str().as_encoded_bytes()).unwrap()
}

/// A command as it is typed, whose first word stays as it is. `None` if a word is no text.
pub(crate) fn line(words: &[Vec<u8>]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let rest = rest.iter().map(|word| literal(word)).collect::<Option<Vec<String>>>()?;
    Some([vec![String::from_utf8(first.clone()).ok()?], rest].concat().join(" "))
}

/// Code that sets `status` to that of a line.
pub(crate) fn status_of(line: &str) -> String {
    format!("let status = try {{ {line}; 0 }} catch {{|error| $error.exit_code? | default 1 }}\n")
}

/// A file with the output of `venvwrap init nu`. Written once in each run.
pub(crate) fn functions() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let output = Command::new(BINARY).args(["init", "nu"]).output().unwrap();
        assert!(output.status.success(), "init nu: {output:?}");
        let file = run_directory().join("init.nu");
        fs::write(&file, output.stdout).unwrap();
        file
    })
}

/// The program; a script or options follow.
pub(crate) fn command(sandbox: &Sandbox) -> Command {
    let mut command = sandbox.command(peer("nu"));
    command.arg("--no-config-file");
    command
}
