//! A disk that can be full, where this machine lets us have one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::Uid;

/// A small file system, unmounted when dropped.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// One of 1 MB. `None` where this may not be done.
    pub(crate) fn mount(place: PathBuf) -> Option<Self> {
        Self::of(place, 1)
    }

    /// One of so many MB.
    pub(crate) fn of(place: PathBuf, megabytes: u32) -> Option<Self> {
        Self::with(place, &format!("size={megabytes}m"))
    }

    /// One with room for so many files.
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

    /// Lets it be read only from now on.
    pub(crate) fn protect(&self) {
        let mut mount = Command::new("mount");
        assert!(mount.args(["-o", "remount,ro"]).arg(&self.0).status().unwrap().success());
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Fills it up but for so many bytes.
    pub(crate) fn fill_but(&self, left: u64) {
        let file = self.0.join("filling");
        let mut source = fs::File::open("/dev/zero").unwrap();
        let mut target = fs::File::create(&file).unwrap();
        drop(std::io::copy(&mut source, &mut target));
        let full = target.metadata().unwrap().len();
        target.set_len(full.saturating_sub(left)).unwrap();
    }

    /// Takes away what filled it.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.0.join("filling")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.0).output());
    }
}
