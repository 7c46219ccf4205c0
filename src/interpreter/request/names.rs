//! The names of a described interpreter: of its commands, and of its packages in pyenv and systems.

use super::build::WantedBuild;
use super::description::{Description, IMPLEMENTATIONS, PYPY, WantedVersion};
use crate::versions::Stage;

/// The newest minor version that is looked for by name if the request is a range. Looking up each
/// name costs less than listing `/usr/bin`.
const NEWEST_MINOR: u32 = 40;

impl Description {
    /// The name under which pyenv installs such an interpreter, if pyenv has it. For pyenv, a
    /// series is its newest release.
    pub(in crate::interpreter) fn for_pyenv(&self) -> Option<String> {
        let stem = match self.implementation.map(|implementation| implementation.name) {
            None | Some("CPython") => "",
            Some(PYPY) => "pypy",
            Some(_) => return None,
        };
        let WantedVersion::Series(numbers, stage) = &self.version else { return None };
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let suffix = self.build.suffix();
        let is_known = numbers.len() > 1 && self.platform.is_open() && ["", "t"].contains(&suffix);
        is_known.then(|| format!("{stem}{}{stage}{suffix}", numbers.join(".")))
    }

    /// The name of its package in Linux distributions and, roughly, in Homebrew.
    pub(in crate::interpreter) fn for_system(&self) -> Option<String> {
        let WantedVersion::Series(numbers, Stage::Final) = &self.version else { return None };
        let is_usual =
            self.implementation.is_none_or(|wanted| wanted.name == "CPython") && self.build == WantedBuild::default();
        let &[major, minor, ..] = numbers.as_slice() else { return None };
        (is_usual && self.platform.is_open()).then(|| format!("python{major}.{minor}"))
    }

    /// The commands whose names promise such an interpreter. For a range: the plain command first,
    /// then one command for each possible minor version, newest first.
    pub(in crate::interpreter) fn exact_commands(&self) -> Vec<String> {
        let stem = self.command_stem();
        let numbered = |major: u32, minor: u32| {
            let build = self.build.suffix();
            let special = (!build.is_empty()).then(|| format!("{stem}{major}.{minor}{build}"));
            special.into_iter().chain([format!("{stem}{major}.{minor}")])
        };
        match &self.version {
            WantedVersion::Series(numbers, _) => match *numbers.as_slice() {
                [] if self.build == WantedBuild::Any => {
                    ["python3", "python", "pypy3", "pypy"].map(str::to_owned).to_vec()
                }
                [] => vec![format!("{stem}3"), stem.to_owned()],
                [major] => vec![format!("{stem}{major}")],
                [major, minor, ..] => numbered(major, minor).collect(),
            },
            WantedVersion::Range(specifiers) => {
                let minors = (0..=NEWEST_MINOR).rev().map(|minor| (3, minor)).chain([(2, 7)]);
                let fitting = minors.filter(|&(major, minor)| specifiers.could_contain(&[major, minor]));
                let numbered = fitting.flat_map(|(major, minor)| numbered(major, minor));
                [format!("{stem}3")].into_iter().chain(numbered).collect()
            }
        }
    }

    /// The commands that may run such an interpreter.
    pub(in crate::interpreter) fn general_commands(&self) -> Vec<String> {
        let stem = self.command_stem();
        match &self.version {
            WantedVersion::Series(numbers, _) => match *numbers.as_slice() {
                [] => Vec::new(),
                [_] => vec![stem.to_owned()],
                [major, ..] => vec![format!("{stem}{major}"), stem.to_owned()],
            },
            WantedVersion::Range(_) => vec![stem.to_owned()],
        }
    }

    /// The commands to report as missing. A range has too many to report.
    pub(in crate::interpreter) fn reported_commands(&self) -> Vec<String> {
        match self.version {
            WantedVersion::Series(..) => self.exact_commands(),
            WantedVersion::Range(_) => vec![format!("{}3", self.command_stem())],
        }
    }

    fn command_stem(&self) -> &'static str {
        self.implementation.unwrap_or(&IMPLEMENTATIONS[0]).command
    }
}
