//! The options for creating an environment, typed or from VIRTUALENVWRAPPER_VIRTUALENV_ARGS.
//!
//! `creation` carries them out.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

use super::packages::Wanted;
use crate::commands::Session;
use crate::creator::virtualenv;
use crate::env_vars;
use crate::error::{Error, Result};
use crate::verb::verb;

/// How to create the environment.
#[derive(Debug, Clone, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(in crate::commands) struct Options {
    /// Python to use: a version (`3.12`, `>=3.11,<3.14`, `pypy3.10`), a command, or a path
    #[arg(short, long, value_name = "PYTHON", value_hint = clap::ValueHint::ExecutablePath)]
    pub(in crate::commands) python: Option<OsString>,
    /// Have uv install that Python if it is missing
    #[arg(long)]
    pub(in crate::commands) download: bool,
    /// Also see the packages of its Python
    #[arg(long)]
    pub(in crate::commands) system_site_packages: bool,
    /// Do not install pip
    #[arg(long, visible_alias = "no-pip", alias = "no-seed")]
    pub(in crate::commands) without_pip: bool,
    /// Text for the prompt instead of the name
    #[arg(long, value_name = "TEXT")]
    pub(in crate::commands) prompt: Option<OsString>,
    /// Link it to this project: workon changes to its directory; without -p the project's files
    /// choose the Python
    #[arg(short = 'a', value_name = "PROJECT", value_hint = clap::ValueHint::DirPath)]
    pub(in crate::commands) project: Option<PathBuf>,
    #[command(flatten)]
    pub(super) wanted: Wanted,
    /// Replace an existing environment of that name; `venvwrap undo` brings the old one back
    #[arg(long)]
    pub(in crate::commands) clear: bool,
    /// Print no summary of what was created
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(in crate::commands) quiet: u8,
    /// Options of virtualenv that have no effect here; accepted so that old scripts keep working
    #[arg(
        short = 'v',
        long = "distribute",
        aliases = WITHOUT_EFFECT,
        action = clap::ArgAction::Count,
        hide = true
    )]
    without_effect: u8,
    /// The same, with a value
    #[arg(long = "extra-search-dir", hide = true)]
    extra_search_dir: Vec<OsString>,
}

/// The options in VIRTUALENVWRAPPER_VIRTUALENV_ARGS, the defaults of every creation.
#[derive(Debug, clap::Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct DefaultOptions {
    #[command(flatten)]
    options: Options,
}

/// Long options of virtualenv beside `--distribute` that have no effect.
const WITHOUT_EFFECT: [&str; 14] = [
    "setuptools",
    "no-setuptools",
    "no-site-packages",
    "wheel",
    "no-wheel",
    "always-copy",
    "copies",
    "symlinks",
    "no-download",
    "never-download",
    "no-periodic-update",
    "no-vcs-ignore",
    "reset-app-data",
    "verbose",
];

/// The first word of a command line that is an option without effect.
pub(super) fn word_without_effect(words: &[OsString]) -> Option<&str> {
    let has_none = |word: &str| match word.strip_prefix("--") {
        Some(name) => {
            let name = name.split('=').next().unwrap_or_default();
            ["distribute", "extra-search-dir"].contains(&name) || WITHOUT_EFFECT.contains(&name)
        }
        None => word.starts_with("-v"),
    };
    words.iter().filter_map(|word| word.to_str()).find(|word| has_none(word))
}

impl Options {
    /// No option given.
    pub(super) fn none() -> Result<Self> {
        let parsed = DefaultOptions::try_parse_from(std::iter::empty::<OsString>());
        parsed.map(|defaults| defaults.options).map_err(|error| Error::Usage {
            message: error.to_string(),
            hint: format!("see `{} --help`", verb("mkvirtualenv")),
        })
    }

    /// The first given option that conflicts with `--from`, because the recipe decides it.
    pub(super) fn against_recipe(&self) -> Option<&'static str> {
        let asked = [
            ("--clear", self.clear),
            ("--without-pip", self.without_pip),
            ("--system-site-packages", self.system_site_packages),
        ];
        let asked = asked.into_iter().find(|(_, is_asked)| *is_asked).map(|(option, _)| option);
        asked.or_else(|| self.wanted.option_beside_from())
    }

    pub(super) fn has_some_without_effect(&self) -> bool {
        self.without_effect > 0 || !self.extra_search_dir.is_empty()
    }

    /// Fills in VIRTUALENVWRAPPER_VIRTUALENV_ARGS where an option was not typed. Another creator
    /// (VIRTUALENVWRAPPER_VIRTUALENV) gets these words unparsed instead.
    pub(super) fn with_defaults(&self, session: &Session<'_>) -> Result<Self> {
        let mut options = self.clone();
        if session.context.variable(env_vars::VIRTUALENVWRAPPER_VIRTUALENV).is_some() {
            return Ok(options);
        }
        let Some(words) = virtualenv::standing_words(session.context)?.filter(|words| !words.is_empty()) else {
            return Ok(options);
        };
        let defaults = DefaultOptions::try_parse_from(words).map_err(|error| {
            let said = error.render().to_string();
            let reason = said.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Error::Malformed { what: env_vars::VIRTUALENVWRAPPER_VIRTUALENV_ARGS.to_owned(), reason }
        })?;
        let defaults = defaults.options;
        options.system_site_packages |= defaults.system_site_packages;
        options.download |= defaults.download;
        options.without_pip |= defaults.without_pip;
        options.clear |= defaults.clear;
        options.quiet = options.quiet.saturating_add(defaults.quiet);
        options.without_effect = options.without_effect.saturating_add(defaults.without_effect);
        options.python = options.python.or(defaults.python);
        options.prompt = options.prompt.or(defaults.prompt);
        options.project = options.project.or(defaults.project);
        options.extra_search_dir.splice(0..0, defaults.extra_search_dir);
        options.wanted = defaults.wanted.and(options.wanted);
        Ok(options)
    }
}
