//! A script of steps, written once and played in each shell.
//!
//! The steps type commands and inspect the shell. A story is rendered into the syntax of a shell
//! and run there; its results come back as records, which look the same for all shells:
//!
//! ```text
//! workon x: 0
//! export VIRTUAL_ENV=[ROOT]/envs/x
//! unset PYTHONHOME
//! ```
//!
//! A shell that dies before the end of its story fails the test. Nushell plays the stories that
//! have no code of other shells; its `$env` says what is set, and all of that is exported.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::nu;
use super::sandbox::{Sandbox, bytes};
use super::shells::{MODES, Mode, Shell};
use super::told::{Told, without_volatile};

/// Who plays a story.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Player {
    Mode(&'static Mode),
    Nu,
}

impl Player {
    /// The plain shells, and Nushell.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Shell::ALL.into_iter().map(|shell| Self::Mode(shell.plain())).chain([Self::Nu])
    }

    /// The name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mode(mode) => mode.name,
            Self::Nu => "nu",
        }
    }
}

impl From<&'static Mode> for Player {
    fn from(mode: &'static Mode) -> Self {
        Self::Mode(mode)
    }
}

/// The steps, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    steps: Vec<Step>,
    bare: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Run {
        words: Vec<Vec<u8>>,
        fails: bool,
    },
    Get(String),
    Set {
        name: String,
        value: Vec<u8>,
        exported: bool,
    },
    Unset(String),
    Directory,
    Go(Vec<u8>),
    Snapshot(String),
    Code {
        posix: Vec<u8>,
        fish: Vec<u8>,
    },
    /// Code that means the same in all of them.
    Line(String),
    Child {
        mode: &'static Mode,
        story: Story,
    },
    Load,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A story that begins before the functions are loaded.
    pub(crate) fn bare() -> Self {
        Self { bare: true, ..Self::default() }
    }

    /// Loads the functions, for the first time or again.
    pub(crate) fn load(self) -> Self {
        self.with(Step::Load)
    }

    /// Types a command; its status is recorded. Under `set -e` the shell dies if it fails.
    pub(crate) fn run<W: AsRef<[u8]>>(self, words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter().map(|word| word.as_ref().to_vec()).collect();
        self.with(Step::Run { words, fails: false })
    }

    /// Types a command that fails, in a condition where `set -e` does not apply (`workon y || …`).
    pub(crate) fn run_failing<W: AsRef<[u8]>>(self, words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter().map(|word| word.as_ref().to_vec()).collect();
        self.with(Step::Run { words, fails: true })
    }

    /// Records a variable: unset, or its value and whether it is exported.
    pub(crate) fn get(self, name: &str) -> Self {
        self.with(Step::Get(name.to_owned()))
    }

    /// Records these variables.
    pub(crate) fn get_all(self, names: &[&str]) -> Self {
        names.iter().fold(self, |story, name| story.get(name))
    }

    /// Sets a variable of the shell that is not exported.
    pub(crate) fn set(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.with(Step::Set { name: name.to_owned(), value: value.as_ref().to_vec(), exported: false })
    }

    /// Sets and exports a variable.
    pub(crate) fn export(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.with(Step::Set { name: name.to_owned(), value: value.as_ref().to_vec(), exported: true })
    }

    /// Unsets a variable.
    pub(crate) fn unset(self, name: &str) -> Self {
        self.with(Step::Unset(name.to_owned()))
    }

    /// Records the working directory.
    pub(crate) fn directory(self) -> Self {
        self.with(Step::Directory)
    }

    /// Saves the whole state of the shell under this name: variables, functions, aliases, options,
    /// traps, umask, and working directory.
    pub(crate) fn snapshot(self, name: &str) -> Self {
        self.with(Step::Snapshot(name.to_owned()))
    }

    /// Adds code in the shells' own syntax: for bash and zsh, and for fish.
    pub(crate) fn code(self, posix: impl AsRef<[u8]>, fish: impl AsRef<[u8]>) -> Self {
        self.with(Step::Code { posix: posix.as_ref().to_vec(), fish: fish.as_ref().to_vec() })
    }

    /// Adds a line that means the same in bash, zsh, fish, and Nushell.
    pub(crate) fn line(self, line: &str) -> Self {
        self.with(Step::Line(line.to_owned()))
    }

    /// Starts another shell inside this one, which loads the functions, plays a story, and exits.
    pub(crate) fn child(self, mode: &'static Mode, story: Self) -> Self {
        self.with(Step::Child { mode, story })
    }

    /// Continues with another story.
    pub(crate) fn then(mut self, story: Self) -> Self {
        self.steps.extend(story.steps);
        self
    }

    fn with(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Changes to a directory, whatever `cd` is here.
    pub(crate) fn go(self, directory: impl AsRef<OsStr>) -> Self {
        self.with(Step::Go(bytes(directory)))
    }

    /// Plays the story in the plain shells. They must print nothing, and the records must be these
    /// lines.
    #[track_caller]
    pub(crate) fn plays(&self, sandbox: &Sandbox, records: &str) {
        for shell in Shell::ALL {
            self.played(sandbox, shell.plain()).silent().records(records);
        }
        self.plays_in_nu(sandbox, records);
    }

    /// Plays the story like `plays`, in every mode of every shell.
    #[track_caller]
    pub(crate) fn plays_in_every_mode(&self, sandbox: &Sandbox, records: &str) {
        for mode in MODES {
            self.played(sandbox, mode).silent().records(records);
        }
        self.plays_in_nu(sandbox, records);
    }

    #[track_caller]
    fn plays_in_nu(&self, sandbox: &Sandbox, records: &str) {
        if self.rendered_for_nu(sandbox.root()).is_some() {
            self.played(sandbox, Player::Nu).silent().records(records);
        }
    }

    /// Plays the story in one mode or in Nushell, with the functions loaded.
    #[track_caller]
    pub(crate) fn played<'a>(&self, sandbox: &'a Sandbox, player: impl Into<Player>) -> Told<'a> {
        let player = player.into();
        let stage = tempfile::Builder::new().prefix("stage-").tempdir_in(sandbox.root()).unwrap();
        fs::write(stage.path().join("records"), "").unwrap();
        let answer = match player {
            Player::Mode(mode) => {
                let code = self.rendered(sandbox, mode, stage.path());
                let script = if self.bare { mode.bare_script(sandbox, code) } else { mode.script(sandbox, code) };
                sandbox.run_command(mode.command(sandbox, &script), b"")
            }
            Player::Nu => {
                let code = self.rendered_for_nu(stage.path()).expect("a story that Nushell can play");
                let mut command = nu::command(sandbox);
                command.arg(sandbox.write("scripts/story.nu", code));
                sandbox.run_command(command, b"")
            }
        };
        let text = fs::read(stage.path().join("records")).unwrap();
        let mut records: Vec<Vec<u8>> = text.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
        records.pop();
        let snapshots = fs::read_dir(stage.path()).unwrap().flatten().filter_map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            let name = name.strip_prefix("snapshot-")?.to_owned();
            let text = fs::read(entry.path()).unwrap();
            Some((
                name,
                match player {
                    Player::Mode(mode) => without_volatile(mode.shell, &text),
                    Player::Nu => text,
                },
            ))
        });
        let told = Told { name: player.name(), snapshots: snapshots.collect(), sandbox, records, answer };
        assert!(told.records.last().is_some_and(|last| last == b"end"), "the shell died: {told}");
        told
    }

    /// The script for Nushell. `None` if a step is not for it.
    fn rendered_for_nu(&self, stage: &Path) -> Option<String> {
        let mut code = format!("const story_records = {}\n", nu::quoted(stage.join("records")));
        code.push_str(include_str!("observe.nu"));
        let load = (!self.bare).then_some(&Step::Load);
        for step in load.into_iter().chain(&self.steps) {
            code.push_str(&step.rendered_for_nu(stage)?);
            code.push('\n');
        }
        code.push_str("story-record end\n");
        Some(code)
    }

    fn rendered(&self, sandbox: &Sandbox, mode: &Mode, stage: &Path) -> Vec<u8> {
        let shell = mode.shell;
        let records = shell.quoted(stage.join("records").as_os_str().as_bytes());
        let mut code = [b"\n__story_records=".as_slice(), &records, b"\n"].concat();
        code =
            if shell == Shell::Fish { [b"set -g __story_records ".as_slice(), &records, b"\n"].concat() } else { code };
        code.extend_from_slice(match shell {
            Shell::Bash => include_bytes!("observe.bash"),
            Shell::Zsh => include_bytes!("observe.zsh"),
            Shell::Fish => include_bytes!("observe.fish"),
        });
        for step in &self.steps {
            step.render(sandbox, shell, stage, &mut code);
            code.push(b'\n');
        }
        code.extend_from_slice(b"__story_record end\n");
        code
    }
}

impl Step {
    /// The step in Nushell, which has only text and exported variables. `None` if it cannot.
    fn rendered_for_nu(&self, stage: &Path) -> Option<String> {
        Some(match self {
            Self::Run { words, .. } => {
                let shown = nu::literal(&words.join(&b' '))?;
                nu::status_of(&nu::line(words)?) + &format!("story-record ({shown} + $\": ($status)\")")
            }
            Self::Get(name) => format!("story-get {name}"),
            Self::Set { name, value, exported: true } => format!("$env.{name} = {}", nu::literal(value)?),
            Self::Unset(name) => format!("hide-env --ignore-errors {name}"),
            Self::Directory => "story-record $\"in ($env.PWD)\"".to_owned(),
            Self::Snapshot(name) => {
                format!("story-snapshot {}", nu::quoted(stage.join(format!("snapshot-{name}"))))
            }
            Self::Load => format!("source {}", nu::quoted(nu::functions())),
            Self::Go(directory) => format!("cd {}", nu::literal(directory)?),
            Self::Line(line) => line.clone(),
            Self::Set { exported: false, .. } | Self::Code { .. } | Self::Child { .. } => return None,
        })
    }

    fn render(&self, sandbox: &Sandbox, shell: Shell, stage: &Path, code: &mut Vec<u8>) {
        let fish = shell == Shell::Fish;
        let mut write = |words: &[&[u8]]| code.extend_from_slice(&words.concat());
        match self {
            Self::Run { words, fails } => {
                let shown = shell.quoted(words.join(&b' '));
                let words: Vec<Vec<u8>> = words.iter().map(|word| shell.quoted(word)).collect();
                let command = words.join(&b' ');
                match (fails, fish) {
                    (_, true) => write(&[&command, b"\n__story_status ", &shown, b" $status"]),
                    (false, false) => write(&[&command, b"\n__story_status ", &shown, b" $?"]),
                    (true, false) => {
                        write(&[b"if ", &command, b"; then __story_status ", &shown, b" 0\n"]);
                        write(&[b"else __story_status ", &shown, b" $?; fi"]);
                    }
                }
            }
            Self::Get(name) => write(&[b"__story_get ", name.as_bytes()]),
            Self::Set { name, value, exported } => {
                let value = shell.quoted(value);
                let name = name.as_bytes();
                match (shell, exported) {
                    (Shell::Fish, true) => write(&[b"set -gx ", name, b" ", &value]),
                    (Shell::Fish, false) => write(&[b"set -gu ", name, b" ", &value]),
                    (_, true) => write(&[b"\\builtin export ", name, b"=", &value]),
                    (Shell::Bash, false) => write(&[name, b"=", &value, b"; \\builtin export -n ", name]),
                    (Shell::Zsh, false) => write(&[b"\\builtin typeset -g +x ", name, b"=", &value]),
                }
            }
            Self::Unset(name) if fish => write(&[b"set -e ", name.as_bytes()]),
            Self::Unset(name) => write(&[b"\\builtin unset ", name.as_bytes()]),
            Self::Directory => write(&[b"__story_record \"in $PWD\""]),
            Self::Snapshot(name) => {
                let file = stage.join(format!("snapshot-{name}"));
                write(&[b"__story_snapshot ", &shell.quoted(file.as_os_str().as_bytes())]);
            }
            Self::Go(directory) if fish => write(&[b"builtin cd -- ", &shell.quoted(directory)]),
            Self::Go(directory) => write(&[b"\\builtin cd -- ", &shell.quoted(directory)]),
            Self::Load => write(&[b". ", &shell.quoted(shell.functions().as_os_str().as_bytes())]),
            Self::Line(line) => write(&[line.as_bytes()]),
            Self::Code { posix, fish: code } => write(&[if fish { code } else { posix }]),
            Self::Child { mode, story } => {
                let script = mode.script(sandbox, story.rendered(sandbox, mode, stage));
                let program = super::sandbox::tool(mode.shell.name());
                let mut words = vec![shell.quoted(program.as_os_str().as_bytes())];
                words.extend(mode.options().map(|word| shell.quoted(word)));
                words.push(shell.quoted(script.as_os_str().as_bytes()));
                write(&[&words.join(&b' ')]);
            }
        }
    }
}
