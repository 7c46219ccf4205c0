//! What an environment holds: the distributions, files, programs, and startup code that a query
//! asks for.
//!
//! Owns the search of one environment. Nothing is run, and what cannot be read is a fault beside
//! the matches, never the end of a search. `pattern` is a path with wildcards, `startup` the code
//! in `.pth` files.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::environment::direct::linked_directory;
use crate::error::{Error, Result};
use crate::formats::dist_info::{Headers, METADATA, MetadataForm, MetadataName, is_name, normalized, read_headers};
use crate::fs::entries_in;
use crate::shown::shown;
use crate::sorting;
use crate::versions::{Specifiers, Version};

pub(crate) mod pattern;
mod startup;

pub(crate) use pattern::Pattern;

/// What is looked for.
#[derive(Debug)]
pub(crate) enum Query {
    /// Any of these distributions.
    Distributions(Vec<WantedDistribution>),
    /// Paths below the directories of packages.
    Files(Vec<Pattern>),
    /// Programs in `bin`.
    Scripts(Vec<Pattern>),
    /// Lines of `.pth` files that every Python in the environment runs.
    StartupCode,
}

/// A distribution by name (PEP 503), in these versions.
#[derive(Debug)]
pub(crate) struct WantedDistribution {
    pub(crate) name: String,
    pub(crate) versions: Specifiers,
}

/// Something that was found.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Match {
    /// The name of a distribution (PEP 503).
    pub(crate) distribution: Option<String>,
    /// Its version, if that is known.
    pub(crate) version: Option<String>,
    /// The metadata of the distribution, or the file or program itself.
    pub(crate) path: PathBuf,
    /// The number of a line, and its text.
    pub(crate) line: Option<(usize, String)>,
}

/// The result of a search.
#[derive(Debug, Default)]
pub(crate) struct SearchResult {
    /// In the order of names and paths.
    pub(crate) matches: Vec<Match>,
    /// What could not be read or is contradictory, in words.
    pub(crate) faults: Vec<String>,
}

impl Query {
    /// Searches one environment.
    pub(crate) fn search(&self, environment: &Environment) -> SearchResult {
        let mut found = SearchResult::default();
        if let Self::Scripts(patterns) = self {
            found.add_scripts(&environment.bin(), patterns);
        } else {
            match environment.package_directories() {
                Ok(directories) => directories.iter().for_each(|directory| self.search_packages(directory, &mut found)),
                Err(error) => found.faults.push(error.to_string()),
            }
        }
        sorting::sort(&mut found.matches);
        found.matches.dedup();
        if matches!(self, Self::Distributions(_)) {
            found.tell_contradictions();
        }
        found
    }

    fn search_packages(&self, directory: &Path, found: &mut SearchResult) {
        let result = match self {
            Self::Distributions(wanted) => found.add_distributions(directory, wanted),
            Self::StartupCode => startup::search(directory, found),
            Self::Files(patterns) | Self::Scripts(patterns) => {
                for path in found.paths(directory, patterns) {
                    found.add_file(path);
                }
                Ok(())
            }
        };
        if let Err(error) = result {
            found.faults.push(error.to_string());
        }
    }
}

/// The names of all distributions in an environment (PEP 503), as far as the names of their
/// metadata tell.
pub(crate) fn distribution_names(environment: &Environment) -> Vec<String> {
    let directories = environment.package_directories().unwrap_or_default();
    let entries = directories.iter().flat_map(entries_in);
    let name = |entry: fs::DirEntry| Some(normalized(MetadataName::of(&entry.file_name())?.name()));
    entries.filter_map(name).filter(|name| is_name(name)).collect()
}

/// How many distributions are in an environment, each name once. `None` where its packages cannot
/// be listed.
pub(crate) fn count_distributions(environment: &Environment) -> Option<usize> {
    environment.package_directories().ok()?;
    let mut names = distribution_names(environment);
    sorting::sort(&mut names);
    names.dedup();
    Some(names.len())
}

impl SearchResult {
    /// Looks at the names of the metadata only, as far as they tell.
    fn add_distributions(&mut self, directory: &Path, wanted: &[WantedDistribution]) -> Result<()> {
        for entry in fs::read_dir(directory).map_err(Error::io("list", directory))? {
            let file = entry.map_err(Error::io("list", directory))?.file_name();
            let Some(metadata) = MetadataName::of(&file) else { continue };
            let name = normalized(metadata.name());
            let mut wanted = wanted.iter().filter(|wanted| wanted.name == name).peekable();
            if wanted.peek().is_none() {
                continue;
            }
            let path = directory.join(&file);
            let version = self.version(&path, metadata);
            let is_met = |wanted: &WantedDistribution| {
                wanted.versions.is_empty()
                    || version
                        .as_deref()
                        .and_then(Version::parse)
                        .is_some_and(|version| wanted.versions.contain(&version))
            };
            if wanted.any(is_met) {
                self.matches.push(Match { distribution: Some(name), version, path, line: None });
            } else if version.as_deref().and_then(Version::parse).is_none() {
                let version = version.map(|version| format!("version `{}`", shown(&version)));
                let version = version.unwrap_or_else(|| "unknown version".to_owned());
                self.faults.push(format!("`{}` has a version that cannot be compared: {version}", shown(&name)));
            }
        }
        Ok(())
    }

    /// The version of a distribution with metadata at `path`.
    fn version(&mut self, path: &Path, metadata: MetadataName<'_>) -> Option<String> {
        if metadata.form == MetadataForm::DistInfo && !path.join(METADATA).is_file() {
            // An uninstall that was interrupted leaves such a directory.
            self.faults.push(format!("{} has no METADATA: it may be left over", shown(path)));
        }
        if let Some(version) = metadata.version() {
            return Some(version.to_owned());
        }
        let headers = match metadata.form {
            MetadataForm::EggLink => {
                let source = linked_directory(path).ok().flatten()?;
                read_headers(&source.join(format!("{}.egg-info", metadata.name().replace('-', "_"))))
            }
            _ => read_headers(path),
        };
        Headers::new(&headers?).first("Version")
    }

    /// Two versions of one distribution: which of them is imported, the metadata does not tell.
    fn tell_contradictions(&mut self) {
        let file = |found: &Match| shown(found.path.file_name().unwrap_or_default()).to_string();
        for pair in self.matches.windows(2) {
            if pair[0].distribution == pair[1].distribution && pair[0].version != pair[1].version {
                let name = pair[0].distribution.as_deref().unwrap_or_default();
                let fault = format!("`{}` is installed twice: {} and {}", shown(name), file(&pair[0]), file(&pair[1]));
                self.faults.push(fault);
            }
        }
    }

    fn paths(&mut self, directory: &Path, patterns: &[Pattern]) -> Vec<PathBuf> {
        patterns.iter().flat_map(|pattern| pattern.below(directory, &mut self.faults)).collect()
    }

    /// A dangling link is a fault: no program finds the file.
    fn add_file(&mut self, path: PathBuf) -> Option<fs::Metadata> {
        match fs::metadata(&path) {
            Ok(entry) => {
                self.matches.push(Match { path, ..Match::default() });
                Some(entry)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.faults.push(format!("{} is a link to a missing file", shown(&path)));
                None
            }
            Err(error) => {
                self.faults.push(Error::io("read", path)(error).to_string());
                None
            }
        }
    }

    fn add_scripts(&mut self, bin: &Path, patterns: &[Pattern]) {
        for path in self.paths(bin, patterns) {
            let is_program = |entry: fs::Metadata| entry.is_file() && entry.permissions().mode() & 0o111 != 0;
            let before = self.matches.len();
            if !self.add_file(path).is_some_and(is_program) {
                self.matches.truncate(before);
            }
        }
    }
}
