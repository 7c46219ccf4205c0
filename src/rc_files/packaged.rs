//! Where fish finds the file of a package: its directories `vendor_conf.d`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::directories::{self, Base};
use crate::env_vars;

/// The first of these files. fish skips it if the user has a file of the same name in conf.d.
///
/// fish looks in the user's data directory, in those of `XDG_DATA_DIRS`, and in those that it was
/// built with, which are beside its program.
pub(super) fn read_by_fish(context: &Context, of_user: &Path) -> Option<PathBuf> {
    if of_user.symlink_metadata().is_ok() {
        return None;
    }
    let listed = context.variable(env_vars::XDG_DATA_DIRS).map(OsStr::as_bytes).unwrap_or_default();
    let listed = listed.split(|byte| *byte == b':').map(|path| PathBuf::from(OsStr::from_bytes(path)));
    let beside = context.programs("fish").filter_map(|fish| Some(fish.parent()?.parent()?.join("share")));
    let all = directories::xdg(context, Base::Data).into_iter().chain(listed).chain(beside);
    all.filter(|share| share.is_absolute())
        .map(|share| share.join("fish/vendor_conf.d/venvwrap.fish"))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_first_file_that_fish_reads_is_found_unless_the_users_own_hides_it() {
        let room = tempfile::tempdir().unwrap();
        let at = |path: &str| room.path().join(path);
        let context = Context::made_of(&[
            ("HOME", at("home").to_str().unwrap()),
            ("XDG_DATA_DIRS", &format!("relative:{}:{}/", at("first").display(), at("second").display())),
            ("PATH", at("built/bin").to_str().unwrap()),
        ]);
        let of_user = at("conf.d/venvwrap.fish");
        let found = || read_by_fish(&context, &of_user);
        let write = |path: &str| {
            fs::create_dir_all(at(path).parent().unwrap()).unwrap();
            fs::write(at(path), "").unwrap();
        };
        write("built/bin/fish");
        fs::set_permissions(at("built/bin/fish"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(found(), None);
        for share in ["built/share", "second", "first", "home/.local/share"] {
            let file = format!("{share}/fish/vendor_conf.d/venvwrap.fish");
            write(&file);
            assert_eq!(found(), Some(at(&file)));
        }
        write("conf.d/venvwrap.fish");
        assert_eq!(found(), None);
    }
}
