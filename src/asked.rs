//! A question to another program: started, waited for, for a limited time.
//!
//! Owns the start, the wait and the reasons of what does not answer, for a person. What is asked, and what the answer
//! means, is the caller's matter.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::shown::shown;

/// What is read of its output.
const LIMIT: u64 = 256 * 1024;

/// What a process left behind.
#[derive(Debug)]
pub(crate) struct Output {
    /// Its standard output.
    pub(crate) stdout: Vec<u8>,
    /// Its standard error.
    pub(crate) stderr: Vec<u8>,
    /// How it ended.
    pub(crate) status: ExitStatus,
}

impl Output {
    /// Why there is no answer in it.
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

/// The last line with something in it, cut to what fits in a message.
fn last_line(text: &[u8]) -> Option<String> {
    let line = text.split(|byte| *byte == b'\n').rev().map(<[u8]>::trim_ascii).find(|line| !line.is_empty())?;
    Some(shown(OsStr::from_bytes(&line[..line.len().min(160)])).to_string())
}

/// Starts it with nothing on stdin and waits, at most `patience`. The error is the reason for a person.
pub(crate) fn ask(command: &mut Command, patience: Duration) -> Result<Output, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let deadline = Instant::now() + patience;
    let mut child = command.spawn().map_err(|error| not_started(Path::new(command.get_program()), &error))?;
    let read = read_both(&mut child, deadline);
    let status = wait(&mut child, deadline);
    if let (Some([stdout, stderr]), Some(status)) = (read, status) {
        return Ok(Output { stdout, stderr, status });
    }
    // Its children may live on and hold the pipes; nobody waits for these any more.
    drop(child.kill());
    drop(child.wait());
    Err(format!("it did not answer within {} s", patience.as_secs_f32()))
}

/// Why the system did not start it.
fn not_started(program: &Path, error: &io::Error) -> String {
    match (error.kind(), fs::read_link(program), fs::metadata(program)) {
        (_, Ok(target), Err(_)) => format!("it is a link to {}, which is not there", shown(&target)),
        (_, _, Ok(file)) if file.is_dir() => "it is a directory".to_owned(),
        (ErrorKind::PermissionDenied, _, Ok(_)) => "it is not executable".to_owned(),
        (ErrorKind::NotFound, _, Err(_)) => "it is not there".to_owned(),
        (ErrorKind::NotFound, _, Ok(_)) => {
            "the program that its first line or its headers name is not there".to_owned()
        }
        _ => format!("it cannot be run: {error}"),
    }
}

/// Both streams up to their ends or [`LIMIT`]. Each has a thread, or a full pipe would stop the child.
/// `None` where they are not at their ends in time.
fn read_both(child: &mut Child, deadline: Instant) -> Option<[Vec<u8>; 2]> {
    let (sender, receiver) = mpsc::channel();
    let streams: [Box<dyn Read + Send>; 2] = [Box::new(child.stdout.take()?), Box::new(child.stderr.take()?)];
    for (index, stream) in streams.into_iter().enumerate() {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut text = Vec::new();
            // What was read before an error is all there is.
            drop(stream.take(LIMIT).read_to_end(&mut text));
            drop(sender.send((index, text)));
        });
    }
    let mut texts = [Vec::new(), Vec::new()];
    for _ in 0..texts.len() {
        let (index, text) = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()?;
        texts[index] = text;
    }
    Some(texts)
}

/// Waits for the end, which is near once both streams are closed: std has no wait with a limit, so it looks repeatedly.
fn wait(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_micros(200)),
            _ => return None,
        }
    }
}
