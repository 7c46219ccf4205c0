//! The functions that a shell loads: shell/complete.* and shell/init.* as they stand, after one
//! line that names this binary.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Shell;

/// A login shell of another make may read the line, in ~/.profile: one word to it, and it goes on.
const OTHER_SHELL: &[u8] = b"venvwrap: these functions are for bash, and this is another shell: nothing is loaded";

/// The text is read by now. What the hook of loading says is the person's.
const ALIASES_AGAIN: &[u8] = b"[[ $__venvwrap_aliases == off ]] || \\builtin setopt aliases
\\builtin unset __venvwrap_aliases
";

/// The text that `venvwrap init SHELL` prints. Static but for the path of the executable.
pub(crate) fn script(shell: Shell, executable: &Path) -> Vec<u8> {
    // The hook of loading, at the end of init.*, finds everything there.
    let (assignment, completion, functions) = match shell {
        Shell::Bash => {
            ("__venvwrap_executable=", include_str!("../../shell/complete.bash"), include_str!("../../shell/init.bash"))
        }
        Shell::Zsh => (
            // Global aliases count in any word (`alias -g -- --help=…`), and a text to be evalled
            // is read as a whole before any of it runs: the first two lines hold no word that could
            // be one, and the third is a text of its own.
            "\\builtin \\typeset \\-g __venvwrap_aliases=\"${options[aliases]}\" __venvwrap_executable=",
            include_str!("../../shell/complete.zsh"),
            include_str!("../../shell/init.zsh"),
        ),
        Shell::Fish => (
            "set -g __venvwrap_executable ",
            include_str!("../../shell/complete.fish"),
            include_str!("../../shell/init.fish"),
        ),
    };
    let quoted = |bytes: &[u8]| shell.language().literal(bytes);
    let path = quoted(executable.as_os_str().as_bytes());
    let text = [completion.as_bytes(), b"\n", functions.as_bytes()].concat();
    let text = match shell {
        Shell::Fish => text,
        Shell::Bash => {
            let text = quoted(&text);
            [
                &b"case \"${BASH_VERSION-}\" in\n'') printf '%s\\n' '"[..],
                OTHER_SHELL,
                b"' >&2 ;;\n*) \\builtin eval ",
                &text,
                b" ;;\nesac\n",
            ]
            .concat()
        }
        Shell::Zsh => {
            let text = quoted(&[ALIASES_AGAIN, &text].concat());
            [&b"\\builtin \\setopt \\no_aliases\n\\builtin \\eval "[..], &text, b"\n"].concat()
        }
    };
    [assignment.as_bytes(), &path, b"\n", &text].concat()
}
