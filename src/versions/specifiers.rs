//! Conditions on a version, as packages state them: `>=3.11,<3.14`, `~=3.11`, `!=3.12.*` (PEP 440).

use std::fmt::{self, Display};

use super::{Release, Stage, Version};

/// Conditions that must all hold. An empty list accepts every version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Specifiers(Vec<Clause>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Clause {
    /// `>=1.0`.
    Compared(Operator, Version),
    /// `==1.0.*` or `!=1.0.*`.
    Prefix { is_wanted: bool, prefix: Version },
    /// `===1.0`: compares the text.
    Same(String),
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

/// Longer operators first: `<` would match the start of `<=`.
const OPERATORS: [(&str, Operator); 7] = [
    ("==", Operator::Equal),
    ("~=", Operator::Compatible),
    ("!=", Operator::Unequal),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("<", Operator::Below),
    (">", Operator::Above),
];

impl Specifiers {
    /// Parses conditions separated by commas. Empty ones are skipped like in packaging, because
    /// projects have `requires-python = ">=3.8,"`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let clauses = text.split(',').map(str::trim).filter(|clause| !clause.is_empty());
        clauses.map(Clause::parse).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a version meets all conditions. Pre-releases count like any other version; PEP 440
    /// leaves it to the caller whether to consider them ([`Self::name_prerelease`]).
    pub(crate) fn contain(&self, version: &Version) -> bool {
        self.0.iter().all(|clause| clause.contains(version))
    }

    /// Whether a condition names a pre-release.
    pub(crate) fn name_prerelease(&self) -> bool {
        self.0.iter().any(|clause| clause.version().is_some_and(|version| version.is_prerelease()))
    }

    /// The version, if the only condition is `==` or `===`: `3.12` for `==3.12` and `==3.12.*`.
    pub(crate) fn only_version(&self) -> Option<Version> {
        match self.0.as_slice() {
            [Clause::Compared(Operator::Equal, version) | Clause::Prefix { is_wanted: true, prefix: version }] => {
                Some(version.clone())
            }
            [Clause::Same(text)] => Version::parse(text),
            _ => None,
        }
    }

    /// Whether a release of Python that starts with these numbers could meet them.
    pub(crate) fn could_contain(&self, start: &[u32]) -> bool {
        let &[major, minor, ref rest @ ..] = start else {
            // A major version alone rules out nothing.
            return true;
        };
        let contains = |micro| self.contain(&Version::of(Release::new(major, minor, micro), Stage::Final));
        if let [micro] = *rest {
            // The name of an installation does not always tell the stage.
            return self.name_prerelease() || contains(micro);
        }
        // The result of a condition changes only next to the number in it.
        let versions = || self.0.iter().filter_map(Clause::version);
        let named = versions().filter_map(|version| u32::try_from(*version.release.get(2)?).ok());
        let around = named.flat_map(|micro| [micro.saturating_sub(1), micro, micro.saturating_add(1)]);
        let starts_so = |version: Version| version.release.starts_with(&[major.into(), minor.into()]);
        [0, u32::MAX].into_iter().chain(around).any(contains) || (self.name_prerelease() && versions().any(starts_so))
    }
}

impl Clause {
    fn parse(text: &str) -> Option<Self> {
        if let Some(same) = text.strip_prefix("===") {
            let same = same.trim_start();
            let is_word =
                !same.is_empty() && !same.contains(|letter: char| letter.is_whitespace() || ";)".contains(letter));
            return is_word.then(|| Self::Same(same.to_owned()));
        }
        let (operator, rest) =
            OPERATORS.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))?;
        if let Some(prefix) = rest.strip_suffix(".*") {
            let prefix = Version::parse(prefix).filter(Version::is_release)?;
            let is_wanted = operator == Operator::Equal;
            return (is_wanted || operator == Operator::Unequal).then_some(Self::Prefix { is_wanted, prefix });
        }
        let version = Version::parse(rest)?;
        let makes_sense = match operator {
            Operator::Equal | Operator::Unequal => true,
            Operator::Compatible => !version.has_local() && version.release.len() > 1,
            _ => !version.has_local(),
        };
        makes_sense.then_some(Self::Compared(operator, version))
    }

    /// The version in the condition.
    fn version(&self) -> Option<Version> {
        match self {
            Self::Compared(_, version) | Self::Prefix { prefix: version, .. } => Some(version.clone()),
            Self::Same(text) => Version::parse(text),
        }
    }

    fn contains(&self, version: &Version) -> bool {
        match self {
            Self::Compared(operator, limit) => operator.holds(version, limit),
            Self::Prefix { is_wanted, prefix } => starts_with(version, prefix.epoch, &prefix.release) == *is_wanted,
            Self::Same(text) => version.to_string().eq_ignore_ascii_case(text),
        }
    }
}

impl Operator {
    fn holds(self, version: &Version, limit: &Version) -> bool {
        let is_near = || version.has_release_of(limit);
        match self {
            Self::Equal if limit.has_local() => version == limit,
            Self::Equal => version.public() == *limit,
            Self::Unequal => !Self::Equal.holds(version, limit),
            Self::AtMost => version.public() <= *limit,
            Self::AtLeast => version.public() >= *limit,
            // `<1.0` excludes 1.0rc1, and `>1.0` excludes 1.0.post1 and 1.0+local.
            Self::Below => version < limit && (limit.is_prerelease() || !version.is_prerelease() || !is_near()),
            Self::Above => {
                let is_more_of_it = (version.post.is_some() && limit.post.is_none()) || version.has_local();
                version > limit && !(is_more_of_it && is_near())
            }
            Self::Compatible => {
                let kept = limit.release.len() - 1;
                Self::AtLeast.holds(version, limit) && starts_with(version, limit.epoch, &limit.release[..kept])
            }
        }
    }
}

/// Whether the numbers of a version start with these; missing ones are zeros.
fn starts_with(version: &Version, epoch: u64, numbers: &[u64]) -> bool {
    let padded = version.release.iter().copied().chain(std::iter::repeat(0));
    version.epoch == epoch && padded.take(numbers.len()).eq(numbers.iter().copied())
}

/// In valid syntax, to be typed again.
impl Display for Specifiers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, clause) in self.0.iter().enumerate() {
            formatter.write_str(if index == 0 { "" } else { "," })?;
            match clause {
                Clause::Compared(operator, version) => {
                    let sign = OPERATORS.iter().find(|row| row.1 == *operator).map_or("", |row| row.0);
                    write!(formatter, "{sign}{version}")?;
                }
                Clause::Prefix { is_wanted, prefix } => {
                    write!(formatter, "{}{prefix}.*", if *is_wanted { "==" } else { "!=" })?;
                }
                Clause::Same(text) => write!(formatter, "==={text}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_met_as_pep_440_says() {
        for (specifiers, yes, no) in [
            ("", "1 1.0rc1", ""),
            (">=3.11,<3.14", "3.11.0 3.13.9", "3.10.9 3.14.0"),
            ("~=3.11", "3.11.0 3.99.0", "3.10.9 4.0.0"),
            ("~=3.11.2", "3.11.2 3.11.9", "3.11.1 3.12.0"),
            ("~=2.2.post3", "2.2.post3 2.3", "2.2 3.0"),
            ("==3.12.*", "3.12.0 3.12.9 3.12rc1 3.12.post1 3.12+x", "3.1.2 3.13.0 1!3.12"),
            ("==3.12.4", "3.12.4 3.12.4.0 3.12.4+local", "3.12.5 3.12.4.post1"),
            ("==3.12.4+local", "3.12.4+local", "3.12.4 3.12.4+other"),
            ("===3.12.4", "3.12.4", "3.12.5 3.12.4.0"),
            ("===1.0+Downstream1", "1.0+downstream1", "1.0"),
            ("!=3.12.1", "3.12.0 3.1.21", "3.12.1 3.12.1+local"),
            ("!=3.12.*", "3.13.0 3.1.2", "3.12.0 3.12.1"),
            ("!=3.12", "3.12.1", "3.12.0"),
            (">3.8", "3.8.1 3.9.0", "3.8.0 3.7.9 3.8.post1 3.8+x"),
            (">3.8.post1", "3.8.post2 3.8.1", "3.8.post1 3.8"),
            ("<=3.8", "3.8.0 2.7.18 3.8+x", "3.8.1 3.8.post1"),
            ("< 3.9 , >= 3", "3.0.0 3.8.20", "2.7.18 3.9.0 3.9.0rc1"),
            ("<3.9.post1", "3.9 3.8", "3.9.post1"),
            (">=3.8.1.2", "3.8.2", "3.8.1"),
            (">=3.8,", "3.8.0", "3.7.9"),
            (">=3.14.0rc2", "3.14.0rc2 3.14.0 3.15.0a1", "3.14.0rc1 3.14.0b3 3.13.9"),
            ("<3.14.0rc2", "3.14.0rc1 3.14.0a9", "3.14.0rc2 3.14.0"),
        ] {
            let parsed = Specifiers::parse(specifiers).unwrap_or_else(|| panic!("{specifiers}"));
            for (versions, expected) in [(yes, true), (no, false)] {
                for version in versions.split_whitespace() {
                    assert_eq!(parsed.contain(&Version::parse(version).unwrap()), expected, "{specifiers}: {version}");
                }
            }
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            ">=",
            ">=x",
            "=3.8",
            "=>3.8",
            "><3.8",
            "^3.8",
            ">=3.8.*",
            "~=3",
            "~=3.8.*",
            "~=3.8+x",
            "==3.*.1",
            ">=3.8 <3.10",
            ">=3.8;<3.9",
            "3.8",
            "3.8,3.9",
            ">=3.",
            ">=.3",
            ">=3..8",
            ">=3.8+local",
            "==3.8rc1.*",
            "==3.8.post1.*",
            "== 3 . 8",
            "===",
            "===a b",
            "===1;x",
        ] {
            assert_eq!(Specifiers::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_series_is_ruled_out_only_if_no_version_of_it_would_do() {
        let could = |text: &str, start: &[u32]| Specifiers::parse(text).unwrap().could_contain(start);
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
