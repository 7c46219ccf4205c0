//! Finds programs by name as a shell does: executable regular files along a `PATH`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use nix::unistd::{AccessFlags, access};
use which::WhichConfig;
use which::sys::Sys;

/// The executables of this name along `path`, in order. Relative entries of `path` start at
/// `directory`; a name with a slash is a path.
pub(crate) fn along(path: &OsStr, name: &OsStr, directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let search = WhichConfig::new_with_sys(Files).binary_name(name.to_owned()).custom_path_list(path.to_owned());
    search.custom_cwd(directory.to_owned()).all_results().into_iter().flatten()
}

/// What `which` asks of the system: files, and nothing of the environment. Its own answers look up
/// the home directory in the user database, for which a static glibc brings name services and a DNS
/// resolver, 140 kB that nothing else uses.
#[derive(Debug, Clone, Copy)]
struct Files;

impl Sys for Files {
    type ReadDirEntry = fs::DirEntry;
    type Metadata = fs::Metadata;

    fn is_windows(&self) -> bool {
        false
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn home_dir(&self) -> Option<PathBuf> {
        None
    }

    fn env_split_paths(&self, paths: &OsStr) -> Vec<PathBuf> {
        paths
            .as_bytes()
            .split(|byte| *byte == b':')
            .map(|path| Path::new(OsStr::from_bytes(path)).to_path_buf())
            .collect()
    }

    fn env_path(&self) -> Option<OsString> {
        None
    }

    fn env_path_ext(&self) -> Option<OsString> {
        None
    }

    fn metadata(&self, path: &Path) -> io::Result<fs::Metadata> {
        fs::metadata(path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<fs::Metadata> {
        fs::symlink_metadata(path)
    }

    fn read_dir(&self, path: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>> {
        Ok(Box::new(fs::read_dir(path)?))
    }

    fn is_valid_executable(&self, path: &Path) -> io::Result<bool> {
        Ok(is_program(path))
    }
}

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
