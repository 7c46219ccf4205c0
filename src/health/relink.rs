//! Links an environment to another interpreter of its implementation and minor version.
//!
//! Owns what has to change: the links in `bin`, and `pyvenv.cfg`. `doctor --fix`, `workon`, and
//! `upgrade` all repair a missing Python with it. Scripts start `bin/python`, so they stay as they
//! are.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::facts::base_home;
use super::interpreter as checks;
use crate::context::Context;
use crate::environment::integrity::is_called_python;
use crate::environment::{Environment, requested_python};
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::entries_in;
use crate::interpreter::{self, Interpreter};
use crate::sorting;

/// Links an environment to an interpreter of its implementation and minor version, and returns the
/// interpreter. `None` if its `bin/python` is a copy or of unknown version. Fails if no such
/// interpreter is installed.
pub(crate) fn relink(context: &Context, environment: &Environment) -> Result<Option<Interpreter>> {
    let Some(request) = own_python(environment) else { return Ok(None) };
    let request = OsStr::new(&request);
    let found = match of_home(context, environment).or_else(|| as_requested(context, environment, request)) {
        Some(found) => found,
        None => interpreter::find(context, Some(request))?,
    };
    relink_to(environment, &found)?;
    Ok(Some(found))
}

/// Links an environment to this interpreter, which must fit its packages.
pub(crate) fn relink_to(environment: &Environment, found: &Interpreter) -> Result<()> {
    rewrite_cfg(environment, found)?;
    // Links that point out of `bin` come first: `python` and the others point to them.
    let mut links = outside_links(environment);
    links.extend(checks::dangling(environment).into_iter().filter(|link| fs::symlink_metadata(link).is_err()));
    for link in links {
        replace_link(&link, &found.base_executable)?;
    }
    Ok(())
}

/// The interpreter in `home` of `pyvenv.cfg`, if one of the right version is there again.
fn of_home(context: &Context, environment: &Environment) -> Option<Interpreter> {
    let (home, series) = (base_home(environment)?, environment.series()?);
    let stem = if own_python(environment)?.starts_with("pypy") { "pypy" } else { "python" };
    let python = home.join(format!("{stem}{series}"));
    // Usually it is missing, and an attempt to start it costs as much as the rest of `workon`.
    fs::metadata(&python).ok()?;
    let found = interpreter::at(context, &python).ok()?;
    (series == found.version.series()).then_some(found)
}

/// The interpreter that `-p` asked for by its version, if it fits the packages.
fn as_requested(context: &Context, environment: &Environment, own: &OsStr) -> Option<Interpreter> {
    let asked = environment.requested_python().filter(|asked| !requested_python::is_path(asked))?;
    let found = interpreter::find(context, Some(&asked)).ok()?;
    interpreter::answers(context, own, &found.base_executable).ok()?.then_some(found)
}

/// Implementation and minor version that an environment's packages are for, as `-p` takes them:
/// `cpython3.12`, `pypy3.9`, `cpython3.13t`. `None` if no other interpreter can be linked.
pub(crate) fn own_python(environment: &Environment) -> Option<String> {
    let series = checks::relinkable(environment)?;
    let library = environment.site_packages().ok()?;
    let library = library.parent()?.file_name()?.to_str()?.to_owned();
    let threads = if library.ends_with('t') { "t" } else { "" };
    let (stem, word) = if library.starts_with("pypy") { ("pypy", "pypy") } else { ("python", "cpython") };
    // Compiled packages load only in the Python they were built for.
    (library == format!("{stem}{series}{threads}")).then(|| format!("{word}{series}{threads}"))
}

/// The links in `bin` to an interpreter outside it.
fn outside_links(environment: &Environment) -> Vec<PathBuf> {
    let bin = environment.bin();
    let points_outside = |link: &Path| {
        fs::read_link(link).is_ok_and(|target| crate::fs::tidied(&bin.join(target)).parent() != Some(&*bin))
    };
    let entries = entries_in(&bin);
    let named = entries.filter(|entry| is_called_python(&entry.file_name())).map(|entry| entry.path());
    let mut links: Vec<PathBuf> = named.filter(|link| points_outside(link)).collect();
    sorting::sort(&mut links);
    links
}

fn replace_link(link: &Path, target: &Path) -> Result<()> {
    let directory = link.parent().unwrap_or(Path::new("/"));
    let made = tempfile::Builder::new().prefix(".venvwrap-").make_in(directory, |path| symlink(target, path));
    let made = made.map_err(Error::io("write in", directory))?;
    made.into_temp_path().persist(link).map_err(|refusal| Error::io("replace", link)(refusal.error))
}

/// Sets the interpreter in `pyvenv.cfg`, in the keys that are there.
fn rewrite_cfg(environment: &Environment, found: &Interpreter) -> Result<()> {
    let Some(cfg) = environment.cfg() else { return Ok(()) };
    let bytes = |path: &Path| path.as_os_str().as_bytes().to_vec();
    let base = &found.base_executable;
    let version = found.version.to_string();
    let values = [
        ("home", bytes(base.parent().unwrap_or(Path::new("/")))),
        ("executable", bytes(base)),
        ("base-executable", bytes(base)),
        ("base-prefix", bytes(&found.base_prefix)),
        ("base-exec-prefix", bytes(&found.base_prefix)),
        ("version", version.clone().into_bytes()),
        ("version_info", version.clone().into_bytes()),
    ];
    pyvenv_cfg::edit(environment.root(), |old| {
        values.into_iter().fold(old.to_vec(), |text, (key, mut value)| {
            let Some(before) = cfg.get(key) else { return text };
            if key == "version_info" && before.split(|byte| *byte == b'.').count() > 3 {
                value = format!("{version}.{}", found.release).into_bytes();
            }
            pyvenv_cfg::with_value(&text, key, &value)
        })
    })
}
