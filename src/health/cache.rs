//! The cache: whether it can be written to, and whether what is in it can be read.
//!
//! Nothing in it is needed: a damaged file only costs time, and is made anew when it is next asked for.

use std::path::PathBuf;

use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};

use super::What;
use crate::context::Context;
use crate::directories;
use crate::interpreter;
use crate::seed;

pub(super) fn check(context: &Context) -> Vec<(PathBuf, What)> {
    let Ok(cache) = directories::cache(context) else { return Vec::new() };
    // One that is not there yet is made below the first directory that is.
    let there = cache.ancestors().find(|path| std::fs::symlink_metadata(path).is_ok()).unwrap_or(&cache);
    let is_refused = match access(there, AccessFlags::W_OK | AccessFlags::X_OK) {
        Err(Errno::EACCES | Errno::EROFS | Errno::ELOOP) => true,
        _ => !there.is_dir(),
    };
    if is_refused {
        let is_ours = super::place::is_ours(there);
        return vec![(there.to_path_buf(), What::CacheNotWritable { is_ours })];
    }
    let damaged = interpreter::damaged_records(context).into_iter().chain(seed::damaged_trees(&cache));
    damaged.map(|path| (path, What::CacheDamaged)).collect()
}
