//! Mending what can be mended without asking: nothing that a person made is lost, and at every
//! moment each file is what it was or what it is to be.
//!
//! Owns the choice of what is safe. Finishing a renaming is `commands/mvvirtualenv`'s matter.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::finding::{About, Finding, What};
use super::{Examination, interpreter as checks, place};
use crate::environment::Environment;
use crate::environment::integrity::is_called_python;
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::{read_small, remove_tree, write_whole};
use crate::interpreter::{self, Interpreter};
use crate::keepsake::{self, Ages};
use crate::relocate::{self, Relocation, Rewriting};
use crate::workon_home::name::EnvironmentName;

/// Longest `pyvenv.cfg` that is written anew.
const SMALL: u64 = 64 * 1024;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mended {
    /// The environment has this interpreter now.
    Relinked(PathBuf),
    /// Its files name the place where it stands.
    Rewritten,
    /// These activation scripts were written.
    Restored(Vec<&'static str>),
    /// What another tool had lost was put back.
    PutBack(Vec<&'static str>),
    /// What killed commands left was removed.
    Cleared,
    /// A file of the cache was removed.
    Dropped,
}

/// Mends what was found, where that is safe. `None`: it is left to the person.
pub(crate) fn mend(examination: &Examination<'_>, finding: &Finding) -> Option<Result<Mended>> {
    let environment = || {
        let About::Environment(name) = &finding.about else { return None };
        let environment = examination.home.get(&EnvironmentName::existing(name).ok()?).ok()?;
        // Links are not followed: what they lead to is not in the store.
        (!place::is_link(environment.root())).then_some(environment)
    };
    match &finding.what {
        What::PythonGone { .. } | What::HomeGone { .. } | What::PythonReplaced { .. } => {
            relink(examination, &environment()?).transpose()
        }
        What::Moved { from, .. } => rewrite(examination, &environment()?, from).transpose(),
        What::NoCfg => {
            let environment = environment()?;
            let (file, text) = (environment.root().join("pyvenv.cfg"), environment.lost_cfg()?);
            Some(write_whole(&file, &text).map(|()| Mended::Restored(vec!["pyvenv.cfg"])))
        }
        What::NoActivate { scripts } => Some(restore(examination, &environment()?, scripts)),
        What::MadeAnew => {
            let restored = {
                let (home, environment) = (examination.home, environment()?);
                let ages = Ages::of(home, &environment);
                keepsake::restore(ages, home, &environment, examination.context).transpose()?
            };
            Some(restored.map(Mended::PutBack))
        }
        What::Leftovers { .. } => {
            let cleared = examination.home.clear_dead_builds();
            Some(cleared.map(|()| Mended::Cleared))
        }
        What::TmpenvAbandoned => {
            let name = EnvironmentName::existing(finding.path.file_name()?).ok()?;
            Some(examination.home.remove(&name, None).map(|_| Mended::Cleared))
        }
        What::UnbegunRename { name } => {
            let name = EnvironmentName::existing(name).ok()?;
            Some(examination.home.drop_unbegun(&name).map(|()| Mended::Cleared))
        }
        What::CacheDamaged => {
            let removed = remove_tree(&finding.path).map_err(Error::io("remove", &finding.path));
            Some(removed.map(|()| Mended::Dropped))
        }
        _ => None,
    }
}

/// Gives it another interpreter of the same implementation and the same minor version. `None` where
/// its own is a copy, or nobody knows which it was.
fn relink(examination: &Examination<'_>, environment: &Environment) -> Result<Option<Mended>> {
    let Some(request) = wanted(environment) else { return Ok(None) };
    let found = match of_home(examination, environment) {
        Some(found) => found,
        None => interpreter::find(examination.context, Some(OsStr::new(&request)))?,
    };
    rewrite_cfg(environment, &found)?;
    // Those that others lead to first: `python` is what everybody looks at.
    let mut links = outside_links(environment);
    links.extend(checks::dangling(environment).into_iter().filter(|link| fs::symlink_metadata(link).is_err()));
    for link in links {
        replace_link(&link, &found.base_executable)?;
    }
    Ok(Some(Mended::Relinked(found.base_executable)))
}

/// The one in the directory that it was made from, where another is there by now under the name
/// that it links to.
fn of_home(examination: &Examination<'_>, environment: &Environment) -> Option<Interpreter> {
    let (home, series) = (checks::home(environment)?, environment.series()?);
    let stem = if wanted(environment)?.starts_with("pypy") { "pypy" } else { "python" };
    let found = interpreter::at(examination.context, &home.join(format!("{stem}{series}"))).ok()?;
    (series == format!("{}.{}", found.version.major, found.version.minor)).then_some(found)
}

/// `cpython3.12`, `pypy3.9`, `cpython3.13t`.
fn wanted(environment: &Environment) -> Option<String> {
    let series = checks::relinkable(environment)?;
    let library = environment.site_packages().ok()?;
    let library = library.parent()?.file_name()?.to_str()?.to_owned();
    let threads = if library.ends_with('t') { "t" } else { "" };
    let (stem, word) = if library.starts_with("pypy") { ("pypy", "pypy") } else { ("python", "cpython") };
    // Another one's library: packages that are compiled would not load.
    (library == format!("{stem}{series}{threads}")).then(|| format!("{word}{series}{threads}"))
}

/// Its links to an interpreter that lies elsewhere.
fn outside_links(environment: &Environment) -> Vec<PathBuf> {
    let bin = environment.bin();
    let leads_out = |link: &Path| {
        fs::read_link(link).is_ok_and(|target| crate::fs::tidied(&bin.join(target)).parent() != Some(&*bin))
    };
    let entries = fs::read_dir(&bin).into_iter().flatten().flatten();
    let named = entries.filter(|entry| is_called_python(&entry.file_name())).map(|entry| entry.path());
    let mut links: Vec<PathBuf> = named.filter(|link| leads_out(link)).collect();
    links.sort();
    links
}

fn replace_link(link: &Path, target: &Path) -> Result<()> {
    let directory = link.parent().unwrap_or(Path::new("/"));
    let made = tempfile::Builder::new().prefix(".venvwrap-").make_in(directory, |path| symlink(target, path));
    let made = made.map_err(Error::io("write in", directory))?;
    made.into_temp_path().persist(link).map_err(|refusal| Error::io("replace", link)(refusal.error))
}

/// Has `pyvenv.cfg` name the interpreter, in the keys that it has.
fn rewrite_cfg(environment: &Environment, found: &Interpreter) -> Result<()> {
    let Some(cfg) = environment.cfg() else { return Ok(()) };
    let file = environment.root().join("pyvenv.cfg");
    let old = read_small(&file, SMALL).map_err(Error::io("read", &file))?.unwrap_or_default();
    if old.len() as u64 >= SMALL {
        return Err(Error::io("read", file)(std::io::ErrorKind::FileTooLarge.into()));
    }
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
    let mut text = old.clone();
    for (key, mut value) in values {
        let Some(before) = cfg.get(key) else { continue };
        if key == "version_info" && before.split(|byte| *byte == b'.').count() > 3 {
            value = format!("{version}.{}", found.release).into_bytes();
        }
        text = pyvenv_cfg::with_value(&text, key, &value);
    }
    if text == old { Ok(()) } else { write_whole(&file, &text) }
}

/// Has its files name the place where it stands. `None` where that is not safe, or they do already.
fn rewrite(examination: &Examination<'_>, environment: &Environment, from: &Path) -> Result<Option<Mended>> {
    let root = environment.root();
    if !place::can_rewrite(environment, from) {
        return Ok(None);
    }
    let relocation = Relocation::new(environment, &relocate::spellings(from), root, examination.scripts);
    let staging = examination.home.start_building()?;
    let rewriting = Rewriting::prepare(root, &relocation, staging.path())?;
    if rewriting.is_empty() {
        return Ok(None);
    }
    rewriting.apply(root)?;
    Ok(Some(Mended::Rewritten))
}

fn restore(examination: &Examination<'_>, environment: &Environment, missing: &[&'static str]) -> Result<Mended> {
    for (name, text) in (examination.scripts)(environment.root(), &environment.prompt()) {
        if missing.contains(&name) {
            write_whole(&environment.bin().join(name), &text)?;
        }
    }
    Ok(Mended::Restored(missing.to_vec()))
}
