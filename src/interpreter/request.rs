//! What `-p` asks for, parsed.
//!
//! Owns the grammar of a request and the question whether an interpreter answers it. Leaves it to `discovery` where to
//! look. The grammar is a part of uv's (docs/concepts/python-versions.md), which is itself wider than virtualenv's.

use std::ffi::{OsStr, OsString};
use std::fmt::{self, Display};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::label::Label;
use super::{Interpreter, Version};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::shown::shown;

/// An interpreter that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// Nothing in particular: what `python3` or `python` runs.
    Default,
    /// Any interpreter that fits: `3.12`, `pypy3.9`, `3.13t`.
    Described(Description),
    /// The interpreter at this place, or the one of the install prefix or environment there. Absolute.
    Path(PathBuf),
    /// What this command runs.
    Command(OsString),
}

/// Properties of an interpreter; what is not given is left open, except for the build (see [`Self::mismatch`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Description {
    implementation: Option<&'static Implementation>,
    /// None to three leading parts of the version.
    version: Vec<u8>,
    free_threaded: bool,
}

/// An implementation of Python that can be asked for by name.
#[derive(Debug, PartialEq, Eq)]
struct Implementation {
    /// As [`Interpreter::implementation`] has it.
    name: &'static str,
    /// As a request has it, in lower case.
    word: &'static str,
    /// What its commands start with.
    command: &'static str,
}

static CPYTHON: Implementation = Implementation { name: "CPython", word: "cpython", command: "python" };
static PYPY: Implementation = Implementation { name: "PyPy", word: "pypy", command: "pypy" };

impl Request {
    /// Reads what stands behind `-p`; `None` is the same as `default`. Relative paths are taken from the working
    /// directory. Fails where the text looks like a version and is none.
    pub(crate) fn parse(text: Option<&OsStr>, context: &Context) -> Result<Self> {
        let Some(text) = text.filter(|text| *text != "default") else {
            return Ok(Self::Default);
        };
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(unclear(text));
        }
        if bytes.contains(&b'/') || matches!(bytes, b"~" | b"." | b"..") {
            // `--python=~/x` arrives as it was typed: bash expands a tilde only at the start of a word.
            let path = match (Path::new(text).strip_prefix("~"), context.home()) {
                (Ok(below), Some(home)) => home.join(below),
                _ => PathBuf::from(text),
            };
            return Ok(Self::Path(context.absolute_path(&path)?));
        }
        match text.to_str().map(Description::parse) {
            Some(Parsed::Description(description)) => Ok(Self::Described(description)),
            Some(Parsed::Nonsense) => Err(unclear(text)),
            Some(Parsed::Other) | None => Ok(Self::Command(text.to_owned())),
        }
    }
}

fn unclear(text: &OsStr) -> Error {
    let message = if text.is_empty() {
        "no python is named".to_owned()
    } else {
        format!("`{}` is not a version of python", shown(text))
    };
    Error::Usage { message, hint: "`-p` takes a version such as `3.12` or `pypy3.10`, a command or a path".to_owned() }
}

/// What a word turned out to be.
#[derive(Debug, PartialEq, Eq)]
enum Parsed {
    Description(Description),
    /// Meant as a description, but wrong.
    Nonsense,
    /// No description: perhaps a command.
    Other,
}

impl Description {
    /// `[python|cpython|pypy][@]VERSION[t|+freethreaded]`. The one place to grow when ranges are understood.
    fn parse(text: &str) -> Parsed {
        let text = text.to_ascii_lowercase();
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = text.split_at(letters);
        let implementation = match word {
            "" | "python" => None,
            _ if word == CPYTHON.word => Some(&CPYTHON),
            _ if word == PYPY.word => Some(&PYPY),
            _ => return Parsed::Other,
        };
        let separated = rest.strip_prefix('@');
        let is_meant = separated.is_some() || (word.is_empty() && starts_like_version(rest));
        match (separated.unwrap_or(rest), implementation) {
            // A bare `pypy` is a wish for any PyPy; a bare `python` is the command of that name.
            ("", Some(_)) if separated.is_none() => {
                return Parsed::Description(Self { implementation, ..Self::default() });
            }
            (version, _) => {
                if let Some((version, rest)) = leading_version(version)
                    && let Some(free_threaded) = build(rest)
                {
                    return Parsed::Description(Self { implementation, version, free_threaded });
                }
            }
        }
        if is_meant { Parsed::Nonsense } else { Parsed::Other }
    }

    /// The commands that would be such an interpreter, without a look at it.
    pub(super) fn exact_commands(&self) -> Vec<String> {
        let stem = self.command_stem();
        match *self.version.as_slice() {
            [] => vec![format!("{stem}3"), stem.to_owned()],
            [major] => vec![format!("{stem}{major}")],
            [major, minor, ..] if self.free_threaded => {
                vec![format!("{stem}{major}.{minor}t"), format!("{stem}{major}.{minor}")]
            }
            [major, minor, ..] => vec![format!("{stem}{major}.{minor}")],
        }
    }

    /// The commands that could be such an interpreter.
    pub(super) fn general_commands(&self) -> Vec<String> {
        let stem = self.command_stem();
        match *self.version.as_slice() {
            [] => Vec::new(),
            [_] => vec![stem.to_owned()],
            [major, ..] => vec![format!("{stem}{major}"), stem.to_owned()],
        }
    }

    fn command_stem(&self) -> &'static str {
        self.implementation.unwrap_or(&CPYTHON).command
    }

    /// What is wrong with an interpreter, as it goes on a line behind its path, or `None` where it fits.
    /// A free-threaded build (PEP 703) fits only where it was asked for: most extension modules are not made for it.
    pub(super) fn mismatch(&self, interpreter: &Interpreter) -> Option<String> {
        let Version { major, minor, micro } = interpreter.version;
        let fits = [major, minor, micro].starts_with(&self.version)
            && self.implementation.is_none_or(|wanted| wanted.name == interpreter.implementation)
            && self.free_threaded == interpreter.is_free_threaded();
        let build = if interpreter.is_free_threaded() { ", free-threaded" } else { "" };
        (!fits).then(|| format!("is {} {}{build}", interpreter.implementation, interpreter.version))
    }

    /// Whether the directory of an installation promises to hold such an interpreter. Starts nothing.
    pub(super) fn fits_label(&self, label: &Label) -> bool {
        label.version().starts_with(&self.version)
            && self.free_threaded == label.is_free_threaded()
            && label.is_pypy() == (self.implementation == Some(&PYPY))
    }
}

impl Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.version.iter().map(u8::to_string).collect();
        let word = self.implementation.map_or("", |implementation| implementation.word);
        let build = if self.free_threaded { "t" } else { "" };
        match (word, numbers.as_slice()) {
            ("", []) => formatter.write_str("python"),
            _ => write!(formatter, "{word}{}{build}", numbers.join(".")),
        }
    }
}

fn starts_like_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || "<>=~!^".contains(first))
}

/// One to three numbers with dots at the start of `text`, and what follows. `312` is short for `3.12`.
pub(super) fn leading_version(text: &str) -> Option<(Vec<u8>, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let parts: Vec<&str> = match (numbers.split_once('.'), numbers.len()) {
        (None, 2..) => vec![&numbers[..1], &numbers[1..]],
        _ => numbers.split('.').collect(),
    };
    let version: Vec<u8> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    (version.len() <= 3).then_some((version, rest))
}

/// Whether the rest of a version names the free-threaded build; `None` where it names something else.
fn build(rest: &str) -> Option<bool> {
    match rest {
        "" => Some(false),
        "t" | "+freethreaded" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod fuzzed;

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Request> {
        Request::parse(Some(OsStr::new(text)), &Context::made_of(&[("HOME", "/home/me")]))
    }

    fn described(text: &str) -> Description {
        match parsed(text) {
            Ok(Request::Described(description)) => description,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn nothing_is_the_default() {
        assert_eq!(parsed("default").unwrap(), Request::Default);
        assert_eq!(Request::parse(None, &Context::made_of(&[])).unwrap(), Request::Default);
    }

    #[test]
    fn versions_are_understood_in_every_usual_spelling() {
        for (text, shown) in [
            ("3", "3"),
            ("3.12", "3.12"),
            ("312", "3.12"),
            ("27", "2.7"),
            ("3.12.4", "3.12.4"),
            ("python3.12", "3.12"),
            ("Python3", "3"),
            ("cpython@3.12", "cpython3.12"),
            ("cpython", "cpython"),
            ("pypy", "pypy"),
            ("PyPy3.9", "pypy3.9"),
            ("pypy@3.10", "pypy3.10"),
            ("3.13t", "3.13t"),
            ("3.13+freethreaded", "3.13t"),
        ] {
            assert_eq!(described(text).to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_meant_as_a_version_and_is_none_is_refused_in_one_line_with_a_hint() {
        for text in ["", "3.", "3..1", "3.12.4.5", "3.x", "3.999", "3.12\n", "cpython@", "pypy@x", ">=3.11", "3.12tt"] {
            let error = parsed(text).unwrap_err();
            assert_eq!((error.to_string().lines().count(), error.status()), (1, 2), "{text}");
            assert!(error.hint().unwrap().contains("`3.12`"), "{text}");
        }
    }

    #[test]
    fn other_words_are_commands() {
        for text in ["python", "python3-dbg", "python3.11-config", "mypython", "graalpy", "it's $x", "-c"] {
            assert_eq!(parsed(text).unwrap(), Request::Command(text.into()));
        }
    }

    #[test]
    fn a_slash_or_a_tilde_makes_a_path() {
        assert_eq!(parsed("/opt/py 'x'/../bin/python").unwrap(), Request::Path("/opt/bin/python".into()));
        assert_eq!(parsed("~/py").unwrap(), Request::Path("/home/me/py".into()));
        assert_eq!(parsed("~").unwrap(), Request::Path("/home/me".into()));
        assert!(matches!(parsed("./3.12").unwrap(), Request::Path(path) if path.is_absolute()));
    }

    #[test]
    fn commands_go_from_the_exact_to_the_general() {
        let commands =
            |text| [described(text).exact_commands(), described(text).general_commands()].map(|c| c.join(" "));
        assert_eq!(commands("3.12.4"), ["python3.12", "python3 python"]);
        assert_eq!(commands("2.7"), ["python2.7", "python2 python"]);
        assert_eq!(commands("3"), ["python3", "python"]);
        assert_eq!(commands("3.13t"), ["python3.13t python3.13", "python3 python"]);
        assert_eq!(commands("pypy"), ["pypy3 pypy", ""]);
        assert_eq!(commands("pypy3.9"), ["pypy3.9", "pypy3 pypy"]);
    }

    #[test]
    fn an_interpreter_has_to_be_what_was_asked_for() {
        let mut python = super::super::fake::interpreter(Path::new("/opt/x"), "3.13.1");
        for fits in ["3", "3.13", "3.13.1", "cpython3.13"] {
            assert_eq!(described(fits).mismatch(&python), None, "{fits}");
        }
        for other in ["3.1", "3.13.0", "2", "pypy3.13"] {
            assert_eq!(described(other).mismatch(&python).unwrap(), "is CPython 3.13.1", "{other}");
        }
        python.abiflags = "t".to_owned();
        assert_eq!(described("3.13t").mismatch(&python), None);
        assert_eq!(described("3.13").mismatch(&python).unwrap(), "is CPython 3.13.1, free-threaded");
    }
}
