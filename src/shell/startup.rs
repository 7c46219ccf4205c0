//! The code that loads the functions at the start of a shell, as `venvwrap setup` writes it into
//! an rc file.
//!
//! The code does nothing where the binary or the installed file was removed: a shell must start
//! without a message then.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::Shell;
use super::init::{Script, Switching};
use crate::quoting::Quote;

/// Where a new shell gets the functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FunctionsSource {
    /// An installed file with the output of `venvwrap init`: no process is started.
    File(PathBuf),
    /// The binary at this path.
    Binary(PathBuf),
}

/// What the code depends on besides the shell.
#[derive(Debug)]
pub(crate) struct Startup<'a> {
    pub(crate) source: FunctionsSource,
    /// The home directory, which is written `~`.
    pub(crate) home: Option<&'a Path>,
    /// Whether other shells read the file, too: ~/.profile.
    pub(crate) is_shared: bool,
    /// Whether the functions switch environments by directory.
    pub(crate) is_automatic: bool,
}

impl Startup<'_> {
    /// The code. It names the path, because PATH may be set later or in another shell's file only,
    /// and then looks on PATH, for a binary that was installed elsewhere.
    ///
    /// Nushell can load only what is there when it reads the file: the code is the commands
    /// themselves.
    pub(crate) fn code(&self, shell: Shell) -> Vec<u8> {
        if let (Shell::Nu, FunctionsSource::Binary(binary)) = (shell, &self.source) {
            let (auto, switching): (&[u8], _) =
                if self.is_automatic { (b" --auto", Switching::Automatic) } else { (b"", Switching::ByHand) };
            let script = Script { executable: binary, switching, share: None };
            let comment = [b"# The output of init nu", auto, b"\n"].concat();
            return [comment, script.text(shell)].concat();
        }
        let auto: &[u8] = if self.is_automatic { b" --auto" } else { b"" };
        let by = |program: &[u8]| match shell {
            Shell::Fish => [program, b" init fish", auto, b" | source"].concat(),
            _ => [b"eval \"$(", program, b" init ", shell.name().as_bytes(), auto, b")\""].concat(),
        };
        let (test, path, load): (&[u8], _, _) = match &self.source {
            FunctionsSource::File(file) => {
                let file = self.word(shell, file);
                (b"[ -r ", file.clone(), [b". ", &file[..]].concat())
            }
            FunctionsSource::Binary(binary) => {
                let binary = self.word(shell, binary);
                (b"[ -x ", binary.clone(), by(&binary))
            }
        };
        let [then, elif, end]: [&[u8]; 3] = match shell {
            Shell::Fish => [b"\n    ", b"\nelse if command -q venvwrap\n    ", b"\nend\n"],
            _ => [b"; then\n    ", b"\nelif command -v venvwrap >/dev/null 2>&1; then\n    ", b"\nfi\n"],
        };
        let others: &[u8] = if self.is_shared { b"if [ -z \"${BASH_VERSION-}\" ]; then\n    :\nel" } else { b"" };
        [others, b"if ", test, &path, b" ]", then, &load, elif, &by(b"venvwrap"), end].concat()
    }

    /// A path as one word, with `~` for the home directory so that the file works for another user.
    fn word(&self, shell: Shell, path: &Path) -> Vec<u8> {
        let write = |path: &OsStr| shell.language().write(path.as_bytes(), Quote::NONE);
        match self.home.filter(|home| home.parent().is_some()).and_then(|home| path.strip_prefix(home).ok()) {
            Some(rest) => [b"~/", &write(rest.as_os_str())[..]].concat(),
            None => write(path.as_os_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(shell: Shell, source: FunctionsSource, is_shared: bool) -> String {
        let startup = Startup { source, home: Some(Path::new("/h/me")), is_shared, is_automatic: is_shared };
        String::from_utf8(startup.code(shell)).unwrap()
    }

    #[test]
    fn the_functions_are_loaded_where_there_is_something_to_load() {
        assert_eq!(
            code(Shell::Bash, FunctionsSource::Binary("/h/me/.local/bin/venvwrap".into()), true),
            "if [ -z \"${BASH_VERSION-}\" ]; then\n    :\nelif [ -x ~/.local/bin/venvwrap ]; then
    eval \"$(~/.local/bin/venvwrap init bash --auto)\"\nelif command -v venvwrap >/dev/null 2>&1; then
    eval \"$(venvwrap init bash --auto)\"\nfi\n"
        );
        assert_eq!(
            code(Shell::Fish, FunctionsSource::Binary("/h/me/a b/venvwrap".into()), false),
            "if [ -x ~/'a b/venvwrap' ]\n    ~/'a b/venvwrap' init fish | source\nelse if command -q venvwrap
    venvwrap init fish | source\nend\n"
        );
        assert_eq!(
            code(Shell::Zsh, FunctionsSource::File("/o/it's/init.zsh".into()), false),
            "if [ -r '/o/it'\\''s/init.zsh' ]; then\n    . '/o/it'\\''s/init.zsh'
elif command -v venvwrap >/dev/null 2>&1; then\n    eval \"$(venvwrap init zsh)\"\nfi\n"
        );
    }
}
