//! Paths as `file:` URLs.

use std::ffi::OsString;
use std::fmt::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::fs::tidied;

/// The path in a URL that starts with `file://`, without its query and fragment. `None` for any
/// other URL.
pub(crate) fn path_in(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://")?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(path);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, others @ ..] = rest {
        let digits = others.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &others[2..] } else { others };
    }
    Some(tidied(Path::new(&OsString::from_vec(bytes))))
}

/// The URL of an absolute path.
pub(crate) fn of(path: &Path) -> String {
    format!("file://{}", escaped(path.as_os_str().as_bytes()))
}

/// The bytes of a path as they stand in a URL (RFC 3986).
pub(crate) fn escaped(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path {
        if byte.is_ascii_alphanumeric() || b"/-._~+".contains(byte) {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_back_from_its_url() {
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/it's $x/a b%20#?\xff"));
        assert_eq!(of(path), "file:///it%27s%20%24x/a%20b%2520%23%3F%FF");
        assert_eq!(path_in(&of(path)).unwrap(), path);
    }
}
