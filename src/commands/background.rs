//! `background`: what other commands leave to a process that nobody waits for. Not meant to be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::{Outcome, Session, Verb};
use crate::error::Result;
use crate::interpreter;
use crate::seed::Seed;
use crate::workon_home::WorkonHome;

/// Work behind the prompt
#[derive(Debug, Parser)]
#[command(name = "background", hide = true)]
pub(crate) struct Background {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Deletes what has expired and what killed commands left.
    Tidy {
        /// The store
        store: PathBuf,
    },
    /// Prepares packages for the next environment.
    Stage {
        /// The store
        store: PathBuf,
        /// The interpreter, as it was asked for
        python: PathBuf,
    },
}

impl Verb for Background {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        // Here and not in the parent: a spawn that has to change directory costs it a fork instead of a vfork.
        session.context.leave_directory();
        match self.task {
            Task::Tidy { store } => {
                let home = WorkonHome::at(store);
                home.purge(session.config()?.trash_kept_for())?;
                // What others still write is theirs; the next command looks again.
                let _ = home.clear_dead_builds();
            }
            Task::Stage { store, python } => {
                let home = WorkonHome::at(store);
                let interpreter = interpreter::find(session.context, Some(python.as_os_str()))?;
                let link = super::creation::link_mode(&session.config()?);
                Seed::for_interpreter(session.context, &interpreter, link, &home.pool())?.stage()?;
                let _ = home.clear_dead_builds();
            }
        }
        Ok(Outcome::Done)
    }
}
