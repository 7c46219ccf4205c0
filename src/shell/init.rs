//! The functions that a shell loads: shell/init.* as they stand, after one line that names this binary.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Shell;

/// The text that `venvwrap init SHELL` prints. Static but for the path of the executable.
pub(crate) fn script(shell: Shell, executable: &Path) -> Vec<u8> {
    let (assignment, end, functions) = match shell {
        Shell::Bash => ("__venvwrap_executable=", "\n", include_str!("../../shell/init.bash")),
        Shell::Zsh => ("typeset -g __venvwrap_executable=", "\n", include_str!("../../shell/init.zsh")),
        Shell::Fish => ("set -g __venvwrap_executable ", "\n", include_str!("../../shell/init.fish")),
    };
    let path = shell.quoted(executable.as_os_str().as_bytes());
    [assignment.as_bytes(), &path, end.as_bytes(), functions.as_bytes()].concat()
}
