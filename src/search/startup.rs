//! Code in `.pth` files: every line that starts with `import` runs whenever a Python of the
//! environment starts.
//!
//! Owns which lines those are. Versions of Python disagree on where a line ends (up to 3.12 as text
//! files do, later as `str.splitlines` does) and on a byte order mark. A line that any of them
//! would run counts.

use std::fs;
use std::path::Path;

use super::{Match, SearchResult};
use crate::error::{Error, Result};
use crate::fs::read_prefix;
use crate::shown::shown;

/// How much of a file is read; honest files have a few lines.
const LIMIT: u64 = 1024 * 1024;

/// Adds the lines that run code in a site-packages directory.
pub(super) fn search(directory: &Path, found: &mut SearchResult) -> Result<()> {
    for entry in fs::read_dir(directory).map_err(Error::io("list", directory))? {
        let path = entry.map_err(Error::io("list", directory))?.path();
        if path.extension().is_none_or(|extension| extension != "pth") {
            continue;
        }
        match read_prefix(&path, LIMIT) {
            Ok(Some(text)) => {
                if text.len() as u64 >= LIMIT {
                    found.faults.push(format!("{} is too long: only its start was searched", shown(&path)));
                }
                let lines = lines_that_run(&text).into_iter();
                found.matches.extend(lines.map(|line| Match {
                    path: path.clone(),
                    line: Some(line),
                    ..Match::default()
                }));
            }
            Ok(None) => found.faults.push(format!("{} is not a regular file, or a link to none", shown(&path))),
            Err(error) => found.faults.push(Error::io("read", path)(error).to_string()),
        }
    }
    Ok(())
}

/// The numbers and texts of the lines that run.
fn lines_that_run(text: &[u8]) -> Vec<(usize, String)> {
    let text = String::from_utf8_lossy(text);
    let mut found = Vec::new();
    let lines = text.replace("\r\n", "\n");
    for (index, line) in lines.split(['\n', '\r']).enumerate() {
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        let ends_line = |letter: char| "\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}".contains(letter);
        let starts = std::iter::once(0).chain(
            line.char_indices().filter(|(_, letter)| ends_line(*letter)).map(|(at, letter)| at + letter.len_utf8()),
        );
        let mut starts = starts.filter(|at| line[*at..].starts_with("import ") || line[*at..].starts_with("import\t"));
        // Shown to its end, wherever that is: an older Python runs all of it.
        found.extend(starts.next().map(|at| (index + 1, line[at..].to_owned())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_an_endless_file_is_searched() {
        let room = tempfile::tempdir().unwrap();
        let padding = " ".repeat(usize::try_from(LIMIT).unwrap());
        std::fs::write(room.path().join("a.pth"), format!("import os\n{padding}\nimport x\n")).unwrap();
        let mut found = SearchResult::default();
        search(room.path(), &mut found).unwrap();
        let lines: Vec<_> = found.matches.iter().map(|found| found.line.clone().unwrap()).collect();
        assert_eq!(lines, [(1, "import os".to_owned())]);
        assert!(found.faults[0].ends_with("a.pth is too long: only its start was searched"), "{:?}", found.faults);
    }

    #[test]
    fn every_line_that_some_python_runs_is_found() {
        let lines = |text: &str| {
            let lines = lines_that_run(text.as_bytes()).into_iter();
            lines.map(|(number, line)| format!("{number}:{line}")).collect::<Vec<_>>().join("|")
        };
        for (text, expected) in [
            ("/a\nimport os\n# import x\nimport\tsys; sys.exit()", "2:import os|4:import\tsys; sys.exit()"),
            ("importlib\n import os\nIMPORT os\nimported x\n", ""),
            ("\u{feff}import os\r\n\r\nimport x\rimport y", "1:import os|3:import x|4:import y"),
            ("/a\u{2028}import os\n", "1:import os"),
            ("import a;\u{c}exec('b')\n", "1:import a;\u{c}exec('b')"),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
        assert_eq!(lines_that_run(b"\xff\nimport x # \xfe\n"), [(2, "import x # \u{fffd}".to_owned())]);
    }
}
