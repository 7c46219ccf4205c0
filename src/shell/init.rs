//! The text that `venvwrap init SHELL` prints: the code in shell/complete.*, shell/shared.sh, and
//! shell/init.* without its comments, after one line that names this binary.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use memchr::memmem;

use super::Shell;

/// Printed when a login shell of another kind reads the line for bash, as in ~/.profile.
const OTHER_SHELL: &[u8] = b"venvwrap: these functions are for bash, and this is another shell: nothing is loaded";

/// Restores the aliases of zsh: the text is parsed by now, and a user's hook needs them.
const ALIASES_AGAIN: &[u8] = b"[[ $__venvwrap_aliases == off ]] || \\builtin setopt aliases
\\builtin unset __venvwrap_aliases
";

/// A file of `shell/` without its comments and blank lines, a quarter of the text that every new
/// shell would parse. No line of these files starts with `#` inside a string.
macro_rules! code_of {
    ($file:literal) => {{
        const TEXT: &[u8] = include_bytes!(concat!("../../shell/", $file));
        const LENGTH: usize = copy_code(TEXT, &mut []);
        static CODE: [u8; LENGTH] = {
            let mut code = [0; LENGTH];
            copy_code(TEXT, &mut code);
            code
        };
        &CODE
    }};
}

/// Copies the lines that are code, as far as `code` has room, and returns their whole length.
const fn copy_code(text: &[u8], code: &mut [u8]) -> usize {
    let (mut at, mut length) = (0, 0);
    while at < text.len() {
        let mut first = at;
        while first < text.len() && text[first] == b' ' {
            first += 1;
        }
        let is_code = first < text.len() && text[first] != b'#' && text[first] != b'\n';
        while at < text.len() {
            let byte = text[at];
            at += 1;
            if is_code {
                if length < code.len() {
                    code[length] = byte;
                }
                length += 1;
            }
            if byte == b'\n' {
                break;
            }
        }
    }
    length
}

/// Whether the functions switch environments by directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switching {
    ByHand,
    Automatic,
    /// As the settings say when the text is loaded.
    BySettings,
}

/// The code for automatic switching, which comes after the functions.
fn automatic(shell: Shell, switching: Switching) -> Vec<u8> {
    let (code, condition): ([&[u8]; 2], &[u8]) = match shell {
        Shell::Bash => ([code_of!("automatic.sh"), code_of!("automatic.bash")], code_of!("automatic_setting.sh")),
        Shell::Zsh => ([code_of!("automatic.sh"), code_of!("automatic.zsh")], code_of!("automatic_setting.sh")),
        Shell::Fish => ([code_of!("automatic.fish"), b""], code_of!("automatic_setting.fish")),
    };
    let code = code.concat();
    match switching {
        Switching::ByHand => Vec::new(),
        Switching::Automatic => code,
        Switching::BySettings => {
            let code = shell.language().literal(&code);
            let (before, after): (&[u8], &[u8]) = match shell {
                Shell::Bash | Shell::Zsh => (b"! __venvwrap_is_automatic || \\builtin eval ", b"\n"),
                Shell::Fish => (b"__venvwrap_is_automatic\nand builtin eval ", b"\n"),
            };
            [condition, before, &code, after].concat()
        }
    }
}

/// Whether a text is what `venvwrap init SHELL` prints for this executable, in whichever version.
pub(crate) fn is_script_for(shell: Shell, executable: &Path, text: &[u8]) -> bool {
    let script = script(shell, executable, Switching::ByHand);
    let path = shell.language().literal(executable.as_os_str().as_bytes());
    memmem::find(&script, &path).is_some_and(|at| text.starts_with(&script[..at + path.len()]))
}

/// The text that `venvwrap init SHELL` prints. Static but for the path of the executable.
pub(crate) fn script(shell: Shell, executable: &Path, switching: Switching) -> Vec<u8> {
    // The functions come last: they end with the user's own hook, which finds everything in place.
    let (assignment, parts): (&str, [&[u8]; 3]) = match shell {
        Shell::Bash => {
            ("__venvwrap_executable=", [code_of!("complete.bash"), code_of!("shared.sh"), code_of!("init.bash")])
        }
        Shell::Zsh => (
            // zsh expands global aliases in any word (`alias -g -- --help=…`), and reads a text
            // whole before it runs any of it. So the first two lines have no word that could be an
            // alias, and the third evaluates the rest as a text of its own.
            "\\builtin \\typeset \\-g __venvwrap_aliases=\"${options[aliases]}\" __venvwrap_executable=",
            [code_of!("complete.zsh"), code_of!("shared.sh"), code_of!("init.zsh")],
        ),
        Shell::Fish => ("set -g __venvwrap_executable ", [code_of!("complete.fish"), code_of!("init.fish"), b""]),
    };
    let quoted = |bytes: &[u8]| shell.language().literal(bytes);
    let path = quoted(executable.as_os_str().as_bytes());
    let text = [parts.concat(), automatic(shell, switching)].concat();
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
