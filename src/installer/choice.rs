//! Chooses the program that installs: uv, the environment's own pip, or the pip of its base
//! interpreter.
//!
//! Owns the order of preference and the reason why a program was passed over. `auto` takes uv only
//! where the result is the same: not if pip has settings that uv would ignore, and not if uv lacks
//! a feature that pip has.

use std::path::PathBuf;
use std::process::Command;

use super::packages::CallKind;
use super::pip::OwnPip;
use super::{pip, pip_settings};
use crate::config::Installer;
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, InstallerRemedy, Result};
use crate::isolation;
use crate::shown::shown;
use crate::uv;
use crate::versions::Release;

/// The oldest Python that uv 0.13 supports.
const OLDEST_OF_UV: Release = Release::new(3, 6, 0);

/// The oldest Python for which uv does all that pip does: uv installs editable projects only by PEP
/// 660, which setuptools for 3.6 does not know.
const OLDEST_OF_UV_FOR_ALL: Release = Release::new(3, 7, 0);

const NO_PIP: &str = "it has no pip";

/// A program that installs and removes packages.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// The environment's own pip.
    Pip,
    /// The pip of this other Python, run with `--python` on the environment.
    Lent(PathBuf),
    Uv(PathBuf),
}

/// A feature that only newer releases of pip and uv have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needed {
    what: &'static str,
    /// The first release with the feature.
    pip: Release,
    uv: Release,
}

const READ_LOCKS: Needed = Needed { what: "read lock files", pip: Release::new(26, 1, 0), uv: Release::new(0, 6, 15) };
const TAKE_GROUPS: Needed =
    Needed { what: "install dependency groups", pip: Release::new(25, 1, 0), uv: Release::new(0, 6, 15) };
pub(super) const MAKE_LOCKS: Needed =
    Needed { what: "make lock files", pip: Release::new(25, 1, 0), uv: Release::new(0, 6, 15) };

impl CallKind {
    /// The feature that the call needs; `None` if every release can do it.
    pub(super) fn needed(&self) -> Option<Needed> {
        match self {
            Self::Lock => Some(READ_LOCKS),
            Self::Groups => Some(TAKE_GROUPS),
            Self::Defaults(_) | Self::Plain => None,
        }
    }
}

impl Program {
    /// Chooses the program to install with. `against_uv`: the reason why `auto` must not take uv.
    /// Starts at most uv and the base interpreter's pip, to ask for their versions.
    pub(super) fn to_install(
        context: &Context,
        environment: &Environment,
        installer: Installer,
        needed: Option<Needed>,
        against_uv: Option<&str>,
    ) -> Result<Self> {
        let mut reasons = Vec::new();
        let mut remedy = InstallerRemedy::AddPip;
        match installer {
            Installer::Auto => match uv_in_place_of_pip(context, environment, needed, against_uv) {
                Ok(uv) => return Ok(Self::Uv(uv)),
                Err(reason) => reasons.push(reason),
            },
            Installer::Uv => {
                return uv_as_told(context, environment, needed).map(Self::Uv).map_err(|reason| Error::NoInstaller {
                    name: environment.name().to_owned(),
                    reasons: vec![reason],
                    remedy: InstallerRemedy::AllowPip,
                });
            }
            Installer::Pip => {}
        }
        let lacks = |release: Release| needed.filter(|needed| release < needed.pip);
        match pip::own(environment) {
            OwnPip::Missing => reasons.push(NO_PIP.to_owned()),
            // A pip of unknown version reports itself what it cannot do.
            OwnPip::Unknown => return Ok(Self::Pip),
            OwnPip::Release(release) => match lacks(release) {
                None => return Ok(Self::Pip),
                Some(Needed { what, pip, .. }) => {
                    reasons.push(format!("its pip {} cannot {what} ({} can)", release.short(), pip.short()));
                    remedy = InstallerRemedy::UpgradePip;
                }
            },
        }
        match pip::at_hand(context, environment) {
            Ok((base, release)) => match lacks(release) {
                None => return Ok(Self::Lent(base)),
                Some(_) => reasons.push(format!("nor can pip {} of {}", release.short(), shown(&base))),
            },
            Err(reason) => reasons.push(reason),
        }
        if installer == Installer::Auto && uv_as_told(context, environment, needed).is_ok() {
            remedy = InstallerRemedy::AllowUv;
        }
        Err(Error::NoInstaller { name: environment.name().to_owned(), reasons, remedy })
    }

    /// Chooses the program to list and remove with: the environment's own pip, which knows the
    /// formats of old pips best, else uv. Settings are switched off for both tasks, so they do not
    /// matter here.
    pub(super) fn without_settings(context: &Context, environment: &Environment, installer: Installer) -> Result<Self> {
        let own = || (pip::own(environment) != OwnPip::Missing).then_some(Self::Pip).ok_or_else(|| NO_PIP.to_owned());
        let uv = || uv_as_told(context, environment, None).map(Self::Uv);
        let chosen = match installer {
            Installer::Pip => own().map_err(|reason| vec![reason]),
            Installer::Uv => uv().map_err(|reason| vec![reason]),
            Installer::Auto => own().or_else(|reason| uv().map_err(|other| vec![reason, other])),
        };
        let remedy = InstallerRemedy::AddPip;
        let none = |reasons| Error::NoInstaller { name: environment.name().to_owned(), reasons, remedy };
        chosen.map_err(none)
    }

    /// The executable that is started.
    pub(super) fn path(&self, environment: &Environment) -> PathBuf {
        match self {
            Self::Pip => environment.python(),
            Self::Lent(path) | Self::Uv(path) => path.clone(),
        }
    }

    /// The name in messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Pip | Self::Lent(_) => "pip",
            Self::Uv(_) => "uv pip",
        }
    }

    /// The option for no network. pip has no such option: `--no-index` leaves only the named
    /// `--find-links`.
    pub(super) fn offline(&self) -> &'static str {
        match self {
            Self::Pip | Self::Lent(_) => "--no-index",
            Self::Uv(_) => "--offline",
        }
    }

    /// The command line up to the subcommand's options.
    pub(super) fn command(&self, context: &Context, environment: &Environment, subcommand: &str) -> Command {
        let mut command = context.command(self.path(environment));
        self.begin(&mut command, environment, subcommand);
        command
    }

    /// The same, on a command that exists already.
    pub(super) fn begin(&self, command: &mut Command, environment: &Environment, subcommand: &str) {
        // VIRTUAL_ENV may name the environment that is active in the calling shell.
        command.env(env_vars::VIRTUAL_ENV, environment.root());
        match self {
            Self::Pip => isolation::run_pip(command).arg(subcommand),
            // `--python` must come before the subcommand.
            Self::Lent(_) => isolation::run_pip(command).arg("--python").arg(environment.python()).arg(subcommand),
            Self::Uv(_) => command.args(["pip", subcommand, "--python"]).arg(environment.python()),
        };
    }
}

/// The uv on PATH, if `auto` may use it; else the reason against it. Checks that start no process
/// come first.
fn uv_in_place_of_pip(
    context: &Context,
    environment: &Environment,
    needed: Option<Needed>,
    against: Option<&str>,
) -> std::result::Result<PathBuf, String> {
    if context.program("uv").is_none() {
        return Err("uv is not on PATH".to_owned());
    }
    if let Some(reason) = against {
        return Err(reason.to_owned());
    }
    match environment.version() {
        Some(version) if Release::leading(&version).is_some_and(|version| version >= OLDEST_OF_UV_FOR_ALL) => {}
        Some(version) => return Err(format!("uv does not do all that pip does for Python {version}")),
        None => return Err("its version of Python is not known".to_owned()),
    }
    match pip_settings::against_uv(context, environment.root()) {
        Some(reason) => Err(reason),
        None => able_uv(context, needed),
    }
}

/// The uv on PATH, if the user asked for uv.
fn uv_as_told(
    context: &Context,
    environment: &Environment,
    needed: Option<Needed>,
) -> std::result::Result<PathBuf, String> {
    if let Some(version) = environment.version().filter(|version| Release::leading(version) < Some(OLDEST_OF_UV)) {
        return Err(format!("uv does not know Python {version}"));
    }
    able_uv(context, needed)
}

/// The uv on PATH, if its version has the needed feature.
fn able_uv(context: &Context, needed: Option<Needed>) -> std::result::Result<PathBuf, String> {
    let uv = uv::find(context)?;
    match needed {
        Some(Needed { uv: wanted, what, .. }) if uv.release < wanted => {
            Err(format!("uv {} cannot {what} ({} can)", uv.release.short(), wanted.short()))
        }
        _ => Ok(uv.path),
    }
}

#[cfg(test)]
mod tests;
