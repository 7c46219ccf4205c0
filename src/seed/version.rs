//! Version numbers as far as choosing a pip needs them: comparing releases, `Requires-Python` (PEP
//! 440, PEP 345).
//!
//! Owns the numeric part of a version. What is not a number in it (`rc1`, `.post1`, `+local`) does
//! not count.

use crate::interpreter::Version;

/// The release numbers of a version, without trailing zeros, so that 20 and 20.0 are one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Numbers(Vec<u32>);

impl Numbers {
    /// The numbers at the start of `text`: `24.2.1rc1` is 24, 2, 1.
    #[must_use]
    pub(super) fn of(text: &str) -> Self {
        let mut numbers = Vec::new();
        for part in text.trim().split('.') {
            let digits = part.find(|character: char| !character.is_ascii_digit()).unwrap_or(part.len());
            let Ok(number) = part[..digits].parse() else { break };
            numbers.push(number);
            if digits < part.len() {
                break;
            }
        }
        Self::from_vec(numbers)
    }

    fn from_vec(mut numbers: Vec<u32>) -> Self {
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Self(numbers)
    }

    /// Whether the first `count` numbers of both are the same, a missing one being zero.
    fn agrees_with(&self, other: &Self, count: usize) -> bool {
        (0..count).all(|place| self.0.get(place).unwrap_or(&0) == other.0.get(place).unwrap_or(&0))
    }
}

impl From<Version> for Numbers {
    fn from(version: Version) -> Self {
        Self::from_vec([version.major, version.minor, version.micro].map(u32::from).to_vec())
    }
}

/// Whether a `Requires-Python` admits this version. A condition that is not understood does not
/// admit.
#[must_use]
pub(super) fn admits(requires_python: &str, version: Version) -> bool {
    let conditions = requires_python.split(',').map(str::trim).filter(|condition| !condition.is_empty());
    let version = Numbers::from(version);
    conditions.into_iter().all(|condition| holds(condition, &version))
}

fn holds(condition: &str, version: &Numbers) -> bool {
    let operator = condition.find(|character: char| !"<>=!~".contains(character)).unwrap_or(condition.len());
    let (operator, operand) = condition.split_at(operator);
    let operand = operand.trim();
    let release = operand.trim_end_matches(".*");
    let places = release.split('.').count();
    if !is_understood(release) {
        return false;
    }
    let wanted = Numbers::of(operand);
    let equal = if operand.ends_with(".*") { version.agrees_with(&wanted, places) } else { *version == wanted };
    match operator {
        ">=" => *version >= wanted,
        "<=" => *version <= wanted,
        ">" => *version > wanted,
        "<" => *version < wanted,
        "==" => equal,
        "!=" => !equal,
        "~=" => places > 1 && *version >= wanted && version.agrees_with(&wanted, places - 1),
        _ => false,
    }
}

/// Whether all the numbers at the start of a version are ones that we can compare, and there is
/// one.
fn is_understood(release: &str) -> bool {
    let end = release.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(release.len());
    release[..end].trim_end_matches('.').split('.').all(|part| part.parse::<u32>().is_ok())
}

/// The `Requires-Python` of a METADATA file; empty, which admits everything, where it has none.
#[must_use]
pub(super) fn requires_python(metadata: &str) -> &str {
    let mut header = metadata.lines().take_while(|line| !line.is_empty());
    header.find_map(|line| line.strip_prefix("Requires-Python:")).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(major: u8, minor: u8, micro: u8) -> Version {
        Version { major, minor, micro }
    }

    #[test]
    fn releases_are_compared_by_number() {
        assert!(Numbers::of("9.0.3") < Numbers::of("20.2"));
        assert!(Numbers::of("20.2b1") >= Numbers::of("20.2"));
        assert_eq!(Numbers::of("26"), Numbers::of("26.0.0"));
        assert!(Numbers::of("24.3.1") > Numbers::of("24.2"));
    }

    #[test]
    fn requires_python_is_obeyed() {
        let old = ">=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*";
        assert!(admits(old, python(2, 7, 18)) && admits(old, python(3, 9, 0)));
        assert!(!admits(old, python(3, 3, 7)) && !admits(old, python(2, 6, 9)));
        assert!(admits(">=3.8", python(3, 8, 0)) && !admits(">=3.8", python(3, 7, 16)));
        assert!(admits("~=3.8", python(3, 12, 1)) && !admits("~=3.8", python(4, 0, 0)));
        assert!(admits("==3.9.*", python(3, 9, 18)) && !admits("==3.9.*", python(3, 10, 0)));
        assert!(admits(">3.6,<4", python(3, 6, 1)) && !admits("<=3.6", python(3, 6, 1)));
        assert!(admits("", python(2, 7, 0)) && !admits("sideways", python(3, 9, 0)));
    }

    #[test]
    fn only_the_header_of_metadata_speaks() {
        assert_eq!(requires_python("Name: pip\nRequires-Python: >=3.9\n\nRequires-Python: no\n"), ">=3.9");
        assert_eq!(requires_python("Name: pip\n\nRequires-Python: no\n"), "");
    }
}
