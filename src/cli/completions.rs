//! `completions`: Tab for the binary in a shell without the functions. They bring their own
//! (`init`), which knows names.

use clap::Parser;
use clap_complete::{Generator, shells};

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
        let text = match self.shell {
            Shell::Bash => generated(shells::Bash),
            Shell::Zsh => generated(shells::Zsh),
            Shell::Fish => generated(shells::Fish),
            Shell::Nu => init::completion_of_nu(),
        };
        output::data(&text)?;
        Ok(Outcome::Done)
    }
}

/// By the generator itself: `clap_complete::Shell` would link those of other shells, too.
fn generated(generator: impl Generator) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(generator, &mut super::verbs::root(), super::PROGRAM, &mut text);
    text
}
