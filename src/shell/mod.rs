//! The shells bash, zsh, and fish, and all the shell code that venvwrap writes for them.
//!
//! The functions are files of their own (shell/init.*). A plan is written as calls of those
//! functions, with values quoted by `quoting`.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::activation::{Elsewhere, FormerValue, OwnVariables, Plan, Step, Target};
use crate::quoting::Language;

pub(crate) mod formats;
pub(crate) mod former;
pub(crate) mod init;
pub(crate) mod installed;
pub(crate) mod standalone;
pub(crate) mod startup;
mod uv;

/// A shell with venvwrap's functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shell {
    /// bash 3.2 and newer.
    Bash,
    /// zsh 5 and newer.
    Zsh,
    /// fish 3.1 and newer.
    Fish,
}

/// The version of the protocol between the functions and the binary. Increased when a function that
/// plans call changes its meaning, so that a shell with older functions gets an error.
pub(crate) const PROTOCOL: &str = "2";

impl Shell {
    /// The name, as `venvwrap init` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// The shell with this name or path (`zsh`, `/bin/zsh`, `-bash`).
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

    /// The code of a plan, a line per step, between two marks with the caller's random word.
    /// Anything else on the descriptor (a trace, a user's trap) is outside the marks and is not
    /// run.
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

/// Appends a call of a shell function, which has the same name in every shell.
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
    let words = |target: &Target| {
        let Target { root, prompt, hooks, .. } = target;
        [root.as_os_str(), prompt, hooks.as_os_str()].map(|part| part.as_bytes().to_vec())
    };
    let uv = |project: &Path| vec![uv::code(shell), project.as_os_str().as_bytes().to_vec()];
    let (function, arguments): (&str, Vec<Vec<u8>>) = match step {
        Step::Leave => ("depart", Vec::new()),
        Step::Enter(target) => ("enter", words(target).into()),
        Step::Each(heading, target, command) | Step::EachTold(heading, target, command) => {
            let function = if matches!(step, Step::Each(..)) { "each" } else { "each_told" };
            let heading = vec![heading.as_bytes().to_vec()];
            (function, [heading, words(target).to_vec(), with(&target.own), bytes(command)].concat())
        }
        Step::RunHooks(words) => ("run_hooks", bytes(words)),
        Step::Continue(words) => ("continue", bytes(words)),
        Step::PutBack(name, before) => {
            let (how, value): (&str, &[u8]) = match before {
                FormerValue::Unset => ("unset", b""),
                FormerValue::Exported(value) => ("exported", value.as_bytes()),
                FormerValue::Private(value) => ("private", value.as_bytes()),
            };
            ("put_back", vec![name.as_bytes().to_vec(), how.as_bytes().to_vec(), value.to_vec()])
        }
        Step::UseUv(project) => ("uv", uv(project)),
        Step::LoadUv => ("uv", uv(Path::new(""))),
        Step::LeaveUv => ("uv_leave", Vec::new()),
        Step::RemoveFromPath(directory) => ("without", vec![directory.as_bytes().to_vec()]),
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
    let Step::Enter(Target { root, own, uv_project, elsewhere, .. }) = step else { return };
    if let Some(elsewhere) = elsewhere {
        write_elsewhere(shell, root, elsewhere, code);
    }
    for (name, value) in &own.set {
        call(shell, "set", [name.as_bytes(), value.as_bytes()], code);
    }
    if !own.path.is_empty() {
        call(shell, "path", own.path.iter().map(String::as_bytes), code);
    }
    if let Some(project) = uv_project {
        write_step(shell, &Step::UseUv(project.clone()), code);
    }
}

/// The words before a command that give it the variables of its environment.
fn with(own: &OwnVariables) -> Vec<Vec<u8>> {
    let set = own.set.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    // Each goes before those that are there.
    let path = own.path.iter().rev().flat_map(|directory| [b"PATH", directory.as_bytes()]);
    let pairs: Vec<&[u8]> = set.chain(path).collect();
    if pairs.is_empty() {
        return Vec::new();
    }
    let words = std::iter::once(&b"__venvwrap_with"[..]).chain(pairs).chain([&b"--"[..]]);
    words.map(<[u8]>::to_vec).collect()
}

/// Appends the calls after `enter` for an environment that another tool keeps.
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
        let target = Target {
            root: "/w/it's".into(),
            prompt: "it's".into(),
            hooks: "/w".into(),
            own: OwnVariables::default(),
            uv_project: None,
            elsewhere: None,
        };
        let around = Surroundings {
            directory: Some("/p \\x".into()),
            appended: Some(b"export A=1\n".to_vec()),
            ..Surroundings::default()
        };
        let plan = Plan::switch(target, around);
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
