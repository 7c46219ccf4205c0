//! What others installed, damaged: RECORD is read as Python's csv module reads it, scripts lead
//! where they led.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::record::{ChangedFile, RecordUpdates};
use super::script;
use super::spelling::Spelling;
use crate::context::Context;
use crate::formats::shebang::opening;
use crate::fuzzed::{batch, documents, kept, python_answers, tally};

/// Rows of a RECORD. Each byte is a character, so that any can be read.
const CSV: &str = "
import csv, io, json

def answer(document):
    try:
        return json.dumps(list(csv.reader(io.StringIO(document.decode('latin-1'), newline='')))).encode()
    except csv.Error:
        # Before 3.11 a NUL was one.
        return b'null'
";

const HASH: &str = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

#[test]
fn only_changed_rows_of_a_record_change() {
    let words = &["/x/env/y", "../../../bin/pip", "\"", "\"\"", ",sha256=OLD,5\n", ",,\n", "\"\n", "/x/env"];
    let records = [kept("RECORD"), batch(600, &documents("RECORD", words))].concat();
    let changed = ["bin/pip", "bin/virtualenv", "lib/p/site-packages/a \"b\", c", "share/a \"b\", c"]
        .map(|path| ChangedFile::new(Path::new(path), b""));
    let spelling = Spelling::new(&["/x/env".into()], Path::new("/N, m"));
    let place = Path::new("lib/p/site-packages/a-1.dist-info/RECORD");
    let replaced: Vec<Option<Vec<u8>>> = records
        .iter()
        .map(|record| RecordUpdates::new(&changed, &spelling, Path::new("/N, m")).replaced(place, record))
        .collect();
    let after = records.iter().zip(&replaced).map(|(record, replaced)| replaced.as_ref().unwrap_or(record).clone());
    let answers = python_answers(CSV, &records.iter().cloned().chain(after).collect::<Vec<_>>());
    let (before, after) = answers.split_at(records.len());
    for (index, record) in records.iter().enumerate() {
        let rows = |answer: &[u8]| serde_json::from_slice::<Option<Vec<Vec<String>>>>(answer).unwrap();
        let (Some(before), Some(after)) = (rows(&before[index]), rows(&after[index])) else { continue };
        let expected: Vec<Vec<String>> = before.iter().map(|row| moved(row)).collect();
        assert_eq!(after, expected, "{}", record.escape_ascii());
    }
    tally("damaged files of others, read as Python reads them", records.len());
}

/// What is to become of a row.
fn moved(row: &[String]) -> Vec<String> {
    let mut row = row.to_vec();
    let Some(path) = row.first_mut() else { return row };
    if path == "/x/env" || path.starts_with("/x/env/") {
        path.replace_range(.."/x/env".len(), "/N, m");
    }
    let is_changed = matches!(
        path.as_str(),
        "../../../bin/pip"
            | "../../../bin/virtualenv"
            | "a \"b\", c"
            | "../../../share/a \"b\", c"
            | "/N, m/bin/pip"
            | "/N, m/bin/virtualenv"
            | "/N, m/share/a \"b\", c"
            | "/N, m/lib/p/site-packages/a \"b\", c"
    );
    if is_changed && row.get(1).is_some_and(|hash| !hash.is_empty()) {
        row.truncate(1);
        row.extend([HASH.to_owned(), "0".to_owned()]);
    }
    row
}

/// Bytes that a component of a path can have, with more of those that shells and Pythons treat in
/// their own way than chance would give. (Apple's file system wants UTF-8.)
fn component() -> impl Strategy<Value = Vec<u8>> {
    let special = select(b"'\"\\$`!;&|<>(){}[]*?~#%=^ \t\r\x1b\x7f\xff\xc3\xa9".to_vec());
    let allowed = |byte: &u8| !b"/\n\0".contains(byte) && (byte.is_ascii() || !cfg!(target_os = "macos"));
    vec(prop_oneof![3 => special, 1 => 1..=255_u8, 2 => b'a'..=b'z', 1 => Just(b'\'')], 1..40)
        .prop_map(move |bytes| [b"e", &*bytes.into_iter().filter(allowed).collect::<Vec<_>>()].concat())
}

/// Arguments and the line about the coding, as a script may have them.
fn heads() -> impl Strategy<Value = (&'static str, &'static str)> {
    (
        select(vec!["", "-E", "-sE -X utf8"]),
        select(vec!["", "# -*- coding: utf-8 -*-\n", "# vim: set fileencoding=x coding=latin-1\n"]),
    )
}

#[test]
fn a_script_moved_there_and_back_is_unchanged() {
    let there_and_back = batch(600, &(component(), component(), heads(), 2..4_u32));
    for (old, new, (arguments, coding), major) in &there_and_back {
        // A line about the coding goes where it contradicts the path.
        let is_text = [old, new].iter().all(|name| std::str::from_utf8(name).is_ok());
        let coding = if is_text { coding } else { "" };
        let [old, new] = [old, new].map(|name| [b"/", &name[..]].concat());
        let [there, back] = [(&old, &new), (&new, &old)]
            .map(|(from, to)| Spelling::new(&[OsStr::from_bytes(from).into()], Path::new(OsStr::from_bytes(to))));
        let script = |root: &[u8]| {
            let python = [root, format!("/bin/python{major}").as_bytes()].concat();
            [&*opening(&python, arguments.as_bytes(), coding.as_bytes(), *major), b"import sys\n"].concat()
        };
        let [first, second] = [script(&old), script(&new)];
        let shown = format!("{} {}", first.escape_ascii(), second.escape_ascii());
        if old == new {
            continue;
        }
        let moved = script::replaced(&there, &first, *major).expect(&shown);
        assert_eq!(moved.escape_ascii().to_string(), second.escape_ascii().to_string(), "{shown}");
        let moved = script::replaced(&back, &moved, *major).expect(&shown);
        assert_eq!(moved.escape_ascii().to_string(), first.escape_ascii().to_string(), "{shown}");
    }
    tally("first lines of scripts, written, run and read again", there_and_back.len());
}

#[test]
fn a_damaged_script_is_no_error() {
    let words =
        &["/x/env/bin/python", "#!/bin/sh\n", "'''exec' ", " \"$0\" \"$@\"\n' '''\n", "# coding: x\n", "/x/env"];
    let scripts = [kept("scripts"), batch(800, &documents("scripts", words))].concat();
    let spelling = Spelling::new(&["/x/env".into()], Path::new("/N 'm"));
    for script in &scripts {
        for major in [2, 3] {
            let replaced = script::replaced(&spelling, script, major);
            assert_ne!(replaced.as_ref(), Some(script), "{}", script.escape_ascii());
        }
    }
    tally("first lines of scripts, written, run and read again", scripts.len());
}

/// Whether Python can read it, without a warning.
const COMPILES: &str = "
import warnings
warnings.simplefilter('error')

def answer(script):
    try:
        compile(script, 'script', 'exec')
        return b''
    except Exception as error:
        return str(error).encode()
";

#[test]
fn the_kernel_sh_and_python_read_rewritten_scripts() {
    let room = tempfile::tempdir().unwrap();
    // It tells the path that it was started by.
    let teller = room.path().join("teller");
    let written = Context::made_of(&[])
        .command("/bin/sh")
        .args(["-c", "printf '#!/bin/sh\\nprintf %%s \"$0\"\\n' >\"$1\"; chmod 755 \"$1\"", "sh"])
        .arg(&teller)
        .status();
    assert!(written.unwrap().success());
    let paths = batch(60, &component());
    let mut scripts = Vec::new();
    for (number, name) in paths.iter().enumerate() {
        let name = [number.to_string().as_bytes(), name].concat();
        let python = room.path().join(OsStr::from_bytes(&name));
        std::os::unix::fs::symlink(&teller, &python).unwrap();
        let script = opening(python.as_os_str().as_bytes(), b"", b"", 3);
        let file = room.path().join("script");
        std::fs::write(&file, &script).unwrap();
        // A direct line is the kernel's matter, and the same for every path.
        if script.starts_with(b"#!/bin/sh\n") {
            let output = Context::made_of(&[]).command("/bin/sh").arg(&file).output().unwrap();
            let told = output.stdout.escape_ascii().to_string();
            assert_eq!(told, python.as_os_str().as_bytes().escape_ascii().to_string(), "{}", script.escape_ascii());
        }
        scripts.push(script);
    }
    for (script, answer) in scripts.iter().zip(python_answers(COMPILES, &scripts)) {
        assert_eq!(answer.escape_ascii().to_string(), "", "{}", script.escape_ascii());
    }
    tally("first lines of scripts, written, run and read again", scripts.len());
}
