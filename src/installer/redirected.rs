//! Settings of pip and uv that would install packages outside the environment, or not at all.
//!
//! Variables are overridden in the calls made here. A line in a configuration file cannot be
//! overridden: pip and uv have no option for that, so the call is refused.

use std::path::Path;
use std::process::Command;

use super::pip_settings;
use crate::context::Context;
use crate::directories::{Base, xdg};
use crate::fs::read_small;
use crate::shown::shown_path;

/// pip's settings for another target, other than `user`.
pub(super) const OF_PIP: [&str; 3] = ["target", "prefix", "root"];

const VARIABLES: [&str; 4] = ["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN"];

/// Longest configuration file of uv that is read.
const LIMIT: u64 = 256 * 1024;

/// Makes pip install into the environment. A variable overrides a switch in a configuration file.
pub(super) fn prevent(pip: &mut Command) {
    for name in VARIABLES {
        pip.env_remove(name);
    }
    // `--user` fails in an environment, and Manjaro sets it globally.
    pip.env("PIP_USER", "0").env("PIP_DRY_RUN", "0");
}

/// The variables that `prevent` overrides, for a message.
pub(super) fn ignored(context: &Context) -> Vec<&'static str> {
    VARIABLES.into_iter().filter(|name| context.variable(name).is_some_and(|value| value != "0")).collect()
}

/// The line in pip's configuration files that redirects packages, for a message.
pub(super) fn by_pip(context: &Context, root: &Path) -> Option<String> {
    pip_settings::set_in_a_file(context, root, &OF_PIP)
}

/// The line in uv's configuration files that does, for a call in `directory`.
pub(super) fn by_uv(context: &Context, directory: &Path) -> Option<String> {
    if context.variable("UV_NO_CONFIG").is_some_and(|value| value != "0" && value != "false") {
        return None;
    }
    let mut files = Vec::new();
    if let Some(file) = context.variable("UV_CONFIG_FILE") {
        files.push(directory.join(file));
    } else {
        files.extend(directory.ancestors().flat_map(|at| [at.join("uv.toml"), at.join("pyproject.toml")]));
        files.extend(xdg(context, Base::Config).map(|config| config.join("uv/uv.toml")));
        files.extend(["/etc/uv/uv.toml", "/etc/xdg/uv/uv.toml"].map(Into::into));
    }
    files.into_iter().find_map(|file| {
        let text = read_small(&file, LIMIT).ok()??;
        let table: toml::Table = toml::from_str(std::str::from_utf8(&text).ok()?).ok()?;
        let is_project = file.file_name().is_some_and(|name| name == "pyproject.toml");
        let pip = if is_project { table.get("tool")?.get("uv")?.get("pip")? } else { table.get("pip")? };
        let key = ["target", "prefix"].into_iter().find(|key| pip.get(key).is_some())?;
        Some(format!("`{key}` of {}", shown_path(&file, context.home())))
    })
}
