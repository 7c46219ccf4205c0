//! Which file is the base interpreter, and by which of its names to link to it.
//!
//! Owns the two steps from a path that was found to the path that environments may depend on: out
//! of an environment (PEP 405's `home`), and to the name that lives longest. Starts nothing.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::fs::{is_same, read_prefix, tidied};
use crate::shown::shown;
use crate::versions::Series;

/// No honest `pyvenv.cfg` is longer.
const SMALL: u64 = 64 * 1024;

/// How many links, or environments made from environments, are followed, as the kernel counts.
pub(super) const MANY: usize = 40;

/// The interpreter behind `python`: itself, or, where it belongs to an environment, the one that
/// this was made from, and so on. `sys._base_executable` would not do: from 3.8 to 3.10 it is the
/// environment's own python.
///
/// Fails where the base of an environment is gone.
pub(super) fn outside_environments(python: &Path) -> Result<PathBuf> {
    let mut current = python.to_path_buf();
    for _ in 0..MANY {
        let Some(cfg) = environment_of(&current) else {
            return Ok(current);
        };
        let candidates = bases(&current, &cfg);
        let found =
            candidates.iter().find(|base| **base != current && fs::metadata(base).is_ok_and(|file| file.is_file()));
        match (found, candidates.first()) {
            (Some(base), _) => current.clone_from(base),
            (None, Some(missing)) => {
                return Err(failed(python, format!("its base interpreter, {}, does not exist", shown(missing))));
            }
            // Without `home`, CPython does not take it for an environment either.
            (None, None) => return Ok(current),
        }
    }
    Err(failed(python, "its base interpreter points back to itself".to_owned()))
}

fn failed(python: &Path, reason: String) -> Error {
    Error::PythonFailed { python: python.to_path_buf(), reason }
}

/// The keys of `pyvenv.cfg` that tell where the base is, where `python` belongs to an environment:
/// the file lies beside it or one directory above (PEP 405).
struct Cfg {
    home: Option<PathBuf>,
    /// `base-executable` (virtualenv) and `executable` (venv since 3.11): a full path.
    executables: Vec<PathBuf>,
    /// Of `version` or `version_info`.
    series: Option<Series>,
}

fn environment_of(python: &Path) -> Option<Cfg> {
    let bin = python.parent()?;
    let text = [Some(bin), bin.parent()]
        .into_iter()
        .flatten()
        .find_map(|directory| read_prefix(&directory.join("pyvenv.cfg"), SMALL).ok().flatten())?;
    let mut cfg = Cfg { home: None, executables: Vec::new(), series: None };
    for line in text.split(|byte| *byte == b'\n') {
        let Some(equals) = line.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let value = line[equals + 1..].trim_ascii();
        let path = || PathBuf::from(OsStr::from_bytes(value));
        match line[..equals].trim_ascii().to_ascii_lowercase().as_slice() {
            b"home" => cfg.home = Some(path()),
            b"base-executable" | b"executable" => cfg.executables.push(path()),
            b"version" | b"version_info" => cfg.series = std::str::from_utf8(value).ok().and_then(Series::of),
            _ => {}
        }
    }
    Some(cfg)
}

/// Where the base of the environment of `python` may be, the surest first. Empty where nothing
/// tells.
fn bases(python: &Path, cfg: &Cfg) -> Vec<PathBuf> {
    let linked = links(python).find(|link| link.parent() != python.parent());
    let Some(home) = cfg.home.as_deref().filter(|home| home.is_absolute()) else {
        return linked.into_iter().collect();
    };
    // `bin/python` alone says little: Debian has no such command, and 3.11's `python3` becomes
    // 3.12's. What the environment's python links to is what it was made from, and a copy was made
    // from what its maker recorded.
    let link_name = linked.as_deref().and_then(Path::file_name).map(OsStr::to_owned);
    let mut bases: Vec<PathBuf> = link_name.iter().map(|name| home.join(name)).collect();
    bases.extend(linked);
    bases.extend(cfg.executables.iter().filter(|path| path.is_absolute()).cloned());
    let numbered = cfg.series.map(|series| OsString::from(format!("python{series}")));
    let names = numbered.into_iter().chain(python.file_name().map(OsStr::to_owned));
    bases.extend(names.chain(["python3".into(), "python".into()]).map(|name| home.join(name)));
    bases
}

/// The links that `path` goes through, each as the one before names it, `path` itself not included.
pub(super) fn links(path: &Path) -> impl Iterator<Item = PathBuf> {
    let next = |link: &PathBuf| {
        let target = fs::read_link(link).ok()?;
        Some(tidied(&link.parent()?.join(target)))
    };
    std::iter::successors(next(&path.to_path_buf()), next).take(MANY)
}

/// The spelling of `sys.base_prefix` and the file in it that environments are to link to.
///
/// A link elsewhere (`~/bin/py311`) can go at any time, and `/usr/bin/python3` is another version
/// after an upgrade; so the answer is the command in the prefix that has the version in its name.
/// But the prefix is kept as `found` leads there, for some links on the way are made to stay while
/// what they lead to is replaced: uv's `cpython-3.12-…`, mise's `3.12`, Homebrew's `opt`. Those
/// that will lead to another minor version are not kept ([`settled`]).
pub(super) fn lasting(found: &Path, base_prefix: &Path, names: &[String]) -> (PathBuf, PathBuf) {
    let through_link = std::iter::once(found.to_path_buf())
        .chain(links(found))
        .filter_map(|link| Some(link.parent()?.parent()?.to_path_buf()))
        .find(|prefix| is_same(prefix, base_prefix));
    let prefix = without_cellar(settled(&through_link.unwrap_or_else(|| base_prefix.to_path_buf())));
    let own_name = found.file_name().map(OsStr::to_owned);
    let executable = names.iter().map(OsString::from).chain(own_name).find_map(|name| {
        let executable = prefix.join("bin").join(name);
        // A debug build can stand beside the usual one: the same file, or none.
        is_same(&executable, found).then_some(executable)
    });
    (prefix, executable.unwrap_or_else(|| found.to_path_buf()))
}

/// `prefix` without links that move on to the next minor version, which no environment survives:
/// mise's `latest` and `3` (it puts such a directory on `PATH` where that was asked for),
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

/// Whether a link of this name leads to the newest there is.
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

/// Homebrew removes `Cellar/FORMULA/VERSION` on upgrade and keeps `opt/FORMULA`, a link to the
/// newest. Its python says so itself, but in sitecustomize, which a probe does not run.
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
    use super::super::fake::{hostile_room, put};
    use super::*;
    use std::os::unix::fs::symlink;

    fn environment(root: &Path, python: &Path, cfg: &str) -> PathBuf {
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::write(root.join("pyvenv.cfg"), cfg).unwrap();
        symlink(python, root.join("bin/python3")).unwrap();
        symlink("python3", root.join("bin/python")).unwrap();
        root.join("bin/python")
    }

    #[test]
    fn an_environment_made_from_an_environment_leads_to_the_base_of_both() {
        let (_room, room) = hostile_room();
        let base = put(&room.join("base/bin/python3.9"), "");
        let outer = environment(&room.join("outer"), &base, &format!("home = {}\n", room.join("base/bin").display()));
        let home = format!("Home = {}\r\n", room.join("outer/bin").display());
        let inner = environment(&room.join("inner"), &outer, &home);
        assert_eq!(outside_environments(&inner).unwrap(), base);
        assert_eq!(outside_environments(&base).unwrap(), base);
    }

    #[test]
    fn a_copied_python_leads_to_what_its_maker_recorded() {
        let (_room, room) = hostile_room();
        let home = format!("home = {}\nversion_info = 3.9.18.final.0\n", room.join("base/bin").display());
        let copy = put(&room.join("env/bin/python"), "");
        put(&room.join("env/pyvenv.cfg"), &home);
        put(&room.join("base/bin/python3"), "");
        let numbered = put(&room.join("base/bin/python3.9"), "");
        assert_eq!(outside_environments(&copy).unwrap(), numbered);
        let exact = put(&room.join("base/bin/python3.9-dbg"), "");
        put(&room.join("env/pyvenv.cfg"), &format!("{home}executable = {}\n", exact.display()));
        assert_eq!(outside_environments(&copy).unwrap(), exact);
    }

    #[test]
    fn a_base_that_is_gone_or_is_the_environment_itself_is_said() {
        let (_room, room) = hostile_room();
        let gone = environment(&room.join("env"), Path::new("/gone/bin/python3.9"), "home = /gone/bin\n");
        let error = outside_environments(&gone).unwrap_err().to_string();
        assert!(error.ends_with("its base interpreter, /gone/bin/python3.9, does not exist"), "{error}");
        let home = |name: &str| format!("home = {}\n", room.join(name).join("bin").display());
        let one = put(&room.join("one/bin/python"), "");
        put(&room.join("two/bin/python"), "");
        put(&room.join("one/pyvenv.cfg"), &home("two"));
        put(&room.join("two/pyvenv.cfg"), &home("one"));
        let error = outside_environments(&one).unwrap_err().to_string();
        assert!(error.ends_with("points back to itself"), "{error}");
    }

    #[test]
    fn without_a_home_the_link_tells_and_a_plain_file_is_itself() {
        let (_room, room) = hostile_room();
        let base = put(&room.join("base/bin/python3.9"), "");
        let linked = environment(&room.join("env"), &base, "no equals\n\u{0}= x\n");
        assert_eq!(outside_environments(&linked).unwrap(), base);
        let plain = put(&room.join("plain/bin/python"), "");
        put(&room.join("plain/pyvenv.cfg"), "");
        assert_eq!(outside_environments(&plain).unwrap(), plain);
    }

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
            // What such an interpreter says of itself is spelled as it was called.
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
        // A person's own link of that name is theirs.
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
