//! The directories that environments are linked to, as files that a shell can test for.
//!
//! For the store /home/me/envs and an environment linked to /src/api there is the file
//! ~/.cache/venvwrap/linked/home/me/envs/src/api/.linked. With automatic switching, a shell looks
//! for it in each directory upward, and starts no process. The files decide nothing: the binary
//! reads the links themselves.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use super::{linked_at, repository};
use crate::belief;
use crate::context::Context;
use crate::directories::{self, Base};
use crate::fs::private::create_private;
use crate::fs::{read_small, remove_tree, tidied};
use crate::sorting;
use crate::workon_home::WorkonHome;

/// The file in the place of a linked directory.
const MARK: &str = ".linked";

/// The list that the files were made from.
const LIST: &str = ".list";

/// Longest list: some ten thousand projects.
const LIMIT: u64 = 1024 * 1024;

/// Where the files of a store are. The rule is written in shell/automatic.sh, too, so it is the
/// same on every system.
fn place(store: &Path, context: &Context) -> Option<PathBuf> {
    let cache = directories::xdg(context, Base::Cache)?.join("venvwrap");
    below(&cache.join("linked"), store)
}

/// The path of a directory below another one. `None` where it would not be below.
fn below(place: &Path, directory: &Path) -> Option<PathBuf> {
    let inside = directory.strip_prefix("/").ok()?;
    inside.components().all(|part| matches!(part, Component::Normal(_))).then(|| place.join(inside))
}

/// The directories for an environment of this name with this link.
pub(crate) type Directories<'a> = dyn Fn(&OsStr, Option<PathBuf>) -> Vec<PathBuf> + 'a;

/// Makes the files anew if the links have changed. A cache that cannot be used is no reason to
/// fail: the links are then found by `workon .` only.
pub(crate) fn refresh(home: &WorkonHome, context: &Context, directories: &Directories<'_>) {
    let _ = try_refresh(home, context, directories);
}

fn try_refresh(home: &WorkonHome, context: &Context, directories: &Directories<'_>) -> io::Result<()> {
    let Some(place) = place(home.path(), context) else { return Ok(()) };
    let Some(cache) = directories::xdg(context, Base::Cache).map(|cache| cache.join("venvwrap")) else {
        return Ok(());
    };
    create_private(&cache)?;
    if !belief::is_own_directory(&cache) {
        return Ok(());
    }
    let links = home.names().unwrap_or_default().into_iter();
    let links = links.flat_map(|name| directories(&name, linked_at(&home.path().join(&name), context).ok().flatten()));
    let mut projects: Vec<PathBuf> =
        links.filter(|project| project.is_absolute()).map(|project| tidied(&project)).collect();
    sorting::sort(&mut projects);
    projects.dedup();
    let list = projects.iter().flat_map(|project| [project.as_os_str().as_bytes(), b"\0"]).collect::<Vec<_>>().concat();
    if read_small(&place.join(LIST), LIMIT).ok().flatten().as_deref() == Some(&list) {
        return File::open(&place)?.set_modified(SystemTime::now());
    }
    // Nothing but what is written here is below, and what is removed is made again when needed.
    let made = tempfile::Builder::new().prefix("linked-").tempdir_in(&cache)?;
    for project in &projects {
        mark(made.path(), project)?;
    }
    fs::write(made.path().join(LIST), list)?;
    remove_tree(&place)?;
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(made.path(), &place)?;
    // The directory is no longer there to be removed.
    let _: PathBuf = made.keep();
    Ok(())
}

fn mark(place: &Path, project: &Path) -> io::Result<()> {
    let Some(directory) = below(place, project) else { return Ok(()) };
    fs::create_dir_all(&directory)?;
    fs::write(directory.join(MARK), "")
}

/// Whether the file for a directory is there.
pub(crate) fn has(home: &WorkonHome, directory: &Path, context: &Context) -> bool {
    let mark = place(home.path(), context).and_then(|place| below(&place, directory)).map(|place| place.join(MARK));
    mark.is_some_and(|mark| fs::symlink_metadata(mark).is_ok())
}

/// Adds the file for a link that is new, if shells use these files.
pub(super) fn add(root: &Path, project: &Path, context: &Context) {
    let place = root.parent().and_then(|store| place(store, context)).filter(|place| place.join(LIST).is_file());
    if let Some(place) = place {
        let shared =
            repository::around(project).and_then(|(top, git)| Some(shared(&git, project.strip_prefix(top).ok()?)));
        for directory in [Some(tidied(project)), shared].into_iter().flatten() {
            let _ = mark(&place, &directory);
        }
    }
}

/// Where shells in other worktrees look for the file of a directory, which is `below` the top of
/// its own: in the main worktree, or, where a repository has none, in the repository.
pub(super) fn shared(git: &Path, below: &Path) -> PathBuf {
    tidied(&repository::main_of(git).join(below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    struct World {
        keep: tempfile::TempDir,
        context: Context,
        home: WorkonHome,
    }

    impl World {
        fn new() -> Self {
            let keep = tempfile::tempdir().unwrap();
            let path = |name: &str| keep.path().join(name).to_str().unwrap().to_owned();
            let (store, cache) = (path("it's \"envs\""), path("cache"));
            let context = Context::made_of(&[("HOME", "/h"), ("WORKON_HOME", &store), ("XDG_CACHE_HOME", &cache)]);
            let home = WorkonHome::locate(&context).unwrap();
            Self { keep, context, home }
        }

        fn link(&self, name: &str, project: impl AsRef<[u8]>) {
            let root = self.home.path().join(name);
            fs::create_dir_all(&root).unwrap();
            fs::write(root.join("pyvenv.cfg"), "home = /x\n").unwrap();
            fs::write(root.join(".project"), project).unwrap();
        }

        fn has(&self, project: &str) -> bool {
            let place = place(self.home.path(), &self.context).unwrap();
            fs::symlink_metadata(place.join(project.strip_prefix('/').unwrap()).join(MARK)).is_ok()
        }
    }

    #[test]
    fn each_linked_directory_has_a_file_and_no_other() {
        let world = World::new();
        world.link("a", "/src/api\n");
        world.link("b", "/src/api/sub dir/../é\n");
        world.link("relative", "src/web\n");
        world.link("odd", "/../../../etc\n");
        refresh(&world.home, &world.context, &|_, link| Vec::from_iter(link));
        assert!(world.has("/src/api") && world.has("/src/api/é") && world.has("/etc"));
        assert!(!world.has("/src") && !world.has("/src/web") && fs::metadata(world.keep.path().join("etc")).is_err());
        world.link("a", "/src/other\n");
        refresh(&world.home, &world.context, &|_, link| Vec::from_iter(link));
        assert!(!world.has("/src/api") && world.has("/src/other") && world.has("/src/api/é"));
        add(&world.home.path().join("a"), Path::new("/src/new"), &world.context);
        assert!(world.has("/src/new"));
        fs::remove_file(world.home.path().join("relative/.project")).unwrap();
        refresh(&world.home, &world.context, &|name, link| {
            Vec::from_iter(link.or_else(|| (name == "relative").then(|| "/src/lost".into())))
        });
        assert!(world.has("/src/lost") && world.has("/src/other"));
    }

    #[test]
    fn the_same_list_is_only_marked_as_new() {
        let world = World::new();
        world.link("a", "/src/api\n");
        refresh(&world.home, &world.context, &|_, link| Vec::from_iter(link));
        let place = place(world.home.path(), &world.context).unwrap();
        let stamp = fs::metadata(place.join(LIST)).unwrap().modified().unwrap();
        File::open(&place).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        refresh(&world.home, &world.context, &|_, link| Vec::from_iter(link));
        assert_eq!(fs::metadata(place.join(LIST)).unwrap().modified().unwrap(), stamp);
        assert!(fs::metadata(&place).unwrap().modified().unwrap() > SystemTime::UNIX_EPOCH);
    }

    #[test]
    fn a_cache_that_is_a_link_is_left_alone() {
        let world = World::new();
        world.link("a", "/src/api\n");
        let cache = world.keep.path().join("cache");
        let theirs = world.keep.path().join("theirs");
        fs::create_dir_all(&theirs).unwrap();
        fs::create_dir(&cache).unwrap();
        symlink(&theirs, cache.join("venvwrap")).unwrap();
        refresh(&world.home, &world.context, &|_, link| Vec::from_iter(link));
        assert_eq!(fs::read_dir(&theirs).unwrap().count(), 0);
    }
}
