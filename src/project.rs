//! The link between an environment and its project: the file `.project` in the environment.
//!
//! Owns reading and writing that file, and finding the environments linked to a directory. Beside
//! it: `pipenv` finds the environment that pipenv would use, `dependencies` what a project needs,
//! `python` the Python it requests, `dot_venv` makes the link `.venv`, and `pointer` reads it;
//! `identity` tells the project apart wherever it is.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::{is_same, read_small, tidied, write_whole};
use crate::sorting;
use crate::workon_home::WorkonHome;

pub(crate) mod dependencies;
pub(crate) mod dot_venv;
mod git_exclude;
pub(crate) mod identity;
pub(crate) mod linked_directories;
mod pipfile_lock;
pub(crate) mod pipenv;
pub(crate) mod pointer;
mod pyproject;
pub(crate) mod python;
pub(crate) mod repository;
pub(crate) mod requirements;

/// Longest `.project` that is read.
const LIMIT: u64 = 16 * 1024;

/// The file that holds the link. VIRTUALENVWRAPPER_PROJECT_FILENAME can rename it.
pub(crate) fn file(root: &Path, context: &Context) -> PathBuf {
    let name = context.variable(env_vars::VIRTUALENVWRAPPER_PROJECT_FILENAME);
    root.join(name.unwrap_or(std::ffi::OsStr::new(".project")))
}

/// The project of an environment: the text of the file without line breaks at its end. Variables
/// and `~` are not expanded. `None` if the file is missing or empty.
pub(crate) fn linked(environment: &Environment, context: &Context) -> Result<Option<PathBuf>> {
    linked_at(environment.root(), context)
}

/// Like [`linked`], for a root that need not be an environment.
pub(crate) fn linked_at(root: &Path, context: &Context) -> Result<Option<PathBuf>> {
    let file = file(root, context);
    let text = read_small(&file, LIMIT).map_err(Error::io("read", &file))?;
    let Some(mut text) = text else { return Ok(None) };
    while text.last() == Some(&b'\n') {
        text.pop();
    }
    Ok((!text.is_empty() && !text.contains(&0)).then(|| PathBuf::from(OsString::from_vec(text))))
}

/// The first of these directories that environments of the store are linked to, and the
/// environments. `directories`: one directory in all its spellings. An unreadable `.project` counts
/// as none.
pub(crate) fn linked_to_first(
    directories: &[Vec<PathBuf>],
    home: &WorkonHome,
    context: &Context,
    comparison: Comparison,
) -> Result<Option<(usize, Vec<OsString>)>> {
    let names = home.names()?;
    let of = |name: OsString| {
        let project = linked_at(&home.path().join(&name), context).ok().flatten()?;
        project.is_absolute().then(|| (name, tidied(&project)))
    };
    let links: Vec<(OsString, PathBuf)> = names.into_iter().filter_map(of).collect();
    let first = |is_at: &dyn Fn(&Path, &Path) -> bool| {
        let linked = |directory: &PathBuf| {
            let here = links.iter().filter(|(_, project)| is_at(project, directory));
            here.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        let mut found = directories.iter().enumerate().map(|(level, spellings)| {
            let mut names: Vec<OsString> = spellings.iter().flat_map(linked).collect();
            sorting::sort(&mut names);
            names.dedup();
            (level, without_aliases(&names, home))
        });
        found.find(|(_, names)| !names.is_empty())
    };
    // The text decides first, because a project may be on a slow network disk.
    let by_text = first(&|project, directory| project == directory);
    Ok(match comparison {
        Comparison::Text => by_text,
        Comparison::Whole => by_text.or_else(|| first(&is_same)),
    })
}

/// How two directories are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// By their paths only, so that a disk that does not answer delays nothing.
    Text,
    /// By their paths, then by the directories themselves.
    Whole,
}

/// Drops the names of links to an environment that another name has, too.
fn without_aliases(names: &[OsString], home: &WorkonHome) -> Vec<OsString> {
    let root = |name: &OsString| home.path().join(name);
    let comes_before = |name: &OsString, other: &OsString| {
        let (is_link, is_other_link) = (root(name).is_symlink(), root(other).is_symlink());
        (is_other_link, other) < (is_link, name) && is_same(&root(name), &root(other))
    };
    names.iter().filter(|name| !names.iter().any(|other| comes_before(name, other))).cloned().collect()
}

/// The project of an environment: the linked project, else the project that poetry or hatch
/// created it for.
pub(crate) fn of(environment: &Environment, context: &Context) -> Result<Option<PathBuf>> {
    let linked = linked(environment, context)?;
    Ok(linked.or_else(|| environment.project_of_owner().map(Path::to_path_buf)))
}

/// The text of the file for a project.
pub(crate) fn link_text(project: &Path) -> Result<Vec<u8>> {
    let bytes = project.as_os_str().as_bytes();
    let reason = if bytes.contains(&b'\n') {
        "a .project file cannot hold a path with a line break"
    } else if bytes.len() as u64 + 1 >= LIMIT {
        "it is too long for a .project file"
    } else {
        return Ok([bytes, b"\n"].concat());
    };
    Err(Error::Malformed { what: crate::shown::shown(project).to_string(), reason: reason.to_owned() })
}

/// Links an environment to a project directory, which is absolute.
pub(crate) fn link(environment: &Environment, context: &Context, project: &Path) -> Result<()> {
    write_whole(&file(environment.root(), context), &link_text(project)?)?;
    linked_directories::add(environment.root(), project, context);
    Ok(())
}

#[cfg(test)]
mod fuzzed;
