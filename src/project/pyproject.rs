//! The dependencies in a `pyproject.toml`: `project.dependencies` (PEP 621) and the group `dev` (PEP 735), as lines of a
//! requirements file.
//!
//! They are taken off the file, not by way of installing the project: that would build it, and any pip can do this.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::one_line::is_one_line;
use crate::shown::shown;

/// The group that people work with, and that uv takes by itself.
const GROUP: &str = "dev";

/// What of the file is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Pyproject {
    project: Option<Project>,
    #[serde(default)]
    dependency_groups: BTreeMap<String, Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
struct Project {
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    dynamic: Vec<String>,
}

/// An entry of a group.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Requirement(String),
    Group {
        #[serde(rename = "include-group")]
        include_group: String,
    },
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Lines of a requirements file; empty where the project needs nothing.
    pub(super) text: String,
    /// What was taken, for a person.
    pub(super) taken: String,
}

/// `None` where the file lists no dependencies at all: many hold settings of tools.
pub(super) fn read(text: &str, file: &Path) -> Result<Option<Found>> {
    let wrong = |reason: String| Error::Value { what: shown(file).to_string(), reason };
    let read: Pyproject = toml::from_str(text).map_err(|error| {
        let reason = error.to_string();
        wrong(reason.trim_end().lines().map(|line| shown(line).to_string()).collect::<Vec<_>>().join("\n"))
    })?;
    let mut found = Found { text: String::new(), taken: String::new() };
    if let Some(project) = &read.project {
        if project.dynamic.iter().any(|field| field == "dependencies") {
            let reason = "its dependencies are `dynamic`: only its build tells them".to_owned();
            return Err(Error::NoDependencies { path: file.to_path_buf(), reason });
        }
        project.dependencies.iter().try_for_each(|line| push_line(&mut found.text, line, file))?;
        "`dependencies`".clone_into(&mut found.taken);
    }
    if let Some(name) = named(&read.dependency_groups, GROUP) {
        let mut lines = Vec::new();
        expand(&read.dependency_groups, name, &mut Vec::new(), &mut lines).map_err(wrong)?;
        lines.into_iter().try_for_each(|line| push_line(&mut found.text, line, file))?;
        let and = if found.taken.is_empty() { "" } else { " and " };
        found.taken = format!("{}{and}the group `{GROUP}`", found.taken);
    }
    Ok((!found.taken.is_empty()).then_some(found))
}

/// Puts what a group lists into `lines`. `above`: the groups that include it.
fn expand<'a>(
    groups: &'a BTreeMap<String, Vec<Entry>>,
    name: &'a str,
    above: &mut Vec<&'a str>,
    lines: &mut Vec<&'a str>,
) -> std::result::Result<(), String> {
    if above.contains(&name) {
        return Err(format!("the group `{}` includes itself", shown(name)));
    }
    above.push(name);
    for entry in &groups[name] {
        match entry {
            Entry::Requirement(line) => lines.push(line),
            Entry::Group { include_group } => {
                let included = named(groups, include_group);
                let gone = || format!("the group `{}` is not there", shown(include_group));
                expand(groups, included.ok_or_else(gone)?, above, lines)?;
            }
        }
    }
    above.pop();
    Ok(())
}

/// The name as the file has it, by the rule for names of packages: `Dev_Tools` is `dev-tools`.
fn named<'a>(groups: &'a BTreeMap<String, Vec<Entry>>, name: &str) -> Option<&'a str> {
    let plain = |name: &str| {
        let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("-").to_lowercase()
    };
    groups.keys().find(|key| plain(key) == plain(name)).map(String::as_str)
}

/// Adds a requirement as a line of a file. It must be one that is not an option: what others wrote is data.
fn push_line(text: &mut String, requirement: &str, file: &Path) -> Result<()> {
    let requirement = requirement.trim();
    let starts_well = requirement.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if !starts_well || !is_one_line(requirement.as_bytes()) {
        let reason = format!("`{}` is no requirement", shown(requirement));
        return Err(Error::Value { what: shown(file).to_string(), reason });
    }
    text.push_str(requirement);
    text.push('\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<Option<Found>> {
        read(text, Path::new("/p/pyproject.toml"))
    }

    fn taken(text: &str) -> (String, String) {
        let found = found(text).unwrap().unwrap();
        (found.text, found.taken)
    }

    #[test]
    fn dependencies_and_the_group_dev_are_taken() {
        let both = "[project]\nname = 'x'\ndependencies = ['a>1', 'b[c]; python_version<\"4\"']\n[dependency-groups]\nother = \
                    ['o']\nTest_Tools = ['t', {include-group = 'lint'}]\nlint = ['l']\nDEV = ['d', {include-group = \
                    'test-tools'}]\n";
        let text = "a>1\nb[c]; python_version<\"4\"\nd\nt\nl\n".to_owned();
        assert_eq!(taken(both), (text, "`dependencies` and the group `dev`".to_owned()));
        let group = taken("[dependency-groups]\ndev = ['d']\n");
        assert_eq!(group, ("d\n".to_owned(), "the group `dev`".to_owned()));
        assert_eq!(taken("[project]\nname = 'x'\n"), (String::new(), "`dependencies`".to_owned()));
        for of_others in ["", "[tool.black]\nline-length = 120\n", "[dependency-groups]\ndocs = ['d']\n"] {
            assert_eq!(found(of_others).unwrap(), None, "{of_others}");
        }
    }

    #[test]
    fn what_is_no_list_of_requirements_is_refused() {
        let said = |text: &str| found(text).unwrap_err().to_string();
        assert!(said("[project]\ndynamic = ['dependencies']\n").contains("`dynamic`"));
        assert!(said("[project]\ndependencies = ['--index-url x']\n").ends_with("`--index-url x` is no requirement"));
        assert!(said("[project]\ndependencies = [\"a\\n-r b\"]\n").ends_with("`a\\n-r b` is no requirement"));
        assert!(said("[project]\ndependencies = ['']\n").ends_with("`` is no requirement"));
        let circle = "[dependency-groups]\ndev = [{include-group = 'a'}]\na = [{include-group = 'Dev'}]\n";
        assert!(said(circle).ends_with("the group `dev` includes itself"));
        assert!(said("[dependency-groups]\ndev = [{include-group = 'a'}]\n").ends_with("the group `a` is not there"));
        assert!(said("[project]\ndependencies = 3\n").starts_with("/p/pyproject.toml: "));
    }
}
