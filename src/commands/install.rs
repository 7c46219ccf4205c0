//! `install`: install packages into a new environment after it was activated. Not meant to be
//! typed.
//!
//! Owns the arguments that pass the packages from one process to the next, and the reports of
//! failures. `installer` owns the calls of pip and uv.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Parser;
use tempfile::NamedTempFile;

use super::{Outcome, Session, Verb};
use crate::config::Installer;
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::installer::{self, Call, CallKind, Group, Packages, Sources};
use crate::output;
use crate::project::dependencies::{Dependencies, Part};

/// Install packages into an environment
#[derive(Debug, Parser)]
#[command(name = "install", hide = true)]
pub(crate) struct Install {
    /// Root of the environment
    root: PathBuf,
    /// Requirements file with the default packages
    #[arg(long)]
    defaults: Option<PathBuf>,
    /// Directory or file of a project
    #[arg(long)]
    from: Option<PathBuf>,
    /// Requirements or lock file
    #[arg(short)]
    requirement: Vec<PathBuf>,
    /// Dependency group, as PATH:NAME
    #[arg(long)]
    group: Vec<OsString>,
    /// Project to install in place
    #[arg(short)]
    editable: Vec<OsString>,
    /// Directory or URL with packages
    #[arg(long)]
    find_links: Vec<OsString>,
    /// Do not use an index
    #[arg(long)]
    no_index: bool,
    /// Do not use the network
    #[arg(long)]
    offline: bool,
    /// Requirement
    #[arg(last = true)]
    packages: Vec<OsString>,
}

/// The arguments for this verb.
pub(super) fn words(root: &Path, packages: &Packages) -> Vec<OsString> {
    let Packages { defaults, project, files, groups, editables, requirements, sources } = packages;
    let mut words = vec![OsString::from("install"), root.into()];
    // `--name=value`, because a value may begin with `-`.
    let option = |name: &str, value: &OsStr| {
        let mut word = OsString::from(name);
        word.push(value);
        word
    };
    words.extend(defaults.iter().map(|file| option("--defaults=", file.as_os_str())));
    words.extend(project.iter().map(|project| option("--from=", project.as_os_str())));
    words.extend(files.iter().map(|file| option("-r", file.as_os_str())));
    words.extend(groups.iter().map(|group| option("--group=", &group.word())));
    words.extend(editables.iter().map(|project| option("-e", project)));
    words.extend(sources.find_links.iter().map(|place| option("--find-links=", place)));
    words.extend(sources.no_index.then(|| "--no-index".into()));
    words.extend(sources.is_offline.then(|| "--offline".into()));
    words.push("--".into());
    words.extend(requirements.iter().cloned());
    words
}

impl Install {
    fn into_packages(self) -> (PathBuf, Packages) {
        let sources = Sources { find_links: self.find_links, no_index: self.no_index, is_offline: self.offline };
        let packages = Packages {
            defaults: self.defaults,
            project: self.from,
            files: self.requirement,
            groups: self.group.iter().map(|word| Group::of(word)).collect(),
            editables: self.editable,
            requirements: self.packages,
            sources,
        };
        (self.root, packages)
    }
}

impl Verb for Install {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let (root, packages) = self.into_packages();
        let gone = || StoreError::RemovedMeanwhile { root: root.clone() };
        let environment = Environment::open(&root)?.ok_or_else(gone)?;
        Ok(Outcome::Status(carry_out(session, &environment, session.config()?.installer, &packages)))
    }
}

/// The status after Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Installs everything and reports failures. Returns the exit status.
pub(super) fn carry_out(
    session: &Session<'_>,
    environment: &Environment,
    installer: Installer,
    packages: &Packages,
) -> u8 {
    let mut status = 0;
    let mut calls = packages.calls();
    // Temporary files, deleted at the end.
    let mut written = Vec::new();
    if let Some(from) = &packages.project {
        match calls_for_project(packages, from, &mut written) {
            Ok(needed) => {
                let behind_defaults = usize::from(packages.defaults.is_some());
                calls.splice(behind_defaults..behind_defaults, needed);
            }
            Err(error) => {
                output::report(&error);
                return error.status();
            }
        }
    }
    for call in calls {
        if let CallKind::Defaults(file) = &call.kind {
            output::note(&format!("Installing the default packages from {}", session.shown(file)));
        }
        if let Err(error) = installer::install(session.context, environment, installer, &call, output::note) {
            output::report(&error);
            status = error.status();
            // Requested packages do not depend on the defaults, but later calls may depend on a
            // lock file.
            if status == INTERRUPTED || !matches!(call.kind, CallKind::Defaults(_)) {
                break;
            }
        }
    }
    status
}

/// The calls for a project's dependencies, one per part, because pip requires hashes on all lines
/// of a call or on none. Generated files are added to `written`.
fn calls_for_project(packages: &Packages, from: &Path, written: &mut Vec<NamedTempFile>) -> Result<Vec<Call>> {
    let Dependencies { directory, file, parts, .. } = Dependencies::of(from)?;
    let call = |part| {
        let (file, is_whole) = match part {
            Part::File(file) => (file, false),
            Part::Requirements { text, is_whole } => {
                let made = requirements(&text, &file)?;
                let path = made.path().to_path_buf();
                written.push(made);
                (path, is_whole)
            }
        };
        Ok(packages.call_for_project(&file, is_whole, directory.clone()))
    };
    parts.into_iter().map(call).collect()
}

/// Writes a temporary requirements file, named after its source. Only the user can read it, because
/// index URLs may hold passwords.
fn requirements(text: &str, made_from: &Path) -> Result<NamedTempFile> {
    let mut prefix = made_from.file_name().unwrap_or_default().to_owned();
    prefix.push("-");
    let made = tempfile::Builder::new().prefix(&prefix).suffix(".txt").tempfile();
    let mut file = made.map_err(Error::io("write requirements from", made_from))?;
    file.write_all(text.as_bytes()).map_err(Error::io("write", file.path()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn packages_survive_the_arguments() {
        let packages = Packages {
            defaults: Some("/it's $x/defaults.txt".into()),
            project: Some("/it's a \"project\"".into()),
            files: vec!["/a b/-r.txt".into()],
            groups: vec![Group { file: "/a:b/pyproject.toml".into(), name: "dev".into() }],
            editables: vec!["-odd[x]".into(), "/p".into()],
            requirements: vec!["-six".into(), OsString::from_vec(b"\xff".to_vec())],
            sources: Sources { find_links: vec!["-w".into()], no_index: true, is_offline: true },
        };
        let read =
            |packages: &Packages| Install::try_parse_from(words(Path::new("/root"), packages)).unwrap().into_packages();
        assert_eq!(read(&packages), ("/root".into(), packages));
        assert_eq!(read(&Packages::default()), ("/root".into(), Packages::default()));
    }
}
