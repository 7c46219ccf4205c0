//! `conda-meta`: the directory that conda creates in every prefix, an installation or an
//! environment. What each of its files holds is in `environment::conda`.

use std::path::{Path, PathBuf};

/// The directory, relative to the prefix.
const DIRECTORY: &str = "conda-meta";

/// The file that conda writes first and never deletes, relative to the prefix.
pub(crate) const HISTORY: &str = "conda-meta/history";

/// The file of `conda env config vars`, relative to the prefix.
pub(crate) const STATE: &str = "conda-meta/state";

/// The `conda-meta` of this prefix.
pub(crate) fn directory(prefix: &Path) -> PathBuf {
    prefix.join(DIRECTORY)
}

/// Whether conda made this prefix.
pub(crate) fn is_in(prefix: &Path) -> bool {
    directory(prefix).is_dir()
}
