//! Runs another program with a deadline and captures its output; the only module that does so.
//!
//! Owns starting the program, waiting for it, killing it if it does not answer, and the reason to
//! show to the user. The caller knows the arguments and what the output means.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::context::{Context, HeldSignals};
use crate::shown::shown;

/// The default limit for each stream.
const LIMIT: u64 = 256 * 1024;

/// How often a waiting thread checks whether venvwrap should stop.
const LOOK: Duration = Duration::from_millis(20);

/// The result of a program that exited or was killed.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) status: ExitStatus,
}

impl Output {
    /// Why the output contains no answer.
    pub(crate) fn unanswered(&self) -> String {
        let said = last_line(&self.stderr).map(|line| format!(": {line}")).unwrap_or_default();
        if let Some(signal) = self.status.signal() {
            return format!("it was killed by signal {signal}{said}");
        }
        if let Some(status) = self.status.code().filter(|status| *status != 0) {
            return format!("it ended with status {status}{said}");
        }
        match last_line(&self.stdout) {
            Some(line) => format!("it did not answer, but printed `{line}`"),
            None => "it printed nothing".to_owned(),
        }
    }
}

/// The last nonempty line, shortened to fit into a message.
fn last_line(text: &[u8]) -> Option<String> {
    let line = text.split(|byte| *byte == b'\n').rev().map(<[u8]>::trim_ascii).find(|line| !line.is_empty())?;
    Some(shown(OsStr::from_bytes(&line[..line.len().min(160)])).to_string())
}

/// How long a program may run, and how much of each stream is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// The time from start to exit.
    pub(crate) time: Duration,
    /// In bytes. SIGPIPE kills a program that prints more.
    pub(crate) bytes: u64,
}

impl Patience {
    /// For a program that only reports what it knows. It takes milliseconds, or a second for a
    /// Python with many packages; a cold disk and a busy machine take longer.
    pub(crate) const USUAL: Self = Self::seconds(15);

    /// For a program that has to work for its answer.
    pub(crate) const fn seconds(seconds: u64) -> Self {
        Self { time: Duration::from_secs(seconds), bytes: LIMIT }
    }
}

/// Starts a program with empty stdin and waits for it, at most as long as `patience` allows. After
/// that, and also when a signal stops venvwrap, the program and its children are killed. `words`
/// adds arguments and variables, and may pass standard error through to the user. The error is a
/// reason to show to the user.
pub(crate) fn ask(
    context: &Context,
    program: &Path,
    patience: Patience,
    words: impl FnOnce(&mut Command),
) -> Result<Output, String> {
    let mut command = context.command_apart(program);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    words(&mut command);
    let held = HeldSignals::hold();
    let mut waiting = Waiting { until: Instant::now() + patience.time, held };
    let mut child = command.spawn().map_err(|error| not_started(program, &error))?;
    let read = waiting.read_both(&mut child, patience.bytes);
    let status = read.is_some().then(|| waiting.end_of(&mut child)).flatten();
    if let (Some([stdout, stderr]), Some(status)) = (read, status) {
        return Ok(Output { stdout, stderr, status });
    }
    // The program leads a process group: its children may hold the pipes, or may be the ones that
    // hang.
    if let Ok(leader) = i32::try_from(child.id()) {
        let _ = killpg(Pid::from_raw(leader), Signal::SIGKILL);
    }
    drop(child.wait());
    if waiting.held.has_one() {
        return Err("it was interrupted".to_owned());
    }
    Err(format!("it did not answer within {} s", patience.time.as_secs_f32()))
}

/// Why the system could not start a program.
pub(crate) fn not_started(program: &Path, error: &io::Error) -> String {
    match (error.kind(), fs::read_link(program), fs::metadata(program)) {
        (_, Ok(target), Err(_)) => format!("it is a link to {}, which does not exist", shown(&target)),
        (_, _, Ok(file)) if file.is_dir() => "it is a directory".to_owned(),
        (ErrorKind::PermissionDenied, _, Ok(_)) => "it is not executable".to_owned(),
        (ErrorKind::NotFound, _, Err(_)) => "it does not exist".to_owned(),
        (ErrorKind::NotFound, _, Ok(_)) => "the program named by its first line or headers does not exist".to_owned(),
        _ => format!("it cannot be run: {error}"),
    }
}

/// The wait for a program. It ends at the deadline, or when a signal stops venvwrap.
struct Waiting {
    until: Instant,
    held: HeldSignals,
}

impl Waiting {
    /// How long to sleep before the next check, at most `tick`; `None` if the wait is over.
    fn next(&mut self, tick: Duration) -> Option<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        (!left.is_zero() && !self.held.has_one()).then(|| left.min(tick))
    }

    /// Reads both streams to their ends, up to the limit. Each has a thread, because a full pipe
    /// would block the child. `None` if a stream is still open at the deadline.
    fn read_both(&mut self, child: &mut Child, bytes: u64) -> Option<[Vec<u8>; 2]> {
        let (sender, receiver) = mpsc::channel();
        let stdout = child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
        let stderr = child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>);
        for (index, stream) in [stdout, stderr].into_iter().enumerate() {
            let Some(stream) = stream else { continue };
            let sender = sender.clone();
            thread::spawn(move || {
                let mut text = Vec::new();
                // Before a read error, part of the output may have arrived. Use that.
                drop(stream.take(bytes).read_to_end(&mut text));
                drop(sender.send((index, text)));
            });
        }
        drop(sender);
        let mut texts = [Vec::new(), Vec::new()];
        loop {
            match receiver.recv_timeout(self.next(LOOK)?) {
                Ok((index, text)) => texts[index] = text,
                Err(RecvTimeoutError::Disconnected) => return Some(texts),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Waits for the child to exit, which happens soon after both streams are closed. std has no
    /// wait with a timeout, so this polls, with increasing pauses.
    fn end_of(&mut self, child: &mut Child) -> Option<ExitStatus> {
        let mut tick = Duration::from_micros(200);
        loop {
            if let Some(status) = child.try_wait().ok()? {
                return Some(status);
            }
            thread::sleep(self.next(tick)?);
            tick = (tick * 2).min(LOOK);
        }
    }
}
