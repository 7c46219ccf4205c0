//! `init`: print the shell functions.

use std::path::PathBuf;

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::error::Result;
use crate::output;
use crate::shell::{Shell, init};

/// Print the shell functions for your rc file
#[derive(Debug, Parser)]
#[command(
    name = "init",
    after_help = "Add the line for your shell to its rc file:\n  bash  ~/.bashrc                   eval \"$(venvwrap init \
                  bash)\"\n  zsh   ~/.zshrc                    eval \"$(venvwrap init zsh)\"\n  fish  \
                  ~/.config/fish/config.fish  venvwrap init fish | source"
)]
pub(crate) struct Init {
    /// The shell
    shell: Shell,
    /// Binary that the functions start [default: the running one]
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::ExecutablePath)]
    executable: Option<PathBuf>,
}

impl Verb for Init {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let executable = match self.executable {
            Some(path) => path,
            None => session.context.executable()?,
        };
        output::data(&init::script(self.shell, &executable))?;
        Ok(Outcome::Done)
    }
}
