//! Checks that every program reads a value as one line.

/// Whether a value is one line. Programs disagree about line ends: C has `\n`, Python's text files
/// also `\r`, and `str.splitlines` more control characters and three of Unicode. With `splitlines`,
/// pip reads requirements, virtualenv `pyvenv.cfg`, and Python 3.13 `.pth` files. All control
/// characters are refused.
pub(crate) fn is_one_line(value: &[u8]) -> bool {
    let ends_a_line = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    // Invalid UTF-8 can contain these characters, too.
    !String::from_utf8_lossy(value).contains(ends_a_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_ends_a_line_in_python_is_refused() {
        for end in "\n \r \x0b \x0c \x1c \x1d \x1e \u{85} \u{2028} \u{2029}".split(' ') {
            assert!(!is_one_line(format!("a{end}b").as_bytes()), "{end:?}");
            assert!(!is_one_line(&[b"\xff", end.as_bytes()].concat()), "{end:?}");
        }
        assert!(is_one_line("é日本 \u{a0}".as_bytes()) && is_one_line(b"\xff/x") && is_one_line(b""));
    }
}
