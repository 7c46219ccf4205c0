//! A finding: what is the matter, with what, and how bad it is.

use std::ffi::OsString;
use std::path::PathBuf;

use super::active::Maker;
use crate::fs::private::Doubt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Something does not work, or not as it seems to.
    Problem,
    /// Good to know.
    Note,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// The environment of that name.
    Environment(OsString),
    /// `WORKON_HOME` and what belongs to it.
    Store,
    /// The active environment, where it is none of the store's: its root.
    Elsewhere(PathBuf),
    /// How the shell loads venvwrap.
    Setup,
    /// The environment that the shell is in.
    Active,
}

/// Something that is the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// With what.
    pub(crate) about: About,
    /// The file or directory that it was seen at.
    pub(crate) path: PathBuf,
    /// What.
    pub(crate) what: What,
}

/// Which part of a distribution is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lacking {
    /// `METADATA`, without which nobody knows what it is.
    Metadata,
    /// `RECORD`, without which pip cannot remove it.
    Record,
}

macro_rules! kinds {
    ($($(#[doc = $about:literal])+ $name:ident $({ $($(#[doc = $field_about:literal])+ $field:ident: $kind:ty),+ $(,)? })?
       = $severity:ident $word:literal,)+) => {
        /// What can be the matter.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum What {
            $($(#[doc = $about])+ $name $({ $($(#[doc = $field_about])+ $field: $kind),+ })?,)+
        }

        impl What {
            /// How bad it is.
            pub(crate) fn severity(&self) -> Severity {
                match self { $(Self::$name { .. } => Severity::$severity,)+ }
            }

            /// The word by which programs know it.
            pub(crate) fn kind(&self) -> &'static str {
                match self { $(Self::$name { .. } => $word,)+ }
            }
        }
    };
}

kinds! {
    // An environment: its interpreter.
    /// Its interpreter is gone.
    PythonGone {
        /// Where it led.
        python: PathBuf,
        /// `3.12`, where it can be given another one of that version.
        series: Option<String>,
    } = Problem "python-gone",
    /// The directory that its standard library is found by is gone.
    HomeGone {
        /// The directory.
        home: PathBuf,
        /// `3.12`, where it can be given another one of that version.
        series: Option<String>,
    } = Problem "home-gone",
    /// Its interpreter has become another version's.
    PythonReplaced {
        /// The file that it leads to now.
        python: PathBuf,
        /// The version that it was made for.
        series: String,
        /// Whether it can be given another one of that version.
        can_relink: bool,
    } = Problem "python-replaced",
    /// Its `pyvenv.cfg` is missing: its Python works as the one that it was made from.
    NoCfg = Problem "no-pyvenv-cfg",
    /// Its interpreter is none of those in the directory that `pyvenv.cfg` names.
    NotOfHome {
        /// The file that it leads to.
        python: PathBuf,
        /// The directory.
        home: PathBuf,
    } = Note "python-not-of-home",

    // An environment: what a person put into it.
    /// Another tool made it anew, without what was the person's.
    MadeAnew = Problem "recreated",

    // An environment: its place.
    /// Its files name another place.
    Moved {
        /// That place.
        from: PathBuf,
        /// Whether it is safe to have them name the place where it stands.
        can_rewrite: bool,
    } = Problem "moved",
    /// Scripts start an interpreter that is gone.
    ScriptsGone {
        /// Their names.
        scripts: Vec<OsString>,
        /// The interpreter.
        python: PathBuf,
    } = Problem "script-python-gone",
    /// Scripts start the interpreter of another environment.
    ScriptsElsewhere {
        /// Their names.
        scripts: Vec<OsString>,
        /// The interpreter.
        python: PathBuf,
    } = Problem "script-elsewhere",
    /// Activation scripts are missing that its maker writes.
    NoActivate {
        /// Their names.
        scripts: Vec<&'static str>,
    } = Problem "activate-missing",
    /// Somebody edited `bin/activate` where entering does not look.
    ActivateEdited {
        /// The numbers of the lines.
        lines: Vec<usize>,
    } = Note "activate-edited",
    /// Files or directories cannot be read.
    Unreadable {
        /// Whether it belongs to us.
        is_ours: bool,
    } = Problem "unreadable",
    /// It cannot be written to.
    NotWritable {
        /// Whether it belongs to us.
        is_ours: bool,
    } = Problem "not-writable",

    // An environment: its packages.
    /// It has no directory for packages.
    NoSitePackages = Problem "site-packages-missing",
    /// pip's metadata is there, and pip is not.
    PipGone = Problem "pip-gone",
    /// It was made with pip and has none.
    NoPip = Note "pip-missing",
    /// uv made it without pip: another Python's runs by that name.
    PipOfAnother = Note "pip-of-another-python",
    /// It has pip, and no command of that name.
    NoPipCommand = Note "pip-command-missing",
    /// Metadata of an unknown shape.
    OddMetadata {
        /// What is missing.
        lacking: Lacking,
        /// The names of the directories.
        names: Vec<OsString>,
    } = Note "metadata-incomplete",
    /// What pip leaves when it is interrupted.
    PipLeftovers {
        /// The names of the directories.
        names: Vec<OsString>,
    } = Note "pip-leftovers",

    // The store.
    /// It does not exist.
    NoStore = Note "store-missing",
    /// It is no directory, or a link that leads nowhere.
    StoreUnusable {
        /// The system's answer.
        reason: String,
    } = Problem "store-unusable",
    /// It cannot be written to.
    StoreNotWritable {
        /// Whether it belongs to us.
        is_ours: bool,
    } = Problem "store-not-writable",
    /// It is on a disk that cannot be written to.
    StoreReadOnly = Problem "store-read-only",
    /// Everybody may put things into it.
    StoreOpen = Problem "store-open-to-all",
    /// A link that leads nowhere.
    DanglingLink {
        /// Where it leads.
        target: PathBuf,
    } = Problem "link-dangling",
    /// A link that leads to itself.
    LinkLoop = Problem "link-loop",
    /// An environment that has lost what it is known by.
    Husk = Problem "not-an-environment",
    /// Neither environments nor hooks.
    Strangers {
        /// Their names.
        names: Vec<OsString>,
    } = Note "stranger",
    /// A temporary environment whose shell was killed.
    TmpenvAbandoned = Note "tmpenv-abandoned",
    /// What killed commands left.
    Leftovers {
        /// How many.
        count: usize,
    } = Note "leftovers",
    /// A renaming was cut short: both names lead to the environment.
    HalfRenamed {
        /// The old name.
        old: OsString,
        /// The new one.
        new: OsString,
    } = Problem "half-renamed",
    /// A renaming was cut short before it began.
    UnbegunRename {
        /// The name that leads to itself.
        name: OsString,
    } = Problem "rename-unbegun",
    /// A directory of ours in the store is none, or is controlled by somebody else.
    ShelfUnusable {
        /// Why it is not used.
        reason: String,
        /// The command that repairs it.
        remedy: String,
    } = Problem "private-directory-unusable",
    /// Something in the trash cannot be deleted.
    Undeletable {
        /// Why.
        reason: &'static str,
        /// The command that frees it.
        remedy: String,
    } = Problem "undeletable",
    /// The disk is nearly full.
    LittleSpace {
        /// Bytes that are left.
        left: u64,
    } = Note "little-space",
    /// Cache, settings or trust that others can change, and that we do without for that reason.
    NotPrivate {
        /// What others can change.
        doubt: Doubt,
        /// The variable that names the directory.
        variable: &'static str,
    } = Problem "not-private",
    /// A file of the cache is damaged.
    CacheDamaged = Note "cache-damaged",
    /// The cache cannot be written to.
    CacheNotWritable {
        /// Whether it belongs to us.
        is_ours: bool,
    } = Note "cache-not-writable",

    // The set-up.
    /// The functions are not loaded.
    NotLoaded {
        /// The rc file to look into.
        rc_file: PathBuf,
        /// Whether it has the line.
        has_line: bool,
    } = Note "functions-not-loaded",
    /// The functions of this shell are of another version.
    OtherVersion = Problem "functions-outdated",
    /// The commands of this shell are somebody else's.
    OtherCommands = Problem "commands-replaced",
    /// The old virtualenvwrapper is loaded beside us.
    OldLoaded = Note "virtualenvwrapper-loaded",
    /// Several programs called venvwrap.
    Copies {
        /// The one that runs, and the first of the others.
        running: PathBuf,
        /// The others.
        others: Vec<PathBuf>,
    } = Note "copies-on-path",
    /// Programs that no shell starts look for environments elsewhere.
    UnseenByEditors {
        /// Where they look.
        default: PathBuf,
        /// Whether a link can be put there.
        is_free: bool,
    } = Note "workon-home-unseen",

    // The active environment.
    /// `VIRTUAL_ENV` names something that is no environment.
    ActiveGone = Problem "active-gone",
    /// The shell is in an environment and its `bin` is not on `PATH`.
    ActiveNotOnPath = Problem "active-not-on-path",
    /// Something else runs in place of the environment's own program.
    Shadowed {
        /// The command.
        command: &'static str,
        /// The file that runs.
        by: PathBuf,
        /// Whose that is.
        maker: Maker,
    } = Problem "shadowed",
    /// The environment has no such command, so another one runs.
    NotOfActive {
        /// The command.
        command: &'static str,
        /// The file that runs.
        by: PathBuf,
        /// Whose that is.
        maker: Maker,
    } = Note "not-of-active",
    /// An alias of the shell runs in place of the environment's own program.
    Alias {
        /// The command.
        command: &'static str,
        /// What it stands for.
        text: OsString,
    } = Problem "alias",
    /// A function of the shell decides what runs.
    Function {
        /// The command.
        command: &'static str,
    } = Note "function",
    /// The shell remembers another file for the command than the one that is first on `PATH`.
    StaleHash {
        /// The command.
        command: &'static str,
        /// The file that the shell remembers.
        remembered: PathBuf,
    } = Problem "stale-hash",
    /// The `bin` of an environment that is not active is on `PATH`.
    OtherOnPath {
        /// The environment's root.
        root: PathBuf,
    } = Note "other-on-path",
    /// `PYTHONHOME` is set.
    PythonHome = Problem "pythonhome-set",
    /// `PYTHONPATH` is set.
    PythonPath = Note "pythonpath-set",
}
