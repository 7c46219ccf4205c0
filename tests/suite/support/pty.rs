//! An interactive shell at a terminal, as users have it: an rc file, keys, a screen.
//!
//! Owns the terminal, the rc files, and the waiting. Nothing sleeps: the rc files send marks
//! (`screen`) when a prompt has been drawn and when the key [`SHOW_LINE`] asks for the command
//! line, and every wait has a deadline.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Instant;

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::pty::{OpenptyResult, Winsize, openpty};
use nix::sys::signal::{Signal, killpg};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, setsid, ttyname};

use super::pythons::peer;
use super::sandbox::{BINARY, LIMIT, Sandbox, tool};
use super::screen::{COLUMNS, LINE, Mark, PROMPT, READY, ROWS, Screen};
use super::shells::Shell;

/// Ctrl-G: sends the command line to the test, and empties it.
const SHOW_LINE: &str = "\x07";

/// Ctrl-C.
pub(crate) const INTERRUPT: &str = "\x03";

/// A shell at a terminal.
pub(crate) struct Terminal<'a> {
    pub(crate) shell: Shell,
    console: Console<'a>,
}

impl<'a> Deref for Terminal<'a> {
    type Target = Console<'a>;

    fn deref(&self) -> &Self::Target {
        &self.console
    }
}

/// Any program at a terminal that sends the marks. It shows a prompt, which is `$ ` at first.
pub(crate) struct Console<'a> {
    sandbox: &'a Sandbox,
    name: &'static str,
    keyboard: File,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    child: Child,
}

/// The output of the terminal so far.
#[derive(Debug, Default)]
struct Seen {
    screen: Screen,
    /// Prompts that were drawn and accept keys.
    ready: usize,
    /// Whether a prompt is being drawn.
    begun: bool,
    line: Option<Vec<u8>>,
    ended: bool,
}

/// The user's rc file: the text before and after the line that loads venvwrap.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RcFile {
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
}

impl<'a> Terminal<'a> {
    /// Starts a shell whose rc file loads venvwrap, and waits for its first prompt, which is `$ `.
    #[track_caller]
    pub(crate) fn start(sandbox: &'a Sandbox, shell: Shell) -> Self {
        Self::start_with(sandbox, shell, RcFile::default())
    }

    /// Like `start`, with more text in the rc file.
    #[track_caller]
    pub(crate) fn start_with(sandbox: &'a Sandbox, shell: Shell, rc: RcFile) -> Self {
        write_rc_file(sandbox, shell, rc, true);
        Self::start_as_written(sandbox, shell)
    }

    /// Starts a shell with the rc file that is there, such as that of [`write_rc_file`].
    #[track_caller]
    pub(crate) fn start_as_written(sandbox: &'a Sandbox, shell: Shell) -> Self {
        let mut command = sandbox.command(tool(shell.name()));
        command.args(words(shell));
        Self { shell, console: Console::start(sandbox, shell.name(), command) }
    }

    /// Types the beginning of a line and as many Tabs as needed for a list, and waits until the
    /// list contains these texts. Returns the screen; the line is deleted.
    #[track_caller]
    pub(crate) fn listed(&self, typed: &str, expected: &[&str]) -> String {
        self.with(|seen| seen.screen.clear_above());
        // readline's first Tab only completes the common prefix.
        let tabs = if self.shell == Shell::Bash { "\t\t" } else { "\t" };
        self.type_keys([typed, tabs].concat());
        for text in expected {
            self.wait_for(text);
        }
        let screen = self.screen();
        self.completed("");
        screen
    }

    /// The value of a variable of the shell, as its own `printf` writes it to a file.
    #[track_caller]
    pub(crate) fn value(&self, name: &str) -> String {
        let file = self.sandbox.root().join("value");
        self.run(format!("printf %s \"${name}\" > \"$VALUE\""));
        let text = fs::read(file).unwrap();
        String::from_utf8_lossy(&self.sandbox.masked(&text)).into_owned()
    }

    /// The command that starts another such shell inside this one.
    pub(crate) fn shell_in_it(&self) -> &'static str {
        match self.shell {
            Shell::Bash => "bash -i",
            Shell::Zsh => "zsh -d -i",
            Shell::Fish => "fish -i",
        }
    }
}

impl<'a> Console<'a> {
    /// Starts a program, and waits for its first prompt.
    #[track_caller]
    pub(crate) fn start(sandbox: &'a Sandbox, name: &'static str, mut command: Command) -> Self {
        let size = Winsize {
            ws_row: u16::try_from(ROWS).unwrap(),
            ws_col: u16::try_from(COLUMNS).unwrap(),
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let OpenptyResult { master, slave } = openpty(&size, None).unwrap();
        fcntl(&master, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).unwrap();
        fcntl(&slave, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).unwrap();
        let device = ttyname(&slave).unwrap();
        command.env("TERM", "xterm").env("VENVWRAP", BINARY);
        // The terminal has a size; these variables would override it.
        command.env_remove("COLUMNS").env_remove("LINES");
        command.stdin(Stdio::from(slave.try_clone().unwrap()));
        command.stdout(Stdio::from(slave.try_clone().unwrap())).stderr(Stdio::from(slave));
        let lead = move || {
            setsid()?;
            // Ctrl-C works on the first terminal that the leader of a session opens.
            nix::fcntl::open(&device, OFlag::O_RDWR, Mode::empty()).map(drop)?;
            Ok(())
        };
        // SAFETY: between fork and exec this makes two system calls and allocates nothing.
        #[allow(unsafe_code, reason = "std cannot give a child a terminal of its own")]
        unsafe {
            command.pre_exec(lead);
        }
        let child = command.spawn().unwrap();
        drop(command);
        let keyboard = File::from(master);
        let seen = Arc::new((Mutex::new(Seen::default()), Condvar::new()));
        watch(keyboard.try_clone().unwrap(), Arc::clone(&seen));
        let console = Self { sandbox, name, keyboard, seen, child };
        console.wait("the first prompt", |seen| seen.ready == 1);
        console
    }

    /// Types a line and Enter, waits for the next prompt, and returns the screen: the prompt with
    /// the line, the output, the new prompt.
    #[track_caller]
    pub(crate) fn run(&self, line: impl AsRef<[u8]>) -> String {
        self.with(|seen| seen.screen.clear_above());
        let prompts = self.with(|seen| seen.ready);
        self.type_keys([line.as_ref(), b"\r"].concat());
        self.wait("a prompt", |seen| seen.ready > prompts);
        self.screen()
    }

    /// Types keys such as Tab, and returns the resulting command line. The line is deleted
    /// afterwards.
    #[track_caller]
    pub(crate) fn completed(&self, keys: impl AsRef<[u8]>) -> String {
        self.with(|seen| seen.screen.clear_above());
        self.with(|seen| seen.line = None);
        self.type_keys([keys.as_ref(), SHOW_LINE.as_bytes()].concat());
        self.wait("the command line", |seen| seen.line.is_some());
        String::from_utf8_lossy(&self.with(|seen| seen.line.take()).unwrap()).into_owned()
    }

    /// Types keys without waiting.
    pub(crate) fn type_keys(&self, keys: impl AsRef<[u8]>) {
        (&self.keyboard).write_all(keys.as_ref()).unwrap();
    }

    /// Waits until this text is on the screen.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(text, |seen| seen.screen.text().contains(text));
    }

    /// The number of prompts so far.
    pub(crate) fn prompts(&self) -> usize {
        self.with(|seen| seen.ready)
    }

    /// Waits for the prompt after the first `count`.
    #[track_caller]
    pub(crate) fn wait_for_prompt_after(&self, count: usize) {
        self.wait("a prompt", |seen| seen.ready > count);
    }

    /// The screen since the last line was typed, with the sandbox as `[ROOT]`.
    pub(crate) fn screen(&self) -> String {
        let text = self.with(|seen| seen.screen.text());
        String::from_utf8_lossy(&self.sandbox.masked(text.as_bytes())).into_owned()
    }

    fn with<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.0.lock().unwrap())
    }

    #[track_caller]
    fn wait(&self, what: &str, is_there: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + LIMIT;
        let (seen, news) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        while !is_there(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            if seen.ended || left.is_zero() {
                drop(seen);
                panic!("{}: waited for {what}; screen:\n{}", self.name, self.screen());
            }
            seen = news.wait_timeout(seen, left).unwrap().0;
        }
    }
}

impl Drop for Console<'_> {
    fn drop(&mut self) {
        // The session gets a hangup signal, with everything that still runs in it.
        let _ = killpg(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGHUP);
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Draws the output until the terminal is closed.
fn watch(terminal: File, shared: Arc<(Mutex<Seen>, Condvar)>) {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = (&terminal).read(&mut buffer) {
            let mut seen = shared.0.lock().unwrap();
            for mark in seen.screen.draw(&buffer[..length]) {
                match mark {
                    Mark::Prompt => seen.begun = true,
                    // A prompt is drawn again after a list was shown below it.
                    Mark::Ready => seen.ready += usize::from(std::mem::take(&mut seen.begun)),
                    Mark::Line(line) => seen.line = Some(line),
                }
            }
            let answers = std::mem::take(&mut seen.screen.answers);
            drop((&terminal).write_all(&answers));
            shared.1.notify_all();
        }
        shared.0.lock().unwrap().ended = true;
        shared.1.notify_all();
    });
}

/// Starts Nushell with a configuration of its own, which loads what `venvwrap setup nu` writes.
#[track_caller]
pub(crate) fn nushell(sandbox: &Sandbox) -> Console<'_> {
    let text = format!(
        "$env.config.show_banner = false
$env.config.use_ansi_coloring = false
$env.config.show_hints = false
$env.config.shell_integration.osc2 = false
$env.config.shell_integration.osc7 = false
$env.config.shell_integration.osc133 = false
$env.config.hooks.pre_prompt = [{{|| print --no-newline $'(ansi escape)]{PROMPT}(char bel)' }}]
$env.PROMPT_COMMAND = {{|| $'$ (ansi escape)]{READY}(char bel)' }}
$env.PROMPT_COMMAND_RIGHT = ''
$env.PROMPT_INDICATOR = ''
$env.config.keybindings = [{{
    name: show_line, modifier: control, keycode: char_g, mode: emacs
    event: {{
        send: executehostcommand
        cmd: \"print --no-newline $'(ansi escape)]{LINE};(commandline)(char bel)'; commandline edit --replace ''\"
    }}
}}]
"
    );
    sandbox.write("home/.config/nushell/env.nu", "");
    sandbox.write("home/.config/nushell/config.nu", text);
    Console::start(sandbox, "nu", sandbox.command(peer("nu")))
}

fn words(shell: Shell) -> &'static [&'static str] {
    match shell {
        // -d: skips the machine's own rc files.
        Shell::Zsh => &["-d", "-i"],
        Shell::Bash | Shell::Fish => &["-i"],
    }
}

/// Writes the rc file, with `eval "$(venvwrap init …)"`, as in the manual, if it `loads` venvwrap.
/// Returns its path.
pub(crate) fn write_rc_file(sandbox: &Sandbox, shell: Shell, RcFile { before, after }: RcFile, loads: bool) -> PathBuf {
    let value = shell.quoted(sandbox.root().join("value").as_os_str().as_bytes());
    let value = String::from_utf8(value).unwrap();
    let load = match shell {
        _ if !loads => String::new(),
        Shell::Fish => "$VENVWRAP init fish | source".to_owned(),
        _ => format!("eval \"$(\"$VENVWRAP\" init {})\"", shell.name()),
    };
    let (path, text): (PathBuf, String) = match shell {
        Shell::Bash => (
            ".bashrc".into(),
            format!(
                "bind 'set enable-bracketed-paste off'\nbind 'set bell-style none'\nVALUE={value}\nHISTFILE=
PS1='$ \\[\\e]{READY}\\a\\]'\nPROMPT_COMMAND='printf \"\\e]{PROMPT}\\a\"'
show_line() {{ printf '\\e]{LINE};%s\\a' \"$READLINE_LINE\"; READLINE_LINE=; READLINE_POINT=0; }}
bind -x '\"\\C-g\": show_line'\n{before}\n{load}\n{after}\n"
            ),
        ),
        Shell::Zsh => (
            ".zshrc".into(),
            format!(
                "unset zle_bracketed_paste\nsetopt no_beep\nVALUE={value}\nPS1=$'$ %{{\\e]{READY}\\a%}}'
bindkey -e\nprompt_begins() {{ print -n '\\e]{PROMPT}\\a' }}\nprecmd_functions+=(prompt_begins)
show_line() {{ print -rn -- $'\\e]{LINE};'$BUFFER$'\\a'; BUFFER= }}
zle -N show_line\nbindkey '^G' show_line\n{before}\n{load}\n{after}\n"
            ),
        ),
        Shell::Fish => (
            ".config/fish/config.fish".into(),
            format!(
                "set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nset -g VALUE {value}
function fish_prompt; printf '$ \\e]{READY}\\a'; end
function prompt_begins --on-event fish_prompt; printf '\\e]{PROMPT}\\a'; end
function show_line; printf '\\e]{LINE};%s\\a' (commandline | string collect); commandline ''; end
bind \\cg show_line\n{before}\n{load}\n{after}\n"
            ),
        ),
    };
    let file = sandbox.write(PathBuf::from("home").join(path), text);
    // If this directory is missing, fish parses all manual pages of the machine in the background.
    fs::create_dir_all(sandbox.home().join(".local/share/fish/generated_completions")).unwrap();
    file
}
