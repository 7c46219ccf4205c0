//! The link `.venv` in a project that leads to its environment, for uv and for editors, which look
//! there.
//!
//! Owns that link and nothing else of that name: a file would stop uv, a directory is an
//! environment of its own. A link is ours if it leads to a direct child of the store.

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

/// Fails where something else is in the place of the link.
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

/// Makes the link, in place of one of ours, in one step. What [`check`] found is looked at again.
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

/// Makes the link again that was removed with its environment, where nothing has its place.
pub(crate) fn make_again(project: &Path, root: &Path) -> Result<Option<PathBuf>> {
    let path = path(project);
    match symlink(root, &path) {
        Ok(()) => Ok(Some(path)),
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Ok(None),
        Err(error) => Err(Error::io(Error::LINKING, path)(error)),
    }
}

/// Has git ignore the link in a project. The file that was written to, if there was one.
pub(crate) fn hide_from_git(project: &Path) -> Result<Option<PathBuf>> {
    git_exclude::add(project)
}

/// Takes the link away if it leads to this environment, as a link into nowhere stops uv. The link,
/// if there was one.
pub(crate) fn remove(project: &Path, root: &Path) -> Result<Option<PathBuf>> {
    let path = path(project);
    if fs::read_link(&path).is_ok_and(|target| target == root) {
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        return Ok(Some(path));
    }
    Ok(None)
}

/// Has the link follow an environment to its new place.
pub(crate) fn follow(project: &Path, from: &Path, to: &Path, home: &WorkonHome) -> Result<()> {
    if fs::read_link(path(project)).is_ok_and(|target| target == from) {
        make(project, to, home)?;
    }
    Ok(())
}
