//! Repairs what can be repaired without asking. Nothing you made is lost, and each file is replaced
//! as a whole.
//!
//! Decides what is safe. `commands/mvvirtualenv` finishes renames.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::facts::{base_home, is_link};
use super::{Examination, Finding, Subject, Symptom, interpreter as checks, location};
use crate::environment::Environment;
use crate::environment::integrity::is_called_python;
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::{remove_tree, write_whole};
use crate::interpreter::{self, Interpreter};
use crate::keepsake::{self, Timestamps};
use crate::relocate::{self, Relocation, Rewriting};
use crate::workon_home::name::EnvironmentName;

/// What was repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repair {
    /// The environment was linked to this interpreter.
    Relinked(PathBuf),
    /// The scripts point to where the environment is.
    Rewritten,
    /// These activation scripts were written.
    Restored(Vec<&'static str>),
    /// What another tool had dropped was restored.
    PutBack(Vec<&'static str>),
    /// What killed commands left was removed.
    Cleared,
    /// A file of the cache was removed.
    Dropped,
}

/// Repairs a finding if that is safe. `None`: the user has to decide.
pub(crate) fn repair(examination: &Examination<'_>, finding: &Finding) -> Option<Result<Repair>> {
    let environment = || {
        let Subject::Environment(name) = &finding.subject else { return None };
        let environment = examination.home.get(&EnvironmentName::existing(name).ok()?).ok()?;
        // The target of a link is outside the store.
        (!is_link(environment.root())).then_some(environment)
    };
    match &finding.symptom {
        Symptom::PythonMissing { .. } | Symptom::HomeMissing { .. } | Symptom::PythonReplaced { .. } => {
            relink(examination, &environment()?).transpose()
        }
        Symptom::Moved { from, .. } => rewrite(examination, &environment()?, from).transpose(),
        Symptom::NoCfg => {
            let environment = environment()?;
            let (file, text) = (environment.root().join(pyvenv_cfg::FILE_NAME), environment.lost_cfg()?);
            Some(write_whole(&file, &text).map(|()| Repair::Restored(vec![pyvenv_cfg::FILE_NAME])))
        }
        Symptom::NoActivate { scripts } => Some(restore(examination, &environment()?, scripts)),
        Symptom::Recreated => {
            let restored = {
                let (home, environment) = (examination.home, environment()?);
                let timestamps = Timestamps::of(home, &environment);
                keepsake::restore(timestamps, home, &environment, examination.context).transpose()?
            };
            Some(restored.map(Repair::PutBack))
        }
        Symptom::Leftovers { .. } => {
            let cleared = examination.home.clear_dead_builds();
            Some(cleared.map(|()| Repair::Cleared))
        }
        Symptom::TmpenvAbandoned => {
            let name = EnvironmentName::existing(finding.path.file_name()?).ok()?;
            Some(examination.home.remove(&name, None).map(|_| Repair::Cleared))
        }
        Symptom::RenameNotStarted { name } => {
            let name = EnvironmentName::existing(name).ok()?;
            Some(examination.home.drop_unbegun(&name).map(|()| Repair::Cleared))
        }
        Symptom::CacheDamaged => {
            let removed = remove_tree(&finding.path).map_err(Error::io("remove", &finding.path));
            Some(removed.map(|()| Repair::Dropped))
        }
        _ => None,
    }
}

/// Links the environment to another interpreter of the same implementation and minor version.
/// `None` if its own is a copy or of unknown version.
fn relink(examination: &Examination<'_>, environment: &Environment) -> Result<Option<Repair>> {
    let Some(request) = wanted(environment) else { return Ok(None) };
    let found = match of_home(examination, environment) {
        Some(found) => found,
        None => interpreter::find(examination.context, Some(OsStr::new(&request)))?,
    };
    rewrite_cfg(environment, &found)?;
    // Links that point out of `bin` come first: `python` and the others point to them.
    let mut links = outside_links(environment);
    links.extend(checks::dangling(environment).into_iter().filter(|link| fs::symlink_metadata(link).is_err()));
    for link in links {
        replace_link(&link, &found.base_executable)?;
    }
    Ok(Some(Repair::Relinked(found.base_executable)))
}

/// The interpreter in `home` of `pyvenv.cfg`, if one of the right version is there again.
fn of_home(examination: &Examination<'_>, environment: &Environment) -> Option<Interpreter> {
    let (home, series) = (base_home(environment)?, environment.series()?);
    let stem = if wanted(environment)?.starts_with("pypy") { "pypy" } else { "python" };
    let found = interpreter::at(examination.context, &home.join(format!("{stem}{series}"))).ok()?;
    (series == found.version.series()).then_some(found)
}

/// `cpython3.12`, `pypy3.9`, `cpython3.13t`.
fn wanted(environment: &Environment) -> Option<String> {
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
    let entries = fs::read_dir(&bin).into_iter().flatten().flatten();
    let named = entries.filter(|entry| is_called_python(&entry.file_name())).map(|entry| entry.path());
    let mut links: Vec<PathBuf> = named.filter(|link| points_outside(link)).collect();
    links.sort();
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

/// Makes the scripts point to where the environment is. `None` if that is not safe or not needed.
fn rewrite(examination: &Examination<'_>, environment: &Environment, from: &Path) -> Result<Option<Repair>> {
    let root = environment.root();
    if !location::can_rewrite(environment, from) {
        return Ok(None);
    }
    let relocation = Relocation::new(environment, &relocate::spellings(from), root, examination.scripts);
    let staging = examination.home.start_building()?;
    let rewriting = Rewriting::prepare(root, &relocation, staging.path())?;
    if rewriting.is_empty() {
        return Ok(None);
    }
    rewriting.apply(root)?;
    Ok(Some(Repair::Rewritten))
}

fn restore(examination: &Examination<'_>, environment: &Environment, missing: &[&'static str]) -> Result<Repair> {
    for (name, text) in (examination.scripts)(environment.root(), &environment.prompt()) {
        if missing.contains(&name) {
            write_whole(&environment.bin().join(name), &text)?;
        }
    }
    Ok(Repair::Restored(missing.to_vec()))
}
