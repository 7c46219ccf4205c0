//! Writes the `REQUESTED` files, by which pip knows which packages the user asked for (PEP 376).
//!
//! When a recipe is installed, the installer gets every package by name, and marks all of them.

use std::fs;
use std::io;
use std::path::Path;

use super::Recipe;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::dist_info::{MetadataForm, MetadataName, RECORD, REQUESTED, name, normalized};
use crate::formats::record::{self, InstalledFile};
use crate::fs::{read_small, write_whole};

/// A RECORD of a package with a hundred thousand files is smaller.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Marks the packages of an environment as in the recipe.
pub(crate) fn mark_requested(environment: &Environment, recipe: &Recipe) -> Result<()> {
    for directory in environment.package_directories()? {
        for entry in fs::read_dir(&directory).map_err(Error::io("list", &directory))? {
            let path = entry.map_err(Error::io("list", &directory))?.path();
            let form = path.file_name().and_then(MetadataName::of).map(|metadata| metadata.form);
            let name = if form == Some(MetadataForm::DistInfo) { name(&path) } else { None };
            if let Some(package) = name.and_then(|name| recipe.package(&normalized(&name))) {
                mark(&path, package.requested)?;
            }
        }
    }
    Ok(())
}

fn mark(dist_info: &Path, is_requested: bool) -> Result<()> {
    let file = dist_info.join(REQUESTED);
    if is_requested == fs::symlink_metadata(&file).is_ok() {
        return Ok(());
    }
    let record = dist_info.join(RECORD);
    let text = read_small(&record, LIMIT).map_err(Error::io("read", &record))?;
    if let Some(text) = text {
        write_whole(&record, &with_row(&text, dist_info, is_requested))?;
    }
    if is_requested {
        fs::write(&file, b"").map_err(Error::io("write", file))
    } else {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", file)(error)),
            _ => Ok(()),
        }
    }
}

/// The text of a RECORD with or without the row for the mark.
fn with_row(text: &[u8], dist_info: &Path, is_requested: bool) -> Vec<u8> {
    let path = format!("{}/{REQUESTED}", dist_info.file_name().unwrap_or_default().to_string_lossy());
    let others = record::rows(text).filter(|row| row.path != path.as_bytes());
    let mut made: Vec<u8> = others.flat_map(|row| row.text).copied().collect();
    if is_requested {
        if !made.is_empty() && !made.ends_with(b"\n") {
            made.push(b'\n');
        }
        made.extend(record::text(vec![InstalledFile::of(&path, b"")]));
    }
    made
}
