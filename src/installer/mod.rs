//! Installing and removing packages: which program does it, and how it is called.
//!
//! Owns the calls and what becomes of them; which program is called is decided in `choice`. Never the pip that PATH
//! happens to find, and never a word of pip's or uv's own settings: those are the person's (promise 8 of DESIGN.md).
//! Neither program is kept from another that installs into the same environment: they would not heed a lock of ours.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use crate::config::Installer;
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::shown::shown;

mod choice;
#[cfg(test)]
mod fake;
pub(crate) mod freeze;
mod packages;
mod pip;
mod pip_settings;
mod release;
mod uv;

use choice::Program;
pub(crate) use packages::{Call, Group, Packages, Sources, Wish, defaults};

/// Carries out one call; the installer's output and progress are the person's. The environment stays as it is when that
/// fails.
pub(crate) fn install(context: &Context, environment: &Environment, installer: Installer, call: &Call) -> Result<()> {
    let program = Program::to_install(context, environment, installer, call.of.needed())?;
    let mut command = program.command(context, environment, "install");
    command.args(call.words(program.offline()));
    if let Some(directory) = call.directory() {
        command.current_dir(directory);
    }
    let status = Context::run_for_person(&mut command).map_err(Error::io("run", program.path(environment)))?;
    if status.success() {
        return Ok(());
    }
    let what = format!("{} install", program.name());
    let hint = match &call.of {
        Wish::Defaults(_) => "the environment is there; mend that file, or leave it out with --no-defaults".to_owned(),
        _ => format!("the environment is there; enter it and try again with `{what} …`"),
    };
    if Context::was_interrupted() {
        return Err(Error::Child { what, status: 130, hint });
    }
    let what = match &call.of {
        Wish::Defaults(file) => format!("{what} -r {}", shown(file)),
        _ => what,
    };
    // Ended by a signal: as a shell would say it.
    let status = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Err(Error::Child { what, status, hint })
}

/// Whether pip has settings that matter for what is downloaded, and that uv would ignore. `root`: the environment's.
pub(crate) fn pip_has_own_settings(context: &Context, root: &Path) -> bool {
    pip_settings::against_uv(context, root).is_some()
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
        Ok(Self { context, environment, program: Program::without_settings(context, environment, installer)? })
    }

    /// Removes the distributions of these names; what the program says is the person's. Whether it says that it did
    /// not fail: what it could remove is gone in any case.
    pub(crate) fn remove(&self, names: &[String]) -> Result<bool> {
        let status = Context::run_for_person(&mut self.command(names));
        Ok(status.map_err(Error::io("run", self.program.path(self.environment)))?.success())
    }

    fn command(&self, names: &[String]) -> Command {
        let mut command = self.program.command(self.context, self.environment, "uninstall");
        match self.program {
            Program::Pip | Program::Lent(_) => command.args(["--isolated", "--yes"]),
            Program::Uv(_) => command.arg("--no-config"),
        };
        self.program.leave_settings_out(&mut command);
        // Old pips look for packages in the working directory as well.
        command.arg("--").args(names).current_dir(self.environment.root());
        command
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
        let words = ["uninstall", "--isolated", "--yes", "--", "six"];
        assert_eq!(pip.get_args().skip(2).collect::<Vec<_>>(), words);
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
