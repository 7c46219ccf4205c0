//! What a shell must do, as data.
//!
//! Owns the plan: its steps and their order. No disk, no variables, no shell syntax here: commands
//! fill a plan, `shell` writes it down. The steps name what the functions in shell/init.* can do,
//! and nothing more.

use std::ffi::OsString;
use std::path::PathBuf;

/// One thing for the shell to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Fire the hooks of leaving and undo the activation that is on record, if one is.
    Leave,
    /// Take an environment into the shell, and put on record how to undo that.
    Enter(Entry),
    /// Have the binary run the hooks of an event.
    RunHooks(Vec<OsString>),
    /// Source a hook, if it is still there.
    Source(PathBuf),
    /// Run what a hook says that is not the person's own: the text that they trust.
    Text(Vec<u8>),
    /// Source a file on leaving, if it is trusted then.
    Later(PathBuf),
    /// Say in VIRTUALENVWRAPPER_PROJECT_CD whether entering changes to the project; `None`: no
    /// longer.
    ProjectSwitching(Option<bool>),
    /// Change the working directory, past any `cd` of the person's own.
    ChangeDirectory(PathBuf),
    /// Lines that the person appended to the environment's own `bin/activate`: theirs, for bash and
    /// zsh.
    AppendedLines(Vec<u8>),
    /// Give a variable the value that it had before entering: none, one that programs see, or one
    /// that they do not.
    PutBack(String, Before),
    /// Call the binary again for what can only be done now; a failure of that is the failure of the
    /// whole.
    Continue(Vec<OsString>),
    /// Run the person's command in an environment, in a shell of its own, under a heading
    /// (`allvirtualenv`).
    Each(String, Entry, Vec<OsString>),
    /// The same; a failure is told below its output, and is the failure of the whole.
    EachTold(String, Entry, Vec<OsString>),
}

/// What a variable was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Before {
    /// Not set.
    Unset,
    /// Set, and seen by programs.
    Exported(OsString),
    /// Set, for the shell alone.
    Private(OsString),
}

/// An environment, as a shell enters it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its root, absolute.
    pub(crate) root: PathBuf,
    /// The bare text for VIRTUAL_ENV_PROMPT.
    pub(crate) prompt: OsString,
    /// Where the global hooks lie that leaving will fire.
    pub(crate) hooks: PathBuf,
    /// What else there is to one that another tool keeps.
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// What entering an environment takes that another tool keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    /// The directory of its project, where that is known.
    pub(crate) project: Option<PathBuf>,
    /// Where it is a conda environment: what conda is told.
    pub(crate) conda: Option<Conda>,
}

/// A conda environment, which has no VIRTUAL_ENV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conda {
    /// The text for CONDA_DEFAULT_ENV.
    pub(crate) name: OsString,
    /// Variables of its own, each name once.
    pub(crate) variables: Vec<(String, OsString)>,
}

/// Steps in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    steps: Vec<Step>,
}

/// What entering an environment takes beside the environment itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// The words for the hooks to run before, where there are any.
    pub(crate) before: Option<Vec<OsString>>,
    /// Whether entering changes to the project, told to the hooks.
    pub(crate) follow: bool,
    /// The directory to change to.
    pub(crate) directory: Option<PathBuf>,
    /// Lines of the person's own.
    pub(crate) appended: Option<Vec<u8>>,
    /// The steps of the hooks that come after, in their order.
    pub(crate) after: Vec<Step>,
    /// The environment's own files to source on leaving, in their order.
    pub(crate) later: Vec<PathBuf>,
}

impl Plan {
    /// A plan of one step.
    pub(crate) fn of(step: Step) -> Self {
        Self { steps: vec![step] }
    }

    /// Leaves what is active and enters another environment. Code that is not ours comes after
    /// every step that is: an error in it cannot stop one.
    pub(crate) fn switch(entry: Entry, around: Surroundings) -> Self {
        let mut steps = vec![Step::Leave];
        steps.extend(around.before.map(Step::RunHooks));
        steps.push(Step::Enter(entry));
        steps.extend(around.later.into_iter().map(Step::Later));
        steps.extend(around.directory.map(Step::ChangeDirectory));
        steps.extend(around.appended.map(Step::AppendedLines));
        if !around.after.is_empty() {
            steps.push(Step::ProjectSwitching(Some(around.follow)));
            steps.extend(around.after);
            steps.push(Step::ProjectSwitching(None));
        }
        Self { steps }
    }

    /// Adds a step at the end.
    pub(crate) fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    /// The steps, first to last.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }
}
