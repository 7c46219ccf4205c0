//! A directory with a hostile name for a test, and the program run in it.
//!
//! Owns the environment of a test: its own HOME, WORKON_HOME, and TMPDIR, none of the user's
//! variables, one locale, no background work. The result of a run is an [`Answer`]. Nothing runs
//! longer than [`LIMIT`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{SigHandler, Signal, kill, killpg, signal};
use nix::unistd::Pid;
use tempfile::TempDir;

pub(crate) use super::answer::Answer;
use super::answer::replaced;
use super::programs::write_program;

/// The program under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_venvwrap");

/// The time limit for a child. A hanging child is killed, and the test fails with its output so
/// far.
pub(crate) const LIMIT: Duration = Duration::from_mins(3);

/// Space, both quotes, `$`, a command substitution, a backslash, braces, `;`, `&`, `#`, `*`, a
/// percent sign, non-ASCII. No `:`, which PATH cannot contain. The variable is never set, because
/// WORKON_HOME may contain variables.
const HOSTILE: &str = "it's \"q\" $nil `x` \\b {a,b};&#*%é-";

/// The directories and variables of one test. Removed when dropped.
#[derive(Debug)]
pub(crate) struct Sandbox {
    root: PathBuf,
    variables: BTreeMap<OsString, OsString>,
    _directory: TempDir,
}

/// A suite started in the background ignores Ctrl-C, and its children would inherit that.
fn obey_interrupts() {
    // SAFETY: this is what the system does by default; no handler runs.
    #[allow(unsafe_code, reason = "nix calls every change of a handler unsafe, the one to none included")]
    unsafe {
        signal(Signal::SIGINT, SigHandler::SigDfl).unwrap();
    }
}

impl Sandbox {
    /// A sandbox with a hostile path.
    pub(crate) fn new() -> Self {
        Self::under(HOSTILE)
    }

    /// A sandbox with a hostile path and the environments `x` and `y`, written by hand.
    pub(crate) fn with_x_and_y() -> Self {
        let sandbox = Self::new();
        sandbox.minimal_environment("x");
        sandbox.minimal_environment("y");
        sandbox
    }

    /// A sandbox with a plain path, for other programs that cannot handle special characters.
    pub(crate) fn plain() -> Self {
        Self::under("plain-")
    }

    fn under(prefix: &str) -> Self {
        obey_interrupts();
        let directory = tempfile::Builder::new().prefix(prefix).tempdir_in(run_directory()).unwrap();
        let root = directory.path().to_path_buf();
        for inner in ["home", "envs", "tmp", "tools"] {
            fs::create_dir(root.join(inner)).unwrap();
        }
        link_tools(&root.join("tools"));
        let mut path = root.join("tools").into_os_string();
        path.push(":/usr/bin:/bin");
        let variables = [
            ("HOME", root.join("home").into()),
            ("WORKON_HOME", root.join("envs").into()),
            ("TMPDIR", root.join("tmp").into()),
            ("XDG_CACHE_HOME", shared_cache().into()),
            ("PATH", path),
            ("LANG", OsString::from(if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" })),
            ("TERM", "dumb".into()),
            ("COLUMNS", "100".into()),
            ("VENVWRAP_BACKGROUND", "0".into()),
            // The machine's own settings must not decide which installer runs, and from where.
            ("PIP_CONFIG_FILE", "/dev/null".into()),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value)).collect();
        Self { root, variables, _directory: directory }
    }

    /// The hostile directory, which is the working directory of commands.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The user's home directory.
    pub(crate) fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// The directory of the environments.
    pub(crate) fn workon_home(&self) -> PathBuf {
        self.root.join("envs")
    }

    /// The root of an environment, existing or not.
    pub(crate) fn environment(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.workon_home().join(name.as_ref())
    }

    /// The first directory of PATH: has links to test tools outside of /usr/bin. Tests may add
    /// programs.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("tools")
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) -> &mut Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Removes a variable.
    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(OsStr::new(name));
        self
    }

    /// Uses a new cache instead of the one that all tests of a run share.
    pub(crate) fn with_own_cache(mut self) -> Self {
        let cache = self.root.join("cache");
        fs::create_dir(&cache).unwrap();
        self.set("XDG_CACHE_HOME", cache);
        self
    }

    /// All variables.
    pub(crate) fn variables(&self) -> &BTreeMap<OsString, OsString> {
        &self.variables
    }

    /// Writes a file below the root, creating directories, and returns its path.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Writes an executable file below the root, creating directories, and returns its path.
    pub(crate) fn program(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_program(&path, content);
        path
    }

    /// A command in this sandbox, for `run_command`. Its streams are set there.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables).current_dir(&self.root);
        command
    }

    /// Runs the program with these arguments and nothing on stdin.
    #[track_caller]
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Answer<'_> {
        let mut command = self.command(BINARY);
        command.args(arguments);
        self.run_command(command, b"")
    }

    /// Runs git in a directory below the root, without the user's configuration.
    #[track_caller]
    pub(crate) fn git(&self, directory: impl AsRef<Path>, words: &[&str]) -> String {
        let mut command = self.command(tool("git"));
        command.args(["-c", "user.name=x", "-c", "user.email=x@x"]).args(words);
        command.current_dir(self.root.join(directory)).env("GIT_CONFIG_GLOBAL", "/dev/null");
        self.run_command(command, b"").status(0).stdout_text()
    }

    /// Runs a command in this sandbox to its end, with this text on stdin.
    #[track_caller]
    pub(crate) fn run_command(&self, mut command: Command, stdin: &[u8]) -> Answer<'_> {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let called = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {called}: {error}"));
        let group = Pid::from_raw(i32::try_from(child.id()).unwrap());
        let (ended, wait) = mpsc::channel();
        let mut input = child.stdin.take().unwrap();
        let text = stdin.to_vec();
        // A child may ignore its stdin.
        thread::spawn(move || input.write_all(&text));
        let stdout = collected(child.stdout.take().unwrap(), ended.clone());
        let stderr = collected(child.stderr.take().unwrap(), ended.clone());
        let status = Arc::new(Mutex::new(None));
        thread::spawn({
            let status = Arc::clone(&status);
            move || {
                *status.lock().unwrap() = child.wait().ok();
                let _ = ended.send(());
            }
        });
        let deadline = Instant::now() + LIMIT;
        // Both streams and the process have ended. A child that outlives the process and holds a
        // stream open counts as hanging.
        let ended = (0..3).all(|_| wait.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok());
        let status = status.lock().unwrap().unwrap_or_default();
        let (stdout, stderr) = (stdout.lock().unwrap().clone(), stderr.lock().unwrap().clone());
        let answer = Answer { sandbox: self, called, status, stdout, stderr };
        if !ended {
            let _ = killpg(group, Signal::SIGKILL);
            panic!("killed after {LIMIT:?}: {answer}");
        }
        answer
    }

    /// Writes an environment by hand, within a millisecond. Enough for tests that do not start its
    /// python.
    pub(crate) fn minimal_environment(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.minimal_environment_at(&self.environment(name))
    }

    /// Like `minimal_environment`, at any path.
    #[expect(clippy::unused_self, reason = "an environment is always in a sandbox")]
    pub(crate) fn minimal_environment_at(&self, root: &Path) -> PathBuf {
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::create_dir_all(root.join("lib/python3.11/site-packages")).unwrap();
        fs::write(root.join("pyvenv.cfg"), "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n")
            .unwrap();
        symlink("/bin/sh", root.join("bin/python")).unwrap();
        fs::write(root.join("bin/activate"), ACTIVATE).unwrap();
        root.to_path_buf()
    }

    /// Text with this sandbox's path as `[ROOT]`.
    pub(crate) fn masked(&self, text: &[u8]) -> Vec<u8> {
        replaced(text, self.root.as_os_str().as_bytes(), b"[ROOT]")
    }
}

/// The common shape of all tools' `bin/activate`: `hash -r` in `deactivate` and as the last
/// statement.
const ACTIVATE: &str = "deactivate () {\n    hash -r 2> /dev/null\n}\nVIRTUAL_ENV=$not_read\nhash -r 2> /dev/null\n";

/// A path as bytes, for stories and messages.
pub(crate) fn bytes(path: impl AsRef<OsStr>) -> Vec<u8> {
    path.as_ref().to_os_string().into_vec()
}

/// The full path of a test tool, found on the original PATH. Fails if the tool is missing; `make
/// test` installs it.
#[track_caller]
pub(crate) fn tool(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|directory| directory.join(name))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("this test needs `{name}`, which is not on PATH; `make test` installs it"))
}

/// Links shells and linters that the sandbox's PATH would miss (Homebrew's, Nix's).
fn link_tools(directory: &Path) {
    for name in ["bash", "zsh", "fish", "tcsh", "dash"] {
        if !["/usr/bin", "/bin"].iter().any(|system| Path::new(system).join(name).is_file()) {
            symlink(tool(name), directory.join(name)).unwrap();
        }
    }
}

fn collected(mut stream: impl Read + Send + 'static, ended: mpsc::Sender<()>) -> Arc<Mutex<Vec<u8>>> {
    let all = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&all);
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            shared.lock().unwrap().extend_from_slice(&buffer[..length]);
        }
        let _ = ended.send(());
    });
    all
}

/// The directory of this test run. It cannot be removed at the end, because a static is never
/// dropped; the next run removes the directories of finished processes.
pub(crate) fn run_directory() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    const PREFIX: &str = "venvwrap-suite-";
    DIRECTORY.get_or_init(|| {
        let temporary = fs::canonicalize(std::env::temp_dir()).unwrap();
        for entry in fs::read_dir(&temporary).unwrap().flatten() {
            let name = entry.file_name();
            let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok());
            if owner.is_some_and(|owner| kill(Pid::from_raw(owner), None).is_err()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let prefix = format!("{PREFIX}{}-", std::process::id());
        tempfile::Builder::new().prefix(&prefix).tempdir_in(temporary).unwrap().keep()
    })
}

/// The cache shared by the tests of a run, because unpacking and compiling pip takes most of a
/// second.
fn shared_cache() -> PathBuf {
    let cache = run_directory().join("cache");
    fs::create_dir_all(&cache).unwrap();
    cache
}
