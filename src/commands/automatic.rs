//! `automatic`: what shells with automatic switching ask where the project is another one than
//! before. Not meant to be typed.

use clap::Parser;

use super::here::{self, Automatic as Found};
use super::{Outcome, Session, Verb, workon};
use crate::activation::{Plan, Step};
use crate::environment::Environment;
use crate::error::Result;
use crate::output;
use crate::project::linked_directories;
use crate::shown::typed_path;
use crate::workon_home::WorkonHome;

/// Activate the environment of the project in this directory
#[derive(Debug, Parser)]
#[command(name = "automatic", hide = true)]
pub(crate) struct Automatic {
    /// Do not report an environment that is refused: it was reported
    #[arg(long)]
    quiet: bool,
    /// direnv's hook is loaded in the shell
    #[arg(long)]
    beside_direnv: bool,
    /// Only list the linked directories for the shells
    #[arg(long)]
    list: bool,
}

impl Verb for Automatic {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        // Never created here.
        let home = WorkonHome::locate(session.context)?;
        if self.list {
            linked_directories::refresh(&home, session.context);
            return Ok(Outcome::Done);
        }
        session.require_shell("workon")?;
        // direnv and mise would undo what is done here, and this would undo what they do.
        if here::left_to(session, self.beside_direnv)?.is_some() {
            return Ok(Outcome::Done);
        }
        match here::automatic(session, &home)? {
            Found::Environment(environment) => enter(session, &home, environment),
            Found::Refused { project, root } => {
                if !self.quiet {
                    let (shown, typed) = (session.shown(&root), typed_path(&project, session.context.home()));
                    output::note(&format!(
                        "{shown} is not trusted and was not activated; look at it, then `venvwrap trust {typed}`"
                    ));
                }
                Ok(leave(session))
            }
            Found::Nothing => Ok(leave(session)),
        }
    }
}

fn enter(session: &Session<'_>, home: &WorkonHome, environment: Environment) -> Result<Outcome> {
    if session.active_root() == Some(environment.root()) {
        return Ok(Outcome::Done);
    }
    workon::activate(session, home, environment, false)
}

/// What was activated automatically is deactivated; anything else stays.
fn leave(session: &Session<'_>) -> Outcome {
    if session.is_automatic() { Outcome::Plan(Plan::of(Step::Leave), 0) } else { Outcome::Done }
}
