//! Checks the packages of an environment: pip, and that pip can manage each of them.
//!
//! Lists the directories of packages and reads nothing in a package.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::{MetadataFile, Symptom};
use crate::environment::Environment;
use crate::formats::dist_info::{METADATA, MetadataForm, MetadataName, RECORD, normalized};
use crate::fs::entries_in;
use crate::sorting;

pub(super) fn check(environment: &Environment) -> Vec<(PathBuf, Symptom)> {
    let Ok(directories) = environment.package_directories() else {
        return no_site_packages(environment).into_iter().collect();
    };
    let mut found = Vec::new();
    let mut pip = Pip::default();
    for directory in &directories {
        let mut names: Vec<OsString> = entries_in(directory).map(|entry| entry.file_name()).collect();
        sorting::sort(&mut names);
        pip.look(directory, &names);
        found.extend(incomplete(directory, &names));
    }
    found.extend(pip.check(environment, &directories));
    found
}

fn no_site_packages(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    let root = environment.root();
    // PyPy before 3.8 has `site-packages` at the top.
    let is_missing = !root.join("site-packages").is_dir();
    let lib = root.join("lib");
    let is_refused = fs::read_dir(&lib).is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied);
    (is_missing && !is_refused).then_some((lib, Symptom::NoSitePackages))
}

pub(super) fn borrowed_pip(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    environment.lacks_pip_of_its_own().then(|| (environment.bin().join("pip"), Symptom::PipOfOtherPython))
}

/// The parts of pip that are there.
#[derive(Default)]
struct Pip {
    metadata: Option<PathBuf>,
    package: bool,
}

impl Pip {
    fn look(&mut self, directory: &Path, names: &[OsString]) {
        for name in names {
            let bytes = name.as_encoded_bytes();
            if bytes == b"pip" {
                self.package = self.package || directory.join("pip/__init__.py").is_file();
            } else if let Some(metadata) = MetadataName::of(name)
                && metadata.form != MetadataForm::EggLink
                && normalized(metadata.name()) == "pip"
            {
                // An egg holds the package itself.
                self.package = self.package || metadata.form == MetadataForm::Egg;
                self.metadata = Some(directory.join(name));
            }
        }
    }

    fn check(self, environment: &Environment, directories: &[PathBuf]) -> Option<(PathBuf, Symptom)> {
        match self {
            Self { metadata: Some(metadata), package: false } => Some((metadata, Symptom::PipModuleMissing)),
            Self { metadata: None, package: false } if was_seeded(environment) => {
                Some((directories.first()?.clone(), Symptom::NoPip))
            }
            Self { metadata: None, package: false } => borrowed_pip(environment),
            Self { metadata: Some(_), package: true } => {
                let mut entries = fs::read_dir(environment.bin()).ok()?.flatten();
                let has_one = entries.any(|entry| entry.file_name().as_encoded_bytes().starts_with(b"pip"));
                (!has_one).then(|| (environment.bin().join("pip"), Symptom::NoPipCommand))
            }
            _ => None,
        }
    }
}

/// Whether `pyvenv.cfg` records a creation with pip: uv writes `seed`, others their command line.
fn was_seeded(environment: &Environment) -> bool {
    let Some(cfg) = environment.cfg() else { return false };
    let has = |text: &[u8], word: &[u8]| memchr::memmem::find(text, word).is_some();
    let by_command = |command: &[u8]| {
        (has(command, b"-m venv ") || has(command, b"-m virtualenv "))
            && ![&b"--without-pip"[..], b"--no-pip", b"--no-seed"].iter().any(|option| has(command, option))
    };
    cfg.get("seed").is_some_and(|seed| seed.eq_ignore_ascii_case(b"true")) || cfg.get("command").is_some_and(by_command)
}

/// Directories that pip cannot use, a symptom for each kind.
fn incomplete(directory: &Path, names: &[OsString]) -> Vec<(PathBuf, Symptom)> {
    let (mut no_metadata, mut no_record, mut leftovers) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        if name.as_encoded_bytes().starts_with(b"~") {
            leftovers.push(name.clone());
        } else if MetadataName::of(name).is_some_and(|name| name.form == MetadataForm::DistInfo) {
            let path = directory.join(name);
            let lacks = |file: &str| fs::symlink_metadata(path.join(file)).is_err();
            if lacks(METADATA) {
                no_metadata.push(name.clone());
            } else if lacks(RECORD) {
                no_record.push(name.clone());
            }
        }
    }
    let of = |names: Vec<OsString>, symptom: fn(Vec<OsString>) -> Symptom| {
        names.first().map(|name| directory.join(name)).map(|path| (path, symptom(names)))
    };
    [
        of(no_metadata, |names| Symptom::MetadataIncomplete { missing: MetadataFile::Metadata, names }),
        of(no_record, |names| Symptom::MetadataIncomplete { missing: MetadataFile::Record, names }),
        of(leftovers, |names| Symptom::PipLeftovers { names }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
