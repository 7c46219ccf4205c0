//! Conditions, judged beside the `packaging` that every pip carries, which is what PEP 440 means in
//! practice.

use std::fmt::Write;
use std::io::Write as _;
use std::process::Stdio;

use super::super::real::interpreters;
use super::specifier::{Specifiers, Stage};
use crate::context::Context;
use crate::fuzzed::tally;

/// A line for each: `y` and `n`, or `-` for conditions that make no sense.
const JUDGE: &str = "
import sys, pip
# Before, it took any word for a version.
assert int(pip.__version__.split('.')[0]) >= 24
from pip._vendor.packaging.specifiers import SpecifierSet, InvalidSpecifier
for line in sys.stdin:
    conditions, version = line.rstrip('\\n').split('\\t')
    try:
        print('ny'[SpecifierSet(conditions).contains(version, prereleases=True)])
    except InvalidSpecifier:
        print('-')
";

const VERSIONS: [&str; 11] =
    ["2.7.18", "3.0.0", "3.7.9", "3.8.0", "3.8.4", "3.8.5", "3.8.6", "3.9.0a2", "3.9.0rc1", "3.9.0", "4.0.0"];

/// All conditions of one clause, and of two.
fn conditions() -> Vec<String> {
    let numbers =
        ["3", "3.8", "3.8.0", "3.8.5", "3.8.5.0", "3.9.0rc1", "3.9a2", "4", "3.", "x", "3.8.*", "3.*", "3.9rc1.*"];
    let single = ["==", "===", "!=", "~=", "<=", ">=", "<", ">", "=", "", "=>"];
    let single: Vec<String> =
        single.iter().flat_map(|sign| numbers.iter().map(move |number| format!("{sign}{number}"))).collect();
    let paired =
        single.iter().step_by(3).flat_map(|one| single.iter().step_by(5).map(move |other| format!("{one}, {other}")));
    single.iter().cloned().chain(paired).collect()
}

#[test]
fn conditions_are_judged_as_packaging_does() {
    let mut asked = Vec::new();
    let mut text = String::new();
    for conditions in conditions() {
        for version in VERSIONS {
            let end = version.find(char::is_alphabetic).unwrap_or(version.len());
            let release: Vec<u8> = version[..end].split('.').map(|part| part.parse().unwrap()).collect();
            let stage = Stage::leading(&version[end..]).unwrap().0;
            let ours = Specifiers::parse(&conditions);
            // Of a pre-release that was not thought of, uv and we think otherwise: it may be all
            // there is. `===` compares spellings, and ours is not the interpreter's.
            if (stage != Stage::Final && !ours.as_ref().is_some_and(Specifiers::name_prereleases))
                || conditions.contains("===")
            {
                continue;
            }
            let ours =
                ours.map_or('-', |ours| if ours.are_met_by(release.try_into().unwrap(), stage) { 'y' } else { 'n' });
            writeln!(text, "{conditions}\t{version}").unwrap();
            asked.push((conditions.clone(), version, ours));
        }
    }
    let pythons = interpreters();
    let judged = pythons.iter().rev().find_map(|python| {
        let mut command = Context::made_of(&[]).command(python);
        command.args(["-B", "-c", JUDGE]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // One without pip reads nothing.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        let output = child.wait_with_output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    });
    let judged = judged.expect("this test needs a python with pip 24 or newer");
    assert_eq!(judged.lines().count(), asked.len());
    let mut seen = [0; 3];
    for ((conditions, version, ours), theirs) in asked.into_iter().zip(judged.lines()) {
        assert_eq!(ours.to_string(), theirs, "{conditions} and {version}");
        seen["yn-".find(ours).unwrap()] += 1;
    }
    assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
    tally("conditions judged beside packaging", seen.iter().sum());
}
