//! `automatic`: activates the environment of the project in this directory. Shells with automatic
//! switching call it when the project changes; users do not type it.

use clap::Parser;

use super::here::{self, Automatic as Found};
use super::{Outcome, Session, Verb, workon};
use crate::activation::{Plan, Step};
use crate::environment::Environment;
use crate::error::Result;
use crate::keepsake;
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
        // A missing WORKON_HOME is not created for a change of directory.
        let home = WorkonHome::locate(session.context)?;
        if self.list {
            linked_directories::refresh(&home, session.context, &|name, link| {
                keepsake::linked_directories(&home, session.context, name, link)
            });
            return Ok(Outcome::Done);
        }
        session.require_shell("workon")?;
        // direnv and mise switch environments themselves, and each would undo the other's work.
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

/// Deactivates an environment that was activated automatically. Others stay active.
fn leave(session: &Session<'_>) -> Outcome {
    if session.is_automatic() { Outcome::Plan(Plan::of(Step::Leave), 0) } else { Outcome::Done }
}
