//! Jupyter's kernel specs: the files from which Jupyter lists kernels and starts them.
//!
//! Reads those of the user and those inside an environment, and knows which environment each
//! starts. `registration` writes the kernel of an environment; `carried` has kernels follow an
//! environment that is renamed, removed, or brought back. Jupyter itself is never started.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::context::Context;
use crate::directories::{self, Base};
use crate::env_vars;
use crate::environment::Environment;
use crate::error::Result;
use crate::fs::{entries_in, is_same, read_small, remove_tree};
use crate::relocate;
use crate::sorting;
use crate::workon_home::WorkonHome;

pub(crate) mod carried;
pub(crate) mod registration;

/// The file that makes a directory a kernel spec.
const FILE_NAME: &str = "kernel.json";

/// Pictures that ipykernel puts beside it.
const LOGOS: [&str; 3] = ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"];

/// Longest file of a kernel spec that is read.
const LIMIT: u64 = 1024 * 1024;

/// The key in `metadata` that marks the kernels that venvwrap registered.
const MARK: &str = "venvwrap";

/// A kernel spec on disk.
#[derive(Debug, Clone)]
pub(crate) struct KernelSpec {
    /// Its directory, whose name is what Jupyter calls the kernel.
    pub(crate) directory: PathBuf,
    text: Vec<u8>,
    content: Map<String, Value>,
}

impl KernelSpec {
    /// Reads the spec in a directory. `None` if Jupyter would not read it either.
    fn read(directory: PathBuf) -> Option<Self> {
        let text = read_small(&directory.join(FILE_NAME), LIMIT).ok().flatten()?;
        let content = serde_json::from_slice(&text).ok()?;
        Some(Self { directory, text, content })
    }

    /// What Jupyter calls the kernel.
    pub(crate) fn name(&self) -> &OsStr {
        self.directory.file_name().unwrap_or_default()
    }

    pub(crate) fn display_name(&self) -> &str {
        self.content.get("display_name").and_then(Value::as_str).unwrap_or_default()
    }

    fn arguments(&self) -> impl Iterator<Item = &str> {
        self.content.get("argv").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// The program that it starts, if that is named by a path.
    pub(crate) fn program(&self) -> Option<&Path> {
        self.arguments().next().map(Path::new).filter(|program| program.is_absolute())
    }

    /// The root that the program would have if it was the Python of an environment.
    pub(crate) fn root(&self) -> Option<&Path> {
        self.program()?.parent().filter(|bin| bin.ends_with("bin"))?.parent()
    }

    /// Whether it starts the Python of the environment with one of these roots.
    fn starts(&self, roots: &[PathBuf]) -> bool {
        self.root().is_some_and(|root| roots.iter().any(|other| other == root))
    }

    /// Whether venvwrap registered it.
    pub(crate) fn is_ours(&self) -> bool {
        self.content.get("metadata").is_some_and(|metadata| metadata.get(MARK).is_some())
    }

    /// Whether it needs ipykernel in its environment.
    pub(crate) fn runs_ipykernel(&self) -> bool {
        self.arguments().any(|argument| argument == "ipykernel_launcher" || argument == "ipykernel")
    }

    /// Whether the directory holds nothing but the files that ipykernel and venvwrap write, which
    /// can be written again.
    fn is_plain(&self) -> bool {
        let is_known = |entry: fs::DirEntry| {
            let name = entry.file_name();
            entry.file_type().is_ok_and(|kind| kind.is_file())
                && (name == FILE_NAME || LOGOS.iter().any(|logo| name == *logo) || is_unfinished(&name))
        };
        fs::symlink_metadata(&self.directory).is_ok_and(|entry| entry.is_dir())
            && fs::read_dir(&self.directory).is_ok_and(|entries| entries.flatten().all(is_known))
    }

    /// Deletes it. Jupyter sees the whole kernel or none.
    pub(crate) fn remove(&self) -> Result<()> {
        let wrong = |error| crate::error::Error::io("remove", &self.directory)(error);
        let is_link = fs::symlink_metadata(&self.directory).is_ok_and(|entry| entry.is_symlink());
        if !is_link {
            match fs::remove_file(self.directory.join(FILE_NAME)) {
                // Another command removes it, too.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                done => done.map_err(wrong)?,
            }
        }
        remove_tree(&self.directory).map_err(wrong)
    }
}

/// Whether a killed command left a file of this name unfinished.
fn is_unfinished(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".venvwrap-")
}

/// Why Jupyter cannot start a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KernelProblem {
    /// The program that it starts does not exist.
    PythonMissing,
    /// Its environment has a Python, but no ipykernel.
    IpykernelMissing,
}

impl KernelSpec {
    pub(crate) fn problem(&self) -> Option<KernelProblem> {
        if fs::metadata(self.program()?).is_err() {
            return Some(KernelProblem::PythonMissing);
        }
        let environment = Environment::open(self.root()?).ok()??;
        let has_ipykernel = !self.runs_ipykernel() || has_ipykernel(&environment) || environment.sees_system_packages();
        (!has_ipykernel).then_some(KernelProblem::IpykernelMissing)
    }

    /// The name of the environment of the store that it starts, or started before that was removed.
    pub(crate) fn environment_in(&self, home: &WorkonHome) -> Option<&OsStr> {
        let root = self.root()?;
        let parent = root.parent()?;
        (parent == home.path() || is_same(parent, home.path())).then(|| root.file_name()).flatten()
    }
}

/// The directory where Jupyter keeps the kernels that a user installs (jupyter_core's
/// `jupyter_data_dir`). `None` without a home directory.
pub(crate) fn user_directory(context: &Context) -> Option<PathBuf> {
    let named = context.variable(env_vars::JUPYTER_DATA_DIR).map(Path::new);
    let data = match named.map(|named| context.absolute_path(named)) {
        Some(Ok(named)) => named,
        Some(Err(_)) => return None,
        None => system_directory(context)?,
    };
    Some(data.join("kernels"))
}

/// Jupyter follows XDG on Linux, and has a directory of its own on macOS.
#[cfg(not(target_os = "macos"))]
fn system_directory(context: &Context) -> Option<PathBuf> {
    Some(directories::xdg(context, Base::Data)?.join("jupyter"))
}

#[cfg(target_os = "macos")]
fn system_directory(context: &Context) -> Option<PathBuf> {
    if context.variable(env_vars::JUPYTER_PLATFORM_DIRS).is_some_and(|value| value != "0") {
        return Some(directories::native(context, Base::Data)?.join("Jupyter"));
    }
    Some(context.home()?.join("Library/Jupyter"))
}

/// The kernel specs of the user: in Jupyter's directory, and in those of JUPYTER_PATH. Sorted by
/// name.
pub(crate) fn of_user(context: &Context) -> Vec<KernelSpec> {
    let path = context.variable(env_vars::JUPYTER_PATH).unwrap_or_default().as_bytes();
    let named = path.split(|byte| *byte == b':').map(|entry| Path::new(OsStr::from_bytes(entry)));
    let named = named.filter(|entry| entry.is_absolute()).map(|entry| entry.join("kernels"));
    let mut found: Vec<KernelSpec> =
        user_directory(context).into_iter().chain(named).flat_map(|all| all_in(&all)).collect();
    sorting::sort_by(&mut found, |one, other| (one.name(), &one.directory).cmp(&(other.name(), &other.directory)));
    found.dedup_by(|one, other| one.directory == other.directory);
    found
}

/// The kernel specs of the user that start the Python of the environment at `root`, which may be
/// missing.
pub(crate) fn of_environment(context: &Context, root: &Path) -> Vec<KernelSpec> {
    let roots = relocate::spellings(root);
    of_user(context).into_iter().filter(|spec| spec.starts(&roots)).collect()
}

/// The kernel specs inside the environment at `root`, which the Jupyter of that environment lists.
pub(crate) fn inside(root: &Path) -> Vec<KernelSpec> {
    all_in(&root.join("share/jupyter/kernels"))
}

fn all_in(directory: &Path) -> Vec<KernelSpec> {
    let entries = entries_in(directory);
    let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
    sorting::sort(&mut names);
    names.into_iter().filter_map(|name| KernelSpec::read(directory.join(name))).collect()
}

/// Whether ipykernel is installed in the environment itself.
pub(crate) fn has_ipykernel(environment: &Environment) -> bool {
    environment.distributions().is_ok_and(|names| names.iter().any(|name| name.eq_ignore_ascii_case("ipykernel")))
}
