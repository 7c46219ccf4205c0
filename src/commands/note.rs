//! `note`: what you want to remember about an environment.

use std::ffi::OsString;

use clap::Parser;

use super::{Outcome, Session, Verb, legible};
use crate::error::{Error, Result};
use crate::output;
use crate::shown::{operands, shown};
use crate::workon_home::WorkonHome;
use crate::workon_home::beside::LONGEST_NOTE;
use crate::workon_home::name::EnvironmentName;

/// Print or write the note of an environment
///
/// The note is kept in WORKON_HOME beside the environment, and `showvirtualenv` prints it. It stays
/// with the environment when that is renamed, copied, exported, or brought back. The status is 1 if
/// there is no note.
#[derive(Debug, Parser)]
#[command(
    name = "note",
    after_help = "\
Examples:
  venvwrap note projectx                      print the note
  venvwrap note projectx \"for the old API\"    write it
  venvwrap note --remove projectx             remove it"
)]
pub(crate) struct Note {
    /// Name of the environment
    #[arg(value_name = "ENVIRONMENT")]
    name: OsString,
    /// The new note
    #[arg(value_name = "TEXT", conflicts_with = "remove")]
    text: Option<String>,
    /// Remove the note
    #[arg(long)]
    remove: bool,
}

impl Verb for Note {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let environment = home.get(&EnvironmentName::existing(&self.name)?)?;
        let name = environment.name();
        if self.remove {
            home.set_note(name, None)?;
            return Ok(Outcome::Done);
        }
        if let Some(text) = &self.text {
            let text = text.trim();
            if text.is_empty() || text.len() > LONGEST_NOTE {
                let message = if text.is_empty() {
                    "the note is empty".to_owned()
                } else {
                    format!("the note is longer than {} KiB", LONGEST_NOTE / 1024)
                };
                return Err(Error::Usage {
                    message,
                    hint: format!("`venvwrap note --remove {}` removes the note", operands(&[name])),
                });
            }
            home.set_note(name, Some(text))?;
            output::note(&format!("Wrote the note of `{}`", shown(name)));
            return Ok(Outcome::Done);
        }
        if let Some(note) = home.note(name) {
            return output::data(&legible(format!("{note}\n").as_bytes())).map(|()| Outcome::Done);
        }
        output::note(&format!("`{}` has no note", shown(name)));
        Ok(Outcome::Status(1))
    }
}
