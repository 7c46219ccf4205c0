//! Finds running processes that use an environment.
//!
//! Owns the three signs: the executable, the first word of the command line, and VIRTUAL_ENV.
//! Commands that remove or rename an environment decide what to do. Nothing is stopped or written.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::env_vars;
use crate::fs::{is_same, resolved};
use crate::sorting;

pub(crate) mod owner;

/// A process of another program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) id: u32,
    /// The words of the command line.
    pub(crate) words: Vec<OsString>,
    executable: PathBuf,
    virtual_env: Option<PathBuf>,
}

impl Process {
    /// The command line as one text, for messages.
    pub(crate) fn command(&self) -> OsString {
        self.words.join(" ".as_ref())
    }

    /// Whether the process runs a program of the environment at `root`, or was started while that
    /// was active. `real` is `root` with all links resolved, as the kernel reports paths.
    fn uses(&self, root: &Path, real: &Path) -> bool {
        let is_below = |path: &Path| path.starts_with(root) || path.starts_with(real);
        is_below(&self.executable)
            // `bin/python` is a link, and the kernel reports its target. The first word has the
            // link.
            || self.words.first().is_some_and(|word| is_below(Path::new(word)))
            || self.virtual_env.as_deref().is_some_and(|active| is_below(active) || is_same(active, root))
    }
}

/// The processes that use one of these environments, with the index of the environment in `roots`.
///
/// The ancestors of this process are left out: their VIRTUAL_ENV is from when they were started,
/// and the calling shell passes its current one. Processes of other users are left out if they
/// cannot be read.
pub(crate) fn using(roots: &[PathBuf]) -> Vec<(usize, Process)> {
    let real: Vec<PathBuf> = roots.iter().map(|root| resolved(root).unwrap_or_else(|_| root.clone())).collect();
    let mut found = Vec::new();
    for process in platform::all() {
        if let Some(number) = (0..roots.len()).find(|number| process.uses(&roots[*number], &real[*number])) {
            found.push((number, process));
        }
    }
    if !found.is_empty() {
        let ours = ancestors();
        found.retain(|(_, process)| !ours.contains(&process.id));
    }
    sorting::sort_by_key(&mut found, |(number, process)| (*number, process.id));
    found
}

/// The executable of the parent process, if the system reports it.
pub(crate) fn caller() -> Option<PathBuf> {
    platform::executable(nix::unistd::getppid().as_raw().unsigned_abs())
}

/// This process, its parent, and so on, including processes of other users (login, su).
fn ancestors() -> Vec<u32> {
    let mut found = vec![std::process::id()];
    let mut next = Some(nix::unistd::getppid().as_raw().unsigned_abs());
    while let Some(id) = next.filter(|id| !found.contains(id)) {
        found.push(id);
        next = platform::parent(id);
    }
    found
}

fn virtual_env(environment: &[u8]) -> Option<PathBuf> {
    let mut variables = environment.split(|byte| *byte == 0);
    let value = variables.find_map(|each| each.strip_prefix(env_vars::VIRTUAL_ENV.as_bytes())?.strip_prefix(b"="))?;
    (!value.is_empty()).then(|| PathBuf::from(std::ffi::OsStr::from_bytes(value)))
}

/// Reads proc(5). Skips processes that end meanwhile, and processes of other users.
#[cfg(target_os = "linux")]
mod platform {
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    use crate::fs::entries_in;
    use crate::processes::{Process, virtual_env};

    pub(super) fn all() -> Vec<Process> {
        let entries = entries_in("/proc");
        let numbered = entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())));
        numbered.filter_map(|(id, place)| at(id, &place)).collect()
    }

    pub(super) fn executable(id: u32) -> Option<PathBuf> {
        fs::read_link(format!("/proc/{id}/exe")).ok()
    }

    fn at(id: u32, place: &Path) -> Option<Process> {
        // Kernel threads have no executable, and those of other users are unreadable.
        let executable = fs::read_link(place.join("exe")).ok()?;
        let line = fs::read(place.join("cmdline")).ok()?;
        let words = line.strip_suffix(b"\0").unwrap_or(&line).split(|byte| *byte == 0);
        Some(Process {
            id,
            words: words.map(|word| OsStr::from_bytes(word).to_owned()).collect(),
            executable,
            virtual_env: virtual_env(&fs::read(place.join("environ")).ok()?),
        })
    }

    /// The fourth field of a file that is always readable. The second field is a name in
    /// parentheses, which can contain any character.
    pub(super) fn parent(id: u32) -> Option<u32> {
        let stat = fs::read(format!("/proc/{id}/stat")).ok()?;
        let end = stat.iter().rposition(|byte| *byte == b')')?;
        std::str::from_utf8(&stat[end + 1..]).ok()?.split_whitespace().nth(1)?.parse().ok()
    }
}

/// Asks the system through a library, if there is no proc(5).
#[cfg(any(test, not(target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "compared with the other one"))]
mod elsewhere {
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

    use crate::processes::{Process, virtual_env};

    pub(super) fn all() -> Vec<Process> {
        let mut system = System::new();
        let wanted = ProcessRefreshKind::nothing()
            .with_cmd(UpdateKind::Always)
            .with_exe(UpdateKind::Always)
            .with_environ(UpdateKind::Always)
            .without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::All, false, wanted);
        let process = |process: &sysinfo::Process| {
            Some(Process {
                id: process.pid().as_u32(),
                words: process.cmd().to_vec(),
                executable: process.exe()?.to_path_buf(),
                virtual_env: process.environ().iter().find_map(|variable| virtual_env(variable.as_bytes())),
            })
        };
        system.processes().values().filter_map(process).collect()
    }

    pub(super) fn executable(id: u32) -> Option<PathBuf> {
        let mut system = System::new();
        let wanted = ProcessRefreshKind::nothing().with_exe(UpdateKind::Always).without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[Pid::from_u32(id)]), false, wanted);
        system.process(Pid::from_u32(id))?.exe().map(Path::to_path_buf)
    }

    pub(super) fn parent(id: u32) -> Option<u32> {
        let mut system = System::new();
        let wanted = ProcessRefreshKind::nothing().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[Pid::from_u32(id)]), false, wanted);
        system.process(Pid::from_u32(id))?.parent().map(Pid::as_u32)
    }
}

#[cfg(not(target_os = "linux"))]
use elsewhere as platform;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use std::io::Read;
    use std::os::unix::fs::symlink;
    use std::process::{Child, Stdio};

    /// A process that waits for its stdin to be closed, which happens at the latest when the test
    /// ends.
    struct Waiting(Child);

    impl Waiting {
        fn start(program: &Path, virtual_env: Option<&Path>) -> Self {
            let mut command = Context::made_of(&[]).command(program);
            command.env_clear().args(["-c", "echo; read line"]).stdin(Stdio::piped()).stdout(Stdio::piped());
            if let Some(root) = virtual_env {
                command.env("VIRTUAL_ENV", root);
            }
            let mut child = command.spawn().unwrap();
            // For a moment the kernel reports the new program without its variables.
            child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
            Self(child)
        }
    }

    impl Drop for Waiting {
        fn drop(&mut self) {
            drop(self.0.stdin.take());
            self.0.wait().unwrap();
        }
    }

    fn ids(roots: &[PathBuf]) -> Vec<(usize, u32)> {
        using(roots).into_iter().map(|(number, process)| (number, process.id)).collect()
    }

    #[test]
    fn processes_that_use_an_environment_are_found_by_every_spelling_of_its_path() {
        let room = tempfile::tempdir().unwrap();
        let base = resolved(room.path()).unwrap().join("it's \"my\" $HOME {a,b};é");
        let (one, two, other) = (base.join("one"), base.join("two"), base.join("one more"));
        for root in [&one, &two, &other] {
            std::fs::create_dir_all(root.join("bin")).unwrap();
        }
        symlink("/bin/sh", one.join("bin/python")).unwrap();
        std::fs::copy("/bin/sh", two.join("bin/python")).unwrap();
        let link = room.path().join("link");
        symlink(&base, &link).unwrap();
        let called = Waiting::start(&one.join("bin/python"), None);
        let copied = Waiting::start(&two.join("bin/python"), None);
        let inside = Waiting::start(Path::new("/bin/sh"), Some(&link.join("one/")));
        let outside = Waiting::start(Path::new("/bin/sh"), Some(&other));
        let mut of_one = vec![(0, called.0.id()), (0, inside.0.id())];
        of_one.sort_unstable();
        let both = [of_one.clone(), vec![(1, copied.0.id())]].concat();
        assert_eq!(ids(&[one.clone(), two.clone()]), both);
        assert_eq!(ids(&[link.join("one"), link.join("two")]), both);
        assert_eq!(ids(&[other]), [(0, outside.0.id())]);
        drop((called, inside));
        assert_eq!(ids(&[one]), []);
        let found = using(&[two]);
        assert_eq!(
            found[0].1.command(),
            [base.join("two/bin/python").as_os_str(), "-c echo; read line".as_ref()].join(" ".as_ref())
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn proc_and_the_library_agree() {
        let room = tempfile::tempdir().unwrap();
        let waiting = Waiting::start(Path::new("/bin/sh"), Some(room.path()));
        let of = |all: Vec<Process>| all.into_iter().find(|process| process.id == waiting.0.id()).unwrap();
        let read = of(platform::all());
        assert_eq!(read, of(elsewhere::all()));
        assert_eq!(platform::executable(waiting.0.id()), elsewhere::executable(waiting.0.id()));
        assert_eq!(caller(), elsewhere::executable(nix::unistd::getppid().as_raw().unsigned_abs()));
        assert_eq!(read.virtual_env.as_deref(), Some(room.path()));
        for id in [waiting.0.id(), std::process::id()] {
            assert_eq!(platform::parent(id), elsewhere::parent(id), "{id}");
        }
        assert_eq!(platform::parent(waiting.0.id()), Some(std::process::id()));
    }
}
