//! Where interpreters live, and in which order the places are looked at.
//!
//! Owns the places on Linux and macOS and what lies in each, by name: discovery, Tab and `python
//! list` all ask here, so that they agree. Starts nothing, and reads a directory only when it is
//! reached. Leaves it to `discovery` what fits.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::base::links;
use super::label::{self, Label};
use crate::context::Context;
use crate::env_vars;
use crate::fs::tidied;
use crate::programs;

pub(crate) mod conda;
mod directories;
mod selected;
mod shims;

pub(super) use shims::Owner;
use shims::Shims;
pub(crate) use shims::shim_tool;

/// A place, named after who installs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// What a person gets at their prompt.
    Path,
    /// What pyenv has installed, selected or not.
    Pyenv,
    /// What uv has installed.
    Uv,
    /// What mise has installed.
    Mise,
    /// What asdf has installed.
    Asdf,
    /// What rye has installed; it is archived, what it left is not.
    Rye,
    /// Homebrew on macOS and Linux, linked into its `bin` or not.
    Homebrew,
    /// The frameworks of python.org's installer for macOS.
    PythonOrg,
    /// For those whose `PATH` is short (cron, desktop programs).
    System,
    /// The base of an installation of conda, which is a whole `CPython` that lasts as long as conda
    /// does. Its environments are no place: what is removed with `conda env remove` is nothing to
    /// build on, and an active one is on `PATH`. Last, for conda updates its base for its own
    /// needs.
    Conda,
}

/// The order: first what a person would get at their prompt, so that `mkvirtualenv` and `python3`
/// agree; then what is installed for them; then what came with the system.
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

/// An executable that can be asked what it is.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Absolute, and no shim.
    pub(super) path: PathBuf,
    /// What its name promises, that of a file it is a link to, or that of its installation.
    pub(super) label: Option<Label>,
}

/// The places as this process sees them.
pub(super) struct Places<'a> {
    context: &'a Context,
    /// `/`; another directory in tests.
    root: PathBuf,
    /// The working directory, looked up where something depends on it.
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

    /// Everything in a place that could be an interpreter: on `PATH` directory by directory, in
    /// each what has no version in its name first; else the newest first. A file can come by
    /// several of its names.
    pub(super) fn candidates(&self, place: Origin) -> Box<dyn Iterator<Item = Candidate> + '_> {
        if !place.has_installations() {
            return Box::new(self.directories(place).into_iter().flat_map(|directory| self.commands(&directory)));
        }
        self.installed(place, |_| true)
    }

    /// The same in a place that has installations, of those whose name will do: the others are not
    /// looked at.
    pub(super) fn installed<'s>(
        &'s self,
        place: Origin,
        will_do: impl Fn(&Label) -> bool,
    ) -> Box<dyn Iterator<Item = Candidate> + 's> {
        let directories = self.directories(place);
        let all = directories.iter().filter(|_| place.has_installations());
        let mut found: Vec<(Label, PathBuf)> = all.flat_map(|directory| label::installations(directory)).collect();
        // mise's `3` would lead to another minor version one day, which no environment survives.
        found.retain(|(label, _)| label.version().len() > 1 && will_do(label));
        found.sort_by_cached_key(|(label, _)| label.newest_first());
        Box::new(found.into_iter().filter_map(|(label, prefix)| {
            let path = python_of(&prefix).or_else(|| python_of(&prefix.join("install")))?;
            Some(Candidate { path, label: Some(label) })
        }))
    }

    /// The files that a command of this name is in a place that has commands, looked up without
    /// reading its directories. A shim is replaced by what it stands for.
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

    /// What a command would run, in the order of `PATH`. A shim is replaced by what it stands for.
    pub(super) fn on_path(&self, name: &OsStr) -> impl Iterator<Item = PathBuf> + use<'_> {
        self.hits(name).flat_map(|hit| self.behind(hit))
    }

    /// Whose shim is the first of this name on `PATH`, where one is.
    pub(super) fn shim_on_path(&self, name: &OsStr) -> Option<Owner> {
        self.hits(name).find_map(|hit| self.shims.owner(&hit))
    }

    /// Whose shim a file is. One is never started: each is slow, and one whose version is not
    /// selected fails, or opens a dialog (Apple).
    pub(super) fn shim_of(&self, file: &Path) -> Option<Owner> {
        self.shims.owner(file)
    }

    /// The file itself, or those that it is a shim for, as they would be tried. None where nothing
    /// is selected.
    pub(super) fn behind(&self, file: PathBuf) -> Vec<PathBuf> {
        let (Some(owner), Some(name)) = (self.shims.owner(&file), file.file_name()) else {
            return vec![file];
        };
        let mut files = self.shims.behind(owner, self.context, self.directory(), name);
        files.retain(|file| is_file(file));
        files
    }

    /// The one that a shim, named by its path, would run: where nothing is selected the next on
    /// `PATH`, except for Apple's stub, which knows no other.
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

    /// Gone or unreadable, it still leaves everything that is not relative to it.
    fn directory(&self) -> &Path {
        self.directory.get_or_init(|| self.context.working_directory().unwrap_or_else(|_| PathBuf::from("/")))
    }

    /// The commands of a directory that are interpreters by their names.
    fn commands(&self, directory: &Path) -> Vec<Candidate> {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let names = names.filter(|name| number_of(name).is_some());
        let mut names: Vec<(Option<Label>, String)> = names.map(|name| (label_of(&name), name)).collect();
        // `python3` before `python`: the second was 2.7 for a long time.
        names.sort_by_cached_key(|(label, name)| {
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
    /// What a person calls it.
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

    /// Whether its directories hold one installation in each of their own, named after its version;
    /// else they hold commands.
    pub(super) fn has_installations(self) -> bool {
        matches!(self, Self::Pyenv | Self::Uv | Self::Mise | Self::Asdf | Self::Rye)
    }
}

/// The version in the name of a command that is an interpreter, by that name: all of the name
/// behind `python` or `pypy` is a version and a build. `python3.12-config` is none, nor is
/// `pythonw`.
fn number_of(command: &str) -> Option<&str> {
    let number = command.strip_prefix("python").or_else(|| command.strip_prefix("pypy"))?;
    // Builds: free-threaded, with assertions, Debian's name for those.
    let plain = number.strip_suffix("-dbg").unwrap_or_else(|| number.trim_end_matches(['t', 'd']));
    let is_number = plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_number && plain.is_empty() == number.is_empty()).then_some(number)
}

/// What the name of a command promises. One number is too little: `python3` is what `python3.12`
/// was, or will be.
pub(super) fn label_of(command: &str) -> Option<Label> {
    let number = number_of(command)?;
    let name = if command.starts_with("pypy") { command } else { number };
    Label::parse(&name.replace("-dbg", "d")).filter(|label| label.version().len() > 1)
}

/// What the name of a file, or of one that it is a link to, tells.
fn promised(file: &Path) -> Option<Label> {
    let named = |file: &Path| label_of(file.file_name()?.to_str()?);
    named(file).or_else(|| links(file).find_map(|target| named(&target)))
}

/// The interpreter of an install prefix or an environment.
pub(super) fn python_of(prefix: &Path) -> Option<PathBuf> {
    let names = ["python", "python3", "pypy3", "pypy"].map(|name| prefix.join("bin").join(name));
    // A link that leads nowhere is an answer too: the prober says where it leads.
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
