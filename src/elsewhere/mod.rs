//! Environments that other tools keep outside the store, reached by name: pipenv's, poetry's,
//! hatch's, conda's, and the `.venv` of known projects.
//!
//! Owns which there are and the names they go by; each owner's places and naming have a file of
//! their own. Only looks: nothing is started and nothing is written. Looked at only for a name that
//! the store does not have, and for a list that was asked for.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::directories;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result, StoreError};
use crate::fs::{is_same, read_small, resolved};
use crate::project::pipenv::hash;
use crate::shown;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::nearest;

mod conda;
mod hatch;
mod pipenv;
mod poetry;
mod projects;

/// Where to look.
pub(crate) struct Places<'a> {
    context: &'a Context,
    home: &'a WorkonHome,
    projects: OnceCell<Vec<PathBuf>>,
}

/// An environment at one of its owners' places.
struct Candidate {
    origin: Origin,
    environment: Environment,
    /// What its owner's names make of it: the shortest first, the last one as precise as its owner
    /// is.
    names: Vec<OsString>,
    project: Option<PathBuf>,
    /// Of several that its owner keeps for the project, the one that it takes there.
    is_first: bool,
}

impl<'a> Places<'a> {
    /// Beside this store.
    pub(crate) fn beside(context: &'a Context, home: &'a WorkonHome) -> Self {
        Self { context, home, projects: OnceCell::new() }
    }

    /// All environments outside the store, in the order of their names. The name of each is one
    /// that [`Self::find`] knows it by.
    pub(crate) fn all(&self) -> Vec<Environment> {
        let mut all: Vec<Environment> = self.named().map(|(candidate, form)| candidate.called(form)).collect();
        all.sort_by(|one, other| one.name().cmp(other.name()));
        all
    }

    /// The candidates outside the store, each with what is typed for it.
    fn named(&self) -> impl Iterator<Item = (Candidate, OsString)> {
        let candidates = self.candidates();
        let names = Names::of(&candidates);
        let forms: Vec<OsString> = candidates.iter().map(|candidate| self.form(candidate, &names)).collect();
        candidates.into_iter().zip(forms).filter(|(candidate, _)| !self.is_in_store(candidate))
    }

    /// The one that goes by a name which the store does not have: its bare name, or `OWNER:NAME`,
    /// or `OWNER:PATH`. Where several answer to it, the error says how to name each.
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
                forms.sort();
                Err(StoreError::AmbiguousElsewhere { name: typed.to_owned(), forms }.into())
            }
        }
    }

    /// The environments that belong to the project in a directory, which is this one or above it,
    /// or known otherwise: of each owner the one that it takes there, where that can be told.
    pub(crate) fn of_project(&self, directory: &Path) -> Vec<Environment> {
        let is_here = |candidate: &Candidate| candidate.project.as_deref().is_some_and(|at| is_same(at, directory));
        let all: Vec<(Candidate, OsString)> = self.named().filter(|(candidate, _)| is_here(candidate)).collect();
        let has_first = |owner| all.iter().any(|(each, _)| each.is_first && each.origin.owner() == owner);
        let is_taken: Vec<bool> =
            all.iter().map(|(each, _)| each.is_first || !has_first(each.origin.owner())).collect();
        // poetry works in the project's own `.venv` where there is one.
        let leaves_poetry = has_first(Origin::Venv) && poetry::uses_venv_of(self, directory);
        let taken = all.into_iter().zip(is_taken).filter(|(_, is_taken)| *is_taken).map(|(each, _)| each);
        let left = taken.filter(|(each, _)| !(leaves_poetry && each.origin == Origin::Poetry));
        let mut found: Vec<Environment> = left.map(|(candidate, form)| candidate.called(form)).collect();
        found.sort_by(|one, other| one.name().cmp(other.name()));
        found
    }

    /// What may be typed so that it begins with `start`.
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
        forms.sort();
        forms
    }

    /// The error for a name that nothing has, here or in the store.
    pub(crate) fn unknown(&self, name: &OsStr) -> Error {
        let mut names = self.home.names().unwrap_or_default();
        names.extend(self.candidates().into_iter().flat_map(|candidate| candidate.names));
        names.sort();
        names.dedup();
        Error::UnknownEnvironment {
            name: name.to_owned(),
            home: self.home.path().to_path_buf(),
            nearest: nearest(name, names),
        }
    }

    fn candidates(&self) -> Vec<Candidate> {
        let owners =
            [pipenv::candidates, poetry::candidates, hatch::candidates, conda::candidates, projects::candidates];
        let mut all: Vec<Candidate> = Vec::new();
        for candidate in owners.into_iter().flat_map(|owner| owner(self)) {
            // What a project points to may be another owner's.
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
        all.retain(|candidate| {
            let root = candidate.environment.root().as_os_str();
            // Nothing there has to be called like that, and a list or a shell would stumble over
            // it.
            candidate.names.iter().map(OsString::as_os_str).chain([root]).all(is_legible)
        });
        all
    }

    /// pipenv keeps its environments in WORKON_HOME where that is set: they are the store's, and
    /// have a second name.
    fn is_in_store(&self, candidate: &Candidate) -> bool {
        candidate.environment.root().parent() == Some(self.home.path())
    }

    /// What to type for a candidate: its name, where neither the store nor another has it, else
    /// with its owner.
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
    /// Its name behind its owner: the shortest that its owner has once, else its path.
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

    /// It, under the name that is typed for it.
    fn called(self, form: OsString) -> Environment {
        let label = self.names.into_iter().next().unwrap_or_else(|| form.clone());
        self.environment.kept_elsewhere(self.origin, form, label, self.project)
    }
}

/// How many candidates have a name: of all, and of one owner's.
struct Names<'a> {
    bare: HashMap<&'a OsStr, usize>,
    owned: HashMap<(Origin, &'a OsStr), usize>,
}

impl<'a> Names<'a> {
    fn of(candidates: &'a [Candidate]) -> Self {
        let (mut bare, mut owned) = (HashMap::new(), HashMap::new());
        for candidate in candidates {
            for name in &candidate.names {
                *bare.entry(name.as_os_str()).or_default() += 1;
                *owned.entry((candidate.origin, name.as_os_str())).or_default() += 1;
            }
        }
        Self { bare, owned }
    }
}

/// `poetry:shop` taken apart, where the word before the `:` is an owner's.
fn owner_and_name(typed: &OsStr) -> (Option<Origin>, &OsStr) {
    let bytes = typed.as_bytes();
    let apart = |origin: &Origin| Some((*origin, bytes.strip_prefix(origin.word().as_bytes())?.strip_prefix(b":")?));
    match Origin::OTHERS.iter().find_map(apart) {
        Some((origin, name)) => (Some(origin), OsStr::from_bytes(name)),
        None => (None, typed),
    }
}

/// Whether a name can be a name elsewhere: with an owner before it, if it is none for the store.
pub(crate) fn is_qualified(typed: &OsStr) -> bool {
    owner_and_name(typed).0.is_some()
}

/// `shop-Z-lblKmL` as `shop` and its mark. The mark may have a `-` in it, so its length decides.
fn name_and_mark(name: &[u8]) -> Option<(&[u8], &str)> {
    let (name, mark) = name.split_at_checked(name.len().checked_sub(8)?)?;
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let name = name.strip_suffix(b"-").filter(|name| !name.is_empty() && mark.iter().all(is_letter))?;
    Some((name, std::str::from_utf8(mark).ok()?))
}

fn os(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// Names without anything that a terminal would obey or be misled by.
fn is_legible(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| !name.is_empty() && shown::is_legible(name))
}

/// Longest file of settings that is read.
const LIMIT: u64 = 64 * 1024;

/// Another tool's settings; none where there is no such file, or it is no TOML: that is for its
/// owner to say.
fn settings(file: &Path) -> toml::Table {
    let text = read_small(file, LIMIT).ok().flatten().unwrap_or_default();
    std::str::from_utf8(&text).ok().and_then(|text| toml::from_str(text).ok()).unwrap_or_default()
}

/// The text at a place in settings.
fn text(settings: &toml::Table, keys: &[&str]) -> Option<OsString> {
    let (first, rest) = keys.split_first()?;
    let value = rest.iter().try_fold(settings.get(*first)?, |table, key| table.get(key))?;
    value.as_str().map(OsString::from)
}

/// The directories in a directory that are not hidden; none where it cannot be read.
fn directories_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let visible = entries.filter(|entry| !entry.file_name().as_bytes().starts_with(b"."));
    visible.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// The environments in a directory, by the names of their directories.
fn environments_in(directory: &Path) -> Vec<(OsString, Environment)> {
    let opened = |root: PathBuf| Some((root.file_name()?.to_owned(), Environment::open(&root).ok()??));
    directories_in(directory).into_iter().filter_map(opened).collect()
}

#[cfg(test)]
mod tests;
