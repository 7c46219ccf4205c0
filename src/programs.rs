//! Finding a program by its name, as a shell does: along a `PATH`, regular files that may be
//! executed.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};

/// The files of this name along `path`, first the one that a shell runs. Relative entries of `path`
/// are below `directory`; a name with a slash is a path of its own.
pub(crate) fn along(path: &OsStr, name: &OsStr, directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let (path, name, directory) = (path.to_owned(), name.to_owned(), directory.to_owned());
    which::which_in_all(name, Some(path), directory).into_iter().flatten()
}

/// Whether a file can be run as a program.
pub(crate) fn is_program(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|entry| entry.is_file()) && access(file, AccessFlags::X_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn only_what_can_be_run_is_found_and_in_the_order_of_the_path() {
        let room = tempfile::tempdir().unwrap();
        for (place, mode) in [("a/tool", 0o644), ("b/tool", 0o755), ("it's c/tool", 0o755)] {
            let file = room.path().join(place);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_program(&file), mode == 0o755);
        }
        fs::create_dir(room.path().join("a/directory")).unwrap();
        let path = format!("{}:b::it's c:/nonexistent", room.path().join("a").display());
        let found = |name: &str| along(path.as_ref(), name.as_ref(), room.path()).collect::<Vec<_>>();
        assert_eq!(found("tool"), ["b/tool", "it's c/tool"].map(|place| room.path().join(place)));
        assert_eq!(found("directory"), Vec::<PathBuf>::new());
        assert_eq!(found("b/tool"), [room.path().join("b/tool")]);
        assert_eq!(found(""), Vec::<PathBuf>::new());
    }
}
