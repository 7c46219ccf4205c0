//! The paths of the store, the cache, the settings, and the state.
//!
//! Owns the rules of XDG and of `WORKON_HOME`. Creates no directories.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::env_vars;
use crate::error::{Error, Result, StoreError};
use crate::fs::tidied;

const PROGRAM: &str = "venvwrap";

/// The directory of the environments, by virtualenvwrapper's rule: the value of WORKON_HOME, with
/// `~` and `$NAME` expanded once. A relative path is below the home directory. The default is
/// `~/.virtualenvs`.
pub(crate) fn workon_home(context: &Context) -> Result<PathBuf> {
    match named_by(context, env_vars::WORKON_HOME)? {
        Some(path) => Ok(path),
        None => Ok(context.home().ok_or_else(|| no_home(env_vars::WORKON_HOME))?.join(".virtualenvs")),
    }
}

/// The directory in a variable, with `~` and `$NAME` expanded once. A relative path is below the
/// home directory. `None` if the variable is unset.
pub(crate) fn named_by(context: &Context, variable: &'static str) -> Result<Option<PathBuf>> {
    let Some(value) = context.variable(variable) else { return Ok(None) };
    let bytes = value.as_bytes();
    let is_plain = !bytes.contains(&b'~') && !bytes.contains(&b'$') && !bytes.windows(2).any(|pair| pair == b"//");
    if bytes.starts_with(b"/") && (is_plain || Path::new(value).is_dir()) {
        // Unchanged, even with `..` or a slash at the end: other programs compare it as text. An
        // existing directory is not expanded.
        return Ok(Some(PathBuf::from(value)));
    }
    let expanded = PathBuf::from(expanded(value, context).map_err(|_| no_home(variable))?);
    let below = |path| context.home().map(|home| home.join(path)).ok_or_else(|| no_home(variable));
    Ok(Some(tidied(&if expanded.is_absolute() { expanded } else { below(expanded)? })))
}

/// A kind of base directory in the XDG specification.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base {
    Data,
    Config,
    Cache,
    State,
}

impl Base {
    fn variable(self) -> &'static str {
        match self {
            Self::Data => env_vars::XDG_DATA_HOME,
            Self::Config => env_vars::XDG_CONFIG_HOME,
            Self::Cache => env_vars::XDG_CACHE_HOME,
            Self::State => env_vars::XDG_STATE_HOME,
        }
    }

    fn below_home(self) -> &'static str {
        match self {
            Self::Data => ".local/share",
            Self::Config => ".config",
            Self::Cache => ".cache",
            Self::State => ".local/state",
        }
    }
}

/// A base directory for programs that follow XDG on every system, such as fish, mise or uv: the
/// value of its variable if that is an absolute path, else the default below the home directory.
pub(crate) fn xdg(context: &Context, base: Base) -> Option<PathBuf> {
    let named = context.absolute(base.variable()).map(Path::to_path_buf);
    named.or_else(|| Some(context.home()?.join(base.below_home())))
}

/// A base directory for programs that follow the system: on macOS it is in ~/Library unless the XDG
/// variable is set. venvwrap and platformdirs (poetry, hatch) use this rule.
pub(crate) fn native(context: &Context, base: Base) -> Option<PathBuf> {
    let named = context.absolute(base.variable()).map(Path::to_path_buf);
    named.or_else(|| of_the_system(context, base))
}

#[cfg(target_os = "macos")]
fn of_the_system(context: &Context, base: Base) -> Option<PathBuf> {
    context.home()?;
    let system = directories::BaseDirs::new()?;
    Some(match base {
        Base::Cache => system.cache_dir().to_path_buf(),
        Base::Config => system.config_dir().to_path_buf(),
        Base::Data | Base::State => system.data_dir().to_path_buf(),
    })
}

/// The crate `directories` gives the same on Linux (a test compares them), but looks up the home
/// directory in the user database, for which a static glibc brings name services and a resolver.
#[cfg(not(target_os = "macos"))]
fn of_the_system(context: &Context, base: Base) -> Option<PathBuf> {
    Some(context.home()?.join(base.below_home()))
}

/// The directory of venvwrap's state: files that it cannot create again.
pub(crate) fn state(context: &Context) -> Result<PathBuf> {
    own(context, Base::State)
}

/// The directory of venvwrap's cache: unpacked wheels, facts about interpreters.
pub(crate) fn cache(context: &Context) -> Result<PathBuf> {
    own(context, Base::Cache)
}

/// The directory of the settings; `None` without HOME and XDG_CONFIG_HOME.
pub(crate) fn config(context: &Context) -> Option<PathBuf> {
    own(context, Base::Config).ok()
}

fn own(context: &Context, base: Base) -> Result<PathBuf> {
    let directory = native(context, base).ok_or_else(|| no_home(base.variable()))?;
    Ok(directory.join(PROGRAM))
}

/// `variable` can be set instead of HOME.
fn no_home(variable: &'static str) -> Error {
    StoreError::NoHome { variable: Some(variable) }.into()
}

/// Expands `~` at the start, and `$NAME` or `${NAME}` anywhere, once. An unset variable is not
/// replaced.
pub(crate) fn expanded(value: &OsStr, context: &Context) -> Result<OsString> {
    let mut rest = value.as_bytes();
    let mut made = Vec::new();
    if rest == b"~" || rest.starts_with(b"~/") {
        let home = context.home().ok_or(StoreError::NoHome { variable: None })?;
        made.extend_from_slice(home.as_os_str().as_bytes());
        rest = &rest[1..];
    }
    while let Some(dollar) = rest.iter().position(|byte| *byte == b'$') {
        made.extend_from_slice(&rest[..dollar]);
        rest = &rest[dollar..];
        let (name, taken) = variable_at(rest);
        match std::str::from_utf8(name).ok().and_then(|name| context.variable(name)) {
            Some(value) => made.extend_from_slice(value.as_bytes()),
            None => made.extend_from_slice(&rest[..taken]),
        }
        rest = &rest[taken..];
    }
    made.extend_from_slice(rest);
    Ok(OsString::from_vec(made))
}

/// The name after the `$` at the start of `text`, and the length of the whole expression, at least
/// 1.
fn variable_at(text: &[u8]) -> (&[u8], usize) {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    if text.get(1) == Some(&b'{') {
        if let Some(end) = text.iter().position(|byte| *byte == b'}') {
            return (&text[2..end], end + 1);
        }
        return (b"", 1);
    }
    let length = text[1..].iter().take_while(|byte| is_name(byte)).count();
    (&text[1..=length], length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home_for(value: &str) -> PathBuf {
        let context = Context::made_of(&[("HOME", "/home/me"), ("WORKON_HOME", value), ("DISK", "/disk")]);
        workon_home(&context).unwrap()
    }

    #[test]
    fn workon_home_follows_virtualenvwrappers_rule() {
        assert_eq!(home_for(""), Path::new("/home/me/.virtualenvs"));
        assert_eq!(home_for("/envs"), Path::new("/envs"));
        assert_eq!(home_for("/envs//mine/"), Path::new("/envs/mine"));
        assert_eq!(home_for("envs"), Path::new("/home/me/envs"));
        assert_eq!(home_for("~/envs"), Path::new("/home/me/envs"));
        assert_eq!(home_for("$DISK/envs"), Path::new("/disk/envs"));
        assert_eq!(home_for("${DISK}/a b"), Path::new("/disk/a b"));
        assert_eq!(home_for("/x/$NOT_SET/y"), Path::new("/x/$NOT_SET/y"));
    }

    #[test]
    fn the_system_is_asked_as_the_crate_directories_asks_it() {
        let system = directories::BaseDirs::new().unwrap();
        let context = Context::made_of(&[("HOME", system.home_dir().to_str().unwrap())]);
        let of = |base| of_the_system(&context, base).unwrap();
        // The crate reads the real variables; they are compared where it follows none of them.
        let below = |path: &Path| path.starts_with(system.home_dir());
        let pairs = [
            (Base::Cache, system.cache_dir()),
            (Base::Config, system.config_dir()),
            (Base::Data, system.data_dir()),
            (Base::State, system.state_dir().unwrap_or(system.data_dir())),
        ];
        for (base, expected) in pairs.into_iter().filter(|(_, path)| below(path)) {
            assert_eq!(of(base), expected, "{base:?}");
        }
    }

    #[test]
    fn an_absolute_xdg_variable_wins() {
        let set = Context::made_of(&[("HOME", "/home/me"), ("XDG_CACHE_HOME", "/c")]);
        assert_eq!(cache(&set).unwrap(), Path::new("/c/venvwrap"));
        let without_home = Context::made_of(&[("XDG_CACHE_HOME", "relative")]);
        assert!(cache(&without_home).is_err());
        let default = Context::made_of(&[("HOME", "/home/me"), ("XDG_CONFIG_HOME", "relative")]);
        assert_eq!(xdg(&default, Base::Config).unwrap(), Path::new("/home/me/.config"));
        assert_eq!(xdg(&default, Base::Data).unwrap(), Path::new("/home/me/.local/share"));
        if !cfg!(target_os = "macos") {
            assert_eq!(state(&default).unwrap(), Path::new("/home/me/.local/state/venvwrap"));
        }
    }
}
