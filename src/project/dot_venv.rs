//! The `.venv` in a project that names its environment, where uv and editors look: a link, or a
//! file with its path (a redirect file, PEP 832).
//!
//! Changes only those that name a direct child of the store. Any other file or directory called
//! `.venv` belongs to somebody else.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::git_exclude;
use crate::error::{Error, ProjectError, Result};
use crate::fs::read_small;
use crate::workon_home::WorkonHome;

/// How it names the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Link,
    Redirect,
}

impl Form {
    /// The option that asks for it.
    fn option(self) -> &'static str {
        match self {
            Self::Link => "--link",
            Self::Redirect => "--redirect",
        }
    }
}

/// Longest redirect file that is read.
const LIMIT: u64 = 64 * 1024;

fn path(project: &Path) -> PathBuf {
    project.join(".venv")
}

/// What the `.venv` of a project names, and how. `None` if it is something else.
fn named(path: &Path) -> Option<(PathBuf, Form)> {
    if let Ok(target) = fs::read_link(path) {
        return Some((target, Form::Link));
    }
    let text = read_small(path, LIMIT).ok()??;
    let line = text.strip_suffix(b"\n").unwrap_or(&text);
    let is_path = line.starts_with(b"/") && !line.iter().any(u8::is_ascii_control);
    is_path.then(|| (PathBuf::from(OsStr::from_bytes(line)), Form::Redirect))
}

/// Fails if something else is called `.venv`.
pub(crate) fn check(project: &Path, home: &WorkonHome, form: Form) -> Result<()> {
    let path = path(project);
    let is_free = match fs::symlink_metadata(&path) {
        Ok(_) => named(&path).is_some_and(|(target, _)| target.parent().is_some_and(|above| above == home.path())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(Error::io("look at", path)(error)),
    };
    if is_free {
        return Ok(());
    }
    Err(ProjectError::DotVenvExists { path, option: form.option() }.into())
}

/// Creates it or replaces ours, atomically. Checks again what [`check`] checked.
pub(crate) fn make(project: &Path, root: &Path, home: &WorkonHome, form: Form) -> Result<PathBuf> {
    let path = path(project);
    check(project, home, form)?;
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".venvwrap-");
    let made = match form {
        Form::Link => temporary
            .make_in(project, |temporary| symlink(root, temporary))
            .and_then(|link| link.into_temp_path().persist(&path).map_err(|error| error.error)),
        Form::Redirect => {
            let text = redirect_text(root)?;
            temporary.permissions(fs::Permissions::from_mode(0o666)).tempfile_in(project).and_then(|mut file| {
                file.write_all(&text)?;
                file.persist(&path).map(drop).map_err(|error| error.error)
            })
        }
    };
    made.map_err(Error::io("write", &path))?;
    Ok(path)
}

/// The text of a redirect file, which must be UTF-8 and one line.
fn redirect_text(root: &Path) -> Result<Vec<u8>> {
    match root.to_str() {
        Some(text) if !text.contains(char::is_control) => Ok(format!("{text}\n").into_bytes()),
        _ => Err(Error::Malformed {
            what: crate::shown::shown(root).to_string(),
            reason: "a redirect file holds one line of UTF-8".to_owned(),
        }),
    }
}

/// Restores what was removed with its environment, if nothing else is called `.venv`.
pub(crate) fn make_again(project: &Path, root: &Path, form: Form) -> Result<Option<PathBuf>> {
    let path = path(project);
    let made = match form {
        Form::Link => symlink(root, &path),
        Form::Redirect => {
            let text = redirect_text(root)?;
            fs::File::create_new(&path).and_then(|mut file| file.write_all(&text))
        }
    };
    match made {
        Ok(()) => Ok(Some(path)),
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => Ok(None),
        Err(error) => Err(Error::io(Error::LINKING, path)(error)),
    }
}

/// Makes git ignore it. Returns the file that was changed, if any.
pub(crate) fn hide_from_git(project: &Path) -> Result<Option<PathBuf>> {
    git_exclude::add(project)
}

/// Removes it if it names this environment: uv fails if that is missing. Returns what was removed,
/// if anything.
pub(crate) fn remove(project: &Path, root: &Path) -> Result<Option<(PathBuf, Form)>> {
    let path = path(project);
    let Some((_, form)) = named(&path).filter(|(target, _)| target == root) else { return Ok(None) };
    fs::remove_file(&path).map_err(Error::io("remove", &path))?;
    Ok(Some((path, form)))
}

/// Has it name the environment's new path.
pub(crate) fn follow(project: &Path, from: &Path, to: &Path, home: &WorkonHome) -> Result<()> {
    if let Some((_, form)) = named(&path(project)).filter(|(target, _)| target == from) {
        make(project, to, home, form)?;
    }
    Ok(())
}
