//! When each environment was last used, and how often of late.
//!
//! Both are in the time of an empty file, `.venvwrap/used/NAME`: the seconds say when, the fraction
//! says how often. So a use costs two system calls, and no file is read.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{AtFlags, CWD, FileType, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, statat, utimensat};

use super::WorkonHome;
use super::beside::create_empty;
use super::private_directory::PRIVATE;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::Result;

pub(super) const USED: &str = "used";

/// Uses count half after this time: three days, in seconds.
const HALF_LIFE: f64 = 259_200.0;

/// One use, in the fraction of a second: thousand uses fit, to three digits. Three more digits are
/// zero, for file systems that store microseconds.
const ONE_USE: u32 = 1_000_000;

const MOST_NANOSECONDS: u32 = 999_999_000;

const OMIT: Timespec = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };

/// When an environment was last used, and the sum of its uses at that time, each worth half as much
/// after [`HALF_LIFE`].
#[derive(Debug, Clone, Copy, PartialEq)]
struct Use {
    seconds: i64,
    sum: f64,
}

impl Use {
    /// From the time of a file. A time that venvwrap did not write is one use.
    fn read(seconds: i64, nanoseconds: u32) -> Self {
        let is_ours = nanoseconds >= ONE_USE && nanoseconds.is_multiple_of(1000);
        Self { seconds, sum: if is_ours { f64::from(nanoseconds) / f64::from(ONE_USE) } else { 1.0 } }
    }

    /// One more use. `now`: seconds since 1970.
    fn once_more(before: Option<Self>, now: i64) -> Self {
        let left = before.map_or(0.0, |before| {
            let age = Duration::from_secs(u64::try_from(now.saturating_sub(before.seconds)).unwrap_or_default());
            before.sum * (-age.as_secs_f64() / HALF_LIFE).exp2()
        });
        Self { seconds: now, sum: left + 1.0 }
    }

    fn timestamps(self) -> Timestamps {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a conversion to u32 saturates")]
        let nanoseconds = ((self.sum * 1000.0).round() as u32).saturating_mul(1000).min(MOST_NANOSECONDS);
        let last_modification = Timespec { tv_sec: self.seconds, tv_nsec: nanoseconds.into() };
        Timestamps { last_access: OMIT, last_modification }
    }

    /// The time at which one single use would count as much as all of these do: it orders
    /// environments the same way at any time.
    fn rank(self) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "a few weeks at most, in seconds")]
        let ahead = (HALF_LIFE * self.sum.log2()) as i64;
        self.seconds.saturating_add(ahead)
    }
}

impl WorkonHome {
    /// Records that an environment is used now: two system calls, from the second time on. A store
    /// that cannot be written to is no reason to fail, and nothing is said. Environments that other
    /// tools keep are not recorded.
    pub(crate) fn record_use(&self, environment: &Environment) {
        let name = environment.name();
        if environment.origin() != Origin::Store || environment.root().parent() != Some(&self.path) {
            return;
        }
        let file = self.path.join(PRIVATE).join(USED).join(name);
        let before = statat(CWD, &file, AtFlags::SYMLINK_NOFOLLOW).ok();
        let before = before.filter(|entry| FileType::from_raw_mode(entry.st_mode).is_file());
        let before = before.map(|entry| Use::read(entry.st_mtime, u32::try_from(entry.st_mtime_nsec).unwrap_or(0)));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let again = Use::once_more(before, i64::try_from(now).unwrap_or(i64::MAX)).timestamps();
        // Where somebody has put a link in place of one of the directories, all that happens to
        // a file elsewhere is that its times change.
        if before.is_none() || utimensat(CWD, &file, &again, AtFlags::SYMLINK_NOFOLLOW).is_err() {
            drop(self.mark_used(name, &again));
        }
    }

    fn mark_used(&self, name: &OsStr, again: &Timestamps) -> Result<()> {
        let shelf = self.create_private(USED)?;
        let _ = create_empty(&shelf, name);
        if utimensat(shelf.file(), name, again, AtFlags::SYMLINK_NOFOLLOW).is_err() {
            // The file of another member of a group: anyone who may write to it can set it to now.
            let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
            let now = Timestamps { last_access: now, last_modification: now };
            let _ = utimensat(shelf.file(), name, &now, AtFlags::SYMLINK_NOFOLLOW);
        }
        Ok(())
    }

    /// When the environment of this name was last activated, or last ran a program. `None`: not
    /// since such times are recorded.
    pub(crate) fn last_used(&self, name: &OsStr) -> Option<SystemTime> {
        let seconds = self.kept_in(USED, name).map(|file| file.mtime()).max()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
    }

    /// Orders environments by how often and how recently they were used ("frecency"): the highest
    /// rank is likeliest to be wanted next.
    pub(crate) fn rank(&self, name: &OsStr) -> Option<i64> {
        let of = |file: Metadata| Use::read(file.mtime(), u32::try_from(file.mtime_nsec()).unwrap_or(0)).rank();
        self.kept_in(USED, name).map(of).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn used(times: impl IntoIterator<Item = i64>) -> Use {
        times.into_iter().fold(None, |before, now| Some(Use::once_more(before, now))).unwrap()
    }

    /// What a file gives back of it.
    fn stored(before: Use) -> Use {
        let Timespec { tv_sec, tv_nsec } = before.timestamps().last_modification;
        Use::read(tv_sec, u32::try_from(tv_nsec).unwrap())
    }

    #[test]
    fn often_and_lately_both_count() {
        let now = 20_000 * DAY;
        let once_now = used([now]);
        let daily_until_yesterday = used((1..=20).rev().map(|day| now - day * DAY));
        let often_last_month = used((0..100).map(|use_of| now - 40 * DAY + use_of * 60));
        assert!(daily_until_yesterday.rank() > once_now.rank());
        assert!(once_now.rank() > often_last_month.rank());
        assert!(used([now, now]).rank() > once_now.rank());
        assert!(once_now.rank() > used([now - 1]).rank());
    }

    #[test]
    fn the_time_of_a_file_holds_both() {
        for uses in [1, 2, 17, 400] {
            let before = used((0..uses).map(|second| 1_000_000_000 + second));
            let after = stored(before);
            assert_eq!(after.seconds, before.seconds);
            assert!((after.sum - before.sum).abs() < 0.001, "{after:?} {before:?}");
        }
        // More than fit.
        let most = stored(Use { seconds: 7, sum: 1e9 });
        assert_eq!((most.seconds, most.sum), (7, 999.999));
    }

    #[test]
    fn other_times_are_one_use_at_that_time() {
        for nanoseconds in [0, 1, 123_456_789, 999_999_999, 1000] {
            assert_eq!(Use::read(5, nanoseconds), Use { seconds: 5, sum: 1.0 }, "{nanoseconds}");
        }
        // A clock that was set back.
        assert_eq!(used([1000, 10]), Use { seconds: 10, sum: 2.0 });
    }
}
