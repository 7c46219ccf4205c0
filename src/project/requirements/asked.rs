//! What a requirements file asks for, line by line, with the files that it includes by `-r`.

use std::path::{Path, PathBuf};

use super::line::{Line, path, without_comment};
use super::{joined, lines};
use crate::formats::requirement::Requirement;
use crate::fs::{read_small, tidied};

/// Limits for included files: how many are read, and how much of each.
const MOST: usize = 64;
const LIMIT: u64 = 1024 * 1024;

/// One line that asks for a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// By name.
    Named(Requirement),
    /// By a directory or file on this machine.
    Path(PathBuf),
    /// By an address, without a name.
    Address(String),
}

/// The lines of a text. `directory`: what its paths are relative to. Options, constraints, and
/// invalid lines are left out; the installer reports them.
pub(crate) fn asked(text: &str, directory: &Path) -> Vec<Asked> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    let mut next = vec![(directory.to_path_buf(), text.to_owned())];
    while let Some((directory, text)) = next.pop() {
        for line in lines(text.trim_start_matches('\u{feff}')) {
            let line = joined(line);
            let line = without_comment(&line);
            match Line::of(line) {
                Line::Named(_) => {
                    // Options of the requirement, such as `--hash`, follow a blank.
                    let requirement = line.split(" --").next().unwrap_or_default();
                    found.extend(Requirement::parse(requirement).map(Asked::Named));
                }
                Line::Editable(what) | Line::Unnamed(what) => found.push(place(what, &directory)),
                Line::Included(file) if !line.starts_with("-c") && !line.starts_with("--c") => {
                    let file = tidied(&directory.join(file));
                    if seen.len() < MOST && !seen.contains(&file) {
                        if let Ok(Some(text)) = read_small(&file, LIMIT) {
                            let directory = file.parent().unwrap_or(Path::new("/")).to_path_buf();
                            next.push((directory, String::from_utf8_lossy(&text).into_owned()));
                        }
                        seen.push(file);
                    }
                }
                Line::Included(_) | Line::Other => {}
            }
        }
    }
    found
}

fn place(what: &str, directory: &Path) -> Asked {
    let what = what.split(" ;").next().unwrap_or_default().trim();
    if what.contains("://") && !what.starts_with("file:") {
        Asked::Address(what.to_owned())
    } else {
        Asked::Path(path(what, directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_asks_for_a_distribution_is_read() {
        let room = tempfile::tempdir().unwrap();
        let more = room.path().join("more.txt");
        std::fs::write(&more, "-r more.txt\n-c constraints.txt\nsix\n").unwrap();
        std::fs::write(room.path().join("constraints.txt"), "never==1\n").unwrap();
        let text = "\u{feff}# comment\nA_b==1 \\\n  --hash=sha256:0 --hash=sha256:1\n-r more.txt\n--index-url https://h\n\
                    -e ./src[x]\ngit+https://h/r@v1#egg=r\n./x.whl ; m\n";
        let named = |text: &str| Asked::Named(Requirement::parse(text).unwrap());
        let expected = [
            named("a-b==1"),
            Asked::Path(room.path().join("src")),
            Asked::Address("git+https://h/r@v1#egg=r".to_owned()),
            Asked::Path(room.path().join("x.whl")),
            named("six"),
        ];
        assert_eq!(asked(text, room.path()), expected);
    }
}
