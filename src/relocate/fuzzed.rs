//! What others installed, damaged: RECORD is read as Python's csv module reads it, scripts lead where they led.

use std::path::Path;

use super::record::{Changed, Records};
use super::spelling::Spelling;
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
fn only_what_has_changed_changes_in_a_record() {
    let words = &["/x/env/y", "../../../bin/pip", "\"", "\"\"", ",sha256=OLD,5\n", ",,\n", "\"\n", "/x/env"];
    let records = [kept("RECORD"), batch(600, &documents("RECORD", words))].concat();
    let changed = ["bin/pip", "bin/virtualenv", "lib/p/site-packages/a \"b\", c", "share/a \"b\", c"]
        .map(|path| Changed::new(Path::new(path), b""));
    let spelling = Spelling::new(&["/x/env".into()], Path::new("/N, m"));
    let place = Path::new("lib/p/site-packages/a-1.dist-info/RECORD");
    let replaced: Vec<Option<Vec<u8>>> = records
        .iter()
        .map(|record| Records::new(&changed, &spelling, Path::new("/N, m")).replaced(place, record))
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
