//! The environments that a project points to: its `.venv` (a directory, a link, or a file with a
//! path or a name) and its `.python-envs` (PEP 832).
//!
//! Only reads, and only checks that a target is an environment. The files may come with a cloned
//! project, so their content is untrusted.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::environment::Environment;
use crate::fs::{read_small, tidied};
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

/// The name of a project's own environment, for uv and others.
const DIRECTORY: &str = ".venv";

/// The file that lists a project's environments.
const LIST: &str = ".python-envs";

/// Longest file that is read.
const LIMIT: u64 = 64 * 1024;

/// The environments that a project points to, by their roots.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Pointed {
    /// The environment that tools use first: `.venv`, else the last line of `.python-envs`.
    pub(crate) default: Option<PathBuf>,
    /// The other lines of `.python-envs`.
    pub(crate) others: Vec<PathBuf>,
}

/// Where a project points, before anything there is touched.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An environment of the store, by its name.
    Stored(OsString),
    /// Anything else, by its path, which may be on a disk that does not answer.
    Outside(PathBuf),
}

/// Where `.venv`, else the last line of `.python-envs`, points. Only the store and the directory
/// itself are touched.
pub(crate) fn target(project: &Path, home: &WorkonHome) -> Option<Target> {
    let path = project.join(DIRECTORY);
    let line = match fs::symlink_metadata(&path) {
        Ok(entry) if entry.is_dir() => {
            let is_one = fs::symlink_metadata(path.join("pyvenv.cfg")).is_ok_and(|file| file.is_file());
            return is_one.then_some(Target::Outside(path));
        }
        Ok(entry) if entry.is_symlink() => fs::read_link(&path).ok()?.into_os_string(),
        Ok(_) => {
            let text = text_of(&path)?;
            OsString::from(text.strip_suffix('\n').unwrap_or(&text).trim_end_matches('\r'))
        }
        Err(_) => {
            let file = project.join(LIST);
            let text =
                if fs::symlink_metadata(&file).is_ok_and(|entry| entry.is_file()) { text_of(&file) } else { None };
            OsString::from(text?.lines().last()?)
        }
    };
    let text = line.to_string_lossy();
    if text.is_empty() || text.contains(char::is_control) {
        return None;
    }
    let root = tidied(&project.join(&line));
    let in_store = root.parent().filter(|parent| *parent == home.path()).and(root.file_name());
    if let Some(name) =
        in_store.map(OsStr::to_owned).or_else(|| named(text.trim(), home)?.file_name().map(OsStr::to_owned))
    {
        return home.find(&EnvironmentName::existing(&name).ok()?).ok()?.map(|_| Target::Stored(name));
    }
    Some(Target::Outside(root))
}

/// Reads both in this directory. PEP 832: lines that are not environments are ignored; if the last
/// line is one of these, there is no default.
pub(crate) fn pointed(project: &Path, home: &WorkonHome) -> Pointed {
    let own = of_venv(project, home);
    let has_own = own.is_some();
    let mut found = Pointed { default: own, others: Vec::new() };
    let file = project.join(LIST);
    let text = if fs::symlink_metadata(&file).is_ok() { text_of(&file) } else { None };
    let Some(text) = text else { return found };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).rev();
    if !has_own {
        found.default = lines.next().and_then(|line| at_path(project, line));
    }
    for root in lines.filter_map(|line| at_path(project, line)) {
        if found.default.as_ref() != Some(&root) && !found.others.contains(&root) {
            found.others.push(root);
        }
    }
    found
}

/// The root that `.venv` stands for. A link is not resolved here.
fn of_venv(project: &Path, home: &WorkonHome) -> Option<PathBuf> {
    let path = project.join(DIRECTORY);
    let entry = fs::symlink_metadata(&path).ok()?;
    if !entry.is_file() {
        return is_environment(&path).then_some(path);
    }
    let text = text_of(&path)?;
    // uv strips only one line end; tools that write names strip all blanks.
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    at_path(project, line).or_else(|| named(line.trim(), home))
}

/// The environment at a path, relative to the file's directory.
fn at_path(project: &Path, line: &str) -> Option<PathBuf> {
    if line.is_empty() || line.contains(char::is_control) {
        return None;
    }
    let root = tidied(&project.join(line));
    is_environment(&root).then_some(root)
}

/// The environment of the store with this name, as written by oh-my-zsh, prezto, pipenv, and
/// virtualfish.
fn named(name: &str, home: &WorkonHome) -> Option<PathBuf> {
    let name = EnvironmentName::existing(OsStr::new(name)).ok()?;
    home.find(&name).ok()?.map(|environment| environment.root().to_path_buf())
}

/// The text of a regular file, if no other user could have put it there.
fn text_of(file: &Path) -> Option<String> {
    if !is_ours(file) {
        return None;
    }
    let text = read_small(file, LIMIT).ok()??;
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    std::str::from_utf8(text).ok().map(str::to_owned)
}

fn is_environment(root: &Path) -> bool {
    is_ours(root) && Environment::open(root).is_ok_and(|found| found.is_some())
}

/// Whether another user could have created this file: in /tmp, anybody can create a `.venv`.
fn is_ours(path: &Path) -> bool {
    let user = geteuid();
    user.is_root() || fs::metadata(path).is_ok_and(|entry| entry.uid() == 0 || entry.uid() == user.as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use std::os::unix::fs::symlink;

    struct World {
        _keep: tempfile::TempDir,
        root: PathBuf,
        home: WorkonHome,
    }

    impl World {
        fn new() -> Self {
            let keep = tempfile::tempdir().unwrap();
            let root = keep.path().join("it's \"$x\" é");
            fs::create_dir_all(root.join("project")).unwrap();
            let store = root.join("envs");
            let context = Context::made_of(&[("WORKON_HOME", store.to_str().unwrap())]);
            let home = WorkonHome::locate(&context).unwrap();
            let world = Self { _keep: keep, root, home };
            for name in ["envs/x", "envs/demo", "project/demo", "else/y"] {
                fs::create_dir_all(world.root.join(name)).unwrap();
                fs::write(world.root.join(name).join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
            }
            world
        }

        fn put(&self, name: &str, text: impl AsRef<[u8]>) {
            let path = self.root.join("project").join(name);
            drop(fs::remove_file(&path));
            fs::write(path, text).unwrap();
        }

        /// The default and the others, relative to the root.
        fn told(&self) -> String {
            let Pointed { default, others } = pointed(&self.root.join("project"), &self.home);
            let told = |path: &PathBuf| path.strip_prefix(&self.root).unwrap().to_str().unwrap().to_owned();
            let others: Vec<String> = others.iter().map(told).collect();
            format!("{} {}", default.as_ref().map_or("-".to_owned(), told), others.join(" ")).trim_end().to_owned()
        }
    }

    #[test]
    fn a_file_holds_a_path_from_where_it_lies_or_a_name_of_the_store() {
        let world = World::new();
        let absolute = world.root.join("else/y").to_str().unwrap().to_owned();
        for (text, told) in [
            ("demo\n", "project/demo"),
            ("demo", "project/demo"),
            ("../else/y\n", "else/y"),
            ("./demo\r\n", "project/demo"),
            (&absolute, "else/y"),
            ("x\n", "envs/x"),
            ("  x \n", "envs/x"),
            ("\u{feff}x\n", "envs/x"),
            // Ignored: a missing path, an unknown name, several lines, no text, and an invalid
            // name.
            ("../gone\n", "-"),
            ("gone\n", "-"),
            ("x\ndemo\n", "-"),
            ("\n\n", "-"),
            ("", "-"),
            ("../envs/x\0", "-"),
            ("..\n", "-"),
            ("/\n", "-"),
            ("x\x1b[31m\n", "-"),
        ] {
            world.put(".venv", text);
            assert_eq!(world.told(), told, "{text:?}");
        }
        for bytes in [&b"\xff\n"[..], &vec![b'x'; 70_000]] {
            world.put(".venv", bytes);
            assert_eq!(world.told(), "-");
        }
    }

    #[test]
    fn a_directory_and_a_link_are_taken_as_they_are() {
        let world = World::new();
        let path = world.root.join("project/.venv");
        symlink("../envs/x", &path).unwrap();
        assert_eq!(world.told(), "project/.venv");
        for nothing in ["gone", ".venv", "/dev/zero"] {
            fs::remove_file(&path).unwrap();
            symlink(nothing, &path).unwrap();
            assert_eq!(world.told(), "-", "{nothing}");
        }
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(world.told(), "-");
    }

    #[test]
    fn of_a_list_the_last_line_counts_and_venv_before_it() {
        let world = World::new();
        world.put(".python-envs", "../else/y\nssh@host:x\ndemo\r\n../envs/x\ndemo\n");
        assert_eq!(world.told(), "project/demo envs/x else/y");
        world.put(".python-envs", "demo\nssh@host:x\n");
        assert_eq!(world.told(), "- project/demo");
        world.put(".python-envs", "demo");
        assert_eq!(world.told(), "project/demo");
        world.put(".venv", "x\n");
        assert_eq!(world.told(), "envs/x project/demo");
        world.put(".python-envs", "");
        assert_eq!(world.told(), "envs/x");
        fs::remove_file(world.root.join("project/.venv")).unwrap();
        assert_eq!(world.told(), "-");
    }
}
