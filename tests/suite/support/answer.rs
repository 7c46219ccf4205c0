//! The output of a child, and exact assertions on it that show the difference.
//!
//! The path of the sandbox is written `[ROOT]`, so that tests can contain it.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::sandbox::Sandbox;

/// The output of a finished child.
pub(crate) struct Answer<'a> {
    pub(super) sandbox: &'a Sandbox,
    /// The command line, for messages.
    pub(super) called: String,
    pub(super) status: ExitStatus,
    /// Its standard output, unchanged.
    pub(crate) stdout: Vec<u8>,
    /// Its standard error, unchanged.
    pub(crate) stderr: Vec<u8>,
}

impl Answer<'_> {
    /// Its exit status, or 128 plus the signal that killed it, as in a shell.
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| 128 + self.status.signal().unwrap_or_default())
    }

    /// Asserts the exit status.
    #[track_caller]
    pub(crate) fn status(self, expected: i32) -> Self {
        assert!(self.code() == expected, "status {expected} was expected of {self}");
        self
    }

    /// Asserts all of stdout.
    #[track_caller]
    pub(crate) fn stdout(self, expected: impl AsRef<[u8]>) -> Self {
        self.assert_equal("stdout", &self.stdout, expected.as_ref());
        self
    }

    /// Asserts all of stderr.
    #[track_caller]
    pub(crate) fn stderr(self, expected: impl AsRef<[u8]>) -> Self {
        self.assert_equal("stderr", &self.stderr, expected.as_ref());
        self
    }

    /// Asserts success without any output.
    #[track_caller]
    pub(crate) fn silent(self) -> Self {
        self.status(0).stdout("").stderr("")
    }

    /// Asserts that stdout contains this text.
    #[track_caller]
    pub(crate) fn stdout_contains(self, expected: &str) -> Self {
        let text = self.stdout_text();
        assert!(text.contains(expected), "`{expected}` was expected in stdout of {self}");
        self
    }

    /// Asserts that stderr contains this text.
    #[track_caller]
    pub(crate) fn stderr_contains(self, expected: &str) -> Self {
        let text = self.stderr_text();
        assert!(text.contains(expected), "`{expected}` was expected in stderr of {self}");
        self
    }

    /// Stdout as text, with `[ROOT]`.
    pub(crate) fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.sandbox.masked(&self.stdout)).into_owned()
    }

    /// Stderr as text, with `[ROOT]`.
    pub(crate) fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.sandbox.masked(&self.stderr)).into_owned()
    }

    #[track_caller]
    fn assert_equal(&self, what: &str, found: &[u8], expected: &[u8]) {
        let found = self.sandbox.masked(found);
        assert!(found == expected, "{what} differs:\n{}of {self}", difference(expected, &found));
    }
}

impl std::fmt::Display for Answer<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (code, stdout, stderr) = (self.code(), self.stdout_text(), self.stderr_text());
        let called = String::from_utf8_lossy(&self.sandbox.masked(self.called.as_bytes())).into_owned();
        write!(formatter, "{called}\nstatus: {code}\nstdout:\n{stdout}\nstderr:\n{stderr}")
    }
}

/// The lines that differ, `-` expected and `+` found. Leaves out common lines at both ends, and
/// everything after 40 lines.
pub(crate) fn difference(expected: &[u8], found: &[u8]) -> String {
    let lines = |text: &[u8]| -> Vec<String> {
        text.split_inclusive(|byte| *byte == b'\n').map(|line| line.escape_ascii().to_string()).collect()
    };
    let (expected, found) = (lines(expected), lines(found));
    let same = expected.iter().zip(&found).take_while(|(one, other)| one == other).count();
    let (expected, found) = (&expected[same..], &found[same..]);
    let tail = expected.iter().rev().zip(found.iter().rev()).take_while(|(one, other)| one == other).count();
    let marked = |sign: &str, lines: &[String]| -> String {
        let lines = lines[..lines.len() - tail].iter().take(40);
        lines.flat_map(|line| [sign, " ", line, "\n"]).collect()
    };
    format!("(after {same} equal lines)\n{}{}", marked("-", expected), marked("+", found))
}

/// `text` with every `from` as `to`.
pub(crate) fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        made.extend_from_slice(&rest[..at]);
        made.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    made.extend_from_slice(rest);
    made
}
