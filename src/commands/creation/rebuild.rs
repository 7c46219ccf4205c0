//! Builds an environment again for another Python: its packages, its settings, and what you put
//! into it by hand.
//!
//! Owns which versions are installed, and the checks that the new one has to pass before it takes
//! the place of the old one. Putting it there is left to `upgrade`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::kept::write_new;
use super::recipe::{FromRecipe, Resolution, describe};
use crate::context::Context;
use crate::environment::appended::appended_lines;
use crate::environment::{BIN, Environment};
use crate::error::{Error, Result, StoreError};
use crate::formats::dist_info::RECORD;
use crate::formats::{record, shebang};
use crate::fs::carry::copy_whole;
use crate::fs::{read_prefix, read_small};
use crate::installer;
use crate::output;
use crate::recipe::{Difference, Package, differences};
use crate::relocate;
use crate::shown::shown;
use crate::workon_home::UnfinishedEnvironment;

/// After this many packages that cannot be installed, the others are not tried.
const MANY: usize = 8;

/// Longest script that is carried over, and longest RECORD.
const LONGEST_SCRIPT: u64 = 1024 * 1024;
const LONGEST_RECORD: u64 = 64 * 1024 * 1024;

/// What a new environment brings along. The versions of the new Python are the right ones.
const TOOLS: &[&str] = &["pip", "setuptools", "wheel"];

/// An environment that is to be built again.
pub(in crate::commands) struct Rebuild<'a> {
    /// The recipe of the environment, and its new Python.
    pub(in crate::commands) from: FromRecipe<'a>,
    /// The environment as it is.
    pub(in crate::commands) old: &'a Environment,
    /// What `-p` says.
    pub(in crate::commands) request: Option<&'a OsStr>,
    /// Whether the newest versions of the requested packages are installed, not the same versions.
    pub(in crate::commands) is_latest: bool,
    /// Whether it is good enough without everything that it had.
    pub(in crate::commands) is_forced: bool,
}

impl Rebuild<'_> {
    /// Builds it beside the old one, which is not touched. Fails if it lacks something, unless
    /// forced; then that is a note.
    pub(in crate::commands) fn build(&self) -> Result<UnfinishedEnvironment> {
        let context = self.from.session.context;
        let installer = self.from.session.config()?.installer;
        let (building, environment) = self.from.begin()?;
        let packages: Vec<&Package> = self.from.recipe.packages.iter().filter(|package| !is_tool(package)).collect();
        let mut dropped = BTreeSet::new();
        if self.is_latest {
            let mut requested: Vec<&Package> = packages.iter().copied().filter(|package| package.requested).collect();
            if requested.is_empty() {
                requested = packages;
            }
            self.from
                .install_these(&environment, &requested, Resolution::Latest, false)
                .map_err(|error| self.refused(error))?;
        } else {
            let mut refused = Vec::new();
            self.install_pins(&environment, &packages, &mut refused)?;
            dropped.extend(refused.iter().map(|package| package.normalized()));
            if !refused.is_empty() {
                self.object(&refusal(&refused), true)?;
            }
            let installable: Vec<&Package> =
                packages.into_iter().filter(|package| !dropped.contains(&package.normalized())).collect();
            // Another Python can need a package that this one did not.
            if !installer::conflicts(context, &environment, installer).is_empty() {
                let _ = self.from.install_these(&environment, &installable, Resolution::WithDependencies, true);
            }
        }
        let before = installer::conflicts(context, self.old, installer);
        let conflicts = installer::conflicts(context, &environment, installer);
        for conflict in conflicts.iter().filter(|conflict| !before.contains(conflict)) {
            self.object(conflict, true)?;
        }
        let built = self.from.finish(&building, &environment)?;
        let lost = differences(self.from.recipe, &built);
        let is_lost = |difference: &&Difference<'_>| match difference {
            Difference::Package(Some(had), has) => {
                let is_requested = !self.is_latest || had.requested;
                let is_missing = if self.is_latest { has.is_none() } else { true };
                is_requested && is_missing && !is_tool(had) && !dropped.contains(&had.normalized())
            }
            _ => false,
        };
        let lost: Vec<_> = lost.iter().filter(is_lost).collect();
        if !lost.is_empty() {
            self.object(&describe(&lost), false)?;
        }
        self.carry_sources(building.path())?;
        self.carry_own_files(building.path())?;
        self.check_scripts(building.path(), &dropped)?;
        Ok(building)
    }

    /// Installs the versions of the recipe. What cannot be installed is found by halving.
    fn install_pins<'p>(
        &self,
        environment: &Environment,
        packages: &[&'p Package],
        refused: &mut Vec<&'p Package>,
    ) -> Result<()> {
        if packages.is_empty() || refused.len() >= MANY {
            return Ok(());
        }
        match self.from.install_these(environment, packages, Resolution::Exact, packages.len() > 1) {
            Err(error @ Error::Child { .. }) if Context::was_interrupted() => Err(error),
            Err(Error::Child { .. }) => {
                if let [one] = packages {
                    refused.push(one);
                    return Ok(());
                }
                let (first, second) = packages.split_at(packages.len() / 2);
                self.install_pins(environment, first, refused)?;
                self.install_pins(environment, second, refused)
            }
            other => other,
        }
    }

    /// A reason against the new environment. `by_version`: newer versions may help.
    fn object(&self, reason: &str, by_version: bool) -> Result<()> {
        let name = self.old.name();
        if self.is_forced {
            output::note(&format!("`{}`: {reason}", shown(name)));
            return Ok(());
        }
        let (name, reason, by_version) = (name.to_owned(), reason.to_owned(), by_version && !self.is_latest);
        let python = self.request.map(OsStr::to_owned);
        Err(StoreError::NotUpgraded { name, python, reason, by_version }.into())
    }

    fn refused(&self, error: Error) -> Error {
        match error {
            Error::Child { status, .. } if !Context::was_interrupted() => Error::Child {
                what: format!(
                    "environment `{}` was not upgraded: its packages could not be installed",
                    shown(self.old.name())
                ),
                status,
                hint: "the installer's own message is above; the environment is as it was".to_owned(),
            },
            other => other,
        }
    }

    /// Copies the sources of editable packages that are inside the environment, where pip puts what
    /// it checks out (`src`). The new environment has the same name, so that they are found.
    fn carry_sources(&self, new: &Path) -> Result<()> {
        let roots = relocate::spellings(self.old.root());
        for package in self.from.recipe.packages.iter().filter(|package| package.editable) {
            let Some(path) = &package.path else { continue };
            let source = self.from.located(path)?;
            let Some(below) = roots.iter().find_map(|root| source.strip_prefix(root).ok()) else { continue };
            let to = new.join(below);
            if below.as_os_str().is_empty() || fs::symlink_metadata(&to).is_ok() {
                continue;
            }
            let copied = fs::create_dir_all(&to).and_then(|()| copy_whole(&source, &to));
            copied.map_err(Error::io("copy", &source))?;
        }
        Ok(())
    }

    /// Copies the scripts in `bin` that belong to no package, and the lines at the end of
    /// `bin/activate`.
    fn carry_own_files(&self, new: &Path) -> Result<()> {
        let (old_bin, new_bin) = (self.old.bin(), new.join(BIN));
        let owned = scripts_of_packages(self.old)?;
        for entry in fs::read_dir(&old_bin).map_err(Error::io("list", &old_bin))? {
            let entry = entry.map_err(Error::io("list", &old_bin))?;
            let (name, from) = (entry.file_name(), entry.path());
            let to = new_bin.join(&name);
            let is_of_maker =
                ["python", "pypy", "activate", "Activate", "deactivate", "pydoc", "pip", "easy_install", "wheel"];
            let is_own =
                !owned.contains(&name) && !is_of_maker.iter().any(|word| name.as_bytes().starts_with(word.as_bytes()));
            if !is_own || fs::symlink_metadata(&to).is_ok() {
                continue;
            }
            let kind = entry.file_type().map_err(Error::io("read", &from))?;
            if kind.is_symlink() {
                let target = fs::read_link(&from).map_err(Error::io("read", &from))?;
                symlink(target, &to).map_err(Error::io("write", &to))?;
            } else if let Some(text) = read_small(&from, LONGEST_SCRIPT).ok().flatten() {
                let mode = fs::metadata(&from).map_err(Error::io("read", &from))?.permissions().mode() & 0o777;
                write_new(&to, &text, mode)?;
            } else if kind.is_file() {
                output::note(&format!(
                    "`{}`: bin/{} stays in the old environment",
                    shown(self.old.name()),
                    shown(&name)
                ));
            }
        }
        let Some(lines) = appended_lines(&old_bin.join("activate"))? else { return Ok(()) };
        let activate = new_bin.join("activate");
        let append = || fs::OpenOptions::new().append(true).open(&activate)?.write_all(&lines);
        append().map_err(Error::io("write", &activate))
    }

    /// Fails if a script of a package is missing, or if one starts a Python that does not exist.
    fn check_scripts(&self, new: &Path, dropped: &BTreeSet<String>) -> Result<()> {
        let root = self.from.home.path().join(self.from.name.as_os_str());
        let series = self.old.series().map(|series| series.to_string()).unwrap_or_default();
        let mut missing = Vec::new();
        for name in scripts_of_packages(self.old)? {
            let text = name.to_string_lossy();
            // `f2py3.11`, and what pip and its like bring.
            let has_version = !series.is_empty() && text.contains(&series);
            let is_of_tool = TOOLS.iter().chain(&["easy_install"]).any(|tool| text.starts_with(tool));
            if !has_version && !is_of_tool && fs::symlink_metadata(new.join(BIN).join(&name)).is_err() {
                missing.push(shown(&name).to_string());
            }
        }
        if !missing.is_empty() && dropped.is_empty() && !self.is_latest {
            self.object(&format!("its bin would lack {}", missing.join(", ")), false)?;
        } else if !missing.is_empty() {
            output::note(&format!("`{}` has no longer in its bin: {}", shown(self.old.name()), missing.join(", ")));
        }
        let bin = new.join(BIN);
        for entry in fs::read_dir(&bin).map_err(Error::io("list", &bin))?.flatten() {
            let Some(start) = read_prefix(&entry.path(), 4096).ok().flatten() else { continue };
            let pythons = shebang::interpreters(&start);
            let exists = |python: &PathBuf| match python.strip_prefix(&root) {
                Ok(below) => fs::metadata(new.join(below)).is_ok(),
                Err(_) => fs::metadata(python).is_ok(),
            };
            if !pythons.is_empty() && !pythons.iter().any(exists) {
                self.object(
                    &format!("bin/{} would start a Python that does not exist", shown(&entry.file_name())),
                    false,
                )?;
            }
        }
        Ok(())
    }
}

/// Whether the new environment has its own version of it.
fn is_tool(package: &Package) -> bool {
    let name = package.normalized();
    name == "pip" || (!package.requested && TOOLS.contains(&name.as_str()))
}

/// The packages that cannot be installed, in words.
fn refusal(refused: &[&Package]) -> String {
    let names: Vec<String> = refused.iter().map(|package| format!("{} {}", package.name, package.version)).collect();
    let more = if refused.len() >= MANY { ", and maybe more" } else { "" };
    format!("it cannot have {}{more} with that Python", names.join(", "))
}

/// The files in `bin` that packages installed, by their RECORDs.
fn scripts_of_packages(environment: &Environment) -> Result<BTreeSet<OsString>> {
    let mut names = BTreeSet::new();
    for directory in environment.package_directories()? {
        for entry in fs::read_dir(&directory).map_err(Error::io("list", &directory))?.flatten() {
            let file = entry.path().join(RECORD);
            let Some(text) = read_small(&file, LONGEST_RECORD).ok().flatten() else { continue };
            for row in record::rows(&text) {
                let path = Path::new(OsStr::from_bytes(&row.path));
                if path.parent().is_some_and(|parent| parent.ends_with("../bin")) {
                    names.extend(path.file_name().map(OsStr::to_owned));
                }
            }
        }
    }
    Ok(names)
}
