//! What Tab offers for `-p`: the versions that are there by their names. Nothing is started, so `python3` itself, which
//! can be any, is no answer.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::discovery::{SYSTEM, uv_installations};
use super::label::{self, Label};
use super::pyenv::Pyenv;
use crate::context::Context;
use crate::env_vars;

/// `3.13`, `3.13t`, `pypy3.10`: each can be asked for, none twice, in the order of the versions, CPython first.
pub(crate) fn offered(context: &Context) -> Vec<String> {
    let pyenv = Pyenv::of(context);
    let path = context.variable(env_vars::PATH).unwrap_or_default().as_bytes().split(|byte| *byte == b':');
    let on_path = path.map(|directory| PathBuf::from(OsStr::from_bytes(directory)));
    let on_path = on_path.chain(SYSTEM.map(PathBuf::from));
    // A shim stands for what pyenv has installed, which is looked at by itself.
    let on_path = on_path.filter(|directory| pyenv.as_ref().is_none_or(|pyenv| !pyenv.is_shim(&directory.join("x"))));
    let mut found: BTreeMap<(bool, Vec<u8>, bool), String> = BTreeMap::new();
    let mut add = |label: &Label| {
        if let [major, minor, ..] = label.version() {
            let (start, end) =
                (if label.is_pypy() { "pypy" } else { "" }, if label.is_free_threaded() { "t" } else { "" });
            let key = (label.is_pypy(), vec![*major, *minor], label.is_free_threaded());
            found.entry(key).or_insert_with(|| format!("{start}{major}.{minor}{end}"));
        }
    };
    on_path.flat_map(|directory| commands(&directory)).for_each(|label| add(&label));
    let installed = [pyenv.as_ref().map(Pyenv::versions), uv_installations(context)].into_iter().flatten();
    installed.flat_map(|place| label::installations(&place)).for_each(|(label, _)| add(&label));
    found.into_values().collect()
}

/// The commands of a directory that have a version in their name: `python3.12`, `pypy3.10`.
fn commands(directory: &Path) -> Vec<Label> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let labels = entries.filter_map(|entry| {
        let name = entry.file_name();
        let name = name.to_str()?;
        let label = Label::parse(name.strip_prefix("python").unwrap_or(name).split('-').next()?)?;
        let is_command = name.starts_with("python") || name.starts_with("pypy");
        // `python3.12-config` is not one, nor is what cannot be run.
        let can_be_run =
            || fs::metadata(entry.path()).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
        (is_command && !name.contains('-') && can_be_run()).then_some(label)
    });
    labels.collect()
}

#[cfg(test)]
mod tests {
    use super::super::fake::{hostile_room, program, put};
    use super::*;

    #[test]
    fn each_version_once_and_none_that_is_no_python() {
        let (_keep, room) = hostile_room();
        for name in ["python3.98", "python3.98-config", "pypy3.97", "python3", "pythonw", "2to3-3.96", "python3.99t"] {
            program(&room.join("bin").join(name), "");
        }
        put(&room.join("bin/python3.95"), "not executable");
        program(&room.join(".pyenv/shims/python3.94"), "");
        for version in ["3.98.1", "3.93.0", "pypy3.97-7.3.11", "miniconda3-4.7", "3.92-dev"] {
            fs::create_dir_all(room.join(".pyenv/versions").join(version)).unwrap();
        }
        fs::create_dir_all(room.join("uv/cpython-3.91.0-linux-x86_64-gnu")).unwrap();
        let path = ["bin", ".pyenv/shims"].map(|below| room.join(below).to_str().unwrap().to_owned()).join(":");
        let uv = room.join("uv");
        let context = Context::made_of(&[
            ("HOME", room.to_str().unwrap()),
            ("PATH", &path),
            ("UV_PYTHON_INSTALL_DIR", uv.to_str().unwrap()),
        ]);
        let mut found = offered(&context);
        // What this machine has itself, too.
        found.retain(|version| version.contains("3.9") && version.len() > 3 && !version.ends_with(".9"));
        assert_eq!(found, ["3.91", "3.92", "3.93", "3.98", "3.99t", "pypy3.97"]);
    }
}
