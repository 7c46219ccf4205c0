//! The result of a story, and assertions on it.

use std::collections::BTreeMap;

use super::answer::{Answer, difference};
use super::sandbox::Sandbox;
use super::shells::Shell;

/// The output, the records, and the saved states of a story.
pub(crate) struct Told<'a> {
    /// The mode of the shell, or `nu`.
    pub(super) name: &'static str,
    pub(super) sandbox: &'a Sandbox,
    /// The records in order; the last one is `end`.
    pub(crate) records: Vec<Vec<u8>>,
    /// The saved states by name.
    pub(super) snapshots: BTreeMap<String, Vec<u8>>,
    pub(crate) answer: Answer<'a>,
}

impl Told<'_> {
    /// Asserts that the shell printed nothing and exited successfully.
    #[track_caller]
    pub(crate) fn silent(self) -> Self {
        self.says("", "")
    }

    /// Asserts the exact stdout and stderr, and that the shell exited successfully.
    #[track_caller]
    pub(crate) fn says(mut self, stdout: &str, stderr: &str) -> Self {
        self.answer = self.answer.status(0).stdout(stdout).stderr(stderr);
        self
    }

    /// Asserts all records, one per line, with the sandbox as `[ROOT]`.
    #[track_caller]
    pub(crate) fn records(self, expected: &str) -> Self {
        let expected: String = expected.trim().lines().flat_map(|line| [line.trim(), "\n"]).collect();
        let found = self.text();
        let name = self.name;
        assert!(found == expected, "{name}: {}{self}", difference(expected.as_bytes(), found.as_bytes()));
        self
    }

    /// Asserts that two saved states are equal.
    #[track_caller]
    pub(crate) fn same(self, one: &str, other: &str) -> Self {
        let (before, after) = (&self.snapshots[one], &self.snapshots[other]);
        assert!(before.len() > 500, "{}: an empty snapshot compares nothing: {self}", self.name);
        assert!(before == after, "{}: {one} and {other} differ: {}", self.name, difference(before, after));
        self
    }

    /// Whether two saved states are equal.
    pub(crate) fn is_same(&self, one: &str, other: &str) -> bool {
        assert!(self.snapshots[one].len() > 500, "{}: an empty snapshot compares nothing: {self}", self.name);
        self.snapshots[one] == self.snapshots[other]
    }

    /// The lines that differ between two states, and all other results.
    pub(crate) fn difference(&self, one: &str, other: &str) -> String {
        format!("{one} and {other} differ: {}\n{self}", difference(&self.snapshots[one], &self.snapshots[other]))
    }

    /// Stdout as text, with `[ROOT]`.
    pub(crate) fn stdout_text(&self) -> String {
        self.answer.stdout_text()
    }

    /// Stderr as text, with `[ROOT]`.
    pub(crate) fn stderr_text(&self) -> String {
        self.answer.stderr_text()
    }

    fn text(&self) -> String {
        let (_end, records) = self.records.split_last().unwrap();
        let line = |record: &Vec<u8>| {
            let text = String::from_utf8_lossy(&self.sandbox.masked(record)).replace('\n', "\\n");
            format!("{}\n", text.trim_end())
        };
        records.iter().map(line).collect()
    }
}

impl std::fmt::Display for Told<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let records: Vec<_> = self.records.iter().map(|record| record.escape_ascii().to_string()).collect();
        write!(formatter, "{}\nrecords:\n{}\n{}", self.name, records.join("\n"), self.answer)
    }
}

/// A saved state without the variables that change by themselves.
pub(super) fn without_volatile(shell: Shell, text: &[u8]) -> Vec<u8> {
    let volatile: &[&str] = match shell {
        Shell::Bash => &[
            "_",
            // For `workon -`.
            "__venvwrap_earlier",
            "__venvwrap_previous",
            "BASHPID",
            "BASH_ARGC",
            "BASH_ARGV",
            "BASH_CMDS",
            "BASH_COMMAND",
            "BASH_LINENO",
            "BASH_MONOSECONDS",
            "BASH_SOURCE",
            "EPOCHREALTIME",
            "EPOCHSECONDS",
            "FUNCNAME",
            "LINENO",
            "PIPESTATUS",
            "RANDOM",
            "SECONDS",
            "SRANDOM",
        ],
        Shell::Zsh => &[
            "_",
            "__venvwrap_earlier",
            "__venvwrap_previous",
            "?",
            "EPOCHREALTIME",
            "EPOCHSECONDS",
            "LINENO",
            "RANDOM",
            "SECONDS",
            "TTYIDLE",
            "argv",
            "commands",
            "epochtime",
            "funcfiletrace",
            "funcsourcetrace",
            "functrace",
            "history",
            "historywords",
            "jobstates",
            "pipestatus",
            "status",
        ],
        Shell::Fish => &[
            "__venvwrap_earlier",
            "__venvwrap_previous",
            "argv",
            "fish_kill_signal",
            "history",
            "pipestatus",
            "status",
            "status_generation",
        ],
    };
    // `declare -x NAME=…`, `typeset -i NAME=…`, `$NAME: …` and `$NAME[1]: …`.
    let name = |line: &[u8]| -> String {
        let line = String::from_utf8_lossy(line);
        let rest = match shell {
            Shell::Fish => line.strip_prefix('$').unwrap_or_default().to_owned(),
            _ if line.starts_with("declare ") || line.starts_with("typeset ") || line.starts_with("export ") => {
                let mut words = line.split(' ').skip(1);
                words.find(|word| !word.starts_with('-')).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        };
        let end = rest.find(['=', ':', '[', '\n']).unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !volatile.contains(&name(line).as_str())).flatten().copied().collect()
}
