//! Copies an environment into a hidden directory of the store, counts its files on a terminal, and
//! stops at Ctrl-C.
//!
//! `relocate` copies; where the copy goes is left to the caller.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::HumanCount;

use crate::context::HeldSignals;
use crate::error::{Error, Result};
use crate::fs::walk::count;
use crate::output::{self, Progress};
use crate::relocate::{self, Relocation};
use crate::shown::shown;
use crate::workon_home::UnfinishedEnvironment;

/// Shorter copying shows no progress.
const MOMENT: Duration = Duration::from_millis(500);

/// What is copied, and what is said meanwhile.
pub(super) struct Copying<'a> {
    pub(super) from: &'a Path,
    /// `None`: an exact copy.
    pub(super) relocation: Option<&'a Relocation>,
    /// As in `Copying x`.
    pub(super) text: String,
    /// What stays as it was if Ctrl-C is pressed, as in "`x`".
    pub(super) kept: String,
}

impl Copying<'_> {
    /// Copies into the directory of the build. Returns the files and links that the relocation
    /// changed. Ctrl-C (or `kill`) deletes the copy, says so, and ends this process.
    pub(super) fn copy_into(&self, building: UnfinishedEnvironment) -> Result<(UnfinishedEnvironment, Vec<PathBuf>)> {
        let begun = Instant::now();
        let held = HeldSignals::hold();
        let shown: Mutex<Option<(Progress, usize)>> = Mutex::default();
        let progress = |done: usize| {
            if held.has_one() {
                return Err(Error::Declined);
            }
            // While one thread counts all files, the others go on.
            if begun.elapsed() >= MOMENT
                && output::shows_progress()
                && let Ok(mut shown) = shown.try_lock()
            {
                let begin = || (Progress::start(self.text.clone()), count(self.from));
                let (progress, total) = shown.get_or_insert_with(begin);
                let (done, total) = (HumanCount(done as u64), HumanCount(*total as u64));
                progress.say(format!("{}: {done} of {total} files", self.text));
            }
            Ok(())
        };
        let copied = relocate::copy_tree(self.from, building.path(), self.relocation, &progress);
        drop(shown);
        if held.has_one() {
            drop(building);
            output::note(&format!("Interrupted; {} was left as it is", self.kept));
            // The signal ends this process here.
            drop(held);
            return Err(Error::Declined);
        }
        Ok((building, copied?))
    }
}

/// The name of an environment in a sentence.
pub(super) fn quoted(name: &std::ffi::OsStr) -> String {
    format!("`{}`", shown(name))
}
