//! Edits to one line of code: parts of it replaced, with the quotes around them kept valid.

use std::ops::Range;

use crate::quoting::{Cell, Language};
use crate::sorting;

/// The part of a line to replace, and its replacement.
pub(super) type Edit = (Range<usize>, Vec<u8>);

/// The edit that makes `length` cells from `at` on mean `new`.
pub(super) fn edit(line: &[u8], cells: &[Cell], at: usize, length: usize, new: &[u8], language: Language) -> Edit {
    let (first, last) = (cells[at], cells[at + length - 1]);
    let mut text = language.write(new, first.quote);
    // The old value started in one pair of quotes and ended in another: the text after it is still
    // inside the other pair.
    if first.quote != last.quote {
        text.extend([first.quote, last.quote].iter().filter(|quote| quote.is_syntax()).map(|quote| quote.mark));
    }
    let mut range = first.start..last.end;
    // The new text closes the quotes around it and opens them again. If nothing else is inside,
    // drop the empty pair.
    let is_quote = |place: usize, neighbor: Option<&Cell>| {
        line.get(place) == Some(&b'"') && neighbor.is_none_or(|cell| !(cell.start..cell.end).contains(&place))
    };
    if text.starts_with(b"\"'") && is_quote(range.start.wrapping_sub(1), at.checked_sub(1).map(|before| &cells[before]))
    {
        range.start -= 1;
        text.remove(0);
    }
    if text.ends_with(b"'\"") && is_quote(range.end, cells.get(at + length)) {
        range.end += 1;
        text.pop();
    }
    (range, text)
}

/// The line with these edits, which do not overlap.
pub(super) fn applied(line: &[u8], mut edits: Vec<Edit>) -> Option<Vec<u8>> {
    sorting::sort_by_key(&mut edits, |(range, _)| range.start);
    let mut made = Vec::with_capacity(line.len());
    let mut at = 0;
    for (range, new) in &edits {
        made.extend_from_slice(&line[at..range.start]);
        made.extend_from_slice(new);
        at = range.end;
    }
    made.extend_from_slice(&line[at..]);
    (!edits.is_empty() && made != line).then_some(made)
}

/// Whether the cells start with these bytes.
pub(super) fn begins(cells: &[Cell], bytes: &[u8]) -> bool {
    cells.len() >= bytes.len() && cells.iter().zip(bytes).all(|(cell, byte)| cell.byte == *byte)
}
