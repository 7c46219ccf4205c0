//! Finds what is wrong with the environments, the store, the shell's setup, and the active
//! environment, and repairs what is safe to repair.
//!
//! Reads files and runs nothing: no Python of an environment is started. The messages are in
//! `commands/doctor`.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::Result;
use crate::formats::pyvenv_cfg::FILE_NAME;
use crate::fs::is_same;
use crate::keepsake;
use crate::relocate::ActivationScripts;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod active;
mod cache;
mod facts;
mod finding;
mod interpreter;
mod jupyter;
mod location;
mod packages;
mod relink;
mod repair;
mod setup;
mod store;
mod symptom;
mod uv_use;
#[cfg(test)]
mod tests;

pub(crate) use active::{ProgramOwner, ResolvedCommand, resolved_commands};
pub(crate) use finding::{Finding, Subject};
pub(crate) use location::moved_from;
pub(crate) use relink::{own_python, relink, relink_to};
pub(crate) use repair::{Repair, repair};
pub(crate) use setup::{ShellReport, rc_file};
pub(crate) use symptom::{MetadataFile, Severity, Symptom};

/// A symptom of an environment that has a Python: activating it works, installing may not.
pub(crate) fn at_a_glance(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    interpreter::at_a_glance(environment)
}

/// The environment has no pip, and the shell would run another Python's.
pub(crate) fn borrowed_pip(environment: &Environment) -> Option<(PathBuf, Symptom)> {
    packages::borrowed_pip(environment)
}

/// What keeps uv from using an environment in its project.
pub(crate) fn use_by_uv(environment: &Environment, context: &Context) -> Option<(PathBuf, Symptom)> {
    uv_use::in_project(environment, context)
}

/// What the checks need to know.
#[derive(Clone, Copy)]
pub(crate) struct Examination<'a> {
    pub(crate) context: &'a Context,
    pub(crate) home: &'a WorkonHome,
    /// The name of the user's shell.
    pub(crate) shell: &'a str,
    /// The activation scripts that venvwrap writes.
    pub(crate) scripts: ActivationScripts,
}

impl Examination<'_> {
    /// Checks an environment of the store.
    pub(crate) fn environment(&self, environment: &Environment) -> Vec<Finding> {
        let subject = Subject::Environment(environment.name().to_owned());
        let mut symptoms = self.symptoms(environment);
        if keepsake::was_recreated(self.home, environment, self.context) {
            symptoms.push((environment.root().join(FILE_NAME), Symptom::Recreated));
        } else {
            symptoms.extend(uv_use::check(self, environment));
        }
        about(&subject, environment, symptoms)
    }

    /// Checks an environment outside the store.
    pub(crate) fn elsewhere(&self, environment: &Environment) -> Vec<Finding> {
        about(&Subject::Elsewhere, environment, self.symptoms(environment))
    }

    /// The active environment, if it is outside the store.
    pub(crate) fn active_elsewhere(&self) -> Option<Environment> {
        let environment = Environment::open(self.context.absolute(env_vars::VIRTUAL_ENV)?).ok()??;
        let is_ours = environment.root().parent().is_some_and(|parent| is_same(parent, self.home.path()));
        (!is_ours).then_some(environment)
    }

    fn symptoms(&self, environment: &Environment) -> Vec<(PathBuf, Symptom)> {
        let mut symptoms: Vec<_> = interpreter::check(environment).into_iter().collect();
        symptoms.extend(location::check(environment, self.scripts));
        symptoms.extend(packages::check(environment));
        let moved = symptoms.iter().find_map(|(_, symptom)| match symptom {
            Symptom::Moved { from, .. } => Some(from.clone()),
            _ => None,
        });
        symptoms.extend(jupyter::inside(environment, moved.as_deref()));
        symptoms
    }

    /// Checks the store, but not the environments in it, and the cache.
    pub(crate) fn store(&self) -> Vec<Finding> {
        let mut symptoms = store::check(self);
        symptoms.extend(cache::check(self.context));
        general(&Subject::Store, symptoms)
    }

    /// Checks the kernels of Jupyter, and programs outside the store that point into it.
    pub(crate) fn pointing_in(&self) -> Vec<Finding> {
        let mut findings = general(&Subject::Jupyter, jupyter::kernels(self));
        findings.extend(general(&Subject::Store, jupyter::wrappers(self)));
        findings
    }

    /// Checks how the shell loads venvwrap. `report` is `None` if the functions are not loaded,
    /// which is a problem only where they are `expected`.
    pub(crate) fn setup(&self, report: Option<&ShellReport>, expected: bool) -> Vec<Finding> {
        general(&Subject::Setup, setup::check(self, report, expected))
    }

    /// Checks what the shell runs for `python` and `pip`.
    pub(crate) fn active(&self, report: Option<&ShellReport>) -> Vec<Finding> {
        general(&Subject::Active, active::check(self, report))
    }

    /// The environments of these names, or all. Fails on an unknown name.
    pub(crate) fn environments(&self, names: &[OsString]) -> Result<Vec<Environment>> {
        if !names.is_empty() {
            return names.iter().map(|name| self.home.get(&EnvironmentName::existing(name)?)).collect();
        }
        let mut environments = Vec::new();
        // `store` reports a store that cannot be listed.
        for name in self.home.names().unwrap_or_default() {
            // Another process may have removed the environment since.
            environments.extend(self.home.get(&EnvironmentName::existing(&name)?));
        }
        Ok(environments)
    }
}

fn about(subject: &Subject, environment: &Environment, symptoms: Vec<(PathBuf, Symptom)>) -> Vec<Finding> {
    let root = environment.root();
    let finding = |(path, symptom)| Finding { subject: subject.clone(), root: root.to_path_buf(), path, symptom };
    symptoms.into_iter().map(finding).collect()
}

fn general(subject: &Subject, symptoms: Vec<(PathBuf, Symptom)>) -> Vec<Finding> {
    symptoms.into_iter().map(|(path, symptom)| Finding::general(subject.clone(), path, symptom)).collect()
}
