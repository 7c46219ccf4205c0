//! Repairs what can be repaired without asking. Nothing you made is lost, and each file is replaced
//! as a whole.
//!
//! Decides what is safe. `commands/mvvirtualenv` finishes renames.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::facts::is_link;
use super::relink::relink;
use super::{Examination, Finding, Subject, Symptom, location};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::pyvenv_cfg;
use crate::fs::{remove_tree, write_whole};
use crate::keepsake::{self, Timestamps};
use crate::kernels;
use crate::relocate::{self, Relocation, Rewriting};
use crate::workon_home::name::EnvironmentName;

/// What was repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repair {
    /// The environment was linked to this interpreter.
    Relinked(PathBuf),
    /// The scripts point to where the environment is.
    Rewritten,
    /// These activation scripts were written.
    Restored(Vec<&'static str>),
    /// What another tool had dropped was restored.
    PutBack(Vec<&'static str>),
    /// What killed commands left was removed.
    Cleared,
    /// A file of the cache was removed.
    Dropped,
    /// This kernel of Jupyter was removed.
    KernelRemoved(OsString),
}

/// Whether the repair changes what a lock protects.
fn changes_environment(symptom: &Symptom) -> bool {
    matches!(
        symptom,
        Symptom::PythonMissing { .. }
            | Symptom::HomeMissing { .. }
            | Symptom::PythonReplaced { .. }
            | Symptom::Moved { .. }
            | Symptom::NoCfg
            | Symptom::NoActivate { .. }
            | Symptom::Recreated
    )
}

/// Repairs a finding if that is safe. `None`: the user has to decide.
pub(crate) fn repair(examination: &Examination<'_>, finding: &Finding) -> Option<Result<Repair>> {
    let environment = || {
        let Subject::Environment(name) = &finding.subject else { return None };
        let environment = examination.home.get(&EnvironmentName::existing(name).ok()?).ok()?;
        // The target of a link is outside the store.
        (!is_link(environment.root())).then_some(environment)
    };
    if let Subject::Environment(name) = &finding.subject
        && changes_environment(&finding.symptom)
        && let Err(error) = examination.home.require_unlocked(name)
    {
        return Some(Err(error));
    }
    match &finding.symptom {
        Symptom::PythonMissing { .. } | Symptom::HomeMissing { .. } | Symptom::PythonReplaced { .. } => {
            let relinked = relink(examination.context, &environment()?).transpose()?;
            Some(relinked.map(|found| Repair::Relinked(found.base_executable)))
        }
        Symptom::Moved { from, .. } => rewrite(examination, &environment()?, from).transpose(),
        Symptom::NoCfg => {
            let environment = environment()?;
            let (file, text) = (environment.root().join(pyvenv_cfg::FILE_NAME), environment.lost_cfg()?);
            Some(write_whole(&file, &text).map(|()| Repair::Restored(vec![pyvenv_cfg::FILE_NAME])))
        }
        Symptom::NoActivate { scripts } => Some(restore(examination, &environment()?, scripts)),
        Symptom::Recreated => {
            let restored = {
                let (home, environment) = (examination.home, environment()?);
                let timestamps = Timestamps::of(home, &environment);
                keepsake::restore(timestamps, home, &environment, examination.context).transpose()?
            };
            Some(restored.map(Repair::PutBack))
        }
        Symptom::Leftovers { .. } => {
            let cleared = examination.home.clear_dead_builds();
            Some(cleared.map(|()| Repair::Cleared))
        }
        Symptom::TmpenvAbandoned => {
            let name = EnvironmentName::existing(finding.path.file_name()?).ok()?;
            Some(examination.home.remove(&name, None).map(|_| Repair::Cleared))
        }
        Symptom::RenameNotStarted { name } => {
            let name = EnvironmentName::existing(name).ok()?;
            Some(examination.home.drop_unbegun(&name).map(|()| Repair::Cleared))
        }
        Symptom::CacheDamaged => {
            let removed = remove_tree(&finding.path).map_err(Error::io("remove", &finding.path));
            Some(removed.map(|()| Repair::Dropped))
        }
        Symptom::KernelDangling { kernel, environment: Some(name), .. } => {
            let home = examination.home;
            let detached = kernels::carried::detach(examination.context, home, &home.path().join(name));
            match detached {
                // Its files were not written by ipykernel or by us.
                Ok(detached) if !detached.removed.contains(kernel) => None,
                detached => Some(detached.map(|_| Repair::KernelRemoved(kernel.clone()))),
            }
        }
        _ => None,
    }
}

/// Makes the scripts point to where the environment is. `None` if that is not safe or not needed.
fn rewrite(examination: &Examination<'_>, environment: &Environment, from: &Path) -> Result<Option<Repair>> {
    let root = environment.root();
    if !location::can_rewrite(environment, from) {
        return Ok(None);
    }
    let relocation = Relocation::new(environment, &relocate::spellings(from), root, examination.scripts);
    let staging = examination.home.start_building()?;
    let rewriting = Rewriting::prepare(root, &relocation, staging.path())?;
    if rewriting.is_empty() {
        return Ok(None);
    }
    rewriting.apply(root)?;
    if let (Some(old), true) = (from.file_name(), from.parent() == Some(examination.home.path()))
        && fs::symlink_metadata(from).is_err()
    {
        examination.home.follow_rename_by_hand(old, environment.name());
    }
    Ok(Some(Repair::Rewritten))
}

fn restore(examination: &Examination<'_>, environment: &Environment, missing: &[&'static str]) -> Result<Repair> {
    for (name, text) in (examination.scripts)(environment.root(), &environment.prompt()) {
        if missing.contains(&name) {
            write_whole(&environment.bin().join(name), &text)?;
        }
    }
    Ok(Repair::Restored(missing.to_vec()))
}
