//! `which`: print the path of an environment, or of a program in it.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::Parser;
use serde::Serialize;

use super::json::{Named, text};
use super::{Outcome, Session, Verb, legible, run, workon};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::output;
use crate::programs::is_program;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::nearest;

/// Print the path of an environment or its programs
///
/// Runs nothing and ignores PATH. If the environment does not have the program, the status is 1.
#[derive(Debug, Parser)]
#[command(
    name = "which",
    after_help = "\
Examples:
  venvwrap which projectx             path of the environment
  venvwrap which projectx python      path of its python, for an editor or a cron line
  venvwrap which --json projectx pip  as JSON"
)]
pub(crate) struct Which {
    /// Name of the environment; `.` for the current project
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// Name of a program in it
    #[arg(value_name = "TOOL", id = "tool-inside")]
    tool: Option<OsString>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Answer {
    environment: Named,
    /// The program, if one was named.
    tool: Option<String>,
    /// The path of the environment or program.
    path: String,
}

impl Verb for Which {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let environment = workon::environment(session, &WorkonHome::locate(session.context)?, &self.name)?;
        let path = match &self.tool {
            Some(tool) => program(&environment, tool)?,
            None => environment.root().to_path_buf(),
        };
        if self.json {
            let answer =
                Answer { environment: Named::of(&environment), tool: self.tool.as_ref().map(text), path: text(&path) };
            output::data(&super::json::document(&answer)?)?;
        } else {
            output::data(&legible(&[path.as_os_str().as_bytes(), b"\n"].concat()))?;
        }
        Ok(Outcome::Done)
    }
}

fn program(environment: &Environment, tool: &OsString) -> Result<PathBuf> {
    let program = environment.bin().join(tool);
    // A path could name a file outside the environment.
    if !tool.as_bytes().contains(&b'/') && is_program(&program) {
        return Ok(program);
    }
    let nearest = nearest(tool, run::programs(environment));
    Err(Error::NoTool { name: environment.name().to_owned(), tool: tool.clone(), bin: environment.bin(), nearest })
}
