//! `prompt`: the active environment in a few words, for prompts of one's own.

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::env_vars;
use crate::environment::Environment;
use crate::error::Result;
use crate::output;
use crate::shown::inert;

/// Print the active environment for a prompt
///
/// Prints its name and Python, and `!` if its Python is missing. Starts no Python. Prints nothing
/// and has status 1 if no environment is active. `workon` also sets VIRTUAL_ENV_PROMPT, which
/// starship, powerlevel10k, and other prompts show by themselves.
#[derive(Debug, Parser)]
#[command(
    name = "prompt",
    after_help = "\
Examples:
  venvwrap prompt                            as `api 3.12.1`
  venvwrap prompt --format '{name}{broken}'  without the version"
)]
pub(crate) struct Prompt {
    /// Text with {name}, {python}, and {broken}, which is `!` or nothing
    #[arg(long, value_name = "TEXT", default_value = "{name} {python}{broken}")]
    format: String,
}

impl Verb for Prompt {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if session.active_root().is_none() {
            return Ok(Outcome::Status(1));
        }
        // A prompt is no place for a complaint.
        let Ok(environment) = session.active() else { return Ok(Outcome::Status(1)) };
        let text = self
            .format
            .replace("{python}", &environment.version().unwrap_or_default())
            .replace("{broken}", if environment.check_python().is_ok() { "" } else { "!" })
            .replace("{name}", &name(session, &environment));
        output::data(format!("{}\n", text.trim_end()).as_bytes())?;
        Ok(Outcome::Done)
    }
}

/// The name as the prompt of `workon` shows it, in characters that no terminal obeys.
fn name(session: &Session<'_>, environment: &Environment) -> String {
    let prompt = session.context.variable(env_vars::VIRTUAL_ENV_PROMPT).filter(|prompt| !prompt.is_empty());
    let text = inert(prompt.unwrap_or(environment.label())).to_string_lossy().trim().to_owned();
    // The venv of Python 3.11 and older writes `(api) `.
    text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).map(str::to_owned).unwrap_or(text)
}
