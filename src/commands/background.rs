//! `background`: work that other commands leave to a background process. Not meant to be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use super::{Outcome, Session, Verb};
use crate::error::Result;
use crate::interpreter;
use crate::seed::{Download, Seed};
use crate::workon_home::WorkonHome;

/// How long no environment may have been created before packages for the next ones are copied.
/// Longer than the pause between commands of one script: on two processors, copying would slow down
/// the command it should help.
const PAUSE: Duration = Duration::from_millis(300);

/// Work in the background
#[derive(Debug, Parser)]
#[command(name = "background", hide = true)]
pub(crate) struct Background {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Delete expired environments and leftovers of killed commands.
    Tidy {
        /// Path of WORKON_HOME
        store: PathBuf,
    },
    /// Prepare packages for the next environment.
    Stage {
        /// Wait until no environment is being created; skip if another process waits already
        #[arg(long)]
        when_quiet: bool,
        /// Path of WORKON_HOME
        store: PathBuf,
        /// Path of the interpreter
        python: PathBuf,
    },
}

impl Verb for Background {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        // Here and not in the parent: spawning with another directory would cost the parent a fork
        // in place of a vfork.
        session.context.leave_directory();
        match self.task {
            Task::Tidy { store } => {
                let home = WorkonHome::at(store);
                home.purge(session.config()?.trash_kept_for(), Duration::MAX)?;
                // Failures are ignored: another process may still write there, and the next command
                // tries again.
                let _ = home.clear_dead_builds();
            }
            Task::Stage { when_quiet, store, python } => {
                let home = WorkonHome::at(store);
                let interpreter = interpreter::find(session.context, Some(python.as_os_str()))?;
                let link = super::creation::link_mode(&session.config()?);
                let pool = home.pool();
                let seed = Seed::for_interpreter(session.context, &interpreter, link, &pool, || Download::Never)?;
                // Held until the end, so that this process also replaces packages that are taken
                // while it works.
                let _watch = match when_quiet.then(|| seed.watch()) {
                    // Another process is waiting already.
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
