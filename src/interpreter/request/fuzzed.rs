//! Random requests, and random names of installations.

use proptest::prelude::*;

use super::super::label::Label;
use super::*;
use crate::fuzzed::{many, tally};

fn requests() -> impl Strategy<Value = String> {
    prop_oneof![
        "(python|cpython|pypy|PyPy|jython|)[@ -]?[0-9]{0,4}(\\.[0-9]{0,4}){0,4}(t|\\+freethreaded|rc1|-dev|\\n|)",
        "[<>=~!^]{0,2}[0-9.tx*, ]{0,10}",
        "(-|--|~|)[a-z0-9 ;$'\"`|&\\x00-\\x1f]{0,12}",
        ".{0,10}",
    ]
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn a_description_is_shown_as_it_can_be_typed(text in requests()) {
        let context = Context::made_of(&[("HOME", "/h")]);
        match Request::parse(Some(OsStr::new(&text)), &context) {
            Ok(Request::Described(description)) => {
                let again = Request::parse(Some(OsStr::new(&description.to_string())), &context).unwrap();
                prop_assert_eq!(&again, &Request::Described(description.clone()));
                // What is looked for on PATH is never what was typed.
                for command in description.exact_commands().into_iter().chain(description.general_commands()) {
                    let rest = command.strip_prefix("python").or_else(|| command.strip_prefix("pypy"));
                    let is_plain = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b't';
                    prop_assert!(rest.is_some_and(|rest| rest.bytes().all(is_plain)), "{}", command);
                }
            }
            Ok(Request::Path(path)) => prop_assert!(path.is_absolute() && (text.contains('/') || text == "~" || text.starts_with('.'))),
            // One file name: nothing that leads anywhere but into the directories of PATH.
            Ok(Request::Command(command)) => prop_assert!(command == *text && !text.contains('/') && !text.is_empty()),
            Ok(Request::Default) => prop_assert_eq!(text, "default"),
            Err(error) => prop_assert_eq!((error.status(), error.to_string().lines().count()), (2, 1), "{}", error),
        }
        tally("names of distributions and of pythons that are odd", 1);
    }

    #[test]
    fn any_name_of_an_installation_can_be_looked_at(name in requests(), more in "[-+.a-z0-9_]{0,20}") {
        if let Some(label) = Label::parse(&format!("{name}{more}")) {
            prop_assert!((1..=3).contains(&label.version().len()));
            let _ = (label.is_final(), label.is_pypy(), label.is_free_threaded(), label.newest_first());
        }
        tally("names of distributions and of pythons that are odd", 1);
    }
}
