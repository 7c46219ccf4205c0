//! What a seed has of its own in every environment: the scripts in `bin`, and their rows in RECORD.
//!
//! Owns writing both into a site-packages that has everything else. Their content depends on where
//! the environment will lie, so they are never shared and cannot be prepared.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::record::{self, Row};
use super::scripts::{self, Script};
use super::wheel::{Wheel, console_scripts, write_new};
use crate::formats::dist_info::RECORD;
use crate::fs::read_small;
use crate::interpreter::Version;

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
pub(super) fn read(site_packages: &Path, wheels: &[Wheel], version: Version) -> io::Result<Vec<Unfinished>> {
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
    version: Version,
) -> io::Result<()> {
    let way = way_between(site_packages, bin);
    for package in packages.iter().filter(|package| !package.scripts.is_empty()) {
        let mut rows = Vec::with_capacity(package.scripts.len());
        for script in &package.scripts {
            let text = script.text(python, version);
            write_new(&bin.join(&script.name), &text, 0o777)?;
            rows.push(Row::of(&format!("{way}{}", script.name), &text));
        }
        // In place, without cutting it to nothing first: ext4 would send a file that was to the
        // disk at once.
        let mut file = OpenOptions::new().write(true).open(&package.record_path)?;
        file.write_all(&[record::text(rows).as_bytes(), &package.record].concat())?;
    }
    Ok(())
}

/// `../../../bin/`: the way from one directory of an environment to another, as RECORD writes it.
/// What is in it comes from the layout of environments, which is ASCII.
fn way_between(from: &Path, to: &Path) -> String {
    let common = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = to.components().skip(common).filter_map(|component| match component {
        Component::Normal(name) => Some(name.display().to_string()),
        _ => None,
    });
    up.chain(down).map(|step| step + "/").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_bin_depends_on_the_layout() {
        let way = |from: &str| way_between(Path::new(from), Path::new("/e/my env/bin"));
        assert_eq!(way("/e/my env/lib/python3.13/site-packages"), "../../../bin/");
        assert_eq!(way("/e/my env/site-packages"), "../bin/");
    }
}
