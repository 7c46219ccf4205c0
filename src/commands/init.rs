//! `init`: print the shell functions.

use std::path::PathBuf;

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::error::Result;
use crate::keepsake;
use crate::output;
use crate::project::linked_directories;
use crate::shell::Shell;
use crate::shell::init::{self, Switching};
use crate::workon_home::WorkonHome;

/// Print the shell functions for your rc file
#[derive(Debug, Parser)]
#[command(
    name = "init",
    after_help = "\
Add the line for your shell to its rc file (`venvwrap setup` does that):
  bash  ~/.bashrc                   eval \"$(venvwrap init bash)\"
  zsh   ~/.zshrc                    eval \"$(venvwrap init zsh)\"
  fish  ~/.config/fish/config.fish  venvwrap init fish | source"
)]
pub(crate) struct Init {
    /// The shell
    shell: Shell,
    /// Binary that the functions start [default: the running one]
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::ExecutablePath)]
    executable: Option<PathBuf>,
    /// Activate a project's environment when you enter its directory, and deactivate it when you
    /// leave (`auto = true` in the settings does the same)
    #[arg(long)]
    auto: bool,
    /// For a file that is installed: the settings decide when it is loaded
    #[arg(long, hide = true, conflicts_with = "auto")]
    auto_by_settings: bool,
}

impl Verb for Init {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let executable = match self.executable {
            Some(path) => path,
            None => session.context.executable()?,
        };
        let switching = if self.auto_by_settings {
            Switching::BySettings
        } else if self.auto || session.config().is_ok_and(|config| config.auto) {
            if let Ok(home) = WorkonHome::locate(session.context) {
                linked_directories::refresh(&home, session.context, &|name| {
                    keepsake::lost_link(&home, session.context, name)
                });
            }
            Switching::Automatic
        } else {
            Switching::ByHand
        };
        output::data(&init::script(self.shell, &executable, switching))?;
        Ok(Outcome::Done)
    }
}
