//! Compares versions and conditions with the `packaging` in pip, the reference implementation of
//! PEP 440.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::{Specifiers, Version};
use crate::fuzzed::{batch, many, python_answers, tally};

/// pip before 24 accepts any text as a version.
const PACKAGING: &str = "
import pip
assert int(pip.__version__.split('.')[0]) >= 24
from pip._vendor.packaging.version import Version, InvalidVersion
from pip._vendor.packaging.specifiers import SpecifierSet, InvalidSpecifier
";

/// Conditions and a version: prints `y`, `n`, or `-` if the conditions are not valid.
const CONTAINS: &str = "
def answer(document):
    conditions, version = document.decode().split('\\t')
    try:
        return b'ny'[SpecifierSet(conditions).contains(version, prereleases=True):][:1]
    except InvalidSpecifier:
        return b'-'
";

/// Two versions: prints the normal form of the first and how it compares to the second.
const COMPARES: &str = "
def answer(document):
    try:
        one, other = map(Version, document.decode().split('\\t'))
    except InvalidVersion:
        return b'-'
    return (str(one) + ('<' if one < other else '>' if one > other else '=')).encode()
";

const VERSIONS: [&str; 24] = [
    "2.7.18",
    "3.0.0",
    "3.7.9",
    "3.8",
    "3.8.0",
    "3.8.4",
    "3.8.5",
    "3.8.5.post1",
    "3.8.5+local.1",
    "3.8.5.dev2",
    "3.8.6",
    "3.9.dev1",
    "3.9.0a2",
    "3.9a2.post1",
    "3.9.0rc1",
    "3.9rc1.dev3",
    "3.9.0",
    "3.9+1",
    "3.9.post2.dev1",
    "3.9.post2",
    "4.0.0",
    "4.0.post1+x",
    "1!3.8.5",
    "1!0.1rc1",
];

/// All conditions of one clause, and some of two clauses.
fn conditions() -> Vec<String> {
    let numbers = [
        "3",
        "3.8",
        "3.8.0",
        "3.8.5",
        "3.8.5.0",
        "3.9.0rc1",
        "3.9a2",
        "3.9.dev1",
        "3.9.post2",
        "4",
        "3.",
        "x",
        "3.8.*",
        "3.*",
        "3.9rc1.*",
        "3.8.5+local.1",
        "1!3.8",
        "1!3.*",
    ];
    let single = ["==", "===", "!=", "~=", "<=", ">=", "<", ">", "=", "", "=>"];
    let single: Vec<String> =
        single.iter().flat_map(|sign| numbers.iter().map(move |number| format!("{sign}{number}"))).collect();
    let paired =
        single.iter().step_by(7).flat_map(|one| single.iter().step_by(9).map(move |other| format!("{one}, {other}")));
    single.iter().cloned().chain(paired).collect()
}

#[test]
fn conditions_are_judged_as_packaging_does() {
    let conditions = conditions();
    let asked: Vec<(&str, &str)> =
        conditions.iter().flat_map(|text| VERSIONS.map(|version| (text.as_str(), version))).collect();
    let documents: Vec<String> = asked.iter().map(|(conditions, version)| format!("{conditions}\t{version}")).collect();
    let mut seen = [0; 3];
    for ((conditions, version), theirs) in
        asked.iter().zip(python_answers(&format!("{PACKAGING}{CONTAINS}"), &documents))
    {
        let parsed = Specifiers::parse(conditions);
        let ours =
            parsed.map_or(b'-', |parsed| if parsed.contain(&Version::parse(version).unwrap()) { b'y' } else { b'n' });
        assert_eq!(char::from(ours).to_string().as_bytes(), theirs, "{conditions} and {version}");
        seen[b"yn-".iter().position(|answer| *answer == ours).unwrap()] += 1;
    }
    assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
    tally("conditions judged beside packaging", seen.iter().sum());
}

#[test]
fn versions_are_read_and_ordered_as_packaging_does() {
    let text = "v?([0-3]!)?[0-2](\\.[0-2]){0,2}([-_.]?(a|beta|c|rc|pre|preview|x)[-_.]?[0-2]?)?\
                (-[0-2]|[-_.]?(post|rev|r)[-_.]?[0-2]?)?([-_.]?dev[-_.]?[0-2]?)?(\\+[a-b0-2]([-_.][a-b0-2]{1,2}){0,2})?";
    let pairs = batch(4_000, &(text, text));
    let documents: Vec<String> = pairs.iter().map(|(one, other)| format!("{one}\t{other}")).collect();
    let mut seen = [0; 2];
    for ((one, other), theirs) in pairs.iter().zip(python_answers(&format!("{PACKAGING}{COMPARES}"), &documents)) {
        let ours = match (Version::parse(one), Version::parse(other)) {
            (Some(one), Some(other)) => {
                let sign = match one.cmp(&other) {
                    Ordering::Less => '<',
                    Ordering::Equal => '=',
                    Ordering::Greater => '>',
                };
                format!("{one}{sign}")
            }
            _ => "-".to_owned(),
        };
        assert_eq!(ours, String::from_utf8(theirs).unwrap(), "{one} and {other}");
        seen[usize::from(ours == "-")] += 1;
    }
    assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
    tally("versions compared beside packaging", pairs.len());
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn what_is_written_is_read_as_the_same(version in "[0-9v!.]{1,6}[a-z0-9+._-]{0,9}", conditions in "([<>=~!]{1,3} ?[0-9v.]{1,5}[a-z0-9+.*]{0,6},?){0,3}") {
        if let Some(parsed) = Version::parse(&version) {
            prop_assert_eq!(Version::parse(&parsed.to_string()), Some(parsed));
        }
        if let Some(parsed) = Specifiers::parse(&conditions) {
            prop_assert_eq!(Specifiers::parse(&parsed.to_string()), Some(parsed));
        }
        tally("versions compared beside packaging", 1);
    }
}
