//! Signals: which ones end this process, and holding them back while a child runs.

use nix::libc;
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, signal};

/// Signals that end a process by default: Ctrl-C, `kill`, a closed terminal.
pub(super) const ENDING: [Signal; 3] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP];

/// The signals that end this process: the caller of venvwrap may have made it ignore some.
pub(super) fn ending_signals() -> impl Iterator<Item = Signal> {
    ENDING.into_iter().filter(|signal| !is_ignored(*signal))
}

/// Holds back signals that would end this process, so that the caller can end its child first.
/// After the drop, a pending signal ends this process.
#[derive(Debug)]
pub(crate) struct HeldSignals {
    signals: Vec<Signal>,
    before: Option<SigSet>,
}

impl HeldSignals {
    pub(crate) fn hold() -> Self {
        Self::of(ending_signals())
    }

    /// Holds back Ctrl-C alone.
    pub(crate) fn hold_interrupt() -> Self {
        Self::of(ending_signals().filter(|signal| *signal == Signal::SIGINT))
    }

    fn of(signals: impl Iterator<Item = Signal>) -> Self {
        let signals: Vec<Signal> = signals.collect();
        let set: SigSet = signals.iter().copied().collect();
        Self { signals, before: set.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok() }
    }

    /// Whether a signal is pending.
    pub(crate) fn has_one(&self) -> bool {
        self.signals.iter().any(|signal| is_pending(*signal))
    }
}

impl Drop for HeldSignals {
    fn drop(&mut self) {
        if let Some(before) = self.before {
            let _ = before.thread_set_mask();
        }
    }
}

pub(super) fn is_pending(signal: Signal) -> bool {
    let mut pending = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: the first call writes the set, and the second one reads it only after a success.
    #[allow(unsafe_code, reason = "nix has no sigpending(2)")]
    unsafe {
        libc::sigpending(pending.as_mut_ptr()) == 0 && libc::sigismember(pending.as_ptr(), signal as i32) == 1
    }
}

/// Makes this process, and all later children, ignore Ctrl-Z.
pub(crate) fn ignore_stop() {
    // SAFETY: an ignored signal calls no code.
    #[allow(unsafe_code, reason = "in nix, every change of a signal handler is unsafe")]
    let _ = unsafe { signal(Signal::SIGTSTP, SigHandler::SigIgn) };
}

/// Whether the caller of venvwrap made this process ignore a signal (`nohup`, a script's background
/// job).
fn is_ignored(signal: Signal) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: without a new action nothing is changed, and the old one is written to memory of the
    // right size.
    #[allow(unsafe_code, reason = "nix returns the old action only when it sets a new one")]
    unsafe {
        libc::sigaction(signal as i32, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}
