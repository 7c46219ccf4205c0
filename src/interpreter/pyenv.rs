//! pyenv: which Python its shims would run, and which it has installed.
//!
//! Follows the rules of `pyenv which` by reading pyenv's files. The shims are never started: each
//! is a shell script that takes 70 ms, and fails if no selected version has the command.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::label::installations;
use crate::context::Context;
use crate::env_vars;
use crate::fs::read_small;

/// More than any real `.python-version` needs.
const SMALL: u64 = 16 * 1024;

#[derive(Debug)]
pub(super) struct Pyenv {
    root: PathBuf,
}

impl Pyenv {
    /// `PYENV_ROOT`, or `~/.pyenv`. The directory may not exist.
    pub(super) fn of(context: &Context) -> Option<Self> {
        let root = context.absolute(env_vars::PYENV_ROOT).map(Path::to_path_buf);
        root.or_else(|| Some(context.home()?.join(".pyenv"))).map(|root| Self { root })
    }

    /// Whether pyenv itself is installed, not only Pythons it once installed.
    pub(super) fn is_installed(&self) -> bool {
        std::fs::symlink_metadata(self.root.join("bin/pyenv")).is_ok()
    }

    /// The directory of the installed versions.
    pub(super) fn versions(&self) -> PathBuf {
        self.root.join("versions")
    }

    /// The root directory. The shims are in its `shims`.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The files that the shim of `command` would try, in order, before the rest of `PATH`: one for
    /// each version selected for `directory`. Like pyenv, skips versions that are not installed or
    /// do not have the command.
    pub(super) fn behind_shim(&self, context: &Context, directory: &Path, command: &OsStr) -> Vec<PathBuf> {
        let selected = self.selected(context, directory);
        let before_system = selected.iter().take_while(|version| *version != "system");
        before_system.filter_map(|version| Some(self.installation(version)?.join("bin").join(command))).collect()
    }

    /// The selected versions: from `PYENV_VERSION`, else the nearest `.python-version`, else the
    /// file `version`.
    fn selected(&self, context: &Context, directory: &Path) -> Vec<String> {
        if let Some(value) = context.variable(env_vars::PYENV_VERSION) {
            return words(value.as_bytes(), |byte| *byte == b':' || byte.is_ascii_whitespace());
        }
        let nearest = directory.ancestors().map(|directory| directory.join(".python-version"));
        let mut files = nearest.chain([self.root.join("version")]);
        let Some(text) = files.find_map(|file| read_small(&file, SMALL).ok().flatten()) else {
            return Vec::new();
        };
        // One version on each line. Whatever follows the first word or a `#` is a comment.
        let lines = text.split(|byte| *byte == b'\n');
        lines.filter_map(|line| words(line, u8::is_ascii_whitespace).into_iter().next()).collect()
    }

    /// The prefix of a version: `3.8.18`, `python-3.8.18`, an environment's name, or `3.8` for the
    /// newest release of that series.
    pub(super) fn installation(&self, version: &str) -> Option<PathBuf> {
        let versions = self.versions();
        // A version from a file must not point outside of pyenv's directory (CVE-2022-35861).
        // `3.8.18/envs/x` belongs to pyenv-virtualenv.
        let is_safe = Path::new(version).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let names = [Some(version), version.strip_prefix("python-")];
        names.into_iter().flatten().filter(|_| is_safe).find_map(|name| {
            let exact = versions.join(name);
            if exact.is_dir() { Some(exact) } else { newest_of_series(&versions, name) }
        })
    }
}

/// The newest release whose name continues `series` with `.` or `-`. Pre-releases are skipped, and
/// so are free-threaded builds unless `series` names them.
pub(super) fn newest_of_series(versions: &Path, series: &str) -> Option<PathBuf> {
    let (bare, build) = series.strip_suffix('t').map_or((series, ""), |bare| (bare, "t"));
    let newest = installations(versions).into_iter().filter(|(label, path)| {
        let rest = path.file_name().and_then(OsStr::to_str).and_then(|name| name.strip_prefix(bare));
        let continues = rest.is_some_and(|rest| rest.starts_with(['.', '-']) && rest.ends_with(build));
        continues && label.is_final() && label.is_free_threaded() == (build == "t")
    });
    newest.min_by_key(|(label, _)| label.newest_first()).map(|(_, path)| path)
}

/// The words of a line, up to a `#`. Words that are not UTF-8 are dropped.
fn words(line: &[u8], is_between: impl Fn(&u8) -> bool) -> Vec<String> {
    let words = line.split(is_between).filter(|word| !word.is_empty()).take_while(|word| word[0] != b'#');
    words.filter_map(|word| std::str::from_utf8(word).ok().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fake::{hostile_room, put};
    use super::*;
    use std::fs;

    struct World {
        _room: tempfile::TempDir,
        room: PathBuf,
        pyenv: Pyenv,
    }

    impl World {
        fn with(versions: &[&str]) -> Self {
            let (keep, room) = hostile_room();
            let pyenv = Pyenv { root: room.join("pyenv") };
            for version in versions {
                fs::create_dir_all(pyenv.versions().join(version)).unwrap();
            }
            fs::create_dir_all(room.join("project/src")).unwrap();
            Self { _room: keep, room, pyenv }
        }

        /// The versions whose `python` a shim would try in `project/src`.
        fn tried(&self, selected: Option<&str>) -> String {
            let variables = selected.map(|value| ("PYENV_VERSION", value));
            let context = Context::made_of(&variables.into_iter().collect::<Vec<_>>());
            let files = self.pyenv.behind_shim(&context, &self.room.join("project/src"), OsStr::new("python"));
            let version = |file: &PathBuf| {
                let below = file.strip_prefix(self.pyenv.versions()).unwrap();
                below.parent().unwrap().parent().unwrap().to_str().unwrap().to_owned()
            };
            files.iter().map(version).collect::<Vec<_>>().join(" ")
        }
    }

    #[test]
    fn a_version_is_selected_by_variable_then_nearest_file_then_globally() {
        let world = World::with(&["3.8.18", "3.9.1", "3.10.2", "3.11.3"]);
        assert_eq!(world.tried(None), "");
        put(&world.pyenv.root.join("version"), "3.8.18\n");
        assert_eq!(world.tried(None), "3.8.18");
        put(&world.room.join(".python-version"), "3.9.1");
        assert_eq!(world.tried(None), "3.9.1");
        put(&world.room.join("project/.python-version"), "# mine\n\n3.10.2 # this\r\n3.8.18\n");
        assert_eq!(world.tried(None), "3.10.2 3.8.18");
        assert_eq!(world.tried(Some("3.11.3:3.9.1")), "3.11.3 3.9.1");
    }

    #[test]
    fn what_is_not_installed_is_passed_over_and_system_ends_the_list() {
        let world = World::with(&["3.8.18", "3.9.1"]);
        assert_eq!(world.tried(Some("3.99:3.8.18")), "3.8.18");
        assert_eq!(world.tried(Some("3.8.18:system:3.9.1")), "3.8.18");
        assert_eq!(world.tried(Some("system")), "");
    }

    #[test]
    fn a_series_stands_for_its_newest_release() {
        let world =
            World::with(&["3.8.2", "3.8.18", "3.8.19rc1", "3.8.30t", "3.80.1", "pypy3.9-7.3.9", "pypy3.9-7.3.11"]);
        assert_eq!(world.tried(Some("3.8")), "3.8.18");
        assert_eq!(world.tried(Some("3.8t")), "3.8.30t");
        assert_eq!(world.tried(Some("python-3.8.2")), "3.8.2");
        assert_eq!(world.tried(Some("3")), "3.80.1");
        assert_eq!(world.tried(Some("pypy3.9")), "pypy3.9-7.3.11");
    }

    #[test]
    fn a_version_cannot_lead_out_of_the_versions() {
        let world = World::with(&["3.8.18", "3.8.18/envs/it's $x"]);
        fs::create_dir_all(world.room.join("elsewhere")).unwrap();
        let absolute = world.room.join("elsewhere");
        put(&world.room.join(".python-version"), &format!("../../elsewhere\n..\n.\n{}\n", absolute.display()));
        assert_eq!(world.tried(None), "");
        assert_eq!(world.tried(Some("3.8.18/envs/none")), "");
        fs::create_dir_all(world.pyenv.versions().join("3.8.18/envs/x")).unwrap();
        assert_eq!(world.tried(Some("3.8.18/envs/x")), "3.8.18/envs/x");
    }
}
