//! The shells bash, zsh, and fish, and all the shell code that venvwrap writes for them.
//!
//! The functions are files of their own (shell/init.*). A plan is written as calls of those
//! functions, with values quoted by `quoting`.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::activation::{Before, Elsewhere, Entry, Plan, Step};
use crate::quoting::Language;

pub(crate) mod formats;
pub(crate) mod init;
pub(crate) mod standalone;

/// A shell that venvwrap lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    /// bash 3.2 and newer.
    Bash,
    /// zsh 5 and newer.
    Zsh,
    /// fish 3.1 and newer.
    Fish,
}

/// The number of the agreement between the functions and the binary. It goes up when a function
/// that a plan calls changes its meaning, so that a shell that loaded older functions is told
/// instead of misled.
pub(crate) const PROTOCOL: &str = "2";

impl Shell {
    /// The name, as `init` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// The shell of that name, or of a path to it (`/bin/zsh`, `-bash`).
    pub(crate) fn named(name: &str) -> Option<Self> {
        let base = name.rsplit('/').next().unwrap_or(name).trim_start_matches('-');
        [Self::Bash, Self::Zsh, Self::Fish].into_iter().find(|shell| shell.name() == base)
    }

    /// The line that loads the functions, for this shell's rc file.
    pub(crate) fn loading_line(self) -> &'static str {
        match self {
            Self::Bash => "eval \"$(venvwrap init bash)\"",
            Self::Zsh => "eval \"$(venvwrap init zsh)\"",
            Self::Fish => "venvwrap init fish | source",
        }
    }

    /// Its language: how values are quoted.
    fn language(self) -> Language {
        match self {
            Self::Bash | Self::Zsh => Language::Sh,
            Self::Fish => Language::Fish,
        }
    }

    /// The code that carries out a plan, a line a step, between two marks with the word that the
    /// function gave. Whatever else gets into the descriptor (a trace, a trap of the person's) has
    /// no such mark, and is not run.
    pub(crate) fn render(self, plan: &Plan, word: &str) -> Vec<u8> {
        let mut code = format!("#<{word}\n").into_bytes();
        for step in plan.steps() {
            // Users append lines to `bin/activate` in sh, which fish cannot read.
            if self != Self::Fish || !matches!(step, Step::AppendedLines(_)) {
                write_step(self, step, &mut code);
            }
        }
        code.extend_from_slice(format!("#{word}>\n").as_bytes());
        code
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A call of a function of shell/init.*, the name spelled alike in all of them.
fn call<'a>(shell: Shell, function: &str, arguments: impl IntoIterator<Item = &'a [u8]>, code: &mut Vec<u8>) {
    code.extend_from_slice(b"__venvwrap_");
    code.extend_from_slice(function.as_bytes());
    for argument in arguments {
        code.push(b' ');
        code.extend_from_slice(&shell.language().literal(argument));
    }
    code.push(b'\n');
}

/// Appends the call for one step, which has the same name and arguments in every shell.
fn write_step(shell: Shell, step: &Step, code: &mut Vec<u8>) {
    let bytes = |words: &'_ [OsString]| words.iter().map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>();
    let entry = |entry: &Entry| {
        let Entry { root, prompt, hooks, elsewhere: _ } = entry;
        [root.as_os_str(), prompt, hooks.as_os_str()].map(|part| part.as_bytes().to_vec())
    };
    let (function, arguments): (&str, Vec<Vec<u8>>) = match step {
        Step::Leave => ("depart", Vec::new()),
        Step::Enter(entered) => ("enter", entry(entered).into()),
        Step::Each(heading, entered, command) | Step::EachTold(heading, entered, command) => {
            let function = if matches!(step, Step::Each(..)) { "each" } else { "each_told" };
            (function, [vec![heading.as_bytes().to_vec()], entry(entered).to_vec(), bytes(command)].concat())
        }
        Step::RunHooks(words) => ("run_hooks", bytes(words)),
        Step::Continue(words) => ("continue", bytes(words)),
        Step::PutBack(name, before) => {
            let (how, value): (&str, &[u8]) = match before {
                Before::Unset => ("unset", b""),
                Before::Exported(value) => ("exported", value.as_bytes()),
                Before::Private(value) => ("private", value.as_bytes()),
            };
            ("put_back", vec![name.as_bytes().to_vec(), how.as_bytes().to_vec(), value.to_vec()])
        }
        Step::Later(file) => ("later", vec![file.as_os_str().as_bytes().to_vec()]),
        Step::Source(file) => ("source", vec![file.as_os_str().as_bytes().to_vec()]),
        Step::Text(text) => ("text", vec![text.clone()]),
        Step::ChangeDirectory(directory) => ("cd", vec![directory.as_os_str().as_bytes().to_vec()]),
        Step::AppendedLines(lines) => ("appended", vec![lines.clone()]),
        Step::ProjectSwitching(Some(follow)) => {
            ("project_cd", vec![if *follow { b"1".to_vec() } else { b"0".to_vec() }])
        }
        Step::ProjectSwitching(None) => ("project_cd", Vec::new()),
    };
    call(shell, function, arguments.iter().map(Vec::as_slice), code);
    if let Step::Enter(Entry { root, elsewhere: Some(elsewhere), .. }) = step {
        write_elsewhere(shell, root, elsewhere, code);
    }
}

/// What follows `enter` for an environment that another tool keeps.
fn write_elsewhere(shell: Shell, root: &Path, elsewhere: &Elsewhere, code: &mut Vec<u8>) {
    let project = elsewhere.project.as_deref().unwrap_or(Path::new(""));
    call(shell, "elsewhere", [project.as_os_str().as_bytes()], code);
    if let Some(conda) = &elsewhere.conda {
        let variables = conda.variables.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let words = [root.as_os_str().as_bytes(), conda.name.as_bytes()].into_iter().chain(variables);
        call(shell, "conda", words, code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Surroundings;

    #[test]
    fn a_plan_is_calls_with_quoted_values() {
        let entry = Entry { root: "/w/it's".into(), prompt: "it's".into(), hooks: "/w".into(), elsewhere: None };
        let around = Surroundings {
            directory: Some("/p \\x".into()),
            appended: Some(b"export A=1\n".to_vec()),
            ..Surroundings::default()
        };
        let plan = Plan::switch(entry, around);
        assert_eq!(
            String::from_utf8(Shell::Bash.render(&plan, "7.1")).unwrap(),
            "#<7.1\n__venvwrap_depart\n__venvwrap_enter '/w/it'\\''s' 'it'\\''s' '/w'\n__venvwrap_cd '/p \\x'\n\
             __venvwrap_appended 'export A=1\n'\n#7.1>\n"
        );
        assert_eq!(
            String::from_utf8(Shell::Fish.render(&plan, "7.1")).unwrap(),
            "#<7.1\n__venvwrap_depart\n__venvwrap_enter '/w/it\\'s' 'it\\'s' '/w'\n__venvwrap_cd '/p \\\\x'\n#7.1>\n"
        );
    }

    #[test]
    fn shells_are_known_by_name_and_path() {
        assert_eq!(Shell::named("/usr/bin/zsh"), Some(Shell::Zsh));
        assert_eq!(Shell::named("-bash"), Some(Shell::Bash));
        assert_eq!(Shell::named("/bin/dash"), None);
    }
}
