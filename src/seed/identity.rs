//! The wheels and the interpreter that a cached site-packages was made from, and the key it is
//! cached under.
//!
//! Owns the file with these facts, beside every tree and every set of slots: later, it shows
//! without an interpreter whether the cache is up to date.

use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::wheel::Wheel;
use crate::interpreter::Interpreter;

/// Raise the number with every change of the content of trees: existing trees become outdated.
const SCHEMA: &str = "venvwrap seed 1";

/// The name of the file.
pub(super) const FILE: &str = "made-from";

/// The wheels as they are on disk now, and the facts their compiled files depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    text: Vec<u8>,
    key: String,
}

/// How the wheels on disk compare with the recorded ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// All are the same.
    Current,
    /// One was replaced by another file.
    Changed,
    /// One is missing, perhaps only here: machines or containers with other Pythons can share a
    /// cache.
    Missing,
}

impl Identity {
    /// Calls stat once per wheel.
    pub(super) fn of(wheels: &[Wheel], interpreter: &Interpreter) -> io::Result<Self> {
        let mut text = format!("{SCHEMA}\n{}\n", bytecode(interpreter)).into_bytes();
        for wheel in wheels {
            text.extend_from_slice(&line(&wheel.path)?);
        }
        let digest = Sha256::digest(&text);
        let tag =
            interpreter.cache_tag.chars().filter(|character| character.is_ascii_alphanumeric() || *character == '-');
        let mut key: String = tag.collect();
        key.push('-');
        for byte in &digest[..10] {
            // Writing to a String cannot fail.
            _ = write!(key, "{byte:02x}");
        }
        Ok(Self { text, key })
    }

    /// A file name: equal keys mean equal content.
    #[must_use]
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// The text of the file.
    #[must_use]
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }
}

/// Whether a file name is a key: it ends in a dash and twenty hexadecimal digits.
#[must_use]
pub(super) fn is_key(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    name.len() > 20 && name[..name.len() - 20].ends_with(b"-") && name[name.len() - 20..].iter().all(is_digit)
}

/// The facts that decide whether compiled files are valid. A released version has one magic number
/// per cache tag; previews change it each time. PyPy changes it between its own releases, which is
/// ignored here: Python recompiles a file with another magic number, and never misreads it.
fn bytecode(interpreter: &Interpreter) -> String {
    let Interpreter { implementation, version, cache_tag, release, .. } = interpreter;
    let preview = if release.starts_with("final") { String::new() } else { format!(" {version} {release}") };
    format!("{implementation} {} {cache_tag}{preview}", version.series())
}

/// `wheel SIZE MTIME PATH`, the time in nanoseconds.
fn line(wheel: &Path) -> io::Result<Vec<u8>> {
    let stat = fs::metadata(wheel)?;
    let (size, seconds, nanoseconds) = (stat.size(), stat.mtime(), stat.mtime_nsec());
    let mut line = format!("wheel {size} {seconds}.{nanoseconds:09} ").into_bytes();
    line.extend_from_slice(wheel.as_os_str().as_bytes());
    line.push(b'\n');
    Ok(line)
}

/// The wheels in the text of the file, each with its line.
fn wheel_lines(text: &[u8]) -> impl Iterator<Item = (&[u8], PathBuf)> {
    text.split_inclusive(|byte| *byte == b'\n').filter_map(|line| {
        let mut fields = line.strip_suffix(b"\n")?.splitn(4, |byte| *byte == b' ');
        (fields.next()? == b"wheel").then_some(())?;
        let path = fields.nth(2)?;
        Some((line, PathBuf::from(std::ffi::OsString::from_vec(path.to_vec()))))
    })
}

/// The wheels in the text of the file.
pub(super) fn wheels(text: &[u8]) -> impl Iterator<Item = PathBuf> {
    wheel_lines(text).map(|(_, path)| path)
}

/// Whether the text of the file is still true. Truncated text or another schema counts as changed.
#[must_use]
pub(super) fn freshness(text: &[u8]) -> Freshness {
    let is_whole = text.starts_with(format!("{SCHEMA}\n").as_bytes()) && text.ends_with(b"\n");
    if !is_whole || wheel_lines(text).next().is_none() {
        return Freshness::Changed;
    }
    let mut freshness = Freshness::Current;
    for (line_then, path) in wheel_lines(text) {
        match line(&path) {
            Ok(now) if now == line_then => {}
            Ok(_) => return Freshness::Changed,
            Err(_) => freshness = Freshness::Missing,
        }
    }
    freshness
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::made_up_interpreter;

    #[test]
    fn the_key_follows_the_wheel_and_the_bytecode() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("a b-1.0-py3-none-any.whl");
        fs::write(&path, "one").unwrap();
        let wheels = [Wheel::named(&path).unwrap()];
        let mut interpreter = made_up_interpreter();
        let first = Identity::of(&wheels, &interpreter).unwrap();
        assert_eq!(first, Identity::of(&wheels, &interpreter).unwrap());
        assert!(first.key().starts_with("cpython-313-"));

        interpreter.version.micro += 1;
        assert_eq!(first.key(), Identity::of(&wheels, &interpreter).unwrap().key(), "a patch level changes nothing");
        interpreter.release = "beta.2".to_owned();
        assert_ne!(first.key(), Identity::of(&wheels, &interpreter).unwrap().key());

        assert_eq!(super::wheels(first.text()).collect::<Vec<_>>(), [path.as_path()]);
        assert_eq!(freshness(first.text()), Freshness::Current);
        assert_eq!(freshness(&first.text()[..first.text().len() - 1]), Freshness::Changed);
        fs::write(&path, "longer").unwrap();
        assert_eq!(freshness(first.text()), Freshness::Changed);
        assert_ne!(first.key(), Identity::of(&wheels, &made_up_interpreter()).unwrap().key());
        fs::remove_file(&path).unwrap();
        assert_eq!(freshness(first.text()), Freshness::Missing);
    }
}
