//! `lsvirtualenv`: list the environments.

use std::cmp::Reverse;
use std::ffi::OsString;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, SystemTime};

use clap::error::{ContextKind, ErrorKind};
use clap::{Parser, ValueEnum};
use serde::Serialize;

use super::age::age;
use super::details::{Details, run_details_hook, say_if_recreated};
use super::json::{self, Named};
use super::{Outcome, Session, Verb};
use crate::elsewhere::Places;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::Result;
use crate::hooks;
use crate::output::{self, Progress};
use crate::shown::shown;
use crate::sorting;
use crate::verb::verb;
use crate::versions::Version;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod table;

/// List the virtual environments
///
/// No Python is started, so broken environments are listed like any other. --all adds environments
/// outside WORKON_HOME: those of pipenv, poetry, hatch, and conda, and the .venv of known projects
/// (linked by an environment, or in PROJECT_HOME). Each is listed under the name that `workon`
/// accepts.
///
/// On a terminal, the list is a table: `*` marks the active environment, `!` a broken one, `#` a
/// locked one. The last use is recorded by `workon` and `venvwrap run`. In a pipe, and with -l,
/// each environment has a paragraph, as in virtualenvwrapper.
#[derive(Debug, Parser)]
#[command(
    name = "lsvirtualenv",
    disable_help_flag = true,
    after_help = "\
Examples:
  lsvirtualenv                list environments: a table on a terminal
  lsvirtualenv -b             names only
  lsvirtualenv --all          include environments of other tools
  lsvirtualenv --unused 90d   environments that were not used for 90 days
  lsvirtualenv --sort used    the least recently used first
  lsvirtualenv --sort size    the largest first, with their sizes
  lsvirtualenv --json         print JSON"
)]
#[expect(clippy::struct_excessive_bools, reason = "they are options")]
pub(crate) struct LsVirtualenv {
    /// Print names only, one per line; status 1 if there are none
    #[arg(short, long, overrides_with = "long")]
    brief: bool,
    /// Print a paragraph for each, as in a pipe
    #[arg(short, long, overrides_with = "brief")]
    long: bool,
    /// Include environments of pipenv, poetry, hatch, conda, and the .venv of projects; a table
    /// unless -l is given
    #[arg(short, long)]
    all: bool,
    /// List only broken environments
    #[arg(long, conflicts_with = "brief")]
    broken: bool,
    /// List only environments that were not used for so long: `90d`, `12w`
    #[arg(long, value_name = "AGE", value_parser = age, conflicts_with = "brief")]
    unused: Option<Duration>,
    /// Add what deleting each would free, and what its files hold; measured once a day, and when
    /// packages change
    #[arg(long, conflicts_with = "brief")]
    size: bool,
    /// Sort by name, Python (newest first), last use (oldest first), size, or packages (most first)
    #[arg(long, value_name = "KEY", conflicts_with = "brief")]
    sort: Option<SortKey>,
    /// Print JSON; with -b only names and paths
    #[arg(long)]
    json: bool,
    /// Print a short usage; status 1, as in virtualenvwrapper
    #[arg(short = 'h')]
    help_in_brief: bool,
    /// Print help
    #[arg(long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

const USAGE: &str = "\
usage: lsvirtualenv [-b | -l] [--json] [-a]
  -a  include environments of other tools
  -b  names only
  -l  names and details
  -h  this text; --help prints more
";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SortKey {
    Name,
    Python,
    Used,
    Size,
    Packages,
}

/// The JSON of a list.
#[derive(Debug, Serialize)]
struct List {
    workon_home: String,
    environments: Vec<Details>,
}

/// The JSON of a list with --brief.
#[derive(Debug, Serialize)]
struct BriefList {
    workon_home: String,
    environments: Vec<Named>,
}

impl Verb for LsVirtualenv {
    /// Scripts match this message, and expect the usage on stdout.
    fn instead(end: &clap::Error, _session: &Session<'_>) -> Option<Result<Outcome>> {
        let word = end.get(ContextKind::InvalidArg)?.to_string();
        if end.kind() != ErrorKind::UnknownArgument || !word.starts_with('-') || word.starts_with("--") {
            return None;
        }
        output::note(&format!("Invalid option: {}", shown(&word)));
        Some(output::data(USAGE.as_bytes()).map(|()| Outcome::Status(1)))
    }

    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        if self.help_in_brief {
            output::data(USAGE.as_bytes())?;
            return Ok(Outcome::Status(1));
        }
        let home = session.workon_home()?;
        let others = if self.all { Places::beside(session.context, &home).all() } else { Vec::new() };
        if self.brief {
            let mut names = home.names()?;
            if self.json {
                let stored = names.iter().map(|name| Named::new(name, &home.path().join(name)));
                let environments = stored.chain(others.iter().map(Named::of)).collect();
                output::data(&json::document(&BriefList { workon_home: json::text(home.path()), environments })?)?;
                return Ok(Outcome::Done);
            }
            names.extend(others.iter().map(|environment| environment.name().to_owned()));
            print(&names)?;
            say_if_none(names.is_empty());
            return Ok(Outcome::Status(u8::from(names.is_empty())));
        }
        let is_table = !self.long && (self.all || output::is_looked_at());
        let is_full = is_table || self.json || self.unused.is_some() || self.sort.is_some();
        let read = |environment: Environment| {
            let details = if is_full {
                Details::in_full(session, &home, &environment)
            } else {
                Details::of(session, &environment)
            };
            details.map(|details| (details, environment))
        };
        let mut all = Vec::new();
        for name in home.names()? {
            // Skip an environment that was removed since the directory was read.
            if let Ok(environment) = home.get(&EnvironmentName::existing(&name)?) {
                all.push(read(environment)?);
            }
        }
        let is_empty = all.is_empty() && others.is_empty();
        for environment in others {
            all.push(read(environment)?);
        }
        if self.size || self.sort == Some(SortKey::Size) {
            let progress = Progress::counting("Measuring environments", all.len());
            for (details, environment) in &mut all {
                details.measure(session, environment);
                details.add_size();
                progress.advance();
            }
        }
        self.select(&mut all);
        if self.json {
            let environments = all.into_iter().map(|(details, _)| details).collect();
            output::data(&json::document(&List { workon_home: json::text(home.path()), environments })?)?;
            return Ok(Outcome::Done);
        }
        say_if_none(is_empty);
        if !is_empty && all.is_empty() {
            output::note("No environment matches.");
        }
        for (_, environment) in &all {
            say_if_recreated(session, &home, environment);
        }
        if is_table {
            output::data(
                if self.all { table::with_origin(session, &all) } else { table::of_store(session, &all) }.as_bytes(),
            )?;
            return Ok(Outcome::Done);
        }
        let hooks = session.hooks(&home)?;
        let mut text = String::new();
        for (details, environment) in &all {
            let name = &details.shown_name;
            let _ = writeln!(text, "{name}\n{}\n{details}", "=".repeat(name.chars().count()));
            if environment.origin() == Origin::Store && hooks.words(hooks::GET_ENV_DETAILS, environment).is_some() {
                // Flush first: the hook's output belongs below the details.
                output::data(std::mem::take(&mut text).as_bytes())?;
                run_details_hook(&hooks, environment);
            }
            text.push_str("\n\n");
        }
        output::data(text.as_bytes())?;
        Ok(Outcome::Done)
    }
}

impl LsVirtualenv {
    /// Leaves those that were asked for, in the order that was asked for.
    fn select(&self, all: &mut Vec<(Details, Environment)>) {
        all.retain(|(details, _)| details.broken || !self.broken);
        if let Some(unused) = self.unused {
            let is_old = |time: SystemTime| SystemTime::now().duration_since(time).is_ok_and(|age| age >= unused);
            all.retain(|(details, _)| details.unused_since().is_some_and(is_old));
        }
        match self.sort {
            None | Some(SortKey::Name) => {}
            Some(SortKey::Python) => {
                sorting::sort_by_key(all, |(details, _)| Reverse(details.python.as_deref().and_then(Version::parse)));
            }
            Some(SortKey::Used) => sorting::sort_by_key(all, |(details, _)| details.last_used()),
            Some(SortKey::Size) => sorting::sort_by_key(all, |(details, _)| Reverse(details.size)),
            Some(SortKey::Packages) => sorting::sort_by_key(all, |(details, _)| Reverse(details.packages)),
        }
    }
}

/// Prints the names, one per line: escaped on a terminal, raw for programs. `false` if there are
/// none.
pub(super) fn print_names(home: &WorkonHome) -> Result<bool> {
    let names = home.names()?;
    print(&names)?;
    say_if_none(names.is_empty());
    Ok(!names.is_empty())
}

/// On stderr, so that scripts read an empty list.
pub(super) fn say_if_none(is_empty: bool) {
    if is_empty {
        output::note(&format!("No environments yet. Create one with `{} NAME`.", verb("mkvirtualenv")));
    }
}

fn print(names: &[OsString]) -> Result<()> {
    let is_looked_at = output::is_looked_at();
    let mut text = Vec::new();
    for name in names {
        if is_looked_at {
            text.extend_from_slice(shown(name).to_string().as_bytes());
        } else {
            text.extend_from_slice(name.as_bytes());
        }
        text.push(b'\n');
    }
    output::data(&text)
}
