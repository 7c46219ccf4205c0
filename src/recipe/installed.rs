//! The packages of an environment, for its recipe.
//!
//! Owns reading their metadata: version, mark, origin, and the extras that were probably requested.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Package, checkout, located, portable};
use crate::environment::frozen::without_password;
use crate::environment::{BIN, Environment};
use crate::error::{Error, Result};
use crate::formats::direct_url::{DirectUrl, VcsInfo};
use crate::formats::dist_info::{Headers, MetadataForm, MetadataName, REQUESTED, is_name, normalized, read_headers};
use crate::formats::pyvenv_cfg;
use crate::fs::{read_small, tidied};
use crate::shown::{shown, typed};
use crate::sorting;

/// Longest `.egg-link` that is read.
const LIMIT: u64 = 64 * 1024;

/// A package, and the requirements in its metadata.
struct Installed {
    package: Package,
    requires: Vec<Requirement>,
    metadata: PathBuf,
}

/// A `Requires-Dist`: the name, and the extra that requires it.
struct Requirement {
    name: String,
    extra: Option<String>,
    /// Whether it has conditions other than an extra, which may be false here.
    is_conditional: bool,
}

/// The packages in these directories, by name. What no recipe can describe is left out, and is a
/// fault.
pub(super) fn packages(directories: &[PathBuf], home: Option<&Path>, faults: &mut Vec<Error>) -> Result<Vec<Package>> {
    let mut found: BTreeMap<String, Installed> = BTreeMap::new();
    for directory in directories {
        for entry in fs::read_dir(directory).map_err(Error::io("list", directory))? {
            let path = entry.map_err(Error::io("list", directory))?.path();
            let installed = match read(&path, home) {
                Ok(Some(installed)) => installed,
                Ok(None) => continue,
                Err(fault) => {
                    faults.push(fault);
                    continue;
                }
            };
            let name = installed.package.normalized();
            match found.get(&name) {
                // For an editable package, old setuptools writes a link beside the metadata.
                Some(other) if other.package.version == installed.package.version => {
                    if installed.package.path.is_some() {
                        found.insert(name, installed);
                    }
                }
                Some(other) => faults.push(twice(&other.metadata, &installed.metadata, &name)),
                None => _ = found.insert(name, installed),
            }
        }
    }
    let extras: Vec<Vec<String>> = found.values().map(|installed| extras(installed, &found)).collect();
    let packages = found.into_values().zip(extras);
    Ok(packages.map(|(installed, extras)| Package { extras, ..installed.package }).collect())
}

fn twice(one: &Path, other: &Path, name: &str) -> Error {
    let file = |path: &Path| path.file_name().map(|file| shown(file).to_string()).unwrap_or_default();
    Error::Recipe {
        what: shown(other.parent().unwrap_or(other)).to_string(),
        reason: format!("`{name}` is installed twice: {} and {}", file(one), file(other)),
        hint: format!("`{} -m pip uninstall {name}` until nothing is left, then install it again", python_for(other)),
    }
}

/// The command of the environment that this metadata is in.
fn python_for(metadata: &Path) -> String {
    let root = metadata.ancestors().find(|directory| pyvenv_cfg::exists_in(directory));
    root.map_or_else(|| "python".to_owned(), |root| typed(&root.join(BIN).join("python")))
}

/// The package with metadata at `path`. `None` for other entries of site-packages, and for the
/// leftovers of an interrupted pip (`~name`).
fn read(path: &Path, home: Option<&Path>) -> Result<Option<Installed>> {
    let Some(metadata) = path.file_name().and_then(MetadataName::of) else { return Ok(None) };
    let Some(mut installed) = (match metadata.form {
        MetadataForm::EggLink => of_egg_link(path, metadata, home)?,
        _ => of_headers(path, metadata)?,
    }) else {
        return Ok(None);
    };
    if metadata.form == MetadataForm::DistInfo {
        installed.package.requested = fs::symlink_metadata(path.join(REQUESTED)).is_ok();
        if let Some(direct) = DirectUrl::read(path)? {
            add_origin(&mut installed.package, direct, home)?;
        }
    }
    Ok(Some(installed))
}

/// Name and version, from the headers, else from the file name.
fn of_headers(path: &Path, metadata: MetadataName<'_>) -> Result<Option<Installed>> {
    let text = read_headers(path).unwrap_or_default();
    let (mut name, mut version) = (metadata.name().to_owned(), metadata.version().map(str::to_owned));
    let mut requires = Vec::new();
    for (key, value) in Headers::new(&text) {
        let value = String::from_utf8_lossy(&value);
        if key.eq_ignore_ascii_case(b"name") {
            value.trim().clone_into(&mut name);
        } else if key.eq_ignore_ascii_case(b"version") {
            version = Some(value.trim().to_owned());
        } else if key.eq_ignore_ascii_case(b"requires-dist") {
            requires.extend(Requirement::parse(value.trim()));
        }
    }
    if !is_name(&name) {
        return Ok(None);
    }
    let Some(version) = version.filter(|version| !version.is_empty()) else {
        return Err(Error::Recipe {
            what: shown(path).to_string(),
            reason: format!("it does not say which version of `{name}` is installed"),
            hint: format!("install it again: `{} -m pip install --force-reinstall {name}`", python_for(path)),
        });
    };
    let package = Package { name, version, ..Package::default() };
    Ok(Some(Installed { package, requires, metadata: path.to_path_buf() }))
}

/// The first line is the directory, which has the metadata in it (setuptools' develop mode).
fn of_egg_link(file: &Path, link: MetadataName<'_>, home: Option<&Path>) -> Result<Option<Installed>> {
    let text = read_small(file, LIMIT).map_err(Error::io("read", file))?.unwrap_or_default();
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let source = tidied(Path::new(OsStr::from_bytes(line)));
    let metadata = source.join(format!("{}.egg-info", link.name().replace('-', "_")));
    let told = metadata.file_name().and_then(MetadataName::of).and_then(|name| of_headers(&metadata, name).ok()?);
    // Without metadata the version is unknown. It is not needed: an editable package has the
    // version of its source.
    let unknown = Package { name: link.name().to_owned(), version: "0".to_owned(), ..Package::default() };
    let (package, requires) = told.map_or((unknown, Vec::new()), |told| (told.package, told.requires));
    let path = Some(portable(&source, home)?);
    let package = Package { editable: true, requested: true, path, ..package };
    Ok(is_name(&package.name).then(|| Installed { package, requires, metadata: file.to_path_buf() }))
}

fn add_origin(package: &mut Package, direct: DirectUrl, home: Option<&Path>) -> Result<()> {
    match direct.path() {
        Some(path) if direct.vcs_info.is_none() => package.path = Some(portable(&path, home)?),
        _ => package.url = Some(without_password(&direct.url)),
    }
    package.editable = direct.is_editable();
    package.hash = direct.archive_hash().map(|hash| hash.replacen('=', ":", 1));
    package.subdirectory = direct.subdirectory.filter(|below| !below.is_empty());
    if let Some(VcsInfo { vcs, commit_id, requested_revision }) = direct.vcs_info {
        package.vcs = Some(vcs);
        package.commit = Some(commit_id);
        package.revision = requested_revision;
    }
    Ok(())
}

/// Replaces the path of an editable package inside its own environment by the repository that pip
/// checked it out from, if git's files name one.
pub(super) fn give_repository(package: &mut Package, environment: &Environment, home: Option<&Path>) {
    let path = package.path.as_deref().filter(|_| package.editable).and_then(|path| located(path, home).ok());
    let Some(found) = path.and_then(|path| checkout::of(&path, environment.root())) else { return };
    let described = Package {
        path: None,
        url: Some(found.url),
        vcs: Some("git".to_owned()),
        commit: Some(found.commit),
        subdirectory: found.subdirectory,
        ..package.clone()
    };
    if described.wrong_value().is_none() {
        *package = described;
    }
}

impl Requirement {
    fn parse(text: &str) -> Option<Self> {
        let (what, marker) = text.split_once(';').unwrap_or((text, ""));
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let end = what.find(|letter| !is_of_name(letter)).unwrap_or(what.len());
        let name = Some(normalized(&what[..end])).filter(|name| !name.is_empty())?;
        let extra = marker.split_once("extra").and_then(|(_, rest)| rest.split(['\'', '"']).nth(1)).map(normalized);
        let is_conditional = !marker.trim().is_empty() && (extra.is_none() || marker.contains(" and "));
        Some(Self { name, extra, is_conditional })
    }
}

/// The extras of a requested package that its user probably asked for: everything that the extra
/// needs without a further condition is installed, and something of it is there for no other
/// reason.
fn extras(installed: &Installed, all: &BTreeMap<String, Installed>) -> Vec<String> {
    if !installed.package.requested {
        return Vec::new();
    }
    let is_needed_otherwise = |name: &str| {
        let mut requirements = all.values().flat_map(|each| &each.requires);
        requirements.any(|each| each.name == name && each.extra.is_none())
    };
    let mut names: Vec<&String> = installed.requires.iter().filter_map(|each| each.extra.as_ref()).collect();
    sorting::sort(&mut names);
    names.dedup();
    let is_chosen = |extra: &&String| {
        let of_extra = || installed.requires.iter().filter(|each| each.extra.as_ref() == Some(extra));
        let is_there = |each: &Requirement| all.contains_key(&each.name);
        let is_reason = |each: &Requirement| {
            is_there(each) && !all[&each.name].package.requested && !is_needed_otherwise(&each.name)
        };
        of_extra().all(|each| each.is_conditional || is_there(each)) && of_extra().any(is_reason)
    };
    names.into_iter().filter(is_chosen).cloned().collect()
}
