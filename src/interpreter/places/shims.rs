//! Executables that start another Python: the shims of pyenv, mise, and asdf, and Apple's stub.
//!
//! Owns how a shim's owner is recognized, by path, and which file the shim would run. No shim is
//! ever started.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::selected;
use crate::context::Context;
use crate::directories::{self, Base};
use crate::env_vars;
use crate::fs::is_same;
use crate::interpreter::pyenv::Pyenv;

/// The tool that installed a shim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::interpreter) enum Owner {
    /// A script that reads `.python-version` (see `pyenv`).
    Pyenv,
    /// A link to mise itself (see `selected`).
    Mise,
    /// A script that reads `.tool-versions` (see `selected`).
    Asdf,
    /// `/usr/bin/python3` of macOS, which runs the Python of the developer tools. Without the tools
    /// it opens a dialog that offers to install them.
    Apple,
}

impl Owner {
    /// Why a shim that would run nothing is no interpreter.
    pub(in crate::interpreter) fn absence(self) -> &'static str {
        match self {
            Self::Pyenv => "a pyenv shim, but no selected version has it",
            Self::Mise => "a mise shim, but no selected version has it",
            Self::Asdf => "an asdf shim, but no selected version has it",
            Self::Apple => "Apple's stub for the developer tools, which are not installed",
        }
    }
}

/// The directories of the tools that install shims. They may not exist.
pub(super) struct Shims {
    pub(super) pyenv: Option<Pyenv>,
    /// mise's data directories.
    pub(super) mise: Option<PathBuf>,
    pub(super) asdf: Option<PathBuf>,
    /// The root of the file system, on macOS only.
    apple: Option<PathBuf>,
}

impl Shims {
    pub(super) fn of(context: &Context, apple: Option<PathBuf>) -> Self {
        let absolute = |variable| context.absolute(variable).map(Path::to_path_buf);
        let below_home = |below: &str| context.home().map(|home| home.join(below));
        Self {
            pyenv: Pyenv::of(context),
            mise: absolute(env_vars::MISE_DATA_DIR)
                .or_else(|| Some(directories::xdg(context, Base::Data)?.join("mise"))),
            asdf: absolute(env_vars::ASDF_DATA_DIR).or_else(|| below_home(".asdf")),
            apple,
        }
    }

    /// The tool that a shim belongs to.
    pub(super) fn owner(&self, file: &Path) -> Option<Owner> {
        let parent = file.parent()?;
        if self.apple.as_ref().is_some_and(|root| file == root.join("usr/bin/python3")) {
            return Some(Owner::Apple);
        }
        // Checks the name first, which saves system calls for every other directory.
        if parent.file_name() != Some(OsStr::new("shims")) {
            return None;
        }
        let is = |root: Option<&Path>| {
            root.is_some_and(|root| {
                let shims = root.join("shims");
                parent == shims || is_same(parent, &shims)
            })
        };
        let roots = [
            (self.pyenv.as_ref().map(Pyenv::root), Owner::Pyenv),
            (self.mise.as_deref(), Owner::Mise),
            (self.asdf.as_deref(), Owner::Asdf),
        ];
        roots.into_iter().find(|(root, _)| is(*root)).map(|(_, owner)| owner)
    }

    /// The files that the shim of `command` would try in `directory`, in order. They may not exist.
    pub(super) fn behind(&self, owner: Owner, context: &Context, directory: &Path, command: &OsStr) -> Vec<PathBuf> {
        let behind = match owner {
            Owner::Pyenv => self.pyenv.as_ref().map(|pyenv| pyenv.behind_shim(context, directory, command)),
            Owner::Mise => self.mise.as_ref().map(|data| selected::by_mise(context, data, directory, command)),
            Owner::Asdf => self.asdf.as_ref().map(|data| selected::by_asdf(context, data, directory, command)),
            Owner::Apple => self.apple.as_ref().map(|root| developer_tools(context, root).into_iter().collect()),
        };
        behind.unwrap_or_default()
    }
}

/// The Python of Apple's developer tools, if they are installed. The order is that of
/// `xcode-select`.
fn developer_tools(context: &Context, root: &Path) -> Option<PathBuf> {
    let chosen = context.absolute(env_vars::DEVELOPER_DIR).map(Path::to_path_buf);
    let linked = fs::read_link(root.join("var/db/xcode_select_link")).ok();
    let usual = ["Applications/Xcode.app/Contents/Developer", "Library/Developer/CommandLineTools"];
    let directories = chosen.into_iter().chain(linked).chain(usual.map(|below| root.join(below)));
    // A directory whose Xcode was removed does not count.
    directories.map(|tools| tools.join("usr/bin/python3")).find(|python| fs::metadata(python).is_ok())
}

/// The tool whose shim a program is. `program` can have any name.
pub(crate) fn shim_tool(context: &Context, program: &Path) -> Option<&'static str> {
    match Shims::of(context, None).owner(program)? {
        Owner::Pyenv => Some("pyenv"),
        Owner::Mise => Some("mise"),
        Owner::Asdf => Some("asdf"),
        Owner::Apple => None,
    }
}
