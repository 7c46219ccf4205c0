//! The uv that PATH finds: whether it runs, and which version it is.
//!
//! A file of that name need not run: pyenv has a shim for every command that any of its Pythons
//! ever had, and it fails where the chosen one has none. So uv is asked, once for each file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::asked::{Patience, ask};
use crate::belief;
use crate::context::Context;
use crate::env_vars;
use crate::fs::private::{create_private, read_private};
use crate::fs::{Stamp, read_small, resolved, stamp, write_whole};
use crate::shown::shown;
use crate::versions::Release;

/// How long it may take to say its version. It takes milliseconds; a cold disk and a busy machine
/// take longer.
const PATIENCE: Patience = Patience::seconds(10);

/// What it ends with where it did not get so far as to look for packages.
pub(super) const MISUSED: i32 = 2;

/// To be raised with every change of what is stored.
const SCHEMA: u32 = 2;

/// Longest record that is read.
const LIMIT: u64 = 64 * 1024;

/// What is remembered of the one that was asked last.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    schema: u32,
    path: PathBuf,
    file: Stamp,
    version: Release,
}

/// Where PATH has a uv; the error is the reason for a person.
pub(super) fn path(context: &Context) -> Result<PathBuf, String> {
    let search = context.variable(env_vars::PATH);
    which::which_in("uv", search, Path::new("/")).map_err(|_| "uv is not on PATH".to_owned())
}

/// The version of the uv at this path; the error is the reason why there is none to use.
pub(super) fn version(context: &Context, path: &Path) -> Result<Release, String> {
    let file = stamp(path);
    if let Some(known) = recall(context, path, file) {
        return Ok(known);
    }
    let unusable = |reason| format!("{} does not run: {reason}", shown(path));
    let output = ask(context, path, PATIENCE, |command| {
        command.arg("--version");
    })
    .map_err(unusable)?;
    let said = String::from_utf8_lossy(&output.stdout);
    let version = said.strip_prefix("uv ").and_then(Release::leading).filter(|_| output.status.success());
    let version = version.ok_or_else(|| unusable(output.unanswered()))?;
    if stamp(path) == file {
        remember(context, path, file, version);
    }
    Ok(version)
}

fn file_of(context: &Context) -> Option<PathBuf> {
    Some(belief::cache(context)?.join("uv.json"))
}

fn recall(context: &Context, path: &Path, file: Option<Stamp>) -> Option<Release> {
    let text = read_private(&file_of(context)?, LIMIT).ok()?.ok()??;
    let record: Record = serde_json::from_slice(&text).ok()?;
    (record.schema == SCHEMA && record.path == path && Some(record.file) == file).then_some(record.version)
}

/// Whether that worked matters to nobody: a read-only or full disk costs the next call a start.
fn remember(context: &Context, path: &Path, file: Option<Stamp>, version: Release) {
    let (Some(cache), Some(file)) = (file_of(context), file) else { return };
    if !answers_for_itself(path) {
        return;
    }
    let record = Record { schema: SCHEMA, path: path.to_path_buf(), file, version };
    let Ok(text) = serde_json::to_vec(&record) else { return };
    if let Some(directory) = cache.parent() {
        drop(create_private(directory));
    }
    drop(write_whole(&cache, &text));
}

/// Whether the file alone decides what is run: not a script (pyenv, asdf), and no other program
/// under that name (mise, snap), whose answers depend on the directory and the settings.
fn answers_for_itself(path: &Path) -> bool {
    let is_script = || {
        let start = read_small(path, 2).ok().flatten();
        start.is_none_or(|start| start == *b"#!")
    };
    resolved(path).is_ok_and(|file| file.file_name() == path.file_name()) && !is_script()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::installer::fake::{Room, program};
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn it_counts_only_where_it_runs() {
        let room = Room::new();
        assert_eq!(path(&room.context(&[])).unwrap_err(), "uv is not on PATH");
        let uv = room.program("bin/uv", "echo 'uv 0.13.8 (made up)'");
        assert_eq!(path(&room.context(&[])).unwrap(), uv);
        assert_eq!(version(&room.context(&[]), &uv), Ok(Release::new(0, 13, 8)));
        for (body, reason) in [
            (
                "echo 'pyenv: uv: command not found' >&2; exit 127",
                "it ended with status 127: pyenv: uv: command not found",
            ),
            ("echo 'uv 1.2.3'; exit 1", "it ended with status 1"),
            ("echo hello", "it did not answer, but printed `hello`"),
        ] {
            program(&uv, body);
            let told = version(&room.context(&[]), &uv).unwrap_err();
            assert!(told.ends_with(&format!("uv does not run: {reason}")), "{told}");
        }
    }

    /// A copy of a real program stands for uv: a script would be asked each time.
    #[test]
    fn it_is_asked_once_for_each_file_and_a_shim_each_time() {
        let room = Room::new();
        let context = room.context(&[]);
        let uv = room.path("bin/uv");
        fs::copy("/bin/sh", &uv).unwrap();
        let file = stamp(&uv);
        assert_eq!(recall(&context, &uv, file), None);
        remember(&context, &uv, file, Release::new(1, 2, 3));
        assert_eq!(version(&context, &uv), Ok(Release::new(1, 2, 3)), "not asked: a shell would fail");
        fs::set_permissions(&uv, fs::Permissions::from_mode(0o711)).unwrap();
        assert_eq!(recall(&context, &uv, stamp(&uv)), None);
        fs::write(file_of(&context).unwrap(), "{").unwrap();
        assert_eq!(recall(&context, &uv, stamp(&uv)), None);
        // Another program's name, and a script.
        fs::rename(&uv, room.path("bin/mise")).unwrap();
        symlink("mise", &uv).unwrap();
        let script = room.program("other/uv", "echo 'uv 1.2.3'");
        for shim in [&uv, &script] {
            remember(&context, shim, stamp(shim), Release::new(1, 2, 3));
            assert_eq!(recall(&context, shim, stamp(shim)), None, "{}", shim.display());
        }
    }
}
