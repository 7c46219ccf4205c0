//! Prints errors, notes, and questions to stderr, and data to stdout.
//!
//! Owns the two streams. anstream decides about color (NO_COLOR, CLICOLOR, CLICOLOR_FORCE, and
//! whether the stream is a terminal). Color is never the only sign of a meaning.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use anstyle::{AnsiColor, Style};
use dialoguer::console::{Term, measure_text_width};
use dialoguer::{Confirm, Select};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use crate::context::HeldSignals;
use crate::error::{Error, Result};

mod table;

pub(crate) use table::{Column, Table};

const WRONG: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Reports an error in one line and its hints in others, in one write: several commands may write
/// to the same terminal or file (`xargs -P`).
pub(crate) fn report(error: &Error) {
    let mut text = format!("{WRONG}venvwrap:{WRONG:#} {error}\n");
    let hints = error.hint().unwrap_or_default();
    text.extend(hints.lines().map(|hint| format!("{HINT}hint:{HINT:#} {hint}\n")));
    let mut stream = io::stderr();
    if anstream::AutoStream::choice(&stream) == anstream::ColorChoice::Never {
        text = anstream::adapter::strip_str(&text).to_string();
    }
    // If stderr cannot be written to, only the status reports the error.
    let _ = stream.write_all(text.as_bytes());
}

/// Prints a note that is neither an error nor data, in one write and without color.
pub(crate) fn note(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Whether the user can answer a question.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question; the default answer is no. Call it only if [`can_ask`].
pub(crate) fn ask(question: &str) -> Result<bool> {
    answered(|| Confirm::new().with_prompt(question).default(false).interact_on(&Term::stderr()))
}

/// Asks with Ctrl-C as a key, which ends the question. Then it is a signal again, for this process
/// with its terminal as it was; for a caller that blocks the signal, the question just fails.
///
/// As a signal it could come before the first key is read: it would leave the terminal changed, or,
/// blocked, end nothing.
fn answered<T>(ask: impl FnOnce() -> dialoguer::Result<T>) -> Result<T> {
    let held = HeldSignals::hold_interrupt();
    let terminal = io::stdin();
    let before = tcgetattr(&terminal);
    if let Ok(before) = &before {
        let mut keys = before.clone();
        keys.local_modes.remove(LocalModes::ISIG);
        let _ = tcsetattr(&terminal, OptionalActions::Now, &keys);
    }
    // From here on, no key is a signal.
    let answer = if held.has_one() {
        Err(Error::Declined)
    } else {
        ask().map_err(|dialoguer::Error::IO(error)| Error::io("ask on", "the terminal")(error))
    };
    if let Ok(before) = before {
        let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
    }
    answer
}

/// Writes raw data for programs. A closed pipe (`| head`) is not an error; a full disk is.
pub(crate) fn data(bytes: &[u8]) -> Result<()> {
    let mut stream = io::stdout().lock();
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|source| Error::Output { source }),
    }
}

/// Whether stdout is a terminal.
pub(crate) fn is_looked_at() -> bool {
    io::stdout().is_terminal()
}

/// The line that the user chooses with the arrow keys, on stderr. `None`: Esc or `q`.
pub(crate) fn chosen(question: &str, lines: &[String]) -> Result<Option<usize>> {
    answered(|| Select::new().with_prompt(question).items(lines).default(0).interact_opt())
}

/// The width of the terminal on stdout. `None` if stdout is not a terminal, or has no size.
fn terminal_width() -> Option<usize> {
    is_looked_at().then(|| Term::stdout().size_checked()).flatten().map(|(_, columns)| usize::from(columns))
}

/// How long ago a time was, in days; for more than two months, in months.
pub(crate) fn ago(time: SystemTime) -> String {
    match SystemTime::now().duration_since(time).unwrap_or_default().as_secs() / 86_400 {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days if days > 60 => format!("{} months ago", days / 30),
        days => format!("{days} days ago"),
    }
}

/// The width of a text on a terminal, in cells.
pub(crate) fn display_width(text: &str) -> usize {
    measure_text_width(text)
}

/// Whether to print color to stdout.
pub(crate) fn has_color() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Text about a problem, for stdout, in color if that is on.
pub(crate) fn alarming(text: &str) -> String {
    if has_color() { format!("{WRONG}{text}{WRONG:#}") } else { text.to_owned() }
}

/// Text of a hint, for stdout, in color if that is on.
pub(crate) fn helpful(text: &str) -> String {
    if has_color() { format!("{HINT}{text}{HINT:#}") } else { text.to_owned() }
}

/// Whether progress is shown: stderr is a terminal.
pub(crate) fn shows_progress() -> bool {
    io::stderr().is_terminal()
}

/// A spinner on stderr for long work, shown only on a terminal. Work inside other work shows none:
/// two would draw over each other.
pub(crate) struct Progress(Option<ProgressBar>);

/// Shorter work shows no progress.
const LASTING: Duration = Duration::from_millis(500);

static IS_SPINNING: AtomicBool = AtomicBool::new(false);

impl Progress {
    /// Shows `text` with a spinner until dropped.
    pub(crate) fn start(text: String) -> Self {
        if !shows_progress() || IS_SPINNING.swap(true, Ordering::Relaxed) {
            return Self(None);
        }
        let style =
            ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style).with_message(text);
        bar.enable_steady_tick(Duration::from_millis(80));
        Self(Some(bar))
    }

    /// Counts parts of work until dropped: `text 3/40`. Shown only if the work lasts.
    pub(crate) fn counting(text: &'static str, total: usize) -> Self {
        if !io::stderr().is_terminal() || IS_SPINNING.swap(true, Ordering::Relaxed) {
            return Self(None);
        }
        let style = ProgressStyle::with_template("{spinner} {msg} {pos}/{len}");
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner())).with_message(text);
        let late = bar.clone();
        std::thread::spawn(move || {
            std::thread::park_timeout(LASTING);
            if !late.is_finished() {
                late.set_draw_target(ProgressDrawTarget::stderr());
                late.enable_steady_tick(Duration::from_millis(80));
            }
        });
        Self(Some(bar))
    }

    /// Counts a part as done.
    pub(crate) fn advance(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }

    /// Shows another text.
    pub(crate) fn say(&self, text: String) {
        if let Some(bar) = &self.0 {
            bar.set_message(text);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
            IS_SPINNING.store(false, Ordering::Relaxed);
        }
    }
}
