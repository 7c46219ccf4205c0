//! Checks whether uv can use an environment in its project, and nothing else there.

use std::path::PathBuf;

use super::{Examination, Symptom};
use crate::context::Context;
use crate::environment::Environment;
use crate::fs::is_same;
use crate::project;

pub(super) fn check(examination: &Examination<'_>, environment: &Environment) -> Option<(PathBuf, Symptom)> {
    if examination.home.variables_of(environment).uv { in_project(environment, examination.context) } else { None }
}

/// What keeps uv from using this environment, and only this one, in its project.
pub(crate) fn in_project(environment: &Environment, context: &Context) -> Option<(PathBuf, Symptom)> {
    let Some(project) = project::of(environment, context).ok()? else {
        return Some((environment.root().to_path_buf(), Symptom::UvWithoutProject));
    };
    let path = project.join(".venv");
    let is_other = !is_same(&path, environment.root()) && Environment::open(&path).ok()?.is_some();
    is_other.then_some((path, Symptom::UvBesideDotVenv))
}
