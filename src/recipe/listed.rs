//! What a requirements file or a lock file (PEP 751) asks for, compared with the packages of a
//! recipe.
//!
//! Owns when a package is what a line asks for. Markers are not evaluated: a line that has one may
//! be for another Python or system, so nothing is missing because of it.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Package, located};
use crate::environment::frozen::without_password;
use crate::error::{Error, Result};
use crate::formats::dist_info::normalized;
use crate::formats::file_url;
use crate::formats::requirement::{Requirement, Wanted};
use crate::fs::tidied;
use crate::project::requirements::{Asked, asked};
use crate::shown::shown;
use crate::sorting;
use crate::versions::{Specifiers, Version};

/// What pip leaves out of `pip freeze`: part of an environment rather than of a project.
const TOOLS: [&str; 3] = ["pip", "setuptools", "wheel"];

/// A list of what is to be installed.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    lines: Vec<Line>,
    /// Whether it names everything; else dependencies of what it names are not in it.
    pub(crate) is_whole: bool,
    /// The Pythons that it is for.
    pub(crate) python: Option<Specifiers>,
    directory: PathBuf,
}

#[derive(Debug)]
struct Line {
    /// The name (PEP 503), if it has one.
    name: Option<String>,
    wanted: Source,
    is_conditional: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Source {
    Versions(Specifiers),
    Address(String),
    Path(PathBuf),
}

/// A package that is not as a list has it, or only in one of both.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Drift<'a> {
    pub(crate) name: String,
    pub(crate) installed: Option<&'a Package>,
    pub(crate) wanted: Option<String>,
}

impl Listing {
    /// An empty list with paths that count from `directory`.
    pub(crate) fn below(directory: &Path) -> Self {
        Self { directory: directory.to_path_buf(), ..Self::default() }
    }

    /// Adds the lines of a requirements file.
    pub(crate) fn add_requirements(&mut self, text: &str) {
        self.lines.extend(asked(text, &self.directory).into_iter().map(Line::of));
    }

    /// Adds the packages of a lock file. `what` is the file in a message.
    pub(crate) fn add_lock(&mut self, text: &str, what: &str) -> Result<()> {
        let wrong = |reason: &str| Error::Malformed { what: what.to_owned(), reason: shown(reason).to_string() };
        let lock: Table = toml::from_str(text).map_err(|error| wrong(error.message()))?;
        let none = || wrong("it has no list `packages`, so it is not a lock file (PEP 751)");
        let packages = lock.get("packages").and_then(Value::as_array).ok_or_else(none)?;
        for package in packages {
            self.lines.push(
                Line::of_lock(package, &self.directory)
                    .ok_or_else(|| wrong("a package has no name, or an invalid version"))?,
            );
        }
        self.python = lock.get("requires-python").and_then(Value::as_str).and_then(Specifiers::parse);
        self.is_whole = true;
        Ok(())
    }

    /// How many packages it lists.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// What differs, by name: packages in another version or from another place, missing ones, and
    /// those that nothing asks for. Where the list does not name everything, that is said only of
    /// packages that somebody requested.
    pub(crate) fn drift<'a>(&self, packages: &'a [Package], home: Option<&Path>) -> Vec<Drift<'a>> {
        let of =
            |package: &Package| self.lines.iter().filter(move |line| line.is_about(package, home)).collect::<Vec<_>>();
        let is_own = |package: &Package| place_of(package, home).is_some_and(|path| path == self.directory);
        let mut found = Vec::new();
        for package in packages {
            let lines = of(package);
            let name = package.normalized();
            if lines.is_empty() {
                let is_expected = TOOLS.contains(&name.as_str()) || is_own(package);
                if !is_expected && (self.is_whole || package.requested) {
                    found.push(Drift { name, installed: Some(package), wanted: None });
                }
            } else if !lines.iter().any(|line| line.is_met_by(package, home)) {
                let wanted: Vec<String> = lines.iter().map(|line| line.wanted.to_string()).collect();
                found.push(Drift { name, installed: Some(package), wanted: Some(wanted.join(" or ")) });
            }
        }
        for line in self.lines.iter().filter(|line| !line.is_conditional) {
            if !packages.iter().any(|package| line.is_about(package, home)) {
                let name = line.name.clone().unwrap_or_else(|| line.wanted.to_string());
                found.push(Drift { name, installed: None, wanted: Some(line.wanted.to_string()) });
            }
        }
        sorting::sort_by(&mut found, |one, other| one.name.cmp(&other.name));
        found.dedup();
        found
    }
}

impl Line {
    fn of(asked: Asked) -> Self {
        match asked {
            Asked::Named(Requirement { name, wanted, marker, .. }) => {
                let wanted = match wanted {
                    Wanted::Versions(versions) => Source::Versions(versions),
                    Wanted::Address(address) => Source::of_address(&address),
                };
                Self { name: Some(name), wanted, is_conditional: marker.is_some() }
            }
            Asked::Path(path) => Self { name: None, wanted: Source::Path(path), is_conditional: false },
            Asked::Address(address) => {
                let egg = address.split_once("#egg=").map(|(_, egg)| egg.split(['&', '[']).next().unwrap_or_default());
                Self { name: egg.map(normalized), wanted: Source::of_address(&address), is_conditional: false }
            }
        }
    }

    fn of_lock(package: &Value, directory: &Path) -> Option<Self> {
        let text = |table: &str, key: &str| package.get(table)?.get(key)?.as_str().map(str::to_owned);
        let name = package.get("name")?.as_str()?;
        let path = |table| text(table, "path").map(|path| Source::Path(tidied(&directory.join(path))));
        let of_vcs = || {
            let (kind, url, commit) = (text("vcs", "type")?, text("vcs", "url")?, text("vcs", "commit-id")?);
            Some(Source::Address(plain(&format!("{kind}+{url}@{commit}"))))
        };
        let address = || text("archive", "url").map(|url| Source::Address(plain(&url)));
        let place =
            of_vcs().or_else(address).or_else(|| path("directory")).or_else(|| path("vcs")).or_else(|| path("archive"));
        let version = package.get("version").and_then(Value::as_str).map(|version| format!("=={version}"));
        let versions = Specifiers::parse(&version.unwrap_or_default()).map(Source::Versions);
        let wanted = place.or(versions)?;
        Some(Self { name: Some(normalized(name)), wanted, is_conditional: package.get("marker").is_some() })
    }

    fn is_about(&self, package: &Package, home: Option<&Path>) -> bool {
        match &self.name {
            Some(name) => *name == package.normalized(),
            None => self.is_met_by(package, home),
        }
    }

    fn is_met_by(&self, package: &Package, home: Option<&Path>) -> bool {
        match &self.wanted {
            // An editable package has the version that its source has today.
            Source::Versions(versions) => {
                let version = || Version::parse(&package.version);
                versions.is_empty() || version().is_some_and(|version| versions.contain(&version))
            }
            Source::Path(path) => place_of(package, home).as_ref() == Some(path),
            Source::Address(address) => addresses(package).contains(address),
        }
    }
}

impl Source {
    fn of_address(address: &str) -> Self {
        match file_url::path_in(address) {
            Some(path) => Self::Path(path),
            None => Self::Address(plain(address)),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Versions(versions) if versions.is_empty() => formatter.write_str("any version"),
            Self::Versions(versions) => write!(formatter, "{versions}"),
            Self::Address(address) => formatter.write_str(address),
            Self::Path(path) => write!(formatter, "{}", path.to_string_lossy()),
        }
    }
}

/// The directory or archive on this machine that a package came from.
fn place_of(package: &Package, home: Option<&Path>) -> Option<PathBuf> {
    let path = located(package.path.as_deref()?, home).ok()?;
    Some(package.subdirectory.as_ref().map_or(path.clone(), |below| path.join(below)))
}

/// The addresses that stand for a package, by commit, by revision, and without either.
fn addresses(package: &Package) -> Vec<String> {
    let Some(url) = &package.url else { return Vec::new() };
    let Some(vcs) = &package.vcs else { return vec![plain(url)] };
    let revisions = package.commit.iter().chain(&package.revision).map(|revision| format!("{vcs}+{url}@{revision}"));
    let all = revisions.chain([format!("{vcs}+{url}")]);
    all.map(|address| plain(&address)).collect()
}

/// An address without password and fragment.
fn plain(address: &str) -> String {
    without_password(address.split('#').next().unwrap_or_default().trim())
}
