//! The directories where the environment of a project is looked for: this one, its parents, and
//! their counterparts in other worktrees of a repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::fs::{is_same, resolved};
use crate::project::repository::{LinkedWorktree, is_top};

/// A directory in all its spellings, as typed first.
type Spellings = Vec<PathBuf>;

/// This directory and its parents, the nearest first, each as typed and with links resolved. Stops
/// before the home directory: a link to that is not about everything in it.
pub(super) fn levels(here: &Path, context: &Context) -> Vec<Spellings> {
    let home = context.home();
    let is_end =
        |place: &Path| place.parent().is_none() || home.is_some_and(|home| place == home || is_same(place, home));
    let up = |from: &Path| -> Vec<PathBuf> {
        let places = from.ancestors().enumerate().take_while(|(level, place)| *level == 0 || !is_end(place));
        places.map(|(_, place)| place.to_path_buf()).collect()
    };
    let mut levels: Vec<Spellings> = up(here).into_iter().map(|place| vec![place]).collect();
    for (level, place) in resolved(here).map(|here| up(&here)).unwrap_or_default().into_iter().enumerate() {
        match levels.get_mut(level) {
            Some(spellings) if spellings[0] == place => {}
            Some(spellings) => spellings.push(place),
            None => levels.push(vec![place]),
        }
    }
    levels
}

/// The directories, the nearest first.
pub(super) struct Levels {
    /// Each directory is followed by its counterparts.
    pub(super) directories: Vec<Spellings>,
    /// For the number of each counterpart: the directory that shares its environments.
    shared: BTreeMap<usize, InWorktree>,
}

/// A directory in a worktree.
pub(super) struct InWorktree {
    pub(super) directory: PathBuf,
    /// The top of the worktree.
    pub(super) top: PathBuf,
}

impl Levels {
    /// Adds the counterparts in other worktrees: for `fix/packages/api` in the worktree `fix`,
    /// `packages/api` in the main one. `may_be`: decides by the path of a counterpart in the main
    /// worktree, before the repository is touched.
    pub(super) fn with_worktrees(levels: Vec<Spellings>, may_be: impl Fn(&Path) -> bool) -> Self {
        let mut found = Self { directories: Vec::new(), shared: BTreeMap::new() };
        let mut below: Vec<Spellings> = Vec::new();
        for spellings in levels {
            let top = spellings[0].clone();
            below.push(spellings);
            if is_top(&top) {
                found.add(std::mem::take(&mut below), &top, &may_be);
            }
        }
        found.directories.extend(below);
        found
    }

    /// Adds the directories of one repository, from the nearest one to its top.
    fn add(&mut self, levels: Vec<Spellings>, top: &Path, may_be: &impl Fn(&Path) -> bool) {
        let worktree = LinkedWorktree::at(top);
        let relative = |spellings: &Spellings| {
            let place = spellings.iter().find_map(|place| place.strip_prefix(top).ok());
            place.map(Path::to_path_buf)
        };
        let may_share = |worktree: &LinkedWorktree| {
            levels.iter().filter_map(relative).any(|place| may_be(&joined(worktree.main(), &place)))
        };
        let others = worktree.filter(may_share).map(|worktree| worktree.others()).unwrap_or_default();
        for spellings in levels {
            let counterparts = relative(&spellings);
            let directory = spellings[0].clone();
            self.directories.push(spellings);
            let Some(place) = counterparts else { continue };
            for other in &others {
                let shared = InWorktree { directory: directory.clone(), top: top.to_path_buf() };
                self.shared.insert(self.directories.len(), shared);
                self.directories.push(vec![joined(other, &place)]);
            }
        }
    }

    /// The directory that shares the environments of a counterpart, for the number of that.
    pub(super) fn sharing(&self, level: usize) -> Option<&InWorktree> {
        self.shared.get(&level)
    }

    /// Their numbers and paths, without counterparts.
    pub(super) fn own(&self) -> impl Iterator<Item = (usize, &Path)> {
        let all = self.directories.iter().enumerate().map(|(level, spellings)| (level, spellings[0].as_path()));
        all.filter(|(level, _)| !self.shared.contains_key(level))
    }
}

/// Like `Path::join`, without a slash at the end.
fn joined(directory: &Path, place: &Path) -> PathBuf {
    if place.as_os_str().is_empty() { directory.to_path_buf() } else { directory.join(place) }
}
