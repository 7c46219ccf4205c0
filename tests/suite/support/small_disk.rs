//! A file system that can be full, if the machine permits mounting one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::Uid;

/// A small file system, unmounted when dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// A file system of 1 MB. `None` if mounting is not permitted.
    pub(crate) fn mount(place: PathBuf) -> Option<Self> {
        Self::of(place, 1)
    }

    /// A file system of this many MB.
    pub(crate) fn of(place: PathBuf, megabytes: u32) -> Option<Self> {
        Self::with(place, &format!("size={megabytes}m"))
    }

    /// A file system for this many files.
    pub(crate) fn of_files(place: PathBuf, files: u32) -> Option<Self> {
        Self::with(place, &format!("nr_inodes={files}"))
    }

    fn with(place: PathBuf, option: &str) -> Option<Self> {
        fs::create_dir(&place).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", option, "none"]).arg(&place);
        (Uid::effective().is_root() && mount.output().is_ok_and(|output| output.status.success()))
            .then_some(Self(place))
    }

    /// An ext4 file system in a file of this many MB. (On a tmpfs, an empty directory takes no
    /// space.)
    pub(crate) fn journaled(place: &Path, megabytes: u64) -> Option<Self> {
        let image = place.with_extension("image");
        fs::create_dir(place).unwrap();
        fs::File::create(&image).unwrap().set_len(megabytes << 20).unwrap();
        let done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        let is_made = Uid::effective().is_root()
            && done(Command::new("mkfs.ext4").args(["-q", "-m", "0", "-N", "512"]).arg(&image))
            && done(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(place));
        is_made.then(|| Self(place.to_path_buf()))
    }

    /// Creates files until no inode is left.
    pub(crate) fn use_up_inodes(&self) {
        let free = || nix::sys::statvfs::statvfs(&self.0).unwrap().files_free();
        for number in 0.. {
            if free() == 0 || fs::File::create(self.0.join(format!("file{number}"))).is_err() {
                break;
            }
        }
    }

    /// Makes the file system read-only.
    pub(crate) fn protect(&self) {
        let mut mount = Command::new("mount");
        assert!(mount.args(["-o", "remount,ro"]).arg(&self.0).status().unwrap().success());
    }

    /// The mount point.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Fills the file system, leaving this many bytes.
    pub(crate) fn fill_but(&self, left: u64) {
        let file = self.0.join("filling");
        let mut source = fs::File::open("/dev/zero").unwrap();
        let mut target = fs::File::create(&file).unwrap();
        drop(std::io::copy(&mut source, &mut target));
        let full = target.metadata().unwrap().len();
        target.set_len(full.saturating_sub(left)).unwrap();
    }

    /// Removes the files that fill it.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.0.join("filling")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.0).output());
    }
}

/// A mount, unmounted when dropped.
pub(crate) struct Mounted(Vec<PathBuf>);

impl Mounted {
    /// Mounts a directory at another place, or an empty file system without `source`. `None` if
    /// mounting is not permitted.
    pub(crate) fn at(source: Option<&Path>, place: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        match source {
            Some(source) => mount.arg("--bind").arg(source),
            None => mount.args(["-t", "tmpfs", "none"]),
        };
        let is_done = mount.arg(place).output().is_ok_and(|output| output.status.success());
        (Uid::effective().is_root() && is_done).then(|| Self(vec![place.to_path_buf()]))
    }

    /// A read-only directory with a writable layer on top, which is on a separate file system at
    /// `disk`. The paths must not contain commas or colons.
    pub(crate) fn overlay(lower: &Path, disk: &Path, place: &Path) -> Option<Self> {
        for directory in [disk, place] {
            fs::create_dir(directory).unwrap();
        }
        let mut mounted = Self::at(None, disk)?;
        for directory in ["upper", "work"] {
            fs::create_dir(disk.join(directory)).unwrap();
        }
        let (lower, disk) = (lower.display(), disk.display());
        let options = format!("lowerdir={lower},upperdir={disk}/upper,workdir={disk}/work,redirect_dir=off");
        let mut mount = Command::new("mount");
        mount.args(["-t", "overlay", "overlay", "-o", &options]).arg(place);
        mount.output().is_ok_and(|output| output.status.success()).then_some(())?;
        mounted.0.push(place.to_path_buf());
        Some(mounted)
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        for place in self.0.iter().rev() {
            drop(Command::new("umount").arg(place).output());
        }
    }
}
