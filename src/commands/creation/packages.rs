//! What a new environment gets installed, read off the wanted.
//!
//! Owns what can be said before anything is made: that the files are there, and the groups in them.
//! Paths are looked up where the person is, for the installer runs where the environment's project
//! is.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::commands::Session;
use crate::directories;
use crate::error::{Error, PackageError, Result};
use crate::formats::dist_info::normalized;
use crate::fs::read_small;
use crate::installer::{self, Group, Packages, Sources};
use crate::output;
use crate::project::dependencies::Dependencies;
use crate::shown::shown;

/// Longest pyproject.toml that is read.
const LIMIT: u64 = 4 * 1024 * 1024;

/// What is to be installed, as it is typed.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Wanted {
    /// Install a package; may be repeated
    #[arg(short, long = "install", value_name = "PACKAGE")]
    install: Vec<OsString>,
    /// Install what a requirements file or lock file (pylock.toml) lists; may be repeated
    #[arg(short, long = "requirement", value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    requirement: Vec<PathBuf>,
    /// Install what a project's pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock
    /// lists, and link to it; or build what a recipe of `venvwrap export` describes
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::AnyPath)]
    pub(super) from: Option<PathBuf>,
    /// Install a dependency group of the project's pyproject.toml, or the one here; may be repeated
    #[arg(long, value_name = "[PATH:]GROUP")]
    group: Vec<OsString>,
    /// Install a project in editable mode; may be repeated
    #[arg(short, long, value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    editable: Vec<OsString>,
    /// Also find packages in this directory; may be repeated
    #[arg(long, value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    find_links: Vec<OsString>,
    /// Use no package index
    #[arg(long)]
    no_index: bool,
    /// Use no network, only --find-links and uv's cache
    #[arg(long)]
    offline: bool,
    /// Skip the packages that defaults.txt lists for every new environment
    #[arg(long)]
    no_defaults: bool,
}

impl Wanted {
    /// The first option beside `--from` that says what is installed.
    pub(super) fn option_beside_from(&self) -> Option<&'static str> {
        let asked = [
            ("-i", !self.install.is_empty()),
            ("-r", !self.requirement.is_empty()),
            ("--group", !self.group.is_empty()),
            ("-e", !self.editable.is_empty()),
            ("--find-links", !self.find_links.is_empty()),
            ("--no-index", self.no_index),
            ("--offline", self.offline),
        ];
        asked.into_iter().find(|(_, is_asked)| *is_asked).map(|(option, _)| option)
    }

    /// These, and others after them.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.from = others.from.or(self.from);
        self.install.extend(others.install);
        self.requirement.extend(others.requirement);
        self.group.extend(others.group);
        self.editable.extend(others.editable);
        self.find_links.extend(others.find_links);
        self.no_index |= others.no_index;
        self.offline |= others.offline;
        self.no_defaults |= others.no_defaults;
        self
    }
}

/// What to install. `project`: the directory that the environment is linked to, if it is.
/// `has_pip`: whether it gets what every new environment gets, which one that is to stay bare does
/// not.
pub(super) fn packages(
    session: &Session<'_>,
    wanted: &Wanted,
    project: Option<&Path>,
    has_pip: bool,
) -> Result<Packages> {
    let there = |file: &PathBuf| -> Result<PathBuf> {
        // pip and uv read these themselves.
        if is_url(file.as_os_str()) {
            return Ok(file.clone());
        }
        let file = located(session, file)?;
        if file.file_name().is_some_and(|name| name == "-") && fs::symlink_metadata(&file).is_err() {
            return Err(PackageError::RequirementsOnStdin.into());
        }
        fs::metadata(&file).map_err(Error::io("read", &file))?;
        Ok(file)
    };
    let sources = Sources {
        find_links: wanted.find_links.iter().map(|place| directory(session, place)).collect::<Result<_>>()?,
        no_index: wanted.no_index,
        is_offline: wanted.offline,
    };
    Ok(Packages {
        defaults: if has_pip && !wanted.no_defaults { installer::defaults(session.context)? } else { None },
        project: None,
        files: wanted.requirement.iter().map(there).collect::<Result<_>>()?,
        groups: wanted.group.iter().map(|word| group(session, word, project)).collect::<Result<_>>()?,
        editables: wanted.editable.iter().map(|word| editable(session, word)).collect::<Result<_>>()?,
        requirements: wanted.install.iter().map(|word| requirement(session, word)).collect::<Result<_>>()?,
        sources,
    })
}

/// Where a project says what it needs, absolute, and the project's directory. It is looked at
/// before anything is made, and what is taken is said.
pub(super) fn dependencies(session: &Session<'_>, from: &Path, quiet: u8) -> Result<(PathBuf, PathBuf)> {
    let from = located(session, from)?;
    let needs = Dependencies::of(&from)?;
    if quiet == 0 {
        let what = needs.taken.map(|taken| format!(": {taken}")).unwrap_or_default();
        let nothing = if needs.parts.is_empty() { "; none are needed" } else { "" };
        output::note(&format!("Installing packages from {}{what}{nothing}", session.shown(&needs.file)));
    }
    Ok((from, needs.directory))
}

/// A path as the person means it. The shell leaves `~` alone in `--requirement=~/x`, and everything
/// in quotes. A file that is there is meant as it is called.
pub(super) fn located(session: &Session<'_>, typed: &Path) -> Result<PathBuf> {
    let path = session.context.absolute_path(typed)?;
    if fs::exists(&path).unwrap_or(false) {
        return Ok(path);
    }
    session.context.absolute_path(Path::new(&directories::expanded(typed.as_os_str(), session.context)?))
}

fn is_url(word: &OsStr) -> bool {
    word.as_bytes().windows(3).any(|three| three == b"://")
}

/// Where `--find-links` looks.
fn directory(session: &Session<'_>, word: &OsStr) -> Result<OsString> {
    if is_url(word) {
        return Ok(word.to_owned());
    }
    let path = located(session, Path::new(word))?;
    fs::metadata(&path).map_err(Error::io("read", &path))?;
    Ok(path.into())
}

/// A path, and the extras in brackets behind it.
fn without_extras(word: &OsStr) -> (&Path, &OsStr) {
    let bytes = word.as_bytes();
    let bracket = bytes.iter().rposition(|byte| *byte == b'[').filter(|_| bytes.ends_with(b"]"));
    let (path, extras) = bytes.split_at(bracket.unwrap_or(bytes.len()));
    (Path::new(OsStr::from_bytes(path)), OsStr::from_bytes(extras))
}

/// A project to install in place: its directory, with extras behind it, or a URL.
fn editable(session: &Session<'_>, word: &OsStr) -> Result<OsString> {
    if is_url(word) {
        return Ok(word.to_owned());
    }
    let (path, extras) = match located(session, Path::new(word))? {
        path if path.is_dir() => (path, OsStr::new("")),
        _ => {
            let (path, extras) = without_extras(word);
            (located(session, path)?, extras)
        }
    };
    if !["pyproject.toml", "setup.py"].iter().any(|file| path.join(file).is_file()) {
        return Err(PackageError::NotEditable { path }.into());
    }
    let mut word = path.into_os_string();
    word.push(extras);
    Ok(word)
}

/// A requirement; one that is the path of something that is there, from where the person is.
fn requirement(session: &Session<'_>, word: &OsStr) -> Result<OsString> {
    let (path, extras) = without_extras(word);
    let is_path = word.as_bytes().contains(&b'/') || word.as_bytes().starts_with(b".");
    if !is_path || is_url(word) {
        return Ok(word.to_owned());
    }
    let path = located(session, path)?;
    if !fs::exists(&path).unwrap_or(false) {
        return Ok(word.to_owned());
    }
    let mut word = path.into_os_string();
    word.push(extras);
    Ok(word)
}

/// A dependency group, `[PATH:]NAME`; without a path that of the project, else of the directory
/// where the person is.
fn group(session: &Session<'_>, word: &OsStr, project: Option<&Path>) -> Result<Group> {
    let Group { file, name } = Group::of(word);
    let path = match project {
        _ if file != Path::new("") => located(session, &file)?,
        Some(project) => project.to_path_buf(),
        None => session.context.working_directory()?,
    };
    // Installers want the file; what a person has in mind is the project.
    let file = if path.is_dir() { path.join("pyproject.toml") } else { path };
    if file.file_name() != Some(OsStr::new("pyproject.toml")) {
        return Err(PackageError::NotAPyproject { file }.into());
    }
    let names = groups_in(&file, session)?;
    let asked = normalized(&name.to_string_lossy());
    if names.iter().any(|name| normalized(name) == asked) {
        return Ok(Group { file, name });
    }
    Err(PackageError::NoGroup { group: name, file, groups: names }.into())
}

/// The dependency groups of the project here; none where there is no project that can be read.
pub(in crate::commands) fn group_names(session: &Session<'_>) -> Vec<String> {
    let file = session.context.working_directory().map(|here| here.join("pyproject.toml"));
    file.and_then(|file| groups_in(&file, session)).unwrap_or_default()
}

/// The names of the dependency groups of a `pyproject.toml`. What is in them is the installer's
/// business.
fn groups_in(file: &Path, session: &Session<'_>) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Project {
        #[serde(default, rename = "dependency-groups")]
        groups: BTreeMap<String, toml::Value>,
    }
    fs::metadata(file).map_err(Error::io("read", file))?;
    let text = read_small(file, LIMIT).map_err(Error::io("read", file))?.unwrap_or_default();
    let wrong = |reason: String| Error::Malformed { what: session.shown(file), reason };
    let text = std::str::from_utf8(&text).map_err(|_| wrong("not UTF-8".to_owned()))?;
    let project: Project = toml::from_str(text).map_err(|error| wrong(error.message().to_owned()))?;
    Ok(project.groups.into_keys().map(|name| shown(&name).to_string()).collect())
}
