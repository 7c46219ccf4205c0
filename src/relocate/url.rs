//! Paths in `file:` URLs (`direct_url.json`, requirements, the configuration of version control).
//!
//! Owns finding the old path in a URL, however its bytes are encoded (`%20`; the rules differ from
//! tool to tool), and writing the new one.

use memchr::memmem;

use super::edit::Edit;

const SCHEME: &[u8] = b"file://";

/// The edits that replace each of `olds` by `new` in the URLs of a line.
pub(super) fn edits(line: &[u8], olds: &[Vec<u8>], new: &[u8]) -> Vec<Edit> {
    let starts = memmem::find_iter(line, SCHEME).map(|at| at + SCHEME.len());
    let edit = |start: usize| {
        let length = olds.iter().find_map(|old| length_of(&line[start..], old))?;
        Some((start..start + length, encoded(new)))
    };
    starts.filter_map(edit).collect()
}

/// The length of `path` as written in `url`. `None` unless `url` starts with the path or with
/// something below it.
fn length_of(url: &[u8], path: &[u8]) -> Option<usize> {
    let mut at = 0;
    for byte in path {
        let written = *url.get(at)?;
        let digits = || std::str::from_utf8(url.get(at + 1..at + 3)?).ok();
        match (written, digits().and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(code)) if code == *byte => at += 3,
            (written, _) if written == *byte => at += 1,
            _ => return None,
        }
    }
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/?#@\"'<>(),;&\\".contains(byte);
    url.get(at).is_none_or(ends).then_some(at)
}

/// Encoded as `urllib.parse.quote` does it, and so pip.
fn encoded(path: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(path.len());
    for byte in path {
        if byte.is_ascii_alphanumeric() || b"_.-~/".contains(byte) {
            text.push(*byte);
        } else {
            text.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(url: &str) -> Option<String> {
        let edits = edits(url.as_bytes(), &[b"/x/a b\xc3\xa9".to_vec()], b"/n %");
        let (range, new) = edits.into_iter().next()?;
        Some(format!("{}{}{}", &url[..range.start], String::from_utf8(new).unwrap(), &url[range.end..]))
    }

    #[test]
    fn a_path_is_found_in_every_encoding() {
        for url in ["file:///x/a%20b%C3%A9", "file:///x/a b%c3%a9", "file:///%78/a%20b\u{e9}"] {
            assert_eq!(moved(&format!("{url}/y#egg=z")).unwrap(), "file:///n%20%25/y#egg=z");
            assert_eq!(moved(url).unwrap(), "file:///n%20%25");
        }
    }

    #[test]
    fn a_longer_name_is_another_path() {
        for url in ["file:///x/a%20b%C3%A92", "file:///x/a%20b", "file://host/x/a%20b%C3%A9", "http:///x/a b%C3%A9"] {
            assert_eq!(moved(url), None, "{url}");
        }
    }
}
