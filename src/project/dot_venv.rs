//! The link `.venv` from a project to its environment, where uv and editors look.
//!
//! Changes only links to a direct child of the store. A file or a directory called `.venv` belongs
//! to somebody else: uv fails on a file, and a directory is an environment.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::git_exclude;
use crate::error::{Error, ProjectError, Result};
use crate::workon_home::WorkonHome;

fn path(project: &Path) -> PathBuf {
    project.join(".venv")
}

/// Fails if something else is called `.venv`.
pub(crate) fn check(project: &Path, home: &WorkonHome) -> Result<()> {
    let path = path(project);
    let is_free = match fs::symlink_metadata(&path) {
        Ok(entry) if entry.is_symlink() => {
            fs::read_link(&path).is_ok_and(|target| target.parent().is_some_and(|above| above == home.path()))
        }
        Ok(_) => false,
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(Error::io("look at", path)(error)),
    };
    if is_free {
        return Ok(());
    }
    Err(ProjectError::DotVenvExists { path }.into())
}

/// Creates the link or replaces ours, atomically. Checks again what [`check`] checked.
pub(crate) fn make(project: &Path, root: &Path, home: &WorkonHome) -> Result<PathBuf> {
    let path = path(project);
    check(project, home)?;
    let made = tempfile::Builder::new()
        .prefix(".venvwrap-")
        .make_in(project, |temporary| symlink(root, temporary))
        .and_then(|link| link.into_temp_path().persist(&path).map_err(|error| error.error));
    made.map_err(Error::io("write", &path))?;
    Ok(path)
}

/// Restores the link that was removed with its environment, if nothing else is called `.venv`.
pub(crate) fn make_again(project: &Path, root: &Path) -> Result<Option<PathBuf>> {
    let path = path(project);
    match symlink(root, &path) {
        Ok(()) => Ok(Some(path)),
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Ok(None),
        Err(error) => Err(Error::io(Error::LINKING, path)(error)),
    }
}

/// Makes git ignore the link. Returns the file that was changed, if any.
pub(crate) fn hide_from_git(project: &Path) -> Result<Option<PathBuf>> {
    git_exclude::add(project)
}

/// Removes the link if it points to this environment: uv fails on a dangling link. Returns the
/// removed link, if any.
pub(crate) fn remove(project: &Path, root: &Path) -> Result<Option<PathBuf>> {
    let path = path(project);
    if fs::read_link(&path).is_ok_and(|target| target == root) {
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        return Ok(Some(path));
    }
    Ok(None)
}

/// Points the link to the environment's new path.
pub(crate) fn follow(project: &Path, from: &Path, to: &Path, home: &WorkonHome) -> Result<()> {
    if fs::read_link(path(project)).is_ok_and(|target| target == from) {
        make(project, to, home)?;
    }
    Ok(())
}
