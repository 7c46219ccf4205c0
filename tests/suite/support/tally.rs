//! How much was tried, for `make test-faults`, which adds it up and shows it.

use std::fs::OpenOptions;
use std::io::Write;

/// Notes that so many of a kind were tried and held. Kinds are told in docs/faults.md.
pub(crate) fn add(kind: &str, count: usize) {
    let Some(file) = std::env::var_os("VENVWRAP_TALLY") else { return };
    let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
    // One write, for other tests write too.
    file.write_all(format!("{count}\t{kind}\n").as_bytes()).unwrap();
}
