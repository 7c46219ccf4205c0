//! What can go wrong with WORKON_HOME, with the environments in it, and with those of other tools.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;

use crate::shown::{operands, shown, typed};
use crate::verb::verb;

/// A failure about where environments are. `remedy` is a command, with backticks around it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("{of}: missing environment name")]
    MissingName { of: &'static str },

    /// `variable`: what could be set in place of HOME.
    #[error("HOME is not set to an absolute path")]
    NoHome { variable: Option<&'static str> },

    #[error("cannot lock {}: {} has locked it for more than {seconds} seconds", shown(.path), holding(*.holder))]
    Locked { path: PathBuf, holder: Option<u32>, seconds: u64 },

    /// A directory that venvwrap keeps in WORKON_HOME.
    #[error("cannot use {}: {reason}", shown(.path))]
    Unusable { path: PathBuf, reason: String, remedy: String },

    #[error("cannot delete {}: {reason}", shown(.path))]
    Undeletable { path: PathBuf, reason: &'static str, remedy: String },

    /// A directory or file of settings that others could have written.
    #[error("ignored {what}: {reason}")]
    Ignored { what: String, reason: String, remedy: String },

    #[error("environment `{}`: another file system is mounted at {}; nothing was changed", shown(.name), shown(.point))]
    Mounted { name: OsString, point: PathBuf },

    #[error("environment `{}`: another process created it meanwhile; it was left as it is", shown(.name))]
    CreatedMeanwhile { name: OsString },

    /// With `venvwrap lock`.
    #[error("environment `{}` is locked", shown(.name))]
    LockedByUser { name: OsString },

    #[error("{} was removed meanwhile", shown(.root))]
    RemovedMeanwhile { root: PathBuf },

    #[error("undo: {}", not_removed(.name.as_deref()))]
    NothingRemoved { name: Option<OsString> },

    #[error("environment `{}` is already in the trash", shown(.name))]
    AlreadyRemoved { name: OsString },

    #[error("cannot bring back `{}`: another environment has that name now", shown(.name))]
    NameTaken { name: OsString },

    #[error("cannot move `{}` to the trash: {source}", shown(.name))]
    TrashFull { name: OsString, source: io::Error },

    #[error("environment `{}`: its pyvenv.cfg is missing, so packages would go into the Python it was made from",
            shown(.name))]
    NoConfiguration { name: OsString },

    #[error("environment `{}` is broken: its Python, {}, does not exist", shown(.name), shown(.python))]
    BrokenElsewhere { name: OsString, python: PathBuf, owner: &'static str },

    /// `forms`: the unambiguous names.
    #[error("`{}`: {} environments outside WORKON_HOME have that name", shown(.name), .forms.len())]
    AmbiguousElsewhere { name: OsString, forms: Vec<OsString> },

    /// Something that is not done to an environment that another tool keeps.
    #[error("`{}` belongs to {owner}: {}", shown(.name), shown(.root))]
    Owned { name: OsString, owner: &'static str, root: PathBuf, remedy: String },

    #[error("mvvirtualenv: `{}` already has that name", shown(.name))]
    SameName { name: OsString },

    #[error("environment `{}` is a link; its target would keep the old name", shown(.name))]
    RenameLink { name: OsString },

    /// `root`: what is copied.
    #[error("cpvirtualenv: a copy named `{}` would not be listed", shown(.name))]
    UnlistedCopy { name: OsString, root: PathBuf },

    #[error("cpvirtualenv: {} does not exist", shown(.path))]
    NothingToCopy { path: PathBuf },

    #[error("cannot adopt {}: {reason}", shown(.path))]
    NotAdoptable { path: PathBuf, reason: String, remedy: String },

    /// `path`: what should be a link to `target`.
    #[error("cannot move `{}` back: {} is not a link to {}", shown(.name), shown(.path), shown(.target))]
    NotGivenBack { name: OsString, path: PathBuf, target: PathBuf },

    #[error("cannot copy {}: WORKON_HOME is inside it", shown(.root))]
    StoreInside { root: PathBuf },

    #[error("cannot copy the environment: its bin is a link, and hooks behind the link would run on activation")]
    LinkedBin,

    /// The other Pythons of its version are missing as well.
    #[error("environment `{}` is broken: its Python is missing, and no other Python {series} is installed", shown(.name))]
    NoPythonLeft { name: OsString, series: String },

    #[error("environment `{}` is broken: Python {version} is missing, and linking another one failed: {reason}",
            shown(.name))]
    NotRelinked { name: OsString, version: String, reason: String, remedy: Option<String> },

    /// `python`: what `-p` says. `by_version`: newer packages may help.
    #[error("environment `{}` was not upgraded: {reason}", shown(.name))]
    NotUpgraded { name: OsString, python: Option<OsString>, reason: String, by_version: bool },

    #[error("environment `{}` is a link to {}, which is not in WORKON_HOME", shown(.name), shown(.target))]
    UpgradeLink { name: OsString, target: PathBuf },

    #[error("environment `{}` has no ipykernel, which Jupyter needs to start it", shown(.name))]
    NoIpykernel { name: OsString, root: PathBuf, has_pip: bool },

    #[error("{} is not UTF-8, and Jupyter cannot start a kernel there", shown(.root))]
    NoKernelPath { root: PathBuf },

    /// `is_empty`: the environment has no snapshot at all.
    #[error("environment `{}` has no {}", shown(.name), snapshot(*.number))]
    NoSnapshot { name: OsString, number: Option<u64>, is_empty: bool },

    #[error("environment `{}` is a link to {}, which is not in WORKON_HOME", shown(.name), shown(.target))]
    SnapshotLink { name: OsString, target: PathBuf },

    #[error("environment `{}` is not in WORKON_HOME but at {}", shown(.name), shown(.target))]
    SnapshotOutside { name: OsString, target: PathBuf },

    #[error("--clear: {} is too large to keep", shown(.file))]
    TooLargeToKeep { file: PathBuf },
}

impl StoreError {
    pub(super) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::MissingName { of } => format!("see `{} --help`", verb(of)),
            Self::NoHome { variable: Some(variable) } => {
                format!("set HOME, or set {variable} to an absolute path")
            }
            Self::NoHome { variable: None } => "set HOME, or write the path without `~`".to_owned(),
            Self::Locked { holder: Some(process), .. } => {
                format!("`ps -fp {process}` shows that process; stop it and try again")
            }
            Self::Locked { path, .. } => {
                format!("`fuser -v {}` shows that process; stop it and try again", typed(path))
            }
            Self::Unusable { remedy, .. }
            | Self::Undeletable { remedy, .. }
            | Self::Ignored { remedy, .. }
            | Self::NotAdoptable { remedy, .. }
            | Self::Owned { remedy, .. } => remedy.clone(),
            Self::Mounted { point, .. } => format!("`sudo umount {}` first", operands(&[point])),
            Self::LockedByUser { name } => format!("`venvwrap unlock {}` permits changes", operands(&[name])),
            Self::CreatedMeanwhile { name } => format!("`{} {}` activates it", verb("workon"), operands(&[name])),
            Self::NothingRemoved { name: Some(_) } => {
                "`venvwrap undo --list` lists the removed environments".to_owned()
            }
            Self::NotGivenBack { .. } => "move away what is there, or put the link back".to_owned(),
            Self::NothingRemoved { name: None } => return None,
            Self::AlreadyRemoved { name } => format!(
                "`venvwrap prune --trash` deletes it for good, `venvwrap undo {}` brings it back",
                operands(&[name])
            ),
            Self::NameTaken { name } => {
                let rename = operands(&[name.as_os_str(), OsStr::new("NAME")]);
                format!("rename that one first: `{} {rename}`", verb("mvvirtualenv"))
            }
            Self::TrashFull { name, .. } => {
                let remove = verb("rmvirtualenv");
                format!("`{remove} --now {}` deletes it for good, which needs no space", operands(&[name]))
            }
            Self::NoConfiguration { name } => {
                format!("`venvwrap doctor --fix {}` writes the file", operands(&[name]))
            }
            Self::BrokenElsewhere { owner, .. } => format!("recreate it with {owner}"),
            Self::AmbiguousElsewhere { forms, .. } => {
                format!("name the one you mean: {}", super::phrases::one_of(forms))
            }
            Self::SameName { .. } => "choose another name".to_owned(),
            Self::RenameLink { name } => {
                let copy = operands(&[name.as_os_str(), OsStr::new("NAME")]);
                format!("`{} {copy}` makes a copy that is not a link", verb("cpvirtualenv"))
            }
            Self::UnlistedCopy { root, .. } => {
                let copy = operands(&[root.as_os_str(), OsStr::new("NAME")]);
                format!("`{} {copy}` gives it another name", verb("cpvirtualenv"))
            }
            Self::RemovedMeanwhile { .. } => format!("`{} -b` lists the environments", verb("lsvirtualenv")),
            Self::NothingToCopy { .. } => {
                format!("`{} -b` lists the environments; a path is relative to this directory", verb("lsvirtualenv"))
            }
            Self::StoreInside { .. } => "set WORKON_HOME to a directory elsewhere".to_owned(),
            Self::LinkedBin => "replace the link with the directory it points to".to_owned(),
            Self::NoPythonLeft { name, series } => format!(
                "install Python {series} again, or rebuild it with another: `venvwrap upgrade {}`",
                operands(&[name])
            ),
            Self::NotRelinked { remedy, .. } => return remedy.clone(),
            Self::NotUpgraded { name, python, by_version, .. } => {
                let name = operands(&[name]);
                let python = python.as_ref().map(|python| format!(" -p {}", typed(python))).unwrap_or_default();
                let latest = format!("`venvwrap upgrade{python} --latest {name}` installs newer versions; ");
                let latest = if *by_version { latest.as_str() } else { "" };
                format!("{latest}`venvwrap upgrade{python} --force {name}` upgrades it anyway")
            }
            Self::UpgradeLink { name, .. } => {
                let copy = operands(&[name.as_os_str(), OsStr::new("NAME")]);
                format!("`{} {copy}` makes a copy that can be upgraded", verb("cpvirtualenv"))
            }
            Self::NoIpykernel { name, has_pip: true, .. } => {
                format!("`venvwrap run {} python -m pip install ipykernel` installs it", operands(&[name]))
            }
            Self::NoIpykernel { root, .. } => {
                format!("`uv pip install --python {} ipykernel` installs it", typed(root))
            }
            Self::NoKernelPath { .. } => "rename the environment, or move WORKON_HOME".to_owned(),
            Self::NoSnapshot { name, is_empty: true, .. } => {
                format!("`venvwrap snapshot {}` saves one", operands(&[name]))
            }
            Self::NoSnapshot { name, .. } => format!("`venvwrap snapshot --list {}` lists them", operands(&[name])),
            Self::SnapshotLink { name, .. } => {
                let copy = operands(&[name.as_os_str(), OsStr::new("NAME")]);
                format!("`{} {copy}` makes a copy in WORKON_HOME", verb("cpvirtualenv"))
            }
            Self::SnapshotOutside { target, .. } => {
                let copy = operands(&[target.as_os_str(), OsStr::new("NAME")]);
                format!("`{} {copy}` makes a copy in WORKON_HOME", verb("cpvirtualenv"))
            }
            Self::TooLargeToKeep { .. } => {
                "nothing was replaced; move that file out of the environment first".to_owned()
            }
        })
    }
}

fn holding(holder: Option<u32>) -> String {
    holder.map_or_else(|| "another process".to_owned(), |process| format!("process {process}"))
}

fn snapshot(number: Option<u64>) -> String {
    number.map_or_else(|| "snapshot".to_owned(), |number| format!("snapshot {number}"))
}

fn not_removed(name: Option<&OsStr>) -> String {
    match name {
        Some(name) => format!("no removed environment is called `{}`", shown(name)),
        None => "no environment was removed, or all have expired".to_owned(),
    }
}
