//! `pyvenv.cfg` (PEP 405), read as leniently as CPython's own `getpath` reads it.
//!
//! Owns the format: one `key = value` a line, split at the first `=`, keys without regard to case. Unknown keys and
//! lines without `=` are skipped. Values stay bytes: they are paths.

/// The keys and values of one file, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct PyvenvCfg {
    entries: Vec<(String, Vec<u8>)>,
}

impl PyvenvCfg {
    /// Reads the text of a file. Nothing in it is an error.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let entries = text.split(|byte| *byte == b'\n').filter_map(|line| {
            let equals = line.iter().position(|byte| *byte == b'=')?;
            let key = std::str::from_utf8(&line[..equals]).ok()?.trim().to_lowercase();
            Some((key, line[equals + 1..].trim_ascii().to_vec()))
        });
        Self { entries: entries.collect() }
    }

    /// The value of a key (lower case), the last one where it is given twice.
    pub(crate) fn get(&self, key: &str) -> Option<&[u8]> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_slice())
    }

    /// The prompt without the quotes that `venv` (Python's repr) and virtualenv put around it.
    pub(crate) fn prompt(&self) -> Option<&[u8]> {
        let value = self.get("prompt")?;
        let bare = match value {
            [b'\'', inner @ .., b'\''] | [b'"', inner @ .., b'"'] => inner,
            other => other,
        };
        (!bare.is_empty()).then_some(bare)
    }

    /// The version of the base interpreter, at most three parts: `venv` writes `version`, virtualenv and uv
    /// `version_info` with up to five parts, PEP 838 proposes `python-version` with two.
    pub(crate) fn version(&self) -> Option<String> {
        let value = ["version_info", "version", "python-version"].iter().find_map(|key| self.get(key))?;
        let parts = std::str::from_utf8(value).ok()?.split('.').take(3);
        let parts: Vec<&str> = parts.take_while(|part| part.starts_with(|c: char| c.is_ascii_digit())).collect();
        (!parts.is_empty()).then(|| parts.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_makers_file_is_understood() {
        let venv = PyvenvCfg::parse(b"home = /opt/a=b/bin\nversion = 3.11.7\nprompt = 'my p'\n");
        assert_eq!(venv.get("home"), Some(&b"/opt/a=b/bin"[..]));
        assert_eq!(venv.prompt(), Some(&b"my p"[..]));
        assert_eq!(venv.version().unwrap(), "3.11.7");
        let virtualenv = PyvenvCfg::parse(b"Home=/x\r\nversion_info = 3.13.0.final.0\r\nprompt = \"my p\"\r\n");
        assert_eq!((virtualenv.get("home"), virtualenv.prompt()), (Some(&b"/x"[..]), Some(&b"my p"[..])));
        assert_eq!(virtualenv.version().unwrap(), "3.13.0");
        let uv = PyvenvCfg::parse(b"version_info = 3.13\nprompt = my p");
        assert_eq!((uv.version().unwrap().as_str(), uv.prompt()), ("3.13", Some(&b"my p"[..])));
    }

    #[test]
    fn nothing_in_it_is_an_error() {
        let odd = PyvenvCfg::parse(b"\xff\xfe\n\n===\nno equals\nversion =\nprompt = ''\nversion = 3.x.1\n\xff=1");
        assert_eq!((odd.prompt(), odd.version().as_deref(), odd.get("")), (None, Some("3"), Some(&b"=="[..])));
    }
}
