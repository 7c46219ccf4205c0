//! Installing and removing packages: which program does it, and how it is called.
//!
//! Owns the choice between the environment's own pip and uv. Never the pip that PATH happens to find, and never a word
//! of pip's or uv's own settings: those are the person's (promise 8 of DESIGN.md).

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::config::Installer;
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::shown::shown;

pub(crate) mod freeze;
mod packages;

pub(crate) use packages::{Call, Group, Packages, Sources, Wish};

/// Carries out one call; the installer's output and progress are the person's. The environment stays as it is when that
/// fails.
pub(crate) fn install(context: &Context, environment: &Environment, installer: Installer, call: &Call) -> Result<()> {
    let python = environment.python();
    let Some(program) = Program::choose(context, environment, installer)? else {
        return Err(Error::CannotCreate {
            python,
            reason: "the environment has no pip to install with".to_owned(),
            hint: "leave out --without-pip, or set VENVWRAP_INSTALLER=uv".to_owned(),
        });
    };
    let mut command = program.command(context, environment, "install");
    command.args(call.words(program.offline()));
    if let Some(directory) = call.directory() {
        command.current_dir(directory);
    }
    let status = Context::run_for_person(&mut command).map_err(Error::io("run", python))?;
    if status.success() {
        return Ok(());
    }
    let what = format!("{} install", program.name());
    let hint = match &call.of {
        Wish::Defaults(_) => "the environment is there; mend that file, or leave it out with --no-defaults".to_owned(),
        _ => format!("the environment is there; enter it and try again with `{what} …`"),
    };
    if Context::was_interrupted() {
        return Err(Error::Interrupted { what, hint });
    }
    let what = match &call.of {
        Wish::Defaults(file) => format!("{what} -r {}", shown(file)),
        _ => what,
    };
    // Ended by a signal: as a shell would say it.
    let status = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Err(Error::Child { what, status, hint })
}

/// What removes packages from an environment; the person's settings are left out. None of them is needed for that, and
/// one like PIP_PYTHON or PIP_REQUIREMENT, or `target` in uv.toml, would have something else removed.
#[derive(Debug)]
pub(crate) struct Uninstaller<'a> {
    context: &'a Context,
    environment: &'a Environment,
    program: Program,
}

impl<'a> Uninstaller<'a> {
    /// Fails where nothing is there that could do it.
    pub(crate) fn choose(context: &'a Context, environment: &'a Environment, installer: Installer) -> Result<Self> {
        let program = Program::choose(context, environment, installer)?;
        let none = || Error::NoInstaller { name: environment.name().to_owned() };
        Ok(Self { context, environment, program: program.ok_or_else(none)? })
    }

    /// Removes the distributions of these names; what the program says is the person's. Whether it says that it did
    /// not fail: what it could remove is gone in any case.
    pub(crate) fn remove(&self, names: &[String]) -> Result<bool> {
        let status = Context::run_for_person(&mut self.command(names));
        Ok(status.map_err(Error::io("run", self.environment.python()))?.success())
    }

    fn command(&self, names: &[String]) -> Command {
        let mut command = self.program.command(self.context, self.environment, "uninstall");
        match self.program {
            Program::Pip => command.args(["--isolated", "--yes"]),
            Program::Uv(_) => command.arg("--no-config"),
        };
        self.program.leave_settings_out(&mut command);
        // Old pips look for packages in the working directory as well.
        command.arg("--").args(names).current_dir(self.environment.root());
        command
    }
}

/// What installs and removes.
#[derive(Debug)]
enum Program {
    /// The environment's own pip.
    Pip,
    /// This uv.
    Uv(PathBuf),
}

impl Program {
    /// `None` where pip is needed and the environment has none.
    fn choose(context: &Context, environment: &Environment, installer: Installer) -> Result<Option<Self>> {
        let has_pip = || environment.site_packages().is_ok_and(|packages| packages.join("pip").is_dir());
        let uv = || which::which_in("uv", context.variable(env_vars::PATH), Path::new("/")).ok().map(Self::Uv);
        Ok(match installer {
            Installer::Pip => has_pip().then_some(Self::Pip),
            Installer::Auto => has_pip().then_some(Self::Pip).or_else(uv),
            Installer::Uv => {
                let none = || Error::NotInstalled {
                    program: "uv",
                    hint: "install it, or set VENVWRAP_INSTALLER=pip (`installer` in config.toml)".to_owned(),
                };
                Some(uv().ok_or_else(none)?)
            }
        })
    }

    /// Its option for no network. pip has none: without an index nothing but the places that were named is left to it,
    /// as its cache is no place.
    fn offline(&self) -> &'static str {
        match self {
            Self::Pip => "--no-index",
            Self::Uv(_) => "--offline",
        }
    }

    /// How it is called in a message.
    fn name(&self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv(_) => "uv pip",
        }
    }

    /// The call up to the options of the subcommand.
    fn command(&self, context: &Context, environment: &Environment, subcommand: &str) -> Command {
        let python = environment.python();
        match self {
            Self::Pip => {
                let mut command = context.command(python);
                command.args(["-m", "pip", subcommand]);
                // What the person's shell set for the environment it is in is not for this one, and pip is to work here
                // and nowhere else.
                command
                    .env(env_vars::VIRTUAL_ENV, environment.root())
                    .env_remove("PYTHONHOME")
                    .env_remove("PIP_PYTHON");
                command
            }
            Self::Uv(uv) => {
                let mut command = context.command(uv);
                command.args(["pip", subcommand, "--python"]).arg(python);
                command
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn what_is_removed_is_removed_here_whatever_the_settings_are() {
        let room = tempfile::tempdir().unwrap();
        std::fs::write(room.path().join("pyvenv.cfg"), "home = /x\n").unwrap();
        let environment = Environment::open(room.path()).unwrap().unwrap();
        let context = Context::made_of(&[]);
        let command = |program| {
            Uninstaller { context: &context, environment: &environment, program }.command(&["six".to_owned()])
        };
        let pip = command(Program::Pip);
        assert_eq!(pip.get_program(), environment.python());
        let words = ["-m", "pip", "uninstall", "--isolated", "--yes", "--", "six"];
        assert_eq!(pip.get_args().collect::<Vec<_>>(), words);
        let set: Vec<_> = pip.get_envs().collect();
        for name in ["PIP_PYTHON", "PYTHONHOME", "PYTHONPATH"] {
            assert!(set.contains(&(OsStr::new(name), None)), "{name}");
        }
        assert!(set.contains(&(OsStr::new("PIP_CONFIG_FILE"), Some(OsStr::new("/dev/null")))));
        let uv = command(Program::Uv("/opt/uv".into()));
        let python = environment.python();
        let words = ["pip", "uninstall", "--python", python.to_str().unwrap(), "--no-config", "--", "six"];
        assert_eq!(uv.get_args().collect::<Vec<_>>(), words);
        assert!(uv.get_envs().any(|set| set == (OsStr::new("UV_CONFIG_FILE"), None)));
    }
}
