//! Checks how the shell loads venvwrap, and what competes with it.
//!
//! What only the calling shell knows (aliases, functions, its hash table) comes from it as a
//! [`ShellReport`]; the rest is read from rc files as text.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::{Examination, Symptom};
use crate::context::Context;
use crate::directories::{self, Base};
use crate::env_vars;
use crate::fs::{entries_in, is_same};
use crate::rc_files::{RcFiles, mentions};
use crate::shell::Shell;

/// What the function `venvwrap` reports about its shell: lines `NAME KIND TEXT`, such as `python
/// alias python3.11`, `pip hashed /usr/bin/pip`, `workon other`, `virtualenvwrapper loaded`,
/// `functions of bash`. The binary itself adds `functions outdated`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShellReport {
    words: Vec<OsString>,
}

impl ShellReport {
    pub(crate) fn new(words: Vec<OsString>) -> Self {
        Self { words }
    }

    /// The text, perhaps empty, of the line with this name and kind.
    pub(super) fn text(&self, name: &str, kind: &str) -> Option<&OsStr> {
        self.words.iter().find_map(|word| {
            let rest = word.as_bytes().strip_prefix(name.as_bytes())?.strip_prefix(b" ")?;
            let rest = rest.strip_prefix(kind.as_bytes())?;
            (rest.is_empty() || rest.starts_with(b" ")).then(|| OsStr::from_bytes(rest.trim_ascii()))
        })
    }
}

pub(super) fn check(
    examination: &Examination<'_>,
    report: Option<&ShellReport>,
    expected: bool,
) -> Vec<(PathBuf, Symptom)> {
    let mut found = Vec::new();
    match report {
        None if expected => found.extend(functions_missing(examination)),
        None => {}
        Some(report) => {
            let script = examination.context.variable(env_vars::VIRTUALENVWRAPPER_SCRIPT).map(PathBuf::from);
            if report.text("functions", "outdated").is_some() {
                found.push((PathBuf::new(), Symptom::FunctionsOutdated));
            } else if report.text("workon", "other").is_some() {
                found.push((script.unwrap_or_default(), Symptom::CommandsReplaced));
            } else if report.text("virtualenvwrapper", "loaded").is_some() {
                found.push((script.unwrap_or_default(), Symptom::VirtualenvwrapperLoaded));
            }
            if let Some(to) = report.text("automatic", "left to") {
                found.push((PathBuf::new(), Symptom::SwitchingLeft { to: to.to_owned() }));
            }
        }
    }
    found.extend(loaded_twice(examination));
    found.extend(copies(examination.context));
    found.extend(unseen_by_apps(examination));
    found
}

fn functions_missing(examination: &Examination<'_>) -> Option<(PathBuf, Symptom)> {
    let (rc_file, has_line) = rc_file(examination.context, examination.shell)?;
    Some((rc_file.clone(), Symptom::FunctionsMissing { rc_file, has_line }))
}

fn loaded_twice(examination: &Examination<'_>) -> Option<(PathBuf, Symptom)> {
    let files = RcFiles::of(examination.context, Shell::named(examination.shell)?).ok()?;
    let (file, line) = files.needless_line(examination.context)?;
    Some((file.to_path_buf(), Symptom::LoadedTwice { by_package: files.of_package.clone()?, line }))
}

/// The rc file that loads venvwrap, and `true`; else where a user would add the line. `None` where
/// the shell's files cannot be told.
pub(crate) fn rc_file(context: &Context, shell: &str) -> Option<(PathBuf, bool)> {
    let files = RcFiles::of(context, Shell::named(shell).unwrap_or(Shell::Bash)).ok()?;
    Some(match files.loading(context) {
        Some(file) => (file.to_path_buf(), true),
        None => (files.own, false),
    })
}

/// Other programs called venvwrap on `PATH`.
fn copies(context: &Context) -> Option<(PathBuf, Symptom)> {
    let running = context.executable().ok()?;
    let mut others: Vec<PathBuf> = Vec::new();
    for hit in context.programs("venvwrap") {
        if !is_same(&hit, &running) && !others.iter().any(|other| is_same(other, &hit)) {
            others.push(hit);
        }
    }
    let first = others.first()?.clone();
    Some((first, Symptom::Copies { running, others }))
}

/// Apps that are not started from a shell look in `~/.virtualenvs`, unless the session sets
/// `WORKON_HOME`.
fn unseen_by_apps(examination: &Examination<'_>) -> Option<(PathBuf, Symptom)> {
    let (home, store) = (examination.context.home()?, examination.home.path());
    let default = home.join(".virtualenvs");
    if store == default || is_same(store, &default) || examination.home.names().is_ok_and(|names| names.is_empty()) {
        return None;
    }
    let own = [".profile", ".xprofile", ".bash_profile", ".bash_login", ".zshenv", ".zprofile", ".pam_environment"];
    let listed = |directory: PathBuf| entries_in(directory).map(|entry| entry.path());
    let config = directories::xdg(examination.context, Base::Config)?;
    let mut files = own
        .iter()
        .map(|name| home.join(name))
        .chain([PathBuf::from("/etc/environment")])
        .chain(listed(config.join("environment.d")))
        .chain(listed(home.join("Library/LaunchAgents")));
    let is_set = files.any(|file| mentions(&file, &[env_vars::WORKON_HOME.as_bytes()]));
    let is_free = fs::symlink_metadata(&default).is_err();
    (!is_set).then(|| (store.to_path_buf(), Symptom::UnseenByApps { default, is_free }))
}
