//! The variables that `conda activate --stack` would set, so that conda commands keep working.
//!
//! Computes on data what the function `conda` of shell/init.* does in a shell.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::Others;
use super::record::OuterValue;
use crate::activation::Conda;
use crate::env_vars::CONDA_PREFIX;

/// Sets the variables, and records their earlier values.
pub(super) fn enter(root: &Path, conda: &Conda, others: &mut Others<'_>, undo: &mut Vec<u8>) {
    let before = others.get(CONDA_PREFIX).filter(|before| !before.value.is_empty());
    let level = before.as_ref().and(others.get("CONDA_SHLVL")).map_or(0, |level| number(&level.value));
    if let Some(before) = before.filter(|_| level > 0) {
        set(others, undo, &format!("CONDA_PREFIX_{level}"), before.value);
        set(others, undo, &format!("CONDA_STACKED_{}", level + 1), "true".into());
    }
    let mut modifier = OsString::from("(");
    modifier.push(&conda.name);
    modifier.push(") ");
    set(others, undo, CONDA_PREFIX, root.as_os_str().to_owned());
    set(others, undo, "CONDA_SHLVL", (level + 1).to_string().into());
    set(others, undo, "CONDA_DEFAULT_ENV", conda.name.clone());
    set(others, undo, "CONDA_PROMPT_MODIFIER", modifier);
    for (name, value) in &conda.variables {
        if let Some(was) = others.get(name) {
            // `conda deactivate` restores the variable from this.
            set(others, undo, &format!("__CONDA_SHLVL_{level}_{name}"), was.value);
        }
        set(others, undo, name, value.clone());
    }
}

fn set(others: &mut Others<'_>, undo: &mut Vec<u8>, name: &str, value: OsString) {
    let was = others.get(name);
    undo.extend_from_slice(b";set=");
    undo.extend(was.map_or_else(|| name.as_bytes().to_vec(), |was| was.field(name)));
    others.changed.insert(name.to_owned(), Some(OuterValue { value, is_exported: true }));
}

/// The number of stacked conda environments: up to three digits, and 0 for anything else.
fn number(text: &OsStr) -> u32 {
    let digits = Some(text.as_bytes()).filter(|text| text.len() < 4 && text.iter().all(u8::is_ascii_digit));
    digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok()).unwrap_or(0)
}
