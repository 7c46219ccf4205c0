//! What a person reads: errors, notes, questions on stderr, data on stdout.
//!
//! Owns the two streams. Colour only where the stream is a terminal that wants it (NO_COLOR,
//! CLICOLOR, CLICOLOR_FORCE: anstream decides), and never as the only carrier of a meaning.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use dialoguer::Confirm;
use dialoguer::console::{Term, measure_text_width};
use indicatif::{ProgressBar, ProgressStyle};

use crate::error::{Error, Result};

mod table;

pub(crate) use table::{Column, Table};

const WRONG: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default();

/// Reports a failure: one line that says what and where, and mostly one that says what to do.
pub(crate) fn report(error: &Error) {
    let mut stream = anstream::stderr().lock();
    // A stderr that cannot be written to leaves the status as the only voice.
    let _ = writeln!(stream, "{WRONG}venvwrap:{WRONG:#} {error}");
    for hint in error.hint().iter().flat_map(|hints| hints.lines()) {
        let _ = writeln!(stream, "{HINT}hint:{HINT:#} {hint}");
    }
}

/// Says something that is no failure and no data, in one piece and without colour.
pub(crate) fn note(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Whether a person is there to be asked.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question that only a clear yes answers with yes. To be called where [`can_ask`] says so.
pub(crate) fn ask(question: &str) -> Result<bool> {
    let asked = Confirm::new().with_prompt(question).default(false).interact_on(&Term::stderr());
    asked.map_err(|dialoguer::Error::IO(error)| Error::io("ask on", "the terminal")(error))
}

/// Writes data, raw, as programs want it. A reader that has gone away (`| head`) is no failure; a
/// full disk is.
pub(crate) fn data(bytes: &[u8]) -> Result<()> {
    let mut stream = io::stdout().lock();
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Error::io("write to", "standard output")),
    }
}

/// Whether what is printed on stdout is looked at by a person.
pub(crate) fn is_looked_at() -> bool {
    io::stdout().is_terminal()
}

/// How many cells a line on stdout has; `None` where stdout is no terminal, or one without a size.
fn terminal_width() -> Option<usize> {
    is_looked_at().then(|| Term::stdout().size_checked()).flatten().map(|(_, columns)| usize::from(columns))
}

/// How many cells of a terminal a text takes.
pub(crate) fn display_width(text: &str) -> usize {
    measure_text_width(text)
}

/// Whether stdout wants colour.
pub(crate) fn has_colour() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Text of something that went wrong, for stdout, where that wants colour.
pub(crate) fn alarming(text: &str) -> String {
    if has_colour() { format!("{WRONG}{text}{WRONG:#}") } else { text.to_owned() }
}

/// Text that is only good to know, in the same way.
pub(crate) fn helpful(text: &str) -> String {
    if has_colour() { format!("{HINT}{text}{HINT:#}") } else { text.to_owned() }
}

/// A sign of life for work of more than a moment; drawn on stderr, and only where that is a
/// terminal.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Shows `text` with a spinner until dropped.
    pub(crate) fn start(text: String) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let style =
            ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner().with_style(style).with_message(text);
        bar.enable_steady_tick(Duration::from_millis(80));
        Self(Some(bar))
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
        }
    }
}
