//! What a seed has of its own in every environment: the scripts in `bin`, and their rows in RECORD.
//!
//! Owns writing both into a site-packages that has everything else. Their content depends on where
//! the environment will lie, so they are never shared and cannot be prepared.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::scripts::{self, Script};
use super::wheel::{Wheel, console_scripts, write_new};
use crate::formats::dist_info::RECORD;
use crate::formats::record::{self, InstalledFile};
use crate::fs::read_small;
use crate::versions::Release;

/// Longest file of a package that is read; the RECORD of pip has 60 KB.
const LIMIT: u64 = 16 * 1024 * 1024;

/// A package in a site-packages that lacks only its scripts.
#[derive(Debug)]
pub(super) struct Unfinished {
    record_path: PathBuf,
    record: Vec<u8>,
    scripts: Vec<Script>,
}

/// Reads what is needed of the packages of these wheels. Changes nothing, so that a slot that
/// somebody has spoiled can still be thrown away.
pub(super) fn read(site_packages: &Path, wheels: &[Wheel], version: Release) -> io::Result<Vec<Unfinished>> {
    let read = |wheel: &Wheel| {
        let dist_info = site_packages.join(wheel.dist_info());
        let listed = read_small(&dist_info.join("entry_points.txt"), LIMIT)?.unwrap_or_default();
        let listed = console_scripts(std::str::from_utf8(&listed).map_err(|_| io::ErrorKind::InvalidData)?);
        let record_path = dist_info.join(RECORD);
        let record = read_small(&record_path, LIMIT)?.ok_or(io::ErrorKind::NotFound)?;
        Ok(Unfinished { record_path, record, scripts: scripts::wanted(&listed, version) })
    };
    wheels.iter().map(read).collect()
}

/// Writes scripts into `bin` that start `python`, and their rows in front of those that RECORD has:
/// `..` sorts before every name of a package.
pub(super) fn write(
    packages: &[Unfinished],
    site_packages: &Path,
    bin: &Path,
    python: &Path,
    version: Release,
) -> io::Result<()> {
    for package in packages.iter().filter(|package| !package.scripts.is_empty()) {
        let mut rows = Vec::with_capacity(package.scripts.len());
        for script in &package.scripts {
            let (file, text) = (bin.join(&script.name), script.text(python, version));
            write_new(&file, &text, 0o777)?;
            // The layout of environments is ASCII.
            let path = String::from_utf8_lossy(&record::relative_path(site_packages, &file)).into_owned();
            rows.push(InstalledFile::of(&path, &text));
        }
        // In place, without cutting it to nothing first: ext4 would send a file that was to the
        // disk at once.
        let mut file = OpenOptions::new().write(true).open(&package.record_path)?;
        file.write_all(&[record::text(rows), package.record.clone()].concat())?;
    }
    Ok(())
}
