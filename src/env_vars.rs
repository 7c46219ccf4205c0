//! The names of all variables that venvwrap reads or sets.
//!
//! Owns the names, and one line about each for the table in the manual. `Context` has the values.

/// A variable and the line that the manual prints for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    /// What it does, in one line.
    pub(crate) about: &'static str,
}

macro_rules! variables {
    ($($(#[doc = $about:literal])+ $name:ident,)+) => {
        $($(#[doc = $about])+
        #[allow(dead_code, reason = "some are only for the shell functions and the manual")]
        pub(crate) const $name: &str = stringify!($name);)+
        /// All of them, in the order of the manual.
        pub(crate) const ALL: &[Variable] = &[$(Variable { name: stringify!($name), about: concat!($($about),+) }),+];
    };
}

variables! {
    /// Directory of the environments; `~/.virtualenvs` by default.
    WORKON_HOME,
    /// Name of the file in an environment that holds its project's path; `.project` by default.
    VIRTUALENVWRAPPER_PROJECT_FILENAME,
    /// `1`: `workon` also changes to the project's directory; anything else: it does not.
    VIRTUALENVWRAPPER_WORKON_CD,
    /// Program that creates environments in place of venvwrap itself.
    VIRTUALENVWRAPPER_VIRTUALENV,
    /// Options put before those of every `mkvirtualenv`.
    VIRTUALENVWRAPPER_VIRTUALENV_ARGS,
    /// Python to use without `-p`; several, separated by commas, are tried in order.
    VIRTUALENV_PYTHON,
    /// Python to use without `-p` and VIRTUALENV_PYTHON.
    UV_PYTHON,
    /// Directory of the global hooks; `WORKON_HOME` by default.
    VIRTUALENVWRAPPER_HOOK_DIR,
    /// Log file for hooks, created when virtualenvwrapper.sh is loaded.
    VIRTUALENVWRAPPER_LOG_FILE,
    /// Directory where `mkproject` creates projects.
    PROJECT_HOME,
    /// `1` or `0` while `postactivate` hooks run: whether `workon` changed to the project; set by
    /// `workon`.
    VIRTUALENVWRAPPER_PROJECT_CD,
    /// Root of the previous environment; set while `postdeactivate` hooks run.
    VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV,
    /// Python that has virtualenvwrapper's template plugins.
    VIRTUALENVWRAPPER_PYTHON,
    /// The file that the functions were loaded from.
    VIRTUALENVWRAPPER_SCRIPT,
    /// Program that installs packages: `auto`, `pip`, or `uv`.
    VENVWRAP_INSTALLER,
    /// `0`: no work behind the prompt (preparing packages, emptying the trash).
    VENVWRAP_BACKGROUND,
    /// Jupyter's: directory of the kernels that `venvwrap kernel` writes.
    JUPYTER_DATA_DIR,
    /// Jupyter's: more directories with kernels, separated by colons.
    JUPYTER_PATH,
    /// Jupyter's: `1`: its directory on macOS is the one of the system.
    JUPYTER_PLATFORM_DIRS,
    /// Directory of the user's programs; `doctor` looks there for links into environments.
    XDG_BIN_HOME,
    /// pipx's: the same.
    PIPX_BIN_DIR,
    /// uv's: the same.
    UV_TOOL_BIN_DIR,
    /// pipenv's: the Pipfile of the project, for `--here`.
    PIPENV_PIPFILE,
    /// pipenv's: how many directories are searched for a Pipfile; 10 by default.
    PIPENV_MAX_DEPTH,
    /// pipenv's: any true value: search only this directory.
    PIPENV_NO_INHERIT,
    /// pipenv's: the name of the project's environment.
    PIPENV_CUSTOM_VENV_NAME,
    /// pipenv's: a Python that becomes part of the environment's name.
    PIPENV_PYTHON,
    /// pipenv's: whether the project's environment is its `.venv`.
    PIPENV_VENV_IN_PROJECT,
    /// Root of the active environment; set by `workon`.
    VIRTUAL_ENV,
    /// Name of the active environment as shown in the prompt; set by `workon`.
    VIRTUAL_ENV_PROMPT,
    /// Any value: leave the prompt alone.
    VIRTUAL_ENV_DISABLE_PROMPT,
    /// What `deactivate` needs to restore everything; set by `workon`.
    VENVWRAP_UNDO,
    /// uv's: the environment of a project; set by `workon` for environments of `venvwrap uv on`.
    UV_PROJECT_ENVIRONMENT,
    /// Any value: no color.
    NO_COLOR,
}

/// The home directory.
pub(crate) const HOME: &str = "HOME";
/// The search path.
pub(crate) const PATH: &str = "PATH";
/// The directory of Python's standard library. In an environment it must be unset.
pub(crate) const PYTHONHOME: &str = "PYTHONHOME";
/// The user's login shell, for the hint that says how to load the functions.
pub(crate) const SHELL: &str = "SHELL";
/// XDG base directory of caches.
pub(crate) const XDG_CACHE_HOME: &str = "XDG_CACHE_HOME";
/// XDG base directory of configuration.
pub(crate) const XDG_CONFIG_HOME: &str = "XDG_CONFIG_HOME";
/// Directories with data of packages, separated by colons, from which fish reads files.
pub(crate) const XDG_DATA_DIRS: &str = "XDG_DATA_DIRS";
/// XDG base directory of data; uv and mise install Pythons below it.
pub(crate) const XDG_DATA_HOME: &str = "XDG_DATA_HOME";
/// XDG base directory of state.
pub(crate) const XDG_STATE_HOME: &str = "XDG_STATE_HOME";
/// Root of the active conda environment.
pub(crate) const CONDA_PREFIX: &str = "CONDA_PREFIX";
/// pyenv's directory.
pub(crate) const PYENV_ROOT: &str = "PYENV_ROOT";
/// The version, or versions, that pyenv's shims run.
pub(crate) const PYENV_VERSION: &str = "PYENV_VERSION";
/// The directory of the Pythons that uv installs.
pub(crate) const UV_PYTHON_INSTALL_DIR: &str = "UV_PYTHON_INSTALL_DIR";
/// mise's directory.
pub(crate) const MISE_DATA_DIR: &str = "MISE_DATA_DIR";
/// The version, or versions, that mise's shims run.
pub(crate) const MISE_PYTHON_VERSION: &str = "MISE_PYTHON_VERSION";
/// asdf's directory.
pub(crate) const ASDF_DATA_DIR: &str = "ASDF_DATA_DIR";
/// The version, or versions, that asdf's shims run.
pub(crate) const ASDF_PYTHON_VERSION: &str = "ASDF_PYTHON_VERSION";
/// rye's directory.
pub(crate) const RYE_HOME: &str = "RYE_HOME";
/// Homebrew's directory; `brew shellenv` sets it.
pub(crate) const HOMEBREW_PREFIX: &str = "HOMEBREW_PREFIX";
/// The executable of the conda that the shell is set up for.
pub(crate) const CONDA_EXE: &str = "CONDA_EXE";
/// Apple's developer tools; overrides the choice of `xcode-select`.
pub(crate) const DEVELOPER_DIR: &str = "DEVELOPER_DIR";
