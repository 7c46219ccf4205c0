//! Copies a tree that cannot be renamed: on an overlay file system, directories of a lower layer,
//! such as everything in a container's image.

use std::fs::{self, DirBuilder, File, FileTimes};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, lchown, symlink};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::unistd::geteuid;

/// Copies the content of `from` into the empty directory `to`: files, links, and directories with
/// modes and times; as root, also with owners. Access control lists and the setuid and setgid bits
/// are not copied.
pub(crate) fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let entry = fs::symlink_metadata(from)?;
    for below in fs::read_dir(from)? {
        let below = below?;
        let (from, to) = (below.path(), to.join(below.file_name()));
        let kind = below.file_type()?;
        if kind.is_dir() {
            DirBuilder::new().mode(0o700).create(&to)?;
            copy_whole(&from, &to)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&from)?, &to)?;
            if geteuid().is_root() {
                let entry = fs::symlink_metadata(&from)?;
                lchown(&to, Some(entry.uid()), Some(entry.gid()))?;
            }
        } else if kind.is_file() {
            copy_file(&from, &to)?;
        }
        // Pipes and sockets have no content.
    }
    if geteuid().is_root() {
        chown(to, Some(entry.uid()), Some(entry.gid()))?;
    }
    fs::set_permissions(to, fs::Permissions::from_mode(entry.mode() & 0o777))?;
    File::open(to)?.set_times(times(&entry)?)
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let mut source = File::options().read(true).custom_flags(flags.bits()).open(from)?;
    let entry = source.metadata()?;
    let mut copy = File::options().write(true).create_new(true).mode(0o600).open(to)?;
    io::copy(&mut source, &mut copy)?;
    if geteuid().is_root() {
        std::os::unix::fs::fchown(&copy, Some(entry.uid()), Some(entry.gid()))?;
    }
    copy.set_permissions(fs::Permissions::from_mode(entry.mode() & 0o777))?;
    copy.set_times(times(&entry)?)
}

fn times(entry: &fs::Metadata) -> io::Result<FileTimes> {
    Ok(FileTimes::new().set_modified(entry.modified()?).set_accessed(entry.accessed()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_setuid_bit_is_copied() {
        let room = tempfile::tempdir().unwrap();
        let (from, to) = (room.path().join("from"), room.path().join("to"));
        fs::create_dir_all(from.join("bin")).unwrap();
        fs::create_dir(&to).unwrap();
        fs::write(from.join("bin/tool"), "text").unwrap();
        fs::set_permissions(from.join("bin/tool"), fs::Permissions::from_mode(0o4755)).unwrap();
        symlink("/nowhere", from.join("link")).unwrap();
        fs::set_permissions(from.join("bin"), fs::Permissions::from_mode(0o555)).unwrap();
        copy_whole(&from, &to).unwrap();
        let (one, other) = (from.join("bin/tool"), to.join("bin/tool"));
        assert_eq!(fs::read(&other).unwrap(), b"text");
        assert_eq!(fs::metadata(&other).unwrap().mode() & 0o7777, 0o755);
        assert_eq!(fs::metadata(one).unwrap().modified().unwrap(), fs::metadata(other).unwrap().modified().unwrap());
        assert_eq!(fs::metadata(to.join("bin")).unwrap().mode() & 0o7777, 0o555);
        assert_eq!(fs::read_link(to.join("link")).unwrap(), Path::new("/nowhere"));
    }
}
