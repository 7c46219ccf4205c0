//! Starts a Python so that neither the working directory nor any `PYTHON…` variable decides which
//! code it loads.
//!
//! Owns the list of variables to remove and the arguments that run pip. `-I` would do most of it,
//! but 2.7 does not have it, and `-I` hides the packages in `~/.local`, where a system's Python may
//! have its only pip.

use std::process::Command;

/// `-E` makes Python ignore variables that begin with `PYTHON`, but other programs read some of
/// them: the launcher on macOS, `sysconfig`, wrappers around the interpreter. PYTHONPATH would also
/// make pip leave out packages it finds there, and PYTHONINSPECT would keep the process waiting at
/// a prompt.
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

/// `-m pip` puts the working directory first on `sys.path`, so that a `types.py` or a `pip.py`
/// there would run. `-P` prevents that only since Python 3.11. With `-c` the entry is an empty
/// string until an import needs it, in every version.
pub(crate) const RUN_PIP: &str = "import sys; sys.path[:] = [entry for entry in sys.path if entry]; import runpy; \
                       runpy.run_module('pip', run_name='__main__', alter_sys=True)";

/// Removes the variables that change which code a Python loads.
pub(crate) fn without_variables(python: &mut Command) -> &mut Command {
    for name in CONFUSING {
        python.env_remove(name);
    }
    python
}

/// Makes a command run the pip of a Python. Arguments for pip can follow.
pub(crate) fn run_pip(python: &mut Command) -> &mut Command {
    // PIP_PYTHON would make pip work in another environment. The search for a newer pip comes after
    // everything else, also after Ctrl-C, and waits up to five seconds for the index; an
    // environment is new to it each time.
    let python = without_variables(python).env_remove("PIP_PYTHON").env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    python.args(["-c", RUN_PIP])
}
