//! VENVWRAP_UNDO, the record of how to undo an activation.
//!
//! Fields separated by `;`, with percent-encoded values. The functions in shell/init.* write and
//! read the same format.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::REPLACED;
use super::brought::may_be_put_back;
use crate::env_vars::UV_PROJECT_ENVIRONMENT;

/// A variable as it is outside of every environment.
#[derive(Debug, Clone)]
pub(crate) struct OuterValue {
    pub(crate) value: OsString,
    /// Whether programs see it; a shell may have it unexported.
    pub(crate) is_exported: bool,
}

impl OuterValue {
    pub(super) fn exported(value: &OsStr) -> Self {
        Self { value: value.to_owned(), is_exported: true }
    }

    /// The field of the record: `NAME=value`, or `-NAME=value` if not exported.
    pub(super) fn field(&self, name: &str) -> Vec<u8> {
        let mark: &[u8] = if self.is_exported { b"" } else { b"-" };
        [mark, name.as_bytes(), b"=", &escaped(&self.value)].concat()
    }
}

/// VENVWRAP_UNDO, parsed. Unknown fields are ignored, because anybody can write the variable.
#[derive(Debug)]
pub(crate) struct UndoRecord {
    /// The root of the environment.
    pub(crate) root: OsString,
    /// Whether automatic switching activated it.
    pub(crate) is_automatic: bool,
    /// Set if another tool manages the environment: the directory of its project, empty if unknown.
    pub(crate) elsewhere: Option<OsString>,
    pub(super) path: OuterPath,
    pub(super) replaced: [Option<OuterValue>; 3],
    /// Other variables that were set, with their earlier values: only names that may be restored.
    pub(crate) set: Vec<(String, Option<OuterValue>)>,
    /// Directories that were added to PATH besides the environment's own.
    pub(crate) added: Vec<OsString>,
    /// Set if UV_PROJECT_ENVIRONMENT names the environment: the variable and its earlier value.
    pub(super) lent_to_uv: Option<(String, Option<OuterValue>)>,
}

/// The start of the value of a field `set` for a directory that was added to PATH.
pub(super) const ADDED_TO_PATH: &[u8] = b"+PATH=";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OuterPath {
    Exported,
    Private,
    Unset,
}

impl UndoRecord {
    /// Parses the variable.
    pub(crate) fn read(text: &OsStr) -> Self {
        let mut record = Self {
            root: OsString::new(),
            is_automatic: false,
            elsewhere: None,
            path: OuterPath::Exported,
            replaced: [None, None, None],
            set: Vec::new(),
            added: Vec::new(),
            lent_to_uv: None,
        };
        for field in text.as_bytes().split(|byte| *byte == b';') {
            let mut parts = field.splitn(2, |byte| *byte == b'=');
            let (name, value) = (parts.next().unwrap_or_default(), parts.next());
            let (name, is_exported) = name.strip_prefix(b"-").map_or((name, true), |name| (name, false));
            match (name, value) {
                (b"root", Some(value)) if is_exported => record.root = unescaped(value),
                (b"automatic", Some(_)) if is_exported => record.is_automatic = true,
                (b"elsewhere", Some(value)) if is_exported => record.elsewhere = Some(unescaped(value)),
                (b"set", Some(value)) if is_exported => match value.strip_prefix(ADDED_TO_PATH) {
                    Some(directory) => record.added.push(unescaped(directory)),
                    None => record.set.extend(setting(value, may_be_put_back)),
                },
                (b"lent", Some(value)) if is_exported => {
                    record.lent_to_uv = setting(value, |name| name == UV_PROJECT_ENVIRONMENT);
                }
                (b"PATH", None) => record.path = if is_exported { OuterPath::Unset } else { OuterPath::Private },
                (name, Some(value)) => {
                    if let Some(place) = REPLACED.iter().position(|each| each.as_bytes() == name) {
                        record.replaced[place] = Some(OuterValue { value: unescaped(value), is_exported });
                    }
                }
                _ => {}
            }
        }
        record
    }
}

/// Percent-encodes `%`, `;`, and newline, which end an escape, a field, and a line.
pub(super) fn escaped(value: &OsStr) -> Vec<u8> {
    let mut text = Vec::with_capacity(value.len());
    for byte in value.as_bytes() {
        match byte {
            b'%' => text.extend_from_slice(b"%25"),
            b'\n' => text.extend_from_slice(b"%0A"),
            b';' => text.extend_from_slice(b"%3B"),
            other => text.push(*other),
        }
    }
    text
}

fn unescaped(text: &[u8]) -> OsString {
    let mut value = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let (byte, length) = match rest.get(..3) {
            Some(b"%25") => (b'%', 3),
            Some(b"%0A") => (b'\n', 3),
            Some(b"%3B") => (b';', 3),
            _ => (*first, 1),
        };
        value.push(byte);
        rest = after.get(length - 1..).unwrap_or_default();
    }
    OsString::from_vec(value)
}

/// Parses `NAME`, `NAME=value`, or `-NAME=value`: a variable before it was set.
fn setting(text: &[u8], is_allowed: impl Fn(&str) -> bool) -> Option<(String, Option<OuterValue>)> {
    let mut parts = text.splitn(2, |byte| *byte == b'=');
    let (name, value) = (parts.next().unwrap_or_default(), parts.next());
    let (name, is_exported) = name.strip_prefix(b"-").map_or((name, true), |name| (name, false));
    let name = std::str::from_utf8(name).ok().filter(|name| is_allowed(name))?;
    Some((name.to_owned(), value.map(|value| OuterValue { value: unescaped(value), is_exported })))
}
