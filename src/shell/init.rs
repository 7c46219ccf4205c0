//! The functions that a shell loads: shell/complete.* and shell/init.* as they stand, after one line that names this
//! binary.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Shell;

/// The text that `venvwrap init SHELL` prints. Static but for the path of the executable.
pub(crate) fn script(shell: Shell, executable: &Path) -> Vec<u8> {
    // The hook of loading, at the end of init.*, finds everything there.
    let (assignment, completion, functions) = match shell {
        Shell::Bash => {
            ("__venvwrap_executable=", include_str!("../../shell/complete.bash"), include_str!("../../shell/init.bash"))
        }
        Shell::Zsh => (
            "typeset -g __venvwrap_executable=",
            include_str!("../../shell/complete.zsh"),
            include_str!("../../shell/init.zsh"),
        ),
        Shell::Fish => (
            "set -g __venvwrap_executable ",
            include_str!("../../shell/complete.fish"),
            include_str!("../../shell/init.fish"),
        ),
    };
    let path = shell.quoted(executable.as_os_str().as_bytes());
    [assignment.as_bytes(), &path, b"\n", completion.as_bytes(), b"\n", functions.as_bytes()].concat()
}
