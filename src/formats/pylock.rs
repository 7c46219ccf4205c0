//! The names of lock files: `pylock.toml` and `pylock.NAME.toml` (PEP 751).

use std::path::Path;

/// The lock file of a project that has only one.
pub(crate) const DEFAULT: &str = "pylock.toml";

/// Whether a file is a lock file. Its name is the only mark: other TOML files look the same.
pub(crate) fn is_pylock(file: &Path) -> bool {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.strip_prefix("pylock.").and_then(|rest| rest.strip_suffix("toml"));
    // PEP 751 allows no dot in NAME.
    let is_allowed = |name: &str| !name.is_empty() && !name.contains('.');
    name.is_some_and(|name| name.is_empty() || name.strip_suffix('.').is_some_and(is_allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_is_known_by_its_name() {
        for name in ["pylock.toml", "pylock.dev.toml", "pylock.a-b.toml"] {
            assert!(is_pylock(&Path::new("/it's $x").join(name)), "{name}");
        }
        for name in ["pylock.txt", "pylock..toml", "pylock.a.b.toml", "pylocktoml", "xpylock.toml", "pylock.toml.txt"] {
            assert!(!is_pylock(Path::new(name)), "{name}");
        }
    }
}
