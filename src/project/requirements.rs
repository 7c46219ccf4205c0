//! A `requirements.txt` brought up to what is installed: its lines, which of them stay, which
//! change.
//!
//! Owns the text. Comments, options, the order, extras and markers stay as their writer has them;
//! versions, and which packages there are, are those of `pip freeze`. Nothing is run here.

use std::path::Path;

use self::included::Included;
use self::line::{Line, Requirement, without_comment};
use crate::environment::frozen::Frozen;
use crate::formats::dist_info::normalized;

mod included;
mod line;

/// What pip leaves out of its list, where it comes with an environment: lines for these are none of
/// ours.
const TOOLS: [&str; 4] = ["pip", "setuptools", "wheel", "distribute"];

/// The first line of a file that nobody has written by hand.
pub(crate) const MARK: &str = "# What is installed, as `venvwrap freeze` found it.";

/// What a file is to become.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Updated {
    /// Its text.
    pub(crate) text: String,
    /// The lines that come, in their order.
    pub(crate) added: Vec<String>,
    /// The lines that go, in their order.
    pub(crate) removed: Vec<String>,
    /// How many packages stay as they are.
    pub(crate) unchanged: usize,
}

/// Why a file cannot be brought up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HasHashes;

/// A line of `pip freeze` as it is written into a file: what lies in the project's directory is
/// named from there, as others have it elsewhere.
fn portable(frozen: &Frozen, directory: &Path) -> String {
    let Some(place) = &frozen.place else { return frozen.line.clone() };
    let below = place.strip_prefix(directory).ok().and_then(Path::to_str);
    // What would be read as something else in such a line.
    let is_plain = |path: &&str| !path.contains(|letter: char| letter.is_whitespace() || "#;[]$%".contains(letter));
    match (below.filter(is_plain), frozen.is_editable) {
        (Some(""), true) => "-e .".to_owned(),
        (Some(""), false) => ".".to_owned(),
        (Some(below), true) => format!("-e ./{below}"),
        (Some(below), false) => format!("./{below}"),
        _ => frozen.line.clone(),
    }
}

/// The lines as pip puts them together: one that ends in `\` goes on, but for comments.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut begun) = (0, 0);
    for (at, _) in text.match_indices('\n') {
        let line = &text[begun..at];
        begun = at + 1;
        if !line.trim_end_matches('\r').ends_with('\\') || line.trim_start().starts_with('#') {
            lines.push(&text[start..=at]);
            start = at + 1;
        }
    }
    lines.extend((start < text.len()).then(|| &text[start..]));
    lines
}

/// What goes on over several lines as one.
fn joined(text: &str) -> String {
    let mut joined = text.replace("\\\r\n", "").replace("\\\n", "");
    // pip drops a backslash at the end of the file as well, but not that of a comment.
    let is_comment = text.lines().last().is_some_and(|line| line.trim_start().starts_with('#'));
    if joined.ends_with('\\') && !is_comment {
        joined.pop();
    }
    joined
}

/// Brings `old` up to the lines of `pip freeze`. `directory`: the file's, which is the project's. A
/// line that is for no package, or does not say for which, stays byte for byte; of others only the
/// version is written anew.
pub(crate) fn updated(old: &str, frozen: &[Frozen], directory: &Path) -> Result<Updated, HasHashes> {
    const BYTE_ORDER_MARK: char = '\u{feff}';
    let mut new = Updated { text: String::new(), added: Vec::new(), removed: Vec::new(), unchanged: 0 };
    let text = old.strip_prefix(BYTE_ORDER_MARK).unwrap_or(old);
    new.text.push_str(&old[..old.len() - text.len()]);
    let line_end =
        if text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let included = Included::of(text, directory);
    let old_lines: Vec<(&str, String)> = lines(text).into_iter().map(|text| (text, joined(text))).collect();
    let has_hashes = old_lines.iter().any(|(_, joined)| without_comment(joined).contains("--hash"));
    let mut is_used: Vec<bool> = frozen.iter().map(|_| false).collect();
    for (text, joined) in &old_lines {
        let line = Line::of(joined);
        let found = frozen.iter().position(|candidate| line.is_for(candidate, directory));
        let stays = match (line, found) {
            (Line::Named(one), None) => !one.marker.is_empty() || TOOLS.contains(&&*normalized(one.name)),
            (Line::Named(one), Some(at)) => {
                let is_second = std::mem::replace(&mut is_used[at], true);
                // A constraint or another file says which version.
                let is_said_elsewhere = one.wanted.is_empty() && included.has(&frozen[at]);
                let is_as_installed = one.is_wanted_like(&frozen[at]) || is_said_elsewhere;
                new.unchanged += usize::from(is_as_installed);
                // Of several for one package, each for another place, the one that is installed is
                // no news to the others.
                let is_another = || is_second || old_lines.iter().any(|(_, line)| is_as_in(line, &frozen[at]));
                is_as_installed || (!one.marker.is_empty() && is_another())
            }
            (Line::Editable(_) | Line::Unnamed(_), Some(at)) => {
                new.unchanged += usize::from(!std::mem::replace(&mut is_used[at], true));
                true
            }
            // It says its name, and nothing of that name is installed.
            (Line::Editable(what), None) => !what.contains("#egg="),
            (Line::Unnamed(_), None) | (Line::Other | Line::Included(_), _) => true,
        };
        if stays {
            new.text.push_str(text);
            continue;
        }
        new.removed.push(without_comment(joined).to_owned());
        if let (Line::Named(one), Some(at)) = (line, found) {
            let (line, added) = pinned(text, joined, one, &portable(&frozen[at], directory));
            new.text.push_str(&line);
            new.added.push(added);
        }
    }
    let rest = frozen.iter().zip(&is_used).filter(|(frozen, used)| !**used && !included.has(frozen));
    for (frozen, _) in rest {
        let is_begun = new.text.ends_with('\n') || new.text.trim_start_matches(BYTE_ORDER_MARK).is_empty();
        if !is_begun {
            new.text.push_str(line_end);
        }
        // One that goes on is not to go on with this.
        let last = new.text.trim_end_matches(['\r', '\n']);
        if last.ends_with('\\') && new.text[last.len()..].matches('\n').count() < 2 {
            new.text.push_str(line_end);
        }
        let line = portable(frozen, directory);
        new.text.push_str(&line);
        new.text.push_str(line_end);
        new.added.push(line);
    }
    // pip takes a file with hashes only where every line has one.
    if has_hashes && !new.added.is_empty() { Err(HasHashes) } else { Ok(new) }
}

/// Whether a line asks for just what is installed.
fn is_as_in(line: &str, frozen: &Frozen) -> bool {
    matches!(Line::of(line), Line::Named(one) if normalized(one.name) == frozen.name && one.is_wanted_like(frozen))
}

/// A line with another version: in its place, so that everything else stays as it was written; and
/// how it is shown. `text`: as it stands in the file; `joined`: as one line.
fn pinned(text: &str, joined: &str, old: Requirement<'_>, frozen: &str) -> (String, String) {
    let end = &text[text.trim_end_matches(['\r', '\n']).len()..];
    let Line::Named(new) = Line::of(frozen) else {
        // It is worked on now, or comes from a place.
        let comment = joined.trim_end().strip_prefix(without_comment(joined)).unwrap_or_default();
        return (format!("{frozen}{comment}{end}"), frozen.to_owned());
    };
    let blank = if new.wanted.starts_with('@') { " " } else { "" };
    // Only one that stands on one line can be changed in its place; of others the version is on the
    // first, mostly.
    let at = |line: &str| {
        let head = line.find(old.head)? + old.head.len();
        let wanted = head + line[head..].find(old.wanted)?;
        Some((head, wanted + old.wanted.len()))
    };
    let replaced = |line: &str| {
        let (head, behind) = at(line)?;
        let rest = &line[behind..];
        let gap = if blank == " " && rest.starts_with(';') { " " } else { "" };
        Some(format!("{}{blank}{}{gap}{rest}", &line[..head], new.wanted))
    };
    let shown = replaced(without_comment(joined)).unwrap_or_else(|| frozen.to_owned());
    let line = replaced(text).or_else(|| replaced(joined)).unwrap_or_else(|| frozen.to_owned());
    // As one line it has lost the end of a comment that ends in a `\`.
    let line = if line.ends_with(end) { line } else { line + end };
    (line, shown)
}

#[cfg(test)]
mod tests;
