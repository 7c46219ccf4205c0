//! What a program in an environment is given, as data: the variables that change.
//!
//! Owns the computing, from the variables there are. It gives what `workon` leaves to a program that the shell starts
//! afterwards: this is `leave` and `enter` of shell/init.* without a shell, the record for undoing it included, so that
//! `deactivate` works in a shell that is started this way. Who writes it down for whom: `shell::formats`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use crate::activation::Entry;
use crate::env_vars::{PATH, PYTHONHOME, VENVWRAP_UNDO, VIRTUAL_ENV, VIRTUAL_ENV_PROMPT};

/// The variables that change. Those that are not named here stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    /// What is set.
    pub(crate) set: Vec<(&'static str, OsString)>,
    /// What must not be set, and whether it is now.
    pub(crate) unset: (&'static str, bool),
    /// The directory of the environment's programs, first in the new PATH.
    pub(crate) bin: PathBuf,
    /// The directory that left PATH with the environment that was active.
    pub(crate) left: Option<OsString>,
}

impl Changes {
    /// The new PATH.
    pub(crate) fn path(&self) -> &OsStr {
        self.set.iter().find(|(name, _)| *name == PATH).map_or(OsStr::new(""), |(_, value)| value)
    }
}

/// What a variable is outside of every environment.
#[derive(Debug, Clone)]
struct Outside {
    value: OsString,
    /// Whether programs see it. A shell can keep one to itself.
    is_exported: bool,
}

impl Outside {
    fn exported(value: &OsStr) -> Self {
        Self { value: value.to_owned(), is_exported: true }
    }
}

/// Those that an activation replaces, PATH apart.
const REPLACED: [&str; 3] = [VIRTUAL_ENV, VIRTUAL_ENV_PROMPT, PYTHONHOME];

/// What entering an environment changes. `given`: the value of a variable as it is, empty or not.
pub(crate) fn entering<'a>(entry: &Entry, given: impl Fn(&str) -> Option<&'a OsStr>) -> Changes {
    let mut path = given(PATH).map(Outside::exported);
    let mut outside = REPLACED.map(|name| given(name).map(Outside::exported));
    let mut left = None;
    if let Some(record) = given(VENVWRAP_UNDO).filter(|record| !record.is_empty()).map(Record::read) {
        left = leave(record, &mut path, &mut outside);
    }
    let (root, hooks) = (escaped(entry.root.as_os_str()), escaped(entry.hooks.as_os_str()));
    let mut undo = [b"root=", &root[..], b";hooks=", &hooks].concat();
    for (name, was) in REPLACED.into_iter().zip(&outside) {
        if let Some(was) = was {
            let mark: &[u8] = if was.is_exported { b"" } else { b"-" };
            undo.extend([b";", mark, name.as_bytes(), b"=", &escaped(&was.value)].concat());
        }
    }
    match &path {
        None => undo.extend_from_slice(b";PATH"),
        Some(was) if !was.is_exported => undo.extend_from_slice(b";-PATH"),
        Some(_) => {}
    }
    let bin = entry.root.join("bin");
    let mut new_path = bin.clone().into_os_string();
    if let Some(was) = path {
        new_path.push(":");
        new_path.push(was.value);
    }
    Changes {
        set: vec![
            (VIRTUAL_ENV, entry.root.clone().into_os_string()),
            (VIRTUAL_ENV_PROMPT, entry.prompt.clone()),
            (PATH, new_path),
            (VENVWRAP_UNDO, OsString::from_vec(undo)),
        ],
        unset: (PYTHONHOME, given(PYTHONHOME).is_some()),
        bin,
        left,
    }
}

/// Takes back the activation on record. Gives the directory that left PATH.
fn leave(record: Record, path: &mut Option<Outside>, outside: &mut [Option<Outside>; 3]) -> Option<OsString> {
    let mut bin = record.root.clone();
    bin.push("/bin");
    let mut left = None;
    if let Some(path) = path.as_mut().filter(|_| !record.root.is_empty()) {
        let mut entries: Vec<&[u8]> = path.value.as_bytes().split(|byte| *byte == b':').collect();
        if let Some(place) = entries.iter().position(|each| *each == bin.as_bytes()) {
            entries.remove(place);
            path.value = OsString::from_vec(entries.join(&b':'));
            left = Some(bin);
        }
    }
    match record.path {
        PathWas::Exported => {}
        PathWas::Private => path.iter_mut().for_each(|path| path.is_exported = false),
        PathWas::Unset => *path = path.take().filter(|path| !path.value.is_empty()),
    }
    let [virtual_env, prompt, python_home] = outside;
    let [virtual_env_was, prompt_was, python_home_was] = record.replaced;
    let active = virtual_env.as_ref().map(|active| active.value.as_os_str()).unwrap_or_default();
    // Another tool may have entered another environment since; then these are its own.
    if active == record.root {
        *virtual_env = virtual_env_was;
        *prompt = prompt_was;
    }
    if python_home.is_none() {
        *python_home = python_home_was;
    }
    left
}

/// What VENVWRAP_UNDO says. Anything else in it is passed over: it could have been written by anybody.
#[derive(Debug)]
struct Record {
    root: OsString,
    path: PathWas,
    replaced: [Option<Outside>; 3],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PathWas {
    Exported,
    Private,
    Unset,
}

impl Record {
    fn read(text: &OsStr) -> Self {
        let mut record = Self { root: OsString::new(), path: PathWas::Exported, replaced: [None, None, None] };
        for field in text.as_bytes().split(|byte| *byte == b';') {
            let mut parts = field.splitn(2, |byte| *byte == b'=');
            let (name, value) = (parts.next().unwrap_or_default(), parts.next());
            let (name, is_exported) = name.strip_prefix(b"-").map_or((name, true), |name| (name, false));
            match (name, value) {
                (b"root", Some(value)) if is_exported => record.root = unescaped(value),
                (b"PATH", None) => record.path = if is_exported { PathWas::Unset } else { PathWas::Private },
                (name, Some(value)) => {
                    if let Some(place) = REPLACED.iter().position(|each| each.as_bytes() == name) {
                        record.replaced[place] = Some(Outside { value: unescaped(value), is_exported });
                    }
                }
                _ => {}
            }
        }
        record
    }
}

/// `%`, `;` and newline as in a URL: they end an escape, a field and a line.
fn escaped(value: &OsStr) -> Vec<u8> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(root: &str) -> Entry {
        Entry { root: root.into(), prompt: "p".into(), hooks: "/h".into() }
    }

    /// The changes as lines, with these variables there.
    fn changes(root: &str, given: &[(&str, &str)]) -> Vec<String> {
        let given = |name: &str| given.iter().find(|(each, _)| *each == name).map(|(_, value)| OsStr::new(value));
        let changes = entering(&entry(root), given);
        changes.set.iter().map(|(name, value)| format!("{name}={}", value.display())).collect()
    }

    #[test]
    fn what_was_there_is_on_record() {
        let given = [("PATH", "/a:/b"), ("VIRTUAL_ENV", ""), ("PYTHONHOME", "/py;%\n")];
        assert_eq!(
            changes("/e;x", &given),
            [
                "VIRTUAL_ENV=/e;x",
                "VIRTUAL_ENV_PROMPT=p",
                "PATH=/e;x/bin:/a:/b",
                "VENVWRAP_UNDO=root=/e%3Bx;hooks=/h;VIRTUAL_ENV=;PYTHONHOME=/py%3B%25%0A"
            ]
        );
        assert_eq!(changes("/e", &[])[2..], ["PATH=/e/bin", "VENVWRAP_UNDO=root=/e;hooks=/h;PATH"]);
        assert_eq!(changes("/e", &[("PATH", "")])[2], "PATH=/e/bin:");
    }

    #[test]
    fn the_active_environment_is_left_first() {
        let record = "root=/o%0A;hooks=/h;-VIRTUAL_ENV=/before;VIRTUAL_ENV_PROMPT=b;PYTHONHOME=%253B";
        let given = [
            ("PATH", "/first:/o\n/bin:/a:/o\n/bin"),
            ("VIRTUAL_ENV", "/o\n"),
            ("VIRTUAL_ENV_PROMPT", "o"),
            ("VENVWRAP_UNDO", record),
        ];
        assert_eq!(
            changes("/e", &given)[2..],
            [
                "PATH=/e/bin:/first:/a:/o\n/bin",
                "VENVWRAP_UNDO=root=/e;hooks=/h;-VIRTUAL_ENV=/before;VIRTUAL_ENV_PROMPT=b;PYTHONHOME=%253B"
            ]
        );
        // Another tool's environment has been entered since: it stays below.
        let given = [("PATH", "/v/bin:/o/bin:/a"), ("VIRTUAL_ENV", "/v"), ("VENVWRAP_UNDO", "root=/o;hooks=/h")];
        assert_eq!(
            changes("/e", &given)[2..],
            ["PATH=/e/bin:/v/bin:/a", "VENVWRAP_UNDO=root=/e;hooks=/h;VIRTUAL_ENV=/v"]
        );
        // The first had no PATH to begin with, or one that it kept to itself.
        let given = [("PATH", "/o/bin"), ("VIRTUAL_ENV", "/o"), ("VENVWRAP_UNDO", "root=/o;hooks=/h;PATH")];
        assert_eq!(changes("/e", &given)[2..], ["PATH=/e/bin", "VENVWRAP_UNDO=root=/e;hooks=/h;PATH"]);
        let given = [("PATH", "/o/bin:/a"), ("VIRTUAL_ENV", "/o"), ("VENVWRAP_UNDO", "root=/o;hooks=/h;-PATH")];
        assert_eq!(changes("/e", &given)[2..], ["PATH=/e/bin:/a", "VENVWRAP_UNDO=root=/e;hooks=/h;-PATH"]);
    }

    #[test]
    fn a_forged_record_sets_nothing_else() {
        let given = [("PATH", "/a"), ("VENVWRAP_UNDO", "LD_PRELOAD=/x;PATH=/evil;-root=/a;;=;-;hooks;VIRTUAL_ENV")];
        assert_eq!(changes("/e", &given)[2..], ["PATH=/e/bin:/a", "VENVWRAP_UNDO=root=/e;hooks=/h"]);
    }
}
