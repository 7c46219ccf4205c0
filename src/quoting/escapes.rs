//! Backslash escapes inside quotes: those of JSON, of Python, and the C ones that both share.

use std::fmt::Write;

/// The inside of a JSON string, ASCII only like Python's `json`, so that the file reads the same in
/// every encoding.
pub(super) fn in_json(bytes: &[u8], text: &mut Vec<u8>) {
    each_character(bytes, |character| match character {
        Ok(character @ ('"' | '\\')) => text.extend([b'\\', character as u8]),
        Ok(character @ ' '..='~') => text.push(character as u8),
        Ok(character) => text.extend_from_slice(json_escape(character).as_bytes()),
        Err(byte) => text.extend_from_slice(surrogate(byte).as_bytes()),
    });
}

/// `\u` escapes for a character: a surrogate pair outside the basic plane (RFC 8259, section 7).
pub(crate) fn json_escape(character: char) -> String {
    let mut escape = String::new();
    for unit in character.encode_utf16(&mut [0; 2]) {
        let _ = write!(escape, "\\u{unit:04x}");
    }
    escape
}

/// The inside of a Python string or, with prefix `b`, of bytes, between quotes that are `mark`.
pub(super) fn in_python(bytes: &[u8], mark: u8, prefix: u8, text: &mut Vec<u8>) {
    each_character(bytes, |character| match character {
        Ok(character) if character == char::from(mark) || character == '\\' => text.extend([b'\\', character as u8]),
        Ok(character @ ' '..='~') => text.push(character as u8),
        Ok(character) if prefix == b'b' || character.is_ascii_control() => {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                text.extend_from_slice(format!("\\x{byte:02x}").as_bytes());
            }
        }
        Ok(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        Err(byte) if prefix == b'b' => text.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        Err(byte) => text.extend_from_slice(surrogate(byte).as_bytes()),
    });
}

/// Python's stand-in for a byte that is not UTF-8 (PEP 383).
fn surrogate(byte: u8) -> String {
    format!("\\udc{byte:02x}")
}

fn each_character(bytes: &[u8], mut each: impl FnMut(Result<char, u8>)) {
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|character| each(Ok(character)));
        chunk.invalid().iter().for_each(|byte| each(Err(*byte)));
    }
}

/// The escape at the start of `rest`: the bytes it means, and its length. `None` for no escape, and
/// for the escapes that no path needs. `in_bytes`: `\x` is a byte and not a character.
pub(super) fn of_c(rest: &[u8], in_bytes: bool) -> Option<(Vec<u8>, usize)> {
    let number = |from: usize, digits: usize| {
        let digits = std::str::from_utf8(rest.get(from..from + digits)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let (code, length) = match rest.get(1)? {
        mark @ (b'\\' | b'"' | b'\'' | b'/') => return Some((vec![*mark], 2)),
        b'n' => return Some((vec![b'\n'], 2)),
        b't' => return Some((vec![b'\t'], 2)),
        b'x' if in_bytes => return Some((vec![u8::try_from(number(2, 2)?).ok()?], 4)),
        b'x' => (number(2, 2)?, 4),
        b'u' => (number(2, 4)?, 6),
        b'U' => (number(2, 8)?, 10),
        _ => return None,
    };
    let character = |code: u32| Some(char::from_u32(code)?.to_string().into_bytes());
    match code {
        0xdc80..=0xdcff => Some((vec![u8::try_from(code - 0xdc00).ok()?], length)),
        // The first half of a pair of UTF-16.
        0xd800..=0xdbff if rest.get(6..8) == Some(b"\\u") => {
            let low = number(8, 4)?.checked_sub(0xdc00)?;
            Some((character(0x1_0000 + ((code - 0xd800) << 10) + low)?, 12))
        }
        _ => Some((character(code)?, length)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_other_writers_are_read() {
        let cases: [(&str, &[u8], usize); 8] = [
            (r"\\x", b"\\", 2),
            (r"\/x", b"/", 2),
            (r"\u00e9x", "é".as_bytes(), 6),
            (r"\U0001f40dx", "🐍".as_bytes(), 10),
            (r"\ud83d\udc0dx", "🐍".as_bytes(), 12),
            (r"\udcffx", b"\xff", 6),
            (r"\x41x", b"A", 4),
            (r"\xe9x", "é".as_bytes(), 4),
        ];
        for (text, bytes, length) in cases {
            assert_eq!(of_c(text.as_bytes(), false), Some((bytes.to_vec(), length)), "{text}");
        }
        assert_eq!(of_c(br"\xe9", true), Some((b"\xe9".to_vec(), 4)));
        for text in [r"\q", r"\u12", r"\ud83dx", r"\ud83d\u0041", r"\xzz", "\\", r"\U00ffffff"] {
            assert_eq!(of_c(text.as_bytes(), false), None, "{text}");
        }
    }
}
