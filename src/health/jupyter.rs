//! Checks the kernels of Jupyter that start environments, and programs elsewhere that point into
//! them.

use std::fs;
use std::path::{Path, PathBuf};

use super::location::programs;
use super::{Examination, Symptom};
use crate::context::Context;
use crate::env_vars;
use crate::environment::Environment;
use crate::fs::{entries_in, is_same, tidied};
use crate::kernels::{self, KernelProblem};
use crate::sorting;
use crate::workon_home::name::EnvironmentName;

/// Kernels of the user that start an environment of the store, or were registered with venvwrap.
pub(super) fn kernels(examination: &Examination<'_>) -> Vec<(PathBuf, Symptom)> {
    let home = examination.home;
    let mut found = Vec::new();
    for spec in kernels::of_user(examination.context) {
        let environment = spec.environment_in(home).map(ToOwned::to_owned);
        if environment.is_none() && !spec.is_ours() {
            continue;
        }
        let exists = |name| EnvironmentName::existing(name).and_then(|name| home.get(&name)).is_ok();
        let (kernel, directory) = (spec.name().to_owned(), spec.directory.clone());
        match (spec.problem(), spec.program(), environment) {
            // An environment whose Python is missing says so itself.
            (Some(KernelProblem::PythonMissing), Some(python), environment)
                if !environment.as_deref().is_some_and(exists) =>
            {
                let python = python.to_path_buf();
                found.push((directory, Symptom::KernelDangling { kernel, python, environment }));
            }
            (Some(KernelProblem::IpykernelMissing), _, Some(environment)) => {
                found.push((directory, Symptom::KernelWithoutIpykernel { kernel, environment }));
            }
            _ => {}
        }
    }
    found
}

/// Kernels inside an environment whose Python does not exist. `moved`: the place that the scripts
/// of the environment point to, which is reported already.
pub(super) fn inside(environment: &Environment, moved: Option<&Path>) -> Vec<(PathBuf, Symptom)> {
    let dangling = kernels::inside(environment.root()).into_iter().filter_map(|spec| {
        let python = spec.program().filter(|_| spec.problem() == Some(KernelProblem::PythonMissing))?.to_path_buf();
        if python.starts_with(environment.root()) || moved.is_some_and(|moved| python.starts_with(moved)) {
            return None;
        }
        let kernel = spec.name().to_owned();
        Some((spec.directory, Symptom::KernelDangling { kernel, python, environment: None }))
    });
    dangling.collect()
}

/// Links and scripts in the user's own directories of programs that start what an environment of
/// the store no longer has: it was removed or renamed.
pub(super) fn wrappers(examination: &Examination<'_>) -> Vec<(PathBuf, Symptom)> {
    let home = examination.home.path();
    let is_lost = |target: &PathBuf| {
        let is_in_store = target.starts_with(home) || target.ancestors().skip(1).any(|above| is_same(above, home));
        is_in_store && fs::symlink_metadata(target).is_err()
    };
    let mut found = Vec::new();
    for directory in program_directories(examination.context) {
        let entries = entries_in(&directory);
        let links = entries.filter_map(|entry| {
            let target = fs::read_link(entry.path()).ok()?;
            Some((entry.path(), tidied(&directory.join(target))))
        });
        let scripts = programs(&directory).into_iter();
        let scripts =
            scripts.filter_map(|program| Some((directory.join(&program.name), program.pythons.into_iter().next()?)));
        let mut lost: Vec<(PathBuf, PathBuf)> = links.chain(scripts).filter(|(_, target)| is_lost(target)).collect();
        sorting::sort(&mut lost);
        found.extend(lost.into_iter().map(|(wrapper, target)| (wrapper, Symptom::WrapperDangling { target })));
    }
    found
}

/// Where pipx, uv, and users put programs of their own.
fn program_directories(context: &Context) -> Vec<PathBuf> {
    let named = [env_vars::XDG_BIN_HOME, env_vars::PIPX_BIN_DIR, env_vars::UV_TOOL_BIN_DIR];
    let named = named.into_iter().filter_map(|variable| context.absolute(variable)).map(tidied);
    let below_home = [".local/bin", "bin"].into_iter().filter_map(|name| Some(context.home()?.join(name)));
    let mut directories: Vec<PathBuf> = named.chain(below_home).collect();
    sorting::sort(&mut directories);
    directories.dedup();
    directories
}
