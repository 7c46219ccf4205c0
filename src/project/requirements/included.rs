//! The packages that a requirements file includes from others with `-r` and `-c`; `freeze` does not
//! list them twice.

use std::path::{Path, PathBuf};

use super::line::Line;
use super::{joined, lines};
use crate::environment::frozen::Frozen;
use crate::fs::{read_small, tidied};

/// Most files that are read.
const MOST: usize = 64;
const LIMIT: u64 = 1024 * 1024;

/// The files that a text includes, directly or indirectly.
#[derive(Debug, Default)]
pub(super) struct Included {
    /// The directory of a file, and its text.
    files: Vec<(PathBuf, String)>,
}

impl Included {
    /// Reads each file once. An unreadable file counts as empty; the installer reports it.
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

    /// Whether an included file has a line for that package.
    pub(super) fn has(&self, frozen: &Frozen) -> bool {
        self.files.iter().any(|(directory, text)| {
            lines(text).into_iter().any(|line| Line::of(&joined(line)).is_for(frozen, directory))
        })
    }
}
