//! Releases and series: the three numbers that decisions depend on, and the two that packages
//! depend on.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

/// `3.12.1`: a release of Python, or of a tool such as pip or uv. Pre-releases count as the release
/// they lead up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Release {
    /// 3 of 3.12.1.
    pub(crate) major: u32,
    /// 12 of 3.12.1.
    pub(crate) minor: u32,
    /// 1 of 3.12.1.
    pub(crate) micro: u32,
}

impl Release {
    pub(crate) const fn new(major: u32, minor: u32, micro: u32) -> Self {
        Self { major, minor, micro }
    }

    /// Parses the numbers at the start of a text: 24.2.0 from `24.2b1`, 0.13.8 from `0.13.8
    /// (x86_64)`. `None` if it does not start with a number.
    pub(crate) fn leading(text: &str) -> Option<Self> {
        let mut parts = digits_and_dots(text).0.split('.').map_while(|part| part.parse().ok());
        Some(Self::new(parts.next()?, parts.next().unwrap_or(0), parts.next().unwrap_or(0)))
    }

    /// The first two numbers: `3.12` for 3.12.1.
    pub(crate) fn series(self) -> Series {
        Series { major: self.major, minor: self.minor }
    }

    /// The numbers as pip and uv write them: `25.1`, not `25.1.0`.
    pub(crate) fn short(self) -> String {
        if self.micro == 0 { self.series().to_string() } else { self.to_string() }
    }
}

impl Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

/// `3.12`: Python's major and minor version. Packages installed for one series do not work in
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Series {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl Series {
    pub(crate) const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// The series of a version: 3.12 for `3.12`, `3.12.1`, `3.12.0rc1`, and `3.12.1.final.0`.
    pub(crate) fn of(version: &str) -> Option<Self> {
        let (major, rest) = version.split_once('.')?;
        let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        Some(Self { major: major.parse().ok()?, minor: rest[..end].parse().ok()? })
    }
}

impl Display for Series {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// Splits a text into the one to three numbers it starts with and the rest, for requests such as
/// `3.12t` and directories such as `3.12.1-debug`. `312` is short for `3.12`. Python versions have
/// no number above 255.
pub(crate) fn leading_numbers(text: &str) -> Option<(Vec<u32>, &str)> {
    let (numbers, rest) = digits_and_dots(text);
    let parts: Vec<&str> = match (numbers.split_once('.'), numbers.len()) {
        (None, 2..) => vec![&numbers[..1], &numbers[1..]],
        _ => numbers.split('.').collect(),
    };
    let numbers: Vec<u32> = parts.iter().map(|part| part.parse::<u8>().ok().map(u32::from)).collect::<Option<_>>()?;
    (numbers.len() <= 3).then_some((numbers, rest))
}

fn digits_and_dots(text: &str) -> (&str, &str) {
    text.split_at(text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_the_numbers_at_the_start() {
        let shown = |text| Release::leading(text).map(Release::short);
        assert_eq!(shown("0.13.8 (x86_64)").unwrap(), "0.13.8");
        assert_eq!(shown("26.3").unwrap(), "26.3");
        assert_eq!(shown("25.1b1").unwrap(), "25.1");
        assert_eq!(shown("18").unwrap(), "18.0");
        assert_eq!((shown(""), shown("x1"), shown(".1")), (None, None, None));
        assert!(Release::leading("9.0.3") < Release::leading("22.3"));
        assert_eq!(Release::new(3, 13, 0).to_string(), "3.13.0");
    }

    #[test]
    fn a_series_is_read_off_any_version_of_it() {
        for text in ["3.12", "3.12.1", "3.12.0rc1", "3.12.1.final.0", "3.12t", "3.12+"] {
            assert_eq!(Series::of(text), Some(Series::new(3, 12)), "{text}");
        }
        for text in ["", "3", "312", "3.", "3.x", "x.12", ".12", "-3.12"] {
            assert_eq!(Series::of(text), None, "{text}");
        }
    }

    #[test]
    fn the_numbers_of_a_python_may_be_written_without_a_dot() {
        let read = |text| leading_numbers(text).unwrap();
        assert_eq!(read("3.12.1-debug"), (vec![3, 12, 1], "-debug"));
        assert_eq!((read("312t"), read("3")), ((vec![3, 12], "t"), (vec![3], "")));
        for text in ["", "x", "3.", "3..1", "3.1.2.3", "3.256", "3999"] {
            assert_eq!(leading_numbers(text), None, "{text}");
        }
    }
}
