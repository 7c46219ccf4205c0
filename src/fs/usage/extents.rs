//! Which data of a file is shared with other files by reflinks: the file system is asked with
//! FIEMAP (linux/fiemap.h).

use std::fs::OpenOptions;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::OFlag;
use rustix::fs::statfs;
use rustix::ioctl::{Opcode, Updater, ioctl, opcode};

const FIEMAP: Opcode = opcode::read_write::<Header>(b'f', 11);

/// The numbers by which file systems with reflinks identify themselves (linux/magic.h).
const WITH_REFLINKS: [i64; 3] = [0x9123_683e, 0x5846_5342, 0xca45_1a4e];

/// Extents in one answer.
const SEVERAL: u8 = 64;

const IS_LAST: u32 = 0x1;
const IS_SHARED: u32 = 0x2000;

#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Header {
    start: u64,
    length: u64,
    flags: u32,
    mapped: u32,
    room: u32,
    reserved: u32,
}

#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Extent {
    logical: u64,
    physical: u64,
    length: u64,
    reserved: [u64; 2],
    flags: u32,
    more_reserved: [u32; 3],
}

#[repr(C)]
struct Map {
    header: Header,
    extents: [Extent; SEVERAL as usize],
}

/// Whether files can share data on the file system of a path.
pub(super) fn has_reflinks(path: &Path) -> bool {
    #[allow(clippy::unnecessary_cast, reason = "the number has another type on other processors")]
    statfs(path).is_ok_and(|system| WITH_REFLINKS.contains(&(system.f_type as i64)))
}

/// How many bytes of a file other files share.
pub(super) fn shared_by(path: &Path) -> u64 {
    let mut shared = 0;
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let Ok(file) = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path) else { return shared };
    let mut start = 0;
    loop {
        let header = Header { start, length: u64::MAX - start, room: SEVERAL.into(), ..Header::default() };
        let mut map = Map { header, extents: [Extent::default(); SEVERAL as usize] };
        if ask(file.as_fd(), &mut map).is_err() {
            return shared;
        }
        let extents = map.extents.get(..map.header.mapped as usize).unwrap_or_default();
        let found = extents.iter().filter(|extent| extent.flags & IS_SHARED != 0);
        shared += found.map(|extent| extent.length).sum::<u64>();
        match extents.last() {
            Some(last) if last.flags & IS_LAST == 0 => start = last.logical + last.length,
            _ => return shared,
        }
    }
}

#[allow(unsafe_code, reason = "rustix has no function of its own for FIEMAP")]
fn ask(file: std::os::fd::BorrowedFd<'_>, map: &mut Map) -> rustix::io::Result<()> {
    // SAFETY: the kernel writes at most `room` extents behind the header, and `Map` has that many.
    unsafe { ioctl(file, Updater::<FIEMAP, Map>::new(map)) }
}
