//! Which Python a new environment gets, and what happens if it is missing.
//!
//! Owns the order of precedence: `-p`, the variables of virtualenv and uv, the project's files,
//! `python3`. The search itself is in `interpreter`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::Options;
use crate::commands::Session;
use crate::env_vars;
use crate::environment::requested_python;
use crate::error::{Error, PackageError, Result};
use crate::interpreter::{self, Interpreter};
use crate::output;
use crate::project::python::{Asked, asked};
use crate::shown::shown;

/// The requested Python, and where the request comes from.
pub(in crate::commands) struct PythonRequest<'a> {
    session: &'a Session<'a>,
    asker: Asker,
    /// Tried in this order. Empty for `python3`.
    requests: Vec<OsString>,
    may_download: bool,
    is_quiet: bool,
}

/// Where a request comes from.
enum Asker {
    Nobody,
    /// `-p`.
    Person,
    /// VIRTUALENV_PYTHON, which virtualenv reads itself.
    Virtualenv,
    /// Another variable or file, described for messages.
    Other(String),
}

impl<'a> PythonRequest<'a> {
    /// Determines the request. `project` is the directory whose files may choose a Python;
    /// `pipfile` is the choice of its Pipfile, which takes precedence over other files.
    pub(super) fn of(
        session: &'a Session<'a>,
        options: &Options,
        project: Option<&Path>,
        pipfile: Option<&OsStr>,
    ) -> Result<Self> {
        let (asker, requests) = who_asks(session, options.python.as_deref(), project, pipfile)?;
        Ok(Self { session, asker, requests, may_download: options.download, is_quiet: options.quiet > 0 })
    }

    /// The request of a creation without options: `python` if given, or else the choice of the
    /// variables, or else of the project's files.
    pub(in crate::commands) fn like_creation(
        session: &'a Session<'a>,
        python: Option<&OsStr>,
        project: Option<&Path>,
    ) -> Result<Self> {
        let (asker, requests) = who_asks(session, python, project, None)?;
        Ok(Self { session, asker, requests, may_download: false, is_quiet: false })
    }

    /// Suppresses the line about where the request comes from.
    pub(in crate::commands) fn quietly(self) -> Self {
        Self { is_quiet: true, ..self }
    }

    /// Whether the user, a variable, or a file requests a Python.
    pub(in crate::commands) fn has_asker(&self) -> bool {
        !matches!(self.asker, Asker::Nobody)
    }

    /// Finds the Python, and reports a request that the user did not type. If it is missing and
    /// `--download` was given, uv installs the first requested one.
    pub(in crate::commands) fn find(&self) -> Result<Interpreter> {
        let missing = match self.search()? {
            Ok(found) => return Ok(found),
            Err(missing) => missing,
        };
        let first = self.requests.first().map(OsString::as_os_str);
        if self.may_download {
            interpreter::download(self.session.context, first)?;
            if let Ok(found) = self.search()? {
                return Ok(found);
            }
        }
        Err(Error::PythonNotFound {
            request: if self.requests.is_empty() { "default".into() } else { self.requests.join(OsStr::new(", ")) },
            asker: self.words(),
            tried: missing,
            ways: interpreter::ways(self.session.context, first, self.may_download),
        })
    }

    /// The `--python` to pass to a creator chosen by the user, if the creator would not find the
    /// same Python itself.
    pub(super) fn for_creator(&self) -> Result<Option<OsString>> {
        match &self.asker {
            Asker::Person if !self.may_download => Ok(self.requests.first().cloned()),
            Asker::Virtualenv | Asker::Nobody if !self.may_download => Ok(None),
            _ => Ok(Some(self.find()?.base_executable.into_os_string())),
        }
    }

    /// Tries the requests in order. The inner error lists what was searched.
    fn search(&self) -> Result<std::result::Result<Interpreter, Vec<String>>> {
        let context = self.session.context;
        let mut tried = Vec::new();
        let requests = if self.requests.is_empty() { &[OsString::from("default")][..] } else { &self.requests };
        for request in requests {
            match interpreter::find(context, Some(request)) {
                Ok(found) => {
                    if let Some(asker) = self.words().filter(|_| !self.is_quiet) {
                        output::note(&format!("Using Python {}, requested by {asker}", shown(request)));
                    }
                    return Ok(Ok(found));
                }
                Err(Error::PythonNotFound { tried: missing, .. }) => tried.extend(missing),
                // One of several Pythons is broken; the next one may work.
                Err(Error::PythonFailed { python, reason }) if self.requests.len() > 1 => {
                    tried.push(format!("{}: {reason}", self.session.shown(&python)));
                }
                Err(Error::Usage { .. }) if self.words().is_some() => {
                    return Err(nonsense(self.words().unwrap_or_default(), request));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Err(tried))
    }

    /// The source of a request that the user did not type.
    fn words(&self) -> Option<String> {
        match &self.asker {
            Asker::Nobody | Asker::Person => None,
            Asker::Virtualenv => Some(env_vars::VIRTUALENV_PYTHON.to_owned()),
            Asker::Other(words) => Some(words.clone()),
        }
    }
}

/// Records in the environment at `root` what `-p` asked for. The files of a project are read again
/// when it matters.
pub(super) fn record_request(
    session: &Session<'_>,
    options: &Options,
    root: &Path,
    found: Option<&Interpreter>,
) -> Result<()> {
    let typed = options.python.as_deref();
    let request = typed.and_then(|typed| interpreter::lasting_request(session.context, typed, found));
    request.map_or(Ok(()), |request| requested_python::record(root, &request))
}

fn who_asks(
    session: &Session<'_>,
    python: Option<&OsStr>,
    project: Option<&Path>,
    pipfile: Option<&OsStr>,
) -> Result<(Asker, Vec<OsString>)> {
    let context = session.context;
    if let Some(python) = python {
        return Ok((Asker::Person, vec![python.to_owned()]));
    }
    let several = context.variable(env_vars::VIRTUALENV_PYTHON).map(several).unwrap_or_default();
    if !several.is_empty() {
        return Ok((Asker::Virtualenv, several));
    }
    if let Some(python) = context.variable(env_vars::UV_PYTHON) {
        return Ok((Asker::Other(env_vars::UV_PYTHON.to_owned()), vec![python.to_owned()]));
    }
    let Some(project) = project else { return Ok((Asker::Nobody, Vec::new())) };
    let (asker, text, others) = if let Some(text) = pipfile {
        (format!("Pipfile of {}", session.shown(project)), text.to_owned(), Vec::new())
    } else {
        let Some(Asked { text, others, file, key }) = asked(project)? else { return Ok((Asker::Nobody, Vec::new())) };
        let name = file.file_name().map(|name| shown(name).to_string()).unwrap_or_default();
        let place = session.shown(file.parent().unwrap_or(&file));
        let key = key.map(|key| format!("{key} in ")).unwrap_or_default();
        (format!("{key}{name} of {place}"), text, others)
    };
    let lines = std::iter::once(&text).chain(&others);
    let requests: Vec<OsString> = lines.flat_map(|line| of_line(session, line)).collect();
    if requests.is_empty() { Err(nonsense(asker, &text)) } else { Ok((Asker::Other(asker), requests)) }
}

/// The requests in a line of a project's file: a single one, or several separated by blanks, as in
/// pyenv. Words that are not requests are skipped.
fn of_line(session: &Session<'_>, line: &OsStr) -> Vec<OsString> {
    if let Some(request) = interpreter::asked_by_project(session.context, line) {
        return vec![request];
    }
    let words = line.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).map(OsStr::from_bytes);
    words.filter_map(|word| interpreter::asked_by_project(session.context, word)).collect()
}

/// The error for an invalid request in a file or a variable.
fn nonsense(asker: String, text: &OsStr) -> Error {
    PackageError::NotAVersion { asker, text: text.to_owned() }.into()
}

/// The values of a virtualenv variable that may hold several: one on each line, or separated by
/// commas on a single line. Colons separate them, too. A condition after a comma belongs to the
/// condition before it.
fn several(value: &OsStr) -> Vec<OsString> {
    let is_condition = |text: &[u8]| {
        let after_name = text.iter().find(|byte| !byte.is_ascii_alphabetic() && !byte.is_ascii_whitespace());
        after_name.is_some_and(|sign| b"<>=~!".contains(sign))
    };
    let words = |text: &[u8], separator: u8| {
        let words = text.split(|byte| *byte == separator).map(<[u8]>::trim_ascii);
        words.filter(|word| !word.is_empty()).map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let mut values = words(value.as_bytes(), b'\n');
    if let [line] = values.as_slice() {
        let mut joined: Vec<Vec<u8>> = Vec::new();
        for part in words(line, b',') {
            match joined.last_mut() {
                Some(last) if part[0].is_ascii_punctuation() && is_condition(&part) && is_condition(last) => {
                    last.push(b',');
                    last.extend(part);
                }
                _ => joined.push(part),
            }
        }
        values = joined;
    }
    values.iter().flat_map(|value| words(value, b':')).map(OsString::from_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_pythons_are_parted_as_virtualenv_does() {
        for (value, parts) in [
            ("3.8", "3.8"),
            ("3.99,3.8", "3.99|3.8"),
            (" 3.99 , 3.8,", "3.99|3.8"),
            ("3.99\n>=3.8,<3.9\n", "3.99|>=3.8,<3.9"),
            (">=3.8,<3.10", ">=3.8,<3.10"),
            (">=3.99,3.8", ">=3.99|3.8"),
            ("3.99,>=3.8, <3.10,pypy", "3.99|>=3.8,<3.10|pypy"),
            ("cpython>=3.8,<3.10", "cpython>=3.8,<3.10"),
            ("/a b/python:3.8", "/a b/python|3.8"),
            (" , ", ""),
        ] {
            let joined = several(OsStr::new(value)).join(OsStr::new("|"));
            assert_eq!(joined, parts, "{value:?}");
        }
    }
}
