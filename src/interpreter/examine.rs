//! Finds the base interpreter behind an executable and gets its facts, from the cache if possible.

use std::path::Path;

use super::facts::Interpreter;
use super::probe::Answer;
use super::{base, cache, probe};
use crate::context::Context;
use crate::error::{Error, Result};

/// The base interpreter behind an executable: from the cache if the answer is still valid,
/// otherwise by probing. `python` is an absolute path; it may belong to an environment or be a
/// program that starts the real interpreter. Fails with [`Error::PythonFailed`].
pub(crate) fn at(context: &Context, python: &Path) -> Result<Interpreter> {
    at_unless(context, python, |_| None)
}

/// Like [`at`], but starts no interpreter that `objection` returns a reason against. That reason
/// becomes the error.
pub(super) fn at_unless(
    context: &Context,
    python: &Path,
    objection: impl Fn(&Path) -> Option<String>,
) -> Result<Interpreter> {
    let failed = |reason| Error::PythonFailed { python: python.to_path_buf(), reason };
    let mut current = python.to_path_buf();
    for _ in 0..base::MANY {
        current = base::outside_environments(&current)?;
        if let Some(interpreter) = cache::recall(context, &current) {
            return Ok(interpreter);
        }
        if let Some(reason) = objection(&current) {
            return Err(failed(reason));
        }
        let pending = cache::about_to_ask(&current);
        match probe::ask(context, &current)? {
            Answer::Starts(other) => current = other,
            Answer::Interpreter { interpreter, stdlib } => {
                pending.remember(context, &interpreter, stdlib);
                return Ok(*interpreter);
            }
        }
    }
    Err(failed("it starts a chain of programs that never reaches an interpreter".to_owned()))
}
