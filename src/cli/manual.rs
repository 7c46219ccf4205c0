//! `man`: the manual, a page for the program and one for each verb.

use std::fs;
use std::path::PathBuf;

use clap::{Command, Parser};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, bold, roman};

use crate::commands::{Outcome, Session, Verb};
use crate::env_vars;
use crate::error::{Error, Result};
use crate::output;

/// Print the manual page, or write all pages
#[derive(Debug, Parser)]
#[command(
    name = "man",
    after_help = "Examples:\n  venvwrap man | man -l -               read it\n  venvwrap man ~/.local/share/man/man1  write all \
                  pages there"
)]
pub(super) struct Man {
    /// Directory to write `venvwrap.1` and the pages of the verbs into
    #[arg(value_hint = clap::ValueHint::DirPath)]
    directory: Option<PathBuf>,
}

impl Verb for Man {
    fn run(self, _session: &Session<'_>) -> Result<Outcome> {
        let root = super::verbs::root();
        let Some(directory) = self.directory else {
            output::data(&program_page(root)?)?;
            return Ok(Outcome::Done);
        };
        fs::create_dir_all(&directory).map_err(Error::io("create", &directory))?;
        let verbs: Vec<Command> = root.get_subcommands().cloned().collect();
        let write = |name: &str, page: Vec<u8>| {
            let file = directory.join(format!("{name}.1"));
            fs::write(&file, page).map_err(Error::io("write", file))
        };
        write(super::PROGRAM, program_page(root)?)?;
        for verb in verbs {
            let name = format!("{}-{}", super::PROGRAM, verb.get_name());
            let called = super::verbs::typed(verb.get_name());
            for within in verb.get_subcommands() {
                let (name, called) =
                    (format!("{name}-{}", within.get_name()), format!("{called} {}", within.get_name()));
                write(&name, rendered(&page(within.clone().display_name(name.clone()).bin_name(called)))?)?;
            }
            write(&name, rendered(&page(verb.display_name(name.clone()).bin_name(called)))?)?;
        }
        Ok(Outcome::Done)
    }
}

/// Without a date: the pages change only when the program does.
fn page(command: Command) -> Page {
    Page::new(command).date("").manual("venvwrap").source(concat!("venvwrap ", env!("CARGO_PKG_VERSION")))
}

fn rendered(page: &Page) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    page.render(&mut text).map_err(Error::io("render", "the manual"))?;
    Ok(text)
}

/// The program's page: what clap knows, and the variables and files that it does not.
fn program_page(root: Command) -> Result<Vec<u8>> {
    let mut text = rendered(&page(root))?;
    let mut more = Roff::new();
    more.control("SH", ["ENVIRONMENT"]);
    for variable in env_vars::ALL {
        more.control("TP", []).text([bold(variable.name)]).text([roman(variable.about.trim())]);
    }
    more.control("SH", ["FILES"]);
    let files = [
        (
            "~/.config/venvwrap/config.toml",
            "Settings: installer, link, heal, worktree, auto, picker, prefix, trash-days.",
        ),
        ("~/.config/venvwrap/defaults.txt", "Packages for every new environment; a requirements file."),
        ("WORKON_HOME/NAME", "An environment."),
        (
            "WORKON_HOME/.venvwrap",
            "Removed environments that can be brought back, and packages prepared for the next one.",
        ),
        ("~/.cache/venvwrap", "Unpacked packages and facts about interpreters; may be deleted at any time."),
    ];
    for (file, about) in files {
        more.control("TP", []).text([bold(file)]).text([roman(about)]);
    }
    more.control("SH", ["EXIT STATUS"]);
    for (status, about) in
        [("0", "Done."), ("1", "Failed; stderr says what, where, and what to do."), ("2", "Usage error.")]
    {
        more.control("TP", []).text([bold(status)]).text([roman(about)]);
    }
    more.to_writer(&mut text).map_err(Error::io("render", "the manual"))?;
    Ok(text)
}
