//! `doctor`: finds problems, and prints the command that fixes each.
//!
//! `health` has the checks and repairs; `words` and `remedy` have the sentences.

use std::ffi::OsString;
use std::fmt::Write;

use clap::Parser;

use super::json::Named;
use super::{Outcome, Session, Verb, elsewhere, here, mvvirtualenv};
use crate::env_vars;
use crate::error::{Error, Result};
use crate::health::{self, Examination, Finding, Repair, ResolvedCommand, Severity, ShellReport, Subject, Symptom};
use crate::output;
use crate::shell::{Shell, standalone};
use crate::shown::shown;
use crate::sorting;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod json;
mod remedy;
mod words;

use words::Words;
pub(super) use words::{describe, warn};

/// Repairs are followed by another check, at most this often: a repair can reveal what the problem
/// had hidden.
const ROUNDS: usize = 3;

/// Find problems and the command that fixes each
///
/// Checks every environment (Python, location, scripts, packages), WORKON_HOME, the cache, how the
/// shell loads venvwrap, and why `python` and `pip` are the ones that run. Starts no Python. The
/// status is 1 if there is a problem, and 0 if there is nothing or only a note. Shell functions
/// that are not loaded are a problem in a terminal; scripts do not need them.
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
    /// Lines of the calling shell's report
    #[arg(long, hide = true, value_name = "WORDS")]
    told: Vec<OsString>,
}

/// The result of one check.
struct Report {
    environments: Vec<Named>,
    findings: Vec<Finding>,
}

impl Verb for Doctor {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let home = WorkonHome::locate(session.context)?;
        let (shell_report, caller) = shell_report(self.told, session);
        let shell = caller.or_else(|| session.shell_in_use());
        let is_supported = shell.is_some() || session.context.variable(env_vars::SHELL).is_none();
        let shell = shell.unwrap_or(Shell::Bash);
        let run = DoctorRun {
            session,
            examination: Examination {
                context: session.context,
                home: &home,
                shell: shell.name(),
                scripts: standalone::scripts,
            },
            shell_report,
            expects_functions: is_supported && (output::is_looked_at() || output::can_ask()),
            names: self.names,
            words: Words { session, shell, home: &home },
        };
        let mut report = run.check()?;
        let mut repaired = Vec::new();
        for _ in 0..ROUNDS {
            if !self.fix || !run.repair(&report.findings, &mut repaired) {
                break;
            }
            report = run.check()?;
        }
        if self.json {
            output::data(&super::json::document(&json::Json::of(&run, &report, repaired))?)?;
        } else {
            output::data(run.table(&report).as_bytes())?;
        }
        let is_bad = report.findings.iter().any(|finding| finding.symptom.severity() == Severity::Problem);
        Ok(Outcome::Status(u8::from(is_bad)))
    }
}

/// The calling shell, and its report. Functions of another version may call `doctor`, which reports
/// their version like any other problem.
fn shell_report(mut words: Vec<OsString>, session: &Session<'_>) -> (Option<ShellReport>, Option<Shell>) {
    let named = |word: &OsString| word.to_str().and_then(|word| Shell::named(word.strip_prefix("functions of ")?));
    let outdated = words.iter().find_map(named).filter(|_| session.shell.is_none());
    if outdated.is_some() {
        words.push("functions outdated".into());
    }
    // direnv and mise decide by directory.
    if words.iter().any(|word| word == "automatic on")
        && let Ok(Some(tool)) = here::left_to(session, false)
    {
        words.push(format!("automatic left to {tool}").into());
    }
    let caller = session.shell.or(outdated);
    (caller.map(|_| ShellReport::new(words)), caller)
}

/// One run of `doctor`: what to check, and for whom.
struct DoctorRun<'a> {
    session: &'a Session<'a>,
    examination: Examination<'a>,
    shell_report: Option<ShellReport>,
    /// Whether missing functions are a problem: in a terminal, with a shell that has them.
    expects_functions: bool,
    names: Vec<OsString>,
    words: Words<'a>,
}

impl DoctorRun<'_> {
    fn check(&self) -> Result<Report> {
        let environments = self.examination.environments(&self.names).map_err(|error| match &error {
            Error::UnknownEnvironment { name, .. } | Error::Name { name, .. } => {
                let name = name.clone();
                elsewhere::refused(error, self.session, self.examination.home, &name, elsewhere::OwnerAction::Change)
            }
            _ => error,
        })?;
        let mut findings: Vec<Finding> =
            environments.iter().flat_map(|environment| self.examination.environment(environment)).collect();
        let mut checked: Vec<(OsString, Named)> =
            environments.iter().map(|each| (each.name().to_owned(), Named::of(each))).collect();
        if self.names.is_empty() {
            let report = self.shell_report.as_ref();
            if let Some(elsewhere) = self.examination.active_elsewhere() {
                findings.extend(self.examination.elsewhere(&elsewhere));
                checked.push((OsString::new(), Named::of(&elsewhere)));
            }
            findings.extend(self.examination.store());
            findings.extend(self.examination.pointing_in());
            findings.extend(self.examination.setup(report, self.expects_functions));
            findings.extend(self.examination.active(report));
        }
        // After an interrupted rename, one environment has two names.
        let old_name = |finding: &Finding| match &finding.symptom {
            Symptom::RenameUnfinished { old, .. } => Some(old.clone()),
            _ => None,
        };
        let old_names: Vec<OsString> = findings.iter().filter_map(old_name).collect();
        let is_old = |subject: &Subject| matches!(subject, Subject::Environment(name) if old_names.contains(name));
        findings.retain(|finding| !is_old(&finding.subject));
        sorting::sort_by_key(&mut findings, |finding| finding.symptom.severity());
        checked.retain(|(name, _)| !old_names.contains(name));
        Ok(Report { environments: checked.into_iter().map(|(_, named)| named).collect(), findings })
    }

    /// Repairs what is safe, and says so. `true` if anything was repaired.
    fn repair(&self, findings: &[Finding], all: &mut Vec<String>) -> bool {
        let before = all.len();
        for finding in findings {
            let repaired = match self.finish_rename(finding) {
                Some(finished) => Some(finished.map(|()| "finished its rename".to_owned())),
                None => health::repair(&self.examination, finding).map(|done| done.map(|done| self.done(&done))),
            };
            match repaired {
                Some(Ok(done)) => {
                    let line = format!("{}: {done}", Words::subject(finding));
                    output::note(&line);
                    all.push(line);
                }
                Some(Err(error)) => output::report(&error),
                None => {}
            }
        }
        all.len() > before
    }

    /// `None` if the finding is not an unfinished rename, or if the environment is active under its
    /// old name, which the shell would keep.
    fn finish_rename(&self, finding: &Finding) -> Option<Result<()>> {
        let Symptom::RenameUnfinished { old, new } = &finding.symptom else { return None };
        if self.session.active_root().and_then(|root| root.file_name()) == Some(old) {
            return None;
        }
        let names = EnvironmentName::existing(old).and_then(|old| Ok((old, EnvironmentName::existing(new)?)));
        Some(names.and_then(|(old, new)| mvvirtualenv::finish(self.session, self.examination.home, old, new)))
    }

    fn done(&self, repair: &Repair) -> String {
        match repair {
            Repair::Relinked(python) => format!("linked to {}", self.session.shown(python)),
            Repair::Rewritten => "updated the paths in its scripts".to_owned(),
            Repair::Restored(scripts) => format!("wrote {}", scripts.join(", ")),
            Repair::PutBack(what) => format!("restored its {}", what.join(", ")),
            Repair::Cleared => "removed what a killed command left".to_owned(),
            Repair::Dropped => "removed a damaged file of the cache".to_owned(),
            Repair::KernelRemoved(kernel) => format!("removed the kernel `{}`", shown(kernel)),
        }
    }

    /// Severity, subject, and sentence; below each, what to do.
    fn table(&self, report: &Report) -> String {
        let rows: Vec<(Severity, String, &Finding)> =
            report.findings.iter().map(|each| (each.symptom.severity(), Words::subject(each), each)).collect();
        let width = rows.iter().map(|(_, subject, _)| output::display_width(subject)).max().unwrap_or(0);
        let mut text = String::new();
        for (severity, subject, finding) in rows {
            let word = match severity {
                Severity::Problem => output::alarming("problem"),
                Severity::Note => output::helpful("note   "),
            };
            let gap = " ".repeat(width - output::display_width(&subject));
            let indent = " ".repeat("problem".len() + 2 + width + 2);
            let sentence = describe(self.session, &finding.path, &finding.symptom);
            let remedy = self.words.remedy(finding);
            let _ = writeln!(text, "{word}  {subject}{gap}  {sentence}\n{indent}{remedy}");
        }
        for resolved in self.resolved_commands() {
            text.push_str(&self.words.resolved(&resolved));
        }
        text.push_str(&summary(report));
        text
    }

    /// What the shell runs for `python` and `pip`, if an environment is active.
    fn resolved_commands(&self) -> Vec<ResolvedCommand> {
        if !self.names.is_empty() || self.session.active_root().is_none() {
            return Vec::new();
        }
        health::resolved_commands(&self.examination, self.shell_report.as_ref())
    }
}

fn summary(report: &Report) -> String {
    let count = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let checked = format!("{} checked", count(report.environments.len(), "environment"));
    let problems = report.findings.iter().filter(|finding| finding.symptom.severity() == Severity::Problem).count();
    let notes = report.findings.len() - problems;
    match (problems, notes) {
        (0, 0) => format!("{checked}, no problems\n"),
        (0, notes) => format!("{checked}, no problems; {}\n", count(notes, "note")),
        (problems, 0) => format!("{checked}; {}\n", count(problems, "problem")),
        (problems, notes) => format!("{checked}; {}, {}\n", count(problems, "problem"), count(notes, "note")),
    }
}
