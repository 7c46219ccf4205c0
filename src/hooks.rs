//! Hooks: the user's own scripts for fourteen events, the same as in virtualenvwrapper.
//!
//! Owns the names and directories of hooks, whether they are run or sourced, running them, and
//! their templates. The shell sources hooks as a step of a plan. `trust` decides whether a
//! project's hooks may be sourced.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use crate::context::Context;
use crate::directories;
use crate::env_vars;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::formats::shebang::{self, is_script};
use crate::output;
use crate::shown::shown;
use crate::workon_home::WorkonHome;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Execution {
    /// Run as a program, in `WORKON_HOME`.
    Run,
    /// Sourced by the calling shell.
    Sourced,
}

/// An event with hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    /// The name of the hook's file.
    pub(crate) name: &'static str,
    execution: Execution,
    /// Whether an environment can have its own hook, in its `bin`.
    is_local: bool,
    has_template: bool,
    /// When the hook is executed, for its template.
    about: &'static str,
}

macro_rules! events {
    ($($constant:ident = $name:literal, $execution:ident, $is_local:literal, $has_template:literal, $about:literal;)+) => {
        $(pub(crate) const $constant: Event = Event {
            name: $name, execution: Execution::$execution, is_local: $is_local, has_template: $has_template, about: $about,
        };)+
        const EVENTS: &[Event] = &[$($constant),+];
    };
}

events! {
    INITIALIZE = "initialize", Sourced, false, true, "when the functions are loaded";
    PREMKVIRTUALENV = "premkvirtualenv", Run, false, true, "after an environment is created, before it is activated";
    POSTMKVIRTUALENV = "postmkvirtualenv", Sourced, false, true, "after a new environment is activated";
    PRECPVIRTUALENV = "precpvirtualenv", Run, false, false, "after a copy is created, before it is activated";
    POSTCPVIRTUALENV = "postcpvirtualenv", Sourced, false, false, "after a copy is activated";
    PREACTIVATE = "preactivate", Run, true, true, "before an environment is activated";
    POSTACTIVATE = "postactivate", Sourced, true, true, "after an environment is activated";
    PREDEACTIVATE = "predeactivate", Sourced, true, true, "before an environment is deactivated";
    POSTDEACTIVATE = "postdeactivate", Sourced, true, true, "after an environment is deactivated";
    PRERMVIRTUALENV = "prermvirtualenv", Run, false, true, "before an environment is removed";
    POSTRMVIRTUALENV = "postrmvirtualenv", Run, false, true, "after an environment is removed";
    GET_ENV_DETAILS = "get_env_details", Run, true, true, "when the details of an environment are shown";
    PREMKPROJECT = "premkproject", Run, false, true, "before a project's directory is created";
    POSTMKPROJECT = "postmkproject", Sourced, false, true, "after a project is created";
}

/// The endings of hooks: none for sh, and those of the shells that have their own language.
pub(crate) const DIALECTS: [&str; 3] = ["", ".fish", ".nu"];

impl Event {
    /// The events for which an environment can have its own hooks, in its `bin`.
    pub(crate) fn local() -> impl Iterator<Item = Self> {
        EVENTS.iter().copied().filter(|event| event.is_local)
    }

    /// Whether the calling shell sources the hook.
    pub(crate) fn is_sourced(self) -> bool {
        self.execution == Execution::Sourced
    }

    /// The event of a hook in any dialect.
    pub(crate) fn of_file(name: &OsStr) -> Option<Self> {
        let stem = DIALECTS.iter().rev().find_map(|dialect| name.as_bytes().strip_suffix(dialect.as_bytes()));
        Self::named(OsStr::from_bytes(stem?))
    }

    /// The event with this name: the name of the hook's file (`premkproject`), or the name in
    /// virtualenvwrapper's plugin interface (`project.pre_mkproject`).
    pub(crate) fn named(name: &OsStr) -> Option<Self> {
        let bare = |name: &str| name.trim_start_matches("project.").replace('_', "");
        let name = bare(name.to_str()?);
        EVENTS.iter().copied().find(|event| bare(event.name) == name)
    }
}

/// Finds and runs the hooks of a user.
#[derive(Debug, Clone)]
pub(crate) struct Hooks<'a> {
    context: &'a Context,
    home: &'a WorkonHome,
    directory: PathBuf,
    dialect: &'static str,
}

impl<'a> Hooks<'a> {
    /// Global hooks are in VIRTUALENVWRAPPER_HOOK_DIR, else in the store. `dialect` is the ending
    /// of the files that the user's shell prefers to source (`.fish`), or empty.
    pub(crate) fn locate(context: &'a Context, home: &'a WorkonHome, dialect: &'static str) -> Result<Self> {
        let named = directories::named_by(context, env_vars::VIRTUALENVWRAPPER_HOOK_DIR)?;
        Ok(Self { context, home, directory: named.unwrap_or_else(|| home.path().to_path_buf()), dialect })
    }

    /// The directory of the global hooks.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The existing hooks of an event: first the global hook, then the hook of the environment at
    /// `root`; in the reverse order when the environment is deactivated.
    pub(crate) fn files(&self, event: Event, root: Option<&Path>) -> Vec<PathBuf> {
        let local = root.filter(|_| event.is_local).map(|root| root.join("bin"));
        let mut directories = [Some(self.directory.clone()), local];
        if [PREDEACTIVATE, POSTDEACTIVATE].contains(&event) {
            directories.reverse();
        }
        directories.into_iter().flatten().filter_map(|directory| self.file_in(&directory, event)).collect()
    }

    /// The existing hook of an event in a directory.
    pub(crate) fn file_in(&self, directory: &Path, event: Event) -> Option<PathBuf> {
        let exists = |file: &PathBuf| fs::symlink_metadata(file).is_ok();
        let named = || directory.join(format!("{}{}", event.name, self.dialect));
        let in_dialect = (event.is_sourced() && !self.dialect.is_empty()).then(named).filter(exists);
        // fish users also write fish into the plain file; Nushell is never given another language.
        let is_plain = !(event.is_sourced() && self.dialect == ".nu");
        in_dialect.or_else(|| Some(directory.join(event.name)).filter(|file| is_plain && exists(file)))
    }

    /// Runs the hooks of an event in the store, with the streams of this process. Their status is
    /// ignored; a hook that cannot be run is reported. `active` replaces VIRTUAL_ENV for the hooks.
    pub(crate) fn run(&self, event: Event, root: Option<&Path>, arguments: &[&OsStr], active: Option<&Path>) {
        debug_assert_eq!(event.execution, Execution::Run);
        for file in self.files(event, root) {
            let run = || {
                if !can_be_executed(&file)? {
                    // execvp(3) would try /bin/sh; virtualenvwrapper reports an error.
                    return Err(io::Error::from_raw_os_error(nix::errno::Errno::ENOEXEC as i32));
                }
                let mut command = self.context.command(&file);
                command.args(arguments).current_dir(self.home.path());
                if let Some(active) = active {
                    command.env(env_vars::VIRTUAL_ENV, active);
                }
                command.status()
            };
            if let Err(error) = run() {
                // In the words of Python, which scripts match.
                let number = error.raw_os_error().unwrap_or_default();
                let said = nix::errno::Errno::from_raw(number).desc();
                output::note(&format!("could not run \"{}\": [Errno {number}] {said}", shown(&file)));
            }
        }
    }

    /// The arguments with which a plan calls venvwrap to run the hooks of an event. `None` if there
    /// are no hooks.
    pub(crate) fn words(&self, event: Event, environment: &Environment) -> Option<Vec<OsString>> {
        let any = !self.files(event, Some(environment.root())).is_empty();
        any.then(|| vec![event.name.into(), environment.name().to_owned()])
    }

    /// Whether the user has hooks. Without hooks, no templates are created, because editors that
    /// look for environments in the store do not expect files there (DESIGN.md 7).
    pub(crate) fn are_in_use(&self) -> bool {
        self.context.variable(env_vars::VIRTUALENVWRAPPER_HOOK_DIR).is_some()
            || EVENTS.iter().any(|event| fs::symlink_metadata(self.directory.join(event.name)).is_ok())
    }

    /// Creates the missing templates of global hooks, and returns the new files.
    pub(crate) fn make_global_templates(&self) -> Result<Vec<PathBuf>> {
        fs::create_dir_all(&self.directory).map_err(Error::io("create", &self.directory))?;
        self.make_templates(&self.directory, |event| event.has_template)
    }

    /// Creates the file in VIRTUALENVWRAPPER_LOG_FILE, which hooks may write to. The group can
    /// write to it, too.
    pub(crate) fn make_log(&self) -> Result<()> {
        let Some(file) = directories::named_by(self.context, env_vars::VIRTUALENVWRAPPER_LOG_FILE)? else {
            return Ok(());
        };
        match write_new(&file, 0o664, b"") {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Error::io("create", file)(error)),
            _ => Ok(()),
        }
    }

    /// Creates the templates of an environment's own hooks, in its `bin`.
    pub(crate) fn make_local_templates(&self, bin: &Path) -> Result<()> {
        self.make_templates(bin, |event| event.is_local && event.has_template).map(drop)
    }

    fn make_templates(&self, directory: &Path, wanted: impl Fn(&Event) -> bool) -> Result<Vec<PathBuf>> {
        let shell = self.context.variable(env_vars::SHELL).unwrap_or(OsStr::new("/bin/sh"));
        let mut made = Vec::new();
        for event in EVENTS.iter().filter(|event| wanted(event)) {
            let file = directory.join(event.name);
            // `postmkproject` is sourced, but virtualenvwrapper makes it executable.
            let mode = if !event.is_sourced() || *event == POSTMKPROJECT { 0o755 } else { 0o644 };
            match write_new(&file, mode, &template(*event, shell)) {
                Ok(()) => made.push(file),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io("create", file)(error)),
            }
        }
        Ok(made)
    }
}

/// A first line with the shell, then when the hook is executed.
fn template(event: Event, shell: &OsStr) -> Vec<u8> {
    let (verb, argument) = match event.execution {
        Execution::Run => ("run", "# Its argument is the name of the environment.\n"),
        Execution::Sourced => ("sourced", ""),
    };
    let about = format!("# This hook is {verb} {}.\n{argument}\n", event.about);
    [shebang::direct(shell.as_bytes(), b"", b""), about.into_bytes()].concat()
}

/// Creates a file with this mode, regardless of the umask, as virtualenvwrapper does.
fn write_new(file: &Path, mode: u32, text: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut opened = OpenOptions::new().write(true).create_new(true).mode(mode).open(file)?;
    opened.set_permissions(fs::Permissions::from_mode(mode))?;
    opened.write_all(text)
}

/// Whether the kernel can execute the file: it starts with `#!`, or is binary.
fn can_be_executed(file: &Path) -> io::Result<bool> {
    // Does not wait for a pipe, which reads as empty.
    let file = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(file)?;
    let mut start = Vec::new();
    file.take(256).read_to_end(&mut start)?;
    Ok(is_script(&start) || start.contains(&0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn templates_are_created_once_with_their_modes() {
        let room = tempfile::tempdir().unwrap();
        let context = Context::made_of(&[("HOME", "/h"), ("SHELL", "/bin/zsh")]);
        let home = WorkonHome::at(room.path().join("it's $x"));
        let hooks = Hooks::locate(&context, &home, "").unwrap();
        assert!(!hooks.are_in_use());
        assert_eq!(hooks.make_global_templates().unwrap().len(), 12);
        assert!(hooks.are_in_use());
        fs::write(home.path().join("postactivate"), "mine").unwrap();
        assert_eq!(hooks.make_global_templates().unwrap(), Vec::<PathBuf>::new());
        assert_eq!(fs::read(home.path().join("postactivate")).unwrap(), b"mine");
        let text = fs::read_to_string(home.path().join("premkvirtualenv")).unwrap();
        assert!(text.starts_with("#!/bin/zsh\n# This hook is run "), "{text}");
        let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("premkvirtualenv"), mode("initialize"), mode("postmkproject")), (0o755, 0o644, 0o755));
    }

    #[test]
    fn global_hooks_come_before_local_ones() {
        let room = tempfile::tempdir().unwrap();
        let context = Context::made_of(&[("HOME", "/h")]);
        let home = WorkonHome::at(room.path().to_path_buf());
        let hooks = Hooks::locate(&context, &home, "").unwrap();
        let root = room.path().join("env");
        fs::create_dir_all(root.join("bin")).unwrap();
        assert!(hooks.files(PREACTIVATE, Some(&root)).is_empty());
        let (global, local) = (room.path().join("preactivate"), root.join("bin/preactivate"));
        for file in [&local, &global] {
            fs::write(file, "#!/bin/sh\n").unwrap();
        }
        assert_eq!(hooks.files(PREACTIVATE, Some(&root)), [global, local]);
        fs::write(room.path().join("postactivate"), "").unwrap();
        fs::write(room.path().join("postactivate.fish"), "").unwrap();
        let fish = Hooks::locate(&context, &home, ".fish").unwrap();
        assert_eq!(fish.files(POSTACTIVATE, None), [room.path().join("postactivate.fish")]);
        assert_eq!(hooks.files(POSTACTIVATE, None), [room.path().join("postactivate")]);
        fs::write(root.join("bin/premkvirtualenv"), "").unwrap();
        assert!(hooks.files(PREMKVIRTUALENV, Some(&root)).is_empty(), "that one is global only");
    }
}
