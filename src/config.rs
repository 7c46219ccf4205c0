//! Settings: variable, then config.toml, then default.
//!
//! Owns what can be set and what it means when it is not. Only commands that need a setting read
//! the file; switching and listing never do.

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
    /// uv where it runs and no setting of pip's stands against it, else pip.
    #[default]
    Auto,
    /// The environment's own pip, else that of its Python.
    Pip,
    /// uv.
    Uv,
}

/// How prepared packages get into a new environment when no finished copy lies ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Link {
    /// Hard links where the file system has them, else copies.
    #[default]
    Auto,
    /// Copies: slower by some 15 ms, and the environment shares no file with the cache.
    Copy,
}

/// `config.toml`, as it may be written.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// What packages are installed with.
    pub(crate) installer: Installer,
    /// How pip gets into a new environment.
    pub(crate) link: Link,
    /// Days that a removed environment can be brought back; 0: it is deleted at once.
    trash_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { installer: Installer::default(), link: Link::default(), trash_days: 7 }
    }
}

impl Config {
    /// Reads the settings. A file that is wrong is an error that says where: a setting is never
    /// half obeyed.
    pub(crate) fn read(context: &Context) -> Result<Self> {
        let Some(path) = directories::config(context).map(|directory| directory.join("config.toml")) else {
            return Self::default().overridden(context);
        };
        let wrong = |reason: String| Error::Malformed { what: crate::shown::shown(&path).to_string(), reason };
        let text = read_private(&path, LIMIT).map_err(Error::io("read", &path))?;
        let text = text.unwrap_or_else(|doubt| {
            // Settings that somebody else can write are nobody's: the defaults hold.
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
                toml::from_str(text).map_err(|error| wrong(told(&error)))?
            }
        };
        config.overridden(context)
    }

    /// With what variables say.
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

    /// How long a removed environment can be brought back.
    pub(crate) fn trash_kept_for(&self) -> Duration {
        Duration::from_secs(u64::from(self.trash_days) * 24 * 60 * 60)
    }
}

/// The error with the line that it quotes, which is the file's and may hold what a terminal would
/// obey.
fn told(error: &toml::de::Error) -> String {
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
    fn a_wrong_setting_is_an_error_that_names_it() {
        let message = read("instaler = \"uv\"", "").unwrap_err().to_string();
        assert!(message.contains("instaler") && message.contains("config.toml"), "{message}");
        assert!(read("installer = 3", "").is_err());
        assert!(read("", "conda").unwrap_err().to_string().contains("conda"));
    }
}
