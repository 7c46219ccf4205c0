//! The plan: the steps a shell takes to activate an environment, as data.
//!
//! Commands fill a plan, and `shell` writes it as code. Each step is a function in shell/init.* or
//! shell/shared.sh.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// One thing for the shell to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Deactivate the environment on record, if any, with its hooks.
    Leave,
    /// Activate an environment, and record how to undo that.
    Enter(Target),
    /// Have the binary run the hooks of an event.
    RunHooks(Vec<OsString>),
    /// Source a hook, if it still exists.
    Source(PathBuf),
    /// Run the trusted text of a hook that is not the user's own.
    Text(Vec<u8>),
    /// Source a file on deactivation, if it is trusted then.
    Later(PathBuf),
    /// Set VIRTUALENVWRAPPER_PROJECT_CD, which tells hooks whether activation changes to the
    /// project; `None` unsets it.
    ProjectSwitching(Option<bool>),
    /// Change the working directory, past any `cd` function of the user.
    ChangeDirectory(PathBuf),
    /// Run the lines that the user appended to the environment's `bin/activate` (bash and zsh).
    AppendedLines(Vec<u8>),
    /// Have uv use the active environment in this project, from now on.
    UseUv(PathBuf),
    /// Load what the functions need for that, in a shell that inherited the environment.
    LoadUv,
    /// No longer have uv use it.
    LeaveUv,
    /// Restore a variable.
    PutBack(String, FormerValue),
    /// Remove a directory from PATH, once.
    RemoveFromPath(OsString),
    /// Call the binary again for work that must follow the earlier steps; its failure is the
    /// failure of the command.
    Continue(Vec<OsString>),
    /// Run the user's command in an environment, in a subshell, under a heading (`allvirtualenv`).
    Each(String, Target, Vec<OsString>),
    /// The same, but a failure is reported below the output and is the failure of the command.
    EachTold(String, Target, Vec<OsString>),
}

/// The value of a variable before activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormerValue {
    /// Not set.
    Unset,
    /// Exported to programs.
    Exported(OsString),
    /// A variable of the shell only.
    Private(OsString),
}

/// An environment to activate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Its root, absolute.
    pub(crate) root: PathBuf,
    /// The bare text for VIRTUAL_ENV_PROMPT.
    pub(crate) prompt: OsString,
    /// The directory of the global hooks.
    pub(crate) hooks: PathBuf,
    /// What the user set for the environment.
    pub(crate) own: OwnVariables,
    /// The project in which uv uses the environment.
    pub(crate) uv_project: Option<PathBuf>,
    /// Set for an environment that another tool keeps.
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// What a user set for one environment: its variables, and whether uv uses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OwnVariables {
    /// Names and values, each name once.
    pub(crate) set: BTreeMap<String, String>,
    /// Directories for PATH, after the environment's own, the first one first.
    pub(crate) path: Vec<String>,
    /// Whether uv uses the environment in the linked project.
    pub(crate) uv: bool,
}

/// What activation needs to know of an environment that another tool keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    /// The directory of its project, if known.
    pub(crate) project: Option<PathBuf>,
    /// Set for a conda environment.
    pub(crate) conda: Option<Conda>,
}

/// A conda environment, which has no VIRTUAL_ENV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conda {
    /// The text for CONDA_DEFAULT_ENV.
    pub(crate) name: OsString,
    /// The environment's own variables, each name once.
    pub(crate) variables: Vec<(String, OsString)>,
}

/// Steps, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    steps: Vec<Step>,
}

/// What happens around the activation itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// The arguments that run the hooks before activation, if there are any.
    pub(crate) before: Option<Vec<OsString>>,
    /// Whether activation changes to the project, for the hooks.
    pub(crate) follow: bool,
    /// The directory to change to.
    pub(crate) directory: Option<PathBuf>,
    /// The lines that the user appended to `bin/activate`.
    pub(crate) appended: Option<Vec<u8>>,
    /// The hooks after activation, in order.
    pub(crate) after: Vec<Step>,
    /// The environment's own files to source on deactivation, in order.
    pub(crate) later: Vec<PathBuf>,
}

impl Plan {
    /// A plan of one step.
    pub(crate) fn of(step: Step) -> Self {
        Self { steps: vec![step] }
    }

    /// Deactivates the active environment and activates another. The user's code comes after all
    /// of our steps, so that an error in it cannot stop one.
    pub(crate) fn switch(target: Target, around: Surroundings) -> Self {
        let mut steps = vec![Step::Leave];
        steps.extend(around.before.map(Step::RunHooks));
        steps.push(Step::Enter(target));
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
