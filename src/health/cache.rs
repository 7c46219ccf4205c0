//! The cache: whether it can be believed and written to, and whether what is in it can be read.
//! Settings and trust, too: whether they can be believed.
//!
//! Nothing in it is needed: a damaged file only costs time, and is made anew when it is next asked
//! for.

use std::path::PathBuf;

use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};

use super::What;
use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::fs::private::doubt;
use crate::interpreter;
use crate::seed;

pub(super) fn check(context: &Context) -> Vec<(PathBuf, What)> {
    let mut found = not_private(context);
    let Ok(cache) = directories::cache(context) else { return found };
    if found.iter().any(|(path, _)| *path == cache) {
        return found;
    }
    // One that is not there yet is made below the first directory that is.
    let there = cache.ancestors().find(|path| std::fs::symlink_metadata(path).is_ok()).unwrap_or(&cache);
    let is_refused = match access(there, AccessFlags::W_OK | AccessFlags::X_OK) {
        Err(Errno::EACCES | Errno::EROFS | Errno::ELOOP) => true,
        _ => !there.is_dir(),
    };
    if is_refused {
        let is_ours = super::place::is_ours(there);
        found.push((there.to_path_buf(), What::CacheNotWritable { is_ours }));
        return found;
    }
    let damaged = interpreter::damaged_records(context).into_iter().chain(seed::damaged_trees(&cache));
    found.extend(damaged.map(|path| (path, What::CacheDamaged)));
    found
}

/// What is there and ignored, because others can change it.
fn not_private(context: &Context) -> Vec<(PathBuf, What)> {
    let below = |directory: Option<PathBuf>, name: &str| directory.map(|directory| directory.join(name));
    let places = [
        (directories::cache(context).ok(), env_vars::XDG_CACHE_HOME),
        (below(directories::config(context), "config.toml"), env_vars::XDG_CONFIG_HOME),
        (below(directories::config(context), "defaults.txt"), env_vars::XDG_CONFIG_HOME),
        (below(directories::state(context).ok(), "trust"), env_vars::XDG_STATE_HOME),
    ];
    let there = places.into_iter().filter_map(|(path, variable)| {
        let path = path.filter(|path| std::fs::symlink_metadata(path).is_ok())?;
        let doubt = doubt(&path)?;
        Some((path, What::NotPrivate { doubt, variable }))
    });
    there.collect()
}
