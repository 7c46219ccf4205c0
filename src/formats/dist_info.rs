//! The metadata that installers leave in site-packages for each distribution.
//!
//! Owns its four forms: `NAME-VERSION.dist-info` (PEP 376), and setuptools' `.egg-info`, `.egg`
//! and `.egg-link`; the headers in it (`Name: …`), and when two names are the same (PEP 503).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::fs::read_prefix;

/// The headers of a distribution, in `.dist-info`.
pub(crate) const METADATA: &str = "METADATA";
/// The list of installed files, in `.dist-info`.
pub(crate) const RECORD: &str = "RECORD";
/// The program that installed the distribution, in `.dist-info`.
pub(crate) const INSTALLER: &str = "INSTALLER";
/// Exists in `.dist-info` where the distribution was asked for, not only needed by another.
pub(crate) const REQUESTED: &str = "REQUESTED";

/// How many bytes of a metadata file are read. The headers of packages with hundreds of extras
/// fit; the description that follows them is not needed.
const HEADERS_LIMIT: u64 = 256 * 1024;

/// A name as indexes compare it: lower case, with `-` for any run of `-`, `_` and `.` (PEP 503).
pub(crate) fn normalized(name: &str) -> String {
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-").to_lowercase()
}

/// Whether `text` is a valid name (PEP 508). A valid name cannot be taken for an option or a path.
pub(crate) fn is_name(text: &str) -> bool {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric)) && text.as_bytes().iter().all(is_inside)
}

/// The name of the `.dist-info` directory of a distribution.
pub(crate) fn directory_name(name: &str, version: &str) -> String {
    format!("{name}-{version}.dist-info")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetadataForm {
    /// A directory, written by every installer of wheels.
    DistInfo,
    /// A directory of setuptools, or a file of distutils.
    EggInfo,
    /// A directory or zip file that holds the package, too.
    Egg,
    /// A file that points to a directory installed in place (`setup.py develop`).
    EggLink,
}

/// The file name of metadata, in its parts: `NAME-VERSION.dist-info`, `NAME-VERSION-py2.7.egg`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MetadataName<'a> {
    pub(crate) form: MetadataForm,
    stem: &'a str,
}

impl<'a> MetadataName<'a> {
    /// `None` for an entry of site-packages that is not metadata.
    pub(crate) fn of(file_name: &'a OsStr) -> Option<Self> {
        let (stem, extension) = file_name.to_str()?.rsplit_once('.')?;
        let form = match extension {
            "dist-info" => MetadataForm::DistInfo,
            "egg-info" => MetadataForm::EggInfo,
            "egg" => MetadataForm::Egg,
            "egg-link" => MetadataForm::EggLink,
            _ => return None,
        };
        Some(Self { form, stem })
    }

    /// The name of the distribution. In all forms but links, `-` ends it.
    pub(crate) fn name(self) -> &'a str {
        if self.form == MetadataForm::EggLink {
            return self.stem;
        }
        self.stem.split('-').next().unwrap_or(self.stem)
    }

    pub(crate) fn version(self) -> Option<&'a str> {
        if self.form == MetadataForm::EggLink { None } else { self.stem.split('-').nth(1) }
    }

    /// The file with the headers, for metadata at `path`. `None` for a link, which has none.
    fn headers_file(self, path: &Path) -> Option<PathBuf> {
        match self.form {
            MetadataForm::DistInfo => Some(path.join(METADATA)),
            MetadataForm::EggInfo if path.is_dir() => Some(path.join("PKG-INFO")),
            MetadataForm::EggInfo => Some(path.to_path_buf()),
            MetadataForm::Egg => Some(path.join("EGG-INFO").join("PKG-INFO")),
            MetadataForm::EggLink => None,
        }
    }
}

/// The text of the file with the headers, cut off where no headers can be. `None` where the file
/// is missing or unreadable. Links are followed: with `--link-mode symlink`, uv links METADATA to
/// its cache.
pub(crate) fn read_headers(path: &Path) -> Option<Vec<u8>> {
    let file = MetadataName::of(path.file_name()?)?.headers_file(path)?;
    read_prefix(&file, HEADERS_LIMIT).ok().flatten()
}

/// The name of the distribution with metadata at `path`, spelled as its author spells it. `None`
/// for an entry that is not metadata.
pub(crate) fn name(path: &Path) -> Option<String> {
    let by_file_name = MetadataName::of(path.file_name()?)?;
    let by_header = read_headers(path).and_then(|text| Headers::new(&text).first("Name"));
    Some(by_header.unwrap_or_else(|| by_file_name.name().to_owned()))
}

/// The headers of METADATA or PKG-INFO, read as Python's email parser reads them: a line that
/// starts with a blank continues the header before it, and the first line of any other form ends
/// the headers.
#[derive(Debug, Clone)]
pub(crate) struct Headers<'t> {
    rest: &'t [u8],
}

impl<'t> Headers<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self { rest: text }
    }

    /// The value of the first header called `key`, in any case. `None` where it is not UTF-8.
    pub(crate) fn first(mut self, key: &str) -> Option<String> {
        let (_, value) = self.find(|(name, _)| name.eq_ignore_ascii_case(key.as_bytes()))?;
        Some(String::from_utf8(value).ok()?.trim().to_owned())
    }

    /// The next line without its end, which is any that a text file of Python can have, and what
    /// follows it. `None` at the end of the text.
    fn line(&self) -> Option<(&'t [u8], &'t [u8])> {
        (!self.rest.is_empty()).then_some(())?;
        let end = memchr::memchr2(b'\n', b'\r', self.rest).unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or_default();
        Some((line, rest))
    }
}

impl<'t> Iterator for Headers<'t> {
    /// The key, and the value as it is written.
    type Item = (&'t [u8], Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        let continues = |line: &[u8]| line.starts_with(b" ") || line.starts_with(b"\t");
        let (key, mut value) = loop {
            let (line, rest) = self.line()?;
            // Mailbox files have such lines between messages.
            if !continues(line) && !line.starts_with(b"From ") {
                let end = line.iter().position(|byte| *byte == b':' || !byte.is_ascii_graphic());
                let (key, value) = line.split_at(end.filter(|end| line[*end] == b':')?);
                self.rest = rest;
                break (key, value[1..].to_vec());
            }
            self.rest = rest;
        };
        while let Some((line, rest)) = self.line().filter(|(line, _)| continues(line)) {
            value = [&value, &b"\n"[..], line].concat();
            self.rest = rest;
        }
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_read_in_their_parts() {
        let parts = |name: &'static str| {
            let name = MetadataName::of(OsStr::new(name)).unwrap();
            (name.form, name.name(), name.version())
        };
        assert_eq!(parts("pip-24.2.dist-info"), (MetadataForm::DistInfo, "pip", Some("24.2")));
        assert_eq!(parts("pip-9.0.1-py2.7.egg-info"), (MetadataForm::EggInfo, "pip", Some("9.0.1")));
        assert_eq!(parts("a_b-1-py3.8.egg"), (MetadataForm::Egg, "a_b", Some("1")));
        assert_eq!(parts("my-link.egg-link"), (MetadataForm::EggLink, "my-link", None));
        assert_eq!(parts("x.dist-info"), (MetadataForm::DistInfo, "x", None));
        for other in ["pip", "pip-1.0.py", "dist-info", "x.DIST-INFO"] {
            assert!(MetadataName::of(OsStr::new(other)).is_none(), "{other}");
        }
        assert_eq!(directory_name("a_b", "1.0"), "a_b-1.0.dist-info");
    }

    #[test]
    fn headers_end_before_the_description() {
        let text = b"Metadata-Version: 2.1\r\nNAME: a\r\nRequires-Dist: b\r\nRequires-Dist: c;\r\n x\r\n\r\nName: d\n";
        let of = |key: &str| Headers::new(text).first(key);
        assert_eq!((of("name").as_deref(), of("Version")), (Some("a"), None));
        let required = Headers::new(text).filter(|(key, _)| *key == b"Requires-Dist").map(|(_, value)| value);
        assert_eq!(required.collect::<Vec<_>>(), [b" b".to_vec(), b" c;\n x".to_vec()]);
    }

    #[test]
    fn names_are_compared_as_indexes_compare_them() {
        assert_eq!(normalized("Zope.Event"), "zope-event");
        assert_eq!(normalized("a_-.b"), "a-b");
        assert_eq!(normalized("sixpack"), "sixpack");
    }
}
