//! `background`: what other commands leave to a process that nobody waits for. Not meant to be
//! typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use super::{Outcome, Session, Verb};
use crate::error::Result;
use crate::interpreter;
use crate::seed::{Download, Seed};
use crate::workon_home::WorkonHome;

/// How long nobody must have made an environment before packages for the next ones are copied.
/// Longer than commands of one script are apart: on two processors the copying would be in the way
/// of the very command it is to help.
const PAUSE: Duration = Duration::from_millis(300);

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
        /// Not before the person has paused; not at all where another process waits for that
        #[arg(long)]
        when_quiet: bool,
        /// The store
        store: PathBuf,
        /// The interpreter, as it was asked for
        python: PathBuf,
    },
}

impl Verb for Background {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        // Here and not in the parent: a spawn that has to change directory costs it a fork instead
        // of a vfork.
        session.context.leave_directory();
        match self.task {
            Task::Tidy { store } => {
                let home = WorkonHome::at(store);
                home.purge(session.config()?.trash_kept_for(), Duration::MAX)?;
                // What others still write is theirs; the next command looks again.
                let _ = home.clear_dead_builds();
            }
            Task::Stage { when_quiet, store, python } => {
                let home = WorkonHome::at(store);
                let interpreter = interpreter::find(session.context, Some(python.as_os_str()))?;
                let link = super::creation::link_mode(&session.config()?);
                let pool = home.pool();
                let seed = Seed::for_interpreter(session.context, &interpreter, link, &pool, || Download::Never)?;
                // Held until the end: what is taken while we work is filled by us, too.
                let _watch = match when_quiet.then(|| seed.watch()) {
                    // Another process waits, and does it for all.
                    Some(None) => return Ok(Outcome::Done),
                    Some(watch) => {
                        home.wait_until_quiet(|| std::thread::sleep(PAUSE));
                        watch
                    }
                    None => None,
                };
                seed.stage()?;
                let _ = home.clear_dead_builds();
            }
        }
        Ok(Outcome::Done)
    }
}
