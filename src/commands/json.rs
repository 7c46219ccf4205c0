//! The common parts of all `--json` documents: the schema number, and how environments and names
//! are written.
//!
//! docs/json.md describes every document, and the test suite checks them against it. A key has one
//! meaning everywhere: `environments` is a list of [`Named`], possibly with more keys,
//! `environment` a single one, and `path` the path of the object.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::Serialize;

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::shown::json_escaped;

/// Raised when a key of any document changes its meaning or is removed.
const SCHEMA: u32 = 1;

/// A document that starts with the schema number.
#[derive(Debug, Serialize)]
struct Document<'a, T> {
    schema: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// An environment's name and root. Invalid UTF-8 is replaced; the raw bytes then follow in
/// hexadecimal, because two different names must not look the same.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Named {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_bytes: Option<String>,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
}

impl Named {
    pub(super) fn new(name: &OsStr, root: &Path) -> Self {
        Self { name: text(name), name_bytes: bytes(name), path: text(root), path_bytes: bytes(root.as_os_str()) }
    }

    pub(super) fn of(environment: &Environment) -> Self {
        Self::new(environment.name(), environment.root())
    }
}

/// A name or a path as text; invalid UTF-8 is replaced.
pub(super) fn text<T: AsRef<OsStr> + ?Sized>(value: &T) -> String {
    value.as_ref().to_string_lossy().into_owned()
}

/// The bytes in hexadecimal, if the value is not valid UTF-8.
fn bytes(value: &OsStr) -> Option<String> {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    let hexadecimal = || value.as_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    value.to_str().is_none().then(hexadecimal)
}

/// The document of a command, with a final line break.
pub(super) fn document<T: Serialize>(content: &T) -> Result<Vec<u8>> {
    let wrong = |error: serde_json::Error| Error::Malformed { what: "JSON".to_owned(), reason: error.to_string() };
    let text = serde_json::to_string_pretty(&Document { schema: SCHEMA, content }).map_err(wrong)?;
    Ok(format!("{}\n", json_escaped(&text)).into_bytes())
}
