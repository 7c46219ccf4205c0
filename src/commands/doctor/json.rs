//! The JSON that `doctor --json` prints.

use serde::Serialize;

use super::words::{describe, owner_word};
use super::{DoctorRun, Report};
use crate::commands::json::{Named, text};
use crate::health::{self, Severity, Subject};

#[derive(Debug, Serialize)]
pub(super) struct Json {
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

impl Json {
    pub(super) fn of(run: &DoctorRun<'_>, report: &Report, repaired: Vec<String>) -> Self {
        let words = &run.words;
        let findings = report.findings.iter().map(|finding| JsonFinding {
            severity: match finding.symptom.severity() {
                Severity::Problem => "problem",
                Severity::Note => "note",
            },
            kind: finding.symptom.code(),
            about: match &finding.subject {
                Subject::Environment(_) => "environment",
                Subject::Store => "store",
                Subject::Jupyter => "jupyter",
                Subject::Setup => "shell",
                Subject::Active | Subject::Elsewhere => "active",
            },
            environment: match &finding.subject {
                Subject::Environment(name) => Some(Named::new(name, &finding.root)),
                Subject::Elsewhere => Some(Named::new(finding.root.file_name().unwrap_or_default(), &finding.root)),
                _ => None,
            },
            path: text(&finding.path),
            what: describe(run.session, &finding.path, &finding.symptom),
            mend: words.remedy(finding),
        });
        let resolved = health::resolved_commands(&run.examination, run.shell_report.as_ref());
        let commands = resolved.into_iter().map(|resolved| JsonCommand {
            command: resolved.command,
            path: resolved.path.as_deref().map(text),
            of: owner_word(run.session, &resolved.owner),
            replaced_by: resolved.replaced,
        });
        let rc_file = health::rc_file(run.session.context, run.examination.shell);
        Self {
            workon_home: text(run.examination.home.path()),
            environments: report.environments.clone(),
            findings: findings.collect(),
            mended: repaired,
            commands: commands.collect(),
            shell: JsonShell {
                name: words.shell.name(),
                functions: run.shell_report.is_some(),
                rc_file_loads: rc_file.as_ref().is_some_and(|(_, loads)| *loads),
                rc_file: rc_file.as_ref().map(|(file, _)| text(file)),
            },
        }
    }
}
