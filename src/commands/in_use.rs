//! Asks before an environment in use is removed, moved, or replaced.
//!
//! Owns the question, and the refusal if there is no terminal. `processes` knows who uses an
//! environment.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::output;
use crate::processes;
use crate::shown::{operands, shown};
use crate::verb::verb;

/// Most processes that are listed.
const SHOWN: usize = 10;

/// An action on environments that may be in use.
#[derive(Clone, Copy)]
pub(super) struct Taking<'a> {
    /// The question.
    pub(super) question: &'a str,
    /// The command that does it to this environment without a question.
    pub(super) force: &'a dyn Fn(&OsStr) -> String,
}

impl Taking<'_> {
    /// Removal.
    pub(super) const AWAY: Taking<'static> = Taking {
        question: "Remove it anyway?",
        force: &|name| format!("{} --force {}", verb("rmvirtualenv"), operands(&[name])),
    };
}

/// Whether the action may go on: no process uses the environments, or the user agrees. Without a
/// terminal, use by another process is an error.
pub(super) fn may_be_taken(roots: &[PathBuf], taking: Taking<'_>) -> Result<bool> {
    let using = processes::using(roots);
    let Some((number, first)) = using.first() else { return Ok(true) };
    let name = |number: usize| roots[number].file_name().unwrap_or_default();
    if !output::can_ask() {
        let others = using.len() - 1;
        let name = name(*number);
        let force = (taking.force)(name);
        return Err(Error::InUse { name: name.to_owned(), by: first.command(), process: first.id, others, force });
    }
    for (number, process) in using.iter().take(SHOWN) {
        output::note(&format!(
            "{} is in use by process {}: {}",
            shown(name(*number)),
            process.id,
            short(&process.command())
        ));
    }
    if using.len() > SHOWN {
        output::note(&format!("and by {} more", using.len() - SHOWN));
    }
    output::ask(taking.question)
}

/// A command line, shortened.
fn short(command: &OsStr) -> String {
    let text = shown(command).to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
