//! Templates of copier and cookiecutter, which do the work if they are installed.
//!
//! Owns how each is called, and that its files end up in the project's directory, whatever the
//! template names its own.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::context::Context;
use crate::directories;
use crate::error::{Error, Result};
use crate::shown::shown;

/// A program that makes projects from templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generator {
    Copier,
    Cookiecutter,
}

impl Generator {
    pub(super) const ALL: [Self; 2] = [Self::Copier, Self::Cookiecutter];

    /// The command, also the prefix in `copier:SRC`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Copier => "copier",
            Self::Cookiecutter => "cookiecutter",
        }
    }

    /// Splits `copier:SRC`. `None` if the word has no such prefix.
    pub(super) fn read(word: &OsStr) -> Option<(Self, &OsStr)> {
        Self::ALL.into_iter().find_map(|generator| {
            let source = word.as_bytes().strip_prefix(generator.name().as_bytes())?.strip_prefix(b":")?;
            Some((generator, OsStr::from_bytes(source)))
        })
    }

    /// The installed program.
    pub(super) fn find(self, context: &Context) -> Option<PathBuf> {
        context.program(self.name())
    }

    /// How to install it.
    pub(super) fn hint(self) -> String {
        let name = self.name();
        format!("`uv tool install {name}` or `pipx install {name}`")
    }

    /// Fails if the program is not installed or the source is a path that does not exist. Returns
    /// the source in a form that does not depend on the working directory.
    pub(super) fn check(self, context: &Context, source: &OsStr) -> Result<OsString> {
        if self.find(context).is_none() {
            return Err(Error::NotInstalled { program: self.name(), hint: self.hint() });
        }
        let wrong = |reason: &str| Error::Malformed {
            what: format!("template `{}:{}`", self.name(), shown(source)),
            reason: reason.to_owned(),
        };
        if source.is_empty() {
            return Err(wrong("missing source"));
        }
        let path = context.absolute_path(Path::new(&directories::expanded(source, context)?))?;
        if path.try_exists().unwrap_or(false) {
            return Ok(path.into_os_string());
        }
        if [&b"/"[..], b"./", b"../", b"~"].iter().any(|start| source.as_bytes().starts_with(start)) {
            return Err(wrong(&format!("{} does not exist", shown(&path))));
        }
        // A URL, or one of the program's abbreviations (`gh:`).
        Ok(source.to_owned())
    }

    /// Runs the generator; it may ask questions on a terminal. Existing files of the project stay.
    pub(super) fn run(self, context: &Context, source: &OsStr, project: &OsStr, to: &Path) -> Result<ExitStatus> {
        let Some(program) = self.find(context) else {
            return Err(Error::NotInstalled { program: self.name(), hint: self.hint() });
        };
        let mut command = context.command(&program);
        let asks = Context::can_ask();
        let mut name = OsString::from("project_name=");
        name.push(project);
        match self {
            Self::Copier => {
                command.arg("copy").arg("--data").arg(name);
                if !asks {
                    command.args(["--defaults", "--skip", "*"]);
                }
                command.arg("--").arg(source).arg(to);
                status(&mut command, &program)
            }
            Self::Cookiecutter => {
                command.args(["--overwrite-if-exists", "--skip-if-file-exists"]);
                if !asks {
                    command.arg("--no-input");
                }
                into(command, &program, source, &name, to)
            }
        }
    }
}

fn status(command: &mut Command, program: &Path) -> Result<ExitStatus> {
    Context::run_in_foreground(command).map_err(Error::io("run", program))
}

/// cookiecutter creates a directory named by the template, below a directory of our choice. We
/// choose an empty one beside the project and put a link to the project into it: if the template
/// uses the project's name, as most do, cookiecutter and its hooks work in the final directory.
/// Anything with another name is moved there.
fn into(mut command: Command, program: &Path, source: &OsStr, name: &OsStr, to: &Path) -> Result<ExitStatus> {
    let beside = to.parent().unwrap_or(Path::new("/"));
    let place = tempfile::Builder::new()
        .prefix(".venvwrap-")
        .tempdir_in(beside)
        .map_err(Error::io("create a directory in", beside))?;
    let link = place.path().join(to.file_name().unwrap_or_default());
    symlink(to, &link).map_err(Error::io("create", &link))?;
    command.arg("--output-dir").arg(place.path()).arg("--").arg(source).arg(name);
    let status = status(&mut command, program)?;
    if status.success() {
        for entry in fs::read_dir(place.path()).map_err(Error::io("read", place.path()))?.flatten() {
            if entry.path() != link {
                merge(&entry.path(), to).map_err(Error::io("move into", to))?;
            }
        }
    }
    Ok(status)
}

/// Moves the contents of `from` into `to`; existing files stay.
fn merge(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match fs::symlink_metadata(&target) {
            Err(_) => fs::rename(entry.path(), target)?,
            Ok(there) if there.is_dir() && entry.file_type()?.is_dir() => merge(&entry.path(), &target)?,
            Ok(_) => {}
        }
    }
    Ok(())
}
