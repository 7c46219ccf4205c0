//! Checks that the scripts of an environment point to where it is: activation scripts and the first
//! lines of the programs in `bin`.
//!
//! Reads each file once, and only its start. `relocate` finds the paths in it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;
use nix::unistd::{AccessFlags, access};

use super::Symptom;
use super::facts::{base_home, environment_of_bin, is_link, is_ours};
use crate::environment::Environment;
use crate::environment::appended::inserted_lines;
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::formats::shebang::interpreters;
use crate::fs::{entries_in, is_same, read_small};
use crate::relocate::{self, ActivationScripts};
use crate::sorting;

/// Bytes read of a program: the longest path, on a line of its own.
const START: u64 = 4096 + 256;

/// Bytes read of `bin/activate`.
const SMALL: u64 = 64 * 1024;

pub(super) fn check(environment: &Environment, scripts: ActivationScripts) -> Vec<(PathBuf, Symptom)> {
    let mut found = Vec::new();
    if let Some(path) = unreadable(environment) {
        // The other checks would report the same again.
        let is_ours = is_ours(&path);
        return vec![(path, Symptom::Unreadable { is_ours })];
    }
    found.extend(not_writable(environment));
    let activate = environment.bin().join("activate");
    let text = read_small(&activate, SMALL).ok().flatten();
    let programs = programs(&environment.bin());
    let from = moved(environment, text.as_deref(), &programs);
    if let Some(from) = &from {
        let symptom = Symptom::Moved { from: from.clone(), can_rewrite: can_rewrite(environment, from) };
        found.push((environment.root().to_path_buf(), symptom));
    }
    found.extend(scripts_elsewhere(environment, &programs, from.as_deref()));
    found.extend(no_activate(environment, scripts));
    let lines = text.as_deref().map(inserted_lines).unwrap_or_default();
    if !lines.is_empty() {
        found.push((activate, Symptom::ActivateEdited { lines }));
    }
    found
}

/// Whether it is safe to replace `from` in the scripts. It is not if `from` may hold more than an
/// environment (paths into the rest would be replaced, too), or if the environment is a link.
pub(super) fn can_rewrite(environment: &Environment, from: &Path) -> bool {
    let root = environment.root();
    let home = base_home(environment);
    let is_above = root.starts_with(from) || home.is_some_and(|home| home.starts_with(from));
    let is_free = || fs::symlink_metadata(from).is_err() || Environment::open(from).is_ok_and(|there| there.is_some());
    !is_link(root) && !is_above && is_free()
}

/// The first unreadable file or directory among those that the other checks need.
fn unreadable(environment: &Environment) -> Option<PathBuf> {
    let root = environment.root();
    let directories = [root.to_path_buf(), environment.bin(), root.join("lib")].map(|path| (path, AccessFlags::X_OK));
    let files = [root.join(FILE_NAME), environment.bin().join("activate")].map(|path| (path, AccessFlags::R_OK));
    let is_refused = |(path, way): &(PathBuf, AccessFlags)| {
        access(path, AccessFlags::R_OK | *way).is_err_and(|refusal| refusal == nix::errno::Errno::EACCES)
    };
    directories.into_iter().chain(files).find(is_refused).map(|(path, _)| path)
}

/// Packages cannot be installed. A link in the store may point to a read-only environment on
/// purpose.
fn not_writable(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    let packages = environment.site_packages().ok();
    let places = [Some(environment.root().to_path_buf()), Some(environment.bin()), packages];
    let is_refused =
        |path: &PathBuf| access(path, AccessFlags::W_OK).is_err_and(|refusal| refusal == nix::errno::Errno::EACCES);
    let refused = places.into_iter().flatten().find(is_refused)?;
    let is_ours = is_ours(&refused);
    (!is_link(environment.root())).then_some((refused, Symptom::NotWritable { is_ours }))
}

/// A program in `bin`, and the Pythons that its first lines may start.
pub(super) struct Program {
    pub(super) name: OsString,
    pub(super) pythons: Vec<PathBuf>,
}

/// The programs that start a Python by its path, sorted by name.
pub(super) fn programs(bin: &Path) -> Vec<Program> {
    let entries = entries_in(bin);
    // Not links: their targets belong to another place.
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let mut programs: Vec<Program> = files
        .filter_map(|entry| {
            let pythons = interpreters(&start_of(&entry.path()).ok()?);
            (!pythons.is_empty()).then(|| Program { name: entry.file_name(), pythons })
        })
        .collect();
    sorting::sort_by(&mut programs, |one, other| one.name.cmp(&other.name));
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

/// The place that the scripts still point to after a move: by `bin/activate`, else (it is missing,
/// or finds its place at run time) by pip.
fn moved(environment: &Environment, activate: Option<&[u8]>, programs: &[Program]) -> Option<PathBuf> {
    activate
        .and_then(|text| relocate::named_elsewhere(text, environment.root()))
        .or_else(|| moved_pip(environment, programs))
}

/// The place that a moved environment still points to, and whether it is safe to replace that path
/// in its scripts.
pub(crate) fn moved_from(environment: &Environment) -> Option<(PathBuf, bool)> {
    let text = read_small(&environment.bin().join("activate"), SMALL).ok().flatten();
    let from = moved(environment, text.as_deref(), &programs(&environment.bin()))?;
    let can_rewrite = can_rewrite(environment, &from);
    Some((from, can_rewrite))
}

/// The place that pip still points to when the activation scripts do not: it does not exist, or is
/// another environment, whose Python this pip never starts. Not the place of the base Python.
fn moved_pip(environment: &Environment, programs: &[Program]) -> Option<PathBuf> {
    let is_missing = |path: &Path| fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let home = base_home(environment);
    let pips = programs.iter().filter(|program| program.name.as_encoded_bytes().starts_with(b"pip"));
    let places = pips.filter_map(|pip| match pip.pythons.iter().find(|python| !is_missing(python)) {
        Some(python) => environment_of_bin(python.parent()?).map(Path::to_path_buf),
        None => pip.pythons.first()?.parent()?.parent().filter(|place| is_missing(place)).map(Path::to_path_buf),
    });
    let is_base = |place: &Path| home.as_ref().is_some_and(|home| home.starts_with(place));
    places.into_iter().find(|place| !is_base(place) && !is_same(place, environment.root()))
}

/// Programs that start a missing Python or another environment's, grouped by that Python. `Moved`
/// covers those that point to `from`.
fn scripts_elsewhere(environment: &Environment, programs: &[Program], from: Option<&Path>) -> Vec<(PathBuf, Symptom)> {
    let bin = environment.bin();
    let mut missing: BTreeMap<&Path, Vec<OsString>> = BTreeMap::new();
    let mut others: BTreeMap<&Path, Vec<OsString>> = BTreeMap::new();
    // Without its own Python all programs fail; `interpreter` reports that once.
    let has_python = fs::metadata(environment.python()).is_ok();
    for program in programs {
        let is_moved = |python: &PathBuf| from.is_some_and(|from| python.starts_with(from));
        if program.pythons.iter().any(is_moved) {
            continue;
        }
        let found = program.pythons.iter().find(|python| fs::metadata(python).is_ok());
        let python = found.or(program.pythons.first());
        let Some((python, directory)) = python.and_then(|python| Some((python.as_path(), python.parent()?))) else {
            continue;
        };
        let is_own = is_same(directory, &bin);
        if found.is_none() && (!is_own || has_python) {
            missing.entry(python).or_default().push(program.name.clone());
        } else if found.is_some() && !is_own && environment_of_bin(directory).is_some() {
            others.entry(python).or_default().push(program.name.clone());
        }
    }
    let one = |(python, scripts): (&Path, Vec<OsString>), symptom: fn(Vec<OsString>, PathBuf) -> Symptom| {
        (bin.join(&scripts[0]), symptom(scripts, python.to_path_buf()))
    };
    let missing =
        missing.into_iter().map(|each| one(each, |scripts, python| Symptom::ScriptPythonMissing { scripts, python }));
    let others =
        others.into_iter().map(|each| one(each, |scripts, python| Symptom::ScriptPythonElsewhere { scripts, python }));
    missing.chain(others).collect()
}

/// Missing activation scripts. In an environment of another tool only `activate` is expected:
/// tools write different sets.
fn no_activate(environment: &Environment, scripts: ActivationScripts) -> Option<(PathBuf, Symptom)> {
    let bin = environment.bin();
    let is_ours = environment.cfg().is_some_and(|cfg| cfg.get("venvwrap").is_some());
    let is_missing = |name: &&str| {
        (is_ours || *name == "activate")
            && fs::symlink_metadata(bin.join(name)).is_err_and(|error| error.kind() == ErrorKind::NotFound)
    };
    let names = scripts(environment.root(), &environment.prompt()).into_iter().map(|(name, _)| name);
    let missing: Vec<&'static str> = names.filter(is_missing).collect();
    let first = bin.join(missing.first()?);
    Some((first, Symptom::NoActivate { scripts: missing }))
}
