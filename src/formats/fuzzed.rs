//! Odd files in every format, read as Python reads them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::dist_info::{Headers, is_name, normalized};
use super::pyvenv_cfg::{PyvenvCfg, with_value};
use super::record::{self, InstalledFile};
use crate::fuzzed::{batch, documents, kept, python_answers, tally};

const SEEN: &str = "include-system-site-packages";

/// How `site` itself reads a file: whether the packages of the base are visible, and `home`.
const SITE: &str = "
import os, site, sys, tempfile
room = tempfile.TemporaryDirectory()
sys.executable = os.path.join(room.name, 'bin', 'python')

def answer(document):
    with open(os.path.join(room.name, 'pyvenv.cfg'), 'wb') as file:
        file.write(document)
    sys.prefix = sys.exec_prefix = room.name
    site.PREFIXES, sys._home = ['base'], None
    try:
        site.venv(set())
    except UnicodeDecodeError:
        return b'cannot start'
    seen = b'1' if site.PREFIXES[1:] else b'0'
    return seen + (b' none' if sys._home is None else b' at ' + sys._home.encode())
";

/// The same answer from [`PyvenvCfg`].
fn told(text: &[u8]) -> Vec<u8> {
    let cfg = PyvenvCfg::parse(text);
    let seen: &[u8] = if cfg.get(SEEN).is_none_or(|value| value.eq_ignore_ascii_case(b"true")) { b"1" } else { b"0" };
    let home = cfg.get("home").map_or(b" none".to_vec(), |home| [b" at ", home].concat());
    [seen, &home].concat()
}

/// The lines of a file that do not give the key.
fn others(text: &[u8]) -> Vec<&[u8]> {
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty());
    lines.filter(|line| PyvenvCfg::parse(line).get(SEEN).is_none()).collect()
}

fn site_reads_the_same(files: &[Vec<u8>]) {
    let edited: Vec<Vec<u8>> = files.iter().map(|text| with_value(text, SEEN, b"true")).collect();
    let answers = python_answers(SITE, &[files, &edited[..]].concat());
    let (before, after) = answers.split_at(files.len());
    for ((text, edited), (before, after)) in files.iter().zip(&edited).zip(before.iter().zip(after)) {
        let shown = text.escape_ascii();
        assert_eq!(others(text), others(edited), "{shown}");
        let cfg = PyvenvCfg::parse(edited);
        assert_eq!(cfg.get(SEEN), Some(&b"true"[..]), "{shown}");
        assert_eq!(&with_value(edited, SEEN, b"true"), edited, "{shown}");
        let _ = (cfg.prompt(), cfg.version());
        if before != b"cannot start" {
            assert_eq!(told(text).escape_ascii().to_string(), before.escape_ascii().to_string(), "{shown}");
            let turned_on = [b"1", &before[1..]].concat();
            assert_eq!(turned_on.escape_ascii().to_string(), after.escape_ascii().to_string(), "{shown}");
        }
    }
    tally("damaged files of others, read as Python reads them", files.len());
}

#[test]
fn pyvenv_cfg_is_read_as_site_reads_it() {
    let words = &["home", SEEN, "true", "False", "prompt = '", "version = 3."];
    let files = [kept("pyvenv.cfg"), batch(600, &documents("pyvenv.cfg", words))].concat();
    site_reads_the_same(&files);
}

/// The name in a METADATA, by the parser that importlib.metadata and pip read it with.
const EMAIL: &str = "
import email, io

def answer(document):
    text = io.TextIOWrapper(io.BytesIO(document), encoding='utf-8', errors='surrogateescape').read()
    # As they stand: asked for one by name, it tries to encode what cannot be.
    names = [value for key, value in email.message_from_string(text).raw_items() if key.lower() == 'name']
    return (names or [''])[0].encode('utf-8', 'surrogateescape')
";

#[test]
fn the_name_in_metadata_is_the_one_that_pip_reads() {
    let words = &["Name:", "name : ", "Name: a\n b", "Summary: x\n Name: y\n", "From ", "\n\tName: z", "Version: 1.0"];
    let files = [kept("METADATA"), batch(600, &documents("METADATA", words))].concat();
    for (text, answer) in files.iter().zip(python_answers(EMAIL, &files)) {
        // What is no name is left out, so how it is misread does not matter.
        let proper = |name: Option<String>| name.filter(|name| is_name(name));
        let theirs = String::from_utf8(answer).ok().map(|name| name.trim().to_owned());
        assert_eq!(proper(Headers::new(text).first("Name")), proper(theirs), "{}", text.escape_ascii());
    }
    tally("damaged files of others, read as Python reads them", files.len());
}

/// PEP 503 and PEP 508 as they are written.
const NAMES: &str = "
import re

def answer(name):
    name = name.decode()
    is_name = re.fullmatch('([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])', name, re.ASCII | re.IGNORECASE)
    return re.sub('[-_.]+', '-', name).lower().encode() if is_name else b''
";

#[test]
fn names_are_compared_as_indexes_compare_them() {
    let given = batch(600, &prop_oneof!["[a-zA-Z0-9._-]{0,12}", "[a-zA-Z][ -~\u{c4}\u{130}\u{212a}\n]{0,6}", ".{0,8}"]);
    for (name, answer) in given.iter().zip(python_answers(NAMES, &given)) {
        let ours = if is_name(name) { normalized(name) } else { String::new() };
        assert_eq!(ours.as_bytes(), answer, "{name:?}");
    }
    tally("names of distributions and of pythons that are odd", given.len());
}

/// Rows of a RECORD.
const CSV: &str = "
import csv, io, json

def answer(document):
    return json.dumps(list(csv.reader(io.StringIO(document.decode(), newline='')))).encode()
";

#[test]
fn python_and_we_read_the_record_that_was_written() {
    // As `wheel` accepts them.
    let path = "[a-z\\u{e4}\\u{65e5}]([ ,\"'/#;a-z0-9._\\u{a0}\\u{2028}-]{0,12})";
    let records = batch(300, &vec(path, 1..8));
    let texts: Vec<Vec<u8>> = records
        .iter()
        .map(|paths| record::text(paths.iter().map(|path| InstalledFile::of(path, b"")).collect()))
        .collect();
    for ((paths, text), answer) in records.iter().zip(&texts).zip(python_answers(CSV, &texts)) {
        let mut paths = paths.clone();
        paths.sort();
        let ours: Vec<Vec<u8>> = record::rows(text).map(|row| row.path).collect();
        assert_eq!(ours, paths.iter().map(String::as_bytes).collect::<Vec<_>>());
        let rows: Vec<Vec<String>> = serde_json::from_slice(&answer).unwrap();
        assert_eq!(rows.iter().map(|row| &row[0]).collect::<Vec<_>>(), paths.iter().collect::<Vec<_>>());
        assert!(rows.iter().all(|row| row.len() == 3 && row[2] == "0"), "{rows:?}");
    }
    tally("damaged files of others, read as Python reads them", records.len());
}
