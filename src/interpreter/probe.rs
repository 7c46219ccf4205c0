//! Asks an interpreter for its facts: runs `probe.py` in it, isolated and with a time limit.
//!
//! Owns the command line and the parsing of the answer; each kind of failure has its own reason.
//! Remembering answers belongs to `cache`, choosing file names to `base`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::facts::{Interpreter, implementation_named};
use super::lasting::lasting;
use crate::asked::{Output, Patience, ask as ask_program};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::fs::is_same;
use crate::isolation;
use crate::versions::Release;

const SCRIPT: &str = include_str!("probe.py");

/// Starts the answer (RFC 7464). JSON never contains this byte.
const RECORD_SEPARATOR: u8 = 0x1e;

#[derive(Debug)]
pub(super) enum Answer {
    /// The program is an interpreter.
    Interpreter {
        interpreter: Box<Interpreter>,
        /// The directory or the zip file of its standard library.
        stdlib: PathBuf,
    },
    /// The program only starts an interpreter, as shims do, and the copies in environments of
    /// virtualenv before version 20.
    Starts(PathBuf),
}

/// Probes `python`, an absolute path outside of any environment.
pub(super) fn ask(context: &Context, python: &Path) -> Result<Answer> {
    let fail = |reason| Error::PythonFailed { python: python.to_path_buf(), reason };
    let output = run(context, python, Patience::USUAL).map_err(fail)?;
    let told = answer_in(&output).map_err(fail)?;
    let executable = if told.executable.0.is_absolute() { told.executable.0.as_path() } else { python };
    if let Some(Latin1(prefix)) = &told.original_prefix {
        let name = format!("python{}", told.version().series());
        return Ok(Answer::Starts(prefix.join("bin").join(name)));
    }
    if !is_same(executable, python) {
        return Ok(Answer::Starts(executable.to_path_buf()));
    }
    let stdlib = told.stdlib.0.clone();
    Ok(Answer::Interpreter { interpreter: Box::new(told.into_interpreter(python)), stdlib })
}

/// The JSON that `probe.py` prints.
#[derive(Debug, Deserialize)]
struct ProbeAnswer {
    abiflags: String,
    base_prefix: Latin1,
    bundled: Vec<Latin1>,
    cache_tag: String,
    executable: Latin1,
    has_lib64_link: bool,
    implementation: String,
    original_prefix: Option<Latin1>,
    platlibdir: String,
    release: String,
    stdlib: Latin1,
    version: [u8; 3],
}

/// A path of any bytes, encoded with one Latin-1 character for each byte.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Latin1(PathBuf);

impl TryFrom<String> for Latin1 {
    type Error = std::num::TryFromIntError;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        use std::os::unix::ffi::OsStringExt;
        let bytes =
            text.chars().map(|character| u8::try_from(u32::from(character))).collect::<std::result::Result<_, _>>()?;
        Ok(Self(std::ffi::OsString::from_vec(bytes).into()))
    }
}

impl ProbeAnswer {
    fn version(&self) -> Release {
        let [major, minor, micro] = self.version.map(u32::from);
        Release { major, minor, micro }
    }

    fn into_interpreter(self, found: &Path) -> Interpreter {
        let version = self.version();
        let implementation = implementation_named(&self.implementation);
        let stem = if implementation == "PyPy" { "pypy" } else { "python" };
        let threads = if self.abiflags.contains('t') { "t" } else { "" };
        let names = [threads, ""].map(|threads| format!("{stem}{}{threads}", version.series()));
        let (base_prefix, base_executable) = lasting(found, &self.base_prefix.0, &names);
        Interpreter {
            executable: found.to_path_buf(),
            base_executable,
            base_prefix,
            version,
            release: self.release,
            implementation,
            cache_tag: self.cache_tag,
            abiflags: self.abiflags,
            platlibdir: self.platlibdir,
            has_lib64_link: self.has_lib64_link,
            bundled: self.bundled.into_iter().map(|Latin1(wheel)| wheel).collect(),
        }
    }
}

/// Finds the answer among other output. Without an answer, the error describes the output.
fn answer_in(output: &Output) -> std::result::Result<ProbeAnswer, String> {
    let Some(start) = output.stdout.iter().rposition(|byte| *byte == RECORD_SEPARATOR) else {
        return Err(output.unanswered());
    };
    let record = output.stdout[start + 1..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    serde_json::from_slice(record).map_err(|error| format!("its answer cannot be read: {error}"))
}

/// Runs the script and waits. The error is a reason to show to the user.
fn run(context: &Context, python: &Path, patience: Patience) -> std::result::Result<Output, String> {
    ask_program(context, python, patience, |command| {
        // 2.7 has no -I. These three options and the first lines of the script do the same. -B:
        // write no bytecode.
        command.args(["-E", "-s", "-S", "-B", "-c", SCRIPT]).current_dir("/");
        isolation::without_variables(command);
    })
}

#[cfg(test)]
mod tests {
    use super::super::fake::{hostile_room, program, python, quoted, script};
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::time::{Duration, Instant};

    const SHORT: Patience = Patience { time: Duration::from_millis(300), ..Patience::USUAL };

    fn reason(python: &Path) -> String {
        match ask(&Context::made_of(&[]), python) {
            Err(Error::PythonFailed { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_way_to_fail_has_its_own_reason() {
        let (_room, room) = hostile_room();
        let reason_of = |body: &str| reason(&program(&room.join("python3"), body));
        assert_eq!(reason_of("exit 0"), "it printed nothing");
        assert_eq!(reason_of("echo 'Welcome \x1b[1m'; echo"), "it did not answer, but printed `Welcome \\u{1b}[1m`");
        assert_eq!(
            reason_of("echo one >&2; echo 'no libpython' >&2; exit 127"),
            "it ended with status 127: no libpython"
        );
        assert_eq!(reason_of("kill -9 $$"), "it was killed by signal 9");
        let nonsense = reason_of("printf '\\036{\"version\": 3}\\n'");
        assert!(nonsense.starts_with("its answer cannot be read: "), "{nonsense}");
        assert_eq!(reason_of("kill -SEGV $$"), "it was killed by signal 11");
        for flood in ["exec yes 'not a python'", "exec yes 'not a python' >&2"] {
            let flood = reason_of(flood);
            assert!(flood.starts_with("it was killed by signal 13"), "{flood}");
        }
        let long = reason_of("printf '%0300d' 7; printf '\\036{\"version\": [3'");
        assert!(long.starts_with("its answer cannot be read: "), "{long}");
    }

    #[test]
    fn an_answer_is_found_among_other_output() {
        let (_room, room) = hostile_room();
        let python = python(&room.join("py"), "python3.9", "3.9.1");
        let noisy = |noise: &str| {
            let noisy = program(&room.join("noisy"), &format!("{noise}\nexec {} \"$@\"", quoted(&python)));
            match ask(&Context::made_of(&[]), &noisy) {
                Ok(Answer::Starts(path)) => path,
                other => panic!("{other:?}"),
            }
        };
        for noise in ["printf 'no line feed'", "printf '\\036{}\\n\\036'", "printf '\\377\\000\\n' | tee /dev/stderr"] {
            assert_eq!(noisy(noise), python, "{noise}");
        }
        assert_eq!(noisy("head -c 200000 /dev/zero; head -c 200000 /dev/zero >&2"), python);
    }

    #[test]
    fn each_reason_not_to_start_is_distinguished() {
        let (_room, room) = hostile_room();
        assert_eq!(reason(&room.join("none")), "it does not exist");
        assert_eq!(reason(&room), "it is a directory");
        symlink("gone", room.join("dangling")).unwrap();
        assert_eq!(reason(&room.join("dangling")), "it is a link to gone, which does not exist");
        fs::write(room.join("plain"), "").unwrap();
        assert_eq!(reason(&room.join("plain")), "it is not executable");
        let text = script(&room.join("text"), "no program of any kind\n");
        // execvp(3) of POSIX runs such a file with a shell; musl and macOS do not.
        let is_told =
            ["it cannot be run: ", "it ended with status 127: "].iter().any(|start| reason(&text).starts_with(start));
        assert!(is_told, "{}", reason(&text));
        assert_eq!(reason(&room.join("plain/python")), "it cannot be run: Not a directory (os error 20)");
        let headless = script(&room.join("headless"), "#!/gone/interpreter\n");
        assert_eq!(reason(&headless), "the program named by its first line or headers does not exist");
    }

    #[test]
    fn the_probe_runs_isolated_and_writes_no_bytecode() {
        let (_room, room) = hostile_room();
        let says = program(&room.join("python3"), "echo \"$1 $2 $3 $4 in $PWD\"");
        assert_eq!(reason(&says), "it did not answer, but printed `-E -s -S -B in /`");
    }

    #[test]
    fn a_hanging_interpreter_is_killed() {
        let (_room, room) = hostile_room();
        for body in ["exec sleep 1000", "exec sleep 1000 >&- 2>&-"] {
            let hangs = program(&room.join("hangs"), &format!("echo $$ > \"${{0%/*}}/pid\"; {body}"));
            let started = Instant::now();
            let reason = run(&Context::made_of(&[]), &hangs, SHORT).err().unwrap();
            assert_eq!(reason, "it did not answer within 0.3 s");
            assert!(started.elapsed() < Patience::USUAL.time, "{body}");
            let pid = fs::read_to_string(room.join("pid")).unwrap().trim().parse().unwrap();
            let gone = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None);
            assert_eq!(gone, Err(nix::errno::Errno::ESRCH), "{body}");
        }
    }

    /// Its child may keep the streams open.
    #[test]
    fn a_child_left_behind_is_killed() {
        let (_room, room) = hostile_room();
        let leaves = program(&room.join("leaves"), "sleep 20 & echo $! > \"${0%/*}/pid\"; exit 3");
        let started = Instant::now();
        let reason = run(&Context::made_of(&[]), &leaves, SHORT).err().unwrap();
        assert_eq!(reason, "it did not answer within 0.3 s");
        assert!(started.elapsed() < Patience::USUAL.time);
        let pid: i32 = fs::read_to_string(room.join("pid")).unwrap().trim().parse().unwrap();
        // The child was killed with it. Whoever adopts the child may not have reaped it yet.
        let state = || fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        while !state().is_empty() && !state().contains(") Z ") {
            assert!(started.elapsed() < Patience::USUAL.time, "{}", state());
            std::thread::yield_now();
        }
    }

    #[test]
    fn paths_of_any_bytes_come_through() {
        use std::os::unix::ffi::OsStrExt;
        let Latin1(path) = serde_json::from_str(r#""/a\"\u00ff\u00c3\u00a9""#).unwrap();
        assert_eq!(path.as_os_str().as_bytes(), b"/a\"\xff\xc3\xa9");
        assert!(serde_json::from_str::<Latin1>(r#""\u65e5""#).is_err());
    }
}
