//! Where interpreters are installed, and in which order the places are searched.
//!
//! Owns the places on Linux and macOS, and what each contains by name. Discovery, completion, and
//! `python list` all ask here, so that they agree. Starts nothing, and reads directories lazily.
//! Which interpreter meets a request is decided in `discovery`.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::base::links;
use super::label::{self, Label};
use crate::context::Context;
use crate::env_vars;
use crate::fs::{entries_in, tidied};
use crate::programs;
use crate::sorting;

pub(crate) mod conda;
mod directories;
mod selected;
mod shims;

pub(super) use shims::Owner;
use shims::Shims;
pub(crate) use shims::shim_tool;

/// A place, named after the tool that installs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// The directories of `PATH`.
    Path,
    /// All versions of pyenv, selected or not.
    Pyenv,
    Uv,
    Mise,
    Asdf,
    /// rye is archived, but its installations are still in use.
    Rye,
    /// Homebrew on macOS and Linux, linked into its `bin` or not.
    Homebrew,
    /// Frameworks of python.org's installer for macOS.
    PythonOrg,
    /// The system's directories, for processes with a short `PATH` (cron, desktop apps).
    System,
    /// The base of a conda installation, a complete `CPython` that lasts as long as conda itself.
    /// conda's environments are not searched: `conda env remove` would break what was built on
    /// them, and an active one is on `PATH`. Comes last, because conda updates its base for its own
    /// needs.
    Conda,
}

/// The order of the search: first what the prompt would run, so that `mkvirtualenv` and `python3`
/// agree; then the user's installations; then the system's.
pub(super) const ORDER: [Origin; 10] = [
    Origin::Path,
    Origin::Pyenv,
    Origin::Uv,
    Origin::Mise,
    Origin::Asdf,
    Origin::Rye,
    Origin::Homebrew,
    Origin::PythonOrg,
    Origin::System,
    Origin::Conda,
];

/// An executable to probe.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Absolute, and never a shim.
    pub(super) path: PathBuf,
    /// The version that a name tells: of the file, of a link's target, or of the installation.
    pub(super) label: Option<Label>,
}

/// The places as this process sees them.
pub(super) struct Places<'a> {
    context: &'a Context,
    /// `/`, or another directory in tests.
    root: PathBuf,
    /// The working directory, determined when first needed.
    directory: OnceCell<PathBuf>,
    shims: Shims,
}

impl<'a> Places<'a> {
    pub(super) fn of(context: &'a Context) -> Self {
        Self::below(Path::new("/"), cfg!(target_os = "macos"), context)
    }

    fn below(root: &Path, has_apple_stub: bool, context: &'a Context) -> Self {
        let shims = Shims::of(context, has_apple_stub.then(|| root.to_path_buf()));
        Self { context, root: root.to_path_buf(), directory: OnceCell::new(), shims }
    }

    /// All candidates in a place. On `PATH`: directory by directory, with the names without a
    /// version first. Elsewhere: the newest first. A file can occur under several names.
    pub(super) fn candidates(&self, place: Origin) -> Box<dyn Iterator<Item = Candidate> + '_> {
        if !place.has_installations() {
            return Box::new(self.directories(place).into_iter().flat_map(|directory| self.commands(&directory)));
        }
        self.installed(place, |_| true)
    }

    /// The candidates in a place that has installations, limited to the labels that `will_do`
    /// accepts. The other installations are not opened.
    pub(super) fn installed<'s>(
        &'s self,
        place: Origin,
        will_do: impl Fn(&Label) -> bool,
    ) -> Box<dyn Iterator<Item = Candidate> + 's> {
        let directories = self.directories(place);
        let all = directories.iter().filter(|_| place.has_installations());
        let mut found: Vec<(Label, PathBuf)> = all.flat_map(|directory| label::installations(directory)).collect();
        // mise's `3` will point to another minor version one day, which would break environments.
        found.retain(|(label, _)| label.version().len() > 1 && will_do(label));
        sorting::sort_by_key(&mut found, |(label, _)| label.newest_first());
        Box::new(found.into_iter().filter_map(|(label, prefix)| {
            let path = python_of(&prefix).or_else(|| python_of(&prefix.join("install")))?;
            Some(Candidate { path, label: Some(label) })
        }))
    }

    /// The files of a command in a place that has commands, found without listing directories. A
    /// shim is replaced by the files behind it.
    pub(super) fn named<'s>(&'s self, place: Origin, name: &str) -> Box<dyn Iterator<Item = PathBuf> + 's> {
        if place == Origin::Path {
            return Box::new(self.on_path(name.as_ref()));
        }
        if place.has_installations() {
            return Box::new(std::iter::empty());
        }
        let files: Vec<PathBuf> = self.directories(place).iter().map(|directory| directory.join(name)).collect();
        Box::new(files.into_iter().filter(|file| is_file(file)).flat_map(|file| self.behind(file)))
    }

    /// The files that a command could run, in the order of `PATH`. A shim is replaced by the files
    /// behind it.
    pub(super) fn on_path(&self, name: &OsStr) -> impl Iterator<Item = PathBuf> + use<'_> {
        self.hits(name).flat_map(|hit| self.behind(hit))
    }

    /// The owner of the shim, if the first command of this name on `PATH` is one.
    pub(super) fn shim_on_path(&self, name: &OsStr) -> Option<Owner> {
        self.hits(name).find_map(|hit| self.shims.owner(&hit))
    }

    /// The owner of a shim. Shims are never started: each is slow, and fails or opens a dialog
    /// (Apple) if no version is selected.
    pub(super) fn shim_of(&self, file: &Path) -> Option<Owner> {
        self.shims.owner(file)
    }

    /// The file itself, or the files behind a shim in the order they would be tried. Empty if no
    /// version is selected.
    pub(super) fn behind(&self, file: PathBuf) -> Vec<PathBuf> {
        let (Some(owner), Some(name)) = (self.shims.owner(&file), file.file_name()) else {
            return vec![file];
        };
        let mut files = self.shims.behind(owner, self.context, self.directory(), name);
        files.retain(|file| is_file(file));
        files
    }

    /// The file that a shim, given by its path, would run. If no version is selected, that is the
    /// next one on `PATH`, except for Apple's stub, which never looks further.
    pub(super) fn in_place_of(&self, shim: &Path) -> Option<PathBuf> {
        let others = || {
            let name = shim.file_name().filter(|_| self.shims.owner(shim) != Some(Owner::Apple))?;
            self.on_path(name).next()
        };
        self.behind(shim.to_path_buf()).into_iter().next().or_else(others)
    }

    fn hits(&self, name: &OsStr) -> impl Iterator<Item = PathBuf> + use<'_> {
        let path = self.context.variable(env_vars::PATH);
        let hits = path.map(|path| programs::along(path, name, self.directory()));
        hits.into_iter().flatten().map(|hit| tidied(&hit))
    }

    /// The working directory. If it is missing or unreadable, everything that is not relative to it
    /// still works.
    fn directory(&self) -> &Path {
        self.directory.get_or_init(|| self.context.working_directory().unwrap_or_else(|_| PathBuf::from("/")))
    }

    /// The commands in a directory that are named like interpreters.
    fn commands(&self, directory: &Path) -> Vec<Candidate> {
        let entries = entries_in(directory);
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let names = names.filter(|name| number_of(name).is_some());
        let mut names: Vec<(Option<Label>, String)> = names.map(|name| (label_of(&name), name)).collect();
        // `python3` before `python`, which was 2.7 for a long time.
        sorting::sort_by_key(&mut names, |(label, name)| {
            (label.as_ref().map(Label::newest_first), std::cmp::Reverse(name.clone()))
        });
        let files = names.into_iter().map(|(label, name)| (label, directory.join(name)));
        files
            .filter(|(_, file)| can_be_run(file))
            .flat_map(|(label, file)| {
                let label = label.filter(|_| self.shims.owner(&file).is_none());
                let found = self.behind(file);
                found.into_iter().map(move |path| {
                    let label = label.clone().or_else(|| promised(&path));
                    Candidate { path, label }
                })
            })
            .collect()
    }
}

impl Origin {
    /// The name shown to users.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "PATH",
            Self::Pyenv => "pyenv",
            Self::Uv => "uv",
            Self::Mise => "mise",
            Self::Asdf => "asdf",
            Self::Rye => "rye",
            Self::Homebrew => "Homebrew",
            Self::PythonOrg => "python.org",
            Self::System => "system",
            Self::Conda => "conda",
        }
    }

    /// Whether the directories of this place contain one directory for each installation, named
    /// after its version. Otherwise they contain commands.
    pub(super) fn has_installations(self) -> bool {
        matches!(self, Self::Pyenv | Self::Uv | Self::Mise | Self::Asdf | Self::Rye)
    }
}

/// The version in a command's name, if all of the name after `python` or `pypy` is a version and a
/// build. `python3.12-config` and `pythonw` are not interpreters.
fn number_of(command: &str) -> Option<&str> {
    let number = command.strip_prefix("python").or_else(|| command.strip_prefix("pypy"))?;
    // Builds: free-threaded, debug, Debian's name for debug.
    let plain = number.strip_suffix("-dbg").unwrap_or_else(|| number.trim_end_matches(['t', 'd']));
    let is_number = plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_number && plain.is_empty() == number.is_empty()).then_some(number)
}

/// The version that a command's name tells. One number is not enough: `python3` was `python3.12`
/// once, or will be.
pub(super) fn label_of(command: &str) -> Option<Label> {
    let number = number_of(command)?;
    let name = if command.starts_with("pypy") { command } else { number };
    Label::parse(&name.replace("-dbg", "d")).filter(|label| label.version().len() > 1)
}

/// The version that the name of a file tells, or else the name of a link's target.
fn promised(file: &Path) -> Option<Label> {
    let named = |file: &Path| label_of(file.file_name()?.to_str()?);
    named(file).or_else(|| links(file).find_map(|target| named(&target)))
}

/// The interpreter in an installation prefix or an environment.
pub(super) fn python_of(prefix: &Path) -> Option<PathBuf> {
    let names = ["python", "python3", "pypy3", "pypy"].map(|name| prefix.join("bin").join(name));
    // A dangling link is returned, too: probing it reports the missing target.
    names.into_iter().find(|file| fs::symlink_metadata(file).is_ok())
}

fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file())
}

fn can_be_run(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests;
