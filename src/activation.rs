//! What a shell must do, as data.
//!
//! Owns the plan: its steps and their order. No disk, no variables, no shell syntax here: commands fill a plan, `shell`
//! writes it down. The steps name what the functions in shell/init.* can do, and nothing more.

use std::ffi::OsString;
use std::path::PathBuf;

/// One thing for the shell to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Undo the activation that is on record, if one is.
    Leave,
    /// Take an environment into the shell, and put on record how to undo that.
    Enter {
        /// Its root, absolute.
        root: PathBuf,
        /// The bare text for VIRTUAL_ENV_PROMPT.
        prompt: OsString,
    },
    /// Change the working directory, past any `cd` of the person's own.
    ChangeDirectory(PathBuf),
    /// Lines that the person appended to the environment's own `bin/activate`: theirs, for bash and zsh.
    AppendedLines(Vec<u8>),
}

/// Steps in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    steps: Vec<Step>,
}

impl Plan {
    /// A plan of one step.
    pub(crate) fn of(step: Step) -> Self {
        Self { steps: vec![step] }
    }

    /// Leaves what is active and enters another environment. `appended` goes last whatever is added in between: an
    /// error in the person's lines cannot stop a step of ours.
    pub(crate) fn switch(
        root: PathBuf,
        prompt: OsString,
        directory: Option<PathBuf>,
        appended: Option<Vec<u8>>,
    ) -> Self {
        let mut steps = vec![Step::Leave, Step::Enter { root, prompt }];
        steps.extend(directory.map(Step::ChangeDirectory));
        steps.extend(appended.map(Step::AppendedLines));
        Self { steps }
    }

    /// The steps, first to last.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}
