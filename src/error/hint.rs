//! What to do about a failure: the `hint:` lines, mostly one command to paste.
//!
//! A hint is tied to the operation that failed and works where it is printed. `output` spells the
//! verbs in it as the calling shell knows them.

use std::io;
use std::path::Path;

use super::phrases::{did_you_mean, one_of, or_listed};
use super::{Error, InstallerRemedy, Obstacle};
use crate::shown::{operands, typed};
use crate::verb::{is_function, verb};

impl Error {
    /// What to do about it, a hint to a line, or `None` if the message says it all.
    #[must_use]
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Name { .. } => "a name is one path component, such as `projectx`".to_owned(),
            Self::UnknownEnvironment { nearest, .. } if !nearest.is_empty() => did_you_mean(nearest),
            Self::UnknownEnvironment { name, .. } => {
                let (list, create) = (verb("lsvirtualenv"), verb("mkvirtualenv"));
                format!("`{list} -b` lists the environments; `{create} {}` creates it", operands(&[name]))
            }
            Self::Ambiguous { names, directory, are_linked: true } => {
                let (name, set) = (format!("name the one you mean: {}", one_of(names)), verb("setvirtualenvproject"));
                let operands = operands(&[names[0].as_os_str(), directory.as_os_str()]);
                name + "\n" + &format!("`{set} --default {operands}` makes it the default of this project")
            }
            Self::Ambiguous { names, .. } => format!("name the one you mean: {}", one_of(names)),
            Self::NoDependencies { .. } => {
                "`--from` takes a pylock.toml, requirements.txt, pyproject.toml, or Pipfile.lock, or a directory with \
                 one; `-e` installs the project itself"
                    .to_owned()
            }
            Self::KeptElsewhere { .. } => {
                format!(
                    "`{} -a . NAME` creates another one; with PIPENV_VENV_IN_PROJECT=0, pipenv and --here use \
                 WORKON_HOME",
                    verb("mkvirtualenv")
                )
            }
            Self::NoTool { nearest, bin, .. } | Self::CommandNotFound { nearest, bin, .. } => {
                or_listed(nearest, || format!("`ls {}` lists its programs", typed(bin)))
            }
            Self::CannotRun { obstacle: Obstacle::Missing, .. } => {
                "a command with a `/` is a path, relative to this directory".to_owned()
            }
            Self::CannotRun { program, obstacle: Obstacle::NotExecutable, .. } => {
                format!("`chmod +x {}` makes it executable", operands(&[program]))
            }
            Self::NotAnEnvironment { .. } => "move it away, or choose another name".to_owned(),
            Self::LostActive { .. } | Self::Active { .. } => "`deactivate` first".to_owned(),
            Self::Exists { .. } => "choose another name".to_owned(),
            Self::Broken { name, .. } => without_python(&operands(&[name])),
            Self::InUse { force, .. } => format!("stop that process first, or run `{force}`"),
            Self::NoPrevious | Self::NoTerminal => format!("`{} NAME` activates one", verb("workon")),
            // Without the functions, none can be active.
            Self::NoneActive if !is_function() => {
                "`workon NAME` activates one, once the functions are loaded; see `venvwrap init --help`".to_owned()
            }
            Self::NoneActive => {
                format!("`{} -b` lists the environments; `{} NAME` activates one", verb("lsvirtualenv"), verb("workon"))
            }
            Self::NoProject { .. } => {
                let link = verb("setvirtualenvproject");
                format!("in the project's directory, run `{link}`")
            }
            Self::CannotHold { hint, .. } => (*hint).to_owned(),
            Self::NoInstaller { name, remedy, .. } => installer_for(&operands(&[name]), *remedy),
            Self::NoVirtualenv { nearest, .. } => {
                or_listed(nearest, || format!("`{} -b` lists the environments", verb("lsvirtualenv")))
            }
            Self::NoImportPath { .. } => "add a symbolic link to it whose path has none of that".to_owned(),
            Self::NotRemoved { .. } => {
                "the messages above say why; `venvwrap doctor` reports what is half removed".to_owned()
            }
            Self::OtherPython { name, request, .. } => format!(
                "`venvwrap upgrade -p {} {}` rebuilds it with that Python and keeps its packages",
                typed(request),
                operands(&[name])
            ),
            Self::PythonNotFound { tried, ways, asker, .. } => {
                let searched = (!tried.is_empty()).then(|| format!("searched: {}", tried.join("; ")));
                let otherwise =
                    asker.as_ref().map(|_| "`-p` chooses another; `-p default` is the python3 on PATH".to_owned());
                let hints: Vec<String> = searched.into_iter().chain(ways.iter().cloned()).chain(otherwise).collect();
                return (!hints.is_empty()).then(|| hints.join("\n"));
            }
            Self::PythonFailed { .. } => "`-p` takes a version such as `3.12`, a command, or a path".to_owned(),
            Self::CannotCreate { hint, .. }
            | Self::NoDirectory { hint, .. }
            | Self::Child { hint, .. }
            | Self::NotInstalled { hint, .. }
            | Self::Recipe { hint, .. }
            | Self::Setup { hint, .. }
            | Self::Usage { hint, .. } => hint.clone(),
            Self::UnknownTemplate { nearest, .. } => {
                or_listed(nearest, || format!("`{} --list-templates` lists the templates", verb("mkproject")))
            }
            Self::NoProgram { .. } => {
                "without --parallel, the functions, builtins, and aliases of your shell run too".to_owned()
            }
            Self::NoFunctions { remedy, .. } => remedy.clone(),
            Self::Output { .. } => "send the output to another file or program".to_owned(),
            Self::InStore { what, path, source } => return in_store(what, path, source),
            Self::Store(error) => return error.hint(),
            Self::Project(error) => return error.hint(),
            Self::Package(error) => return Some(error.hint()),
            Self::CannotRun { obstacle: Obstacle::Other, .. }
            | Self::Io { .. }
            | Self::Malformed { .. }
            | Self::Declined => return None,
        })
    }
}

fn installer_for(name: &str, remedy: InstallerRemedy) -> String {
    match remedy {
        InstallerRemedy::AddPip => {
            format!("install uv, or add pip: `venvwrap run {name} python -m ensurepip --default-pip`")
        }
        InstallerRemedy::UpgradePip => {
            format!("upgrade its pip: `venvwrap run {name} python -m pip install --upgrade pip`")
        }
        InstallerRemedy::AllowUv => "VENVWRAP_INSTALLER=uv uses uv anyway".to_owned(),
        InstallerRemedy::AllowPip => {
            "VENVWRAP_INSTALLER or the setting `installer` requires uv; `auto` uses what is there".to_owned()
        }
    }
}

/// For an environment whose Python is missing.
fn without_python(name: &str) -> String {
    format!(
        "`venvwrap doctor --fix {name}` links another Python of the same version; `venvwrap upgrade {name}` rebuilds it \
         with a newer one"
    )
}

/// What the system's refusal of an operation in WORKON_HOME means there.
fn in_store(what: &str, path: &Path, refusal: &io::Error) -> Option<String> {
    // vfat answers EPERM.
    if what == Error::LINKING && has_no_links(refusal) {
        return Some(
            "that file system has no symbolic links; set WORKON_HOME to a directory on another disk".to_owned(),
        );
    }
    Some(match refusal.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            format!("the disk is full; `{} --now NAME` frees the space of an environment", verb("rmvirtualenv"))
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "that file system is mounted read-only; remount it, or set WORKON_HOME to another directory".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            // What cannot be created is missing, and what is in a closed directory cannot be seen.
            let visible = path.ancestors().find(|path| path.symlink_metadata().is_ok()).unwrap_or(path);
            format!("`ls -ld {}` shows the owner and the permissions", typed(visible))
        }
        io::ErrorKind::NotADirectory => "part of that path is a file; set WORKON_HOME to a directory".to_owned(),
        _ => return None,
    })
}

fn has_no_links(refusal: &io::Error) -> bool {
    use nix::errno::Errno;
    let errors = [Errno::EPERM, Errno::EOPNOTSUPP, Errno::ENOSYS, Errno::EINVAL];
    errors.iter().any(|error| refusal.raw_os_error() == Some(*error as i32))
}
