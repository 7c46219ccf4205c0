//! The content of a directory as lines, to assert that nothing or exactly the right files changed.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

/// Everything in a directory, sorted by path, one line each: the kind, the mode, and the target of
/// a link or the text of a file. A long text is shown as its length and a hash.
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

/// The names directly in a directory, sorted. Empty if the directory does not exist.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().as_bytes().escape_ascii().to_string()).collect();
    names.sort();
    names
}

/// Dates a file or a directory.
pub(crate) fn set_time(path: &Path, time: SystemTime) {
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}
