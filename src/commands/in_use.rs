//! Asking before an environment is taken away from processes that use it, or gets another place
//! under them.
//!
//! Owns the question and the refusal where nobody can be asked. Who uses it: `processes`.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::output;
use crate::processes;
use crate::shown::{operands, shown};
use crate::verb::verb;

/// More of them say nothing new.
const SHOWN: usize = 10;

/// What is about to be done to environments.
#[derive(Clone, Copy)]
pub(super) struct Taking<'a> {
    /// What the person is asked.
    pub(super) question: &'a str,
    /// What is typed to do it to the one of this name without a question.
    pub(super) force: &'a dyn Fn(&OsStr) -> String,
}

impl Taking<'_> {
    /// Taking them away.
    pub(super) const AWAY: Taking<'static> = Taking {
        question: "Remove it anyway?",
        force: &|name| format!("{} --force {}", verb("rmvirtualenv"), operands(&[name])),
    };
}

/// Whether these environments may be taken: nobody uses them, or the person says so. Where no
/// person can be asked that somebody does is an error.
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

/// The beginning of a command line.
fn short(command: &OsStr) -> String {
    let text = shown(command).to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
