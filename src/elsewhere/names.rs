//! The names of environments outside the store: bare where they are unique, else with their owner
//! (`poetry:shop`).

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::Candidate;
use crate::environment::origin::Origin;

/// How many candidates share a name: among all, and per owner.
pub(super) struct Names<'a> {
    pub(super) bare: HashMap<&'a OsStr, usize>,
    pub(super) owned: HashMap<(Origin, &'a OsStr), usize>,
}

impl<'a> Names<'a> {
    pub(super) fn of(candidates: &'a [Candidate]) -> Self {
        let (mut bare, mut owned) = (HashMap::new(), HashMap::new());
        for candidate in candidates {
            for name in &candidate.names {
                *bare.entry(name.as_os_str()).or_default() += 1;
                *owned.entry((candidate.origin, name.as_os_str())).or_default() += 1;
            }
        }
        Self { bare, owned }
    }
}

/// Splits `poetry:shop`, if the word before `:` is an owner.
pub(super) fn owner_and_name(typed: &OsStr) -> (Option<Origin>, &OsStr) {
    let bytes = typed.as_bytes();
    let apart = |origin: &Origin| Some((*origin, bytes.strip_prefix(origin.word().as_bytes())?.strip_prefix(b":")?));
    match Origin::OTHERS.iter().find_map(apart) {
        Some((origin, name)) => (Some(origin), OsStr::from_bytes(name)),
        None => (None, typed),
    }
}

/// Whether a word has the form `OWNER:NAME`, which is no valid name in the store.
pub(crate) fn is_qualified(typed: &OsStr) -> bool {
    owner_and_name(typed).0.is_some()
}
