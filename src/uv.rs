//! Finds the first working uv on PATH, and its version.
//!
//! A file called `uv` may not work: pyenv has a shim for every command of any of its Pythons, and
//! the shim fails if the selected Python has no uv. So each file is asked once for its version, and
//! the answer is cached.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::asked::{Patience, ask};
use crate::belief;
use crate::context::Context;
use crate::formats::shebang::is_script;
use crate::fs::private::{create_private, read_private};
use crate::fs::{Stamp, read_prefix, resolved, stamp, write_whole};
use crate::shown::shown;
use crate::versions::Release;

/// Raised when the cached data changes.
const SCHEMA: u32 = 2;

/// Longest cache file that is read.
const LIMIT: u64 = 64 * 1024;

/// A working uv.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uv {
    pub(crate) path: PathBuf,
    pub(crate) release: Release,
}

/// The cached answer of the uv that was asked last.
#[derive(Debug, Serialize, Deserialize)]
struct CachedAnswer {
    schema: u32,
    path: PathBuf,
    file: Stamp,
    release: Release,
}

/// The first working uv on PATH. The error says why there is none.
pub(crate) fn find(context: &Context) -> Result<Uv, String> {
    let mut first_failure = None;
    for path in context.programs("uv") {
        match release(context, &path) {
            Ok(release) => return Ok(Uv { path, release }),
            Err(reason) => first_failure = first_failure.or(Some(reason)),
        }
    }
    Err(first_failure.unwrap_or_else(|| "uv is not on PATH".to_owned()))
}

fn release(context: &Context, path: &Path) -> Result<Release, String> {
    let file = stamp(path);
    if let Some(known) = recall(context, path, file) {
        return Ok(known);
    }
    let unusable = |reason| format!("{} does not run: {reason}", shown(path));
    let output = ask(context, path, Patience::USUAL, |command| {
        command.arg("--version");
    })
    .map_err(unusable)?;
    let answer = String::from_utf8_lossy(&output.stdout);
    let release = answer.strip_prefix("uv ").and_then(Release::leading).filter(|_| output.status.success());
    let release = release.ok_or_else(|| unusable(output.unanswered()))?;
    if stamp(path) == file {
        remember(context, path, file, release);
    }
    Ok(release)
}

fn file_of(context: &Context) -> Option<PathBuf> {
    Some(belief::cache(context)?.join("uv.json"))
}

fn recall(context: &Context, path: &Path, file: Option<Stamp>) -> Option<Release> {
    let text = read_private(&file_of(context)?, LIMIT).ok()?.ok()??;
    let answer: CachedAnswer = serde_json::from_slice(&text).ok()?;
    (answer.schema == SCHEMA && answer.path == path && Some(answer.file) == file).then_some(answer.release)
}

/// Failures are ignored: without the cache, the next command asks uv again.
fn remember(context: &Context, path: &Path, file: Option<Stamp>, release: Release) {
    let (Some(cache), Some(file)) = (file_of(context), file) else { return };
    if !answers_for_itself(path) {
        return;
    }
    let answer = CachedAnswer { schema: SCHEMA, path: path.to_path_buf(), file, release };
    let Ok(text) = serde_json::to_vec(&answer) else { return };
    if let Some(directory) = cache.parent() {
        drop(create_private(directory));
    }
    drop(write_whole(&cache, &text));
}

/// Whether the file alone decides what runs. A script (pyenv, asdf) or a link to a program with
/// another name (mise, snap) depends on the directory and settings.
fn answers_for_itself(path: &Path) -> bool {
    let is_script = || read_prefix(path, 2).ok().flatten().is_none_or(|start| is_script(&start));
    resolved(path).is_ok_and(|file| file.file_name() == path.file_name()) && !is_script()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand_in::program;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    /// `one` and `two` on PATH, and a cache.
    fn room() -> (tempfile::TempDir, Context) {
        let room = tempfile::Builder::new().prefix("it's $x é").tempdir().unwrap();
        let at = |name: &str| room.path().join(name).to_str().unwrap().to_owned();
        for directory in ["one", "two"] {
            fs::create_dir(at(directory)).unwrap();
        }
        let path = format!("{}:{}", at("one"), at("two"));
        let context = Context::made_of(&[("PATH", &path), ("XDG_CACHE_HOME", &at("cache"))]);
        (room, context)
    }

    #[test]
    fn the_first_that_runs_is_found() {
        let (room, context) = room();
        assert_eq!(find(&context).unwrap_err(), "uv is not on PATH");
        let [one, two] = ["one/uv", "two/uv"].map(|name| room.path().join(name));
        program(&one, "echo 'uv 0.13.8 (made up)'");
        assert_eq!(find(&context), Ok(Uv { path: one.clone(), release: Release::new(0, 13, 8) }));
        for (body, reason) in [
            (
                "echo 'pyenv: uv: command not found' >&2; exit 127",
                "it ended with status 127: pyenv: uv: command not found",
            ),
            ("echo 'uv 1.2.3'; exit 1", "it ended with status 1"),
            ("echo hello", "it did not answer, but printed `hello`"),
        ] {
            program(&one, body);
            let failure = find(&context).unwrap_err();
            assert!(failure.ends_with(&format!("one/uv does not run: {reason}")), "{failure}");
        }
        program(&two, "echo uv 0.9");
        assert_eq!(find(&context), Ok(Uv { path: two, release: Release::new(0, 9, 0) }));
    }

    /// A copy of a real program stands for uv: a script would be asked each time.
    #[test]
    fn a_program_is_asked_once_and_a_shim_each_time() {
        let (room, context) = room();
        let uv = room.path().join("one/uv");
        fs::copy("/bin/sh", &uv).unwrap();
        let file = stamp(&uv);
        assert_eq!(recall(&context, &uv, file), None);
        remember(&context, &uv, file, Release::new(1, 2, 3));
        assert_eq!(release(&context, &uv), Ok(Release::new(1, 2, 3)), "not asked: a shell would fail");
        fs::set_permissions(&uv, fs::Permissions::from_mode(0o711)).unwrap();
        assert_eq!(recall(&context, &uv, stamp(&uv)), None);
        fs::write(file_of(&context).unwrap(), "{").unwrap();
        assert_eq!(recall(&context, &uv, stamp(&uv)), None);
        fs::rename(&uv, room.path().join("one/mise")).unwrap();
        symlink("mise", &uv).unwrap();
        let shim = room.path().join("two/uv");
        program(&shim, "echo 'uv 1.2.3'");
        for shim in [&uv, &shim] {
            remember(&context, shim, stamp(shim), Release::new(1, 2, 3));
            assert_eq!(recall(&context, shim, stamp(shim)), None, "{}", shim.display());
        }
    }
}
