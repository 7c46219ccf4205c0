//! What interpreters said of themselves, remembered.
//!
//! Owns the files under `interpreters` in the cache directory: one for each interpreter, named after its path. Nothing
//! that is wrong with them is an error: then the interpreter is asked again and the file replaced.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Interpreter;
use crate::context::Context;
use crate::directories;
use crate::fs::{read_small, write_whole};

/// To be raised with every change of what is stored or of what `probe.py` says.
const SCHEMA: u32 = 1;

/// A record is 1 KB, more with long paths.
const LIMIT: u64 = 64 * 1024;

/// One file.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    schema: u32,
    interpreter: Interpreter,
    /// Of the file that the path leads to in the end.
    executable: Stamp,
    /// The directory of the standard library. Where libpython is shared, the executable is a stub that an upgrade can
    /// leave as it was; and Debian's python3-venv puts `ensurepip` here.
    stdlib: (PathBuf, Option<Stamp>),
}

/// Device, inode, size, and both times with nanoseconds: what must not have changed since the question.
type Stamp = [i64; 7];

fn stamp(path: &Path) -> Option<Stamp> {
    let file = fs::metadata(path).ok()?;
    let (device, inode, size) = (file.dev().cast_signed(), file.ino().cast_signed(), file.size().cast_signed());
    Some([device, inode, size, file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()])
}

/// The answer of `python`, an absolute path, if it still holds.
pub(super) fn recall(context: &Context, python: &Path) -> Option<Interpreter> {
    let text = read_small(&file_of(context, python)?, LIMIT).ok()??;
    let Record { schema, interpreter, executable, stdlib } = serde_json::from_slice(&text).ok()?;
    let holds = schema == SCHEMA
        && interpreter.executable == python
        && stamp(python) == Some(executable)
        && stamp(&stdlib.0) == stdlib.1
        // The name that environments link to can go without the file behind it.
        && (interpreter.base_executable == python || stamp(&interpreter.base_executable) == Some(executable))
        && interpreter.bundled.iter().all(|wheel| fs::metadata(wheel).is_ok());
    holds.then_some(interpreter)
}

/// An answer that is about to be asked for: what the file was before tells whether the answer is about it.
pub(super) struct Pending(Option<Stamp>);

/// To be called before `python` is asked.
pub(super) fn about_to_ask(python: &Path) -> Pending {
    Pending(stamp(python))
}

impl Pending {
    /// Stores the answer. Whether that worked matters to nobody: a read-only or full disk costs the next call a start.
    pub(super) fn remember(self, context: &Context, interpreter: &Interpreter, stdlib: PathBuf) {
        let (Some(file), Some(executable)) = (file_of(context, &interpreter.executable), self.0) else {
            return;
        };
        if stamp(&interpreter.executable) != Some(executable) {
            return;
        }
        let stdlib_stamp = stamp(&stdlib);
        let interpreter = interpreter.clone();
        let record = Record { schema: SCHEMA, interpreter, executable, stdlib: (stdlib, stdlib_stamp) };
        // A path that is no UTF-8 cannot be stored.
        let Ok(text) = serde_json::to_vec(&record) else { return };
        if let Some(directory) = file.parent() {
            drop(fs::create_dir_all(directory));
        }
        drop(write_whole(&file, &text));
    }
}

/// The files that cannot be read as an answer. One of another version of venvwrap is none of them.
pub(super) fn damaged(context: &Context) -> Vec<PathBuf> {
    let Ok(cache) = directories::cache(context) else { return Vec::new() };
    let entries = fs::read_dir(cache.join("interpreters")).into_iter().flatten().flatten();
    let records = entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "json"));
    let is_damaged = |path: &PathBuf| {
        let text = read_small(path, LIMIT).ok().flatten();
        text.is_none_or(|text| serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&text).is_err())
    };
    let mut damaged: Vec<PathBuf> = records.filter(is_damaged).collect();
    damaged.sort();
    damaged
}

/// Where the answer of `python` is kept. `None` without a cache directory.
fn file_of(context: &Context, python: &Path) -> Option<PathBuf> {
    // Two paths of one name would only forget each other's answer, as a change of the algorithm in std would.
    let mut hasher = DefaultHasher::new();
    hasher.write(python.as_os_str().as_bytes());
    let name = format!("{:016x}.json", hasher.finish());
    Some(directories::cache(context).ok()?.join("interpreters").join(name))
}

#[cfg(test)]
mod tests {
    use super::super::fake::{self, hostile_room, put};
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    /// A world with its own cache, and an interpreter in it.
    fn world(room: &Path) -> (Context, Interpreter) {
        let context = Context::made_of(&[("XDG_CACHE_HOME", room.join("cache").to_str().unwrap())]);
        put(&room.join("py/bin/python3.12"), "");
        let mut interpreter = fake::interpreter(&room.join("py"), "3.12.1");
        fs::create_dir_all(stdlib_of(&interpreter)).unwrap();
        interpreter.bundled = vec![put(&room.join("py/pip.whl"), "")];
        remember(&context, &interpreter);
        (context, interpreter)
    }

    fn stdlib_of(interpreter: &Interpreter) -> PathBuf {
        interpreter.base_prefix.join("lib").join(interpreter.library_directory())
    }

    fn remember(context: &Context, interpreter: &Interpreter) {
        about_to_ask(&interpreter.executable).remember(context, interpreter, stdlib_of(interpreter));
    }

    #[test]
    fn an_answer_comes_back_as_it_was() {
        let (_room, room) = hostile_room();
        let (context, interpreter) = world(&room);
        assert_eq!(recall(&context, &interpreter.executable), Some(interpreter));
        assert_eq!(recall(&context, Path::new("/other")), None);
        assert_eq!(recall(&Context::made_of(&[]), Path::new("/other")), None);
    }

    #[test]
    fn whatever_changes_makes_it_forgotten() {
        type Change = fn(&Interpreter);
        let changes: [(&str, Change); 6] = [
            ("executable replaced", |python| drop(put(&python.executable, "other"))),
            ("executable touched", |python| {
                fs::set_permissions(&python.executable, fs::Permissions::from_mode(0o700)).unwrap();
            }),
            ("executable gone", |python| fs::remove_file(&python.executable).unwrap()),
            ("ensurepip installed", |python| {
                fs::create_dir(stdlib_of(python).join("ensurepip")).unwrap();
            }),
            ("standard library gone", |python| {
                fs::remove_dir(stdlib_of(python)).unwrap();
            }),
            ("wheel gone", |python| fs::remove_file(&python.bundled[0]).unwrap()),
        ];
        for (what, change) in changes {
            let (_room, room) = hostile_room();
            let (context, interpreter) = world(&room);
            change(&interpreter);
            assert_eq!(recall(&context, &interpreter.executable), None, "{what}");
        }
    }

    #[test]
    fn a_link_is_judged_by_what_it_leads_to_and_its_own_path_is_the_key() {
        let (_room, room) = hostile_room();
        let (context, mut interpreter) = world(&room);
        let link = room.join("link");
        symlink(&interpreter.executable, &link).unwrap();
        assert_eq!(recall(&context, &link), None);
        interpreter.executable.clone_from(&link);
        remember(&context, &interpreter);
        assert_eq!(recall(&context, &link), Some(interpreter.clone()));
        fs::remove_file(&link).unwrap();
        symlink(put(&room.join("py/bin/python3.13"), ""), &link).unwrap();
        assert_eq!(recall(&context, &link), None);
    }

    #[test]
    fn the_name_to_link_to_can_go_alone() {
        let (_room, room) = hostile_room();
        let (context, mut interpreter) = world(&room);
        interpreter.base_executable = room.join("stays");
        symlink(&interpreter.executable, room.join("stays")).unwrap();
        remember(&context, &interpreter);
        assert!(recall(&context, &interpreter.executable).is_some());
        fs::remove_file(room.join("stays")).unwrap();
        assert_eq!(recall(&context, &interpreter.executable), None);
    }

    #[test]
    fn an_answer_about_a_file_that_changed_meanwhile_is_not_kept() {
        let (_room, room) = hostile_room();
        let (context, interpreter) = world(&room);
        let file = file_of(&context, &interpreter.executable).unwrap();
        fs::remove_file(&file).unwrap();
        let pending = about_to_ask(&interpreter.executable);
        put(&interpreter.executable, "upgraded");
        pending.remember(&context, &interpreter, stdlib_of(&interpreter));
        assert!(fs::metadata(&file).is_err());
    }

    #[test]
    fn a_broken_file_is_forgotten_and_replaced() {
        let (_room, room) = hostile_room();
        let (context, interpreter) = world(&room);
        let file = file_of(&context, &interpreter.executable).unwrap();
        let good = fs::read_to_string(&file).unwrap();
        let future = good.replacen(r#""schema":1"#, r#""schema":999"#, 1);
        assert_ne!(future, good);
        for broken in ["", "{}", "[1", "\0", &good[..good.len() / 2], &future] {
            fs::write(&file, broken).unwrap();
            assert_eq!(recall(&context, &interpreter.executable), None, "{broken}");
            remember(&context, &interpreter);
            assert!(recall(&context, &interpreter.executable).is_some(), "{broken}");
        }
    }

    #[test]
    fn where_nothing_can_be_written_nothing_is_remembered() {
        let (_room, room) = hostile_room();
        put(&room.join("cache"), "a file in the way");
        let (context, interpreter) = world(&room);
        assert_eq!(recall(&context, &interpreter.executable), None);
        assert_eq!(fs::read_to_string(room.join("cache")).unwrap(), "a file in the way");
    }
}
