//! Random command lines, read as bash reads them.

use std::process::Stdio;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::fuzzed::{batch, many, tally};

const BREAKS: &[u8] = b" \t\n\"'@><=;|&(:";

/// What bash makes of words: a program gets them.
fn bash_reads(lines: &[Vec<u8>]) -> Vec<Vec<Vec<u8>>> {
    use std::io::Write;
    // A record ends with a word that cannot be one.
    let code: Vec<Vec<u8>> =
        lines.iter().map(|line| [b"printf '%s\\0' ", &line[..], b"; printf '\\1\\0'\n"].concat()).collect();
    let mut command = crate::fuzzed::program("bash");
    command.args(["--norc", "--noprofile"]).env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let code = code.concat();
    let writer = std::thread::spawn(move || input.write_all(&code).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let words = output.stdout.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect::<Vec<_>>();
    words.split(|word| word == b"\x01").map(<[_]>::to_vec).take(lines.len()).collect()
}

/// Text as one can type it, and what it means.
fn typed() -> impl Strategy<Value = Vec<u8>> {
    let any = || vec(prop_oneof![2 => select(b"'\"\\$`!;&|<>(){}[]*?~#%=^:@ \t".to_vec()), 1 => 2..=255_u8], 0..6);
    let single = any().prop_map(|text| [b"'", &*without(text, b"'\n"), b"'"].concat());
    let double = any().prop_map(|text| {
        let escaped = without(text, b"\n")
            .into_iter()
            .flat_map(|byte| if b"\"$`\\".contains(&byte) { vec![b'\\', byte] } else { vec![byte] });
        std::iter::once(b'"').chain(escaped).chain([b'"']).collect::<Vec<u8>>()
    });
    let bare = any().prop_map(|text| without(text, b"\n").into_iter().flat_map(|byte| [b'\\', byte]).collect());
    let plain = "[a-z0-9./_+,-]{1,5}".prop_map(String::into_bytes);
    // With a letter, for nothing at all is no word.
    vec(prop_oneof![single, double, bare, plain], 1..5).prop_map(|parts| [b" w", &*parts.concat()].concat())
}

fn without(text: Vec<u8>, bytes: &[u8]) -> Vec<u8> {
    text.into_iter().filter(|byte| !bytes.contains(byte)).collect()
}

fn shown(words: &[Vec<u8>]) -> Vec<String> {
    words.iter().map(|word| word.escape_ascii().to_string()).collect()
}

#[test]
fn words_are_what_bash_hands_to_a_program() {
    let lines = batch(400, &vec(typed(), 1..4));
    let lines: Vec<Vec<u8>> = lines.into_iter().map(|words| words.concat()).collect();
    for (line, expected) in lines.iter().zip(bash_reads(&lines)) {
        let words: Vec<Vec<u8>> = TypedLine::read(line, BREAKS).words.into_iter().map(OsStringExt::into_vec).collect();
        assert_eq!(shown(&words), shown(&expected), "{}", line.escape_ascii());
    }
    tally("command lines as typed, read as bash reads them", lines.len());
}

fn insertion(line: &TypedLine, candidate: &OsStr, whole: bool) -> Vec<u8> {
    let mut text = Vec::new();
    line.write_insertion(candidate, whole, &mut text);
    text
}

#[test]
fn what_is_inserted_is_the_candidate_to_bash() {
    let any = vec(
        prop_oneof![2 => select(b"'\"\\$`!;&|<>(){}[]*?~#%=^:@ \t".to_vec()), 1 => 2..=255_u8, 1 => b'a'..=b'z'],
        1..12,
    );
    let candidates = batch(400, &(any.prop_map(|text| without(text, b"\n")), select(vec!["", "'", "\""])));
    let lines: Vec<Vec<u8>> = candidates
        .iter()
        .map(|(candidate, quote)| {
            let line = [b"workon ", quote.as_bytes()].concat();
            let inserted = insertion(&TypedLine::read(&line, BREAKS), OsStr::from_bytes(candidate), false);
            [quote.as_bytes(), &inserted, quote.as_bytes()].concat()
        })
        .collect();
    for (((candidate, _), line), words) in candidates.iter().zip(&lines).zip(bash_reads(&lines)) {
        assert_eq!(shown(&words), shown(std::slice::from_ref(candidate)), "{}", line.escape_ascii());
    }
    tally("command lines as typed, read as bash reads them", lines.len());
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn any_line_cut_anywhere_can_be_completed(line in vec(any::<u8>(), 0..40), at in any::<Index>(), typed in typed()) {
        let mut line = [line, typed].concat();
        line.truncate(at.index(line.len() + 1));
        let read = TypedLine::read(&line, BREAKS);
        let word = read.words.last().unwrap();
        // Nothing is left to insert but what is kept already.
        prop_assert!(insertion(&read, word, false).len() <= 4 * line.len());
        let _ = (insertion(&read, OsStr::new(""), true), insertion(&read, OsStr::new("é $x"), true));
        tally("command lines as typed, read as bash reads them", 1);
    }
}
