//! What is wrong, as data: with the environments, the store, the shell's set-up, and the active
//! environment.
//!
//! Owns the checks, and mending what can be mended without asking. Looks at files and runs nothing:
//! no Python of an environment is ever started to examine it. How a finding is worded is
//! `commands/doctor`'s matter.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::Result;
use crate::fs::is_same;
use crate::keepsake;
use crate::relocate::ActivationScripts;
use crate::workon_home::WorkonHome;
use crate::workon_home::name::EnvironmentName;

mod active;
mod cache;
mod finding;
mod interpreter;
mod mend;
mod packages;
mod place;
mod setup;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use active::{Answering, Maker, answering};
pub(crate) use finding::{About, Finding, Lacking, Severity, What};
pub(crate) use mend::{Mended, mend};
pub(crate) use place::moved_from;
pub(crate) use setup::{Told, loads, rc_file};

/// What checks may ask for.
#[derive(Clone, Copy)]
pub(crate) struct Examination<'a> {
    /// The outside.
    pub(crate) context: &'a Context,
    /// The store.
    pub(crate) home: &'a WorkonHome,
    /// The name of the person's shell.
    pub(crate) shell: &'a str,
    /// The activation scripts of environments that we make.
    pub(crate) scripts: ActivationScripts,
}

impl Examination<'_> {
    /// Everything that is the matter with one environment.
    pub(crate) fn environment(&self, environment: &Environment) -> Vec<Finding> {
        let about = About::Environment(environment.name().to_owned());
        let mut found = self.examined(environment, &about);
        if keepsake::was_made_anew(self.home, environment, self.context) {
            found.push(Finding { about, path: environment.root().join("pyvenv.cfg"), what: What::MadeAnew });
        }
        found
    }

    /// The same of one that is none of the store's.
    pub(crate) fn elsewhere(&self, environment: &Environment) -> Vec<Finding> {
        self.examined(environment, &About::Elsewhere(environment.root().to_path_buf()))
    }

    /// The active environment, where it is one and none of the store's.
    pub(crate) fn active_elsewhere(&self) -> Option<Environment> {
        let environment = Environment::open(self.context.absolute(env_vars::VIRTUAL_ENV)?).ok()??;
        let is_ours = environment.root().parent().is_some_and(|parent| is_same(parent, self.home.path()));
        (!is_ours).then_some(environment)
    }

    fn examined(&self, environment: &Environment, about: &About) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut add = |(path, what): (PathBuf, What)| {
            found.push(Finding { about: about.clone(), path, what });
        };
        interpreter::check(environment).into_iter().for_each(&mut add);
        place::check(environment, self.scripts).into_iter().for_each(&mut add);
        packages::check(environment).into_iter().for_each(&mut add);
        found
    }

    /// Everything that is the matter with the store, but for what is in its environments.
    pub(crate) fn store(&self) -> Vec<Finding> {
        let found = store::check(self).into_iter().chain(cache::check(self.context));
        found.map(|(path, what)| Finding { about: About::Store, path, what }).collect()
    }

    /// The set-up of the shell, which has `told` what only it can know. `None`: no function called
    /// us.
    pub(crate) fn setup(&self, told: Option<&Told>, is_looked_at: bool) -> Vec<Finding> {
        let found = setup::check(self, told, is_looked_at);
        found.into_iter().map(|(path, what)| Finding { about: About::Setup, path, what }).collect()
    }

    /// The environment that the shell is in, if it is in one, and what is in its way.
    pub(crate) fn active(&self, told: Option<&Told>) -> Vec<Finding> {
        let found = active::check(self, told);
        found.into_iter().map(|(path, what)| Finding { about: About::Active, path, what }).collect()
    }

    /// The environments of these names, or all. Fails where a name is unknown.
    pub(crate) fn environments(&self, names: &[OsString]) -> Result<Vec<Environment>> {
        if !names.is_empty() {
            return names.iter().map(|name| self.home.get(&EnvironmentName::existing(name)?)).collect();
        }
        let mut environments = Vec::new();
        // A store that cannot be listed has a finding of its own.
        for name in self.home.names().unwrap_or_default() {
            // One that went away since the directory was read is not there.
            environments.extend(self.home.get(&EnvironmentName::existing(&name)?));
        }
        Ok(environments)
    }
}

/// Whether `directory` is the `bin` of an environment.
fn environment_of_bin(directory: &Path) -> Option<&Path> {
    let root = directory.parent()?;
    std::fs::metadata(root.join("pyvenv.cfg")).is_ok_and(|file| file.is_file()).then_some(root)
}
