//! The shells bash, zsh, fish, and Nushell, and all the shell code that venvwrap writes for them.
//!
//! The functions are files of their own (shell/init.*). A plan is written as calls of those
//! functions, with values quoted by `quoting`; for Nushell, which evaluates no text, as JSON.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::activation::{Elsewhere, FormerValue, OwnVariables, Plan, Step, Target};
use crate::error::{Error, Result};
use crate::quoting::Language;
use crate::shown::shown;

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
    /// Nushell 0.115 and newer.
    Nu,
}

/// The version of the protocol between the functions and the binary. Increased when a function that
/// plans call changes its meaning, so that a shell with older functions gets an error.
pub(crate) const PROTOCOL: &str = "2";

impl Shell {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Bash, Self::Zsh, Self::Fish, Self::Nu];

    /// The name, as `venvwrap init` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Nu => "nu",
        }
    }

    /// The shell with this name or path (`zsh`, `/bin/zsh`, `-bash`).
    pub(crate) fn named(name: &str) -> Option<Self> {
        let base = name.rsplit('/').next().unwrap_or(name).trim_start_matches('-');
        Self::ALL.into_iter().find(|shell| shell.name() == base)
    }

    /// The line that loads the functions, for this shell's rc file.
    pub(crate) fn loading_line(self) -> &'static str {
        match self {
            Self::Bash => "eval \"$(venvwrap init bash)\"",
            Self::Zsh => "eval \"$(venvwrap init zsh)\"",
            Self::Fish => "venvwrap init fish | source",
            Self::Nu => "source ($nu.user-autoload-dirs.0 | path join venvwrap.nu)",
        }
    }

    /// The ending of the hooks that only this shell sources; empty for sh.
    pub(crate) fn dialect(self) -> &'static str {
        match self {
            Self::Bash | Self::Zsh => "",
            Self::Fish => ".fish",
            Self::Nu => ".nu",
        }
    }

    /// Whether it can run code written in sh.
    pub(crate) fn reads_sh(self) -> bool {
        self.dialect().is_empty()
    }

    /// Its language: how values are quoted.
    fn language(self) -> Language {
        match self {
            Self::Bash | Self::Zsh => Language::Sh,
            Self::Fish => Language::Fish,
            Self::Nu => Language::Nu,
        }
    }

    /// The code of a plan, a line per step, between two marks with the caller's random word.
    /// Anything else on the descriptor (a trace, a user's trap) is outside the marks and is not
    /// run. For Nushell a JSON array of steps; fails if that cannot hold a value.
    pub(crate) fn render(self, plan: &Plan, word: &str) -> Result<Vec<u8>> {
        let mut calls = Vec::new();
        for step in plan.steps() {
            // Users append lines to `bin/activate` in sh.
            if self.reads_sh() || !matches!(step, Step::AppendedLines(_)) {
                write_step(self, step, &mut calls);
            }
        }
        if self == Self::Nu {
            return in_json(&calls);
        }
        let mut code = format!("#<{word}\n").into_bytes();
        for (function, arguments) in &calls {
            code.extend_from_slice(b"__venvwrap_");
            code.extend_from_slice(function.as_bytes());
            for argument in arguments {
                code.push(b' ');
                code.extend_from_slice(&self.language().literal(argument));
            }
            code.push(b'\n');
        }
        code.extend_from_slice(format!("#{word}>\n").as_bytes());
        Ok(code)
    }
}

/// A call of a shell function, which has the same name and arguments in every shell.
type Call = (&'static str, Vec<Vec<u8>>);

/// The calls as arrays of strings.
fn in_json(calls: &[Call]) -> Result<Vec<u8>> {
    let mut text = b"[".to_vec();
    for (index, (function, arguments)) in calls.iter().enumerate() {
        text.extend_from_slice(if index == 0 { b"[" } else { b",[" });
        text.extend_from_slice(&Language::Json.literal(function.as_bytes()));
        for argument in arguments {
            if std::str::from_utf8(argument).is_err() {
                return Err(Error::CannotHold {
                    format: "nu".to_owned(),
                    variable: format!("`{}`", shown(OsStr::from_bytes(argument))),
                    reason: "it is not UTF-8",
                    hint: "use bash, zsh, or fish for it",
                });
            }
            text.push(b',');
            text.extend_from_slice(&Language::Json.literal(argument));
        }
        text.push(b']');
    }
    text.push(b']');
    Ok(text)
}

impl fmt::Display for Shell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Appends the calls for one step.
fn write_step(shell: Shell, step: &Step, calls: &mut Vec<Call>) {
    let bytes = |words: &'_ [OsString]| words.iter().map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>();
    let words = |target: &Target| {
        let Target { root, prompt, hooks, .. } = target;
        [root.as_os_str(), prompt, hooks.as_os_str()].map(|part| part.as_bytes().to_vec())
    };
    let uv = |project: &Path| vec![uv::code(shell), project.as_os_str().as_bytes().to_vec()];
    let (function, arguments): Call = match step {
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
    calls.push((function, arguments));
    let Step::Enter(Target { root, own, uv_project, elsewhere, .. }) = step else { return };
    if let Some(elsewhere) = elsewhere {
        write_elsewhere(root, elsewhere, calls);
    }
    for (name, value) in &own.set {
        calls.push(("set", vec![name.as_bytes().to_vec(), value.as_bytes().to_vec()]));
    }
    if !own.path.is_empty() {
        calls.push(("path", own.path.iter().map(|directory| directory.as_bytes().to_vec()).collect()));
    }
    if let Some(project) = uv_project {
        write_step(shell, &Step::UseUv(project.clone()), calls);
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
fn write_elsewhere(root: &Path, elsewhere: &Elsewhere, calls: &mut Vec<Call>) {
    let project = elsewhere.project.as_deref().unwrap_or(Path::new(""));
    calls.push(("elsewhere", vec![project.as_os_str().as_bytes().to_vec()]));
    if let Some(conda) = &elsewhere.conda {
        let variables = conda.variables.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        let words = [root.as_os_str().as_bytes(), conda.name.as_bytes()].into_iter().chain(variables);
        calls.push(("conda", words.map(<[u8]>::to_vec).collect()));
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
            String::from_utf8(Shell::Bash.render(&plan, "7.1").unwrap()).unwrap(),
            "#<7.1\n__venvwrap_depart\n__venvwrap_enter '/w/it'\\''s' 'it'\\''s' '/w'\n__venvwrap_cd '/p \\x'\n\
             __venvwrap_appended 'export A=1\n'\n#7.1>\n"
        );
        assert_eq!(
            String::from_utf8(Shell::Fish.render(&plan, "7.1").unwrap()).unwrap(),
            "#<7.1\n__venvwrap_depart\n__venvwrap_enter '/w/it\\'s' 'it\\'s' '/w'\n__venvwrap_cd '/p \\\\x'\n#7.1>\n"
        );
        assert_eq!(
            String::from_utf8(Shell::Nu.render(&plan, "7.1").unwrap()).unwrap(),
            "[[\"depart\"],[\"enter\",\"/w/it's\",\"it's\",\"/w\"],[\"cd\",\"/p \\\\x\"]]"
        );
        let plan = Plan::of(Step::ChangeDirectory(OsStr::from_bytes(b"/p\xff").into()));
        assert_eq!(Shell::Nu.render(&plan, "1").unwrap_err().to_string(), "nu cannot hold `/p\\xff`: it is not UTF-8");
    }

    #[test]
    fn shells_are_known_by_name_and_path() {
        assert_eq!(Shell::named("/usr/bin/zsh"), Some(Shell::Zsh));
        assert_eq!(Shell::named("-bash"), Some(Shell::Bash));
        assert_eq!(Shell::named("/bin/dash"), None);
    }
}
