//! Starting a Python so that nothing of the working directory and no `PYTHON…` variable decides
//! what it loads.
//!
//! Owns the variables that are removed and the words that start a pip. `-I` would do the first part
//! alone, but 2.7 does not have it, and it hides the packages of `~/.local`, where a system's
//! Python may have its only pip.

use std::process::Command;

/// `-E` ignores what begins with `PYTHON`, but several have other readers: the launcher of macOS,
/// `sysconfig`, programs that stand before the interpreter. PYTHONPATH would also make pip leave
/// out what it finds there, and PYTHONINSPECT would keep the process waiting at a prompt.
pub(crate) const CONFUSING: [&str; 8] = [
    "__PYVENV_LAUNCHER__",
    "PYTHONEXECUTABLE",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONPATH",
    "PYTHONPLATLIBDIR",
    "_PYTHON_PROJECT_BASE",
    "_PYTHON_SYSCONFIGDATA_NAME",
];

/// `-m pip` puts the working directory first on `sys.path`: a `types.py` there would run, or a
/// `pip.py` in pip's place. `-P` came with Python 3.11. With `-c` the entry is empty until an
/// import needs it, in every version.
pub(crate) const RUN_PIP: &str = "import sys; sys.path[:] = [entry for entry in sys.path if entry]; import runpy; \
                       runpy.run_module('pip', run_name='__main__', alter_sys=True)";

/// Removes the variables that change what a Python loads.
pub(crate) fn without_variables(python: &mut Command) -> &mut Command {
    for name in CONFUSING {
        python.env_remove(name);
    }
    python
}

/// Has a Python run its pip; words for pip can follow.
pub(crate) fn run_pip(python: &mut Command) -> &mut Command {
    // PIP_PYTHON would have pip work in another environment.
    without_variables(python).env_remove("PIP_PYTHON").args(["-c", RUN_PIP])
}
