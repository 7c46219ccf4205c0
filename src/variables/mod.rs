//! The variables that activation changes, computed without a shell for `run` and `env`.
//!
//! Computes on data what the functions `leave` and `enter` of shell/init.* do in a shell: a program
//! gets the variables that `workon` would have set, including the record that lets `deactivate`
//! work in a shell started this way. `record` parses that record, and `shell::formats` prints the
//! result for other tools.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::activation::Target;
use crate::env_vars::{
    CONDA_PREFIX, PATH, PYTHONHOME, UV_PROJECT_ENVIRONMENT, VENVWRAP_UNDO, VIRTUAL_ENV, VIRTUAL_ENV_PROMPT,
};

pub(crate) mod brought;
mod conda;
pub(crate) mod record;

use record::{ADDED_TO_PATH, OuterPath, OuterValue, UndoRecord, escaped};

/// The variables that change. All others stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Variables to set.
    pub(crate) set: Vec<(String, OsString)>,
    /// Variables to unset, and whether each is set now.
    pub(crate) unset: Vec<(String, bool)>,
    /// The environment's `bin`, first in the new PATH.
    pub(crate) bin: PathBuf,
    /// The directories that follow it there, set by the user.
    pub(crate) added: Vec<OsString>,
    /// Directories removed from PATH with the environments that were active.
    pub(crate) left: Vec<OsString>,
}

impl Changes {
    /// The new PATH.
    pub(crate) fn path(&self) -> &OsStr {
        self.set.iter().find(|(name, _)| *name == PATH).map_or(OsStr::new(""), |(_, value)| value)
    }
}

/// The variables that activation replaces, besides PATH.
const REPLACED: [&str; 3] = [VIRTUAL_ENV, VIRTUAL_ENV_PROMPT, PYTHONHOME];

/// The changes that activate `target`. `given` returns the current value of a variable, which may
/// be empty; `is_environment` tells whether a path is a virtual environment, and `is_in` whether
/// the program starts in a project.
pub(crate) fn entering<'a>(
    target: &Target,
    given: impl Fn(&str) -> Option<&'a OsStr>,
    is_environment: impl Fn(&Path) -> bool,
    is_in: impl Fn(&Path) -> bool,
) -> Changes {
    let mut path = given(PATH).map(OuterValue::exported);
    let mut outside = REPLACED.map(|name| given(name).map(OuterValue::exported));
    let mut others = Others { given: &|name| given(name).map(OuterValue::exported), changed: BTreeMap::new() };
    let mut left = Vec::new();
    if let Some(record) = given(VENVWRAP_UNDO).filter(|record| !record.is_empty()).map(UndoRecord::read) {
        leave(record, &mut path, &mut outside, &mut others, &mut left);
    }
    left.extend(displace(&mut path, &mut outside, is_environment));
    let (root, hooks) = (escaped(target.root.as_os_str()), escaped(target.hooks.as_os_str()));
    let mut undo = [b"root=", &root[..], b";hooks=", &hooks].concat();
    for (name, was) in REPLACED.into_iter().zip(&outside) {
        if let Some(was) = was {
            undo.extend([b";", &was.field(name)[..]].concat());
        }
    }
    match &path {
        None => undo.extend_from_slice(b";PATH"),
        Some(was) if !was.is_exported => undo.extend_from_slice(b";-PATH"),
        Some(_) => {}
    }
    let bin = target.root.join("bin");
    let mut new_path = bin.clone().into_os_string();
    for directory in &target.own.path {
        new_path.push(":");
        new_path.push(directory);
    }
    if let Some(was) = path {
        new_path.push(":");
        new_path.push(was.value);
    }
    let mut set = Vec::new();
    let mut unset = vec![PYTHONHOME];
    if let Some(elsewhere) = &target.elsewhere {
        let project = elsewhere.project.as_deref().map(|project| escaped(project.as_os_str())).unwrap_or_default();
        undo.extend([b";elsewhere=", &project[..]].concat());
    }
    if let Some(conda) = target.elsewhere.as_ref().and_then(|elsewhere| elsewhere.conda.as_ref()) {
        unset.extend([VIRTUAL_ENV, VIRTUAL_ENV_PROMPT]);
        conda::enter(&target.root, conda, &mut others, &mut undo);
    } else {
        let text = |name: &str, value: OsString| (name.to_owned(), value);
        set.push(text(VIRTUAL_ENV, target.root.clone().into_os_string()));
        set.push(text(VIRTUAL_ENV_PROMPT, target.prompt.clone()));
    }
    for (name, value) in &target.own.set {
        others.set(name, value.into(), &mut undo);
    }
    for directory in &target.own.path {
        undo.extend([b";set=", ADDED_TO_PATH, &escaped(OsStr::new(directory))].concat());
    }
    if let Some(project) = &target.uv_project {
        undo.extend([b";uv=", &escaped(project.as_os_str())[..]].concat());
        if is_in(project) {
            others.replace(UV_PROJECT_ENVIRONMENT, target.root.clone().into(), b"lent", &mut undo);
        }
    }
    set.push((PATH.to_owned(), new_path));
    set.push((VENVWRAP_UNDO.to_owned(), OsString::from_vec(undo)));
    let mut unset: Vec<(String, bool)> =
        unset.into_iter().map(|name| (name.to_owned(), given(name).is_some())).collect();
    for (name, value) in others.changed {
        match value.filter(|value| value.is_exported) {
            Some(value) => set.push((name, value.value)),
            None => unset.push((name.clone(), given(&name).is_some())),
        }
    }
    let added = target.own.path.iter().map(OsString::from).collect();
    Changes { set, unset, bin, added, left }
}

/// All variables besides PATH: their given values, with the changes so far.
struct Others<'a> {
    given: &'a dyn Fn(&str) -> Option<OuterValue>,
    changed: BTreeMap<String, Option<OuterValue>>,
}

impl Others<'_> {
    fn get(&self, name: &str) -> Option<OuterValue> {
        self.changed.get(name).cloned().unwrap_or_else(|| (self.given)(name))
    }

    /// Sets a variable, and records its earlier value.
    fn set(&mut self, name: &str, value: OsString, undo: &mut Vec<u8>) {
        self.replace(name, value, b"set", undo);
    }

    /// The same, with a field of this name.
    fn replace(&mut self, name: &str, value: OsString, field: &[u8], undo: &mut Vec<u8>) {
        let was = self.get(name);
        undo.extend([b";", field, b"="].concat());
        undo.extend(was.map_or_else(|| name.as_bytes().to_vec(), |was| was.field(name)));
        self.changed.insert(name.to_owned(), Some(OuterValue { value, is_exported: true }));
    }
}

/// Deactivates another tool's environment, and returns the directory removed from PATH. A
/// VIRTUAL_ENV that is no environment is an ordinary variable and stays.
fn displace(
    path: &mut Option<OuterValue>,
    outside: &mut [Option<OuterValue>; 3],
    is_environment: impl Fn(&Path) -> bool,
) -> Option<OsString> {
    let [virtual_env, prompt, _] = outside;
    let root =
        virtual_env.take_if(|root| Path::new(&root.value).is_absolute() && is_environment(Path::new(&root.value)))?;
    *prompt = None;
    path.as_mut().and_then(|path| without_bin(path, &root.value))
}

/// Removes an environment's `bin` from PATH, once, and returns it.
fn without_bin(path: &mut OuterValue, root: &OsStr) -> Option<OsString> {
    let mut bin = root.to_owned();
    bin.push("/bin");
    without(path, &bin).then_some(bin)
}

/// Removes a directory from PATH, once. `false` if it is not there.
fn without(path: &mut OuterValue, directory: &OsStr) -> bool {
    let mut entries: Vec<&[u8]> = path.value.as_bytes().split(|byte| *byte == b':').collect();
    let Some(place) = entries.iter().position(|each| *each == directory.as_bytes()) else { return false };
    entries.remove(place);
    path.value = OsString::from_vec(entries.join(&b':'));
    true
}

/// Undoes the activation on record, and adds the directories removed from PATH to `left`.
fn leave(
    record: UndoRecord,
    path: &mut Option<OuterValue>,
    outside: &mut [Option<OuterValue>; 3],
    others: &mut Others<'_>,
    left: &mut Vec<OsString>,
) {
    if let Some(path) = path.as_mut().filter(|_| !record.root.is_empty()) {
        left.extend(without_bin(path, &record.root));
    }
    if let Some((name, was)) = record.lent_to_uv
        && others.get(&name).is_some_and(|now| now.value == record.root)
    {
        others.changed.insert(name, was);
    }
    match record.path {
        OuterPath::Exported => {}
        OuterPath::Private => path.iter_mut().for_each(|path| path.is_exported = false),
        OuterPath::Unset => *path = path.take().filter(|path| !path.value.is_empty()),
    }
    let [virtual_env, prompt, python_home] = outside;
    let [virtual_env_was, prompt_was, python_home_was] = record.replaced;
    // A conda environment is active if no other is.
    let active = virtual_env.as_ref().map(|active| active.value.clone()).filter(|active| !active.is_empty());
    let is_taken = active.is_some();
    let active = active.or_else(|| Some(others.get(CONDA_PREFIX)?.value)).unwrap_or_default();
    let is_of_conda = record.set.iter().any(|(name, _)| name == CONDA_PREFIX);
    // If another tool activated another environment since, the variables are that tool's.
    if active == record.root {
        others.changed.extend(record.set);
        if let Some(path) = path.as_mut() {
            left.extend(record.added.into_iter().filter(|directory| without(path, directory)));
        }
    }
    if active == record.root || !is_taken && !is_of_conda {
        *virtual_env = virtual_env_was;
    }
    let is_named = || Path::new(&record.root).file_name() == prompt.as_ref().map(|prompt| &*prompt.value);
    if active == record.root || !is_taken || is_named() {
        *prompt = prompt_was;
    }
    if python_home.is_none() {
        *python_home = python_home_was;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::OwnVariables;

    fn target(root: &str) -> Target {
        Target {
            root: root.into(),
            prompt: "p".into(),
            hooks: "/h".into(),
            own: OwnVariables::default(),
            uv_project: None,
            elsewhere: None,
        }
    }

    /// The changes as lines, with these variables there.
    fn changes(root: &str, given: &[(&str, &str)]) -> Vec<String> {
        let given = |name: &str| given.iter().find(|(each, _)| *each == name).map(|(_, value)| OsStr::new(value));
        let changes = entering(&target(root), given, |root| root == Path::new("/v"), |_| false);
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
        // Another tool's environment, activated since, is replaced, too.
        let given = [("PATH", "/v/bin:/o/bin:/a"), ("VIRTUAL_ENV", "/v"), ("VENVWRAP_UNDO", "root=/o;hooks=/h")];
        assert_eq!(changes("/e", &given)[2..], ["PATH=/e/bin:/a", "VENVWRAP_UNDO=root=/e;hooks=/h"]);
        // A VIRTUAL_ENV that is no environment is an ordinary variable.
        let given = [("PATH", "/usr/bin:/o/bin:/a"), ("VIRTUAL_ENV", "/usr"), ("VENVWRAP_UNDO", "root=/o;hooks=/h")];
        assert_eq!(
            changes("/e", &given)[2..],
            ["PATH=/e/bin:/usr/bin:/a", "VENVWRAP_UNDO=root=/e;hooks=/h;VIRTUAL_ENV=/usr"]
        );
        // Before the first activation, PATH was unset or not exported.
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
