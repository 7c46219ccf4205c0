//! `env`: the variables of an environment, for a shell, a CI system or another program.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::Parser;

use super::{Outcome, Session, Verb, legible, run};
use crate::env_vars;
use crate::error::{Error, Result};
use crate::output;
use crate::processes;
use crate::shell::formats::Format;

/// Print an environment's variables for another tool
///
/// Prints the changes that `venvwrap run` makes for a program. Values are quoted by the rules of
/// the format; a value that the format cannot hold is an error, and nothing is printed. Without
/// --format: the format of the calling shell, else of SHELL.
#[derive(Debug, Parser)]
#[command(
    name = "env",
    after_help = "\
In bash and zsh: eval \"$(venvwrap env projectx)\"; in fish: venvwrap env projectx | source

Examples:
  venvwrap env projectx -f systemd >api.env              for EnvironmentFile=
  venvwrap env projectx -f direnv >>.envrc               for direnv
  venvwrap env projectx -f github >>\"$GITHUB_ENV\"        for later steps of a GitHub job
  venvwrap env projectx -f github-path >>\"$GITHUB_PATH\"  the same, for PATH
  venvwrap env projectx -f json                          as JSON"
)]
pub(crate) struct Env {
    /// Name of the environment; `.` for the current project
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// Output format
    #[arg(short, long)]
    format: Option<Format>,
}

impl Verb for Env {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let format = self.format.or_else(|| format_of_caller(session)).ok_or_else(|| Error::Usage {
            message: "missing format: neither the calling program nor SHELL is a known shell".to_owned(),
            hint: "add `--format bash`; `venvwrap env --help` lists the others".to_owned(),
        })?;
        let (environment, changes) = run::inside(session, &self.name)?;
        output::data(&legible(&format.render(environment.root(), &changes)?))?;
        Ok(Outcome::Done)
    }
}

/// The calling shell comes before SHELL: a script is often in another language than the login
/// shell.
fn format_of_caller(session: &Session<'_>) -> Option<Format> {
    let base = |program: &Path| Format::of_shell(program.file_name().unwrap_or_default());
    let login = || session.context.variable(env_vars::SHELL).map(OsStr::to_owned);
    processes::caller().and_then(|caller| base(&caller)).or_else(|| base(Path::new(&login()?)))
}
