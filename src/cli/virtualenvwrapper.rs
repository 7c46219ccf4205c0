//! `virtualenvwrapper`: what the commands are and where things are. It lists the verbs, so it
//! stands where they do.

use std::fmt::Write;
use std::path::Path;

use clap::Parser;

use super::verbs::VERBS;
use crate::commands::{Outcome, Session, Verb};
use crate::env_vars;
use crate::error::Result;
use crate::output;
use crate::sorting;
use crate::workon_home::WorkonHome;

/// List the commands and directories
#[derive(Debug, Parser)]
#[command(name = "virtualenvwrapper", after_help = "Example:\n  virtualenvwrapper")]
pub(super) struct VirtualenvWrapper {}

impl Verb for VirtualenvWrapper {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        output::data(text(session)?.as_bytes())?;
        Ok(Outcome::Done)
    }
}

fn text(session: &Session<'_>) -> Result<String> {
    let path_of = |variable: &str| session.context.variable(variable).map(|value| session.shown(Path::new(value)));
    // No Python is started to show which one it is.
    let python = || session.context.program("python3").map(|python| session.shown(&python));
    let script = match path_of(env_vars::VIRTUALENVWRAPPER_SCRIPT) {
        Some(script) => script,
        None => session.shown(&session.context.executable()?),
    };
    let places = [
        ("Version", env!("CARGO_PKG_VERSION").to_owned()),
        ("Script", script),
        ("Python", path_of(env_vars::VIRTUALENVWRAPPER_PYTHON).or_else(python).unwrap_or_default()),
        (env_vars::WORKON_HOME, session.shown(WorkonHome::locate(session.context)?.path())),
        (env_vars::PROJECT_HOME, path_of(env_vars::PROJECT_HOME).unwrap_or_default()),
    ];
    let mut text =
        "venvwrap keeps named Python virtual environments in one place and lets you switch between\nthem with \
                    one word. It has the commands, hooks and variables of virtualenvwrapper.\n\nThe manual: man \
                    venvwrap, or `COMMAND --help` for one of these commands.\n\n"
            .to_owned();
    for (label, value) in places {
        let _ = writeln!(text, "{}", format!("{label}: {value}").trim_end());
    }
    text.push_str("\nCommands available:\n\n");
    let mut commands: Vec<_> = VERBS.iter().filter(|entry| entry.has_function).map(|entry| (entry.command)()).collect();
    sorting::sort_by(&mut commands, |one, other| one.get_name().cmp(other.get_name()));
    for command in commands {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "  {}: {about}", command.get_name());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    #[test]
    fn the_places_are_labeled_and_the_commands_sorted() {
        let context = Context::made_of(&[
            ("HOME", "/h"),
            ("WORKON_HOME", "/h/it's $x\x1b[31m"),
            ("VIRTUALENVWRAPPER_SCRIPT", "/s/virtualenvwrapper.sh"),
            ("VIRTUALENVWRAPPER_PYTHON", "/p/python3"),
        ]);
        let text = text(&Session { context: &context, shell: None, is_interactive: false, previous: None }).unwrap();
        let places: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("Version: ")).take(6).collect();
        let expected = [
            concat!("Version: ", env!("CARGO_PKG_VERSION")),
            "Script: /s/virtualenvwrapper.sh",
            "Python: /p/python3",
            "WORKON_HOME: ~/it's $x\\u{1b}[31m",
            "PROJECT_HOME:",
            "",
        ];
        assert_eq!(places, expected);
        let commands: Vec<&str> = text.lines().filter(|line| line.starts_with("  ")).collect();
        assert!(commands.is_sorted() && commands.len() >= 15, "{commands:?}");
        assert!(commands.contains(&"  workon: Activate a virtual environment in this shell"));
        let names: Vec<&str> =
            commands.iter().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name).collect();
        for hidden in ["init", "undo", "background", "man", "completions"] {
            assert!(!names.contains(&hidden), "{hidden}");
        }
    }
}
