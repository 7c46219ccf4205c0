//! `init`: print the shell functions.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::error::{Error, Result};
use crate::keepsake;
use crate::output;
use crate::project::linked_directories;
use crate::shell::former::Printed;
use crate::shell::init::{self, Part, Script, Switching};
use crate::shell::installed;
use crate::workon_home::WorkonHome;

/// Print the shell functions for your rc file
#[derive(Debug, Parser)]
#[command(
    name = "init",
    after_help = "\
Add the line for your shell to its rc file (`venvwrap setup` does that):
  bash  ~/.bashrc                   eval \"$(venvwrap init bash)\"
  zsh   ~/.zshrc                    eval \"$(venvwrap init zsh)\"
  fish  ~/.config/fish/config.fish  venvwrap init fish | source

Nushell evaluates no text: `venvwrap setup nu` writes the functions into a file
that it loads. By hand: `venvwrap init nu | save --force FILE`, and in
~/.config/nushell/config.nu the line `source FILE`."
)]
pub(crate) struct Init {
    /// The shell; virtualenvwrapper.sh and virtualenvwrapper_lazy.sh print the file
    /// for an rc file that sources it
    shell: Printed,
    /// Binary that the functions start [default: the running one]
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::ExecutablePath)]
    executable: Option<PathBuf>,
    /// Activate a project's environment when you enter its directory, and deactivate it when you
    /// leave (`auto = true` in the settings does the same)
    #[arg(long)]
    auto: bool,
    /// Print all of it with comments, for people to read
    #[arg(long, conflicts_with_all = ["part", "share"])]
    annotated: bool,
    /// Functions that a shell loads at first use
    #[arg(long, hide = true)]
    part: Option<Part>,
    /// Directory share/ of an installation, where the functions will be files
    #[arg(long, hide = true, requires = "into")]
    share: Option<PathBuf>,
    /// Directory to write those files into
    #[arg(long, hide = true, requires = "share")]
    into: Option<PathBuf>,
}

impl Verb for Init {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let shell = match self.shell.file() {
            Ok(text) => {
                output::data(text)?;
                return Ok(Outcome::Done);
            }
            Err(shell) => shell,
        };
        if let Some(part) = self.part {
            output::data(&init::part(shell, part))?;
            return Ok(Outcome::Done);
        }
        let executable = match self.executable {
            Some(path) => path,
            None => session.context.executable()?,
        };
        if let (Some(share), Some(directory)) = (self.share, self.into) {
            for (file, text) in installed::files(shell, &executable, &share) {
                write(&directory.join(file), &text)?;
            }
            return Ok(Outcome::Done);
        }
        let switching = if self.auto || session.config().is_ok_and(|config| config.auto) {
            if let Ok(home) = WorkonHome::locate(session.context) {
                linked_directories::refresh(&home, session.context, &|name, link| {
                    keepsake::linked_directories(&home, session.context, name, link)
                });
            }
            Switching::Automatic
        } else {
            Switching::ByHand
        };
        let script = Script { executable: &executable, switching, share: None };
        output::data(&if self.annotated { script.annotated(shell) } else { script.text(shell) })?;
        Ok(Outcome::Done)
    }
}

/// Files of an installation are for everybody, whatever the umask is.
fn write(file: &Path, text: &[u8]) -> Result<()> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory).map_err(Error::io("create", directory))?;
    }
    fs::write(file, text).map_err(Error::io("write", file))?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).map_err(Error::io("write", file))
}
