//! What to install, and the installer arguments for it.
//!
//! Owns how a request becomes one or more installer calls, and the order of their arguments. pip
//! and uv take the same arguments except for the offline option; `choice` decides which of them is
//! called.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::only_pip;
use crate::belief;
use crate::context::Context;
use crate::directories;
use crate::error::{Error, Result};
use crate::formats::pylock::is_pylock;
use crate::fs::private::read_private;

/// Longest defaults.txt that is read.
const LONGEST_DEFAULTS: u64 = 1024 * 1024;

/// Everything to install in one environment. Paths are absolute, because the working directory may
/// change before the installation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Packages {
    /// The requirements file whose packages every new environment gets.
    pub(crate) defaults: Option<PathBuf>,
    /// A project directory, or one of its files, that lists dependencies (`--from`). Its calls are
    /// made with [`Packages::call_for_project`].
    pub(crate) project: Option<PathBuf>,
    /// Requirements files, and lock files (PEP 751).
    pub(crate) files: Vec<PathBuf>,
    /// Dependency groups (PEP 735).
    pub(crate) groups: Vec<Group>,
    /// Projects to install in place: paths with optional extras, or URLs.
    pub(crate) editables: Vec<OsString>,
    /// Requirements (PEP 508), paths and URLs.
    pub(crate) requirements: Vec<OsString>,
    pub(crate) sources: Sources,
}

/// A dependency group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The `pyproject.toml` that defines the group.
    pub(crate) file: PathBuf,
    pub(crate) name: OsString,
}

impl Group {
    /// Parses `PATH:NAME`. Without a colon the path is empty. A name cannot contain a colon.
    pub(crate) fn of(word: &OsStr) -> Self {
        let mut parts = word.as_bytes().rsplitn(2, |byte| *byte == b':').map(OsStr::from_bytes);
        let name = parts.next().unwrap_or_default().to_owned();
        Self { file: parts.next().unwrap_or_default().into(), name }
    }

    /// `PATH:NAME`, the form that pip, uv, and our `--group` take.
    pub(crate) fn word(&self) -> OsString {
        let mut word = self.file.clone().into_os_string();
        word.push(":");
        word.push(&self.name);
        word
    }
}

/// Package sources given on the command line, in addition to the user's settings or in place of
/// them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    /// Directories of wheels, or URLs of pages that link to some.
    pub(crate) find_links: Vec<OsString>,
    pub(crate) no_index: bool,
    /// Use only what is on this machine.
    pub(crate) is_offline: bool,
}

impl Packages {
    pub(crate) fn is_empty(&self) -> bool {
        self.defaults.is_none() && self.project.is_none() && self.asks_for_nothing()
    }

    fn asks_for_nothing(&self) -> bool {
        self.files.is_empty() && self.groups.is_empty() && self.editables.is_empty() && self.requirements.is_empty()
    }

    /// The installer calls, in order. The defaults come first, so that explicit requests win. Each
    /// lock file has a call of its own before the rest: with a lock file pip requires hashes for
    /// everything, and uv accepts nothing else.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let call = |kind, words: Vec<OsString>| Call {
            kind,
            words,
            sources: self.sources.clone(),
            directory: None,
            is_silent: false,
        };
        let mut calls = Vec::new();
        if let Some(file) = &self.defaults {
            calls.push(call(CallKind::Defaults(file.clone()), vec!["-r".into(), file.into()]));
        }
        let (locks, files): (Vec<_>, Vec<_>) = self.files.iter().partition(|file| is_pylock(file));
        for file in locks {
            calls.push(call(CallKind::Lock, vec!["-r".into(), file.into()]));
        }
        let mut words = Vec::new();
        words.extend(files.into_iter().flat_map(|file| [OsString::from("-r"), file.into()]));
        words.extend(self.groups.iter().flat_map(|group| [OsString::from("--group"), group.word()]));
        words.extend(self.editables.iter().flat_map(|project| [OsString::from("-e"), project.clone()]));
        words.extend(self.requirements.iter().cloned());
        if !words.is_empty() {
            calls.push(call(if self.groups.is_empty() { CallKind::Plain } else { CallKind::Groups }, words));
        }
        calls
    }

    /// The call that installs what is named, a requirements file and projects in place, and says
    /// nothing about success. Without `with_dependencies`, nothing else is installed.
    pub(crate) fn quiet_call(
        file: Option<&Path>,
        editables: &[OsString],
        directory: PathBuf,
        with_dependencies: bool,
    ) -> Call {
        let mut words: Vec<OsString> = vec!["--quiet".into()];
        words.extend((!with_dependencies).then(|| OsString::from("--no-deps")));
        words.extend(file.into_iter().flat_map(|file| [OsString::from("-r"), file.into()]));
        words.extend(editables.iter().flat_map(|project| [OsString::from("-e"), project.clone()]));
        Call { kind: CallKind::Plain, words, sources: Sources::default(), directory: Some(directory), is_silent: false }
    }

    /// The call for a requirements or lock file of a project. `is_whole`: the file lists all
    /// dependencies, so none are resolved. Relative paths in the file start at `directory`.
    pub(crate) fn call_for_project(&self, file: &Path, is_whole: bool, directory: PathBuf) -> Call {
        let kind = if is_pylock(file) { CallKind::Lock } else { CallKind::Plain };
        let no_deps = is_whole.then(|| "--no-deps".into());
        let words = no_deps.into_iter().chain(["-r".into(), file.into()]).collect();
        Call { kind, words, sources: self.sources.clone(), directory: Some(directory), is_silent: false }
    }
}

/// One call of an installer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// Decides which releases of an installer can do it.
    pub(crate) kind: CallKind,
    words: Vec<OsString>,
    sources: Sources,
    directory: Option<PathBuf>,
    /// Whether the installer's messages are dropped.
    pub(super) is_silent: bool,
}

/// What a call installs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// The default packages, from this file.
    Defaults(PathBuf),
    /// A lock file.
    Lock,
    /// Dependency groups, possibly with other requirements.
    Groups,
    /// Requirements that every release of pip and uv understands.
    Plain,
}

impl Call {
    /// The same, with the installer's messages dropped or not.
    pub(crate) fn silenced(self, is_silent: bool) -> Self {
        Self { is_silent, ..self }
    }

    /// The working directory for the call; `None` if it does not matter.
    pub(super) fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// The first part that only pip understands, for a message. Lock files have a standard format
    /// and are skipped.
    pub(super) fn only_for_pip(&self, directory: &Path) -> Option<String> {
        if self.kind == CallKind::Lock {
            return None;
        }
        let (mut files, mut lines) = (Vec::new(), Vec::new());
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("-r") => files.extend(words.next().map(|file| directory.join(file))),
                Some("-e") => lines.extend(words.next().map(|project| format!("-e {}", project.display()))),
                Some("--group") => {
                    words.next();
                }
                Some(word) if !word.starts_with('-') => lines.push(word.to_owned()),
                _ => {}
            }
        }
        let in_lines = || lines.iter().find_map(|line| only_pip::in_line(line, directory));
        only_pip::in_files(files.iter().map(PathBuf::as_path)).or_else(in_lines)
    }

    /// The arguments after `install`. `offline` is the installer's option for no network.
    pub(super) fn words(&self, offline: &str) -> Vec<OsString> {
        let Sources { find_links, no_index, is_offline } = &self.sources;
        let mut words = Vec::new();
        for place in find_links {
            words.extend([OsString::from("--find-links"), place.clone()]);
        }
        if *no_index {
            words.push("--no-index".into());
        }
        if *is_offline && !(*no_index && offline == "--no-index") {
            words.push(offline.into());
        }
        words.extend(self.words.iter().cloned());
        words
    }
}

/// The file of default packages, if it exists and lists any.
pub(crate) fn defaults(context: &Context) -> Result<Option<PathBuf>> {
    let Some(file) = directories::config(context).map(|directory| directory.join("defaults.txt")) else {
        return Ok(None);
    };
    let text = read_private(&file, LONGEST_DEFAULTS).map_err(Error::io("read", &file))?;
    let text = text.unwrap_or_else(|doubt| {
        belief::settings_ignored(&file, &doubt);
        None
    });
    Ok(text.is_some_and(|text| asks_for_something(&text)).then_some(file))
}

/// Whether a requirements file has more than comments and options: pip rejects a file without
/// requirements.
fn asks_for_something(text: &[u8]) -> bool {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    lines.any(|line| {
        !line.starts_with(b"-") || [&b"-r"[..], b"--req", b"-e", b"--edit"].iter().any(|word| line.starts_with(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(call: &Call, offline: &str) -> String {
        call.words(offline).iter().map(|word| word.to_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_lock_has_a_call_of_its_own_between_the_defaults_and_the_rest() {
        let packages = Packages {
            defaults: Some("/c/defaults.txt".into()),
            project: None,
            files: ["/p/r.txt", "/p/pylock.toml", "/p/pylock.dev.toml"].map(PathBuf::from).into(),
            groups: vec![Group { file: "/p/pyproject.toml".into(), name: "dev".into() }],
            editables: vec!["/p[x]".into()],
            requirements: vec!["six".into(), "rich>1".into()],
            sources: Sources { find_links: vec!["/w".into()], no_index: false, is_offline: true },
        };
        let calls = packages.calls();
        let told: Vec<_> = calls.iter().map(|call| (&call.kind, words(call, "--offline"))).collect();
        let start = "--find-links /w --offline";
        assert_eq!(
            told,
            [
                (&CallKind::Defaults("/c/defaults.txt".into()), format!("{start} -r /c/defaults.txt")),
                (&CallKind::Lock, format!("{start} -r /p/pylock.toml")),
                (&CallKind::Lock, format!("{start} -r /p/pylock.dev.toml")),
                (&CallKind::Groups, format!("{start} -r /p/r.txt --group /p/pyproject.toml:dev -e /p[x] six rich>1")),
            ]
        );
    }

    #[test]
    fn what_is_not_asked_for_is_not_called() {
        assert!(Packages::default().is_empty() && Packages::default().calls().is_empty());
        let sources = Sources { no_index: true, is_offline: true, ..Sources::default() };
        let packages = Packages { requirements: vec!["six".into()], sources, ..Packages::default() };
        let [call] = &packages.calls()[..] else { panic!() };
        assert_eq!((&call.kind, words(call, "--no-index")), (&CallKind::Plain, "--no-index six".to_owned()));
        assert_eq!(words(call, "--offline"), "--no-index --offline six");
        assert!(Packages { sources: packages.sources, ..Packages::default() }.is_empty());
    }

    #[test]
    fn a_list_without_requirements_starts_no_installer() {
        for text in ["", "\n\n", "# six\n", "  # six", "--index-url https://x\n", "-c limits.txt"] {
            assert!(!asks_for_something(text.as_bytes()), "{text}");
        }
        for text in ["six", "# pip\n\n six==1 # one", "-r more.txt", "--editable ~/x", "-e.", "./wheel.whl"] {
            assert!(asks_for_something(text.as_bytes()), "{text}");
        }
    }
}
