//! The parts of a seed that differ in every environment: the scripts in `bin`, and their rows in
//! RECORD.
//!
//! Owns adding both to a site-packages that has everything else. They contain the location of the
//! environment, so they are never shared or prepared.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::scripts::{self, Script};
use super::wheel::{Wheel, console_scripts, write_new};
use crate::formats::dist_info::RECORD;
use crate::formats::record::{self, InstalledFile};
use crate::fs::read_small;
use crate::versions::Release;

/// Longest file of a package that is read. pip's RECORD has 60 KB.
const LIMIT: u64 = 16 * 1024 * 1024;

/// A package that lacks only its scripts.
#[derive(Debug)]
pub(super) struct Unfinished {
    record_path: PathBuf,
    record: Vec<u8>,
    scripts: Vec<Script>,
}

/// Reads the packages of these wheels. Changes nothing, so a damaged slot can still be discarded.
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

/// Writes scripts into `bin` that start `python`, and their rows before the other rows of RECORD:
/// `..` sorts before every package name.
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
        // Written in place without truncating, because ext4 flushes truncated files to the disk at
        // once.
        let mut file = OpenOptions::new().write(true).open(&package.record_path)?;
        file.write_all(&[record::text(rows), package.record.clone()].concat())?;
    }
    Ok(())
}
