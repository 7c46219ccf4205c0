//! Checks the cache (private, writable, readable), and that only the user can change settings and
//! trust.
//!
//! Nothing in the cache is needed: a damaged file costs time and is written again when needed.

use std::path::PathBuf;

use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};

use super::Symptom;
use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::fs::private::doubt;
use crate::interpreter;
use crate::seed;

pub(super) fn check(context: &Context) -> Vec<(PathBuf, Symptom)> {
    let mut found = not_private(context);
    let Ok(cache) = directories::cache(context) else { return found };
    if found.iter().any(|(path, _)| *path == cache) {
        return found;
    }
    // A missing cache is created below the first directory that exists.
    let existing = cache.ancestors().find(|path| std::fs::symlink_metadata(path).is_ok()).unwrap_or(&cache);
    let is_refused = match access(existing, AccessFlags::W_OK | AccessFlags::X_OK) {
        Err(Errno::EACCES | Errno::EROFS | Errno::ELOOP) => true,
        _ => !existing.is_dir(),
    };
    if is_refused {
        let is_ours = super::facts::is_ours(existing);
        found.push((existing.to_path_buf(), Symptom::CacheNotWritable { is_ours }));
        return found;
    }
    let damaged = interpreter::damaged_records(context).into_iter().chain(seed::damaged_trees(&cache));
    found.extend(damaged.map(|path| (path, Symptom::CacheDamaged)));
    found
}

/// Files and directories that are ignored because other users can change them.
fn not_private(context: &Context) -> Vec<(PathBuf, Symptom)> {
    let below = |directory: Option<PathBuf>, name: &str| directory.map(|directory| directory.join(name));
    let places = [
        (directories::cache(context).ok(), env_vars::XDG_CACHE_HOME),
        (below(directories::config(context), "config.toml"), env_vars::XDG_CONFIG_HOME),
        (below(directories::config(context), "defaults.txt"), env_vars::XDG_CONFIG_HOME),
        (below(directories::state(context).ok(), "trust"), env_vars::XDG_STATE_HOME),
    ];
    let doubted = places.into_iter().filter_map(|(path, variable)| {
        let path = path.filter(|path| std::fs::symlink_metadata(path).is_ok())?;
        let doubt = doubt(&path)?;
        Some((path, Symptom::NotPrivate { doubt, variable }))
    });
    doubted.collect()
}
