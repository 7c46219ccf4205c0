//! What `--json` prints has in common: the number of the schema, and how environments and names are
//! written.
//!
//! docs/json.md describes every document; the suite holds each of them against it. A key means the
//! same wherever it stands: `environments` is a list of [`Named`] with or without more,
//! `environment` one of them, `path` the place of what an object is about.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::Serialize;

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::shown::json_escaped;

/// Goes up when a key changes its meaning or goes away, in whichever document.
const SCHEMA: u32 = 1;

/// A document with the number before everything else.
#[derive(Debug, Serialize)]
struct Document<'a, T> {
    schema: u32,
    #[serde(flatten)]
    content: &'a T,
}

/// An environment by its name and root. JSON is text: bytes that are no UTF-8 are replaced there,
/// and then follow in hexadecimal digits, for two names must not become one.
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
    /// The environment of this name with this root.
    pub(super) fn new(name: &OsStr, root: &Path) -> Self {
        Self { name: text(name), name_bytes: bytes(name), path: text(root), path_bytes: bytes(root.as_os_str()) }
    }

    /// An environment.
    pub(super) fn of(environment: &Environment) -> Self {
        Self::new(environment.name(), environment.root())
    }
}

/// A name or a path; bytes that are no text are replaced.
pub(super) fn text<T: AsRef<OsStr> + ?Sized>(value: &T) -> String {
    value.as_ref().to_string_lossy().into_owned()
}

/// The bytes in hexadecimal digits, where the text would not be the whole truth.
fn bytes(value: &OsStr) -> Option<String> {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    let hexadecimal = || value.as_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    value.to_str().is_none().then(hexadecimal)
}

/// The document of a command, an object, with a line break at its end.
pub(super) fn document<T: Serialize>(content: &T) -> Result<Vec<u8>> {
    let wrong = |error: serde_json::Error| Error::Malformed { what: "JSON".to_owned(), reason: error.to_string() };
    let text = serde_json::to_string_pretty(&Document { schema: SCHEMA, content }).map_err(wrong)?;
    Ok(format!("{}\n", json_escaped(&text)).into_bytes())
}
