//! `undo`: bring a removed environment back.

use std::ffi::OsString;
use std::fmt::Write;
use std::time::SystemTime;

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::error::Result;
use crate::output;
use crate::shown::shown;

/// Bring back an environment that rmvirtualenv removed
#[derive(Debug, Parser)]
#[command(
    name = "undo",
    after_help = "Examples:\n  venvwrap undo           bring back the last one removed\n  venvwrap undo projectx  bring \
                  back that one\n  venvwrap undo --list    show what can be brought back"
)]
pub(crate) struct Undo {
    /// Name that it had; the last one removed if left out
    #[arg(value_name = "REMOVED")]
    name: Option<OsString>,
    /// Show what can be brought back, the last one removed first
    #[arg(short, long)]
    list: bool,
}

impl Verb for Undo {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = session.workon_home()?;
        if self.list {
            let mut text = String::new();
            for removed in home.removed()? {
                let days = SystemTime::now().duration_since(removed.at).unwrap_or_default().as_secs() / 86_400;
                let when = if days == 0 { "today".to_owned() } else { format!("{days} days ago") };
                let _ = writeln!(text, "{}  (removed {when})", shown(&removed.name));
            }
            output::data(text.as_bytes())?;
            return Ok(Outcome::Done);
        }
        let name = home.restore(self.name.as_deref())?;
        output::note(&format!("`{}` is back", shown(&name)));
        Ok(Outcome::Done)
    }
}
