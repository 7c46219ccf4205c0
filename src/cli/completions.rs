//! `completions`: Tab for the binary in a shell without the functions. They bring their own
//! (`init`), which knows names.

use clap::Parser;

use crate::commands::{Outcome, Session, Verb};
use crate::error::Result;
use crate::output;
use crate::shell::{Shell, init};

/// Print the completion of `venvwrap` for a shell
#[derive(Debug, Parser)]
#[command(
    name = "completions",
    after_help = "The shell functions complete `venvwrap` too, including names.\n\nExample:\n  venvwrap \
                  completions fish > ~/.config/fish/completions/venvwrap.fish"
)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Verb for Completions {
    fn run(self, _session: &Session<'_>) -> Result<Outcome> {
        let shell = match self.shell {
            Shell::Bash => clap_complete::Shell::Bash,
            Shell::Zsh => clap_complete::Shell::Zsh,
            Shell::Fish => clap_complete::Shell::Fish,
            Shell::Nu => {
                output::data(&init::completion_of_nu())?;
                return Ok(Outcome::Done);
            }
        };
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut super::verbs::root(), super::PROGRAM, &mut text);
        output::data(&text)?;
        Ok(Outcome::Done)
    }
}
