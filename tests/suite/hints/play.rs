//! A situation played in a real shell: a line that prints a hint, the paste, and what holds then.
//!
//! One shell process for each command: it runs the line, takes the command out of what was printed,
//! evaluates it, and runs the last line. So the paste sees the same active environment, directory,
//! and functions.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;

use nix::unistd::Uid;

use crate::support::answer::replaced;
use crate::support::sandbox::{BINARY, Sandbox, bytes, tool};
use crate::support::shells::Shell;

/// An environment name that a shell would take apart.
pub(super) const NAME: &str = "it's $x \"q\"";

/// What holds after a command was pasted.
#[derive(Debug, Clone, Copy)]
pub(super) enum After {
    /// The line that failed works.
    Again,
    /// The command succeeded; it only shows something.
    Shown,
    /// This line works.
    Line(&'static str),
    /// The line does not print it any more.
    Gone,
    /// Not a command: a name or another value.
    Value,
    /// Not pasted, for this reason.
    Unpasted(&'static str),
}

/// Whether the shell has the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Functions {
    Both,
    Loaded,
    Absent,
}

pub(super) struct Situation {
    prepare: fn(&mut Sandbox),
    line: &'static str,
    pub(super) after: &'static [After],
    functions: Functions,
    fill: &'static [(&'static str, &'static str)],
    shells: &'static [Shell],
    wrapper: &'static [&'static str],
    before: &'static str,
    is_possible: fn() -> bool,
}

/// `line` prints a hint in a sandbox prepared by `prepare`. Without the functions its verb becomes
/// an argument of `venvwrap`.
pub(super) const fn situation(prepare: fn(&mut Sandbox), line: &'static str, after: &'static [After]) -> Situation {
    Situation {
        prepare,
        line,
        after,
        functions: Functions::Both,
        fill: &[],
        shells: &Shell::ALL,
        wrapper: &[],
        before: "",
        is_possible: || true,
    }
}

impl Situation {
    /// Only where the functions are loaded, because the line changes the shell.
    pub(super) const fn loaded(self) -> Self {
        Self { functions: Functions::Loaded, ..self }
    }

    /// Only where the functions are missing.
    pub(super) const fn absent(self) -> Self {
        Self { functions: Functions::Absent, ..self }
    }

    /// What is typed in the place of words in capitals.
    pub(super) const fn fill(self, fill: &'static [(&'static str, &'static str)]) -> Self {
        Self { fill, ..self }
    }

    /// Only in these shells, because only they print it.
    pub(super) const fn only_in(self, shells: &'static [Shell]) -> Self {
        Self { shells, ..self }
    }

    /// A line that runs first; nothing is expected of it. Its words are the same in every shell.
    pub(super) const fn after_line(self, before: &'static str) -> Self {
        Self { before, ..self }
    }

    /// Only on machines where this holds.
    pub(super) const fn if_possible(self, is_possible: fn() -> bool) -> Self {
        Self { is_possible, ..self }
    }

    /// With a program that starts the shell, for which root is needed.
    pub(super) const fn started_by(self, wrapper: &'static [&'static str]) -> Self {
        Self { wrapper, ..self }
    }

    /// Plays it in each shell, for each command. Returns the first failure of each command, and
    /// where else it failed.
    pub(super) fn play(&self, literal: &str) -> Vec<String> {
        let mut failures: Vec<(usize, String)> = Vec::new();
        let needs_root = !self.wrapper.is_empty();
        if !(self.is_possible)() || (needs_root && !Uid::effective().is_root()) {
            eprintln!("skipped, this machine cannot play it: {literal}");
            return Vec::new();
        }
        for &shell in self.shells {
            for has_functions in [true, false] {
                let fits = match self.functions {
                    Functions::Both => true,
                    Functions::Loaded => has_functions,
                    Functions::Absent => !has_functions,
                };
                let pasted = self.after.iter().enumerate();
                for (at, after) in pasted.filter(|_| fits) {
                    let then = match after {
                        After::Again | After::Gone => self.line,
                        After::Shown => "true",
                        After::Line(line) => line,
                        After::Value | After::Unpasted(_) => continue,
                    };
                    let Err(told) = self.paste(literal, at, (then, after), shell, has_functions) else { continue };
                    match failures.iter_mut().find(|(other, _)| *other == at) {
                        Some((_, first)) => {
                            let without = if has_functions { "" } else { " without functions" };
                            let _ = writeln!(first, "  also in {}{without}", shell.name());
                        }
                        None => failures.push((at, told)),
                    }
                }
            }
        }
        failures.into_iter().map(|(_, told)| told).collect()
    }

    fn paste(
        &self,
        literal: &str,
        at: usize,
        (then, after): (&str, &After),
        shell: Shell,
        has_functions: bool,
    ) -> Result<(), String> {
        let mut sandbox = Sandbox::new();
        symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
        (self.prepare)(&mut sandbox);
        let strict = sandbox.write("played/strict", extracting("^(hint: | *)", literal, at, self.fill));
        let loose = sandbox.write("played/loose", extracting("^(.*)", literal, at, self.fill));
        let file = |name: &str| shell.quoted(bytes(sandbox.root().join("played").join(name)));
        let line = |text: &str| typed(&sandbox, shell, has_functions, text);
        let code = match shell {
            Shell::Fish => SCRIPT_OF_FISH,
            Shell::Bash | Shell::Zsh => SCRIPT,
        };
        let mut code = code.as_bytes().to_vec();
        for (word, value) in [
            ("BEFORE", line(self.before)),
            ("LINE", line(self.line)),
            ("THEN", line(then)),
            ("FIRST", file("first")),
            ("PASTED", file("pasted")),
            ("LAST", file("last")),
            ("STRICT", shell.quoted(bytes(&strict))),
            ("LOOSE", shell.quoted(bytes(&loose))),
            ("GONE", if matches!(after, After::Gone) { b"1".to_vec() } else { b"''".to_vec() }),
        ] {
            code = replaced(&code, format!("@{word}@").as_bytes(), &value);
        }
        let mode = shell.plain();
        let script = if has_functions { mode.script(&sandbox, code) } else { mode.bare_script(&sandbox, code) };
        let mut command = mode.command(&sandbox, &script);
        if let [program, options @ ..] = self.wrapper {
            let inner = command;
            command = sandbox.command(tool(program));
            command.args(options).arg(inner.get_program()).args(inner.get_args());
        }
        let answer = sandbox.run_command(command, b"");
        if answer.code() == 0 {
            return Ok(());
        }
        let mut told = format!(
            "--- {literal}\n    {}{}: {}\n",
            shell.name(),
            if has_functions { "" } else { " without functions" },
            String::from_utf8_lossy(&line(self.line)),
        );
        for name in ["first", "pasted", "last"] {
            let text = fs::read(sandbox.root().join("played").join(name)).unwrap_or_default();
            let text = String::from_utf8_lossy(&sandbox.masked(&text)).into_owned();
            let _ = write!(told, "  {name}: {text}");
        }
        let _ = writeln!(told, "  {answer}");
        Err(told)
    }
}

/// `$?` of the line does not matter: warnings are printed by commands that succeed.
const SCRIPT: &str = "
@BEFORE@
{ @LINE@
} >@FIRST@ 2>&1 </dev/null || :
paste=$(LC_ALL=C sed -nEf @STRICT@ @FIRST@ | tail -n 1)
test -n \"$paste\" || paste=$(LC_ALL=C sed -nEf @LOOSE@ @FIRST@ | tail -n 1)
test -n \"$paste\" || { echo 'not printed'; exit 1; }
printf 'paste: %s\\n' \"$paste\"
eval \"$paste\" >@PASTED@ 2>&1 </dev/null || { echo \"pasted: $?\"; exit 1; }
{ @THEN@
} >@LAST@ 2>&1 </dev/null || test -n @GONE@ || { echo \"last: $?\"; exit 1; }
test -z @GONE@ || test -z \"$(LC_ALL=C sed -nEf @STRICT@ @LAST@)\" || { echo 'still printed'; exit 1; }
";

const SCRIPT_OF_FISH: &str = "
@BEFORE@
begin; @LINE@
end >@FIRST@ 2>&1 </dev/null
set paste (env LC_ALL=C sed -nEf @STRICT@ @FIRST@ | tail -n 1)
test -n \"$paste\"; or set paste (env LC_ALL=C sed -nEf @LOOSE@ @FIRST@ | tail -n 1)
test -n \"$paste\"; or begin; echo 'not printed'; exit 1; end
printf 'paste: %s\\n' $paste
eval $paste >@PASTED@ 2>&1 </dev/null; or begin; echo \"pasted: $status\"; exit 1; end
begin; @THEN@
end >@LAST@ 2>&1 </dev/null; or test -n @GONE@; or begin; echo \"last: $status\"; exit 1; end
test -z @GONE@; or test -z (env LC_ALL=C sed -nEf @STRICT@ @LAST@ | string collect -a); or begin; echo 'still printed'; exit 1; end
exit 0
";

/// A line as typed: names quoted, and verbs as arguments of the program where there are no
/// functions.
fn typed(sandbox: &Sandbox, shell: Shell, has_functions: bool, line: &str) -> Vec<u8> {
    let statements = line.split("; ").map(|statement| {
        let first = statement.split(' ').next().unwrap();
        let is_verb = first.contains("virtualenv")
            || ["lssitepackages", "mkproject", "mktmpenv", "wipeenv", "workon"].contains(&first);
        if is_verb && !has_functions { format!("venvwrap {statement}") } else { statement.to_owned() }
    });
    let line = statements.collect::<Vec<_>>().join("; ");
    let line = replaced(line.as_bytes(), b"{name}", &shell.quoted(NAME));
    let line = replaced(&line, b"{envs}", &shell.quoted(bytes(sandbox.workon_home())));
    replaced(&line, b"{root}", &shell.quoted(bytes(sandbox.root())))
}

/// A sed script that prints what a literal has between its backticks, counted from 0, with the
/// words in capitals filled in. `start`: what is before the literal in the line.
fn extracting(start: &str, literal: &str, at: usize, fill: &[(&str, &str)]) -> String {
    let mut pattern = start.to_owned();
    let mut backticks = 0;
    let mut characters = literal.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '{' if characters.peek() != Some(&'{') => {
                characters.find(|character| *character == '}');
                pattern.push_str(".*");
            }
            '{' | '}' => {
                characters.next();
                let _ = write!(pattern, "\\{character}");
            }
            '`' => {
                let is_start = backticks % 2 == 0;
                let is_asked = backticks / 2 == at;
                pattern.push_str(match (is_asked, is_start) {
                    (true, true) => "`(",
                    (true, false) => ")`",
                    (false, _) => "`",
                });
                backticks += 1;
            }
            '.' | '*' | '[' | ']' | '(' | ')' | '+' | '?' | '^' | '$' | '|' | '\\' | '/' => {
                let _ = write!(pattern, "\\{character}");
            }
            other => pattern.push(other),
        }
    }
    pattern.push_str(".*$");
    let mut script = format!("/{pattern}/{{\ns//\\2/\n");
    for (word, value) in fill {
        let _ = writeln!(script, "s/{word}/{value}/g");
    }
    script.push_str("p\n}\n");
    script
}
