//! What the person can do about a failure.
//!
//! Owns the hints: mostly one line, with the command to type where there is one. What went wrong is
//! said in `mod`.

use std::ffi::OsStr;
use std::io;

use super::Error;
use super::phrases::one_of;
use crate::shown::operands;

impl Error {
    /// What the person can do about it, a hint to a line, or `None` where the message says it all.
    #[must_use]
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Name { .. } => Some("a name is one path component, such as `projectx`".to_owned()),
            Self::UnknownEnvironment { name, nearest, .. } => Some(match nearest.as_slice() {
                [] => format!("`lsvirtualenv -b` lists what is there, `mkvirtualenv {}` makes it", operands(&[name])),
                names => format!("did you mean {}?", one_of(names)),
            }),
            Self::Ambiguous { names, .. } => Some(format!("say which: {}", one_of(names))),
            Self::NoDependencies { .. } => Some(
                "`--from` takes pylock.toml, requirements.txt, pyproject.toml or Pipfile.lock, or a directory with one; `pip \
                 install -e .` installs a project itself"
                    .to_owned(),
            ),
            Self::KeptElsewhere { .. } => Some(
                "`mkvirtualenv -a . NAME` makes one beside it; with PIPENV_VENV_IN_PROJECT=0 pipenv and --here use \
                 WORKON_HOME"
                    .to_owned(),
            ),
            Self::NoTool { nearest, .. } | Self::CommandNotFound { nearest, .. } => Some(match nearest[..] {
                [] => "`venvwrap which NAME` says where it is; its programs are in its bin".to_owned(),
                _ => format!("did you mean {}?", one_of(nearest)),
            }),
            Self::CannotRun { exists: false, .. } => {
                Some("a command with a `/` is a path from this directory".to_owned())
            }
            Self::CannotRun { source, .. } => Some(match source.kind() {
                io::ErrorKind::PermissionDenied => "is it a file, and executable? `chmod +x` makes it so".to_owned(),
                io::ErrorKind::NotFound => "its first line (`#!`) names a program that is gone".to_owned(),
                _ => "is it a program for this machine?".to_owned(),
            }),
            Self::NotAnEnvironment { .. } => {
                Some("only environments are touched; move it out of the way or take another name".to_owned())
            }
            Self::Exists { .. } => Some("take another name; what is there is left as it is".to_owned()),
            Self::NameTaken { name } => {
                let words = operands(&[name.as_os_str(), OsStr::new("NAME")]);
                Some(format!("give that one another name: `mvvirtualenv {words}`"))
            }
            Self::Broken { name, .. } => Some(format!(
                "install that Python again, or run `venvwrap doctor --fix {}` to link another one of the same version",
                operands(&[name])
            )),
            Self::Active { .. } => Some("`deactivate` first".to_owned()),
            Self::InUse { force, .. } => Some(format!("end what runs there first, or `{force}`")),
            Self::NoneActive => Some("`workon NAME` enters one, `workon` lists them".to_owned()),
            Self::NoProject { .. } => Some("`setvirtualenvproject` in the project's directory links them".to_owned()),
            Self::NoDirectory { hint, .. } | Self::NoInstaller { hint, .. } | Self::CannotHold { hint, .. } => {
                Some((*hint).to_owned())
            }
            Self::NoVirtualenv { nearest, .. } if nearest.is_empty() => Some("`lsvirtualenv -b` lists them".to_owned()),
            Self::NoImportPath { .. } => Some("add a link to it that has an ordinary path".to_owned()),
            Self::NotRemoved { .. } => {
                Some("what was run above says why; `venvwrap doctor` tells what is half removed".to_owned())
            }
            Self::OtherPython { name, .. } => {
                Some(format!("take another name, or replace it with `mkvirtualenv --clear -p … {}`", operands(&[name])))
            }
            Self::PythonNotFound { tried, ways, asker, .. } => {
                let looked_at = (!tried.is_empty()).then(|| format!("looked at {}", tried.join("; ")));
                let otherwise = asker.as_ref().map(|_| "`-p` asks for another one; `-p default`: python3".to_owned());
                let hints: Vec<String> = looked_at.into_iter().chain(ways.iter().cloned()).chain(otherwise).collect();
                (!hints.is_empty()).then(|| hints.join("\n"))
            }
            Self::PythonFailed { .. } => Some("`-p` takes a version such as `3.12`, a command or a path".to_owned()),
            Self::CannotCreate { hint, .. }
            | Self::Child { hint, .. }
            | Self::NotInstalled { hint, .. }
            | Self::Refused { hint, .. }
            | Self::Usage { hint, .. } => Some(hint.clone()),
            // EPERM is what vfat says.
            Self::Io { what: Self::LINKING, source, .. } if has_no_links(source) => Some(
                "the file system there may know no links; set WORKON_HOME to a directory on another disk".to_owned(),
            ),
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    Some("the disk is full; `venvwrap rmvirtualenv --now NAME` frees the space of an environment".to_owned())
                }
                io::ErrorKind::ReadOnlyFilesystem => {
                    Some("mount that disk to be written to, or set WORKON_HOME to another".to_owned())
                }
                io::ErrorKind::PermissionDenied => {
                    Some("check who owns it, or set WORKON_HOME to a directory of your own".to_owned())
                }
                io::ErrorKind::NotADirectory => {
                    Some("something in that path is a file; set WORKON_HOME to a directory".to_owned())
                }
                _ => None,
            },
            Self::Value { .. } | Self::Declined => None,
            Self::UnknownTemplate { nearest, .. } if nearest.is_empty() => {
                Some("`mkproject --list-templates` lists what there is".to_owned())
            }
            Self::NoVirtualenv { nearest, .. } | Self::UnknownTemplate { nearest, .. } => {
                Some(format!("did you mean {}?", one_of(nearest)))
            }
            Self::NoProgram { .. } => {
                Some("functions, builtins and aliases of your shell run without --parallel".to_owned())
            }
            Self::NoFunctions { line, .. } => Some(line.clone()),
        }
    }
}

fn has_no_links(refusal: &io::Error) -> bool {
    use nix::errno::Errno;
    let errors = [Errno::EPERM, Errno::EOPNOTSUPP, Errno::ENOSYS, Errno::EINVAL];
    errors.iter().any(|error| refusal.raw_os_error() == Some(*error as i32))
}
