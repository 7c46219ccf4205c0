//! The files that bash, zsh, fish, and Nushell read when they start: where they are, and whether
//! they load venvwrap.
//!
//! [`block`] is about the lines that `venvwrap setup` writes into one of them, [`former`] about
//! lines that load virtualenvwrapper.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use memchr::memmem;

use crate::context::Context;
use crate::directories::{self, Base};
use crate::error::{Error, Result};
use crate::fs::read_prefix;
use crate::shell::Shell;
use crate::shown::shown;

pub(crate) mod block;
pub(crate) mod former;
mod packaged;

use block::Survey;

/// Bytes read of an rc file.
const LIMIT: u64 = 1024 * 1024;

/// The files of one shell and one user.
#[derive(Debug)]
pub(crate) struct RcFiles {
    /// Read by every interactive shell; where users add a line.
    pub(crate) own: PathBuf,
    /// Where `setup` writes. For fish and Nushell a file of its own: they read a whole directory.
    pub(crate) of_setup: PathBuf,
    /// Read by login shells, in the order in which bash looks for them, or by every shell.
    pub(crate) others: Vec<PathBuf>,
    /// The file of a package that fish reads by itself. Nobody changes it here.
    pub(crate) of_package: Option<PathBuf>,
}

impl RcFiles {
    /// Fails without a home directory, and if only zsh itself knows where its files are.
    pub(crate) fn of(context: &Context, shell: Shell) -> Result<Self> {
        let home = context.home().ok_or_else(no_home)?;
        Ok(match shell {
            Shell::Bash => Self {
                own: home.join(".bashrc"),
                of_setup: home.join(".bashrc"),
                others: [".bash_profile", ".bash_login", ".profile"].map(|name| home.join(name)).into(),
                of_package: None,
            },
            Shell::Zsh => {
                let directory = zsh_directory(context, home)?;
                let rc_file = directory.join(".zshrc");
                let others = vec![home.join(".zshenv"), directory.join(".zprofile"), directory.join(".zlogin")];
                Self { own: rc_file.clone(), of_setup: rc_file, others, of_package: None }
            }
            Shell::Fish => {
                let directory = directories::xdg(context, Base::Config).ok_or_else(no_home)?.join("fish");
                let of_setup = directory.join("conf.d/venvwrap.fish");
                let of_package = packaged::read_by_fish(context, &of_setup);
                Self { own: directory.join("config.fish"), of_setup, others: Vec::new(), of_package }
            }
            Shell::Nu => {
                let directory = directories::native(context, Base::Config).ok_or_else(no_home)?.join("nushell");
                let of_setup = directory.join("autoload/venvwrap.nu");
                let others = vec![directory.join("env.nu")];
                Self { own: directory.join("config.nu"), of_setup, others, of_package: None }
            }
        })
    }

    /// All of them, those of every interactive shell first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Path> {
        let own = (self.own != self.of_setup).then_some(&*self.own);
        [&*self.of_setup].into_iter().chain(own).chain(self.others.iter().map(PathBuf::as_path))
    }

    /// Those that every interactive shell reads.
    pub(crate) fn of_every_shell(&self) -> impl Iterator<Item = &Path> {
        self.all().filter(|file| !self.others.iter().any(|other| other == file) || file.ends_with(".zshenv"))
    }

    /// The first file that loads venvwrap.
    pub(crate) fn loading(&self, context: &Context) -> Option<&Path> {
        let loads = |survey: Survey| survey.has_block || survey.by_hand.is_some();
        self.all().find(|file| loads(survey(context, file))).or(self.of_package.as_deref())
    }

    /// The line that loads venvwrap although the file of a package does.
    pub(crate) fn needless_line(&self, context: &Context) -> Option<(&Path, usize)> {
        self.of_package.as_ref()?;
        self.all().find_map(|file| Some((file, survey(context, file).by_hand?)))
    }

    /// The file that a login bash reads: the first that exists.
    pub(crate) fn of_login_bash(&self) -> Option<&Path> {
        self.others.iter().find(|file| file.symlink_metadata().is_ok()).map(PathBuf::as_path)
    }

    /// Whether bash comes from `file` to ~/.bashrc, directly or through another of the files.
    pub(crate) fn reaches_bashrc(&self, file: &Path) -> bool {
        let mut left = vec![file];
        let mut seen: Vec<&Path> = Vec::new();
        while let Some(file) = left.pop() {
            if mentions(file, &[b".bashrc"]) {
                return true;
            }
            seen.push(file);
            let is_named = |other: &Path| {
                let name = other.file_name().unwrap_or_default().as_bytes();
                !seen.contains(&other) && mentions(file, &[name])
            };
            left.extend(self.others.iter().map(PathBuf::as_path).filter(|other| is_named(other)));
        }
        false
    }
}

fn survey(context: &Context, file: &Path) -> Survey {
    let text = read_prefix(file, LIMIT).ok().flatten().unwrap_or_default();
    block::survey(&text, |line| former::is_shim(line, context))
}

fn no_home() -> Error {
    Error::Setup {
        message: "HOME is not set to an absolute path".to_owned(),
        hint: "set HOME to the directory of your rc files".to_owned(),
    }
}

/// Where zsh reads its files: ZDOTDIR, which ~/.zshenv may set without exporting it.
fn zsh_directory(context: &Context, home: &Path) -> Result<PathBuf> {
    if let Some(directory) = context.absolute("ZDOTDIR") {
        return Ok(directory.to_path_buf());
    }
    let file = home.join(".zshenv");
    let text = read_prefix(&file, LIMIT).ok().flatten().unwrap_or_default();
    let Some(value) = text.split(|byte| *byte == b'\n').rev().find_map(zdotdir_in) else {
        return Ok(home.to_path_buf());
    };
    let config = directories::xdg(context, Base::Config).unwrap_or_default();
    read_directory(value, home, &config).ok_or_else(|| Error::Setup {
        message: format!(
            "cannot tell where zsh reads its files: {} sets ZDOTDIR to `{}`",
            shown(&file),
            shown(OsStr::from_bytes(value))
        ),
        hint: "in zsh, run `ZDOTDIR=$ZDOTDIR venvwrap setup zsh`".to_owned(),
    })
}

/// The directory that a word of zsh stands for. `None` if only zsh can tell.
fn read_directory(word: &[u8], home: &Path, config: &Path) -> Option<PathBuf> {
    let (base, rest) = if let Some(rest) = word.strip_prefix(b"${XDG_CONFIG_HOME:-") {
        (config, rest.splitn(2, |byte| *byte == b'}').nth(1)?)
    } else {
        let bases: [(&[u8], &Path); 5] = [
            (b"~", home),
            (b"$HOME", home),
            (b"${HOME}", home),
            (b"$XDG_CONFIG_HOME", config),
            (b"${XDG_CONFIG_HOME}", config),
        ];
        bases
            .into_iter()
            .find_map(|(name, base)| Some((base, word.strip_prefix(name)?)))
            .unwrap_or((Path::new(""), word))
    };
    if rest.iter().any(|byte| b"$`(\\~".contains(byte)) || !(rest.is_empty() || rest.starts_with(b"/")) {
        return None;
    }
    let rest = rest.strip_prefix(b"/").filter(|_| base != Path::new("")).unwrap_or(rest);
    Some(base.join(OsStr::from_bytes(rest)))
}

/// The value of an assignment of ZDOTDIR in one line.
fn zdotdir_in(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let at = memmem::find(line, b"ZDOTDIR=").filter(|_| !line.starts_with(b"#"))?;
    let value = &line[at + b"ZDOTDIR=".len()..];
    let (end, value) = match value.first()? {
        quote @ (b'"' | b'\'') => (*quote, &value[1..]),
        _ => (b';', value),
    };
    let is_end = |byte: &u8| *byte == end || end == b';' && byte.is_ascii_whitespace();
    Some(&value[..value.iter().position(is_end).unwrap_or(value.len())])
}

/// Whether a file contains one of these words outside comments.
pub(crate) fn mentions(file: &Path, words: &[&[u8]]) -> bool {
    let text = read_prefix(file, LIMIT).ok().flatten().unwrap_or_default();
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !is_comment(line));
    lines.any(|line| words.iter().any(|word| memmem::find(line, word).is_some()))
}

/// Whether a line is only a comment.
fn is_comment(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"#")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn zsh_is_followed_to_its_files() {
        let room = tempfile::tempdir().unwrap();
        let home = room.path().to_str().unwrap();
        let context = Context::made_of(&[("HOME", home)]);
        let of = |text: &str| {
            fs::write(room.path().join(".zshenv"), text).unwrap();
            RcFiles::of(&context, Shell::Zsh).map(|files| files.own.strip_prefix(home).unwrap().to_path_buf())
        };
        for (text, expected) in [
            ("", ".zshrc"),
            ("# export ZDOTDIR=/x\n", ".zshrc"),
            ("export ZDOTDIR=$HOME/.config/zsh\n", ".config/zsh/.zshrc"),
            ("ZDOTDIR=~/z; export ZDOTDIR\n", "z/.zshrc"),
            ("export ZDOTDIR=\"${XDG_CONFIG_HOME:-$HOME/.config}/my zsh\"\n", ".config/my zsh/.zshrc"),
        ] {
            assert_eq!(of(text).unwrap(), Path::new(expected), "{text}");
        }
        let error = of("export ZDOTDIR=$(dirname x)\n").unwrap_err();
        assert!(error.to_string().ends_with("sets ZDOTDIR to `$(dirname`"), "{error}");
        let set = Context::made_of(&[("HOME", home), ("ZDOTDIR", "/z")]);
        assert_eq!(RcFiles::of(&set, Shell::Zsh).unwrap().own, Path::new("/z/.zshrc"));
    }

    #[test]
    fn a_login_bash_is_followed_to_its_rc_file() {
        let room = tempfile::tempdir().unwrap();
        let context = Context::made_of(&[("HOME", room.path().to_str().unwrap())]);
        let files = RcFiles::of(&context, Shell::Bash).unwrap();
        assert_eq!(files.of_login_bash(), None);
        let write = |name: &str, text: &str| fs::write(room.path().join(name), text).unwrap();
        write(".profile", "PATH=/x\n");
        let reaches = || files.reaches_bashrc(files.of_login_bash().unwrap());
        assert!(!reaches());
        write(".bash_profile", "# . ~/.bashrc\n. ~/.profile\n");
        assert!(!reaches());
        write(".profile", "test -f ~/.bashrc && . ~/.bashrc\n. ~/.bash_profile\n");
        assert!(reaches());
    }
}
