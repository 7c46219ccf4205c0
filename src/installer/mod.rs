//! Installing and removing packages: which program does it, and how it is called.
//!
//! Owns the calls and how failures are reported; `choice` decides which program is called. Never
//! runs a pip found on PATH, and never reads or sets pip's or uv's own index settings (promise 8 of
//! DESIGN.md). Takes no lock against other installers in the same environment: they would not honor
//! ours.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::asked::{Patience, ask};
use crate::config::Installer;
use crate::context::{Context, shell_status};
use crate::environment::Environment;
use crate::error::{Error, PackageError, Result};
use crate::shown::shown;

mod choice;
#[cfg(test)]
mod fake;
pub(crate) mod freeze;
mod only_pip;
mod packages;
mod pip;
mod pip_settings;
mod redirected;

use choice::Program;
pub(crate) use packages::{Call, CallKind, Group, Packages, Sources, defaults};

/// The status of uv for input that it cannot read and for usage errors.
const UV_MISUSED: i32 = 2;

/// Runs one call. The installer writes to the user's terminal; `tell` receives our own notes. A
/// failure does not remove the environment.
pub(crate) fn install(
    context: &Context,
    environment: &Environment,
    installer: Installer,
    call: &Call,
    tell: impl Fn(&str),
) -> Result<()> {
    environment.require_isolation()?;
    let directory = call.directory().map_or_else(|| context.working_directory(), |at| Ok(at.to_path_buf()))?;
    let redirected = redirected::by_uv(context, &directory);
    let found = call.only_for_pip(&directory).map(|found| format!("uv does not read {found} as pip does"));
    let elsewhere = || redirected.as_ref().map(|key| format!("{key} has uv install into another place"));
    let against_uv = found.clone().or_else(elsewhere);
    let choose =
        |against: Option<&str>| Program::to_install(context, environment, installer, call.kind.needed(), against);
    let mut program = choose(against_uv.as_deref())?;
    if let (Installer::Auto, Program::Pip | Program::Lent(_), Some(reason)) = (installer, &program, &against_uv)
        && context.program("uv").is_some()
    {
        tell(&format!("using pip: {reason}"));
    }
    if let (Program::Uv(_), Some(key)) = (&program, redirected) {
        let remedy = "UV_NO_CONFIG=1 makes uv ignore its files";
        return Err(PackageError::Redirected { setting: key, remedy }.into());
    }
    let mut status = run(context, environment, &program, call, &tell)?;
    if installer == Installer::Auto
        && status.code() == Some(UV_MISUSED)
        && let Program::Uv(uv) = &program
        && cannot_read(context, environment, uv, call)
        && let Ok(other) = choose(Some("uv cannot read it"))
    {
        tell("using pip: uv cannot read it");
        program = other;
        status = run(context, environment, &program, call, &tell)?;
    }
    if status.success() {
        return Ok(());
    }
    let what = format!("{} install", program.name());
    let hint = match &call.kind {
        CallKind::Defaults(_) => {
            "the environment was created; fix that file, or leave it out with --no-defaults".to_owned()
        }
        _ => "the environment was created; the same command again installs into it".to_owned(),
    };
    if Context::was_interrupted() {
        return Err(Error::Child { what, status: 130, hint });
    }
    let what = match &call.kind {
        CallKind::Defaults(file) => format!("{what} -r {}", shown(file)),
        _ => what,
    };
    Err(Error::Child { what, status: shell_status(status), hint })
}

fn run(
    context: &Context,
    environment: &Environment,
    program: &Program,
    call: &Call,
    tell: &impl Fn(&str),
) -> Result<ExitStatus> {
    let mut command = program.command(context, environment, "install");
    command.args(call.words(program.offline()));
    if let Some(directory) = call.directory() {
        command.current_dir(directory);
    }
    if !matches!(program, Program::Uv(_)) {
        if let Some(key) = redirected::by_pip(context, environment.root()) {
            let remedy = "PIP_CONFIG_FILE=/dev/null makes pip ignore its files";
            return Err(PackageError::Redirected { setting: key, remedy }.into());
        }
        for name in redirected::ignored(context) {
            tell(&format!("ignored {name}: packages are installed into the environment"));
        }
        redirected::prevent(&mut command);
    }
    if call.is_silent {
        command.stdout(Stdio::null()).stderr(Stdio::null());
    }
    Context::run_in_foreground(&mut command).map_err(Error::io("run", program.path(environment)))
}

/// The dependencies that are missing or have the wrong version, a line each, as `pip check` or `uv
/// pip check` says it. Empty if neither can be run.
pub(crate) fn conflicts(context: &Context, environment: &Environment, installer: Installer) -> Vec<String> {
    let Ok(program) = Program::without_settings(context, environment, installer) else { return Vec::new() };
    let words = |command: &mut Command| {
        program.begin(command, environment, "check");
        program.leave_settings_out(command);
    };
    let Ok(output) = ask(context, &program.path(environment), Patience::seconds(120), words) else {
        return Vec::new();
    };
    if output.status.success() {
        return Vec::new();
    }
    let text = [output.stdout, output.stderr].concat();
    let lines = String::from_utf8_lossy(&text).lines().map(|line| shown(line.trim()).to_string()).collect::<Vec<_>>();
    lines.into_iter().filter(|line| line.contains(" requires ") || line.contains(" has requirement ")).collect()
}

/// Runs a failed uv again with `--dry-run` to learn whether it could not read its input: uv parses
/// its input before anything else.
fn cannot_read(context: &Context, environment: &Environment, uv: &Path, call: &Call) -> bool {
    let words = |command: &mut Command| {
        Program::Uv(uv.to_path_buf()).begin(command, environment, "install");
        command.args(["--dry-run", "--color", "never"]).args(call.words("--offline"));
        if let Some(directory) = call.directory() {
            command.current_dir(directory);
        }
    };
    let answer = ask(context, uv, Patience::seconds(60), words);
    answer.is_ok_and(|output| only_pip::is_about_syntax(&String::from_utf8_lossy(&output.stderr)))
}

/// Whether pip has settings that affect downloads and that uv would ignore. `root` is the
/// environment's.
pub(crate) fn pip_has_own_settings(context: &Context, root: &Path) -> bool {
    pip_settings::against_uv(context, root).is_some()
}

/// Removes packages from an environment, with the user's settings switched off: removal needs none
/// of them, and some (PIP_PYTHON, PIP_REQUIREMENT, `target` in uv.toml) would redirect the removal.
#[derive(Debug)]
pub(crate) struct Uninstaller<'a> {
    context: &'a Context,
    environment: &'a Environment,
    program: Program,
}

impl<'a> Uninstaller<'a> {
    /// Fails if neither pip nor uv can do it.
    pub(crate) fn choose(context: &'a Context, environment: &'a Environment, installer: Installer) -> Result<Self> {
        environment.require_isolation()?;
        Ok(Self { context, environment, program: Program::without_settings(context, environment, installer)? })
    }

    /// Removes the distributions of these names. `false` if the program failed; it may have removed
    /// some of them by then.
    pub(crate) fn remove(&self, names: &[String]) -> Result<bool> {
        let status = Context::run_in_foreground(&mut self.command(names));
        Ok(status.map_err(Error::io("run", self.program.path(self.environment)))?.success())
    }

    fn command(&self, names: &[String]) -> Command {
        let mut command = self.program.command(self.context, self.environment, "uninstall");
        match self.program {
            Program::Pip | Program::Lent(_) => command.args(["--isolated", "--yes"]),
            Program::Uv(_) => command.arg("--no-config"),
        };
        self.program.leave_settings_out(&mut command);
        // Old pips also look for packages in the working directory.
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
