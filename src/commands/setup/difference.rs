//! The changes of a file as a unified diff, which `patch` can read.

use std::ffi::OsStr;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;

use crate::rc_files::block::Line;
use crate::shown::shown;

/// Unchanged lines around a change.
const AROUND: usize = 2;

/// The changes, with these names for the old and the new file.
pub(super) fn unified(old: &str, new: &str, lines: &[Line]) -> String {
    let is_near = |at: usize| {
        let around = &lines[at.saturating_sub(AROUND)..lines.len().min(at + AROUND + 1)];
        around.iter().any(|line| !matches!(line, Line::Kept(_)))
    };
    let mut text = format!("--- {old}\n+++ {new}\n");
    let mut numbers = [1, 1];
    let mut at = 0;
    while at < lines.len() {
        let end = (at..lines.len()).find(|at| !is_near(*at)).unwrap_or(lines.len());
        let mut counts = [0, 0];
        let mut hunk = String::new();
        for line in &lines[at..end.max(at + 1)] {
            let (sign, bytes, [old, new]) = match line {
                Line::Kept(bytes) => (' ', bytes, [1, 1]),
                Line::Removed(bytes) => ('-', bytes, [1, 0]),
                Line::Added(bytes) => ('+', bytes, [0, 1]),
            };
            counts = [counts[0] + old, counts[1] + new];
            let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
            let _ = writeln!(hunk, "{sign}{}", shown(OsStr::from_bytes(bytes)));
        }
        if end > at {
            // By convention, an empty range is that after the line before.
            let range = |side: usize| format!("{},{}", numbers[side] - i32::from(counts[side] == 0), counts[side]);
            let _ = write!(text, "@@ -{} +{} @@\n{hunk}", range(0), range(1));
        }
        numbers = [numbers[0] + counts[0], numbers[1] + counts[1]];
        at = end.max(at + 1);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_the_lines_around_it() {
        let kept = |text: &str| Line::Kept(format!("{text}\n").into_bytes());
        let mut lines: Vec<Line> = ["1", "2", "3", "4"].map(kept).into();
        lines.extend([Line::Removed(b"5\x1b\n".into()), Line::Added(b"five".into())]);
        lines.extend(["6", "7", "8", "9", "10", "11", "12"].map(kept));
        lines.push(Line::Added(b"13\n".into()));
        let expected =
            "--- a\n+++ b\n@@ -3,5 +3,5 @@\n 3\n 4\n-5\\u{1b}\n+five\n 6\n 7\n@@ -11,2 +11,3 @@\n 11\n 12\n+13\n";
        assert_eq!(unified("a", "b", &lines), expected);
        let new = unified("/dev/null", "b", &[Line::Added(b"1\n".into())]);
        assert_eq!(new, "--- /dev/null\n+++ b\n@@ -0,0 +1,1 @@\n+1\n");
    }
}
