//! Settings. A variable overrides config.toml, which overrides the default.
//!
//! Owns the settings and their defaults. Only commands that need a setting read the file;
//! `lsvirtualenv` never does, and `workon` only without a name, or for one that does not exist.

use std::time::Duration;

use serde::Deserialize;

use crate::belief;
use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::error::{Error, PackageError, Result};
use crate::fs::private::read_private;

/// Longest config.toml that is read.
const LIMIT: u64 = 64 * 1024;

/// The program that installs packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Installer {
    /// uv if it is installed and pip has no settings that uv ignores, else pip.
    #[default]
    Auto,
    /// The environment's own pip, else the pip of its base Python.
    Pip,
    /// uv.
    Uv,
}

/// How cached packages get into a new environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Link {
    /// Hard links if the file system supports them, else copies.
    #[default]
    Auto,
    /// Copies: about 15 ms slower, but the environment shares no file with the cache.
    Copy,
}

/// What `workon` and `run` do about an environment whose Python is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Heal {
    /// Link it to an installed Python of the same version.
    #[default]
    Auto,
    /// Refuse, and change nothing.
    Never,
}

/// The environment of a git worktree whose repository has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Worktree {
    /// That of the main worktree.
    #[default]
    Share,
    /// A copy of it, which `workon .` creates.
    Own,
}

/// The content of `config.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    pub(crate) installer: Installer,
    pub(crate) link: Link,
    pub(crate) heal: Heal,
    pub(crate) worktree: Worktree,
    /// Whether shells switch by directory.
    pub(crate) auto: bool,
    /// Whether `workon` without a name lets the user choose at a prompt.
    pub(crate) picker: bool,
    /// Whether `workon` accepts the beginning of a name; if not set, only at a terminal.
    pub(crate) prefix: Option<bool>,
    /// How many days a removed environment can be restored; 0: it is deleted immediately.
    trash_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            installer: Installer::default(),
            link: Link::default(),
            heal: Heal::default(),
            worktree: Worktree::default(),
            auto: false,
            picker: false,
            prefix: None,
            trash_days: 7,
        }
    }
}

impl Config {
    /// Reads the settings. An invalid file is an error with the line: no part of it is used.
    pub(crate) fn read(context: &Context) -> Result<Self> {
        let Some(path) = directories::config(context).map(|directory| directory.join("config.toml")) else {
            return Self::default().overridden(context);
        };
        let wrong = |reason: String| Error::Malformed { what: crate::shown::shown(&path).to_string(), reason };
        let text = read_private(&path, LIMIT).map_err(Error::io("read", &path))?;
        let text = text.unwrap_or_else(|doubt| {
            // Other users can write to the file, so the defaults are used.
            belief::settings_ignored(&path, &doubt);
            None
        });
        let config = match text {
            None => Self::default(),
            Some(text) => {
                let text = std::str::from_utf8(&text).map_err(|error| {
                    let line = text[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
                    wrong(format!("line {line} is not UTF-8"))
                })?;
                toml::from_str(text).map_err(|error| wrong(legible(&error)))?
            }
        };
        config.overridden(context)
    }

    /// The settings with the values of variables.
    fn overridden(mut self, context: &Context) -> Result<Self> {
        if let Some(value) = context.variable(env_vars::VENVWRAP_INSTALLER) {
            self.installer = match value.to_str() {
                Some("auto") => Installer::Auto,
                Some("pip") => Installer::Pip,
                Some("uv") => Installer::Uv,
                _ => {
                    return Err(PackageError::UnknownInstaller { value: value.to_owned() }.into());
                }
            };
        }
        Ok(self)
    }

    /// How long a removed environment can be restored.
    pub(crate) fn trash_kept_for(&self) -> Duration {
        Duration::from_secs(u64::from(self.trash_days) * 24 * 60 * 60)
    }
}

/// The text of an error, which quotes a line of the file, without terminal escapes.
fn legible(error: &toml::de::Error) -> String {
    let text = error.to_string();
    let lines = text.trim_end().lines().map(|line| crate::shown::shown(line).to_string());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod fuzzed;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, installer: &str) -> Result<Config> {
        let room = tempfile::tempdir().unwrap();
        std::fs::create_dir(room.path().join("venvwrap")).unwrap();
        std::fs::write(room.path().join("venvwrap/config.toml"), text).unwrap();
        let config = room.path().to_str().unwrap();
        Config::read(&Context::made_of(&[
            ("HOME", "/h"),
            ("XDG_CONFIG_HOME", config),
            ("VENVWRAP_INSTALLER", installer),
        ]))
    }

    #[test]
    fn a_variable_wins_over_the_file_and_the_file_over_the_default() {
        let config = read("installer = \"uv\"\ntrash-days = 1\n", "").unwrap();
        assert_eq!((config.installer, config.link), (Installer::Uv, Link::Auto));
        assert_eq!(config.trash_kept_for(), Duration::from_hours(24));
        assert_eq!(read("installer = \"uv\"", "pip").unwrap().installer, Installer::Pip);
    }

    #[test]
    fn an_invalid_setting_is_an_error_with_its_name() {
        let message = read("instaler = \"uv\"", "").unwrap_err().to_string();
        assert!(message.contains("instaler") && message.contains("config.toml"), "{message}");
        assert!(read("installer = 3", "").is_err());
        assert!(read("", "conda").unwrap_err().to_string().contains("conda"));
    }
}
