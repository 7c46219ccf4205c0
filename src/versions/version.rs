//! One version as PEP 440 defines it: its spellings, its order, its normal form.

use std::cmp::Ordering;
use std::fmt::{self, Display};

use super::Release;
use super::reader::{Reader, starts_with_digit};

/// A version of a distribution. Equal and ordered as PEP 440 says: `1.0` is `1.0.0`, and
/// `1.0.dev1 < 1.0a1 < 1.0rc1 < 1.0 < 1.0+local < 1.0.post1`.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(super) epoch: u64,
    /// At least one number.
    pub(super) release: Vec<u64>,
    pub(super) stage: Stage,
    pub(super) post: Option<u64>,
    dev: Option<u64>,
    /// Empty if there is no local version.
    local: Vec<LocalSegment>,
}

/// How far a version has come: `a1`, `b2`, `rc3`, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Alpha(u64),
    Beta(u64),
    Candidate(u64),
    Final,
}

/// A part of a local version. Numbers sort after words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum LocalSegment {
    Word(String),
    Number(u64),
}

impl Version {
    /// Reads a version in any spelling that PEP 440 allows: `v1.0-RC.1` is `1.0rc1`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (public, local) = match text.split_once('+') {
            Some((public, local)) => (public, Some(local)),
            None => (text.as_str(), None),
        };
        let mut reader = Reader::of(public.strip_prefix('v').unwrap_or(public), true);
        let mut release = vec![reader.number()];
        let epoch = if reader.skip("!") { std::mem::replace(&mut release[0], reader.number()) } else { 0 };
        while reader.rest.starts_with('.') && starts_with_digit(&reader.rest[1..]) {
            reader.skip(".");
            release.push(reader.number());
        }
        let (stage, post) = (reader.stage(), reader.post());
        let dev = reader.word(&["dev"]).map(|_| reader.number_of_word());
        let local =
            local.map_or(Some(Vec::new()), |local| local.split(['-', '_', '.']).map(LocalSegment::of).collect());
        let is_whole = reader.rest.is_empty() && !reader.has_failed;
        is_whole.then_some(Self { epoch, release, stage, post, dev, local: local? })
    }

    /// A release, or what leads up to it.
    pub(crate) fn of(release: Release, stage: Stage) -> Self {
        let release = [release.major, release.minor, release.micro].map(u64::from).to_vec();
        Self { epoch: 0, release, stage, post: None, dev: None, local: Vec::new() }
    }

    /// The numbers and the stage of a version that has nothing else: no epoch, no local part, and
    /// neither `.post1` nor `.dev1`.
    pub(crate) fn plain(&self) -> Option<(&[u64], Stage)> {
        let is_plain = self.epoch == 0 && self.post.is_none() && self.dev.is_none() && !self.has_local();
        is_plain.then_some((&self.release, self.stage))
    }

    /// Whether it comes before a release: `1.0a1`, `1.0rc1.post1`, `1.0.dev1`.
    pub(crate) fn is_prerelease(&self) -> bool {
        self.stage != Stage::Final || self.dev.is_some()
    }

    /// Whether it is numbers and nothing else, apart from the epoch.
    pub(super) fn is_release(&self) -> bool {
        self.stage == Stage::Final && self.post.is_none() && self.dev.is_none() && !self.has_local()
    }

    pub(super) fn has_local(&self) -> bool {
        !self.local.is_empty()
    }

    /// The same without the local part.
    pub(super) fn public(&self) -> Self {
        Self { local: Vec::new(), ..self.clone() }
    }

    /// Whether epoch and numbers are the same, whatever follows them.
    pub(super) fn has_release_of(&self, other: &Self) -> bool {
        self.epoch == other.epoch && self.significant() == other.significant()
    }

    /// The numbers without the zeros at the end.
    fn significant(&self) -> &[u64] {
        let end = self.release.iter().rposition(|number| *number != 0).map_or(0, |last| last + 1);
        &self.release[..end]
    }

    /// What the order goes by.
    fn key(&self) -> impl Ord + '_ {
        let is_dev_of_final = self.stage == Stage::Final && self.post.is_none() && self.dev.is_some();
        let dev = (self.dev.is_none(), self.dev);
        (self.epoch, self.significant(), !is_dev_of_final, self.stage, self.post, dev, self.local.as_slice())
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Version {}

/// The normal form.
impl Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epoch != 0 {
            write!(formatter, "{}!", self.epoch)?;
        }
        for (index, number) in self.release.iter().enumerate() {
            write!(formatter, "{}{number}", if index == 0 { "" } else { "." })?;
        }
        write!(formatter, "{}", self.stage)?;
        for (word, number) in [("post", self.post), ("dev", self.dev)] {
            if let Some(number) = number {
                write!(formatter, ".{word}{number}")?;
            }
        }
        for (index, segment) in self.local.iter().enumerate() {
            formatter.write_str(if index == 0 { "+" } else { "." })?;
            match segment {
                LocalSegment::Word(word) => formatter.write_str(word)?,
                LocalSegment::Number(number) => write!(formatter, "{number}")?,
            }
        }
        Ok(())
    }
}

impl Stage {
    /// Splits lower-case text into the stage it starts with and the rest, without separators:
    /// `rc1t` is release candidate 1 and `t`. `None` if the number is out of range.
    pub(crate) fn leading(text: &str) -> Option<(Self, &str)> {
        let mut reader = Reader::of(text, false);
        let stage = reader.stage();
        (!reader.has_failed).then_some((stage, reader.rest))
    }

    /// The stage in `sys.version_info`: `candidate.1`, `final.0`.
    pub(crate) fn of_version_info(text: &str) -> Self {
        let (level, serial) = text.split_once('.').unwrap_or_default();
        Self::named(level, serial.parse().unwrap_or_default())
    }

    pub(super) fn named(word: &str, number: u64) -> Self {
        match word {
            "a" | "alpha" => Self::Alpha(number),
            "b" | "beta" => Self::Beta(number),
            "c" | "rc" | "pre" | "preview" | "candidate" => Self::Candidate(number),
            _ => Self::Final,
        }
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

impl LocalSegment {
    fn of(text: &str) -> Option<Self> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match text.parse() {
            Ok(number) if is_number => Some(Self::Number(number)),
            _ => is_word.then(|| Self::Word(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_has_one_normal_form() {
        for (text, normal) in [
            ("1", "1"),
            (" v1.0\n", "1.0"),
            ("1.0.0", "1.0.0"),
            ("007.010", "7.10"),
            ("2!1.0", "2!1.0"),
            ("1.0a", "1.0a0"),
            ("1.0-ALPHA.1", "1.0a1"),
            ("1.0_beta-2", "1.0b2"),
            ("1.0c3", "1.0rc3"),
            ("1.0pre3", "1.0rc3"),
            ("1.0.preview3", "1.0rc3"),
            ("1.0-1", "1.0.post1"),
            ("1.0.rev", "1.0.post0"),
            ("1.0r5", "1.0.post5"),
            ("1.0dev", "1.0.dev0"),
            ("1.0rc1-post2.dev_3", "1.0rc1.post2.dev3"),
            ("1.0+Ubuntu-1_2.x", "1.0+ubuntu.1.2.x"),
            ("1.0.post1+local", "1.0.post1+local"),
            ("20240131123456.1", "20240131123456.1"),
        ] {
            assert_eq!(Version::parse(text).unwrap().to_string(), normal, "{text}");
        }
        for text in ["", "x", "1.", ".1", "1..2", "1.0x", "1 .0", "1.0+", "1.0+a..b", "1.0+a+b", "1!", "!1", "1.0-x"] {
            assert!(Version::parse(text).is_none(), "{text}");
        }
        assert!(Version::parse(&"9".repeat(30)).is_none());
    }

    #[test]
    fn the_order_is_that_of_pep_440() {
        let ordered = "1.0.dev1 1.0a1.dev1 1.0a1 1.0a1.post1 1.0a2 1.0b1 1.0rc1 1.0 1.0+a 1.0+a.1 1.0+b 1.0+1 1.0+10 \
                       1.0.post1.dev1 1.0.post1 1.0.1 1.1 1.10 2 1!0.1";
        let versions: Vec<Version> = ordered.split_whitespace().map(|text| Version::parse(text).unwrap()).collect();
        assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
        assert_eq!(Version::parse("1.0.0"), Version::parse("1"));
        assert_ne!(Version::parse("1.0.0"), Version::parse("1.0+x"));
    }

    #[test]
    fn version_info_tells_the_stage() {
        let shown = |text| Stage::of_version_info(text).to_string();
        assert_eq!(["alpha.2", "beta.1", "candidate.3", "final.0", ""].map(shown), ["a2", "b1", "rc3", "", ""]);
        assert_eq!(Stage::leading("rc1t"), Some((Stage::Candidate(1), "t")));
        assert_eq!(Stage::leading("-rc1"), Some((Stage::Final, "-rc1")));
    }
}
