//! Whether a value is one line to every program that reads the files we write it into.

/// What ends a line: to C `\n`, to Python's text files `\r` as well, and to `str.splitlines`, by
/// which pip reads requirements, virtualenv `pyvenv.cfg` and Python 3.13 `.pth` files, more of
/// ASCII and three characters of Unicode. Other control characters have no place in such a value
/// either.
pub(crate) fn is_one_line(value: &[u8]) -> bool {
    let ends_a_line = |letter: char| letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}');
    // In bytes that are no text the same characters can stand.
    !String::from_utf8_lossy(value).contains(ends_a_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_ends_a_line_for_python_does_so_here() {
        for end in "\n \r \x0b \x0c \x1c \x1d \x1e \u{85} \u{2028} \u{2029}".split(' ') {
            assert!(!is_one_line(format!("a{end}b").as_bytes()), "{end:?}");
            assert!(!is_one_line(&[b"\xff", end.as_bytes()].concat()), "{end:?}");
        }
        assert!(is_one_line("é日本 \u{a0}".as_bytes()) && is_one_line(b"\xff/x") && is_one_line(b""));
    }
}
