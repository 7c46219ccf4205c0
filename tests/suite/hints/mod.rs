//! Every hint is pasted and tried in the situation that prints it.
//!
//! The tables have a row for each string literal in src that offers a command between backticks.
//! To add one: write the literal as it is in the source, a function that prepares a sandbox, the
//! line that prints the hint, and for each text between backticks what holds after it was pasted.
//! `{name}` in a line is an environment name with a space, quotes, and a dollar sign.

mod keeping; //   snapshots, the trash, and kernels
mod literals; //  the string literals in src that offer a command
mod play; //      a situation in a shell: the line, the paste, and what holds then
mod adopting; //  the environments of projects, given a name
mod creating; //  hints of the commands that create environments
mod doctoring; // remedies of doctor
mod foreign; //   environments of other tools
mod naming; //    names of environments, and which one is meant
mod packaging; // packages, recipes, and dependencies
mod prepared; //  sandboxes that several situations start from
mod projects; //  projects, their hooks and templates
mod starting; //  loading the functions, in this shell and in new ones
mod setting; //   variables of one environment
mod storing; //   WORKON_HOME, the trash, locks, and permissions
mod usage; //     command lines that make no sense

use std::collections::BTreeSet;

use crate::documented::is_there;
use literals::{offering_commands, segments};
use play::{After, Situation};

/// A literal in src, and how its commands are tried.
pub(super) struct Row {
    literal: &'static str,
    tried: Tried,
}

enum Tried {
    /// A line prints it, and what it offers is pasted.
    Pasted(Situation),
    /// Another test pastes it.
    By(&'static str),
    /// Names a command and offers none, for this reason.
    Mentioned(&'static str),
}

/// A row whose commands are pasted: `after` has an entry for each text between backticks.
const fn pasted(literal: &'static str, situation: Situation) -> Row {
    Row { literal, tried: Tried::Pasted(situation) }
}

const fn by(test: &'static str, literal: &'static str) -> Row {
    Row { literal, tried: Tried::By(test) }
}

const fn mentioned(why: &'static str, literal: &'static str) -> Row {
    Row { literal, tried: Tried::Mentioned(why) }
}

const TABLES: &[&[Row]] = &[
    adopting::ROWS,
    creating::ROWS,
    doctoring::ROWS,
    foreign::ROWS,
    keeping::ROWS,
    naming::ROWS,
    packaging::ROWS,
    projects::ROWS,
    starting::ROWS,
    setting::ROWS,
    storing::ROWS,
    usage::ROWS,
];

#[test]
fn every_hint_has_a_row() {
    let literals = offering_commands();
    assert!(literals.len() > 100, "{}", literals.len());
    let rows: BTreeSet<&str> = TABLES.iter().copied().flatten().map(|row| row.literal).collect();
    let texts: BTreeSet<&str> = literals.iter().map(|literal| literal.text.as_str()).collect();
    let without = literals.iter().filter(|literal| !rows.contains(literal.text.as_str()));
    let without: Vec<_> = without.map(|literal| format!("src/{}: {}", literal.file, literal.text)).collect();
    assert!(without.is_empty(), "hints without a row in tests/suite/hints:\n{}", without.join("\n"));
    let stale: Vec<&&str> = rows.iter().filter(|row| !texts.contains(**row)).collect();
    assert!(stale.is_empty(), "rows without a literal in src: {stale:#?}");
}

#[test]
fn every_row_says_what_holds_after_each_of_its_commands() {
    for row in TABLES.iter().copied().flatten() {
        match &row.tried {
            Tried::Pasted(situation) => {
                let expected = segments(row.literal).count();
                assert_eq!(situation.after.len(), expected, "texts between backticks: {}", row.literal);
                for after in situation.after {
                    assert!(!matches!(after, After::Unpasted(why) if why.len() < 9), "{}", row.literal);
                }
                let is_pasted = |after: &After| !matches!(after, After::Value | After::Unpasted(_));
                assert!(situation.after.iter().any(is_pasted), "nothing is pasted: {}", row.literal);
            }
            Tried::By(test) => assert!(is_there(test), "{test}: {}", row.literal),
            Tried::Mentioned(why) => assert!(why.len() > 10, "{}", row.literal),
        }
    }
}

/// Plays the rows of a table.
fn play_all(rows: &'static [Row]) {
    let mut failures = Vec::new();
    for row in rows {
        if let Tried::Pasted(situation) = &row.tried {
            failures.extend(situation.play(row.literal));
        }
    }
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}
