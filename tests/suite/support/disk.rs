//! What lies on a disk, as lines: to see that nothing changed, or exactly what did.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Everything below a directory, a line each in the order of the paths: what it is, its mode, and a
/// link's target or a file's text; of a long text its length and a number made from it.
pub(crate) fn tree(root: &Path) -> String {
    let mut lines = Vec::new();
    walk(root, root, &mut lines);
    lines.join("\n")
}

fn walk(root: &Path, directory: &Path, lines: &mut Vec<String>) {
    let mut entries: Vec<_> = fs::read_dir(directory).unwrap().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let entry = fs::symlink_metadata(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().display();
        let mode = entry.mode() & 0o7777;
        if entry.is_dir() {
            lines.push(format!("{name}/ {mode:o}"));
            walk(root, &path, lines);
        } else if entry.is_symlink() {
            lines.push(format!("{name} -> {}", fs::read_link(&path).unwrap().display()));
        } else {
            let text = fs::read(&path).unwrap();
            let told = if text.len() > 512 {
                let mut hasher = DefaultHasher::new();
                hasher.write(&text);
                format!("{} bytes {:x}", text.len(), hasher.finish())
            } else {
                text.escape_ascii().to_string()
            };
            lines.push(format!("{name} {mode:o} {told}"));
        }
    }
}

/// The names of what is directly in a directory, sorted; none where there is no directory.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().as_bytes().escape_ascii().to_string()).collect();
    names.sort();
    names
}
