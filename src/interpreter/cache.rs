//! What interpreters said of themselves, remembered.
//!
//! Owns the files under `interpreters` in the cache directory: one for each interpreter, named
//! after its path. Nothing that is wrong with them is an error: then the interpreter is asked again
//! and the file replaced.

use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::facts::Interpreter;
use crate::belief;
use crate::context::Context;
use crate::fs::private::{create_private, is_private};
use crate::fs::{Stamp, read_small, stamp, write_whole};

/// To be raised with every change of what is stored or of what `probe.py` says.
const SCHEMA: u32 = 2;

/// A record is 1 KB, more with long paths.
const LIMIT: u64 = 64 * 1024;

/// One file.
#[derive(Debug, Serialize, Deserialize)]
struct SealedAnswer {
    schema: u32,
    /// Of the record as it is written. A bit that a disk flips in a number leaves JSON that is as
    /// good as before.
    seal: u64,
    record: StoredAnswer,
}

/// What is stored in it.
#[derive(Debug, Serialize, Deserialize)]
struct StoredAnswer {
    interpreter: Interpreter,
    /// Of the file that the path leads to in the end.
    executable: Stamp,
    /// The directory of the standard library. Where libpython is shared, the executable is a stub
    /// that an upgrade can leave as it was; and Debian's python3-venv puts `ensurepip` here.
    stdlib: (PathBuf, Option<Stamp>),
}

impl StoredAnswer {
    fn sealed(self) -> Option<SealedAnswer> {
        Some(SealedAnswer { schema: SCHEMA, seal: hash(&serde_json::to_vec(&self).ok()?), record: self })
    }
}

/// What a file holds.
enum Content {
    Answer(Box<StoredAnswer>),
    /// The record of another version of venvwrap.
    Foreign,
    Damaged,
}

impl Content {
    fn of(text: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        if let Some(record) = Self::sealed(text) {
            return Self::Answer(Box::new(record));
        }
        match serde_json::from_slice(text) {
            Ok(Schema { schema }) if schema != SCHEMA => Self::Foreign,
            _ => Self::Damaged,
        }
    }

    fn sealed(text: &[u8]) -> Option<StoredAnswer> {
        let SealedAnswer { schema, seal, record } = serde_json::from_slice(text).ok()?;
        (schema == SCHEMA && seal == hash(&serde_json::to_vec(&record).ok()?)).then_some(record)
    }
}

/// The answer of `python`, an absolute path, if it still holds.
pub(super) fn recall(context: &Context, python: &Path) -> Option<Interpreter> {
    let file = file_of(context, python)?;
    let text = read_small(&file, LIMIT).ok()??;
    let Content::Answer(record) = Content::of(&text) else { return None };
    let StoredAnswer { interpreter, executable, stdlib } = *record;
    let holds = interpreter.executable == python
        && stamp(python) == Some(executable)
        && stamp(&stdlib.0) == stdlib.1
        // The name that environments link to can go without the file behind it.
        && (interpreter.base_executable == python || stamp(&interpreter.base_executable) == Some(executable))
        && interpreter.bundled.iter().all(|wheel| fs::metadata(wheel).is_ok())
        && fs::symlink_metadata(&file).is_ok_and(|file| is_private(&file));
    holds.then_some(interpreter)
}

/// An answer that is about to be asked for: what the file was before tells whether the answer is
/// about it.
pub(super) struct Pending(Option<Stamp>);

/// To be called before `python` is asked.
pub(super) fn about_to_ask(python: &Path) -> Pending {
    Pending(stamp(python))
}

impl Pending {
    /// Stores the answer. Whether that worked matters to nobody: a read-only or full disk costs the
    /// next call a start.
    pub(super) fn remember(self, context: &Context, interpreter: &Interpreter, stdlib: PathBuf) {
        let (Some(file), Some(executable)) = (file_of(context, &interpreter.executable), self.0) else {
            return;
        };
        if stamp(&interpreter.executable) != Some(executable) {
            return;
        }
        let stdlib_stamp = stamp(&stdlib);
        let interpreter = interpreter.clone();
        let record = StoredAnswer { interpreter, executable, stdlib: (stdlib, stdlib_stamp) };
        // A path that is no UTF-8 cannot be stored.
        let Some(Ok(text)) = record.sealed().map(|sealed| serde_json::to_vec(&sealed)) else { return };
        if let Some(directory) = file.parent() {
            drop(create_private(directory));
        }
        drop(write_whole(&file, &text));
    }
}

/// The files that cannot be read as an answer. One of another version of venvwrap is none of them.
pub(super) fn damaged(context: &Context) -> Vec<PathBuf> {
    let Some(records) = directory(context) else { return Vec::new() };
    let entries = fs::read_dir(records).into_iter().flatten().flatten();
    let records = entries.filter(|entry| is_record(&entry.file_name())).map(|entry| entry.path());
    let is_damaged = |path: &PathBuf| {
        let text = read_small(path, LIMIT).ok().flatten();
        text.is_none_or(|text| matches!(Content::of(&text), Content::Damaged))
    };
    let mut damaged: Vec<PathBuf> = records.filter(is_damaged).collect();
    damaged.sort();
    damaged
}

/// The directory of all answers. `None` where there is none that can be believed.
fn directory(context: &Context) -> Option<PathBuf> {
    belief::cache_part(context, "interpreters")
}

/// Whether a file has the name of an answer.
fn is_record(name: &OsStr) -> bool {
    let name = name.as_bytes().strip_suffix(b".json").unwrap_or_default();
    name.len() == 16 && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Where the answer of `python` is kept. `None` without a cache directory.
fn file_of(context: &Context, python: &Path) -> Option<PathBuf> {
    // Two paths of one name would only forget each other's answer, as a change of the algorithm in
    // std would.
    let name = format!("{:016x}.json", hash(python.as_os_str().as_bytes()));
    Some(directory(context)?.join(name))
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests;
