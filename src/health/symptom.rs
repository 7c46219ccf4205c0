//! Everything that `doctor` can find, with its severity and the word that its JSON uses.

use crate::versions::Series;
use std::ffi::OsString;
use std::path::PathBuf;

use super::active::ProgramOwner;
use crate::fs::private::Doubt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Something does not work, or not as it appears to.
    Problem,
    /// Good to know.
    Note,
}

/// A file in `.dist-info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetadataFile {
    /// Without it no tool knows which package this is.
    Metadata,
    /// Without it pip cannot remove the package.
    Record,
}

macro_rules! symptoms {
    ($($(#[doc = $about:literal])+ $name:ident $({ $($(#[doc = $field_about:literal])* $field:ident: $kind:ty),+ $(,)? })?
       = $severity:ident $code:literal,)+) => {
        /// What can be wrong.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum Symptom {
            $($(#[doc = $about])+ $name $({ $($(#[doc = $field_about])* $field: $kind),+ })?,)+
        }

        impl Symptom {
            pub(crate) fn severity(&self) -> Severity {
                match self { $(Self::$name { .. } => Severity::$severity,)+ }
            }

            /// The word for programs (`kind` in the JSON). It never changes.
            pub(crate) fn code(&self) -> &'static str {
                match self { $(Self::$name { .. } => $code,)+ }
            }
        }
    };
}

symptoms! {
    // The interpreter of an environment.
    /// `bin/python` or a link beside it points to nothing.
    PythonMissing {
        /// Where the link ends.
        python: PathBuf,
        /// `3.12`, if the environment can be linked to another Python of that version.
        series: Option<Series>,
    } = Problem "python-gone",
    /// `home` of `pyvenv.cfg` does not exist.
    HomeMissing {
        home: PathBuf,
        /// `3.12`, if the environment can be linked to another Python of that version.
        series: Option<Series>,
    } = Problem "home-gone",
    /// `bin/python` is now a Python of another version than the one the packages are for.
    PythonReplaced {
        python: PathBuf,
        /// The version that the packages are for.
        series: Series,
        can_relink: bool,
    } = Problem "python-replaced",
    /// No `pyvenv.cfg`: `bin/python` behaves like the Python it was made from.
    NoCfg = Problem "no-pyvenv-cfg",
    /// `bin/python` is not in the directory that `pyvenv.cfg` calls `home`.
    PythonOutsideHome { python: PathBuf, home: PathBuf } = Note "python-not-of-home",

    // What you set up in an environment.
    /// Another tool recreated the environment and dropped its project, hooks, and added paths.
    Recreated = Problem "recreated",
    /// uv is to use the environment in its project, but it has none.
    UvWithoutProject = Note "uv-without-project",
    /// The project in which uv uses the environment has another one as `.venv`.
    UvBesideDotVenv = Note "uv-beside-dot-venv",

    // The location of an environment.
    /// The scripts point to another place.
    Moved {
        from: PathBuf,
        /// Whether it is safe to replace the old path in them.
        can_rewrite: bool,
    } = Problem "moved",
    /// Scripts start a Python that does not exist.
    ScriptPythonMissing { scripts: Vec<OsString>, python: PathBuf } = Problem "script-python-gone",
    /// Scripts start the Python of another environment.
    ScriptPythonElsewhere { scripts: Vec<OsString>, python: PathBuf } = Problem "script-elsewhere",
    /// Activation scripts are missing.
    NoActivate { scripts: Vec<&'static str> } = Problem "activate-missing",
    /// `bin/activate` was edited where `workon` does not look.
    ActivateEdited {
        /// Line numbers.
        lines: Vec<usize>,
    } = Note "activate-edited",
    /// A file or directory cannot be read.
    Unreadable { is_ours: bool } = Problem "unreadable",
    /// The environment cannot be written to.
    NotWritable { is_ours: bool } = Problem "not-writable",

    // The packages of an environment.
    /// No `site-packages`.
    NoSitePackages = Problem "site-packages-missing",
    /// pip's metadata without pip's modules.
    PipModuleMissing = Problem "pip-gone",
    /// The environment was created with pip and has none.
    NoPip = Note "pip-missing",
    /// The environment was created without pip, so `pip` runs another Python's.
    PipOfOtherPython = Note "pip-of-another-python",
    /// pip is installed, its command is not.
    NoPipCommand = Note "pip-command-missing",
    /// `.dist-info` directories without a file that pip needs.
    MetadataIncomplete { missing: MetadataFile, names: Vec<OsString> } = Note "metadata-incomplete",
    /// Directories that an interrupted pip left behind.
    PipLeftovers { names: Vec<OsString> } = Note "pip-leftovers",

    // The store.
    /// `WORKON_HOME` does not exist.
    NoStore = Note "store-missing",
    /// `WORKON_HOME` is not a directory, or cannot be listed.
    StoreUnusable { reason: String } = Problem "store-unusable",
    /// `WORKON_HOME` cannot be written to.
    StoreNotWritable { is_ours: bool } = Problem "store-not-writable",
    /// `WORKON_HOME` is on a read-only file system.
    StoreReadOnly = Problem "store-read-only",
    /// Every user can write to `WORKON_HOME`.
    StoreOpen = Problem "store-open-to-all",
    /// A link to nothing.
    DanglingLink { target: PathBuf } = Problem "link-dangling",
    /// A link to itself.
    LinkLoop = Problem "link-loop",
    /// A directory with a Python, but without the files that make it an environment.
    Husk = Problem "not-an-environment",
    /// Neither environments nor hooks.
    Strays { names: Vec<OsString> } = Note "stranger",
    /// A temporary environment whose shell was killed.
    TmpenvAbandoned = Note "tmpenv-abandoned",
    /// Unfinished environments of commands that were killed.
    Leftovers { count: usize } = Note "leftovers",
    /// A rename was interrupted: both names work.
    RenameUnfinished { old: OsString, new: OsString } = Problem "half-renamed",
    /// A rename was interrupted before it changed anything but the new name, which is reserved.
    RenameNotStarted { name: OsString } = Problem "rename-unbegun",
    /// A directory in `.venvwrap` is not a directory, or another user controls it.
    PrivateDirectoryUnusable { reason: String, remedy: String } = Problem "private-directory-unusable",
    /// Something in the trash cannot be deleted.
    Undeletable { reason: &'static str, remedy: String } = Problem "undeletable",
    /// The disk is nearly full.
    LittleSpace {
        /// Bytes.
        left: u64,
    } = Note "little-space",
    /// Cache, settings, or trust are ignored because other users can change them.
    NotPrivate {
        doubt: Doubt,
        /// The variable that sets the directory.
        variable: &'static str,
    } = Problem "not-private",
    /// A file of the cache cannot be used.
    CacheDamaged = Note "cache-damaged",
    /// The cache cannot be written to.
    CacheNotWritable { is_ours: bool } = Note "cache-not-writable",

    // What points into the store from elsewhere.
    /// Jupyter lists a kernel whose Python does not exist.
    KernelDangling {
        kernel: OsString,
        python: PathBuf,
        /// The environment of the store that it started.
        environment: Option<OsString>,
    } = Problem "kernel-dangling",
    /// Jupyter lists a kernel whose environment has no ipykernel.
    KernelWithoutIpykernel { kernel: OsString, environment: OsString } = Problem "kernel-without-ipykernel",
    /// A link or script among the user's programs starts something that an environment lacks.
    WrapperDangling { target: PathBuf } = Problem "wrapper-dangling",

    // How the shell loads venvwrap.
    /// The functions are not loaded.
    FunctionsMissing {
        rc_file: PathBuf,
        /// Whether the rc file loads them.
        has_line: bool,
    } = Problem "functions-not-loaded",
    /// The loaded functions belong to another version of venvwrap.
    FunctionsOutdated = Problem "functions-outdated",
    /// `workon` is another program's function.
    CommandsReplaced = Problem "commands-replaced",
    /// virtualenvwrapper is loaded, too.
    VirtualenvwrapperLoaded = Note "virtualenvwrapper-loaded",
    /// A line by hand loads the functions again, after the file of a package.
    LoadedTwice { by_package: PathBuf, line: usize } = Note "functions-loaded-twice",
    /// Another tool switches by directory, so automatic switching does not.
    SwitchingLeft { to: OsString } = Note "automatic-switching-left",
    /// `PATH` has several programs called venvwrap.
    Copies { running: PathBuf, others: Vec<PathBuf> } = Note "copies-on-path",
    /// Apps that are not started from a shell look for environments in another directory.
    UnseenByApps {
        /// Where they look.
        default: PathBuf,
        /// Whether a link can be created there.
        is_free: bool,
    } = Note "workon-home-unseen",

    // What the shell runs.
    /// `VIRTUAL_ENV` is not an environment.
    ActiveMissing = Problem "active-gone",
    /// The `bin` of the active environment is not on `PATH`.
    ActiveNotOnPath = Problem "active-not-on-path",
    /// Another program runs instead of the active environment's.
    Shadowed { command: &'static str, by: PathBuf, owner: ProgramOwner } = Problem "shadowed",
    /// The active environment has no such program, so another one runs.
    NotInActive { command: &'static str, by: PathBuf, owner: ProgramOwner } = Note "not-of-active",
    /// An alias runs instead of the active environment's program.
    Alias {
        command: &'static str,
        /// The words of the alias.
        text: OsString,
    } = Problem "alias",
    /// A shell function decides what runs.
    Function { command: &'static str } = Note "function",
    /// The shell's hash table has another file than the first on `PATH`.
    StaleHash { command: &'static str, remembered: PathBuf } = Problem "stale-hash",
    /// `PATH` has the `bin` of an environment that is not active.
    OtherOnPath {
        /// The root of that environment.
        root: PathBuf,
    } = Note "other-on-path",
    /// `PYTHONHOME` is set.
    PythonHome = Problem "pythonhome-set",
    /// `PYTHONPATH` is set.
    PythonPath = Note "pythonpath-set",
}
