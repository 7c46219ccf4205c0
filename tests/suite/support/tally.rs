//! Counts the cases tried. `make test-faults` adds them up and prints them.

use std::fs::OpenOptions;
use std::io::Write;

/// Records that this many cases of a kind passed. docs/faults.md lists the kinds.
pub(crate) fn add(kind: &str, count: usize) {
    let Some(file) = std::env::var_os("VENVWRAP_TALLY") else { return };
    let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
    // A single write, because other tests write at the same time.
    file.write_all(format!("{count}\t{kind}\n").as_bytes()).unwrap();
}
