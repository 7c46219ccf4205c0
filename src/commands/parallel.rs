//! Runs one program in many environments at once: `allvirtualenv --parallel`.
//!
//! Owns starting, waiting, and the report. Only programs can run in parallel: functions and
//! builtins exist only in the calling shell. Each child has a session of its own, so that it can be
//! ended together with its children and has no terminal to ask questions on.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::os::unix::fs::FileExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Serialize;

use super::json::Named;
use super::{Outcome, Session, run};
use crate::activation::OwnVariables;
use crate::context::Context;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::hooks::Hooks;
use crate::output::{self, Column, Table};
use crate::programs;
use crate::shown::shown;
use crate::variables::Changes;
use crate::verb::verb;
use crate::workon_home::WorkonHome;

/// How long a child may take to end after a signal; then it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// The result of the program in one environment.
struct Run {
    status: io::Result<ExitStatus>,
    took: Duration,
    output: Vec<u8>,
}

impl Run {
    fn is_good(&self) -> bool {
        self.status.as_ref().is_ok_and(ExitStatus::success)
    }

    /// The status for the table.
    fn status_text(&self) -> String {
        match &self.status {
            Ok(status) => match (status.code(), status.signal()) {
                (Some(code), _) => code.to_string(),
                (None, signal) => format!("signal {}", signal.unwrap_or_default()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => "not found".to_owned(),
            Err(error) => error.to_string(),
        }
    }
}

/// A message of a thread.
enum Message {
    Ended(usize, Run),
    Interrupted(Signal),
}

/// The running children, and whether more may start.
#[derive(Default)]
struct Running {
    groups: Vec<Pid>,
    is_over: bool,
}

impl Running {
    /// Failures are ignored: the child may just have ended.
    fn tell(&self, signal: Signal) {
        for group in &self.groups {
            let _ = killpg(*group, signal);
        }
    }
}

/// Runs the program in `jobs` environments at a time. Prints each output when it is complete, then
/// a table; or JSON.
pub(super) fn run(
    session: &Session<'_>,
    environments: &[Environment],
    words: &[OsString],
    jobs: Option<NonZeroUsize>,
    as_json: bool,
) -> Result<Outcome> {
    let Some((program, arguments)) = words.split_first() else {
        let hint = format!("see `{} --help`", verb("allvirtualenv"));
        return Err(Error::Usage { message: "--parallel: missing program".to_owned(), hint });
    };
    let home = session.workon_home()?;
    let hooks = session.hooks(&home)?;
    let targets: Vec<Target<'_>> = environments
        .iter()
        .map(|environment| Target::of(session, &home, &hooks, environment))
        .collect::<Result<_>>()?;
    if !targets.is_empty() && targets.iter().all(|target| target.find(program).is_none()) {
        return Err(Error::NoProgram { word: program.clone() });
    }
    let jobs = jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let (tell, messages) = mpsc::channel();
    let on_signal = tell.clone();
    Context::on_ending_signal(move |signal| drop(on_signal.send(Message::Interrupted(signal))));
    let (running, next) = (Mutex::new(Running::default()), Mutex::new(0..targets.len()));
    let results = thread::scope(|scope| {
        for _ in 0..jobs.min(targets.len()) {
            let (tell, running, next, targets) = (tell.clone(), &running, &next, &targets);
            scope.spawn(move || {
                let take = || locked(next).next();
                while let Some(index) = take() {
                    let target = &targets[index];
                    let Some(run) = target.run(session.context, program, arguments, running) else { return };
                    drop(tell.send(Message::Ended(index, run)));
                }
            });
        }
        collect(&messages, &targets, &running, as_json)
    })?;
    match results {
        Ok(results) => report(&targets, results, as_json),
        Err(signal) => Ok(Outcome::Status(128 + u8::try_from(signal as i32).unwrap_or_default())),
    }
}

/// Waits for all and prints each output. The inner error is the signal that ended the run.
fn collect(
    messages: &Receiver<Message>,
    targets: &[Target<'_>],
    running: &Mutex<Running>,
    as_json: bool,
) -> Result<std::result::Result<Vec<Run>, Signal>> {
    let mut results: Vec<Option<Run>> = targets.iter().map(|_| None).collect();
    while results.iter().any(Option::is_none) {
        match messages.recv() {
            Ok(Message::Ended(index, run)) => {
                if !as_json {
                    let shown = show(&targets[index], &run);
                    if shown.is_err() {
                        end(messages, running, Signal::SIGTERM);
                        shown?;
                    }
                }
                results[index] = Some(run);
            }
            Ok(Message::Interrupted(signal)) => {
                end(messages, running, signal);
                let open = targets.iter().zip(&results).filter(|(_, result)| result.is_none());
                let open: Vec<&str> = open.map(|(target, _)| target.heading.as_str()).collect();
                output::note(&format!("interrupted; not finished: {}", open.join(", ")));
                return Ok(Err(signal));
            }
            Err(mpsc::RecvError) => break,
        }
    }
    Ok(Ok(results.into_iter().flatten().collect()))
}

/// Ends all children and starts no more; returns when they have ended or were killed.
fn end(messages: &Receiver<Message>, running: &Mutex<Running>, signal: Signal) {
    locked(running).is_over = true;
    locked(running).tell(signal);
    let deadline = Instant::now() + GRACE;
    while !locked(running).groups.is_empty() {
        match messages.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => return locked(running).tell(Signal::SIGKILL),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Locks a mutex, also after a panic of another thread.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An environment, and the variables it changes for a program.
struct Target<'a> {
    environment: &'a Environment,
    heading: String,
    changes: Changes,
}

impl<'a> Target<'a> {
    fn of(session: &Session<'_>, home: &WorkonHome, hooks: &Hooks<'_>, environment: &'a Environment) -> Result<Self> {
        // The programs start in the environment, not in its project.
        let own = OwnVariables { uv: false, ..home.variables_of(environment) };
        let changes = run::changes(session, hooks, environment, own)?;
        Ok(Self { environment, heading: shown(environment.name()).to_string(), changes })
    }

    fn find(&self, program: &OsStr) -> Option<PathBuf> {
        programs::along(self.changes.path(), program, self.environment.root()).next()
    }

    /// `None` if nothing may start any more.
    fn run(&self, context: &Context, program: &OsStr, words: &[OsString], running: &Mutex<Running>) -> Option<Run> {
        let started = Instant::now();
        let ended = |status, output| Some(Run { status, took: started.elapsed(), output });
        let Some(program) = self.find(program) else { return ended(Err(io::ErrorKind::NotFound.into()), Vec::new()) };
        let mut command = context.command_apart(&program);
        command.args(words).current_dir(self.environment.root());
        run::give(&mut command, &self.changes);
        command.env("PWD", self.environment.root());
        let (mut child, output) = match start(&mut command, running) {
            Ok(Some(started)) => started,
            Ok(None) => return None,
            Err(error) => return ended(Err(error), Vec::new()),
        };
        let status = child.wait();
        let group = group_of(&child);
        locked(running).groups.retain(|other| *other != group);
        ended(status, whole(&output))
    }
}

/// Starts a child with both streams in one file rather than a pipe, so that a process it leaves
/// behind does not block us. Holds the lock, so that `end` misses no child.
fn start(command: &mut Command, running: &Mutex<Running>) -> io::Result<Option<(Child, File)>> {
    let output = tempfile::tempfile()?;
    command.stdout(output.try_clone()?).stderr(output.try_clone()?);
    let mut running = locked(running);
    if running.is_over {
        return Ok(None);
    }
    let child = command.spawn()?;
    running.groups.push(group_of(&child));
    Ok(Some((child, output)))
}

/// The child leads a session and a process group with its own number.
fn group_of(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX))
}

/// The whole content of a file, independent of its position.
fn whole(file: &File) -> Vec<u8> {
    let length = file.metadata().map_or(0, |entry| entry.len());
    let mut text = vec![0; usize::try_from(length).unwrap_or_default()];
    // An unreadable output is omitted; the status is still reported.
    if file.read_exact_at(&mut text, 0).is_err() {
        text.clear();
    }
    text
}

/// Prints the output under a heading, in one write.
fn show(target: &Target<'_>, run: &Run) -> Result<()> {
    let heading = &target.heading;
    let mut text = format!("{heading}\n{}\n", "=".repeat(heading.chars().count())).into_bytes();
    text.extend_from_slice(&run.output);
    if !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    text.push(b'\n');
    output::data(&text)
}

/// The JSON of the run.
#[derive(Serialize)]
struct List {
    environments: Vec<JsonRun>,
}

/// The JSON of one environment.
#[derive(Serialize)]
struct JsonRun {
    #[serde(flatten)]
    named: Named,
    /// The exit status; null if a signal ended it or it could not start.
    status: Option<i32>,
    /// The signal that ended it.
    signal: Option<i32>,
    /// Why it could not start.
    error: Option<String>,
    seconds: f64,
    /// The output of both streams; invalid UTF-8 is replaced.
    output: String,
}

fn report(targets: &[Target<'_>], results: Vec<Run>, as_json: bool) -> Result<Outcome> {
    let status = Outcome::Status(u8::from(!results.iter().all(Run::is_good)));
    if as_json {
        let json = |(target, run): (&Target<'_>, Run)| JsonRun {
            named: Named::of(target.environment),
            status: run.status.as_ref().ok().and_then(ExitStatus::code),
            signal: run.status.as_ref().ok().and_then(ExitStatusExt::signal),
            error: run.status.is_err().then(|| run.status_text()),
            seconds: run.took.as_secs_f64(),
            output: String::from_utf8_lossy(&run.output).into_owned(),
        };
        let environments = targets.iter().zip(results).map(json).collect();
        output::data(&super::json::document(&List { environments })?)?;
    } else if !targets.is_empty() {
        output::data(table(targets, &results).as_bytes())?;
    }
    Ok(status)
}

const COLUMNS: &[Column] = &[Column::shrinking("environment"), Column::text("status"), Column::number("time")];

fn table(targets: &[Target<'_>], results: &[Run]) -> String {
    let mut table = Table::new(COLUMNS);
    for (target, run) in targets.iter().zip(results) {
        let status = if run.is_good() { run.status_text() } else { output::alarming(&run.status_text()) };
        table.push([target.heading.clone(), status, format!("{:.1} s", run.took.as_secs_f64())]);
    }
    table.text()
}
