//! The most stable path of an interpreter: environments link to it, so it should survive upgrades.
//!
//! Owns which links in a path to keep, and which name in `bin` to use. Starts nothing.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use super::base::links;
use crate::fs::{is_same, tidied};

/// The prefix and the executable in it that environments are to depend on.
///
/// The executable is the command in the prefix that has the version in its name: a link elsewhere
/// (`~/bin/py311`) can be removed at any time, and `/usr/bin/python3` becomes another version with
/// an upgrade. The prefix keeps the links by which it was found, because some of them are stable
/// while their targets are replaced: uv's `cpython-3.12-…`, mise's `3.12`, Homebrew's `opt`. Links
/// that will point to another minor version are resolved ([`settled`]).
pub(super) fn lasting(found: &Path, base_prefix: &Path, names: &[String]) -> (PathBuf, PathBuf) {
    let through_link = std::iter::once(found.to_path_buf())
        .chain(links(found))
        .filter_map(|link| Some(link.parent()?.parent()?.to_path_buf()))
        .find(|prefix| is_same(prefix, base_prefix));
    let prefix = without_cellar(settled(&through_link.unwrap_or_else(|| base_prefix.to_path_buf())));
    let own_name = found.file_name().map(OsStr::to_owned);
    let executable = names.iter().map(OsString::from).chain(own_name).find_map(|name| {
        let executable = prefix.join("bin").join(name);
        // A debug build may be beside the usual one; the file has to be the same.
        is_same(&executable, found).then_some(executable)
    });
    (prefix, executable.unwrap_or_else(|| found.to_path_buf()))
}

/// Resolves the links in `prefix` that move on to the next minor version, which would break
/// environments: mise's `latest` and `3` (mise puts such directories on `PATH` if asked for them),
/// Homebrew's `opt/python` and `opt/python@3`.
fn settled(prefix: &Path) -> PathBuf {
    let mut settled = PathBuf::new();
    for component in prefix.components() {
        settled.push(component);
        if moves_on(&settled)
            && let (Some(parent), Ok(target)) = (settled.parent(), fs::read_link(&settled))
        {
            settled = tidied(&parent.join(target));
        }
    }
    settled
}

/// Whether a link of this name points to the newest version.
fn moves_on(link: &Path) -> bool {
    match link.file_name().map_or(&b""[..], OsStr::as_bytes) {
        b"latest" => true,
        [digit] => digit.is_ascii_digit(),
        b"python" | b"python3" | b"python@3" | b"pypy" | b"pypy3" => {
            link.parent().is_some_and(|opt| opt.with_file_name("Cellar").is_dir())
        }
        _ => false,
    }
}

/// Replaces Homebrew's `Cellar/FORMULA/VERSION`, which an upgrade removes, by the link
/// `opt/FORMULA`. Homebrew's own Python does that in sitecustomize, which a probe does not load.
fn without_cellar(prefix: PathBuf) -> PathBuf {
    let parts: Vec<Component<'_>> = prefix.components().collect();
    let Some(cellar) = parts.iter().position(|part| part.as_os_str() == "Cellar") else {
        return prefix;
    };
    let [before, [_, formula, _version, below @ ..]] = [&parts[..cellar], &parts[cellar..]] else {
        return prefix;
    };
    let mut stable: PathBuf = before.iter().collect();
    stable.push("opt");
    stable.push(formula);
    stable.extend(below);
    if is_same(&stable, &prefix) { stable } else { prefix }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::super::fake::{hostile_room, put};
    use super::*;

    fn names() -> Vec<String> {
        vec!["python3.9".to_owned(), "python3".to_owned()]
    }

    #[test]
    fn a_foreign_link_is_left_for_the_prefix_and_the_name_with_the_version() {
        let (_room, room) = hostile_room();
        let python = put(&room.join("py/bin/python3.9"), "");
        symlink("python3.9", room.join("py/bin/python3")).unwrap();
        fs::create_dir(room.join("bin")).unwrap();
        symlink(room.join("py/bin/python3"), room.join("bin/mine")).unwrap();
        for found in ["py/bin/python3", "bin/mine"] {
            let lasting = lasting(&room.join(found), &room.join("py"), &names());
            assert_eq!(lasting, (room.join("py"), python.clone()), "{found}");
        }
    }

    #[test]
    fn another_build_in_the_same_prefix_is_not_taken_for_it() {
        let (_room, room) = hostile_room();
        put(&room.join("py/bin/python3.9"), "");
        let debug = put(&room.join("py/bin/python3.9d"), "");
        assert_eq!(lasting(&debug, &room.join("py"), &names()), (room.join("py"), debug));
    }

    #[test]
    fn links_that_are_made_to_stay_are_kept() {
        let (_room, room) = hostile_room();
        put(&room.join("uv/cpython-3.9.18-linux/bin/python3.9"), "");
        symlink("cpython-3.9.18-linux", room.join("uv/cpython-3.9-linux")).unwrap();
        fs::create_dir(room.join("bin")).unwrap();
        symlink(room.join("uv/cpython-3.9-linux/bin/python3.9"), room.join("bin/python3.9")).unwrap();
        let base_prefix = room.join("uv/cpython-3.9.18-linux");
        let stays = room.join("uv/cpython-3.9-linux");
        let lasting = lasting(&room.join("bin/python3.9"), &base_prefix, &names());
        assert_eq!(lasting, (stays.clone(), stays.join("bin/python3.9")));
    }

    #[test]
    fn links_that_move_on_to_the_next_minor_version_are_not_kept() {
        let (_room, room) = hostile_room();
        put(&room.join("mise/3.9.18/bin/python3.9"), "");
        for link in ["3.9", "3", "latest"] {
            symlink("./3.9.18", room.join("mise").join(link)).unwrap();
            // The interpreter reports its prefix as spelled in the command.
            let prefix = room.join("mise").join(link);
            let stays = room.join("mise").join(if link == "3.9" { "3.9" } else { "3.9.18" });
            let lasting = lasting(&prefix.join("bin/python3.9"), &prefix, &names());
            assert_eq!(lasting, (stays.clone(), stays.join("bin/python3.9")), "{link}");
        }
        put(&room.join("brew/Cellar/python@3.9/3.9.18/bin/python3.9"), "");
        fs::create_dir_all(room.join("brew/opt")).unwrap();
        for link in ["python@3.9", "python3", "python"] {
            symlink("../Cellar/python@3.9/3.9.18", room.join("brew/opt").join(link)).unwrap();
            let prefix = room.join("brew/opt").join(link);
            let lasting = lasting(&prefix.join("bin/python3.9"), &prefix, &names());
            assert_eq!(lasting.0, room.join("brew/opt/python@3.9"), "{link}");
        }
        // A link of that name elsewhere was made by the user and stays.
        symlink("mise/3.9.18", room.join("python")).unwrap();
        assert_eq!(settled(&room.join("python")), room.join("python"));
    }

    #[test]
    fn homebrews_versioned_directory_is_not_depended_on() {
        let (_room, room) = hostile_room();
        let framework = "Frameworks/Python.framework/Versions/3.9";
        put(&room.join("Cellar/python@3.9/3.9.18").join(framework).join("bin/python3.9"), "");
        fs::create_dir_all(room.join("opt")).unwrap();
        symlink("../Cellar/python@3.9/3.9.18", room.join("opt/python@3.9")).unwrap();
        fs::create_dir(room.join("bin")).unwrap();
        let target = Path::new("../Cellar/python@3.9/3.9.18").join(framework).join("bin/python3.9");
        symlink(target, room.join("bin/python3.9")).unwrap();
        let base_prefix = room.join("Cellar/python@3.9/3.9.18").join(framework);
        let stays = room.join("opt/python@3.9").join(framework);
        let lasting = lasting(&room.join("bin/python3.9"), &base_prefix, &names());
        assert_eq!(lasting, (stays.clone(), stays.join("bin/python3.9")));
        assert_eq!(without_cellar("/x/Cellar/y".into()), Path::new("/x/Cellar/y"));
    }
}
