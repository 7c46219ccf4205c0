//! Whether the files of an environment name the place where it stands: activation scripts and the
//! first lines of the programs in `bin`.
//!
//! Owns reading those, each once and only its beginning. What is read in them is `relocate`'s
//! matter.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::{AccessFlags, Uid, access};

use super::{What, environment_of_bin};
use crate::environment::Environment;
use crate::environment::appended::inserted_lines;
use crate::fs::{is_same, read_small};
use crate::relocate::{self, ActivationScripts};

/// As much of a program as is read: the longest path, in a line of its own.
const START: u64 = 4096 + 256;

/// As much of `bin/activate` as is read.
const SMALL: u64 = 64 * 1024;

pub(super) fn check(environment: &Environment, scripts: ActivationScripts) -> Vec<(PathBuf, What)> {
    let mut found = Vec::new();
    if let Some(path) = unreadable(environment) {
        // What follows would only say so again.
        let is_ours = is_ours(&path);
        return vec![(path, What::Unreadable { is_ours })];
    }
    found.extend(not_writable(environment));
    let activate = environment.bin().join("activate");
    let text = read_small(&activate, SMALL).ok().flatten();
    let programs = programs(&environment.bin());
    let from = moved(environment, text.as_deref(), &programs);
    if let Some(from) = &from {
        let what = What::Moved { from: from.clone(), can_rewrite: can_rewrite(environment, from) };
        found.push((environment.root().to_path_buf(), what));
    }
    found.extend(scripts_elsewhere(environment, &programs, from.as_deref()));
    found.extend(no_activate(environment, scripts));
    let lines = text.as_deref().map(inserted_lines).unwrap_or_default();
    if !lines.is_empty() {
        found.push((activate, What::ActivateEdited { lines }));
    }
    found
}

/// Not so where the place is more than an environment's: what else lies there would be taken for
/// something of its own. Nor where the environment is only a link in the store.
pub(super) fn can_rewrite(environment: &Environment, from: &Path) -> bool {
    let root = environment.root();
    let home = super::interpreter::home(environment);
    let is_above = root.starts_with(from) || home.is_some_and(|home| home.starts_with(from));
    let is_free = || fs::symlink_metadata(from).is_err() || Environment::open(from).is_ok_and(|there| there.is_some());
    !is_link(root) && !is_above && is_free()
}

/// Whether a file belongs to us. What cannot be looked at does, as far as anybody knows.
pub(super) fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).map_or(true, |entry| entry.uid() == Uid::effective().as_raw())
}

pub(super) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|entry| entry.is_symlink())
}

/// The first of the files and directories that everything else depends on which may not be read.
fn unreadable(environment: &Environment) -> Option<PathBuf> {
    let root = environment.root();
    let directories = [root.to_path_buf(), environment.bin(), root.join("lib")].map(|path| (path, AccessFlags::X_OK));
    let files = [root.join("pyvenv.cfg"), environment.bin().join("activate")].map(|path| (path, AccessFlags::R_OK));
    let is_refused = |(path, way): &(PathBuf, AccessFlags)| {
        access(path, AccessFlags::R_OK | *way).is_err_and(|refusal| refusal == nix::errno::Errno::EACCES)
    };
    directories.into_iter().chain(files).find(is_refused).map(|(path, _)| path)
}

/// Packages cannot be installed in it. One that is only a link in the store may be meant to be so.
fn not_writable(environment: &Environment) -> Option<(PathBuf, What)> {
    let packages = environment.site_packages().ok();
    let places = [Some(environment.root().to_path_buf()), Some(environment.bin()), packages];
    let is_refused =
        |path: &PathBuf| access(path, AccessFlags::W_OK).is_err_and(|refusal| refusal == nix::errno::Errno::EACCES);
    let refused = places.into_iter().flatten().find(is_refused)?;
    let is_ours = is_ours(&refused);
    (!is_link(environment.root())).then_some((refused, What::NotWritable { is_ours }))
}

/// A program in `bin` and the Pythons that its first lines can be read to name.
struct Program {
    name: OsString,
    pythons: Vec<PathBuf>,
}

/// Programs that name a Python by its path, in the order of their names.
fn programs(bin: &Path) -> Vec<Program> {
    let entries = fs::read_dir(bin).into_iter().flatten().flatten();
    // Only their own: what a link leads to has its place elsewhere.
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut programs: Vec<Program> = files
        .filter_map(|entry| {
            let pythons = relocate::interpreters(&start_of(&entry.path()).ok()?);
            (!pythons.is_empty()).then(|| Program { name: entry.file_name(), pythons })
        })
        .collect();
    programs.sort_by(|one, other| one.name.cmp(&other.name));
    programs
}

fn start_of(file: &Path) -> io::Result<Vec<u8>> {
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(file)?;
    let mut start = vec![0; 2];
    let read = (&file).read(&mut start)?;
    if read < 2 || start != b"#!" {
        return Ok(Vec::new());
    }
    file.take(START).read_to_end(&mut start)?;
    Ok(start)
}

/// The place that it was made to stand in, where that is another one. `bin/activate` tells; where
/// that is missing or finds its place by itself, pip does, unless that place is where the
/// interpreter comes from.
fn moved(environment: &Environment, activate: Option<&[u8]>, programs: &[Program]) -> Option<PathBuf> {
    activate
        .and_then(|text| relocate::named_elsewhere(text, environment.root()))
        .or_else(|| moved_pip(environment, programs))
}

/// The place that an environment was made in, where it was moved or copied by hand since; and
/// whether that place may be taken for this environment's own wherever its files name it.
pub(crate) fn moved_from(environment: &Environment) -> Option<(PathBuf, bool)> {
    let text = read_small(&environment.bin().join("activate"), SMALL).ok().flatten();
    let from = moved(environment, text.as_deref(), &programs(&environment.bin()))?;
    let can_rewrite = can_rewrite(environment, &from);
    Some((from, can_rewrite))
}

/// The same for scripts that somebody renewed, while pip still names the old place: one where
/// nothing is any more, or another environment, which a pip of this one never starts.
fn moved_pip(environment: &Environment, programs: &[Program]) -> Option<PathBuf> {
    let is_gone = |path: &Path| fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let home = super::interpreter::home(environment);
    let pips = programs.iter().filter(|program| program.name.as_encoded_bytes().starts_with(b"pip"));
    let places = pips.filter_map(|pip| match pip.pythons.iter().find(|python| !is_gone(python)) {
        Some(python) => environment_of_bin(python.parent()?).map(Path::to_path_buf),
        None => pip.pythons.first()?.parent()?.parent().filter(|place| is_gone(place)).map(Path::to_path_buf),
    });
    let is_base = |place: &Path| home.as_ref().is_some_and(|home| home.starts_with(place));
    places.into_iter().find(|place| !is_base(place) && !is_same(place, environment.root()))
}

/// Programs that start a Python that is gone, or that of another environment; by the Python that
/// they start. Those that start one in the place that it was moved from are told of already.
fn scripts_elsewhere(environment: &Environment, programs: &[Program], from: Option<&Path>) -> Vec<(PathBuf, What)> {
    let bin = environment.bin();
    let mut gone: BTreeMap<&Path, Vec<OsString>> = BTreeMap::new();
    let mut others: BTreeMap<&Path, Vec<OsString>> = BTreeMap::new();
    // With its own interpreter gone, its programs have nothing to start; that is told as one thing.
    let has_python = fs::metadata(environment.python()).is_ok();
    for program in programs {
        let is_told = |python: &PathBuf| from.is_some_and(|from| python.starts_with(from));
        if program.pythons.iter().any(is_told) {
            continue;
        }
        let found = program.pythons.iter().find(|python| fs::metadata(python).is_ok());
        let python = found.or(program.pythons.first());
        let Some((python, directory)) = python.and_then(|python| Some((python.as_path(), python.parent()?))) else {
            continue;
        };
        let is_own = is_same(directory, &bin);
        if found.is_none() && (!is_own || has_python) {
            gone.entry(python).or_default().push(program.name.clone());
        } else if found.is_some() && !is_own && environment_of_bin(directory).is_some() {
            others.entry(python).or_default().push(program.name.clone());
        }
    }
    let one = |(python, scripts): (&Path, Vec<OsString>), what: fn(Vec<OsString>, PathBuf) -> What| {
        (bin.join(&scripts[0]), what(scripts, python.to_path_buf()))
    };
    let gone = gone.into_iter().map(|each| one(each, |scripts, python| What::ScriptsGone { scripts, python }));
    let others = others.into_iter().map(|each| one(each, |scripts, python| What::ScriptsElsewhere { scripts, python }));
    gone.chain(others).collect()
}

/// Those of our own scripts that are missing from an environment of ours; from another one only
/// `activate`, for which others its maker writes nobody knows.
pub(super) fn no_activate(environment: &Environment, scripts: ActivationScripts) -> Option<(PathBuf, What)> {
    let bin = environment.bin();
    let is_ours = environment.cfg().is_some_and(|cfg| cfg.get("venvwrap").is_some());
    let is_missing = |name: &&str| {
        (is_ours || *name == "activate")
            && fs::symlink_metadata(bin.join(name)).is_err_and(|error| error.kind() == ErrorKind::NotFound)
    };
    let names = scripts(environment.root(), &environment.prompt()).into_iter().map(|(name, _)| name);
    let missing: Vec<&'static str> = names.filter(is_missing).collect();
    let first = bin.join(missing.first()?);
    Some((first, What::NoActivate { scripts: missing }))
}
