//! `doctor`: what is wrong, why, and the line that mends it.
//!
//! Owns the output; the checks are `health`'s, the words are in `words`.

use std::ffi::OsString;
use std::fmt::Write;

use clap::Parser;
use serde::Serialize;

use super::json::{Named, text};
use super::{Outcome, Session, Verb, elsewhere, mvvirtualenv};
use crate::error::{Error, Result};
use crate::health::{self, About, Answering, Examination, Finding, Mended, Severity, Told, What};
use crate::output;
use crate::shell::{Shell, standalone};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod words;

use words::Words;

/// How often what was mended is looked at again: what is mended can bring to light what it hid.
const ROUNDS: usize = 3;

/// Find problems and print the command that fixes each
///
/// Checks every environment (Python, location, scripts, packages), WORKON_HOME, the cache, how the
/// shell loads venvwrap, and why `python` and `pip` are the ones that run. Starts no Python. The
/// status is 1 if there is a problem, and 0 if there is nothing or only a note.
#[derive(Debug, Parser)]
#[command(
    name = "doctor",
    after_help = "\
Examples:
  venvwrap doctor                 check everything
  venvwrap doctor projectx        check this environment only
  venvwrap doctor --fix           repair what can be repaired without asking
  venvwrap doctor --fix projectx  the same for one environment"
)]
pub(crate) struct Doctor {
    /// Environments to check; by default everything
    #[arg(value_name = "ENVIRONMENT")]
    names: Vec<OsString>,
    /// Repair what is safe: link to the same Python elsewhere, update the paths of a moved
    /// environment, write missing activation scripts, finish renames, remove what killed commands
    /// left
    #[arg(long)]
    fix: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// What the calling shell knows of itself
    #[arg(long, hide = true, value_name = "WORDS")]
    told: Vec<OsString>,
}

/// What was found, once.
struct Report {
    environments: Vec<Named>,
    findings: Vec<Finding>,
}

impl Verb for Doctor {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let (told, caller) = told(self.told, session);
        let shell = caller.or_else(|| session.login_shell()).unwrap_or(Shell::Bash);
        let doctor = Consultation {
            session,
            examination: Examination {
                context: session.context,
                home: &home,
                shell: shell.name(),
                scripts: standalone::scripts,
            },
            told,
            names: self.names,
            words: Words { session, shell, home: &home },
        };
        let mut report = doctor.report()?;
        let mut mended = Vec::new();
        for _ in 0..ROUNDS {
            if !self.fix || !doctor.mend(&report.findings, &mut mended) {
                break;
            }
            report = doctor.report()?;
        }
        if self.json {
            output::data(&super::json::document(&doctor.told_programs(&report, mended))?)?;
        } else {
            output::data(doctor.told_people(&report).as_bytes())?;
        }
        let is_bad = report.findings.iter().any(|finding| finding.what.severity() == Severity::Problem);
        Ok(Outcome::Status(u8::from(is_bad)))
    }
}

/// What the functions of the calling shell say, and which shell it is. Functions of another version
/// are let through to here, to be told of like everything else.
fn told(mut words: Vec<OsString>, session: &Session<'_>) -> (Option<Told>, Option<Shell>) {
    let named = |word: &OsString| word.to_str().and_then(|word| Shell::named(word.strip_prefix("functions of ")?));
    let outdated = words.iter().find_map(named).filter(|_| session.shell.is_none());
    if outdated.is_some() {
        words.push("functions outdated".into());
    }
    let caller = session.shell.or(outdated);
    (caller.map(|_| Told::new(words)), caller)
}

/// One look, and what it is taken with.
struct Consultation<'a> {
    session: &'a Session<'a>,
    examination: Examination<'a>,
    told: Option<Told>,
    names: Vec<OsString>,
    words: Words<'a>,
}

impl Consultation<'_> {
    fn report(&self) -> Result<Report> {
        let environments = self.examination.environments(&self.names).map_err(|error| match &error {
            Error::UnknownEnvironment { name, .. } | Error::Name { name, .. } => {
                let name = name.clone();
                elsewhere::refused(error, self.session, self.examination.home, &name, elsewhere::What::Change)
            }
            _ => error,
        })?;
        let mut findings: Vec<Finding> =
            environments.iter().flat_map(|environment| self.examination.environment(environment)).collect();
        let mut looked_at: Vec<(OsString, Named)> =
            environments.iter().map(|each| (each.name().to_owned(), Named::of(each))).collect();
        if self.names.is_empty() {
            let told = self.told.as_ref();
            if let Some(elsewhere) = self.examination.active_elsewhere() {
                findings.extend(self.examination.elsewhere(&elsewhere));
                looked_at.push((OsString::new(), Named::of(&elsewhere)));
            }
            findings.extend(self.examination.store());
            findings.extend(self.examination.setup(told, output::is_looked_at()));
            findings.extend(self.examination.active(told));
        }
        // A half renamed environment has two names, and is one.
        let second = |finding: &Finding| match &finding.what {
            What::HalfRenamed { old, .. } => Some(old.clone()),
            _ => None,
        };
        let seconds: Vec<OsString> = findings.iter().filter_map(second).collect();
        let is_second = |about: &About| matches!(about, About::Environment(name) if seconds.contains(name));
        findings.retain(|finding| !is_second(&finding.about));
        findings.sort_by_key(|finding| finding.what.severity());
        looked_at.retain(|(name, _)| !seconds.contains(name));
        Ok(Report { environments: looked_at.into_iter().map(|(_, named)| named).collect(), findings })
    }

    /// Mends what is safe and says so. Whether anything was.
    fn mend(&self, findings: &[Finding], all: &mut Vec<String>) -> bool {
        let before = all.len();
        for finding in findings {
            let mended = match self.finish_renaming(finding) {
                Some(finished) => Some(finished.map(|()| "its renaming was finished".to_owned())),
                None => health::mend(&self.examination, finding).map(|done| done.map(|done| self.done(&done))),
            };
            match mended {
                Some(Ok(done)) => {
                    let line = format!("{}: {done}", Words::about(finding));
                    output::note(&line);
                    all.push(line);
                }
                Some(Err(error)) => output::report(&error),
                None => {}
            }
        }
        all.len() > before
    }

    /// `None`: there is none to finish, or this shell is in the environment by its old name, and
    /// would be left with it.
    fn finish_renaming(&self, finding: &Finding) -> Option<Result<()>> {
        let What::HalfRenamed { old, new } = &finding.what else { return None };
        if self.session.active_root().and_then(|root| root.file_name()) == Some(old) {
            return None;
        }
        let names = EnvironmentName::existing(old).and_then(|old| Ok((old, EnvironmentName::existing(new)?)));
        Some(names.and_then(|(old, new)| mvvirtualenv::finish(self.examination.home, old, new)))
    }

    fn done(&self, mended: &Mended) -> String {
        match mended {
            Mended::Relinked(python) => format!("linked to {}", self.session.shown(python)),
            Mended::Rewritten => "its files name the place where it stands".to_owned(),
            Mended::Restored(scripts) => format!("wrote {}", scripts.join(", ")),
            Mended::PutBack(what) => format!("restored its {}", what.join(", ")),
            Mended::Cleared => "removed what a killed command left".to_owned(),
            Mended::Dropped => "removed a damaged file of the cache".to_owned(),
        }
    }

    /// A table: how bad, with what, what is the matter; and below each what mends it.
    fn told_people(&self, report: &Report) -> String {
        let rows: Vec<(Severity, String, &Finding)> =
            report.findings.iter().map(|each| (each.what.severity(), Words::about(each), each)).collect();
        let width = rows.iter().map(|(_, about, _)| output::display_width(about)).max().unwrap_or(0);
        let mut text = String::new();
        for (severity, about, finding) in rows {
            let word = match severity {
                Severity::Problem => output::alarming("problem"),
                Severity::Note => output::helpful("note   "),
            };
            let gap = " ".repeat(width - output::display_width(&about));
            let indent = " ".repeat("problem".len() + 2 + width + 2);
            let (what, mend) = (self.words.what(finding), self.words.mend(finding));
            let _ = writeln!(text, "{word}  {about}{gap}  {what}\n{indent}{mend}");
        }
        for answering in self.answering() {
            text.push_str(&self.words.answering(&answering));
        }
        text.push_str(&summary(report));
        text
    }

    /// What `python` and `pip` run, where the shell is in an environment.
    fn answering(&self) -> Vec<Answering> {
        if !self.names.is_empty() || self.session.active_root().is_none() {
            return Vec::new();
        }
        health::answering(&self.examination, self.told.as_ref())
    }

    fn told_programs(&self, report: &Report, mended: Vec<String>) -> Json {
        let findings = report.findings.iter().map(|finding| JsonFinding {
            severity: match finding.what.severity() {
                Severity::Problem => "problem",
                Severity::Note => "note",
            },
            kind: finding.what.kind(),
            about: match &finding.about {
                About::Environment(_) => "environment",
                About::Store => "store",
                About::Setup => "shell",
                About::Active | About::Elsewhere(_) => "active",
            },
            environment: match &finding.about {
                About::Environment(name) => Some(Named::new(name, &self.examination.home.path().join(name))),
                About::Elsewhere(root) => Some(Named::new(root.file_name().unwrap_or_default(), root)),
                _ => None,
            },
            path: text(&finding.path),
            what: self.words.what(finding),
            mend: self.words.mend(finding),
        });
        let rc_file = health::rc_file(self.session.context, self.examination.shell);
        let commands = health::answering(&self.examination, self.told.as_ref()).into_iter().map(|each| JsonCommand {
            command: each.command,
            path: each.path.as_deref().map(text),
            of: self.words.maker(&each.maker),
            replaced_by: each.replaced,
        });
        Json {
            workon_home: text(self.examination.home.path()),
            environments: report.environments.clone(),
            findings: findings.collect(),
            mended,
            commands: commands.collect(),
            shell: JsonShell {
                name: self.words.shell.name(),
                functions: self.told.is_some(),
                rc_file_loads: rc_file.as_deref().is_some_and(health::loads),
                rc_file: rc_file.as_deref().map(text),
            },
        }
    }
}

fn summary(report: &Report) -> String {
    let count = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let looked = format!("{} looked at", count(report.environments.len(), "environment"));
    let problems = report.findings.iter().filter(|finding| finding.what.severity() == Severity::Problem).count();
    let notes = report.findings.len() - problems;
    match (problems, notes) {
        (0, 0) => format!("{looked}, nothing to do\n"),
        (0, notes) => format!("{looked}, nothing has to be done; {}\n", count(notes, "note")),
        (problems, 0) => format!("{looked}; {}\n", count(problems, "problem")),
        (problems, notes) => format!("{looked}; {}, {}\n", count(problems, "problem"), count(notes, "note")),
    }
}

/// The JSON of a report.
#[derive(Debug, Serialize)]
struct Json {
    workon_home: String,
    environments: Vec<Named>,
    findings: Vec<JsonFinding>,
    mended: Vec<String>,
    commands: Vec<JsonCommand>,
    shell: JsonShell,
}

#[derive(Debug, Serialize)]
struct JsonFinding {
    severity: &'static str,
    kind: &'static str,
    about: &'static str,
    environment: Option<Named>,
    path: String,
    what: String,
    mend: String,
}

#[derive(Debug, Serialize)]
struct JsonCommand {
    command: &'static str,
    path: Option<String>,
    of: Option<String>,
    replaced_by: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct JsonShell {
    name: &'static str,
    functions: bool,
    rc_file: Option<String>,
    rc_file_loads: bool,
}
