//! Random paths, written to `.project` and read again.

use std::os::unix::ffi::OsStringExt;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::fuzzed::{batch, many, tally};

fn environment() -> (tempfile::TempDir, Environment, Context) {
    let room = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
    let environment = Environment::open(room.path()).unwrap().unwrap();
    (room, environment, Context::made_of(&[]))
}

/// Absolute paths, most of them with line breaks or the like.
fn paths() -> impl Strategy<Value = PathBuf> {
    let special = proptest::sample::select(b" \t\r\n\x0b\x0c\xff\xc2\x85\xa0\xef\xbb\xbf/.~$'\"#".to_vec());
    vec(prop_oneof![special, 1..=255_u8], 0..12)
        .prop_map(|bytes| PathBuf::from(OsString::from_vec([b"/", &*bytes].concat())))
}

#[test]
fn what_is_written_is_read_again_and_what_cannot_be_is_refused() {
    let (_room, environment, context) = environment();
    let long = PathBuf::from(format!("/{}", "x".repeat(20_000)));
    let paths = [vec![long], batch(300, &paths())].concat();
    let mut refused = 0;
    for path in &paths {
        match link(&environment, &context, path) {
            Ok(()) => assert!(linked(&environment, &context).unwrap().as_ref() == Some(path), "{path:?}"),
            Err(Error::Malformed { .. }) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(0 < refused && refused < paths.len() / 2, "{refused}");
    tally("damaged files of the person, obeyed or refused as a whole", paths.len());
}

#[test]
fn a_file_that_is_too_long_leads_nowhere_else() {
    let (room, environment, context) = environment();
    std::fs::write(room.path().join(".project"), format!("/{}/below\n", "x".repeat(20_000))).unwrap();
    assert!(linked(&environment, &context).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..many() })]

    #[test]
    fn any_file_is_read(text in vec(any::<u8>(), 0..40)) {
        let (room, environment, context) = environment();
        std::fs::write(room.path().join(".project"), &text).unwrap();
        // A path cannot contain NUL, and line breaks at the end are not part of it.
        let expected = !text.trim_ascii_end().is_empty() && !text.contains(&0);
        let found = linked(&environment, &context).unwrap();
        prop_assert!(found.is_some() || !expected);
        prop_assert!(found.is_none_or(|path| text.starts_with(path.as_os_str().as_bytes())));
    }
}

/// The files of a cloned project that ask for a Python are read, or refused in one line that names
/// the file; they never cause a panic.
#[test]
fn any_file_that_asks_for_a_python_is_read_or_refused_in_a_line() {
    let room = tempfile::tempdir().unwrap();
    let lines = "((# ?)?(3|3\\.1[0-9]|>=3\\.[0-9],<4|pypy3|system|\\.\\./x|my-env|\u{feff})?[ \t\r]{0,2}\n?){0,4}";
    let keys = "(\\[(project|requires|tool\\.x)\\]?\n)?((requires-python|python_version|python_full_version|x) ?=? ?\
                (['\"]?(>=3\\.8|3|\\*|)['\"]?|3|\\[\\]|\\{\\})\n){0,3}";
    let texts =
        prop_oneof![lines.prop_map(String::into_bytes), keys.prop_map(String::into_bytes), vec(0..=255_u8, 0..20)];
    let mut seen = [0; 3];
    for (text, name) in
        batch(600, &(texts, proptest::sample::select(vec![".python-version", "pyproject.toml", "Pipfile"])))
    {
        let file = room.path().join(name);
        std::fs::write(&file, &text).unwrap();
        match python::asked(room.path()) {
            Ok(None) => seen[0] += 1,
            Ok(Some(asked)) => {
                let said = asked.text.as_bytes();
                assert!(!said.is_empty() && !said.contains(&b'\n') && asked.file == file, "{asked:?}");
                assert!(text.windows(said.len()).any(|part| part == said) || asked.key.is_some(), "{asked:?}");
                seen[1] += 1;
            }
            Err(error) => {
                let message = error.to_string();
                assert!(message.contains(name) && message.lines().count() == 1, "{message}");
                seen[2] += 1;
            }
        }
        std::fs::remove_file(file).unwrap();
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
    tally("files that ask for a Python", seen.iter().sum());
}
