//! The output formats of `venvwrap env`, for shells, CI systems, and other programs.
//!
//! A value that a format cannot hold is an error, because a file that is read as something else is
//! worse than no file.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::formats::conda_meta;
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::quoting::Language;
use crate::shown::json_escaped;
use crate::sorting::collected;
use crate::variables::Changes;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// bash, and any other POSIX shell
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// Nushell
    Nu,
    /// PowerShell
    Pwsh,
    /// .env file, as far as its many readers agree
    Dotenv,
    /// File that GITHUB_ENV names, all but PATH
    Github,
    /// File that GITHUB_PATH names
    GithubPath,
    /// Lines for .envrc
    Direnv,
    /// File for EnvironmentFile=
    Systemd,
    /// JSON
    Json,
}

/// The JSON output. `schema` increases when a field changes its meaning or is removed.
#[derive(Debug, Serialize)]
struct JsonOutput<'a> {
    schema: u32,
    name: &'a str,
    path: &'a str,
    bin: &'a str,
    set: BTreeMap<String, String>,
    unset: Vec<&'a str>,
}

impl Format {
    /// The format for the shell with this program name.
    pub(crate) fn of_shell(program: &OsStr) -> Option<Self> {
        Some(match program.to_str()?.trim_start_matches('-') {
            "bash" | "sh" | "dash" | "ash" | "busybox" | "ksh" | "mksh" => Self::Bash,
            "zsh" => Self::Zsh,
            "fish" => Self::Fish,
            "nu" => Self::Nu,
            "pwsh" => Self::Pwsh,
            _ => return None,
        })
    }

    fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Writes the changes for the environment at `root`.
    pub(crate) fn render(self, root: &Path, changes: &Changes) -> Result<Vec<u8>> {
        match self {
            Self::Bash | Self::Zsh => Ok(lines(changes, b"unset ", |name, value| {
                [b"export ", name, b"=", &Language::Sh.literal(value)[..]].concat()
            })),
            Self::Fish => Ok(lines(changes, b"set -e ", |name, value| {
                [b"set -gx ", name, b" ", &listed(name, value, Language::Fish).join(&b' ')].concat()
            })),
            Self::Direnv => Ok(for_direnv(root, changes)),
            Self::Nu => {
                self.check(changes, is_text)?;
                Ok(lines(changes, b"hide-env --ignore-errors ", |name, value| {
                    let values = listed(name, value, Language::Nu).join(&b", "[..]);
                    let value = if name == b"PATH" { [b"[", &values[..], b"]"].concat() } else { values };
                    [b"$env.", name, b" = ", &value].concat()
                }))
            }
            Self::Pwsh => {
                self.check(changes, is_text)?;
                Ok(lines(changes, b"Remove-Item -ErrorAction Ignore -LiteralPath Env:", |name, value| {
                    [b"$env:", name, b" = ", &Language::PowerShell.literal(value)].concat()
                }))
            }
            Self::Dotenv | Self::Systemd | Self::Github => self.file(changes),
            Self::GithubPath => {
                // The last line comes first in PATH.
                let mut text = Vec::new();
                for directory in changes.added.iter().rev().map(OsString::as_os_str).chain([changes.bin.as_os_str()]) {
                    self.check_value("PATH", directory.as_bytes(), is_line)?;
                    text.extend([directory.as_bytes(), b"\n"].concat());
                }
                Ok(text)
            }
            Self::Json => self.json(root, changes),
        }
    }

    /// A file of assignments, which cannot unset a variable.
    fn file(self, changes: &Changes) -> Result<Vec<u8>> {
        if let Some((unset, _)) = changes.unset.iter().find(|(_, is_set)| *is_set) {
            // Python 2.7 and 3.6 treat an empty PYTHONHOME as set, and find no standard library.
            let reason = "it is set, and a file cannot unset it";
            let hint = "unset it first";
            return Err(Error::CannotHold { format: self.name(), variable: unset.clone(), reason, hint });
        }
        let mut text = Vec::new();
        // Not PATH in GITHUB_ENV: directories from other steps would come first. `github-path` is
        // for that.
        for (name, value) in changes.set.iter().filter(|(name, _)| self != Self::Github || name != "PATH") {
            let value = value.as_bytes();
            let accepts = match self {
                Self::Dotenv => is_plain_in_dotenv,
                Self::Systemd => is_unicode_of_systemd,
                _ => is_text,
            };
            self.check_value(name, value, accepts)?;
            let assignment = match self {
                Self::Dotenv => [b"=", &quoted_for_dotenv(value)[..]].concat(),
                Self::Systemd => [b"=", &quoted_for_systemd(value)[..]].concat(),
                _ => assigned_for_github(value),
            };
            text.extend([name.as_bytes(), &assignment, b"\n"].concat());
        }
        Ok(text)
    }

    fn json(self, root: &Path, changes: &Changes) -> Result<Vec<u8>> {
        self.check(changes, is_text)?;
        let text = |value: &'_ OsStr| std::str::from_utf8(value.as_bytes()).unwrap_or_default().to_owned();
        let (path, bin) = (text(root.as_os_str()), text(changes.bin.as_os_str()));
        let output = JsonOutput {
            schema: 1,
            name: path.rsplit('/').next().unwrap_or_default(),
            path: &path,
            bin: &bin,
            set: collected(changes.set.iter().map(|(name, value)| (name.clone(), text(value)))),
            unset: changes.unset.iter().map(|(name, _)| name.as_str()).collect(),
        };
        let wrong = |error: serde_json::Error| Error::Malformed { what: "JSON".to_owned(), reason: error.to_string() };
        let text = serde_json::to_string_pretty(&output).map_err(wrong)?;
        Ok(format!("{}\n", json_escaped(&text)).into_bytes())
    }

    fn check(self, changes: &Changes, accepts: Accepts) -> Result<()> {
        changes.set.iter().try_for_each(|(name, value)| self.check_value(name, value.as_bytes(), accepts))
    }

    fn check_value(self, variable: &str, value: &[u8], accepts: Accepts) -> Result<()> {
        let hint = "`venvwrap run NAME CMD` hands any value to a program";
        let variable = || variable.to_owned();
        accepts(value).map_err(|reason| Error::CannotHold { format: self.name(), variable: variable(), reason, hint })
    }
}

/// Checks that a format can hold a value; the error says why not.
type Accepts = fn(&[u8]) -> std::result::Result<(), &'static str>;

fn is_text(value: &[u8]) -> std::result::Result<(), &'static str> {
    std::str::from_utf8(value).map(drop).map_err(|_| "it is not UTF-8")
}

fn is_line(value: &[u8]) -> std::result::Result<(), &'static str> {
    is_text(value)?;
    if value.iter().any(|byte| matches!(byte, b'\n' | b'\r')) { Err("it has a line break in it") } else { Ok(()) }
}

/// Values that python-dotenv, Node, Ruby, Compose, and `sh` all read alike. Some expand `$` in any
/// quotes, and `\` is an escape in some only.
fn is_plain_in_dotenv(value: &[u8]) -> std::result::Result<(), &'static str> {
    is_line(value)?;
    if value.iter().any(|byte| matches!(byte, b'$' | b'\\' | b'`')) {
        return Err("readers disagree on `$`, `\\` and backquotes");
    }
    if value.contains(&b'\'') && value.contains(&b'"') { Err("it has both kinds of quotes in it") } else { Ok(()) }
}

/// systemd.exec(5): no noncharacters and no byte order mark.
fn is_unicode_of_systemd(value: &[u8]) -> std::result::Result<(), &'static str> {
    is_text(value)?;
    let is_refused = |character: char| {
        let code = u32::from(character);
        matches!(code, 0xfdd0..=0xfdef | 0xfeff) || code & 0xfffe == 0xfffe
    };
    let mut characters = value.utf8_chunks().flat_map(|chunk| chunk.valid().chars());
    if characters.any(is_refused) { Err("it has a character in it that systemd refuses") } else { Ok(()) }
}

/// `'…'`, or `"…"` around a single quote.
fn quoted_for_dotenv(value: &[u8]) -> Vec<u8> {
    let quote: &[u8] = if value.contains(&b'\'') { b"\"" } else { b"'" };
    [quote, value, quote].concat()
}

/// `"…"` with the escapes of a POSIX shell, over several lines where the value has them.
fn quoted_for_systemd(value: &[u8]) -> Vec<u8> {
    let mut word = vec![b'"'];
    for byte in value {
        if matches!(byte, b'"' | b'\\' | b'$' | b'`') {
            word.push(b'\\');
        }
        word.push(*byte);
    }
    word.push(b'"');
    word
}

/// `=` and the raw value, or a heredoc with an end word that is no line of the value.
fn assigned_for_github(value: &[u8]) -> Vec<u8> {
    if !value.contains(&b'\n') {
        return [b"=", value].concat();
    }
    let mut end = b"END".to_vec();
    while value.split(|byte| *byte == b'\n').any(|line| line == end) {
        end.push(b'_');
    }
    [b"<<", &end[..], b"\n", value, b"\n", &end].concat()
}

/// Lines that unset, then lines that set. The last one succeeds, and with it `eval` and `source`.
fn lines(changes: &Changes, unset: &[u8], line: impl Fn(&[u8], &[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, _) in &changes.unset {
        text.extend([unset, name.as_bytes(), b"\n"].concat());
    }
    for (name, value) in &changes.set {
        text.extend(line(name.as_bytes(), value.as_bytes()));
        text.push(b'\n');
    }
    text
}

/// The literals of a value: one per directory for PATH, else one.
fn listed(name: &[u8], value: &[u8], language: Language) -> Vec<Vec<u8>> {
    let parts = value.split(|byte| *byte == b':' && name == b"PATH");
    parts.map(|part| language.literal(part)).collect()
}

/// bash for an .envrc that is kept: extends the PATH of the moment when direnv reads it.
fn for_direnv(root: &Path, changes: &Changes) -> Vec<u8> {
    let quoted = |value: &OsStr| Language::Sh.literal(value.as_bytes());
    // Only a conda environment unsets VIRTUAL_ENV.
    let is_conda = changes.unset.iter().any(|(name, _)| name == "VIRTUAL_ENV");
    let file = root.join(if is_conda { conda_meta::HISTORY } else { FILE_NAME });
    let mut text = [b"watch_file ", &quoted(file.as_os_str())[..], b"\n"].concat();
    for (name, _) in &changes.unset {
        text.extend([b"unset ", name.as_bytes(), b"\n"].concat());
    }
    for left in &changes.left {
        let entry = Language::Sh.literal(&[b":", left.as_bytes(), b":"].concat());
        text.extend([b"PATH=:$PATH:; PATH=${PATH/", &entry[..], b"/:}; PATH=${PATH#:}; PATH=${PATH%:}\n"].concat());
    }
    for (name, value) in &changes.set {
        let value = if name == "PATH" {
            let added = changes.added.iter().flat_map(|directory| [&b":"[..], directory.as_bytes()].concat());
            let own: Vec<u8> = changes.bin.as_os_str().as_bytes().iter().copied().chain(added).collect();
            [&Language::Sh.literal(&own)[..], b"${PATH+\":$PATH\"}"].concat()
        } else {
            quoted(value)
        };
        text.extend([b"export ", name.as_bytes(), b"=", &value, b"\n"].concat());
    }
    text
}
