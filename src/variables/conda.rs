//! The variables that `conda activate --stack` would set, so that conda commands keep working.
//!
//! Computes on data what the function `conda` of shell/init.* does in a shell.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Others;
use crate::activation::Conda;
use crate::env_vars::CONDA_PREFIX;

/// Sets the variables, and records their earlier values.
pub(super) fn enter(root: &Path, conda: &Conda, others: &mut Others<'_>, undo: &mut Vec<u8>) {
    let before = others.get(CONDA_PREFIX).filter(|before| !before.value.is_empty());
    let level = before.as_ref().and(others.get("CONDA_SHLVL")).map_or(0, |level| number(&level.value));
    if let Some(before) = before.filter(|_| level > 0) {
        others.set(&format!("CONDA_PREFIX_{level}"), before.value, undo);
        others.set(&format!("CONDA_STACKED_{}", level + 1), "true".into(), undo);
    }
    let mut modifier = OsString::from("(");
    modifier.push(&conda.name);
    modifier.push(") ");
    others.set(CONDA_PREFIX, root.as_os_str().to_owned(), undo);
    others.set("CONDA_SHLVL", (level + 1).to_string().into(), undo);
    others.set("CONDA_DEFAULT_ENV", conda.name.clone(), undo);
    others.set("CONDA_PROMPT_MODIFIER", modifier, undo);
    for (name, value) in &conda.variables {
        if let Some(was) = others.get(name) {
            // `conda deactivate` restores the variable from this.
            others.set(&format!("__CONDA_SHLVL_{level}_{name}"), was.value, undo);
        }
        others.set(name, value.clone(), undo);
    }
}

/// The number of stacked conda environments: up to three digits, and 0 for anything else.
fn number(text: &OsStr) -> u32 {
    let digits = Some(text.as_bytes()).filter(|text| text.len() < 4 && text.iter().all(u8::is_ascii_digit));
    digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok()).unwrap_or(0)
}
