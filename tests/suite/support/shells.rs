//! The real shells, started without rc files, in the modes that users set.
//!
//! Owns the list of modes, and running a script in a mode, with or without venvwrap's functions.
//! The script comes from `story` or from the test itself.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::answer::{Answer, replaced};
use super::sandbox::{BINARY, Sandbox, run_directory, tool};

/// A supported shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    /// Makes the functions those of an older version: they call with another protocol.
    pub(crate) const fn older_functions(self) -> &'static str {
        match self {
            Self::Bash => "__venvwrap_load functions; eval \"$(declare -f __venvwrap_call | sed s@bash/2@bash/0@)\"",
            Self::Zsh => {
                "__venvwrap_load functions; functions[__venvwrap_call]=${functions[__venvwrap_call]//zsh\\/2/zsh/0}"
            }
            Self::Fish => {
                "__venvwrap_load functions; functions __venvwrap_call | string replace fish/2 fish/0 | source"
            }
        }
    }

    pub(crate) const ALL: [Self; 3] = [Self::Bash, Self::Zsh, Self::Fish];

    /// The name of the program, and the argument of `venvwrap init`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// Options that disable all rc files.
    pub(crate) fn clean(self) -> &'static [&'static str] {
        match self {
            Self::Bash => &["--norc", "--noprofile"],
            Self::Zsh => &["-f"],
            Self::Fish => &["--no-config"],
        }
    }

    /// The mode without any settings.
    pub(crate) fn plain(self) -> &'static Mode {
        MODES.iter().find(|mode| mode.shell == self).unwrap()
    }

    /// A word of this shell that stands for exactly these bytes. For fish, every byte is written as
    /// a number, unlike in venvwrap.
    pub(crate) fn quoted(self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        let bytes = bytes.as_ref();
        match self {
            Self::Fish if bytes.is_empty() => b"''".to_vec(),
            Self::Fish => bytes.iter().flat_map(|byte| format!("\\X{byte:02x}").into_bytes()).collect(),
            Self::Bash | Self::Zsh => [b"'", &replaced(bytes, b"'", b"'\\''")[..], b"'"].concat(),
        }
    }

    /// A file with the output of `venvwrap init` for this shell. Written once in each run.
    pub(crate) fn functions(self) -> &'static Path {
        static FILES: [OnceLock<PathBuf>; 3] = [const { OnceLock::new() }; 3];
        FILES[self as usize].get_or_init(|| {
            let output = Command::new(BINARY).args(["init", self.name()]).output().unwrap();
            assert!(output.status.success(), "init {}: {output:?}", self.name());
            let file = run_directory().join(format!("init.{}", self.name()));
            fs::write(&file, output.stdout).unwrap();
            file
        })
    }
}

/// The state of a shell when the functions are loaded.
#[derive(Debug)]
pub(crate) struct Mode {
    pub(crate) shell: Shell,
    /// The name in messages.
    pub(crate) name: &'static str,
    options: &'static [&'static str],
    /// Code to run before the functions are loaded.
    prelude: &'static str,
}

const fn mode(shell: Shell, name: &'static str, options: &'static [&'static str], prelude: &'static str) -> Mode {
    Mode { shell, name, options, prelude }
}

/// Names of common commands as failing aliases. A bash script expands aliases only if told to.
pub(crate) const ALIASES: &str = "
alias cd='echo ALIASED cd >&2; false' rm='false rm' ls='false ls' grep='false grep' printf='false printf'
alias unset='false unset' export='false export' local='false local' eval='false eval' hash='false hash'
alias return='false return' read='false read' command='false command' true='false' echo='false echo'";

/// Functions with these names, and with names of builtins.
pub(crate) const FUNCTIONS: &str = "
cd() { builtin printf 'REPLACED cd\\n' >&2; return 1; }
rm() { return 1; }
ls() { return 1; }
grep() { return 1; }
hash() { return 1; }
read() { return 1; }
true() { return 1; }
unset() { return 1; }
export() { return 1; }
printf() { return 1; }
";

/// The same functions for fish.
pub(crate) const FUNCTIONS_OF_FISH: &str = "
for name in cd rm ls grep echo printf functions contains complete emit count math true false env
    eval \"function $name; command printf 'REPLACED %s\\n' $name >&2; return 1; end\"
end
set -g CDPATH / /usr
";

/// Every mode; the first of each shell is the plain one.
pub(crate) static MODES: &[Mode] = &[
    mode(Shell::Bash, "bash", &[], ""),
    mode(Shell::Bash, "bash strict", &[], "set -eu -o pipefail -C -f"),
    mode(Shell::Bash, "bash --posix", &["--posix"], ""),
    mode(Shell::Bash, "bash --posix strict", &["--posix"], "set -eu -o pipefail -C -f"),
    mode(Shell::Bash, "bash with an odd IFS and CDPATH", &[], "IFS=' /:abe_='; CDPATH=/:/usr:/usr/bin"),
    mode(Shell::Bash, "bash with aliases", &["-O", "expand_aliases"], ALIASES),
    mode(Shell::Bash, "bash with replaced commands", &[], FUNCTIONS),
    mode(
        Shell::Bash,
        "bash with shopts",
        &[],
        "shopt -s extglob nullglob dotglob nocaseglob nocasematch xpg_echo; shopt -u promptvars interactive_comments",
    ),
    mode(
        Shell::Bash,
        "bash with other options",
        &[],
        "set -bP +hB; shopt -u sourcepath; shopt -s inherit_errexit lastpipe localvar_inherit 2>/dev/null || true # since 4.2",
    ),
    // The trap prints every command that fails outside a condition to stderr.
    mode(
        Shell::Bash,
        "bash with traps",
        &[],
        "set -ET; trap 'echo \"ERR: $BASH_COMMAND\" >&2' ERR; trap : DEBUG RETURN",
    ),
    mode(Shell::Zsh, "zsh", &[], ""),
    mode(Shell::Zsh, "zsh -i", &["-i"], ""),
    mode(Shell::Zsh, "zsh nounset", &[], "setopt nounset"),
    mode(Shell::Zsh, "zsh err_exit", &[], "setopt errexit"),
    mode(Shell::Zsh, "zsh err_return", &[], "setopt errreturn"),
    mode(Shell::Zsh, "zsh ksh_arrays", &[], "setopt ksharrays"),
    mode(Shell::Zsh, "zsh sh_word_split, noglob", &[], "setopt shwordsplit noglob; IFS=' /:abe_='; CDPATH=/:/usr"),
    mode(
        Shell::Zsh,
        "zsh strict",
        &[],
        "setopt nounset errexit errreturn ksharrays shwordsplit noglob noclobber pipefail",
    ),
    mode(Shell::Zsh, "zsh emulate sh", &[], "emulate sh; set -eu"),
    mode(Shell::Zsh, "zsh emulate ksh", &[], "emulate ksh; set -eu"),
    mode(
        Shell::Zsh,
        "zsh with odd options",
        &[],
        "setopt warncreateglobal globsubst rcexpandparam extendedglob nullglob rcquotes ignorebraces \
         promptsubst promptbang magicequalsubst cbases typesetsilent nofunctionargzero chaselinks pathdirs nohashcmds",
    ),
    mode(
        Shell::Zsh,
        "zsh with other options",
        &[],
        "setopt allexport autopushd cdablevars posixbuiltins posixidentifiers posixaliases posixcd posixtraps posixargzero \
         nomultios nomultibyte nocasematch kshglob kshtypeset noequals nobadpattern; typeset -U path PATH",
    ),
    mode(Shell::Zsh, "zsh with traps", &[], "TRAPZERR() { print -u2 ERR }; TRAPDEBUG() { : }; TRAPEXIT() { : }"),
    mode(Shell::Zsh, "zsh with aliases", &[], ALIASES),
    mode(Shell::Zsh, "zsh with replaced commands", &[], FUNCTIONS),
    mode(Shell::Fish, "fish", &[], ""),
    mode(Shell::Fish, "fish with replaced commands", &[], FUNCTIONS_OF_FISH),
];

impl Mode {
    /// Another mode, defined by a test. Lives as long as the test program.
    pub(crate) fn of(shell: Shell, prelude: String) -> &'static Self {
        let prelude: &'static str = prelude.leak();
        Box::leak(Box::new(mode(shell, prelude, &[], prelude)))
    }

    /// Runs a script in this mode, with the functions loaded and an empty stdin.
    #[track_caller]
    pub(crate) fn run<'a>(&self, sandbox: &'a Sandbox, code: impl AsRef<[u8]>) -> Answer<'a> {
        sandbox.run_command(self.command(sandbox, &self.script(sandbox, code)), b"")
    }

    /// Writes a script that loads the functions in this mode and continues with `code`.
    pub(crate) fn script(&self, sandbox: &Sandbox, code: impl AsRef<[u8]>) -> PathBuf {
        let functions = self.shell.quoted(self.shell.functions().as_os_str().as_bytes());
        let text = [self.prelude.as_bytes(), b"\n. ", &functions, b"\n", code.as_ref()].concat();
        self.write(sandbox, text)
    }

    /// Writes a script for this mode without the functions.
    pub(crate) fn bare_script(&self, sandbox: &Sandbox, code: impl AsRef<[u8]>) -> PathBuf {
        self.write(sandbox, [self.prelude.as_bytes(), b"\n", code.as_ref()].concat())
    }

    fn write(&self, sandbox: &Sandbox, text: Vec<u8>) -> PathBuf {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("scripts/{}.{}", NUMBER.fetch_add(1, Ordering::Relaxed), self.shell.name());
        sandbox.write(name, text)
    }

    /// The command that runs a script file in this mode.
    pub(crate) fn command(&self, sandbox: &Sandbox, script: &Path) -> Command {
        let mut command = sandbox.command(tool(self.shell.name()));
        command.args(self.options()).arg(script);
        command
    }

    /// The options that the shell is started with.
    pub(crate) fn options(&self) -> impl Iterator<Item = &'static str> {
        self.shell.clean().iter().chain(self.options).copied()
    }
}

/// A word with a special character as hints quote it: bash, zsh, fish, and Nushell read it alike.
pub(crate) fn hinted(text: &str) -> String {
    let quoted = |letter: char| match letter {
        '\'' => "'\"'\"'".to_owned(),
        '\\' => "'\"\\\\\"'".to_owned(),
        other => other.to_string(),
    };
    format!("'{}'", text.chars().map(quoted).collect::<String>())
}
