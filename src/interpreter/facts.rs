//! An interpreter as data: what creating an environment, seeding it, and listing it need to know.
//!
//! Imports nothing else of `interpreter`, so that every part of it can use these types.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::versions::{Release, Series, Stage, Version};

/// Everything needed to create an environment with an interpreter, as reported by `probe.py`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interpreter {
    /// Where the interpreter was found: absolute, with links unresolved. A pyenv shim or the Python
    /// of an environment is replaced by the interpreter behind it.
    pub(crate) executable: PathBuf,
    /// The interpreter to link environments to: never inside an environment, and with the version
    /// in its name if the prefix has such a name. Links are resolved only if the prefix cannot be
    /// reached otherwise.
    pub(crate) base_executable: PathBuf,
    /// `sys.base_prefix`, spelled as in `base_executable`.
    pub(crate) base_prefix: PathBuf,
    /// `sys.version_info` without the release level.
    pub(crate) version: Release,
    /// `final`, `alpha`, `beta`, `candidate`, with the serial: `final.0`.
    pub(crate) release: String,
    /// `sys.implementation.name`, in its usual spelling: `CPython`, `PyPy`.
    pub(crate) implementation: String,
    /// `sys.implementation.cache_tag`, or `cpython-27` for 2.7, which defines no tag.
    pub(crate) cache_tag: String,
    /// `sys.abiflags`, with `t` for a free-threaded build.
    pub(crate) abiflags: String,
    /// `sys.platlibdir`: `lib`, or `lib64` on Fedora and SUSE.
    pub(crate) platlibdir: String,
    /// Whether its own `venv` would create `lib64` beside `lib` (64-bit, not macOS, before 3.15).
    pub(crate) has_lib64_link: bool,
    /// The wheels its own `ensurepip` would install, in installation order. Empty without
    /// `ensurepip`.
    pub(crate) bundled: Vec<PathBuf>,
}

/// The facts that lists show. They are too few to create an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InterpreterKind {
    /// See [`Interpreter::implementation`].
    pub(crate) implementation: String,
    /// See [`Interpreter::version`].
    pub(crate) version: Release,
    /// See [`Interpreter::release`].
    pub(crate) release: String,
    /// See [`Interpreter::abiflags`].
    pub(crate) abiflags: String,
}

impl InterpreterKind {
    /// Whether this is a free-threaded build (PEP 703).
    pub(crate) fn is_free_threaded(&self) -> bool {
        self.abiflags.contains('t')
    }

    /// Whether this is a debug build (`configure --with-pydebug`).
    pub(crate) fn is_debug(&self) -> bool {
        self.abiflags.contains('d')
    }

    /// The version in PEP 440's spelling: `3.14.0`, `3.15.0rc1`.
    pub(crate) fn number(&self) -> String {
        Version::of(self.version, Stage::of_version_info(&self.release)).to_string()
    }
}

/// The usual spelling of an implementation's name: `CPython` for `cpython`.
pub(super) fn implementation_named(name: &str) -> String {
    match name {
        "cpython" => "CPython",
        "pypy" => "PyPy",
        "graalpy" => "GraalPy",
        other => other,
    }
    .to_owned()
}

impl Interpreter {
    pub(crate) fn kind(&self) -> InterpreterKind {
        InterpreterKind {
            implementation: self.implementation.clone(),
            version: self.version,
            release: self.release.clone(),
            abiflags: self.abiflags.clone(),
        }
    }

    /// Whether this is a free-threaded build (PEP 703).
    #[must_use]
    pub(crate) fn is_free_threaded(&self) -> bool {
        self.abiflags.contains('t')
    }

    /// Final, or the stage of a pre-release.
    pub(crate) fn stage(&self) -> Stage {
        Stage::of_version_info(&self.release)
    }

    /// The directory under `lib` of an environment: `python3.13`, `python3.13t`, `pypy3.9`. The `m`
    /// that 3.6 and 3.7 have in `abiflags` is left out.
    #[must_use]
    pub(crate) fn library_directory(&self) -> String {
        let stem = if self.implementation == "PyPy" { "pypy" } else { "python" };
        let threads = if self.is_free_threaded() { "t" } else { "" };
        format!("{stem}{}{threads}", self.version.series())
    }

    /// `site-packages`, relative to the environment: at the top level for `PyPy` before 3.8.
    #[must_use]
    pub(crate) fn site_packages(&self) -> PathBuf {
        if self.implementation == "PyPy" && self.version.series() < Series::new(3, 8) {
            return PathBuf::from("site-packages");
        }
        Path::new("lib").join(self.library_directory()).join("site-packages")
    }
}
