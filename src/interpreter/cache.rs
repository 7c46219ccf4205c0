//! Remembers the probed facts of interpreters, so that each interpreter is started only once.
//!
//! Owns the files under `interpreters` in the cache directory, one for each interpreter and named
//! after its path. A file that is damaged or outdated is no error: the interpreter is probed again
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
use crate::fs::{Stamp, entries_in, read_small, stamp, write_whole};
use crate::sorting;

/// Raise this with every change of the stored format or of the output of `probe.py`.
const SCHEMA: u32 = 2;

/// A file is 1 KB, or more with long paths.
const LIMIT: u64 = 64 * 1024;

/// The content of a file: an answer and its checksum.
#[derive(Debug, Serialize, Deserialize)]
struct SealedAnswer {
    schema: u32,
    /// Hash of the answer as written. A flipped bit in a number is still valid JSON.
    seal: u64,
    record: StoredAnswer,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredAnswer {
    interpreter: Interpreter,
    /// Stamp of the file at the end of the links.
    executable: Stamp,
    /// The directory of the standard library. With a shared libpython the executable is a stub that
    /// may survive an upgrade unchanged, and Debian's python3-venv adds `ensurepip` to this
    /// directory.
    stdlib: (PathBuf, Option<Stamp>),
}

impl StoredAnswer {
    fn sealed(self) -> Option<SealedAnswer> {
        Some(SealedAnswer { schema: SCHEMA, seal: hash(&serde_json::to_vec(&self).ok()?), record: self })
    }
}

enum Content {
    Answer(Box<StoredAnswer>),
    /// Written by another version of venvwrap.
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

/// The remembered answer for `python`, an absolute path, if the answer is still valid.
pub(super) fn recall(context: &Context, python: &Path) -> Option<Interpreter> {
    let file = file_of(context, python)?;
    let text = read_small(&file, LIMIT).ok()??;
    let Content::Answer(record) = Content::of(&text) else { return None };
    let StoredAnswer { interpreter, executable, stdlib } = *record;
    let holds = interpreter.executable == python
        && stamp(python) == Some(executable)
        && stamp(&stdlib.0) == stdlib.1
        // The file that environments link to can be removed while the executable stays.
        && (interpreter.base_executable == python || stamp(&interpreter.base_executable) == Some(executable))
        && interpreter.bundled.iter().all(|wheel| fs::metadata(wheel).is_ok())
        && fs::symlink_metadata(&file).is_ok_and(|file| is_private(&file));
    holds.then_some(interpreter)
}

/// The state of an executable before it is probed. The answer is stored only if the executable did
/// not change meanwhile.
pub(super) struct Pending(Option<Stamp>);

/// Call this before probing `python`.
pub(super) fn about_to_ask(python: &Path) -> Pending {
    Pending(stamp(python))
}

impl Pending {
    /// Stores the answer. Failures are ignored: on a read-only or full disk, the next call probes
    /// again.
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
        // JSON cannot hold a path that is not UTF-8.
        let Some(Ok(text)) = record.sealed().map(|sealed| serde_json::to_vec(&sealed)) else { return };
        if let Some(directory) = file.parent() {
            drop(create_private(directory));
        }
        drop(write_whole(&file, &text));
    }
}

/// All files with the name of an answer.
pub(super) fn records(context: &Context) -> Vec<PathBuf> {
    let entries = directory(context).into_iter().flat_map(entries_in);
    entries.filter(|entry| is_record(&entry.file_name())).map(|entry| entry.path()).collect()
}

/// The unreadable files. A file written by another version of venvwrap is not damaged.
pub(super) fn damaged(context: &Context) -> Vec<PathBuf> {
    let is_damaged = |path: &PathBuf| {
        let text = read_small(path, LIMIT).ok().flatten();
        text.is_none_or(|text| matches!(Content::of(&text), Content::Damaged))
    };
    let mut damaged = records(context);
    damaged.retain(is_damaged);
    sorting::sort(&mut damaged);
    damaged
}

/// The directory of all answers. `None` if no cache directory can be trusted.
fn directory(context: &Context) -> Option<PathBuf> {
    belief::cache_part(context, "interpreters")
}

/// Whether a file is named like an answer.
fn is_record(name: &OsStr) -> bool {
    let name = name.as_bytes().strip_suffix(b".json").unwrap_or_default();
    name.len() == 16 && name.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The file for the answer of `python`. `None` without a cache directory.
fn file_of(context: &Context, python: &Path) -> Option<PathBuf> {
    // If two paths had the same hash, each would only replace the answer of the other. The same
    // goes for a change of the hash algorithm in std.
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
