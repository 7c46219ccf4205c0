//! Odd input for the tests of parsers, and programs that know the right answer.
//!
//! Owns nearly valid documents: what is kept in tests/corpus, with bytes, lines and line ends
//! changed at random. What has to hold of them is in the test modules named `fuzzed`, beside the
//! parsers. Every input that once failed is kept there.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::context::Context;

/// What parsers stumble over, in any format.
const ODD: &[&[u8]] = &[
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\0",
    b"\xff",
    b"\r",
    b"\r\n",
    b"\n",
    b"\n\n",
    b"\n ",
    b" ",
    b"\t",
    b"\x0b",
    b"\x0c",
    b"\x1c",
    b"\x1b[31m",
    b"\xc2\x85",
    b"\xc2\xa0",
    b"\xe2\x80\xa8",
    b"=",
    b":",
    b",",
    b"\"",
    b"'",
    b"#",
    b"\\",
    b"/",
    b".",
    b"-",
    b"0",
    b"99999999999999999999",
];

/// The files of tests/corpus for one parser.
pub(crate) fn kept(parser: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(parser);
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One change of a document.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Cut(Index),
    Drop(Index, usize),
    Double(Index, usize),
    SwapLines(Index, Index),
    EndLinesWith(&'static [u8]),
    Insert(Index, &'static [u8]),
    /// As often as makes a line long.
    Repeat(Index, usize),
}

impl Change {
    fn make(&self, text: &mut Vec<u8>) {
        let place = |at: &Index| at.index(text.len() + 1);
        match self {
            Self::Flip(at, mask) if !text.is_empty() => {
                let at = at.index(text.len());
                text[at] ^= mask;
            }
            Self::Cut(at) => text.truncate(place(at)),
            Self::Drop(at, length) => {
                let at = place(at);
                text.drain(at..text.len().min(at + length));
            }
            Self::Double(at, length) => {
                let at = place(at);
                text.extend_from_within(at..text.len().min(at + length));
            }
            Self::SwapLines(one, other) => {
                let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
                if !lines.is_empty() {
                    let length = lines.len();
                    lines.swap(one.index(length), other.index(length));
                }
                *text = lines.concat();
            }
            Self::EndLinesWith(end) => *text = text.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(*end),
            Self::Insert(at, bytes) => {
                let at = place(at);
                text.splice(at..at, bytes.iter().copied());
            }
            Self::Repeat(at, times) if !text.is_empty() => {
                let at = at.index(text.len());
                let byte = text[at];
                text.splice(at..at, std::iter::repeat_n(byte, *times));
            }
            // Of nothing.
            Self::Flip(..) | Self::Repeat(..) => {}
        }
    }
}

fn change(words: &'static [&'static str]) -> impl Strategy<Value = Change> {
    let odd: Vec<&'static [u8]> = ODD.iter().copied().chain(words.iter().map(|word| word.as_bytes())).collect();
    prop_oneof![
        2 => (any::<Index>(), 1..=255_u8).prop_map(|(at, mask)| Change::Flip(at, mask)),
        1 => any::<Index>().prop_map(Change::Cut),
        2 => (any::<Index>(), 1..20_usize).prop_map(|(at, length)| Change::Drop(at, length)),
        2 => (any::<Index>(), 1..60_usize).prop_map(|(at, length)| Change::Double(at, length)),
        2 => any::<(Index, Index)>().prop_map(|(one, other)| Change::SwapLines(one, other)),
        1 => select(vec![&b"\r\n"[..], b"\r", b"\n\n", b"\n\t", b"\x0b", b""]).prop_map(Change::EndLinesWith),
        6 => (any::<Index>(), select(odd)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (any::<Index>(), 1..2_000_usize).prop_map(|(at, times)| Change::Repeat(at, times)),
    ]
}

/// Documents as they are kept for a parser, each with up to five changes. `words` are put in as
/// well: what means something to this parser.
pub(crate) fn documents(parser: &str, words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> + use<> {
    (select(kept(parser)), vec(change(words), 0..6)).prop_map(|(mut text, changes)| {
        for change in &changes {
            change.make(&mut text);
        }
        text
    })
}

/// So many values. They are not made smaller where a test fails: it starts a program once for all
/// of them, and names the one that failed.
pub(crate) fn batch<S: Strategy>(count: usize, strategy: &S) -> Vec<S::Value> {
    let mut runner = TestRunner::default();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// For a test that starts nothing.
pub(crate) fn many() -> ProptestConfig {
    ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() }
}

/// A program by the search path of the tests, for modules that know no context.
pub(crate) fn program(name: impl AsRef<Path>) -> std::process::Command {
    Context::from_process().command(name.as_ref())
}

/// The Pythons of this machine: the system's first, then pyenv's.
fn pythons() -> Vec<PathBuf> {
    let system = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].map(PathBuf::from);
    let home = Context::from_process().home().map(|home| home.join(".pyenv/versions"));
    let installed = home.and_then(|versions| fs::read_dir(versions).ok()).into_iter().flatten();
    let installed = installed.map(|entry| entry.unwrap().path().join("bin/python3"));
    let mut found: Vec<PathBuf> = system.into_iter().chain(installed).filter(|python| python.is_file()).collect();
    found.push("python3".into());
    found
}

/// Has a Python answer each document. `code` defines `answer`, from bytes to bytes. It runs once,
/// in the first Python that has what it imports.
pub(crate) fn python_answers<T: AsRef<[u8]>>(code: &str, documents: &[T]) -> Vec<Vec<u8>> {
    let frame = "
import struct, sys
asked, told, at = sys.stdin.buffer.read(), [], 0
while at < len(asked):
    length, = struct.unpack_from('<Q', asked, at)
    told.append(answer(asked[at + 8:at + 8 + length]))
    at += 8 + length
sys.stdout.buffer.write(b''.join(struct.pack('<Q', len(text)) + text for text in told))
";
    let mut asked = Vec::new();
    for document in documents.iter().map(AsRef::as_ref) {
        asked.extend((document.len() as u64).to_le_bytes());
        asked.extend(document);
    }
    let answered = pythons().into_iter().find_map(|python| {
        let mut command = program(&python);
        command.args(["-I", "-B", "-c", &format!("{code}{frame}")]).current_dir("/");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        // A Python that lacks what `code` imports reads nothing.
        let _ = child.stdin.take().unwrap().write_all(&asked);
        let output = child.wait_with_output().unwrap();
        output.status.success().then_some(output.stdout)
    });
    let stdout = answered.expect("no Python could answer, see above");
    let mut answers = Vec::with_capacity(documents.len());
    let mut rest = stdout.as_slice();
    while let Some((length, text)) = rest.split_first_chunk() {
        let (answer, more) = text.split_at(usize::try_from(u64::from_le_bytes(*length)).unwrap());
        answers.push(answer.to_vec());
        rest = more;
    }
    assert_eq!(answers.len(), documents.len());
    answers
}

/// Notes that so many of a kind were tried and held (tests/tools/tallied.sh, docs/faults.md).
pub(crate) fn tally(kind: &str, count: usize) {
    let process = Context::from_process();
    let Some(file) = process.variable("VENVWRAP_TALLY") else { return };
    let mut file = fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    // One write, for other tests write too.
    file.write_all(format!("{count}\t{kind}\n").as_bytes()).unwrap();
}
