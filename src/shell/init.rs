//! The text that `venvwrap init SHELL` prints: what every new shell reads, from the files in
//! shell/, after one line that names this binary. The other functions are parts that a shell loads
//! at first use, because parsing them all takes ten times as long.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Shell;

/// Printed when a login shell of another kind reads the line for bash, as in ~/.profile.
const OTHER_SHELL: &[u8] = b"venvwrap: this shell is not bash: nothing is loaded";

/// Restores the aliases of zsh: the text is parsed by now, and a user's hook needs them.
const ALIASES_AGAIN: &[u8] = b"[[ $__venvwrap_aliases == off ]] || \\builtin setopt aliases
\\builtin unset __venvwrap_aliases
";

/// Follows `__venvwrap_aliases=off` in an installed file, and has no word that could be an alias:
/// `on` if a global alias is expanded. Asking `$options` would load a module.
const NO_ALIASES: &[u8] = b"\\builtin \\alias \\-g __venvwrap_alias=__venvwrap_aliases=on
\\builtin \\typeset \\-g __venvwrap_alias
\\builtin \\setopt \\no_aliases
\\builtin unalias __venvwrap_alias
\\builtin unset __venvwrap_alias
";

/// Precedes the functions, which a shell that asks for them looks for.
const MARK: &[u8] = b"#<venvwrap>\n";

macro_rules! files {
    ($($file:literal),*) => {
        &[$(include_bytes!(concat!("../../shell/", $file))),*]
    };
}

/// Functions that are loaded when they are first needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    Functions,
    /// Those of automatic switching.
    Automatic,
}

/// Whether the functions switch environments by directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Switching {
    ByHand,
    Automatic,
    /// As the settings say when the text is loaded.
    BySettings,
}

/// What the text depends on besides the shell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script<'a> {
    pub(crate) executable: &'a Path,
    pub(crate) switching: Switching,
    /// The directory share/ of an installation, where the parts are files.
    pub(crate) share: Option<&'a Path>,
}

/// A part without comments.
pub(crate) fn part(shell: Shell, part: Part) -> Vec<u8> {
    [MARK, &code(files_of(shell, part))].concat()
}

fn files_of(shell: Shell, part: Part) -> &'static [&'static [u8]] {
    match (shell, part) {
        (Shell::Bash, Part::Functions) => files!["complete.bash", "shared.sh", "init.bash"],
        (Shell::Zsh, Part::Functions) => files!["complete.zsh", "shared.sh", "init.zsh"],
        (Shell::Fish, Part::Functions) => files!["complete.fish", "init.fish"],
        (Shell::Nu, Part::Functions) => files!["complete.nu", "init.nu", "uv.nu", "automatic.nu"],
        (Shell::Nu, Part::Automatic) => &[],
        (Shell::Bash, Part::Automatic) => files!["automatic_setting.sh", "automatic.sh", "automatic.bash"],
        (Shell::Zsh, Part::Automatic) => files!["automatic_setting.sh", "automatic.sh", "automatic.zsh"],
        (Shell::Fish, Part::Automatic) => files!["automatic_setting.fish", "automatic.fish"],
    }
}

/// The public functions and the completions of fish, of which an installation has a file each.
pub(super) const COMMANDS_OF_FISH: &[u8] = include_bytes!("../../shell/commands.fish");
pub(super) const COMPLETIONS_OF_FISH: &[u8] = include_bytes!("../../shell/completions.fish");

/// The files without comments and blank lines, which every new shell would parse. No line of them
/// starts with `#` inside a string.
pub(super) fn code(files: &[&[u8]]) -> Vec<u8> {
    let lines = files.iter().flat_map(|text| text.split_inclusive(|byte| *byte == b'\n'));
    let is_code = |line: &&[u8]| !matches!(line.trim_ascii_start(), [] | [b'#', ..]);
    lines.filter(is_code).collect::<Vec<_>>().concat()
}

/// Completion for Nushell without the commands, for the `venvwrap` on PATH.
pub(crate) fn completion_of_nu() -> Vec<u8> {
    let command =
        b"@complete venvwrap-candidates\nexport def --wrapped venvwrap [...words] {\n    ^$executable ...$words\n";
    let start = b"module venvwrap-completion {\nconst executable = \"venvwrap\"\n";
    [&start[..], &code(files!["complete.nu"]), command, b"}\n}\nuse venvwrap-completion *\n"].concat()
}

impl Script<'_> {
    /// Static but for the path of the executable.
    pub(crate) fn text(&self, shell: Shell) -> Vec<u8> {
        if shell == Shell::Nu {
            return self.as_module(&code(files_of(shell, Part::Functions)));
        }
        let [start, last] = self.files(shell).map(|files| code(&files));
        if self.share.is_some() {
            return self.as_file(shell, &start, &last);
        }
        let text = [start, last].concat();
        let quoted = |bytes: &[u8]| shell.language().literal(bytes);
        let loading = match shell {
            Shell::Fish | Shell::Nu => text,
            Shell::Bash => [
                b"case \"${BASH_VERSION-}\" in\n'') printf '%s\\n' '",
                OTHER_SHELL,
                b"' >&2 ;;\n*) \\builtin eval ",
                &quoted(&text),
                b" ;;\nesac\n",
            ]
            .concat(),
            // zsh expands global aliases in any word (`alias -g -- --help=...`), and reads a text
            // whole before it runs any of it. So the first two lines have no word that could be an
            // alias, and the third evaluates the rest as a text of its own.
            Shell::Zsh => {
                let text = quoted(&[ALIASES_AGAIN, &text].concat());
                [b"\\builtin \\setopt \\no_aliases\n\\builtin \\eval ", &text[..], b"\n"].concat()
            }
        };
        [self.assignments(shell), loading].concat()
    }

    /// All of it with comments, for people to read. It can be loaded, too.
    pub(crate) fn annotated(&self, shell: Shell) -> Vec<u8> {
        if shell == Shell::Nu {
            return self.as_module(&files_of(shell, Part::Functions).concat());
        }
        let [start, last] = self.files(shell);
        let files = [start, last, files_of(shell, Part::Functions).to_vec()].concat();
        self.as_file(shell, &files.join(&b'\n'), b"")
    }

    /// Whether a text is of this script, in whichever version.
    pub(crate) fn is_in(&self, shell: Shell, text: &[u8]) -> bool {
        text.starts_with(&self.assignments(shell))
    }

    /// For Nushell: a module, whose one `export-env` loads the commands. There is no installed file
    /// that would read the settings.
    fn as_module(&self, text: &[u8]) -> Vec<u8> {
        let watch: &[u8] = if self.switching == Switching::Automatic { b"watch-directory\n" } else { b"" };
        let end = [b"export-env {\nload-commands\n", watch, b"}\n}\nuse venvwrap-shell *\n"].concat();
        [&self.assignments(Shell::Nu), text, &end[..]].concat()
    }

    /// For a shell that reads line by line, without quotes, which double the time.
    fn as_file(&self, shell: Shell, start: &[u8], last: &[u8]) -> Vec<u8> {
        let loading = match shell {
            Shell::Fish | Shell::Nu => [start, last].concat(),
            Shell::Bash => {
                let other = [b"case \"${BASH_VERSION-}\" in '') printf '%s\\n' '", OTHER_SHELL].concat();
                [&other, &b"' >&2; return 0 ;; esac\n"[..], start, last].concat()
            }
            // Parsing all of it as one group takes half as long again.
            Shell::Zsh if self.share.is_some() => [NO_ALIASES, start, b"{\n", ALIASES_AGAIN, last, b"}\n"].concat(),
            Shell::Zsh => [b"\\builtin \\setopt \\no_aliases\n{\n", ALIASES_AGAIN, start, last, b"}\n"].concat(),
        };
        [self.assignments(shell), loading].concat()
    }

    /// The line that names the binary, and where the parts are.
    fn assignments(&self, shell: Shell) -> Vec<u8> {
        let quoted = |path: &Path| shell.language().literal(path.as_os_str().as_bytes());
        let executable = quoted(self.executable);
        let parts = quoted(&self.share.map(|share| share.join("venvwrap")).unwrap_or_default());
        let assign = |before: &str| [before.as_bytes(), &executable, b" __venvwrap_share=", &parts, b"\n"].concat();
        match shell {
            Shell::Bash => assign("__venvwrap_executable="),
            Shell::Zsh if self.share.is_some() => {
                assign("\\builtin \\typeset \\-g __venvwrap_aliases=off __venvwrap_executable=")
            }
            Shell::Zsh => {
                assign("\\builtin \\typeset \\-g __venvwrap_aliases=\"${options[aliases]}\" __venvwrap_executable=")
            }
            Shell::Nu => [b"module venvwrap-shell {\nconst executable = ", &executable[..], b"\n"].concat(),
            Shell::Fish => {
                let lines = [b"set -g __venvwrap_executable ", &executable[..], b"\nset -g __venvwrap_share ", &parts];
                let directory = self.share.map(|share| quoted(&share.join("fish")));
                let directory = directory.map(|directory| [b"\nset -l directory ", &directory[..]].concat());
                [&lines.concat()[..], &directory.unwrap_or_default(), b"\n"].concat()
            }
        }
    }

    /// What comes first, and what comes when everything is in place: the user's hook and automatic
    /// switching.
    fn files(&self, shell: Shell) -> [Vec<&'static [u8]>; 2] {
        let is_installed = self.share.is_some();
        let (start, hook): (&[&[u8]], &[&[u8]]) = match (shell, is_installed) {
            (Shell::Bash, false) => (files!["start.sh", "load.bash", "start.bash"], files!["initialize.sh"]),
            (Shell::Bash, true) => (files!["start.sh", "installed.bash", "start.bash"], files!["initialize.sh"]),
            (Shell::Zsh, false) => (files!["start.sh", "load.zsh", "start.zsh"], files!["initialize.sh"]),
            (Shell::Zsh, true) => (files!["start.sh", "installed.zsh", "start.zsh"], files!["initialize.sh"]),
            (Shell::Nu, _) => (&[], &[]),
            (Shell::Fish, true) => (files!["installed.fish", "start.fish"], &[]),
            (Shell::Fish, false) => {
                (&[COMMANDS_OF_FISH, COMPLETIONS_OF_FISH, include_bytes!("../../shell/start.fish")], &[])
            }
        };
        let (watch, by_settings): (&[&[u8]], &[&[u8]]) = match shell {
            Shell::Nu => (&[], &[]),
            Shell::Bash => (files!["watch.bash"], files!["watch_by_settings.sh"]),
            Shell::Zsh => (files!["watch.zsh"], files!["watch_by_settings.sh"]),
            Shell::Fish => (files!["watch.fish"], files!["watch_by_settings.fish"]),
        };
        let automatic = match self.switching {
            Switching::ByHand => Vec::new(),
            Switching::Automatic => [files_of(shell, Part::Automatic), watch].concat(),
            Switching::BySettings => by_settings.to_vec(),
        };
        [start.to_vec(), [hook.to_vec(), automatic].concat()]
    }
}
