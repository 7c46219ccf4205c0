//! Conditions on a version, as packages state them: `>=3.11,<3.14`, `~=3.11`, `!=3.12.*` (PEP 440).
//!
//! Owns their grammar and whether a version meets them. What Python itself never is (a
//! post-release, a local version, an epoch) is no part of it. Tried against uv and packaging in
//! `tests/suite/requests`.

use std::fmt::{self, Display};

/// How far a version has come. The order is PEP 440's; the number counts within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Alpha(u8),
    Beta(u8),
    Candidate(u8),
    Final,
}

impl Stage {
    /// Reads `a1`, `beta2` or `rc3` off the start of lower case text and gives what follows;
    /// without such a word it is final. `None` where its number makes no sense.
    pub(super) fn leading(text: &str) -> Option<(Self, &str)> {
        // Whole words before those that they begin with.
        const WORDS: [&str; 6] = ["alpha", "a", "beta", "b", "rc", "c"];
        let Some((word, rest)) = WORDS.iter().find_map(|word| Some((word, text.strip_prefix(word)?))) else {
            return Some((Self::Final, text));
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = rest.split_at(digits);
        let number = if number.is_empty() { 0 } else { number.parse().ok()? };
        let stage = match word.as_bytes()[0] {
            b'a' => Self::Alpha(number),
            b'b' => Self::Beta(number),
            _ => Self::Candidate(number),
        };
        Some((stage, rest))
    }
}

impl Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alpha(number) => write!(formatter, "a{number}"),
            Self::Beta(number) => write!(formatter, "b{number}"),
            Self::Candidate(number) => write!(formatter, "rc{number}"),
            Self::Final => Ok(()),
        }
    }
}

/// Conditions that all have to hold; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Specifiers(Vec<Clause>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    operator: Operator,
    release: Vec<u16>,
    stage: Stage,
    /// Whether it ends in `.*` and is about all that begins so.
    is_series: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Compatible,
    Equal,
    Unequal,
    AtMost,
    AtLeast,
    Below,
    Above,
}

/// Longer ones before those that they begin with. The first of several for one operator is how it
/// is shown.
const OPERATORS: [(&str, Operator); 8] = [
    ("===", Operator::Equal),
    ("==", Operator::Equal),
    ("~=", Operator::Compatible),
    ("!=", Operator::Unequal),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("<", Operator::Below),
    (">", Operator::Above),
];

impl Specifiers {
    /// Reads lower case text. Empty clauses are passed over, as packaging does: `requires-python =
    /// ">=3.8,"` is in use.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let clauses = text.split(',').map(str::trim).filter(|clause| !clause.is_empty());
        let clauses: Vec<Clause> = clauses.map(Clause::parse).collect::<Option<_>>()?;
        (!clauses.is_empty()).then_some(Self(clauses))
    }

    /// The version where a single `==` asks for one. A person who writes `==3.8` means the series,
    /// and so does uv, though by PEP 440 it is 3.8.0 alone.
    pub(super) fn as_version(&self) -> Option<(Vec<u8>, Stage)> {
        let [Clause { operator: Operator::Equal, release, stage, is_series: _ }] = self.0.as_slice() else {
            return None;
        };
        let release: Vec<u8> = release.iter().map(|part| u8::try_from(*part).ok()).collect::<Option<_>>()?;
        (release.len() <= 3).then_some((release, *stage))
    }

    /// Whether a pre-release was thought of. Where not, one counts as what it is to become:
    /// `>=3.14` takes 3.14.0rc1.
    pub(super) fn name_prereleases(&self) -> bool {
        self.0.iter().any(|clause| clause.stage != Stage::Final)
    }

    /// Whether this version meets them.
    pub(super) fn are_met_by(&self, release: [u8; 3], stage: Stage) -> bool {
        let stage = if self.name_prereleases() { stage } else { Stage::Final };
        let release = release.map(u16::from);
        self.0.iter().all(|clause| clause.is_met_by(release, stage))
    }

    /// Whether some version that begins so could meet them.
    pub(super) fn could_be_met_by(&self, start: &[u8]) -> bool {
        let &[major, minor, ref rest @ ..] = start else {
            // A bare major version names nothing that could be ruled out.
            return true;
        };
        if let [micro] = *rest {
            // A name does not always tell the stage.
            return self.name_prereleases() || self.are_met_by([major, minor, micro], Stage::Final);
        }
        // Every clause changes its mind at most at the number that it names.
        let named = self.0.iter().filter_map(|clause| u8::try_from(*clause.release.get(2)?).ok());
        let around = named.flat_map(|micro| [micro.saturating_sub(1), micro, micro.saturating_add(1)]);
        let mut micros = [0, u8::MAX].into_iter().chain(around);
        let begins_so = |clause: &Clause| clause.release.starts_with(&[major.into(), minor.into()]);
        micros.any(|micro| self.are_met_by([major, minor, micro], Stage::Final))
            || (self.name_prereleases() && self.0.iter().any(begins_so))
    }
}

impl Clause {
    fn parse(text: &str) -> Option<Self> {
        let (operator, rest) =
            OPERATORS.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))?;
        let rest = rest.trim_start();
        let (numbers, is_series) = rest.strip_suffix(".*").map_or((rest, false), |numbers| (numbers, true));
        let end = numbers.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(numbers.len());
        let (numbers, stage) = numbers.split_at(end);
        let release: Vec<u16> = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let (stage, "") = Stage::leading(stage)? else { return None };
        let makes_sense = match operator {
            Operator::Equal | Operator::Unequal => !is_series || stage == Stage::Final,
            Operator::Compatible => !is_series && release.len() > 1,
            _ => !is_series,
        };
        makes_sense.then_some(Self { operator, release, stage, is_series })
    }

    fn is_met_by(&self, release: [u16; 3], stage: Stage) -> bool {
        // Missing parts are zeros on either side.
        let parts = self.release.len().max(release.len());
        let padded = |numbers: &[u16]| (0..parts).map(|at| numbers.get(at).copied().unwrap_or(0)).collect::<Vec<_>>();
        let (is, wanted) = (padded(&release), padded(&self.release));
        let order = is.cmp(&wanted).then(stage.cmp(&self.stage));
        let begins_with = |length: usize| is[..length] == wanted[..length];
        let is_equal = if self.is_series { begins_with(self.release.len()) } else { order.is_eq() };
        match self.operator {
            Operator::Equal => is_equal,
            Operator::Unequal => !is_equal,
            Operator::AtMost => order.is_le(),
            Operator::AtLeast => order.is_ge(),
            Operator::Above => order.is_gt(),
            // No pre-release of the very version that is the limit, unless the limit is one itself.
            Operator::Below => order.is_lt() && (is != wanted || self.stage != Stage::Final),
            Operator::Compatible => order.is_ge() && begins_with(self.release.len() - 1),
        }
    }
}

impl Display for Specifiers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Clause { operator, release, stage, is_series }) in self.0.iter().enumerate() {
            let sign = OPERATORS.iter().rev().find(|row| row.1 == *operator).map_or("", |row| row.0);
            let numbers: Vec<String> = release.iter().map(u16::to_string).collect();
            let comma = if index == 0 { "" } else { "," };
            let star = if *is_series { ".*" } else { "" };
            write!(formatter, "{comma}{sign}{}{stage}{star}", numbers.join("."))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(specifiers: &str, version: &str) -> bool {
        let specifiers = Specifiers::parse(specifiers).unwrap_or_else(|| panic!("{specifiers}"));
        let end = version.find(char::is_alphabetic).unwrap_or(version.len());
        let release: Vec<u8> = version[..end].split('.').map(|part| part.parse().unwrap()).collect();
        specifiers.are_met_by(release.try_into().unwrap(), Stage::leading(&version[end..]).unwrap().0)
    }

    #[test]
    fn conditions_are_met_as_pep_440_has_it() {
        for (specifiers, yes, no) in [
            (">=3.11,<3.14", "3.11.0 3.13.9", "3.10.9 3.14.0"),
            ("~=3.11", "3.11.0 3.99.0", "3.10.9 4.0.0"),
            ("~=3.11.2", "3.11.2 3.11.9", "3.11.1 3.12.0"),
            ("==3.12.*", "3.12.0 3.12.9", "3.1.2 3.13.0"),
            ("==3.12.4", "3.12.4", "3.12.5"),
            ("===3.12.4", "3.12.4", "3.12.5"),
            ("==3.12.4.0", "3.12.4", "3.12.5"),
            ("!=3.12.1", "3.12.0 3.1.21", "3.12.1"),
            ("!=3.12.*", "3.13.0 3.1.2", "3.12.0 3.12.1"),
            ("!=3.12", "3.12.1", "3.12.0"),
            (">3.8", "3.8.1 3.9.0", "3.8.0 3.7.9"),
            ("<=3.8", "3.8.0 2.7.18", "3.8.1"),
            ("< 3.9 , >= 3", "3.0.0 3.8.20", "2.7.18 3.9.0"),
            (">=3.8.1.2", "3.8.2", "3.8.1"),
            (">=3.8,", "3.8.0", "3.7.9"),
            // One that was not thought of counts as what it is to become.
            (">=3.14", "3.14.0rc1", "3.13.9"),
            ("<3.14", "3.13.9", "3.14.0rc1"),
            (">=3.14.0rc2", "3.14.0rc2 3.14.0 3.15.0a1", "3.14.0rc1 3.14.0b3 3.13.9"),
            ("<3.14.0rc2", "3.14.0rc1 3.14.0a9", "3.14.0rc2 3.14.0"),
            (">=3.13.0a1,<3.14", "3.13.0b2 3.13.0", "3.14.0rc1"),
        ] {
            for version in yes.split(' ') {
                assert!(met(specifiers, version), "{specifiers} and {version}");
            }
            for version in no.split(' ') {
                assert!(!met(specifiers, version), "{specifiers} and {version}");
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_none() {
        for text in [
            "",
            ",",
            ">=",
            ">=x",
            "=3.8",
            "=>3.8",
            "><3.8",
            "^3.8",
            ">=3.8.*",
            "~=3",
            "~=3.8.*",
            "==3.*.1",
            ">=3.8 <3.10",
            ">=3.8;<3.9",
            "3.8,3.9",
            ">=3.",
            ">=.3",
            ">=3..8",
            "==3.8+local",
            ">=1!3",
            ">=3.8.post1",
            "==3.8rc1.*",
            ">=99999",
            ">=3.8rc999",
            "== 3 . 8",
        ] {
            assert_eq!(Specifiers::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_series_is_ruled_out_only_where_no_version_of_it_would_do() {
        let could = |text: &str, start: &[u8]| Specifiers::parse(text).unwrap().could_be_met_by(start);
        for (text, start) in [(">3.8,<3.9", &[3, 8][..]), (">=3.8.18", &[3, 8]), ("!=3.8.0", &[3, 8]), ("<4", &[3])] {
            assert!(could(text, start), "{text}");
        }
        assert!(could("==3.8.7,>3", &[3, 8]) && could(">=3.15.0a1,<3.15.0rc1", &[3, 15]));
        for (text, start) in
            [(">=3.8,<3.9", &[3, 9][..]), ("<=3.8", &[3, 9]), ("!=3.8.*", &[3, 8]), (">3.8", &[3, 8, 0])]
        {
            assert!(!could(text, start), "{text}");
        }
    }
}
