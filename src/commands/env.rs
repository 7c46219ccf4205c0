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

/// Print what to set for an environment, for a shell, a CI system or another program
///
/// What it changes is what `venvwrap run` changes for a program. Values are quoted by the rules of the format; one that
/// cannot hold a value says so, prints nothing and fails. Without --format: the one of the shell that calls, else of SHELL.
#[derive(Debug, Parser)]
#[command(
    name = "env",
    after_help = "In bash and zsh: eval \"$(venvwrap env projectx)\"; in fish: venvwrap env projectx | \
                  source\n\nExamples:\n  venvwrap env projectx -f systemd >api.env              for \
                  EnvironmentFile=\n  venvwrap env projectx -f direnv >>.envrc               for direnv\n  venvwrap \
                  env projectx -f github >>\"$GITHUB_ENV\"        for the later steps\n  venvwrap env projectx -f \
                  github-path >>\"$GITHUB_PATH\"  of a job, both\n  venvwrap env projectx -f \
                  json                          for programs"
)]
pub(crate) struct Env {
    /// Name of the environment; `.` for that of this project
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// Who is to read it
    #[arg(short, long)]
    format: Option<Format>,
}

impl Verb for Env {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let format = self.format.or_else(|| format_of_caller(session)).ok_or_else(|| Error::Usage {
            message: "neither the program that calls nor SHELL is a shell that venvwrap knows".to_owned(),
            hint: "say `--format bash`, or another that `venvwrap env --help` lists".to_owned(),
        })?;
        let (environment, changes) = run::inside(session, &self.name)?;
        output::data(&legible(&format.render(environment.root(), &changes)?))?;
        Ok(Outcome::Done)
    }
}

/// A script is often in another language than its person's login shell, so who calls comes first.
fn format_of_caller(session: &Session<'_>) -> Option<Format> {
    let base = |program: &Path| Format::of_shell(program.file_name().unwrap_or_default());
    let login = || session.context.variable(env_vars::SHELL).map(OsStr::to_owned);
    processes::caller().and_then(|caller| base(&caller)).or_else(|| base(Path::new(&login()?)))
}
