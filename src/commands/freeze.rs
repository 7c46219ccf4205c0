//! `freeze`: what is installed, written back to the file of the project that says so.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb, workon};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::{read_small, write_whole};
use crate::installer::freeze;
use crate::output;
use crate::project;
use crate::project::dependencies::is_pylock;
use crate::project::requirements::{self, MARK, Updated};
use crate::shown::shown;
use crate::workon_home::WorkonHome;

/// Longest file that is brought up to date.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Write what is installed back to the project's requirements.txt or pylock.toml
///
/// In a requirements.txt versions change, packages come and go; comments, options, extras, markers and the order stay.
/// A pylock.toml is made anew by uv, or by pip 25.1 and newer, for just what is installed. It is written where there is
/// one already or where --to names one. What changes is shown; a file that somebody wrote by hand is only changed after a
/// question, or with --yes. pip itself is left out, as it is by `pip freeze`.
#[derive(Debug, Parser)]
#[command(
    name = "freeze",
    after_help = "Examples:\n  venvwrap freeze                        what the active environment has, to its \
                  project\n  venvwrap freeze . --dry-run            what would change in the project one is in\n  venvwrap \
                  freeze projectx --to -         on standard output\n  venvwrap freeze --to pylock.toml --yes a lock file, \
                  without a question"
)]
pub(crate) struct Freeze {
    /// Name of the environment, `.` for that of this project; the active one if left out
    #[arg(value_name = "ENVIRONMENT")]
    name: Option<OsString>,
    /// File to write, a pylock.toml by its name; `-` for standard output
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    to: Option<PathBuf>,
    /// Show what would change, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// No question
    #[arg(short, long)]
    yes: bool,
}

impl Verb for Freeze {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let environment = match &self.name {
            Some(name) => workon::environment(session, &WorkonHome::locate(session.context)?, name)?,
            None => session.active()?,
        };
        environment.check_python()?;
        let to_stdout = self.to.as_deref() == Some(Path::new("-"));
        let file = if to_stdout { PathBuf::new() } else { self.file(session, &environment)? };
        let installer = session.config()?.installer;
        let frozen = freeze::freeze(session.context, &environment, installer)?;
        if to_stdout {
            output::data(&super::legible(frozen.iter().flat_map(|line| [line, "\n"]).collect::<String>().as_bytes()))?;
            return Ok(Outcome::Done);
        }
        let old = read(&file)?;
        let new = if is_lock(&file) {
            let made = locked(session, &environment, &frozen)?;
            changed_lock(old.as_deref().unwrap_or_default(), made)
        } else {
            let start = old.clone().unwrap_or_else(|| format!("{MARK}\n"));
            let directory = file.parent().unwrap_or(Path::new("/"));
            requirements::updated(&start, &frozen, directory).map_err(|_| Error::Usage {
                message: format!(
                    "{} has hashes, which a list of what is installed does not have",
                    session.shown(&file)
                ),
                hint: "`--to pylock.toml` makes a file with hashes; `--to` another file leaves this one alone"
                    .to_owned(),
            })?
        };
        self.write(session, &file, old.as_deref(), &new)
    }
}

impl Freeze {
    /// The file: the one that is named, else that of the project.
    fn file(&self, session: &Session<'_>, environment: &Environment) -> Result<PathBuf> {
        if let Some(file) = &self.to {
            return session.context.absolute_path(file);
        }
        let none = || Error::Usage {
            message: format!("`{}` is linked to no project", shown(environment.name())),
            hint: "`--to FILE` says where to write; `setvirtualenvproject` links one".to_owned(),
        };
        let project = project::of(environment, session.context)?.ok_or_else(none)?;
        let project = session.context.absolute_path(&project)?;
        if !project.is_dir() {
            return Err(Error::NoDirectory { path: project, hint: "`--to FILE` says where to write" });
        }
        let lock = project.join("pylock.toml");
        Ok(if lock.is_file() { lock } else { project.join("requirements.txt") })
    }

    fn write(&self, session: &Session<'_>, file: &Path, old: Option<&str>, new: &Updated) -> Result<Outcome> {
        let shown_file = session.shown(file);
        let mut text = String::new();
        for (sign, lines) in [('-', &new.removed), ('+', &new.added)] {
            for line in lines {
                let _ = writeln!(text, "{sign} {}", shown(line));
            }
        }
        output::data(text.as_bytes())?;
        let Updated { added, removed, unchanged, .. } = new;
        let counts = format!("{} added, {} removed, {unchanged} unchanged", added.len(), removed.len());
        if old == Some(&new.text) || (old.is_some() && added.is_empty() && removed.is_empty()) {
            let packages = if *unchanged == 1 { "package" } else { "packages" };
            output::note(&format!("{shown_file} is up to date: {unchanged} {packages}"));
            return Ok(Outcome::Done);
        }
        if self.dry_run {
            output::note(&format!("{shown_file}: {counts}; nothing was written"));
            return Ok(Outcome::Done);
        }
        let is_ours = old.is_none_or(|old| old.starts_with(MARK));
        if !is_ours && !self.yes {
            if !output::can_ask() {
                return Err(Error::Usage {
                    message: format!("{shown_file} was not made by freeze, and nobody can be asked ({counts})"),
                    hint: "`--yes` changes it, `--dry-run` only shows how".to_owned(),
                });
            }
            if !output::ask(&format!("Change {shown_file}: {counts}?"))? {
                return Err(Error::Declined);
            }
        }
        write_whole(file, new.text.as_bytes())?;
        output::note(&format!("Wrote {shown_file}: {counts}"));
        Ok(Outcome::Done)
    }
}

fn is_lock(file: &Path) -> bool {
    file.file_name().and_then(OsStr::to_str).is_some_and(is_pylock)
}

/// The text of the file; `None` where there is none.
fn read(file: &Path) -> Result<Option<String>> {
    let Some(text) = read_small(file, LIMIT).map_err(Error::io("read", file))? else { return Ok(None) };
    if text.len() as u64 >= LIMIT {
        return Err(Error::io("read", file)(std::io::ErrorKind::FileTooLarge.into()));
    }
    let wrong = |_| Error::Value { what: shown(file).to_string(), reason: "it is not UTF-8".to_owned() };
    String::from_utf8(text).map(Some).map_err(wrong)
}

/// The text of a lock file for what is installed.
fn locked(session: &Session<'_>, environment: &Environment, frozen: &[String]) -> Result<String> {
    let place = tempfile::Builder::new().prefix("venvwrap-").tempdir().map_err(Error::io("make", "a lock file"))?;
    let (list, made) = (place.path().join("installed.txt"), place.path().join("pylock.toml"));
    std::fs::write(&list, frozen.join("\n")).map_err(Error::io("write", &list))?;
    freeze::lock(session.context, environment, session.config()?.installer, &list, &made)?;
    let text = read(&made)?.unwrap_or_default();
    Ok(format!("{MARK}\n{text}"))
}

/// What changes between two lock files, by the packages in them.
fn changed_lock(old: &str, text: String) -> Updated {
    let (before, after) = (packages(old), packages(&text));
    let without =
        |these: &[String], those: &[String]| these.iter().filter(|one| !those.contains(one)).cloned().collect();
    let unchanged = after.iter().filter(|one| before.contains(one)).count();
    Updated { added: without(&after, &before), removed: without(&before, &after), unchanged, text }
}

/// The packages of a lock file: `NAME==VERSION`, or the name where it is no version. A file that is no lock has none.
fn packages(lock: &str) -> Vec<String> {
    let lock = toml::from_str::<toml::Table>(lock).unwrap_or_default();
    let packages = lock.get("packages").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let line = |package: &toml::Value| {
        let text = |key| package.get(key).and_then(toml::Value::as_str);
        let name = text("name")?;
        Some(text("version").map_or_else(|| name.to_owned(), |version| format!("{name}=={version}")))
    };
    packages.iter().filter_map(line).collect()
}
