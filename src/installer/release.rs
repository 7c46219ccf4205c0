//! The release that an installer says it is, as far as it decides what it can do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Major, minor, micro. What follows (`rc1`, a local version) makes no difference here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Release(pub(super) [u32; 3]);

impl Release {
    /// Reads the numbers that a text begins with; `None` where it begins with none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        let mut parts = text[..end].split('.').map_while(|part| part.parse().ok());
        let first = parts.next()?;
        Some(Self([first, parts.next().unwrap_or(0), parts.next().unwrap_or(0)]))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, micro] = self.0;
        write!(formatter, "{major}.{minor}")?;
        if micro > 0 { write!(formatter, ".{micro}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_at_the_start_count() {
        let shown = |text| Release::parse(text).map(|release| release.to_string());
        assert_eq!(shown("0.13.8 (x86_64)").unwrap(), "0.13.8");
        assert_eq!(shown("26.3").unwrap(), "26.3");
        assert_eq!(shown("25.1b1").unwrap(), "25.1");
        assert_eq!(shown("18").unwrap(), "18.0");
        assert_eq!((shown(""), shown("x1"), shown(".1")), (None, None, None));
        assert!(Release::parse("9.0.3") < Release::parse("22.3"));
    }
}
