//! Downloads pip from a package index, if neither the Python nor the cache has one.
//!
//! Owns the programs that can download, and how they are called. The index is theirs to choose:
//! their settings are neither translated nor dropped.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::wheel::Wheel;
use super::workshop::{Workshop, sweep};
use crate::asked::{Patience, ask};
use crate::belief::is_own_directory;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::fs::private::create_private;
use crate::interpreter::Interpreter;
use crate::isolation;
use crate::shown::shown;
use crate::uv;

/// How long downloading two megabytes may take. pip and uv give up on a silent server earlier.
const LONGEST_DOWNLOAD: Patience = Patience::seconds(300);

/// A program that can download a wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Downloader {
    /// uv, which installs a temporary pip and runs it.
    Uv(PathBuf),
    /// The interpreter's own pip, installed without its wheel (Debian's `python3-pip`).
    Own(PathBuf),
    /// The pip of another Python.
    Pip(PathBuf),
}

impl fmt::Display for Downloader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uv(program) | Self::Pip(program) => write!(formatter, "{}", shown(program)),
            Self::Own(python) => write!(formatter, "{} -m pip", shown(python)),
        }
    }
}

impl Downloader {
    /// Adds the arguments that download pip for `interpreter` into `directory`.
    fn words(&self, command: &mut Command, interpreter: &Interpreter, directory: &Path) {
        let Interpreter { version, base_executable, .. } = interpreter;
        match self {
            Self::Uv(_) => {
                command.args(["tool", "run", "--no-python-downloads", "--from", "pip", "--python"]);
                command.arg(base_executable).arg("pip");
            }
            Self::Own(_) => {
                isolation::run_pip(command);
            }
            Self::Pip(_) => {}
        }
        // The output is hidden, so nobody could answer a question for a password.
        command.args(["download", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]);
        if let Self::Pip(_) = self {
            command.args(["--python-version", &version.series().to_string()]);
        }
        command.arg("--dest").arg(directory).args(["--", "pip"]);
        // This setting is about installing, not about downloading.
        command.env_remove("PIP_REQUIRE_VIRTUALENV").current_dir("/");
    }

    fn program(&self) -> &Path {
        match self {
            Self::Uv(program) | Self::Own(program) | Self::Pip(program) => program,
        }
    }
}

/// The available programs, in the order in which they are tried.
pub(super) fn tools(context: &Context, interpreter: &Interpreter, with_uv: bool) -> Vec<Downloader> {
    let own = Downloader::Own(interpreter.base_executable.clone());
    let mut tools: Vec<Downloader> =
        with_uv.then(|| uv::find(context).ok()).flatten().map(|uv| Downloader::Uv(uv.path)).into_iter().collect();
    if has_pip(context, &interpreter.base_executable) {
        tools.push(own);
    }
    tools.extend(["pip3", "pip"].into_iter().filter_map(|name| context.program(name)).map(Downloader::Pip));
    tools
}

fn has_pip(context: &Context, python: &Path) -> bool {
    let words = |command: &mut Command| {
        isolation::run_pip(command).arg("--version").current_dir("/");
    };
    ask(context, python, Patience::USUAL, words).is_ok_and(|output| output.status.success())
}

/// Downloads pip into `wheels` with the first program that succeeds. An error quotes the last one.
pub(super) fn download(
    context: &Context,
    interpreter: &Interpreter,
    tools: &[Downloader],
    wheels: &Path,
) -> Result<Wheel> {
    if !is_own_directory(wheels) {
        return Err(none(interpreter, &format!("{} is ignored: others can write to it", shown(wheels))));
    }
    create_private(wheels).map_err(Error::io("create", wheels))?;
    sweep(wheels);
    let mut last_words = String::from("there is no tool to download one");
    for tool in tools {
        let workshop = Workshop::open_in(wheels).map_err(Error::io("write in", wheels))?;
        let directory = workshop.join("download");
        let words = |command: &mut Command| tool.words(command, interpreter, &directory);
        match ask(context, tool.program(), LONGEST_DOWNLOAD, words) {
            Ok(output) if output.status.success() => {
                let found = wheel_in(&directory);
                if let Some(wheel) = found {
                    let kept = wheels.join(wheel.path.file_name().unwrap_or_default());
                    fs::rename(&wheel.path, &kept).map_err(Error::io("write", &kept))?;
                    return Ok(Wheel { path: kept, ..wheel });
                }
                last_words = format!("{tool} did not download a wheel");
            }
            Ok(output) => last_words = format!("{tool}: {}", output.unanswered()),
            Err(reason) => last_words = format!("{tool}: {reason}"),
        }
    }
    Err(none(interpreter, &last_words))
}

fn wheel_in(directory: &Path) -> Option<Wheel> {
    let entries = fs::read_dir(directory).ok()?.flatten();
    entries.filter_map(|entry| Wheel::named(&entry.path())).find(|wheel| wheel.name == "pip")
}

/// The error for an interpreter without any pip.
pub(super) fn none(interpreter: &Interpreter, why: &str) -> Error {
    let Interpreter { version, implementation, base_prefix, base_executable, .. } = interpreter;
    let package = match implementation.as_str() {
        "PyPy" => format!("pypy{}-venv", version.major),
        _ => format!("python{}-venv", version.series()),
    };
    // Only the system's own Python has its pip in a system package.
    let hint = if base_prefix == Path::new("/usr") {
        format!("`apt install {package}` installs it; `--without-pip` skips it")
    } else {
        "`--without-pip` creates the environment without pip; uv, or any pip on PATH, can download it".to_owned()
    };
    let reason = format!("it has no pip to install, and none could be downloaded ({why})");
    Error::CannotCreate { python: base_executable.clone(), reason, hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::made_up_interpreter;
    use crate::stand_in::program;

    /// A pip that does what the text says.
    fn pip(room: &Path, text: &str) -> Downloader {
        Downloader::Pip(program(&room.join("p ip"), text))
    }

    #[test]
    fn a_download_is_kept_and_the_next_tool_is_tried() {
        let room = tempfile::tempdir().unwrap();
        let wheels = room.path().join("whe els");
        let good = pip(
            room.path(),
            r#"while [ "$1" != --dest ]; do all="$all $1"; shift; done
            mkdir -p "$2"; printf '%s' "$all" > "$2/pip-99.1-py3-none-any.whl""#,
        );
        let bad = Downloader::Pip(room.path().join("not there"));
        let context = Context::made_of(&[]);
        let wheel = download(&context, &made_up_interpreter(), &[bad, good], &wheels).unwrap();
        assert_eq!((wheel.version.as_str(), wheel.path.parent()), ("99.1", Some(wheels.as_path())));
        let asked = fs::read_to_string(&wheel.path).unwrap();
        assert!(asked.contains("download --no-deps") && asked.contains("--python-version 3.13"), "{asked}");
        assert_eq!(fs::read_dir(&wheels).unwrap().count(), 1, "no leftovers");
    }

    #[test]
    fn an_error_has_the_reason_and_a_hint() {
        let room = tempfile::tempdir().unwrap();
        let tool = pip(room.path(), "echo first >&2; printf 'no \\033[1mnetwork\\n\\n' >&2; exit 3");
        let mut interpreter = made_up_interpreter();
        interpreter.base_prefix = PathBuf::from("/usr");
        let error = download(&Context::made_of(&[]), &interpreter, &[tool], &room.path().join("wheels")).unwrap_err();
        assert!(error.to_string().contains("p ip: it ended with status 3: no \\u{1b}[1mnetwork"), "{error}");
        assert!(error.hint().unwrap().contains("apt install python3.13-venv"));
        let error = download(&Context::made_of(&[]), &made_up_interpreter(), &[], room.path()).unwrap_err();
        assert!(error.hint().unwrap().contains("--without-pip"));
    }
}
