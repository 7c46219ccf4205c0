//! Finds the pips that can install into an environment: its own, and the pip of its base
//! interpreter.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use crate::asked::{Patience, ask};
use crate::context::Context;
use crate::environment::Environment;
use crate::formats::dist_info::{MetadataForm, MetadataName};
use crate::fs::entries_in;
use crate::isolation;
use crate::shown::shown;
use crate::versions::Release;

/// The first release with `pip --python`, which installs into another environment.
const CAN_WORK_ELSEWHERE: Release = Release::new(22, 3, 0);

/// The pip installed in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnPip {
    Missing,
    /// Installed, but its metadata has no version.
    Unknown,
    Release(Release),
}

/// Finds the environment's own pip from its files; starts nothing.
pub(super) fn own(environment: &Environment) -> OwnPip {
    let directories = environment.package_directories().unwrap_or_default();
    if !directories.iter().any(|packages| packages.join("pip").is_dir()) {
        return OwnPip::Missing;
    }
    let mut entries = directories.iter().flat_map(entries_in);
    let release = entries.find_map(|entry| version_in(&entry.file_name()));
    release.map_or(OwnPip::Unknown, OwnPip::Release)
}

/// The version in the name of pip's metadata directory: `pip-24.2.dist-info`,
/// `pip-9.0.1-py2.7.egg-info`.
fn version_in(name: &OsStr) -> Option<Release> {
    let name = MetadataName::of(name).filter(|name| name.name() == "pip" && name.form != MetadataForm::Egg)?;
    name.version().and_then(Release::leading)
}

/// The base interpreter and its pip's version, if that pip can install into the environment. The
/// error is the reason for the user.
pub(super) fn at_hand(context: &Context, environment: &Environment) -> Result<(PathBuf, Release), String> {
    let version = environment.version().as_deref().and_then(Release::leading);
    if version.is_some_and(|version| version < Release::new(3, 7, 0)) {
        return Err("its Python is too old for the pip of another".to_owned());
    }
    let base = base(environment).ok_or_else(|| "the Python it was created with is unknown".to_owned())?;
    let none = || format!("{} has no pip to lend", shown(&base));
    let words = |command: &mut Command| {
        isolation::run_pip(command).arg("--version").current_dir("/");
    };
    let output = ask(context, &base, Patience::USUAL, words).map_err(|_| none())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let release = said.strip_prefix("pip ").and_then(Release::leading).filter(|_| output.status.success());
    let release = release.ok_or_else(none)?;
    if release < CAN_WORK_ELSEWHERE {
        let why = format!(
            "the pip {} of {} is too old to work elsewhere ({} can)",
            release.short(),
            shown(&base),
            CAN_WORK_ELSEWHERE.short()
        );
        return Err(why);
    }
    Ok((base, release))
}

/// The base interpreter, if it still exists.
fn base(environment: &Environment) -> Option<PathBuf> {
    environment.base_python().filter(|python| python.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::installer::fake::{Room, program};

    #[test]
    fn its_own_is_known_by_what_is_installed() {
        let room = Room::new();
        let environment = room.environment("3.12.1");
        assert_eq!(own(&environment), OwnPip::Missing);
        room.pip("18.1");
        assert_eq!(own(&environment), OwnPip::Release(Release::new(18, 1, 0)));
        assert_eq!(version_in(OsStr::new("pip-9.0.1-py2.7.egg-info")), Some(Release::new(9, 0, 1)));
        for other in ["pip_tools-7.dist-info", "pip-1.0.py"] {
            assert_eq!(version_in(OsStr::new(other)), None);
        }
        crate::fs::remove_tree(&room.path("envs/x/lib/python3/site-packages/pip-18.1.dist-info")).unwrap();
        assert_eq!(own(&environment), OwnPip::Unknown);
    }

    #[test]
    fn the_one_of_its_python_has_to_be_able_to_work_elsewhere() {
        let room = Room::new();
        let environment = room.environment("3.12.1");
        let ask = || at_hand(&room.context(&[]), &environment).map_err(|reason| reason.replace(&room.shown(), "R"));
        assert_eq!(ask().unwrap_err(), "the Python it was created with is unknown");
        let base = room.program("base/python3.12", "echo \"pip 22.3 from $PWD $*\"");
        assert_eq!(ask(), Ok((base.clone(), CAN_WORK_ELSEWHERE)));
        program(&base, "echo 'pip 22.2.2 from here'");
        let old = "the pip 22.2.2 of R/base/python3.12 is too old to work elsewhere (22.3 can)";
        assert_eq!(ask().unwrap_err(), old);
        program(&base, "echo 'No module named pip' >&2; exit 1");
        assert_eq!(ask().unwrap_err(), "R/base/python3.12 has no pip to lend");
        let environment = room.environment("3.6.15");
        let told = at_hand(&room.context(&[]), &environment).unwrap_err();
        assert_eq!(told, "its Python is too old for the pip of another");
    }
}
