//! The lines of an rc file: the block that `venvwrap setup` writes, lines that load venvwrap or
//! virtualenvwrapper otherwise, and a new text with exactly the changes wanted.
//!
//! Removing the block gives back the file byte for byte. What the text alone would not say, such
//! as a missing newline before the block, is noted in the line that opens the block.

use memchr::memmem;

use super::former::{self, FormerLine};
use super::is_comment;

const OPENING: &[u8] = b"# >>> venvwrap setup >>>";
const CLOSING: &[u8] = b"# <<< venvwrap setup <<<";
const EXPLANATION: &[u8] = b"# Loads the commands of venvwrap. `venvwrap setup --uninstall` removes this block.\n";

/// Opens a block after a last line without a newline.
const WITHOUT_NEWLINE: &[u8] = b" (the line above had no newline)";
/// Opens the block of a file that `setup` created.
const CREATED: &[u8] = b" (setup created this file)";

/// Stands before a line that was disabled. `:` keeps an `if` around the line valid.
const DISABLED: &[u8] = b": # disabled by venvwrap setup: ";

/// A line of the old or the new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    Kept(Vec<u8>),
    Removed(Vec<u8>),
    Added(Vec<u8>),
}

/// A block that has no end, or an end without a beginning; the number of the line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DamagedBlock(pub(crate) usize);

/// What an rc file has to do with venvwrap. Lines are numbered from 1.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    pub(crate) has_block: bool,
    /// Whether the block switches environments by directory.
    pub(crate) is_automatic: bool,
    /// Whether lines are disabled.
    pub(crate) has_disabled: bool,
    /// The first line outside of the block that loads venvwrap.
    pub(crate) by_hand: Option<usize>,
    /// Lines that load virtualenvwrapper.
    pub(crate) former: Vec<(usize, FormerLine)>,
}

/// Looks at the lines of a text. `is_shim`: whether a line loads virtualenvwrapper.sh of venvwrap.
pub(crate) fn survey(text: &[u8], is_shim: impl Fn(&[u8]) -> bool) -> Survey {
    let mut survey = Survey::default();
    let mut is_inside = false;
    for (line, number) in text.split(|byte| *byte == b'\n').zip(1..) {
        if opens(line) || closes(line) {
            is_inside = opens(line);
            survey.has_block |= is_inside;
        } else if line.starts_with(DISABLED) {
            survey.has_disabled = true;
        } else if is_inside {
            survey.is_automatic |= memmem::find(line, b" --auto").is_some();
        } else if !is_comment(line) {
            let loads = |word: &&[u8]| memmem::find(line, word).is_some();
            let former = former::read(line);
            if [&b"venvwrap init"[..], b"venvwrap/init.", b"use venvwrap-shell *"].iter().any(loads)
                || former.is_some() && is_shim(line)
            {
                survey.by_hand = survey.by_hand.or(Some(number));
            } else if let Some(former) = former {
                survey.former.push((number, former));
            }
        }
    }
    survey
}

/// The lines with a block of this code, which comes last in a text without a block. `text` is
/// `None` without a file; without `code`, the block stays. `disables`: whether to disable the lines
/// that load virtualenvwrapper.
pub(crate) fn with_block(text: Option<&[u8]>, code: Option<&[u8]>, disables: bool) -> Result<Vec<Line>, DamagedBlock> {
    let body = code.map(|code| [EXPLANATION, code].concat());
    let mut has_block = false;
    let mut lines = edited(text.unwrap_or_default(), |part| match part {
        Part::Outside(line) if disables && former::read(&line) == Some(FormerLine::Whole) => {
            vec![Line::Removed(line.clone()), Line::Added([DISABLED, &line].concat())]
        }
        Part::Outside(line) => vec![Line::Kept(line)],
        Part::Block(block) if has_block => block.into_iter().map(Line::Removed).collect(),
        Part::Block(mut block) => {
            has_block = true;
            let (last, first) = (block.pop().unwrap_or_default(), block.remove(0));
            let Some(body) = body.as_ref().filter(|body| **body != block.concat()) else {
                return [vec![first], block, vec![last]].concat().into_iter().map(Line::Kept).collect();
            };
            let added = lines_of(body).map(Line::Added);
            let changed = block.into_iter().map(Line::Removed).chain(added);
            [Line::Kept(first)].into_iter().chain(changed).chain([Line::Kept(last)]).collect()
        }
    })?;
    if let Some(body) = body.filter(|_| !has_block) {
        let note = match (text, lines.last_mut()) {
            (None, _) => CREATED,
            (_, Some(Line::Kept(last) | Line::Added(last))) if !last.ends_with(b"\n") => {
                last.push(b'\n');
                WITHOUT_NEWLINE
            }
            _ => b"",
        };
        let block = [OPENING, note, b"\n", &body, CLOSING, b"\n"].concat();
        lines.extend(lines_of(&block).map(Line::Added));
    }
    Ok(lines)
}

/// The lines without the block, and with the disabled lines as they were. `None`: `setup` created
/// the file, and nothing else is in it.
pub(crate) fn without_block(text: &[u8]) -> Result<(Vec<Line>, bool), DamagedBlock> {
    let (mut was_created, mut had_newline) = (false, true);
    let mut lines: Vec<Line> = Vec::new();
    let edited = edited(text, |part| match part {
        Part::Outside(line) => match line.strip_prefix(DISABLED) {
            Some(before) => vec![Line::Removed(line.clone()), Line::Added(before.to_vec())],
            None => vec![Line::Kept(line)],
        },
        Part::Block(block) => block.into_iter().map(Line::Removed).collect(),
    })?;
    for line in edited {
        if let Line::Removed(opening) = &line
            && opens(opening)
        {
            let note = opening.trim_ascii_end();
            was_created |= note.ends_with(CREATED);
            had_newline &= !note.ends_with(WITHOUT_NEWLINE);
        }
        lines.push(line);
    }
    let is_left = |line: &Line| !matches!(line, Line::Removed(_));
    if !had_newline
        && let Some(Line::Kept(last) | Line::Added(last)) = lines.iter_mut().rev().find(|line| is_left(line))
        && last.ends_with(b"\n")
        && text.trim_ascii_end().ends_with(CLOSING)
    {
        last.pop();
    }
    let is_removed = was_created && !lines.iter().any(is_left);
    Ok((lines, is_removed))
}

/// The new text.
pub(crate) fn joined(lines: &[Line]) -> Vec<u8> {
    let left = lines.iter().filter_map(|line| match line {
        Line::Kept(line) | Line::Added(line) => Some(&line[..]),
        Line::Removed(_) => None,
    });
    left.collect::<Vec<_>>().concat()
}

/// A part of a text.
enum Part {
    Outside(Vec<u8>),
    /// The lines of a block, with the first and the last one.
    Block(Vec<Vec<u8>>),
}

fn edited(text: &[u8], mut edit: impl FnMut(Part) -> Vec<Line>) -> Result<Vec<Line>, DamagedBlock> {
    let mut edited = Vec::new();
    let mut block: Vec<Vec<u8>> = Vec::new();
    let mut begins = 0;
    for (line, number) in lines_of(text).zip(1..) {
        match (opens(&line), closes(&line), block.is_empty()) {
            (true, _, false) => return Err(DamagedBlock(begins)),
            (_, true, true) => return Err(DamagedBlock(number)),
            (true, ..) => {
                begins = number;
                block.push(line);
            }
            (_, true, _) => {
                block.push(line);
                edited.extend(edit(Part::Block(std::mem::take(&mut block))));
            }
            (_, _, false) => block.push(line),
            _ => edited.extend(edit(Part::Outside(line))),
        }
    }
    if block.is_empty() { Ok(edited) } else { Err(DamagedBlock(begins)) }
}

/// The lines with their ends.
fn lines_of(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec)
}

fn opens(line: &[u8]) -> bool {
    line.trim_ascii().starts_with(OPENING)
}

fn closes(line: &[u8]) -> bool {
    line.trim_ascii() == CLOSING
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: Option<&str>, code: &str, disables: bool) -> String {
        let lines = with_block(text.map(str::as_bytes), Some(code.as_bytes()), disables).unwrap();
        String::from_utf8(joined(&lines)).unwrap()
    }

    fn without(text: &str) -> Option<String> {
        let (lines, is_removed) = without_block(text.as_bytes()).unwrap();
        (!is_removed).then(|| String::from_utf8(joined(&lines)).unwrap())
    }

    #[test]
    fn the_file_comes_back_byte_for_byte() {
        for text in [
            None,
            Some(""),
            Some("\n"),
            Some("a"),
            Some("a\n"),
            Some("a\r\nb\r\n"),
            Some("a\r\nb"),
            Some("if x; then\n  source /x/virtualenvwrapper.sh\nfi"),
            Some("source virtualenvwrapper.sh"),
            Some("source virtualenvwrapper.sh\r\n"),
        ] {
            for disables in [false, true] {
                let with_block = with(text, "load\n", disables);
                assert!(with_block.ends_with("load\n# <<< venvwrap setup <<<\n"), "{with_block}");
                assert_eq!(without(&with_block).as_deref(), text, "{with_block}");
                assert_eq!(with(Some(&with_block), "load\n", disables), with_block, "it changes at the second time");
                // Another line in place of the first one: what was noted stays.
                let again = with(Some(&with_block), "other\n", disables);
                assert!(again.contains("\nother\n") && !again.contains("load\n"), "{again}");
                assert_eq!(without(&again).as_deref(), text, "{again}");
            }
        }
    }

    #[test]
    fn what_others_added_meanwhile_stays() {
        let text = with(Some("a"), "load\n", false);
        assert_eq!(without(&format!("{text}b\n")).unwrap(), "a\nb\n");
        let created = with(None, "load\n", false);
        assert_eq!(without(&format!("b\n{created}")).unwrap(), "b\n");
        let crlf = created.replace('\n', "\r\n");
        assert_eq!(without(&crlf), None);
        assert_eq!(without(&format!("{created}b\n{text}")).unwrap(), "b\na");
        assert_eq!(with(Some(&format!("{text}{created}")), "load\n", false), text);
    }

    #[test]
    fn half_a_block_is_refused() {
        let text = with(Some("a\n"), "load\n", false);
        let (head, tail) = text.split_at(text.find("load").unwrap());
        for (text, line) in [(format!("{head}b\n"), 2), (format!("b\n{tail}"), 3), (format!("{head}{text}"), 2)] {
            assert_eq!(with_block(Some(text.as_bytes()), Some(b"load\n"), false), Err(DamagedBlock(line)), "{text}");
            assert_eq!(without_block(text.as_bytes()), Err(DamagedBlock(line)), "{text}");
        }
    }

    #[test]
    fn lines_by_hand_are_told_from_the_block() {
        let look = |text: &str| survey(text.as_bytes(), |line| line.ends_with(b"shim/virtualenvwrapper.sh"));
        let block = with(None, "eval \"$(venvwrap init bash)\"\n", false);
        assert_eq!(look(&block), Survey { has_block: true, ..Survey::default() });
        let automatic = with(None, "venvwrap init fish --auto | source\n", false);
        assert_eq!(look(&automatic), Survey { has_block: true, is_automatic: true, ..Survey::default() });
        let by_hand = format!("# venvwrap init bash\n{block}eval \"$(venvwrap init bash)\"\n");
        assert_eq!(look(&by_hand), Survey { has_block: true, by_hand: Some(6), ..Survey::default() });
        assert_eq!(look(". /x/share/venvwrap/init.bash\n").by_hand, Some(1));
        let shim = look("source /shim/virtualenvwrapper.sh\nsource /x/virtualenvwrapper.sh\n");
        assert_eq!((shim.by_hand, &shim.former[..]), (Some(1), &[(2, FormerLine::Whole)][..]));
        let disabled = with(Some("source virtualenvwrapper.sh\n"), "load\n", true);
        assert_eq!(look(&disabled), Survey { has_block: true, has_disabled: true, ..Survey::default() });
    }
}
