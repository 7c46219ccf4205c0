//! Lists what is installed with pip or uv, and makes a lock file of it.
//!
//! A list describes one environment and asks no index, so the user's settings are switched off. A
//! lock file says where packages come from, so the settings apply.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::choice::{MAKE_LOCKS, Program};
use crate::asked::{Patience, ask};
use crate::config::Installer;
use crate::context::{Context, shell_status};
use crate::environment::Environment;
use crate::environment::frozen::{Frozen, checked};
use crate::error::{Error, Result};
use crate::versions::Series;

/// Limits for listing: pip reads the metadata of every package and asks git about each editable
/// one.
const PATIENCE: Patience = Patience { time: Duration::from_mins(2), bytes: 16 * 1024 * 1024 };

/// Packages that `pip freeze` omits; setuptools and wheel only up to Python 3.11.
const TOOLS: [&str; 3] = ["pip", "setuptools", "wheel"];

/// The lines of `pip freeze`: pinned requirements, direct references, and editables, without
/// comments. Packages in `TOOLS` are omitted, also if uv lists.
pub(crate) fn freeze(context: &Context, environment: &Environment, installer: Installer) -> Result<Vec<Frozen>> {
    let origins = environment.direct_origins()?;
    let program = Program::without_settings(context, environment, installer)?;
    let what = format!("{} freeze", program.name());
    let output = ask(context, &program.path(environment), PATIENCE, |command| {
        program.begin(command, environment, "freeze");
        match &program {
            Program::Pip | Program::Lent(_) => command.args(["--isolated", "--local", "--disable-pip-version-check"]),
            Program::Uv(_) => command.args(["--no-config", "--quiet"]),
        };
        program.leave_settings_out(command);
        command.current_dir(environment.root()).stderr(Stdio::inherit());
    })
    .map_err(|reason| Error::Malformed { what: what.clone(), reason })?;
    ended_well(output.status, what.clone())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let frozen = checked(&text, &what, &environment.distributions()?, &origins)?;
    let is_new = environment.series() >= Some(Series::new(3, 12));
    let left_out = if is_new { &TOOLS[..1] } else { &TOOLS[..] };
    Ok(frozen.into_iter().filter(|frozen| !left_out.contains(&frozen.name.as_str())).collect())
}

/// Writes a lock file (PEP 751) for a complete list of requirements. uv or pip adds hashes and URLs
/// from the index and prints progress on the terminal.
pub(crate) fn lock(
    context: &Context,
    environment: &Environment,
    installer: Installer,
    requirements: &Path,
    made: &Path,
) -> Result<()> {
    let program = Program::to_install(context, environment, installer, Some(MAKE_LOCKS), None)?;
    let (subcommand, words): (_, &[&str]) = match &program {
        Program::Pip | Program::Lent(_) => ("lock", &["--no-deps", "--quiet", "-r"]),
        Program::Uv(_) => {
            ("compile", &["--no-deps", "--quiet", "--no-header", "--no-annotate", "--format", "pylock.toml"])
        }
    };
    let mut command = program.command(context, environment, subcommand);
    command.args(words).arg(requirements).arg("-o").arg(made).stdout(Stdio::null());
    let status = Context::run_in_foreground(&mut command).map_err(Error::io("run", program.path(environment)))?;
    ended_well(status, format!("{} {subcommand}", program.name()))
}

fn ended_well(status: std::process::ExitStatus, what: String) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let status = shell_status(status);
    Err(Error::Child { what, status, hint: "its message is above; nothing was written".to_owned() })
}

impl Program {
    /// Switches the user's settings off for tasks that do not need them.
    pub(super) fn leave_settings_out(&self, command: &mut Command) {
        match self {
            Self::Pip | Self::Lent(_) => command.env("PIP_CONFIG_FILE", "/dev/null"),
            // `--no-config` does not cover this variable.
            Self::Uv(_) => command.env_remove("UV_CONFIG_FILE"),
        };
    }
}
