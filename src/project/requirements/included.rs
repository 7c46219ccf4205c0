//! What a requirements file takes from others, with `-r` and `-c`: their packages are not written
//! again beside them.

use std::path::{Path, PathBuf};

use super::line::Line;
use super::{joined, lines};
use crate::environment::frozen::Frozen;
use crate::fs::{read_small, tidied};

/// As many files are read as a person could keep in mind, and as much of each.
const MOST: usize = 64;
const LIMIT: u64 = 1024 * 1024;

/// The files that a text includes, and those that they include.
#[derive(Debug, Default)]
pub(super) struct Included {
    /// The directory that paths count from, and the text.
    files: Vec<(PathBuf, String)>,
}

impl Included {
    /// Reads them, each once. What cannot be read has no lines: the installer will say so.
    pub(super) fn of(text: &str, directory: &Path) -> Self {
        let mut found = Self::default();
        let mut seen = Vec::new();
        let mut next = vec![(directory.to_path_buf(), text.to_owned())];
        while let Some((directory, text)) = next.pop() {
            for line in lines(&text) {
                let line = joined(line);
                let Line::Included(file) = Line::of(&line) else { continue };
                let path = tidied(&directory.join(file));
                if file.contains("://") || seen.contains(&path) || seen.len() >= MOST {
                    continue;
                }
                seen.push(path.clone());
                if let Ok(Some(text)) = read_small(&path, LIMIT) {
                    let directory = path.parent().unwrap_or(Path::new("/")).to_path_buf();
                    let text = String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').to_owned();
                    found.files.push((directory.clone(), text.clone()));
                    next.push((directory, text));
                }
            }
        }
        found
    }

    /// Whether one of them has a line for that package.
    pub(super) fn has(&self, frozen: &Frozen) -> bool {
        self.files.iter().any(|(directory, text)| {
            lines(text).into_iter().any(|line| Line::of(&joined(line)).is_for(frozen, directory))
        })
    }
}
