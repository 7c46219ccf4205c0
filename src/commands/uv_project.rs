//! Decides whether uv, started in a directory, works on the project of an environment.
//!
//! uv takes the nearest `pyproject.toml` upward. One below the linked project belongs to another
//! project, unless it is a member of the linked project's workspace.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Session;
use crate::activation::OwnVariables;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result};
use crate::fs::{read_small, resolved};
use crate::keepsake;
use crate::project;
use crate::search::pattern::Pattern;
use crate::shown::shown;
use crate::workon_home::WorkonHome;

const FILE: &str = "pyproject.toml";

/// Longest file that is read.
const LIMIT: u64 = 1024 * 1024;

/// Patterns for directories, relative to that of the workspace.
struct Workspace {
    members: Vec<String>,
    exclude: Vec<String>,
}

/// The project in which uv uses an environment.
pub(super) fn of(session: &Session<'_>, environment: &Environment, own: &OwnVariables) -> Result<Option<PathBuf>> {
    if !own.uv {
        return Ok(None);
    }
    let project = linked(session, environment)?;
    project.map(|project| session.context.absolute_path(&project)).transpose()
}

/// The project of an environment, also if uv removed the link to it by recreating the environment.
pub(super) fn linked(session: &Session<'_>, environment: &Environment) -> Result<Option<PathBuf>> {
    let project = project::of(environment, session.context)?;
    if project.is_some() || environment.origin() != Origin::Store {
        return Ok(project);
    }
    Ok(keepsake::lost_link(&WorkonHome::locate(session.context)?, session.context, environment.name()))
}

/// The project of a directory: where uv finds a `pyproject.toml` upward, else the directory itself.
/// In the home directory and in `/`, everything would belong to the project.
pub(super) fn around(directory: &Path, home: Option<&Path>) -> Result<PathBuf> {
    let project = directory.ancestors().find(|place| place.join(FILE).is_file()).unwrap_or(directory);
    if Some(project) == home || project.parent().is_none() {
        return Err(Error::Usage {
            message: format!("no project here: {} has no {FILE}", shown(directory)),
            hint: "go to the project, or add `-a PROJECT`".to_owned(),
        });
    }
    Ok(project.to_path_buf())
}

/// Whether uv would work on this project when it starts in this directory. In doubt it would not:
/// then uv leaves the environment alone.
pub(super) fn is_in(project: &Path, directory: &Path) -> bool {
    let (Ok(project), Ok(directory)) = (resolved(project), resolved(directory)) else { return false };
    if !directory.starts_with(&project) {
        return false;
    }
    let mut below = directory.ancestors().take_while(|place| *place != project);
    below.find(|place| place.join(FILE).is_file()).is_none_or(|nested| is_member(&project, nested))
}

/// Whether a project below another one is a member of its workspace.
fn is_member(project: &Path, nested: &Path) -> bool {
    if workspace(nested).is_some() {
        return false;
    }
    let above = nested.ancestors().skip(1).take_while(|place| place.starts_with(project));
    let Some((root, workspace)) = above.into_iter().find_map(|place| Some((place, workspace(place)?))) else {
        return false;
    };
    let Ok(member) = nested.strip_prefix(root) else { return false };
    let is_of = |patterns: &[String]| {
        patterns.iter().filter_map(|text| Pattern::parse(OsStr::new(text))).any(|pattern| pattern.matches(member))
    };
    root == project && is_of(&workspace.members) && !is_of(&workspace.exclude)
}

fn workspace(directory: &Path) -> Option<Workspace> {
    let text = read_small(&directory.join(FILE), LIMIT).ok()??;
    let file: toml::Table = toml::from_str(std::str::from_utf8(&text).ok()?).ok()?;
    let workspace = file.get("tool")?.get("uv")?.get("workspace")?.as_table()?;
    let patterns = |key: &str| {
        let Some(patterns) = workspace.get(key) else { return Some(Vec::new()) };
        patterns.as_array()?.iter().map(|pattern| pattern.as_str().map(str::to_owned)).collect()
    };
    Some(Workspace { members: patterns("members")?, exclude: patterns("exclude")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn uv_works_on_the_project_and_on_the_members_of_its_workspace() {
        let room = tempfile::tempdir().unwrap();
        let root = room.path().join("it's $x");
        let project = root.join("shop");
        let write = |directory: &str, text: &str| {
            fs::create_dir_all(project.join(directory)).unwrap();
            fs::write(project.join(directory).join(FILE), text).unwrap();
        };
        write("", "[tool.uv.workspace]\nmembers = ['packages/*', 'tool']\nexclude = ['packages/old']\n");
        for directory in ["packages/api", "packages/old", "packages/api/deep", "vendor/lib"] {
            write(directory, "[project]\nname = 'x'\n");
        }
        write("tool", "[tool.uv.workspace]\n");
        fs::create_dir_all(project.join("src/shop")).unwrap();
        fs::create_dir_all(root.join("shop2")).unwrap();
        symlink(&project, root.join("link")).unwrap();
        symlink(root.join("shop2"), project.join("out")).unwrap();
        let is_in = |directory: &str| is_in(&project, &root.join(directory));
        for inside in ["shop", "shop/src/shop", "shop/packages/api", "shop/packages", "link/src"] {
            assert!(is_in(inside), "{inside}");
        }
        assert!(is_in("link") && super::is_in(&root.join("link"), &project.join("src")));
        for outside in [
            "",
            "shop2",
            "gone",
            "shop/out",
            "shop/packages/old",
            "shop/packages/api/deep",
            "shop/vendor/lib",
            "shop/tool",
        ] {
            assert!(!is_in(outside), "{outside}");
        }
        // A file that is no TOML has no members.
        write("", "[tool.uv.workspace\n");
        assert!(is_in("shop/src") && !is_in("shop/packages/api"));
    }
}
