//! Reads `build-details.json` (PEP 739), in which CPython describes itself since 3.14.
//!
//! The file is enough to list an interpreter, or to skip one that does not meet a request, without
//! starting it. Creating an environment still needs `probe`: the file has neither ensurepip's
//! wheels nor `platlibdir`, its `base_prefix` is the one of the build, and only a start shows
//! whether the interpreter starts.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::base::links;
use super::facts::{Interpreter, implementation_named};
use super::lasting::lasting;
use super::places::label_of;
use crate::fs::{entries_in, read_small};
use crate::versions::Release;

/// A file is 2 KB.
const LIMIT: u64 = 64 * 1024;

/// The first version with this file.
const SINCE: [u32; 2] = [3, 14];

/// The keys that are used.
#[derive(Debug, Deserialize)]
struct Details {
    schema_version: String,
    /// Missing for builds without an executable.
    base_interpreter: Option<PathBuf>,
    language: Language,
    implementation: Implementation,
    #[serde(default)]
    abi: Abi,
}

#[derive(Debug, Deserialize)]
struct Language {
    version_info: VersionInfo,
}

#[derive(Debug, Deserialize)]
struct VersionInfo {
    major: u8,
    minor: u8,
    micro: u8,
    releaselevel: String,
    serial: u8,
}

#[derive(Debug, Deserialize)]
struct Implementation {
    name: String,
}

#[derive(Debug, Default, Deserialize)]
struct Abi {
    #[serde(default)]
    flags: Vec<String>,
}

/// The description of an executable. `None` if there is none, or it describes another executable.
///
/// The build and the paths are reliable. Facts that only a probe knows are left empty, so the
/// result is for lists and comparisons, never for creating an environment.
pub(super) fn read(python: &Path) -> Option<Interpreter> {
    let file = links(python).last().unwrap_or_else(|| python.to_path_buf());
    let name = file.file_name()?.to_str()?;
    // The version in the name tells where to look, and whether looking is worthwhile.
    let label = label_of(name).filter(|label| label.version() >= &SINCE[..] && !label.is_pypy())?;
    let prefix = file.parent()?.parent()?;
    let [major, minor, ..] = *label.version() else { return None };
    let threads = if label.is_free_threaded() { "t" } else { "" };
    let libraries = ["lib", "lib64"].map(|lib| prefix.join(lib).join(format!("python{major}.{minor}{threads}")));
    let details = libraries.iter().flat_map(|library| files(library)).filter_map(|file| parse(&file));
    // Builds can share a standard library: Debian's debug build is beside the usual one.
    let is_about_it = |details: &Details| match &details.base_interpreter {
        Some(interpreter) => interpreter.file_name() == Some(OsStr::new(name)),
        None => true,
    };
    let details = details.into_iter().find(is_about_it)?;
    let VersionInfo { major, minor, micro, releaselevel, serial } = details.language.version_info;
    let (base_prefix, base_executable) = lasting(python, prefix, &[name.to_owned()]);
    Some(Interpreter {
        executable: python.to_path_buf(),
        base_executable,
        base_prefix,
        version: Release::new(major.into(), minor.into(), micro.into()),
        release: format!("{releaselevel}.{serial}"),
        implementation: implementation_named(&details.implementation.name),
        abiflags: details.abi.flags.concat(),
        cache_tag: String::new(),
        platlibdir: String::new(),
        has_lib64_link: false,
        bundled: Vec::new(),
    })
}

/// The file with PEP 739's name, then the files with Debian's:
/// `build-details.FLAGS.MULTIARCH.json`.
fn files(library: &Path) -> Vec<PathBuf> {
    let usual = library.join("build-details.json");
    if fs::symlink_metadata(&usual).is_ok() {
        return vec![usual];
    }
    let entries = entries_in(library).map(|entry| entry.path());
    let is_one = |path: &PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        name.starts_with("build-details.") && Path::new(name).extension().is_some_and(|end| end == "json")
    };
    entries.filter(is_one).collect()
}

fn parse(file: &Path) -> Option<Details> {
    let text = read_small(file, LIMIT).ok()??;
    let details: Details = serde_json::from_slice(&text).ok()?;
    // Within a major version of the schema, no key changes its meaning.
    (details.schema_version.split('.').next() == Some("1")).then_some(details)
}

#[cfg(test)]
mod tests {
    use super::super::fake::{hostile_room, put};
    use super::*;
    use std::os::unix::fs::symlink;

    /// The file as CPython 3.14 writes it, shortened.
    fn details(interpreter: &str, version: [u8; 3], release: (&str, u8), flags: &[&str]) -> String {
        let [major, minor, micro] = version;
        let info = serde_json::json!({
            "major": major, "minor": minor, "micro": micro, "releaselevel": release.0, "serial": release.1,
        });
        serde_json::json!({
            "schema_version": "1.0",
            "base_prefix": "/usr",
            "base_interpreter": interpreter,
            "platform": "linux-x86_64",
            "language": {"version": format!("{major}.{minor}"), "version_info": info},
            "implementation": {"name": "cpython", "cache_tag": "cpython-314", "version": info, "hexversion": 51_251_952},
            "abi": {"flags": flags},
        })
        .to_string()
    }

    fn told(python: &Path) -> Option<String> {
        let told = read(python)?;
        let Interpreter { implementation, abiflags, .. } = &told;
        let prefix = told.base_prefix.file_name()?.to_str()?;
        Some(format!("{implementation} {} {abiflags} in {prefix}", told.kind().number()))
    }

    #[test]
    fn each_build_is_described_by_its_own_file() {
        let (_room, room) = hostile_room();
        let python = put(&room.join("py/bin/python3.14"), "not run");
        symlink("python3.14", room.join("py/bin/python3")).unwrap();
        symlink("../py/bin/python3", put(&room.join("bin/x"), "").with_file_name("python")).unwrap();
        assert_eq!(told(&python), None);
        let library = room.join("py/lib/python3.14");
        put(&library.join("build-details.json"), &details("/usr/bin/python3.14", [3, 14, 2], ("final", 0), &[]));
        for name in ["py/bin/python3.14", "py/bin/python3", "bin/python"] {
            assert_eq!(told(&room.join(name)).unwrap(), "CPython 3.14.2  in py", "{name}");
        }
        // Debian's names.
        fs::remove_file(library.join("build-details.json")).unwrap();
        let debug = put(&room.join("py/bin/python3.14d"), "");
        let file = |flags: &str| library.join(format!("build-details.{flags}.x86_64-linux-gnu.json"));
        put(&file(""), &details("/usr/bin/python3.14", [3, 14, 2], ("final", 0), &[]));
        put(&file("d"), &details("/usr/bin/python3.14d", [3, 14, 2], ("final", 0), &["d"]));
        assert_eq!(told(&python).unwrap(), "CPython 3.14.2  in py");
        assert_eq!(told(&debug).unwrap(), "CPython 3.14.2 d in py");
    }

    #[test]
    fn free_threads_lib64_and_candidates_are_understood() {
        let (_room, room) = hostile_room();
        let python = put(&room.join("py/bin/python3.15t"), "");
        let text = details("/usr/bin/python3.15t", [3, 15, 0], ("candidate", 1), &["t"]);
        put(&room.join("py/lib64/python3.15t/build-details.json"), &text);
        assert_eq!(told(&python).unwrap(), "CPython 3.15.0rc1 t in py");
    }

    #[test]
    fn what_is_damaged_of_another_schema_or_about_another_is_left_for_the_probe() {
        let (_room, room) = hostile_room();
        let python = put(&room.join("py/bin/python3.14"), "");
        let file = room.join("py/lib/python3.14/build-details.json");
        let good = details("/usr/bin/python3.14", [3, 14, 2], ("final", 0), &[]);
        let other = good.replace("bin/python3.14", "bin/python3.14d");
        let newer = good.replace(r#""schema_version":"1.0""#, r#""schema_version":"2.0""#);
        assert_ne!(newer, good);
        for text in ["", "{}", "[", &good[..good.len() - 9], &good.replace("14,", "1400,"), &other, &newer] {
            put(&file, text);
            assert_eq!(told(&python), None, "{text}");
        }
        put(&file, &good.replace(r#""schema_version":"1.0""#, r#""schema_version":"1.1","more":[]"#));
        assert!(told(&python).is_some());
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert_eq!(told(&python), None);
    }
}
