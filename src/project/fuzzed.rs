//! Any path, written into `.project` and read again.

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

/// Absolute, and nearly all with something that ends a line or could be taken for its end.
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
            Err(Error::Value { .. }) => refused += 1,
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
        // NUL has no place in a path; line breaks at the end are not a part of it.
        let expected = !text.trim_ascii_end().is_empty() && !text.contains(&0);
        let found = linked(&environment, &context).unwrap();
        prop_assert!(found.is_some() || !expected);
        prop_assert!(found.is_none_or(|path| text.starts_with(path.as_os_str().as_bytes())));
    }
}
