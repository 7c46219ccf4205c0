//! A conda environment: a directory with `conda-meta`, and no `pyvenv.cfg`.
//!
//! Owns reading what conda keeps in it: the version of Python, the variables (data, in JSON), and
//! the scripts that conda would source. conda's own `activate.py` is the reference.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::{Environment, SMALL};
use crate::formats::{conda_meta, pyvenv_cfg};
use crate::fs::{entries_in, read_small};
use crate::sorting;

/// What conda writes for a variable that was unset.
const NO_VALUE: &str = "***unset***";

/// When conda sources a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    /// After activating, in the order of their names.
    Entering,
    /// Before deactivating, in the reverse order.
    Leaving,
}

impl Environment {
    /// Opens the conda environment at `root`. `None` if it is not one.
    pub(crate) fn open_conda(root: &Path) -> Option<Self> {
        let is_one = conda_meta::is_in(root) && fs::metadata(root.join(pyvenv_cfg::FILE_NAME)).is_err();
        is_one.then(|| Self { root: root.to_path_buf(), cfg: None, elsewhere: None, is_conda: true })
    }

    pub(crate) fn is_conda(&self) -> bool {
        self.is_conda
    }

    /// The name that conda shows: `base`, the last component below a directory `envs`, else the
    /// path.
    pub(crate) fn conda_name(&self) -> OsString {
        let in_envs = || self.root.parent().and_then(Path::file_name) == Some(OsStr::new("envs"));
        match self.root.file_name() {
            _ if is_base(&self.root) => "base".into(),
            Some(name) if in_envs() => name.to_owned(),
            _ => self.root.clone().into_os_string(),
        }
    }

    /// The files with variables, and their text: first from packages (`etc/conda/env_vars.d`), then
    /// the user's (`conda env config vars`), which overrides them.
    pub(crate) fn conda_variable_files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        if !self.is_conda {
            return Vec::new();
        }
        let mut files = files_in(&self.root.join("etc/conda/env_vars.d"), "");
        files.push(self.root.join(conda_meta::STATE));
        let read = |file: PathBuf| Some((read_small(&file, SMALL).ok()??, file));
        let texts = files.into_iter().filter_map(read).map(|(text, file)| (file, text));
        texts.filter(|(file, text)| !variables_in(file, text).is_empty()).collect()
    }

    /// The scripts that conda would source in a shell whose files end in `dialect` (`.sh`,
    /// `.fish`).
    pub(crate) fn conda_scripts(&self, when: Scripts, dialect: &str) -> Vec<PathBuf> {
        if !self.is_conda {
            return Vec::new();
        }
        match when {
            Scripts::Entering => files_in(&self.root.join("etc/conda/activate.d"), dialect),
            Scripts::Leaving => {
                let mut files = files_in(&self.root.join("etc/conda/deactivate.d"), dialect);
                files.reverse();
                files
            }
        }
    }

    /// The version of the installed Python, from the name of its package's record.
    pub(super) fn conda_python(&self) -> Option<String> {
        let version = |name: &OsStr| {
            let rest = name.to_str()?.strip_prefix("python-")?.strip_suffix(".json")?;
            let (version, _build) = rest.split_once('-')?;
            version.starts_with(|first: char| first.is_ascii_digit()).then(|| version.to_owned())
        };
        let mut entries = entries_in(conda_meta::directory(&self.root));
        entries.find_map(|entry| version(&entry.file_name()))
    }
}

/// Whether conda itself is installed there.
fn is_base(root: &Path) -> bool {
    root.join("condabin").is_dir()
}

/// The files with this ending, sorted.
fn files_in(directory: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = entries_in(directory).map(|entry| entry.path());
    let is_wanted = |file: &PathBuf| file.as_os_str().as_bytes().ends_with(ending.as_bytes()) && file.is_file();
    let mut files: Vec<PathBuf> = entries.filter(is_wanted).collect();
    sorting::sort(&mut files);
    files
}

/// The variables in such a file, in upper case, as conda exports them. Values other than strings
/// are ignored.
pub(crate) fn variables_in(file: &Path, text: &[u8]) -> BTreeMap<String, OsString> {
    let json: Option<serde_json::Value> = serde_json::from_slice(text).ok();
    let pairs = json
        .as_ref()
        .and_then(|json| if file.ends_with(conda_meta::STATE) { json.get("env_vars") } else { Some(json) });
    let pairs = pairs.and_then(serde_json::Value::as_object).into_iter().flatten();
    let texts = pairs.filter_map(|(name, value)| Some((name, value.as_str()?)));
    let texts = texts.filter(|(_, value)| *value != NO_VALUE && !value.contains('\0'));
    sorting::collected(texts.map(|(name, value)| (name.to_uppercase(), value.into())))
}
