//! Ignores a cache or settings that other users can write to, and uses another cache instead.
//!
//! Owns the decision for the cache and the settings, and reports it once per process. The rule
//! itself is in `fs::private`.

use std::path::{Path, PathBuf};
use std::sync::Once;

use nix::unistd::geteuid;

use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::error::StoreError;
use crate::fs::private::{Doubt, create_private, doubt};
use crate::output;
use crate::shown::shown;

/// The cache directory. If other users can write to it, a private directory in TMPDIR. `None` if
/// that is not private, either.
pub(crate) fn cache(context: &Context) -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let named = directories::cache(context).ok()?;
    let Some(doubt) = doubt(&named) else { return Some(named) };
    let stand_in = stand_in(context);
    let used = stand_in.as_ref().map(|used| format!("; used {} instead", shown(used))).unwrap_or_default();
    SAID.call_once(|| report(&format!("the cache {}", shown(&named)), &doubt, &used, env_vars::XDG_CACHE_HOME));
    stand_in
}

/// The directory of one part of the cache. `None` if it is a link, or not private.
pub(crate) fn cache_part(context: &Context, name: &str) -> Option<PathBuf> {
    let part = cache(context)?.join(name);
    is_own_directory(&part).then_some(part)
}

/// Whether a directory, which may be missing, is private and not a link.
pub(crate) fn is_own_directory(directory: &Path) -> bool {
    let is_link = std::fs::symlink_metadata(directory).is_ok_and(|entry| !entry.is_dir());
    !is_link && doubt(directory).is_none()
}

/// Reports once that the settings in a file are ignored.
pub(crate) fn settings_ignored(file: &Path, doubt: &Doubt) {
    static SAID: Once = Once::new();
    SAID.call_once(|| report(&format!("the settings in {}", shown(file)), doubt, "", env_vars::XDG_CONFIG_HOME));
}

/// The hint that makes a directory private. `variable` can name another directory.
pub(crate) fn remedy(doubt: &Doubt, variable: &str) -> String {
    doubt.remedy().unwrap_or_else(|| {
        let sudo = if geteuid().is_root() { "run it without `sudo -E`, or " } else { "" };
        format!("{sudo}set {variable} to a directory of your own")
    })
}

fn report(what: &str, doubt: &Doubt, used: &str, variable: &str) {
    output::report(
        &StoreError::Ignored {
            what: what.to_owned(),
            reason: format!("{doubt}{used}"),
            remedy: remedy(doubt, variable),
        }
        .into(),
    );
}

/// A private directory among the temporary files.
fn stand_in(context: &Context) -> Option<PathBuf> {
    let temporary = context.absolute("TMPDIR").unwrap_or(Path::new("/tmp"));
    let directory = temporary.join(format!("venvwrap-{}", geteuid()));
    create_private(&directory).ok()?;
    is_own_directory(&directory).then_some(directory)
}
