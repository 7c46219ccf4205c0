//! Environments outside the store that other tools manage: pipenv's, poetry's, hatch's, conda's,
//! pyenv-virtualenv's, scoop-uv's, uv's, and the `.venv` of known projects.
//!
//! Owns which environments exist and their names; each tool's directories and naming have a file of
//! their own. Only reads files. Searched only for a name that is not in the store, and for lists
//! that ask for them.

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::directories;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result, StoreError};
use crate::fs::{is_same, resolved};
use crate::project::pipenv::hash;
use crate::shown;
use crate::sorting;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::nearest;

mod central;
mod conda;
mod files;
mod hatch;
mod names;
mod pipenv;
mod poetry;
mod projects;

pub(crate) use names::is_qualified;
use names::{Names, owner_and_name};

/// Where to search.
pub(crate) struct Places<'a> {
    context: &'a Context,
    home: &'a WorkonHome,
    projects: OnceCell<Vec<PathBuf>>,
}

/// An environment that one of the tools manages.
struct Candidate {
    origin: Origin,
    environment: Environment,
    /// The names from its owner's naming scheme, the shortest first, the most precise last.
    names: Vec<OsString>,
    project: Option<PathBuf>,
    /// Whether the owner uses this one by default, if it has several for the project.
    is_first: bool,
}

impl<'a> Places<'a> {
    pub(crate) fn beside(context: &'a Context, home: &'a WorkonHome) -> Self {
        Self { context, home, projects: OnceCell::new() }
    }

    /// All environments outside the store, sorted by name. [`Self::find`] accepts each of these
    /// names.
    pub(crate) fn all(&self) -> Vec<Environment> {
        let mut all: Vec<Environment> = self.named().map(|(candidate, form)| candidate.called(form)).collect();
        sorting::sort_by(&mut all, |one, other| one.name().cmp(other.name()));
        all
    }

    /// The candidates outside the store, each with the name that users type.
    fn named(&self) -> impl Iterator<Item = (Candidate, OsString)> {
        let candidates = self.candidates();
        let names = Names::of(&candidates);
        let forms: Vec<OsString> = candidates.iter().map(|candidate| self.form(candidate, &names)).collect();
        candidates.into_iter().zip(forms).filter(|(candidate, _)| !self.is_in_store(candidate))
    }

    /// The environment with this root.
    pub(crate) fn at(&self, root: &Path) -> Option<Environment> {
        let (candidate, form) = self.named().find(|(candidate, _)| candidate.environment.root() == root)?;
        Some(candidate.called(form))
    }

    /// Finds an environment by its bare name, `OWNER:NAME`, or `OWNER:PATH`. If several match, the
    /// error lists an unambiguous name for each.
    pub(crate) fn find(&self, typed: &OsStr) -> Result<Option<Environment>> {
        let (origin, wanted) = owner_and_name(typed);
        let mut candidates = self.candidates();
        let names = Names::of(&candidates);
        let answers = |candidate: &Candidate| match origin {
            None => candidate.has(wanted),
            Some(origin) => {
                let is_path = wanted.as_bytes().starts_with(b"/");
                candidate.origin == origin
                    && (candidate.has(wanted) || is_path && is_same(Path::new(wanted), candidate.environment.root()))
            }
        };
        let found: Vec<usize> = (0..candidates.len()).filter(|index| answers(&candidates[*index])).collect();
        match found[..] {
            [] => Ok(None),
            [one] => {
                if self.is_in_store(&candidates[one]) {
                    return Ok(Some(candidates.swap_remove(one).environment));
                }
                let form = self.form(&candidates[one], &names);
                Ok(Some(candidates.swap_remove(one).called(form)))
            }
            _ => {
                let mut forms: Vec<OsString> = found.iter().map(|index| candidates[*index].qualified(&names)).collect();
                sorting::sort(&mut forms);
                Err(StoreError::AmbiguousElsewhere { name: typed.to_owned(), forms }.into())
            }
        }
    }

    /// The environments of the project at this directory. Of several with the same owner, only the
    /// one the owner uses by default, if that is known.
    pub(crate) fn of_project(&self, directory: &Path) -> Vec<Environment> {
        let is_here = |candidate: &Candidate| candidate.project.as_deref().is_some_and(|at| is_same(at, directory));
        let all: Vec<(Candidate, OsString)> = self.named().filter(|(candidate, _)| is_here(candidate)).collect();
        let has_first = |owner| all.iter().any(|(each, _)| each.is_first && each.origin.owner() == owner);
        let is_taken: Vec<bool> =
            all.iter().map(|(each, _)| each.is_first || !has_first(each.origin.owner())).collect();
        // poetry uses the project's `.venv` if there is one.
        let leaves_poetry = has_first(Origin::Venv) && poetry::uses_venv_of(self, directory);
        let taken = all.into_iter().zip(is_taken).filter(|(_, is_taken)| *is_taken).map(|(each, _)| each);
        let left = taken.filter(|(each, _)| !(leaves_poetry && each.origin == Origin::Poetry));
        let mut found: Vec<Environment> = left.map(|(candidate, form)| candidate.called(form)).collect();
        sorting::sort_by(&mut found, |one, other| one.name().cmp(other.name()));
        found
    }

    /// Completions for `start`.
    pub(crate) fn names_with(&self, start: &OsStr) -> Vec<OsString> {
        let (origin, _) = owner_and_name(start);
        let candidates = self.candidates();
        let names = Names::of(&candidates);
        let form = |candidate: &Candidate| match origin {
            None => self.form(candidate, &names),
            Some(_) => candidate.qualified(&names),
        };
        let mut forms: Vec<OsString> = candidates.iter().filter(|each| !self.is_in_store(each)).map(form).collect();
        forms.retain(|form| form.as_bytes().starts_with(start.as_bytes()));
        sorting::sort(&mut forms);
        forms
    }

    /// The error for a name that exists neither here nor in the store.
    pub(crate) fn unknown(&self, name: &OsStr) -> Error {
        let mut names = self.home.names().unwrap_or_default();
        names.extend(self.candidates().into_iter().flat_map(|candidate| candidate.names));
        sorting::sort(&mut names);
        names.dedup();
        Error::UnknownEnvironment {
            name: name.to_owned(),
            home: self.home.path().to_path_buf(),
            nearest: nearest(name, names),
        }
    }

    fn candidates(&self) -> Vec<Candidate> {
        let owners = [
            pipenv::candidates,
            poetry::candidates,
            hatch::candidates,
            conda::candidates,
            central::of_pyenv,
            central::of_scuv,
            projects::candidates,
        ];
        let mut all: Vec<Candidate> = Vec::new();
        for candidate in owners.into_iter().flat_map(|owner| owner(self)) {
            // A project's `.venv` may point to an environment of another owner.
            let root = candidate.environment.root();
            let known = all.iter_mut().find(|known| known.environment.root() == root);
            match known.filter(|known| known.project.is_none() || known.project == candidate.project) {
                Some(known) => {
                    known.project = candidate.project;
                    known.is_first |= candidate.is_first;
                }
                None => all.push(candidate),
            }
        }
        for candidate in central::of_uv(self) {
            let root = candidate.environment.root();
            if !all.iter().any(|known| is_same(known.environment.root(), root)) {
                all.push(candidate);
            }
        }
        all.retain(|candidate| {
            let root = candidate.environment.root().as_os_str();
            // Such names are legal but would break lists and shells, and the tools never create
            // them.
            candidate.names.iter().map(OsString::as_os_str).chain([root]).all(is_legible)
        });
        all
    }

    /// pipenv uses WORKON_HOME if it is set: these environments are in the store and have a name
    /// there.
    fn is_in_store(&self, candidate: &Candidate) -> bool {
        candidate.environment.root().parent() == Some(self.home.path())
    }

    /// The name to type for a candidate: its bare name if that is unique here and in the store,
    /// else with its owner.
    fn form(&self, candidate: &Candidate, names: &Names<'_>) -> OsString {
        let short = candidate.names.first().filter(|name| {
            names.bare[name.as_os_str()] == 1
                && owner_and_name(name).0.is_none()
                && fs::symlink_metadata(self.home.path().join(name)).is_err()
        });
        short.cloned().unwrap_or_else(|| candidate.qualified(names))
    }

    /// The directories of projects that are known.
    fn projects(&self) -> &[PathBuf] {
        self.projects.get_or_init(|| projects::known(self.context, self.home))
    }

    /// The known project that a tool means by the mark it makes of the project's path.
    fn project_marked(&self, mark: &str) -> Option<PathBuf> {
        let is_marked = |path: &Path| {
            path.to_str().is_some_and(|path| {
                // hatch's marks do not tell apart what the file system of macOS does not.
                hash(path) == mark || cfg!(target_os = "macos") && hash(&path.to_lowercase()) == mark
            })
        };
        let is_meant = |project: &&PathBuf| is_marked(project) || resolved(project).is_ok_and(|real| is_marked(&real));
        self.projects().iter().find(is_meant).cloned()
    }

    /// A directory as settings of Python programs name it: `~` and variables expanded. A relative
    /// one is none.
    fn expanded(&self, named: &OsStr) -> Option<PathBuf> {
        directories::expanded(named, self.context).ok().map(PathBuf::from).filter(|path| path.is_absolute())
    }
}

impl Candidate {
    /// `OWNER:NAME` with the owner's shortest unique name, else `OWNER:PATH`.
    fn qualified(&self, names: &Names<'_>) -> OsString {
        let is_free = |name: &&OsString| names.owned[&(self.origin, name.as_os_str())] == 1;
        let name = self.names.iter().find(is_free).map_or(self.environment.root().as_os_str(), OsString::as_os_str);
        let mut form = OsString::from(self.origin.word());
        form.push(":");
        form.push(name);
        form
    }

    fn has(&self, wanted: &OsStr) -> bool {
        self.names.iter().any(|name| name == wanted)
    }

    /// The environment, under the name that users type.
    fn called(self, form: OsString) -> Environment {
        let label = self.names.into_iter().next().unwrap_or_else(|| form.clone());
        self.environment.kept_elsewhere(self.origin, form, label, self.project)
    }
}

/// Whether a name has no terminal escapes or misleading characters.
fn is_legible(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| !name.is_empty() && shown::is_legible(name))
}

#[cfg(test)]
mod tests;
