//! Installing packages: which program does it, and how it is called.
//!
//! Owns the choice between the environment's own pip and uv. Never the pip that PATH happens to find, and never a word
//! of pip's or uv's own settings: those are the person's (promise 8 of DESIGN.md).

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use crate::config::Installer;
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, Result};

/// What to install: the words for `pip install`, without options of ours.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    /// Requirements files, absolute.
    pub(crate) files: Vec<std::path::PathBuf>,
    /// Requirements.
    pub(crate) requirements: Vec<OsString>,
}

impl Packages {
    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.requirements.is_empty()
    }

    fn words(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        for file in &self.files {
            words.extend([OsString::from("-r"), file.clone().into()]);
        }
        words.extend(self.requirements.iter().cloned());
        words
    }
}

/// Installs into an environment; the installer's output and progress are the person's. The environment stays as it is
/// when that fails.
pub(crate) fn install(
    context: &Context,
    environment: &Environment,
    installer: Installer,
    packages: &Packages,
) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let (mut command, name) = command(context, environment, installer)?;
    command.args(packages.words());
    let python = environment.python();
    let status = Context::run_for_person(&mut command).map_err(Error::io("run", python))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Child {
        what: format!("{name} install"),
        // Ended by a signal: as a shell would say it.
        status: status
            .code()
            .or_else(|| std::os::unix::process::ExitStatusExt::signal(&status).map(|n| 128 + n))
            .unwrap_or(1),
        hint: "the environment is there; enter it and try again with `pip install …`".to_owned(),
    })
}

/// The command up to its operands.
fn command(context: &Context, environment: &Environment, installer: Installer) -> Result<(Command, &'static str)> {
    let python = environment.python();
    let has_pip = || environment.site_packages().is_ok_and(|packages| packages.join("pip").is_dir());
    let uv = || uv(context);
    let use_uv = match installer {
        Installer::Pip => false,
        Installer::Uv => true,
        Installer::Auto => !has_pip() && uv().is_some(),
    };
    if use_uv {
        let Some(uv) = uv() else {
            return Err(Error::Value { what: "installer".to_owned(), reason: "uv is not on PATH".to_owned() });
        };
        let mut command = context.command(uv);
        command.args([OsStr::new("pip"), OsStr::new("install"), OsStr::new("--python"), python.as_os_str()]);
        return Ok((command, "uv pip"));
    }
    if !has_pip() {
        return Err(Error::CannotCreate {
            python,
            reason: "the environment has no pip to install with".to_owned(),
            hint: "leave out --without-pip, or set VENVWRAP_INSTALLER=uv".to_owned(),
        });
    }
    let mut command = context.command(&python);
    command.args(["-m", "pip", "install"]);
    // What the person's shell set for the environment it is in is not for this one.
    command.env(env_vars::VIRTUAL_ENV, environment.root()).env_remove("PYTHONHOME");
    Ok((command, "pip"))
}

fn uv(context: &Context) -> Option<std::path::PathBuf> {
    which::which_in("uv", context.variable(env_vars::PATH), Path::new("/")).ok()
}
