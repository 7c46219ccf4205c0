//! The Python versions that asdf and mise select for a directory, which their shims would run.
//!
//! Owns the parsing of `.tool-versions` and mise's configuration, as far as Python is concerned.
//! Neither program is started: each takes longer than everything else a command does. Only versions
//! that asdf and mise installed count: a project's file must not make venvwrap start a program
//! elsewhere (`path:…`).

use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use crate::context::Context;
use crate::directories::{Base, xdg};
use crate::env_vars;
use crate::fs::read_small;
use crate::interpreter::pyenv::newest_of_series;

/// More than any real configuration file needs.
const SMALL: u64 = 64 * 1024;

const TOOL_VERSIONS: &str = ".tool-versions";

/// mise's files in a directory, the highest precedence first.
const OF_MISE: [&str; 8] = [
    "mise.local.toml",
    "mise.toml",
    ".mise.local.toml",
    ".mise.toml",
    "mise/config.toml",
    ".mise/config.toml",
    ".config/mise.toml",
    ".config/mise/config.toml",
];

/// The files that asdf's shim of `command` would try in `directory`, in order. They may not exist.
/// `data` is asdf's directory.
pub(super) fn by_asdf(context: &Context, data: &Path, directory: &Path, command: &OsStr) -> Vec<PathBuf> {
    let said = context.variable(env_vars::ASDF_PYTHON_VERSION).and_then(OsStr::to_str).map(words);
    // The home directory counts even if it is not an ancestor.
    let above = || directory.ancestors().chain(context.home()).find_map(tool_versions);
    let selected = said.or_else(above).unwrap_or_default();
    commands(&data.join("installs/python"), &selected, command)
}

/// The files that mise's shim of `command` would try; otherwise like [`by_asdf`].
pub(super) fn by_mise(context: &Context, data: &Path, directory: &Path, command: &OsStr) -> Vec<PathBuf> {
    let said = context.variable(env_vars::MISE_PYTHON_VERSION).and_then(OsStr::to_str);
    let said = said.map(|said| said.split(',').map(str::to_owned).collect());
    let here = |directory: &Path| {
        let own = OF_MISE.iter().find_map(|name| tools(&directory.join(name)));
        own.or_else(|| tool_versions(directory))
    };
    let global = || tools(&xdg(context, Base::Config)?.join("mise/config.toml"));
    let selected = said.or_else(|| directory.ancestors().find_map(here)).or_else(global).unwrap_or_default();
    commands(&data.join("installs/python"), &selected, command)
}

/// The command in each selected version, up to `system`, which means the rest of `PATH`.
fn commands(installs: &Path, selected: &[String], command: &OsStr) -> Vec<PathBuf> {
    let before_system = selected.iter().take_while(|version| *version != "system");
    before_system.filter_map(|version| Some(installed(installs, version)?.join("bin").join(command))).collect()
}

/// The prefix of a version: under exactly this name (mise keeps links such as `3.12` and `latest`),
/// otherwise the newest of a series.
fn installed(installs: &Path, version: &str) -> Option<PathBuf> {
    let version = version.strip_prefix("prefix:").unwrap_or(version);
    let version =
        version.strip_prefix("ref:").map_or_else(|| version.to_owned(), |reference| format!("ref-{reference}"));
    let mut parts = Path::new(&version).components();
    if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) {
        return None;
    }
    let exact = installs.join(&version);
    if exact.is_dir() { Some(exact) } else { newest_of_series(installs, &version) }
}

/// The versions of python in a directory's `.tool-versions`; `None` if it selects none.
fn tool_versions(directory: &Path) -> Option<Vec<String>> {
    let text = text_of(&directory.join(TOOL_VERSIONS))?;
    let mut lines = text.lines().map(words);
    lines.find(|words| words.first().is_some_and(|tool| tool == "python")).map(|words| words[1..].to_vec())
}

/// The words of a line, up to a `#`.
fn words(line: &str) -> Vec<String> {
    line.split_whitespace().take_while(|word| !word.starts_with('#')).map(str::to_owned).collect()
}

/// The versions of python in one of mise's files; `None` if the file selects none or is not valid.
fn tools(file: &Path) -> Option<Vec<String>> {
    let file: toml::Table = toml::from_str(&text_of(file)?).ok()?;
    let python = file.get("tools")?.get("python")?;
    // `"3.12"`, or a table with options.
    let version = |value: &toml::Value| Some(value.as_str().or_else(|| value.get("version")?.as_str())?.to_owned());
    python.as_array().map_or_else(|| Some(vec![version(python)?]), |versions| versions.iter().map(version).collect())
}

fn text_of(file: &Path) -> Option<String> {
    String::from_utf8(read_small(file, SMALL).ok()??).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::fake::{hostile_room, put};
    use std::fs;
    use std::os::unix::fs::symlink;

    /// A data directory with some versions, and a project in a home.
    struct World {
        _keep: tempfile::TempDir,
        room: PathBuf,
        variables: Vec<(&'static str, String)>,
    }

    impl World {
        fn new() -> Self {
            let (keep, room) = hostile_room();
            let installs = room.join("data/installs/python");
            for version in ["3.12.1", "3.12.10", "2.7.18", "pypy3.10-7.3.12", "ref-main"] {
                fs::create_dir_all(installs.join(version)).unwrap();
            }
            symlink("./3.12.10", installs.join("latest")).unwrap();
            fs::create_dir_all(room.join("home/src/api/lib")).unwrap();
            let variables = vec![("HOME", room.join("home").to_str().unwrap().to_owned())];
            Self { _keep: keep, room, variables }
        }

        /// The versions whose `python` asdf's and mise's shims would try.
        fn tried(&self, below: &str) -> [String; 2] {
            let variables: Vec<(&str, &str)> =
                self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let (context, data) = (Context::made_of(&variables), self.room.join("data"));
            let version = |file: &PathBuf| {
                let below = file.strip_prefix(data.join("installs/python")).unwrap();
                below.to_str().unwrap().strip_suffix("/bin/python").unwrap().to_owned()
            };
            [by_asdf, by_mise].map(|by| {
                let files = by(&context, &data, &self.room.join(below), OsStr::new("python"));
                files.iter().map(version).collect::<Vec<_>>().join(" ")
            })
        }
    }

    #[test]
    fn the_nearest_file_that_names_python_decides() {
        let world = World::new();
        assert_eq!(world.tried("home/src/api/lib"), ["", ""]);
        put(&world.room.join("home/.tool-versions"), "nodejs 20\npython 2.7.18\n");
        assert_eq!(world.tried("home/src/api/lib"), ["2.7.18", "2.7.18"]);
        assert_eq!(world.tried("elsewhere"), ["2.7.18", ""]);
        put(
            &world.room.join("home/src/api/.tool-versions"),
            "# python 1\npython-build 9\n  python\t3.12.1 2.7.18 # x\n",
        );
        put(&world.room.join("home/src/api/lib/.tool-versions"), "ruby 3\n");
        assert_eq!(world.tried("home/src/api/lib"), ["3.12.1 2.7.18", "3.12.1 2.7.18"]);
    }

    #[test]
    fn mises_own_files_come_before_and_its_global_one_last() {
        let mut world = World::new();
        put(&world.room.join("home/.config/mise/config.toml"), "[tools]\npython = \"latest\"\n");
        assert_eq!(world.tried("elsewhere"), ["", "latest"]);
        put(&world.room.join("home/src/api/.tool-versions"), "python 2.7.18\n");
        put(
            &world.room.join("home/src/api/mise.toml"),
            "[env]\nA = \"{{x}}\"\n[tools]\npython = [\"3.12\", \"2.7\"]\n",
        );
        assert_eq!(world.tried("home/src/api"), ["2.7.18", "3.12.10 2.7.18"]);
        put(
            &world.room.join("home/src/api/mise.local.toml"),
            "[tools.python]\nversion = \"3.12.1\"\nvirtualenv = \".v\"\n",
        );
        assert_eq!(world.tried("home/src/api"), ["2.7.18", "3.12.1"]);
        for nothing in ["tools = 3", "[tools]\npython = 3.12", "[", "[tools]\nnode = \"20\""] {
            put(&world.room.join("home/src/api/mise.local.toml"), nothing);
            assert_eq!(world.tried("home/src/api")[1], "3.12.10 2.7.18", "{nothing}");
        }
        world.variables.push(("MISE_PYTHON_VERSION", "pypy3.10,3.12.1".to_owned()));
        world.variables.push(("ASDF_PYTHON_VERSION", "ref:main system 3.12.1".to_owned()));
        assert_eq!(world.tried("home/src/api"), ["ref-main", "pypy3.10-7.3.12 3.12.1"]);
    }

    #[test]
    fn a_file_cannot_name_what_lies_elsewhere() {
        let world = World::new();
        fs::create_dir_all(world.room.join("evil")).unwrap();
        let evil = world.room.join("evil");
        let line =
            format!("python path:{0} {0} ../../../evil .. . 3.12.1/../../evil 9.9 3.12.1\n", evil.to_str().unwrap());
        put(&world.room.join("home/src/.tool-versions"), &line);
        assert_eq!(world.tried("home/src"), ["3.12.1", "3.12.1"]);
    }
}
