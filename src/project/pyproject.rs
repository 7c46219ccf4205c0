//! The dependencies in a `pyproject.toml` as lines of a requirements file: `project.dependencies`
//! (PEP 621) and the group `dev` (PEP 735).
//!
//! They are read from the file: installing the project would build it, and older pips know no
//! groups.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, ProjectError, Result};
use crate::formats::dist_info::normalized;
use crate::one_line::is_one_line;
use crate::shown::shown;

/// The group for development, which uv installs by default.
const GROUP: &str = "dev";

/// The part of the file that is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Pyproject {
    project: Option<Project>,
    #[serde(default)]
    dependency_groups: BTreeMap<String, Vec<GroupItem>>,
    #[serde(default)]
    tool: Tool,
}

/// Sources of dependencies that uv and poetry define outside the standard.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tool {
    uv: Uv,
    poetry: Poetry,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Uv {
    sources: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Poetry {
    dependencies: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Project {
    #[serde(default)]
    name: String,
    #[serde(default)]
    optional_dependencies: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    dynamic: Vec<String>,
}

/// An item in a dependency group.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum GroupItem {
    Requirement(String),
    Group {
        #[serde(rename = "include-group")]
        include_group: String,
    },
}

/// The dependencies found in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependencies {
    /// Lines of a requirements file; empty if the project has no dependencies.
    pub(super) text: String,
    /// Which tables were used, for a message.
    pub(super) taken: String,
}

/// The normalized name of the project. `None` if it has none, or the file cannot be parsed.
pub(super) fn name(text: &str) -> Option<String> {
    let name = normalized(&toml::from_str::<Pyproject>(text).ok()?.project?.name);
    (!name.is_empty()).then_some(name)
}

/// `None` if the file lists no dependencies: many hold only settings of tools.
pub(super) fn read(text: &str, file: &Path) -> Result<Option<Dependencies>> {
    let wrong = |reason: String| Error::Malformed { what: shown(file).to_string(), reason };
    let read: Pyproject = toml::from_str(text).map_err(|error| {
        let reason = error.to_string();
        wrong(reason.trim_end().lines().map(|line| shown(line).to_string()).collect::<Vec<_>>().join("\n"))
    })?;
    let mut found = Dependencies { text: String::new(), taken: String::new() };
    let mut taken = Vec::new();
    if let Some(project) = &read.project {
        if project.dynamic.iter().any(|field| field == "dependencies") {
            let reason = "its dependencies are `dynamic`: only a build lists them".to_owned();
            return Err(Error::NoDependencies { path: file.to_path_buf(), reason });
        }
        taken.extend(project.dependencies.iter().map(String::as_str));
        "`dependencies`".clone_into(&mut found.taken);
    }
    if let Some(name) = named(&read.dependency_groups, GROUP) {
        expand(&read.dependency_groups, name, &mut Vec::new(), &mut taken).map_err(wrong)?;
        let and = if found.taken.is_empty() { "" } else { " and " };
        found.taken = format!("{}{and}the group `{GROUP}`", found.taken);
    }
    let mut lines = Vec::new();
    let mut extras = Vec::new();
    taken
        .into_iter()
        .try_for_each(|line| without_itself(read.project.as_ref(), line, &mut extras, &mut lines))
        .map_err(wrong)?;
    for line in lines {
        check_place(&read.tool, line, file)?;
        push_line(&mut found.text, line, file)?;
    }
    Ok((!found.taken.is_empty()).then_some(found))
}

/// The name at the start of a requirement (PEP 503).
fn name_of(line: &str) -> String {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let line = line.trim();
    normalized(&line[..line.find(|letter| !is_of_name(letter)).unwrap_or(line.len())])
}

/// Adds a requirement to `lines`. A requirement for the project itself, such as `proj[test]` in a
/// group `test`, is replaced by the dependencies of these extras: an index would provide a
/// published release of the project. `above`: the extras being expanded.
fn without_itself<'a>(
    project: Option<&'a Project>,
    line: &'a str,
    above: &mut Vec<String>,
    lines: &mut Vec<&'a str>,
) -> std::result::Result<(), String> {
    let own = project.filter(|project| !project.name.is_empty() && name_of(line) == normalized(&project.name));
    let Some(own) = own else {
        lines.push(line);
        return Ok(());
    };
    if line.contains(';') {
        return Err(format!(
            "`{}` requires an extra of the project itself under a condition, which is not supported",
            shown(line)
        ));
    }
    let extras = line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(extras, _)| extras);
    for extra in extras.split(',').map(str::trim).filter(|extra| !extra.is_empty()) {
        if above.contains(&normalized(extra)) {
            continue;
        }
        above.push(normalized(extra));
        let listed = own.optional_dependencies.iter().find(|(name, _)| normalized(name) == normalized(extra));
        let (_, listed) = listed.ok_or_else(|| format!("the extra `{}` is missing", shown(extra)))?;
        listed.iter().try_for_each(|line| without_itself(project, line, above, lines))?;
    }
    Ok(())
}

/// Fails if uv or poetry would take the dependency from a source other than an index: a package of
/// that name on an index may be another one.
fn check_place(tool: &Tool, line: &str, file: &Path) -> Result<()> {
    let name = name_of(line);
    let has = |table: &BTreeMap<String, toml::Value>, is_place: &dyn Fn(&toml::Value) -> bool| {
        table.iter().any(|(key, value)| normalized(key) == name && is_place(value))
    };
    let places = ["path", "git", "url", "source", "develop"];
    let is_place = |value: &toml::Value| match value {
        toml::Value::Array(values) => values.iter().any(|value| places.iter().any(|key| value.get(key).is_some())),
        value => places.iter().any(|key| value.get(key).is_some()),
    };
    let (table, command) = if has(&tool.uv.sources, &|_| true) {
        ("tool.uv.sources", "uv pip install -r pyproject.toml")
    } else if has(&tool.poetry.dependencies, &is_place) {
        ("tool.poetry.dependencies", "poetry install")
    } else {
        return Ok(());
    };
    Err(ProjectError::PrivateSource { file: file.to_path_buf(), table, name, command }.into())
}

/// Adds the requirements of a group to `lines`. `above`: the groups being expanded.
fn expand<'a>(
    groups: &'a BTreeMap<String, Vec<GroupItem>>,
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
            GroupItem::Requirement(line) => lines.push(line),
            GroupItem::Group { include_group } => {
                let included = named(groups, include_group);
                let gone = || format!("the group `{}` does not exist", shown(include_group));
                expand(groups, included.ok_or_else(gone)?, above, lines)?;
            }
        }
    }
    above.pop();
    Ok(())
}

/// The group's name as spelled in the file. Names compare like package names: `Dev_Tools` is
/// `dev-tools`.
fn named<'a>(groups: &'a BTreeMap<String, Vec<GroupItem>>, name: &str) -> Option<&'a str> {
    let plain = |name: &str| {
        let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("-").to_lowercase()
    };
    groups.keys().find(|key| plain(key) == plain(name)).map(String::as_str)
}

/// Adds a requirement as a line. Refuses options: the file is untrusted.
fn push_line(text: &mut String, requirement: &str, file: &Path) -> Result<()> {
    let requirement = requirement.trim();
    let starts_well = requirement.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if !starts_well || !is_one_line(requirement.as_bytes()) {
        let reason = format!("`{}` is not a requirement", shown(requirement));
        return Err(Error::Malformed { what: shown(file).to_string(), reason });
    }
    text.push_str(requirement);
    text.push('\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<Option<Dependencies>> {
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
    fn the_project_itself_is_never_taken_from_an_index() {
        let head = "[project]\nname = 'My_Proj'\ndependencies = ['a']\n[project.optional-dependencies]\ntest = ['t', \
                    'my.proj[Lint,test]']\nlint = ['l']\n[dependency-groups]\n";
        assert_eq!(taken(&format!("{head}dev = ['my-proj[test]', 'my-proj', 'd']\n")).0, "a\nt\nl\nd\n");
        let said = |group: &str| found(&format!("{head}dev = [{group}]\n")).unwrap_err().to_string();
        assert!(said("'my-proj[gone]'").ends_with("the extra `gone` is missing"));
        assert!(
            said("\"my-proj[test] ; os_name == 'nt'\"")
                .ends_with("requires an extra of the project itself under a condition, which is not supported")
        );
    }

    #[test]
    fn what_comes_from_another_place_than_an_index_is_refused() {
        let head = "[project]\nname = 'x'\ndependencies = ['Our.Thing>1', 'six']\n";
        for (sources, table) in [
            ("[tool.uv.sources]\nour_thing = { path = '../thing' }\n", "tool.uv.sources"),
            ("[tool.uv.sources]\nour-thing = [{ git = 'https://h/r', marker = 'm' }]\n", "tool.uv.sources"),
            ("[tool.uv.sources]\nour-thing = { workspace = true }\n", "tool.uv.sources"),
            ("[tool.uv.sources]\nour-thing = { index = 'ours' }\n", "tool.uv.sources"),
            ("[tool.poetry.dependencies]\nour-thing = { path = '../thing' }\n", "tool.poetry.dependencies"),
            ("[tool.poetry.dependencies]\nour-thing = { source = 'ours' }\n", "tool.poetry.dependencies"),
        ] {
            let said = found(&format!("{head}{sources}")).unwrap_err().to_string();
            let why =
                format!("`{table}` says where `our-thing` comes from; an index may have another package of that name");
            assert!(said.ends_with(&why), "{said}");
        }
        for others in ["[tool.uv.sources]\nother = { path = 'x' }\n", "[tool.poetry.dependencies]\nour-thing = '>1'\n"]
        {
            assert_eq!(taken(&format!("{head}{others}")).0, "Our.Thing>1\nsix\n");
        }
    }

    #[test]
    fn what_is_no_list_of_requirements_is_refused() {
        let said = |text: &str| found(text).unwrap_err().to_string();
        assert!(said("[project]\ndynamic = ['dependencies']\n").contains("`dynamic`"));
        assert!(
            said("[project]\ndependencies = ['--index-url x']\n").ends_with("`--index-url x` is not a requirement")
        );
        assert!(said("[project]\ndependencies = [\"a\\n-r b\"]\n").ends_with("`a\\n-r b` is not a requirement"));
        assert!(said("[project]\ndependencies = ['']\n").ends_with("`` is not a requirement"));
        let circle = "[dependency-groups]\ndev = [{include-group = 'a'}]\na = [{include-group = 'Dev'}]\n";
        assert!(said(circle).ends_with("the group `dev` includes itself"));
        assert!(said("[dependency-groups]\ndev = [{include-group = 'a'}]\n").ends_with("the group `a` does not exist"));
        assert!(said("[project]\ndependencies = 3\n").starts_with("/p/pyproject.toml: "));
    }
}
