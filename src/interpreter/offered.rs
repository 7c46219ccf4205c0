//! The completions for `-p`: the installed versions, known by name without starting anything.
//! `python3` is left out, because its name tells no version.

use std::collections::BTreeMap;

use super::label::Label;
use super::places::{ORDER, Places};
use crate::context::Context;

/// `3.13`, `3.13t`, `pypy3.10`: CPython first, sorted by version, without duplicates.
pub(crate) fn offered(context: &Context) -> Vec<String> {
    let places = Places::of(context);
    let mut found: BTreeMap<(bool, Vec<u32>, bool), String> = BTreeMap::new();
    let mut add = |label: &Label| {
        if let [major, minor, ..] = label.version() {
            let (start, end) =
                (if label.is_pypy() { "pypy" } else { "" }, if label.is_free_threaded() { "t" } else { "" });
            let key = (label.is_pypy(), vec![*major, *minor], label.is_free_threaded());
            found.entry(key).or_insert_with(|| format!("{start}{major}.{minor}{end}"));
        }
    };
    for place in ORDER {
        places.candidates(place).filter_map(|candidate| candidate.label).for_each(|label| add(&label));
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::fake::{hostile_room, program, put};
    use super::*;
    use std::fs;

    #[test]
    fn each_version_is_offered_once_and_other_directories_are_not() {
        let (_keep, room) = hostile_room();
        for name in ["python3.98", "python3.98-config", "pypy3.97", "python3", "pythonw", "2to3-3.96", "python3.99t"] {
            program(&room.join("bin").join(name), "");
        }
        put(&room.join("bin/python3.95"), "not executable");
        program(&room.join(".pyenv/shims/python3.94"), "");
        for version in ["3.98.1", "3.93.0", "pypy3.97-7.3.11", "miniconda3-4.7", "3.92-dev"] {
            put(&room.join(".pyenv/versions").join(version).join("bin/python"), "");
        }
        put(&room.join("uv/cpython-3.91.0-linux-x86_64-gnu/bin/python3"), "");
        fs::create_dir_all(room.join("uv/cpython-3.90.0-linux-x86_64-gnu")).unwrap();
        let path = ["bin", ".pyenv/shims"].map(|below| room.join(below).to_str().unwrap().to_owned()).join(":");
        let uv = room.join("uv");
        let context = Context::made_of(&[
            ("HOME", room.to_str().unwrap()),
            ("PATH", &path),
            ("UV_PYTHON_INSTALL_DIR", uv.to_str().unwrap()),
        ]);
        let mut found = offered(&context);
        // Drops the versions installed on this machine.
        found.retain(|version| version.contains("3.9") && version.len() > 3 && !version.ends_with(".9"));
        assert_eq!(found, ["3.91", "3.92", "3.93", "3.98", "3.99t", "pypy3.97"]);
    }
}
