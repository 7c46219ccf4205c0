//! Which environment is adopted, under which name, and why it cannot be.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::commands::copying::quoted;
use crate::commands::{Session, elsewhere};
use crate::environment::Environment;
use crate::error::{Error, Result, StoreError};
use crate::formats::conda_meta;
use crate::fs::is_same;
use crate::fs::mounts::mount_point_in;
use crate::project;
use crate::shown::{operands, typed_path};
use crate::trust;
use crate::verb::verb;
use crate::workon_home::WorkonHome;
use crate::workon_home::adoption::Adoption;
use crate::workon_home::name::EnvironmentName;

/// The name that uv, poetry, and editors know.
const DOT_VENV: &str = ".venv";

/// An environment that can be adopted.
pub(super) struct Candidate {
    pub(super) from: PathBuf,
    pub(super) project: PathBuf,
    pub(super) name: EnvironmentName,
    pub(super) environment: Environment,
    pub(super) adoption: Adoption,
    /// Nothing in it runs on activation, or all of that is trusted.
    pub(super) is_trusted: bool,
}

/// The path of the environment, and its project.
fn place(session: &Session<'_>, directory: Option<&Path>) -> Result<(PathBuf, PathBuf)> {
    let directory = match directory {
        Some(directory) => session.context.absolute_path(directory)?,
        None => session.context.working_directory()?,
    };
    if !directory.is_dir() {
        return Err(Error::NoDirectory { path: directory, hint: "name the directory of a project".to_owned() });
    }
    Ok(match directory.parent() {
        Some(parent) if Environment::open(&directory)?.is_some() => (directory.clone(), parent.to_path_buf()),
        _ => (directory.join(DOT_VENV), directory),
    })
}

/// The adoption that left a link here, which may have been interrupted.
pub(super) fn begun(
    session: &Session<'_>,
    home: &WorkonHome,
    directory: Option<&Path>,
) -> Result<Option<(EnvironmentName, Adoption)>> {
    let (from, _) = place(session, directory)?;
    let Some(name) = fs::read_link(&from).ok().and_then(|target| name_in(home, &target)) else { return Ok(None) };
    let adoption = home.adoption(name.as_os_str()).filter(|adoption| adoption.from == from);
    Ok(adoption.map(|adoption| (name, adoption)))
}

/// The name of a path directly in the store.
fn name_in(home: &WorkonHome, path: &Path) -> Option<EnvironmentName> {
    let name = path.file_name().filter(|_| path.parent() == Some(home.path()))?;
    EnvironmentName::existing(name).ok()
}

/// The environment to adopt. Fails where that is not safe, or would not be what the user expects.
pub(super) fn find(
    session: &Session<'_>,
    home: &WorkonHome,
    directory: Option<&Path>,
    name: Option<&OsStr>,
    in_place: bool,
) -> Result<Candidate> {
    let (from, project) = place(session, directory)?;
    let typed = |path: &Path| typed_path(path, session.context.home());
    let refused = |reason: String, remedy: String| -> Error {
        StoreError::NotAdoptable { path: from.clone(), reason, remedy }.into()
    };
    let suggested = || project.file_name().unwrap_or(OsStr::new("NAME"));
    let copy = || format!("`{} {} {}` makes a copy", verb("cpvirtualenv"), typed(&from), operands(&[suggested()]));
    let entry = match fs::symlink_metadata(&from) {
        Ok(entry) => entry,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let words = operands(&[project.as_os_str(), suggested()]);
            let remedy = match ["venv", "env"].map(|name| project.join(name)).iter().find(|path| is_environment(path)) {
                Some(other) => format!("`venvwrap adopt --in-place {}` takes that one", typed(other)),
                None => format!("`{} -a {words}` creates an environment for it", verb("mkvirtualenv")),
            };
            return Err(refused("it does not exist".to_owned(), remedy));
        }
        Err(error) => return Err(Error::io("look at", from)(error)),
    };
    if entry.is_symlink() {
        let target = fs::read_link(&from).unwrap_or_default();
        let remedy = match name_in(home, &target) {
            Some(name) => format!("`{} {}` activates it", verb("workon"), operands(&[name.as_os_str()])),
            None if is_environment(&from) => copy(),
            None => format!("`rm {}` removes the link", typed(&from)),
        };
        return Err(refused(format!("it is a link to {}", session.shown(&target)), remedy));
    }
    if !entry.is_dir() {
        let remedy = format!("`cat {}` shows which", typed(&from));
        return Err(refused("it is a file that names an environment".to_owned(), remedy));
    }
    let Some(environment) = Environment::open(&from)? else {
        return Err(Error::NotAnEnvironment { path: from, reason: "it has neither pyvenv.cfg nor bin/activate" });
    };
    if entry.uid() != geteuid().as_raw() {
        return Err(refused("it belongs to another user".to_owned(), copy()));
    }
    if from.join(conda_meta::HISTORY).is_file() {
        let remedy = format!("`conda create -n {} --clone {}` copies it", operands(&[suggested()]), typed(&from));
        return Err(refused("it is an environment of conda".to_owned(), remedy));
    }
    if is_same(&project, home.path()) {
        let remedy = format!("`{} {}` activates it", verb("workon"), operands(&[from.file_name().unwrap_or_default()]));
        return Err(refused("it is in WORKON_HOME".to_owned(), remedy));
    }
    if home.path().ancestors().any(|above| is_same(above, &from)) {
        return Err(refused("WORKON_HOME is inside it".to_owned(), "set WORKON_HOME to another directory".to_owned()));
    }
    if let Some(known) = registered(home, &from)? {
        let (name, other) = (quoted(known.as_os_str()), operands(&[known.as_os_str()]));
        return Err(refused(format!("it is registered as {name}"), format!("`venvwrap undo {other}` first")));
    }
    if !in_place && from.file_name() != Some(OsStr::new(DOT_VENV)) {
        let words = format!("`venvwrap adopt --in-place {}` names it where it is", typed(&from));
        return Err(refused("only a .venv is moved".to_owned(), words));
    }
    let directory = typed(if from.file_name() == Some(OsStr::new(DOT_VENV)) { &project } else { &from });
    let option = if in_place { "--in-place " } else { "" };
    let name = match name {
        Some(name) => EnvironmentName::new(name)?,
        None => EnvironmentName::new(suggested()).map_err(|error| {
            refused(error.to_string(), format!("`venvwrap adopt {option}{directory} NAME` gives it another name"))
        })?,
    };
    if !home.is_free(&name)? {
        let other = operands(&[free_name(home, &name)?.as_os_str()]);
        let reason = format!("{} already exists in WORKON_HOME", quoted(name.as_os_str()));
        return Err(refused(reason, format!("`venvwrap adopt {option}{directory} {other}` gives it another name")));
    }
    if let Some(point) = mount_point_in(&from).filter(|_| !in_place) {
        return Err(StoreError::Mounted { name: name.as_os_str().to_owned(), point }.into());
    }
    let wrote_project = project::linked(&environment, session.context)?.is_none();
    if wrote_project {
        project::link_text(&project)?;
    }
    let mut is_trusted = true;
    for file in elsewhere::files_to_trust(&environment)? {
        is_trusted &= trust::state_of(session.context, &file)?.is_trusted();
    }
    if in_place && !is_trusted {
        let remedy = format!("look at its bin, then `venvwrap trust {}`", typed(&from));
        return Err(refused("files in it would run on activation and are not trusted".to_owned(), remedy));
    }
    let had_prompt = environment.cfg().is_some_and(|cfg| cfg.prompt().is_some());
    let adoption = Adoption { from: from.clone(), wrote_project, had_prompt };
    Ok(Candidate { from, project, name, environment, adoption, is_trusted })
}

fn is_environment(path: &Path) -> bool {
    Environment::open(path).is_ok_and(|found| found.is_some())
}

/// The name under which an environment outside the store has a link in it.
fn registered(home: &WorkonHome, from: &Path) -> Result<Option<EnvironmentName>> {
    for name in home.names()? {
        let root = home.path().join(&name);
        if root.is_symlink() && is_same(&root, from) {
            return EnvironmentName::existing(&name).map(Some);
        }
    }
    Ok(None)
}

/// `shop-2`, or the next number that is free.
fn free_name(home: &WorkonHome, name: &EnvironmentName) -> Result<EnvironmentName> {
    let mut number = 2..;
    loop {
        let mut other = name.as_os_str().to_owned();
        other.push(format!("-{}", number.next().unwrap_or(u32::MAX)));
        let other = EnvironmentName::existing(&other)?;
        if home.is_free(&other)? {
            return Ok(other);
        }
    }
}
