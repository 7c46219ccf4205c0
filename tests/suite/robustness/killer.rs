//! Ends a command at each of its steps on disk: strace counts them, then sends a signal at each in
//! turn.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;

use super::strace;
use crate::support::sandbox::{Answer, BINARY, Sandbox};
use crate::support::tally;

/// What changes a disk, or comes shortly before or after. `?`: not every processor has all of them.
const STEPS: [&str; 20] = [
    "open",
    "openat",
    "write",
    "mkdir",
    "mkdirat",
    "symlink",
    "symlinkat",
    "link",
    "linkat",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "rmdir",
    "utimensat",
    "chmod",
    "fchmod",
    "flock",
    "copy_file_range",
];

/// Steps that are taken more often than this are sampled: hundreds of links are alike.
const EACH: usize = 40;
const SAMPLES: usize = 20;

/// What ends a process: with and without a chance to clear up, and the status that tells of it.
pub(super) const SIGNALS: [(&str, i32); 3] = [("KILL", 137), ("INT", 130), ("TERM", 143)];

/// Each step with each signal.
pub(super) fn with_signals(steps: &[(String, usize)]) -> impl Iterator<Item = (&(String, usize), (&'static str, i32))> {
    with_some_signals(steps, 1)
}

/// Each step with SIGKILL, and every so many-th with the others, too: where a step takes long.
pub(super) fn with_some_signals(
    steps: &[(String, usize)],
    every: usize,
) -> impl Iterator<Item = (&(String, usize), (&'static str, i32))> {
    let signals = move |number: usize| if number.is_multiple_of(every) { &SIGNALS[..] } else { &SIGNALS[..1] };
    steps.iter().enumerate().flat_map(move |(number, step)| signals(number).iter().map(move |signal| (step, *signal)))
}

/// Ends commands of one sandbox.
pub(super) struct Killer<'a> {
    sandbox: &'a Sandbox,
    words: Vec<&'a OsStr>,
}

impl<'a> Killer<'a> {
    /// `None` where strace cannot trace.
    pub(super) fn of<W: AsRef<OsStr> + ?Sized>(sandbox: &'a Sandbox, words: &[&'a W]) -> Option<Self> {
        strace(sandbox).map(|_| Self { sandbox, words: words.iter().map(|word| (*word).as_ref()).collect() })
    }

    fn traced(&self, options: &[String]) -> Answer<'a> {
        let steps: Vec<String> = STEPS.iter().map(|step| format!("?{step}")).collect();
        let mut command = strace(self.sandbox).unwrap();
        command.arg("-e").arg(format!("trace={}", steps.join(","))).args(options).arg(BINARY).args(&self.words);
        self.sandbox.run_command(command, b"")
    }

    /// Runs it to its end, and gives the steps at which it is to be ended: call and number.
    pub(super) fn steps(&self) -> Vec<(String, usize)> {
        drop(self.traced(&[]).status(0));
        let trace = fs::read_to_string(self.sandbox.root().join("trace")).unwrap();
        // strace counts for each thread by itself.
        let mut by_thread: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for line in trace.lines() {
            let mut words = line.split_whitespace();
            if let (Some(thread), Some((call, _))) = (words.next(), words.next().and_then(|word| word.split_once('(')))
            {
                *by_thread.entry((call, thread)).or_default() += 1;
            }
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for ((call, _), count) in by_thread {
            let most = counts.entry(call).or_default();
            *most = count.max(*most);
        }
        let numbers = |count: usize| -> Vec<usize> {
            let stride = if count > EACH { count / SAMPLES } else { 1 };
            (1..=count).step_by(stride).chain((count > EACH).then_some(count)).collect()
        };
        let steps =
            counts.iter().flat_map(|(call, count)| numbers(*count).into_iter().map(|n| ((*call).to_owned(), n)));
        steps.collect()
    }

    /// Runs it up to one step. `false` where it came to its end before: another thread took that
    /// step.
    pub(super) fn end_at(&self, (call, number): &(String, usize), signal: &str, status: i32) -> bool {
        let code = self.traced(&["-e".to_owned(), format!("inject={call}:signal={signal}:when={number}")]).code();
        // 1: it was the step of an interpreter that we had asked.
        assert!(code == status || code <= 1, "{call} {number}: {code}");
        code == status
    }

    /// Runs it with one step refused with this error.
    pub(super) fn fails_at(&self, (call, number): &(String, usize), error: &str) -> Answer<'a> {
        self.traced(&["-e".to_owned(), format!("inject={call}:error={error}:when={number}")])
    }

    /// Kills it at one step, if it gets there.
    pub(super) fn kills_at(&self, step: &(String, usize)) -> bool {
        self.ends_at(step, SIGNALS[0])
    }

    /// Ends it at one step, if it gets there, and notes that.
    pub(super) fn ends_at(&self, step: &(String, usize), (signal, status): (&str, i32)) -> bool {
        let was_ended = self.end_at(step, signal, status);
        tally::add(&format!("SIG{signal} at a step on disk"), usize::from(was_ended));
        was_ended
    }
}
