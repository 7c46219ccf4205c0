//! Property tests: random requests, and random names of installations.

use proptest::prelude::*;

use super::super::fake;
use super::super::label::Label;
use super::*;
use crate::fuzzed::{many, tally};

fn requests() -> impl Strategy<Value = String> {
    prop_oneof![
        "(python|cpython|cp|pypy|PyPy|pp|graalpy|jython|any|v|)[@ -]?[0-9]{0,4}(\\.[0-9]{0,4}){0,4}\
         (t|d|td|\\+freethreaded|\\+gil|\\+debug|rc1|a2|b|-dev|\\n|){0,2}",
        "(cpython|pypy|)@?([<>=~!^]{1,3} ?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(\\.\\*|rc1|)[, ]{0,2}){1,3}(t|\\+gil|)",
        "(cpython|pp|any|python|)-?(any|3\\.[0-9]{1,2}(\\.[0-9])?|>=3,<4|)(-(any|linux|macos|x86_64|aarch64|gnu|musl|none|x)){0,4}",
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
                // A search on PATH never uses the text that was typed.
                let commands = [description.exact_commands(), description.general_commands(), description.reported_commands()];
                for command in commands.concat() {
                    let rest = ["python", "pypy", "graalpy"].iter().find_map(|stem| command.strip_prefix(stem));
                    let is_plain = |byte: u8| byte.is_ascii_digit() || b".td".contains(&byte);
                    prop_assert!(rest.is_some_and(|rest| rest.bytes().all(is_plain)), "{}", command);
                }
            }
            Ok(Request::Path(path)) => prop_assert!(path.is_absolute() && (text.contains('/') || text == "~" || text.starts_with('.'))),
            // A single file name, so it cannot point outside of the directories of PATH.
            Ok(Request::Command(command)) => prop_assert!(command == *text && !text.contains('/') && !text.is_empty()),
            Ok(Request::Default) => prop_assert!(text.eq_ignore_ascii_case("default")),
            Err(error) => prop_assert_eq!((error.status(), error.to_string().lines().count()), (2, 1), "{}", error),
        }
        tally("names of distributions and of pythons that are odd", 1);
    }

    /// A name is ruled out only if no such interpreter could meet the request.
    #[test]
    fn no_name_is_ruled_out_that_could_fit(text in requests(), minor in 0..20_u8, micro in 0..20_u8, stage in 0..3_usize) {
        let context = Context::made_of(&[("HOME", "/h")]);
        if let Ok(Request::Described(wanted)) = Request::parse(Some(OsStr::new(&text)), &context) {
            let mut python = fake::interpreter(Path::new("/opt/x"), &format!("3.{minor}.{micro}"));
            python.release = ["final.0", "candidate.1", "alpha.2"][stage].to_owned();
            if wanted.mismatch(&python).is_none() {
                let name = format!("python3.{minor}");
                let commands = [wanted.exact_commands(), wanted.general_commands()].concat();
                prop_assert!(commands.iter().any(|command| *command == name || command == "python"), "{} {:?}", text, commands);
                let label = Label::parse(&format!("3.{minor}.{micro}")).unwrap();
                let freely = !text.contains('t') && !text.contains("free");
                prop_assert!(wanted.fits_label(&label) || !freely, "{}", text);
            }
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
