//! `find`: which environments hold a distribution, a file, a program, or startup code.

use std::ffi::{OsStr, OsString};

use clap::{ArgGroup, Parser};
use serde::Serialize;

use super::json::{self, Named};
use super::{Outcome, Session, Verb, lsvirtualenv};
use crate::elsewhere::Places;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::dist_info::is_name;
use crate::formats::requirement::{Requirement, Wanted};
use crate::output::{self, Column, Table};
use crate::search::{self, Match, Pattern, Query, WantedDistribution};
use crate::shown::{operands, shown};
use crate::sorting;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// Find what is installed, in all environments
///
/// Searches every environment of WORKON_HOME for distributions, by name or with conditions on the
/// version. Of several, each is searched for on its own: an environment is listed if it has any of
/// them. Quote conditions, because `<` and `>` are redirections to the shell.
///
/// --file and --script take `*` and `?`, and `**` for any number of directories. Everything is read
/// from disk; no Python is started. The status is 1 if nothing is found.
#[derive(Debug, Parser)]
#[command(
    name = "find",
    group = ArgGroup::new("query").required(true),
    after_help = "\
Examples:
  venvwrap find numpy                       environments with numpy, and which version
  venvwrap find 'numpy<2' 'pandas==1.*'     those with an old numpy or an old pandas
  venvwrap find --file yaml/__init__.py     a file below site-packages
  venvwrap find --file '**/*.abi3.so'       wherever it is below site-packages
  venvwrap find --script 'black*'           a program in bin
  venvwrap find --pth                       code that runs at each start of Python
  venvwrap find --file sitecustomize.py     another way to run code at each start
  venvwrap find --all --json 'requests<2.31' every tool's environments, as JSON"
)]
pub(crate) struct Find {
    /// Name of a distribution, with or without conditions (PEP 508): `numpy`, `'numpy>=1.26,<2'`
    #[arg(value_name = "DISTRIBUTION", group = "query")]
    distributions: Vec<String>,
    /// Find a file or directory below site-packages
    #[arg(long = "file", value_name = "PATH", group = "query")]
    files: Vec<OsString>,
    /// Find a program in bin
    #[arg(long = "script", value_name = "SCRIPT", group = "query")]
    scripts: Vec<OsString>,
    /// List the lines of .pth files that run code: those that start with `import`
    #[arg(long, group = "query")]
    pth: bool,
    /// Include environments of pipenv, poetry, hatch, conda, and the .venv of projects
    #[arg(short, long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verb for Find {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let query = self.query()?;
        let home = WorkonHome::locate(session.context)?;
        let mut results = Results::default();
        for name in home.names()? {
            match EnvironmentName::existing(&name).and_then(|name| home.get(&name)) {
                Ok(environment) => results.add(&query, environment),
                // Removed since the directory was listed.
                Err(Error::UnknownEnvironment { .. }) => {}
                Err(error) => results.notes.push(format!("environment `{}` was skipped: {error}", shown(&name))),
            }
        }
        if self.all {
            for environment in Places::beside(session.context, &home).all() {
                results.add(&query, environment);
            }
        }
        results.notes.iter().for_each(|note| output::note(note));
        let is_empty = results.rows().next().is_none();
        let status = Outcome::Status(u8::from(is_empty));
        if self.json {
            output::data(&results.document(&home)?)?;
            return Ok(status);
        }
        output::data(results.table(session, &query).as_bytes())?;
        let searched = results.searched.len();
        if searched == 0 {
            lsvirtualenv::say_if_none(true);
        } else if is_empty {
            let more = if self.all { "" } else { "; `--all` also searches those of other tools" };
            output::note(&format!(
                "Found nothing in {searched} environment{}{more}",
                if searched == 1 { "" } else { "s" }
            ));
        }
        Ok(status)
    }
}

impl Find {
    fn query(&self) -> Result<Query> {
        let patterns = |texts: &[OsString], what: &'static str, is_right: fn(&Pattern) -> bool| {
            let parsed = |text: &OsString| Pattern::parse(text).filter(is_right).ok_or_else(|| not_a_path(text, what));
            texts.iter().map(parsed).collect::<Result<Vec<_>>>()
        };
        if self.pth {
            Ok(Query::StartupCode)
        } else if !self.files.is_empty() {
            Ok(Query::Files(patterns(&self.files, "a path below site-packages, such as `yaml/__init__.py`", |_| true)?))
        } else if !self.scripts.is_empty() {
            Ok(Query::Scripts(patterns(&self.scripts, "the name of a program, such as `black`", Pattern::is_name)?))
        } else {
            Ok(Query::Distributions(self.distributions.iter().map(|text| wanted(text)).collect::<Result<_>>()?))
        }
    }
}

fn not_a_path(text: &OsStr, wanted: &str) -> Error {
    Error::Usage { message: format!("cannot find `{}`", shown(text)), hint: format!("give {wanted}") }
}

const FORM: &str = "give a name, or a name with conditions in quotes: `'numpy<2'`, `'numpy>=1.26,!=1.26.2'`";

/// Conditions are all that an environment can be compared with.
fn wanted(text: &str) -> Result<WantedDistribution> {
    let usage = |reason: &str, hint: String| {
        Err(Error::Usage { message: format!("cannot find `{}`: {reason}", shown(text)), hint })
    };
    let command = |requirement: &str| format!("`venvwrap find {}`", operands(&[OsStr::new(requirement)]));
    let corrected = corrected(text);
    let requirement = Requirement::parse(text).filter(|_| corrected.is_none());
    let Some(Requirement { name, extras, wanted, marker }) = requirement else {
        let hint = corrected.map_or_else(|| FORM.to_owned(), |requirement| command(&requirement));
        return usage("it is not a name with conditions on the version (PEP 508)", hint);
    };
    match wanted {
        Wanted::Address(_) => usage("an address cannot be searched for", command(&name)),
        Wanted::Versions(_) if !extras.is_empty() => {
            usage("an environment does not record extras", command(&text.replacen(&bracketed(text), "", 1)))
        }
        Wanted::Versions(_) if marker.is_some() => {
            let plain = text.split(';').next().unwrap_or_default().trim();
            usage("environment markers cannot be searched for", command(plain))
        }
        Wanted::Versions(versions) => Ok(WantedDistribution { name, versions }),
    }
}

/// The extras of a requirement, with their brackets.
fn bracketed(text: &str) -> String {
    let end = text.find(']').map_or(text.len(), |end| end + 1);
    text[text.find('[').unwrap_or(end)..end].to_owned()
}

/// What somebody probably meant who wrote a name and a version in another form: `numpy 1.26`,
/// `numpy=1.26`, `numpy@1.26`.
fn corrected(text: &str) -> Option<String> {
    let (name, version) = text.split_once([' ', '=', '@'])?;
    let starts_well = version.trim().starts_with(|first: char| first.is_ascii_digit());
    let corrected = format!("{}=={}", name.trim(), version.trim());
    Requirement::parse(&corrected).filter(|_| starts_well && is_name(name.trim())).map(|_| corrected)
}

/// The names of the distributions in WORKON_HOME.
pub(crate) fn distributions(session: &Session<'_>) -> Result<Vec<OsString>> {
    let names = |environment: &Environment| search::distribution_names(environment).into_iter();
    in_each(session, |environment| names(environment).map(OsString::from).collect())
}

/// The names of the programs in the environments of WORKON_HOME.
pub(crate) fn scripts(session: &Session<'_>) -> Result<Vec<OsString>> {
    let query = Query::Scripts(Pattern::parse(OsStr::new("*")).into_iter().collect());
    in_each(session, |environment| {
        let matches = query.search(environment).matches.into_iter();
        matches.filter_map(|found| Some(found.path.file_name()?.to_owned())).collect()
    })
}

/// What all environments of WORKON_HOME have, each once.
fn in_each(session: &Session<'_>, has: impl Fn(&Environment) -> Vec<OsString>) -> Result<Vec<OsString>> {
    let home = WorkonHome::locate(session.context)?;
    let names = home.names()?.into_iter().filter_map(|name| EnvironmentName::existing(&name).ok());
    let environments = names.filter_map(|name| home.get(&name).ok());
    let mut all: Vec<OsString> = environments.flat_map(|environment| has(&environment)).collect();
    sorting::sort(&mut all);
    all.dedup();
    Ok(all)
}

#[derive(Default)]
struct Results {
    /// Every environment that was searched, and what was found in it.
    searched: Vec<(Environment, Vec<Match>)>,
    /// What could not be searched, in words.
    notes: Vec<String>,
}

impl Results {
    fn add(&mut self, query: &Query, environment: Environment) {
        let found = query.search(&environment);
        let name = shown(environment.name());
        self.notes.extend(found.faults.iter().map(|fault| format!("environment `{name}`: {fault}")));
        self.searched.push((environment, found.matches));
    }

    fn rows(&self) -> impl Iterator<Item = (&Environment, &Match)> {
        self.searched.iter().flat_map(|(environment, matches)| matches.iter().map(move |found| (environment, found)))
    }

    fn document(&self, home: &WorkonHome) -> Result<Vec<u8>> {
        let matches = self.rows().map(|(environment, found)| JsonMatch {
            environment: Named::of(environment),
            python: environment.version(),
            distribution: found.distribution.as_deref(),
            version: found.version.as_deref(),
            path: json::text(&found.path),
            line: found.line.as_ref().map(|(number, _)| *number),
            code: found.line.as_ref().map(|(_, code)| code.as_str()),
        });
        let matches = matches.collect();
        json::document(&Document { workon_home: json::text(home.path()), matches, notes: &self.notes })
    }

    fn table(&self, session: &Session<'_>, query: &Query) -> String {
        let mut table = Table::new(match query {
            Query::Distributions(_) => DISTRIBUTIONS,
            Query::Files(_) | Query::Scripts(_) => FILES,
            Query::StartupCode => CODE,
        });
        let known = |value: Option<&str>| value.map_or_else(|| "-".to_owned(), |value| shown(value).to_string());
        for (environment, found) in self.rows() {
            let name = shown(environment.name()).to_string();
            let python = || known(environment.version().as_deref());
            table.push(match (query, &found.line) {
                (Query::Distributions(_), _) => {
                    vec![name, known(found.distribution.as_deref()), known(found.version.as_deref()), python()]
                }
                (_, Some((number, code))) => {
                    let file = found.path.file_name().unwrap_or_default();
                    vec![name, shown(file).to_string(), number.to_string(), shown(code.as_str()).to_string()]
                }
                (..) => vec![name, python(), session.shown(&found.path)],
            });
        }
        table.text()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    workon_home: String,
    matches: Vec<JsonMatch<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct JsonMatch<'a> {
    environment: Named,
    python: Option<String>,
    distribution: Option<&'a str>,
    version: Option<&'a str>,
    path: String,
    line: Option<usize>,
    code: Option<&'a str>,
}

const DISTRIBUTIONS: &[Column] = &[
    Column::shrinking("environment"),
    Column::shrinking("distribution"),
    Column::text("version"),
    Column::text("python"),
];
const FILES: &[Column] = &[Column::shrinking("environment"), Column::text("python"), Column::path("path")];
/// Code is never cut: the end of a line can be what matters.
const CODE: &[Column] =
    &[Column::shrinking("environment"), Column::text("file"), Column::number("line"), Column::text("code")];
